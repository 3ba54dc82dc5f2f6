//! Batches: many writes of one kind under one key, each by the verb of the single write.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, Ask, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::pupils::id_number;

fn pupil(app: &TestApp, name: &str, number: Option<&str>) -> Value {
    json!({
        "school_id": app.world.organisation("own school"), "class_id": app.world.pupils("own school").class, "grade": 3,
        "name": name, "id_number": number, "student_number": null, "entered_on": "2024-09-02", "priority_groups": [],
        "free_help": []
    })
}

fn many(app: &TestApp, from: u32, count: u32) -> Vec<Value> {
    (from..from + count).map(|number| pupil(app, &format!("学生{number}"), Some(&id_number(number)))).collect()
}

fn batch<'a>(app: &'a TestApp, what: &str, key: &str, items: &[Value], atomic: bool) -> Ask<'a> {
    let body = json!({"items": items, "atomic": atomic});
    app.post(&format!("/api/v1/{what}/batch")).token(app.world.token("school-admin")).key(key).json(&body)
}

/// Status of each row, and the first fault of those that were refused.
fn rows(answer: &Answer) -> Vec<(i64, String)> {
    let told = |item: &Value| {
        let problem = &item["problem"];
        let pointer = problem["errors"][0]["pointer"].as_str();
        let said = pointer.map(|pointer| format!("{pointer} {}", problem["errors"][0]["code"].as_str().unwrap()));
        let said = said.or_else(|| problem["code"].as_str().map(str::to_owned)).unwrap_or_default();
        assert_eq!(item["made"].is_null(), !problem.is_null());
        (item["status"].as_i64().unwrap(), said)
    };
    answer.json()["items"].as_array().unwrap().iter().map(told).collect()
}

#[rstest]
#[actix_web::test]
async fn a_class_is_entered_in_one_request(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let begun = app.count("journal_entries").await;
    let token = app.world.token("school-admin");
    app.post("/api/v1/students").token(token).json(&many(&app, 99, 1)[0]).expect(201).await;
    let (before, journal) = (app.count("students").await, app.count("journal_entries").await);
    let entered = batch(&app, "students", "class", &many(&app, 100, 45), true).expect(200).await;
    assert_eq!((&entered.json()["made"], &entered.json()["refused"]), (&json!(45), &json!(0)));
    let first = entered.json()["items"][0].clone();
    assert_eq!((&first["index"], &first["status"], &first["problem"]), (&json!(0), &json!(201), &Value::Null));
    let path = format!("/api/v1/students/{}", first["made"]["id"].as_str().unwrap());
    let single = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    assert_eq!(single.json(), first["made"], "as the single answer shows it");
    assert_eq!(app.count("students").await, before + 45);
    assert_eq!(app.count("journal_entries").await, journal + 45 * (journal - begun), "as of single ones");
    let guardians: Vec<Value> = entered.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            json!({
                "person_id": item["made"]["person_id"], "user_id": null, "kind": "person", "organisation_name": null,
                "relation": "mother", "contact_name": "王芳", "contact_phone": "13907305678",
                "rights": ["read", "choose", "sign"], "starts_on": "2024-09-01", "ends_on": null,
                "restoring_document": null
            })
        })
        .collect();
    let held = batch(&app, "guardianships", "guardians", &guardians, false).expect(200).await;
    assert_eq!((&held.json()["made"], &held.json()["items"][44]["made"]["state"]), (&json!(45), &json!("active")));
    assert!(app.wrong().await.is_empty(), "{:?}", app.wrong().await);
}

#[rstest]
#[actix_web::test]
async fn each_row_stands_on_its_own(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut items = many(&app, 100, 3);
    items.push(items[0].clone());
    let mut other_name = items[1].clone();
    other_name["name"] = json!("另一名");
    items.push(other_name);
    items.push(pupil(&app, "", None));
    items.push(pupil(&app, "陈晨", Some("43060220130315002X")));
    let mut elsewhere = pupil(&app, "陈晨", None);
    elsewhere["school_id"] = json!(app.world.organisation("sibling school"));
    items.push(elsewhere);
    items.push(json!({"name": "陈晨", "colour": "red"}));
    items.push(json!(7));
    let expected: Vec<(i64, &str)> = vec![
        (201, ""),
        (201, ""),
        (201, ""),
        (422, "/items/3 duplicate"),
        (422, "/items/4/id_number duplicate"),
        (422, "/items/5/name too-short"),
        (409, "already-attending"),
        (422, "/items/7/school_id not-found"),
    ];
    let before = app.count("students").await;
    let tried = batch(&app, "students", "tried", &items, false);
    let body = json!({"items": items});
    let rehearsed = app.post("/api/v1/students/batch?validate_only=true").token(app.world.token("school-admin"));
    let rehearsed = rehearsed.json(&body).expect(200).await;
    assert_eq!(app.count("students").await, before, "a trial leaves nothing");
    let entered = tried.expect(200).await;
    for answer in [&rehearsed, &entered] {
        let told = rows(answer);
        let told: Vec<(i64, &str)> = told.iter().map(|(status, said)| (*status, said.as_str())).collect();
        assert_eq!(told[..8], expected);
        assert_eq!(told[8].0, 422);
        assert_eq!(told[9], (422, "/items/9 wrong-type"));
    }
    let twice = &entered.json()["items"][4]["problem"]["errors"][0]["message"];
    assert!(twice.as_str().unwrap().contains("/items/1"), "{twice}");
    assert_eq!((&entered.json()["made"], &entered.json()["refused"]), (&json!(3), &json!(7)));
    assert_eq!(app.count("students").await, before + 3);
}

#[rstest]
#[actix_web::test]
async fn all_or_nothing_says_everything_and_does_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut items = many(&app, 100, 3);
    items.push(pupil(&app, "", None));
    items.push(pupil(&app, "陈晨", Some("43060220130315002X")));
    let (before, journal) = (app.count("students").await, app.count("journal_entries").await);
    let refused = batch(&app, "students", "all", &items, true).expect(422).await;
    assert_eq!(refused.code(), "batch-refused");
    assert_eq!(
        refused.faults(),
        [("/items/3/name".to_owned(), "too-short".to_owned()), ("/items/4".to_owned(), "refused".to_owned()),]
    );
    assert!(refused.json()["errors"][1]["message"].as_str().unwrap().contains("在读"), "{}", refused.json());
    assert_eq!((app.count("students").await, app.count("journal_entries").await), (before, journal));
    // A refusal leaves the key free.
    let done = batch(&app, "students", "all", &items[..3], true).expect(200).await;
    assert_eq!(done.json()["made"], json!(3));
}

#[rstest]
#[actix_web::test]
async fn a_batch_is_done_once_under_its_key(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let items = many(&app, 100, 20);
    let before = app.count("students").await;
    let both = join_all((0..2).map(|_| batch(&app, "students", "one", &items, false).send())).await;
    assert_eq!(app.count("students").await, before + 20);
    let replayed = both.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert!(both.iter().all(|answer| answer.status == 200) && replayed == 1, "{replayed}");
    assert_eq!(both[0].body, both[1].body);
    let stored = app.sql_number("SELECT count(*) AS number FROM idempotency_keys WHERE body LIKE '%学生1%'").await;
    assert_eq!(stored, 0, "the answer is sealed");
    let other = batch(&app, "students", "one", &items[..2], false).expect(422).await;
    assert_eq!(other.code(), "idempotency-key-reused");
    let without = app.post("/api/v1/students/batch").token(app.world.token("school-admin"));
    let without = without.json(&json!({"items": items})).expect(400).await;
    assert_eq!(without.code(), "idempotency-key-required");
    // Where every row is refused nothing is done, so nothing is kept under the key.
    let refused = batch(&app, "students", "none", &items, false).expect(200).await;
    assert_eq!(refused.json()["refused"], json!(20));
    let keys = app.sql_number("SELECT count(*) AS number FROM idempotency_keys WHERE idempotency_key = 'none'").await;
    assert_eq!(keys, 0);
    let again = batch(&app, "students", "none", &many(&app, 300, 1), false).expect(200).await;
    assert_eq!((again.header("idempotency-replayed"), &again.json()["made"]), ("", &json!(1)));
}

#[rstest]
#[actix_web::test]
async fn the_same_persons_in_two_batches_at_once_are_entered_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (forth, mut back) = (many(&app, 100, 30), many(&app, 100, 30));
    back.reverse();
    let before = app.count("students").await;
    let both = join_all(
        [batch(&app, "students", "forth", &forth, false), batch(&app, "students", "back", &back, false)].map(Ask::send),
    )
    .await;
    assert!(both.iter().all(|answer| answer.status == 200), "{:?}", both.iter().map(Answer::json).collect::<Vec<_>>());
    let made: i64 = both.iter().map(|answer| answer.json()["made"].as_i64().unwrap()).sum();
    assert_eq!((made, app.count("students").await), (30, before + 30));
    for answer in &both {
        assert!(rows(answer).iter().all(|(status, said)| *status == 201 || said == "already-attending"));
    }
}

#[rstest]
#[actix_web::test]
async fn a_batch_has_a_limit_and_a_shape(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let row = json!({"name": "陈晨"});
    for (body, pointer, fault) in [
        (json!({"items": vec![row.clone(); 201]}), "/items", "too-many"),
        (json!({"items": []}), "/items", "required"),
        (json!({"items": [row], "all": true}), "/all", "unknown"),
        (json!([]), "", "wrong-type"),
    ] {
        let post = app.post("/api/v1/staff-members/batch").token(app.world.token("school-admin")).key("k").json(&body);
        assert_eq!(post.expect(422).await.faults(), [(pointer.to_owned(), fault.to_owned())]);
    }
    let staff = |number: u32| {
        json!({
            "school_id": app.world.organisation("own school"), "kind": "own", "name": format!("老师{number}"),
            "id_number": id_number(number), "phone": "13807305555", "subject": null, "entered_on": "2024-09-01"
        })
    };
    let items: Vec<Value> = [1, 2, 1].into_iter().map(staff).collect();
    let entered = batch(&app, "staff-members", "staff", &items, false).expect(200).await;
    let told: Vec<i64> = rows(&entered).into_iter().map(|(status, _)| status).collect();
    assert_eq!(told, [201, 201, 422]);
    assert_eq!(entered.json()["items"][0]["made"]["phone"], json!("138****5555"), "masked, as ever");
}

/// The largest batches, well within the limits of a write even without optimisation.
#[rstest]
#[actix_web::test]
async fn two_hundred_rows_are_written_in_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let pupils: Vec<Value> = (0..200).map(|number| pupil(&app, &format!("学生{number}"), None)).collect();
    let began = std::time::Instant::now();
    let entered = batch(&app, "students", "pupils", &pupils, false).expect(200).await;
    let entering = began.elapsed();
    assert_eq!(entered.json()["made"], json!(200));
    let guardian = |item: &Value| {
        json!({
            "person_id": item["made"]["person_id"], "user_id": null, "kind": "person", "organisation_name": null,
            "relation": "mother", "contact_name": "王芳", "contact_phone": "13907305678", "rights": ["read"],
            "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
        })
    };
    let guardians: Vec<Value> = entered.json()["items"].as_array().unwrap().iter().map(guardian).collect();
    let began = std::time::Instant::now();
    let held = batch(&app, "guardianships", "guardians", &guardians, true).expect(200).await;
    let holding = began.elapsed();
    assert_eq!(held.json()["made"], json!(200));
    eprintln!("{kind:?}: 200 pupils in {entering:?}, 200 guardians in {holding:?}");
    assert!(entering.as_secs() < 9 && holding.as_secs() < 9);
}
