//! `/schools`.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// 苗田中学 (case A), its times invented.
fn miaotian(app: &TestApp) -> Value {
    let dismissals: Vec<Value> = (7..=9)
        .flat_map(|grade| {
            (1..=5).map(move |weekday| json!({"grade": grade, "weekday": weekday, "timetable": "all", "at": "16:20"}))
        })
        .collect();
    json!({
        "code": "3143000001", "name": "苗田中学", "authority_id": app.world.organisation("own district"),
        "ownership": "public", "area": "town", "stages": ["junior"], "grade_first": 7, "grade_last": 9,
        "boarding": false, "dismissals": dismissals
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[rstest]
#[actix_web::test]
async fn an_authority_adds_a_school_and_keeps_its_facts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let body = miaotian(&app);
    let made = app.post("/api/v1/schools").token(token).json(&body).expect(201).await;
    assert_eq!(made.json()["dismissals"], body["dismissals"]);
    assert_eq!(made.json()["can"], json!(["update"]));
    let path = made.header("location").to_owned();
    let winter = with(
        body.clone(),
        "dismissals",
        json!([
            {"grade": 7, "weekday": 1, "timetable": "standard", "at": "16:40"},
            {"grade": 7, "weekday": 1, "timetable": "winter", "at": "16:10"}
        ]),
    );
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&winter).expect(200).await;
    assert_eq!((&changed.json()["dismissals"], &changed.json()["version"]), (&winter["dismissals"], &json!(2)));
    assert_eq!(app.get(&path).token(token).expect(200).await.json(), changed.json());
    let renamed = with(winter, "name", json!("苗田初级中学"));
    let renamed = app.put(&path).token(token).if_match(changed.etag()).json(&renamed).expect(200).await;
    assert_eq!(renamed.json()["name"], "苗田初级中学");
    let code = app.get("/api/v1/schools?code=3143000001").token(token).expect(200).await.json();
    assert_eq!(code["items"][0], renamed.json());
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_named_all_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let mut body = miaotian(&app);
    body["stages"] = json!([]);
    body["authority_id"] = json!(app.world.organisation("other district"));
    body["dismissals"] = json!([{"grade": 6, "weekday": 1, "timetable": "all", "at": "16:20"}]);
    let refused = app.post("/api/v1/schools").token(token).json(&body).expect(422).await;
    let expected = [("/stages", "required"), ("/dismissals/0/grade", "out-of-range"), ("/authority_id", "not-found")];
    assert_eq!(refused.faults(), expected.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
}

#[rstest]
#[actix_web::test]
async fn shapes_are_checked_with_their_places(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let slot = |field: &str, value: Value| {
        with(
            miaotian(&app),
            "dismissals",
            json!([with(json!({"grade": 7, "weekday": 1, "timetable": "all", "at": "16:20"}), field, value)]),
        )
    };
    for (body, pointer, fault) in [
        (slot("at", json!("24:00")), "/dismissals/0/at", "format"),
        (slot("at", json!("16:20:30")), "/dismissals/0/at", "format"),
        (slot("weekday", json!("Monday")), "/dismissals/0/weekday", "wrong-type"),
        (slot("weekday", json!(6)), "/dismissals/0/weekday", "out-of-range"),
        (slot("grade", json!(-1)), "/dismissals/0/grade", "out-of-range"),
        (slot("timetable", json!("summer")), "/dismissals/0/timetable", "not-one-of"),
        (with(miaotian(&app), "code", json!("314300000X")), "/code", "format"),
        (slot("room", json!("101")), "/dismissals/0/room", "unknown"),
        (with(miaotian(&app), "ownership", json!("military")), "/ownership", "not-one-of"),
        (
            with(miaotian(&app), "authority_id", json!(app.world.organisation("own school"))),
            "/authority_id",
            "not-for-this",
        ),
    ] {
        let refused = app.post("/api/v1/schools").token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), fault.to_owned())], "{body}");
    }
}

#[rstest]
#[actix_web::test]
async fn code_and_authority_stay_and_a_code_is_taken_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let made = app.post("/api/v1/schools").token(token).json(&miaotian(&app)).expect(201).await;
    assert_eq!(
        app.post("/api/v1/schools").token(token).json(&miaotian(&app)).expect(409).await.code(),
        "already-exists"
    );
    let path = made.header("location").to_owned();
    for (field, value) in [("code", json!("3143000009")), ("authority_id", json!(app.world.organisation("city")))] {
        let body = with(miaotian(&app), field, value);
        let refused = app.put(&path).token(token).if_match(made.etag()).json(&body).expect(409).await;
        assert_eq!(refused.faults(), [(format!("/{field}"), "immutable".to_owned())]);
    }
}

#[rstest]
#[actix_web::test]
async fn everybody_sees_the_schools_of_their_own_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (account, seen) in [
        ("teacher", vec!["2143000001"]),
        ("bureau", vec!["2143000001", "2143000002"]),
        ("other-bureau", vec!["2143000003"]),
        ("city-bureau", vec!["2143000001", "2143000002", "2143000003"]),
    ] {
        let list = app.get("/api/v1/schools").token(app.world.token(account)).expect(200).await.json();
        let codes: Vec<&str> =
            list["items"].as_array().unwrap().iter().filter_map(|item| item["code"].as_str()).collect();
        assert_eq!(codes, seen, "{account}");
    }
}
