//! Signing in, and tokens that do not hold.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use futures_util::future::join_all;
use kehou::auth::{Issuer, TokenSettings};
use kehou::db::{Mode, Origin};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;

pub async fn sign_in(app: &TestApp, username: &str, password: &str) -> Answer {
    app.post("/oauth/token")
        .form(&[("grant_type", "password"), ("username", username), ("password", password)])
        .send()
        .await
}

pub async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post("/oauth/token").form(&[("grant_type", "refresh_token"), ("refresh_token", token)]).send().await
}

pub fn text(answer: &Answer, field: &str) -> String {
    answer.json()[field].as_str().unwrap_or_else(|| panic!("no {field}: {}", answer.json())).to_owned()
}

/// Confirms, as a second person, what waits for an account.
pub async fn confirm(app: &TestApp, of: &str, by: &str) {
    let token = app.world.token(by);
    let list = format!("/api/v1/role-grants?user_id={}", app.world.account(of).id);
    for grant in app.get(&list).token(token).expect(200).await.json()["items"].as_array().unwrap() {
        if grant["state"] == "waiting" {
            let path = format!("/api/v1/role-grants/{}/confirm", grant["id"].as_str().unwrap());
            app.post(&path).token(token).if_match(&format!("\"{}\"", grant["version"])).expect(200).await;
        }
    }
}

/// A token like the app's own, with its header or claims changed and, if it can be, signed again by nobody.
fn forged(token: &str, part: usize, change: impl Fn(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut value: Value = serde_json::from_slice(&BASE64.decode(&parts[part]).unwrap()).unwrap();
    change(&mut value);
    parts[part] = BASE64.encode(value.to_string());
    parts.join(".")
}

#[rstest]
#[actix_web::test]
async fn a_person_signs_in_renews_and_signs_out(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let opened = sign_in(&app, "bureau", PASSWORD).await;
    assert_eq!(opened.status, 200);
    assert_eq!((text(&opened, "token_type"), opened.json()["expires_in"].clone()), ("Bearer".to_owned(), json!(900)));
    assert_eq!(opened.header("cache-control"), "no-store");
    let me = app.get("/api/v1/me").token(&text(&opened, "access_token")).expect(200).await;
    assert_eq!((&me.json()["user"]["username"], &me.json()["role"]), (&json!("bureau"), &json!("bureau")));

    let renewed = refresh(&app, &text(&opened, "refresh_token")).await;
    assert_eq!(renewed.status, 200);
    let newest = text(&renewed, "refresh_token");
    assert_ne!(newest, text(&opened, "refresh_token"));

    app.post("/oauth/revoke").form(&[("token", &newest)]).expect(200).await;
    let ended = refresh(&app, &newest).await;
    assert_eq!((ended.status, ended.code()), (400, "invalid-grant".to_owned()));
    assert_eq!(text(&ended, "error"), "invalid_grant");
    app.post("/oauth/revoke").form(&[("token", "unknown")]).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn a_machine_signs_in_with_its_client_secret(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let fields = [("grant_type", "client_credentials"), ("client_id", "integration"), ("client_secret", PASSWORD)];
    let opened = app.post("/oauth/token").form(&fields).expect(200).await;
    assert!(opened.json().get("refresh_token").is_none());
    assert_eq!(text(&opened, "role"), "integration");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("integration:{PASSWORD}"));
    let ask = app.post("/oauth/token").header("authorization", &format!("Basic {basic}"));
    ask.form(&[("grant_type", "client_credentials")]).expect(200).await;
    let person = [("grant_type", "client_credentials"), ("client_id", "bureau"), ("client_secret", PASSWORD)];
    let refused = app.post("/oauth/token").form(&person).expect(401).await;
    assert_eq!(
        (refused.code().as_str(), refused.header("www-authenticate")),
        ("invalid-client", "Basic realm=\"kehou\"")
    );
    assert_eq!(sign_in(&app, "integration", PASSWORD).await.code(), "invalid-grant");
}

#[rstest]
#[actix_web::test]
async fn requests_for_tokens_name_what_they_lack(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (fields, code, fault) in [
        (vec![("grant_type", "password")], "invalid-request", Some(("username", "required"))),
        (vec![("username", "x")], "invalid-request", Some(("grant_type", "required"))),
        (vec![("grant_type", "password"), ("scope", "ignored")], "invalid-request", Some(("username", "required"))),
        (vec![("grant_type", "magic")], "unsupported-grant-type", None),
        (vec![("grant_type", "refresh_token"), ("role", "king")], "invalid-request", Some(("role", "not-one-of"))),
    ] {
        let refused = app.post("/oauth/token").form(&fields).expect(400).await;
        assert_eq!(refused.code(), code);
        let faults: Vec<_> = fault.into_iter().map(|(at, fault)| (at.to_owned(), fault.to_owned())).collect();
        assert_eq!(refused.faults(), faults);
        assert!(!text(&refused, "error_description").is_empty());
    }
}

#[rstest]
#[actix_web::test]
async fn a_session_ends_after_thirty_days(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = text(&sign_in(&app, "bureau", PASSWORD).await, "refresh_token");
    app.db.clock().advance(Duration::days(30) - Duration::minutes(1));
    let renewed = refresh(&app, &token).await;
    assert_eq!(renewed.status, 200);
    app.db.clock().advance(Duration::minutes(1));
    assert_eq!(refresh(&app, &text(&renewed, "refresh_token")).await.status, 400, "renewing does not lengthen it");
}

#[rstest]
#[actix_web::test]
async fn tokens_that_do_not_hold_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let account = app.world.account("bureau");
    let token = account.token.clone();
    app.get("/api/v1/me").token(&token).expect(200).await;
    let signature = token.rsplit('.').next().unwrap().to_owned();
    let other_key = app.issuer_with_other_key().await.sign(&account.actor).unwrap();
    let settings =
        |issuer: &str, audience: &str| TokenSettings { issuer: issuer.to_owned(), audience: audience.to_owned() };
    let own_keys = |settings| app.issuer_with(settings);
    let wrong_issuer = own_keys(settings("http://elsewhere", "kehou")).await.sign(&account.actor).unwrap();
    let wrong_audience = own_keys(settings("http://localhost:8080", "other")).await.sign(&account.actor).unwrap();
    let none = forged(&token, 0, |header| header["alg"] = json!("none"));
    for (what, token) in [
        ("alg none", none.clone()),
        ("alg none, no signature", none.trim_end_matches(&signature).to_owned()),
        ("alg HS256", forged(&token, 0, |header| header["alg"] = json!("HS256"))),
        ("no key id", forged(&token, 0, |header| header["kid"] = Value::Null)),
        ("another role", forged(&token, 1, |claims| claims["role"] = json!("platform_admin"))),
        ("another key", other_key),
        ("wrong issuer", wrong_issuer),
        ("wrong audience", wrong_audience),
        ("not a token", "abc".to_owned()),
        ("empty", String::new()),
    ] {
        let refused = app.get("/api/v1/me").token(&token).send().await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "unauthenticated"), "{what}");
        assert_eq!(refused.header("www-authenticate"), "Bearer scope=\"own-account\"", "{what}");
    }
    let basic = app.get("/api/v1/me").header("authorization", &format!("Basic {token}"));
    basic.expect(401).await;
    app.get("/api/v1/me").expect(401).await;
}

#[rstest]
#[actix_web::test]
async fn a_token_ends_after_fifteen_minutes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    app.db.clock().advance(Duration::minutes(14));
    app.get("/api/v1/me").token(token).expect(200).await;
    app.db.clock().advance(Duration::minutes(1));
    app.get("/api/v1/me").token(token).expect(401).await;
}

#[rstest]
#[actix_web::test]
async fn a_suspended_account_is_out_within_its_tokens_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("teacher");
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    app.get("/api/v1/me").token(token).expect(200).await;
    app.post(&format!("{path}/suspend")).token(app.world.token("bureau")).if_match("\"1\"").expect(200).await;
    app.get("/api/v1/me").token(token).expect(401).await;
    assert_eq!(sign_in(&app, "teacher", PASSWORD).await.code(), "invalid-grant");
    app.post(&format!("{path}/reinstate")).token(app.world.token("bureau")).if_match("\"2\"").expect(200).await;
    app.get("/api/v1/me").token(token).expect(401).await;
    let opened = sign_in(&app, "teacher", PASSWORD).await;
    app.get("/api/v1/me").token(&text(&opened, "access_token")).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn another_replica_lets_a_cut_off_account_read_no_longer_than_its_refresh_and_never_write(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let other = app.replica().await;
    let token = app.world.token("bureau");
    let path = format!("/api/v1/users/{}", app.world.account("bureau").id);
    app.post(&format!("{path}/suspend")).token(app.world.token("city-bureau")).if_match("\"1\"").expect(200).await;
    other.get("/api/v1/me").token(token).expect(200).await;
    let body = json!({"kind": "person", "username": "late.one", "display_name": "x",
        "organisation_id": app.world.organisation("own district")});
    other.post("/api/v1/users").token(token).json(&body).expect(401).await;
    other.app.access.refresh(&other.db).await.unwrap();
    other.get("/api/v1/me").token(token).expect(401).await;
}

#[rstest]
#[actix_web::test]
async fn a_role_ends_with_its_last_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let opened = sign_in(&app, "teacher", PASSWORD).await;
    assert_eq!(opened.status, 200);
    let grants = format!("/api/v1/role-grants?user_id={}", app.world.account("teacher").id);
    let bureau = app.world.token("bureau");
    let grant = app.get(&grants).token(bureau).expect(200).await.json()["items"][0].clone();
    let end = format!("/api/v1/role-grants/{}/end", grant["id"].as_str().unwrap());
    app.post(&end).token(bureau).if_match("\"1\"").expect(200).await;
    app.get("/api/v1/me").token(&text(&opened, "access_token")).expect(401).await;
    assert_eq!(refresh(&app, &text(&opened, "refresh_token")).await.code(), "invalid-grant");
    assert_eq!(sign_in(&app, "teacher", PASSWORD).await.code(), "no-active-role");
    let again = json!({"user_id": app.world.account("teacher").id, "role": "teacher",
        "organisation_id": app.world.organisation("own school"), "starts_on": "2024-09-10", "ends_on": "2024-09-11"});
    app.post("/api/v1/role-grants").token(bureau).json(&again).expect(201).await;
    assert_eq!(sign_in(&app, "teacher", PASSWORD).await.status, 200);
    app.db.clock().set_today(date!(2024 - 09 - 12));
    assert_eq!(sign_in(&app, "teacher", PASSWORD).await.code(), "no-active-role");
}

#[rstest]
#[actix_web::test]
async fn twenty_wrong_passwords_are_counted_and_cost_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut codes = Vec::new();
    for _ in 0..20 {
        codes.push(sign_in(&app, "bureau", "wrong").await.code());
    }
    assert_eq!(codes.iter().filter(|code| *code == "invalid-grant").count(), 5);
    assert_eq!(codes.iter().filter(|code| *code == "too-many-requests").count(), 15);
    let right = sign_in(&app, "bureau", PASSWORD).await;
    assert_eq!(right.status, 429);
    assert!((20..=30).contains(&right.header("retry-after").parse().unwrap()), "{}", right.header("retry-after"));
    app.db.clock().advance(Duration::seconds(31));
    assert_eq!(sign_in(&app, "bureau", PASSWORD).await.status, 200);
    assert_eq!(sign_in(&app, "bureau", "wrong").await.code(), "invalid-grant", "the count began anew");
}

#[rstest]
#[actix_web::test]
async fn simultaneous_wrong_passwords_are_all_counted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let answers = join_all((0..20).map(|_| sign_in(&app, "bureau", "wrong"))).await;
    let looked_at = answers.iter().filter(|answer| answer.code() == "invalid-grant").count();
    assert_eq!(looked_at, 5);
}

#[rstest]
#[actix_web::test]
async fn an_unknown_name_is_answered_like_a_wrong_password(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (known, unknown) = (sign_in(&app, "bureau", "wrong").await, sign_in(&app, "nobody.here", "wrong").await);
    let without_id = |answer: &Answer| {
        let mut problem = answer.json();
        problem["request_id"] = Value::Null;
        problem
    };
    assert_eq!(without_id(&known), without_id(&unknown));
    for _ in 0..4 {
        sign_in(&app, "nobody.here", "wrong").await;
    }
    assert_eq!(sign_in(&app, "nobody.here", "wrong").await.status, 429);
}

#[rstest]
#[actix_web::test]
async fn a_temporary_secret_is_good_for_replacing_it_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/users/{}", app.world.account("school-admin").id);
    let issue = app.post(&format!("{path}/issue-secret")).token(app.world.token("bureau")).if_match("\"1\"");
    let issued = issue.expect(200).await;
    assert_eq!((issued.header("cache-control"), issued.header("etag")), ("no-store", ""), "nobody keeps it");
    let temporary = text(&issued, "secret");
    confirm(&app, "school-admin", "city-bureau").await;
    app.get("/api/v1/me").token(app.world.token("school-admin")).expect(401).await;
    assert_eq!(sign_in(&app, "school-admin", PASSWORD).await.code(), "invalid-grant");
    let opened = sign_in(&app, "school-admin", &temporary).await;
    assert_eq!(opened.json()["secret_change_due"], true);
    let token = text(&opened, "access_token");
    assert_eq!(app.get("/api/v1/users").token(&token).expect(403).await.code(), "secret-change-due");
    app.get("/api/v1/me").token(&token).expect(200).await;

    let change = |current: &str, new: &str| {
        let body = json!({"current_secret": current, "new_secret": new});
        app.post("/api/v1/me/change-secret").token(&token).json(&body)
    };
    let wrong = change("not the one", "a good new secret").expect(422).await;
    assert_eq!(wrong.faults(), [("/current_secret".to_owned(), "mismatch".to_owned())]);
    for guessable in [temporary.as_str(), "my school-admin secret", "aaaaaaaaaaaa", "123456123456", "123456789012"] {
        let refused = change(&temporary, guessable).expect(422).await;
        assert_eq!(refused.faults(), [("/new_secret".to_owned(), "guessable".to_owned())]);
    }
    change(&temporary, "short").expect(422).await;
    change(&temporary, "a good new secret").expect(200).await;
    app.get("/api/v1/me").token(&token).expect(401).await;
    let opened = sign_in(&app, "school-admin", "a good new secret").await;
    app.get("/api/v1/users").token(&text(&opened, "access_token")).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn an_account_with_two_roles_chooses(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = json!({"user_id": app.world.account("teacher").id, "role": "school_finance",
        "organisation_id": app.world.organisation("own school"), "starts_on": "2024-09-10"});
    app.post("/api/v1/role-grants").token(app.world.token("bureau")).json(&body).expect(201).await;
    confirm(&app, "teacher", "city-bureau").await;
    assert_eq!(text(&sign_in(&app, "teacher", PASSWORD).await, "role"), "teacher");
    let wanted = |role: &'static str| {
        app.post("/oauth/token").form(&[
            ("grant_type", "password"),
            ("username", "teacher"),
            ("password", PASSWORD),
            ("role", role),
        ])
    };
    assert_eq!(text(&wanted("school_finance").expect(200).await, "role"), "school_finance");
    assert_eq!(wanted("bureau").expect(400).await.code(), "no-active-role");
}

#[rstest]
#[actix_web::test]
async fn the_published_keys_verify_a_token(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let keys = app.get("/.well-known/jwks.json").expect(200).await.json();
    let token = app.world.token("bureau");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let x = BASE64.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
    let key = ed25519_dalek::VerifyingKey::from_bytes(x.as_slice().try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
    key.verify_strict(signed.as_bytes(), &signature).unwrap();
}

impl TestApp {
    /// An issuer of the app's own keys with other settings.
    async fn issuer_with(&self, settings: TokenSettings) -> Issuer {
        let keys = self.db.write(Origin::service("test"), Mode::Rehearse, kehou::auth::keys::load_or_create);
        Issuer::new(settings, keys.await.unwrap())
    }

    /// An issuer of the app's own settings with keys of another service.
    async fn issuer_with_other_key(&self) -> Issuer {
        let other = TestApp::start(self.kind).await.unwrap();
        let settings = TokenSettings { issuer: "http://localhost:8080".to_owned(), audience: "kehou".to_owned() };
        other.issuer_with(settings).await
    }
}
