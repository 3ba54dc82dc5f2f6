//! `/exemptions`: asked for or given, granted by a document, and cited by what they lift.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{call, draft, small_plan};

fn body(app: &TestApp, rule: &str, change: &[(&str, Value)]) -> Value {
    let mut body = json!({
        "school_id": app.world.organisation("own school"), "school_year": "2024-2025", "season": "autumn", "rule": rule,
        "first_on": "2024-09-02", "last_on": "2025-01-17", "reason": "校车晚点。"
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

async fn ask(app: &TestApp, account: &str, body: &Value) -> Answer {
    app.post("/api/v1/exemptions").token(app.world.token(account)).json(body).send().await
}

async fn decide(app: &TestApp, account: &str, seen: &Answer, verb: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/exemptions/{}/{verb}", seen.id());
    app.post(&path).token(app.world.token(account)).if_match(seen.etag()).json(body).send().await
}

/// The small plan, whose project ends at 18:10 on Mondays.
fn late_plan() -> Value {
    let mut plan = small_plan("own school", "autumn");
    plan["projects"][0]["slots"][0] =
        json!({"weekday": 1, "starts_at": "17:10", "ends_at": "18:10", "timetable": "all"});
    plan
}

fn of_rule<'a>(answer: &'a Value, rule: &str) -> Vec<&'a Value> {
    answer["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).collect()
}

#[rstest]
#[actix_web::test]
async fn service_end_time_is_a_warning_that_cites_what_was_granted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &late_plan()).await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((refused.status, of_rule(&refused.json(), "service-end-time").len()), (422, 1));

    let wanted = body(&app, "service-end-time", &[("project", json!("作业辅导")), ("weekday", json!(1))]);
    let asked = ask(&app, "school-admin", &wanted).await;
    assert_eq!(
        (asked.status, &asked.json()["state"], &asked.json()["can"]),
        (201, &json!("requested"), &json!(["withdraw"]))
    );
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.status, 422, "not yet");
    let document = json!({"document": "岳楼教函〔2024〕12号"});
    assert_eq!(decide(&app, "school-admin", &asked, "grant", &document).await.status, 403);
    assert_eq!(decide(&app, "other-bureau", &asked, "grant", &document).await.status, 404);
    let granted = decide(&app, "bureau", &asked, "grant", &document).await;
    assert_eq!(
        (granted.status, &granted.json()["state"], &granted.json()["can"]),
        (200, &json!("granted"), &json!(["end"]))
    );
    assert_eq!(decide(&app, "bureau", &granted, "grant", &document).await.code(), "state-conflict");

    let submitted = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(submitted.status, 200, "{}", submitted.json());
    let answer = submitted.json();
    let finding = of_rule(&answer, "service-end-time")[0];
    assert_eq!((&finding["severity"], &finding["exemption"]), (&json!("warning"), &json!(granted.id())));
    let filing = app.get(&format!("/api/v1/filings/{}", answer["latest_filing"]["id"].as_str().unwrap()));
    let recorded = filing.token(app.world.token("bureau")).expect(200).await.json();
    let recorded = &recorded["recorded_findings"];
    assert!(
        recorded.as_array().unwrap().iter().any(|finding| finding["exemption"] == json!(granted.id())),
        "{recorded}"
    );
}

#[rstest]
#[actix_web::test]
async fn filing_window_is_lifted_by_the_authoritys_own_motion(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    app.clock_at("2024-09-18T10:00:00+08:00");
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.status, 422);
    let days = [("first_on", json!("2024-09-18")), ("last_on", json!("2024-09-20"))];
    let refused = ask(&app, "bureau", &body(&app, "filing-window", &days)).await;
    assert_eq!(refused.faults(), [("/document".to_owned(), "required".to_owned())]);
    let with_document = [days[0].clone(), days[1].clone(), ("document", json!("岳楼教函〔2024〕15号"))];
    let given = ask(&app, "bureau", &body(&app, "filing-window", &with_document)).await.json();
    assert_eq!((&given["state"], &given["requested_by_id"]), (&json!("granted"), &Value::Null));
    let submitted = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(submitted.status, 200, "{}", submitted.json());
    assert_eq!(of_rule(&submitted.json(), "filing-window")[0]["exemption"], given["id"]);
}

#[rstest]
#[actix_web::test]
async fn what_is_ended_refused_or_taken_back_lifts_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &late_plan()).await;
    let wanted = body(&app, "service-end-time", &[]);
    let reason = json!({"reason": "校车已恢复。"});
    let refused = ask(&app, "school-admin", &wanted).await;
    assert_eq!(decide(&app, "bureau", &refused, "refuse", &reason).await.json()["remark"], "校车已恢复。");
    let taken_back = ask(&app, "school-admin", &wanted).await;
    assert_eq!(call(&app, "school-admin", "exemptions", &taken_back, "withdraw").await.json()["state"], "ended");
    let given = ask(&app, "bureau", &body(&app, "service-end-time", &[("document", json!("函1号"))])).await;
    assert_eq!(decide(&app, "city-bureau", &given, "end", &reason).await.json()["state"], "ended");
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.status, 422);
}

#[rstest]
#[actix_web::test]
async fn only_what_can_be_lifted_is_asked_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (rule, change, pointer, fault) in [
        ("no-such-rule", vec![], "/rule", "not-found"),
        ("no-collective-instruction", vec![], "/rule", "not-for-this"),
        ("filing-window", vec![("weekday", json!(1))], "/weekday", "not-for-this"),
        ("service-days", vec![("last_on", json!("2024-09-01"))], "/last_on", "ends-before-start"),
        ("service-days", vec![("season", json!("spring"))], "/season", "not-found"),
        ("service-days", vec![("school_id", json!(app.world.organisation("other school")))], "/school_id", "not-found"),
    ] {
        let refused = ask(&app, "school-admin", &body(&app, rule, &change)).await;
        assert_eq!((refused.status, refused.faults()), (422, vec![(pointer.to_owned(), fault.to_owned())]), "{rule}");
    }
    assert_eq!(app.count("exemptions").await, 0);
}
