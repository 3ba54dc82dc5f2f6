//! Pay sheets (四.1): a month is computed from closed sessions, approved, and stays; later corrections are signed lines.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::sessions::{Meeting, confirmed, on};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, depart, left, mark, marks, record, session, stopped};
use crate::support::plans;
use crate::support::staff::{contract, enter_member, qualify, vet_all};
use kehou::values::iso_date;

/// Holds the session of a group on a day and closes it with a record.
pub async fn hold(app: &TestApp, group: &Answer, pupils: &[kehou::db::Id], day: Date, record: &Value) -> Answer {
    app.db.clock().set_today(day);
    let planned = on(app, "school-admin", group, &iso_date::text(day)).await;
    mark(app, "school-admin", &planned.id(), &marks(pupils, "present")).expect(200).await;
    let departures: Vec<Value> = pupils.iter().map(|pupil| left(pupil, "duty_holder")).collect();
    depart(app, "school-admin", &planned.id(), &departures).expect(200).await;
    let closed = call(app, "school-admin", "sessions", &planned, "close", record).send().await;
    assert_eq!(closed.status, 200, "{}", closed.json());
    closed
}

/// Computes the sheet of a month.
pub async fn sheet(app: &TestApp, month: &str) -> Answer {
    let body = json!({"school_id": app.world.organisation("own school"), "month": month});
    app.post("/api/v1/pay-sheets").token(app.world.token("school-finance")).json(&body).expect(201).await
}

async fn approve(app: &TestApp, sheet: &Answer) -> Answer {
    plans::call(app, "school-admin", "pay-sheets", sheet, "approve").await
}

/// The lines of a sheet: day, kind, minutes, fen, and why it is held back.
async fn lines(app: &TestApp, account: &str, sheet: &Answer) -> Vec<(String, String, i64, i64, Option<String>)> {
    let path = format!("/api/v1/pay-lines?limit=200&pay_sheet_id={}", sheet.id());
    let found = app.get(&path).token(app.world.token(account)).expect(200).await.json();
    let text = |line: &Value, name: &str| line[name].as_str().map(str::to_owned);
    let line = |line: &Value| {
        let number = |name: &str| line[name].as_i64().unwrap();
        let (day, kind) = (text(line, "held_on").unwrap(), text(line, "kind").unwrap());
        (day, kind, number("minutes"), number("amount_fen"), text(line, "hold"))
    };
    if let Some(first) = found["items"][0]["id"].as_str() {
        let one = app.get(&format!("/api/v1/pay-lines/{first}")).token(app.world.token(account)).expect(200).await;
        assert_eq!(one.json(), found["items"][0]);
    }
    let mut lines: Vec<_> = found["items"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

fn line(
    day: &str,
    kind: &str,
    minutes: i64,
    fen: i64,
    hold: Option<&str>,
) -> (String, String, i64, i64, Option<String>) {
    (day.to_owned(), kind.to_owned(), minutes, fen, hold.map(str::to_owned))
}

fn said(sheet: &Answer) -> Vec<String> {
    let findings = sheet.json()["sheet_findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

async fn correct(app: &TestApp, session_id: &str, ended_at: &str) {
    let seen = session(app, "school-admin", session_id).await;
    let to = json!({
        "reason": "核对门禁记录", "began_at": "16:30", "ended_at": ended_at, "form": "homework", "content": "完成作业"
    });
    call(app, "school-admin", "sessions", &seen, "correct", &to).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn pay_by_contract_a_month_is_computed_approved_and_stays(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let mut short = record();
    short["ended_at"] = json!("17:05");
    let mut lecture = record();
    lecture["form"] = json!("lecture");
    let first = hold(&app, &group, &pupils, date!(2024 - 09 - 10), &record()).await;
    let second = hold(&app, &group, &pupils, date!(2024 - 09 - 11), &short).await;
    let third = hold(&app, &group, &pupils, date!(2024 - 09 - 12), &lecture).await;
    app.db.clock().set_today(date!(2024 - 09 - 13));

    // The month runs: it is a draft. The standard of 作业辅导 is 60 yuan an hour.
    let drafted = sheet(&app, "2024-09").await;
    let lines_now = lines(&app, "school-finance", &drafted).await;
    let held = line("2024-09-12", "regular", 0, 0, Some("teaching"));
    assert_eq!(
        lines_now,
        [line("2024-09-10", "regular", 60, 6_000, None), line("2024-09-11", "regular", 35, 3_500, None), held.clone()]
    );
    let body = drafted.json();
    assert_eq!((&body["own_fen"], &body["total_fen"], &body["line_count"]), (&json!(9_500), &json!(9_500), &json!(3)));
    let person = &body["people"][0];
    assert_eq!(
        (&person["staff_member_name"], &person["sessions"], &person["minutes"], &person["held_minutes"]),
        (&json!("王老师"), &json!(2), &json!(95), &json!(60))
    );
    assert_eq!(
        said(&drafted),
        [
            "王老师共1次服务（60分钟）登记为集体讲课或讲授新课，在主管部门同意前不计发。",
            "当月日期已到的服务中还有1次没有结束存档，存档后计入下一次计算的报酬表。"
        ]
    );
    assert_eq!(lines(&app, "teacher", &drafted).await, [], "a teacher sees what is approved");
    let again = json!({"school_id": app.world.organisation("own school"), "month": "2024-09"});
    let again = app.post("/api/v1/pay-sheets").token(app.world.token("school-admin")).json(&again).send().await;
    assert_eq!((again.status, again.code().as_str()), (409, "already-exists"));
    let refused = approve(&app, &drafted).await;
    assert_eq!(stopped(&refused), [("pay-by-contract".to_owned(), String::new())], "the month runs");

    // What has changed since it was computed is computed again before it is approved.
    app.db.clock().set_today(date!(2024 - 10 - 08));
    correct(&app, &first.id(), "17:20").await;
    let refused = approve(&app, &drafted).await;
    assert_eq!(stopped(&refused), [("pay-by-contract".to_owned(), String::new())], "{}", refused.json());
    let computed = plans::call(&app, "school-finance", "pay-sheets", &drafted, "compute").await;
    assert_eq!((computed.status, &computed.json()["total_fen"]), (200, &json!(8_500)), "{}", computed.json());
    let approved = approve(&app, &computed).await;
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("approved")), "{}", approved.json());
    assert_eq!((&approved.json()["approved_on"], &approved.json()["can"]), (&json!("2024-10-08"), &json!([])));
    assert_eq!(approve(&app, &approved).await.code(), "state-conflict");
    let seen = lines(&app, "teacher", &approved).await;
    assert_eq!(seen.len(), 3, "the teacher sees its own");

    // A supervisor lets the lecture be paid, and a record turns out to be short: signed lines of the next sheet.
    let released = session(&app, "bureau", &third.id()).await;
    assert_eq!(released.json()["can"], json!(["release-pay"]));
    let why = json!({"reason": "核实为个别辅导，登记有误"});
    let released = call(&app, "bureau", "sessions", &released, "release-pay", &why).expect(200).await;
    let now = released.json();
    assert_eq!(
        (&now["pay_held"], &now["pay_release_reason"], &now["can"]),
        (&json!(false), &why["reason"], &json!([]))
    );
    let twice = call(&app, "bureau", "sessions", &released, "release-pay", &why).send().await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "state-conflict"));
    correct(&app, &second.id(), "16:55").await;
    hold(&app, &group, &pupils, date!(2024 - 10 - 09), &record()).await;
    app.db.clock().set_today(date!(2024 - 11 - 01));
    let next = sheet(&app, "2024-10").await;
    assert_eq!(
        lines(&app, "school-admin", &next).await,
        [
            line("2024-09-11", "correction", -10, -1_000, None),
            line("2024-09-12", "late", 60, 6_000, None),
            line("2024-10-09", "regular", 60, 6_000, None)
        ]
    );
    assert_eq!(next.json()["total_fen"], 11_000);
    assert_eq!(approve(&app, &next).await.status, 200);
    let stays = app.get(&format!("/api/v1/pay-sheets/{}", approved.id())).token(app.world.token("bureau"));
    assert_eq!(stays.expect(200).await.json()["people"], approved.json()["people"], "what was approved stays");
    assert_eq!(lines(&app, "bureau", &approved).await, seen);
    let empty = sheet(&app, "2024-11").await;
    assert_eq!(empty.json()["line_count"], 0, "nothing is paid twice");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn pay_by_contract_follows_who_served_and_what_was_signed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, leader, venue } = confirmed(&app).await;
    let coach = enter_member(&app, "external", "周教练").await;
    qualify(&app, &coach, "2020-01-01", None).await;
    vet_all(&app, &coach).await;
    let signed = contract(&app, &coach, "2024-09-01", "2024-09-12").await;
    let to = json!({"leader_id": coach, "venue_id": venue, "from_on": "2024-09-11"});
    let stopped_by = call(&app, "school-admin", "groups", &group, "reassign", &to).send().await;
    assert_eq!(stopped_by.status, 200, "its days run out later: a warning: {}", stopped_by.json());

    // Up to its last day the coach is paid by the contract; who steps in by the standard.
    hold(&app, &group, &pupils, date!(2024 - 09 - 12), &record()).await;
    app.db.clock().set_today(date!(2024 - 09 - 13));
    let next = on(&app, "school-admin", &group, "2024-09-13").await;
    let who = json!({"staff_member_id": coach, "substitute_id": leader});
    call(&app, "school-admin", "sessions", &next, "substitute", &who).expect(200).await;
    hold(&app, &group, &pupils, date!(2024 - 09 - 13), &record()).await;
    // Held by the coach all the same, it waits for a contract.
    hold(&app, &group, &pupils, date!(2024 - 09 - 18), &record()).await;
    app.db.clock().set_today(date!(2024 - 10 - 08));
    let drafted = sheet(&app, "2024-09").await;
    let rate = signed.json()["hourly_rate_fen"].as_i64().unwrap();
    assert_eq!(
        lines(&app, "school-admin", &drafted).await,
        [
            line("2024-09-12", "regular", 60, rate, None),
            line("2024-09-13", "regular", 60, 6_000, None),
            line("2024-09-18", "regular", 0, 0, Some("no_contract"))
        ]
    );
    let sums = drafted.json();
    assert_eq!((&sums["own_fen"], &sums["external_fen"]), (&json!(6_000), &json!(rate)));
    assert!(said(&drafted)[0].starts_with("周教练共1次服务（60分钟）没有覆盖当日的已签订合同"), "{}", sums);
    assert_eq!(approve(&app, &drafted).await.status, 200, "what is held back stops nothing else");

    // Signed late, it is paid by the next sheet.
    contract(&app, &coach, "2024-09-13", "2025-01-17").await;
    app.db.clock().set_today(date!(2024 - 11 - 01));
    let next = sheet(&app, "2024-10").await;
    assert_eq!(lines(&app, "school-admin", &next).await, [line("2024-09-18", "late", 60, rate, None)]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn pay_by_contract_own_staff_stays_within_the_total_that_the_authority_gives(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    hold(&app, &group, &pupils, date!(2024 - 09 - 10), &record()).await;
    let give = |amount_fen: i64| {
        let total = json!({
            "school_id": app.world.organisation("own school"), "from_on": "2024-09-01", "to_on": "2025-01-31",
            "amount_fen": amount_fen, "document": "岳人社发〔2024〕3号"
        });
        app.post("/api/v1/performance-pay-totals").token(app.world.token("bureau")).json(&total)
    };
    let given = give(5_999).expect(201).await;
    assert_eq!((&given.json()["school_name"], &given.json()["can"]), (&json!("own school"), &json!([])));
    let one =
        app.get(&format!("/api/v1/performance-pay-totals/{}", given.id())).token(app.world.token("school-finance"));
    assert_eq!(one.expect(200).await.json()["amount_fen"], 5_999);
    app.db.clock().set_today(date!(2024 - 10 - 08));
    let drafted = sheet(&app, "2024-09").await;
    assert!(said(&drafted)[1].contains("60.00元，超过核定的绩效工资总量59.99元"), "{:?}", said(&drafted));
    let refused = approve(&app, &drafted).await;
    assert_eq!(stopped(&refused), [("pay-by-contract".to_owned(), String::new())]);
    give(6_000).expect(201).await;
    let approved = approve(&app, &drafted).await;
    assert_eq!((approved.status, said(&approved).len()), (200, 1), "{}", approved.json());

    // What was paid before counts.
    hold(&app, &group, &pupils, date!(2024 - 10 - 09), &record()).await;
    app.db.clock().set_today(date!(2024 - 11 - 01));
    let next = sheet(&app, "2024-10").await;
    assert_eq!(stopped(&approve(&app, &next).await).len(), 1);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

/// Rounds of the race.
const ROUNDS: u8 = 20;

#[rstest]
#[actix_web::test]
async fn pay_by_contract_of_two_sheets_that_pay_the_same_exactly_one_is_approved(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let replica = app.replica().await;
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    hold(&app, &group, &pupils, date!(2024 - 09 - 10), &record()).await;
    for round in 0..ROUNDS {
        let year = 2025 + i32::from(round);
        app.db.clock().set_today(Date::from_calendar_date(year, time::Month::December, 1).unwrap());
        let months = [format!("{year}-10"), format!("{year}-11")];
        let drafts = [sheet(&app, &months[0]).await, sheet(&app, &months[1]).await];
        assert!(drafts.iter().all(|draft| draft.json()["line_count"] == 1), "round {round}: both pay it");
        let ask = |on, draft: &Answer| {
            let app: &TestApp = on;
            let path = format!("/api/v1/pay-sheets/{}/approve", draft.id());
            app.post(&path).token(app.world.token("school-admin")).if_match(draft.etag()).send()
        };
        let answers = join_all([ask(&app, &drafts[0]), ask(&replica, &drafts[1])]).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        let told: Vec<String> = answers.iter().map(|answer| answer.json().to_string()).collect();
        assert_eq!(won, 1, "round {round}: {told:?}");
        // Another minute, so that the next round has something to pay.
        let first = on(&app, "school-admin", &group, "2024-09-10").await;
        correct(&app, &first.id(), if round % 2 == 0 { "17:20" } else { "17:30" }).await;
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
