//! The table: every operation, on what it is tried, and who reaches it where. And a request for every cell.

use serde_json::{Value, json};

use crate::support::app::{Ask, TestApp};
use crate::support::contract::Operation;
use crate::support::world::World;

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
    /// An account of a place.
    User,
    /// A school of a place.
    School,
    /// A term of the authority of a place; the sibling of a district is its city's other district.
    Term,
    /// Something new at the authority of a place.
    Authority,
    /// A role grant of an account of a place.
    RoleGrant,
    /// Something new at a place, which the body names: refused with 422 where the caller does not see it.
    New,
}

/// Roles and the places that they reach; every other role is refused with 403.
pub type Reach = &'static [(&'static str, &'static [Place])];

const ADMINISTRATORS: Reach =
    &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own, Sibling]), ("school_admin", &[Own])];
const BUREAUS: Reach = &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own, Sibling])];
const BUREAUS_OF_AUTHORITIES: Reach = &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own])];
const SCHOOL_READERS: Reach = &[
    ("platform_admin", &[Own, Sibling, Other]),
    ("bureau", &[Own, Sibling]),
    ("school_admin", &[Own]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("integration", &[Own, Sibling]),
];
const PLATFORM: Reach = &[("platform_admin", &[Own])];
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

pub const EXPECTED: &[(&str, On, Reach)] = &[
    ("list_users", On::List, ADMINISTRATORS),
    ("create_user", On::New, ADMINISTRATORS),
    ("get_user", On::User, ADMINISTRATORS),
    ("update_user", On::User, ADMINISTRATORS),
    ("suspend_user", On::User, ADMINISTRATORS),
    ("reinstate_user", On::User, ADMINISTRATORS),
    ("issue_user_secret", On::User, ADMINISTRATORS),
    ("list_role_grants", On::List, ADMINISTRATORS),
    ("give_role", On::New, ADMINISTRATORS),
    ("get_role_grant", On::RoleGrant, ADMINISTRATORS),
    ("end_role_grant", On::RoleGrant, ADMINISTRATORS),
    ("get_me", On::Oneself, EVERYONE),
    ("change_my_secret", On::Oneself, EVERYONE),
    ("list_authorities", On::List, EVERYONE),
    ("create_authority", On::Platform, PLATFORM),
    ("get_authority", On::Platform, EVERYONE),
    ("update_authority", On::Platform, PLATFORM),
    ("list_schools", On::List, SCHOOL_READERS),
    ("create_school", On::New, BUREAUS),
    ("get_school", On::School, SCHOOL_READERS),
    ("update_school", On::School, BUREAUS),
    ("count_working_days", On::Oneself, EVERYONE),
    ("list_terms", On::List, EVERYONE),
    ("create_term", On::Authority, BUREAUS_OF_AUTHORITIES),
    ("get_term", On::Platform, EVERYONE),
    ("update_term", On::Term, BUREAUS_OF_AUTHORITIES),
    ("list_jobs", On::Platform, PLATFORM),
    ("get_job", On::Platform, PLATFORM),
    ("retry_job", On::Platform, PLATFORM),
];

/// What anybody may call.
pub const PUBLIC: [&str; 5] = ["get_live", "get_ready", "get_jwks", "issue_token", "revoke_token"];

fn target(place: Place) -> &'static str {
    match place {
        Own => "school-finance",
        Sibling => "sibling-teacher",
        Other => "other-teacher",
    }
}

fn school(place: Place) -> &'static str {
    match place {
        Own => "own school",
        Sibling => "sibling school",
        Other => "other school",
    }
}

/// The districts of the three places: two neighbours are siblings, and none of them is above another.
fn district(place: Place) -> &'static str {
    match place {
        Own => "own district",
        Sibling => "other district",
        Other => "city",
    }
}

fn term_body(world: &World, place: Place, school_year: &str, year: i32) -> Value {
    json!({
        "authority_id": world.organisation(district(place)), "school_year": school_year, "season": "autumn",
        "opens_on": format!("{year}-09-02"), "ends_on": format!("{}-01-17", year + 1), "winter_periods": []
    })
}

fn school_code(place: Place) -> &'static str {
    match place {
        Own => "2143000001",
        Sibling => "2143000002",
        Other => "2143000003",
    }
}

fn filing_authority(place: Place) -> &'static str {
    if place == Other { "other district" } else { "own district" }
}

fn school_body(code: &str, world: &World, authority: &str) -> Value {
    json!({
        "code": code, "name": "实验小学", "authority_id": world.organisation(authority), "ownership": "public",
        "area": "urban", "stages": ["primary"], "grade_first": 1, "grade_last": 6, "boarding": false, "dismissals": []
    })
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let user = app.world.account(target(place));
    let school = app.world.organisation(school(place));
    match id {
        "create_user" => {
            Some(json!({"kind": "person", "username": "a.new.one", "display_name": "x", "organisation_id": school}))
        }
        "update_user" => {
            Some(json!({"kind": "person", "username": user.username, "display_name": "x", "organisation_id": school}))
        }
        "give_role" => Some(
            json!({"user_id": user.id, "role": "school_admin", "organisation_id": school, "starts_on": "2031-01-01", "ends_on": "2031-02-01"}),
        ),
        "change_my_secret" => Some(json!({"current_secret": "not the one", "new_secret": "another good secret"})),
        "create_school" => Some(school_body("2143009999", &app.world, filing_authority(place))),
        "update_school" => Some(school_body(school_code(place), &app.world, filing_authority(place))),
        "create_term" => Some(term_body(&app.world, place, "2030-2031", 2030)),
        "update_term" => Some(term_body(&app.world, place, "2024-2025", 2024)),
        "create_authority" => Some(json!({
            "code": "430661",
            "name": "洞庭新区教育主管部门",
            "level": "functional_area",
            "parent_id": app.world.organisation("city")
        })),
        "update_authority" => Some(json!({
            "code": "430602",
            "name": "岳阳楼区教育体育局",
            "level": "district",
            "parent_id": app.world.organisation("city")
        })),
        _ => None,
    }
}

/// A request to an operation for a place; writes rehearse when told to.
pub async fn ask<'a>(app: &'a TestApp, operation: &Operation, place: Place, rehearse: bool) -> Ask<'a> {
    let admin = app.world.token("platform-admin");
    let mut path = operation.path.clone();
    let user = app.world.account(target(place)).id.to_string();
    if operation.path.starts_with("/api/v1/users/") {
        path = path.replace("{id}", &user);
    } else if operation.path.starts_with("/api/v1/terms/") {
        let authority = app.world.organisation(district(place));
        path = path.replace("{id}", &first_id(app, &format!("/api/v1/terms?authority_id={authority}"), admin).await);
    } else if operation.path.starts_with("/api/v1/schools/") {
        path = path.replace("{id}", &app.world.organisation(school(place)).to_string());
    } else if operation.path.starts_with("/api/v1/authorities/") {
        path = path.replace("{id}", &app.world.organisation("own district").to_string());
    } else if operation.path.starts_with("/api/v1/jobs/") {
        path = path.replace("{id}", &first_id(app, "/api/v1/jobs?kind=forget-sessions", admin).await);
    } else if operation.path.starts_with("/api/v1/role-grants/") {
        path = path.replace("{id}", &first_id(app, &format!("/api/v1/role-grants?user_id={user}"), admin).await);
    } else if operation.id == "count_working_days" {
        path = format!("{path}?from=2024-09-02&count=10");
    } else if operation.id == "list_role_grants" {
        path = format!("{path}?user_id={user}");
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
    match body(app, &operation.id, place) {
        Some(body) => ask.json(&body),
        None => ask,
    }
}

async fn first_id(app: &TestApp, path: &str, token: &str) -> String {
    app.get(path).token(token).expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned()
}
