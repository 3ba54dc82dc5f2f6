//! A project that too few have joined: closed after the last day to apply, its pupils offered another one the same day.

use futures_util::future::join_all;
use kehou::enrollments::enrollments as slice;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, open, sign, verb, with_half_hours};

const EVERY_DAY: &[i64] = &[1, 2, 3, 4, 5];

/// Two clubs beside the open project at its hour: one held from three pupils on, to be applied for until 09-12.
async fn clubs(app: &TestApp) -> Vec<String> {
    let mut document = with_half_hours(&[
        ("乒乓", Some(10), EVERY_DAY, "16:30", "17:00"),
        ("象棋", Some(2), EVERY_DAY, "16:30", "17:00"),
    ]);
    document["projects"][1]["seats_min"] = json!(3);
    document["projects"][1]["apply_until"] = json!("2024-09-12");
    open(app, &document).await
}

async fn close(app: &TestApp, account: &str, project: &str, into: Option<&str>, query: &str, key: &str) -> Answer {
    let body = json!({"project_id": project, "into_project_id": into, "reason": "报名不足"});
    let ask = app.post(&format!("/api/v1/project-closures{query}")).token(app.world.token(account)).json(&body);
    if query.is_empty() { ask.key(key).send().await } else { ask.send().await }
}

async fn state(app: &TestApp, made: &Answer) -> (Value, Value) {
    let path = format!("/api/v1/enrollments/{}", made.id());
    let now = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    (now["state"].clone(), now["ended_because"].clone())
}

/// What stands of a pupil: project, state and source.
async fn standing(app: &TestApp, student: &str) -> Vec<Value> {
    let path = format!("/api/v1/enrollments?student_id={student}");
    let all = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    let stands = |one: &&Value| ["offered", "allocated", "active"].contains(&one["state"].as_str().unwrap());
    all["items"].as_array().unwrap().iter().filter(stands).cloned().collect()
}

fn variant_of(refused: &Answer) -> (u16, String) {
    (refused.status, refused.json()["findings"][0]["message"].as_str().unwrap_or_default().to_owned())
}

async fn verified(app: &TestApp) {
    assert_eq!(app.db.read(slice::verify).await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn enrollment_open_a_project_under_its_minimum_is_closed_and_its_pupils_are_offered_another_one_the_same_day(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = clubs(&app).await;
    let children: Vec<String> = more_children(&app, 3).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for (child, project) in children.iter().zip([&projects[1], &projects[1], &projects[2]]) {
        made.push(application(&app, "guardian", child, project, child).expect(201).await);
    }
    let into = Some(projects[2].as_str());
    app.clock_at("2024-09-12T23:59:59+08:00");
    let early = variant_of(&close(&app, "school-admin", &projects[1], into, "", "early").await);
    assert!(early.0 == 422 && early.1.contains("2024-09-12"), "{early:?}");

    app.clock_at("2024-09-13T00:00:00+08:00");
    let fixed = variant_of(&close(&app, "school-admin", &projects[0], None, "", "fixed").await);
    assert!(fixed.0 == 422 && fixed.1.contains("最低人数"), "{fixed:?}");
    for (into, account, pointer) in [
        (Some(projects[1].as_str()), "school-admin", "/into_project_id"),
        (Some("0192f0c1-2b3a-7c4d-8e5f-60718293a4b5"), "school-admin", "/into_project_id"),
        (None, "sibling-school-admin", "/project_id"),
    ] {
        let refused = close(&app, account, &projects[1], into, "", pointer).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), "not-found".to_owned())]);
    }
    let trial = close(&app, "school-admin", &projects[1], into, "?validate_only=true", "").await;
    assert_eq!((trial.status, &trial.json()["pupils_offered"]), (200, &json!(2)), "{}", trial.json());
    assert_eq!((app.count("project_closures").await, state(&app, &made[0]).await.0), (0, json!("allocated")));

    let closed = close(&app, "school-admin", &projects[1], into, "", "close").await;
    let numbers =
        ["seats_min", "seats_taken", "pupils_offered", "pupils_without"].map(|name| closed.json()[name].clone());
    assert_eq!((closed.status, numbers), (201, [3, 2, 2, 0].map(|number| json!(number))), "{}", closed.json());
    for enrollment in &made[..2] {
        assert_eq!(state(&app, enrollment).await, (json!("withdrawn"), json!("project_closed")));
    }
    assert_eq!(state(&app, &made[2]).await.0, json!("allocated"));
    let mut given = Vec::new();
    for child in &children[..2] {
        let [only] = standing(&app, child).await.try_into().unwrap();
        assert_eq!((&only["state"], &only["source"]), (&json!("offered"), &json!("transfer")), "{only}");
        given.push(only["project_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(given, [projects[2].clone(), projects[0].clone()], "one seat was left, who came first has it");
    verified(&app).await;

    // Its guardians are told, see that it is closed, and accept.
    let told = app.get("/api/v1/me/messages?kind=project_closed").token(app.world.token("guardian")).expect(200).await;
    assert_eq!(told.json()["items"].as_array().map(Vec::len), Some(2));
    let message = told.json()["items"][0]["text"].as_str().unwrap().to_owned();
    assert!(message.contains("乒乓"), "{message}");
    let offers = format!("/api/v1/students/{}/offers", children[0]);
    let offers = app.get(&offers).token(app.world.token("guardian")).expect(200).await.json();
    let shut = offers["items"].as_array().unwrap().iter().find(|offer| offer["project_id"] == projects[1]).unwrap();
    assert_eq!((&shut["closed_on"], &shut["can"]), (&json!("2024-09-13"), &json!(["decline"])));
    let path = format!("/api/v1/enrollments/{}", standing(&app, &children[0]).await[0]["id"].as_str().unwrap());
    let offered = app.get(&path).token(app.world.token("guardian")).expect(200).await;
    let accepted = verb(&app, "guardian", &offered, "accept", None).await;
    assert_eq!(sign(&app, &accepted).await.json()["state"], "active");

    // Nobody joins it any more, and it is closed once.
    let late = application(&app, "guardian", &children[2], &projects[1], "late").send().await;
    assert_eq!((late.status, late.code().as_str()), (422, "refused-by-rules"));
    assert!(late.json()["findings"].to_string().contains("2024-09-1"), "{}", late.json());
    assert_eq!(
        close(&app, "school-admin", &projects[1], into, "", "close").await.header("idempotency-replayed"),
        "true"
    );
    assert_eq!(close(&app, "school-admin", &projects[1], into, "", "again").await.code(), "already-exists");
    let list = app.get("/api/v1/project-closures").token(app.world.token("bureau")).expect(200).await;
    assert_eq!(list.json()["items"][0]["id"], closed.json()["id"]);
    let read = app.get(&format!("/api/v1/project-closures/{}", closed.id()));
    assert_eq!(read.token(app.world.token("bureau")).expect(200).await.json()["project_name"], "乒乓");
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn enrollment_open_a_project_that_enough_have_joined_is_held(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = clubs(&app).await;
    for child in more_children(&app, 3).await {
        application(&app, "guardian", &child.to_string(), &projects[1], &child.to_string()).expect(201).await;
    }
    app.clock_at("2024-09-13T08:00:00+08:00");
    let enough = variant_of(&close(&app, "school-admin", &projects[1], None, "", "enough").await);
    assert!(enough.0 == 422 && enough.1.contains('3'), "{enough:?}");
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn whoever_leaves_while_a_project_is_closed_is_in_it_or_out_of_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = clubs(&app).await;
    let children: Vec<String> = more_children(&app, 12).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for child in &children {
        let project = if made.len() < 2 { &projects[1] } else { &projects[0] };
        made.push(application(&app, "guardian", child, project, child).expect(201).await);
    }
    app.clock_at("2024-09-13T08:00:00+08:00");
    let leaving = made[..2].iter().map(|enrollment| verb(&app, "guardian", enrollment, "withdraw", None));
    let closing = (0..4).map(|number| format!("key-{number}")).collect::<Vec<_>>();
    let closing = closing.iter().map(|key| close(&app, "school-admin", &projects[1], None, "", key));
    let (left, closed) = futures_util::join!(join_all(leaving), join_all(closing));
    assert!(left.iter().all(|answer| [200, 409, 412].contains(&answer.status)));
    assert_eq!(closed.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(closed.iter().filter(|answer| answer.code() == "already-exists").count(), 3);
    let offered = app.count("enrollments WHERE source = 'transfer'").await;
    let withdrawn_themselves = left.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(offered, 2 - i64::try_from(withdrawn_themselves).unwrap());
    verified(&app).await;
}
