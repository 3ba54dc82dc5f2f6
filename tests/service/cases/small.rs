//! Cases D, E and F as far as a plan goes.

use serde_json::{Value, json};

use crate::support::plans::{draft, publish, small_plan, submit};

fn slots(weekdays: &[i64], from: &str, to: &str) -> Value {
    let slot = |weekday| json!({"weekday": weekday, "starts_at": from, "ends_at": to, "timetable": "all"});
    weekdays.iter().map(slot).collect()
}

fn paid(document: &mut Value, kind: &str, amount_fen: i64) {
    let fee = json!({"kind": kind, "amount_fen": amount_fen, "price_document": "苏价费〔2019〕1号"});
    document["projects"][0]["fee"] = fee;
    document["budget"] = json!({
        "income": [{"source": "guardians", "amount_fen": 100_000}, {"source": "public_money", "amount_fen": 50_000}],
        "expenses": [{"category": "teacher_pay", "amount_fen": 150_000}]
    });
}

on_both_databases! {
    /// 张桥中心小学: 300 yuan a term, the same in all grades.
    async fn case_d_files_a_fee_for_the_term(app) {
        let mut document = small_plan("own school", "autumn");
        paid(&mut document, "per_term", 30_000);
        let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
        let filed = app.get(&format!("/api/v1/plans/{}/document", plan.id())).token(app.world.token("bureau")).expect(200).await;
        assert_eq!(filed.json()["projects"][0]["fee"]["amount_fen"], 30_000);
    }

    /// 桂花坪小学: clubs twice a week beside a project that is open to all.
    async fn case_e_files_clubs_that_meet_twice_a_week(app) {
        let mut document = small_plan("own school", "autumn");
        for (name, weekdays) in [("乒乓球", [1, 5]), ("武术", [2, 4])] {
            let mut club = document["projects"][0].clone();
            club["name"] = json!(name);
            club["category"] = json!("clubs");
            club["seats_max"] = json!(40);
            club["slots"] = slots(&weekdays, "16:30", "17:30");
            document["projects"].as_array_mut().unwrap().push(club);
        }
        let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
        let list = app.get(&format!("/api/v1/projects?plan_id={}", plan.id())).token(app.world.token("teacher")).expect(200).await;
        let names: Vec<Value> = list.json()["items"].as_array().unwrap().iter().map(|item| item["offer"]["name"].clone()).collect();
        assert_eq!(names, ["作业辅导", "乒乓球", "武术"]);
    }

    /// 南夏墅中心小学: the fee is not approved yet, and guardians are told so before they choose.
    async fn case_f_is_told_to_guardians_before_its_fee_is_approved(app) {
        let mut document = small_plan("own school", "autumn");
        document["term"]["service_from"] = json!("2024-09-09"); // from the second week on
        paid(&mut document, "per_term", 20_000);
        let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
        let notice = publish(&app, "school-admin", &plan).await;
        let public = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
        assert_eq!((&public["fees_state"], &public["service_from"]), (&json!("pending"), &json!("2024-09-09")));
    }
}
