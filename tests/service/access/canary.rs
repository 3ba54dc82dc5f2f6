//! A canary: an ID number put into every field of every body never comes back whole, in no answer, no header, no list
//! of anybody, and no line of the log.

use rstest::rstest;
use serde_json::{Value, json};

use super::matrix::{CALLERS, Own, ask, ask_without_body, body, expected};
use super::operation;
use crate::support::app::{Answer, TestApp};
use crate::support::contract::OPERATIONS;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::log::{heard, listen_for};

/// Nobody else in the tests has it.
const CANARY: &str = "110105194912310062";

fn silent(answer: &Answer, place: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    assert!(!text.contains(CANARY), "{place}: {text}");
    for (name, value) in &answer.headers {
        assert!(!value.contains(CANARY), "{place}: {name}");
    }
}

/// Bodies of one operation with the canary in one field each.
fn bodies(plain: &Value) -> Vec<Value> {
    let full_width: String = CANARY.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
    let mut made = Vec::new();
    for field in plain.as_object().unwrap().keys() {
        for text in [CANARY.to_owned(), format!("见{CANARY}号"), full_width.clone()] {
            let mut body = plain.clone();
            body[field] = json!(text);
            made.push(body);
        }
    }
    made
}

async fn ask_all_lists(app: &TestApp) {
    for operation in OPERATIONS.iter().filter(|operation| operation.method == "GET") {
        for (_, account) in CALLERS {
            let answer = ask(app, operation, Own, false).await.token(app.world.token(account)).send().await;
            silent(&answer, &operation.id);
        }
    }
}

#[rstest]
#[actix_web::test]
async fn an_id_number_in_any_field_never_comes_back_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    listen_for(CANARY);
    let mut kept = 0;
    for (id, _, reach) in expected() {
        let operation = operation(id);
        let Some(plain) = body(&app, id, Own) else { continue };
        let (_, account) = CALLERS.iter().find(|(role, _)| *role == reach[0].0).unwrap();
        for body in bodies(&plain) {
            let ask = ask_without_body(&app, operation, Own, false).await.token(app.world.token(account));
            let answer = ask.header("x-request-id", CANARY).json(&body).send().await;
            silent(&answer, id);
            kept += usize::from(answer.status < 300);
            assert!(matches!(answer.status, 200..=299 | 409 | 422), "{id}: {} {}", answer.status, answer.json());
        }
    }
    assert_eq!(kept, 2, "it is kept where ID numbers of a pupil and of staff belong, and nowhere else");
    ask_all_lists(&app).await;
    let token = app.world.token("school-admin");
    let list = app.get("/api/v1/students").token(token).expect(200).await.json();
    let masked = json!("1101**********0062");
    let pupil = list["items"].as_array().unwrap().iter().find(|item| item["id_number"] == masked).unwrap().clone();
    let reveal = format!("/api/v1/students/{}/reveal", pupil["id"].as_str().unwrap());
    let revealed =
        app.post(&reveal).token(token).if_match("\"1\"").json(&json!({"purpose": "学籍核对"})).expect(200).await;
    assert_eq!(revealed.json()["id_number"], CANARY, "to who may see it, and asks for it");
    assert!(heard(CANARY).is_empty(), "a line of the log held it");
}
