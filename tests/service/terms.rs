//! `/terms`.

use kehou::refusal::Refusal;
use kehou::regulation::terms;
use kehou::rules::document::Season;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::amendments::{document_of, file};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, call, draft, filing_of, send_back, small_plan, submit};

fn spring(app: &TestApp) -> Value {
    json!({
        "authority_id": app.world.organisation("own district"), "school_year": "2024-2025", "season": "spring",
        "opens_on": "2025-02-14", "ends_on": "2025-07-04",
        "winter_periods": [{"from": "2025-02-14", "to": "2025-03-31"}]
    })
}

#[rstest]
#[actix_web::test]
async fn an_authority_sets_its_term_and_everybody_reads_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let made = app.post("/api/v1/terms").token(token).json(&spring(&app)).expect(201).await;
    for field in ["opens_on", "ends_on", "winter_periods", "season", "school_year"] {
        assert_eq!(made.json()[field], spring(&app)[field]);
    }
    let path = made.header("location").to_owned();
    let read = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((&read["opens_on"], &read["can"]), (&json!("2025-02-14"), &json!([])));
    let mut later = spring(&app);
    later["opens_on"] = json!("2025-02-17");
    later["winter_periods"] = json!([]);
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&later).expect(200).await;
    assert_eq!((&changed.json()["opens_on"], &changed.json()["version"]), (&json!("2025-02-17"), &json!(2)));
    let found = format!("/api/v1/terms?authority_id={}&season=spring", app.world.organisation("own district"));
    assert_eq!(app.get(&found).token(token).expect(200).await.json()["items"], json!([changed.json()]));
}

#[rstest]
#[actix_web::test]
async fn one_term_of_a_season_for_an_authority(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let attempts = (0..6).map(|_| app.post("/api/v1/terms").token(token).json(&spring(&app)).send());
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "already-exists").count(), 5);
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_named_all_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut body = spring(&app);
    body["school_year"] = json!("2025-2026");
    body["ends_on"] = json!("2025-02-14");
    body["authority_id"] = json!(app.world.organisation("other district"));
    let refused = app.post("/api/v1/terms").token(app.world.token("bureau")).json(&body).expect(422).await;
    let expected = [
        ("/opens_on", "out-of-range"),
        ("/ends_on", "ends-before-start"),
        ("/winter_periods/0/from", "out-of-range"),
        ("/authority_id", "not-found"),
    ];
    assert_eq!(refused.faults(), expected.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
    for (field, value, fault) in [
        ("school_year", "2024-2026", "format"),
        ("opens_on", "14.02.2025", "format"),
        ("opens_on", "2025-02-30", "format"),
        ("season", "winter", "not-one-of"),
    ] {
        let mut body = spring(&app);
        body[field] = json!(value);
        let refused = app.post("/api/v1/terms").token(app.world.token("bureau")).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), fault.to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn authority_year_and_season_stay(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let made = app.post("/api/v1/terms").token(token).json(&spring(&app)).expect(201).await;
    let mut body = spring(&app);
    body["season"] = json!("autumn");
    let refused = app.put(made.header("location")).token(token).if_match(made.etag()).json(&body).expect(409).await;
    assert_eq!(refused.faults(), [("/season".to_owned(), "immutable".to_owned())]);
}

/// The authority whose term holds at a place, and when it opens.
async fn term_at(app: &TestApp, place: &'static str, season: Season) -> Option<(String, String)> {
    let path = app.world.organisations[place].path.clone();
    let read = app.db.read(move |tx| -> Result<_, Refusal> { terms::of_season(tx, &path, "2024-2025", season) });
    read.await.unwrap().map(|term| (term.row.authority_id.to_string(), term.row.opens_on.to_string()))
}

#[rstest]
#[actix_web::test]
async fn the_nearest_authoritys_term_holds(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let id = |name: &str| app.world.organisation(name).to_string();
    let mut city = spring(&app);
    city["authority_id"] = json!(app.world.organisation("city"));
    city["opens_on"] = json!("2025-02-17");
    city["winter_periods"] = json!([]);
    let token = app.world.token("city-bureau");
    app.post("/api/v1/terms").token(token).json(&city).expect(201).await;
    let of_city = Some((id("city"), "2025-02-17".to_owned()));
    assert_eq!(term_at(&app, "own school", Season::Spring).await, of_city);
    app.post("/api/v1/terms").token(token).json(&spring(&app)).expect(201).await;
    assert_eq!(term_at(&app, "own school", Season::Spring).await, Some((id("own district"), "2025-02-14".to_owned())));
    assert_eq!(term_at(&app, "other school", Season::Spring).await, of_city);
    assert_eq!(term_at(&app, "city", Season::Spring).await, of_city);
    assert_eq!(term_at(&app, "province", Season::Spring).await, None);
    assert_eq!(term_at(&app, "own school", Season::Autumn).await, Some((id("own district"), "2024-09-02".to_owned())));
}

/// Moves the autumn of the own district; the answer.
async fn move_autumn(app: &TestApp, opens_on: &str) -> Answer {
    let list = format!("/api/v1/terms?authority_id={}&season=autumn", app.world.organisation("own district"));
    let token = app.world.token("bureau");
    let found = app.get(&list).token(token).expect(200).await.json()["items"][0].clone();
    let path = format!("/api/v1/terms/{}", found["id"].as_str().unwrap());
    let seen = app.get(&path).token(token).expect(200).await;
    let mut body = json!({});
    for field in ["authority_id", "school_year", "season", "ends_on", "winter_periods"] {
        body[field] = found[field].clone();
    }
    body["opens_on"] = json!(opens_on);
    app.put(&path).token(token).if_match(seen.etag()).json(&body).expect(200).await
}

#[rstest]
#[actix_web::test]
async fn a_first_filing_keeps_its_deadline_when_the_opening_is_moved(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-14T10:00:00+08:00");
    let drafted = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let plan = submit(&app, "school-admin", &drafted).await;
    send_back(&app, "bureau", &filing_of(&app, &plan).await, "2024-09-27").await;
    move_autumn(&app, "2024-08-30").await;
    let path = format!("/api/v1/plans/{}", plan.id());
    let returned = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let again = call(&app, "school-admin", "plans", &returned, "submit").await;
    assert_eq!(again.status, 200, "{}", again.json());
    assert!(again.findings().iter().all(|(rule, ..)| rule != "filing-window"));
}

#[rstest]
#[actix_web::test]
async fn a_term_that_moves_leaves_no_service_before_its_opening(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["term"]["service_from"] = json!("2024-09-02");
    let plan = draft(&app, "school-admin", &document).await;
    let still = move_autumn(&app, "2024-09-01").await;
    assert_eq!(still.findings(), [], "service lies within the term");
    let moved = move_autumn(&app, "2024-09-09").await;
    let named = ("service-days".to_owned(), "warning".to_owned(), "/opens_on".to_owned());
    assert_eq!(moved.findings(), [named], "who moves a term is told whom it concerns");
    let finding = moved.json()["findings"][0].clone();
    assert_eq!(finding["params"]["plan_id"], json!(plan.id()));
    let school = app.get(&format!("/api/v1/schools/{}", app.world.organisation("own school")));
    let school = school.token(app.world.token("school-admin")).expect(200).await.json();
    assert_eq!(finding["params"]["school"], school["name"]);
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    let found = ("service-days".to_owned(), "error".to_owned(), "/term/service_from".to_owned());
    assert_eq!(refused.status, 422);
    assert!(refused.findings().contains(&found), "{}", refused.json());
}

#[rstest]
#[actix_web::test]
async fn what_was_filed_late_under_an_exemption_stays_accepted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-18T10:00:00+08:00");
    let given = json!({
        "school_id": app.world.organisation("own school"), "school_year": "2024-2025", "season": "autumn",
        "rule": "filing-window", "first_on": "2024-09-18", "last_on": "2024-09-18", "reason": "校舍维修。",
        "document": "岳楼教函〔2024〕15号"
    });
    let token = app.world.token("bureau");
    let given = app.post("/api/v1/exemptions").token(token).json(&given).expect(201).await;
    let drafted = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let plan = submit(&app, "school-admin", &drafted).await;
    let path = format!("/api/v1/exemptions/{}/end", given.id());
    app.post(&path).token(token).if_match(given.etag()).json(&json!({"reason": "期满。"})).expect(200).await;
    send_back(&app, "bureau", &filing_of(&app, &plan).await, "2024-09-27").await;
    let path = format!("/api/v1/plans/{}", plan.id());
    let returned = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let again = call(&app, "school-admin", "plans", &returned, "submit").await;
    assert_eq!(again.status, 200, "{}", again.json());
    let found = ("filing-window".to_owned(), "warning".to_owned(), "/term/opens_on".to_owned());
    assert!(again.findings().contains(&found), "lateness stays in the reports");
    // Nor is an amendment late, whatever has become of the exemption.
    approve(&app, "bureau", &filing_of(&app, &again).await).await;
    let mut document = document_of(&app, "school-admin", &plan.id()).await;
    document["projects"][0]["outline"] = json!("完成作业，答疑。");
    let amendment = file(&app, "school-admin", &plan.id(), &document).await;
    assert!(amendment.findings().iter().all(|(rule, ..)| rule != "filing-window"));
}
