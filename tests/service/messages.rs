//! Messages: made from what happens, for whom it concerns, in the reader's language, and read once.

use kehou::auth::Role;
use kehou::db::{Id, Mode, Origin};
use kehou::enrollments::enrollments::lapse;
use kehou::inbox::messages::MessageKind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, open, sign, verb, with_half_hours};
use crate::support::plans::{approve, draft, filing_of, send_back, small_plan, submit};

const EVERY_DAY: &[i64] = &[1, 2, 3, 4, 5];

pub async fn messages(app: &TestApp, account: &str) -> Vec<Value> {
    let list = app.get("/api/v1/me/messages?limit=200").token(app.world.token(account)).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

async fn kinds(app: &TestApp, account: &str) -> Vec<String> {
    messages(app, account).await.iter().map(|message| message["kind"].as_str().unwrap().to_owned()).collect()
}

async fn unread(app: &TestApp, account: &str) -> i64 {
    let counted = app.get("/api/v1/me/messages/unread").token(app.world.token(account)).expect(200).await.json();
    counted["unread"].as_i64().unwrap()
}

/// A second guardian of the child of the own school, with an account and some rights.
pub async fn second_guardian(app: &TestApp, name: &str, rights: Value) -> String {
    app.world.add_account(&app.app, name, Role::Guardian, &Id::NIL.to_string()).await;
    guardian_as(app, name, rights).await
}

/// Makes an account guardian of that child.
pub async fn guardian_as(app: &TestApp, name: &str, rights: Value) -> String {
    let held = json!({
        "person_id": app.world.pupils("own school").person, "user_id": app.world.account(name).id, "kind": "person",
        "organisation_name": null, "relation": "father", "contact_name": "李强", "contact_phone": null,
        "rights": rights, "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&held).expect(201).await.id()
}

#[rstest]
#[actix_web::test]
async fn a_seat_that_is_offered_is_told_and_one_that_lapses_and_each_message_is_read_once(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[("乒乓", Some(1), EVERY_DAY, "16:30", "17:00")])).await;
    let children: Vec<String> = more_children(&app, 2).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for child in &children {
        made.push(application(&app, "guardian", child, &projects[1], child).expect(201).await);
    }
    assert_eq!(kinds(&app, "guardian").await, Vec::<String>::new(), "nobody is told of what they did themselves");
    verb(&app, "guardian", &made[0], "withdraw", None).await;
    let told = messages(&app, "guardian").await;
    assert_eq!(told.len(), 1);
    let message = &told[0];
    assert_eq!((&message["kind"], &message["due_on"]), (&json!("seat_offered"), &json!("2024-09-13")));
    assert_eq!((&message["resource"], &message["resource_id"]), (&json!("enrollments"), &json!(made[1].id())));
    assert_eq!((&message["student_name"], &message["project_name"]), (&json!("李明"), &json!("乒乓")));
    assert_eq!(message["text"], "李明候补的项目「乒乓」有名额了，请于2024-09-13（含）前确认；逾期名额将顺延给下一位。");
    let english = app.get("/api/v1/me/messages").token(app.world.token("guardian")).english().expect(200).await.json();
    assert!(english["items"][0]["text"].as_str().unwrap().contains("by 2024-09-13"), "{english}");

    app.clock_at("2024-09-14T08:00:00+08:00");
    while app.db.write(Origin::service("test"), Mode::Commit, lapse).await.unwrap() {}
    assert_eq!(kinds(&app, "guardian").await, ["seat_offered", "seat_lapsed"]);
    assert_eq!(unread(&app, "guardian").await, 2);
    let read = json!({"message_ids": [message["id"]]});
    let mark = |account: &str| app.post("/api/v1/me/messages/read").token(app.world.token(account)).json(&read);
    assert_eq!(mark("school-admin").expect(200).await.json()["unread"], 0, "those of others are passed over");
    assert_eq!(unread(&app, "guardian").await, 2);
    assert_eq!(mark("guardian").expect(200).await.json()["unread"], 1);
    let at = messages(&app, "guardian").await[0]["read_at"].clone();
    app.clock_at("2024-09-15T08:00:00+08:00");
    assert_eq!(mark("guardian").expect(200).await.json()["unread"], 1, "twice is once");
    assert_eq!(messages(&app, "guardian").await[0]["read_at"], at);
    let path = "/api/v1/me/messages?is_read=false&sort=-created_at";
    let left = app.get(path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((left["items"].as_array().unwrap().len(), &left["items"][0]["kind"]), (1, &json!("seat_lapsed")));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn of_two_guardians_the_latest_act_counts_and_the_other_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    let father = second_guardian(&app, "father", json!(["read", "choose", "receive_notices"])).await;
    second_guardian(&app, "aunt", json!(["read"])).await;
    let child = app.world.pupils("own school").student.to_string();
    let made = application(&app, "guardian", &child, &projects[0], "mother").expect(201).await;
    assert_eq!(kinds(&app, "father").await, ["guardian_chose"]);
    assert_eq!(kinds(&app, "aunt").await, Vec::<String>::new(), "who receives no notices is told nothing");
    assert_eq!(verb(&app, "father", &made, "withdraw", None).await.status, 200, "the latest act counts");
    assert_eq!(kinds(&app, "guardian").await, ["guardian_chose"]);
    let path = format!("/api/v1/enrollments/{}", made.id());
    let now = app.get(&path).token(app.world.token("guardian")).expect(200).await;
    assert_eq!(now.json()["state"], "withdrawn");
    application(&app, "guardian", &child, &projects[0], "again").expect(201).await;
    assert_eq!(kinds(&app, "father").await.len(), 2);

    // Who is no guardian any more reads nothing of the child.
    let end = json!({"reason": "监护变更", "document": null, "ends_on": null});
    let path = format!("/api/v1/guardianships/{father}/end");
    app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").json(&end).expect(200).await;
    assert_eq!((messages(&app, "father").await.len(), unread(&app, "father").await), (0, 0));
}

#[rstest]
#[actix_web::test]
async fn a_school_is_told_what_became_of_its_plan_and_guardians_what_to_sign_again(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let returned = send_back(&app, "bureau", &filing_of(&app, &plan).await, "2024-09-20").await;
    assert_eq!(returned.status, 200, "{}", returned.json());
    let told = messages(&app, "school-admin").await;
    assert_eq!((&told[0]["kind"], &told[0]["due_on"]), (&json!("plan_returned"), &json!("2024-09-20")));
    assert!(told[0]["text"].as_str().unwrap().starts_with("own school的方案已被退回"), "{}", told[0]);
    assert_eq!(kinds(&app, "sibling-school-admin").await, Vec::<String>::new());
    assert_eq!(kinds(&app, "teacher").await, Vec::<String>::new());
    let plan: Answer =
        app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin")).expect(200).await;
    let again = submit(&app, "school-admin", &plan).await;
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &again).await).await.status, 200);
    assert_eq!(kinds(&app, "school-admin").await, ["plan_returned", "plan_approved"]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_rehearsal_tells_nobody_and_reading_of_a_child_stands_in_its_access_log(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    second_guardian(&app, "father", json!(["read", "choose", "receive_notices"])).await;
    let child = app.world.pupils("own school").student.to_string();
    let body = json!({"student_id": child, "project_id": projects[0]});
    let path = "/api/v1/enrollments?validate_only=true";
    app.post(path).token(app.world.token("guardian")).json(&body).expect(200).await;
    assert_eq!(app.count("messages").await, 0);
    let made = application(&app, "guardian", &child, &projects[0], "for-real").expect(201).await;
    assert_eq!(sign(&app, &made).await.status, 200);
    messages(&app, "father").await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = app.get(&format!("/api/v1/students/{child}/access-log")).token(app.world.token("guardian"));
    let log = log.expect(200).await.json();
    let line = log["items"].as_array().unwrap().iter().find(|line| line["operation"] == "list_my_messages").unwrap();
    assert_eq!(line["user_name"], "father");
}

#[test]
fn every_kind_of_message_has_its_sentence_in_both_languages() {
    for kind in MessageKind::ALL {
        for language in kehou::http::Language::ALL {
            let key = format!("inbox.{}", kind.as_str());
            assert!(language.known(&key).is_some(), "{key}");
        }
    }
}
