//! `/users`.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn a_bureau_creates_changes_suspends_and_reinstates_an_account(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let school = app.world.organisation("own school");
    let body = json!({"kind": "person", "username": "li.hong", "display_name": "李红", "organisation_id": school});
    let made = app.post("/api/v1/users").token(token).json(&body).expect(201).await;
    let path = made.header("location").to_owned();
    assert_eq!(path, format!("/api/v1/users/{}", made.id()));
    assert_eq!(made.json()["can"], json!(["update", "suspend", "issue-secret"]));

    let read = app.get(&path).token(token).expect(200).await;
    assert_eq!(read.json(), made.json());
    assert_eq!(read.etag(), made.etag());

    let renamed = json!({"kind": "person", "username": "li.hong", "display_name": "李虹", "organisation_id": school});
    let changed = app.put(&path).token(token).if_match(read.etag()).json(&renamed).expect(200).await;
    assert_eq!((&changed.json()["display_name"], &changed.json()["version"]), (&json!("李虹"), &json!(2)));

    let suspended = app.post(&format!("{path}/suspend")).token(token).if_match(changed.etag()).expect(200).await;
    assert_eq!(suspended.json()["state"], "suspended");
    assert_eq!(suspended.json()["can"], json!(["update", "reinstate"]));

    let again = app.post(&format!("{path}/suspend")).token(token).if_match(suspended.etag()).english();
    let again = again.expect(409).await;
    assert_eq!(again.code(), "state-conflict");
    assert_eq!(
        again.json()["detail"],
        "The state is suspended, which does not allow “suspend”; possible now: update, reinstate."
    );

    let back = app.post(&format!("{path}/reinstate")).token(token).if_match(suspended.etag()).expect(200).await;
    assert_eq!(back.json()["state"], "active");
}

#[rstest]
#[actix_web::test]
async fn a_name_is_taken_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let body = json!({"kind": "person", "username": "bureau", "display_name": "x", "organisation_id": null});
    let refused = app.post("/api/v1/users").token(token).json(&body).expect(409).await;
    assert_eq!(refused.code(), "already-exists");
}

#[rstest]
#[actix_web::test]
async fn kind_and_organisation_stay_as_created(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    let etag = app.get(&path).token(token).expect(200).await.etag().to_owned();
    let body = json!({"kind": "person", "username": "teacher", "display_name": "x",
        "organisation_id": app.world.organisation("sibling school")});
    let refused = app.put(&path).token(token).if_match(&etag).json(&body).expect(409).await;
    assert_eq!(refused.faults(), [("/organisation_id".to_owned(), "immutable".to_owned())]);
}
