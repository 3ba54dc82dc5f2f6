//! Rotating the master key and the key that signs: what is sealed opens, what is looked up is found, and the old key is
//! good for nothing.

use kehou::auth::keys::{rotate_master, rotate_signing};
use kehou::background::KINDS;
use kehou::db::{Mode, Origin};
use kehou::jobs::{Pace, Pool, Runner};
use kehou::sealing::Sealing;
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::MASTER_KEY;
use crate::support::process::{finish, kehou};
use crate::support::world::PASSWORD;
use crate::tokens::{sign_in, text};

const NEXT_KEY: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// Every column that is sealed, as it is called.
const SEALED: [(&str, &str); 9] = [
    ("persons", "id_number_sealed"),
    ("persons", "student_number_sealed"),
    ("guardianships", "contact_name_sealed"),
    ("guardianships", "contact_phone_sealed"),
    ("staff_members", "id_number_sealed"),
    ("partners", "contact_phone_sealed"),
    ("fee_accounts", "account_number_sealed"),
    ("choice_windows", "seed_sealed"),
    ("signing_keys", "sealed_seed"),
];

/// Columns that are sealed and left to end: seeds with their keys, and what is kept for days alone.
const LEFT_TO_END: [&str; 1] = ["kept_keys sealed"];

#[rstest]
#[actix_web::test]
async fn every_sealed_column_is_sealed_anew_after_a_rotation(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut there = app.columns_like("%sealed").await;
    there.retain(|column| !LEFT_TO_END.contains(&column.as_str()));
    let mut resealed = kehou::resealing::sealed_columns();
    resealed.sort();
    assert_eq!(resealed, there, "a column that is forgotten cannot be opened a month after a rotation");
}

async fn sealed_with(app: &TestApp, number: i64) -> i64 {
    let mut all = 0;
    for (table, column) in SEALED {
        let asked = format!("SELECT COUNT(*) AS number FROM {table} WHERE {column} LIKE '{number}.%'");
        all += app.sql_number(&asked).await;
    }
    all
}

/// A round of the job has a step for each table.
async fn rounds(runner: &Runner) {
    for _ in 0..20 {
        runner.work_off(Pool::Housekeeping).await.unwrap();
    }
}

async fn revealed(app: &TestApp) -> Value {
    let path = format!("/api/v1/students/{}/reveal", app.world.pupils("own school").student);
    let why = json!({"purpose": "核对学籍"});
    let token = app.world.token("school-admin");
    let seen = app.get(path.trim_end_matches("/reveal")).token(token).expect(200).await;
    app.post(&path).token(token).if_match(seen.etag()).json(&why).expect(200).await.json()["id_number"].clone()
}

#[rstest]
#[actix_web::test]
async fn a_rotated_master_key_opens_what_was_sealed_and_all_of_it_is_sealed_anew(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let number = revealed(&app).await;
    let before = sealed_with(&app, 1).await;
    assert!(before >= 8, "{before} seals");
    let rotate = |tx: &mut kehou::db::Tx<'_>| {
        let next = Sealing::from_base64(NEXT_KEY).unwrap();
        rotate_master(tx, &next)
    };
    app.db.write(Origin::service("test"), Mode::Commit, rotate).await.unwrap();
    let refused = app.restarted_under(MASTER_KEY).await.err().unwrap();
    assert!(format!("{refused}").contains("another master key"), "{refused}");

    let next = app.restarted_under(NEXT_KEY).await.unwrap();
    assert_eq!(revealed(&next).await, number, "what was sealed before opens");
    let again = json!({
        "school_id": app.world.organisation("own school"), "class_id": null, "grade": 3, "name": "李明",
        "id_number": number, "student_number": null, "entered_on": "2024-09-02", "priority_groups": [], "free_help": []
    });
    let twice = next.post("/api/v1/students").token(app.world.token("school-admin")).json(&again).send().await;
    assert_eq!(twice.code(), "already-attending", "who is looked up is found");

    let runner = Runner::new(next.db.clone(), KINDS, Pace::default());
    rounds(&runner).await;
    assert_eq!((sealed_with(&next, 1).await, sealed_with(&next, 2).await), (0, before));
    assert_eq!(revealed(&next).await, number);
    assert_eq!(next.wrong().await, Vec::<String>::new());

    let keys = "SELECT COUNT(*) AS number FROM kept_keys WHERE name = 'seal/1'";
    for (days, kept) in [(30, 1), (2, 0)] {
        next.db.clock().advance(Duration::days(days));
        rounds(&runner).await;
        assert_eq!(next.sql_number(keys).await, kept, "{days}");
    }
    let last = app.restarted_under(NEXT_KEY).await.unwrap();
    assert_eq!(revealed(&last).await, number, "without the key of before");
    assert!(last.db.sealing().older_seals().is_empty());
    assert_eq!(last.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_rotated_signing_key_signs_at_once_and_the_one_before_verifies(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let old = text(&sign_in(&app, "bureau", PASSWORD).await, "access_token");
    let id = app.db.write(Origin::service("test"), Mode::Commit, rotate_signing).await.unwrap();
    app.app.issuer.refresh(&app.db).await.unwrap();
    let new = text(&sign_in(&app, "bureau", PASSWORD).await, "access_token");
    let published = app.get("/.well-known/jwks.json").expect(200).await.json();
    let keys: Vec<&str> =
        published["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!((keys.len(), keys[1]), (2, id.as_str()));
    for token in [old, new] {
        app.get("/api/v1/me").token(&token).expect(200).await;
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[test]
fn the_key_file_beside_a_database_is_replaced_and_what_was_interrupted_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("kehou.db");
    let url = format!("sqlite://{}", path.display());
    let (key, next) = (Sealing::key_file(&path), Sealing::key_file(&path).with_extension("key.next"));
    let command = |args: &[&str]| {
        let mut command = kehou(&url);
        command.env_remove("KEHOU_KEY").args(args);
        finish(&mut command)
    };
    let (migrated, said) = command(&["migrate"]);
    assert!(migrated, "{said}");
    let first = std::fs::read_to_string(&key).unwrap();
    let rotate = ["keys", "rotate", "master"];
    let (done, said) = command(&rotate);
    assert!(done && said.contains("is the new one"), "{said}");
    let second = std::fs::read_to_string(&key).unwrap();
    assert!(first != second && !next.exists());
    let (holds, said) = command(&["verify"]);
    assert!(holds, "{said}");

    // Interrupted before the database has taken it, and after.
    std::fs::write(&next, MASTER_KEY).unwrap();
    let (done, said) = command(&rotate);
    let third = std::fs::read_to_string(&key).unwrap();
    assert!(done && third != second && third != MASTER_KEY, "{said}");
    std::fs::rename(&key, &next).unwrap();
    std::fs::write(&key, &second).unwrap();
    let (holds, said) = command(&["verify"]);
    assert!(!holds && said.contains("run it again"), "{said}");
    let (done, said) = command(&rotate);
    assert!(done && !next.exists(), "{said}");
    assert_eq!(std::fs::read_to_string(&key).unwrap(), third);
    let (signs, said) = command(&["keys", "rotate", "signing"]);
    assert!(signs && said.contains("signs access tokens"), "{said}");
    let (holds, said) = command(&["verify"]);
    assert!(holds, "{said}");

    let named = finish(kehou(&url).env("KEHOU_KEY", third.trim()).args(rotate));
    assert!(!named.0 && named.1.contains("KEHOU_NEW_KEY"), "{}", named.1);
    let mut both = kehou(&url);
    let (done, said) = finish(both.env("KEHOU_KEY", third.trim()).env("KEHOU_NEW_KEY", NEXT_KEY).args(rotate));
    assert!(done, "{said}");
    let (holds, said) = finish(kehou(&url).env("KEHOU_KEY", NEXT_KEY).arg("verify"));
    assert!(holds, "{said}");
}
