//! Notices: six items, published once the plan is submitted, read without signing in.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{approve, call, draft, filing_of, publish, small_plan, submit};

async fn page(app: &TestApp, id: &str, english: bool) -> String {
    let ask = app.get(&format!("/notices/{id}"));
    let answer = if english { ask.english() } else { ask };
    String::from_utf8(answer.expect(200).await.body).unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_notice_waits_for_its_plan_to_be_submitted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let refused = publish(&app, "school-admin", &plan).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "not-submitted"));
    let plan = submit(&app, "school-admin", &plan).await;
    let published = publish(&app, "school-admin", &plan).await.json();
    assert_eq!(published["page"], format!("/notices/{}", published["id"].as_str().unwrap()));
}

#[rstest]
#[actix_web::test]
async fn notice_complete_names_each_item_that_is_missing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["safety"] = Value::Null;
    document["notice"]["spending"] = Value::Null;
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let refused = publish(&app, "school-admin", &plan).await;
    assert_eq!(refused.status, 422);
    let places: Vec<(String, String)> = refused.findings().into_iter().map(|(rule, _, at)| (rule, at)).collect();
    let rule = || "notice-complete".to_owned();
    assert_eq!(places, [(rule(), "/items/safety".to_owned()), (rule(), "/items/spending".to_owned())]);
    let notices = format!("/api/v1/notices?plan_id={}", plan.id());
    let drafted = app.get(&notices).token(app.world.token("school-admin")).expect(200).await.json()["items"][0].clone();
    let mut items = drafted["items"].clone();
    items["safety"] = json!("专人看护。");
    items["spending"] = json!("财政补助。");
    let path = format!("/api/v1/notices/{}", drafted["id"].as_str().unwrap());
    let body = json!({"plan_id": plan.id(), "items": items});
    let mended = app.put(&path).token(app.world.token("school-admin")).if_match("\"1\"").json(&body).expect(200).await;
    assert_eq!(call(&app, "school-admin", "notices", &mended, "publish").await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn a_new_notice_takes_the_place_of_the_old_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let first = publish(&app, "school-admin", &plan).await;
    let second = publish(&app, "school-admin", &plan).await;
    app.get(&format!("/api/v1/published-notices/{}", first.id())).expect(404).await;
    app.get(&format!("/notices/{}", first.id())).expect(404).await;
    let list = app.get("/api/v1/published-notices?school_code=2143000001&season=autumn").expect(200).await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["items"][0]["id"], second.json()["id"]);
    let notices = format!("/api/v1/notices?plan_id={}&state=superseded", plan.id());
    let superseded = app.get(&notices).token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!(superseded["items"][0]["id"], first.json()["id"]);
}

#[rstest]
#[actix_web::test]
async fn a_withdrawn_plan_is_not_shown_any_more(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    call(&app, "school-admin", "plans", &plan, "withdraw").await;
    app.get(&format!("/notices/{}", notice.id())).expect(404).await;
    let list = app.get("/api/v1/published-notices?school_code=2143000001").expect(200).await.json();
    assert_eq!(list["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn the_page_is_read_without_signing_in_and_escapes_what_people_wrote(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["content"] = json!("<script>alert(1)</script>作业辅导");
    document["projects"][0]["fee"] =
        json!({"kind": "per_lesson", "amount_fen": 400, "price_document": "湘发改价费〔2019〕362号"});
    document["budget"]["income"] =
        json!([{"source": "guardians", "amount_fen": 50_000}, {"source": "public_money", "amount_fen": 50_000}]);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let zh = page(&app, &notice.id(), false).await;
    assert!(!zh.contains("<script>") && zh.contains("作业辅导"));
    for text in [
        "课后服务告知书",
        "服务时间",
        "费用开支",
        "每课时 4.00 元",
        "周一至周五 16:30–17:30",
        "不限名额",
        "审核同意前不收取任何费用",
        "公布于 2024-09-10",
        "name=\"viewport\"",
    ] {
        assert!(zh.contains(text), "{text}: {zh}");
    }
    let en = page(&app, &notice.id(), true).await;
    for text in ["Service times", "4.00 yuan a lesson", "Mon–Fri 16:30–17:30", "open to all"] {
        assert!(en.contains(text), "{text}: {en}");
    }
    assert!(!zh.contains("notice.") && !en.contains("notice."), "an unfinished text");
    let shown = app.get(&format!("/notices/{}", notice.id())).expect(200).await;
    assert!(shown.header("content-security-policy").contains("default-src 'none'"));
    approve(&app, "bureau", &filing_of(&app, &plan).await).await;
    assert!(page(&app, &notice.id(), false).await.contains("收费事项已经教育主管部门审核同意"));
}
