//! Enrollments and agreements.

use kehou::auth::Role;
use serde_json::{Value, json};

use super::schools::school;
use super::students::pupils;
use crate::access::matrix::{On, Own, PLACES, Place, Reach, Row, Sibling};
use crate::paper_forms::Paper;
use crate::support::app::TestApp;
use crate::support::enrollments::{application, window_body};
use crate::support::plans::call;

const READERS: Reach = &[
    ("school_admin", &[Own]),
    ("bureau", &[Own, Sibling]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]), // its own class
    ("guardian", &[Own]),
];
const PLAN_READERS: Reach = &[
    ("platform_admin", &[Own, Sibling, Place::Other]),
    ("bureau", &[Own, Sibling]),
    ("school_admin", &[Own]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("integration", &[Own, Sibling]),
];
const GUARDIANS: Reach = &[("guardian", &[Own])];
const SCHOOLS: Reach = &[("school_admin", &[Own])];
const RECEIPT_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("teacher", &[Own])];
const PAPER_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("school_finance", &[Own])];
const PAPER_CHECKERS: Reach = &[("school_admin", &[Own]), ("school_finance", &[Own])];
const SUGGESTION_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("teacher", &[Own])];
const ADVISERS: Reach = &[("school_admin", &[Own]), ("teacher", &[Own])];
const SUPERVISORS: Reach = &[("bureau", &[Own, Sibling])];
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
    ("list_project_closures", On::List, PLAN_READERS),
    ("create_project_closure", On::New, SCHOOLS),
    ("get_project_closure", On::Existing, PLAN_READERS),
    ("list_suggestions", On::List, SUGGESTION_READERS),
    ("create_suggestion", On::New, ADVISERS),
    ("get_suggestion", On::Existing, SUGGESTION_READERS),
    ("withdraw_suggestion", On::Existing, ADVISERS),
    ("list_signals", On::List, SUPERVISORS),
    ("get_signal", On::Existing, SUPERVISORS),
    ("answer_signal", On::Existing, SUPERVISORS),
    ("create_wishes", On::New, GUARDIANS),
    ("list_notice_receipts", On::List, RECEIPT_READERS),
    ("count_notice_receipts", On::List, RECEIPT_READERS),
    ("list_paper_forms", On::List, PAPER_READERS),
    ("create_paper_form", On::New, SCHOOLS),
    ("get_paper_form", On::Existing, PAPER_READERS),
    ("get_paper_form_content", On::Existing, PAPER_READERS),
    ("check_paper_form", On::Existing, PAPER_CHECKERS),
    ("refuse_paper_form", On::Existing, PAPER_CHECKERS),
    ("withdraw_enrollment", On::Existing, GUARDIANS),
    ("get_agreement", On::Existing, READERS),
    ("list_agreements", On::Existing, READERS),
    ("get_agreement_page", On::Existing, READERS),
    ("get_joint_agreement_page", On::Existing, GUARDIANS),
    ("sign_agreement", On::Existing, GUARDIANS),
];

/// The school's administrator, and the guardian of its pupil.
pub(super) fn accounts(place: Place) -> (&'static str, &'static str) {
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
        // A teacher sees what it has suggested itself.
        let adviser = if place == Own { "teacher" } else { admin };
        let new = json!({"project_id": project, "class_id": null, "student_id": student, "note": "适合"});
        let suggested = app.post("/api/v1/suggestions").token(app.world.token(adviser)).key(&format!("s-{place:?}"));
        let suggested = suggested.json(&new).expect(201).await.id();
        let made = application(app, guardian, &student, &project, "fixture").expect(201).await;
        let path = format!("/api/v1/enrollments/{}/agreement", made.id());
        let agreement = app.get(&path).token(app.world.token(guardian)).expect(200).await.json();
        let window = window_body(&plan, "2024-09-11", "2024-09-13");
        let window =
            app.post("/api/v1/choice-windows").token(token).key(&format!("{place:?}")).json(&window).expect(201).await;
        // Entered by somebody whom no cell asks as, so that each role may be its second person.
        let clerk = format!("{admin}-2");
        let home = app.world.organisation(school(place)).to_string();
        app.world.add_account(&app.app, &clerk, Role::SchoolAdmin, &home).await;
        let paper = paper_at(app, place, &project).entered(app, &clerk).await;
        assert_eq!(paper.status, 201, "{}", paper.json());
        for (what, id) in [
            ("signals", raised(app, &plan).await),
            ("suggestions", suggested),
            ("project-closures", closed(app, &project).await),
            ("paper-forms", paper.id()),
            ("enrollments", made.id()),
            ("choice-windows", window.id()),
            ("enrolled project", project),
            ("agreement sha256", agreement["sha256"].as_str().unwrap().to_owned()),
        ] {
            app.world.keep(&format!("{what} {place:?}"), id);
        }
    }
}

/// That a project was closed, behind the service's back: it has no minimum. Its id is that of the project.
async fn closed(app: &TestApp, project: &str) -> String {
    let id = app.id_literal(project);
    app.sql(&format!(
        "INSERT INTO project_closures (id, project_id, plan_id, school_id, reason, seats_min, seats_taken, \
         pupils_offered, pupils_without, closed_on, closed_by_id, version, created_at, updated_at) SELECT id, id, \
         plan_id, school_id, 'why', 2, 1, 1, 0, '2024-09-10', (SELECT id FROM users LIMIT 1), 1, created_at, \
         created_at FROM projects WHERE id = {id}"
    ))
    .await;
    project.to_owned()
}

/// A signal about a plan, behind the service's back: a job raises them. Its id is that of the plan.
async fn raised(app: &TestApp, plan: &str) -> String {
    let id = app.id_literal(plan);
    let finding = json!({
        "rule": "coercion-signal", "variant": "address", "severity": "signal", "clause": "二.2", "document": "文",
        "pointer": "", "params": {}, "exemption": null
    });
    app.sql(&format!(
        "INSERT INTO signals (id, school_id, plan_id, rule, subject, finding, raised_on, state, version, created_at, \
         updated_at) SELECT id, school_id, id, 'coercion-signal', '{plan}', '{finding}', '2024-09-10', 'open', \
         1, created_at, created_at FROM plans WHERE id = {id}"
    ))
    .await;
    plan.to_owned()
}

/// A signal or a suggestion of a place.
pub fn kept(app: &TestApp, what: &str, place: Place) -> String {
    app.world.kept(&format!("{what} {place:?}"))
}

pub fn closure(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("project-closures {place:?}"))
}

/// The paper by which the pupil of a place leaves the project.
fn paper_at(app: &TestApp, place: Place, project: &String) -> Paper {
    let pupils = pupils(app, place);
    let (student, guardianship) = (pupils.student.to_string(), pupils.guardianship.to_string());
    Paper { student, guardianship, ..Paper::of(app, "withdrawal", &[project]) }
}

/// A paper of a place. It cannot be rehearsed: where it is allowed, its content is wrong.
pub fn upload(app: &TestApp, place: Place, allowed: bool) -> Vec<u8> {
    let paper = paper_at(app, place, &app.world.kept(&format!("enrolled project {place:?}")));
    if allowed { Paper { content: b"MZ".to_vec(), ..paper }.bytes() } else { paper.bytes() }
}

pub fn paper(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("paper-forms {place:?}"))
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
        "create_project_closure" => {
            let project = kept("enrolled project").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"project_id": project, "into_project_id": null, "reason": "人数不足"}))
        }
        "create_suggestion" => {
            let student = app.world.pupils(school(place)).student;
            let project = kept("enrolled project").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"project_id": project, "class_id": null, "student_id": student, "note": "适合"}))
        }
        "answer_signal" => Some(json!({"answer": "已了解"})),
        "create_wishes" => {
            let student = app.world.pupils(school(place)).student;
            let window = kept("choice-windows").unwrap_or_else(|| kehou::db::Id::NIL.to_string());
            Some(json!({"choice_window_id": window, "student_id": student, "project_ids": []}))
        }
        "refuse_paper_form" => Some(json!({"reason": "扫描件不清楚"})),
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
        // Its days are still to come; it has no minimum.
        "draw_choice_window" | "create_wishes" | "create_project_closure" => Some("refused-by-rules"),
        "get_enrollment_draw" => Some("not-found"), // it was not drawn
        "create_paper_form" | "create_suggestion" => Some("invalid"), // it has answered
        "accept_enrollment" => Some("state-conflict"), // and has its seat
        _ => None,
    }
}
