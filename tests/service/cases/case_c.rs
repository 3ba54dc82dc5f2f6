//! Case C: 仙游县实验小学, spring 2022: ten past six is too late, twenty to six is not.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

const XIANYOU: &str = include_str!("../../../examples/plans/xianyou-2022.json");

fn document() -> Value {
    serde_json::from_str(XIANYOU).unwrap()
}

async fn errors(app: &TestApp, document: &Value) -> Vec<(String, String)> {
    let check = app.post("/api/v1/checks/plan").token(app.world.token("school-admin")).json(document);
    let found = check.expect(200).await.findings();
    let errors = found.into_iter().filter(|(_, severity, _)| severity == "error");
    errors.map(|(rule, _, pointer)| (rule, pointer)).collect()
}

#[rstest]
#[actix_web::test]
async fn case_c_fails_on_its_ten_past_six_slots_only(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let document = document();
    let found = errors(&app, &document).await;
    assert!(!found.is_empty());
    for (rule, pointer) in found {
        assert_eq!(
            (rule.as_str(), document.pointer(&pointer)),
            ("service-end-time", Some(&json!("18:10"))),
            "{pointer}"
        );
    }
}

#[rstest]
#[actix_web::test]
async fn case_c_in_a_winter_period_fails_at_twenty_to_six_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = document();
    let opens_on = document["term"]["opens_on"].clone();
    let ends_on = document["term"]["ends_on"].clone();
    document["term"]["winter_periods"] = json!([{"from": opens_on, "to": ends_on}]);
    let ends: std::collections::BTreeSet<String> = errors(&app, &document)
        .await
        .into_iter()
        .filter(|(rule, _)| rule == "service-end-time")
        .filter_map(|(_, pointer)| document.pointer(&pointer)?.as_str().map(str::to_owned))
        .collect();
    assert!(ends.contains("17:40") && ends.contains("18:10"), "{ends:?}");
    assert!(!ends.contains("16:45"), "{ends:?}");
}

#[rstest]
#[actix_web::test]
async fn case_c_with_noon_care_is_no_after_school_service(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = document();
    let mut noon = document["projects"][0].clone();
    noon["name"] = json!("午间托管");
    noon["category"] = json!("noon_care");
    noon["slots"] = json!([{"weekday": 2, "starts_at": "12:00", "ends_at": "13:30", "timetable": "all"}]);
    document["projects"].as_array_mut().unwrap().push(noon);
    let rules: std::collections::BTreeSet<String> =
        errors(&app, &document).await.into_iter().map(|(rule, _)| rule).collect();
    for rule in ["allowed-content", "starts-after-dismissal", "service-end-time"] {
        assert!(rules.contains(rule), "{rule}: {rules:?}");
    }
}
