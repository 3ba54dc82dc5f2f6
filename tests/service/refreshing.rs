//! Refresh tokens: good for one use, given again while an answer may have been lost; in another role of the account.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;
use crate::tokens::{confirm, refresh, sign_in, text};

/// The body of a write that a bureau may rehearse.
fn new_user(app: &TestApp) -> Value {
    let district = app.world.organisation("own district");
    json!({"kind": "person", "username": "new.one", "display_name": "x", "organisation_id": district})
}

#[rstest]
#[actix_web::test]
async fn a_lost_answer_is_given_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = text(&sign_in(&app, "bureau", PASSWORD).await, "refresh_token");
    let lost = refresh(&app, &first).await;
    app.db.clock().advance(Duration::seconds(29));
    let again = refresh(&app, &first).await;
    assert_eq!(again.status, 200);
    let successor = text(&again, "refresh_token");
    assert_eq!(successor, text(&lost, "refresh_token"), "the same successor");
    app.get("/api/v1/me").token(&text(&again, "access_token")).expect(200).await;
    let kept = app.count(&format!("refresh_tokens WHERE token_hash = '{successor}' OR token_hash = '{first}'")).await;
    assert_eq!(kept, 0, "nothing secret is kept");
    let next = refresh(&app, &successor).await;
    assert_eq!((next.status, text(&next, "refresh_token") == successor), (200, false));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_second_use_of_a_refresh_token_ends_the_whole_family(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (what, used, wait) in [("the successor was used", true, 0), ("half a minute has gone by", false, 31)] {
        let stolen = text(&sign_in(&app, "bureau", PASSWORD).await, "refresh_token");
        let renewed = refresh(&app, &stolen).await;
        let (mut newest, mut access) = (text(&renewed, "refresh_token"), text(&renewed, "access_token"));
        if used {
            let next = refresh(&app, &newest).await;
            (newest, access) = (text(&next, "refresh_token"), text(&next, "access_token"));
        }
        app.db.clock().advance(Duration::seconds(wait));
        let body = new_user(&app);
        let write = || app.post("/api/v1/users?validate_only=true").token(&access).json(&body);
        write().expect(200).await;
        assert_eq!(refresh(&app, &stolen).await.code(), "invalid-grant", "{what}");
        assert_eq!(refresh(&app, &newest).await.code(), "invalid-grant", "{what}");
        assert_eq!(write().expect(401).await.code(), "unauthenticated", "{what}");
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn copies_of_a_refresh_at_once_get_one_successor(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = text(&sign_in(&app, "bureau", PASSWORD).await, "refresh_token");
    let answers = join_all((0..10).map(|_| refresh(&app, &token))).await;
    let mut successors: Vec<String> = answers.iter().map(|answer| text(answer, "refresh_token")).collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
    let rows = app.count("refresh_tokens WHERE used_at IS NULL").await;
    let next = refresh(&app, &successors[0]).await;
    assert_eq!((next.status, app.count("refresh_tokens WHERE used_at IS NULL").await), (200, rows));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_lost_answer_is_not_given_again_to_who_was_signed_out(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = text(&sign_in(&app, "bureau", PASSWORD).await, "refresh_token");
    let successor = text(&refresh(&app, &token).await, "refresh_token");
    app.post("/oauth/revoke").form(&[("token", &successor)]).expect(200).await;
    assert_eq!(refresh(&app, &token).await.code(), "invalid-grant");
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    let token = text(&sign_in(&app, "teacher", PASSWORD).await, "refresh_token");
    refresh(&app, &token).await;
    app.post(&format!("{path}/suspend")).token(app.world.token("bureau")).if_match("\"1\"").expect(200).await;
    assert_eq!(refresh(&app, &token).await.code(), "invalid-grant");
}

async fn switch(app: &TestApp, token: &str, role: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("role", role)];
    app.post("/oauth/token").form(&form).send().await
}

#[rstest]
#[actix_web::test]
async fn a_sign_in_goes_on_in_another_role(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (teacher, school) = (app.world.account("teacher").id, app.world.organisation("own school"));
    let body =
        json!({"user_id": teacher, "role": "school_admin", "organisation_id": school, "starts_on": "2024-09-10"});
    app.post("/api/v1/role-grants").token(app.world.token("bureau")).json(&body).expect(201).await;
    let opened = sign_in(&app, "teacher", PASSWORD).await;
    let token = text(&opened, "refresh_token");
    assert_eq!(switch(&app, &token, "school_admin").await.code(), "no-active-role", "it waits for a second person");
    confirm(&app, "teacher", "city-bureau").await;
    let me = app.get("/api/v1/me").token(&text(&opened, "access_token")).expect(200).await.json();
    let roles: Vec<_> = me["roles"].as_array().unwrap().iter().map(|role| (&role["role"], &role["holds"])).collect();
    assert_eq!(roles, [(&json!("school_admin"), &json!(true)), (&json!("teacher"), &json!(true))]);

    let switched = switch(&app, &token, "school_admin").await;
    assert_eq!(
        (switched.status, text(&switched, "role")),
        (200, "school_admin".to_owned()),
        "the token was still good"
    );
    let class = json!({"school_id": school, "school_year": "2024-2025", "grade": 4, "name": "四年级1班"});
    let write = |token: &str| app.post("/api/v1/classes").token(token).json(&class);
    write(&text(&switched, "access_token")).expect(201).await;
    let again = switch(&app, &token, "school_admin").await;
    assert_eq!(text(&again, "refresh_token"), text(&switched, "refresh_token"), "a lost answer comes again");
    let next = refresh(&app, &text(&switched, "refresh_token")).await;
    assert_eq!(text(&next, "role"), "school_admin", "it stays so where nothing is said");
    let secret = json!({"current_secret": PASSWORD, "new_secret": "another good secret"});
    let old = app.post("/api/v1/me/change-secret").token(&text(&opened, "access_token")).json(&secret);
    assert_eq!(old.expect(401).await.code(), "unauthenticated", "what was for the role of before writes nothing");
    let back = switch(&app, &text(&next, "refresh_token"), "teacher").await;
    assert_eq!(text(&back, "role"), "teacher");
    assert_eq!(switch(&app, &text(&back, "refresh_token"), "bureau").await.code(), "no-active-role");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
