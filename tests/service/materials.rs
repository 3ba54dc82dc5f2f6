//! `/materials`: what is taken and what is not, editions, files, and what a filing keeps.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

use futures_util::future::join_all;
use kehou::db::Id;
use kehou::file_store::{Bucket, Place, Store};
use rstest::rstest;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::support::amendments::{amend, document_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::materials::{Form, PDF, files, folder};
use crate::support::plans::{approve, call, draft, filing_of, send_back, small_plan, submit};

fn school(app: &TestApp) -> String {
    app.world.organisation("own school").to_string()
}

/// A plan without any material.
async fn bare_plan(app: &TestApp) -> Answer {
    let ask = app.post("/api/v1/plans").token(app.world.token("school-admin"));
    ask.json(&small_plan("own school", "autumn")).expect(201).await
}

async fn upload(app: &TestApp, form: &Form) -> Answer {
    form.ask(app, "school-admin").expect(201).await
}

async fn content(app: &TestApp, account: &str, material: &Answer) -> Answer {
    app.get(&format!("/api/v1/materials/{}/content", material.id())).token(app.world.token(account)).send().await
}

async fn delete(app: &TestApp, material: &Answer) -> Answer {
    let path = format!("/api/v1/materials/{}", material.id());
    app.ask("DELETE", &path).token(app.world.token("school-admin")).if_match(material.etag()).send().await
}

/// The kinds that a refused submission misses.
fn missing(refused: &Answer, rule: &str) -> Vec<String> {
    let findings = refused.json()["findings"].as_array().unwrap().clone();
    let own = findings.iter().filter(|finding| finding["rule"] == rule && finding["severity"] == "error");
    own.map(|finding| finding["params"]["kind"].as_str().unwrap().to_owned()).collect()
}

fn office(parts: &[&str]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in parts {
        archive.start_file(*part, stored).unwrap();
        archive.write_all(b"<x/>").unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// One life of a document, on whatever store.
async fn a_life(app: &TestApp) {
    let plan = bare_plan(app).await;
    let form = Form::of(&school(app), Some(&plan.id()), "implementation_plan", "实施方案（定稿）.pdf");
    let made = upload(app, &form).await;
    let shown = made.json();
    assert_eq!(
        (&shown["name"], &shown["edition"], &shown["bytes"]),
        (&json!("实施方案（定稿）.pdf"), &json!(1), &json!(PDF.len()))
    );
    assert_eq!(
        (&shown["media_type"], &shown["can"]),
        (&json!("application/pdf"), &json!(["delete"])),
        "by content, not as sent"
    );
    let read = content(app, "bureau", &made).await;
    assert_eq!((read.status, read.body.as_slice()), (200, PDF));
    assert_eq!(read.header("content-type"), "application/pdf");
    assert_eq!(read.header("x-content-type-options"), "nosniff");
    assert!(
        read.header("content-disposition").ends_with(
            "; filename*=UTF-8''%E5%AE%9E%E6%96%BD%E6%96%B9%E6%A1%88%EF%BC%88%E5%AE%9A%E7%A8%BF%EF%BC%89.pdf"
        ),
        "{}",
        read.header("content-disposition")
    );
    assert_eq!(read.etag(), format!("\"{}\"", shown["sha256"].as_str().unwrap()));
    let path = format!("/api/v1/materials/{}/content", made.id());
    app.get(&path).token(app.world.token("bureau")).header("if-none-match", read.etag()).expect(304).await;
    assert_eq!(delete(app, &made).await.status, 200);
    assert_eq!(content(app, "bureau", &made).await.status, 404);
}

#[rstest]
#[actix_web::test]
async fn a_document_is_uploaded_read_and_taken_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store, &[]).await;
    a_life(&app).await;
    assert_eq!(files(&dir), 0);
}

#[rstest]
#[actix_web::test]
async fn what_is_refused_leaves_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store, &["--file-bytes-max", "4096"]).await;
    let good = || Form::of(&school(&app), None, "other", "a.pdf");
    let named = |name: &str| Form { name: name.to_owned(), ..good() };
    let with = |name: &str, content: &[u8]| Form { name: format!("; filename=\"{name}\""), ..good() }.content(content);
    let field = |name: &'static str, value: &str| {
        let mut form = good();
        form.fields.push((name, value.to_owned()));
        form
    };
    let set = |name: &'static str, value: &str| {
        let mut form = good();
        form.fields.retain(|(own, _)| *own != name);
        form.fields.push((name, value.to_owned()));
        form
    };
    let without = |name: &str| {
        let mut form = good();
        form.fields.retain(|(own, _)| *own != name);
        form
    };
    let macros = office(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
    for (form, pointer, fault) in [
        (with("renamed.pdf", b"MZ\x90\x00\x03\x00\x00\x00"), "/file", "file-type"),
        (with("renamed.pdf", b"\x7fELF\x02\x01\x01"), "/file", "file-type"),
        (with("page.pdf", b"<html><script>alert(1)</script></html>"), "/file", "file-type"),
        (with("run.pdf", b"#!/bin/sh\nrm -rf /\n"), "/file", "file-type"),
        (with("empty.pdf", b""), "/file", "file-type"),
        (with("plan.exe", PDF), "/file", "file-type"),
        (with("plan.docx", PDF), "/file", "file-type"),
        (with("plan.docx", &macros), "/file", "file-type"),
        (with("plan.docx", &office(&["setup.exe"])), "/file", "file-type"),
        (with("../../etc/passwd.pdf", PDF), "/file", "format"),
        (with("C:\\\\plan.pdf", PDF), "/file", "format"),
        (with(".pdf", PDF), "/file", "format"),
        (with(&("a".repeat(117) + ".pdf"), PDF), "/file", "too-long"),
        (with("43060220130315002X.pdf", PDF), "/file", "holds-id-number"),
        (with("a\u{202e}fdp.pdf", PDF), "/file", "control-character"),
        (named("; filename*=UTF-8''a%07.pdf"), "/file", "control-character"),
        (named(""), "/file", "required"),
        (without("school_id"), "/school_id", "required"),
        (without("kind"), "/kind", "required"),
        (field("kind", "other"), "/kind", "duplicate"),
        (field("surplus", "1"), "/surplus", "unknown"),
        (field("plan_id", "1"), "/plan_id", "format"),
        (field("plan_id", &"1".repeat(300)), "/plan_id", "too-long"),
        (field("plan_id", &Id::fresh().to_string()), "/plan_id", "not-found"),
        (set("kind", "novel"), "/kind", "not-one-of"),
        (set("school_id", &Id::fresh().to_string()), "/school_id", "not-found"),
    ] {
        let refused = form.ask(&app, "school-admin").expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())], "{} {:?}", form.name, form.fields);
    }
    let at = |length: usize| with("long.pdf", &[PDF, &vec![b'x'; length - PDF.len()]].concat());
    assert_eq!(at(4_097).ask(&app, "school-admin").expect(413).await.code(), "body-too-large");
    assert_eq!(at(1 << 20).ask(&app, "school-admin").expect(413).await.code(), "body-too-large");
    let whole = good().bytes();
    for (kind, body, status) in [
        ("multipart/form-data; boundary=edge", &whole[..whole.len() - 20], 400),
        ("multipart/form-data; boundary=edge", b"", 400),
        ("multipart/form-data; boundary=other", &whole, 400),
        ("multipart/form-data", &whole, 400),
        ("application/json", &whole, 415),
    ] {
        app.post("/api/v1/materials").token(app.world.token("school-admin")).bytes(kind, body).expect(status).await;
    }
    assert_eq!((app.count("materials").await, files(&dir)), (0, 0));
    at(4_096).ask(&app, "school-admin").expect(201).await;
    assert_eq!((app.count("materials").await, files(&dir)), (1, 1));
}

#[rstest]
#[actix_web::test]
async fn an_upload_is_for_real(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let form = Form::of(&school(&app), None, "other", "a.pdf");
    assert_eq!(form.ask(&app, "school-admin").key("once").expect(400).await.code(), "idempotency-key-refused");
    let rehearsal = app.post("/api/v1/materials?validate_only=true").token(app.world.token("school-admin"));
    rehearsal.bytes("multipart/form-data; boundary=edge", form.bytes()).expect(400).await;
    assert_eq!(app.count("materials").await, 0);
}

#[rstest]
#[actix_web::test]
async fn office_documents_are_known_by_their_parts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let form = Form::of(&school(&app), None, "other", "方案.DOCX")
        .content(office(&["[Content_Types].xml", "word/document.xml"]));
    assert_eq!(upload(&app, &form).await.json()["media_type"], WORD);
}

#[rstest]
#[actix_web::test]
async fn the_same_name_again_is_the_next_edition(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store, &[]).await;
    let plan = bare_plan(&app).await;
    let form = Form::of(&school(&app), Some(&plan.id()), "funding_and_use", "经费.pdf");
    let first = upload(&app, &form).await;
    let second = upload(&app, &form.clone().content(*b"%PDF-1.5 another")).await;
    let third = upload(&app, &form).await;
    let editions: Vec<Value> = [&first, &second, &third].map(|made| made.json()["edition"].clone()).to_vec();
    assert_eq!(editions, [json!(1), json!(2), json!(3)]);
    assert_eq!(content(&app, "school-admin", &first).await.body, PDF, "the older one stays readable");
    assert_eq!(files(&dir), 2, "the same bytes are kept once");
    // The file goes with its last row.
    assert_eq!(delete(&app, &first).await.status, 200);
    assert_eq!((content(&app, "school-admin", &third).await.body.as_slice(), files(&dir)), (PDF, 2));
    assert_eq!(delete(&app, &third).await.status, 200);
    assert_eq!(files(&dir), 1);
    let other = Form::of(&school(&app), None, "funding_and_use", "经费.pdf");
    assert_eq!(upload(&app, &other).await.json()["edition"], 1, "the school's own counts apart");
}

#[rstest]
#[actix_web::test]
async fn many_at_once_are_as_many_editions(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store, &[]).await;
    let plan = bare_plan(&app).await;
    for plan in [Some(plan.id()), None] {
        let forms: Vec<Form> = (0..6u8)
            .map(|n| {
                Form::of(&school(&app), plan.as_deref(), "other", "a.pdf").content([PDF, &[b'0' + n / 2]].concat())
            })
            .collect();
        let made = join_all(forms.iter().map(|form| form.ask(&app, "school-admin").send())).await;
        let editions: BTreeSet<i64> =
            made.iter().map(|made| made.json()["edition"].as_i64().unwrap_or_default()).collect();
        assert_eq!(
            editions,
            (1..=6).collect(),
            "{:?}",
            made.iter().map(crate::support::app::Answer::json).collect::<Vec<_>>()
        );
        for (form, made) in forms.iter().zip(&made) {
            assert_eq!(content(&app, "bureau", made).await.body, form.content);
        }
    }
    assert!((3..=12).contains(&files(&dir)), "{}", files(&dir));
    let list = app.get("/api/v1/materials?kind=other&limit=200").token(app.world.token("bureau")).expect(200).await;
    let all: Vec<Answer> = join_all(list.json()["items"].as_array().unwrap().iter().map(|item| {
        app.get(&format!("/api/v1/materials/{}", item["id"].as_str().unwrap())).token(app.world.token("bureau")).send()
    }))
    .await;
    for gone in join_all(all.iter().map(|made| delete(&app, made))).await {
        assert_eq!(gone.status, 200, "{}", gone.json());
    }
    assert_eq!((app.count("materials").await, files(&dir)), (0, 0));
}

#[rstest]
#[actix_web::test]
async fn another_county_knows_of_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = upload(&app, &Form::of(&school(&app), None, "other", "a.pdf")).await;
    for account in ["other-bureau", "other-school-admin", "sibling-school-admin"] {
        assert_eq!(content(&app, account, &made).await.status, 404, "{account}");
        let path = format!("/api/v1/materials/{}", made.id());
        app.get(&path).token(app.world.token(account)).expect(404).await;
        let list = app.get("/api/v1/materials").token(app.world.token(account)).expect(200).await;
        assert_eq!(list.json()["items"], json!([]), "{account}");
    }
    for account in ["guardian", "teacher", "partner", "school-finance"] {
        assert_eq!(content(&app, account, &made).await.status, 403, "{account}");
    }
    let refused = Form::of(&school(&app), None, "other", "a.pdf").ask(&app, "sibling-school-admin").expect(422).await;
    assert_eq!(refused.faults(), [("/school_id".to_owned(), "not-found".to_owned())]);
    let plan = bare_plan(&app).await.id();
    let sibling = app.world.organisation("sibling school").to_string();
    let refused = Form::of(&sibling, Some(&plan), "other", "a.pdf").ask(&app, "sibling-school-admin").expect(422).await;
    assert_eq!(refused.faults(), [("/plan_id".to_owned(), "not-found".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn a_plan_is_filed_once_its_materials_are_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = bare_plan(&app).await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    let kinds = [
        "implementation_plan",
        "projects_and_fees",
        "facilities_and_managers",
        "safety_and_emergency_plan",
        "remuneration_standard",
        "funding_and_use",
    ];
    assert_eq!(missing(&refused, "filing-materials"), kinds);
    for kind in kinds {
        upload(&app, &Form::of(&school(&app), Some(&plan.id()), kind, "a.pdf")).await;
    }
    submit(&app, "school-admin", &plan).await;
    let closed =
        Form::of(&school(&app), Some(&plan.id()), "other", "a.pdf").ask(&app, "school-admin").expect(409).await;
    assert_eq!(closed.code(), "state-conflict", "what is submitted stays as it is");
}

#[rstest]
#[actix_web::test]
async fn a_plan_with_a_partner_files_its_papers_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["projects"][0]["provider"] =
        json!({"kind": "institution", "name": "阳光教育公司", "credit_code": "91430602MA4Q000164"});
    let plan = draft(&app, "school-admin", &document).await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(missing(&refused, "partner-materials"), ["partner_agreement", "partner_registration"]);
    assert_eq!(missing(&refused, "filing-materials"), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_filing_keeps_what_it_was_filed_with(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let form = Form::of(&school(&app), Some(&plan.id()), "other", "附件.pdf");
    let old = upload(&app, &form.clone().content(*b"%PDF-1.4 old")).await;
    let new = upload(&app, &form.content(*b"%PDF-1.4 new")).await;
    let filing = filing_of(&app, &submit(&app, "school-admin", &plan).await).await;
    assert_eq!(delete(&app, &new).await.code(), "state-conflict");
    let filing = send_back(&app, "bureau", &filing, "2024-09-20").await;
    assert_eq!(delete(&app, &old).await.json()["removed_at"], Value::Null, "no filing holds it");
    let kept = delete(&app, &new).await;
    assert_eq!((kept.status, kept.json()["removed_at"].is_string()), (200, true));
    let list =
        app.get(&format!("/api/v1/materials?plan_id={}", plan.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(6));
    assert_eq!(content(&app, "bureau", &new).await.body, b"%PDF-1.4 new");
    let path = format!("/api/v1/filings/{}/dossier", filing.id());
    let dossier = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(dossier.body)).unwrap();
    let mut packed = Vec::new();
    archive.by_name("materials/other/附件.pdf").unwrap().read_to_end(&mut packed).unwrap();
    assert_eq!(packed, b"%PDF-1.4 new");
    let plan =
        app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin")).expect(200).await;
    let again = filing_of(&app, &submit(&app, "school-admin", &plan).await).await;
    assert_eq!(approve(&app, "bureau", &again).await.status, 200);
}

/// Needs a service that speaks S3, such as `moto_server`, at `TEST_S3_ENDPOINT`.
#[actix_web::test]
async fn a_document_lives_in_a_bucket() {
    let Ok(endpoint) = std::env::var("TEST_S3_ENDPOINT") else {
        eprintln!("NOTE: no TEST_S3_ENDPOINT: files were not tried on S3");
        return;
    };
    let name = format!("kehou-{}", std::process::id());
    ureq::put(format!("{endpoint}/{name}")).send_empty().unwrap();
    let bucket = Bucket {
        name: name.clone(),
        prefix: "city".to_owned(),
        endpoint: Some(endpoint.clone()),
        region: "us-east-1".to_owned(),
        access_key_id: "key".to_owned(),
        secret_access_key: "secret".to_owned(),
    };
    let store = Store::open(&Place::S3(bucket)).unwrap();
    let app = TestApp::start(Kind::Sqlite).await.unwrap().keeping(store, &[]).await;
    let held = || ureq::get(format!("{endpoint}/{name}")).call().unwrap().body_mut().read_to_string().unwrap();
    let made = upload(&app, &Form::of(&school(&app), None, "other", "a.pdf")).await;
    assert!(held().contains(&format!("<Key>city/{}", &made.json()["sha256"].as_str().unwrap()[..2])), "{}", held());
    assert_eq!(content(&app, "bureau", &made).await.body, PDF);
    assert_eq!(delete(&app, &made).await.status, 200);
    assert!(!held().contains("<Key>"), "{}", held());
    a_life(&app).await;
    assert!(!held().contains("<Key>"), "{}", held());
}

#[rstest]
#[actix_web::test]
async fn can_says_what_an_open_amendment_lets_be_taken_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &plan).await).await.status, 200);
    let can = async |material: &str| {
        let path = format!("/api/v1/materials/{material}");
        app.get(&path).token(app.world.token("school-admin")).expect(200).await.json()["can"].clone()
    };
    let list = app.get(&format!("/api/v1/materials?plan_id={}", plan.id())).token(app.world.token("school-admin"));
    let filed = list.expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(can(&filed).await, json!([]));
    let document = document_of(&app, "school-admin", &plan.id()).await;
    assert_eq!(amend(&app, "school-admin", &plan.id(), &document).await.status, 201);
    assert_eq!(can(&filed).await, json!(["delete"]));
}
