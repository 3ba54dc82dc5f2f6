//! Partners, their reviews, bans and agreements.

use serde_json::{Value, json};

use super::BUREAUS;
use super::schools::school;
use crate::access::matrix::{On, Other, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::partners::{add, agreement, ban, credit_code, review, signature};

/// A school sees the partners of its authorities.
const READERS: Reach = &[
    ("platform_admin", &[Own, Sibling, Other]),
    ("bureau", &[Own, Sibling]),
    ("school_admin", &[Own, Sibling]),
    ("school_finance", &[Own, Sibling]),
    ("teacher", &[Own, Sibling]),
    ("partner", &[Own]),
    ("integration", &[Own, Sibling]),
];
const SUPERVISORS: Reach = &[("bureau", &[Own, Sibling])];
const PARTIES: Reach = &[
    ("platform_admin", &[Own, Sibling, Other]),
    ("bureau", &[Own, Sibling]),
    ("school_admin", &[Own]),
    ("school_finance", &[Own]),
    ("partner", &[Own]),
    ("integration", &[Own, Sibling]),
];
const SCHOOLS: Reach = &[("school_admin", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_partners", On::List, READERS),
    ("create_partner", On::New, BUREAUS),
    ("get_partner", On::Existing, READERS),
    ("update_partner", On::Existing, BUREAUS),
    ("list_partner_reviews", On::List, READERS),
    ("create_partner_review", On::New, SUPERVISORS),
    ("get_partner_review", On::Existing, READERS),
    ("list_partner_bans", On::List, READERS),
    ("create_partner_ban", On::New, SUPERVISORS),
    ("get_partner_ban", On::Existing, READERS),
    ("lift_partner_ban", On::Existing, SUPERVISORS),
    ("list_partner_agreements", On::List, PARTIES),
    ("create_partner_agreement", On::New, SCHOOLS),
    ("get_partner_agreement", On::Existing, PARTIES),
    ("update_partner_agreement", On::Existing, SCHOOLS),
    ("sign_partner_agreement", On::Existing, SCHOOLS),
    ("end_partner_agreement", On::Existing, SCHOOLS),
];

fn partner(place: Place) -> &'static str {
    match place {
        Own => "partner",
        Sibling => "sibling partner",
        Other => "other partner",
    }
}

/// At each place a review and a ban of its partner, and a drafted agreement of its school with it.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let (bureau, admin) = match place {
            Own => ("bureau", "school-admin"),
            Sibling => ("bureau", "sibling-school-admin"),
            Other => ("other-bureau", "other-school-admin"),
        };
        for (collection, account, body) in [
            ("partner-reviews", bureau, review(app, partner(place))),
            ("partner-bans", bureau, ban(app, partner(place), "2024-09-02")),
            ("partner-agreements", admin, agreement(app, school(place), partner(place))),
        ] {
            app.world.keep(&format!("{collection} {place:?}"), add(app, account, collection, &body).await.id());
        }
    }
}

fn partner_body(app: &TestApp, code: &str, place: Place) -> Value {
    let authority = if place == Other { "other district" } else { "own district" };
    json!({
        "kind": "institution", "name": "南湖教育有限公司", "credit_code": code,
        "authority_id": app.world.organisation(authority), "licence_number": "教民143060270000011",
        "licence_document": "办学许可证副本", "licence_starts_on": "2020-01-01", "licence_ends_on": "2029-12-31",
        "contact_name": "陈经理", "contact_phone": "13807301234"
    })
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    match id {
        "create_partner" => Some(partner_body(app, "91430602MA4Q00059H", place)),
        "update_partner" => Some(partner_body(app, credit_code(partner(place)), place)),
        "create_partner_review" => Some(review(app, partner(place))),
        "create_partner_ban" => Some(ban(app, partner(place), "2024-09-02")),
        "lift_partner_ban" => Some(json!({"reason": "整改到位", "document": "岳楼教罚〔2024〕2号"})),
        "create_partner_agreement" | "update_partner_agreement" => Some(agreement(app, school(place), partner(place))),
        "sign_partner_agreement" => Some(signature()),
        "end_partner_agreement" => Some(json!({"reason": "项目停办"})),
        _ => None,
    }
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    match collection {
        "partners" => app.world.organisation(partner(place)).to_string(),
        _ => app.world.kept(&format!("{collection} {place:?}")),
    }
}
