//! Case F: 南夏墅中心小学: guardians choose and sign from the second week on, while the fee still waits for its approval.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, apply, plan_with, sign};
use crate::support::fees::{charging, open_account, price};
use crate::support::plans::{approve, draft, filing_of, publish, submit};

#[rstest]
#[actix_web::test]
async fn case_f_enrolls_before_the_fee_is_approved_and_charges_after(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[]);
    document["term"]["service_from"] = json!("2024-09-09");
    price(&mut document, 0, "per_term", 20_000);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let public = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    assert_eq!((&public["fees_state"], &public["service_from"]), (&json!("pending"), &json!("2024-09-09")));
    let made = apply(&app, public["projects"][0]["id"].as_str().unwrap()).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/api/v1/enrollments/{}/agreement", made.id());
    let text =
        app.get(&path).token(app.world.token("guardian")).expect(200).await.json()["text"].as_str().unwrap().to_owned();
    for part in ["按学期200.00元", "湘发改价费〔2019〕362号", "2024-09-09", "审核同意后方可收费"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(sign(&app, &made).await.json()["state"], "active");
    open_account(&app, "school-finance", "own school").await;
    let student = app.world.pupils("own school").student.to_string();
    let refused = charging(&app, "school-finance", &student).expect(422).await;
    assert_eq!(refused.findings(), [("approved-before-charging".to_owned(), "error".to_owned(), String::new())]);
    assert_eq!(app.count("charges").await + app.count("ledger_transfers").await, 0);
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &plan).await).await.status, 200);
    let charge = charging(&app, "school-finance", &student).expect(201).await.json();
    assert_eq!((&charge["amount_fen"], &charge["filing_id"]), (&json!(20_000), &plan.json()["latest_filing"]["id"]));
}

#[rstest]
#[actix_web::test]
async fn case_f_keeps_a_no_as_a_choice_that_may_change(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &plan_with(&[])).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let public = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let (student, project) = (app.world.pupils("own school").student.to_string(), public["projects"][0]["id"].clone());
    let no = json!({"student_id": student, "project_id": project, "choice": "declined"});
    let said = app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&no).expect(201).await;
    assert_eq!((&said.json()["state"], &said.json()["can"]), (&json!("declined"), &json!([])));
    let yes = application(&app, "guardian", &student, project.as_str().unwrap(), "yes").expect(201).await;
    assert_eq!(yes.json()["state"], "allocated");
}
