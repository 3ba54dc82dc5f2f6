//! Sessions (六.1): started, closed with their record, moved, added, cancelled, corrected; and who steps in.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{
    call, checked_venue, class_of, confirm, depart, drafted, join, left, mark, marks, own_teacher, record, session,
    sessions, stopped, works_as,
};
use crate::support::enrollments::open;
use crate::support::plans::{self, small_plan};
use crate::support::staff::{contract, enter_member, qualify, vet_all};
use kehou::db::Id;

/// A confirmed group of two classes, its pupils, and its leader, who is the account `teacher`.
pub struct Meeting {
    pub group: Answer,
    pub pupils: Vec<Id>,
    pub leader: String,
    pub venue: String,
}

pub async fn confirmed(app: &TestApp) -> Meeting {
    let projects = open(app, &small_plan("own school", "autumn")).await;
    let pupils = [class_of(app, "三年级2班", 2).await, class_of(app, "三年级3班", 2).await].concat();
    let members = join(app, &projects[0], &pupils).await;
    let (leader, venue) = (own_teacher(app, "王老师").await, checked_venue(app).await);
    works_as(app, &leader).await;
    let group = drafted(app, &projects[0], "一组", &leader, &venue, &members).await;
    let group = confirm(app, &group, None).await;
    assert_eq!(group.status, 200, "{}", group.json());
    Meeting { group, pupils, leader, venue }
}

/// The session of a group on a day, as an account sees it.
pub async fn on(app: &TestApp, account: &str, group: &Answer, day: &str) -> Answer {
    let found = sessions(app, account, &format!("group_id={}&held_on={day}", group.id())).await;
    assert_eq!(found.len(), 1, "{day}");
    session(app, account, found[0]["id"].as_str().unwrap()).await
}

async fn verb(app: &TestApp, account: &str, seen: &Answer, verb: &str, body: Value) -> Answer {
    call(app, account, "sessions", seen, verb, &body).send().await
}

/// Everybody was there, and was fetched in time.
async fn all_there(app: &TestApp, session: &str, pupils: &[Id]) {
    mark(app, "teacher", session, &marks(pupils, "present")).expect(200).await;
    let departures: Vec<Value> = pupils.iter().map(|pupil| left(pupil, "duty_holder")).collect();
    depart(app, "teacher", session, &departures).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn session_record_a_session_is_started_and_closes_when_nothing_is_missing(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let today = on(&app, "teacher", &group, "2024-09-10").await;
    assert_eq!(today.json()["can"], json!(["start", "close"]), "who serves at it holds it");
    let tomorrow = on(&app, "teacher", &group, "2024-09-11").await;
    let early = verb(&app, "teacher", &tomorrow, "start", json!({"began_at": "16:30"})).await;
    assert_eq!(stopped(&early), [("service-days".to_owned(), String::new())]);
    let early = verb(&app, "teacher", &tomorrow, "close", record()).await;
    assert_eq!(stopped(&early), [("session-record".to_owned(), String::new())]);
    let started = verb(&app, "teacher", &today, "start", json!({"began_at": "16:31"})).await;
    assert_eq!((started.status, &started.json()["began_at"]), (200, &json!("16:31")), "{}", started.json());

    let nothing = json!({"began_at": null, "ended_at": null, "form": null, "content": null, "served": []});
    let refused = verb(&app, "teacher", &started, "close", nothing).await;
    let missing: Vec<String> = stopped(&refused).into_iter().map(|(_, at)| at).collect();
    assert_eq!(missing, ["/ended_at", "/form", "/content", ""], "{}", refused.json());
    mark(&app, "teacher", &started.id(), &marks(&pupils[..3], "present")).expect(200).await;
    mark(&app, "teacher", &started.id(), &marks(&pupils[3..], "absent")).expect(200).await;
    let told = crate::messages::messages(&app, "guardian").await;
    let absent: Vec<&Value> = told.iter().filter(|message| message["kind"] == "child_absent").collect();
    assert_eq!((absent.len(), &absent[0]["student_id"]), (1, &json!(pupils[3].to_string())), "within the session");
    depart(&app, "teacher", &started.id(), &[left(pupils[0], "duty_holder"), left(pupils[1], "bus")]).expect(200).await;
    let refused = verb(&app, "teacher", &started, "close", record()).await;
    assert_eq!(stopped(&refused), [("handover-complete".to_owned(), String::new())]);
    assert_eq!(refused.json()["findings"][0]["params"]["student_ids"], json!(pupils[2].to_string()));

    // It may be entered late.
    app.db.clock().set_today(date!(2024 - 09 - 11));
    let late = depart(&app, "teacher", &started.id(), &[left(pupils[2], "duty_holder")]).expect(200).await;
    let late = &late.json()["items"][0];
    assert_eq!((&late["outcome"], &late["attendance"]["departure_late"]), (&json!("entered"), &json!(true)));
    let closed = verb(&app, "teacher", &started, "close", record()).await;
    assert_eq!((closed.status, &closed.json()["state"]), (200, &json!("closed")), "{}", closed.json());
    let counts = json!({"present": 3, "late": 0, "left_early": 0, "on_leave": 0, "absent": 1, "departed": 3});
    let seen = session(&app, "bureau", &closed.id()).await.json();
    assert_eq!(
        (&seen["headcount"], &seen["pay_held"], &seen["closed_on"]),
        (&counts, &json!(false), &json!("2024-09-11"))
    );
    let served = format!("/api/v1/session-staff?session_id={}", closed.id());
    let served = app.get(&served).token(app.world.token("school-admin")).expect(200).await.json();
    assert_eq!((&served["items"][0]["state"], &served["items"][0]["minutes"]), (&json!("served"), &json!(60)));
    let one = format!("/api/v1/session-staff/{}", served["items"][0]["id"].as_str().unwrap());
    assert_eq!(app.get(&one).token(app.world.token("school-admin")).expect(200).await.json(), served["items"][0]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn no_collective_instruction_a_lecture_is_recorded_reported_and_not_paid(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let today = on(&app, "teacher", &group, "2024-09-10").await;
    all_there(&app, &today.id(), &pupils).await;
    let mut lecture = record();
    (lecture["form"], lecture["ended_at"]) = (json!("lecture"), json!("18:05"));
    let closed = verb(&app, "teacher", &today, "close", lecture).await;
    assert_eq!((closed.status, &closed.json()["pay_held"]), (200, &json!(true)), "{}", closed.json());
    let said: Vec<(String, String)> =
        closed.findings().into_iter().map(|(rule, severity, _)| (rule, severity)).collect();
    let warning = |rule: &str| (rule.to_owned(), "warning".to_owned());
    assert_eq!(said, [warning("no-collective-instruction"), warning("service-end-time")]);
    let signals = app.get("/api/v1/signals").token(app.world.token("bureau")).expect(200).await.json();
    let raised: Vec<&Value> = signals["items"].as_array().unwrap().iter().map(|signal| &signal["rule"]).collect();
    assert_eq!(raised, ["no-collective-instruction", "service-end-time"], "in the same transaction");

    // Called otherwise, it stays what the supervisor was told of.
    let correction = json!({
        "reason": "登记有误", "began_at": "16:30", "ended_at": "17:30", "form": "homework", "content": "完成作业"
    });
    let corrected = verb(&app, "teacher", &closed, "correct", correction.clone()).await;
    assert_eq!((corrected.status, &corrected.json()["pay_held"]), (200, &json!(true)), "{}", corrected.json());
    let before = &corrected.json()["corrections"][0];
    assert_eq!(
        (&before["form"], &before["ended_at"], &before["reason"]),
        (&json!("lecture"), &json!("18:05"), &json!("登记有误"))
    );
    app.db.clock().set_today(date!(2024 - 10 - 08));
    let refused = verb(&app, "teacher", &corrected, "correct", correction.clone()).await;
    assert_eq!(stopped(&refused), [("session-record".to_owned(), String::new())], "the month is over");
    let corrected = session(&app, "school-admin", &corrected.id()).await;
    assert_eq!(verb(&app, "school-admin", &corrected, "correct", correction).await.status, 200);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn external_staff_contract_that_lapses_stops_the_next_start_and_a_substitute_steps_in(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, leader, venue } = confirmed(&app).await;
    let coach = enter_member(&app, "external", "周教练").await;
    qualify(&app, &coach, "2020-01-01", None).await;
    vet_all(&app, &coach).await;
    let signed = contract(&app, &coach, "2024-09-01", "2025-01-17").await;
    let to = json!({"leader_id": coach, "venue_id": venue, "from_on": "2024-09-12"});
    let led = call(&app, "school-admin", "groups", &group, "reassign", &to).expect(200).await;
    assert_eq!(led.json()["leader_name"], "周教练");
    let end = json!({"reason": "本人辞职", "ended_on": "2024-09-12"});
    call(&app, "school-admin", "staff-contracts", &signed, "end", &end).expect(200).await;

    app.db.clock().set_today(date!(2024 - 09 - 12));
    let last = on(&app, "school-admin", &group, "2024-09-12").await;
    let started = verb(&app, "school-admin", &last, "start", json!({"began_at": "16:30"})).await;
    assert_eq!(started.status, 200, "its last day stands: {}", started.json());
    app.db.clock().set_today(date!(2024 - 09 - 13));
    let next = on(&app, "school-admin", &group, "2024-09-13").await;
    let refused = verb(&app, "school-admin", &next, "start", json!({"began_at": "16:30"})).await;
    assert_eq!(stopped(&refused), [("external-staff-contract".to_owned(), String::new())]);
    // On the tenth the group was led by who steps in now: it is free.
    let who = json!({"staff_member_id": coach, "substitute_id": leader});
    let substituted = verb(&app, "school-admin", &next, "substitute", who.clone()).await;
    assert_eq!(
        (substituted.status, &substituted.json()["leader_name"]),
        (200, &json!("王老师")),
        "{}",
        substituted.json()
    );
    let again = verb(&app, "school-admin", &substituted, "substitute", who).await;
    assert_eq!(
        again.faults(),
        [("/staff_member_id".to_owned(), "not-found".to_owned())],
        "who was replaced serves no more"
    );
    let started = verb(&app, "teacher", &substituted, "start", json!({"began_at": "16:30"})).await;
    assert_eq!(started.status, 200, "{}", started.json());
    all_there(&app, &started.id(), &pupils).await;
    let closed = verb(&app, "teacher", &started, "close", record()).await;
    assert_eq!(closed.status, 200, "{}", closed.json());
    let served = format!("/api/v1/session-staff?session_id={}", closed.id());
    let served = app.get(&served).token(app.world.token("school-admin")).expect(200).await.json();
    let mut states: Vec<(String, String)> = served["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            (text("staff_member_name"), text("state"))
        })
        .collect();
    states.sort();
    let is = |name: &str, state: &str| (name.to_owned(), state.to_owned());
    assert_eq!(states, [is("周教练", "released"), is("王老师", "served")], "pay follows who served");

    // Held by the coach all the same, it is recorded as it was, and the supervisor is told.
    app.db.clock().set_today(date!(2024 - 09 - 18));
    let held = on(&app, "school-admin", &group, "2024-09-18").await;
    mark(&app, "school-admin", &held.id(), &marks(&pupils, "absent")).expect(200).await;
    let closed = verb(&app, "school-admin", &held, "close", record()).await;
    assert_eq!(closed.status, 200, "{}", closed.json());
    assert_eq!(closed.json()["record_findings"][0]["rule"], "external-staff-contract");
    let signals = app.get("/api/v1/signals").token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!(signals["items"][0]["rule"], "external-staff-contract");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

fn hour(on: &str, from: &str, to: &str) -> Value {
    json!({"held_on": on, "starts_at": from, "ends_at": to, "venue_id": null, "reason": "运动会"})
}

#[rstest]
#[actix_web::test]
async fn service_days_sessions_are_moved_added_and_cancelled_within_the_calendar(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, .. } = confirmed(&app).await;
    let eleventh = on(&app, "school-admin", &group, "2024-09-11").await;
    for (to, rule) in [
        (hour("2024-09-14", "16:30", "17:30"), "service-days"), // a make-up Saturday
        (hour("2024-09-17", "16:30", "17:30"), "service-days"), // 中秋
        (hour("2025-01-20", "16:30", "17:30"), "service-days"), // after the term
        (hour("2024-09-12", "17:30", "18:01"), "service-end-time"),
    ] {
        let refused = verb(&app, "school-admin", &eleventh, "move", to.clone()).await;
        let rules: Vec<String> = stopped(&refused).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, [rule], "{to}: {}", refused.json());
    }
    // Beside its own session of the day.
    let moved = verb(&app, "school-admin", &eleventh, "move", hour("2024-09-12", "17:30", "18:00")).await;
    assert_eq!((moved.status, &moved.json()["kind"]), (200, &json!("moved")), "{}", moved.json());
    assert_eq!(
        (&moved.json()["moved_from_on"], &moved.json()["held_on"]),
        (&json!("2024-09-11"), &json!("2024-09-12"))
    );
    let again = verb(&app, "school-admin", &moved, "move", hour("2024-09-12", "16:30", "17:30")).await;
    assert_eq!((again.status, again.code().as_str()), (409, "already-exists"), "{}", again.json());
    let cancelled = verb(&app, "school-admin", &moved, "cancel", json!({"reason": "停电"})).await;
    assert_eq!((&cancelled.json()["state"], &cancelled.json()["reason"]), (&json!("cancelled"), &json!("停电")));
    assert_eq!(
        verb(&app, "school-admin", &cancelled, "start", json!({"began_at": null})).await.code(),
        "state-conflict"
    );

    let token = app.world.token("school-admin");
    let add = |on: &str| {
        json!({
            "group_id": group.id(), "held_on": on, "starts_at": "17:30", "ends_at": "18:00", "lessons": 1, "reason": "补"
        })
    };
    let added = json!({"reason": "补一次"});
    let mut body = add("2024-09-13");
    body["reason"] = added["reason"].clone();
    let added = app.post("/api/v1/sessions").token(token).json(&body).expect(201).await;
    assert_eq!(
        (&added.json()["kind"], &added.json()["can"]),
        (&json!("added"), &json!(["start", "close", "move", "cancel", "substitute"]))
    );
    let twice = app.post("/api/v1/sessions").token(token).json(&body).send().await;
    assert!([409, 422].contains(&twice.status), "{}", twice.json());
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_day_that_is_closed_later_cancels_its_session_and_stops_its_start(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, .. } = confirmed(&app).await;
    let closure = json!({
        "authority_id": app.world.organisation("own district"), "closed_on": "2024-09-11", "reason": "台风"
    });
    app.post("/api/v1/calendar/closures").token(app.world.token("bureau")).json(&closure).expect(201).await;
    app.db.clock().set_today(date!(2024 - 09 - 11));
    let closed = on(&app, "teacher", &group, "2024-09-11").await;
    let refused = verb(&app, "teacher", &closed, "start", json!({"began_at": null})).await;
    assert_eq!(stopped(&refused), [("service-days".to_owned(), String::new())], "{}", refused.json());
    app.db.clock().set_today(date!(2024 - 09 - 10));
    let followed = plans::call(&app, "school-admin", "groups", &group, "schedule").await;
    assert_eq!(followed.status, 200, "{}", followed.json());
    let now = session(&app, "school-admin", &closed.id()).await.json();
    assert_eq!((&now["state"], &now["reason"]), (&json!("cancelled"), &json!("台风")));
    let query = format!("group_id={}&state=planned", group.id());
    assert_eq!(sessions(&app, "school-admin", &query).await.len(), 85, "no other is made in its place");
    assert_eq!(plans::call(&app, "school-admin", "groups", &followed, "schedule").await.status, 200);
    assert_eq!(sessions(&app, "school-admin", &query).await.len(), 85, "and none twice");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
