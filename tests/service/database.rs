//! What the floor of the database promises to every slice: races that are looked at again, and words that do not
//! depend on the server's language.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App, HttpResponse, web};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use kehou::db::{Db, Mode, Origin, Tx};
use kehou::http::edge::edge;
use kehou::refusal::{Code, Refusal};
use rstest::rstest;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::{TestDatabase, open};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn families(app: &TestApp) {
    app.sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)").await;
    app.sql("CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id))").await;
    app.sql("INSERT INTO parents (id) VALUES (1)").await;
}

fn add_child(tx: &mut Tx<'_>, parent: i32) -> Result<(), Refusal> {
    sql_query(format!("INSERT INTO children (parent) VALUES ({parent})")).execute(tx.conn)?;
    Ok(())
}

/// Somebody else takes the parent away, and commits.
fn take_away(url: &str) {
    PgConnection::establish(url).unwrap().batch_execute("DELETE FROM parents WHERE id = 1").unwrap();
}

async fn lc_messages(db: &Db) -> String {
    let shown = db.read(|tx| {
        let setting = sql_query("SELECT current_setting('lc_messages') AS value").get_result::<Setting>(tx.conn)?;
        Ok(setting.value)
    });
    shown.await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn what_is_gone_between_check_and_insert_is_looked_for_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    if app.kind == Kind::Sqlite {
        return; // one connection writes, so nobody comes between
    }
    families(&app).await;
    let (runs, url) = (Arc::new(AtomicU32::new(0)), app.url.clone());
    let counted = Arc::clone(&runs);
    let outcome = app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
        let is_first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        let seen = sql_query("SELECT count(*) AS number FROM parents WHERE id = 1").get_result::<Number>(tx.conn)?;
        if seen.number == 0 {
            return Err(Refusal::of(Code::NotFound));
        }
        if is_first {
            take_away(&url);
        }
        add_child(tx, 1)
    });
    assert_eq!(outcome.await.unwrap_err().code(), Some(Code::NotFound), "as if it had been gone before");
    assert_eq!((runs.load(Ordering::Relaxed), app.count("children").await), (2, 0));
}

#[rstest]
#[actix_web::test]
async fn a_reference_that_stays_broken_is_a_conflict_and_no_defect(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    families(&app).await;
    let runs = Arc::new(AtomicU32::new(0));
    let (db, counted) = (app.db.clone(), Arc::clone(&runs));
    let add = move || {
        let (db, counted) = (db.clone(), Arc::clone(&counted));
        async move {
            let added = db.write(Origin::service("test"), Mode::Commit, move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                add_child(tx, 1)?;
                add_child(tx, 2)
            });
            added.await.map(|()| HttpResponse::Ok())
        }
    };
    let service = init_service(App::new().default_service(web::to(add)).wrap(from_fn(edge))).await;
    for (language, title) in [("zh", "所引用的资源已变化"), ("en", "What it refers to has changed")] {
        let request = TestRequest::post().insert_header(("accept-language", language)).to_request();
        let response = call_service(&service, request).await;
        assert_eq!(response.status(), 409);
        let problem: Value = read_body_json(response).await;
        assert_eq!((problem["code"].as_str(), problem["title"].as_str()), (Some("reference-changed"), Some(title)));
        assert!(!problem.to_string().contains("children"), "names of tables stay here: {problem}");
    }
    assert_eq!(runs.load(Ordering::Relaxed), 4, "each twice, no more");
    assert_eq!(app.count("children").await, 0);
}

fn one(tx: &mut Tx<'_>) -> Result<i64, Refusal> {
    Ok(sql_query("SELECT count(*) AS number FROM users").get_result::<Number>(tx.conn)?.number)
}

#[rstest]
#[actix_web::test]
async fn what_goes_without_a_snapshot_is_one_statement(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let two = |tx: &mut Tx<'_>| Ok((one(tx)?, one(tx)?));
    assert!(app.db.read_one(one).await.unwrap() > 0);
    app.db.read_one(|tx| tx.savepoint(one)).await.unwrap();
    let refused = app.db.read_one(two).await;
    assert_eq!(refused.is_err(), cfg!(debug_assertions), "a snapshot is missing");
    assert!(app.db.read(two).await.is_ok());
}

#[rstest]
#[actix_web::test]
async fn messages_are_in_one_language_whatever_the_server_speaks(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    if app.kind == Kind::Sqlite {
        return; // it has one language
    }
    let name = app.url.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned();
    TestDatabase::admin(&format!("ALTER DATABASE {name} SET lc_messages = 'POSIX'"));
    assert_eq!(lc_messages(&open(&app.url)).await, "C");
    // A role that may not choose goes on with what the server speaks.
    let role = format!("plain_{name}");
    TestDatabase::admin(&format!("CREATE ROLE {role} LOGIN PASSWORD 'plain'"));
    let mark = if app.url.contains('?') { '&' } else { '?' };
    let plain = lc_messages(&open(&format!("{}{mark}user={role}&password=plain", app.url))).await;
    TestDatabase::admin(&format!("DROP ROLE {role}"));
    assert_eq!(plain, "POSIX");
}
