//! Erasing persons: what is known of a child goes, and the ledger, the agreements and the numbers stay whole.

use actix_web::web::Bytes;
use kehou::background::kinds;
use kehou::file_store::Store;
use kehou::jobs::{Pace, Pool, Runner};
use rstest::rstest;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::paper_forms::Paper;
use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{approved_plan, charging, open_account, paid_plan, pay, sign};
use crate::support::materials::{PDF, files, folder};
use crate::support::pupils::id_number;

const CANARY: &str = "430602201409010332";
const STUDENT_NUMBER: &str = "G430602201409010332";

async fn erase(app: &TestApp, account: &str, person: &Value, key: &str) -> Answer {
    let body = json!({"person_id": person, "document": "家长申请 2024-12"});
    app.post("/api/v1/erasures").token(app.world.token(account)).key(key).json(&body).send().await
}

/// What waits as a job, done.
async fn works(app: &TestApp, store: &Store) {
    let kinds = kinds(None, store.clone());
    let runner = Runner::new(app.db.clone(), &kinds, Pace::default());
    while runner.work_off(Pool::Work).await.unwrap() > 0 {}
}

/// A child that was signed for and charged, and has left: with a consent, a paper, a guardian who was told.
async fn gone_child(app: &TestApp) -> Answer {
    open_account(app, "school-finance", "own school").await;
    let plan = approved_plan(app, "school-admin", "bureau", &paid_plan("own school", 500)).await;
    let child = app.world.pupils("own school");
    let student = child.student.to_string();
    sign(app, "school-admin", &plan, &student, &[0]).await;
    let charge = charging(app, "school-finance", &student).expect(201).await;
    let due = charge.json()["amount_fen"].as_i64().unwrap();
    assert_eq!(pay(app, "school-finance", &charge, due).await.status, 200);
    charge
}

#[rstest]
#[actix_web::test]
async fn what_is_known_of_a_child_goes_and_the_ledger_balances(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store.clone(), &[]).await;
    let charge = gone_child(&app).await;
    let child = *app.world.pupils("own school");
    let projects = app.get("/api/v1/projects").token(app.world.token("school-admin")).expect(200).await.json();
    let project = projects["items"][0]["id"].as_str().unwrap().to_owned();
    let paper = Paper { content: [PDF, CANARY.as_bytes()].concat(), ..Paper::of(&app, "withdrawal", &[&project]) };
    assert_eq!(paper.entered(&app, "school-admin").await.status, 201);
    let kept_before = files(&dir);
    let person = json!(child.person);
    let early = erase(&app, "bureau", &person, "early").await;
    assert_eq!((early.status, early.code().as_str()), (409, "already-attending"));
    let path = format!("/api/v1/students/{}", child.student);
    let now = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let left = app.post(&format!("{path}/leave")).token(app.world.token("school-admin")).if_match(now.etag());
    left.json(&json!({"left_on": "2024-09-10"})).expect(200).await;

    // The trial says how much it would be, and does nothing.
    let body = json!({"person_id": person, "document": "家长申请 2024-12"});
    let trial = app.post("/api/v1/erasures?validate_only=true").token(app.world.token("bureau")).json(&body);
    let trial = trial.expect(200).await.json();
    let numbers = |of: &Value| {
        ["memberships", "guardianships", "consents", "paper_forms", "charges_kept", "agreements_kept"]
            .map(|name| of[name].as_i64().unwrap())
    };
    assert_eq!(numbers(&trial), [1, 1, 1, 1, 1, 1], "{trial}");
    assert_eq!((app.count("erasures").await, app.count("consents").await), (0, 3));

    assert_eq!(erase(&app, "school-admin", &person, "school").await.status, 403);
    assert_eq!(erase(&app, "other-bureau", &person, "other").await.faults()[0].1, "not-found");
    let erased = erase(&app, "bureau", &person, "real").await;
    assert_eq!((erased.status, numbers(&erased.json())), (201, [1, 1, 1, 1, 1, 1]), "{}", erased.json());
    assert_eq!(erase(&app, "bureau", &person, "real").await.header("idempotency-replayed"), "true");
    assert_eq!(erase(&app, "bureau", &person, "twice").await.code(), "already-exists");
    works(&app, &store).await;
    assert_eq!(files(&dir), kept_before - 1, "the scan is gone, and nothing else");

    let bare = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    assert_eq!((&bare["name"], &bare["id_number"]), (&json!("（已删除）"), &Value::Null));
    assert_eq!((&bare["grade"], &bare["priority_groups"]), (&json!(3), &json!([])));
    let gone = app.get(&path).token(app.world.token("guardian")).send().await;
    assert_eq!(gone.status, 404, "nobody is its guardian any more");
    let held = app.get(&format!("/api/v1/charges/{}", charge.id())).token(app.world.token("school-finance"));
    let held = held.expect(200).await.json();
    assert_eq!((&held["state"], &held["student_name"]), (&json!("paid"), &json!("（已删除）")));
    let forms = app.get("/api/v1/paper-forms").token(app.world.token("school-admin")).expect(200).await.json();
    let scan = format!("/api/v1/paper-forms/{}/content", forms["items"][0]["id"].as_str().unwrap());
    assert_eq!(app.get(&scan).token(app.world.token("school-admin")).send().await.status, 404);
    let again = enter(&app, "own school", &[("id_number", json!("43060220130315002X"))]).await;
    assert_eq!(again.status, 201, "the number is nobody's any more");
    assert_ne!(again.json()["person_id"], person);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_charge_that_is_open_holds_an_erasure_back(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 500)).await;
    let student = app.world.pupils("own school").student.to_string();
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    let charge = charging(&app, "school-finance", &student).expect(201).await;
    assert_eq!(pay(&app, "school-finance", &charge, 1).await.status, 200);
    let path = format!("/api/v1/students/{student}");
    let now = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let left = app.post(&format!("{path}/leave")).token(app.world.token("school-admin")).if_match(now.etag());
    left.json(&json!({"left_on": "2024-09-10"})).expect(200).await;
    let person = json!(app.world.pupils("own school").person);
    let held = erase(&app, "bureau", &person, "held").await;
    assert_eq!((held.status, held.code().as_str()), (409, "still-needed"), "{}", held.json());
}

/// Rows of all tables in which a text stands, whatever its column; on SQLite the file is read instead.
async fn rows_with(app: &TestApp, text: &str) -> i64 {
    if app.kind == Kind::Sqlite {
        return 0;
    }
    let one = format!("SELECT count(*) AS c FROM %I AS t WHERE CAST(t AS TEXT) LIKE ''%%{text}%%''");
    let counted = format!("query_to_xml(format('{one}', tablename), false, true, '')");
    app.sql_number(&format!(
        "SELECT CAST(sum(CAST(CAST((xpath('/row/c/text()', {counted}))[1] AS TEXT) AS BIGINT)) AS BIGINT) AS number \
         FROM pg_tables WHERE schemaname = current_schema()"
    ))
    .await
}

#[rstest]
#[actix_web::test]
async fn after_an_erasure_no_number_of_the_child_is_in_the_database_or_a_stored_file(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (dir, store) = folder();
    let app = app.keeping(store.clone(), &[]).await;
    assert_eq!(id_number(33), CANARY);
    let numbers = [("id_number", json!(CANARY)), ("student_number", json!(STUDENT_NUMBER)), ("name", json!("金丝雀"))];
    let entered = enter(&app, "own school", &numbers).await;
    assert_eq!(entered.status, 201, "{}", entered.json());
    let held = json!({
        "person_id": entered.json()["person_id"], "user_id": app.world.account("guardian").id, "kind": "person",
        "organisation_name": null, "relation": "mother", "contact_name": "雀妈妈", "contact_phone": "13907309999",
        "rights": ["read", "choose", "sign"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    let held = app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&held).expect(201).await;
    let projects = crate::support::enrollments::open(&app, &crate::support::enrollments::with_half_hours(&[])).await;
    let paper = Paper {
        student: entered.id(),
        guardianship: held.id(),
        content: [PDF, CANARY.as_bytes()].concat(),
        ..Paper::of(&app, "application", &[&projects[0]])
    };
    assert_eq!(paper.entered(&app, "school-admin").await.status, 201);
    store.keep("unrelated", vec![Bytes::from_static(b"x")]).await.unwrap();
    let left = leave(&app, "own school", &entered, "2024-09-10").await;
    assert_eq!(left.status, 200, "{}", left.json());
    assert_eq!(erase(&app, "bureau", &entered.json()["person_id"], "canary").await.status, 201);
    works(&app, &store).await;

    for text in [CANARY, "13907309999"] {
        assert_eq!(rows_with(&app, text).await, 0, "{text}");
        let mut open = vec![dir.path().to_owned()];
        while let Some(path) = open.pop() {
            for entry in std::fs::read_dir(path).unwrap().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                } else {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{:?}", entry.path());
                }
            }
        }
    }
    if let Some(path) = app.url.strip_prefix("sqlite://") {
        app.sql("PRAGMA wal_checkpoint(TRUNCATE)").await;
        for text in [CANARY, STUDENT_NUMBER, "13907309999", "金丝雀", "雀妈妈"] {
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default();
                assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text} is in {file}");
            }
        }
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn the_years_of_keeping_are_over_after_their_last_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let school = app.world.organisation("own school");
    let run = async |today: Date, key: &str, rehearse: bool| {
        app.db.clock().set_today(today);
        let path = if rehearse { "/api/v1/retention-runs?validate_only=true" } else { "/api/v1/retention-runs" };
        let body = json!({"school_id": school, "document": "保存期满"});
        let ask = app.post(path).token(app.world.token("bureau")).key(key).json(&body);
        let answer = ask.expect(200).await.json();
        (answer["erased"].as_i64().unwrap(), answer["left_before"].as_str().unwrap().to_owned())
    };
    // The world's former pupil left on 2024-09-03; five years are kept.
    assert_eq!(run(date!(2029 - 09 - 03), "early", false).await, (0, "2024-09-03".to_owned()));
    assert_eq!(run(date!(2029 - 09 - 04), "trial", true).await, (1, "2024-09-04".to_owned()));
    assert_eq!(app.count("erasures").await, 0, "the trial only counts");
    assert_eq!(run(date!(2029 - 09 - 04), "real", false).await.0, 1);
    assert_eq!(run(date!(2029 - 09 - 04), "again", false).await.0, 0, "once");
    let list = app.get("/api/v1/erasures?cause=retention").token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["person_id"], json!(app.world.pupils("own school").gone_person));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}
