//! The turn of the school year: tried first, done in one act, undone while nothing hangs on it.

use kehou::db::Id;
use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::students::student;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::children_as;

async fn class(app: &TestApp, grade: u8, name: &str) -> Id {
    let school = app.world.organisation("own school");
    let body = json!({"school_id": school, "school_year": "2024-2025", "grade": grade, "name": name});
    let made = app.post("/api/v1/classes").token(app.world.token("school-admin")).json(&body).expect(201).await;
    made.id().parse().unwrap()
}

/// Pupils of a class; those of other tests' world are of the same school and year.
async fn pupils(app: &TestApp, grade: u8, class: Id, count: usize) -> Vec<String> {
    let made = children_as(app, count, move |_, new| (new.grade, new.class_id) = (grade, Some(class))).await;
    made.iter().map(ToString::to_string).collect()
}

fn body(app: &TestApp, change: &[(&str, Value)]) -> Value {
    let school = app.world.organisation("own school");
    let mut body = json!({
        "school_id": school, "school_year": "2025-2026", "left_on": "2025-07-01", "repeating": [], "leaving": [],
        "class_names": []
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

async fn turn(app: &TestApp, body: &Value, key: &str) -> Answer {
    app.post("/api/v1/year-turns").token(app.world.token("school-admin")).key(key).json(body).send().await
}

async fn undo(app: &TestApp, turned: &Answer) -> Answer {
    let path = format!("/api/v1/year-turns/{}/undo", turned.id());
    app.post(&path).token(app.world.token("school-admin")).if_match(turned.etag()).send().await
}

async fn read(app: &TestApp, id: &str) -> Answer {
    app.get(&format!("/api/v1/students/{id}")).token(app.world.token("school-admin")).expect(200).await
}

/// Grade, class and state of a pupil.
async fn place(app: &TestApp, id: &str) -> (Value, Value, Value) {
    let now = read(app, id).await.json();
    (now["grade"].clone(), now["class_name"].clone(), now["state"].clone())
}

fn at(grade: i64, class: &str, state: &str) -> (Value, Value, Value) {
    (json!(grade), json!(class), json!(state))
}

fn counts(turned: &Answer) -> Vec<i64> {
    let json = turned.json();
    ["promoted", "repeating", "leaving"].iter().map(|name| json[name].as_i64().unwrap_or(-1)).collect()
}

#[rstest]
#[actix_web::test]
async fn classes_and_pupils_move_on_in_one_act_that_is_tried_and_undone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (third, sixth) = (class(&app, 3, "三年级9班").await, class(&app, 6, "六（9）班").await);
    let (younger, older) = (pupils(&app, 3, third, 4).await, pupils(&app, 6, sixth, 2).await);
    let of_world = app.world.pupils("own school").student.to_string();
    app.db.clock().set_today(date!(2025 - 07 - 01));
    let lists = [("repeating", json!([younger[0]])), ("leaving", json!([younger[1]]))];
    let body = body(&app, &lists);
    let trial = app.post("/api/v1/year-turns?validate_only=true").token(app.world.token("school-admin")).json(&body);
    let trial = trial.expect(200).await;
    assert_eq!(counts(&trial), [3, 1, 3], "{}", trial.json());
    assert_eq!(place(&app, &younger[2]).await, at(3, "三年级9班", "attending"));
    assert_eq!(app.count("year_turns").await, 0);

    let turned = turn(&app, &body, "turn").await;
    assert_eq!((turned.status, counts(&turned)), (201, vec![3, 1, 3]), "{}", turned.json());
    assert_eq!(place(&app, &younger[0]).await, at(3, "三年级9班", "attending"));
    assert_eq!(place(&app, &younger[1]).await.2, json!("left"));
    assert_eq!(place(&app, &younger[2]).await, at(4, "四年级9班", "attending"));
    assert_eq!(place(&app, &older[0]).await.2, json!("left"));
    assert_eq!(read(&app, &older[0]).await.json()["left_on"], "2025-07-01");
    assert_eq!(place(&app, &of_world).await.0, json!(4));
    let classes = turned.json()["classes"].as_array().unwrap().clone();
    let fourth = classes.iter().find(|one| one["class_name"] == "四年级9班").unwrap();
    assert_eq!((&fourth["pupils"], &fourth["from_class_id"]), (&json!(2), &json!(third)));
    let again = turn(&app, &body, "again").await;
    assert_eq!(again.status, 422, "who has moved on is not due: {}", again.json());

    let undone = undo(&app, &turned).await;
    assert_eq!((undone.status, &undone.json()["state"]), (200, &json!("undone")), "{}", undone.json());
    for pupil in &younger {
        assert_eq!(place(&app, pupil).await, at(3, "三年级9班", "attending"));
    }
    assert_eq!(place(&app, &older[0]).await, at(6, "六（9）班", "attending"));
    assert_eq!(undo(&app, &undone).await.code(), "state-conflict");
    let repeated = turn(&app, &body, "repeated").await;
    assert_eq!((repeated.status, counts(&repeated)), (201, vec![3, 1, 3]), "{}", repeated.json());
    let list = app.get("/api/v1/year-turns").token(app.world.token("bureau")).expect(200).await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    let empty = turn(&app, &self::body(&app, &[]), "empty").await;
    assert_eq!((empty.status, empty.code().as_str()), (409, "already-exists"), "a school turns once");
}

#[rstest]
#[actix_web::test]
async fn what_hangs_on_a_turn_keeps_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let third = class(&app, 3, "三年级9班").await;
    let younger = pupils(&app, 3, third, 1).await;
    app.db.clock().set_today(date!(2025 - 07 - 01));
    let turned = turn(&app, &body(&app, &[]), "turn").await;
    assert_eq!(turned.status, 201, "{}", turned.json());
    let now = read(&app, &younger[0]).await;
    let corrected = student(&app, "own school", &[("grade", json!(4)), ("name", json!("陈辰"))]);
    let corrected = app
        .put(&format!("/api/v1/students/{}", younger[0]))
        .token(app.world.token("school-admin"))
        .if_match(now.etag())
        .json(&corrected)
        .expect(200)
        .await;
    assert_eq!(corrected.json()["grade"], 4);
    let refused = undo(&app, &turned).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "reference-changed"));
    assert_eq!(read(&app, &younger[0]).await.json()["name"], "陈辰");
}

#[rstest]
#[actix_web::test]
async fn a_wrong_turn_names_everything_that_is_wrong(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let third = class(&app, 3, "三年级9班").await;
    let younger = pupils(&app, 3, third, 1).await;
    let stranger = app.world.pupils("sibling school").student;
    let faults = |answer: &Answer| answer.faults();
    let early = turn(&app, &body(&app, &[("left_on", json!("2024-09-10"))]), "early").await;
    assert_eq!(faults(&early), [("/school_year".to_owned(), "out-of-range".to_owned())]);
    app.db.clock().set_today(date!(2025 - 06 - 30));
    assert_eq!(turn(&app, &body(&app, &[]), "day-before").await.status, 422);
    app.db.clock().set_today(date!(2025 - 07 - 01));
    let wrong =
        [("left_on", json!("2025-07-02")), ("repeating", json!([younger[0]])), ("leaving", json!([younger[0]]))];
    let answer = turn(&app, &body(&app, &wrong), "wrong").await;
    assert_eq!(
        faults(&answer),
        [("/left_on".to_owned(), "out-of-range".to_owned()), ("/leaving/0".to_owned(), "duplicate".to_owned())]
    );
    let unknown = [
        ("repeating", json!([stranger])),
        ("class_names", json!([{"class_id": app.world.pupils("sibling school").class, "name": "四年级1班"}])),
    ];
    let answer = turn(&app, &body(&app, &unknown), "unknown").await;
    assert_eq!(
        faults(&answer),
        ["/repeating/0", "/class_names/0/class_id"].map(|pointer| (pointer.to_owned(), "not-found".to_owned()))
    );
    let names = [("class_names", json!([{"class_id": third, "name": "四年级甲班"}]))];
    let named = turn(&app, &body(&app, &names), "named").await;
    assert_eq!(named.status, 201, "{}", named.json());
    assert_eq!(place(&app, &younger[0]).await, at(4, "四年级甲班", "attending"));
}
