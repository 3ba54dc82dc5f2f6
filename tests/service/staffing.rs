//! Leaders of projects: who may be named, and one story for each rule about them (四.1, 六.3).

use kehou::rules::document::MaterialKind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::amendments::{amend, document_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, call, draft, draft_with, filing_of, small_plan, submit};
use crate::support::staff::{contract, enter_member, qualify, vet, vet_all};

/// The small plan, its one project led by these people; it meets from 2024-09-02 to 2025-01-17.
fn led_by(ids: &[&str]) -> Value {
    let mut document = small_plan("own school", "autumn");
    document["projects"][0]["leader_ids"] = json!(ids);
    document
}

/// What the rules about staff say, as `rule severity`.
fn said(answer: &Answer) -> Vec<String> {
    let of_staff = |rule: &str| rule.contains("staff");
    let findings = answer.findings().into_iter().filter(|(rule, ..)| of_staff(rule));
    findings.map(|(rule, severity, _)| format!("{rule} {severity}")).collect()
}

/// Drafts a plan that these people lead and tries to file it.
async fn filed(app: &TestApp, ids: &[&str]) -> Answer {
    let plan = draft_with(app, "school-admin", &led_by(ids), MORE).await;
    call(app, "school-admin", "plans", &plan, "submit").await
}

/// Files a plan that was drafted and refused before.
async fn filed_again(app: &TestApp) -> Answer {
    let token = app.world.token("school-admin");
    let list = app.get("/api/v1/plans").token(token).expect(200).await.json();
    let path = format!("/api/v1/plans/{}", list["items"][0]["id"].as_str().unwrap());
    let plan = app.get(&path).token(token).expect(200).await;
    call(app, "school-admin", "plans", &plan, "submit").await
}

fn person(answer: &Answer) -> String {
    let findings = answer.json()["findings"].as_array().cloned().unwrap_or_default();
    let of_staff = findings.iter().find(|finding| finding["rule"].as_str().unwrap_or_default().contains("staff"));
    of_staff.map(|finding| format!("{} {}", finding["clause"], finding["message"])).unwrap_or_default()
}

/// What is filed beside what always is.
const MORE: &[MaterialKind] = &[MaterialKind::TemporaryStaffContracts];

#[rstest]
#[actix_web::test]
async fn only_the_school_s_own_staff_can_be_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let foreign = app.world.staff("sibling school").member.to_string();
    let gone = enter_member(&app, "own", "陈老师").await;
    let path = format!("/api/v1/staff-members/{gone}/leave");
    app.post(&path).token(token).if_match("\"1\"").json(&json!({"left_on": "2024-09-09"})).expect(200).await;
    let here = enter_member(&app, "own", "李老师").await;
    let document = led_by(&[&here, &foreign, "0192f0c1-2b3a-7c4d-8e5f-60718293a4b5", &gone]);
    let refused = app.post("/api/v1/plans").token(token).json(&document).expect(422).await;
    let fault = |place: usize, code: &str| (format!("/projects/0/leader_ids/{place}"), code.to_owned());
    assert_eq!(refused.faults(), [fault(1, "not-found"), fault(2, "not-found")], "who has left may stay named");
    let plan = draft_with(&app, "school-admin", &led_by(&[&here]), MORE).await;
    let mut offer = led_by(&[&foreign])["projects"][0].clone();
    offer["name"] = json!("棋艺");
    let body = json!({"plan_id": plan.id(), "offer": offer});
    let refused = app.post("/api/v1/projects").token(token).json(&body).expect(422).await;
    assert_eq!(refused.faults(), [("/offer/leader_ids/0".to_owned(), "not-found".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn leaders_are_part_of_what_is_filed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let leader = enter_member(&app, "own", "李老师").await;
    vet_all(&app, &leader).await;
    let plan = submit(&app, "school-admin", &draft_with(&app, "school-admin", &led_by(&[&leader]), MORE).await).await;
    assert_eq!(said(&plan), Vec::<String>::new());
    let filing = filing_of(&app, &plan).await;
    let document = app
        .get(&format!("/api/v1/filings/{}/document", filing.id()))
        .token(app.world.token("bureau"))
        .expect(200)
        .await;
    assert_eq!(document.json()["projects"][0]["leader_ids"], json!([leader]));
}

#[rstest]
#[actix_web::test]
async fn a_plan_that_names_nobody_is_not_stopped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    assert_eq!(said(&plan), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn external_staff_qualified_before_a_plan_is_filed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (coach, own) = (enter_member(&app, "external", "周教练").await, enter_member(&app, "own", "李老师").await);
    vet_all(&app, &coach).await;
    vet_all(&app, &own).await;
    contract(&app, &coach, "2024-09-02", "2025-01-17").await;
    qualify(&app, &coach, "2020-01-01", Some("2024-09-01")).await;
    let refused = filed(&app, &[&coach, &own]).await;
    assert_eq!((refused.status, said(&refused)), (422, vec!["external-staff-qualified error".to_owned()]));
    assert!(
        person(&refused).contains("四.1")
            && person(&refused).contains("周教练")
            && person(&refused).contains("2024-09-10")
    );
    qualify(&app, &coach, "2024-08-01", Some("2024-12-31")).await;
    let warned = filed_again(&app).await;
    assert_eq!((warned.status, said(&warned)), (200, vec!["external-staff-qualified warning".to_owned()]));
    assert!(person(&warned).contains("2024-12-31"), "{}", person(&warned));
}

#[rstest]
#[actix_web::test]
async fn external_staff_contract_before_a_plan_is_filed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (coach, own) = (enter_member(&app, "external", "周教练").await, enter_member(&app, "own", "李老师").await);
    vet_all(&app, &coach).await;
    vet_all(&app, &own).await;
    qualify(&app, &coach, "2020-01-01", None).await;
    contract(&app, &coach, "2024-09-11", "2024-11-29").await;
    let refused = filed(&app, &[&coach, &own]).await;
    assert_eq!((refused.status, said(&refused)), (422, vec!["external-staff-contract error".to_owned()]));
    assert!(person(&refused).contains("2024-09-10"), "{}", person(&refused));
    contract(&app, &coach, "2024-09-10", "2024-09-10").await;
    let warned = filed_again(&app).await;
    assert_eq!((warned.status, said(&warned)), (200, vec!["external-staff-contract warning".to_owned()]));
    assert!(person(&warned).contains("2024-11-29") && person(&warned).contains("2024-12-02"), "{}", person(&warned));
}

#[rstest]
#[actix_web::test]
async fn staff_vetted_before_a_plan_is_filed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let own = enter_member(&app, "own", "李老师").await;
    vet(&app, &own, "character", "passed", "2025-08-29").await;
    vet(&app, &own, "health", "failed", "2025-08-29").await;
    let refused = filed(&app, &[&own]).await;
    assert_eq!((refused.status, said(&refused)), (422, vec!["staff-vetted error".to_owned()]));
    assert!(person(&refused).contains("六.3") && person(&refused).contains("李老师"));
    vet(&app, &own, "health", "passed", "2024-12-31").await;
    let warned = filed_again(&app).await;
    assert_eq!((warned.status, said(&warned)), (200, vec!["staff-vetted warning".to_owned()]));
    assert!(person(&warned).contains("2024-12-31"), "{}", person(&warned));
}

#[rstest]
#[actix_web::test]
async fn staff_vetted_with_the_record_check_of_a_profile(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let own = enter_member(&app, "own", "李老师").await;
    vet_all(&app, &own).await;
    let profile = json!({
        "authority_id": app.world.organisation("own district"), "code": "yueyanglou-2024", "document": "岳楼教发〔2024〕1号",
        "title": "实施意见", "starts_on": "2024-08-01", "ends_on": null, "parameters": {"record_check_required": true}
    });
    app.post("/api/v1/policy-profiles").token(app.world.token("bureau")).json(&profile).expect(201).await;
    assert_eq!(said(&filed(&app, &[&own]).await), ["staff-vetted error"]);
    vet(&app, &own, "record_check", "passed", "2025-08-29").await;
    assert_eq!(filed_again(&app).await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn own_staff_first_warns_below_half(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (own, one, other) = (
        enter_member(&app, "own", "李老师").await,
        enter_member(&app, "volunteer", "吴志愿").await,
        enter_member(&app, "volunteer", "何志愿").await,
    );
    for member in [&own, &one, &other] {
        vet_all(&app, member).await;
    }
    let half = draft_with(&app, "school-admin", &led_by(&[&own, &one]), MORE).await;
    assert_eq!(said(&half), Vec::<String>::new(), "exactly half");
    let path = format!("/api/v1/plans/{}", half.id());
    let third = app
        .put(&path)
        .token(app.world.token("school-admin"))
        .if_match(half.etag())
        .json(&led_by(&[&own, &one, &other]))
        .expect(200)
        .await;
    assert_eq!(said(&third), ["own-staff-first warning"]);
    assert_eq!(call(&app, "school-admin", "plans", &third, "submit").await.status, 200, "a warning stops nothing");
}

#[rstest]
#[actix_web::test]
async fn a_coach_who_joins_in_november_is_named_by_an_amendment(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let old = enter_member(&app, "own", "李老师").await;
    vet_all(&app, &old).await;
    let drafted = draft_with(&app, "school-admin", &led_by(&[&old]), MORE).await;
    let plan = submit(&app, "school-admin", &drafted).await;
    approve(&app, "bureau", &filing_of(&app, &plan).await).await;
    app.clock_at("2024-11-01T10:00:00+08:00");
    let coach = enter_member(&app, "external", "吴教练").await;
    vet_all(&app, &coach).await;
    qualify(&app, &coach, "2020-01-01", None).await;
    contract(&app, &coach, "2024-11-04", "2025-01-17").await;
    let path = format!("/api/v1/staff-members/{old}/leave");
    let token = app.world.token("school-admin");
    app.post(&path).token(token).if_match("\"1\"").json(&json!({"left_on": "2024-10-31"})).expect(200).await;

    // Who has left stays named while something else is changed.
    let mut document = document_of(&app, "school-admin", &plan.id()).await;
    document["projects"][0]["outline"] = json!("完成作业，答疑。");
    let other = amend(&app, "school-admin", &plan.id(), &document).await;
    assert_eq!((other.status, said(&other)), (201, vec!["staff-vetted warning".to_owned()]));
    assert_eq!(call(&app, "school-admin", "plan-amendments", &other, "withdraw").await.status, 200);
    document["projects"][0]["leader_ids"] = json!([coach]);
    let named = amend(&app, "school-admin", &plan.id(), &document).await;
    assert_eq!(named.status, 201, "{}", named.json());
    let filed = call(&app, "school-admin", "plan-amendments", &named, "submit").await;
    assert_eq!(filed.status, 200, "{}", filed.json());
    assert!(said(&filed).contains(&"external-staff-contract warning".to_owned()), "it begins on the Monday after");
}
