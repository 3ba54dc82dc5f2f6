//! A plan with five mistakes: every finding comes back at once, the same over HTTP, at the command line and as a
//! rehearsal of the submission, in both languages.

use std::io::Write;
use std::process::Stdio;

use rstest::rstest;
use serde_json::{Value, json};

use super::case_a::{document, set_up};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::draft;
use crate::support::process::kehou;

fn wrong() -> Value {
    let mut document = document();
    document["projects"][0]["seats_max"] = json!(100); // no grade has an open project any more
    document["projects"][1]["name"] = json!("数学补课");
    document["projects"][1]["slots"][0]["ends_at"] = json!("18:01");
    document["projects"][2]["slots"][5]["ends_at"] = json!("17:31"); // of the winter timetable
    document["projects"][3]["slots"][4]["weekday"] = json!(6);
    document
}

/// Rule, pointer, clause, document, message and numbers of every finding.
fn all_of(findings: &Value) -> Vec<Value> {
    let parts = ["rule", "severity", "pointer", "clause", "document", "message", "params"];
    let all = findings.as_array().unwrap().iter();
    all.map(|finding| parts.iter().map(|part| finding[part].clone()).collect()).collect()
}

fn at_the_command_line(document: &Value, language: &str) -> Vec<Value> {
    let mut command = kehou("sqlite:///nowhere/kehou.db");
    command.args(["check", "-", "--json", "--lang", language]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(document.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    all_of(&report["findings"])
}

async fn over_http(app: &TestApp, document: &Value, language: &str) -> Vec<Value> {
    let ask = app.post("/api/v1/checks/plan").token(app.world.token("miaotian")).header("accept-language", language);
    let check = ask.json(document).expect(200).await.json();
    assert_eq!(check["passes"], false);
    all_of(&check["findings"])
}

async fn as_a_rehearsal(app: &TestApp, plan: &Answer, language: &str) -> Vec<Value> {
    let path = format!("/api/v1/plans/{}/submit?validate_only=true", plan.id());
    let ask = app.post(&path).token(app.world.token("miaotian")).if_match(plan.etag());
    let refused = ask.header("accept-language", language).expect(422).await;
    all_of(&refused.json()["findings"])
}

#[rstest]
#[actix_web::test]
async fn all_findings_come_back_at_once_by_every_way(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    let document = wrong();
    let plan = draft(&app, "miaotian", &document).await;
    for language in ["zh", "en"] {
        let found = over_http(&app, &document, language).await;
        assert_eq!(at_the_command_line(&document, language), found);
        assert_eq!(as_a_rehearsal(&app, &plan, language).await, found);
        let has = |rule: &str, pointer: &str| found.iter().any(|f| f[0] == rule && f[1] == "error" && f[2] == pointer);
        for (rule, pointer) in [
            ("service-end-time", "/projects/1/slots/0/ends_at"),
            ("service-end-time", "/projects/2/slots/5/ends_at"),
            ("service-days", "/projects/3/slots/4/weekday"),
            ("no-collective-instruction", "/projects/1/name"),
            ("no-refusal", "/school/grades/0"),
        ] {
            assert!(has(rule, pointer), "{rule} at {pointer}: {found:#?}");
        }
        for finding in &found {
            let text = finding[5].as_str().unwrap();
            assert!(!finding[3].as_str().unwrap().is_empty() && finding[4] == "岳教体发〔2019〕11号");
            assert!(!text.contains("%{") && !text.contains("rule."), "{text}");
            assert!(finding[6].as_object().is_some_and(|numbers| !numbers.is_empty()), "{finding}");
        }
    }
    assert_eq!(app.count("filings").await, 0);
}
