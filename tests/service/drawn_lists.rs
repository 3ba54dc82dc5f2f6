//! What the lists of a draw tell, and for whom no seat is drawn.

use rstest::rstest;
use serde_json::{Value, json};

use crate::draws::{Stage, all, announced, drawn, results, staged, wish};
use crate::students::student;
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{more_children, window_body, with_half_hours};
use crate::support::plans::{draft, publish, submit};
use crate::turning_points::child;

/// The published list of a draw of nine children for one club, the given ones being of a priority group.
async fn published(app: &TestApp, first: &[usize]) -> Value {
    let Stage { plan, projects } = staged(app).await;
    let window = announced(app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    let children: Vec<String> = more_children(app, 9).await.iter().map(ToString::to_string).collect();
    for (number, child) in children.iter().enumerate() {
        if first.contains(&number) {
            let groups = "priority_groups = '[\"disabled\"]'";
            app.sql(&format!("UPDATE students SET {groups} WHERE id = {}", app.id_literal(child))).await;
        }
        assert_eq!(wish(app, "guardian", &window, child, &[&projects[1]]).await.status, 200);
    }
    app.clock_at("2024-09-11T08:00:00+08:00");
    assert_eq!(drawn(app, &window).await.status, 200);
    results(app, &window).await
}

#[rstest]
#[actix_web::test]
async fn priority_groups_from_published_lists_nobody_can_tell_who_came_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let mut lists = Vec::new();
    for first in [[].as_slice(), &[0, 4, 8], &[1, 2, 3, 4, 5, 6, 7]] {
        let Some(app) = TestApp::start(kind).await else { return };
        let results = published(&app, first).await;
        // An attacker has every list of the plan: what it holds of a project, beside names and ids of the plan.
        let mut seen = Vec::new();
        for project in results["projects"].as_array().unwrap() {
            let fields: Vec<&String> = project.as_object().unwrap().keys().collect();
            assert_eq!(fields, ["numbers", "project_id", "project_name", "seats", "seats_min"]);
            for number in project["numbers"].as_array().unwrap() {
                assert_eq!(number.as_object().unwrap().keys().collect::<Vec<_>>(), ["number", "outcome"]);
            }
            seen.push((project["project_name"].clone(), project["seats"].clone(), project["numbers"].clone()));
        }
        // Ids by which the seed could be tried are nowhere to be had without a token of the family or the school.
        let ids = app.sql_number("SELECT count(*) AS number FROM enrollments WHERE draw_number IS NOT NULL").await;
        assert_eq!(ids, 9);
        lists.push(seen);
        let open = app.get("/api/v1/enrollments").send().await;
        assert_eq!(open.status, 401);
    }
    assert_eq!(lists[0], lists[1], "whoever came first, the lists are the same");
    assert_eq!(lists[0], lists[2]);
}

#[rstest]
#[actix_web::test]
async fn age_appropriate_a_wish_ends_when_the_grade_is_corrected_and_no_seat_is_drawn_for_it(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&[("棋艺", Some(1), &[2], "17:30", "18:00")]);
    document["projects"][1]["grades"] = json!([3]);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let club = shown["projects"][1]["id"].as_str().unwrap().to_owned();
    let window = announced(&app, &window_body(&plan.id(), "2024-09-10", "2024-09-10")).await;
    let moved = child(&app, &[]).await;
    let stays = more_children(&app, 1).await[0].to_string();
    for child in [&moved.id(), &stays] {
        let made = wish(&app, "guardian", &window, child, &[&club]).await;
        assert_eq!(made.status, 200, "{}", made.json());
    }
    let path = format!("/api/v1/students/{}", moved.id());
    let body = student(&app, "own school", &[("grade", json!(4)), ("class_id", Value::Null)]);
    let ask = app.put(&path).token(app.world.token("school-admin")).if_match(moved.etag()).json(&body);
    let corrected = ask.expect(200).await;
    assert_eq!(corrected.json()["findings"][0]["rule"], "age-appropriate", "{}", corrected.json());
    app.clock_at("2024-09-11T08:00:00+08:00");
    assert_eq!(drawn(&app, &window).await.status, 200);
    let rows = all(&app, &plan).await;
    let of = |child: &str| rows.iter().find(|row| row["student_id"] == json!(child)).unwrap();
    let ended = of(&moved.id());
    assert_eq!((&ended["state"], &ended["ended_because"]), (&json!("withdrawn"), &json!("grade_corrected")));
    assert_eq!(of(&stays)["state"], "allocated");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
