//! The day of a teacher, and the gate (六.3): each one request.

use kehou::auth::By;
use kehou::db::Tx;
use kehou::delivery::gates::{self, GateQuery};
use kehou::delivery::rosters;
use kehou::delivery::sessions::SessionFilter;
use kehou::http::Listing;
use rstest::rstest;
use serde_json::{Value, json};

use super::sessions::{Meeting, confirmed, on};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{call, depart, left, mark, marks, own_teacher};
use crate::support::statements::statements;

fn many(of: &Value) -> usize {
    of.as_array().unwrap().len()
}

#[rstest]
#[actix_web::test]
async fn a_teachers_day_is_one_answer_with_everybody_expected_and_who_may_fetch_them(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { pupils, .. } = confirmed(&app).await;
    let day = |account: &str, query: &str| {
        let path = format!("/api/v1/rosters{query}");
        app.get(&path).token(app.world.token(account)).expect(200)
    };
    let today = day("teacher", "").await.json();
    assert_eq!(many(&today["items"]), 1, "{today}");
    let roster = &today["items"][0];
    assert_eq!((&roster["held_on"], many(&roster["entries"])), (&json!("2024-09-10"), 4));
    assert_eq!(roster["entries"][0]["fetchers"][0]["relation"], "mother");
    assert_eq!(day("teacher", "?held_on=2024-09-11").await.json()["items"][0]["held_on"], "2024-09-11");
    assert_eq!(many(&day("teacher", "?held_on=2024-09-14").await.json()["items"]), 0, "a Saturday");
    let own = day("guardian", "").await.json();
    assert_eq!((many(&own["items"][0]["entries"]), &own["items"][0]["entries"][0]["fetchers"]), (4, &json!([])));
    assert_eq!(many(&day("sibling-teacher", "").await.json()["items"]), 0);
    assert_eq!(many(&day("sibling-school-admin", "").await.json()["items"]), 0);
    app.get("/api/v1/rosters").token(app.world.token("partner")).expect(403).await;
    // However many pupils are on however many rosters.
    let admin = app.world.account("school-admin").actor.clone();
    let of_day = move |tx: &mut Tx<'_>| {
        rosters::of_day(tx, &By::of(admin.clone())?, &Listing::all(SessionFilter::default())).map(|_| ())
    };
    assert_eq!(statements(&app, of_day).await.len(), 8);
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = format!("/api/v1/students/{}/access-log", pupils[0]);
    let log = app.get(&log).token(app.world.token("school-admin")).expect(200).await.json();
    let readers = log["items"].as_array().unwrap().iter().filter(|line| line["operation"] == "list_rosters");
    assert!(readers.count() >= 2, "{log}");
}

#[rstest]
#[actix_web::test]
async fn pickup_not_named_the_gate_sees_who_leaves_when_and_with_whom(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Meeting { group, pupils, leader, venue } = confirmed(&app).await;
    let school = app.world.organisation("own school");
    let path = format!("/api/v1/schools/{school}/gate");
    let gate = |account: &str| app.get(&path).token(app.world.token(account)).expect(200);
    let seen = gate("school-admin").await.json();
    assert_eq!((&seen["held_on"], many(&seen["entries"])), (&json!("2024-09-10"), 4));
    let first = &seen["entries"][0];
    assert_eq!((&first["leaves_at"], &first["group_name"]), (&json!("17:30"), &json!("一组")));
    assert_eq!((&first["venue_name"], &first["fetchers"][0]["is_forbidden"]), (&json!("音乐教室"), &json!(false)));
    assert_eq!((&first["mark"], &first["left"]), (&Value::Null, &Value::Null));

    let session = on(&app, "teacher", &group, "2024-09-10").await.id();
    mark(&app, "teacher", &session, &marks(&pupils, "present")).expect(200).await;
    depart(&app, "teacher", &session, &[left(pupils[0], "duty_holder")]).expect(200).await;
    let seen = gate("school-admin").await.json();
    let of_first = seen["entries"].as_array().unwrap().iter().find(|one| one["student_id"] == pupils[0].to_string());
    let of_first = of_first.unwrap();
    assert_eq!((&of_first["mark"], &of_first["left"]["departure"]), (&json!("present"), &json!("duty_holder")));
    let gone = seen["entries"].as_array().unwrap().iter().filter(|one| !one["left"].is_null()).count();
    assert_eq!(gone, 1);

    // A teacher sees its own sessions, and everybody as long as it has a duty.
    assert_eq!(many(&gate("teacher").await.json()["entries"]), 4);
    let other = own_teacher(&app, "赵老师").await;
    let now = app.get(&format!("/api/v1/groups/{}", group.id())).token(app.world.token("school-admin"));
    let now = now.expect(200).await;
    let to = json!({"from_on": null, "leader_id": other, "assistant_ids": [], "venue_id": venue});
    call(&app, "school-admin", "groups", &now, "reassign", &to).expect(200).await;
    assert_eq!(many(&gate("teacher").await.json()["entries"]), 0);
    let duty = json!({
        "staff_member_id": leader, "duty": "校门值守", "from_on": "2024-09-10", "to_on": "2024-09-10"
    });
    app.post("/api/v1/safety-duties").token(app.world.token("school-admin")).json(&duty).expect(201).await;
    assert_eq!(many(&gate("teacher").await.json()["entries"]), 4);
    let tomorrow = app.get(&format!("{path}?held_on=2024-09-11")).token(app.world.token("teacher"));
    assert_eq!(many(&tomorrow.expect(200).await.json()["entries"]), 0, "the duty is over");
    app.get(&path).token(app.world.token("sibling-school-admin")).expect(404).await;
    app.get(&path).token(app.world.token("guardian")).expect(403).await;
    // However many pupils are on however many rosters.
    let (admin, school) = (app.world.account("school-admin").actor.clone(), school);
    let of_school = move |tx: &mut Tx<'_>| {
        gates::of_school(tx, &By::of(admin.clone())?, school, &GateQuery { held_on: None }).map(|_| ())
    };
    assert_eq!(statements(&app, of_school).await.len(), 8);
}
