//! The rows of the table, one file per room: `ROWS`, and what a request of that room needs.

mod auth;
mod delivery;
pub mod enrollments;
mod fees;
pub mod materials;
mod partners;
mod plans;
mod regulation;
mod schools;
mod staff;
pub mod stages;
mod students;
mod surveys;

use serde_json::Value;

use super::matrix::{Other, Own, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;

/// Every room's rows.
pub const ALL: &[&[Row]] = &[
    auth::ROWS,
    regulation::ROWS,
    schools::ROWS,
    plans::ROWS,
    students::ROWS,
    enrollments::ROWS,
    fees::ROWS,
    partners::ROWS,
    staff::ROWS,
    surveys::ROWS,
    materials::ROWS,
    delivery::ROWS,
];

const PLATFORM: Reach = &[("platform_admin", &[Own])];
const BUREAUS: Reach = &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own, Sibling])];
const EVERYONE: Reach = &[
    ("platform_admin", &[Own]),
    ("bureau", &[Own]),
    ("school_admin", &[Own]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("guardian", &[Own]),
    ("partner", &[Own]),
    ("integration", &[Own]),
];

/// What anybody may call.
pub const PUBLIC: &[&[&str]] = &[
    &["get_live", "get_ready", "get_jwks", "issue_token", "revoke_token", "list_code_tables", "get_code_table"],
    &["register_account", "register_guardian", "request_sign_in_code"],
    &plans::PUBLIC,
    &delivery::PUBLIC,
    &["get_draw_results"],
];

/// Makes what the rows are tried on, beside the small world.
pub async fn prepare(app: &TestApp) {
    auth::prepare(app).await;
    students::prepare(app).await;
    plans::prepare(app).await;
    enrollments::prepare(app).await;
    fees::prepare(app).await;
    partners::prepare(app).await;
    surveys::prepare(app).await;
    materials::prepare(app).await;
    delivery::prepare(app).await;
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        // What is waiting cannot be retried, who is active cannot be reinstated, an account is linked once, what was
        // given by the founders waits for nobody.
        "retry_job" | "reinstate_user" | "link_guardianship" | "confirm_role_grant" => Some("state-conflict"),
        // A secret cannot be rehearsed: a stale version shows that the row was found.
        "issue_user_secret" | "reveal_student" | "invite_class" | "invite_guardian" | "separate_person" => {
            Some("version-mismatch")
        }
        "create_year_turn" => Some("already-exists"), // each school has turned
        "change_my_secret" | "create_invitation" => Some("invalid"),
        "claim_guardianship" => Some("code-refused"),
        _ => plans::state_refusal(id)
            .or_else(|| enrollments::state_refusal(id))
            .or_else(|| fees::state_refusal(id))
            .or_else(|| staff::state_refusal(id))
            .or_else(|| surveys::state_refusal(id))
            .or_else(|| materials::state_refusal(id))
            .or_else(|| delivery::state_refusal(id)),
    }
}

/// A body that the operation takes at a place.
pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let rooms = [
        auth::body,
        regulation::body,
        schools::body,
        plans::body,
        students::body,
        enrollments::body,
        fees::body,
        partners::body,
        staff::body,
        surveys::body,
        delivery::body,
    ];
    rooms.into_iter().find_map(|body| body(app, id, place))
}

/// A query that the operation needs.
pub fn query(app: &TestApp, id: &str, place: Place) -> Option<String> {
    match id {
        "count_working_days" => Some("from=2024-09-02&count=10".to_owned()),
        "get_profile_in_force" => {
            Some(format!("authority_id={}&on=2024-09-02", app.world.organisation(regulation::district(place))))
        }
        "list_role_grants" => Some(format!("user_id={}", app.world.account(auth::account(place)).id)),
        "get_plan_overview" => Some("school_year=2024-2025&season=autumn".to_owned()),
        "get_joint_agreement" | "get_joint_agreement_page" => {
            Some(format!("project_ids={}", app.world.kept(&format!("enrolled project {place:?}"))))
        }
        "list_notice_receipts" | "count_notice_receipts" => {
            Some(format!("plan_id={}", app.world.kept(&format!("filed plans {place:?}"))))
        }
        "list_consents" => Some(format!("student_id={}", students::pupils(app, place).student)),
        _ => None,
    }
}

/// What `{id}` of a path is at a place.
pub async fn id(app: &TestApp, path: &str, place: Place) -> String {
    let collection = path.trim_start_matches("/api/v1").trim_start_matches('/').split('/').next().unwrap();
    match collection {
        "users" | "role-grants" | "invitations" | "jobs" => auth::id(app, collection, place).await,
        "calendar" if path.contains("/years") => regulation::id(app, "calendar/years", place).await,
        "authorities" | "terms" | "policy-profiles" | "calendar" => regulation::id(app, collection, place).await,
        "plans" | "plan-amendments" | "projects" | "filings" | "notices" | "published-notices" | "exemptions"
        | "committee-opinions" | "quality-courses" => plans::id(app, collection, place),
        "enrollments" => enrollments::id(app, place),
        "choice-windows" => enrollments::window(app, place),
        "paper-forms" => enrollments::paper(app, place),
        "class-teachers" => students::class_teacher(app, place),
        "schools" => app.world.organisation(schools::school(place)).to_string(),
        "persons" if !path.ends_with("/merge") => students::joined(app, place),
        "erasures" => students::erasure(app, place),
        "signals" | "suggestions" => enrollments::kept(app, collection, place),
        "project-closures" => enrollments::closure(app, place),
        "year-turns" => students::year_turn(app, place),
        "classes" | "students" | "persons" | "guardianships" | "consents" => students::id(app, collection, place),
        "materials" => materials::id(app, place),
        "fee-accounts" | "charges" => fees::id(app, collection, place),
        "partners" | "partner-reviews" | "partner-bans" | "partner-agreements" => partners::id(app, collection, place),
        "staff-members"
        | "staff-qualifications"
        | "staff-vettings"
        | "staff-contracts"
        | "safety-duties"
        | "safety-education-records"
        | "remuneration-standards" => staff::id(app, collection, place),
        "venue-checks"
        | "hazards"
        | "groups"
        | "group-members"
        | "sessions"
        | "session-staff"
        | "pickup-persons"
        | "leave-requests"
        | "performance-pay-totals"
        | "pay-sheets"
        | "pay-lines"
        | "calendar-feeds" => delivery::id(app, collection, place),
        "facilities" | "surveys" | "survey-answers" => surveys::id(app, collection, place),
        _ => panic!("{path}: no id is known"),
    }
}
