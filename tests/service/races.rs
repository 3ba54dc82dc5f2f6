//! A thousand takers of thirty seats on a test table: the conditional update decides, whatever the interleaving.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use diesel::sql_query;
use futures_util::future::join_all;
use kehou::db::{Db, Limits, Mode, Origin, Tx};
use kehou::refusal::{Code, Refusal};
use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn take(tx: &mut Tx<'_>, taker: i32) -> Result<(), Refusal> {
    let changed = sql_query("UPDATE seats SET taken = taken + 1 WHERE id = 1 AND taken < 30").execute(tx.conn)?;
    if changed == 0 {
        return Err(Refusal::of(Code::StateConflict));
    }
    sql_query(format!("INSERT INTO takers (taker) VALUES ({taker})")).execute(tx.conn)?;
    Ok(())
}

#[rstest]
#[actix_web::test]
async fn a_thousand_takers_of_thirty_seats_get_thirty(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE seats (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL CHECK (taken <= 30))").await;
    app.sql("CREATE TABLE takers (taker INTEGER PRIMARY KEY)").await;
    app.sql("INSERT INTO seats (id, taken) VALUES (1, 0)").await;
    let attempts =
        (0..1_000).map(|taker| app.db.write(Origin::service("test"), Mode::Commit, move |tx| take(tx, taker)));
    let outcomes = join_all(attempts).await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let lost = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(refusal) if refusal.code() == Some(Code::StateConflict)))
        .count();
    assert_eq!((won, lost), (30, 970));
    assert_eq!(
        (app.count("takers").await, app.sql_number("SELECT CAST(taken AS BIGINT) AS number FROM seats").await),
        (30, 30)
    );
}

#[rstest]
#[actix_web::test]
async fn a_deadlock_is_run_again_and_every_increment_counts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)").await;
    app.sql("INSERT INTO counters (id, value) VALUES (1, 0), (2, 0)").await;
    let runs = Arc::new(AtomicU32::new(0));
    let attempts = (0..40).map(|number| {
        let runs = Arc::clone(&runs);
        app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
            runs.fetch_add(1, Ordering::Relaxed);
            let (first, second) = if number % 2 == 0 { (1, 2) } else { (2, 1) };
            for id in [first, second] {
                sql_query(format!("UPDATE counters SET value = value + 1 WHERE id = {id}")).execute(tx.conn)?;
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            Ok(())
        })
    });
    let outcomes = join_all(attempts).await;
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let given_up = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(refusal) if refusal.code() == Some(Code::Unavailable)))
        .count();
    assert_eq!(done + given_up, 40, "{outcomes:?}");
    assert_eq!(app.sql_number("SELECT sum(value) AS number FROM counters").await, 2 * i64::try_from(done).unwrap());
    assert!(done > 20, "rerunning helps: {done} of 40 in {} runs", runs.load(Ordering::Relaxed));
}

#[rstest]
#[actix_web::test]
async fn a_full_queue_is_refused_at_once_and_nothing_is_lost(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let limits = Limits { threads: 1, queue: 2, ..Limits::default() };
    let db = Db::open(&app.url, limits, app.db.clock().clone(), crate::support::databases::sealing()).unwrap();
    let slow = (0..10).map(|_| {
        db.read(|_| {
            std::thread::sleep(std::time::Duration::from_millis(30));
            Ok(())
        })
    });
    let outcomes = join_all(slow).await;
    let refused = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(refusal) if refusal.code() == Some(Code::Unavailable)))
        .count();
    assert!((6..=8).contains(&refused), "{refused} of 10 refused");
    db.read(|_| Ok(())).await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn a_closure_that_panics_is_a_refusal_and_the_thread_goes_on(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for _ in 0..10 {
        let outcome = app
            .db
            .write(Origin::service("test"), Mode::Commit, |_| -> Result<(), Refusal> { panic!("a defect") })
            .await;
        assert_eq!(outcome.unwrap_err().code(), Some(Code::Internal));
    }
    app.db.write(Origin::service("test"), Mode::Commit, |_| Ok(())).await.unwrap();
}
