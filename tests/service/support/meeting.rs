//! Lets two requests meet at rows that a third party holds, so that a race takes place when a story wants it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::RunQueryDsl;
use futures_util::future::{join, join3};
use kehou::db::{Mode, Origin};

use super::app::TestApp;
use super::databases::{Kind, open};

/// Looks again and again until it is so, or for as long as a statement waits for a lock.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn waiting(app: &TestApp) -> i64 {
    let waits = "datname = current_database() AND wait_event_type = 'Lock'";
    app.sql_number(&format!("SELECT count(*) AS number FROM pg_stat_activity WHERE {waits}")).await
}

/// Runs `statement` in a transaction that is taken back, and meanwhile `first`, which waits for what it holds, and then
/// `second`. The rows are let go once both wait or are done. On SQLite, where one writes at a time, they just start
/// together.
pub async fn meet<A, B>(
    app: &TestApp,
    statement: &str,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    if app.kind == Kind::Sqlite {
        return join(first, second).await;
    }
    let (holds, free) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let other = open(&app.url);
    let held = {
        let (statement, holds, free) = (statement.to_owned(), Arc::clone(&holds), Arc::clone(&free));
        other.write(Origin::service("test"), Mode::Rehearse, move |tx| {
            let rows = diesel::sql_query(&statement).execute(tx.conn)?;
            holds.store(true, Ordering::Release);
            while !free.load(Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(2));
            }
            Ok(rows)
        })
    };
    let done = Cell::new(0);
    let first = async {
        until(async || holds.load(Ordering::Acquire)).await;
        let answer = first.await;
        done.set(done.get() + 1);
        answer
    };
    let second = async {
        until(async || done.get() > 0 || waiting(app).await > 0).await;
        let answer = second.await;
        done.set(done.get() + 1);
        answer
    };
    let let_go = async {
        until(async || waiting(app).await + done.get() > 1).await;
        free.store(true, Ordering::Release);
    };
    let (rows, answers, ()) = join3(held, join(first, second), let_go).await;
    assert!(rows.unwrap() > 0, "nothing was held by {statement}");
    answers
}
