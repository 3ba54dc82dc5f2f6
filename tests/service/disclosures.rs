//! Reveals, and the access log.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{approved_plan, charging, open_account, paid_plan, sign};

async fn log_of(app: &TestApp, account: &str, query: &str) -> Vec<Value> {
    app.app.access_log.flush(&app.db).await.unwrap();
    let path = format!("/api/v1/students/{}/access-log{query}", app.world.pupils("own school").student);
    let list = app.get(&path).token(app.world.token(account)).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

#[rstest]
#[actix_web::test]
async fn a_reveal_gives_the_numbers_and_stands_in_the_log_before_it_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/students/{}/reveal", app.world.pupils("own school").student);
    let ask = || app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"");
    let purpose = json!({"purpose": "学籍核对"});
    let revealed = ask().json(&purpose).expect(200).await;
    assert_eq!(revealed.json()["id_number"], "43060220130315002X");
    assert_eq!((revealed.header("cache-control"), revealed.header("etag")), ("no-store", ""), "nobody keeps it");
    assert_eq!(app.count("access_log_lines").await, 1, "nothing was flushed");
    assert_eq!(ask().key("k").json(&purpose).expect(400).await.code(), "idempotency-key-refused");
    let rehearsal =
        app.post(&format!("{path}?validate_only=true")).token(app.world.token("school-admin")).if_match("\"1\"");
    rehearsal.json(&purpose).expect(400).await;
    ask().json(&json!({})).expect(422).await;
    assert_eq!(app.count("access_log_lines").await, 1, "what was refused is not logged");
    let line = &log_of(&app, "guardian", "").await[0];
    assert_eq!(
        (&line["operation"], &line["purpose"], &line["role"]),
        (&json!("reveal_student"), &json!("学籍核对"), &json!("school_admin"))
    );
    assert_eq!(line["user_name"], "school-admin");
}

#[rstest]
#[actix_web::test]
async fn the_log_says_who_saw_a_child_when_and_in_which_role(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = app.world.pupils("own school");
    let read = |path: String, account: &'static str| app.get(&path).token(app.world.token(account)).expect(200);
    read(format!("/api/v1/students/{}", pupils.student), "bureau").await;
    read("/api/v1/students?state=attending".to_owned(), "school-admin").await;
    read(format!("/api/v1/guardianships?person_id={}", pupils.person), "guardian").await;
    read(format!("/api/v1/consents?student_id={}", pupils.student), "city-bureau").await;
    read("/api/v1/students".to_owned(), "other-school-admin").await;
    app.get(&format!("/api/v1/students/{}", pupils.student)).token(app.world.token("other-bureau")).expect(404).await;
    let seen = |lines: &[Value]| {
        lines
            .iter()
            .map(|line| (line["role"].as_str().unwrap().to_owned(), line["operation"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("bureau", "list_consents"),
        ("guardian", "list_guardianships"),
        ("school_admin", "list_students"),
        ("bureau", "get_student"),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(role, operation)| ((*role).to_owned(), (*operation).to_owned())).collect();
    for account in ["guardian", "school-admin", "bureau"] {
        assert_eq!(seen(&log_of(&app, account, "").await), expected, "{account}: the latest first");
    }
    let first = log_of(&app, "guardian", "?limit=3").await;
    assert_eq!(seen(&first), expected[..3]);
    let path = format!("/api/v1/students/{}/access-log?limit=3", pupils.student);
    let next = app.get(&path).token(app.world.token("guardian")).expect(200).await.json()["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(seen(&log_of(&app, "guardian", &format!("?limit=3&cursor={next}")).await), expected[3..]);
}

#[rstest]
#[actix_web::test]
async fn a_rehearsal_stands_in_the_log_and_a_write_in_the_journal_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let student = app.world.pupils("own school").student.to_string();
    let projects = app.get(&format!("/api/v1/projects?plan_id={}", plan.id())).token(app.world.token("school-admin"));
    let project = projects.expect(200).await.json()["items"][0]["id"].clone();
    let rehearse = |method: &str, path: &str, account: &str, body: Value| {
        app.ask(method, &format!("{path}?validate_only=true")).token(app.world.token(account)).json(&body)
    };
    let (path, facts) = (format!("/api/v1/students/{student}"), crate::students::student(&app, "own school", &[]));
    rehearse("PUT", &path, "school-admin", facts.clone()).if_match("\"1\"").expect(200).await;
    let choice = json!({"student_id": student, "project_id": project});
    rehearse("POST", "/api/v1/enrollments", "guardian", choice).expect(200).await;
    app.put(&path).token(app.world.token("school-admin")).if_match("\"1\"").json(&facts).expect(200).await;
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let term = json!({"student_id": student, "school_year": "2024-2025", "season": "autumn"});
    rehearse("POST", "/api/v1/charges", "school-finance", term).expect(200).await;
    charging(&app, "school-finance", &student).expect(201).await;
    let lines = log_of(&app, "guardian", "").await;
    let lines: Vec<(&str, &str)> =
        lines.iter().map(|line| (line["operation"].as_str().unwrap(), line["purpose"].as_str().unwrap())).collect();
    let read = ("get_agreement", "read");
    let tried = ["create_charge", "create_enrollment", "update_student"].map(|operation| (operation, "rehearsal"));
    assert_eq!(lines, [tried[0], read, tried[1], tried[2]], "the latest first");
}

#[rstest]
#[actix_web::test]
async fn readers_at_another_school_are_not_shown_to_the_first(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = app.world.pupils("own school");
    let token = app.world.token("school-admin");
    app.get(&format!("/api/v1/students/{}", pupils.student)).token(token).expect(200).await;
    let leave = format!("/api/v1/students/{}/leave", pupils.student);
    app.post(&leave).token(token).if_match("\"1\"").json(&json!({"left_on": "2024-09-09"})).expect(200).await;
    let there = crate::students::enter(&app, "other school", &[("id_number", json!("43060220130315002X"))]).await;
    assert_eq!(there.json()["person_id"], json!(pupils.person));
    app.get(there.header("location")).token(app.world.token("other-school-admin")).expect(200).await;
    assert_eq!(log_of(&app, "school-admin", "").await.len(), 1);
    assert_eq!(log_of(&app, "guardian", "").await.len(), 2, "the guardian sees all of it");
}

#[rstest]
#[actix_web::test]
async fn lines_that_come_again_are_written_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    for _ in 0..3 {
        app.get(&path).token(app.world.token("bureau")).expect(200).await;
    }
    let flushes = (0..4).map(|_| app.app.access_log.flush(&app.db));
    for outcome in futures_util::future::join_all(flushes).await {
        outcome.unwrap();
    }
    assert_eq!((app.count("access_log_lines").await, app.count("access_log_persons").await), (3, 3));
}

#[rstest]
#[actix_web::test]
async fn what_waits_is_written_within_a_second_and_the_rest_at_the_stop(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writer = actix_web::rt::spawn(app.app.access_log.clone().write_regularly(app.db.clone(), stopped));
    app.get(&path).token(app.world.token("bureau")).expect(200).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(app.count("access_log_lines").await, 1);
    app.get(&path).token(app.world.token("bureau")).expect(200).await;
    stop.send(true).unwrap();
    writer.await.unwrap();
    assert_eq!(app.count("access_log_lines").await, 2);
}

/// A read that shows the child of the own school: by whom, of what, and under which operation it is logged.
struct Planted {
    account: &'static str,
    operation: &'static str,
    method: &'static str,
    path: String,
    body: Option<Value>,
}

fn planted(app: &TestApp) -> Vec<Planted> {
    let pupils = app.world.pupils("own school");
    let (student, class, held) = (pupils.student, pupils.class, pupils.guardianship);
    let reads = [
        ("list_students", format!("/api/v1/students?class_id={class}")),
        ("get_student", format!("/api/v1/students/{student}")),
        ("get_student_offers", format!("/api/v1/students/{student}/offers")),
        ("list_guardianships", "/api/v1/guardianships".to_owned()),
        ("get_guardianship", format!("/api/v1/guardianships/{held}")),
    ];
    let mut all = Vec::new();
    for account in ["school-admin", "bureau", "guardian"] {
        for (operation, path) in reads.clone() {
            all.push(Planted { account, operation, method: "GET", path, body: None });
        }
    }
    for (operation, path) in reads[..3].iter().cloned() {
        all.push(Planted { account: "school-finance", operation, method: "GET", path, body: None });
    }
    let copy = ("get_student_copy", format!("/api/v1/students/{student}/copy"));
    all.push(Planted { account: "guardian", operation: copy.0, method: "GET", path: copy.1, body: None });
    let (path, facts) =
        (format!("/api/v1/students/{student}?validate_only=true"), crate::students::student(app, "own school", &[]));
    all.push(Planted { account: "school-admin", operation: "update_student", method: "PUT", path, body: Some(facts) });
    all
}

#[rstest]
#[actix_web::test]
async fn a_thousand_reads_of_lists_single_records_and_rehearsals_name_every_reader(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let planted = planted(&app);
    let mut expected: std::collections::BTreeMap<(String, String), usize> = std::collections::BTreeMap::new();
    for batch in (0..1000).collect::<Vec<usize>>().chunks(40) {
        let asks = batch.iter().map(|number| {
            let read = &planted[number % planted.len()];
            let user = app.world.account(read.account).id.to_string();
            *expected.entry((user, read.operation.to_owned())).or_default() += 1;
            let ask = app.ask(read.method, &read.path).token(app.world.token(read.account));
            match &read.body {
                Some(body) => ask.if_match("\"1\"").json(body).send(),
                None => ask.send(),
            }
        });
        let answers = futures_util::future::join_all(asks.collect::<Vec<_>>()).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", answers.iter().map(|a| a.status).max());
    }
    let (mut found, mut query) = (std::collections::BTreeMap::new(), "?limit=200".to_owned());
    app.app.access_log.flush(&app.db).await.unwrap();
    loop {
        let path = format!("/api/v1/students/{}/access-log{query}", app.world.pupils("own school").student);
        let page = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
        for line in page["items"].as_array().unwrap() {
            let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            *found.entry((word("user_id"), word("operation"))).or_default() += 1;
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=200&cursor={cursor}");
    }
    found.retain(|(_, operation), _| operation != "list_access_log");
    assert_eq!(found.values().sum::<usize>(), 1000);
    assert_eq!(found, expected);
}
