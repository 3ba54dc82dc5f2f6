//! Authorities, terms and the calendar.

use serde_json::{Value, json};

use super::{EVERYONE, PLATFORM};
use crate::access::matrix::{On, Other, Own, Place, Reach, Row, Sibling, first_id};
use crate::support::app::TestApp;
use crate::support::world::World;

const BUREAUS_OF_AUTHORITIES: Reach = &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_authorities", On::List, EVERYONE),
    ("create_authority", On::Platform, PLATFORM),
    ("get_authority", On::Platform, EVERYONE),
    ("update_authority", On::Platform, PLATFORM),
    ("count_working_days", On::Oneself, EVERYONE),
    ("list_terms", On::List, EVERYONE),
    ("create_term", On::New, BUREAUS_OF_AUTHORITIES),
    ("get_term", On::Platform, EVERYONE),
    ("update_term", On::Existing, BUREAUS_OF_AUTHORITIES),
];

/// The districts of the three places: two neighbours are siblings, and none of them is above another.
pub fn district(place: Place) -> &'static str {
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

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    match id {
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

pub async fn id(app: &TestApp, collection: &str, place: Place) -> String {
    let admin = app.world.token("platform-admin");
    match collection {
        "terms" => {
            let authority = app.world.organisation(district(place));
            first_id(app, &format!("/api/v1/terms?authority_id={authority}"), admin).await
        }
        _ => app.world.organisation("own district").to_string(),
    }
}
