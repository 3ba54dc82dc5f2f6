//! `/plans` and `/projects`: drafting, replacing, states, and two of anything at once.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{add_spring, approve, call, draft, filing_of, send_back, small_plan, submit};

async fn projects(app: &TestApp, plan: &Answer) -> Vec<Value> {
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let mut items = list["items"].as_array().unwrap().clone();
    items.sort_by_key(|item| item["position"].as_i64());
    items
}

fn rules(answer: &Answer) -> Vec<String> {
    answer.findings().into_iter().map(|(rule, ..)| rule).collect()
}

#[rstest]
#[actix_web::test]
async fn a_document_comes_back_as_it_was_written(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let back = app.get(&format!("/api/v1/plans/{}/document", plan.id())).token(token).expect(200).await;
    let again = app.put(&format!("/api/v1/plans/{}", plan.id())).token(token).if_match(plan.etag()).json(&back.json());
    assert_eq!(again.expect(200).await.json()["version"], 2);
    let same = app.get(&format!("/api/v1/plans/{}/document", plan.id())).token(token).expect(200).await;
    assert_eq!(same.json(), back.json());
}

#[rstest]
#[actix_web::test]
async fn a_document_that_says_otherwise_than_the_record_is_refused_with_every_place(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["school"]["ownership"] = json!("private");
    document["school"]["grades"] = json!([{"grade": 1, "classes": 2}]);
    document["projects"][0]["grades"] = json!([1]);
    document["term"]["opens_on"] = json!("2024-09-03");
    document["projects"][0]["slots"][1]["ends_at"] = json!("16:00");
    let refused = app.post("/api/v1/plans").token(app.world.token("school-admin")).json(&document).expect(422).await;
    let places: Vec<String> = refused.faults().into_iter().map(|(at, _)| at).collect();
    for place in ["/school/ownership", "/school/grades", "/term/opens_on", "/projects/0/slots/1/ends_at"] {
        assert!(places.contains(&place.to_owned()), "{place}: {places:?}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_draft_may_break_rules_and_says_which(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = small_plan("own school", "autumn");
    document["projects"][0]["slots"][0]["ends_at"] = json!("18:01");
    let plan = draft(&app, "school-admin", &document).await;
    assert!(plan.findings().contains(&(
        "service-end-time".to_owned(),
        "error".to_owned(),
        "/projects/0/slots/0/ends_at".to_owned()
    )));
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    let seen =
        app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!((&seen.json()["state"], &seen.json()["version"]), (&json!("draft"), &json!(1)));
}

#[rstest]
#[actix_web::test]
async fn projects_keep_their_ids_by_their_names(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let mut document = small_plan("own school", "autumn");
    let mut club = document["projects"][0].clone();
    club["name"] = json!("棋艺");
    document["projects"].as_array_mut().unwrap().push(club.clone());
    let plan = draft(&app, "school-admin", &document).await;
    let before = projects(&app, &plan).await;
    club["name"] = json!("书法");
    club["slots"][0]["ends_at"] = json!("17:35");
    let first = document["projects"][0].clone();
    document["projects"] = json!([club, first]);
    let path = format!("/api/v1/plans/{}", plan.id());
    app.put(&path).token(token).if_match(plan.etag()).json(&document).expect(200).await;
    let after = projects(&app, &plan).await;
    let names: Vec<&Value> = after.iter().map(|project| &project["offer"]["name"]).collect();
    assert_eq!(names, ["书法", "作业辅导"]);
    assert_eq!(after[1]["id"], before[0]["id"]);
    let gone =
        app.get(&format!("/api/v1/projects/{}", before[1]["id"].as_str().unwrap())).token(token).expect(200).await;
    assert!(gone.json()["removed_at"].is_string());
}

#[rstest]
#[actix_web::test]
async fn projects_are_added_changed_and_removed_one_by_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let mut offer = small_plan("own school", "autumn")["projects"][0].clone();
    offer["name"] = json!("棋艺");
    let body = json!({"plan_id": plan.id(), "offer": offer});
    let made = app.post("/api/v1/projects").token(token).json(&body).expect(201).await;
    assert_eq!(app.post("/api/v1/projects").token(token).json(&body).expect(409).await.code(), "already-exists");
    // The plan has moved on, so a submission of what was seen before is refused.
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.code(), "version-mismatch");
    let path = made.header("location").to_owned();
    let mut wrong = body.clone();
    wrong["offer"]["grades"] = json!([7]);
    let refused = app.put(&path).token(token).if_match(made.etag()).json(&wrong).expect(422).await;
    assert_eq!(refused.faults(), [("/offer/grades/0".to_owned(), "not-found".to_owned())]);
    let mut renamed = body;
    renamed["offer"]["name"] = json!("围棋");
    let renamed = app.put(&path).token(token).if_match(made.etag()).json(&renamed).expect(200).await;
    let removed = app.ask("DELETE", &path).token(token).if_match(renamed.etag()).expect(200).await;
    assert!(removed.json()["removed_at"].is_string());
    assert_eq!(app.ask("DELETE", &path).token(token).if_match(removed.etag()).expect(404).await.code(), "not-found");
    assert_eq!(projects(&app, &plan).await.len(), 1);
}

#[rstest]
#[actix_web::test]
async fn one_filing_per_term_lets_one_of_ten_drafts_in(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (token, document) = (app.world.token("school-admin"), small_plan("own school", "autumn"));
    let answers = join_all((0..10).map(|_| app.post("/api/v1/plans").token(token).json(&document).send())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            (refused.status, rules(refused)),
            (422, vec!["one-filing-per-term".to_owned()]),
            "{}",
            refused.json()
        );
    }
    assert_eq!(app.count("plans").await, 1);
    assert_eq!(app.count("projects").await, 1);
}

#[rstest]
#[actix_web::test]
async fn one_filing_per_term_lets_one_of_two_simultaneous_submissions_stand(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    // One plan is withdrawn and reopened while another one is drafted and filed: both cannot stand.
    let (token, document) = (app.world.token("school-admin"), small_plan("own school", "autumn"));
    let first = draft(&app, "school-admin", &document).await;
    let first = call(&app, "school-admin", "plans", &first, "withdraw").await;
    let reopen = async {
        let reopened = call(&app, "school-admin", "plans", &first, "reopen").await;
        if reopened.status == 200 {
            call(&app, "school-admin", "plans", &reopened, "submit").await.status
        } else {
            reopened.status
        }
    };
    let second = async {
        let drafted = app.post("/api/v1/plans").token(token).json(&document).send().await;
        if drafted.status == 201 {
            call(&app, "school-admin", "plans", &drafted, "submit").await.status
        } else {
            drafted.status
        }
    };
    let (one, other) = futures_util::future::join(reopen, second).await;
    let mut statuses = [one, other];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(app.count("plans WHERE state = 'submitted'").await, 1);
    assert_eq!(app.count("filings").await, 1);
}

#[rstest]
#[actix_web::test]
async fn every_state_allows_its_verbs_and_no_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let verbs = ["submit", "withdraw", "reopen", "close"];
    let check = async |plan: &Answer, allowed: &[&str]| {
        let seen =
            app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin")).expect(200).await;
        for verb in verbs.iter().filter(|verb| !allowed.contains(verb)) {
            let refused = call(&app, "school-admin", "plans", &seen, verb).await;
            assert_eq!((refused.status, refused.code().as_str()), (409, "state-conflict"), "{verb}");
        }
        seen
    };
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let seen = check(&plan, &["submit", "withdraw"]).await;
    let plan = submit(&app, "school-admin", &seen).await;
    check(&plan, &["withdraw"]).await;
    let filing = filing_of(&app, &plan).await;
    send_back(&app, "bureau", &filing, "2024-09-20").await;
    let seen = check(&plan, &["submit", "withdraw"]).await;
    let plan = call(&app, "school-admin", "plans", &seen, "withdraw").await;
    assert_eq!(plan.json()["latest_filing"]["state"], "withdrawn");
    let seen = check(&plan, &["reopen"]).await;
    let plan = call(&app, "school-admin", "plans", &seen, "reopen").await;
    assert_eq!(plan.json()["first_submitted_on"], Value::Null);
    let plan = submit(&app, "school-admin", &plan).await;
    approve(&app, "bureau", &filing_of(&app, &plan).await).await;
    let seen = check(&plan, &["close"]).await;
    assert_eq!(seen.json()["can"], json!([]), "its term runs still");
    assert_eq!(call(&app, "school-admin", "plans", &seen, "close").await.code(), "term-runs");
    app.clock_at("2025-01-18T08:00:00+08:00");
    let seen = check(&plan, &["close"]).await;
    assert_eq!(seen.json()["can"], json!(["close"]));
    assert_eq!(call(&app, "school-admin", "plans", &seen, "close").await.json()["state"], "closed");
}

#[rstest]
#[actix_web::test]
async fn a_plan_that_was_withdrawn_is_judged_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let plan = call(&app, "school-admin", "plans", &plan, "withdraw").await;
    app.clock_at("2024-09-20T08:00:00+08:00");
    let plan = call(&app, "school-admin", "plans", &plan, "reopen").await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert!(refused.findings().iter().any(|(rule, severity, _)| rule == "filing-window" && severity == "error"));
}

#[rstest]
#[actix_web::test]
async fn a_plan_of_spring_may_be_filed_before_it_opens(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add_spring(&app).await;
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "spring")).await).await;
    assert_eq!(plan.json()["state"], "submitted");
}

#[rstest]
#[actix_web::test]
async fn a_replay_of_a_submission_keeps_its_first_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let path = format!("/api/v1/plans/{}/submit", plan.id());
    let once = app.post(&path).token(token).key("file-1").if_match(plan.etag()).expect(200).await;
    app.clock_at("2024-09-20T08:00:00+08:00");
    let again = app.post(&path).token(token).key("file-1").if_match(plan.etag()).expect(200).await;
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", once.json()));
    assert_eq!(app.count("filings").await, 1);
}

#[rstest]
#[actix_web::test]
async fn starts_after_dismissal_is_evaded_by_no_missing_row(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    // The plan lists one row, and a club that begins at 14:00 for the grades that it leaves out.
    let mut document = small_plan("own school", "autumn");
    document["school"]["dismissals"] = json!([{"grade": 1, "weekday": 1, "timetable": "standard", "at": "16:10"}]);
    let mut club = document["projects"][0].clone();
    club["name"] = json!("足球");
    club["grades"] = json!([2, 3]);
    club["slots"] = json!([{"weekday": 1, "starts_at": "14:00", "ends_at": "15:00", "timetable": "all"}]);
    document["projects"].as_array_mut().unwrap().push(club);
    let plan = draft(&app, "school-admin", &document).await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    let early = "/projects/1/slots/0/starts_at".to_owned();
    assert!(refused.findings().contains(&("starts-after-dismissal".to_owned(), "error".to_owned(), early)));
    // Where the school has no approved timetable either, nobody knows.
    app.sql("UPDATE schools SET dismissals = '[]'").await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    let unknown = ("starts-after-dismissal".to_owned(), "error".to_owned(), "/school/dismissals".to_owned());
    assert!(refused.status == 422 && refused.findings().contains(&unknown), "{}", refused.json());
    let message = refused.json()["findings"].to_string();
    assert!(message.contains("2、3、4、5、6年级"), "{message}");
}
