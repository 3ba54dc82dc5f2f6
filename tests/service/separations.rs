//! Two children who were joined by mistake are taken apart again; a child's copy; the yearly audit.

use rstest::rstest;
use serde_json::{Value, json};
use time::{Date, Month};

use crate::persons::{merge, person};
use crate::students::{enter, leave};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{apply, open, sign, with_half_hours};
use crate::support::fees::entrust;
use crate::support::pupils::id_number;

async fn separate(app: &TestApp, account: &str, tombstone: &Value, tag: &str) -> Answer {
    let path = format!("/api/v1/persons/{}/separate", tombstone.as_str().unwrap());
    let ask = app.post(&path).token(app.world.token(account)).if_match(tag);
    ask.json(&json!({"document": "双胞胎出生证明"})).send().await
}

async fn student(app: &TestApp, of: &Answer) -> Value {
    let path = format!("/api/v1/students/{}", of.id());
    app.get(&path).token(app.world.token("school-admin")).expect(200).await.json()
}

#[rstest]
#[actix_web::test]
async fn twins_who_were_joined_by_mistake_each_have_again_what_was_their_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let numbers = |n: u32| [("id_number", json!(id_number(n)))];
    let one = enter(&app, "own school", &numbers(70)).await;
    entrust(&app, "school-admin", &one).await;
    assert_eq!(leave(&app, "own school", &one, "2024-09-09").await.status, 200);
    let other = enter(&app, "own school", &[("id_number", Value::Null)]).await;
    let (gone, kept) = (person(&one), person(&other));
    app.get(&format!("/api/v1/students/{}", one.id())).token(app.world.token("bureau")).expect(200).await;
    app.app.access_log.flush(&app.db).await.unwrap();

    let path = format!("/api/v1/persons/{}/merge?validate_only=true", gone.as_str().unwrap());
    let trial = app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"");
    let trial = trial.json(&json!({"into_person_id": kept, "document": null})).expect(200).await.json();
    assert_eq!((&trial["students_moved"], &trial["guardianships_moved"]), (&json!(1), &json!(1)), "{trial}");
    assert_eq!(trial["attended_together"], json!(true), "both were there until the 9th");
    let merged = merge(&app, "school-admin", &gone, 1, &kept, Value::Null).await;
    assert_eq!((merged.status, &merged.json()["enrollments_moved"]), (200, &json!(0)), "{}", merged.json());
    assert_eq!(student(&app, &one).await["person_id"], kept);
    assert!(student(&app, &other).await["id_number"].is_string(), "it has the other's number now");

    let tombstone = app.get(&format!("/api/v1/persons/{}", gone.as_str().unwrap()));
    let tombstone = tombstone.token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(separate(&app, "other-bureau", &gone, tombstone.etag()).await.status, 404);
    assert_eq!(separate(&app, "school-admin", &gone, "\"1\"").await.code(), "version-mismatch");
    let apart = separate(&app, "school-admin", &gone, tombstone.etag()).await;
    assert_eq!((apart.status, &apart.json()["merged_into_id"]), (200, &Value::Null), "{}", apart.json());
    assert_eq!(apart.json()["separation_document"], "双胞胎出生证明");
    let (first, second) = (student(&app, &one).await, student(&app, &other).await);
    assert_eq!((&first["person_id"], &second["person_id"]), (&gone, &kept));
    assert_eq!((first["id_number"].is_string(), &second["id_number"]), (true, &Value::Null), "to whom it belongs");
    let held = format!("/api/v1/guardianships?person_id={}", gone.as_str().unwrap());
    let line = "SELECT count(*) AS number FROM access_log_persons WHERE person_id = ";
    let of_gone = app.sql_number(&format!("{line}{}", app.id_literal(gone.as_str().unwrap()))).await;
    assert!(of_gone > 0, "who saw it stands in its own log again");
    app.get(&held).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(separate(&app, "school-admin", &gone, apart.etag()).await.status, 404, "it is no tombstone any more");
    let again = merge(&app, "school-admin", &gone, apart.json()["version"].as_i64().unwrap(), &kept, Value::Null).await;
    assert_eq!(again.status, 200, "{}", again.json());
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_child_s_copy_holds_all_that_its_reader_could_read(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    let made = apply(&app, &projects[0]).await;
    assert_eq!(sign(&app, &made).await.status, 200);
    let pupils = app.world.pupils("own school");
    let path = format!("/api/v1/students/{}/copy", pupils.student);
    for (account, status) in
        [("guardian", 200), ("school-admin", 200), ("bureau", 403), ("teacher", 403), ("sibling-school-admin", 404)]
    {
        let copy = app.get(&path).token(app.world.token(account)).expect(status).await.json();
        if status == 200 {
            let count = |part: &str| copy[part].as_array().map(Vec::len);
            assert_eq!(copy["student"]["name"], "李明");
            assert_eq!(copy["student"]["id_number"], "4306**********002X", "masked as everywhere");
            assert_eq!(
                (count("guardianships"), count("enrollments"), count("agreements")),
                (Some(1), Some(1), Some(1))
            );
            assert!(copy["agreements"][0]["text"].as_str().unwrap().starts_with("课后服务协议"));
        }
    }
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = format!("/api/v1/students/{}/access-log", pupils.student);
    let log = app.get(&log).token(app.world.token("guardian")).expect(200).await.json();
    let copies = log["items"].as_array().unwrap().iter().filter(|line| line["operation"] == "get_student_copy");
    assert_eq!(copies.count(), 2);
}

#[rstest]
#[actix_web::test]
async fn the_audit_counts_what_was_done_with_children_s_data_within_the_caller_s_reach(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils = app.world.pupils("own school");
    let path = format!("/api/v1/students/{}", pupils.student);
    for account in ["school-admin", "school-admin", "bureau"] {
        app.get(&path).token(app.world.token(account)).expect(200).await;
    }
    let purpose = json!({"purpose": "学籍核对"});
    let reveal = app.post(&format!("{path}/reveal")).token(app.world.token("school-admin")).if_match("\"1\"");
    reveal.json(&purpose).expect(200).await;
    let consent = format!("/api/v1/consents/{}/withdraw", pupils.consent);
    app.post(&consent).token(app.world.token("guardian")).if_match("\"1\"").expect(200).await;
    app.app.access_log.flush(&app.db).await.unwrap();
    let year = time::OffsetDateTime::now_utc().year(); // journal and access log keep the real time
    app.db.clock().set_today(Date::from_calendar_date(year, Month::December, 31).unwrap());
    let audit = async |account: &str| {
        let path = format!("/api/v1/audits/minors/{year}");
        app.get(&path).token(app.world.token(account)).expect(200).await.json()
    };
    let own = audit("school-admin").await;
    assert_eq!((&own["pupils"], &own["without_consent"]), (&json!(1), &json!(1)), "{own}");
    let counts =
        ["consents_given", "consents_withdrawn", "reveals", "erasures"].map(|name| own[name].as_i64().unwrap());
    assert_eq!(counts, [1, 1, 1, 0]);
    let access = own["access"].as_array().unwrap();
    let of = |role: &str, purpose: &str| {
        access.iter().find(|row| row["role"] == role && row["purpose"] == purpose).map(|row| row["requests"].clone())
    };
    assert_eq!((of("school_admin", "read"), of("bureau", "read")), (Some(json!(2)), Some(json!(1))));
    assert_eq!(of("school_admin", "reveal"), Some(json!(1)));
    assert_eq!(audit("other-bureau").await["reveals"], 0);
    for (year, status) in [("2018", 400), ("1", 400), ("20x4", 400), ("2023", 200)] {
        let path = format!("/api/v1/audits/minors/{year}");
        app.get(&path).token(app.world.token("bureau")).expect(status).await;
    }
}
