//! Counts of pupils and enrollments, sums of charges: one request, the caller's scope, no more rows than asked for.

use std::collections::BTreeMap;

use kehou::auth::By;
use kehou::enrollments::counts;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, open, sign, with_half_hours};
use crate::support::fees::{self, approved_plan, charging, open_account, paid_plan};
use crate::support::plans::call;

async fn count(app: &TestApp, account: &str, path: &str) -> Value {
    app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await.json()
}

/// Groups by the texts of some fields.
fn by<'a>(counted: &'a Value, fields: &[&str]) -> BTreeMap<String, &'a Value> {
    let text =
        |item: &Value, field: &&str| item[*field].as_str().map_or_else(|| item[*field].to_string(), str::to_owned);
    let items = counted["items"].as_array().unwrap();
    let key = |item: &Value| fields.iter().map(|field| text(item, field)).collect::<Vec<_>>().join(" ");
    items.iter().map(|item| (key(item), item)).collect()
}

/// Two projects, the second with two seats: three children in both, the world's child signed in the first.
async fn enrolled(app: &TestApp) -> Vec<String> {
    let projects = open(app, &with_half_hours(&[("武术", Some(2), &[2], "17:30", "18:00")])).await;
    let child = app.world.pupils("own school").student.to_string();
    let made = application(app, "guardian", &child, &projects[0], "own").expect(201).await;
    assert_eq!(sign(app, &made).await.status, 200);
    for (number, student) in more_children(app, 3).await.iter().enumerate() {
        for (place, project) in projects.iter().enumerate() {
            application(app, "guardian", &student.to_string(), project, &format!("{number}-{place}")).expect(201).await;
        }
    }
    projects
}

#[rstest]
#[actix_web::test]
async fn enrollments_are_counted_by_project_and_state(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = enrolled(&app).await;
    let counted = count(&app, "school-admin", "enrollments/counts?group_by=project,state").await;
    assert_eq!((&counted["group_by"], &counted["count"]), (&json!(["project", "state"]), &json!(7)));
    let groups = by(&counted, &["project_name", "state"]);
    let numbers: Vec<(&str, i64)> =
        groups.iter().map(|(name, item)| (name.as_str(), item["count"].as_i64().unwrap())).collect();
    assert_eq!(
        numbers,
        [("作业辅导 active", 1), ("作业辅导 allocated", 3), ("武术 allocated", 2), ("武术 waitlisted", 1)]
    );
    let one = groups["武术 waitlisted"];
    assert_eq!(
        (&one["project_id"], &one["class_id"], &one["grade"]),
        (&json!(projects[1]), &Value::Null, &Value::Null)
    );
    let whole = count(&app, "school-admin", "enrollments/counts").await;
    assert_eq!((&whole["count"], whole["items"].as_array().map(Vec::len)), (&json!(7), Some(1)));
    let classes = count(&app, "school-admin", "enrollments/counts?group_by=class,grade").await;
    let classes: Vec<(String, &Value)> =
        by(&classes, &["class_name", "grade"]).into_iter().map(|(name, item)| (name, &item["count"])).collect();
    assert_eq!(classes, [("null 3".to_owned(), &json!(6)), ("三年级1班 3".to_owned(), &json!(1))]);
    let plans = count(&app, "bureau", "enrollments/counts?group_by=plan,school").await;
    let plan = &plans["items"][0];
    assert_eq!(
        (&plan["school_year"], &plan["season"], &plan["school_name"], &plan["count"]),
        (&json!("2024-2025"), &json!("autumn"), &json!("own school"), &json!(7))
    );
    let narrowed = format!("enrollments/counts?group_by=state&project_id={}&state=waitlisted", projects[1]);
    assert_eq!(count(&app, "school-admin", &narrowed).await["count"], json!(1));
    for (filter, expected) in [
        (format!("class_id={}", app.world.pupils("own school").class), 1),
        (format!("plan_id={}", plan["plan_id"].as_str().unwrap()), 7),
        ("school_year=2023-2024".to_owned(), 0),
        ("season=autumn&school_year=2024-2025".to_owned(), 7),
        (format!("school_id={}", app.world.organisation("sibling school")), 0),
        (format!("authority_id={}", app.world.organisation("own district")), 7),
        (format!("authority_id={}", app.world.organisation("other district")), 0),
        (format!("authority_id={}", kehou::db::Id::NIL), 0),
    ] {
        let counted = count(&app, "city-bureau", &format!("enrollments/counts?{filter}")).await;
        assert_eq!(counted["count"], json!(expected), "{filter}");
    }
}

#[rstest]
#[actix_web::test]
async fn nobody_counts_what_it_may_not_read(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    enrolled(&app).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let lines = app.count("access_log_lines").await;
    for path in ["enrollments/counts?group_by=state", "students/counts?group_by=school,class"] {
        for account in ["platform-admin", "partner", "integration"] {
            let refused = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(403).await;
            assert_eq!(refused.code(), "forbidden", "{account}");
        }
        for account in ["teacher", "other-bureau", "sibling-school-admin"] {
            let counted = count(&app, account, path).await;
            let foreign = counted["items"].as_array().unwrap().iter().any(|item| item["school_name"] == "own school");
            assert!(!foreign, "{account}: {counted}");
        }
    }
    assert_eq!(count(&app, "guardian", "enrollments/counts").await["count"], json!(7), "all of them are its children");
    app.sql("UPDATE guardianships SET state = 'ended', closing_reason = '离异'").await;
    assert_eq!(count(&app, "guardian", "enrollments/counts").await["count"], json!(0));
    app.app.access_log.flush(&app.db).await.unwrap();
    assert_eq!(app.count("access_log_lines").await, lines, "numbers tell of nobody");
}

#[rstest]
#[actix_web::test]
async fn pupils_are_counted_by_class_grade_and_state(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    more_children(&app, 2).await;
    let counted = count(&app, "school-admin", "students/counts?group_by=class,state").await;
    let groups = by(&counted, &["class_name", "state"]);
    let numbers: Vec<(&str, &Value)> = groups.iter().map(|(name, item)| (name.as_str(), &item["count"])).collect();
    assert_eq!(
        numbers,
        [("null attending", &json!(2)), ("三年级1班 attending", &json!(1)), ("三年级1班 left", &json!(1))]
    );
    let schools = count(&app, "bureau", "students/counts?group_by=school&state=attending").await;
    let schools: Vec<(String, &Value)> =
        by(&schools, &["school_name"]).into_iter().map(|(name, item)| (name, &item["count"])).collect();
    assert_eq!(schools, [("own school".to_owned(), &json!(3)), ("sibling school".to_owned(), &json!(1))]);
    let grades = count(&app, "school-admin", "students/counts?group_by=grade&school_year=2024-2025").await;
    assert_eq!((&grades["items"][0]["grade"], &grades["count"]), (&json!(3), &json!(2)));
}

#[rstest]
#[actix_web::test]
async fn charges_are_summed_up(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let mut charges = Vec::new();
    for student in more_children(&app, 3).await {
        fees::sign(&app, "school-admin", &plan, &student.to_string(), &[0]).await;
        charges.push(charging(&app, "school-finance", &student.to_string()).expect(201).await);
    }
    let each = charges[0].json()["amount_fen"].as_i64().unwrap();
    assert_eq!(fees::pay(&app, "school-finance", &charges[0], 500).await.status, 200);
    assert_eq!(call(&app, "school-finance", "charges", &charges[1], "void").await.status, 200);
    let summed = count(&app, "school-finance", "charges/totals?group_by=state").await;
    let groups = by(&summed, &["state"]);
    let numbers: Vec<(&str, Vec<i64>)> = groups
        .iter()
        .map(|(state, item)| {
            let number = |field: &&str| item[*field].as_i64().unwrap();
            (
                state.as_str(),
                ["count", "amount_fen", "conceded_fen", "paid_fen", "open_fen"].iter().map(number).collect(),
            )
        })
        .collect();
    assert_eq!(
        numbers,
        [
            ("open", vec![1, each, 0, 0, each]),
            ("partly_paid", vec![1, each, 0, 500, each - 500]),
            ("void", vec![1, 0, 0, 0, 0]),
        ]
    );
    assert_eq!(
        (&summed["count"], &summed["amount_fen"], &summed["open_fen"]),
        (&json!(3), &json!(2 * each), &json!(2 * each - 500))
    );
    let classes = count(&app, "bureau", "charges/totals?group_by=class,plan&state=open").await;
    assert_eq!((&classes["items"][0]["season"], &classes["items"][0]["count"]), (&json!("autumn"), &json!(1)));
    let none = count(&app, "bureau", "charges/totals?group_by=school&school_year=2023-2024").await;
    assert_eq!((&none["items"], &none["open_fen"]), (&json!([]), &json!(0)));
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_counted_so_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    for (words, fault) in [
        ("project,state,class", "too-many"),
        ("project,project", "duplicate"),
        ("child", "not-one-of"),
        ("", "not-one-of"),
        ("project;DROP", "not-one-of"),
    ] {
        let refused = app.get(&format!("/api/v1/enrollments/counts?group_by={words}")).token(token).expect(400).await;
        assert_eq!(refused.faults(), [("group_by".to_owned(), fault.to_owned())], "{words}");
    }
    let (school, at) = (
        app.id_literal(&app.world.organisation("own school").to_string()),
        match kind {
            Sqlite => "0",
            Postgres => "now()",
        },
    );
    let ids = match kind {
        Sqlite => "randomblob(16)",
        Postgres => "gen_random_uuid()",
    };
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)";
    app.sql(&format!(
        "{numbers} INSERT INTO classes (id, school_id, school_year, grade, name, roll_version, version, created_at, \
         updated_at) SELECT {ids}, {school}, '2031-2032', 3, 'class ' || i, 1, 1, {at}, {at} FROM n"
    ))
    .await;
    app.sql(&format!(
        "{numbers} INSERT INTO persons (id, version, created_at, updated_at) SELECT {ids}, 1, {at}, {at} FROM n"
    ))
    .await;
    // Each of those classes has a pupil: the newest persons, one by one.
    app.sql(&format!(
        "INSERT INTO students (id, school_id, person_id, class_id, name, grade, entered_on, state, priority_groups, \
         free_help, version, created_at, updated_at) \
         SELECT {ids}, {school}, p.id, c.id, '李明', 3, '2024-09-02', 'attending', '[]', '[]', 1, {at}, {at} FROM \
         (SELECT id, row_number() OVER (ORDER BY id) AS place FROM persons WHERE id NOT IN (SELECT person_id FROM \
         students)) p JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM classes WHERE school_year = \
         '2031-2032') c ON c.place = p.place"
    ))
    .await;
    let refused = app.get("/api/v1/students/counts?group_by=class").token(token).expect(400).await;
    assert_eq!(refused.faults(), [("group_by".to_owned(), "too-many".to_owned())]);
    let narrowed = count(&app, "school-admin", "students/counts?group_by=class&school_year=2024-2025").await;
    assert_eq!(narrowed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(count(&app, "school-admin", "students/counts").await["count"], json!(1003));
    assert_eq!(statements(&app).await, 1, "however many there are");
}

/// Statements that one count takes.
async fn statements(app: &TestApp) -> u64 {
    let actor = app.world.account("school-admin").actor.clone();
    let counted = app.db.read(move |tx| {
        let (before, asked) = (tx.conn.statements(), counts::EnrollmentCountsFilter::default());
        counts::of(tx, &By::of(actor.clone())?, &asked)?;
        Ok(tx.conn.statements() - before)
    });
    counted.await.unwrap()
}
