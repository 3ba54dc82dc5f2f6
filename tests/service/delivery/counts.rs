//! Sessions in numbers: what was held, who was there, and what is open past its day.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use super::pay::hold;
use super::sessions::{Meeting, confirmed};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::record;

async fn counts(app: &TestApp, account: &str, query: &str) -> Value {
    app.get(&format!("/api/v1/sessions/counts?{query}")).token(app.world.token(account)).expect(200).await.json()
}

#[rstest]
#[actix_web::test]
async fn session_record_sessions_are_counted_by_month_state_and_school(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, .. } = confirmed(&app).await;
    hold(&app, &group, &pupils, date!(2024 - 09 - 10), &record()).await;
    app.db.clock().set_today(date!(2024 - 09 - 13));
    let months = counts(&app, "school-admin", "group_by=month,state").await;
    let first = &months["items"][0];
    assert_eq!(
        (&first["month"], &first["state"], &first["count"], &first["attended"], &first["absent"]),
        (&json!("2024-09"), &json!("closed"), &json!(1), &json!(4), &json!(0))
    );
    assert_eq!((&months["items"][1]["state"], &months["items"][1]["count"]), (&json!("planned"), &json!(12)));
    assert_eq!((&months["count"], &months["attended"]), (&json!(86), &json!(4)));
    let schools = counts(&app, "bureau", "group_by=school&state=planned&to_on=2024-09-12").await;
    assert_eq!(
        (&schools["items"][0]["school_name"], &schools["items"][0]["count"]),
        (&json!("own school"), &json!(2)),
        "what is open past its day"
    );
    let own = counts(&app, "teacher", &format!("group_id={}&group_by=group,project", group.id())).await;
    let one = &own["items"][0];
    assert_eq!(
        (&one["group_name"], &one["project_name"], &one["count"]),
        (&json!("一组"), &json!("作业辅导"), &json!(86))
    );
    assert_eq!(counts(&app, "guardian", "from_on=2024-09-10&to_on=2024-09-10").await["count"], 1);
    assert_eq!(counts(&app, "sibling-school-admin", "group_by=plan").await["items"], json!([]));
}
