//! `/surveys` and `/survey-answers`: asking, answering, counting, and a plan that needs both (五.1).

use futures_util::future::join_all;
use kehou::auth::Role;
use kehou::db::{Id, Mode, Origin};
use rstest::rstest;
use serde_json::{Value, json};

use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::more_children;
use crate::support::fees::entrust;
use crate::support::groundwork::{answering, open_survey, survey_body, survey_verb};
use crate::support::plans::{call, draft, small_plan};

fn own_survey(app: &TestApp) -> Value {
    survey_body(app.world.organisation("own school"), "2025-2026")
}

fn child(app: &TestApp) -> String {
    app.world.pupils("own school").student.to_string()
}

fn wishes(keys: &[&str]) -> Value {
    json!([{"question": "wish", "options": keys}])
}

async fn results(app: &TestApp, account: &str, survey: &Answer) -> Value {
    let path = format!("/api/v1/surveys/{}/results", survey.id());
    app.get(&path).token(app.world.token(account)).expect(200).await.json()
}

fn count(results: &Value, question: &str, option: &Value, grade: i64) -> i64 {
    let counts = results["counts"].as_array().unwrap();
    let found = counts.iter().find(|of| of["question"] == question && of["option"] == *option && of["grade"] == grade);
    found.unwrap_or_else(|| panic!("{question} {option} {grade}: {results}"))["count"].as_i64().unwrap()
}

/// A pupil of a grade whose guardian is the account `guardian`.
async fn child_of_grade(app: &TestApp, grade: i64) -> String {
    let entered = enter(app, "own school", &[("grade", json!(grade))]).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    entrust(app, "school-admin", &entered).await;
    entered.id()
}

/// Rule, variant place and severity of what refused.
fn said(answer: &Answer, rule: &str) -> Vec<(String, String)> {
    let all = answer.findings().into_iter().filter(|(id, ..)| id == rule);
    all.map(|(_, severity, pointer)| (severity, pointer)).collect()
}

#[rstest]
#[actix_web::test]
async fn a_survey_is_written_opened_and_closed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let made = app.post("/api/v1/surveys").token(token).json(&own_survey(&app)).expect(201).await;
    assert_eq!((&made.json()["state"], &made.json()["can"]), (&json!("draft"), &json!(["update", "open", "cancel"])));
    let path = format!("/api/v1/surveys/{}", made.id());
    let guardian = app.world.token("guardian");
    assert_eq!(app.get(&path).token(guardian).expect(404).await.code(), "not-found");
    let mut body = own_survey(&app);
    body["title"] = json!("秋季课后服务意向调查");
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&body).expect(200).await;
    let opened = survey_verb(&app, "school-admin", &changed, "open").await;
    assert_eq!((&opened.json()["state"], &opened.json()["can"]), (&json!("open"), &json!(["close", "cancel"])));
    let shown = app.get(&path).token(guardian).expect(200).await.json();
    assert_eq!((&shown["title"], &shown["can"]), (&body["title"], &json!([])));
    let late = app.put(&path).token(token).if_match(opened.etag()).json(&body).expect(409).await;
    assert_eq!(late.code(), "state-conflict");
    let closed = survey_verb(&app, "school-admin", &opened, "close").await;
    assert_eq!((&closed.json()["state"], &closed.json()["can"]), (&json!("closed"), &json!(["draft-projects"])));
    assert_eq!(survey_verb(&app, "school-admin", &closed, "cancel").await.code(), "state-conflict");
}

#[rstest]
#[actix_web::test]
async fn a_term_has_one_survey_unless_it_was_cancelled(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let asks = (0..2).map(|_| app.post("/api/v1/surveys").token(token).json(&own_survey(&app)).send());
    let mut answers = join_all(asks).await;
    answers.sort_by_key(|answer| answer.status);
    assert_eq!((answers[0].status, answers[1].code().as_str()), (201, "already-exists"));
    let cancelled = survey_verb(&app, "school-admin", &answers[0], "cancel").await;
    assert_eq!((&cancelled.json()["state"], &cancelled.json()["can"]), (&json!("cancelled"), &json!([])));
    let again = app.post("/api/v1/surveys").token(token).json(&own_survey(&app)).expect(201).await;
    app.clock_at("2024-09-11T09:00:00+08:00");
    let late = survey_verb(&app, "school-admin", &again, "open").await;
    assert_eq!((late.status, late.faults()), (422, vec![("/closes_on".to_owned(), "out-of-range".to_owned())]));
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_named_all_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut body = own_survey(&app);
    body["closes_on"] = json!("2024-09-08");
    body["questions"][0]["options"][0]["category"] = Value::Null;
    body["questions"][1]["options"] = json!([{"key": "x", "label": "有"}]);
    body["questions"][2]["key"] = json!("wish");
    let refused = app.post("/api/v1/surveys").token(app.world.token("school-admin")).json(&body).expect(422).await;
    let expected = [
        ("/closes_on", "ends-before-start"),
        ("/questions/0/options/0/category", "required"),
        ("/questions/1/options", "required"),
        ("/questions/2/key", "duplicate"),
    ];
    assert_eq!(refused.faults(), expected.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
}

#[rstest]
#[actix_web::test]
async fn a_guardian_answers_once_and_may_think_again(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let asks = (0..2).map(|_| answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["a"])).send());
    let mut answers = join_all(asks).await;
    answers.sort_by_key(|answer| answer.status);
    assert_eq!((answers[0].status, answers[1].code().as_str()), (201, "already-exists"));
    assert_eq!(app.count("survey_answers").await, 1);
    let path = format!("/api/v1/survey-answers/{}", answers[0].id());
    let other = json!([{"question": "wish", "options": ["b"]}, {"question": "say", "text": "多一些体育活动"}]);
    let body = json!({"survey_id": survey.id(), "student_id": child(&app), "answers": other});
    let guardian = app.world.token("guardian");
    let changed = app.put(&path).token(guardian).if_match(answers[0].etag()).json(&body).expect(200).await;
    assert_eq!((&changed.json()["version"], &changed.json()["can"]), (&json!(2), &json!(["update"])));
    assert_eq!(changed.json()["answers"][1]["text"], "多一些体育活动");
    let found = results(&app, "school-admin", &survey).await;
    assert_eq!((count(&found, "wish", &json!("a"), 3), count(&found, "wish", &json!("b"), 3)), (0, 1));

    let closed = survey_verb(&app, "school-admin", &survey, "close").await;
    assert_eq!(closed.status, 200);
    let seen = app.get(&path).token(guardian).expect(200).await;
    assert_eq!(seen.json()["can"], json!([]));
    let late = app.put(&path).token(guardian).if_match(seen.etag()).json(&body).expect(409).await;
    assert_eq!(late.code(), "survey-not-open");
    let second = child_of_grade(&app, 1).await;
    let late = answering(&app, "guardian", &survey.id(), &second, &wishes(&["a"])).expect(409).await;
    assert_eq!(late.code(), "survey-not-open");
}

#[rstest]
#[actix_web::test]
async fn an_answer_comes_within_the_days_of_its_survey(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut body = own_survey(&app);
    body["opens_on"] = json!("2024-09-11");
    body["closes_on"] = json!("2024-09-12");
    let survey = open_survey(&app, "school-admin", &body).await;
    for (moment, status) in
        [("2024-09-10T23:59:59+08:00", 409), ("2024-09-13T00:00:00+08:00", 409), ("2024-09-12T23:59:59+08:00", 201)]
    {
        app.clock_at(moment);
        answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["a"])).expect(status).await;
    }
}

#[rstest]
#[actix_web::test]
async fn answers_are_for_ones_own_child_at_the_school_that_asks(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let sibling = survey_body(app.world.organisation("sibling school"), "2025-2026");
    let sibling = open_survey(&app, "sibling-school-admin", &sibling).await;
    let own = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let not_found = |at: &str| vec![(at.to_owned(), "not-found".to_owned())];
    let unseen = answering(&app, "guardian", &sibling.id(), &child(&app), &wishes(&["a"])).expect(422).await;
    assert_eq!(unseen.faults(), not_found("/survey_id"));
    let elsewhere = app.world.pupils("sibling school").student.to_string();
    let foreign = answering(&app, "guardian", &own.id(), &elsewhere, &wishes(&["a"])).expect(422).await;
    assert_eq!(foreign.faults(), not_found("/student_id"));
    app.world.add_account(&app.app, "stranger", Role::Guardian, &Id::NIL.to_string()).await;
    let made = answering(&app, "guardian", &own.id(), &child(&app), &wishes(&["a"])).expect(201).await;
    let path = format!("/api/v1/survey-answers/{}", made.id());
    assert_eq!(app.get(&path).token(app.world.token("stranger")).expect(404).await.code(), "not-found");
    for account in ["school-admin", "bureau", "teacher"] {
        assert_eq!(app.get(&path).token(app.world.token(account)).expect(403).await.code(), "forbidden");
    }
    let path = format!("/api/v1/surveys/{}/results", own.id());
    assert_eq!(app.get(&path).token(app.world.token("teacher")).expect(403).await.code(), "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_guardian_who_only_reads_does_not_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    app.sql("UPDATE guardianships SET rights = ' read sign '").await;
    let refused = answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["a"])).expect(422).await;
    assert_eq!(said(&refused, "guardian-consent").len(), 1, "{}", refused.json());
    assert_eq!(app.count("survey_answers").await, 0);
}

#[rstest]
#[actix_web::test]
async fn replies_are_held_against_the_questions(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let answers = json!([
        {"question": "wish", "options": ["c"]}, {"question": "until", "options": ["1730", "1800"]},
        {"question": "say", "options": [], "text": null}, {"question": "nobody asked", "options": ["a"]}
    ]);
    let refused = answering(&app, "guardian", &survey.id(), &child(&app), &answers).expect(422).await;
    let expected = [
        ("/answers/0/options/0", "not-found"),
        ("/answers/1/options", "too-long"),
        ("/answers/2/text", "required"),
        ("/answers/3/question", "not-found"),
    ];
    assert_eq!(refused.faults(), expected.map(|(at, fault)| (at.to_owned(), fault.to_owned())));
}

#[rstest]
#[actix_web::test]
async fn results_count_by_grade_and_name_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = child_of_grade(&app, 1).await;
    more_children(&app, 2).await; // asked, and silent
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let text = json!([{"question": "wish", "options": ["a", "b"]}, {"question": "say", "text": "谢谢老师"}]);
    answering(&app, "guardian", &survey.id(), &child(&app), &text).expect(201).await;
    answering(&app, "guardian", &survey.id(), &first, &wishes(&["a"])).expect(201).await;
    survey_verb(&app, "school-admin", &survey, "close").await;
    child_of_grade(&app, 2).await; // came later, and was not asked
    let found = results(&app, "school-admin", &survey).await;
    assert_eq!((&found["asked"], &found["answered"]), (&json!(4), &json!(2)));
    let grades = json!([{"grade": 1, "asked": 1, "answered": 1}, {"grade": 3, "asked": 3, "answered": 1}]);
    assert_eq!(found["grades"], grades);
    let counted =
        [("a", 1), ("a", 3), ("b", 1), ("b", 3)].map(|(key, grade)| count(&found, "wish", &json!(key), grade));
    assert_eq!(counted, [1, 1, 0, 1]);
    assert_eq!(count(&found, "say", &Value::Null, 3), 1);
    assert_eq!(found["texts"], json!([{"question": "say", "text": "谢谢老师"}]));
    let names = [child(&app), app.world.pupils("own school").person.to_string(), "李明".to_owned()];
    assert!(names.iter().all(|name| !found.to_string().contains(name)), "{found}");
    assert_eq!(results(&app, "bureau", &survey).await["texts"], Value::Null);
}

#[rstest]
#[actix_web::test]
async fn projects_are_drafted_from_wishes_and_the_ledger_and_change_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = child_of_grade(&app, 1).await;
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["b", "a"])).expect(201).await;
    answering(&app, "guardian", &survey.id(), &first, &wishes(&["b"])).expect(201).await;
    let path = format!("/api/v1/surveys/{}/draft-projects", survey.id());
    let token = app.world.token("school-admin");
    assert_eq!(app.post(&path).token(token).expect(409).await.code(), "state-conflict");
    survey_verb(&app, "school-admin", &survey, "close").await;
    let before = app.count("journal_entries").await;
    let drafts = app.post(&path).token(token).expect(200).await.json();
    let ledger = app.get("/api/v1/facilities").token(token).expect(200).await.json();
    let room = &ledger["items"][0]["id"];
    assert_eq!(
        drafts["projects"],
        json!([
            {"name": "经典诵读", "category": "reading", "grades": [1, 3], "expected_headcount": 2, "facility_ids": [room]},
            {"name": "武术", "category": "sports", "grades": [3], "expected_headcount": 1, "facility_ids": []}
        ])
    );
    assert_eq!(app.count("journal_entries").await, before);
}

#[rstest]
#[actix_web::test]
async fn reading_answers_leaves_a_line(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let made = answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["a"])).expect(201).await;
    let guardian = app.world.token("guardian");
    app.get(&format!("/api/v1/survey-answers/{}", made.id())).token(guardian).expect(200).await;
    app.get(&format!("/api/v1/survey-answers?survey_id={}", survey.id())).token(guardian).expect(200).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let path = format!("/api/v1/students/{}/access-log", child(&app));
    let lines = app.get(&path).token(guardian).expect(200).await.json();
    let read: Vec<&str> =
        lines["items"].as_array().unwrap().iter().filter_map(|line| line["operation"].as_str()).collect();
    assert!(read.contains(&"get_survey_answer") && read.contains(&"list_survey_answers"), "{read:?}");
}

#[rstest]
#[actix_web::test]
async fn of_two_answers_for_one_person_the_later_counts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    answering(&app, "guardian", &survey.id(), &child(&app), &wishes(&["a"])).expect(201).await;
    let entered = enter(&app, "own school", &[]).await;
    entrust(&app, "school-admin", &entered).await;
    answering(&app, "guardian", &survey.id(), &entered.id(), &wishes(&["b"])).expect(201).await;
    assert_eq!(leave(&app, "own school", &entered, "2024-09-10").await.status, 200);
    let token = app.world.token("school-admin");
    let seen = app.get(&format!("/api/v1/students/{}", entered.id())).token(token).expect(200).await.json();
    let path = format!("/api/v1/persons/{}/merge", seen["person_id"].as_str().unwrap());
    let body = json!({"into_person_id": app.world.pupils("own school").person, "document": null});
    app.post(&path).token(token).if_match(&format!("\"{}\"", seen["person_version"])).json(&body).expect(200).await;
    let found = results(&app, "school-admin", &survey).await;
    assert_eq!(found["answered"], 1);
    assert_eq!((count(&found, "wish", &json!("a"), 3), count(&found, "wish", &json!("b"), 3)), (0, 1));
    let answers = app.get("/api/v1/survey-answers").token(app.world.token("guardian")).expect(200).await.json();
    let states: Vec<&Value> = answers["items"].as_array().unwrap().iter().map(|item| &item["state"]).collect();
    assert_eq!(states, ["superseded", "given"]);
}

#[rstest]
#[actix_web::test]
async fn a_plan_without_groundwork_is_stopped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("DELETE FROM surveys").await;
    app.sql("UPDATE facilities SET state = 'retired', retired_on = in_use_on").await;
    let plan = draft(&app, "school-admin", &small_plan("own school", "autumn")).await;
    let error = |at: &str| ("error".to_owned(), at.to_owned());
    assert_eq!(said(&plan, "survey-before-plan"), [error("/school"), error("/term")]);
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    assert_eq!(said(&refused, "survey-before-plan"), [error("/school"), error("/term")]);
    assert_eq!(app.count("filings").await, 0);

    let room = json!({
        "school_id": app.world.organisation("own school"), "kind": "venue", "name": "操场", "capacity": null,
        "quantity": 1, "place": null, "manager_name": "周老师", "usable_weekdays": [1, 2, 3, 4, 5],
        "usable_note": null, "in_use_on": "2020-09-01"
    });
    app.post("/api/v1/facilities").token(app.world.token("school-admin")).json(&room).expect(201).await;
    let body = survey_body(app.world.organisation("own school"), "2024-2025");
    let survey = open_survey(&app, "school-admin", &body).await;
    let refused = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!(said(&refused, "survey-before-plan"), [error("/term")]);
    assert!(refused.json()["findings"].to_string().contains("尚未结束"), "{}", refused.json());
    survey_verb(&app, "school-admin", &survey, "close").await;
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn a_closing_waits_for_who_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let survey = open_survey(&app, "school-admin", &own_survey(&app)).await;
    let children = more_children(&app, 30).await;
    let asks = children
        .iter()
        .map(|child| answering(&app, "guardian", &survey.id(), &child.to_string(), &wishes(&["a"])).send());
    let closing = survey_verb(&app, "school-admin", &survey, "close");
    let (answers, closed) = futures_util::future::join(join_all(asks), closing).await;
    assert_eq!(closed.status, 200);
    let given = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.code() == "survey-not-open"));
    assert_eq!(results(&app, "school-admin", &survey).await["answered"].as_u64(), u64::try_from(given).ok());
    let id: Id = survey.id().parse().unwrap();
    let held =
        app.db.write(Origin::service("test"), Mode::Commit, move |tx| kehou::surveys::surveys::hold_open(tx, id));
    assert!(!held.await.unwrap());
}
