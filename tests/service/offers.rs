//! `/students/{id}/offers`: what a child may choose from today, and that nothing of it is a lie.

use kehou::auth::By;
use kehou::db::Id;
use kehou::enrollments::offers::of_student;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{
    application, apply, more_children, open, plan_with, sign as sign_one, with_half_hours,
};
use crate::support::fees::{approved_plan, charging, open_account, paid_plan, price, sign};

fn child(app: &TestApp) -> String {
    app.world.pupils("own school").student.to_string()
}

async fn offers_of(app: &TestApp, account: &str, student: &str) -> Value {
    let path = format!("/api/v1/students/{student}/offers");
    app.get(&path).token(app.world.token(account)).expect(200).await.json()
}

fn offer<'a>(offers: &'a Value, name: &str) -> &'a Value {
    offers["items"].as_array().unwrap().iter().find(|offer| offer["name"] == name).unwrap()
}

fn names(offers: &Value) -> Vec<&str> {
    offers["items"].as_array().unwrap().iter().map(|offer| offer["name"].as_str().unwrap()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_guardian_sees_what_its_child_is_offered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document =
        with_half_hours(&[("武术", Some(1), &[2], "17:00", "18:00"), ("合唱", Some(30), &[3], "17:30", "18:00")]);
    document["projects"][2]["grades"] = json!([5, 6]);
    document["projects"][1]["apply_until"] = json!("2024-09-20");
    let projects = open(&app, &document).await;
    let offers = offers_of(&app, "guardian", &child(&app)).await;
    assert_eq!(names(&offers), ["作业辅导", "武术"], "the third is not for the third grade");
    assert_eq!(
        (&offers["nothing"], &offers["message"], &offers["on"]),
        (&Value::Null, &Value::Null, &json!("2024-09-10"))
    );
    let (homework, wushu) = (offer(&offers, "作业辅导"), offer(&offers, "武术"));
    assert_eq!((&homework["can"], &wushu["can"]), (&json!(["apply", "decline"]), &json!(["apply", "decline"])));
    assert_eq!(
        homework["clashes_with"],
        json!([
            {"project_id": projects[1], "project_name": "武术", "is_taken": false}
        ])
    );
    assert_eq!(
        (&wushu["seats_max"], &wushu["seats_left"], &wushu["waiting"], &wushu["apply_until"]),
        (&json!(1), &json!(1), &json!(0), &json!("2024-09-20"))
    );
    assert_eq!((&homework["seats_left"], &homework["enrollment"]), (&Value::Null, &Value::Null));
    assert_eq!((&homework["service_from"], &homework["service_to"]), (&json!("2024-09-02"), &json!("2025-01-17")));
    assert_eq!(homework["slots"].as_array().map(Vec::len), Some(5));
    let made = apply(&app, &projects[1]).await;
    let offers = offers_of(&app, "guardian", &child(&app)).await;
    let (homework, wushu) = (offer(&offers, "作业辅导"), offer(&offers, "武术"));
    assert_eq!((&wushu["seats_left"], &wushu["can"]), (&json!(0), &json!([])));
    let own = json!({"id": made.id(), "state": "allocated", "version": 1, "can": ["sign", "withdraw"]});
    assert_eq!(wushu["enrollment"], own);
    assert_eq!((&homework["clashes_with"][0]["is_taken"], &homework["can"]), (&json!(true), &json!(["decline"])));
    let page = app.get(homework["notice_page"].as_str().unwrap()).send_unchecked().await;
    assert_eq!(page.status, 200);
    let log = app.get(&format!("/api/v1/students/{}/access-log", child(&app))).token(app.world.token("guardian"));
    app.app.access_log.flush(&app.db).await.unwrap();
    assert!(log.expect(200).await.json().to_string().contains("get_student_offers"), "it shows a pupil, and says so");
}

/// Whether an application for each offer is taken is what its `can` says, in every state that an offer can be in.
#[rstest]
#[actix_web::test]
async fn can_says_apply_exactly_where_an_application_is_taken(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&[
        ("已满", Some(1), &[1], "17:30", "18:00"),
        ("同时满", Some(1), &[2], "17:00", "18:00"),
        ("同时", Some(9), &[2], "17:00", "18:00"),
        ("武术", Some(9), &[2], "17:30", "18:00"),
        ("过期", None, &[4], "17:30", "18:00"),
        ("帮扶", None, &[5], "17:30", "18:00"),
        ("将尽", None, &[3], "17:30", "18:00"),
    ]);
    document["projects"][5]["apply_until"] = json!("2024-09-09");
    document["projects"][6]["category"] = json!("free_help");
    let projects = open(&app, &document).await;
    let child = child(&app);
    let other = more_children(&app, 1).await[0].to_string();
    for place in [1, 2] {
        application(&app, "guardian", &other, &projects[place], &format!("full-{place}")).expect(201).await;
    }
    app.sql("UPDATE students SET free_help = '[]'").await;
    let mut seen = std::collections::BTreeSet::new();
    let stages = [
        "nothing is chosen",
        "homework is taken",
        "it is signed",
        "who only reads",
        "the class is of another year",
        "the last day",
        "the day after",
    ];
    for stage in stages {
        match stage {
            "homework is taken" => assert_eq!(apply(&app, &projects[0]).await.status, 201),
            "it is signed" => {
                let list =
                    app.get("/api/v1/enrollments?limit=200").token(app.world.token("guardian")).expect(200).await;
                let items = list.json()["items"].as_array().unwrap().clone();
                let own =
                    items.iter().find(|one| one["student_id"] == child).unwrap()["id"].as_str().unwrap().to_owned();
                let own = app.get(&format!("/api/v1/enrollments/{own}")).token(app.world.token("guardian"));
                assert_eq!(sign_one(&app, &own.expect(200).await).await.status, 200);
            }
            "who only reads" => app.sql("UPDATE guardianships SET rights = ' read '").await,
            "the class is of another year" => {
                app.sql("UPDATE guardianships SET rights = ' read choose sign '").await;
                app.sql("UPDATE classes SET school_year = '2023-2024'").await;
            }
            "the last day" => {
                app.sql("UPDATE classes SET school_year = '2024-2025'").await;
                app.clock_at("2025-01-17T08:00:00+08:00"); // a Friday
            }
            "the day after" => app.clock_at("2025-01-18T08:00:00+08:00"),
            _ => {}
        }
        let offers = offers_of(&app, "guardian", &child).await;
        for offer in offers["items"].as_array().unwrap() {
            for (choice, verb) in [("apply", "apply"), ("declined", "decline")] {
                let body = json!({"student_id": child, "project_id": offer["project_id"], "choice": choice});
                let tried = app.post("/api/v1/enrollments?validate_only=true").token(app.world.token("guardian"));
                let tried = tried.json(&body).send().await;
                let says = offer["can"].as_array().unwrap().contains(&json!(verb));
                assert_eq!(tried.status == 200, says, "{stage}: {verb} {}: {}", offer["name"], tried.json());
                let state = tried.json()["state"].as_str().unwrap_or_default().to_owned();
                seen.insert(if says { state } else { tried.code() });
            }
        }
        if stage == "the day after" {
            assert_eq!(offers["nothing"], json!("no_notice"), "a term that is over is offered nobody");
        }
    }
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, ["allocated", "already-exists", "declined", "refused-by-rules", "waitlisted"]);
}

#[rstest]
#[actix_web::test]
async fn what_is_left_is_what_is_charged(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let profile = json!({
        "authority_id": app.world.organisation("own district"), "code": "yueyanglou-2024", "title": "收费减免办法",
        "document": "岳楼教发〔2024〕5号", "starts_on": "2024-08-01", "ends_on": null,
        "parameters": {"concession_groups": [{"group": "left_behind", "pays_percent": 50}]}
    });
    app.post("/api/v1/policy-profiles").token(app.world.token("bureau")).json(&profile).expect(201).await;
    open_account(&app, "school-finance", "own school").await;
    let mut document = paid_plan("own school", 400);
    let mut club = document["projects"][0].clone();
    (club["name"], club["category"], club["lesson_minutes"]) = (json!("武术"), json!("clubs"), json!(30));
    club["slots"] = json!([{"weekday": 2, "starts_at": "17:30", "ends_at": "18:00", "timetable": "all"}]);
    document["projects"].as_array_mut().unwrap().push(club);
    price(&mut document, 1, "per_term", 12_000);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    for (day, place, name) in [("2024-10-15T08:00:00+08:00", 0, "作业辅导"), ("2024-11-05T08:00:00+08:00", 1, "武术")]
    {
        app.clock_at(day);
        let told = offers_of(&app, "guardian", &child(&app)).await;
        let left = offer(&told, name)["fee_left"].clone();
        assert_eq!((&left["pays_percent"], &left["from"]), (&json!(50), &json!(&day[..10])), "{name}");
        assert_eq!(left["is_provisional"], json!(false));
        sign(&app, "school-admin", &plan, &child(&app), &[place]).await;
        let charge = charging(&app, "school-finance", &child(&app)).expect(201).await;
        let lines = charge.json()["lines"].as_array().unwrap().clone();
        let line = lines.iter().find(|line| line["name"] == name).unwrap().clone();
        assert_eq!((&line["amount_fen"], &line["lessons"]), (&left["amount_fen"], &left["lessons"]), "{name}");
        assert!(left["amount_fen"].as_i64().unwrap() * 2 - left["approved_fen"].as_i64().unwrap() <= 1);
        let void = format!("/api/v1/charges/{}/void", charge.id());
        app.post(&void).token(app.world.token("school-finance")).if_match(charge.etag()).expect(200).await;
    }
    // The school's desk is told the same; who may not know why a pupil pays less sees what others pay, and nobody else
    // than the guardian may do anything.
    let own = offers_of(&app, "guardian", &child(&app)).await;
    for (account, percent) in [("school-admin", json!(50)), ("school-finance", Value::Null), ("bureau", Value::Null)] {
        let told = offers_of(&app, account, &child(&app)).await;
        let (told, own) = (offer(&told, "作业辅导"), offer(&own, "作业辅导"));
        assert_eq!((&told["fee_left"]["pays_percent"], &told["can"]), (&percent, &json!([])), "{account}");
        assert_eq!(told["fee_left"]["approved_fen"], own["fee_left"]["approved_fen"], "{account}");
        assert_eq!(told["enrollment"]["can"], json!([]), "{account}");
    }
}

#[rstest]
#[actix_web::test]
async fn where_nothing_is_offered_it_says_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let nothing = offers_of(&app, "guardian", &child(&app)).await;
    assert_eq!((&nothing["nothing"], &nothing["items"]), (&json!("no_notice"), &json!([])));
    assert!(nothing["message"].as_str().unwrap().contains("告知"));
    let path = format!("/api/v1/students/{}/offers", child(&app));
    let english = app.get(&path).token(app.world.token("guardian")).english().expect(200).await.json();
    assert!(english["message"].as_str().unwrap().contains("notice"));
    let mut document = plan_with(&[]);
    document["projects"][0]["grades"] = json!([6]);
    open(&app, &document).await;
    assert_eq!(offers_of(&app, "guardian", &child(&app)).await["nothing"], json!("none_for_grade"));
    app.sql("UPDATE students SET state = 'left', left_on = '2024-09-09'").await;
    assert_eq!(offers_of(&app, "guardian", &child(&app)).await["nothing"], json!("not_attending"));
    for reason in kehou::enrollments::offers::NothingOffered::WORDS {
        for language in kehou::http::Language::ALL {
            let text = language.text(&format!("offers.{reason}"), []);
            assert!(!text.contains("offers."), "{reason} {language:?}");
        }
    }
}

/// Statements that a guardian's look takes, the first time and again.
async fn statements(app: &TestApp, student: Id) -> (u64, u64) {
    let mut taken = Vec::new();
    for _ in 0..2 {
        let guardian = app.world.account("guardian").actor.clone();
        let looked = app.db.read(move |tx| {
            let before = tx.conn.statements();
            let offered = of_student(tx, &By::of(guardian.clone())?, student)?;
            assert!(!offered.with.offers.is_empty());
            Ok(tx.conn.statements() - before)
        });
        taken.push(looked.await.unwrap());
    }
    (taken[0], taken[1])
}

#[rstest]
#[actix_web::test]
async fn sixty_projects_take_as_many_statements_as_three(#[values(Sqlite, Postgres)] kind: Kind) {
    let mut taken = Vec::new();
    for count in [2, 59] {
        let Some(app) = TestApp::start(kind).await else { return };
        let names: Vec<String> = (0..count).map(|number| format!("社团{number}")).collect();
        let clubs: Vec<_> = names.iter().map(|name| (name.as_str(), Some(9), &[2_i64][..], "17:30", "18:00")).collect();
        let projects = open(&app, &with_half_hours(&clubs)).await;
        assert_eq!(projects.len(), count + 1);
        apply(&app, &projects[0]).await;
        apply(&app, &projects[1]).await;
        taken.push(statements(&app, app.world.pupils("own school").student).await);
    }
    assert_eq!(taken[0], taken[1]);
    assert!(taken[0].0 <= 9 && taken[0].1 <= 7, "{taken:?}");
}
