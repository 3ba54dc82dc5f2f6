//! `/facilities`: the ledger of a school's resources.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn room(app: &TestApp, change: &[(&str, Value)]) -> Value {
    let mut body = json!({
        "school_id": app.world.organisation("own school"), "kind": "room", "name": "科学实验室", "capacity": 48,
        "quantity": null, "place": "实验楼一楼", "manager_name": "陈老师", "usable_weekdays": [1, 2, 4],
        "usable_note": "周五检修", "in_use_on": "2023-09-01"
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

#[rstest]
#[actix_web::test]
async fn a_row_is_added_changed_and_retired_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let made = app.post("/api/v1/facilities").token(token).json(&room(&app, &[])).expect(201).await;
    assert_eq!((&made.json()["state"], &made.json()["can"]), (&json!("in_use"), &json!(["update", "retire"])));
    let path = format!("/api/v1/facilities/{}", made.id());
    let larger = room(&app, &[("capacity", json!(50)), ("usable_weekdays", json!([]))]);
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&larger).expect(200).await;
    assert_eq!((&changed.json()["capacity"], &changed.json()["version"]), (&json!(50), &json!(2)));
    let retire = format!("{path}/retire");
    for (day, fault) in [("2023-08-31", "ends-before-start"), ("2024-09-11", "out-of-range")] {
        let refused = app.post(&retire).token(token).if_match(changed.etag()).json(&json!({"retired_on": day}));
        assert_eq!(refused.expect(422).await.faults(), [("/retired_on".to_owned(), fault.to_owned())]);
    }
    let retired = app.post(&retire).token(token).if_match(changed.etag()).json(&json!({"retired_on": "2024-09-10"}));
    let retired = retired.expect(200).await;
    assert_eq!((&retired.json()["retired_on"], &retired.json()["can"]), (&json!("2024-09-10"), &json!([])));
    let again = app.put(&path).token(token).if_match(retired.etag()).json(&larger).expect(409).await;
    assert_eq!(again.code(), "state-conflict");
    let in_use = app.get("/api/v1/facilities?state=in_use&kind=room").token(app.world.token("bureau"));
    let names: Vec<Value> =
        in_use.expect(200).await.json()["items"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["音乐教室", "音乐教室"], "its own and its sibling's");
    app.post("/api/v1/facilities").token(token).json(&room(&app, &[])).expect(201).await;
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    for (change, pointer, fault) in [
        (("in_use_on", json!("2024-09-11")), "/in_use_on", "out-of-range"),
        (("usable_weekdays", json!([1, 1])), "/usable_weekdays", "duplicate"),
        (("usable_weekdays", json!([8])), "/usable_weekdays/0", "out-of-range"),
        (("capacity", json!(0)), "/capacity", "out-of-range"),
        (("kind", json!("canteen")), "/kind", "not-one-of"),
        (("school_id", json!(app.world.organisation("sibling school"))), "/school_id", "not-found"),
    ] {
        let refused = app.post("/api/v1/facilities").token(token).json(&room(&app, &[change])).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())]);
    }
    let occupied = app.post("/api/v1/facilities").token(token).json(&room(&app, &[("name", json!("音乐教室"))]));
    assert_eq!(occupied.expect(409).await.code(), "already-exists");
    let made = app.post("/api/v1/facilities").token(token).json(&room(&app, &[])).expect(201).await;
    let moved = room(&app, &[("school_id", json!(app.world.organisation("sibling school")))]);
    let path = format!("/api/v1/facilities/{}", made.id());
    let refused = app.put(&path).token(token).if_match(made.etag()).json(&moved).expect(409).await;
    assert_eq!(refused.faults(), [("/school_id".to_owned(), "immutable".to_owned())]);
}
