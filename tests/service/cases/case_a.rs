//! Case A: 苗田中学, autumn 2024, from an empty database to an approved, published plan.

use kehou::auth::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::groundwork::lay_groundwork;
use crate::support::plans::{MIAOTIAN, approve, call, draft, filing_of, publish, send_back, submit};

/// The plan as the school writes it; the county of the small world takes the place of its own.
pub fn document() -> Value {
    let mut document: Value = serde_json::from_str(MIAOTIAN).unwrap();
    document["school"]["authority_code"] = json!("430602");
    document
}

/// School, its administrator's place and the county's winter timetable, as the county enters them.
pub async fn set_up(app: &TestApp) {
    let (bureau, document) = (app.world.token("bureau"), document());
    let authority = app.world.organisation("own district");
    let terms = format!("/api/v1/terms?authority_id={authority}&season=autumn");
    let term = app.get(&terms).token(bureau).expect(200).await.json()["items"][0].clone();
    let body = json!({
        "authority_id": authority, "school_year": "2024-2025", "season": "autumn", "opens_on": "2024-09-02",
        "ends_on": "2025-01-17", "winter_periods": document["term"]["winter_periods"]
    });
    let path = format!("/api/v1/terms/{}", term["id"].as_str().unwrap());
    app.put(&path).token(bureau).if_match("\"1\"").json(&body).expect(200).await;
    let school = json!({
        "code": document["school"]["code"], "name": "苗田中学", "authority_id": authority, "ownership": "public",
        "area": "town", "stages": ["junior"], "grade_first": 7, "grade_last": 9, "boarding": false,
        "dismissals": document["school"]["approved_dismissals"]
    });
    let school = app.post("/api/v1/schools").token(bureau).json(&school).expect(201).await;
    app.world.add_account(&app.app, "miaotian", Role::SchoolAdmin, &school.id()).await;
    lay_groundwork(app, "miaotian").await;
}

async fn deadline_of(app: &TestApp, document: &Value) -> Value {
    app.post("/api/v1/checks/plan").token(app.world.token("miaotian")).json(document).expect(200).await.json()
}

async fn at(app: &TestApp, moment: &str) {
    app.clock_at(moment);
    let today = app.get("/api/v1/me").token(app.world.token("miaotian")).send().await;
    assert_eq!(today.status, 200, "{}", today.json());
}

/// The rule, and what it counted, of the only finding that stops a submission.
fn stopped_by(refused: &Answer) -> Vec<(String, Value)> {
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"), "{}", refused.json());
    let findings = refused.json()["findings"].as_array().unwrap().clone();
    let errors = findings.into_iter().filter(|finding| finding["severity"] == "error");
    errors.map(|finding| (finding["rule"].as_str().unwrap().to_owned(), finding["params"].clone())).collect()
}

#[rstest]
#[actix_web::test]
async fn case_a_is_checked_filed_reviewed_and_published(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    for (service_to, days) in [("2025-01-10", 87), ("2025-01-17", 92)] {
        let mut document = document();
        document["term"]["service_to"] = json!(service_to);
        let check = deadline_of(&app, &document).await;
        assert_eq!((&check["passes"], &check["service_days"]), (&json!(true), &json!(days)), "{check}");
        assert_eq!(check["filing_deadline"], "2024-09-14");
    }
    let plan = draft(&app, "miaotian", &document()).await;
    let said =
        app.get(&format!("/api/v1/plans/{}/findings", plan.id())).token(app.world.token("miaotian")).expect(200).await;
    assert!(said.findings().iter().all(|(_, severity, _)| severity == "warning"), "{:?}", said.findings());
    let submitted = submit(&app, "miaotian", &plan).await;
    assert_eq!(submitted.json()["state"], "submitted");
    assert_eq!(submitted.json()["first_submitted_on"], "2024-09-10");

    // Under a published notice with fees pending, the service may begin.
    let notice = publish(&app, "miaotian", &submitted).await;
    assert_eq!((notice.status, &notice.json()["state"]), (200, &json!("published")));
    let public = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    assert_eq!(public["fees_state"], "pending");

    let filing = filing_of(&app, &submitted).await;
    let approved = approve(&app, "bureau", &filing).await;
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("approved")), "{}", approved.json());
    let plan = app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("miaotian")).expect(200).await;
    assert_eq!((&plan.json()["state"], &plan.json()["can"]), (&json!("approved"), &json!([])), "its term runs still");
    let public = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    assert_eq!((&public["fees_state"], public["projects"].as_array().map(Vec::len)), (&json!("approved"), Some(6)));
}

#[rstest]
#[actix_web::test]
async fn case_a_is_filed_until_the_last_second_of_a_make_up_saturday(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    at(&app, "2024-09-14T23:59:59+08:00").await;
    let plan = draft(&app, "miaotian", &document()).await;
    let submitted = submit(&app, "miaotian", &plan).await;
    assert_eq!(submitted.json()["first_submitted_on"], "2024-09-14");
}

#[rstest]
#[actix_web::test]
async fn case_a_is_late_a_second_later(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    at(&app, "2024-09-15T00:00:00+08:00").await;
    let plan = draft(&app, "miaotian", &document()).await;
    let refused = call(&app, "miaotian", "plans", &plan, "submit").await;
    let stopped = stopped_by(&refused);
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    let (rule, params) = &stopped[0];
    assert_eq!(rule, "filing-window");
    assert_eq!((&params["deadline"], &params["accepted_on"]), (&json!("2024-09-14"), &json!("2024-09-15")));
    let counted = "2024-09-03, 2024-09-04, 2024-09-05, 2024-09-06, 2024-09-09, \
                   2024-09-10, 2024-09-11, 2024-09-12, 2024-09-13, 2024-09-14";
    assert_eq!(params["counted"], counted);
    assert_eq!(params["skipped"], "2024-09-07, 2024-09-08");
    assert_eq!(app.count("filings").await, 0);
}

#[rstest]
#[actix_web::test]
async fn case_a_returned_in_time_may_come_back_after_the_deadline(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    set_up(&app).await;
    let plan = submit(&app, "miaotian", &draft(&app, "miaotian", &document()).await).await;
    let first = filing_of(&app, &plan).await;
    let returned = send_back(&app, "bureau", &first, "2024-09-25").await;
    assert_eq!((returned.status, &returned.json()["due_on"]), (200, &json!("2024-09-25")), "{}", returned.json());
    at(&app, "2024-09-24T10:00:00+08:00").await;
    let token = app.world.token("miaotian");
    let path = format!("/api/v1/plans/{}", plan.id());
    let seen = app.get(&path).token(token).expect(200).await;
    assert_eq!(seen.json()["can"], json!(["update", "submit", "withdraw"]));
    let mut corrected = document();
    corrected["projects"][0]["fee"]["price_document"] = json!("湘发改价费〔2019〕362号");
    let corrected = app.put(&path).token(token).if_match(seen.etag()).json(&corrected).expect(200).await;
    let again = submit(&app, "miaotian", &corrected).await;
    assert_eq!(again.json()["first_submitted_on"], "2024-09-10");
    let second = filing_of(&app, &again).await;
    assert_eq!((&second.json()["ordinal"], &second.json()["case_number"]), (&json!(2), &json!("430602-2024-0002")));
    assert_eq!(approve(&app, "bureau", &second).await.status, 200);
}
