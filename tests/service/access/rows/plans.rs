//! Plans, projects, filings, notices and checks.

use serde_json::{Value, json};

use super::EVERYONE;
use super::schools::{self, SCHOOL_READERS};
use crate::access::matrix::{On, Other, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::amendments;
use crate::support::app::TestApp;
use crate::support::plans::{add_spring, approve, draft, filing_of, small_plan, submit};

const SCHOOLS: Reach = &[("school_admin", &[Own])];
const EXEMPTERS: Reach = &[("school_admin", &[Own]), ("bureau", &[Own, Sibling])];
const REVIEWERS: Reach = &[("bureau", &[Own, Sibling])];

pub const ROWS: &[Row] = &[
    ("check_plan_document", On::Oneself, EVERYONE),
    ("list_plans", On::List, SCHOOL_READERS),
    ("get_plan_overview", On::List, SCHOOL_READERS),
    ("create_plan", On::New, SCHOOLS),
    ("get_plan", On::Existing, SCHOOL_READERS),
    ("update_plan", On::Existing, SCHOOLS),
    ("get_plan_document", On::Existing, SCHOOL_READERS),
    ("get_plan_findings", On::Existing, SCHOOL_READERS),
    ("submit_plan", On::Existing, SCHOOLS),
    ("withdraw_plan", On::Existing, SCHOOLS),
    ("reopen_plan", On::Existing, SCHOOLS),
    ("close_plan", On::Existing, SCHOOLS),
    ("list_projects", On::List, SCHOOL_READERS),
    ("create_project", On::New, SCHOOLS),
    ("get_project", On::Existing, SCHOOL_READERS),
    ("update_project", On::Existing, SCHOOLS),
    ("delete_project", On::Existing, SCHOOLS),
    ("list_plan_amendments", On::List, SCHOOL_READERS),
    ("create_plan_amendment", On::New, SCHOOLS),
    ("get_plan_amendment", On::Existing, SCHOOL_READERS),
    ("update_plan_amendment", On::Existing, SCHOOLS),
    ("get_plan_amendment_document", On::Existing, SCHOOL_READERS),
    ("submit_plan_amendment", On::Existing, SCHOOLS),
    ("withdraw_plan_amendment", On::Existing, SCHOOLS),
    ("list_filings", On::List, SCHOOL_READERS),
    ("get_filing", On::Existing, SCHOOL_READERS),
    ("get_filing_document", On::Existing, SCHOOL_READERS),
    ("get_filing_dossier", On::Existing, SCHOOL_READERS),
    ("compare_filing", On::Existing, SCHOOL_READERS),
    ("approve_filing", On::Existing, REVIEWERS),
    ("return_filing", On::Existing, REVIEWERS),
    ("list_notices", On::List, SCHOOL_READERS),
    ("create_notice", On::New, SCHOOLS),
    ("get_notice", On::Existing, SCHOOL_READERS),
    ("update_notice", On::Existing, SCHOOLS),
    ("publish_notice", On::Existing, SCHOOLS),
    ("list_committee_opinions", On::List, SCHOOL_READERS),
    ("create_committee_opinion", On::New, SCHOOLS),
    ("get_committee_opinion", On::Existing, SCHOOL_READERS),
    ("list_quality_courses", On::List, SCHOOL_READERS),
    ("create_quality_course", On::New, REVIEWERS),
    ("get_quality_course", On::Existing, SCHOOL_READERS),
    ("end_quality_course", On::Existing, REVIEWERS),
    ("list_exemptions", On::List, EXEMPTERS),
    ("create_exemption", On::New, EXEMPTERS),
    ("get_exemption", On::Existing, EXEMPTERS),
    ("grant_exemption", On::Existing, REVIEWERS),
    ("refuse_exemption", On::Existing, REVIEWERS),
    ("end_exemption", On::Existing, REVIEWERS),
    ("withdraw_exemption", On::Existing, EXEMPTERS),
    ("recheck_policy_profile", On::Existing, &[("bureau", &[Own, Other])]), // the city's holds in its districts,
];

/// What anybody may call.
pub const PUBLIC: [&str; 3] = ["list_published_notices", "get_published_notice", "show_notice_page"];

fn admin(place: Place) -> &'static str {
    match place {
        Own => "school-admin",
        Sibling => "sibling-school-admin",
        Other => "other-school-admin",
    }
}

/// At each place a draft of the autumn, and an approved plan of the spring whose notice is drafted and whose amendment
/// is filed.
pub async fn prepare(app: &TestApp) {
    add_spring(app).await;
    for place in PLACES {
        let (school, account) = (schools::school(place), admin(place));
        let token = app.world.token(account);
        let drafted = draft(app, account, &small_plan(school, "autumn")).await;
        let projects = format!("/api/v1/projects?plan_id={}", drafted.id());
        let project = app.get(&projects).token(token).expect(200).await.json()["items"][0]["id"].clone();
        let filed = draft(app, account, &small_plan(school, "spring")).await;
        let filed = submit(app, account, &filed).await;
        assert_eq!(approve(app, "city-bureau", &filing_of(app, &filed).await).await.status, 200);
        let amendment = amendments::file(app, account, &filed.id(), &small_plan(school, "spring")).await;
        let filing = amendments::filing_of(app, &amendment).await;
        let notice = json!({"plan_id": filed.id(), "items": {}});
        let notice = app.post("/api/v1/notices").token(token).json(&notice).expect(201).await;
        let wanted = exemption(app, place);
        let wanted = app.post("/api/v1/exemptions").token(token).json(&wanted).expect(201).await;
        let opinion = opinion(&filed.id());
        let opinion = app.post("/api/v1/committee-opinions").token(token).json(&opinion).expect(201).await;
        let projects = format!("/api/v1/projects?plan_id={}", filed.id());
        let marked = app.get(&projects).token(token).expect(200).await.json()["items"][0]["id"].clone();
        let marked = json!({"project_id": marked, "document": "岳教函〔2024〕30号"});
        let city = app.world.token("city-bureau");
        let marked = app.post("/api/v1/quality-courses").token(city).json(&marked).expect(201).await;
        for (what, id) in [
            ("exemptions", wanted.id()),
            ("committee-opinions", opinion.id()),
            ("quality-courses", marked.id()),
            ("plans", drafted.id()),
            ("projects", project.as_str().unwrap().to_owned()),
            ("filed plans", filed.id()),
            ("plan-amendments", amendment.id()),
            ("filings", filing.id()),
            ("sha256", filing.json()["sha256"].as_str().unwrap().to_owned()),
            ("notices", notice.id()),
        ] {
            app.world.keep(&format!("{what} {place:?}"), id);
        }
    }
    app.sql("UPDATE plan_amendments SET version = 1").await; // as the requests of the matrix have seen it
}

fn kept(app: &TestApp, what: &str, place: Place) -> String {
    app.world.kept(&format!("{what} {place:?}"))
}

fn opinion(plan: &str) -> Value {
    json!({
        "plan_id": plan, "held_on": "2024-09-05", "members_present": 12, "stance": "supports", "opinion": "同意本学期方案。"
    })
}

fn exemption(app: &TestApp, place: Place) -> Value {
    json!({
        "school_id": app.world.organisation(schools::school(place)), "school_year": "2024-2025", "season": "autumn",
        "rule": "service-end-time", "first_on": "2024-09-02", "last_on": "2025-01-17", "reason": "校车晚点。",
        "document": "岳楼教函〔2024〕12号"
    })
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let plan = || small_plan(schools::school(place), "autumn");
    // Without a filing any hash will do.
    let sha256 = || app.world.find_kept(&format!("sha256 {place:?}")).unwrap_or_else(|| "0".repeat(64));
    match id {
        "check_plan_document" | "create_plan" | "update_plan" => Some(plan()),
        "create_plan_amendment" | "update_plan_amendment" => Some(json!({
            "plan_id": kept(app, "filed plans", place), "reason": "学生需求变化。",
            "document": small_plan(schools::school(place), "spring")
        })),
        "create_project" => {
            let mut offer = plan()["projects"][0].clone();
            offer["name"] = json!("趣味游戏");
            Some(json!({"plan_id": kept(app, "plans", place), "offer": offer}))
        }
        "update_project" => Some(json!({"plan_id": kept(app, "plans", place), "offer": plan()["projects"][0]})),
        "approve_filing" => Some(json!({"sha256": sha256()})),
        "return_filing" => Some(json!({
            "sha256": sha256(), "reasons": [{"part": "fees", "text": "请附收费文件。"}], "due_on": "2024-09-20"
        })),
        "create_committee_opinion" => Some(opinion(&kept(app, "filed plans", place))),
        "create_quality_course" => {
            Some(json!({"project_id": kept(app, "projects", place), "document": "岳教函〔2024〕30号"}))
        }
        "end_quality_course" => Some(json!({"reason": "项目停办。"})),
        "create_exemption" => Some(exemption(app, place)),
        "grant_exemption" => Some(json!({"document": "岳楼教函〔2024〕12号"})),
        "refuse_exemption" | "end_exemption" => Some(json!({"reason": "校车已恢复。"})),
        "create_notice" | "update_notice" => {
            Some(json!({"plan_id": kept(app, "filed plans", place), "items": plan()["notice"]}))
        }
        _ => None,
    }
}

pub fn id(app: &TestApp, collection: &str, place: Place) -> String {
    kept(app, collection.trim_start_matches("published-"), place)
}

/// Refusals of an allowed cell that are about the state of the fixture, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    match id {
        "create_plan" => Some("refused-by-rules"), // the term has a plan
        "create_plan_amendment" => Some("already-exists"),
        "reopen_plan" | "close_plan" | "end_exemption" | "update_plan_amendment" | "submit_plan_amendment" => {
            Some("state-conflict")
        }
        _ => None,
    }
}
