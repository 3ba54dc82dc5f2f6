//! `GET /me`: all that an app asks first, in one request.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

async fn me(app: &TestApp, account: &str) -> Value {
    app.get("/api/v1/me").token(app.world.token(account)).expect(200).await.json()
}

/// A spring as an authority sets it.
async fn set_spring(app: &TestApp, authority: &str, opens_on: &str) {
    let body = json!({
        "authority_id": app.world.organisation(authority), "school_year": "2024-2025", "season": "spring",
        "opens_on": opens_on, "ends_on": "2025-07-04", "winter_periods": []
    });
    app.post("/api/v1/terms").token(app.world.token("platform-admin")).json(&body).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn an_account_learns_where_it_stands_in_one_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let admin = me(&app, "school-admin").await;
    let school = json!(app.world.organisation("own school"));
    assert_eq!(admin["organisation"], json!({"id": school, "kind": "school", "name": "own school"}));
    assert_eq!(admin["today"], "2024-09-10");
    let term = json!({
        "school_year": "2024-2025", "season": "autumn", "opens_on": "2024-09-02", "ends_on": "2025-01-17"
    });
    assert_eq!(admin["current_term"], term);
    let role = &admin["roles"][0];
    assert_eq!(
        (&role["role"], &role["organisation_id"], &role["organisation_name"], &role["state"], &role["holds"]),
        (&json!("school_admin"), &school, &json!("own school"), &json!("given"), &json!(true))
    );
    assert_eq!(me(&app, "bureau").await["organisation"]["kind"], "authority");
    assert_eq!(me(&app, "partner").await["organisation"]["kind"], "partner");
    for account in ["guardian", "platform-admin"] {
        let me = me(&app, account).await;
        assert_eq!((&me["organisation"], &me["current_term"]), (&Value::Null, &Value::Null), "{account}");
        assert_eq!(me["roles"][0]["organisation_name"], Value::Null, "{account}");
    }
    app.db.clock().set_today(time::macros::date!(2025 - 01 - 18));
    assert_eq!(me(&app, "school-admin").await["current_term"], Value::Null, "holidays");
}

#[rstest]
#[actix_web::test]
async fn the_nearest_authority_says_which_term_runs(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let opens = |me: &Value| me["current_term"]["opens_on"].clone();
    set_spring(&app, "province", "2025-02-10").await;
    app.db.clock().set_today(time::macros::date!(2025 - 02 - 20));
    assert_eq!(opens(&me(&app, "school-admin").await), "2025-02-10", "of its province, where nobody nearer has one");
    set_spring(&app, "own district", "2025-02-17").await;
    assert_eq!(opens(&me(&app, "school-admin").await), "2025-02-17", "the district's own counts");
    assert_eq!(opens(&me(&app, "other-school-admin").await), "2025-02-10");
}

#[rstest]
#[actix_web::test]
async fn roles_of_the_past_are_told_as_such(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let teacher = app.world.account("teacher").id;
    let bureau = app.world.token("bureau");
    let body = json!({"user_id": teacher, "role": "teacher", "organisation_id": app.world.organisation("own school"),
        "starts_on": "2023-09-01", "ends_on": "2024-01-20"});
    app.post("/api/v1/role-grants").token(bureau).json(&body).expect(201).await;
    let me = me(&app, "teacher").await;
    let roles: Vec<_> = me["roles"].as_array().unwrap().iter().map(|role| (&role["ends_on"], &role["holds"])).collect();
    assert_eq!(roles, [(&json!("2024-01-20"), &json!(false)), (&Value::Null, &json!(true))]);
}
