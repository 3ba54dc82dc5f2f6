//! The resource ledger, surveys and answers to them.

use serde_json::{Value, json};

use super::schools::school;
use super::students::pupils;
use crate::access::matrix::{On, Other, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::groundwork::{answering, open_survey, survey_body};

const SCHOOLS: Reach = &[("school_admin", &[Own])];
const READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling])];
const WITH_GUARDIANS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("guardian", &[Own])];
const GUARDIANS: Reach = &[("guardian", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_facilities", On::List, READERS),
    ("create_facility", On::New, SCHOOLS),
    ("get_facility", On::Existing, READERS),
    ("update_facility", On::Existing, SCHOOLS),
    ("retire_facility", On::Existing, SCHOOLS),
    ("list_surveys", On::List, WITH_GUARDIANS),
    ("create_survey", On::New, SCHOOLS),
    ("get_survey", On::Existing, WITH_GUARDIANS),
    ("update_survey", On::Existing, SCHOOLS),
    ("open_survey", On::Existing, SCHOOLS),
    ("close_survey", On::Existing, SCHOOLS),
    ("cancel_survey", On::Existing, SCHOOLS),
    ("get_survey_results", On::Existing, READERS),
    ("draft_survey_projects", On::Existing, SCHOOLS),
    ("list_survey_answers", On::List, GUARDIANS),
    ("create_survey_answer", On::New, GUARDIANS),
    ("get_survey_answer", On::Existing, GUARDIANS),
    ("update_survey_answer", On::Existing, GUARDIANS),
];

/// The school's administrator, and the guardian of its pupil.
fn accounts(place: Place) -> (&'static str, &'static str) {
    match place {
        Own => ("school-admin", "guardian"),
        Sibling => ("sibling-school-admin", "sibling-guardian"),
        Other => ("other-school-admin", "other-guardian"),
    }
}

fn answers() -> Value {
    json!([{"question": "wish", "options": ["a"]}])
}

/// At each place an open survey that was answered for its pupil, and the ledger's row of the small world.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let (admin, guardian) = accounts(place);
        let body = survey_body(app.world.organisation(school(place)), "2025-2026");
        let survey = open_survey(app, admin, &body).await;
        let student = pupils(app, place).student.to_string();
        let answer = answering(app, guardian, &survey.id(), &student, &answers()).expect(201).await;
        let ledger = app.get("/api/v1/facilities").token(app.world.token(admin)).expect(200).await.json();
        let row = ledger["items"][0]["id"].as_str().unwrap().to_owned();
        for (what, id) in [("surveys", survey.id()), ("survey-answers", answer.id()), ("facilities", row)] {
            app.world.keep(&format!("{what} {place:?}"), id);
        }
    }
    // The matrix asks with the first version of everything.
    app.sql("UPDATE surveys SET version = 1 WHERE state = 'open'").await;
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let school = app.world.organisation(school(place));
    Some(match id {
        "create_facility" | "update_facility" => json!({
            "school_id": school, "kind": "room", "name": "美术教室", "capacity": 40, "quantity": null, "place": null,
            "manager_name": "陈老师", "usable_weekdays": [1, 3], "usable_note": null, "in_use_on": "2024-09-01"
        }),
        "retire_facility" => json!({"retired_on": "2024-09-10"}),
        "create_survey" => survey_body(school, "2026-2027"),
        "update_survey" => survey_body(school, "2025-2026"),
        "create_survey_answer" | "update_survey_answer" => json!({
            "survey_id": app.world.kept(&format!("surveys {place:?}")), "student_id": pupils(app, place).student,
            "answers": answers()
        }),
        _ => return None,
    })
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    app.world.kept(&format!("{collection} {place:?}"))
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        "update_survey" | "open_survey" | "draft_survey_projects" => Some("state-conflict"), // it is open
        "create_survey_answer" => Some("already-exists"),
        _ => None,
    }
}
