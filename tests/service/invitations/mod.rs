//! Accounts by invitation: guardians by their school, staff and officers by whoever may give them their role.

mod at_once;
mod guardians;
mod meetings;
mod paper;
mod refused;
mod staff;

use serde_json::{Value, json};

use crate::persons::person;
use crate::students::enter;
use crate::support::app::{Answer, Ask, TestApp};

/// A password of one's own choice.
pub const CHOSEN: &str = "a good password of mine";

/// The administrator of a school of the world.
pub fn admin(school: &str) -> &'static str {
    match school {
        "own school" => "school-admin",
        "sibling school" => "sibling-school-admin",
        _ => "other-school-admin",
    }
}

/// A pupil of a school with a guardian who has a telephone and no account.
pub struct Family {
    pub school: &'static str,
    pub student: Answer,
    pub guardianship: String,
    /// The last four digits.
    pub digits: String,
}

/// Enters a family; `change` alters the guardianship.
pub async fn family(app: &TestApp, school: &'static str, phone: &str, change: &[(&str, Value)]) -> Family {
    let student = enter(app, school, &[]).await;
    let mut body = json!({
        "person_id": person(&student), "user_id": null, "kind": "person", "organisation_name": null,
        "relation": "mother", "contact_name": "王芳", "contact_phone": phone, "rights": ["read", "choose", "sign"],
        "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    let made = app.post("/api/v1/guardianships").token(app.world.token(admin(school))).json(&body).expect(201).await;
    let digits = phone[phone.len() - 4..].to_owned();
    Family { school, student, guardianship: made.id(), digits }
}

/// A request for a code for a family's guardian, whose guardianship was never changed.
pub fn inviting<'a>(app: &'a TestApp, family: &Family) -> Ask<'a> {
    let path = format!("/api/v1/guardianships/{}/invite", family.guardianship);
    app.post(&path).token(app.world.token(admin(family.school))).if_match("\"1\"")
}

/// The code of a family's guardian.
pub async fn code(app: &TestApp, family: &Family) -> String {
    inviting(app, family).expect(200).await.json()["code"].as_str().unwrap().to_owned()
}

/// What somebody registers with.
pub fn registration(code: &str, digits: &str, username: &str) -> Value {
    json!({"code": code, "phone_last_four": digits, "username": username, "password": CHOSEN})
}

/// A guardian's registration.
pub fn registering<'a>(app: &'a TestApp, code: &str, digits: &str, username: &str) -> Ask<'a> {
    app.post("/api/v1/guardian-registrations").json(&registration(code, digits, username))
}

/// A registration of anybody else.
pub fn joining<'a>(app: &'a TestApp, code: &str, digits: &str, username: &str) -> Ask<'a> {
    app.post("/api/v1/account-registrations").json(&registration(code, digits, username))
}

/// A token of an account that chose its own password.
pub async fn signed_in(app: &TestApp, username: &str) -> String {
    let form = [("grant_type", "password"), ("username", username), ("password", CHOSEN)];
    let opened = app.post("/oauth/token").form(&form).expect(200).await;
    opened.json()["access_token"].as_str().unwrap().to_owned()
}

/// A problem without what differs from request to request.
pub fn said(answer: &Answer) -> (u16, Value) {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    (answer.status, problem)
}
