//! Teachers of classes: a teacher sees the pupils of its own classes, from day to day, and nobody else.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{apply, more_children, open, with_half_hours};

fn taught(app: &TestApp, from: &str, to: Option<&str>) -> Value {
    json!({
        "class_id": app.world.pupils("own school").class, "user_id": app.world.account("teacher").id, "kind": "head",
        "subject": "数学", "starts_on": from, "ends_on": to
    })
}

async fn entered(app: &TestApp, body: &Value) -> Answer {
    app.post("/api/v1/class-teachers").token(app.world.token("school-admin")).json(body).send().await
}

/// How many pupils and enrollments the teacher sees, and how many it counts.
async fn seen(app: &TestApp) -> [usize; 4] {
    let token = app.world.token("teacher");
    let mut seen = [0; 4];
    for (at, what) in ["students", "enrollments"].into_iter().enumerate() {
        let list = app.get(&format!("/api/v1/{what}?limit=200")).token(token).expect(200).await.json();
        seen[at] = list["items"].as_array().unwrap().len();
        let counts = app.get(&format!("/api/v1/{what}/counts")).token(token).expect(200).await.json();
        let counted = counts["items"].as_array().unwrap().first().and_then(|group| group["count"].as_u64());
        seen[at + 2] = usize::try_from(counted.unwrap_or_default()).unwrap();
    }
    seen
}

#[rstest]
#[actix_web::test]
async fn a_teacher_sees_its_own_classes_and_from_the_end_on_nobody(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    more_children(&app, 3).await; // in no class
    let made = apply(&app, &projects[0]).await;
    assert_eq!(seen(&app).await, [0; 4]);
    let row = entered(&app, &taught(&app, "2024-09-01", None)).await;
    assert_eq!(row.status, 201, "{}", row.json());
    assert_eq!((&row.json()["class_name"], &row.json()["user_name"]), (&json!("三年级1班"), &json!("teacher")));
    assert_eq!(seen(&app).await, [1; 4], "the pupil of the class and its enrollment, not those of others");
    let token = app.world.token("teacher");
    for (path, status) in [
        (format!("/api/v1/students/{}", app.world.pupils("own school").student), 200),
        (format!("/api/v1/enrollments/{}", made.id()), 200),
        (format!("/api/v1/students/{}", app.world.pupils("sibling school").student), 404),
        (format!("/api/v1/students/{}", app.world.pupils("other school").student), 404),
    ] {
        app.get(&path).token(token).expect(status).await;
    }
    let child = app.get(&format!("/api/v1/students/{}", app.world.pupils("own school").student)).token(token);
    assert_eq!(child.expect(200).await.json()["priority_groups"], Value::Null, "not why it comes first");
    let twice = entered(&app, &taught(&app, "2024-09-01", None)).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "already-exists"));

    let path = format!("/api/v1/class-teachers/{}/end", row.id());
    let end = |tag: &str| app.post(&path).token(app.world.token("school-admin")).if_match(tag);
    let ended = end(row.etag()).json(&json!({"ends_on": null})).expect(200).await;
    assert_eq!((&ended.json()["state"], &ended.json()["ends_on"]), (&json!("ended"), &json!("2024-09-10")));
    assert_eq!(seen(&app).await, [0; 4], "from the commit on");
    assert_eq!(end(ended.etag()).json(&json!({"ends_on": null})).send().await.code(), "state-conflict");
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_class_is_taught_from_the_first_day_to_the_last(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    entered(&app, &taught(&app, "2024-09-12", Some("2024-09-13"))).await;
    let listed = app.get("/api/v1/class-teachers").token(app.world.token("teacher")).expect(200).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    for (moment, pupils) in [
        ("2024-09-11T23:59:59+08:00", 0),
        ("2024-09-12T00:00:00+08:00", 1),
        ("2024-09-13T23:59:59+08:00", 1),
        ("2024-09-14T00:00:00+08:00", 0),
    ] {
        app.clock_at(moment);
        let token = app.world.token("teacher");
        let list = app.get("/api/v1/students").token(token).expect(200).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), pupils, "{moment}");
    }
    let mut other = taught(&app, "2024-09-12", Some("2024-09-11"));
    assert_eq!(entered(&app, &other).await.faults(), [("/ends_on".to_owned(), "ends-before-start".to_owned())]);
    other["ends_on"] = Value::Null;
    other["user_id"] = json!(app.world.account("sibling-teacher").id);
    assert_eq!(entered(&app, &other).await.faults(), [("/user_id".to_owned(), "not-found".to_owned())]);
}
