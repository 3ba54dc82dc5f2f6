//! `/calendar/working-days`.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn a_deadline_comes_with_the_days_it_counted_and_skipped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let path = "/api/v1/calendar/working-days?from=2024-09-02&count=10";
    let days = app.get(path).token(token).expect(200).await.json();
    assert_eq!((&days["last"], days["counted"].as_array().map(Vec::len)), (&json!("2024-09-14"), Some(10)));
    assert_eq!(days["counted"][9], json!({"date": "2024-09-14", "kind": "make_up_workday", "name": "中秋节"}));
    assert_eq!(days["skipped"][0], json!({"date": "2024-09-07", "kind": "weekend", "name": null}));
    let english = app.get(path).token(token).english().expect(200).await.json();
    assert_eq!(english["counted"][9]["name"], "Mid-autumn Festival");
}

#[rstest]
#[actix_web::test]
async fn beyond_the_data_there_is_no_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let ask = |from: &str, count: u32| {
        app.get(&format!("/api/v1/calendar/working-days?from={from}&count={count}")).token(token)
    };
    let refused = ask("2026-12-25", 10).english().expect(422).await;
    assert_eq!(refused.code(), "calendar-missing");
    assert!(refused.json()["detail"].as_str().unwrap().contains("2027-01-01"));
    for (from, count, name, fault) in [
        ("2024-09-02", 0, "count", "out-of-range"),
        ("2024-09-02", 201, "count", "out-of-range"),
        ("2024-9-2", 10, "from", "format"),
    ] {
        assert_eq!(ask(from, count).expect(400).await.faults(), [(name.to_owned(), fault.to_owned())]);
    }
}
