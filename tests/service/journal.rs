//! The journal: a row for every write, sealed in order, and every change to it found.

use futures_util::future::join_all;
use kehou::background::KINDS;
use kehou::db::{Mode, Origin};
use kehou::jobs::{Pace, Pool, Runner};
use kehou::journal::{self, ChainReport};
use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

async fn seal(app: &TestApp) {
    let runner = Runner::new(app.db.clone(), KINDS, Pace::default());
    while app.count("journal_entries WHERE position IS NULL").await > 0 {
        app.db.clock().advance(time::Duration::seconds(1));
        runner.work_off(Pool::Journal).await.unwrap();
    }
}

async fn verify(app: &TestApp) -> ChainReport {
    app.db.read(|tx| journal::verify(tx, None)).await.unwrap()
}

async fn write_one(app: &TestApp, name: &str) {
    let body = json!({"kind": "person", "username": name, "display_name": "x", "organisation_id": null});
    app.post("/api/v1/users").token(app.world.token("platform-admin")).json(&body).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn every_write_leaves_one_row_and_a_refusal_or_a_rehearsal_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let before = app.count("journal_entries").await;
    let body = json!({"kind": "person", "username": "sun.li", "display_name": "孙丽", "organisation_id": null});
    app.post("/api/v1/users?validate_only=true").token(token).json(&body).expect(200).await;
    assert_eq!(app.count("journal_entries").await, before);
    let made = app.post("/api/v1/users").token(token).header("x-request-id", "req-7").json(&body).expect(201).await;
    assert_eq!(app.count("journal_entries").await, before + 1);
    let about = format!(
        "journal_entries WHERE request_id = 'req-7' AND action = 'user.created' AND role = 'platform_admin' \
         AND before_hash IS NULL AND after_hash IS NOT NULL AND resource_id = {}",
        app.id_literal(&made.id())
    );
    assert_eq!(app.count(&about).await, 1);
    app.post("/api/v1/users").token(token).json(&body).expect(409).await;
    assert_eq!(app.count("journal_entries").await, before + 1);
    let path = made.header("location").to_owned();
    app.post(&format!("{path}/suspend")).token(token).if_match("\"1\"").expect(200).await;
    app.post(&format!("{path}/reinstate")).token(token).if_match("\"2\"").expect(200).await;
    assert_eq!(app.count("journal_entries").await, before + 3);
}

#[rstest]
#[actix_web::test]
async fn the_journal_holds_no_names(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    write_one(&app, "a.telling.name").await;
    let columns = ["action", "resource", "scope_path", "role", "request_id", "before_hash", "after_hash"];
    let hits = columns.map(|column| format!("{column} LIKE '%telling%'")).join(" OR ");
    assert_eq!(app.count(&format!("journal_entries WHERE {hits}")).await, 0);
}

#[rstest]
#[actix_web::test]
async fn the_sealer_numbers_what_is_committed_without_gap_while_writes_go_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let names: Vec<String> = (0..60).map(|number| format!("writer-{number}")).collect();
    let writes = join_all(names.iter().map(|name| write_one(&app, name)));
    let sealing = async {
        for _ in 0..5 {
            seal(&app).await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    futures_util::future::join(writes, sealing).await;
    seal(&app).await;
    let report = verify(&app).await;
    assert_eq!((report.breaks.kept, report.unsealed), (Vec::new(), 0));
    assert_eq!(report.sealed, app.count("journal_entries").await);
    let out_of_order = "SELECT count(*) AS number FROM journal_entries a \
                        JOIN journal_entries b ON a.resource_id = b.resource_id \
                        WHERE a.number < b.number AND a.position > b.position";
    assert_eq!(app.sql_number(out_of_order).await, 0, "a resource's rows keep their order");
}

#[rstest]
#[actix_web::test]
async fn two_sealers_at_once_make_one_chain(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let other = app.replica().await;
    for number in 0..20 {
        write_one(&app, &format!("writer-{number}")).await;
    }
    let batch = |app: &TestApp| {
        let db = app.db.clone();
        async move { db.write(Origin::service("test"), Mode::Commit, journal::seal_batch).await }
    };
    let _ = futures_util::future::join(batch(&app), batch(&other)).await; // one may lose the race
    seal(&app).await;
    assert_eq!(verify(&app).await.breaks.kept, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_flipped_byte_is_found_and_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    seal(&app).await;
    let sealed = verify(&app).await.sealed;
    assert!(sealed > 20);
    for (change, back) in [
        ("action = 'user.creatfd'", "action = 'organisation.created'"),
        ("role = 'nobody'", "role = 'service'"),
        ("scope_path = scope_path || '0'", ""),
    ] {
        app.sql(&format!("UPDATE journal_entries SET {change} WHERE position = 3")).await;
        let report = verify(&app).await;
        assert_eq!(report.breaks.kept.len(), 1, "{change}: {:?}", report.breaks.kept);
        let number = app.sql_number("SELECT number FROM journal_entries WHERE position = 3").await;
        assert!(report.breaks.kept[0].starts_with(&format!("journal row {number} (")), "{}", report.breaks.kept[0]);
        if !back.is_empty() {
            app.sql(&format!("UPDATE journal_entries SET {back} WHERE position = 3")).await;
            assert_eq!(verify(&app).await.breaks.kept, Vec::<String>::new(), "the change was undone");
        }
    }
}

#[rstest]
#[actix_web::test]
async fn a_missing_row_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    seal(&app).await;
    app.sql("DELETE FROM journal_entries WHERE position = 5").await;
    let breaks = verify(&app).await.breaks.kept;
    assert!(breaks.iter().any(|sentence| sentence.contains("position 6 follows 4")), "{breaks:?}");
    app.sql("DELETE FROM journal_entries WHERE position > 10").await;
    let breaks = verify(&app).await.breaks.kept;
    assert!(breaks.iter().any(|sentence| sentence.starts_with("the head says position")), "{breaks:?}");
}
