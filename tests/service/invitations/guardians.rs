//! A guardian makes an account by the code of its school, and takes on further children.

use rstest::rstest;
use serde_json::{Value, json};

use super::{admin, code, family, inviting, registering, registration, signed_in};
use crate::persons::person;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// The pupils that a token sees.
async fn children(app: &TestApp, token: &str) -> Vec<Value> {
    let list = app.get("/api/v1/students").token(token).expect(200).await.json();
    list["items"].as_array().unwrap().iter().map(|child| child["id"].clone()).collect()
}

async fn guardianship(app: &TestApp, account: &str, id: &str) -> Answer {
    app.get(&format!("/api/v1/guardianships/{id}")).token(app.world.token(account)).expect(200).await
}

async fn claim(app: &TestApp, token: &str, code: &str, digits: &str) -> Answer {
    let body = json!({"code": code, "phone_last_four": digits});
    app.post("/api/v1/me/guardianships").token(token).json(&body).send().await
}

#[rstest]
#[actix_web::test]
async fn a_guardian_makes_an_account_by_a_code(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "138-0730-4321", &[]).await;
    let issued = inviting(&app, &family).expect(200).await;
    assert_eq!((issued.header("cache-control"), issued.header("etag")), ("no-store", ""), "nobody keeps it");
    let (shown, invited) = (issued.json()["code"].as_str().unwrap().to_owned(), issued.json());
    assert!(invited["qr_svg"].as_str().unwrap().starts_with("<svg ") && invited["url"].is_null());
    let path = format!("/api/v1/invitations/{}", issued.id());
    let open = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!((&open.json()["state"], &open.json()["role"]), (&json!("open"), &json!("guardian")));
    assert!(!String::from_utf8_lossy(&open.body).contains(&shown), "the code is shown once");

    let typed = shown.replace('-', " ").to_lowercase();
    let made = registering(&app, &typed, "4321", "wang.fang").expect(201).await;
    assert_eq!((made.header("cache-control"), made.header("etag")), ("no-store", ""));
    assert_eq!(made.header("location"), "/api/v1/me");
    assert_eq!((&made.json()["role"], &made.json()["role_state"]), (&json!("guardian"), &json!("given")));
    let token = signed_in(&app, "wang.fang").await;
    let me = app.get("/api/v1/me").token(&token).expect(200).await.json();
    assert_eq!(
        (&me["role"], &me["user"]["display_name"], &me["user"]["secret_change_due"]),
        (&json!("guardian"), &json!("王芳"), &json!(false))
    );
    assert_eq!(children(&app, &token).await, [family.student.json()["id"].clone()]);
    let held = guardianship(&app, "school-admin", &family.guardianship).await;
    assert_eq!((&held.json()["user_id"], &held.json()["can"]), (&made.json()["user_id"], &json!(["end", "block"])));
    let used = app.get(&path).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!((&used["state"], &used["user_id"], &used["can"]), (&json!("used"), &made.json()["user_id"], &json!([])));
    assert_eq!(inviting(&app, &family).expect(412).await.code(), "version-mismatch", "it has an account now");
    let plain = shown.replace('-', "");
    assert_eq!(app.count(&format!("invitations WHERE code_hash LIKE '%{plain}%'")).await, 0);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_name_that_is_taken_and_a_password_that_is_guessed_leave_the_code_open(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let code = code(&app, &family).await;
    let taken = registering(&app, &code, "4321", "teacher").expect(409).await;
    assert_eq!(taken.code(), "already-exists");
    for guessed in ["wang.fang and more", "123456123456"] {
        let mut body = registration(&code, "4321", "wang.fang");
        body["password"] = json!(guessed);
        let refused = app.post("/api/v1/guardian-registrations").json(&body).expect(422).await;
        assert_eq!(refused.faults(), [("/password".to_owned(), "guessable".to_owned())]);
    }
    let keyed = registering(&app, &code, "4321", "wang.fang").key("one").expect(400).await;
    assert_eq!(keyed.code(), "idempotency-key-refused");
    registering(&app, &code, "4321", "wang.fang").expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn a_guardian_takes_on_a_further_child(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = family(&app, "own school", "13807304321", &[]).await;
    let second = family(&app, "sibling school", "0730-888-1234", &[]).await;
    registering(&app, &code(&app, &first).await, "4321", "wang.fang").expect(201).await;
    let token = signed_in(&app, "wang.fang").await;
    let further = code(&app, &second).await;
    assert_eq!(claim(&app, &token, &further, "0000").await.code(), "code-refused");
    let taken = claim(&app, &token, &further, "1234").await;
    assert_eq!((taken.status, taken.header("cache-control")), (201, "no-store"), "{}", taken.json());
    assert_eq!(taken.header("location"), format!("/api/v1/guardianships/{}", second.guardianship));
    assert_eq!(taken.json()["person_id"], person(&second.student));
    assert_eq!(children(&app, &token).await.len(), 2);
    assert_eq!(claim(&app, &token, &further, "1234").await.code(), "code-refused", "a code is good for one use");

    // The child's other guardian is another person: the one who holds one has it already.
    let body = json!({
        "person_id": person(&second.student), "user_id": null, "kind": "person", "organisation_name": null,
        "relation": "father", "contact_name": "李强", "contact_phone": "13807309999", "rights": ["read"],
        "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    let manager = app.world.token(admin("sibling school"));
    let father = app.post("/api/v1/guardianships").token(manager).json(&body).expect(201).await;
    let path = format!("/api/v1/guardianships/{}/invite", father.id());
    let his = app.post(&path).token(manager).if_match("\"1\"").expect(200).await.json()["code"].clone();
    assert_eq!(claim(&app, &token, his.as_str().unwrap(), "9999").await.code(), "already-exists");
    registering(&app, his.as_str().unwrap(), "9999", "li.qiang").expect(201).await;
    for account in ["teacher", "school-admin", "bureau"] {
        let refused = claim(&app, app.world.token(account), &further, "1234").await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "{account}");
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn only_who_has_a_telephone_and_no_account_is_invited(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let linked = app.world.pupils("own school").guardianship.to_string();
    let silent = family(&app, "own school", "13807304321", &[("contact_phone", Value::Null)]).await;
    for id in [linked, silent.guardianship] {
        let path = format!("/api/v1/guardianships/{id}/invite");
        let refused = app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").expect(409).await;
        assert_eq!(refused.code(), "state-conflict");
        let can = guardianship(&app, "school-admin", &id).await.json()["can"].clone();
        assert!(!can.as_array().unwrap().contains(&json!("invite")), "{can}");
    }
    let family = family(&app, "own school", "13807304321", &[]).await;
    let path = format!("/api/v1/guardianships/{}/invite", family.guardianship);
    let ask = || app.post(&path).token(app.world.token("school-admin"));
    assert_eq!(ask().if_match("\"2\"").expect(412).await.code(), "version-mismatch");
    assert_eq!(ask().if_match("\"1\"").key("k").expect(400).await.code(), "idempotency-key-refused");
    let bureau = app.post(&path).token(app.world.token("bureau")).if_match("\"1\"").expect(403).await;
    assert_eq!(bureau.code(), "forbidden");
}

#[rstest]
#[actix_web::test]
async fn the_picture_leads_to_the_app_where_there_is_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let settings = ["--app-url", "https://app.example.cn/join"];
    let Some(app) = TestApp::start_with(kind, &settings).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let issued = inviting(&app, &family).expect(200).await.json();
    let (url, code) = (issued["url"].as_str().unwrap(), issued["code"].as_str().unwrap());
    assert_eq!(url, format!("https://app.example.cn/join#{code}"), "no server sees a fragment");
    let made = registering(&app, code, "4321", "wang.fang").expect(201).await;
    assert_eq!(made.json()["username"], "wang.fang");
}
