//! Partners of the small world, what authorities say of them, and projects that they run.

use serde_json::{Value, json};

use super::app::{Answer, TestApp};
use super::plans::small_plan;
use super::world::PARTNERS;

/// Credit code of a partner of the small world.
pub fn credit_code(partner: &str) -> &'static str {
    PARTNERS.iter().find(|(name, ..)| *name == partner).unwrap().1
}

/// A review that finds a partner qualified for three years.
pub fn review(app: &TestApp, partner: &str) -> Value {
    json!({
        "partner_id": app.world.organisation(partner), "outcome": "qualified", "reviewed_on": "2024-06-03",
        "valid_until": "2027-06-02", "document": "岳楼教审〔2024〕3号", "remark": null
    })
}

/// A ban from a day on.
pub fn ban(app: &TestApp, partner: &str, starts_on: &str) -> Value {
    json!({
        "partner_id": app.world.organisation(partner), "starts_on": starts_on, "ends_on": null, "reason": "虚假宣传",
        "document": "岳楼教罚〔2024〕1号"
    })
}

/// A paid agreement of a school with an institution for the autumn.
pub fn agreement(app: &TestApp, school: &str, partner: &str) -> Value {
    json!({
        "school_id": app.world.organisation(school), "partner_id": app.world.organisation(partner),
        "title": "机器人项目合作协议", "starts_on": "2024-09-01", "ends_on": "2025-01-31", "who_pays": "school",
        "fee_terms": "每课时150元，按月结算。", "necessity": "本校没有机器人教师。"
    })
}

/// What says that an agreement was signed.
pub fn signature() -> Value {
    json!({"signed_on": "2024-09-01", "document": "合作协议扫描件.pdf"})
}

pub async fn add(app: &TestApp, account: &str, collection: &str, body: &Value) -> Answer {
    app.post(&format!("/api/v1/{collection}")).token(app.world.token(account)).json(body).expect(201).await
}

/// Calls a verb with a body on what `seen` shows.
pub async fn act(app: &TestApp, account: &str, collection: &str, seen: &Answer, verb: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/{collection}/{}/{verb}", seen.id());
    app.post(&path).token(app.world.token(account)).if_match(seen.etag()).json(body).send().await
}

/// An agreement that is signed.
pub async fn sign(app: &TestApp, account: &str, body: &Value) -> Answer {
    let drafted = add(app, account, "partner-agreements", body).await;
    let signed = act(app, account, "partner-agreements", &drafted, "sign", &signature()).await;
    assert_eq!(signed.status, 200, "{}", signed.json());
    signed
}

/// A plan with a club on Tuesdays that somebody of this kind and code runs, for nothing.
pub fn plan_with(school: &str, kind: &str, code: &str) -> Value {
    let mut plan = small_plan(school, "autumn");
    let club = json!({
        "name": "机器人", "category": "clubs", "outline": "搭建与编程。", "grades": [3, 4],
        "provider": {"kind": kind, "name": "合作机构", "credit_code": code}, "seats_max": 30,
        "slots": [{"weekday": 2, "starts_at": "16:30", "ends_at": "17:30", "timetable": "all"}],
        "lessons_per_day": 1, "lesson_minutes": 60, "fee": {"kind": "free"}
    });
    plan["projects"].as_array_mut().unwrap().push(club);
    plan
}
