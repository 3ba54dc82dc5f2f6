//! Groups, sessions, rosters, who may fetch a child, leave; and the safety of venues.

use serde_json::{Value, json};

use super::enrollments::accounts;
use super::schools::school;
use super::students::pupils;
use super::{staff, surveys};
use crate::access::matrix::{On, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;

const SCHOOLS: Reach = &[("school_admin", &[Own])];
const STAFF_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling])];
const SAFETY_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("teacher", &[Own])];
const GROUP_READERS: Reach = &[
    ("school_admin", &[Own]),
    ("bureau", &[Own, Sibling]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("guardian", &[Own]),
];
const MEMBER_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("teacher", &[Own])];
const HOLDERS: Reach = &[("school_admin", &[Own]), ("teacher", &[Own])];
const ROSTER_READERS: Reach =
    &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("teacher", &[Own]), ("guardian", &[Own])];
const OFFICERS: Reach = &[("bureau", &[Own, Sibling])];
const PAY_OFFICE: Reach = &[("school_admin", &[Own]), ("school_finance", &[Own])];
const PAY_READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("school_finance", &[Own])];
const LINE_READERS: Reach =
    &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("school_finance", &[Own]), ("teacher", &[Own])];
/// A teacher makes links for itself, and sees nobody else's.
const FEED_MAKERS: Reach = &[("guardian", &[Own]), ("teacher", &[])];
const FAMILY: Reach = &[("school_admin", &[Own]), ("guardian", &[Own])];

/// Whoever has the secret.
pub const PUBLIC: [&str; 1] = ["read_calendar"];

pub const ROWS: &[Row] = &[
    ("list_venue_checks", On::List, SAFETY_READERS),
    ("create_venue_check", On::New, SCHOOLS),
    ("get_venue_check", On::Existing, SAFETY_READERS),
    ("list_hazards", On::List, SAFETY_READERS),
    ("create_hazard", On::New, SCHOOLS),
    ("get_hazard", On::Existing, SAFETY_READERS),
    ("clear_hazard", On::Existing, SCHOOLS),
    ("list_groups", On::List, GROUP_READERS),
    ("create_group", On::New, SCHOOLS),
    ("propose_groups", On::New, SCHOOLS),
    ("get_group", On::Existing, GROUP_READERS),
    ("update_group", On::Existing, SCHOOLS),
    ("set_group_members", On::Existing, SCHOOLS),
    ("confirm_group", On::Existing, SCHOOLS),
    ("reassign_group", On::Existing, SCHOOLS),
    ("schedule_group", On::Existing, SCHOOLS),
    ("dissolve_group", On::Existing, SCHOOLS),
    ("list_group_members", On::List, MEMBER_READERS),
    ("get_group_member", On::Existing, MEMBER_READERS),
    ("count_sessions", On::List, GROUP_READERS),
    ("list_sessions", On::List, GROUP_READERS),
    ("create_session", On::New, SCHOOLS),
    ("get_session", On::Existing, GROUP_READERS),
    ("start_session", On::Existing, HOLDERS),
    ("close_session", On::Existing, HOLDERS),
    ("correct_session", On::Existing, HOLDERS),
    ("move_session", On::Existing, SCHOOLS),
    ("cancel_session", On::Existing, SCHOOLS),
    ("substitute_session", On::Existing, SCHOOLS),
    ("list_session_staff", On::List, STAFF_READERS),
    ("get_session_staff", On::Existing, STAFF_READERS),
    ("list_rosters", On::List, ROSTER_READERS),
    ("get_roster", On::Existing, ROSTER_READERS),
    ("get_gate_list", On::Existing, HOLDERS),
    ("put_attendance", On::Existing, HOLDERS),
    ("put_departures", On::Existing, HOLDERS),
    ("list_pickup_persons", On::List, ROSTER_READERS),
    ("create_pickup_person", On::New, FAMILY),
    ("forbid_pickup_person", On::New, SCHOOLS),
    ("get_pickup_person", On::Existing, ROSTER_READERS),
    ("end_pickup_person", On::Existing, FAMILY),
    ("issue_pickup_code", On::Existing, FAMILY),
    ("release_session_pay", On::Existing, OFFICERS),
    ("list_performance_pay_totals", On::List, PAY_READERS),
    ("create_performance_pay_total", On::New, OFFICERS),
    ("get_performance_pay_total", On::Existing, PAY_READERS),
    ("list_pay_sheets", On::List, PAY_READERS),
    ("create_pay_sheet", On::New, PAY_OFFICE),
    ("get_pay_sheet", On::Existing, PAY_READERS),
    ("compute_pay_sheet", On::Existing, PAY_OFFICE),
    ("approve_pay_sheet", On::Existing, SCHOOLS),
    ("get_pay_page", On::Existing, PAY_READERS),
    ("get_pay_workbook", On::Existing, PAY_READERS),
    ("get_roll_page", On::Existing, MEMBER_READERS),
    ("get_roll_workbook", On::Existing, MEMBER_READERS),
    ("get_sign_in_page", On::Existing, STAFF_READERS),
    ("get_sign_in_workbook", On::Existing, STAFF_READERS),
    ("list_calendar_feeds", On::List, FEED_MAKERS),
    ("create_calendar_feed", On::New, FEED_MAKERS),
    ("get_calendar_feed", On::Existing, FEED_MAKERS),
    ("revoke_calendar_feed", On::Existing, FEED_MAKERS),
    ("list_pay_lines", On::List, LINE_READERS),
    ("get_pay_line", On::Existing, LINE_READERS),
    ("list_leave_requests", On::List, ROSTER_READERS),
    ("create_leave_request", On::New, FAMILY),
    ("get_leave_request", On::Existing, ROSTER_READERS),
    ("answer_leave_request", On::Existing, SCHOOLS),
    ("withdraw_leave_request", On::Existing, FAMILY),
];

/// What has the id of the group.
const ONE_ROW_EACH: [&str; 9] = [
    "groups",
    "group-members",
    "sessions",
    "session-staff",
    "leave-requests",
    "performance-pay-totals",
    "pay-sheets",
    "pay-lines",
    "calendar-feeds",
];

/// At each place a group with the pupil of the place, and a session of it today; at the own school the teacher leads
/// it. Groups and sessions are entered behind the service's back: what the rules ask of a group is not the matrix's
/// business.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let (admin, guardian) = accounts(place);
        let member = staff::id(app, "staff-members", place);
        let venue = surveys::id(app, "facilities", place);
        let token = app.world.token(admin);
        let check = json!({
            "facility_id": venue, "checked_on": "2024-09-01", "valid_until_on": "2025-01-31",
            "aspects": ["venue", "fire"], "outcome": "passed", "checked_by_id": member, "note": null
        });
        let check = app.post("/api/v1/venue-checks").token(token).json(&check).expect(201).await.id();
        let hazard = json!({
            "facility_id": venue, "aspect": "equipment", "is_serious": false, "description": "桌椅松动",
            "found_on": "2024-09-05"
        });
        let hazard = app.post("/api/v1/hazards").token(token).json(&hazard).expect(201).await.id();
        let named = json!({
            "student_id": pupils(app, place).student, "kind": "named", "name": "陈外婆", "phone": "13807309876",
            "relation": "外婆", "from_on": "2024-09-10", "to_on": null
        });
        // Of the guardians of the world that of the own school alone has the right to.
        let naming = if place == Own { app.world.token(guardian) } else { token };
        let named = app.post("/api/v1/pickup-persons").token(naming).json(&named).expect(201).await.id();
        let group = group(app, place, &member, &venue).await;
        for (what, id) in [("venue-checks", check), ("hazards", hazard), ("pickup-persons", named)] {
            app.world.keep(&format!("{what} {place:?}"), id);
        }
        // One row each, all of which have the id of the group.
        for what in ONE_ROW_EACH {
            app.world.keep(&format!("{what} {place:?}"), group.clone());
        }
    }
    let (teacher, member) = (app.world.account("teacher").id, staff::id(app, "staff-members", Own));
    let (teacher, member) = (app.id_literal(&teacher.to_string()), app.id_literal(&member));
    app.sql(&format!("UPDATE staff_members SET user_id = {teacher} WHERE id = {member}")).await;
}

async fn group(app: &TestApp, place: Place, member: &str, venue: &str) -> String {
    let enrollment = app.world.kept(&format!("enrollments {place:?}"));
    let student = app.id_literal(&pupils(app, place).student.to_string());
    let (id, member, venue) = (app.id_literal(&enrollment), app.id_literal(member), app.id_literal(venue));
    let guardian = app.id_literal(&app.world.account(accounts(place).1).id.to_string());
    let slots = json!([{"weekday": 2, "starts_at": "16:30", "ends_at": "17:30", "timetable": "all"}]);
    let days = json!([{"day": "2024-09-12", "answer": "late"}]);
    let of_enrollment = |values: &str| format!("SELECT {values} FROM enrollments WHERE id = {id}");
    for (table, columns, values) in [
        (
            "service_groups",
            "id, school_id, plan_id, project_id, filing_id, name, slots, leader_id, assistant_ids, venue_id, state, \
             from_on, dissolved_on, version, created_at, updated_at",
            format!(
                "id, school_id, plan_id, project_id, filing_id, '一组', '{slots}', {member}, '[]', {venue}, 'draft', \
                 '2024-09-10', NULL, 1, created_at, created_at"
            ),
        ),
        (
            "group_members",
            "id, school_id, group_id, enrollment_id, student_id, from_on, to_on, version, created_at, updated_at",
            format!("id, school_id, id, id, {student}, '2024-09-10', NULL, 1, created_at, created_at"),
        ),
        (
            "service_sessions",
            "id, school_id, plan_id, project_id, group_id, held_on, starts_at, ends_at, lessons, leader_id, venue_id, \
             kind, state, findings, pay_held, corrections, version, created_at, updated_at",
            format!(
                "id, school_id, plan_id, project_id, id, '2024-09-10', 990, 1050, 1, {member}, {venue}, 'regular', \
                 'planned', '[]', FALSE, '[]', 1, created_at, created_at"
            ),
        ),
        (
            "session_staff",
            "id, school_id, session_id, staff_member_id, held_on, duty, state, minutes, version, created_at, \
             updated_at",
            format!("id, school_id, id, {member}, '2024-09-10', 'leader', 'planned', NULL, 1, created_at, created_at"),
        ),
        (
            "leave_requests",
            "id, school_id, student_id, from_on, to_on, reason, days, asked_by_id, state, version, created_at, \
             updated_at",
            format!(
                "id, school_id, {student}, '2024-09-12', '2024-09-12', '看病', '{days}', {guardian}, 'standing', 1, \
                 created_at, created_at"
            ),
        ),
        (
            "performance_pay_totals",
            "id, school_id, from_on, to_on, amount_fen, document, version, created_at, updated_at",
            "id, school_id, '2024-09-01', '2025-01-31', 100000, '核定表', 1, created_at, created_at".to_owned(),
        ),
        (
            "pay_sheets",
            "id, school_id, month_on, state, line_count, own_fen, external_fen, total_fen, people, findings, \
             lines_hash, computed_on, computed_by_id, version, created_at, updated_at",
            format!(
                "id, school_id, '2024-08-01', 'drafted', 0, 0, 0, 0, '[]', '[]', '', '2024-09-10', {guardian}, 1, \
                 created_at, created_at"
            ),
        ),
        (
            "calendar_feeds",
            "id, user_id, role, student_id, secret_hash, state, version, created_at, updated_at",
            format!("id, {guardian}, 'guardian', {student}, '{enrollment}', 'standing', 1, created_at, created_at"),
        ),
        (
            "pay_lines",
            "id, school_id, pay_sheet_id, session_staff_id, session_id, staff_member_id, staff_kind, held_on, kind, \
             minutes, amount_fen, held_minutes, number, version, created_at, updated_at",
            format!(
                "id, school_id, id, id, id, {member}, 'external', '2024-09-10', 'regular', 60, 8000, 0, 1, 1, \
                 created_at, created_at"
            ),
        ),
    ] {
        app.sql(&format!("INSERT INTO {table} ({columns}) {}", of_enrollment(&values))).await;
    }
    enrollment
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        // Nobody has signed.
        "propose_groups" | "confirm_group" | "create_leave_request" | "substitute_session" => Some("invalid"),
        "reassign_group" | "schedule_group" | "correct_session" | "create_session" | "release_session_pay" => {
            Some("state-conflict")
        }
        // The contract of who leads is a draft, and the line of the pay sheet was not computed.
        "start_session" | "move_session" | "approve_pay_sheet" => Some("refused-by-rules"),
        _ => None,
    }
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    app.world.kept(&format!("{collection} {place:?}"))
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let nil = || kehou::db::Id::NIL.to_string();
    let kept = |what: &str| app.world.find_kept(&format!("{what} {place:?}")).unwrap_or_else(nil);
    let (member, student) = (staff::id(app, "staff-members", place), app.world.pupils(school(place)).student);
    let hour = |on: &str| json!({"held_on": on, "starts_at": "16:30", "ends_at": "17:30", "reason": "调整"});
    let with = |mut body: Value, more: Value| {
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    Some(match id {
        "create_venue_check" => json!({
            "facility_id": kept("facilities"), "checked_on": "2024-09-10", "valid_until_on": "2025-01-31",
            "aspects": ["venue"], "outcome": "passed", "checked_by_id": member, "note": null
        }),
        "create_hazard" => json!({
            "facility_id": kept("facilities"), "aspect": "fire", "is_serious": true, "description": "灭火器过期",
            "found_on": "2024-09-10"
        }),
        "clear_hazard" => json!({"cleared_on": "2024-09-10", "clearance": "已更换"}),
        "create_group" => json!({"project_id": kept("enrolled project"), "name": "二组"}),
        "update_group" => json!({"project_id": kept("enrolled project"), "name": "一组"}),
        "propose_groups" => json!({"project_id": kept("enrolled project"), "size_max": 20}),
        "set_group_members" => json!({"enrollment_ids": []}),
        "confirm_group" => json!({}),
        "reassign_group" => json!({"leader_id": member, "venue_id": kept("facilities")}),
        "dissolve_group" | "cancel_session" | "end_pickup_person" => json!({"reason": "不再需要"}),
        "create_session" => with(hour("2024-09-11"), json!({"group_id": kept("groups"), "lessons": 1})),
        "move_session" => hour("2024-09-11"),
        "substitute_session" => json!({"staff_member_id": member, "substitute_id": member}),
        "start_session" => json!({"began_at": "16:30"}),
        "close_session" => {
            json!({"began_at": "16:30", "ended_at": "17:30", "form": "homework", "content": "完成作业"})
        }
        "correct_session" => json!({
            "reason": "时间有误", "began_at": "16:30", "ended_at": "17:25", "form": "homework", "content": "完成作业"
        }),
        "put_attendance" => json!({"device": null, "marks": [], "reason": null}),
        "put_departures" => json!({"departures": [], "reason": null}),
        "create_pickup_person" => json!({
            "student_id": student, "kind": "named", "name": "王邻居", "phone": null, "relation": "邻居",
            "from_on": "2024-09-10", "to_on": "2024-09-10"
        }),
        "forbid_pickup_person" => json!({
            "student_id": student, "name": "李某", "phone": null, "relation": "父亲", "document": "法院裁定 1 号",
            "from_on": "2024-09-10", "to_on": null
        }),
        "create_leave_request" => json!({
            "student_id": student, "from_on": "2024-09-11", "to_on": "2024-09-13", "reason": "看病"
        }),
        "create_calendar_feed" => json!({"student_id": student}),
        "release_session_pay" => json!({"reason": "核实为个别辅导"}),
        "create_performance_pay_total" => json!({
            "school_id": app.world.organisation(school(place)), "from_on": "2024-09-01", "to_on": "2025-01-31",
            "amount_fen": 100_000, "document": "核定表 2 号"
        }),
        "create_pay_sheet" => json!({"school_id": app.world.organisation(school(place)), "month": "2024-09"}),
        "answer_leave_request" => json!({"days": [{"day": "2024-09-12", "is_granted": true}]}),
        _ => return None,
    })
}
