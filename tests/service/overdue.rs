//! Filings whose review or correction does not come: reminded of, then told to the authority above; never approved by
//! silence.

use kehou::background::KINDS;
use kehou::db::{Id, Mode, Origin};
use kehou::filings::filings::remind;
use kehou::jobs::{Pace, Pool, Runner};
use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, draft, filing_of, send_back, small_plan, submit};

async fn on(app: &TestApp, date: &str) {
    app.clock_at(&format!("{date}T08:00:00+08:00"));
    remind_of_all(app, 1).await;
}

/// Reminds in batches of this size, each in its own transaction; says how many there were.
async fn remind_of_all(app: &TestApp, batch: i64) -> usize {
    let mut after = Id::NIL;
    for batches in 1.. {
        let reminded = app.db.write(Origin::service("test"), Mode::Commit, move |tx| remind(tx, after, batch));
        match reminded.await.unwrap() {
            Some(last) => after = last,
            None => return batches,
        }
    }
    unreachable!()
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
async fn every_late_filing_is_reminded_of_however_small_the_batches(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let schools = ["school", "sibling-school", "other-school"].into_iter().zip(["own", "sibling", "other"]);
    for (account, school) in schools {
        let (account, school) = (&format!("{account}-admin"), &format!("{school} school"));
        submit(&app, account, &draft(&app, account, &small_plan(school, "autumn")).await).await;
    }
    app.clock_at("2024-09-26T08:00:00+08:00");
    assert_eq!(remind_of_all(&app, 2).await, 2, "two, then one");
    assert_eq!(app.count("filings WHERE reminded_on = '2024-09-26'").await, 3);
    app.clock_at("2024-10-16T08:00:00+08:00");
    assert_eq!(remind_of_all(&app, 1).await, 4, "one after the other, then none");
    assert_eq!(app.count("filings WHERE escalated_on = '2024-10-16'").await, 3);
}

#[rstest]
#[actix_web::test]
async fn the_job_goes_on_behind_the_batch_before_and_begins_in_front_an_hour_later(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut filings = Vec::new();
    for (account, school) in [("school-admin", "own school"), ("sibling-school-admin", "sibling school")] {
        let plan = submit(&app, account, &draft(&app, account, &small_plan(school, "autumn")).await).await;
        filings.push(filing_of(&app, &plan).await.id());
    }
    filings.sort();
    app.db.clock().set_today(date!(2024 - 09 - 26)); // and no other time, so that the job stays due
    let mark = json!({"after": filings[0]});
    app.sql(&format!("UPDATE jobs SET payload = '{mark}' WHERE kind = 'remind-of-filings'")).await;
    let runner = Runner::new(app.db.clone(), KINDS, Pace::default());
    let reminded = async || app.count("filings WHERE reminded_on IS NOT NULL").await;
    runner.work_off(Pool::Housekeeping).await.unwrap();
    assert_eq!(reminded().await, 1);
    let first = app.id_literal(&filings[0]);
    assert_eq!(app.count(&format!("filings WHERE reminded_on IS NULL AND id = {first}")).await, 1);
    app.db.clock().advance(time::Duration::hours(1));
    runner.work_off(Pool::Housekeeping).await.unwrap();
    assert_eq!(reminded().await, 2);
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
