//! Plan documents for tests, and the way of a plan through HTTP.

use kehou::rules::document::MaterialKind;
use serde_json::{Value, json};

use super::app::{Answer, TestApp};
use super::materials::{ALWAYS, add_materials};

/// Case A as it is handed out with the product.
pub const MIAOTIAN: &str = include_str!("../../../examples/plans/miaotian-2024-autumn.json");

/// Code and filing authority of the schools of the small world.
fn facts(school: &str) -> (&'static str, &'static str) {
    match school {
        "own school" => ("2143000001", "430602"),
        "sibling school" => ("2143000002", "430602"),
        "other school" => ("2143000003", "430621"),
        _ => panic!("no school {school}"),
    }
}

/// A plan of a school of the small world that the rules let pass: one project, open to all, free.
pub fn small_plan(school: &str, season: &str) -> Value {
    let (code, authority) = facts(school);
    let (opens_on, ends_on) =
        if season == "autumn" { ("2024-09-02", "2025-01-17") } else { ("2025-02-14", "2025-07-04") };
    let slots: Vec<Value> = (1..=5)
        .map(|weekday| json!({"weekday": weekday, "starts_at": "16:30", "ends_at": "17:30", "timetable": "all"}))
        .collect();
    json!({
        "version": 1,
        "school": {
            "code": code, "name": school, "stages": ["primary"], "ownership": "public", "area": "urban",
            "boarding": false, "grades": (1..=6).map(|grade| json!({"grade": grade, "classes": 2})).collect::<Vec<_>>(),
            "authority_code": authority
        },
        "term": {
            "school_year": "2024-2025", "season": season, "opens_on": opens_on, "ends_on": ends_on
        },
        "provider": {"kind": "school", "name": school, "credit_code": null},
        "projects": [{
            "name": "作业辅导", "category": "homework", "outline": "完成作业。", "grades": [1, 2, 3, 4, 5, 6],
            "provider": {"kind": "school"}, "slots": slots, "lessons_per_day": 1, "lesson_minutes": 60,
            "fee": {"kind": "free"}
        }],
        "budget": {
            "income": [{"source": "public_money", "amount_fen": 100_000}],
            "expenses": [{"category": "teacher_pay", "amount_fen": 100_000}]
        },
        "notice": {
            "time": "周一至周五16:30至17:30。", "mode": "自愿参加。", "content": "作业辅导。", "safety": "专人看护。",
            "fees": "不收费。", "spending": "财政补助。", "channels": ["parents_meeting"]
        }
    })
}

/// The spring term of both districts.
pub async fn add_spring(app: &TestApp) {
    for district in ["own district", "other district"] {
        let body = json!({
            "authority_id": app.world.organisation(district), "school_year": "2024-2025", "season": "spring",
            "opens_on": "2025-02-14", "ends_on": "2025-07-04", "winter_periods": []
        });
        app.post("/api/v1/terms").token(app.world.token("platform-admin")).json(&body).expect(201).await;
    }
}

/// Drafts a plan, and uploads what every plan is filed with.
pub async fn draft(app: &TestApp, account: &str, document: &Value) -> Answer {
    let drafted = app.post("/api/v1/plans").token(app.world.token(account)).json(document).expect(201).await;
    add_materials(app, account, &drafted, &ALWAYS).await;
    drafted
}

/// The same with more materials, for what partners or external staff do.
pub async fn draft_with(app: &TestApp, account: &str, document: &Value, more: &[MaterialKind]) -> Answer {
    let drafted = draft(app, account, document).await;
    add_materials(app, account, &drafted, more).await;
    drafted
}

/// Calls a verb on what `seen` shows, at `collection`.
pub async fn call(app: &TestApp, account: &str, collection: &str, seen: &Answer, verb: &str) -> Answer {
    let path = format!("/api/v1/{collection}/{}/{verb}", seen.id());
    app.post(&path).token(app.world.token(account)).if_match(seen.etag()).send().await
}

/// Files a drafted plan and gives the plan back.
pub async fn submit(app: &TestApp, account: &str, plan: &Answer) -> Answer {
    let submitted = call(app, account, "plans", plan, "submit").await;
    assert_eq!(submitted.status, 200, "{}", submitted.json());
    submitted
}

/// The latest filing of a plan.
pub async fn filing_of(app: &TestApp, plan: &Answer) -> Answer {
    let id = plan.json()["latest_filing"]["id"].as_str().unwrap().to_owned();
    app.get(&format!("/api/v1/filings/{id}")).token(app.world.token("city-bureau")).expect(200).await
}

/// Approves a filing.
pub async fn approve(app: &TestApp, account: &str, filing: &Answer) -> Answer {
    let path = format!("/api/v1/filings/{}/approve", filing.id());
    let body = json!({"sha256": filing.json()["sha256"]});
    app.post(&path).token(app.world.token(account)).if_match(filing.etag()).json(&body).send().await
}

/// Returns a filing.
pub async fn send_back(app: &TestApp, account: &str, filing: &Answer, due_on: &str) -> Answer {
    let path = format!("/api/v1/filings/{}/return", filing.id());
    let reason = json!({"part": "fees", "pointer": "/projects/0/fee", "text": "请附收费文件。"});
    let body = json!({"sha256": filing.json()["sha256"], "reasons": [reason], "due_on": due_on});
    app.post(&path).token(app.world.token(account)).if_match(filing.etag()).json(&body).send().await
}

/// Drafts a notice of a plan and publishes it.
pub async fn publish(app: &TestApp, account: &str, plan: &Answer) -> Answer {
    let token = app.world.token(account);
    let body = json!({"plan_id": plan.id(), "items": {}});
    let notice = app.post("/api/v1/notices").token(token).json(&body).expect(201).await;
    call(app, account, "notices", &notice, "publish").await
}
