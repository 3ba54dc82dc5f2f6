//! What guardians chose lives and ends with its days, its pupil and its plan, and is charged for the days that it had.

use kehou::auth::Role;
use kehou::db::Id;
use rstest::rstest;
use serde_json::{Value, json};

use crate::students::{enter, leave, student};
use crate::support::amendments::{amended, document_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{self, Club, application, apply, more_children, open, sign, verb};
use crate::support::fees::{self, approved_plan, charging, entrust, open_account, paid_plan, price};
use crate::support::plans::{approve, call, draft, filing_of, publish, send_back, submit};

const EVERY_DAY: &[i64] = &[1, 2, 3, 4, 5];

/// The small plan with clubs of half an hour.
fn plan_with(clubs: &[Club<'_>]) -> Value {
    let mut document = enrollments::plan_with(clubs);
    for club in document["projects"].as_array_mut().unwrap().iter_mut().skip(1) {
        club["lesson_minutes"] = json!(30);
    }
    document
}

/// The rules that refused, each once.
pub fn rules(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.code().as_str()), (422, "refused-by-rules"), "{}", answer.json());
    let mut rules: Vec<String> = answer.findings().into_iter().map(|(rule, ..)| rule).collect();
    rules.dedup();
    rules
}

async fn read(app: &TestApp, made: &Answer) -> Value {
    let path = format!("/api/v1/enrollments/{}", made.id());
    app.get(&path).token(app.world.token("school-admin")).expect(200).await.json()
}

async fn chooses(app: &TestApp, child: &str, project: &str) -> Answer {
    application(app, "guardian", child, project, &Id::fresh().to_string()).send().await
}

/// A child of the account `guardian`, as its school enters it.
pub async fn child(app: &TestApp, change: &[(&str, Value)]) -> Answer {
    let entered = enter(app, "own school", change).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    entrust(app, "school-admin", &entered).await;
    entered
}

async fn put(app: &TestApp, entered: &Answer, change: &[(&str, Value)]) -> Answer {
    let path = format!("/api/v1/students/{}", entered.id());
    let body = student(app, "own school", change);
    app.put(&path).token(app.world.token("school-admin")).if_match(entered.etag()).json(&body).send().await
}

/// What a charge says: lessons of each line, and what is to be paid.
pub fn billed(charge: &Answer) -> (Vec<i64>, i64) {
    let charge = charge.json();
    let lines = charge["lines"].as_array().unwrap();
    (lines.iter().filter_map(|line| line["lessons"].as_i64()).collect(), charge["amount_fen"].as_i64().unwrap())
}

#[rstest]
#[actix_web::test]
async fn enrollment_open_ends_with_the_last_day_to_apply(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[("武术", None, &[1], "17:30", "18:00"), ("棋艺", None, &[2], "17:30", "18:00")]);
    document["projects"][1]["apply_until"] = json!("2024-09-10");
    document["projects"][2]["apply_until"] = json!("2024-09-09");
    let projects = open(&app, &document).await;
    let late = apply(&app, &projects[2]).await;
    assert_eq!(rules(&late), ["enrollment-open"]);
    assert!(late.json()["findings"][0]["message"].as_str().unwrap().contains("2024-09-09"), "{}", late.json());
    let made = apply(&app, &projects[1]).await;
    assert_eq!(made.json()["state"], "allocated");
    app.clock_at("2024-09-10T23:59:59+08:00");
    let last_moment = child(&app, &[]).await;
    assert_eq!(chooses(&app, &last_moment.id(), &projects[1]).await.status, 201, "to the end of the day");
    app.clock_at("2024-09-11T00:00:00+08:00");
    let late = child(&app, &[]).await;
    assert_eq!(rules(&chooses(&app, &late.id(), &projects[1]).await), ["enrollment-open"], "and not a moment longer");
    assert_eq!(sign(&app, &made).await.status, 200, "who applied in time signs");
    let declined = json!({"student_id": app.world.pupils("own school").student, "project_id": projects[2],
        "choice": "declined"});
    let no = app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&declined);
    assert_eq!(no.send().await.status, 201, "a no is kept at any time");
}

#[rstest]
#[actix_web::test]
async fn enrollment_open_ends_with_the_service(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = paid_plan("own school", 400);
    document["term"]["service_to"] = json!("2025-01-10");
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let project = list["items"][0]["id"].as_str().unwrap().to_owned();
    let [unsigned, late] = [child(&app, &[]).await, child(&app, &[]).await];
    let made = chooses(&app, &unsigned.id(), &project).await;
    assert_eq!(made.status, 201);
    app.clock_at("2025-01-10T23:59:59+08:00");
    let last_day = child(&app, &[]).await;
    assert_eq!(sign(&app, &chooses(&app, &last_day.id(), &project).await).await.status, 200, "on its last day");
    app.clock_at("2025-01-11T00:00:00+08:00");
    assert_eq!(rules(&chooses(&app, &late.id(), &project).await), ["enrollment-open"]);
    assert_eq!(rules(&sign(&app, &made).await), ["enrollment-open"]);
    assert_eq!(charging(&app, "school-finance", &unsigned.id()).send().await.code(), "nothing-to-charge");
    app.clock_at("2025-01-18T08:00:00+08:00");
    let seen = app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin"));
    assert_eq!(call(&app, "school-admin", "plans", &seen.expect(200).await, "close").await.status, 200);
    assert_eq!(rules(&chooses(&app, &late.id(), &project).await), ["enrollment-open"], "nor in a closed plan");
}

#[rstest]
#[actix_web::test]
async fn a_charge_counts_from_the_day_of_joining(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = paid_plan("own school", 400);
    document["term"]["service_to"] = json!("2025-01-10");
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let early = child(&app, &[]).await;
    let ahead = child(&app, &[("entered_on", json!("2024-12-02"))]).await;
    let next = child(&app, &[("entered_on", json!("2025-02-14"))]).await;
    for entered in [&early, &ahead] {
        fees::sign(&app, "school-admin", &plan, &entered.id(), &[0]).await;
    }
    assert_eq!(billed(&charging(&app, "school-finance", &early.id()).expect(201).await), (vec![81], 32_400));
    assert_eq!(billed(&charging(&app, "school-finance", &ahead.id()).expect(201).await), (vec![29], 11_600));
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let project = list["items"][0]["id"].as_str().unwrap().to_owned();
    let refused = rules(&chooses(&app, &next.id(), &project).await);
    assert_eq!(refused, ["eligible-student", "enrollment-open"], "enters after the service");
    app.clock_at("2024-12-02T10:00:00+08:00");
    let late = child(&app, &[("entered_on", json!("2024-12-02"))]).await;
    let made = chooses(&app, &late.id(), &project).await;
    let agreement = format!("/api/v1/enrollments/{}/agreement", made.id());
    let text = app.get(&agreement).token(app.world.token("guardian")).expect(200).await.json()["text"].to_string();
    assert!(text.contains("自2024-12-02起") && text.contains("29课时，合计116.00元"), "{text}");
    let signed = sign(&app, &made).await;
    assert_eq!(signed.json()["joins_on"], "2024-12-02");
    assert_eq!(billed(&charging(&app, "school-finance", &late.id()).expect(201).await), (vec![29], 11_600));
}

#[rstest]
#[actix_web::test]
async fn no_clash_counts_no_place_on_a_waitlist(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[("乒乓", Some(1), EVERY_DAY, "16:30", "17:00")])).await;
    let children: Vec<String> = more_children(&app, 3).await.iter().map(ToString::to_string).collect();
    let (open_project, full) = (&projects[0], &projects[1]);
    let seated = chooses(&app, &children[0], full).await;
    assert_eq!(seated.json()["state"], "allocated");
    assert_eq!(rules(&chooses(&app, &children[0], open_project).await), ["no-clash"], "who has the seat");
    let waits = chooses(&app, &children[1], full).await;
    assert_eq!(waits.json()["state"], "waitlisted");
    let beside = chooses(&app, &children[1], open_project).await;
    assert_eq!((beside.status, &beside.json()["state"]), (201, &json!("allocated")), "{}", beside.json());
    let place = chooses(&app, &children[2], open_project).await;
    assert_eq!(place.json()["state"], "allocated");
    let then_waits = chooses(&app, &children[2], full).await;
    assert_eq!((then_waits.status, &then_waits.json()["state"]), (201, &json!("waitlisted")));
    verb(&app, "guardian", &seated, "withdraw", None).await;
    assert_eq!(read(&app, &waits).await["state"], "offered");
    assert_eq!(read(&app, &beside).await["state"], "allocated", "until the seat is accepted");
    assert_eq!(read(&app, &then_waits).await["state"], "waitlisted", "one seat, one child");
    assert_eq!(read(&app, &place).await["state"], "allocated");
    let wrong = app.db.read(kehou::enrollments::enrollments::verify);
    assert_eq!(wrong.await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn free_help_is_free_and_for_pupils_on_record(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[("辅导", None, &[1], "17:30", "18:00")]);
    document["projects"][1]["category"] = json!("free_help");
    let projects = open(&app, &document).await;
    let [without, with] = [child(&app, &[]).await, child(&app, &[("free_help", json!(["poverty"]))]).await];
    let refused = chooses(&app, &without.id(), &projects[1]).await;
    assert_eq!(rules(&refused), ["free-help-is-free"]);
    assert!(!refused.json().to_string().contains("poverty"), "{}", refused.json());
    assert_eq!(chooses(&app, &with.id(), &projects[1]).await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn age_appropriate_is_asked_again_when_a_grade_is_corrected(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let mut document = plan_with(&[("合唱", None, &[1], "17:30", "18:00")]);
    document["projects"][1]["grades"] = json!([4]);
    price(&mut document, 1, "per_lesson", 400);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let project = list["items"][1]["id"].as_str().unwrap().to_owned();
    let [pupil, other] = [child(&app, &[("grade", json!(4))]).await, child(&app, &[("grade", json!(4))]).await];
    let active = sign(&app, &chooses(&app, &pupil.id(), &project).await).await;
    let unsigned = chooses(&app, &other.id(), &project).await;
    let corrected = put(&app, &pupil, &[("grade", json!(3))]).await;
    assert_eq!(corrected.status, 200, "{}", corrected.json());
    assert_eq!(corrected.findings()[0].0, "age-appropriate");
    let marked = read(&app, &active).await;
    assert_eq!((&marked["state"], &marked["unfit_on"]), (&json!("active"), &json!("2024-09-10")));
    assert_eq!(rules(&charging(&app, "school-finance", &pupil.id()).send().await), ["age-appropriate"]);
    put(&app, &other, &[("grade", json!(3))]).await;
    let unsigned = app.get(&format!("/api/v1/enrollments/{}", unsigned.id())).token(app.world.token("guardian"));
    assert_eq!(rules(&sign(&app, &unsigned.expect(200).await).await), ["age-appropriate"]);
    assert_eq!(put(&app, &corrected, &[("grade", json!(4))]).await.status, 200);
    assert_eq!(read(&app, &active).await["unfit_on"], Value::Null, "put right again");
    assert_eq!(charging(&app, "school-finance", &pupil.id()).send().await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn eligible_student_is_in_a_class_of_the_year(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let school = app.world.organisation("own school");
    let class = |year: &str, name: &str| json!({"school_id": school, "school_year": year, "grade": 3, "name": name});
    let token = app.world.token("school-admin");
    let last = app.post("/api/v1/classes").token(token).json(&class("2023-2024", "旧班")).expect(201).await.id();
    let this = app.post("/api/v1/classes").token(token).json(&class("2024-2025", "新班")).expect(201).await.id();
    let refused = enter(&app, "own school", &[("class_id", json!(last))]).await;
    assert_eq!((refused.status, refused.faults()), (422, vec![("/class_id".to_owned(), "mismatch".to_owned())]));
    let pupil = child(&app, &[("class_id", json!(this))]).await;
    app.sql(&format!(
        "UPDATE students SET class_id = {} WHERE id = {}",
        app.id_literal(&last),
        app.id_literal(&pupil.id())
    ))
    .await;
    let projects = open(&app, &plan_with(&[])).await;
    assert_eq!(rules(&chooses(&app, &pupil.id(), &projects[0]).await), ["eligible-student"]);
    let renamed = put(&app, &pupil, &[("class_id", json!(last)), ("name", json!("陈辰"))]).await;
    assert_eq!(renamed.status, 200, "who is in it stays until moved on: {}", renamed.json());
    assert_eq!(put(&app, &renamed, &[("class_id", json!(this))]).await.status, 200);
    assert_eq!(chooses(&app, &pupil.id(), &projects[0]).await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn what_was_chosen_ends_with_a_plan_that_is_withdrawn(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let document = paid_plan("own school", 400);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    publish(&app, "school-admin", &plan).await;
    let pupil = child(&app, &[]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[0]).await;
    assert_eq!(call(&app, "school-admin", "plans", &plan, "withdraw").await.status, 200);
    let list = app.get(&format!("/api/v1/enrollments?student_id={}", pupil.id())).token(app.world.token("guardian"));
    let ended = list.expect(200).await.json()["items"][0].clone();
    assert_eq!((&ended["state"], &ended["ended_because"]), (&json!("withdrawn"), &json!("plan_withdrawn")));
    assert_eq!(app.count("project_seats").await, 0, "its seats are closed");
    let again = approved_plan(&app, "school-admin", "bureau", &document).await;
    fees::sign(&app, "school-admin", &again, &pupil.id(), &[0]).await;
    assert_eq!(charging(&app, "school-finance", &pupil.id()).send().await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn who_took_part_has_completed_when_the_plan_is_closed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let document = plan_with(&[("乒乓", Some(1), &[1], "17:30", "18:00")]);
    let plan = approved_plan(&app, "school-admin", "bureau", &document).await;
    let path = format!("/api/v1/projects?plan_id={}", plan.id());
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let [every, club] = [0, 1].map(|place| list["items"][place]["id"].as_str().unwrap().to_owned());
    let children: Vec<String> = more_children(&app, 2).await.iter().map(ToString::to_string).collect();
    let active = sign(&app, &chooses(&app, &children[0], &every).await).await;
    let unsigned = chooses(&app, &children[0], &club).await;
    let waits = chooses(&app, &children[1], &club).await;
    assert_eq!(waits.json()["state"], "waitlisted");
    app.clock_at("2025-01-17T23:59:59+08:00");
    let seen =
        app.get(&format!("/api/v1/plans/{}", plan.id())).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(call(&app, "school-admin", "plans", &seen, "close").await.code(), "term-runs", "on its last day");
    assert_eq!(read(&app, &active).await["state"], "active");
    app.clock_at("2025-01-18T00:00:00+08:00");
    assert_eq!(call(&app, "school-admin", "plans", &seen, "close").await.status, 200);
    let completed = read(&app, &active).await;
    assert_eq!((&completed["state"], &completed["ended_because"]), (&json!("completed"), &Value::Null));
    for other in [&unsigned, &waits] {
        let ended = read(&app, other).await;
        assert_eq!((&ended["state"], &ended["ended_because"]), (&json!("withdrawn"), &json!("term_over")));
    }
    let wrong = app.db.read(kehou::enrollments::enrollments::verify);
    assert_eq!(wrong.await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_project_renamed_in_a_returned_plan_keeps_its_children(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[("墨韵书法", None, &[1], "17:30", "18:00")]);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    publish(&app, "school-admin", &plan).await;
    let pupil = child(&app, &[]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[1]).await;
    send_back(&app, "bureau", &filing_of(&app, &plan).await, "2024-09-20").await;
    document["projects"][1]["name"] = json!("墨韵书法社");
    let path = format!("/api/v1/plans/{}", plan.id());
    let returned = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let renamed = app.put(&path).token(app.world.token("school-admin")).if_match(returned.etag()).json(&document);
    let filed = submit(&app, "school-admin", &renamed.expect(200).await).await;
    assert_eq!(publish(&app, "school-admin", &filed).await.status, 200);
    let list = app.get(&format!("/api/v1/enrollments?student_id={}", pupil.id())).token(app.world.token("guardian"));
    let kept = list.expect(200).await.json()["items"][0].clone();
    assert_eq!((&kept["state"], &kept["terms_changed_on"]), (&json!("allocated"), &json!("2024-09-10")));
}

#[rstest]
#[actix_web::test]
async fn notice_complete_holds_for_what_an_approval_publishes(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[]);
    document["notice"]["spending"] = Value::Null;
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    let token = app.world.token("school-admin");
    let body = json!({"plan_id": plan.id(), "items": {"spending": "财政补助，学校公示。", "safety": "两名教师值守。"}});
    let notice = app.post("/api/v1/notices").token(token).json(&body).expect(201).await;
    assert_eq!(call(&app, "school-admin", "notices", &notice, "publish").await.status, 200);
    assert_eq!(approve(&app, "bureau", &filing_of(&app, &plan).await).await.status, 200);
    let mut other = document_of(&app, "school-admin", &plan.id()).await;
    other["notice"]["content"] = json!("作业辅导、阅读。");
    assert_eq!(amended(&app, ("school-admin", "bureau"), &plan.id(), &other).await.status, 200);
    let list = app.get(&format!("/api/v1/notices?plan_id={}&state=published", plan.id())).token(token);
    let items = list.expect(200).await.json()["items"][0]["items"].clone();
    for (item, says) in
        [("spending", "财政补助，学校公示。"), ("safety", "两名教师值守。"), ("content", "作业辅导、阅读。")]
    {
        assert_eq!(items[item], says, "{item}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_pupil_that_leaves_owes_nothing_where_nothing_was_paid(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let pupil = child(&app, &[]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[0]).await;
    let charge = charging(&app, "school-finance", &pupil.id()).expect(201).await;
    assert_eq!(leave(&app, "own school", &pupil, "2024-09-10").await.status, 200);
    let read = app.get(&format!("/api/v1/charges/{}", charge.id())).token(app.world.token("school-finance"));
    assert_eq!(read.expect(200).await.json()["state"], "void");
    assert_eq!(app.count("term_fees").await, 0, "the next school may charge");
    let wrong = app.db.read(kehou::fees::charges::verify);
    assert_eq!(wrong.await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn who_only_pays_sees_what_is_to_be_paid_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let pupil = child(&app, &[("priority_groups", json!(["disabled"]))]).await;
    fees::sign(&app, "school-admin", &plan, &pupil.id(), &[0]).await;
    let charge = charging(&app, "school-finance", &pupil.id()).expect(201).await;
    app.world.add_account(&app.app, "grandfather", Role::Guardian, &Id::NIL.to_string()).await;
    let held = json!({
        "person_id": pupil.json()["person_id"], "user_id": app.world.account("grandfather").id, "kind": "person",
        "organisation_name": null, "relation": "grandparent", "contact_name": "陈爷爷", "contact_phone": null,
        "rights": ["pay"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&held).expect(201).await;
    let token = app.world.token("grandfather");
    let list = app.get("/api/v1/charges").token(token).expect(200).await.json();
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["student_name"]), (&json!(charge.id()), &json!("陈晨")));
    let shown = app.get(&format!("/api/v1/charges/{}", charge.id())).token(token).expect(200).await;
    assert!(!shown.json().to_string().contains("disabled"));
    for path in ["students", "enrollments"] {
        let others = app.get(&format!("/api/v1/{path}")).token(token).expect(200).await.json();
        assert_eq!(others["items"], json!([]), "{path}");
    }
    app.get(&format!("/api/v1/students/{}", pupil.id())).token(token).expect(404).await;
}
