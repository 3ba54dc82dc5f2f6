//! How pupils leave (六.3): with whom a guardian has named, never with whom a document forbids.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use super::sessions::{Meeting, confirmed, on};
use crate::messages::messages;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, depart, left, mark, marks};
use crate::support::plans;

async fn name(app: &TestApp, account: &str, pupil: impl std::fmt::Display, of: Value) -> Answer {
    let mut body = json!({
        "student_id": pupil.to_string(), "kind": "named", "name": "陈外婆", "phone": "13807309876", "relation": "外婆",
        "from_on": "2024-09-10", "to_on": null
    });
    body.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
    app.post("/api/v1/pickup-persons").token(app.world.token(account)).json(&body).send().await
}

fn forbidden(pupil: impl std::fmt::Display, name: &str, phone: Option<&str>) -> Value {
    json!({
        "student_id": pupil.to_string(), "name": name, "phone": phone, "relation": "父亲",
        "document": "（2024）湘0602民初12号", "from_on": "2024-09-10", "to_on": null
    })
}

async fn outcome(app: &TestApp, session: &str, departure: Value) -> (String, Value) {
    let answer = depart(app, "teacher", session, &[departure]).expect(200).await.json();
    (answer["items"][0]["outcome"].as_str().unwrap().to_owned(), answer["items"][0]["problem"].clone())
}

#[rstest]
#[actix_web::test]
async fn pickup_not_named_a_child_goes_with_whom_its_guardian_has_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let session = on(&app, "teacher", &group, "2024-09-10").await.id();
    mark(&app, "teacher", &session, &marks(&pupils, "present")).expect(200).await;
    let grandmother = name(&app, "guardian", pupils[0], json!({})).await;
    assert_eq!(
        (grandmother.status, &grandmother.json()["phone"]),
        (201, &json!("138****9876")),
        "{}",
        grandmother.json()
    );
    let tomorrow = name(&app, "guardian", pupils[1], json!({"from_on": "2024-09-11", "to_on": "2024-09-11"})).await;
    let with = |pupil, person: &Answer| {
        let mut departure = left(pupil, "named_person");
        departure["pickup_person_id"] = json!(person.id());
        departure
    };
    let (refused, problem) = outcome(&app, &session, with(pupils[1], &tomorrow)).await;
    assert_eq!((refused.as_str(), &problem["errors"][0]["code"]), ("refused", &json!("not-for-this")), "not today");
    let (refused, problem) = outcome(&app, &session, with(pupils[1], &grandmother)).await;
    assert_eq!((refused.as_str(), &problem["errors"][0]["code"]), ("refused", &json!("not-found")), "of another child");
    let (refused, _) = outcome(&app, &session, left(pupils[1], "named_person")).await;
    assert_eq!(refused, "refused", "nobody is said");
    let (entered, _) = outcome(&app, &session, with(pupils[0], &grandmother)).await;
    assert_eq!(entered, "entered");
    assert_eq!(outcome(&app, &session, with(pupils[0], &grandmother)).await.0, "same");

    // By itself only where that is agreed; to the next session only where there is one.
    assert_eq!(outcome(&app, &session, left(pupils[1], "self_departure")).await.0, "refused");
    assert_eq!(outcome(&app, &session, left(pupils[1], "next_session")).await.0, "refused");
    let alone =
        name(&app, "guardian", pupils[1], json!({"kind": "alone", "name": "李明", "phone": null, "relation": "本人"}))
            .await;
    assert_eq!(alone.status, 201, "{}", alone.json());
    assert_eq!(outcome(&app, &session, left(pupils[1], "self_departure")).await.0, "entered");

    // Somebody else: it is on record as it was, and the guardians are told at once.
    assert_eq!(outcome(&app, &session, left(pupils[2], "not_named")).await.0, "refused", "who it was is missing");
    let mut stranger = left(pupils[2], "not_named");
    stranger["note"] = json!("自称邻居的男子");
    let answer = depart(&app, "teacher", &session, &[stranger]).expect(200).await.json();
    assert_eq!(
        (&answer["items"][0]["outcome"], &answer["findings"][0]["rule"]),
        (&json!("entered"), &json!("pickup-not-named"))
    );
    let told = messages(&app, "guardian").await;
    assert!(told.iter().any(|message| message["kind"] == "pickup_not_named"), "{told:?}");
    // What is on record is replaced with a reason alone.
    assert_eq!(outcome(&app, &session, left(pupils[2], "duty_holder")).await.0, "older");
    let body = json!({"departures": [left(pupils[2], "duty_holder")], "reason": "登记有误"});
    let path = format!("/api/v1/sessions/{session}/departures");
    let corrected = app.put(&path).token(app.world.token("teacher")).json(&body).expect(200).await.json();
    assert_eq!(corrected["items"][0]["outcome"], "corrected");
    // Who was not there has not left.
    mark(&app, "teacher", &session, &marks(&pupils[3..], "absent")).expect(200).await;
    assert_eq!(outcome(&app, &session, left(pupils[3], "bus")).await.0, "refused");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn pickup_not_named_whom_a_court_forbids_is_refused_with_the_document_and_the_guardian_is_told(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let session = on(&app, "teacher", &group, "2024-09-10").await.id();
    mark(&app, "teacher", &session, &marks(&pupils, "present")).expect(200).await;
    let named = name(&app, "guardian", pupils[0], json!({"name": "李 强", "phone": "+86-138-0730-5555"})).await;
    assert_eq!(named.status, 201, "{}", named.json());
    let token = app.world.token("school-admin");
    let post = |body: Value| app.post("/api/v1/pickup-persons/forbidden").token(token).json(&body);
    // By the number, in another spelling and under another name.
    let ban = post(forbidden(pupils[0], "李某", Some("13807305555"))).expect(201).await;
    assert_eq!((&ban.json()["kind"], &ban.json()["can"]), (&json!("forbidden"), &json!(["end"])));
    let told = messages(&app, "guardian").await;
    let told = told.iter().find(|message| message["kind"] == "pickup_forbidden").unwrap();
    assert_eq!((&told["student_id"], &told["resource_id"]), (&json!(pupils[0].to_string()), &json!(named.id())));
    let named = app.get(&format!("/api/v1/pickup-persons/{}", named.id())).token(app.world.token("guardian"));
    let named = named.expect(200).await;
    assert_eq!(
        (&named.json()["state"], &named.json()["end_reason"]),
        (&json!("ended"), &json!("（2024）湘0602民初12号"))
    );

    let mut departure = left(pupils[0], "named_person");
    departure["pickup_person_id"] = json!(named.id());
    let (refused, problem) = outcome(&app, &session, departure.clone()).await;
    assert_eq!(refused, "refused");
    assert_eq!(
        (&problem["code"], &problem["findings"][0]["rule"]),
        (&json!("refused-by-rules"), &json!("pickup-not-named"))
    );
    assert_eq!(problem["findings"][0]["params"]["paper"], "（2024）湘0602民初12号");
    departure["pickup_person_id"] = json!(ban.id());
    assert_eq!(outcome(&app, &session, departure).await.0, "refused");
    // Named again, by name or by number, it is refused with the document.
    for of in [json!({"name": "李某", "phone": null}), json!({"name": "别人", "phone": "13807305555"})] {
        let refused = name(&app, "guardian", pupils[0], of).await;
        assert_eq!(refused.json()["findings"][0]["params"]["paper"], "（2024）湘0602民初12号", "{}", refused.json());
    }
    // Of another child the same person may be named.
    assert_eq!(name(&app, "guardian", pupils[1], json!({"name": "李某", "phone": null})).await.status, 201);
    // A guardian ends what it has named, not what the school has entered.
    let seen =
        app.get(&format!("/api/v1/pickup-persons/{}", ban.id())).token(app.world.token("guardian")).expect(200).await;
    assert_eq!(seen.json()["can"], json!([]));
    let refused = call(&app, "guardian", "pickup-persons", &seen, "end", &json!({"reason": "不同意"})).send().await;
    assert_eq!(refused.status, 409, "{}", refused.json());
    // What it has named itself, and what the order has not ended.
    let other = name(&app, "guardian", pupils[0], json!({"name": "赵外婆", "phone": null})).await;
    let why = json!({"reason": "已到外地"});
    let ended = call(&app, "guardian", "pickup-persons", &other, "end", &why).expect(200).await;
    assert_eq!((&ended.json()["state"], &ended.json()["end_reason"]), (&json!("ended"), &json!("已到外地")));
    let twice = call(&app, "guardian", "pickup-persons", &ended, "end", &why).send().await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "state-conflict"));
    // At the door both are shown, and who must not.
    let path = format!("/api/v1/sessions/{session}/roster");
    let roster = app.get(&path).token(app.world.token("teacher")).expect(200).await.json();
    let entry =
        roster["entries"].as_array().unwrap().iter().find(|one| one["student_id"] == pupils[0].to_string()).unwrap();
    let mut shown: Vec<(&Value, &Value)> =
        entry["fetchers"].as_array().unwrap().iter().map(|one| (&one["name"], &one["is_forbidden"])).collect();
    shown.sort_by_key(|(name, _)| name.to_string());
    assert_eq!(shown, [(&json!("李某"), &json!(true)), (&json!("王芳"), &json!(false))]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_blocked_guardian_is_shown_at_the_door_and_gets_no_child(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let session = on(&app, "teacher", &group, "2024-09-10").await.id();
    mark(&app, "teacher", &session, &marks(&pupils, "present")).expect(200).await;
    let token = app.world.token("school-admin");
    let path = format!("/api/v1/students/{}", pupils[0]);
    let person = app.get(&path).token(token).expect(200).await.json()["person_id"].clone();
    let held = app.get(&format!("/api/v1/guardianships?person_id={}", person.as_str().unwrap())).token(token);
    let held = held.expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let mut departure = left(pupils[0], "guardian");
    assert_eq!(outcome(&app, &session, departure.clone()).await.0, "refused", "which guardian is missing");
    departure["guardianship_id"] = json!(held);
    let seen = app.get(&format!("/api/v1/guardianships/{held}")).token(token).expect(200).await;
    let block = json!({"reason": "法院裁定", "document": "（2024）湘0602民初15号"});
    call(&app, "school-admin", "guardianships", &seen, "block", &block).expect(200).await;
    let (refused, problem) = outcome(&app, &session, departure).await;
    assert_eq!(
        (refused.as_str(), &problem["findings"][0]["params"]["paper"]),
        ("refused", &json!("（2024）湘0602民初15号"))
    );
    let roster = app.get(&format!("/api/v1/sessions/{session}/roster")).token(app.world.token("teacher"));
    let roster = roster.expect(200).await.json();
    let entry =
        roster["entries"].as_array().unwrap().iter().find(|one| one["student_id"] == pupils[0].to_string()).unwrap();
    assert_eq!(entry["fetchers"][0]["is_forbidden"], true);
}

#[rstest]
#[actix_web::test]
async fn pickup_not_named_a_code_opens_once_and_today(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    let session = on(&app, "teacher", &group, "2024-09-10").await.id();
    mark(&app, "teacher", &session, &marks(&pupils, "present")).expect(200).await;
    let of = json!({"name": "王邻居", "phone": null, "relation": "邻居", "to_on": "2024-09-10"});
    let neighbour = name(&app, "guardian", pupils[0], of).await;
    assert_eq!(neighbour.json()["can"], json!(["end", "issue-code"]));
    let by_school = plans::call(&app, "school-admin", "pickup-persons", &neighbour, "issue-code").await;
    assert_eq!(by_school.status, 200, "for a guardian without a telephone: {}", by_school.json());
    let issued = plans::call(&app, "guardian", "pickup-persons", &by_school, "issue-code").await;
    let code = issued.json()["code"].as_str().unwrap().to_owned();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    let again = format!("/api/v1/pickup-persons/{}", neighbour.id());
    let again = app.get(&again).token(app.world.token("guardian")).expect(200).await;
    assert_eq!(again.json()["code"], Value::Null, "shown once");

    let shows = |pupil: &kehou::db::Id, code: &str| {
        let mut departure = left(pupil, "named_person");
        departure["code"] = json!(code);
        departure
    };
    let before = by_school.json()["code"].as_str().unwrap().to_owned();
    let wrong = if before == code { "000000" } else { &before };
    for (pupil, code) in [(&pupils[0], wrong), (&pupils[1], code.as_str())] {
        let (refused, problem) = outcome(&app, &session, shows(pupil, code)).await;
        let error = &problem["errors"][0];
        assert_eq!(
            (refused.as_str(), &error["pointer"], &error["code"]),
            ("refused", &json!("/departures/0/code"), &json!("not-found")),
            "the code of before, and one for another child"
        );
    }
    let answer = depart(&app, "teacher", &session, &[shows(&pupils[0], &code)]).expect(200).await.json();
    let row = &answer["items"][0];
    assert_eq!((&row["outcome"], &row["attendance"]["pickup_person_id"]), (&json!("entered"), &json!(neighbour.id())));
    assert_eq!(outcome(&app, &session, shows(&pupils[0], &code)).await.0, "same", "a phone says it twice");

    // It opens once: not after the record was put right otherwise, and not on another day.
    let path = format!("/api/v1/sessions/{session}/departures");
    let correct = |departure: Value| {
        let body = json!({"departures": [departure], "reason": "登记有误"});
        app.put(&path).token(app.world.token("teacher")).json(&body)
    };
    let corrected = correct(left(pupils[0], "duty_holder")).expect(200).await.json();
    assert_eq!(corrected["items"][0]["outcome"], "corrected");
    let refused = correct(shows(&pupils[0], &code)).expect(200).await.json();
    assert_eq!(refused["items"][0]["problem"]["errors"][0]["code"], "not-for-this");
    app.db.clock().set_today(date!(2024 - 09 - 11));
    let tomorrow = on(&app, "teacher", &group, "2024-09-11").await.id();
    mark(&app, "teacher", &tomorrow, &marks(&pupils, "present")).expect(200).await;
    assert_eq!(outcome(&app, &tomorrow, shows(&pupils[0], &code)).await.0, "refused");
    let seen = app.get(&format!("/api/v1/pickup-persons/{}", neighbour.id())).token(app.world.token("guardian"));
    let late = plans::call(&app, "guardian", "pickup-persons", &seen.expect(200).await, "issue-code").await;
    assert_eq!(late.faults(), [(String::new(), "not-for-this".to_owned())], "the person is named no more");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
