//! Who fills in a form is told everything that is wrong with it at once, in sentences that fit, and what can be done
//! instead of what the state does not allow.

use std::collections::BTreeSet;

use kehou::auth::Role;
use kehou::db::Id;
use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::access::{an_account_for, matrix};
use crate::support::app::{Answer, TestApp};
use crate::support::contract::{CONTRACT, OPERATIONS, Operation};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// The schema of a JSON body, if the operation has one.
fn body_schema(operation: &Operation) -> Option<&'static Value> {
    let name = operation.value["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?;
    Some(&CONTRACT["components"]["schemas"][name.rsplit('/').next()?])
}

async fn sent(app: &TestApp, operation: &Operation, body: &Value) -> Answer {
    let ask = matrix::ask_without_body(app, operation, matrix::Own, false).await;
    ask.token(app.world.token(an_account_for(&operation.id))).json(body).expect(422).await
}

#[rstest]
#[actix_web::test]
async fn every_body_names_all_that_it_lacks_and_all_that_is_wrong(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    crate::access::rows::prepare(&app).await;
    let mut told = 0;
    for operation in OPERATIONS.iter() {
        let Some(schema) = body_schema(operation) else { continue };
        let words = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let required: BTreeSet<String> =
            words(&schema["required"]).iter().map(|name| format!("/{}", name.as_str().unwrap())).collect();
        if !required.is_empty() {
            let lacking = sent(&app, operation, &json!({})).await;
            assert!(lacking.faults().iter().all(|(_, fault)| fault == "required"), "{}", lacking.json());
            let named: BTreeSet<String> = lacking.faults().into_iter().map(|(at, _)| at).collect();
            assert_eq!(named, required, "{}", operation.id);
        }
        let properties = schema["properties"].as_object().unwrap();
        let mut wrong: Map<String, Value> = properties.keys().map(|name| (name.clone(), json!(-1.5))).collect();
        wrong.insert("zzz".to_owned(), Value::Null);
        let answer = sent(&app, operation, &Value::Object(wrong)).await;
        let named: Vec<String> = answer.faults().into_iter().map(|(at, _)| at).collect();
        let all: BTreeSet<String> = properties.keys().map(|name| format!("/{name}")).collect();
        assert_eq!(named.last().map(String::as_str), Some("/zzz"), "{}: what is unknown comes last", operation.id);
        let firsts: BTreeSet<String> = named.iter().filter(|at| *at != "/zzz").cloned().collect();
        assert_eq!((&firsts, named.len()), (&all, all.len() + 1), "{}", operation.id);
        told += 1;
    }
    assert!(told > 60, "{told}");
}

#[rstest]
#[actix_web::test]
async fn a_clerk_reads_every_fault_of_a_pupil_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let body = json!({"grade": 77, "name": "", "entered_on": "x", "id_number": "4306", "free_help": ["rich"]});
    let wrong = || app.post("/api/v1/students").token(token).json(&body);
    let (zh, en) = (wrong().expect(422).await, wrong().english().expect(422).await);
    let told = |answer: &Answer| -> Vec<(String, String)> {
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["message"]))).collect()
    };
    let expected = |sentences: [(&str, &str); 7]| sentences.map(|(at, text)| (at.to_owned(), text.to_owned())).to_vec();
    assert_eq!(
        told(&zh),
        expected([
            ("/school_id", "必填。"),
            ("/grade", "应在 1 至 9 之间。"),
            ("/name", "不能为空。"),
            ("/id_number", "不是有效的公民身份号码：应为 18 位，末位为数字或大写 X。请核对每一位。"),
            ("/entered_on", "应为日期，格式如 2024-09-02，且须是真实存在的一天。"),
            ("/priority_groups", "必填。"),
            ("/free_help/0", "不在可选范围内。可选：learning_difficulty, poverty, other。"),
        ])
    );
    assert_eq!(
        told(&en),
        expected([
            ("/school_id", "This is required."),
            ("/grade", "It has to be from 1 to 9."),
            ("/name", "It must not be empty."),
            (
                "/id_number",
                "Not an ID number: 18 characters are expected, the last one a digit or a capital X. Check each of them."
            ),
            ("/entered_on", "A date that exists is expected, such as 2024-09-02."),
            ("/priority_groups", "This is required."),
            ("/free_help/0", "Not one of the values that are allowed: learning_difficulty, poverty, other."),
        ])
    );
    let long = json!({"name": "长".repeat(61), "grade": "3", "class_id": 7, "entered_on": null, "id_number": " "});
    let long = app.post("/api/v1/students").token(token).json(&long).english().expect(422).await;
    assert!(
        told(&long)
            .contains(&("/name".to_owned(), "Too long: it has 61 characters, and 60 at most are allowed.".to_owned())),
        "{}",
        long.json()
    );
}

#[rstest]
#[actix_web::test]
async fn a_plan_names_what_is_wrong_in_all_its_projects(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let mut plan = crate::support::plans::small_plan("own school", "autumn");
    let project = plan["projects"][0].clone();
    let mut second = project.clone();
    second["name"] = json!("");
    second["slots"][0]["weekday"] = json!(9);
    second["slots"][0]["starts_at"] = json!("17.30");
    let mut third = project.clone();
    third.as_object_mut().unwrap().remove("slots");
    third["surname"] = json!(1);
    plan["projects"] = json!([project, second, 7, third]);
    plan["notice"] = json!([]);
    let refused = app.post("/api/v1/plans").token(token).json(&plan).expect(422).await;
    let faults = refused.faults();
    let is_told = |at: &str, fault: &str| faults.contains(&(at.to_owned(), fault.to_owned()));
    for (at, fault) in [
        ("/projects/1/name", "too-short"),
        ("/projects/1/slots/0/weekday", "out-of-range"),
        ("/projects/1/slots/0/starts_at", "format"),
        ("/projects/2", "wrong-type"),
        ("/projects/3/slots", "required"),
        ("/projects/3/surname", "unknown"),
        ("/notice", "wrong-type"),
    ] {
        assert!(is_told(at, fault), "{at} {fault}: {faults:?}");
    }
    assert_eq!(faults.len(), 7, "{faults:?}");
}

#[rstest]
#[actix_web::test]
async fn a_state_that_does_not_allow_a_verb_says_what_leads_to_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let id = app.world.account("teacher").id.to_string();
    let path = format!("/api/v1/users/{id}");
    let suspended = app.post(&format!("{path}/suspend")).token(token).if_match("\"1\"").expect(200).await;
    let again = || app.post(&format!("{path}/issue-secret")).token(token).if_match(suspended.etag());
    assert_eq!(
        again().expect(409).await.json()["detail"],
        "当前状态为「已停用」，不能执行「重发临时口令」；可以执行的操作：修改、恢复。如确需执行「重发临时口令」，请先依次执行：恢复。"
    );
    assert_eq!(
        again().english().expect(409).await.json()["detail"],
        "The state is suspended, which does not allow “issue a secret”; possible now: update, reinstate. To get to \
         “issue a secret”, first: reinstate."
    );
}

#[rstest]
#[actix_web::test]
async fn who_sees_nothing_yet_is_told_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.world.add_account(&app.app, "new-guardian", Role::Guardian, &Id::NIL.to_string()).await;
    for (account, path, code) in [
        ("teacher", "/api/v1/students", Some("no-groups")),
        ("teacher", "/api/v1/enrollments", Some("no-groups")),
        ("new-guardian", "/api/v1/students", Some("no-child-linked")),
        ("new-guardian", "/api/v1/charges", Some("no-child-linked")),
        ("guardian", "/api/v1/students", None),
        ("guardian", "/api/v1/charges", None),
        ("bureau", "/api/v1/plans", None),
        ("school-admin", "/api/v1/plans", None),
    ] {
        let zh = app.get(path).token(app.world.token(account)).expect(200).await.json();
        let en = app.get(path).token(app.world.token(account)).english().expect(200).await.json();
        assert_eq!(zh["note"]["code"].as_str(), code, "{account} {path}: {zh}");
        if code.is_some() {
            let (zh, en) = (zh["note"]["message"].as_str().unwrap(), en["note"]["message"].as_str().unwrap());
            assert!(zh.chars().any(|c| c > '\u{4e00}') && en.is_ascii() && !en.contains("note."), "{zh} {en}");
        }
    }
}
