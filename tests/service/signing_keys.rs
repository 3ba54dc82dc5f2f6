//! Signing keys: the newest signs, each verifies as long as its tokens live, and goes then.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use diesel::{ExpressionMethods, RunQueryDsl};
use kehou::background::KINDS;
use kehou::db::schema::signing_keys;
use kehou::db::{Mode, Origin};
use kehou::jobs::{Pace, Pool, Runner};
use rstest::rstest;
use serde_json::Value;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::PASSWORD;
use crate::tokens::{sign_in, text};

/// Makes the next signing key, as it stands in the database.
async fn next_key(app: &TestApp) -> String {
    let seed = [7; 32];
    let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    let sealed = app.db.sealing().seal("signing_keys/the-next", &seed).unwrap();
    let public = BASE64.encode(public.as_bytes());
    app.db
        .write(Origin::service("test"), Mode::Commit, move |tx| {
            let now = tx.now;
            diesel::insert_into(signing_keys::table)
                .values((
                    signing_keys::number.eq(2),
                    signing_keys::key_id.eq("the-next"),
                    signing_keys::public_key.eq(&public),
                    signing_keys::sealed_seed.eq(&sealed),
                    signing_keys::created_at.eq(now),
                ))
                .execute(tx.conn)?;
            Ok(())
        })
        .await
        .unwrap();
    "the-next".to_owned()
}

async fn published(app: &TestApp) -> Vec<String> {
    app.app.issuer.refresh(&app.db).await.unwrap();
    let keys = app.get("/.well-known/jwks.json").expect(200).await.json()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn signed_by(token: &str) -> String {
    let header: Value = serde_json::from_slice(&BASE64.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[rstest]
#[actix_web::test]
async fn a_key_verifies_as_long_as_its_tokens_live_and_is_forgotten_then(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = published(&app).await;
    let old = text(&sign_in(&app, "bureau", PASSWORD).await, "access_token");
    assert_eq!(vec![signed_by(&old)], first);

    let next = next_key(&app).await;
    assert_eq!(published(&app).await, [first[0].clone(), next.clone()]);
    app.get("/api/v1/me").token(&old).expect(200).await;
    let new = text(&sign_in(&app, "bureau", PASSWORD).await, "access_token");
    assert_eq!(signed_by(&new), next, "the newest signs, without a restart");
    app.get("/api/v1/me").token(&new).expect(200).await;

    let runner = Runner::new(app.db.clone(), KINDS, Pace::default());
    app.db.clock().advance(Duration::minutes(74));
    assert_eq!(published(&app).await.len(), 2);
    runner.work_off(Pool::Housekeeping).await.unwrap();
    assert_eq!(app.count("signing_keys").await, 2, "a token that it signed may live still");

    app.db.clock().advance(Duration::minutes(2));
    assert_eq!(published(&app).await, std::slice::from_ref(&next));
    assert!(app.app.issuer.verify(&old).is_err(), "not even before its time is looked at");
    app.db.clock().advance(Duration::DAY);
    runner.work_off(Pool::Housekeeping).await.unwrap();
    assert_eq!(app.count("signing_keys").await, 1);
    app.db.clock().advance(Duration::days(1_000));
    runner.work_off(Pool::Housekeeping).await.unwrap();
    assert_eq!(published(&app).await, [next], "the newest stays, however old");
    sign_in(&app, "bureau", PASSWORD).await;
}
