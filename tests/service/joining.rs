//! From which day a pupil takes part, and owes.

use kehou::db::Id;
use rstest::rstest;
use serde_json::json;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::sign;
use crate::support::fees::{approved_plan, charging, open_account, paid_plan};
use crate::turning_points::{billed, child, rules};

#[rstest]
#[actix_web::test]
async fn a_pupil_joins_from_a_stated_day_and_owes_from_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = paid_plan("own school", 400);
    document["term"]["service_to"] = json!("2025-01-10");
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let project = list["items"][0]["id"].as_str().unwrap().to_owned();
    let from = async |child: &Answer, day: &str| {
        let body = json!({"student_id": child.id(), "project_id": project, "joins_on": day});
        let ask = app.post("/api/v1/enrollments").token(app.world.token("guardian")).key(&Id::fresh().to_string());
        ask.json(&body).send().await
    };
    let pupil = child(&app, &[]).await;
    let past = from(&pupil, "2024-09-09").await;
    assert_eq!(past.faults(), [("/joins_on".to_owned(), "out-of-range".to_owned())]);
    assert_eq!(rules(&from(&pupil, "2025-01-11").await), ["enrollment-open"], "the service is over by then");
    let last = child(&app, &[]).await;
    assert_eq!(from(&last, "2025-01-10").await.status, 201, "for its last day");
    let today = child(&app, &[]).await;
    assert_eq!(from(&today, "2024-09-10").await.status, 201, "from today on");
    let made = from(&pupil, "2024-12-02").await;
    assert_eq!((made.status, &made.json()["joins_on"]), (201, &json!("2024-12-02")), "{}", made.json());
    let path = format!("/api/v1/enrollments/{}/agreement", made.id());
    let text = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert!(text["text"].as_str().unwrap().contains("2024-12-02"), "the agreement says so: {text}");
    let signed = sign(&app, &made).await;
    assert_eq!((signed.status, &signed.json()["joins_on"]), (200, &json!("2024-12-02")), "{}", signed.json());
    let charge = charging(&app, "school-finance", &pupil.id()).expect(201).await;
    assert_eq!(billed(&charge).0, [29], "Monday to Friday from 2 December to 10 January, but for New Year's Day");

    // Who signs after the stated day joins when it signs.
    let late = child(&app, &[]).await;
    let made = from(&late, "2024-09-10").await;
    app.clock_at("2024-09-20T08:00:00+08:00");
    assert_eq!(sign(&app, &made).await.json()["joins_on"], "2024-09-20");
}
