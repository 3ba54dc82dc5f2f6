//! A school invites its staff, an authority its schools' administrators and its officers; what needs a second person
//! still does.

use rstest::rstest;
use serde_json::{Value, json};

use super::{CHOSEN, joining, registering, signed_in};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::tokens::sign_in;

fn invitation(app: &TestApp, role: &str, place: Option<&str>) -> Value {
    json!({
        "organisation_id": place.map(|place| app.world.organisation(place)), "role": role,
        "display_name": "刘老师", "phone": "138-0730-4321"
    })
}

async fn invite(app: &TestApp, by: &str, role: &str, place: Option<&str>) -> Answer {
    app.post("/api/v1/invitations").token(app.world.token(by)).json(&invitation(app, role, place)).send().await
}

fn code(issued: &Answer) -> String {
    issued.json()["code"].as_str().unwrap_or_else(|| panic!("{}", issued.json())).to_owned()
}

/// The grants of an account.
async fn grants(app: &TestApp, by: &str, user: &Value) -> Answer {
    let path = format!("/api/v1/role-grants?user_id={}", user.as_str().unwrap());
    app.get(&path).token(app.world.token(by)).expect(200).await
}

#[rstest]
#[actix_web::test]
async fn a_school_invites_its_staff_and_an_authority_its_schools_and_officers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (number, (by, role, place, state)) in [
        ("school-admin", "teacher", Some("own school"), "given"),
        ("school-admin", "school_finance", Some("own school"), "waiting"),
        ("bureau", "school_admin", Some("sibling school"), "waiting"),
        ("bureau", "bureau", Some("own district"), "waiting"),
        ("city-bureau", "bureau", Some("other district"), "waiting"),
        ("bureau", "partner", Some("partner"), "given"),
        ("platform-admin", "platform_admin", None, "waiting"),
    ]
    .into_iter()
    .enumerate()
    {
        let issued = invite(&app, by, role, place).await;
        assert_eq!((issued.status, issued.header("cache-control")), (201, "no-store"), "{role}: {}", issued.json());
        let name = format!("invited.{number}");
        let made = joining(&app, &code(&issued), "4321", &name).expect(201).await.json();
        assert_eq!((&made["role"], &made["role_state"]), (&json!(role), &json!(state)), "{role}");
        assert_eq!(made["organisation_id"], json!(place.map(|place| app.world.organisation(place))), "{role}");
        let opened = sign_in(&app, &name, CHOSEN).await;
        if state == "given" {
            assert_eq!((opened.status, &opened.json()["secret_change_due"]), (200, &json!(false)), "{role}");
        } else {
            assert_eq!(opened.code(), "no-active-role", "{role} waits for a second person");
        }
        assert_eq!(joining(&app, &code(&issued), "4321", "nobody").expect(422).await.code(), "code-refused");
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn an_invitation_is_confirmed_by_a_second_person_as_a_grant_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let issued = invite(&app, "school-admin", "school_finance", Some("own school")).await;
    let made = joining(&app, &code(&issued), "4321", "liu.finance").expect(201).await.json();
    let grant = grants(&app, "school-admin", &made["user_id"]).await.json()["items"][0].clone();
    assert_eq!(
        (&grant["asked_by_id"], &grant["can"]),
        (&json!(app.world.account("school-admin").id), &json!(["end"])),
        "not to be confirmed by who invited"
    );
    let path = format!("/api/v1/role-grants/{}/confirm", grant["id"].as_str().unwrap());
    let confirm = |by: &str| app.post(&path).token(app.world.token(by)).if_match("\"1\"");
    assert_eq!(confirm("school-admin").expect(409).await.code(), "own-request");
    confirm("bureau").expect(200).await;
    let token = signed_in(&app, "liu.finance").await;
    app.get("/api/v1/charges").token(&token).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn nobody_invites_to_what_they_may_not_give(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (by, role, place, status, what) in [
        ("school-admin", "bureau", Some("own district"), 403, "grant-forbidden"),
        ("school-admin", "partner", Some("partner"), 403, "grant-forbidden"),
        ("bureau", "platform_admin", None, 403, "grant-forbidden"),
        ("school-finance", "teacher", Some("own school"), 403, "forbidden"),
        ("teacher", "teacher", Some("own school"), 403, "forbidden"),
        ("school-admin", "teacher", Some("sibling school"), 422, "not-found"),
        ("bureau", "school_admin", Some("other school"), 422, "not-found"),
        ("bureau", "bureau", Some("city"), 422, "not-found"),
        ("bureau", "school_admin", Some("own district"), 422, "not-for-this"),
        ("bureau", "school_admin", None, 422, "required"),
        ("platform-admin", "platform_admin", Some("city"), 422, "not-for-this"),
        ("platform-admin", "guardian", None, 422, "not-for-this"),
        ("bureau", "integration", Some("own district"), 422, "not-for-this"),
    ] {
        let refused = invite(&app, by, role, place).await;
        let said = refused.faults().first().map_or_else(|| refused.code(), |(_, fault)| fault.clone());
        assert_eq!((refused.status, said.as_str()), (status, what), "{by} {role} {place:?}");
    }
    let mut body = invitation(&app, "teacher", Some("own school"));
    body["phone"] = json!("12345");
    let refused = app.post("/api/v1/invitations").token(app.world.token("school-admin")).json(&body).expect(422).await;
    assert_eq!(refused.faults(), [("/phone".to_owned(), "format".to_owned())]);
    assert_eq!(app.count("invitations").await, 0);
}

#[rstest]
#[actix_web::test]
async fn an_invitation_is_seen_and_taken_back_where_it_belongs(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let issued = invite(&app, "school-admin", "teacher", Some("own school")).await;
    let platform = invite(&app, "platform-admin", "platform_admin", None).await;
    let path = format!("/api/v1/invitations/{}", issued.id());
    for (account, found) in
        [("school-admin", 200), ("bureau", 200), ("platform-admin", 200), ("other-bureau", 404), ("teacher", 403)]
    {
        assert_eq!(app.get(&path).token(app.world.token(account)).send().await.status, found, "{account}");
    }
    for (account, seen) in [("school-admin", 1), ("bureau", 1), ("platform-admin", 2), ("other-bureau", 0)] {
        let list = app.get("/api/v1/invitations?state=open").token(app.world.token(account)).expect(200).await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(seen), "{account}");
    }
    let only = app.get("/api/v1/invitations?role=platform_admin").token(app.world.token("platform-admin"));
    assert_eq!(only.expect(200).await.json()["items"][0]["id"], json!(platform.id()));
    let text =
        String::from_utf8_lossy(&app.get(&path).token(app.world.token("bureau")).expect(200).await.body).into_owned();
    assert!(!text.contains("4321") && !text.contains(&code(&issued)), "{text}");
    let revoke = || app.post(&format!("{path}/revoke")).token(app.world.token("bureau")).if_match("\"1\"");
    assert_eq!(revoke().expect(200).await.json()["state"], "revoked");
    assert_eq!(revoke().expect(412).await.code(), "version-mismatch");
    assert_eq!(joining(&app, &code(&issued), "4321", "nobody").expect(422).await.code(), "code-refused");
    assert_eq!(registering(&app, &code(&platform), "4321", "nobody").expect(422).await.code(), "code-refused");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
