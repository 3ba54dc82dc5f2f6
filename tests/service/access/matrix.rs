//! How the table is read: every operation, on what it is tried, who reaches it where, and a request for every cell. The
//! rows themselves stand in `rows/`, one file per room of the house.

use serde_json::Value;

use super::rows;
use crate::support::app::{Ask, TestApp};
use crate::support::contract::Operation;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Own,
    Sibling,
    Other,
}

pub use Place::{Other, Own, Sibling};

pub const PLACES: [Place; 3] = [Own, Sibling, Other];

/// Account of each role, all of the own district or its school.
pub const CALLERS: [(&str, &str); 8] = [
    ("platform_admin", "platform-admin"),
    ("bureau", "bureau"),
    ("school_admin", "school-admin"),
    ("school_finance", "school-finance"),
    ("teacher", "teacher"),
    ("guardian", "guardian"),
    ("partner", "partner"),
    ("integration", "integration"),
];

/// What an operation is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The caller, wherever that is.
    Oneself,
    /// A list that shows what lies in the caller's scope.
    List,
    /// Something that has no place.
    Platform,
    /// Something that stands at a place: 404 where the caller does not see it.
    Existing,
    /// Something new at a place, which the body names: refused with 422 where the caller does not see it.
    New,
}

/// Roles and the places that they reach; every other role is refused with 403.
pub type Reach = &'static [(&'static str, &'static [Place])];

/// A row: operation, on what it is tried, who reaches it where.
pub type Row = (&'static str, On, Reach);

/// The whole table.
pub fn expected() -> impl Iterator<Item = &'static Row> {
    rows::ALL.iter().copied().flatten()
}

/// What anybody may call.
pub fn public() -> impl Iterator<Item = &'static str> {
    rows::PUBLIC.iter().copied().flatten().copied()
}

/// A body that the operation takes at a place, where it takes one.
pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    rows::body(app, id, place)
}

/// A request to an operation for a place; writes rehearse when told to.
pub async fn ask<'a>(app: &'a TestApp, operation: &Operation, place: Place, rehearse: bool) -> Ask<'a> {
    let ask = ask_without_body(app, operation, place, rehearse).await;
    let upload = match operation.id.as_str() {
        "create_material" => Some(rows::materials::upload(app, place, rehearse)),
        "create_paper_form" => Some(rows::enrollments::upload(app, place, rehearse)),
        _ => None,
    };
    if let Some(upload) = upload {
        return ask.bytes("multipart/form-data; boundary=edge", upload);
    }
    match body(app, &operation.id, place) {
        Some(body) => ask.json(&body),
        None => ask,
    }
}

/// The same, without its body.
pub async fn ask_without_body<'a>(app: &'a TestApp, operation: &Operation, place: Place, rehearse: bool) -> Ask<'a> {
    let mut path = operation.path.clone();
    if path.contains("{id}") {
        path = path.replace("{id}", &rows::id(app, &operation.path, place).await);
    }
    path = path.replace("{year}", "2024");
    if let Some(query) = rows::query(app, &operation.id, place) {
        path = format!("{path}?{query}");
    }
    if rehearse && operation.has_parameter("validate_only") {
        path = format!("{path}?validate_only=true");
    }
    let mut ask = app.ask(&operation.method, &path);
    if operation.has_parameter("If-Match") {
        // A secret cannot be rehearsed: where it is allowed, a stale version shows that the row was found.
        let stale = rehearse && !operation.has_parameter("validate_only");
        ask = ask.if_match(if stale { "\"99\"" } else { "\"1\"" });
    }
    // A key that no handler needs would do no harm either, but only what needs one says so.
    if operation.needs_key() {
        ask = ask.key("matrix");
    }
    ask
}

pub async fn first_id(app: &TestApp, path: &str, token: &str) -> String {
    app.get(path).token(token).expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned()
}
