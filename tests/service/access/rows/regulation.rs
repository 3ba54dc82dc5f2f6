//! Authorities, terms, policy profiles, the rules and the calendar.

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
    ("list_calendar_years", On::List, EVERYONE),
    ("create_calendar_year", On::Platform, PLATFORM),
    ("get_calendar_year", On::Platform, EVERYONE),
    ("update_calendar_year", On::Platform, PLATFORM),
    ("list_closures", On::List, EVERYONE),
    ("create_closure", On::New, BUREAUS_OF_AUTHORITIES),
    ("get_closure", On::Platform, EVERYONE),
    ("delete_closure", On::Existing, BUREAUS_OF_AUTHORITIES),
    ("list_policy_profiles", On::List, EVERYONE),
    ("create_policy_profile", On::New, BUREAUS_OF_AUTHORITIES),
    ("get_profile_in_force", On::Platform, EVERYONE),
    ("get_policy_profile", On::Platform, EVERYONE),
    ("update_policy_profile", On::Existing, BUREAUS_OF_AUTHORITIES),
    ("list_rules", On::Oneself, EVERYONE),
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

fn profile_body(world: &World, place: Place, code: &str, starts_on: &str) -> Value {
    json!({
        "authority_id": world.organisation(district(place)), "code": code, "document": "岳楼教发〔2001〕2号",
        "title": "实施意见", "starts_on": starts_on, "ends_on": "2001-12-31", "parameters": {"latest_end": "17:45"}
    })
}

fn year_body(year: i32) -> Value {
    let day = json!({"date": format!("{year}-01-01"), "kind": "holiday", "name": "元旦", "name_en": null});
    json!({"year": year, "document": "国办发明电〔2041〕1号", "days": [day]})
}

/// The profile that a place has.
fn profile_code(place: Place) -> &'static str {
    match place {
        Own => "own-district",
        Sibling => "other-district",
        Other => "yueyang-2019",
    }
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    match id {
        "create_calendar_year" => Some(year_body(2042)),
        "update_calendar_year" => Some(year_body(2041)),
        "create_closure" => Some(json!({
            "authority_id": app.world.organisation(district(place)), "closed_on": "2031-03-04", "reason": "防汛"
        })),
        "create_policy_profile" => {
            let mut body = profile_body(&app.world, place, "new-profile", "2002-01-01");
            body["ends_on"] = json!("2002-12-31");
            Some(body)
        }
        "update_policy_profile" => Some(profile_body(&app.world, place, profile_code(place), "2001-02-01")),
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
        "policy-profiles" | "calendar" => {
            let list = if collection == "calendar" { "calendar/closures" } else { collection };
            let authority = app.world.organisation(district(place));
            first_id(app, &format!("/api/v1/{list}?authority_id={authority}"), admin).await
        }
        "calendar/years" => first_id(app, "/api/v1/calendar/years", admin).await,
        _ => app.world.organisation("own district").to_string(),
    }
}
