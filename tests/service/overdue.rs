//! Filings whose review or correction does not come: reminded of, then told to the authority above; never approved by
//! silence.

use kehou::db::{Mode, Origin};
use kehou::filings::filings::remind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, draft, filing_of, send_back, small_plan, submit};

async fn on(app: &TestApp, date: &str) {
    app.clock_at(&format!("{date}T08:00:00+08:00"));
    app.db.write(Origin::service("test"), Mode::Commit, remind).await.unwrap();
}

async fn seen(app: &TestApp, filing: &Answer) -> Answer {
    app.get(&format!("/api/v1/filings/{}", filing.id())).token(app.world.token("city-bureau")).expect(200).await
}

/// What was done about it: state, reminded, escalated, to whom.
fn done(filing: &Answer) -> [Value; 4] {
    ["state", "reminded_on", "escalated_on", "escalated_to_id"].map(|field| filing.json()[field].clone())
}

#[rstest]
#[actix_web::test]
async fn a_review_that_does_not_come_is_reminded_of_and_then_told_above(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let filing = filing_of(&app, &plan).await;
    assert_eq!(filing.json()["due_on"], "2024-09-25", "ten working days after 2024-09-10, without the Mid-Autumn days");
    on(&app, "2024-09-25").await;
    assert_eq!(done(&seen(&app, &filing).await), [json!("submitted"), Value::Null, Value::Null, Value::Null]);
    on(&app, "2024-09-26").await;
    on(&app, "2024-09-27").await;
    let reminded = seen(&app, &filing).await;
    assert_eq!(done(&reminded), [json!("submitted"), json!("2024-09-26"), Value::Null, Value::Null], "once");
    assert_eq!(reminded.json()["version"], filing.json()["version"], "a review that has begun is not lost");
    let told = "SELECT count(*) AS number FROM journal_entries WHERE action = 'filing.reminded'";
    assert_eq!(app.sql_number(told).await, 1);
    // Ten working days after the reminder: the National Day week and its make-up days lie between.
    on(&app, "2024-10-15").await;
    assert_eq!(done(&seen(&app, &filing).await)[2], Value::Null);
    on(&app, "2024-10-16").await;
    let city = json!(app.world.organisation("city"));
    assert_eq!(done(&seen(&app, &filing).await), [json!("submitted"), json!("2024-09-26"), json!("2024-10-16"), city]);
    let list = app.get("/api/v1/filings?escalated=true").token(app.world.token("city-bureau")).expect(200).await.json();
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["overdue"]), (1, &json!(true)));
    on(&app, "2025-01-15").await;
    assert_eq!(seen(&app, &filing).await.json()["state"], "submitted", "never approved by silence");
    let approved = approve(&app, "city-bureau", &reminded).await;
    assert_eq!((approved.status, &done(&approved)[2]), (200, &Value::Null), "the authority above may decide");
}

#[rstest]
#[actix_web::test]
async fn a_correction_that_does_not_come_is_reminded_of(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let returned = send_back(&app, "bureau", &filing_of(&app, &plan).await, "2024-09-13").await;
    on(&app, "2024-09-14").await;
    assert_eq!(done(&seen(&app, &returned).await)[1], json!("2024-09-14"));
    on(&app, "2024-12-02").await;
    assert_eq!(done(&seen(&app, &returned).await)[2], Value::Null, "it is the school's delay");
}
