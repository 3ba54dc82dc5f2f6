//! Rosters (六.1): who was there, from devices that were offline, sent twice and in the wrong order.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use super::sessions::{Meeting, confirmed, on};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, depart, left, mark, marks, record};

fn sent(device: &str, marks: &[(&str, &str, &str, i64)]) -> Value {
    let mut all = Vec::new();
    for (student, mark, at, sequence) in marks {
        all.push(json!({"student_id": student, "mark": mark, "made_at": at, "sequence": sequence}));
    }
    json!({"device": device, "marks": all, "reason": null})
}

fn outcomes(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["outcome"].as_str().unwrap().to_owned()).collect()
}

async fn standing(app: &TestApp, session: &str) -> Vec<(String, String)> {
    let path = format!("/api/v1/sessions/{session}/roster");
    let roster = app.get(&path).token(app.world.token("teacher")).expect(200).await.json();
    let of = |entry: &Value| {
        let mark = entry["attendance"]["mark"].as_str().unwrap_or_default().to_owned();
        (entry["student_id"].as_str().unwrap().to_owned(), mark)
    };
    let mut all: Vec<_> = roster["entries"].as_array().unwrap().iter().map(of).collect();
    all.sort();
    all
}

#[rstest]
#[actix_web::test]
async fn a_phone_that_was_offline_sends_three_sessions_twice_and_nothing_is_lost(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let pupils: Vec<String> = pupils.iter().map(ToString::to_string).collect();
    let days = ["2024-09-10", "2024-09-11", "2024-09-12"];
    let mut held = Vec::new();
    for day in days {
        held.push(on(&app, "teacher", &group, day).await.id());
    }
    app.clock_at("2024-09-12T20:00:00+08:00");
    // A colleague has corrected one, while the phone was out of reach.
    let colleague = sent("desk", &[(&pupils[0], "absent", "2024-09-11T18:00:00+08:00", 1)]);
    assert_eq!(outcomes(&mark(&app, "school-admin", &held[1], &colleague).expect(200).await), ["entered"]);

    let phone = |day: &str, from: i64| -> Value {
        let at = format!("{day}T16:40:00+08:00");
        let all: Vec<(&str, &str, &str, i64)> =
            pupils.iter().zip(from..).map(|(pupil, n)| (pupil.as_str(), "present", at.as_str(), n)).collect();
        sent("phone", &all)
    };
    // The last day first; the phone contradicts itself about one child.
    let third = mark(&app, "teacher", &held[2], &phone(days[2], 20)).expect(200).await;
    assert_eq!(outcomes(&third), ["entered"; 4]);
    let second_thought = sent("phone", &[(&pupils[3], "late", "2024-09-12T16:50:00+08:00", 24)]);
    assert_eq!(outcomes(&mark(&app, "teacher", &held[2], &second_thought).expect(200).await), ["corrected"]);
    let first = mark(&app, "teacher", &held[0], &phone(days[0], 0)).expect(200).await;
    assert_eq!(outcomes(&first), ["entered"; 4]);
    let second = mark(&app, "teacher", &held[1], &phone(days[1], 10)).expect(200).await;
    assert_eq!(outcomes(&second), ["older", "entered", "entered", "entered"], "{}", second.json());
    assert_eq!(second.json()["items"][0]["attendance"]["mark"], "absent", "what the colleague said stands");
    assert_eq!(second.json()["items"][0]["attendance"]["device"], "desk");

    // All of it once more, as after a lost answer.
    for (session, (day, from), expected) in [
        (&held[2], (days[2], 20), ["same", "same", "same", "older"]),
        (&held[0], (days[0], 0), ["same"; 4]),
        (&held[1], (days[1], 10), ["older", "same", "same", "same"]),
    ] {
        let again = mark(&app, "teacher", session, &phone(day, from)).expect(200).await;
        assert_eq!(outcomes(&again), expected, "{day}");
    }
    let is = |marks: [&str; 4]| {
        let mut all: Vec<_> = pupils.iter().cloned().zip(marks.map(str::to_owned)).collect();
        all.sort();
        all
    };
    assert_eq!(standing(&app, &held[0]).await, is(["present"; 4]));
    assert_eq!(standing(&app, &held[1]).await, is(["absent", "present", "present", "present"]));
    assert_eq!(standing(&app, &held[2]).await, is(["present", "present", "present", "late"]));
    // What was otherwise is kept, each once: what the phone said first, and what came too late.
    assert_eq!(app.count("attendance_changes").await, 3);
    let outcome = |word: &str| format!("SELECT count(*) AS number FROM attendance_changes WHERE outcome = '{word}'");
    assert_eq!(app.sql_number(&outcome("older")).await, 2);
    assert_eq!(app.sql_number(&outcome("corrected")).await, 1);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn what_was_said_again_later_stands_against_what_was_said_in_between(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let held = on(&app, "teacher", &group, "2024-09-10").await.id();
    app.clock_at("2024-09-10T20:00:00+08:00");
    let pupil = pupils[0].to_string();
    for (device, word, at, outcome) in [
        ("phone", "present", "2024-09-10T16:40:00+08:00", "entered"),
        ("desk", "present", "2024-09-10T17:00:00+08:00", "same"),
        ("tablet", "absent", "2024-09-10T16:50:00+08:00", "older"),
        ("phone", "present", "2024-09-10T16:40:00+08:00", "same"),
        ("tablet", "absent", "2024-09-10T17:10:00+08:00", "corrected"),
    ] {
        let marked = mark(&app, "teacher", &held, &sent(device, &[(&pupil, word, at, 1)])).expect(200).await;
        assert_eq!(outcomes(&marked), [outcome], "{device} at {at}: {}", marked.json());
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn what_is_closed_is_corrected_with_a_reason_and_strangers_are_refused_in_their_row(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let held = on(&app, "teacher", &group, "2024-09-10").await;
    let stranger = app.world.pupils("own school").student;
    let mut with_stranger = marks(&[pupils[0], stranger], "present");
    let answer = mark(&app, "teacher", &held.id(), &with_stranger).expect(200).await;
    assert_eq!(outcomes(&answer), ["entered", "refused"]);
    let problem = &answer.json()["items"][1]["problem"];
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/marks/1/student_id"), &json!("not-found"))
    );
    assert_eq!(answer.json()["items"][1]["student_name"], "", "of a stranger nothing is told");
    with_stranger["marks"][1] = with_stranger["marks"][0].clone();
    let twice = mark(&app, "teacher", &held.id(), &with_stranger).send().await;
    assert_eq!(twice.faults(), [("/marks/1/student_id".to_owned(), "duplicate".to_owned())]);

    mark(&app, "teacher", &held.id(), &marks(&pupils, "present")).expect(200).await;
    let all: Vec<Value> = pupils.iter().map(|pupil| left(pupil, "duty_holder")).collect();
    depart(&app, "teacher", &held.id(), &all).expect(200).await;
    let closed = call(&app, "teacher", "sessions", &held, "close", &record()).expect(200).await;
    let mut absent = marks(&pupils[..1], "absent");
    let late = mark(&app, "teacher", &closed.id(), &absent).expect(200).await;
    assert_eq!((outcomes(&late), &late.json()["headcount"]["present"]), (vec!["after_close".to_owned()], &json!(4)));
    absent["reason"] = json!("误点");
    let corrected = mark(&app, "teacher", &closed.id(), &absent).expect(200).await;
    assert_eq!(
        (outcomes(&corrected), &corrected.json()["headcount"]["absent"]),
        (vec!["corrected".to_owned()], &json!(1))
    );
    app.db.clock().set_today(date!(2024 - 10 - 08));
    let mut present = marks(&pupils[..1], "present");
    present["reason"] = json!("再次核对");
    let refused = mark(&app, "teacher", &closed.id(), &present).send().await;
    assert_eq!(refused.json()["findings"][0]["rule"], "session-record", "the month is over: {}", refused.json());
    assert_eq!(outcomes(&mark(&app, "school-admin", &closed.id(), &present).expect(200).await), ["corrected"]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
    app.sql("UPDATE attendances SET mark = 'absent'").await;
    let wrong = app.wrong().await;
    assert!(wrong.iter().any(|line| line.contains("does not count")), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.contains("changed without a row")), "{wrong:?}");
}

#[rstest]
#[actix_web::test]
async fn leave_is_granted_in_time_answered_when_late_and_shown_on_the_roster(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    app.clock_at("2024-09-11T15:31:00+08:00");
    let ask = |from: &str, to: &str| {
        json!({
            "student_id": pupils[0].to_string(), "from_on": from, "to_on": to, "reason": "看牙医"
        })
    };
    let guardian = app.world.token("guardian");
    for (from, to, pointer, code) in [
        ("2024-09-10", "2024-09-11", "/from_on", "out-of-range"),
        ("2024-09-12", "2024-09-11", "/to_on", "ends-before-start"),
        ("2024-09-11", "2024-11-11", "/to_on", "too-many"),
        ("2024-09-14", "2024-09-17", "/from_on", "not-for-this"),
    ] {
        let refused = app.post("/api/v1/leave-requests").token(guardian).json(&ask(from, to)).send().await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())], "{from} {to}");
    }
    // An hour before half past four is over; the other days are in time.
    let asked =
        app.post("/api/v1/leave-requests").token(guardian).json(&ask("2024-09-11", "2024-09-15")).expect(201).await;
    let day = |day: &str, answer: &str| json!({"day": day, "answer": answer});
    assert_eq!(
        asked.json()["days"],
        json!([day("2024-09-11", "late"), day("2024-09-12", "granted"), day("2024-09-13", "granted")])
    );
    assert_eq!(asked.json()["can"], json!(["withdraw"]));
    let seen = app.get(&format!("/api/v1/leave-requests/{}", asked.id())).token(app.world.token("school-admin"));
    let seen = seen.expect(200).await;
    assert_eq!(seen.json()["can"], json!(["answer", "withdraw"]));
    let answer =
        json!({"days": [{"day": "2024-09-11", "is_granted": true}, {"day": "2024-09-20", "is_granted": true}]});
    let refused = call(&app, "school-admin", "leave-requests", &seen, "answer", &answer).send().await;
    assert_eq!(refused.faults(), [("/days/1/day".to_owned(), "not-for-this".to_owned())]);
    let answer = json!({"days": [{"day": "2024-09-11", "is_granted": false}]});
    let answered = call(&app, "school-admin", "leave-requests", &seen, "answer", &answer).expect(200).await;
    assert_eq!(answered.json()["days"][0], day("2024-09-11", "refused"));
    let told = crate::messages::messages(&app, "guardian").await;
    assert!(told.iter().any(|message| message["kind"] == "leave_answered"), "{told:?}");

    let thursday = on(&app, "teacher", &group, "2024-09-12").await;
    let roster = format!("/api/v1/sessions/{}/roster", thursday.id());
    let leave = |roster: &Value| -> Vec<Value> {
        roster["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["leave"].clone())
            .filter(|one| !one.is_null())
            .collect()
    };
    let seen = app.get(&roster).token(app.world.token("teacher")).expect(200).await.json();
    assert_eq!(leave(&seen), [json!("granted")]);
    assert_eq!(seen["entries"].as_array().unwrap().len(), 4);
    let asked = app.get(&format!("/api/v1/leave-requests/{}", asked.id())).token(guardian).expect(200).await;
    let withdrawn = crate::support::plans::call(&app, "guardian", "leave-requests", &asked, "withdraw").await;
    assert_eq!((withdrawn.status, &withdrawn.json()["state"]), (200, &json!("withdrawn")), "{}", withdrawn.json());
    let seen = app.get(&roster).token(app.world.token("teacher")).expect(200).await.json();
    assert_eq!(leave(&seen), Vec::<Value>::new());
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_teacher_sees_its_own_rosters_and_a_guardian_its_own_children(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, leader, .. } = confirmed(&app).await;
    let held = on(&app, "school-admin", &group, "2024-09-10").await;
    let path = format!("/api/v1/sessions/{}/roster", held.id());
    let many = |roster: &Value| roster["entries"].as_array().unwrap().len();
    let seen = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((many(&seen), &seen["entries"][0]["fetchers"]), (4, &json!([])));
    let seen = app.get(&path).token(app.world.token("teacher")).expect(200).await.json();
    assert_eq!(seen["entries"][0]["fetchers"][0]["relation"], "mother");
    app.get(&path).token(app.world.token("sibling-school-admin")).expect(404).await;
    app.get(&path).token(app.world.token("sibling-teacher")).expect(404).await;
    app.get(&path).token(app.world.token("partner")).expect(403).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = format!("/api/v1/students/{}/access-log", pupils[0]);
    let log = app.get(&log).token(app.world.token("school-admin")).expect(200).await.json();
    let readers: Vec<&Value> = log["items"].as_array().unwrap().iter().map(|line| &line["operation"]).collect();
    assert!(readers.iter().filter(|operation| **operation == "get_roster").count() >= 2, "{readers:?}");
    // Who has left the school sees nothing any more.
    app.sql(&format!("UPDATE staff_members SET user_id = NULL WHERE id = {}", app.id_literal(&leader))).await;
    app.get(&path).token(app.world.token("teacher")).expect(404).await;
}
