//! Pages: every row once, in order, whatever comes between.

use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::world::add_accounts;

#[rstest]
#[actix_web::test]
async fn pages_hold_every_account_once_in_order(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let school = app.world.organisation("sibling school");
    add_accounts(&app.db, school, 23).await;
    let token = app.world.token("bureau");
    for (sort, reverse) in [("username", false), ("-username", true)] {
        let mut names = Vec::new();
        let mut path = format!("/api/v1/users?organisation_id={school}&limit=5&sort={sort}");
        let mut pages = 0;
        loop {
            let page = app.get(&path).token(token).expect(200).await;
            names.extend(page.json()["items"].as_array().unwrap().iter().map(|user| user["username"].to_string()));
            pages += 1;
            match page.header("link").strip_prefix('<').and_then(|link| link.split_once(">; rel=\"next\"")) {
                Some((next, _)) => path = next.to_owned(),
                None => break,
            }
            assert!(page.json()["next_cursor"].is_string());
        }
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!((sorted.len(), pages), (25, 5), "23 and the world's two");
        if reverse {
            sorted.reverse();
        }
        assert_eq!(names, sorted);
    }
}

#[rstest]
#[actix_web::test]
async fn a_full_last_page_has_no_next(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let school = app.world.organisation("sibling school");
    let token = app.world.token("bureau");
    let page = app.get(&format!("/api/v1/users?organisation_id={school}&limit=2")).token(token).expect(200).await;
    assert_eq!(page.json()["items"].as_array().map(Vec::len), Some(2));
    assert!(page.json()["next_cursor"].is_null());
}

#[rstest]
#[actix_web::test]
async fn a_known_representation_is_not_sent_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let path = format!("/api/v1/users/{}", app.world.account("teacher").id);
    let read = app.get(&path).token(token).expect(200).await;
    let known = app.get(&path).token(token).header("if-none-match", read.etag()).expect(304).await;
    assert_eq!((known.etag(), known.body.len()), (read.etag(), 0));
    let suspended = app.post(&format!("{path}/suspend")).token(token).if_match(read.etag()).expect(200).await;
    assert_ne!(suspended.etag(), read.etag());
    app.get(&path).token(token).header("if-none-match", read.etag()).expect(200).await;
}
