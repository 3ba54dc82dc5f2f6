//! The way of a fee through HTTP: a dedicated account, a plan with a fee, what guardians signed, a charge.

use kehou::db::Id;
use serde_json::{Value, json};

use super::app::{Answer, Ask, TestApp};
use super::enrollments::{self, application};
use super::plans::{approve, draft, filing_of, publish, small_plan, submit};

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

/// Puts a price on one project of a plan.
pub fn price(document: &mut Value, project: usize, kind: &str, amount_fen: i64) {
    document["projects"][project]["fee"] =
        json!({"kind": kind, "amount_fen": amount_fen, "price_document": "湘发改价费〔2019〕362号"});
    document["budget"]["income"] =
        json!([{"source": "public_money", "amount_fen": 60_000}, {"source": "guardians", "amount_fen": 40_000}]);
}

/// A plan whose one project costs something: `fee` for a lesson.
pub fn paid_plan(school: &str, fee: i64) -> Value {
    let mut document = small_plan(school, "autumn");
    price(&mut document, 0, "per_lesson", fee);
    document
}

/// Files a plan with a fee, tells guardians of it, and has it approved; gives the plan.
pub async fn approved_plan(app: &TestApp, admin: &str, bureau: &str, document: &Value) -> Answer {
    let plan = submit(app, admin, &draft(app, admin, document).await).await;
    assert_eq!(publish(app, admin, &plan).await.status, 200);
    let approved = approve(app, bureau, &filing_of(app, &plan).await).await;
    assert_eq!(approved.status, 200, "{}", approved.json());
    plan
}

/// Makes the account `guardian` a guardian of a pupil.
pub async fn entrust(app: &TestApp, admin: &str, student: &Answer) {
    let held = json!({
        "person_id": student.json()["person_id"], "user_id": app.world.account("guardian").id, "kind": "person",
        "organisation_name": null, "relation": "mother", "contact_name": "王芳", "contact_phone": null,
        "rights": ["read", "choose", "sign"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    app.post("/api/v1/guardianships").token(app.world.token(admin)).json(&held).expect(201).await;
}

/// The account `guardian` chooses projects of a plan for its child, by their places, and signs.
pub async fn sign(app: &TestApp, admin: &str, plan: &Answer, student: &str, places: &[i64]) {
    let list = format!("/api/v1/projects?plan_id={}", plan.id());
    let projects = app.get(&list).token(app.world.token(admin)).expect(200).await.json();
    let wanted = |project: &&Value| places.contains(&project["position"].as_i64().unwrap());
    for project in projects["items"].as_array().unwrap().iter().filter(wanted) {
        let (project, key) = (project["id"].as_str().unwrap(), Id::fresh().to_string());
        let made = application(app, "guardian", student, project, &key).expect(201).await;
        assert_eq!(enrollments::sign(app, &made).await.status, 200);
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
