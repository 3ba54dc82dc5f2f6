//! How answers travel: compressed where it is worth it, by HEAD too, with their language and, where bytes count, a
//! digest.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::invitations::{family, inviting};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::TestDatabase;
use crate::support::plans::{draft, filing_of, small_plan, submit};
use crate::support::process::Process;

pub fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        "gzip" => flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain).unwrap(),
        "br" => brotli::Decompressor::new(answer.body.as_slice(), 4096).read_to_end(&mut plain).unwrap(),
        other => panic!("{other:?}"),
    };
    plain
}

#[rstest]
#[actix_web::test]
async fn long_answers_are_compressed_as_the_caller_accepts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("city-bureau");
    let list = |accepted: &'static str| app.get("/api/v1/schools").token(token).header("accept-encoding", accepted);
    let plain = app.get("/api/v1/schools").token(token).expect(200).await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, coding) in [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")] {
        let answer = list(accepted).send_unchecked().await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{accepted}");
        assert_eq!(unpacked(&answer), plain.body, "{accepted}");
        assert!(answer.body.len() * 2 < plain.body.len(), "{accepted}: {} bytes", answer.body.len());
        assert!(answer.header("vary").to_lowercase().contains("encoding"), "{}", answer.header("vary"));
    }
    for accepted in ["identity", "zstd", "*;q=0", "", "gzip;q=0"] {
        let answer = list(accepted).send_unchecked().await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{accepted}");
    }
    let short = app.get("/health/live").header("accept-encoding", "gzip").expect(200).await;
    assert_eq!(short.header("content-encoding"), "");
    let family = family(&app, "own school", "13800000001", &[]).await;
    let secret = inviting(&app, &family).header("accept-encoding", "gzip").expect(200).await;
    assert!(secret.body.len() > 1024, "{} bytes with the picture of its code", secret.body.len());
    assert_eq!((secret.header("content-encoding"), secret.header("cache-control")), ("", "no-store"));
    let unknown: serde_json::Map<String, Value> = (0..60).map(|at| (format!("unknown{at}"), json!(at))).collect();
    let refused = app.post("/api/v1/students").token(app.world.token("school-admin")).json(&Value::Object(unknown));
    let refused = refused.header("accept-encoding", "gzip").send_unchecked().await;
    let problem: Value = serde_json::from_slice(&unpacked(&refused)).unwrap();
    assert_eq!((refused.status, &problem["status"]), (422, &json!(422)), "refusals, too");
}

#[rstest]
#[actix_web::test]
async fn the_contract_is_compressed_and_may_be_kept(#[values(Sqlite)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plain = app.get("/openapi.json").expect(200).await;
    for coding in ["gzip", "br"] {
        let packed = app.get("/openapi.json").header("accept-encoding", coding).send_unchecked().await;
        assert_eq!((packed.header("content-encoding"), unpacked(&packed)), (coding, plain.body.clone()));
        assert_eq!((packed.etag(), packed.header("cache-control")), (plain.etag(), "public, max-age=300"));
        assert!(packed.body.len() * 6 < plain.body.len(), "{coding}: {} of {}", packed.body.len(), plain.body.len());
    }
    let known = app.get("/openapi.json").header("if-none-match", plain.etag()).send_unchecked().await;
    assert_eq!((known.status, known.body.len()), (304, 0));
}

#[rstest]
fn a_head_is_a_get_without_its_body(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::empty(kind) else { return };
    let process = Process::start(&database.url, &[]);
    for path in ["/health/live", "/openapi.json", "/docs/"] {
        let got = ureq::get(format!("{}{path}", process.base)).call().unwrap();
        let mut head = ureq::head(format!("{}{path}", process.base)).call().unwrap();
        assert_eq!((head.status(), head.headers().get("etag")), (got.status(), got.headers().get("etag")), "{path}");
        assert_eq!(head.headers().get("content-type"), got.headers().get("content-type"), "{path}");
        assert_eq!(head.body_mut().read_to_vec().unwrap(), Vec::<u8>::new(), "{path}");
    }
}

#[rstest]
#[actix_web::test]
async fn answers_say_their_language(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("city-bureau");
    let one = app.get("/api/v1/me").token(token).expect(200).await;
    assert_eq!(one.header("content-language"), "zh");
    let one = app.get("/api/v1/me").token(token).english().expect(200).await;
    assert_eq!(one.header("content-language"), "en");
    let refused = app.get("/api/v1/me").english().expect(401).await;
    assert_eq!(refused.header("content-language"), "en");
    let refused = app.ask("DELETE", "/api/v1/me").token(token).send_unchecked().await;
    assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"));
}

#[rstest]
#[actix_web::test]
async fn what_was_filed_comes_with_its_digest(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let filing = filing_of(&app, &submit(&app, "school-admin", &plan).await).await.id();
    let token = app.world.token("bureau");
    let one = app.get(&format!("/api/v1/filings/{filing}")).token(token).expect(200).await.json();
    let bytes = app.get(&format!("/api/v1/filings/{filing}/document")).token(token).expect(200).await;
    let digest = Sha256::digest(&bytes.body);
    assert_eq!(bytes.header("repr-digest"), format!("sha-256=:{}:", STANDARD.encode(digest)));
    let named = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    assert_eq!(one["sha256"], json!(named), "the one that a review names");
    let first = app.get(&format!("/api/v1/filings/{filing}/comparison")).token(token).expect(200).await.json();
    assert_eq!((&first["earlier"], &first["changes"], &first["later"]["id"]), (&Value::Null, &json!([]), &one["id"]));
}
