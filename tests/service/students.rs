//! `/students`: entering, correcting, leaving, transferring; one person, one school at a time.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::pupils::id_number;

/// A pupil without numbers.
pub fn student(app: &TestApp, school: &str, change: &[(&str, Value)]) -> Value {
    let mut body = json!({
        "school_id": app.world.organisation(school), "class_id": null, "grade": 3, "name": "陈晨", "id_number": null,
        "student_number": null, "entered_on": "2024-09-02", "priority_groups": [], "free_help": []
    });
    for (field, value) in change {
        body[*field] = value.clone();
    }
    body
}

/// The administrator of each school of the world.
fn admin(school: &str) -> &'static str {
    match school {
        "own school" => "school-admin",
        "sibling school" => "sibling-school-admin",
        _ => "other-school-admin",
    }
}

pub async fn enter(app: &TestApp, school: &str, change: &[(&str, Value)]) -> Answer {
    let token = app.world.token(admin(school));
    app.post("/api/v1/students").token(token).json(&student(app, school, change)).send().await
}

pub async fn leave(app: &TestApp, school: &str, entered: &Answer, on: &str) -> Answer {
    let path = format!("/api/v1/students/{}/leave", entered.id());
    let body = json!({"left_on": on});
    app.post(&path).token(app.world.token(admin(school))).if_match(entered.etag()).json(&body).send().await
}

async fn roll(app: &TestApp, class: impl std::fmt::Display) -> i64 {
    let path = format!("/api/v1/classes/{class}");
    app.get(&path).token(app.world.token("school-admin")).expect(200).await.json()["roll_version"].as_i64().unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_school_enters_a_pupil_and_keeps_its_facts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let token = app.world.token("school-admin");
    let class = app.world.pupils("own school").class;
    let before = roll(&app, class).await;
    let facts = [
        ("class_id", json!(class)),
        ("id_number", json!(id_number(7))),
        ("student_number", json!("L430621201601010007")),
        ("priority_groups", json!(["disabled", "urgent"])),
        ("free_help", json!(["poverty"])),
    ];
    let made = enter(&app, "own school", &facts).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let out = made.json();
    let masked = format!("4306**********{}", &id_number(7)[14..]);
    assert_eq!((&out["id_number"], &out["student_number"]), (&json!(masked), &json!("L4306**********0007")));
    assert_eq!(out["can"], json!(["update", "leave", "reveal"]));
    assert_eq!(roll(&app, class).await, before + 1);
    let path = made.header("location").to_owned();
    let to = student(&app, "own school", &[("name", json!("陈辰")), ("grade", json!(4))]);
    let changed = app.put(&path).token(token).if_match(made.etag()).json(&to).expect(200).await;
    assert_eq!(roll(&app, class).await, before + 2, "it left the class");
    let out = changed.json();
    assert_eq!(
        (&out["name"], &out["grade"], &out["class_id"], &out["free_help"]),
        (&json!("陈辰"), &json!(4), &Value::Null, &json!([]))
    );
    assert_eq!(out["id_number"], json!(masked), "numbers that are not given stay");
    let number =
        student(&app, "own school", &[("grade", json!(4)), ("student_number", json!(format!("G{}", id_number(7))))]);
    let numbered = app.put(&path).token(token).if_match(changed.etag()).json(&number).expect(200).await;
    assert_eq!(numbered.json()["student_number"], json!(format!("G{masked}")));
}

#[rstest]
#[actix_web::test]
async fn reasons_are_shown_to_the_school_and_the_guardian_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    for (account, groups, help) in [
        ("school-admin", json!(["left_behind"]), json!([])),
        ("guardian", json!(["left_behind"]), json!([])),
        ("bureau", Value::Null, Value::Null),
        ("city-bureau", Value::Null, Value::Null),
        ("school-finance", Value::Null, Value::Null),
    ] {
        let seen = app.get(&path).token(app.world.token(account)).expect(200).await.json();
        assert_eq!((&seen["priority_groups"], &seen["free_help"]), (&groups, &help), "{account}");
        assert_eq!(seen["id_number"], "4306**********002X", "{account}");
    }
    app.get(&path).token(app.world.token("teacher")).expect(404).await;
    app.get(&path).token(app.world.token("platform-admin")).expect(403).await;
}

#[rstest]
#[actix_web::test]
async fn everybody_sees_their_own_pupils(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (account, seen) in
        [("school-admin", 2), ("bureau", 4), ("other-bureau", 2), ("city-bureau", 6), ("teacher", 0), ("guardian", 1)]
    {
        let list = app.get("/api/v1/students").token(app.world.token(account)).expect(200).await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(seen), "{account}");
    }
    let attending =
        app.get("/api/v1/students?state=attending&grade=3").token(app.world.token("bureau")).expect(200).await;
    assert_eq!(attending.json()["items"].as_array().map(Vec::len), Some(2));
    let foreign = format!("/api/v1/students?person_id={}", app.world.pupils("other school").person);
    let none = app.get(&foreign).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(none.json()["items"], json!([]));
}

#[rstest]
#[actix_web::test]
async fn a_transfer_to_another_district_keeps_the_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let number = [("id_number", json!(id_number(20)))];
    let first = enter(&app, "own school", &number).await;
    assert_eq!(first.status, 201);
    let refused = enter(&app, "other school", &number).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "already-attending"));
    let said = String::from_utf8_lossy(&refused.body).into_owned();
    let place = app.world.organisation("own school").to_string();
    assert!(!said.contains("own school") && !said.contains(&place) && !said.contains(&id_number(20)), "{said}");
    for day in ["2024-09-01", "2024-09-11"] {
        assert_eq!(leave(&app, "own school", &first, day).await.status, 422, "{day}");
    }
    let left = leave(&app, "own school", &first, "2024-09-09").await;
    assert_eq!((left.status, &left.json()["can"]), (200, &json!(["reveal"])));
    assert_eq!(leave(&app, "own school", &left, "2024-09-09").await.code(), "state-conflict");
    let second = enter(&app, "other school", &number).await;
    assert_eq!((second.status, &second.json()["person_id"]), (201, &first.json()["person_id"]));
    let back = enter(&app, "own school", &[("student_number", json!(format!("G{}", id_number(20))))]).await;
    assert_eq!(back.code(), "already-attending", "a student number of kind G says the ID number");
}

#[rstest]
#[actix_web::test]
async fn two_who_enter_one_person_at_once_make_one_person_and_one_membership(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let number = [("id_number", json!(id_number(30)))];
    let before = app.count("persons").await;
    let answers =
        join_all((0..8).map(|n| enter(&app, if n % 2 == 0 { "own school" } else { "other school" }, &number))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "already-attending").count(), 7);
    assert_eq!(app.count("persons").await, before + 1);
}

#[rstest]
#[actix_web::test]
async fn numbers_are_of_one_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = enter(&app, "own school", &[("id_number", json!(id_number(40)))]).await;
    let other = enter(&app, "own school", &[("student_number", json!("L430621201601010007"))]).await;
    let token = app.world.token("school-admin");
    let path = format!("/api/v1/students/{}", other.id());
    let body = student(&app, "own school", &[("id_number", json!(id_number(40)))]);
    let refused = app.put(&path).token(token).if_match(other.etag()).json(&body).expect(409).await;
    assert_eq!(refused.code(), "already-exists");
    for (change, pointer, fault) in [
        (
            vec![("id_number", json!(id_number(41))), ("student_number", json!("G43060220130315002X"))],
            "/student_number",
            "mismatch",
        ),
        (vec![("id_number", json!("43060220130315002x"))], "/id_number", "format"),
        (vec![("id_number", json!("430602201302300022"))], "/id_number", "format"),
        (vec![("student_number", json!("430621201601010007"))], "/student_number", "format"),
        (vec![("id_number", json!(id_number(42))), ("student_number", json!("L430621201601010007"))], "", ""),
    ] {
        let refused = enter(&app, "own school", &change).await;
        let expected: Vec<_> =
            if pointer.is_empty() { Vec::new() } else { vec![(pointer.to_owned(), fault.to_owned())] };
        assert_eq!(
            (refused.status, refused.faults()),
            (if pointer.is_empty() { 409 } else { 422 }, expected),
            "{change:?}"
        );
    }
    assert_eq!(leave(&app, "own school", &other, "2024-09-09").await.status, 200);
    let both = [("id_number", json!(id_number(40))), ("student_number", json!("L430621201601010007"))];
    assert_eq!(enter(&app, "sibling school", &both).await.code(), "already-exists", "the numbers are of two persons");
    assert_eq!(made.status, 201);
}

#[rstest]
#[actix_web::test]
async fn what_does_not_go_together_is_named_all_at_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let sibling = app.world.pupils("sibling school").class;
    for (change, faults) in [
        (vec![("grade", json!(7))], vec![("/grade", "out-of-range")]),
        (vec![("grade", json!(0))], vec![("/grade", "out-of-range")]),
        (
            vec![("class_id", json!(sibling)), ("priority_groups", json!(["urgent", "urgent"]))],
            vec![("/priority_groups", "duplicate"), ("/class_id", "not-found")],
        ),
        (
            vec![("class_id", json!(app.world.pupils("own school").class)), ("grade", json!(4))],
            vec![("/class_id", "mismatch")],
        ),
        (vec![("school_id", json!(app.world.organisation("other school")))], vec![("/school_id", "not-found")]),
        (vec![("free_help", json!(["because"]))], vec![("/free_help/0", "not-one-of")]),
    ] {
        let refused = enter(&app, "own school", &change).await;
        let expected: Vec<_> = faults.into_iter().map(|(at, fault)| (at.to_owned(), fault.to_owned())).collect();
        assert_eq!((refused.status, refused.faults()), (422, expected), "{change:?}");
    }
}
