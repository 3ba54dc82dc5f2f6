//! An agreement as a page: what a guardian reads before it signs, and prints afterwards.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{
    Club, application, apply, more_children, open, plan_with, sign, verb, with_half_hours,
};
use crate::support::fees::{approved_plan, open_account, price};
use crate::support::plans::{draft, publish, submit};

const CLUBS: [Club<'_>; 2] = [("武术", Some(1), &[2], "17:30", "18:00"), ("合唱", Some(30), &[3], "17:30", "18:00")];

async fn page(app: &TestApp, account: &str, path: &str) -> String {
    let answer = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await;
    assert!(answer.header("content-type").starts_with("text/html"), "{path}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(!["agreement.", "notice.", "%{"].iter().any(|unfinished| text.contains(unfinished)), "{text}");
    text
}

fn holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part}: {page}");
    }
}

/// A plan with prices whose notice names whom to ask; the ids of its projects.
async fn priced(app: &TestApp) -> Vec<String> {
    open_account(app, "school-finance", "own school").await;
    let mut document = with_half_hours(&CLUBS);
    price(&mut document, 0, "per_lesson", 400);
    price(&mut document, 1, "per_term", 12_000);
    let plan = submit(app, "school-admin", &draft(app, "school-admin", &document).await).await;
    let named = json!({
        "plan_id": plan.id(), "items": {}, "contact_name": "教务处", "contact_phone": "0730-8880001",
    });
    app.post("/api/v1/notices").token(app.world.token("school-admin")).json(&named).expect(201).await;
    let notice = publish(app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    assert_eq!(shown["contact_phone"], "0730-8880001", "what is not said is the school's last");
    shown["projects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_guardian_reads_what_it_signs_and_keeps_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = priced(&app).await;
    let made = apply(&app, &projects[0]).await;
    let path = format!("enrollments/{}/agreement-page", made.id());
    let json = format!("/api/v1/enrollments/{}/agreement", made.id());
    let shown = app.get(&json).token(app.world.token("guardian")).expect(200).await.json();
    let sum = shown["text"].as_str().unwrap().split("合计").nth(1).unwrap().split('元').next().unwrap().to_owned();
    let zh = page(&app, "guardian", &path).await;
    let en = page(&app, "guardian", &format!("{path}?lang=en")).await;
    let hash = shown["sha256"].as_str().unwrap();
    holds(
        &zh,
        &[
            "<h1>课后服务协议</h1>",
            "尚未签署",
            "李明",
            "作业辅导",
            "周一至周五 16:30–17:30",
            "每课时 4.00 元",
            &format!("合计 {sum} 元"),
            "自 2024-09-10 起参加",
            "您可以随时在家长端退出",
            "教务处",
            "<span class=\"phone\">0730-8880001</span>",
            "可以向岳阳楼区",
            hash,
            "size: A4",
        ],
    );
    holds(&en, &["lang=\"en\"", "Not signed yet", "李明", &format!("{sum} yuan in all"), "To ask: 教务处", hash]);
    holds(&en, &["Takes part, and pays, from 2024-09-10 on", "in Chinese", "You may withdraw in your app at any time"]);
    let text = shown["text"].as_str().unwrap();
    assert!(zh.contains(text) && en.contains(text), "the text that is signed stands on it to the letter");
    let signed = sign(&app, &made).await;
    for account in ["guardian", "school-admin"] {
        let kept = page(&app, account, &path).await;
        holds(&kept, &["已由 guardian 于", "签署，现行有效", hash, text]);
        assert!(!kept.contains("尚未签署"));
    }
    let tagged = app.get(&format!("/api/v1/{path}")).token(app.world.token("guardian")).expect(200).await;
    let ask = app.get(&format!("/api/v1/{path}")).token(app.world.token("guardian"));
    ask.header("if-none-match", tagged.etag()).expect(304).await;
    let withdrawn = verb(&app, "guardian", &signed, "withdraw", None).await;
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.json());
    let ended = page(&app, "guardian", &path).await;
    holds(&ended, &["学生现已不再参加", hash]);
    assert!(!ended.contains("现行有效"));
}

#[rstest]
#[actix_web::test]
async fn who_may_not_read_the_agreement_gets_no_page_and_who_does_stands_in_the_log(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let made = apply(&app, &projects[0]).await;
    let path = format!("/api/v1/enrollments/{}/agreement-page", made.id());
    for (account, status) in [
        ("guardian", 200),
        ("school-admin", 200),
        ("bureau", 200),
        ("other-school-admin", 404),
        ("teacher", 404),
        ("platform-admin", 403),
        ("partner", 403),
    ] {
        app.get(&path).token(app.world.token(account)).expect(status).await;
    }
    app.get(&path).expect(401).await;
    app.get(&format!("{path}?agreement_id={}", made.id())).token(app.world.token("guardian")).expect(404).await;
    let wrong = app.get(&format!("{path}?lang=fr&agreement_id=1&page=2")).token(app.world.token("guardian"));
    let faults = [("lang", "not-one-of"), ("agreement_id", "format"), ("page", "unknown")];
    assert_eq!(wrong.expect(400).await.faults(), faults.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = format!("/api/v1/students/{}/access-log", app.world.pupils("own school").student);
    let lines = app.get(&log).token(app.world.token("guardian")).expect(200).await.json();
    let readers = |line: &Value| line["operation"] == "get_agreement_page" && line["purpose"] == "read";
    assert_eq!(lines["items"].as_array().unwrap().iter().filter(|line| readers(line)).count(), 3, "{lines}");
}

#[rstest]
#[actix_web::test]
async fn several_projects_are_read_on_one_page(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = priced(&app).await;
    let student = app.world.pupils("own school").student.to_string();
    let ids = projects.join(",");
    let ask = |what: &str| format!("students/{student}/{what}?project_ids={ids}");
    let token = app.world.token("guardian");
    let shown = app.get(&format!("/api/v1/{}", ask("agreement"))).token(token).expect(200).await.json();
    let total = shown["total_fen"].as_i64().unwrap();
    let total = format!("{}.{:02}", total / 100, total % 100);
    let before = page(&app, "guardian", &ask("agreement-page")).await;
    holds(&before, &["尚未签署", "作业辅导", "武术", "合唱", &format!("各项目本学期合计 {total} 元")]);
    holds(&before, &[shown["sha256"].as_str().unwrap(), shown["text"].as_str().unwrap()]);
    let en = page(&app, "guardian", &format!("{}&lang=en", ask("agreement-page"))).await;
    holds(&en, &[&format!("All projects together this term: {total} yuan"), "120.00 yuan for the term"]);
    let body = json!({"student_id": student, "project_ids": projects, "agreement_sha256": shown["sha256"]});
    let chosen = app.post("/api/v1/enrollments/batch").token(token).key("all").json(&body).expect(200).await.json();
    for item in chosen["items"].as_array().unwrap() {
        let path = format!("enrollments/{}/agreement-page", item["id"].as_str().unwrap());
        let kept = page(&app, "school-admin", &path).await;
        holds(&kept, &["现行有效", "作业辅导", "武术", "合唱", &format!("各项目本学期合计 {total} 元")]);
    }
    let nothing = app.get(&format!("/api/v1/students/{student}/agreement-page?lang=fr")).token(token).expect(400).await;
    let faults = [("lang", "not-one-of"), ("project_ids", "required")];
    assert_eq!(nothing.faults(), faults.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
}

#[rstest]
#[actix_web::test]
async fn a_page_never_tells_of_a_seat_that_is_not_there(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&CLUBS)).await;
    let first = apply(&app, &projects[1]).await;
    let child = more_children(&app, 1).await[0].to_string();
    let second = application(&app, "guardian", &child, &projects[1], "second").expect(201).await;
    assert_eq!((&first.json()["state"], &second.json()["state"]), (&json!("allocated"), &json!("waitlisted")));
    let path = |made: &Answer| format!("enrollments/{}/agreement-page", made.id());
    holds(&page(&app, "guardian", &path(&second)).await, &["正在候补，取得名额后才能签署"]);
    holds(&page(&app, "guardian", &format!("{}?lang=en", path(&second))).await, &["is on the waitlist"]);
    verb(&app, "guardian", &first, "withdraw", None).await;
    holds(&page(&app, "guardian", &path(&first)).await, &["学生未参加"]);
    holds(&page(&app, "guardian", &path(&second)).await, &["已有名额，待您在家长端确认"]);
    holds(&page(&app, "guardian", &format!("{}?lang=en", path(&second))).await, &["A seat is offered"]);
    let offered = app.get(&format!("/api/v1/enrollments/{}", second.id())).token(app.world.token("guardian"));
    assert_eq!(verb(&app, "guardian", &offered.expect(200).await, "accept", None).await.status, 200);
    holds(&page(&app, "guardian", &path(&second)).await, &["尚未签署"]);
}

/// The page of a plan's notice.
async fn notice_page(app: &TestApp, notice: &str, lang: &str) -> String {
    let answer = app.get(&format!("/notices/{notice}?lang={lang}")).expect(200).await;
    String::from_utf8(answer.body).unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_notice_says_how_many_seats_are_left_and_when_it_is_too_late(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&CLUBS);
    for project in document["projects"].as_array_mut().unwrap() {
        project["apply_until"] = json!("2024-09-20");
    }
    document["projects"][0]["apply_until"] = Value::Null;
    let projects = open(&app, &document).await;
    let shown = app.get("/api/v1/published-notices?school_code=2143000001").expect(200).await.json();
    let notice = shown["items"][0]["id"].as_str().unwrap().to_owned();
    let published = format!("/api/v1/published-notices/{notice}");
    let before = app.get(&published).expect(200).await.body;
    let zh = notice_page(&app, &notice, "zh").await;
    holds(&zh, &["现余 1 个名额", "现余 30 个名额", "余额是打开本页时（2024-09-10）的情况", "报名截止：2024-09-20"]);
    apply(&app, &projects[1]).await;
    let full = notice_page(&app, &notice, "zh").await;
    holds(&full, &["名额已满，可以候补", "现余 30 个名额", "名额 1"]);
    let child = more_children(&app, 1).await[0].to_string();
    application(&app, "guardian", &child, &projects[1], "second").expect(201).await;
    holds(&notice_page(&app, &notice, "en").await, &["full now, 1 waiting", "30 seats left now", "1 seat<"]);
    assert_eq!(app.get(&published).expect(200).await.body, before, "what was published stays as it was");

    let app = app.restarted(date!(2024 - 09 - 21)).await;
    let late = notice_page(&app, &notice, "zh").await;
    holds(&late, &["报名已于 2024-09-20 截止", "学期内均可报名"]);
    assert!(!late.contains("报名截止：2024-09-20") && !late.contains("现余") && !late.contains("名额已满"), "{late}");
    let app = app.restarted(date!(2025 - 02 - 10)).await;
    let over = notice_page(&app, &notice, "zh").await;
    holds(&over, &["本学期的课后服务已经结束", "本学期不再接受报名", "不再接受报名"]);
    assert!(!over.contains("学期内均可报名") && !over.contains("由监护人登录后为孩子选报项目"), "{over}");
    holds(&notice_page(&app, &notice, "en").await, &["This term&#39;s service is over", "No applications any more"]);
}

#[rstest]
#[actix_web::test]
async fn guardians_are_told_where_to_complain_by_the_nearest_authority_that_says_so(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let document = plan_with(&[]);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let notices = format!("/api/v1/notices?plan_id={}&state=published", plan.id());
    let token = app.world.token("school-admin");
    let notice = app.get(&notices).token(token).expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let silent = notice_page(&app, &notice, "zh").await;
    assert!(!silent.contains("监督投诉") && silent.contains("可以向岳阳楼区"), "{silent}");
    let admin = app.world.token("platform-admin");
    for (name, office, phone) in
        [("city", Value::Null, "0730-8880600"), ("own district", json!("基础教育股"), "0730-8880602")]
    {
        let path = format!("/api/v1/authorities/{}", app.world.organisation(name));
        let seen = app.get(&path).token(admin).expect(200).await;
        let mut body = json!({"complaint_office": office, "complaint_phone": phone});
        for field in ["code", "name", "level", "parent_id"] {
            body[field] = seen.json()[field].clone();
        }
        let told = app.put(&path).token(admin).if_match(seen.etag()).json(&body).expect(200).await.json();
        assert_eq!((&told["complaint_office"], &told["complaint_phone"]), (&office, &json!(phone)));
        let page = notice_page(&app, &notice, "zh").await;
        let office = office.as_str().unwrap_or("教育主管部门");
        holds(&page, &[&format!("监督投诉：{office}"), &format!("<span class=\"phone\">{phone}</span>")]);
        let shown = app.get(&format!("/api/v1/published-notices/{notice}")).expect(200).await.json();
        assert_eq!(
            (&shown["complaint_phone"], &shown["complaint_authority_name"]),
            (&json!(phone), &seen.json()["name"])
        );
    }
    let page = notice_page(&app, &notice, "zh").await;
    assert!(!page.contains("0730-8880600"), "the nearest one counts: {page}");
    let wrong = json!({"plan_id": plan.id(), "items": {}, "contact_name": "", "contact_phone": "请问老师"});
    let refused = app.post("/api/v1/notices").token(token).json(&wrong).expect(422).await;
    let faults = [("/contact_name", "too-short"), ("/contact_phone", "format")];
    assert_eq!(refused.faults(), faults.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
}
