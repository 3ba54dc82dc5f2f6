//! `/filings`: hashes, numbers, reviews, queues, and what other districts see of them.

use std::io::Read;
use std::process::{Command, Stdio};

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{add_spring, approve, draft, filing_of, send_back, small_plan, submit};

async fn filed(app: &TestApp, account: &str, school: &str) -> Answer {
    filing_of(app, &submit(app, account, &draft(app, account, &small_plan(school, "autumn")).await).await).await
}

/// What `sha256sum` says of bytes.
fn sha256sum(bytes: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("document.json");
    std::fs::write(&path, bytes).unwrap();
    let said = Command::new("sha256sum").arg(&path).stderr(Stdio::inherit()).output().unwrap();
    String::from_utf8(said.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

fn numbers(list: &Answer) -> Vec<String> {
    let items = list.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["case_number"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_hash_is_reproduced_with_sha256sum(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let path = format!("/api/v1/filings/{}/document", filing.id());
    let document = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(sha256sum(&document.body), filing.json()["sha256"].as_str().unwrap());
    let canonical = serde_json_canonicalizer::to_vec(&document.json()).unwrap();
    assert_eq!(canonical, document.body, "RFC 8785");
}

#[rstest]
#[actix_web::test]
async fn what_was_filed_stays_though_the_school_s_facts_change(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let path = format!("/api/v1/filings/{}/document", filing.id());
    let before = app.get(&path).token(app.world.token("bureau")).expect(200).await.body;
    app.sql("UPDATE schools SET area = 'rural'").await;
    assert_eq!(app.get(&path).token(app.world.token("bureau")).expect(200).await.body, before);
}

#[rstest]
#[actix_web::test]
async fn a_dossier_holds_everything_with_its_hashes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let filing = send_back(&app, "bureau", &filing, "2024-09-20").await;
    let path = format!("/api/v1/filings/{}/dossier", filing.id());
    let dossier = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    assert!(dossier.header("content-disposition").contains("430602-2024-0001.zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(dossier.body.clone())).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert_eq!(files.len(), 11, "five of its own and six materials");
    for file in files {
        let bytes = read(file["name"].as_str().unwrap());
        assert_eq!(sha256sum(&bytes), file["sha256"].as_str().unwrap(), "{file}");
    }
    assert_eq!(sha256sum(&read("plan.json")), manifest["sha256"].as_str().unwrap());
    let review: Value = serde_json::from_slice(&read("review.json")).unwrap();
    assert_eq!((&review["decision"], &review["reasons"][0]["part"]), (&json!("returned"), &json!("fees")));
    assert_eq!(app.get(&path).token(app.world.token("bureau")).expect(200).await.body, dossier.body);
    let known = app.get(&path).token(app.world.token("bureau")).header("if-none-match", dossier.etag());
    known.expect(304).await;
}

#[rstest]
#[actix_web::test]
async fn a_check_of_the_database_finds_changed_bytes_and_lost_numbers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    filed(&app, "sibling-school-admin", "sibling school").await;
    let wrong = async || app.db.read(kehou::filings::filings::verify).await.unwrap();
    assert_eq!(wrong().await, Vec::<String>::new());
    let id = app.id_literal(&filing.id());
    app.sql(&format!("UPDATE filings SET document = replace(document, '16:30', '16:31') WHERE id = {id}")).await;
    assert_eq!(wrong().await, ["filing 430602-2024-0001 is not what was hashed when it was submitted"]);
    app.sql("UPDATE filing_series SET last_number = 3").await;
    assert!(wrong().await[1].ends_with("in 2024 have a gap"));
}

#[rstest]
#[actix_web::test]
async fn of_two_officers_at_once_one_decides_and_the_other_is_told(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let both = join_all([approve(&app, "bureau", &filing), approve(&app, "city-bureau", &filing)]).await;
    let mut answers: Vec<(u16, String)> = both.iter().map(|answer| (answer.status, answer.code())).collect();
    answers.sort();
    assert_eq!(answers, [(200, String::new()), (412, "version-mismatch".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn a_review_names_what_was_read_and_says_what_to_correct(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let path = format!("/api/v1/filings/{}", filing.id());
    let token = app.world.token("bureau");
    let ask =
        |verb: &str, body: Value| app.post(&format!("{path}/{verb}")).token(token).if_match(filing.etag()).json(&body);
    let other = "0".repeat(64);
    let refused = ask("approve", json!({"sha256": other})).expect(422).await;
    assert_eq!(refused.faults(), [("/sha256".to_owned(), "mismatch".to_owned())]);
    let sha256 = filing.json()["sha256"].clone();
    let reason = |pointer: Value| json!({"part": "fees", "pointer": pointer, "text": "请附收费文件。"});
    for (reasons, due_on, pointer, fault) in [
        (json!([]), "2024-09-20", "/reasons", "required"),
        (json!([reason(json!("/projects/9/fee"))]), "2024-09-20", "/reasons/0/pointer", "not-found"),
        (json!([reason(Value::Null)]), "2024-09-09", "/due_on", "out-of-range"),
    ] {
        let refused = ask("return", json!({"sha256": sha256, "reasons": reasons, "due_on": due_on})).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())]);
    }
    let returned =
        ask("return", json!({"sha256": sha256, "reasons": [reason(json!("/projects/0/fee"))], "due_on": "2024-09-10"}));
    let returned = returned.expect(200).await.json();
    assert_eq!(
        (&returned["state"], &returned["can"], &returned["review"]["reviewer_name"]),
        (&json!("returned"), &json!([]), &json!("bureau"))
    );
    let steps: Vec<(&Value, &Value)> =
        returned["steps"].as_array().unwrap().iter().map(|step| (&step["state"], &step["by_name"])).collect();
    assert_eq!(steps, [(&json!("submitted"), &json!("school-admin")), (&json!("returned"), &json!("bureau"))]);
    assert_eq!(ask("approve", json!({"sha256": sha256})).expect(412).await.code(), "version-mismatch");
}

#[rstest]
#[actix_web::test]
async fn who_files_never_reviews(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let school_admin = app.world.account("school-admin").id;
    // The same person, seconded to the bureau.
    let officer = app.world.account("bureau").id;
    app.sql(&format!(
        "UPDATE filings SET steps = replace(CAST(steps AS TEXT), '{school_admin}', '{officer}'){}",
        if app.kind == crate::support::databases::Kind::Postgres { "::jsonb" } else { "" }
    ))
    .await;
    let seen = app.get(&format!("/api/v1/filings/{}", filing.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(seen.json()["can"], json!([]));
    assert_eq!(approve(&app, "bureau", &filing).await.code(), "own-request");
    assert_eq!(approve(&app, "city-bureau", &filing).await.status, 200);
}

/// Who filed a plan first does not review it because a colleague filed it last.
#[rstest]
#[actix_web::test]
async fn who_has_filed_before_never_reviews(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = filed(&app, "school-admin", "own school").await;
    let (school_admin, officer) = (app.world.account("school-admin").id, app.world.account("bureau").id);
    // The same person, seconded to the bureau.
    let json = if app.kind == Kind::Postgres { "::jsonb" } else { "" };
    app.sql(&format!("UPDATE filings SET steps = replace(CAST(steps AS TEXT), '{school_admin}', '{officer}'){json}"))
        .await;
    assert_eq!(send_back(&app, "city-bureau", &first, "2024-09-20").await.status, 200);
    let plan = app.get(&format!("/api/v1/plans/{}", first.json()["plan_id"].as_str().unwrap()));
    let plan = plan.token(app.world.token("school-admin")).expect(200).await;
    let again = filing_of(&app, &submit(&app, "school-admin", &plan).await).await;
    let seen = app.get(&format!("/api/v1/filings/{}", again.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(seen.json()["can"], json!([]));
    assert_eq!(approve(&app, "bureau", &again).await.code(), "own-request");
    assert_eq!(approve(&app, "city-bureau", &again).await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn another_district_neither_reads_nor_reviews(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filing = filed(&app, "school-admin", "own school").await;
    let token = app.world.token("other-bureau");
    for path in ["", "/document", "/dossier"] {
        app.get(&format!("/api/v1/filings/{}{path}", filing.id())).token(token).expect(404).await;
    }
    assert_eq!(approve(&app, "other-bureau", &filing).await.status, 404);
    assert_eq!(send_back(&app, "other-bureau", &filing, "2024-09-20").await.status, 404);
    assert!(numbers(&app.get("/api/v1/filings").token(token).expect(200).await).is_empty());
}

#[rstest]
#[actix_web::test]
async fn case_numbers_have_no_gap_though_submissions_fail_and_come_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add_spring(&app).await;
    let mut late = small_plan("sibling school", "autumn");
    late["projects"][0]["slots"][0]["ends_at"] = json!("18:01");
    let plans = [
        ("school-admin", draft(&app, "school-admin", &small_plan("own school", "autumn")).await),
        ("school-admin", draft(&app, "school-admin", &small_plan("own school", "spring")).await),
        ("sibling-school-admin", draft(&app, "sibling-school-admin", &late).await),
        ("sibling-school-admin", draft(&app, "sibling-school-admin", &small_plan("sibling school", "spring")).await),
    ];
    let file = |account: &'static str, plan: &Answer, query: &str| {
        let path = format!("/api/v1/plans/{}/submit{query}", plan.id());
        app.post(&path).token(app.world.token(account)).if_match(plan.etag()).send()
    };
    // A rehearsal takes no number.
    assert_eq!(file(plans[0].0, &plans[0].1, "?validate_only=true").await.status, 200);
    let answers = join_all(plans.iter().map(|(account, plan)| file(account, plan, ""))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    let mut taken = numbers(&app.get("/api/v1/filings").token(app.world.token("bureau")).expect(200).await);
    taken.sort();
    assert_eq!(taken, ["430602-2024-0001", "430602-2024-0002", "430602-2024-0003"]);
}

#[rstest]
#[actix_web::test]
async fn an_officer_s_queues_are_queries(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let waiting = filed(&app, "school-admin", "own school").await;
    let sent_back = filed(&app, "sibling-school-admin", "sibling school").await;
    send_back(&app, "bureau", &sent_back, "2024-09-12").await;
    let queue =
        async |query: &str| numbers(&app.get(&format!("/api/v1/filings?{query}")).token(token).expect(200).await);
    let (waiting, sent_back) = (
        waiting.json()["case_number"].as_str().unwrap().to_owned(),
        sent_back.json()["case_number"].as_str().unwrap().to_owned(),
    );
    assert_eq!(queue("needs=review").await, std::slice::from_ref(&waiting));
    assert_eq!(queue("needs=correction").await, std::slice::from_ref(&sent_back));
    assert_eq!(queue("needs=review&state=returned").await, Vec::<String>::new());
    assert_eq!(queue("overdue=true").await, Vec::<String>::new());
    app.clock_at("2024-09-13T00:00:00+08:00"); // a day after the correction was due
    assert_eq!(queue("overdue=true").await, std::slice::from_ref(&sent_back));
    app.clock_at("2024-09-25T23:00:00+08:00"); // the tenth working day after 10 September
    assert_eq!(queue("overdue=true&needs=review").await, Vec::<String>::new());
    app.clock_at("2024-09-26T00:00:00+08:00");
    assert_eq!(queue("overdue=true").await, [waiting, sent_back]);
}
