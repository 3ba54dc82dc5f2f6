//! `/enrollments`: choosing, signing, withdrawing, and many at once.

use futures_util::future::join_all;
use kehou::auth::Role;
use kehou::db::{Id, Mode, Origin};
use kehou::enrollments::enrollments::payable;
use kehou::rules::document::Season;
use rstest::rstest;
use serde_json::json;

use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, apply, more_children, open, plan_with, sign, verb};
use crate::support::fees::entrust;
use crate::support::plans::{draft, submit};

/// How many children apply at once, and for how many seats.
const APPLICANTS: usize = 1_000;
const SEATS: i64 = 30;

fn student(app: &TestApp) -> String {
    app.world.pupils("own school").student.to_string()
}

async fn read(app: &TestApp, made: &Answer) -> Answer {
    app.get(&format!("/api/v1/enrollments/{}", made.id())).token(app.world.token("guardian")).expect(200).await
}

fn rules(answer: &Answer) -> Vec<String> {
    answer.findings().into_iter().map(|(rule, ..)| rule).collect()
}

#[rstest]
#[actix_web::test]
async fn a_guardian_applies_signs_and_takes_part(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let made = apply(&app, &projects[0]).await;
    assert_eq!((made.status, made.json()["state"].as_str()), (201, Some("allocated")), "{}", made.json());
    assert_eq!(made.json()["can"], json!(["sign", "withdraw"]));
    let wrong = verb(&app, "guardian", &made, "sign", Some(json!({"sha256": "0".repeat(64)}))).await;
    assert_eq!((wrong.status, wrong.faults()), (422, vec![("/sha256".to_owned(), "mismatch".to_owned())]));
    let signed = sign(&app, &made).await;
    assert_eq!((&signed.json()["state"], &signed.json()["can"]), (&json!("active"), &json!(["withdraw"])));
    let again = sign(&app, &signed).await;
    assert_eq!((again.status, again.code().as_str()), (409, "state-conflict"));
    let path = format!("/api/v1/enrollments/{}/agreement", made.id());
    let agreement = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let text = agreement["text"].as_str().unwrap();
    for part in [made.id().as_str(), "作业辅导", "星期一16:30至17:30", "免费", "本协议自家长签署之日起生效"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("李明"));
    assert_eq!(agreement["id"], signed.json()["agreement_id"]);
    let person: Id = app.world.pupils("own school").person;
    let owed =
        app.db.write(Origin::service("test"), Mode::Commit, move |tx| payable(tx, person, "2024-2025", Season::Autumn));
    let owed = owed.await.unwrap();
    assert_eq!(owed.len(), 1);
    assert_eq!(json!(owed[0].agreement_sha256), agreement["sha256"]);
    let withdrawn = verb(&app, "guardian", &signed, "withdraw", None).await;
    assert_eq!((&withdrawn.json()["state"], &withdrawn.json()["can"]), (&json!("withdrawn"), &json!([])));
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, 0);
}

#[rstest]
#[actix_web::test]
async fn nobody_but_the_guardian_chooses(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let (child, project) = (student(&app), &projects[0]);
    for account in ["school-admin", "teacher", "bureau", "platform-admin"] {
        let refused = application(&app, account, &child, project, "k").expect(403).await;
        assert_eq!(refused.code(), "forbidden", "{account}");
    }
    app.world.add_account(&app.app, "stranger", Role::Guardian, &Id::NIL.to_string()).await;
    let refused = application(&app, "stranger", &child, project, "k").expect(422).await;
    assert_eq!(refused.faults(), [("/student_id".to_owned(), "not-found".to_owned())]);
    let made = apply(&app, project).await;
    for (method, suffix) in [("GET", ""), ("GET", "/agreement"), ("POST", "/withdraw")] {
        let path = format!("/api/v1/enrollments/{}{suffix}", made.id());
        let ask = app.ask(method, &path).token(app.world.token("stranger")).if_match("\"1\"");
        assert_eq!(ask.expect(404).await.code(), "not-found");
    }
    let end = format!("/api/v1/guardianships/{}/end", app.world.pupils("own school").guardianship);
    let body = json!({"reason": "监护人变更", "document": null, "ends_on": null});
    app.post(&end).token(app.world.token("school-admin")).if_match("\"1\"").json(&body).expect(200).await;
    let refused = application(&app, "guardian", &child, project, "later").expect(422).await;
    assert_eq!(refused.faults(), [("/student_id".to_owned(), "not-found".to_owned())]);
    assert_eq!(verb(&app, "guardian", &made, "withdraw", None).await.status, 404);
}

#[rstest]
#[actix_web::test]
async fn a_guardian_who_only_reads_does_not_choose(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    app.sql("UPDATE guardianships SET rights = ' read sign '").await;
    let refused = apply(&app, &projects[0]).await;
    assert_eq!((refused.status, rules(&refused)), (422, vec!["guardian-consent".to_owned()]));
    assert_eq!(app.count("enrollments").await, 0);
}

#[rstest]
#[actix_web::test]
async fn enrolling_opens_with_a_published_notice_and_has_a_key(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &plan_with(&[])).await).await;
    let list = app.get(&format!("/api/v1/projects?plan_id={}", plan.id())).token(app.world.token("school-admin"));
    let project = list.expect(200).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let refused = apply(&app, &project).await;
    assert_eq!((refused.status, rules(&refused)), (422, vec!["published-before-enrolling".to_owned()]));
    let body = json!({"student_id": student(&app), "project_id": project});
    let without = app.post("/api/v1/enrollments").token(app.world.token("guardian")).json(&body);
    assert_eq!(without.expect(400).await.code(), "idempotency-key-required");
}

#[rstest]
#[actix_web::test]
async fn a_project_is_for_its_school_and_its_grades(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[("武术", Some(5), &[2], "16:30", "17:30")]);
    document["projects"][1]["grades"] = json!([1, 2]);
    let projects = open(&app, &document).await;
    let refused = apply(&app, &projects[1]).await;
    assert_eq!((refused.status, rules(&refused)), (422, vec!["age-appropriate".to_owned()]));
    app.sql("UPDATE students SET state = 'left', left_on = entered_on WHERE state = 'attending'").await;
    let refused = apply(&app, &projects[0]).await;
    assert_eq!((refused.status, rules(&refused)), (422, vec!["eligible-student".to_owned()]));
}

#[rstest]
#[actix_web::test]
async fn a_no_is_kept_and_takes_no_seat(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let body = json!({"student_id": student(&app), "project_id": projects[0], "choice": "declined"});
    let said =
        app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&body).expect(201).await;
    assert_eq!((&said.json()["state"], &said.json()["can"]), (&json!("declined"), &json!([])));
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, 0);
    assert_eq!(apply(&app, &projects[0]).await.status, 201);
}

#[rstest]
#[actix_web::test]
async fn two_of_the_same_application_at_once_are_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let child = student(&app);
    let keys = ["one", "two"];
    let answers = join_all(keys.map(|key| application(&app, "guardian", &child, &projects[0], key).send())).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(app.count("enrollments").await, 1);
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, 1);
}

#[rstest]
#[actix_web::test]
async fn thirty_seats_are_taken_thirty_times(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[("武术", Some(SEATS), &[2], "16:30", "17:30")])).await;
    let children: Vec<String> = more_children(&app, APPLICANTS).await.iter().map(ToString::to_string).collect();
    // Who is told to come again, because the line is long, comes again with the same key.
    let (mut answers, mut asking) = (Vec::new(), children);
    while !asking.is_empty() {
        let asks = asking.iter().map(|child| application(&app, "guardian", child, &projects[1], child).send());
        let heard = join_all(asks).await;
        let (told, answered): (Vec<_>, Vec<_>) = asking.into_iter().zip(heard).partition(|(_, one)| one.status == 503);
        assert!(!answered.is_empty() && told.iter().all(|(_, one)| !one.header("retry-after").is_empty()));
        answers.extend(answered.into_iter().map(|(_, answer)| answer));
        asking = told.into_iter().map(|(child, _)| child).collect();
    }
    let with = |state: &str| answers.iter().filter(|answer| answer.json()["state"] == state).count();
    let seats = usize::try_from(SEATS).unwrap();
    assert_eq!((with("allocated"), with("waitlisted")), (seats, APPLICANTS - seats));
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, SEATS);
    assert_eq!(app.count("enrollments WHERE state = 'allocated'").await, SEATS);
}

#[rstest]
#[actix_web::test]
async fn who_leaves_makes_room_for_the_first_who_waits(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[("武术", Some(1), &[2], "16:30", "17:30")])).await;
    let mut made = Vec::new();
    for child in more_children(&app, 3).await {
        let child = child.to_string();
        made.push(application(&app, "guardian", &child, &projects[1], &child).expect(201).await);
    }
    assert_eq!(made[1].json()["state"], "waitlisted");
    let early = verb(&app, "guardian", &made[1], "sign", Some(json!({"sha256": "0".repeat(64)}))).await;
    assert_eq!((early.status, early.code().as_str()), (409, "state-conflict"));
    verb(&app, "guardian", &made[0], "withdraw", None).await;
    let next = read(&app, &made[1]).await;
    assert_eq!((&next.json()["state"], &next.json()["version"]), (&json!("offered"), &json!(2)));
    assert_eq!(read(&app, &made[2]).await.json()["state"], "waitlisted");
    verb(&app, "guardian", &made[2], "withdraw", None).await;
    verb(&app, "guardian", &next, "withdraw", None).await;
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, 0);
}

#[rstest]
#[actix_web::test]
async fn who_leaves_the_school_leaves_its_projects(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[("武术", Some(1), &[2], "16:30", "17:30")])).await;
    let mine = apply(&app, &projects[1]).await;
    let other = more_children(&app, 1).await[0].to_string();
    let waiting = application(&app, "guardian", &other, &projects[1], "wait").expect(201).await;
    assert_eq!(waiting.json()["state"], "waitlisted");
    let path = format!("/api/v1/students/{}", student(&app));
    let seen = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(leave(&app, "own school", &seen, "2024-09-10").await.status, 200);
    assert_eq!(read(&app, &mine).await.json()["state"], "withdrawn");
    assert_eq!(read(&app, &waiting).await.json()["state"], "offered");
}

#[rstest]
#[actix_web::test]
async fn joined_records_keep_the_enrollment_that_has_come_further(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let pupils = *app.world.pupils("own school");
    let signed = sign(&app, &apply(&app, &projects[0]).await).await;
    let entered = enter(&app, "own school", &[]).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    entrust(&app, "school-admin", &entered).await;
    let second = application(&app, "guardian", &entered.id(), &projects[0], "second").expect(201).await;
    let left = leave(&app, "own school", &entered, "2024-09-10").await;
    assert_eq!(left.status, 200);
    // As if it had not left before it applied: what a merge must cope with.
    app.sql(&format!("UPDATE enrollments SET state = 'allocated' WHERE id = {}", app.id_literal(&second.id()))).await;
    app.sql("UPDATE project_seats SET seats_taken = 2").await;
    let path = format!("/api/v1/persons/{}/merge", entered.json()["person_id"].as_str().unwrap());
    let body = json!({"into_person_id": pupils.person, "document": null});
    let seen =
        app.get(&format!("/api/v1/students/{}", entered.id())).token(app.world.token("school-admin")).expect(200).await;
    let version = format!("\"{}\"", seen.json()["person_version"]);
    app.post(&path).token(app.world.token("school-admin")).if_match(&version).json(&body).expect(200).await;
    assert_eq!(read(&app, &signed).await.json()["state"], "active");
    let other = read(&app, &second).await.json();
    assert_eq!((&other["state"], &other["person_id"]), (&json!("withdrawn"), &json!(pupils.person)));
    assert_eq!(app.sql_number("SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM project_seats").await, 1);
}
