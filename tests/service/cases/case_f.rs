//! Case F: 南夏墅中心小学: guardians choose and sign while the fee still waits for its approval.

use serde_json::json;

use crate::support::enrollments::{apply, open, plan_with, sign};

on_both_databases! {
    async fn case_f_enrolls_before_the_fee_is_approved(app) {
        let mut document = plan_with(&[]);
        document["term"]["service_from"] = json!("2024-09-09");
        document["projects"][0]["fee"] = json!({"kind": "per_term", "amount_fen": 20_000, "price_document": "苏价费〔2019〕1号"});
        document["budget"] = json!({
            "income": [{"source": "guardians", "amount_fen": 100_000}, {"source": "public_money", "amount_fen": 50_000}],
            "expenses": [{"category": "teacher_pay", "amount_fen": 150_000}]
        });
        let projects = open(&app, &document).await;
        let made = apply(&app, &projects[0]).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let path = format!("/api/v1/enrollments/{}/agreement", made.id());
        let text = app.get(&path).token(app.world.token("guardian")).expect(200).await.json()["text"].as_str().unwrap().to_owned();
        for part in ["按学期200.00元", "苏价费〔2019〕1号", "2024-09-09", "审核同意后方可收费"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let signed = sign(&app, &made).await;
        assert_eq!(signed.json()["state"], "active", "{}", signed.json());
        assert_eq!(app.count("filings WHERE state = 'approved'").await, 0);
    }
}
