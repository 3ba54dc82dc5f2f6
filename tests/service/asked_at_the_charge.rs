//! What a charge asks again, because it may have changed since the plan was judged.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{self, approved_plan, charging, open_account, paid_plan};
use crate::turning_points::{child, rules};

#[rstest]
#[actix_web::test]
async fn who_may_charge_is_asked_again_at_the_charge(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let pupil = child(&app, &[]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[0]).await;
    app.sql("UPDATE schools SET ownership = 'private'").await;
    assert_eq!(rules(&charging(&app, "school-finance", &pupil.id()).send().await), ["who-may-charge"]);
}

#[rstest]
#[actix_web::test]
async fn who_may_charge_asks_at_the_charge_whether_the_school_has_boarders(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let profile = json!({
        "authority_id": app.world.organisation("own district"), "code": "boarders", "document": "教基〔2024〕3号",
        "title": "民办学校", "starts_on": "2024-08-01", "ends_on": null,
        "parameters": {"private_schools_may_charge": true, "private_boarding_schools_may_charge": false}
    });
    app.post("/api/v1/policy-profiles").token(app.world.token("bureau")).json(&profile).expect(201).await;
    app.sql("UPDATE schools SET ownership = 'private'").await;
    open_account(&app, "school-finance", "own school").await;
    let mut document = paid_plan("own school", 400);
    document["school"]["ownership"] = json!("private");
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let pupil = child(&app, &[]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[0]).await;
    app.sql("UPDATE schools SET boarding = TRUE").await;
    assert_eq!(rules(&charging(&app, "school-finance", &pupil.id()).send().await), ["who-may-charge"]);
    app.sql("UPDATE schools SET boarding = FALSE").await;
    charging(&app, "school-finance", &pupil.id()).expect(201).await;
}
