//! The way of a fee through HTTP: a dedicated account, a plan with a fee, what guardians signed, a charge.

use kehou::db::Id;
use serde_json::{Value, json};

use super::app::{Answer, Ask, TestApp};
use super::plans::{approve, draft, filing_of, small_plan, submit};

/// Opens the dedicated account of a school of the small world.
pub async fn open_account(app: &TestApp, account: &str, school: &str) -> Answer {
    open_account_of(app, account, &app.world.organisation(school).to_string()).await
}

/// The same for any school.
pub async fn open_account_of(app: &TestApp, account: &str, school_id: &str) -> Answer {
    let body = json!({
        "school_id": school_id, "name": "课后服务专账", "bank_name": "岳阳农商银行", "account_number": "8201000012345678"
    });
    app.post("/api/v1/fee-accounts").token(app.world.token(account)).json(&body).expect(201).await
}

/// A plan whose one project costs something: `fee` for a lesson.
pub fn paid_plan(school: &str, fee: i64) -> Value {
    let mut document = small_plan(school, "autumn");
    document["projects"][0]["fee"] =
        json!({"kind": "per_lesson", "amount_fen": fee, "price_document": "湘发改价费〔2019〕362号"});
    document["budget"]["income"] =
        json!([{"source": "public_money", "amount_fen": 60_000}, {"source": "guardians", "amount_fen": 40_000}]);
    document
}

/// Files a plan with a fee, and approves it; gives the plan.
pub async fn approved_plan(app: &TestApp, admin: &str, bureau: &str, document: &Value) -> Answer {
    let plan = submit(app, admin, &draft(app, admin, document).await).await;
    let approved = approve(app, bureau, &filing_of(app, &plan).await).await;
    assert_eq!(approved.status, 200, "{}", approved.json());
    plan
}

/// Signs projects of a plan for a pupil, by their places.
pub async fn sign(app: &TestApp, account: &str, plan: &Answer, student: &str, places: &[i64]) {
    let list = format!("/api/v1/projects?plan_id={}", plan.id());
    let projects = app.get(&list).token(app.world.token(account)).expect(200).await.json();
    let (plan_json, id) = (plan.json(), |id: &str| app.id_literal(id));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let wanted = |project: &&Value| places.contains(&project["position"].as_i64().unwrap());
    for project in projects["items"].as_array().unwrap().iter().filter(wanted) {
        app.sql(&format!(
            "INSERT INTO payable_stand_in VALUES ({}, {}, {}, {}, {}, {}, '{}', '2024-2025', 'autumn')",
            id(&Id::fresh().to_string()),
            id(student),
            id(&text(&project["id"])),
            id(&plan.id()),
            id(&text(&project["school_id"])),
            id(&text(&plan_json["latest_filing"]["id"])),
            "0".repeat(64),
        ))
        .await;
    }
}

/// A request to charge a pupil for the autumn.
pub fn charging<'a>(app: &'a TestApp, account: &str, student: &str) -> Ask<'a> {
    let body = json!({"student_id": student, "school_year": "2024-2025", "season": "autumn"});
    app.post("/api/v1/charges").token(app.world.token(account)).key(&Id::fresh().to_string()).json(&body)
}

/// Pays an amount of a charge.
pub async fn pay(app: &TestApp, account: &str, charge: &Answer, amount_fen: i64) -> Answer {
    let path = format!("/api/v1/charges/{}/pay", charge.id());
    let body = json!({"amount_fen": amount_fen, "method": "bank_transfer"});
    let ask = app.post(&path).token(app.world.token(account)).if_match(charge.etag());
    ask.key(&Id::fresh().to_string()).json(&body).send().await
}
