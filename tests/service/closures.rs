//! `/calendar/closures`.

use kehou::db::Id;
use kehou::refusal::Refusal;
use kehou::regulation::calendar::calendar_at;
use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn closure(app: &TestApp, authority: &str, closed_on: &str) -> Value {
    json!({"authority_id": app.world.organisation(authority), "closed_on": closed_on, "reason": "暴雪停课"})
}

/// Why 2024-12-16 and 2024-12-17 are closed at a place.
async fn reasons(app: &TestApp, place: &str) -> Vec<Option<String>> {
    let path = app.world.organisations[place].path.clone();
    let read = app.db.read(move |tx| -> Result<_, Refusal> {
        let calendar = calendar_at(tx, &path)?;
        let days = [date!(2024 - 12 - 16), date!(2024 - 12 - 17)];
        Ok(days.map(|day| calendar.closure(day).map(str::to_owned)).to_vec())
    });
    read.await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn an_authority_closes_a_day_and_takes_it_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let body = closure(&app, "own district", "2024-12-16");
    let made = app.post("/api/v1/calendar/closures").token(token).json(&body).expect(201).await;
    assert_eq!((&made.json()["reason"], &made.json()["can"]), (&json!("暴雪停课"), &json!(["delete"])));
    let again = app.post("/api/v1/calendar/closures").token(token).json(&body).expect(409).await;
    assert_eq!(again.code(), "already-exists");
    let path = made.header("location").to_owned();
    let read = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((&read["closed_on"], &read["can"]), (&json!("2024-12-16"), &json!([])));
    app.ask("DELETE", &path).token(token).expect(428).await;
    app.ask("DELETE", &path).token(token).if_match("\"2\"").expect(412).await;
    app.ask("DELETE", &path).token(app.world.token("other-bureau")).if_match(made.etag()).expect(404).await;
    let tried = app.ask("DELETE", &format!("{path}?validate_only=true")).token(token).if_match(made.etag());
    assert_eq!(tried.expect(200).await.json()["findings"], json!([]));
    let gone = app.ask("DELETE", &path).token(token).if_match(made.etag()).expect(200).await.json();
    assert_eq!((&gone["id"], &gone["can"]), (&made.json()["id"], &json!([])));
    app.get(&path).token(token).expect(404).await;
    app.ask("DELETE", &path).token(token).if_match(made.etag()).expect(404).await;
    app.post("/api/v1/calendar/closures").token(token).json(&body).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn closures_come_by_date_in_pages(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("city-bureau");
    for closed_on in ["2024-12-17", "2024-11-04", "2024-12-16"] {
        app.post("/api/v1/calendar/closures").token(token).json(&closure(&app, "city", closed_on)).expect(201).await;
    }
    let list = format!("/api/v1/calendar/closures?authority_id={}&limit=2", app.world.organisation("city"));
    let first = app.get(&list).token(token).expect(200).await.json();
    let next = format!("{list}&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = app.get(&next).token(token).expect(200).await.json();
    let days = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let days: Vec<&str> = days.iter().map(|item| item["closed_on"].as_str().unwrap()).collect();
    assert_eq!(days, ["2024-11-04", "2024-12-16", "2024-12-17", "2031-03-03"]);
    assert!(second["next_cursor"].is_null());
}

#[rstest]
#[actix_web::test]
async fn a_closure_holds_for_all_below_and_moves_no_deadline(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let city = app.world.token("city-bureau");
    let window = "/api/v1/calendar/working-days?from=2024-12-09&count=10";
    let before = app.get(window).token(city).expect(200).await.json();
    for closed_on in ["2024-12-16", "2024-12-17"] {
        app.post("/api/v1/calendar/closures").token(city).json(&closure(&app, "city", closed_on)).expect(201).await;
    }
    let mut own = closure(&app, "own district", "2024-12-17");
    own["reason"] = json!("供水抢修");
    app.post("/api/v1/calendar/closures").token(app.world.token("bureau")).json(&own).expect(201).await;
    let (snow, water) = (Some("暴雪停课".to_owned()), Some("供水抢修".to_owned()));
    assert_eq!(reasons(&app, "province").await, [None, None]);
    assert_eq!(reasons(&app, "city").await, [snow.clone(), snow.clone()]);
    assert_eq!(reasons(&app, "other school").await, [snow.clone(), snow.clone()]);
    assert_eq!(reasons(&app, "own school").await, [snow, water]);
    assert_eq!(app.get(window).token(city).expect(200).await.json(), before);
}

#[rstest]
#[actix_web::test]
async fn wrong_closures_are_refused_with_the_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    for (field, value, fault) in [
        ("closed_on", json!("2024-02-30"), "format"),
        ("reason", json!(""), "too-short"),
        ("reason", json!("雪".repeat(101)), "too-long"),
        ("authority_id", json!(Id::NIL), "not-found"),
        ("authority_id", json!(app.world.organisation("other district")), "not-found"),
        ("authority_id", json!(app.world.organisation("own school")), "not-for-this"),
    ] {
        let mut body = closure(&app, "own district", "2024-12-16");
        body[field] = value;
        let refused = app.post("/api/v1/calendar/closures").token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), fault.to_owned())]);
    }
}
