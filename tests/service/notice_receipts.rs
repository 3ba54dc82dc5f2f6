//! Who was told, has opened, has answered (二.2, 五.3); the silent are reminded, so often and no more.

use kehou::auth::Role;
use kehou::background::kinds;
use kehou::db::{Id, Mode, Origin};
use kehou::enrollments::notice_receipts::plan_reminders;
use kehou::jobs::{Pace, Pool, Runner};
use rstest::rstest;
use serde_json::{Value, json};

use crate::messages::{guardian_as, messages};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, plan_with};
use crate::support::plans::{draft, publish, submit};

/// What the hourly job plans, and all that waits.
pub async fn works(app: &TestApp) {
    app.db.write(Origin::service("test"), Mode::Commit, |tx| plan_reminders(tx, Id::NIL)).await.unwrap();
    let kinds = kinds(None, app.store.clone());
    let runner = Runner::new(app.db.clone(), &kinds, Pace::default());
    while runner.work_off(Pool::Work).await.unwrap() > 0 {}
    assert_eq!(app.count("jobs WHERE last_error IS NOT NULL").await, 0);
    assert_eq!(app.count("jobs WHERE kind = 'tell-guardians' AND state <> 'done'").await, 0);
}

async fn on(app: &TestApp, date: &str) {
    app.clock_at(&format!("{date}T09:00:00+08:00"));
    works(app).await;
}

async fn receipts(app: &TestApp, account: &str, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/notice-receipts?limit=200&{query}");
    let list = app.get(&path).token(app.world.token(account)).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

async fn counts(app: &TestApp, account: &str, query: &str) -> Value {
    let path = format!("/api/v1/notice-receipts/counts?{query}");
    app.get(&path).token(app.world.token(account)).expect(200).await.json()["items"].clone()
}

fn numbers(group: &Value) -> [i64; 6] {
    ["count", "reached", "opened", "joined", "declined", "silent"].map(|name| group[name].as_i64().unwrap())
}

#[rstest]
#[actix_web::test]
async fn guardians_are_told_open_answer_and_the_silent_are_reminded(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.world.add_account(&app.app, "late", Role::Guardian, &Id::NIL.to_string()).await;
    let children: Vec<String> = more_children(&app, 2).await.iter().map(ToString::to_string).collect();
    let paper = json!({
        "person_id": app.world.pupils("own school").person, "user_id": null, "kind": "person",
        "organisation_name": null, "relation": "grandparent", "contact_name": "李大爷", "contact_phone": null,
        "rights": ["read", "choose", "sign"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&paper).expect(201).await;
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &plan_with(&[])).await).await;
    let of_plan = format!("plan_id={}", plan.id());
    assert_eq!(receipts(&app, "school-admin", &of_plan).await, Vec::<Value>::new(), "nothing is published");
    let notice = publish(&app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let project = shown["projects"][0]["id"].as_str().unwrap().to_owned();
    let before = counts(&app, "school-admin", &of_plan).await;
    assert_eq!(numbers(&before[0]), [4, 3, 0, 0, 0, 4]);
    works(&app).await;
    works(&app).await; // a repeat tells nobody twice
    let told = messages(&app, "guardian").await;
    assert!(told.iter().all(|message| message["kind"] == "notice_published"), "{told:?}");
    assert_eq!(told.len(), 3, "of each child");
    assert!(told[0]["text"].as_str().unwrap().starts_with("own school已公布课后服务告知"), "{}", told[0]);

    let list = receipts(&app, "school-admin", &of_plan).await;
    let grandfather = list.iter().find(|receipt| receipt["guardian_name"] == "李大爷").unwrap();
    assert_eq!((&grandfather["reach"], &grandfather["made_available_at"]), (&json!("paper"), &Value::Null));
    let mother = list.iter().find(|receipt| receipt["guardian_name"] == "王芳").unwrap();
    assert_eq!((&mother["reach"], mother["made_available_at"].is_string()), (&json!("message"), true));
    assert_eq!((&mother["opened_at"], &mother["answer"]), (&Value::Null, &json!("silent")));

    // One child joins, another says no, the third keeps silent; one message is opened.
    application(&app, "guardian", &children[0], &project, "joins").expect(201).await;
    let no = json!({"student_id": children[1], "project_id": project, "choice": "declined"});
    app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&no).expect(201).await;
    let of_first = told.iter().find(|message| message["student_id"] == json!(children[0])).unwrap();
    let read = json!({"message_ids": [of_first["id"]]});
    app.post("/api/v1/me/messages/read").token(app.world.token("guardian")).json(&read).expect(200).await;
    assert_eq!(numbers(&counts(&app, "bureau", &of_plan).await[0]), [4, 3, 1, 1, 1, 2]);
    let by_class = counts(&app, "school-admin", &format!("{of_plan}&group_by=class")).await;
    let of_class = by_class.as_array().unwrap().iter().find(|group| group["class_name"] == "三年级1班").unwrap();
    assert_eq!(numbers(of_class), [2, 1, 0, 0, 0, 2]);
    for (filter, expected) in [
        ("answer=joined", 1),
        ("answer=declined", 1),
        ("answer=silent", 2),
        ("is_opened=true", 1),
        ("is_opened=false", 3),
    ] {
        let list = receipts(&app, "school-admin", &format!("{of_plan}&{filter}")).await;
        assert_eq!(list.len(), expected, "{filter}: {list:?}");
    }
    assert_eq!(receipts(&app, "sibling-school-admin", &of_plan).await.len(), 0);
    assert_eq!(receipts(&app, "other-bureau", &of_plan).await.len(), 0);
    assert_eq!(receipts(&app, "teacher", &of_plan).await.len(), 0, "it teaches nobody yet");

    // The notice is of 10 September: reminders on the 13th and the 17th, of the silent child alone.
    let reminders = async || {
        let all = messages(&app, "guardian").await;
        all.iter()
            .filter(|message| message["kind"] == "notice_reminder")
            .map(|m| m["student_id"].clone())
            .collect::<Vec<_>>()
    };
    let silent = json!(app.world.pupils("own school").student);
    on(&app, "2024-09-12").await;
    assert_eq!(reminders().await, Vec::<Value>::new());
    on(&app, "2024-09-13").await;
    assert_eq!(app.count("jobs WHERE kind = 'tell-guardians'").await, 5, "published, three days, a reminder");
    assert_eq!(reminders().await, std::slice::from_ref(&silent));
    on(&app, "2024-09-14").await;
    assert_eq!(reminders().await.len(), 1, "once on its day");
    on(&app, "2024-09-17").await;
    assert_eq!(reminders().await, [silent.clone(), silent.clone()]);
    on(&app, "2024-09-30").await;
    assert_eq!(reminders().await.len(), 2, "no more than the profile says");

    // Who gets an account later is told then.
    let received = json!(["read", "choose", "receive_notices"]);
    guardian_as(&app, "late", received).await;
    on(&app, "2024-10-08").await;
    let late: Vec<Value> = messages(&app, "late").await.iter().map(|message| message["kind"].clone()).collect();
    assert_eq!(late, [json!("notice_published")]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
