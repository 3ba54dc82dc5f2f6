//! Schools.

use serde_json::{Value, json};

use super::BUREAUS;
use crate::access::matrix::{On, Other, Own, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::world::World;

pub const SCHOOL_READERS: Reach = &[
    ("platform_admin", &[Own, Sibling, Other]),
    ("bureau", &[Own, Sibling]),
    ("school_admin", &[Own]),
    ("school_finance", &[Own]),
    ("teacher", &[Own]),
    ("integration", &[Own, Sibling]),
];

pub const ROWS: &[Row] = &[
    ("list_schools", On::List, SCHOOL_READERS),
    ("create_school", On::New, BUREAUS),
    ("get_school", On::Existing, SCHOOL_READERS),
    ("update_school", On::Existing, BUREAUS),
];

/// The school of a place.
pub fn school(place: Place) -> &'static str {
    match place {
        Own => "own school",
        Sibling => "sibling school",
        Other => "other school",
    }
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
    match id {
        "create_school" => Some(school_body("2143009999", &app.world, filing_authority(place))),
        "update_school" => Some(school_body(school_code(place), &app.world, filing_authority(place))),
        _ => None,
    }
}
