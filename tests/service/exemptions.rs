//! `/exemptions`: asked for or given, granted by a document, and cited by what they lift.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::plan_with;
use crate::support::fees::{charging, open_account, price, sign};
use crate::support::plans::{approve, call, draft, filing_of, publish, small_plan};

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
    assert!(finding["message"].as_str().unwrap().contains("岳楼教函〔2024〕12号"), "{finding}");
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
        ("service-days", vec![("first_on", json!("2024-09-01"))], "/first_on", "out-of-range"),
        ("service-days", vec![("last_on", json!("2025-01-18"))], "/last_on", "out-of-range"),
        ("service-days", vec![("project", json!("马术"))], "/project", "not-found"),
        ("service-days", vec![("school_id", json!(app.world.organisation("other school")))], "/school_id", "not-found"),
    ] {
        let refused = ask(&app, "school-admin", &body(&app, rule, &change)).await;
        assert_eq!((refused.status, refused.faults()), (422, vec![(pointer.to_owned(), fault.to_owned())]), "{rule}");
    }
    assert_eq!(app.count("exemptions").await, 0);
}

#[rstest]
#[actix_web::test]
async fn what_is_granted_names_a_project_that_is_still_planned(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &late_plan()).await;
    let wanted = body(&app, "service-end-time", &[("project", json!("作业辅导"))]);
    let asked = ask(&app, "school-admin", &wanted).await;
    assert_eq!(asked.status, 201);
    let mut renamed = late_plan();
    renamed["projects"][0]["name"] = json!("课后托管");
    let path = format!("/api/v1/plans/{}", plan.id());
    let seen = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    app.put(&path).token(app.world.token("school-admin")).if_match(seen.etag()).json(&renamed).expect(200).await;
    let document = json!({"document": "岳楼教函〔2024〕12号"});
    let refused = decide(&app, "bureau", &asked, "grant", &document).await;
    assert_eq!(refused.faults(), [("/project".to_owned(), "not-found".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn a_finding_says_why_what_was_granted_does_not_help(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &late_plan()).await;
    let until = [("last_on", json!("2024-12-31")), ("document", json!("岳楼教函〔2024〕12号"))];
    assert_eq!(ask(&app, "bureau", &body(&app, "service-end-time", &until)).await.status, 201);
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(refused.status, 422);
    let answer = refused.json();
    let message = of_rule(&answer, "service-end-time")[0]["message"].as_str().unwrap();
    for named in ["岳楼教函〔2024〕12号", "2024-12-31", "2025-01-06"] {
        assert!(message.contains(named), "{message}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_lifted_saturday_is_counted_and_billed_for_its_project_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.clock_at("2024-09-02T08:00:00+08:00"); // who signs on the first day has all lessons
    let mut document = plan_with(&[("足球", Some(20), &[2], "17:30", "18:00")]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    let saturday = json!({"weekday": 6, "starts_at": "09:00", "ends_at": "09:30", "timetable": "all"});
    document["projects"][1]["slots"].as_array_mut().unwrap().push(saturday);
    price(&mut document, 0, "per_lesson", 400);
    price(&mut document, 1, "per_lesson", 400);
    let drafted = draft(&app, "school-admin", &document).await;
    let lifted = [("project", json!("足球")), ("weekday", json!(6)), ("document", json!("岳楼教函〔2024〕22号"))];
    assert_eq!(ask(&app, "bureau", &body(&app, "service-days", &lifted)).await.status, 201);
    let filed = call(&app, "school-admin", "plans", &drafted, "submit").await;
    assert_eq!(filed.status, 200, "{}", filed.json());
    assert!(filed.findings().iter().all(|(rule, ..)| rule != "no-refusal"), "the open project needs no Saturday");
    open_account(&app, "school-finance", "own school").await;
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &filed).await).await.status, 200);
    publish(&app, "school-admin", &filed).await;
    sign(&app, "school-admin", &filed, &app.world.pupils("own school").student.to_string(), &[0, 1]).await;
    let charge =
        charging(&app, "school-finance", &app.world.pupils("own school").student.to_string()).expect(201).await;
    let lines = charge.json()["lines"].clone();
    let lessons = |project: &str| {
        let line =
            lines.as_array().unwrap().iter().find(|line| line["project_name"] == project || line["name"] == project);
        line.unwrap()["lessons"].as_i64().unwrap()
    };
    // 92 weekdays; 18 Tuesdays, and 16 Saturdays beside two that are made up for holidays.
    assert_eq!((lessons("作业辅导"), lessons("足球")), (92, 34));
}

/// One person with two roles: what was asked for as the school is granted by somebody else.
#[rstest]
#[actix_web::test]
async fn nobody_grants_what_they_asked_for(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let asked = ask(&app, "school-admin", &body(&app, "service-days", &[])).await;
    let (person, officer) = (app.world.account("school-admin").id, app.world.account("bureau").id);
    let swap = |to: kehou::db::Id| {
        let id = app.id_literal(&to.to_string());
        format!("UPDATE exemptions SET requested_by_id = {id}")
    };
    app.sql(&swap(officer)).await;
    let seen = app.get(&format!("/api/v1/exemptions/{}", asked.id())).token(app.world.token("bureau"));
    assert_eq!(seen.expect(200).await.json()["can"], json!(["refuse", "withdraw"]));
    let document = json!({"document": "岳楼教函〔2024〕12号"});
    let refused = decide(&app, "bureau", &asked, "grant", &document).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "own-request"));
    let given = body(&app, "service-days", &[("document", json!("岳楼教函〔2024〕13号"))]);
    let refused = ask(&app, "bureau", &given).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "own-request"), "nor of their own motion");
    assert_eq!(ask(&app, "city-bureau", &given).await.status, 201);
    app.sql(&swap(person)).await;
    assert_eq!(decide(&app, "bureau", &asked, "grant", &document).await.status, 200);
}
