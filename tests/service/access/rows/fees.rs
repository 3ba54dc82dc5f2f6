//! Fee accounts and charges.

use serde_json::{Value, json};

use super::schools::{self, school};
use crate::access::matrix::{On, Other, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::fees::open_account;

const READERS: Reach = &[("bureau", &[Own, Sibling]), ("school_admin", &[Own]), ("school_finance", &[Own])];
const OPENERS: Reach = &[("bureau", &[Own, Sibling]), ("school_finance", &[Own])];
const WITH_GUARDIANS: Reach =
    &[("bureau", &[Own, Sibling]), ("school_admin", &[Own]), ("school_finance", &[Own]), ("guardian", &[Own])];
const COLLECTORS: Reach = &[("school_finance", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_fee_accounts", On::List, READERS),
    ("create_fee_account", On::New, OPENERS),
    ("get_fee_account", On::Existing, READERS),
    ("list_charges", On::List, WITH_GUARDIANS),
    ("total_charges", On::List, WITH_GUARDIANS),
    ("create_charge", On::New, COLLECTORS),
    ("get_charge", On::Existing, WITH_GUARDIANS),
    ("void_charge", On::Existing, COLLECTORS),
    ("pay_charge", On::Existing, COLLECTORS),
];

/// At each place a dedicated account, and an open charge of its pupil for another year.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let bureau = if place == Other { "other-bureau" } else { "bureau" };
        let account = open_account(app, bureau, school(place)).await.id();
        let (charge, kept) =
            (kehou::db::Id::fresh().to_string(), |what: &str| app.world.kept(&format!("{what} {place:?}")));
        let pupils = app.world.pupils(school(place));
        let id = |id: &str| app.id_literal(id);
        let (person, student) = (id(&pupils.person.to_string()), id(&pupils.student.to_string()));
        let at = if app.kind == crate::support::databases::Kind::Postgres { "now()" } else { "0" };
        app.sql(&format!(
            "INSERT INTO charges (id, person_id, student_id, school_id, plan_id, filing_id, fee_account_id, \
             school_year, season, state, amount_fen, paid_fen, version, created_at, updated_at) \
             VALUES ({}, {person}, {student}, {}, {}, {}, {}, '2023-2024', 'autumn', 'open', 1000, 0, 1, {at}, {at})",
            id(&charge),
            id(&app.world.organisation(schools::school(place)).to_string()),
            id(&kept("filed plans")),
            id(&kept("filings")),
            id(&account),
        ))
        .await;
        app.sql(&format!("INSERT INTO term_fees VALUES ({person}, '2023-2024', 'autumn', {})", id(&charge))).await;
        app.world.keep(&format!("fee-accounts {place:?}"), account);
        app.world.keep(&format!("charges {place:?}"), charge);
    }
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    match id {
        "create_fee_account" => Some(json!({
            "school_id": app.world.organisation(school(place)), "name": "课后服务专账", "bank_name": "岳阳农商银行",
            "account_number": "8201000012345678"
        })),
        "create_charge" => Some(json!({
            "student_id": app.world.pupils(school(place)).student, "school_year": "2024-2025", "season": "autumn"
        })),
        "pay_charge" => Some(json!({"amount_fen": 400, "method": "wechat"})),
        _ => None,
    }
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    app.world.kept(&format!("{collection} {place:?}"))
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        "create_fee_account" => Some("already-exists"),
        "create_charge" => Some("nothing-to-charge"),
        _ => None,
    }
}
