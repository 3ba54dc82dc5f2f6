//! A registration that meets what forbids it, or what moves the child.

use rstest::rstest;
use serde_json::{Value, json};

use super::{code, family, registering};
use crate::persons::{merge, past, person};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::meeting::meet;

/// Holds the person of a guardianship.
fn held_person(app: &TestApp, id: &Value) -> String {
    format!("UPDATE persons SET updated_at = updated_at WHERE id = {}", app.id_literal(id.as_str().unwrap()))
}

#[rstest]
#[actix_web::test]
async fn a_guardian_registers_while_it_is_blocked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let code = code(&app, &family).await;
    let path = format!("/api/v1/guardianships/{}/block", family.guardianship);
    let block = json!({"reason": "法院判决", "document": "(2024)湘0602民初1号"});
    let token = app.world.token("school-admin");
    let (registered, blocked) = meet(
        &app,
        &held_person(&app, &person(&family.student)),
        registering(&app, &code, "4321", "wang.fang").send(),
        app.post(&path).token(token).if_match("\"1\"").json(&block).send(),
    )
    .await;
    match (registered.status, blocked.status) {
        // Whoever registers first has changed the row: the school looks again, and blocks it then.
        (201, 412) => {
            app.post(&path).token(token).if_match("\"2\"").json(&block).expect(200).await;
        }
        (422, 200) => assert_eq!(registered.code(), "code-refused"),
        other => panic!("{other:?}: {} {}", registered.json(), blocked.json()),
    }
    assert_eq!(app.count("guardianships WHERE state = 'active' AND contact_phone_hash IS NOT NULL").await, 3);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_guardian_registers_while_the_child_is_joined_with_another_record(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let code = code(&app, &family).await;
    let kept = past(&app, "own school", &[]).await;
    let (merged, registered) = meet(
        &app,
        &held_person(&app, &person(&family.student)),
        merge(&app, "school-admin", &person(&family.student), 1, &person(&kept), Value::Null),
        registering(&app, &code, "4321", "wang.fang").send(),
    )
    .await;
    assert_eq!((merged.status, registered.status), (200, 201), "{} {}", merged.json(), registered.json());
    let gone = "guardianships JOIN persons ON persons.id = guardianships.person_id WHERE merged_into_id IS NOT NULL";
    assert_eq!(app.sql_number(&format!("SELECT count(*) AS number FROM {gone}")).await, 0);
    let token = super::signed_in(&app, "wang.fang").await;
    let seen = app.get("/api/v1/students").token(&token).expect(200).await.json();
    assert!(seen["items"].as_array().unwrap().iter().any(|child| child["person_id"] == person(&kept)), "{seen}");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_guardian_registers_while_it_is_invited_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let code = code(&app, &family).await;
    let id = app.id_literal(&family.guardianship);
    let (registered, invited) = meet(
        &app,
        &format!("UPDATE invitations SET updated_at = updated_at WHERE guardianship_id = {id}"),
        registering(&app, &code, "4321", "wang.fang").send(),
        super::inviting(&app, &family).send(),
    )
    .await;
    assert!([201, 422].contains(&registered.status), "{}", registered.json());
    assert!([200, 409, 412].contains(&invited.status), "{}", invited.json());
    let linked = app.count("guardianships WHERE user_id IS NOT NULL").await - 1;
    assert_eq!(linked, i64::from(registered.status == 201));
    if let Some(later) = invited.json()["code"].as_str() {
        let again = registering(&app, later, "4321", "wang.fang.2").send().await.status;
        assert_eq!(again, if registered.status == 201 { 422 } else { 201 }, "one account for one guardian");
    }
    assert_eq!(app.count("guardianships WHERE user_id IS NOT NULL").await, 2);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
