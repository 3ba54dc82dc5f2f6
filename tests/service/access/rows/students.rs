//! Classes, pupils, guardianships, consents.

use serde_json::{Value, json};

use super::schools::{SCHOOL_READERS, school};
use crate::access::matrix::{On, Other, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::pupils::{Pupils, id_number};

const READERS: Reach = &[
    ("school_admin", &[Own]),
    ("bureau", &[Own, Sibling]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]), // its own class
    ("guardian", &[Own]),
];
const BUREAU: Reach = &[("bureau", &[Own, Sibling])];
const AUDITORS: Reach = &[("bureau", &[Own]), ("school_admin", &[Own])];
const GUARDIAN: Reach = &[("guardian", &[Own])];
const SCHOOL: Reach = &[("school_admin", &[Own])];
const MERGERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling])];
const WITH_GUARDIANS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling]), ("guardian", &[Own])];
const GIVERS: Reach = &[("school_admin", &[Own]), ("guardian", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_classes", On::List, SCHOOL_READERS),
    ("create_class", On::New, SCHOOL),
    ("get_class", On::Existing, SCHOOL_READERS),
    ("update_class", On::Existing, SCHOOL),
    ("list_class_teachers", On::List, SCHOOL_READERS),
    ("create_class_teacher", On::New, SCHOOL),
    ("get_class_teacher", On::Existing, SCHOOL_READERS),
    ("end_class_teacher", On::Existing, SCHOOL),
    ("list_students", On::List, READERS),
    ("count_students", On::List, READERS),
    ("create_student", On::New, SCHOOL),
    ("create_student_batch", On::New, SCHOOL),
    ("get_student", On::Existing, READERS),
    ("update_student", On::Existing, SCHOOL),
    ("leave_student", On::Existing, SCHOOL),
    ("reveal_student", On::Existing, SCHOOL),
    ("list_access_log", On::Existing, WITH_GUARDIANS),
    ("merge_person", On::Existing, MERGERS),
    ("get_merged_person", On::Existing, MERGERS),
    ("separate_person", On::Existing, MERGERS),
    ("get_student_copy", On::Existing, GIVERS),
    ("get_minors_audit", On::List, AUDITORS),
    ("list_erasures", On::List, BUREAU),
    ("create_erasure", On::New, BUREAU),
    ("get_erasure", On::Existing, BUREAU),
    ("run_retention", On::New, BUREAU),
    ("list_year_turns", On::List, SCHOOL_READERS),
    ("create_year_turn", On::New, SCHOOL),
    ("get_year_turn", On::Existing, SCHOOL_READERS),
    ("undo_year_turn", On::Existing, SCHOOL),
    ("list_guardianships", On::List, WITH_GUARDIANS),
    ("create_guardianship", On::New, SCHOOL),
    ("create_guardianship_batch", On::New, SCHOOL),
    ("get_guardianship", On::Existing, WITH_GUARDIANS),
    ("link_guardianship", On::Existing, SCHOOL),
    ("invite_guardian", On::Existing, SCHOOL),
    ("invite_class", On::Existing, SCHOOL),
    ("claim_guardianship", On::Oneself, GUARDIAN),
    ("end_guardianship", On::Existing, SCHOOL),
    ("block_guardianship", On::Existing, SCHOOL),
    ("list_consents", On::List, WITH_GUARDIANS),
    ("create_consent", On::New, GIVERS),
    ("get_consent", On::Existing, WITH_GUARDIANS),
    ("withdraw_consent", On::Existing, GIVERS),
];

/// The pupils of a place.
pub fn pupils(app: &TestApp, place: Place) -> Pupils {
    *app.world.pupils(school(place))
}

/// At each place its teacher teaches the class of its pupil.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let accounts = match place {
            Own => ["school-admin", "teacher"],
            Sibling => ["sibling-school-admin", "sibling-teacher"],
            Other => ["other-school-admin", "other-teacher"],
        };
        let body = taught(app, place, accounts[1]);
        let made = app.post("/api/v1/class-teachers").token(app.world.token(accounts[0])).json(&body).expect(201).await;
        app.world.keep(&format!("class-teachers {place:?}"), made.id());
        let bureau = if place == Other { "other-bureau" } else { "bureau" };
        let (first, second) = (gone(app, place, accounts[0]).await, gone(app, place, accounts[0]).await);
        let joined = format!("/api/v1/persons/{first}/merge");
        let body = json!({"into_person_id": second, "document": null});
        app.post(&joined).token(app.world.token(accounts[0])).if_match("\"1\"").json(&body).expect(200).await;
        app.world.keep(&format!("joined persons {place:?}"), first);
        let body = json!({"person_id": gone(app, place, accounts[0]).await, "document": "申请"});
        let ask = app.post("/api/v1/erasures").token(app.world.token(bureau)).key(&format!("{place:?}"));
        let key = format!("turn-{place:?}");
        let turn = app.post("/api/v1/year-turns").token(app.world.token(accounts[0])).key(&key);
        let turn = turn.json(&year_turned(app, place)).expect(201).await;
        app.world.keep(&format!("year-turns {place:?}"), turn.id());
        app.world.keep(&format!("erasures {place:?}"), ask.json(&body).expect(201).await.id());
    }
}

/// A person that has left the school of a place.
async fn gone(app: &TestApp, place: Place, admin: &str) -> String {
    let token = app.world.token(admin);
    let mut student = body(app, "create_student", place).unwrap();
    student["id_number"] = Value::Null;
    let entered = app.post("/api/v1/students").token(token).json(&student).expect(201).await;
    let path = format!("/api/v1/students/{}/leave", entered.id());
    let left = app.post(&path).token(token).if_match(entered.etag()).json(&json!({"left_on": "2024-09-10"}));
    left.expect(200).await.json()["person_id"].as_str().unwrap().to_owned()
}

fn year_turned(app: &TestApp, place: Place) -> Value {
    json!({
        "school_id": app.world.organisation(school(place)), "school_year": "2024-2025", "left_on": "2024-09-10",
        "repeating": [], "leaving": [], "class_names": []
    })
}

pub fn year_turn(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("year-turns {place:?}"))
}

/// A record that was joined with another.
pub fn joined(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("joined persons {place:?}"))
}

pub fn erasure(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("erasures {place:?}"))
}

fn taught(app: &TestApp, place: Place, teacher: &str) -> Value {
    json!({
        "class_id": pupils(app, place).class, "user_id": app.world.account(teacher).id, "kind": "subject",
        "subject": "数学", "starts_on": "2024-09-01", "ends_on": null
    })
}

pub fn class_teacher(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("class-teachers {place:?}"))
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let (school, pupils) = (app.world.organisation(school(place)), pupils(app, place));
    let class = |name: &str| json!({"school_id": school, "school_year": "2024-2025", "grade": 3, "name": name});
    let student = |id_number: Option<String>| {
        json!({
            "school_id": school, "class_id": pupils.class, "grade": 3, "name": "陈晨", "id_number": id_number,
            "student_number": null, "entered_on": "2024-09-02", "priority_groups": [], "free_help": []
        })
    };
    if let Some(alone) = id.strip_suffix("_batch") {
        return body(app, alone, place).map(|row| json!({"items": [row], "atomic": true}));
    }
    Some(match id {
        "create_class_teacher" => taught(app, place, "school-finance"),
        "end_class_teacher" => json!({"ends_on": null}),
        "create_class" => class("三年级9班"),
        "update_class" => class("三年级2班"),
        "create_student" => student(Some(id_number(1))),
        "update_student" => student(None),
        "leave_student" => json!({"left_on": "2024-09-10"}),
        "reveal_student" => json!({"purpose": "学籍核对"}),
        "create_year_turn" => year_turned(app, place),
        "separate_person" => json!({"document": "出生证明"}),
        "create_erasure" => json!({"person_id": pupils.gone_person, "document": "申请"}),
        "run_retention" => json!({"school_id": school, "document": "保存期满"}),
        "merge_person" => json!({"into_person_id": pupils.person, "document": null}),
        "create_guardianship" => json!({
            "person_id": pupils.person, "user_id": null, "kind": "person", "organisation_name": null,
            "relation": "father", "contact_name": "李强", "contact_phone": "13907305678", "rights": ["read"],
            "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
        }),
        "link_guardianship" => json!({"user_id": app.world.account("guardian").id}),
        "claim_guardianship" => json!({"code": "0000-0000-0000", "phone_last_four": "1234"}),
        "end_guardianship" => json!({"reason": "监护人变更", "document": null, "ends_on": null}),
        "block_guardianship" => json!({"reason": "法院判决", "document": "(2024)湘0602民初1号"}),
        "create_consent" => {
            json!({"guardianship_id": pupils.guardianship, "text_version": "2024-10", "document": "paper 2"})
        }
        _ => return None,
    })
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    let pupils = pupils(app, place);
    let id = match collection {
        "classes" => pupils.class,
        "students" => pupils.student,
        "persons" => pupils.gone_person,
        "guardianships" => pupils.guardianship,
        _ => pupils.consent,
    };
    id.to_string()
}
