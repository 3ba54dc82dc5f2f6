//! Enrollments and agreements.

use kehou::auth::Role;
use serde_json::{Value, json};

use super::schools::school;
use super::students::pupils;
use crate::access::matrix::{On, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::enrollments::{application, window_body};
use crate::support::plans::call;

const READERS: Reach = &[
    ("school_admin", &[Own]),
    ("bureau", &[Own, Sibling]),
    ("school_finance", &[Own]),
    ("teacher", &[]), // own groups, of which there are none yet
    ("guardian", &[Own]),
];
const GUARDIANS: Reach = &[("guardian", &[Own])];
const SCHOOLS: Reach = &[("school_admin", &[Own])];
const WINDOW_READERS: Reach = &[
    ("school_admin", &[Own]),
    ("bureau", &[Own, Sibling]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("guardian", &[Own]),
];

pub const ROWS: &[Row] = &[
    ("list_enrollments", On::List, READERS),
    ("count_enrollments", On::List, READERS),
    ("get_student_offers", On::Existing, READERS),
    ("get_joint_agreement", On::Existing, GUARDIANS),
    ("create_enrollment_batch", On::New, GUARDIANS),
    ("create_enrollment", On::New, GUARDIANS),
    ("get_enrollment", On::Existing, READERS),
    ("accept_enrollment", On::Existing, GUARDIANS),
    ("get_enrollment_draw", On::Existing, READERS),
    ("list_choice_windows", On::List, WINDOW_READERS),
    ("get_choice_window", On::Existing, WINDOW_READERS),
    ("create_choice_window", On::New, SCHOOLS),
    ("draw_choice_window", On::Existing, SCHOOLS),
    ("cancel_choice_window", On::Existing, SCHOOLS),
    ("create_wishes", On::New, GUARDIANS),
    ("withdraw_enrollment", On::Existing, GUARDIANS),
    ("get_agreement", On::Existing, READERS),
    ("list_agreements", On::Existing, READERS),
    ("get_agreement_page", On::Existing, READERS),
    ("get_joint_agreement_page", On::Existing, GUARDIANS),
    ("sign_agreement", On::Existing, GUARDIANS),
];

/// The school's administrator, and the guardian of its pupil.
fn accounts(place: Place) -> (&'static str, &'static str) {
    match place {
        Own => ("school-admin", "guardian"),
        Sibling => ("sibling-school-admin", "sibling-guardian"),
        Place::Other => ("other-school-admin", "other-guardian"),
    }
}

/// At each place a guardian of its pupil who has a seat in the project of the filed plan.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let (admin, guardian) = accounts(place);
        let token = app.world.token(admin);
        if place != Own {
            app.world.add_account(&app.app, guardian, Role::Guardian, &kehou::db::Id::NIL.to_string()).await;
            let held = json!({
                "person_id": pupils(app, place).person, "user_id": app.world.account(guardian).id, "kind": "person",
                "organisation_name": null, "relation": "father", "contact_name": "李强", "contact_phone": null,
                "rights": ["read", "choose", "sign"], "starts_on": "2024-09-01", "ends_on": null,
                "restoring_document": null
            });
            app.post("/api/v1/guardianships").token(token).json(&held).expect(201).await;
        }
        let plan = app.world.kept(&format!("filed plans {place:?}"));
        let notice = json!({"plan_id": plan, "items": {}});
        let notice = app.post("/api/v1/notices").token(token).json(&notice).expect(201).await;
        let published = call(app, admin, "notices", &notice, "publish").await;
        assert_eq!(published.status, 200, "{}", published.json());
        let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
        let project = shown["projects"][0]["id"].as_str().unwrap().to_owned();
        let student = pupils(app, place).student.to_string();
        let made = application(app, guardian, &student, &project, "fixture").expect(201).await;
        let path = format!("/api/v1/enrollments/{}/agreement", made.id());
        let agreement = app.get(&path).token(app.world.token(guardian)).expect(200).await.json();
        let window = window_body(&plan, "2024-09-11", "2024-09-13");
        let window =
            app.post("/api/v1/choice-windows").token(token).key(&format!("{place:?}")).json(&window).expect(201).await;
        for (what, id) in [
            ("enrollments", made.id()),
            ("choice-windows", window.id()),
            ("enrolled project", project),
            ("agreement sha256", agreement["sha256"].as_str().unwrap().to_owned()),
        ] {
            app.world.keep(&format!("{what} {place:?}"), id);
        }
    }
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let kept = |what: &str| app.world.find_kept(&format!("{what} {place:?}"));
    match id {
        "create_enrollment" => {
            let student = app.world.pupils(school(place)).student;
            let project = kept("enrolled project").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"student_id": student, "project_id": project, "choice": "apply"}))
        }
        "create_enrollment_batch" => {
            let student = app.world.pupils(school(place)).student;
            let project = kept("enrolled project").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"student_id": student, "project_ids": [project], "agreement_sha256": null}))
        }
        "create_choice_window" => {
            let plan = app.world.find_kept(&format!("filed plans {place:?}"));
            Some(window_body(&plan.unwrap_or_else(|| kehou::db::Id::NIL.to_string()), "2024-09-11", "2024-09-13"))
        }
        "create_wishes" => {
            let student = app.world.pupils(school(place)).student;
            let window = kept("choice-windows").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"choice_window_id": window, "student_id": student, "project_ids": []}))
        }
        "sign_agreement" => Some(json!({"sha256": kept("agreement sha256").unwrap_or_else(|| "0".repeat(64))})),
        _ => None,
    }
}

pub fn id(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("enrollments {place:?}"))
}

pub fn window(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("choice-windows {place:?}"))
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        // One stands.
        "create_enrollment" | "create_enrollment_batch" | "create_choice_window" => Some("already-exists"),
        "draw_choice_window" | "create_wishes" => Some("refused-by-rules"), // its days are still to come
        "get_enrollment_draw" => Some("not-found"),                         // it was not drawn
        "accept_enrollment" => Some("state-conflict"),                      // and has its seat
        _ => None,
    }
}
