//! `/policy-profiles`: dated parameters, inherited down the tree.

use kehou::refusal::Refusal;
use kehou::regulation::policy_profiles::{self, InForce};
use kehou::rules::profile::{Profile, ProfileParameters};
use rstest::rstest;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, draft, filing_of, small_plan, submit};

const PATH: &str = "/api/v1/policy-profiles";

fn profile(app: &TestApp, authority: &str, code: &str, starts_on: &str, ends_on: Option<&str>) -> Value {
    json!({
        "authority_id": app.world.organisation(authority), "code": code, "document": "岳楼教发〔2024〕3号",
        "title": "关于调整课后服务时间的通知", "starts_on": starts_on, "ends_on": ends_on,
        "parameters": {"latest_end": "17:45", "review_reminder_working_days": 5}
    })
}

async fn in_force(app: &TestApp, authority: &str, on: &str) -> Answer {
    let path = format!("/api/v1/profiles-in-force?authority_id={}&on={on}", app.world.organisation(authority));
    app.get(&path).token(app.world.token("teacher")).send().await
}

/// Value, profile, authority's code and level of a parameter.
fn parameter(answer: &Answer, name: &str) -> [Value; 4] {
    let body = answer.json();
    let found = body["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == name).cloned();
    ["value", "profile_code", "authority_code", "authority_level"].map(|field| found.clone().unwrap()[field].clone())
}

/// What the other rooms get, at the path of an organisation.
async fn at_path(app: &TestApp, place: &str, on: Date) -> (Option<InForce>, String) {
    let path = app.world.organisations[place].path.clone();
    let read = app.db.read(move |tx| -> Result<_, Refusal> {
        Ok((policy_profiles::in_force(tx, &path, on)?, policy_profiles::nearest(tx, &path, on)?.id))
    });
    read.await.unwrap()
}

#[rstest]
#[actix_web::test]
async fn yueyangs_profile_is_built_in_at_the_city(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("guardian");
    let list = app.get(&format!("{PATH}?code=yueyang-2019")).token(token).expect(200).await.json();
    let built_in = &list["items"][0];
    assert_eq!(built_in["authority_id"], json!(app.world.organisation("city")));
    assert_eq!((&built_in["document"], &built_in["starts_on"]), (&json!("岳教体发〔2019〕11号"), &json!("2019-09-01")));
    assert_eq!((&built_in["ends_on"], &built_in["can"]), (&Value::Null, &json!([])));
    assert_eq!(built_in["parameters"]["latest_end_winter"], "17:30");
    let before = app.count("policy_profiles").await;
    app.replica().await;
    assert_eq!(app.count("policy_profiles").await, before, "a second replica brings nothing in twice");
    let found = in_force(&app, "own district", "2024-09-02").await.json();
    assert_eq!((&found["code"], &found["profile_id"]), (&json!("yueyang-2019"), &built_in["id"]));
    assert_eq!(found["parameters"].as_array().map(Vec::len), Some(33));
}

#[rstest]
#[actix_web::test]
async fn a_countys_value_overrides_the_citys_and_says_whose_it_is(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = profile(&app, "own district", "yueyanglou-2024", "2024-02-01", Some("2024-07-31"));
    let made = app.post(PATH).token(app.world.token("bureau")).json(&body).expect(201).await;
    for field in ["code", "document", "title", "starts_on", "ends_on", "parameters"] {
        assert_eq!(made.json()[field], body[field]);
    }
    let city = [json!("\"18:00\""), json!("yueyang-2019"), json!("430600"), json!("city")];
    let county = [json!("\"17:45\""), json!("yueyanglou-2024"), json!("430602"), json!("district")];
    for (on, set) in [("2024-01-31", &city), ("2024-02-01", &county), ("2024-07-31", &county), ("2024-08-01", &city)] {
        let found = in_force(&app, "own district", on).await;
        assert_eq!(parameter(&found, "latest_end"), *set, "{on}");
        assert_eq!(parameter(&found, "latest_end_winter")[1], "yueyang-2019", "{on}");
        assert_eq!(parameter(&found, "earliest_end"), [json!("null"), Value::Null, Value::Null, Value::Null]);
        assert_eq!(found.json()["document"], "岳教体发〔2019〕11号", "a few values do not make it the county's");
        let sibling = in_force(&app, "other district", on).await;
        assert_eq!(parameter(&sibling, "latest_end"), city, "{on}");
    }
    let known = in_force(&app, "own district", "2024-02-01").await;
    let path =
        format!("/api/v1/profiles-in-force?authority_id={}&on=2024-02-01", app.world.organisation("own district"));
    app.get(&path).token(app.world.token("bureau")).header("if-none-match", known.etag()).expect(304).await;
}

#[rstest]
#[actix_web::test]
async fn a_school_is_judged_by_the_authorities_above_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = profile(&app, "own district", "yueyanglou-2024", "2024-02-01", None);
    app.post(PATH).token(app.world.token("bureau")).json(&body).expect(201).await;
    let (own, _) = at_path(&app, "own school", date!(2024 - 09 - 02)).await;
    let own = own.unwrap();
    assert_eq!((own.profile.latest_end.to_string(), own.profile.review_reminder_working_days), ("17:45".to_owned(), 5));
    assert_eq!(own.source("latest_end").map(|source| source.document.as_str()), Some("岳楼教发〔2024〕3号"));
    let (other, _) = at_path(&app, "other school", date!(2024 - 09 - 02)).await;
    assert_eq!(other.map(|found| found.profile), Some(kehou::rules::profile::Profile::yueyang_2019()));
}

#[rstest]
#[actix_web::test]
async fn nothing_is_guessed_where_no_whole_profile_is_in_force(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let missing = in_force(&app, "own district", "2019-08-31").await;
    assert_eq!((missing.status, missing.code().as_str()), (422, "profile-missing"));
    assert!(missing.json()["detail"].as_str().unwrap().contains("2019-08-31"));
    assert_eq!(in_force(&app, "province", "2024-09-02").await.code(), "profile-missing");
    assert_eq!(in_force(&app, "own district", "2001-06-01").await.code(), "profile-missing", "a part is not the whole");
    for (place, on) in [("own school", date!(2019 - 08 - 31)), ("province", date!(2024 - 09 - 02))] {
        let (found, nearest) = at_path(&app, place, on).await;
        assert_eq!((found, nearest.as_str()), (None, "yueyang-2019"), "{place}");
    }
    assert_eq!(in_force(&app, "own school", "2024-09-02").await.status, 404, "a school is no authority");
}

#[rstest]
#[actix_web::test]
async fn profiles_of_one_authority_never_overlap(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    let post = |code: &str, from: &str, to: Option<&str>| {
        app.post(PATH).token(token).json(&profile(&app, "own district", code, from, to))
    };
    let made = post("a-2024", "2024-02-01", Some("2024-07-31")).expect(201).await;
    for (from, to) in [
        ("2024-07-31", None),
        ("2023-01-01", Some("2024-02-01")),
        ("2023-01-01", None),
        ("2024-03-01", Some("2024-03-01")),
    ] {
        assert_eq!(post("b-2024", from, to).expect(409).await.code(), "overlap", "{from}");
    }
    post("b-2024", "2024-08-01", Some("2025-01-31")).expect(201).await;
    assert_eq!(post("a-2024", "2030-01-01", None).expect(409).await.code(), "already-exists");
    let put = |to: &str| {
        let body = profile(&app, "own district", "a-2024", "2024-02-01", Some(to));
        app.put(made.header("location")).token(token).if_match(made.etag()).json(&body)
    };
    assert_eq!(put("2024-08-01").expect(409).await.code(), "overlap");
    put("2024-06-30").expect(200).await;
    let attempts = (0..6).map(|number| post(&format!("race-{number}"), "2026-01-01", None).send());
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "overlap").count(), 5);
}

#[rstest]
#[actix_web::test]
async fn wrong_parameters_are_named_with_their_place(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("bureau");
    for (parameters, pointer, fault) in [
        (json!({"latest_end": "6 pm"}), "/latest_end", "format"),
        (json!({"service_weekdays": [1, 8]}), "/service_weekdays/1", "out-of-range"),
        (json!({"service_weekdays": []}), "/service_weekdays", "required"),
        (json!({"service_weekdays": [1, 1]}), "/service_weekdays/1", "duplicate"),
        (json!({"filing_window_working_days": 0}), "/filing_window_working_days", "out-of-range"),
        (json!({"categories_refused": ["naps"]}), "/categories_refused/0", "not-one-of"),
        (json!({"minimum_days": 5}), "/minimum_days", "unknown"),
        (json!({"words": {"refused": ["补课"]}}), "/words/doubtful", "required"),
        (
            json!({"fee_standards": [{"document": "x", "per_lesson_max_fen": -1}]}),
            "/fee_standards/0/per_lesson_max_fen",
            "out-of-range",
        ),
        (json!({"fee_standards": [{"document": "x"}]}), "/fee_standards/0/per_lesson_max_fen", "required"),
    ] {
        let mut body = profile(&app, "own district", "wrong-2024", "2024-02-01", None);
        body["parameters"] = parameters;
        let refused = app.post(PATH).token(token).json(&body).expect(422).await;
        assert_eq!(refused.faults()[0], (format!("/parameters{pointer}"), fault.to_owned()));
    }
    let mut body = profile(&app, "other district", "wrong-2024", "2024-02-01", Some("2024-01-31"));
    body["parameters"] = json!({"service_weekdays": [2, 2]});
    let refused = app.post(PATH).token(token).json(&body).expect(422).await;
    let expected = [
        ("/ends_on", "ends-before-start"),
        ("/parameters/service_weekdays/1", "duplicate"),
        ("/authority_id", "not-found"),
    ];
    assert_eq!(refused.faults(), expected.map(|(at, fault)| (at.to_owned(), fault.to_owned())), "all at once");
}

#[rstest]
#[actix_web::test]
async fn a_bureau_writes_at_its_own_place_and_below(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = profile(&app, "own district", "yueyanglou-2024", "2024-02-01", None);
    let other = app.world.token("other-bureau");
    assert_eq!(app.post(PATH).token(other).json(&body).expect(422).await.faults()[0].1, "not-found");
    let made = app.post(PATH).token(app.world.token("city-bureau")).json(&body).expect(201).await;
    let path = made.header("location").to_owned();
    app.put(&path).token(other).if_match(made.etag()).json(&body).expect(404).await;
    let mut moved = body.clone();
    moved["authority_id"] = json!(app.world.organisation("city"));
    let refused =
        app.put(&path).token(app.world.token("city-bureau")).if_match(made.etag()).json(&moved).expect(409).await;
    assert_eq!(refused.faults(), [("/authority_id".to_owned(), "immutable".to_owned())]);
    let mut later = body.clone();
    later["parameters"] = json!({});
    let changed = app.put(&path).token(app.world.token("bureau")).if_match(made.etag()).json(&later).expect(200).await;
    assert_eq!((&changed.json()["version"], &changed.json()["parameters"]), (&json!(2), &json!({})));
    assert_eq!(parameter(&in_force(&app, "own district", "2024-09-02").await, "latest_end")[2], "430600");
}

#[rstest]
#[actix_web::test]
async fn one_plan_is_judged_by_each_districts_own_practice_and_old_filings_are_rechecked(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let filed =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &filed).await).await.status, 200);
    let mut later = serde_json::to_value(ProfileParameters::of(&Profile::later_practice())).unwrap();
    later["fee_standards"][0]["per_lesson_max_fen"] = json!(260);
    let mut body = profile(&app, "other district", "yueyang-county-later", "2024-09-01", None);
    body["parameters"] = later;
    app.post(PATH).token(app.world.token("other-bureau")).json(&body).expect(201).await;
    let found = in_force(&app, "other district", "2024-09-02").await;
    assert_eq!(parameter(&found, "fee_standards")[2..], [json!("430621"), json!("district")]);
    assert_eq!(parameter(&in_force(&app, "own district", "2024-09-02").await, "fee_standards")[2], "430600");

    let mut plan = small_plan("own school", "autumn");
    for slot in plan["projects"][0]["slots"].as_array_mut().unwrap() {
        slot["ends_at"] = json!("18:30");
    }
    plan["projects"][0]["lesson_minutes"] = json!(120);
    for (authority, says) in [("430602", 1), ("430621", 0)] {
        plan["school"]["authority_code"] = json!(authority);
        let judged =
            app.post("/api/v1/checks/plan").token(app.world.token("teacher")).json(&plan).expect(200).await.json();
        let findings = judged["findings"].as_array().unwrap().iter();
        assert_eq!(findings.filter(|finding| finding["rule"] == "service-end-time").count(), says, "{authority}");
    }

    // The same in the own district, for what is on file there: a report, and nothing else.
    body["authority_id"] = json!(app.world.organisation("own district"));
    body["code"] = json!("yueyanglou-later");
    body["starts_on"] = json!("2025-02-01");
    let given = app.post(PATH).token(app.world.token("bureau")).json(&body).expect(201).await;
    let path = format!("{PATH}/{}/recheck", given.id());
    let report = app.get(&path).token(app.world.token("city-bureau")).expect(200).await.json();
    let item = &report["items"][0];
    assert_eq!((&item["plan_id"], &item["passes"]), (&json!(filed.id()), &json!(false)));
    let rules: Vec<&Value> = item["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert!(rules.contains(&&json!("service-end-time")), "{rules:?}");
    assert_eq!(app.get(&path).token(app.world.token("other-bureau")).expect(404).await.code(), "not-found");
    let seen = app.get(&format!("/api/v1/plans/{}", filed.id())).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(seen.json()["state"], "approved");
}
