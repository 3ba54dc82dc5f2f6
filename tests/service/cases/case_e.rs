//! Case E: 桂花坪小学, clubs twice a week: two that do not meet at one time go together, a third one does not.

use serde_json::json;

use crate::support::enrollments::{apply, open, plan_with};

on_both_databases! {
    async fn case_e_takes_two_clubs_and_refuses_a_third_that_overlaps(app) {
        let projects = open(&app, &plan_with(&[
            ("乒乓球", Some(40), &[1, 5], "16:30", "17:30"),
            ("武术", Some(40), &[2, 4], "16:30", "17:30"),
            ("书法", Some(40), &[3, 4], "17:00", "18:00"),
        ])).await;
        for club in &projects[1..3] {
            let made = apply(&app, club).await;
            assert_eq!((made.status, &made.json()["state"]), (201, &json!("allocated")), "{}", made.json());
        }
        let refused = apply(&app, &projects[3]).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
        assert_eq!(refused.findings(), [("no-clash".to_owned(), "error".to_owned(), "/project_id".to_owned())]);
        let params = &refused.json()["findings"][0]["params"];
        for (name, value) in [
            ("project", "书法"), ("weekday", "4"), ("from", "17:00"), ("to", "18:00"),
            ("other_project", "武术"), ("other_weekday", "4"), ("other_from", "16:30"), ("other_to", "17:30"),
        ] {
            assert_eq!(params[name], value, "{name}: {params}");
        }
        assert_eq!(app.count("enrollments").await, 2);
    }
}
