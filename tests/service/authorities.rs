//! `/authorities`: Yueyang's are built in, others can be added.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn authority(app: &TestApp, code: &str, level: &str, parent: Option<&str>) -> Value {
    let parent_id = parent.map(|parent| app.world.organisation(parent));
    json!({"code": code, "name": "教育主管部门", "level": level, "parent_id": parent_id})
}

#[rstest]
#[actix_web::test]
async fn yueyangs_city_nine_districts_and_three_functional_areas_are_built_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("teacher");
    let list = app.get("/api/v1/authorities").token(token).expect(200).await.json();
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    for item in list["items"].as_array().unwrap() {
        *levels.entry(item["level"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(levels, BTreeMap::from([("province", 1), ("city", 1), ("district", 9), ("functional_area", 3)]));
    let city = app.get("/api/v1/authorities?code=430600").token(token).expect(200).await.json()["items"][0].clone();
    assert_eq!((&city["name"], &city["can"]), (&json!("岳阳市教育体育局"), &json!([])));
    let below = format!("/api/v1/authorities?parent_id={}&level=functional_area", city["id"].as_str().unwrap());
    let areas = app.get(&below).token(token).expect(200).await.json();
    let codes: Vec<&str> = areas["items"].as_array().unwrap().iter().filter_map(|item| item["code"].as_str()).collect();
    assert_eq!(codes, ["430671", "4306L1", "4306L2"], "two have local codes");
}

#[rstest]
#[actix_web::test]
async fn a_second_replica_brings_nothing_in_twice(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let before = app.count("authorities").await;
    app.replica().await;
    assert_eq!(app.count("authorities").await, before);
}

#[rstest]
#[actix_web::test]
async fn an_authority_is_added_and_renamed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let body = authority(&app, "430661", "functional_area", Some("city"));
    let made = app.post("/api/v1/authorities").token(token).json(&body).expect(201).await;
    assert_eq!(made.json()["can"], json!(["update"]));
    let path = made.header("location").to_owned();
    let mut renamed = body.clone();
    renamed["name"] = json!("洞庭新区教育体育局");
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&renamed).expect(200).await;
    assert_eq!((&changed.json()["name"], &changed.json()["version"]), (&json!("洞庭新区教育体育局"), &json!(2)));
    assert_eq!(app.get(&path).token(token).expect(200).await.json(), changed.json());
    app.put(&path).token(token).if_match(made.etag()).json(&body).expect(412).await;
    renamed["code"] = json!("430662");
    let refused = app.put(&path).token(token).if_match(changed.etag()).json(&renamed).expect(409).await;
    assert_eq!(refused.faults(), [("/code".to_owned(), "immutable".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn code_level_and_parent_must_go_together(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    for (code, level, parent, pointer, fault) in [
        ("430661", "city", Some("province"), "/code", "format"),
        ("4306L9", "district", Some("city"), "/code", "format"),
        ("430661", "district", None, "/parent_id", "required"),
        ("430661", "district", Some("province"), "/parent_id", "not-for-this"),
        ("430702", "district", Some("city"), "/parent_id", "not-for-this"),
        ("440000", "province", Some("province"), "/parent_id", "not-for-this"),
    ] {
        let body = authority(&app, code, level, parent);
        let refused = app.post("/api/v1/authorities").token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())], "{code} {level} {parent:?}");
    }
    let again = authority(&app, "430602", "district", Some("city"));
    assert_eq!(app.post("/api/v1/authorities").token(token).json(&again).expect(409).await.code(), "already-exists");
}

#[rstest]
#[actix_web::test]
async fn a_district_added_today_is_seen_by_its_city_and_by_no_other_county(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("platform-admin");
    let body = authority(&app, "430661", "functional_area", Some("city"));
    let made = app.post("/api/v1/authorities").token(token).json(&body).expect(201).await.id();
    let user = json!({"kind": "person", "username": "new.area", "display_name": "x", "organisation_id": made});
    let account = app.post("/api/v1/users").token(app.world.token("city-bureau")).json(&user).expect(201).await.id();
    let path = format!("/api/v1/users/{account}");
    app.get(&path).token(app.world.token("city-bureau")).expect(200).await;
    app.get(&path).token(app.world.token("bureau")).expect(404).await;
}
