//! Pages: every row once, in order, whatever comes between.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

/// Lists of every kind of key, with an account that may read them and a filter under which they hold two rows.
const LISTS: [(&str, &str); 8] = [
    ("/api/v1/users", "platform-admin"),
    ("/api/v1/authorities", "school-admin"),
    ("/api/v1/schools", "city-bureau"),
    ("/api/v1/partners", "city-bureau"),
    ("/api/v1/jobs", "platform-admin"),
    ("/api/v1/terms", "school-admin"),
    ("/api/v1/students", "school-admin"),
    ("/api/v1/classes", "school-admin"),
];

#[rstest]
#[actix_web::test]
async fn a_cursor_is_the_services_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut signed = Vec::new();
    for (path, account) in LISTS {
        let token = app.world.token(account);
        let first = app.get(&format!("{path}?limit=1")).token(token).expect(200).await;
        let Some(cursor) = first.json()["next_cursor"].as_str().map(str::to_owned) else { continue };
        let at = |cursor: &str| app.get(&format!("{path}?limit=1&cursor={cursor}")).token(token);
        assert_ne!(at(&cursor).expect(200).await.json()["items"], first.json()["items"], "{path}");
        for tampered in tampered(&cursor) {
            let refused = at(&tampered).expect(400).await;
            assert_eq!(refused.code(), "cursor-invalid", "{path}: {tampered}");
            assert_eq!(refused.faults(), [("cursor".to_owned(), "mismatch".to_owned())]);
        }
        signed.push((path, account, cursor));
    }
    assert!(signed.len() >= 6, "{signed:?}");
    for (path, account, _) in &signed {
        for (other, _, cursor) in signed.iter().filter(|(other, ..)| other != path) {
            let answer = app.get(&format!("{path}?cursor={cursor}")).token(app.world.token(account)).expect(400).await;
            assert_eq!(answer.code(), "cursor-invalid", "{path} with a cursor of {other}");
        }
    }
}

/// The same cursor with its key taken for another, and with each of its characters changed.
fn tampered(cursor: &str) -> Vec<String> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signature = &cursor[..32];
    let inner = URL_SAFE_NO_PAD.decode(&cursor[32..]).unwrap();
    let rewritten = |key: &str| encode(&[&inner[..8], key.as_bytes()].concat());
    let mut all: Vec<String> = ["\"\\u0000\"", "7", "null", "[]", "\"00000000-0000-0000-0000-000000000000\""]
        .iter()
        .flat_map(|key| [rewritten(key), format!("{signature}{}", rewritten(key))])
        .collect();
    for place in 0..cursor.len() {
        let mut bytes = cursor.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
        all.push(String::from_utf8(bytes).unwrap());
    }
    all.extend([String::new(), "a".to_owned(), signature.to_owned(), cursor[1..].to_owned(), format!("{cursor}A")]);
    all
}
