//! `/persons/{id}/merge`.

use rstest::rstest;
use serde_json::{Value, json};

use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::pupils::id_number;

pub async fn merge(app: &TestApp, account: &str, from: &Value, version: i64, into: &Value, document: Value) -> Answer {
    let path = format!("/api/v1/persons/{}/merge", from.as_str().unwrap());
    let ask = app.post(&path).token(app.world.token(account)).if_match(&format!("\"{version}\""));
    ask.json(&json!({"into_person_id": into, "document": document})).send().await
}

/// Enters a pupil and lets it leave.
pub async fn past(app: &TestApp, school: &str, change: &[(&str, Value)]) -> Answer {
    let entered = enter(app, school, change).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    let left = leave(app, school, &entered, "2024-09-09").await;
    assert_eq!(left.status, 200);
    left
}

pub fn person(answer: &Answer) -> Value {
    answer.json()["person_id"].clone()
}

#[rstest]
#[actix_web::test]
async fn two_records_of_one_person_become_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    let (gone, kept) = (json!(pupils.gone_person), json!(pupils.person));
    assert_eq!(merge(&app, "school-admin", &gone, 9, &kept, Value::Null).await.code(), "version-mismatch");
    let merged = merge(&app, "school-admin", &gone, 1, &kept, Value::Null).await;
    assert_eq!((merged.status, &merged.json()["merged_into_id"]), (200, &kept));
    let found = format!("/api/v1/students?person_id={}", pupils.person);
    let both = app.get(&found).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!(both["items"].as_array().map(Vec::len), Some(2), "the guardian sees the past membership, too");
    assert_eq!(merge(&app, "school-admin", &gone, 2, &kept, Value::Null).await.status, 404);
    let refused = merge(&app, "school-admin", &kept, 2, &gone, Value::Null).await;
    assert_eq!(refused.faults(), [("/into_person_id".to_owned(), "not-found".to_owned())]);
    let refused = merge(&app, "school-admin", &kept, 2, &kept, Value::Null).await;
    assert_eq!(refused.faults(), [("/into_person_id".to_owned(), "not-for-this".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn numbers_go_together_and_an_old_number_still_leads_to_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let old = past(&app, "own school", &[("student_number", json!("L430621201601010007"))]).await;
    let new = past(&app, "own school", &[("student_number", json!(format!("G{}", id_number(50))))]).await;
    let merged = merge(&app, "bureau", &person(&old), 1, &person(&new), Value::Null).await;
    assert_eq!(merged.status, 200, "{}", merged.json());
    let again = enter(&app, "sibling school", &[("student_number", json!("L430621201601010007"))]).await;
    assert_eq!((again.status, person(&again)), (201, person(&new)));
    let masked = format!("4306**********{}", &id_number(50)[14..]);
    assert_eq!(
        (&again.json()["student_number"], &again.json()["id_number"]),
        (&json!(format!("G{masked}")), &json!(masked))
    );
}

#[rstest]
#[actix_web::test]
async fn a_wrong_id_number_is_given_up_by_a_document_and_free_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let wrong = past(&app, "own school", &[("id_number", json!(id_number(60)))]).await;
    let right = past(&app, "own school", &[("id_number", json!(id_number(61)))]).await;
    let refused = merge(&app, "school-admin", &person(&wrong), 1, &person(&right), Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "not-duplicates"));
    let merged = merge(&app, "school-admin", &person(&wrong), 1, &person(&right), json!("户口簿复印件")).await;
    assert_eq!((merged.status, &merged.json()["merge_document"]), (200, &json!("户口簿复印件")));
    let other = enter(&app, "other school", &[("id_number", json!(id_number(60)))]).await;
    assert!(other.status == 201 && person(&other) != person(&right) && person(&other) != person(&wrong));
}

#[rstest]
#[actix_web::test]
async fn two_who_attend_are_not_joined_and_nothing_is_left_behind(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (one, other) = (enter(&app, "own school", &[]).await, enter(&app, "sibling school", &[]).await);
    let before = app.count("journal_entries").await;
    let refused = merge(&app, "bureau", &person(&one), 1, &person(&other), Value::Null).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "already-attending"));
    assert_eq!(app.count("journal_entries").await, before);
    assert_eq!(leave(&app, "own school", &one, "2024-09-10").await.status, 200);
    assert_eq!(merge(&app, "bureau", &person(&one), 1, &person(&other), Value::Null).await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn nobody_joins_what_lies_beyond_their_reach(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let number = [("id_number", json!(id_number(70)))];
    let moved = past(&app, "own school", &number).await;
    enter(&app, "other school", &number).await;
    let double = past(&app, "own school", &[]).await;
    for account in ["school-admin", "bureau"] {
        let refused = merge(&app, account, &person(&double), 1, &person(&moved), Value::Null).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "beyond-scope"), "{account}");
    }
    assert_eq!(merge(&app, "city-bureau", &person(&double), 1, &person(&moved), Value::Null).await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn a_block_wins_and_nobody_is_guardian_twice(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    let (user, token) = (app.world.account("guardian").id, app.world.token("school-admin"));
    let double = enter(&app, "own school", &[]).await;
    let guardianship = |phone: &str, user: Value| {
        json!({
            "person_id": person(&double), "user_id": user, "kind": "person", "organisation_name": null,
            "relation": "mother", "contact_name": "王芳", "contact_phone": phone, "rights": ["read"],
            "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
        })
    };
    let post = |body: Value| app.post("/api/v1/guardianships").token(token).json(&body).expect(201);
    let twice = post(guardianship("13900000001", json!(user))).await;
    let father = post(guardianship("13900000002", Value::Null)).await;
    let mut barred = guardianship("13900000002", Value::Null);
    barred["person_id"] = json!(pupils.person);
    let barred = app.post("/api/v1/guardianships").token(token).json(&barred).expect(201).await;
    let block = format!("{}/block", barred.header("location"));
    app.post(&block)
        .token(token)
        .if_match("\"1\"")
        .json(&json!({"reason": "法院判决", "document": "判决书"}))
        .expect(200)
        .await;
    assert_eq!(leave(&app, "own school", &double, "2024-09-10").await.status, 200);
    assert_eq!(merge(&app, "school-admin", &person(&double), 1, &json!(pupils.person), Value::Null).await.status, 200);
    let list = format!("/api/v1/guardianships?person_id={}", pupils.person);
    let found = app.get(&list).token(token).expect(200).await.json();
    let of = |id: &str| found["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    assert_eq!(of(&pupils.guardianship.to_string())["state"], "active");
    for id in [twice.id(), father.id()] {
        assert_eq!((&of(&id)["state"], &of(&id)["closing_reason"]), (&json!("ended"), &json!("merged")));
    }
}

#[rstest]
#[actix_web::test]
async fn two_merges_at_once_leave_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    let (one, other) = (json!(pupils.gone_person), json!(pupils.person));
    let (there, back) = futures_util::future::join(
        merge(&app, "school-admin", &one, 1, &other, Value::Null),
        merge(&app, "bureau", &other, 1, &one, Value::Null),
    )
    .await;
    assert_eq!([there.status, back.status].iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(app.sql_number("SELECT count(*) AS number FROM persons WHERE merged_into_id IS NOT NULL").await, 1);
}

/// A record that was joined with one that is joined in turn leads to the last, and the journal says how it came there.
#[rstest]
#[actix_web::test]
async fn a_chain_of_merges_leads_to_the_last_and_everything_holds(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    let between = past(&app, "own school", &[]).await.json()["person_id"].clone();
    let joined = merge(&app, "school-admin", &json!(pupils.gone_person), 1, &between, Value::Null).await;
    assert_eq!(joined.status, 200, "{}", joined.json());
    let joined = merge(&app, "school-admin", &between, 2, &json!(pupils.person), Value::Null).await;
    assert_eq!(joined.status, 200, "{}", joined.json());
    let into = app.id_literal(&pupils.person.to_string());
    assert_eq!(app.count(&format!("persons WHERE merged_into_id = {into}")).await, 2);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn the_access_log_goes_with_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    app.get("/api/v1/students").token(app.world.token("bureau")).expect(200).await;
    let past = format!("/api/v1/students?person_id={}", pupils.gone_person);
    app.get(&past).token(app.world.token("bureau")).expect(200).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    merge(&app, "school-admin", &json!(pupils.gone_person), 1, &json!(pupils.person), Value::Null).await;
    let path = format!("/api/v1/students/{}/access-log", pupils.student);
    let lines = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!(lines["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn the_log_of_a_child_who_was_read_more_often_than_a_statement_has_values_goes_with_it(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = *app.world.pupils("own school");
    let past = format!("/api/v1/students?person_id={}", pupils.gone_person);
    app.get(&past).token(app.world.token("bureau")).expect(200).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let fresh = if app.kind == Kind::Sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
    let many =
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 33000) SELECT i FROM n) AS many";
    let columns = "at, user_id, role, operation, purpose, request_id";
    let one = format!("(SELECT {columns} FROM access_log_lines LIMIT 1) AS one");
    app.sql(&format!("INSERT INTO access_log_lines (id, {columns}) SELECT {fresh}, {columns} FROM {one}, {many}"))
        .await;
    let about = "(SELECT line_id AS known, person_id, school_id FROM access_log_persons) AS about";
    app.sql(&format!(
        "INSERT INTO access_log_persons (line_id, person_id, school_id) \
         SELECT id, person_id, school_id FROM access_log_lines, {about} WHERE id <> known"
    ))
    .await;
    let merged = merge(&app, "school-admin", &json!(pupils.gone_person), 1, &json!(pupils.person), Value::Null).await;
    assert_eq!(merged.status, 200, "{}", merged.json());
    let kept = app.id_literal(&pupils.person.to_string());
    let lines = format!("SELECT count(*) AS number FROM access_log_persons WHERE person_id = {kept}");
    assert_eq!(app.sql_number(&lines).await, 33_001);
}
