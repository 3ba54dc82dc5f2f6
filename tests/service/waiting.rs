//! Waiting has an end: a database that is frozen, stopped, locked, read-only or gone. Every request is answered within
//! ten seconds, as what it is; the service comes back by itself; nothing that was acknowledged is lost.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use futures_util::future::join_all;
use kehou::db::{Db, Limits, Mode, Origin, migrate};
use kehou::refusal::Code;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, Ask, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::{TestDatabase, open, sealing};
use crate::support::server::{OwnServer, send};

const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
const READY_WITHIN: Duration = Duration::from_secs(2);
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// The service on a server of its own.
async fn on_a_server() -> Option<(TestApp, OwnServer)> {
    let server = OwnServer::start()?;
    open(&server.url).with_connection(migrate::up).await.unwrap();
    Some((TestApp::on(&server.url, Postgres, &[]).await, server))
}

fn list(app: &TestApp) -> Ask<'_> {
    app.get("/api/v1/users?limit=1").token(app.world.token("platform-admin"))
}

/// Makes an account under a key of its own name.
fn make<'a>(app: &'a TestApp, name: &str) -> Ask<'a> {
    let body = json!({"kind": "person", "username": name, "display_name": "x", "organisation_id": null});
    app.post("/api/v1/users").token(app.world.token("platform-admin")).key(name).json(&body)
}

fn sign_in(app: &TestApp) -> Ask<'_> {
    let form = [("grant_type", "password"), ("username", "platform-admin"), ("password", "no secret of anybody")];
    app.post("/oauth/token").form(&form)
}

/// Sends it and holds that it is answered in time, and that trouble says when to come again.
async fn in_time(ask: Ask<'_>, within: Duration) -> Answer {
    let began = Instant::now();
    let answer = ask.send().await;
    assert!(began.elapsed() < within, "{:?}: {}", began.elapsed(), answer.json());
    if answer.status >= 500 {
        assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{}", answer.json());
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{:?}", answer.headers);
    }
    answer
}

async fn statuses<'a>(asks: impl IntoIterator<Item = Ask<'a>>) -> Vec<u16> {
    join_all(asks.into_iter().map(|ask| in_time(ask, ANSWERED_WITHIN)))
        .await
        .iter()
        .map(|answer| answer.status)
        .collect()
}

/// Reads, writes and is ready again, by itself and soon.
async fn comes_back(app: &TestApp, name: &str) {
    let began = Instant::now();
    loop {
        let answers = [list(app).send().await, make(app, name).send().await, app.get("/health/ready").send().await];
        if answers.iter().all(|answer| answer.status < 300) {
            return;
        }
        assert!(began.elapsed() < BACK_WITHIN, "not back: {:?}", answers.map(|answer| answer.json()));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What was acknowledged, by its key: a repeat gives the same answer.
async fn nothing_is_lost(app: &TestApp, acknowledged: &BTreeMap<String, Value>) {
    assert!(!acknowledged.is_empty());
    for (name, made) in acknowledged {
        let again = make(app, name).expect(201).await;
        assert_eq!((&again.json(), again.header("idempotency-replayed")), (made, "true"), "{name}");
    }
}

/// Makes accounts until `trouble` is over, and gives what was acknowledged.
async fn make_during(app: &TestApp, trouble: impl Future<Output = ()>) -> BTreeMap<String, Value> {
    let stop = AtomicU32::new(0);
    let makers = (0..6).map(|maker| {
        let stop = &stop;
        async move {
            let mut acknowledged = BTreeMap::new();
            for number in 0.. {
                let name = format!("made-{maker}-{number}");
                let answer = in_time(make(app, &name), ANSWERED_WITHIN).await;
                assert!([201, 503].contains(&answer.status), "{}", answer.json());
                if answer.status == 201 {
                    acknowledged.insert(name, answer.json());
                }
                if stop.load(Ordering::Relaxed) > 0 {
                    break;
                }
            }
            acknowledged
        }
    });
    let (all, ()) = futures_util::future::join(join_all(makers), async {
        trouble.await;
        stop.store(1, Ordering::Relaxed);
    })
    .await;
    all.into_iter().flatten().collect()
}

#[actix_web::test]
async fn a_frozen_server_keeps_nobody_waiting() {
    let Some((app, server)) = on_a_server().await else { return };
    let before = make(&app, "before").expect(201).await;
    let mut frozen = Vec::new();
    for _ in 0..50 {
        statuses((0..8).map(|_| list(&app))).await;
        frozen = server.backends();
        if frozen.len() >= 4 {
            break;
        }
    }
    assert!(frozen.len() >= 4, "a connection for each thread: {frozen:?}");
    send("STOP", &frozen);
    let names: Vec<String> = (0..8).map(|number| format!("frozen-{number}")).collect();
    let (ready, live, reads, writes) = futures_util::join!(
        in_time(app.get("/health/ready"), READY_WITHIN),
        in_time(app.get("/health/live"), Duration::from_secs(1)),
        statuses((0..12).map(|_| list(&app))),
        statuses(names.iter().map(|name| make(&app, name))),
    );
    let late = in_time(sign_in(&app), ANSWERED_WITHIN).await;
    send("CONT", &frozen);
    assert_eq!((ready.status, live.status, late.status), (503, 200, 503));
    assert!(reads.iter().chain(&writes).all(|status| *status == 503), "{reads:?} {writes:?}");
    comes_back(&app, "after").await;
    nothing_is_lost(&app, &[("before".to_owned(), before.json())].into()).await;
    for name in names {
        make(&app, &name).expect(201).await;
    }
}

#[actix_web::test]
async fn a_server_that_stops_fails_those_who_wait_all_at_once() {
    let Some((app, mut server)) = on_a_server().await else { return };
    for (round, signal) in ["INT", "QUIT"].into_iter().enumerate() {
        let acknowledged = make_during(&app, async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.stop(signal);
            tokio::time::sleep(Duration::from_millis(100)).await;
        })
        .await;
        let began = Instant::now();
        let (ready, reads) = futures_util::join!(
            in_time(app.get("/health/ready"), READY_WITHIN),
            statuses((0..200).map(|_| list(&app))),
        );
        assert_eq!((ready.status, reads), (503, vec![503; 200]));
        assert!(began.elapsed() < Duration::from_secs(5), "one after the other: {:?}", began.elapsed());
        server.start_again();
        comes_back(&app, &format!("after-{round}")).await;
        nothing_is_lost(&app, &acknowledged).await;
    }
}

#[actix_web::test]
async fn a_server_that_takes_no_writes_is_trouble_that_passes() {
    let Some((app, server)) = on_a_server().await else { return };
    make(&app, "before").expect(201).await;
    server.run(&["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    for _ in 0..3 {
        assert_eq!(in_time(make(&app, "meanwhile"), ANSWERED_WITHIN).await.status, 503);
        assert_eq!(in_time(sign_in(&app), ANSWERED_WITHIN).await.status, 503, "a wrong secret is counted");
        assert_eq!(in_time(app.get("/health/ready"), READY_WITHIN).await.status, 503);
        assert_eq!(in_time(list(&app), ANSWERED_WITHIN).await.status, 200, "reads go on");
    }
    // The connections of now lead to a standby; new ones do not.
    server.run(&["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"]);
    comes_back(&app, "after").await;
    make(&app, "meanwhile").expect(201).await;
}

#[actix_web::test]
async fn connections_that_were_read_only_are_dropped() {
    let Some((app, server)) = on_a_server().await else { return };
    // As after a failover: what is connected now stays read only, what connects anew is not.
    server.run(&["ALTER ROLE kehou SET default_transaction_read_only = on"]);
    send("TERM", &server.backends());
    for _ in 0..8 {
        assert_eq!(in_time(make(&app, "early"), ANSWERED_WITHIN).await.status, 503);
    }
    server.run(&["SET default_transaction_read_only = off", "ALTER ROLE kehou RESET default_transaction_read_only"]);
    assert_eq!(in_time(make(&app, "early"), ANSWERED_WITHIN).await.status, 201, "at once, over a connection of today");
    assert_eq!(in_time(app.get("/health/ready"), READY_WITHIN).await.status, 200);
}

#[actix_web::test]
async fn connections_that_are_ended_cost_nobody_more_than_a_repeat() {
    let Some((app, server)) = on_a_server().await else { return };
    let acknowledged = make_during(&app, async {
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_millis(120)).await;
            send("TERM", &server.backends());
            tokio::time::sleep(Duration::from_millis(60)).await;
            send("INT", &server.backends()); // the statement of now is cancelled
        }
    })
    .await;
    comes_back(&app, "after").await;
    nothing_is_lost(&app, &acknowledged).await;
}

#[rstest]
#[actix_web::test]
async fn a_lock_that_somebody_else_holds_ends_the_waiting(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    make(&app, "before").expect(201).await;
    let release: Box<dyn FnOnce()> = match kind {
        Sqlite => {
            let mut other = SqliteConnection::establish(app.url.strip_prefix("sqlite://").unwrap()).unwrap();
            other.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
            Box::new(move || other.batch_execute("ROLLBACK").unwrap())
        }
        Postgres => {
            let mut other = PgConnection::establish(&app.url).unwrap();
            other.batch_execute("BEGIN").unwrap();
            other.batch_execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE").unwrap();
            Box::new(move || other.batch_execute("ROLLBACK").unwrap())
        }
    };
    let names: Vec<String> = (0..8).map(|number| format!("locked-{number}")).collect();
    let began = Instant::now();
    let (writes, ready) = futures_util::join!(
        statuses(names.iter().map(|name| make(&app, name))),
        in_time(app.get("/health/ready"), READY_WITHIN),
    );
    assert_eq!(writes, [503; 8]);
    assert!(ready.status == 200 || kind == Postgres, "readers of SQLite wait for nobody");
    assert!(began.elapsed() > Duration::from_secs(2), "it waited for the lock");
    release();
    comes_back(&app, "after").await;
    make(&app, &names[0]).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn a_read_that_meets_a_conflict_runs_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    if kind == Sqlite {
        return; // its readers meet nobody
    }
    for whole in [true, false] {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let read = move |tx: &mut kehou::db::Tx<'_>| {
            if counted.fetch_add(1, Ordering::Relaxed) < 2 {
                sql_query("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$").execute(tx.conn)?;
            }
            Ok(())
        };
        let outcome = if whole { app.db.read(read).await } else { app.db.read_one(read).await };
        outcome.unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 3, "{whole}");
    }
}

#[actix_web::test]
async fn a_statement_has_an_end_for_requests_and_none_for_jobs() {
    let Some(app) = TestApp::start(Postgres).await else { return };
    let sleep = |seconds: u32| {
        move |tx: &mut kehou::db::Tx<'_>| {
            sql_query(format!("SELECT pg_sleep({seconds})")).execute(tx.conn)?;
            Ok(())
        }
    };
    let requests = app.db.for_requests();
    let began = Instant::now();
    let (refused, job) =
        futures_util::join!(requests.read(sleep(60)), app.db.write(Origin::service("test"), Mode::Commit, sleep(9)),);
    assert!(refused.is_err() && job.is_ok(), "{refused:?} {job:?}");
    assert!(began.elapsed() < ANSWERED_WITHIN, "{:?}", began.elapsed());
}

#[rstest]
#[actix_web::test]
async fn what_somebody_was_told_is_too_slow_is_never_committed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE notes (id INTEGER PRIMARY KEY)").await;
    let limits = Limits { turn: Duration::from_millis(200), answer: Duration::from_millis(500), ..Limits::default() };
    let slow = Db::open(&app.url, limits, app.db.clock().clone(), sealing()).unwrap();
    let note = |id: u32, takes: u64| {
        move |tx: &mut kehou::db::Tx<'_>| {
            sql_query(format!("INSERT INTO notes (id) VALUES ({id})")).execute(tx.conn)?;
            std::thread::sleep(Duration::from_millis(takes));
            Ok(())
        }
    };
    let requests = slow.for_requests();
    let write = |id, takes| requests.write(Origin::service("test"), Mode::Commit, note(id, takes));
    assert!(write(1, 0).await.is_ok());
    assert_eq!(write(2, 900).await.unwrap_err().code(), Some(Code::Unavailable));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(app.sql_number("SELECT count(*) AS number FROM notes WHERE id = 2").await, 0);
    assert!(slow.write(Origin::service("test"), Mode::Commit, note(5, 900)).await.is_ok(), "jobs take their time");
}

#[actix_web::test]
async fn a_database_file_that_is_gone_takes_no_writes() {
    let Some(database) = TestDatabase::fresh(Sqlite) else { return };
    let app = TestApp::on(&database.url, Sqlite, &[]).await;
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let aside = format!("{path}.aside");
    make(&app, "before").expect(201).await;
    std::fs::rename(path, &aside).unwrap();
    for replaced in [false, true] {
        if replaced {
            std::fs::copy(&aside, path).unwrap();
        }
        assert_eq!(in_time(app.get("/health/ready"), READY_WITHIN).await.status, 503);
        assert_eq!(in_time(make(&app, "lost"), READY_WITHIN).await.status, 503);
    }
    std::fs::rename(&aside, path).unwrap();
    comes_back(&app, "after").await;
    make(&app, "lost").expect(201).await;
}
