//! The way of an amendment through HTTP.

use serde_json::{Value, json};

use super::app::{Answer, TestApp};
use super::plans::{approve, call};

/// The document of a plan as it stands.
pub async fn document_of(app: &TestApp, account: &str, plan: &str) -> Value {
    let path = format!("/api/v1/plans/{plan}/document");
    app.get(&path).token(app.world.token(account)).expect(200).await.json()
}

/// Asks for an amendment of a plan.
pub async fn amend(app: &TestApp, account: &str, plan: &str, document: &Value) -> Answer {
    let body = json!({"plan_id": plan, "reason": "学生需求变化。", "document": document});
    app.post("/api/v1/plan-amendments").token(app.world.token(account)).json(&body).send().await
}

/// The latest filing of an amendment.
pub async fn filing_of(app: &TestApp, amendment: &Answer) -> Answer {
    let id = amendment.json()["latest_filing"]["id"].as_str().unwrap().to_owned();
    app.get(&format!("/api/v1/filings/{id}")).token(app.world.token("city-bureau")).expect(200).await
}

/// Drafts an amendment and files it.
pub async fn file(app: &TestApp, account: &str, plan: &str, document: &Value) -> Answer {
    let drafted = amend(app, account, plan, document).await;
    assert_eq!(drafted.status, 201, "{}", drafted.json());
    let filed = call(app, account, "plan-amendments", &drafted, "submit").await;
    assert_eq!(filed.status, 200, "{}", filed.json());
    filed
}

/// Drafts an amendment, files it and has it approved.
pub async fn amended(app: &TestApp, (admin, bureau): (&str, &str), plan: &str, document: &Value) -> Answer {
    let filed = file(app, admin, plan, document).await;
    let approved = approve(app, bureau, &filing_of(app, &filed).await).await;
    assert_eq!(approved.status, 200, "{}", approved.json());
    approved
}

/// An exemption from `fixed-for-term` of the own school until the end of its autumn.
pub async fn exempt(app: &TestApp, first_on: &str) -> Answer {
    let body = json!({
        "school_id": app.world.organisation("own school"), "school_year": "2024-2025", "season": "autumn",
        "rule": "fixed-for-term", "first_on": first_on, "last_on": "2025-01-17", "reason": "场馆维修。",
        "document": "岳楼教函〔2024〕21号"
    });
    app.post("/api/v1/exemptions").token(app.world.token("bureau")).json(&body).expect(201).await
}
