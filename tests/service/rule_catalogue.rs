//! `/rules`.

use kehou::rules::RULES;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

fn rule<'a>(list: &'a Value, id: &str) -> &'a Value {
    list["items"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap()
}

#[rstest]
#[actix_web::test]
async fn every_rule_comes_with_its_clause_and_parameters(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("guardian");
    let list = app.get("/api/v1/rules").token(token).expect(200).await;
    let ids: Vec<String> =
        list.json()["items"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, RULES.iter().map(|rule| rule.id.to_owned()).collect::<Vec<_>>());
    assert!(list.json()["next_cursor"].is_null());
    let built_in = |name: &str, value: &str| {
        json!({
            "name": name, "value": value, "document": "岳教体发〔2019〕11号",
            "profile_code": null, "authority_code": null
        })
    };
    assert_eq!(
        *rule(&list.json(), "service-days"),
        json!({
            "id": "service-days", "title": "服务日期", "clause": "三.2", "document": "岳教体发〔2019〕11号",
            "kinds": ["rule"], "steps": ["plan_submission", "session_creation", "session_start"], "exemptible": true,
            "parameters": [
                built_in("service_weekdays", "[1,2,3,4,5]"),
                built_in("service_on_make_up_days", "false"),
                built_in("service_days_a_week_min", "null"),
            ]
        })
    );
    let dates = rule(&list.json(), "profile-missing")["parameters"].clone();
    assert_eq!((&dates[0]["value"], &dates[1]["value"]), (&json!("\"2019-09-01\""), &json!("null")));
    let english = app.get("/api/v1/rules").token(token).english().expect(200).await;
    assert_eq!(rule(&english.json(), "service-days")["title"], "Days of service");
    app.get("/api/v1/rules").token(token).header("if-none-match", list.etag()).expect(304).await;
    app.get("/api/v1/rules").token(token).english().header("if-none-match", list.etag()).expect(200).await;
}

#[rstest]
#[actix_web::test]
async fn parameters_are_those_of_an_authority_and_a_date(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (token, district) = (app.world.token("bureau"), app.world.organisation("own district"));
    let profile = json!({
        "authority_id": district, "code": "yueyanglou-2024", "document": "岳楼教发〔2024〕3号", "title": "通知",
        "starts_on": "2024-09-10", "parameters": {"latest_end": "17:45"}
    });
    app.post("/api/v1/policy-profiles").token(token).json(&profile).expect(201).await;
    for (query, latest, set_by) in [
        (format!("authority_id={district}"), "\"17:45\"", "430602"),
        (format!("authority_id={district}&on=2024-09-10"), "\"17:45\"", "430602"),
        (format!("authority_id={district}&on=2024-09-09"), "\"18:00\"", "430600"),
        (format!("authority_id={}", app.world.organisation("city")), "\"18:00\"", "430600"),
    ] {
        let list = app.get(&format!("/api/v1/rules?{query}")).token(token).expect(200).await.json();
        let end = rule(&list, "service-end-time");
        assert_eq!(end["document"], "岳教体发〔2019〕11号", "{query}");
        let parameter = |index: usize| end["parameters"][index].clone();
        assert_eq!(
            (&parameter(0)["value"], &parameter(0)["authority_code"]),
            (&json!(latest), &json!(set_by)),
            "{query}"
        );
        assert_eq!(
            (&parameter(1)["value"], &parameter(1)["authority_code"]),
            (&json!("\"17:30\""), &json!("430600")),
            "{query}"
        );
        assert_eq!(
            (&parameter(2)["value"], &parameter(2)["authority_code"]),
            (&json!("null"), &Value::Null),
            "{query}"
        );
        assert_eq!(rule(&list, "profile-missing")["parameters"][0]["profile_code"], "yueyang-2019", "{query}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_date_needs_an_authority_and_a_profile(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (token, city) = (app.world.token("teacher"), app.world.organisation("city"));
    let refused = app.get("/api/v1/rules?on=2024-09-10").token(token).expect(400).await;
    assert_eq!(refused.faults(), [("authority_id".to_owned(), "required".to_owned())]);
    let missing = app.get(&format!("/api/v1/rules?authority_id={city}&on=2019-08-31")).token(token).expect(422).await;
    assert_eq!(missing.code(), "profile-missing");
    let school = app.world.organisation("own school");
    app.get(&format!("/api/v1/rules?authority_id={school}")).token(token).expect(404).await;
}
