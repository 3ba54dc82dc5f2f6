//! Signing in cannot be denied to a person by their name, and credentials are read as their standards say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;

async fn try_from(app: &TestApp, address: &str, username: &str, password: &str) -> Answer {
    let form = [("grant_type", "password"), ("username", username), ("password", password)];
    app.post("/oauth/token").from(address).form(&form).send().await
}

#[rstest]
#[actix_web::test]
async fn guesses_elsewhere_hold_up_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for _ in 0..5 {
        assert_eq!(try_from(&app, "203.0.113.9", "teacher", "wrong").await.status, 400);
    }
    let refused = try_from(&app, "203.0.113.9", "teacher", PASSWORD).await;
    assert_eq!(refused.status, 429, "who guesses waits");
    assert_eq!(try_from(&app, "198.51.100.7", "teacher", PASSWORD).await.status, 200, "who knows does not");
    assert_eq!(try_from(&app, "203.0.113.9", "teacher", PASSWORD).await.status, 429);
    assert_eq!(try_from(&app, "203.0.113.9", "bureau", PASSWORD).await.status, 200, "nor does another name");
}

#[rstest]
#[actix_web::test]
async fn guesses_from_many_addresses_are_held_up_but_known_places_are_not(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(try_from(&app, "198.51.100.7", "teacher", PASSWORD).await.status, 200);
    let mut statuses = Vec::new();
    for number in 0..60 {
        statuses.push(try_from(&app, &format!("203.0.113.{number}"), "teacher", "wrong").await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 50, "{statuses:?}");
    assert_eq!(try_from(&app, "192.0.2.1", "teacher", PASSWORD).await.status, 429, "a place that is new to the name");
    assert_eq!(try_from(&app, "198.51.100.7", "teacher", PASSWORD).await.status, 200, "where it has signed in before");
    assert_eq!(try_from(&app, "203.0.113.1", "bureau", PASSWORD).await.status, 200, "another name");
}

/// Each part of a client's credentials is encoded for itself, and what no client can be called is an unknown one.
#[rstest]
#[actix_web::test]
async fn basic_credentials_are_split_before_they_are_decoded(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let machine = app.world.account("integration").username.clone();
    let basic = |raw: &[u8]| {
        let ask = app.post("/oauth/token").header("authorization", &format!("Basic {}", STANDARD.encode(raw)));
        ask.form(&[("grant_type", "client_credentials")]).send()
    };
    let encoded = PASSWORD.replace(' ', "+");
    assert_eq!(basic(format!("{machine}:{encoded}").as_bytes()).await.status, 200, "a space is a plus");
    let encoded = PASSWORD.replace(' ', "%20");
    assert_eq!(basic(format!("{machine}:{encoded}").as_bytes()).await.status, 200);
    for raw in [
        b"%00:x".as_slice(),
        b"\0:x",
        b"x:%00",
        b"a%0Ab:x",
        b"x:\x7f",
        b"%ff%fe:x",
        b"nobody:a&b=c",
        b"nobody:a:b",
        b"nobody%3Ax:y",
        b"%:%",
    ] {
        let refused = basic(raw).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "invalid-client"), "{raw:?}");
    }
}
