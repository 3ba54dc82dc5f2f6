//! Case E: 桂花坪小学, clubs twice a week: two that do not meet at one time go together, a third one does not.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{apply, open, plan_with, sign};
use crate::support::fees::{charging, open_account, price};
use crate::support::plans::approve;

#[rstest]
#[actix_web::test]
async fn case_e_takes_two_clubs_and_refuses_a_third_that_overlaps(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[
        ("乒乓球", Some(40), &[1, 5], "16:30", "17:30"),
        ("武术", Some(40), &[2, 4], "16:30", "17:30"),
        ("书法", Some(40), &[3, 4], "17:00", "18:00"),
    ]);
    for club in 1..=3 {
        price(&mut document, club, "per_lesson", 200);
    }
    let projects = open(&app, &document).await;
    for club in &projects[1..3] {
        let made = apply(&app, club).await;
        assert_eq!((made.status, &made.json()["state"]), (201, &json!("allocated")), "{}", made.json());
        assert_eq!(sign(&app, &made).await.status, 200);
    }
    let refused = apply(&app, &projects[3]).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    assert_eq!(refused.findings(), [("no-clash".to_owned(), "error".to_owned(), "/project_id".to_owned())]);
    let params = &refused.json()["findings"][0]["params"];
    for (name, value) in [
        ("project", "书法"),
        ("weekday", "4"),
        ("from", "17:00"),
        ("to", "18:00"),
        ("other_project", "武术"),
        ("other_weekday", "4"),
        ("other_from", "16:30"),
        ("other_to", "17:30"),
    ] {
        assert_eq!(params[name], value, "{name}: {params}");
    }
    assert_eq!(app.count("enrollments").await, 2);
    two_clubs_are_one_charge(&app).await;
}

async fn two_clubs_are_one_charge(app: &crate::support::app::TestApp) {
    open_account(app, "school-finance", "own school").await;
    let filings = app.get("/api/v1/filings").token(app.world.token("bureau")).expect(200).await.json();
    let path = format!("/api/v1/filings/{}", filings["items"][0]["id"].as_str().unwrap());
    let filing = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(approve(app, "bureau", &filing).await.status, 200);
    let student = app.world.pupils("own school").student.to_string();
    let charge = charging(app, "school-finance", &student).expect(201).await.json();
    let lines: Vec<&str> =
        charge["lines"].as_array().unwrap().iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(lines, ["乒乓球", "武术"]);
    assert_eq!(charging(app, "school-finance", &student).expect(422).await.findings()[0].0, "once-per-term-fee");
}
