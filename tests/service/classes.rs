//! `/classes`.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn class(app: &TestApp, change: &[(&str, Value)]) -> Value {
    let school = app.world.organisation("own school");
    let mut body = json!({"school_id": school, "school_year": "2024-2025", "grade": 4, "name": "四年级1班"});
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

#[rstest]
#[actix_web::test]
async fn a_school_keeps_its_classes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let made = app.post("/api/v1/classes").token(token).json(&class(&app, &[])).expect(201).await;
    assert_eq!((&made.json()["roll_version"], &made.json()["can"]), (&json!(1), &json!(["update", "invitations"])));
    let path = made.header("location").to_owned();
    let renamed = class(&app, &[("name", json!("四（1）班"))]);
    let renamed = app.put(&path).token(token).if_match(made.etag()).json(&renamed).expect(200).await;
    assert_eq!((&renamed.json()["name"], &renamed.json()["version"]), (&json!("四（1）班"), &json!(2)));
    let seen = app.get(&path).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!((&seen["name"], &seen["can"]), (&json!("四（1）班"), &json!([])));
    for (field, value) in [
        ("school_year", json!("2025-2026")),
        ("grade", json!(5)),
        ("school_id", json!(app.world.organisation("sibling school"))),
    ] {
        let body = class(&app, &[(field, value)]);
        let refused = app.put(&path).token(token).if_match(renamed.etag()).json(&body).expect(409).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), "immutable".to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn one_class_of_a_name_in_a_grade_and_year(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let attempts = (0..5).map(|_| app.post("/api/v1/classes").token(token).json(&class(&app, &[])).send());
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "already-exists").count(), 4);
    for change in [("name", json!("四年级2班")), ("grade", json!(5)), ("school_year", json!("2025-2026"))] {
        app.post("/api/v1/classes").token(token).json(&class(&app, &[change])).expect(201).await;
    }
    let found = app.get("/api/v1/classes?school_year=2024-2025&grade=4").token(token).expect(200).await.json();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(2));
}

#[rstest]
#[actix_web::test]
async fn shapes_are_checked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    for (field, value, fault) in [
        ("grade", json!(0), "out-of-range"),
        ("grade", json!(10), "out-of-range"),
        ("grade", json!(7), "out-of-range"), // the school ends with grade 6
        ("school_year", json!("2024-2026"), "format"),
        ("name", json!("班".repeat(41)), "too-long"),
        ("school_id", json!(app.world.organisation("sibling school")), "not-found"),
    ] {
        let body = class(&app, &[(field, value)]);
        let refused = app.post("/api/v1/classes").token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), fault.to_owned())], "{body}");
    }
}
