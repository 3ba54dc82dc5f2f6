//! Staff, their papers and contracts, safety.

use serde_json::{Value, json};

use super::schools::school;
use crate::access::matrix::{On, Own, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::pupils::id_number;
use crate::support::staff::{Staff, contract_body};

const READERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling])];
const SCHOOL: Reach = &[("school_admin", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_staff_members", On::List, READERS),
    ("create_staff_member", On::New, SCHOOL),
    ("create_staff_member_batch", On::New, SCHOOL),
    ("get_staff_member", On::Existing, READERS),
    ("update_staff_member", On::Existing, SCHOOL),
    ("leave_staff_member", On::Existing, SCHOOL),
    ("list_staff_qualifications", On::List, READERS),
    ("create_staff_qualification", On::New, SCHOOL),
    ("get_staff_qualification", On::Existing, READERS),
    ("delete_staff_qualification", On::Existing, SCHOOL),
    ("list_staff_vettings", On::List, READERS),
    ("create_staff_vetting", On::New, SCHOOL),
    ("get_staff_vetting", On::Existing, READERS),
    ("list_staff_contracts", On::List, READERS),
    ("create_staff_contract", On::New, SCHOOL),
    ("get_staff_contract", On::Existing, READERS),
    ("update_staff_contract", On::Existing, SCHOOL),
    ("sign_staff_contract", On::Existing, SCHOOL),
    ("end_staff_contract", On::Existing, SCHOOL),
    ("renew_staff_contract", On::Existing, SCHOOL),
    ("list_safety_duties", On::List, READERS),
    ("create_safety_duty", On::New, SCHOOL),
    ("get_safety_duty", On::Existing, READERS),
    ("delete_safety_duty", On::Existing, SCHOOL),
    ("list_safety_education_records", On::List, READERS),
    ("create_safety_education_record", On::New, SCHOOL),
    ("get_safety_education_record", On::Existing, READERS),
    ("list_remuneration_standards", On::List, READERS),
    ("create_remuneration_standard", On::New, SCHOOL),
    ("get_remuneration_standard", On::Existing, READERS),
];

fn staff(app: &TestApp, place: Place) -> Staff {
    *app.world.staff(school(place))
}

/// The contracts of the world are drafts.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    matches!(id, "end_staff_contract" | "renew_staff_contract").then_some("state-conflict")
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let (school, member) = (app.world.organisation(school(place)), staff(app, place).member);
    let person = |id_number: Option<String>| {
        json!({
            "school_id": school, "kind": "volunteer", "name": "吴志愿", "id_number": id_number,
            "phone": "13907305678", "subject": null, "entered_on": "2024-09-02"
        })
    };
    Some(match id {
        "create_staff_member" => person(Some(id_number(2))),
        "create_staff_member_batch" => json!({"items": [person(Some(id_number(2)))], "atomic": true}),
        "update_staff_member" => person(None),
        "leave_staff_member" => json!({"left_on": "2024-09-10"}),
        "create_staff_qualification" => json!({
            "staff_member_id": member, "kind": "first_aid", "number": "JH-0001", "issuer": "岳阳市红十字会",
            "valid_from": "2024-01-01", "valid_until": "2026-12-31"
        }),
        "create_staff_vetting" => json!({
            "staff_member_id": member, "kind": "health", "checked_on": "2024-09-01", "valid_until": "2025-08-31",
            "outcome": "passed", "document": "体检报告"
        }),
        "create_staff_contract" | "update_staff_contract" => {
            contract_body(&member.to_string(), "2024-09-02", "2025-07-04")
        }
        "sign_staff_contract" => json!({"signed_on": "2024-09-01"}),
        "end_staff_contract" => json!({"reason": "本人辞职", "ended_on": "2024-10-31"}),
        "renew_staff_contract" => json!({"ends_on": "2025-07-04", "hourly_rate_fen": null}),
        "create_safety_duty" => json!({
            "staff_member_id": member, "duty": "校门交接", "from_on": "2024-09-02", "to_on": "2025-01-17"
        }),
        "create_safety_education_record" => json!({
            "school_id": school, "held_on": "2024-09-09", "topic": "交通安全", "headcount": 300
        }),
        "create_remuneration_standard" => json!({
            "school_id": school, "item": "社团活动", "amount_fen": 7_000, "document": "校办〔2024〕2号",
            "starts_on": "2024-09-01"
        }),
        _ => return None,
    })
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    let staff = staff(app, place);
    let id = match collection {
        "staff-members" => staff.member,
        "staff-qualifications" => staff.qualification,
        "staff-vettings" => staff.vetting,
        "staff-contracts" => staff.contract,
        "safety-duties" => staff.duty,
        "safety-education-records" => staff.education,
        _ => staff.standard,
    };
    id.to_string()
}
