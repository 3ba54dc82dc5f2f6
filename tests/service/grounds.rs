//! On what it rests that a pupil comes first or gets free help: a paper, from one day to another.

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, open, with_half_hours};

/// The pupil of the own school as it stands, with something else.
async fn replaced(app: &TestApp, alter: &Value) -> Answer {
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    let now = app.get(&path).token(app.world.token("school-admin")).expect(200).await;
    let mut body = json!({"id_number": null, "student_number": null});
    for field in ["school_id", "class_id", "grade", "name", "entered_on", "priority_groups", "free_help"] {
        body[field] = now.json()[field].clone();
    }
    body.as_object_mut().unwrap().extend(alter.as_object().unwrap().clone());
    app.put(&path).token(app.world.token("school-admin")).if_match(now.etag()).json(&body).send().await
}

fn ground(group: Option<&str>, reason: Option<&str>, from: &str, to: Option<&str>) -> Value {
    json!({
        "priority_group": group, "free_help": reason, "source": "低保证，民政局", "starts_on": from, "ends_on": to
    })
}

#[rstest]
#[actix_web::test]
async fn grounds_are_kept_with_their_groups_and_shown_to_those_alone_who_may_know_why(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let rest = ground(Some("left_behind"), None, "2024-09-01", Some("2025-07-01"));
    let helped = ground(None, Some("poverty"), "2024-09-01", None);
    let both = json!({"priority_groups": ["left_behind"], "free_help": ["poverty"], "grounds": [rest, helped]});
    let entered = replaced(&app, &both).await;
    assert_eq!((entered.status, &entered.json()["grounds"]), (200, &json!([rest, helped])), "{}", entered.json());
    let older = replaced(&app, &json!({"name": "李小明"})).await;
    assert_eq!(older.json()["grounds"], json!([rest, helped]), "an app that does not know them keeps them");
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    for (account, shown) in
        [("guardian", json!([rest, helped])), ("bureau", Value::Null), ("school-finance", Value::Null)]
    {
        let read = app.get(&path).token(app.world.token(account)).expect(200).await.json();
        assert_eq!(read["grounds"], shown, "{account}");
    }
    let fewer = replaced(&app, &json!({"free_help": []})).await;
    assert_eq!(fewer.json()["grounds"], json!([rest]), "that of a reason that is gone goes, too");
    let none = replaced(&app, &json!({"grounds": null})).await;
    assert_eq!(none.json()["grounds"], json!([]));
    for (grounds, faults) in [
        (json!([rest, rest]), vec![("/grounds/1", "duplicate")]),
        (json!([helped]), vec![("/grounds/0/free_help", "not-for-this")]),
        (json!([ground(None, None, "2024-09-01", None)]), vec![("/grounds/0/free_help", "not-for-this")]),
        (
            json!([ground(Some("left_behind"), None, "2024-09-02", Some("2024-09-01"))]),
            vec![("/grounds/0/ends_on", "ends-before-start")],
        ),
    ] {
        let refused = replaced(&app, &json!({"grounds": grounds})).await;
        let faults: Vec<(String, String)> = faults.iter().map(|(at, code)| ((*at).into(), (*code).into())).collect();
        assert_eq!(refused.faults(), faults, "{}", refused.json());
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn free_help_is_free_from_the_first_day_of_its_ground_to_the_last(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&[("辅导", None, &[1], "16:30", "17:00")]);
    document["projects"][1]["category"] = json!("free_help");
    document["projects"][1]["fee"] = json!({"kind": "free"});
    let projects = open(&app, &document).await;
    let student = app.world.pupils("own school").student.to_string();
    let helped = ground(None, Some("poverty"), "2024-09-12", Some("2024-09-13"));
    let given = replaced(&app, &json!({"free_help": ["poverty"], "grounds": [helped]})).await;
    assert_eq!(given.status, 200, "{}", given.json());
    for (moment, status) in [
        ("2024-09-11T23:59:59+08:00", 422),
        ("2024-09-12T00:00:00+08:00", 201),
        ("2024-09-13T23:59:59+08:00", 201),
        ("2024-09-14T00:00:00+08:00", 422),
    ] {
        app.clock_at(moment);
        let made = application(&app, "guardian", &student, &projects[1], &moment[..16]).send().await;
        assert_eq!(made.status, status, "{moment}: {}", made.json());
        if status == 201 {
            let path = format!("/api/v1/enrollments/{}/withdraw", made.id());
            app.post(&path).token(app.world.token("guardian")).if_match(made.etag()).expect(200).await;
        } else {
            assert_eq!(made.json()["findings"][0]["rule"], "free-help-is-free", "{moment}");
        }
    }
}
