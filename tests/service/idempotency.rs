//! The same `Idempotency-Key`: one effect, one answer.

use futures_util::future::join_all;
use kehou::db::{Mode, Origin};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn body(username: &str) -> Value {
    json!({"kind": "person", "username": username, "display_name": "周敏", "organisation_id": null})
}

#[rstest]
#[actix_web::test]
async fn a_repeat_gets_the_first_answer_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let post = || app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min"));
    let first = post().expect(201).await;
    let again = post().expect(201).await;
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(
        (again.body.clone(), again.etag(), again.header("location")),
        (first.body.clone(), first.etag(), first.header("location"))
    );
    let named = app.get("/api/v1/users?username=zhou.min").token(token).expect(200).await;
    assert_eq!(named.json()["items"].as_array().map(Vec::len), Some(1));
}

#[rstest]
#[actix_web::test]
async fn another_request_under_the_key_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min")).expect(201).await;
    let other = app.post("/api/v1/users").token(token).key("one").json(&body("zhou.li")).expect(422).await;
    assert_eq!(other.code(), "idempotency-key-reused");
}

#[rstest]
#[actix_web::test]
async fn a_key_belongs_to_its_caller(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (one, two) = (app.world.token("platform-admin"), app.world.token("bureau"));
    app.post("/api/v1/users").token(one).key("one").json(&body("zhou.min")).expect(201).await;
    let district = json!(app.world.organisation("own district"));
    let mut other = body("zhou.li");
    other["organisation_id"] = district;
    let made = app.post("/api/v1/users").token(two).key("one").json(&other).expect(201).await;
    assert_eq!(made.header("idempotency-replayed"), "");
}

#[rstest]
#[actix_web::test]
async fn a_refusal_leaves_the_key_free(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let refused = app.post("/api/v1/users").token(token).key("one").json(&body("bureau")).expect(409).await;
    assert_eq!(refused.code(), "already-exists");
    app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min")).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn a_rehearsal_neither_reads_nor_takes_the_key(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let rehearse = || app.post("/api/v1/users?validate_only=true").token(token).key("one").json(&body("zhou.min"));
    rehearse().expect(200).await;
    let made = app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min")).expect(201).await;
    assert_eq!(made.header("idempotency-replayed"), "");
    assert_eq!(rehearse().expect(409).await.code(), "already-exists");
}

#[rstest]
#[actix_web::test]
async fn the_stored_answer_comes_before_the_state_of_the_row(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let path = format!("/api/v1/users/{}/suspend", app.world.account("teacher").id);
    let post = || app.post(&path).token(token).key("one").if_match("\"1\"");
    let first = post().expect(200).await;
    assert_eq!(post().expect(200).await.body, first.body);
    app.post(&path).token(token).key("two").if_match("\"1\"").expect(412).await;
}

#[rstest]
#[actix_web::test]
async fn simultaneous_repeats_have_one_effect(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let post = || app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min")).expect(201);
    let answers = join_all((0..20).map(|_| post())).await;
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 19);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
}

#[rstest]
#[actix_web::test]
async fn a_repeat_while_the_first_is_in_flight_is_told_so(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    // The first request cannot finish while another transaction holds what it needs.
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (holding, held) = tokio::sync::oneshot::channel::<()>();
    let (holding, released) = (std::sync::Mutex::new(Some(holding)), std::sync::Mutex::new(released));
    let db = app.db.clone();
    let id = app.world.account("city-bureau").id;
    let blocker = actix_web::rt::spawn(async move {
        db.write(Origin::service("test"), Mode::Commit, move |tx| {
            kehou::auth::users::claim(tx, id)?;
            if let Some(holding) = holding.lock().unwrap().take() {
                holding.send(()).unwrap();
                released.lock().unwrap().recv().unwrap();
            }
            Ok(())
        })
        .await
        .unwrap();
    });
    held.await.unwrap();
    let token = app.world.token("platform-admin");
    let city = app.world.organisation("city");
    let put = json!({"user_id": id, "role": "bureau", "organisation_id": city, "starts_on": "2030-01-01"});
    let post = || app.post("/api/v1/role-grants").token(token).key("one").json(&put);
    let first = post().send();
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let refused = post().expect(409).await;
        release.send(()).unwrap();
        refused
    };
    let (first, second) = futures_util::future::join(first, second).await;
    assert_eq!(second.code(), "idempotency-in-flight");
    assert_ne!(second.header("retry-after"), "");
    assert_eq!(first.code(), "overlap", "the first one went on when it could");
    blocker.await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn an_answer_that_never_arrived_is_given_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let post = || app.post("/api/v1/users").token(token).key("one").json(&body("zhou.min"));
    // The caller goes away while the write is under way.
    let gone = tokio::time::timeout(std::time::Duration::from_micros(300), post().send()).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let again = post().expect(201).await;
    let named = app.get("/api/v1/users?username=zhou.min").token(token).expect(200).await;
    assert_eq!(named.json()["items"][0]["id"], again.json()["id"]);
    assert_eq!(named.json()["items"].as_array().map(Vec::len), Some(1), "whether or not it was {}", gone.is_ok());
}

/// What is sealed where it is kept is sealed in the answer that is kept of it; answers of before stay readable.
#[rstest]
#[actix_web::test]
async fn a_stored_answer_is_sealed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = json!({
        "person_id": app.world.pupils("own school").person, "user_id": null, "kind": "person",
        "organisation_name": null, "relation": "father", "contact_name": "李强", "contact_phone": "13907305678",
        "rights": ["read"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    let post = || app.post("/api/v1/guardianships").token(app.world.token("school-admin")).key("one").json(&body);
    let first = post().expect(201).await;
    let open = "idempotency_keys WHERE body LIKE '%13907305678%' OR body LIKE '%李强%' OR body LIKE '%father%'";
    assert_eq!((app.count("idempotency_keys").await, app.count(open).await), (1, 0));
    let again = post().expect(201).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));

    let text = String::from_utf8(first.body.clone()).unwrap();
    app.sql(&format!("UPDATE idempotency_keys SET body = '{text}'")).await;
    assert_eq!(post().expect(201).await.body, first.body, "as a release of before has stored it");
}

/// `If-Match` is no part of what a key was used for: who repeats may have read again in between.
#[rstest]
#[actix_web::test]
async fn a_repeat_may_name_another_version(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/users/{}/suspend", app.world.account("teacher").id);
    let suspend = |tag| app.post(&path).token(app.world.token("bureau")).key("one").if_match(tag);
    let first = suspend("\"1\"").expect(200).await;
    let again = suspend("\"501\"").expect(200).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
}
