//! Case D: 常熟市张桥中心小学: 300 yuan a term, the same in all grades; meals, uniform and bus are paid apart.

use rstest::rstest;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{approved_plan, charging, open_account, price, sign};
use crate::support::plans::small_plan;

#[rstest]
#[actix_web::test]
async fn case_d_charges_300_yuan_once_and_no_meal(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = small_plan("own school", "autumn");
    price(&mut document, 0, "per_term", 30_000);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let student = app.world.pupils("own school").student.to_string();
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let meal = json!({
        "student_id": student, "school_year": "2024-2025", "season": "autumn",
        "items": [{"kind": "meal", "name": "晚餐", "amount_fen": 45_000}]
    });
    let token = app.world.token("school-finance");
    let refused = app.post("/api/v1/charges").token(token).key("meal").json(&meal).expect(422).await;
    let rule = |name: &str, at: &str| [(name.to_owned(), "error".to_owned(), at.to_owned())];
    assert_eq!(refused.findings(), rule("no-unlisted-charge", "/items/0"));
    assert_eq!(refused.json()["findings"][0]["clause"], "六.2");
    let charge = charging(&app, "school-finance", &student).expect(201).await.json();
    assert_eq!((&charge["amount_fen"], &charge["lines"][0]["amount_fen"]), (&json!(30_000), &json!(30_000)));
    let again = charging(&app, "school-finance", &student).expect(422).await;
    assert_eq!(again.findings(), rule("once-per-term-fee", "/student_id"));
}
