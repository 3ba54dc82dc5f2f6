//! No role reaches pupils' data by making itself an account: roles that show pupils or money, or that give accounts,
//! wait for a second person, when they are given and when their account is given a new secret.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::process::{finish, kehou};
use crate::tokens::{sign_in, text};

async fn new_account(app: &TestApp, by: &str, name: &str, organisation: Value) -> String {
    let body = json!({"kind": "person", "username": name, "display_name": "x", "organisation_id": organisation});
    app.post("/api/v1/users").token(app.world.token(by)).json(&body).expect(201).await.id()
}

async fn give(app: &TestApp, by: &str, user: &str, role: &str, organisation: Value) -> Answer {
    let body = json!({"user_id": user, "role": role, "organisation_id": organisation, "starts_on": "2024-09-01"});
    app.post("/api/v1/role-grants").token(app.world.token(by)).json(&body).send().await
}

async fn secret(app: &TestApp, by: &str, user: &str, version: i64) -> String {
    let ask = app.post(&format!("/api/v1/users/{user}/issue-secret")).token(app.world.token(by));
    text(&ask.if_match(&format!("\"{version}\"")).expect(200).await, "secret")
}

async fn confirm(app: &TestApp, by: &str, grant: &Answer) -> Answer {
    let path = format!("/api/v1/role-grants/{}/confirm", grant.id());
    app.post(&path).token(app.world.token(by)).if_match(grant.etag()).send().await
}

#[rstest]
#[actix_web::test]
async fn nobody_gives_a_role_to_themselves(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (by, role, place) in [
        ("bureau", "school_admin", "own school"),
        ("bureau", "school_finance", "own school"),
        ("bureau", "bureau", "own district"),
        ("school-admin", "school_finance", "own school"),
        ("school-admin", "teacher", "own school"),
    ] {
        let own = app.world.account(by).id.to_string();
        let refused = give(&app, by, &own, role, json!(app.world.organisation(place))).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "self-forbidden"), "{by} {role}");
    }
}

#[rstest]
#[actix_web::test]
async fn one_administrator_alone_reaches_no_pupil(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let places = [("school_admin", "own school"), ("school_finance", "own school"), ("bureau", "own district")];
    for (number, (role, place)) in places.into_iter().enumerate() {
        let (name, organisation) = (format!("made.up.{number}"), json!(app.world.organisation(place)));
        let user = new_account(&app, "platform-admin", &name, organisation.clone()).await;
        let given = give(&app, "platform-admin", &user, role, organisation).await;
        assert_eq!((given.status, &given.json()["state"]), (201, &json!("waiting")), "{role}");
        assert_eq!(given.json()["can"], json!(["end"]), "not to be confirmed by who gave it");
        let secret = secret(&app, "platform-admin", &user, 1).await;
        assert_eq!(sign_in(&app, &name, &secret).await.code(), "no-active-role", "{role}");
        let grant = app.get(&format!("/api/v1/role-grants/{}", given.id()));
        let grant = grant.token(app.world.token("platform-admin")).expect(200).await;
        let refused = confirm(&app, "platform-admin", &grant).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "own-request"));
        let seen = app.get(&format!("/api/v1/role-grants/{}", given.id()));
        assert_eq!(
            seen.token(app.world.token("city-bureau")).expect(200).await.json()["can"],
            json!(["confirm", "end"])
        );
        let confirmed = confirm(&app, "city-bureau", &grant).await;
        assert_eq!((confirmed.status, &confirmed.json()["state"]), (200, &json!("given")));
        assert_eq!(confirmed.json()["confirmed_by_id"], json!(app.world.account("city-bureau").id));
        assert_eq!(sign_in(&app, &name, &secret).await.status, 200, "{role}");
        assert_eq!(confirm(&app, "city-bureau", &confirmed).await.code(), "state-conflict");
    }
}

/// A second account of one's own is no second person.
#[rstest]
#[actix_web::test]
async fn nobody_makes_their_own_second_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let district = json!(app.world.organisation("own district"));
    for (by, role, organisation) in [("platform-admin", "platform_admin", Value::Null), ("bureau", "bureau", district)]
    {
        let name = format!("second.{role}").replace('_', ".");
        let user = new_account(&app, by, &name, organisation.clone()).await;
        assert_eq!(give(&app, by, &user, role, organisation).await.json()["state"], "waiting");
        let secret = secret(&app, by, &user, 1).await;
        assert_eq!(sign_in(&app, &name, &secret).await.code(), "no-active-role");
    }
    let school = json!(app.world.organisation("own school"));
    let user = new_account(&app, "bureau", "a.teacher", school.clone()).await;
    assert_eq!(give(&app, "bureau", &user, "teacher", school).await.json()["state"], "given", "reaches no pupil alone");
}

#[rstest]
#[actix_web::test]
async fn a_new_secret_lets_the_roles_of_its_account_wait_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let user = app.world.account("school-admin").id.to_string();
    let secret = secret(&app, "platform-admin", &user, 1).await;
    assert_eq!(sign_in(&app, "school-admin", &secret).await.code(), "no-active-role");
    let list = format!("/api/v1/role-grants?user_id={user}");
    let token = app.world.token("platform-admin");
    let grant = app.get(&list).token(token).expect(200).await.json()["items"][0].clone();
    assert_eq!((&grant["state"], &grant["can"]), (&json!("waiting"), &json!(["end"])));
    crate::tokens::confirm(&app, "school-admin", "bureau").await;
    assert_eq!(sign_in(&app, "school-admin", &secret).await.status, 200);
}

/// Whoever runs the machine holds key and database, and is the second person where there is no other.
#[rstest]
#[actix_web::test]
async fn the_console_confirms(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let user = new_account(&app, "platform-admin", "second.admin", Value::Null).await;
    assert_eq!(give(&app, "platform-admin", &user, "platform_admin", Value::Null).await.json()["state"], "waiting");
    let (done, printed) = finish(kehou(&app.url).args(["user", "second.admin"]));
    assert!(done, "{printed}");
    let secret = printed.split("new secret ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert_eq!(sign_in(&app, "second.admin", secret).await.json()["secret_change_due"], true);
}
