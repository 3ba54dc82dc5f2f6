//! `/plans/overview`: who has filed, who is late, who has not.

use kehou::auth::By;
use kehou::plans::overview::{self, OverviewQuery};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{call, draft, small_plan, submit};

const AUTUMN: &str = "/api/v1/plans/overview?school_year=2024-2025&season=autumn";

async fn overview_of(app: &TestApp, account: &str, more: &str) -> Value {
    app.get(&format!("{AUTUMN}{more}")).token(app.world.token(account)).expect(200).await.json()
}

/// Of each school: name, state, whether it is late, the deadline, and the day on which it filed.
fn told(overview: &Value) -> Vec<(&str, &str, bool, &str, Option<&str>)> {
    let schools = overview["schools"].as_array().unwrap();
    schools
        .iter()
        .map(|school| {
            (
                school["school_name"].as_str().unwrap(),
                school["state"].as_str().unwrap(),
                school["is_late"].as_bool().unwrap(),
                school["filing_deadline_on"].as_str().unwrap_or_default(),
                school["filed_on"].as_str(),
            )
        })
        .collect()
}

#[rstest]
#[actix_web::test]
async fn a_county_sees_how_far_its_schools_are(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let seen = overview_of(&app, "bureau", "").await;
    assert_eq!(
        told(&seen),
        [
            ("own school", "not_filed", false, "2024-09-14", None),
            ("sibling school", "not_filed", false, "2024-09-14", None)
        ]
    );
    let drafted = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    assert_eq!(told(&overview_of(&app, "bureau", "").await)[0].1, "draft");
    let plan = submit(&app, "school-admin", &drafted).await;
    let seen = overview_of(&app, "bureau", "").await;
    let own = &seen["schools"][0];
    assert_eq!(told(&seen)[0], ("own school", "submitted", false, "2024-09-14", Some("2024-09-10")));
    assert_eq!(
        (&own["plan_id"], &own["filing_state"], &own["authority_name"].is_string()),
        (&json!(plan.id()), &json!("submitted"), &true)
    );
    assert_eq!(own["case_number"], plan.json()["latest_filing"]["case_number"]);
    // A submission after the deadline is refused by the rules, so only what was never filed is late.
    app.clock_at("2024-09-15T08:00:00+08:00");
    let seen = overview_of(&app, "bureau", "").await;
    assert_eq!(
        told(&seen),
        [
            ("own school", "submitted", false, "2024-09-14", Some("2024-09-10")),
            ("sibling school", "not_filed", true, "2024-09-14", None),
        ]
    );
    assert_eq!((&seen["totals"]["schools"], &seen["totals"]["late"]), (&json!(2), &json!(1)));
    let withdrawn = call(&app, "school-admin", "plans", &plan, "withdraw").await;
    assert_eq!(withdrawn.status, 200);
    assert_eq!(told(&overview_of(&app, "bureau", "").await)[0], ("own school", "withdrawn", true, "2024-09-14", None));
    app.sql("DELETE FROM terms").await;
    assert_eq!(told(&overview_of(&app, "bureau", "").await)[1], ("sibling school", "not_filed", false, "", None));
}

#[rstest]
#[actix_web::test]
async fn a_city_counts_its_counties(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    submit(&app, "school-admin", &plan).await;
    let counted = overview_of(&app, "city-bureau", "&group_by=authority,state").await;
    assert_eq!(counted["schools"], json!([]), "numbers alone");
    let mut groups: Vec<(String, &str, &Value)> = Vec::new();
    for item in counted["totals"]["items"].as_array().unwrap() {
        let own = item["authority_id"] == json!(app.world.organisation("own district"));
        groups.push((if own { "own" } else { "other" }.to_owned(), item["state"].as_str().unwrap(), &item["schools"]));
    }
    groups.sort_by_key(|(place, state, _)| (place.clone(), *state));
    let group = |place: &str, state, one| (place.to_owned(), state, one);
    let one = json!(1);
    assert_eq!(
        groups,
        [group("other", "not_filed", &one), group("own", "not_filed", &one), group("own", "submitted", &one)]
    );
    let district = app.world.organisation("other district");
    let narrowed = overview_of(&app, "city-bureau", &format!("&authority_id={district}")).await;
    assert_eq!(told(&narrowed).iter().map(|school| school.0).collect::<Vec<_>>(), ["other school"]);
    for (account, schools) in [("school-admin", 1), ("other-bureau", 1), ("platform-admin", 3), ("integration", 2)] {
        let seen = overview_of(&app, account, "").await;
        assert_eq!(seen["totals"]["schools"], json!(schools), "{account}");
    }
    let incomplete = app.get("/api/v1/plans/overview?season=autumn").token(app.world.token("bureau")).expect(400).await;
    assert_eq!(incomplete.faults(), [("school_year".to_owned(), "required".to_owned())]);
}

/// Statements that an overview takes.
async fn statements(app: &TestApp) -> u64 {
    let actor = app.world.account("city-bureau").actor.clone();
    let looked = app.db.read(move |tx| {
        let asked: OverviewQuery =
            serde_json::from_value(json!({"school_year": "2024-2025", "season": "autumn"})).unwrap();
        let before = tx.conn.statements();
        overview::of(tx, &By::of(actor.clone())?, &asked)?;
        Ok(tx.conn.statements() - before)
    });
    looked.await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn many_schools_take_as_many_statements_as_three(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let few = statements(&app).await;
    let (id, at) = match kind {
        Sqlite => ("randomblob(16)", "0"),
        Postgres => ("gen_random_uuid()", "now()"),
    };
    let district = app.world.organisation("own district");
    let parent = app.id_literal(&district.to_string());
    app.sql(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) \
         INSERT INTO organisations (id, kind, code, name, parent_id, path, version, created_at, updated_at) \
         SELECT {id}, 'school', CAST(5143000000 + i AS TEXT), 'school ' || i, {parent}, \
         (SELECT path FROM organisations WHERE id = {parent}) || 'x' || i || '/', 1, {at}, {at} FROM n"
    ))
    .await;
    app.sql(&format!(
        "INSERT INTO schools (id, ownership, area, stages, grade_first, grade_last, boarding, dismissals, version, \
         created_at, updated_at) SELECT o.id, s.ownership, s.area, s.stages, s.grade_first, s.grade_last, s.boarding, \
         s.dismissals, 1, {at}, {at} FROM organisations o, (SELECT * FROM schools LIMIT 1) s \
         WHERE o.name LIKE 'school %'"
    ))
    .await;
    assert_eq!(overview_of(&app, "bureau", "").await["schools"].as_array().map(Vec::len), Some(902));
    assert_eq!(statements(&app).await, few);
    assert!(few <= 5, "{few}");
}
