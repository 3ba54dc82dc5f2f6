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
async fn notice_complete_asks_for_advice_where_a_grade_is_served_by_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["projects"][0]["grades"] = json!([1, 2, 3, 4]);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let published = publish(&app, "school-admin", &plan).await;
    assert_eq!(published.status, 200, "it stops nothing: {}", published.json());
    let told = published.json()["findings"][0].clone();
    let said = ["rule", "severity", "pointer"].map(|name| told[name].as_str().unwrap().to_owned());
    assert_eq!(said, ["notice-complete", "warning", "/items/off_campus_advice"]);
    assert!(told["message"].as_str().unwrap().contains("5, 6"), "{told}");
    let drafted = json!({"plan_id": plan.id(), "items": {
        "time": "每天", "mode": "自愿", "content": "作业", "safety": "专人", "fees": "不收费", "spending": "财政",
        "off_campus_advice": "请选择有资质的机构。", "channels": []
    }});
    let token = app.world.token("school-admin");
    let drafted = app.post("/api/v1/notices").token(token).json(&drafted).expect(201).await;
    let published = call(&app, "school-admin", "notices", &drafted, "publish").await;
    assert_eq!((published.status, &published.json()["findings"]), (200, &Value::Null), "{}", published.json());
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
    let school = app.world.organisation("own school");
    let same = app.get(&format!("/api/v1/published-notices?school_id={school}&season=autumn")).expect(200).await.json();
    assert_eq!(same, list, "by its id, too");
    let neither = app.get("/api/v1/published-notices").expect(400).await;
    let required = |name: &str| (name.to_owned(), "required".to_owned());
    assert_eq!(neither.faults(), [required("school_id"), required("school_code")]);
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

#[rstest]
#[actix_web::test]
async fn parents_read_what_it_costs_when_and_whom_to_ask(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["fees"] = json!("每课时4元。此前费用待核准。");
    document["projects"][0]["fee"] =
        json!({"kind": "per_lesson", "amount_fen": 400, "price_document": "湘发改价费〔2019〕362号"});
    let mut club = document["projects"][0].clone();
    club["name"] = json!("书法");
    club["category"] = json!("clubs");
    club["seats_max"] = json!(40);
    club["apply_until"] = json!("2024-09-20");
    document["projects"].as_array_mut().unwrap().push(club);
    document["budget"]["income"] =
        json!([{"source": "guardians", "amount_fen": 50_000}, {"source": "public_money", "amount_fen": 50_000}]);
    document["budget"]["pupil_term_max_fen"] = json!(60_000);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let filing = filing_of(&app, &plan).await;
    let pending = page(&app, &notice.id(), false).await;
    assert!(!pending.contains("class=\"mark\""), "nothing is overtaken yet");
    let since = "以上为学校公布时的说明。收费事项现已经教育主管部门审核同意。";
    assert!(pending.contains("此前费用待核准") && !pending.contains(since));
    approve(&app, "bureau", &filing).await;
    let zh = page(&app, &notice.id(), false).await;
    let en = page(&app, &notice.id(), true).await;
    let filed = filing.json();
    let case = filed["case_number"].as_str().unwrap();
    for text in [
        "<h1>2024-2025学年秋季学期课后服务告知书</h1>",
        "如何参加",
        "报名截止：2024-09-20",
        "名额 40",
        "本学期的费用合计不超过 600.00 元",
        "2024-09-02 至 2025-01-17，法定节假日除外",
        "咨询与投诉",
        "可以向岳阳楼区",
        case,
        since,
        "href=\"?lang=en\"",
    ] {
        assert!(zh.contains(text), "{text}: {zh}");
    }
    let lessons = zh.split("整个学期共 ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    let sum: i64 = lessons.parse::<i64>().unwrap() * 4;
    assert!(sum > 0 && zh.contains(&format!("合计 {sum}.00 元")), "{zh}");
    for text in [
        "<h1>After-school service, autumn term 2024-2025: notice to guardians</h1>",
        "Apply until 2024-09-20",
        &format!("{lessons} lessons in the whole term: {sum}.00 yuan in all"),
        "The education authority has approved the fees since.",
        "href=\"?lang=zh\"",
    ] {
        assert!(en.contains(text), "{text}: {en}");
    }
    // The address asks louder than the browser.
    let asked = app.get(&format!("/notices/{}?lang=en", notice.id())).header("accept-language", "zh").expect(200).await;
    assert_eq!(String::from_utf8(asked.body).unwrap(), en);
    app.get(&format!("/notices/{}?lang=fr", notice.id())).expect(400).await;
    app.get(&format!("/notices/{}?page=2", notice.id())).expect(400).await;
}

#[rstest]
#[actix_web::test]
async fn a_school_s_words_about_an_approval_that_is_not_there_are_marked(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["notice"]["fees"] = json!("每课时4元，收费已经审核。");
    document["projects"][0]["fee"] =
        json!({"kind": "per_lesson", "amount_fen": 400, "price_document": "湘发改价费〔2019〕362号"});
    document["budget"]["income"] =
        json!([{"source": "guardians", "amount_fen": 50_000}, {"source": "public_money", "amount_fen": 50_000}]);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let mark = "<p class=\"mark\">收费事项待教育主管部门审核，审核同意前不收取任何费用。</p>";
    assert!(page(&app, &notice.id(), false).await.contains(mark));
    approve(&app, "bureau", &filing_of(&app, &plan).await).await;
    assert!(!page(&app, &notice.id(), false).await.contains("class=\"mark\""));
}

#[rstest]
#[actix_web::test]
async fn a_link_that_leads_nowhere_is_a_page_for_a_browser(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    call(&app, "school-admin", "plans", &plan, "withdraw").await;
    let browsed = |path: String| app.get(&path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    for (path, status) in [
        (format!("/notices/{}", notice.id()), 404),
        ("/notices/01920000-0000-7000-8000-000000000000".to_owned(), 404),
        ("/notices/zz".to_owned(), 400),
    ] {
        for (lang, title) in [("zh", "没有找到这份告知"), ("en", "This notice is not here")] {
            let refused = browsed(format!("{path}?lang={lang}")).expect(status).await;
            let text = String::from_utf8(refused.body.clone()).unwrap();
            assert!(refused.header("content-type").starts_with("text/html"), "{path}");
            assert!(text.contains(title) && !text.contains("page."), "{path}: {text}");
            assert!(refused.header("content-security-policy").contains("default-src 'none'"));
            assert_eq!(refused.header("content-language"), lang);
        }
        // Whoever is no browser gets a problem document, as everywhere.
        assert!(!app.get(&path).expect(status).await.code().is_empty());
    }
}
