//! Several projects for one child: read once, signed once, all or none.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::app::{Answer, Ask, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{Club, application, more_children, open, with_half_hours};
use crate::support::fees::{charging, open_account, price};
use crate::support::plans::{approve, draft, filing_of, publish, submit};

const CLUBS: [Club<'_>; 3] = [
    ("武术", Some(2), &[2], "17:30", "18:00"),
    ("合唱", Some(30), &[3], "17:30", "18:00"),
    ("书法", Some(30), &[3], "17:30", "18:00"),
];

fn child(app: &TestApp) -> String {
    app.world.pupils("own school").student.to_string()
}

async fn agreement(app: &TestApp, student: &str, projects: &[&String]) -> Answer {
    let ids: Vec<&str> = projects.iter().map(|id| id.as_str()).collect();
    let path = format!("/api/v1/students/{student}/agreement?project_ids={}", ids.join(","));
    app.get(&path).token(app.world.token("guardian")).send().await
}

fn choosing<'a>(app: &'a TestApp, student: &str, projects: &[&String], sha256: &Value, key: &str) -> Ask<'a> {
    let body = json!({"student_id": student, "project_ids": projects, "agreement_sha256": sha256});
    app.post("/api/v1/enrollments/batch").token(app.world.token("guardian")).key(key).json(&body)
}

fn states(answer: &Answer) -> Vec<String> {
    let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn a_guardian_reads_one_text_and_signs_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = with_half_hours(&CLUBS);
    price(&mut document, 0, "per_lesson", 400);
    price(&mut document, 1, "per_term", 12_000);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let notice = publish(&app, "school-admin", &plan).await;
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &plan).await).await.status, 200);
    // From the notice on: what is offered, what is agreed, and the signature.
    let path = format!("/api/v1/students/{}/offers", child(&app));
    let offers = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    let id = |place: usize| offers["items"][place]["project_id"].as_str().unwrap().to_owned();
    let (homework, wushu, choir) = (id(0), id(1), id(2));
    let text = agreement(&app, &child(&app), &[&choir, &homework, &wushu]).await;
    assert_eq!(text.status, 200, "{}", text.json());
    let shown = text.json();
    let words = shown["text"].as_str().unwrap();
    assert_eq!(shown["sha256"], json!(kehou::sealing::hex(&Sha256::digest(words))));
    assert_eq!(shown["project_ids"], json!([homework, wushu, choir]), "in the order of the plan");
    assert_eq!(agreement(&app, &child(&app), &[&homework, &wushu, &choir]).await.json()["sha256"], shown["sha256"]);
    for part in ["作业辅导", "武术", "合唱", "120.00", "各项目本学期费用", &child(&app)] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains("李明") && !words.contains("书法"), "{words}");
    let chosen = choosing(&app, &child(&app), &[&choir, &homework, &wushu], &shown["sha256"], "k").expect(200).await;
    assert_eq!(states(&chosen), ["active"; 3]);
    assert_eq!(chosen.json()["items"][0]["notice_id"], notice.json()["id"]);
    for item in chosen.json()["items"].as_array().unwrap() {
        let path = format!("/api/v1/enrollments/{}/agreement", item["id"].as_str().unwrap());
        let kept = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
        assert_eq!((&kept["text"], &kept["sha256"]), (&shown["text"], &shown["sha256"]));
        assert_eq!(kept["id"], item["agreement_id"]);
    }
    let again = choosing(&app, &child(&app), &[&choir, &homework, &wushu], &shown["sha256"], "k").expect(200).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &chosen.body));
    let charge = charging(&app, "school-finance", &child(&app)).expect(201).await.json();
    let whole = charge["amount_fen"].as_i64().unwrap() + charge["conceded_fen"].as_i64().unwrap();
    assert_eq!(json!(whole), shown["total_fen"], "what was read is what is charged");
    assert!(app.wrong().await.is_empty(), "{:?}", app.wrong().await);
}

#[rstest]
#[actix_web::test]
async fn all_of_them_or_none(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&CLUBS);
    document["projects"][1]["grades"] = json!([6]);
    let projects = open(&app, &document).await;
    let [homework, wushu, choir, writing] = &projects[..] else { panic!("four projects") };
    let all = [homework, wushu, choir, writing];
    let text = agreement(&app, &child(&app), &all).await.json();
    let refused = choosing(&app, &child(&app), &all, &text["sha256"], "all").expect(422).await;
    let mut told: Vec<(String, String)> =
        refused.findings().into_iter().map(|(rule, _, pointer)| (rule, pointer)).collect();
    told.sort();
    let later = if choir > writing { 2 } else { 3 };
    let finding = |rule: &str, place: usize| (rule.to_owned(), format!("/project_ids/{place}"));
    assert_eq!(told, [finding("age-appropriate", 1), finding("no-clash", later)], "{}", refused.json());
    assert_eq!(app.count("enrollments").await + app.count("agreements").await, 0);
    let two = [homework, choir];
    let text = agreement(&app, &child(&app), &two).await.json();
    let wrong = choosing(&app, &child(&app), &two, &json!("0".repeat(64)), "wrong").expect(422).await;
    assert_eq!(wrong.faults(), [("/agreement_sha256".to_owned(), "mismatch".to_owned())]);
    let other = agreement(&app, &child(&app), &[homework]).await.json();
    choosing(&app, &child(&app), &two, &other["sha256"], "other").expect(422).await;
    app.sql("UPDATE guardianships SET rights = ' read choose '").await;
    let unsigned = choosing(&app, &child(&app), &two, &text["sha256"], "right").expect(422).await;
    assert_eq!(unsigned.findings()[0].0, "guardian-consent");
    assert_eq!(app.count("enrollments").await, 0);
    let applied = choosing(&app, &child(&app), &two, &Value::Null, "apply").expect(200).await;
    assert_eq!(states(&applied), ["allocated"; 2], "without a hash nothing is signed");
    let again = choosing(&app, &child(&app), &two, &Value::Null, "again").expect(409).await;
    assert_eq!(again.code(), "already-exists");
}

#[rstest]
#[actix_web::test]
async fn what_cannot_be_agreed_on_together_is_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&CLUBS)).await;
    let nobody = kehou::db::Id::fresh().to_string();
    for (ids, place, fault) in [
        (vec![&projects[0], &projects[0]], 1, "duplicate"),
        (vec![&projects[0], &nobody], 1, "not-found"),
        (vec![&nobody], 0, "not-found"),
    ] {
        let shown = agreement(&app, &child(&app), &ids).await;
        assert_eq!((shown.status, shown.faults()), (400, vec![(format!("project_ids/{place}"), fault.to_owned())]));
        let refused = choosing(&app, &child(&app), &ids, &Value::Null, "k").expect(422).await;
        assert_eq!(refused.faults(), [(format!("/project_ids/{place}"), fault.to_owned())]);
    }
    let path = format!("/api/v1/students/{}/agreement?project_ids=7", child(&app));
    let shown = app.get(&path).token(app.world.token("guardian")).expect(400).await;
    assert_eq!(shown.faults(), [("project_ids".to_owned(), "format".to_owned())]);
}

/// Two guardians who want the last seat in one of two projects, in one order and the other: one has both, one has none.
#[rstest]
#[actix_web::test]
async fn the_last_seat_goes_to_one_of_two_batches(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&CLUBS)).await;
    let children: Vec<String> = more_children(&app, 3).await.iter().map(ToString::to_string).collect();
    application(&app, "guardian", &children[2], &projects[1], "first").expect(201).await;
    let mut asks = Vec::new();
    for (place, student) in children[..2].iter().enumerate() {
        let mut wanted = vec![&projects[1], &projects[2]];
        if place == 1 {
            wanted.reverse();
        }
        let sha256 = agreement(&app, student, &wanted).await.json()["sha256"].clone();
        asks.push(choosing(&app, student, &wanted, &sha256, &format!("race-{place}")).send());
    }
    let mut told: Vec<(u16, Vec<String>, String)> =
        join_all(asks).await.iter().map(|answer| (answer.status, states(answer), answer.code())).collect();
    told.sort();
    assert_eq!(
        told,
        [(200, vec!["active".to_owned(); 2], String::new()), (409, Vec::new(), "project-full".to_owned()),]
    );
    assert_eq!((app.count("enrollments").await, app.count("agreements").await), (3, 2));
    assert!(app.wrong().await.is_empty(), "{:?}", app.wrong().await);
}
