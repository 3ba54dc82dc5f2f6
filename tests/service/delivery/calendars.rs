//! Calendars of sessions behind secret links: read by a calendar library, without a name in them, and gone with the
//! right.

use icalendar::parser::{read_calendar, unfold};
use rstest::rstest;
use serde_json::json;
use time::macros::date;

use super::sessions::{Meeting, confirmed, on};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, lines_about};
use crate::support::plans;
use kehou::db::Id;

async fn feed(app: &TestApp, account: &str, student: Option<&Id>) -> Answer {
    let body = json!({"student_id": student.map(ToString::to_string)});
    app.post("/api/v1/calendar-feeds").token(app.world.token(account)).json(&body).send().await
}

/// Events of a calendar: what, when, where.
fn events(calendar: &str) -> Vec<(String, String, String)> {
    let unfolded = unfold(calendar);
    let read = read_calendar(&unfolded).unwrap_or_else(|wrong| panic!("{wrong}: {calendar}"));
    let event = |component: &icalendar::parser::Component<'_>| {
        let value = |name: &str| component.find_prop(name).map(|found| found.val.to_string()).unwrap_or_default();
        assert!(!value("UID").is_empty() && !value("DTSTAMP").is_empty(), "{calendar}");
        (value("SUMMARY"), format!("{}/{}", value("DTSTART"), value("DTEND")), value("LOCATION"))
    };
    read.components.iter().filter(|component| component.name == "VEVENT").map(event).collect()
}

#[rstest]
#[actix_web::test]
async fn a_calendar_opens_by_its_link_alone_and_names_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let made = feed(&app, "guardian", Some(&pupils[0])).await;
    assert_eq!((made.status, &made.json()["can"]), (201, &json!(["revoke"])), "{}", made.json());
    let link = made.json()["link"].as_str().unwrap().to_owned();
    let again = app.get(&format!("/api/v1/calendar-feeds/{}", made.id())).token(app.world.token("guardian"));
    let again = again.expect(200).await.json();
    assert_eq!((&again["link"], &again["state"]), (&json!(null), &json!("standing")), "shown once");

    let answer = app.get(&link).expect(200).await;
    assert!(answer.header("content-type").starts_with("text/calendar"), "no token is asked for");
    let calendar = String::from_utf8(answer.body.clone()).unwrap();
    let found = events(&calendar);
    assert_eq!(found.len(), 86, "all announced days of the group from its first one on");
    assert_eq!(found[0].0, "作业辅导");
    assert_eq!(found[0].1, "20240910T083000Z/20240910T093000Z", "16:30 to 17:30 in Shanghai");
    for name in ["王老师", "学生", "三年级"] {
        assert!(!calendar.contains(name), "{name}");
    }
    assert!(calendar.lines().all(|line| line.len() <= 75), "folded");
    assert_eq!(app.get(&link).header("if-none-match", answer.etag()).send().await.status, 304);
    let lines = lines_about(&app, &pupils[0]).await;
    assert!(lines.contains(&"read_calendar".to_owned()), "who reads it leaves a line: {lines:?}");

    // A day that is cancelled is gone from it.
    let eleventh = on(&app, "school-admin", &group, "2024-09-11").await;
    call(&app, "school-admin", "sessions", &eleventh, "cancel", &json!({"reason": "停电"})).expect(200).await;
    let now = events(&String::from_utf8(app.get(&link).expect(200).await.body).unwrap());
    assert_eq!((now.len(), now.iter().any(|event| event.1.starts_with("20240911"))), (85, false));

    // A teacher has its own.
    let own = feed(&app, "teacher", None).await.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(events(&String::from_utf8(app.get(&own).expect(200).await.body).unwrap()).len(), 85);
    let pairs = |refused: &Answer| refused.faults();
    let at = |fault: &str| vec![("/student_id".to_owned(), fault.to_owned())];
    assert_eq!(pairs(&feed(&app, "teacher", Some(&pupils[0])).await), at("not-found"));
    assert_eq!(pairs(&feed(&app, "guardian", None).await), at("required"));
    let strange = app.world.pupils("other school").student;
    assert_eq!(pairs(&feed(&app, "guardian", Some(&strange)).await), at("not-found"));

    // A new link ends the one of before; what is taken back opens nothing, nor does a wrong one.
    let second = feed(&app, "guardian", Some(&pupils[0])).await;
    assert_eq!(app.get(&link).send().await.code(), "not-found");
    let second_link = second.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&second_link).send().await.status, 200);
    let revoked = plans::call(&app, "guardian", "calendar-feeds", &second, "revoke").await;
    assert_eq!((revoked.status, &revoked.json()["state"]), (200, &json!("revoked")), "{}", revoked.json());
    assert_eq!(app.get(&second_link).send().await.code(), "not-found");
    assert_eq!(app.get("/api/v1/calendars/nothing.ics").send().await.code(), "not-found");

    // Who may not see the sessions any more sees nothing by the link either.
    let third = feed(&app, "guardian", Some(&pupils[0])).await.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&third).send().await.status, 200);
    let held = app.id_literal(&app.world.account("guardian").id.to_string());
    app.sql(&format!("UPDATE guardianships SET ends_on = '2024-09-09' WHERE user_id = {held}")).await;
    app.db.clock().set_today(date!(2024 - 09 - 11));
    assert_eq!(app.get(&third).send().await.code(), "not-found");
    let suspended = app.id_literal(&app.world.account("teacher").id.to_string());
    app.sql(&format!("UPDATE users SET state = 'suspended' WHERE id = {suspended}")).await;
    assert_eq!(app.get(&own).send().await.code(), "not-found");
}
