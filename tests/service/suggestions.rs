//! Suggestions (五.3): teachers advise their own pupils, schools invite all; nothing is entered by it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::messages::messages;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, children_as, open, with_half_hours};

async fn suggest(app: &TestApp, account: &str, project: &str, to: &Value, key: &str) -> Answer {
    let mut body =
        json!({"project_id": project, "class_id": null, "student_id": null, "note": "喜欢动脑筋的孩子会喜欢"});
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    app.post("/api/v1/suggestions").token(app.world.token(account)).key(key).json(&body).send().await
}

async fn teaches(app: &TestApp) -> String {
    let class = app.world.pupils("own school").class.to_string();
    let taught = json!({
        "class_id": class, "user_id": app.world.account("teacher").id, "kind": "subject", "subject": "数学",
        "starts_on": "2024-09-01", "ends_on": null
    });
    app.post("/api/v1/class-teachers").token(app.world.token("school-admin")).json(&taught).expect(201).await;
    class
}

async fn offered(app: &TestApp, student: &str, project: usize) -> Value {
    let path = format!("/api/v1/students/{student}/offers");
    let offers = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    offers["items"][project]["suggestions"].clone()
}

#[rstest]
#[actix_web::test]
async fn a_teacher_suggests_to_its_own_pupils_alone_and_nothing_is_entered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[("象棋", None, &[1], "16:30", "17:00")])).await;
    let pupil = app.world.pupils("own school").student.to_string();
    let to_pupil = json!({"student_id": pupil});
    let stranger = suggest(&app, "teacher", &projects[1], &to_pupil, "stranger").await;
    assert_eq!(stranger.faults(), [("/student_id".to_owned(), "not-found".to_owned())], "it teaches no class");
    let class = teaches(&app).await;
    for (to, pointer, code) in [
        (json!({}), "/class_id", "required"),
        (json!({"class_id": app.world.pupils("sibling school").class}), "/class_id", "not-found"),
        (json!({"student_id": app.world.pupils("sibling school").student}), "/student_id", "not-found"),
        (json!({"student_id": pupil, "class_id": class}), "/class_id", "not-for-this"),
    ] {
        let refused = suggest(&app, "teacher", &projects[1], &to, &format!("{pointer}{code}")).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())]);
    }
    let made = suggest(&app, "teacher", &projects[1], &to_pupil, "one").await;
    assert_eq!((made.status, &made.json()["pupils"]), (201, &json!(1)), "{}", made.json());
    assert_eq!((&made.json()["student_name"], &made.json()["can"]), (&json!("李明"), &json!(["withdraw"])));
    let twice = suggest(&app, "teacher", &projects[1], &to_pupil, "twice").await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "already-exists"));
    let to_class = suggest(&app, "teacher", &projects[1], &json!({"class_id": class}), "class").await;
    assert_eq!(to_class.status, 201, "{}", to_class.json());
    assert_eq!(app.count("enrollments").await, 0, "advice, never an enrollment");

    let told = messages(&app, "guardian").await;
    assert_eq!(told.iter().filter(|one| one["kind"] == "project_suggested").count(), 2, "{told:?}");
    let seen = offered(&app, &pupil, 1).await;
    assert_eq!(seen.as_array().unwrap().len(), 2, "{seen}");
    assert_eq!((&seen[0]["note"], &seen[0]["suggested_by_name"]), (&made.json()["note"], &json!("teacher")));
    let withdrawn = app.post(&format!("/api/v1/suggestions/{}/withdraw", made.id()));
    let withdrawn = withdrawn.token(app.world.token("teacher")).if_match(made.etag()).expect(200).await;
    assert_eq!((&withdrawn.json()["state"], &withdrawn.json()["can"]), (&json!("withdrawn"), &json!([])));
    assert_eq!(offered(&app, &pupil, 1).await.as_array().unwrap().len(), 1);

    let listed = |account: &str| app.get("/api/v1/suggestions").token(app.world.token(account));
    for (account, many) in [("teacher", 2), ("school-admin", 2), ("bureau", 2), ("sibling-school-admin", 0)] {
        let list = listed(account).expect(200).await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), many, "{account}");
    }
    listed("guardian").expect(403).await;
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_school_invites_those_whom_a_project_suits_and_who_have_not_answered(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&[("象棋", None, &[1], "16:30", "17:00")]);
    document["projects"][1]["grades"] = json!([3]);
    document["projects"][1]["apply_until"] = json!("2024-09-12");
    let projects = open(&app, &document).await;
    let pupil = app.world.pupils("own school").student.to_string();
    // Beside the one of the world: two who have answered, one of another grade, two who have not.
    let children = children_as(&app, 5, |number, new| new.grade = if number == 2 { 4 } else { 3 }).await;
    application(&app, "guardian", &children[0].to_string(), &projects[1], "yes").expect(201).await;
    let no = json!({"student_id": children[1], "project_id": projects[1], "choice": "declined"});
    app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&no).expect(201).await;
    let invited = suggest(&app, "school-admin", &projects[1], &json!({}), "all").await;
    assert_eq!((invited.status, &invited.json()["pupils"]), (201, &json!(3)), "{}", invited.json());
    let told = messages(&app, "guardian").await;
    let about = |student: &str| {
        told.iter().filter(|one| one["kind"] == "project_invited" && one["student_id"] == student).count()
    };
    let counts: Vec<usize> = children.iter().map(|child| about(&child.to_string())).collect();
    assert_eq!((counts, about(&pupil)), (vec![0, 0, 0, 1, 1], 1), "never to one who has answered");
    assert_eq!(offered(&app, &pupil, 1).await[0]["suggestion_id"], json!(invited.id()));

    let answered = json!({"student_id": children[1]});
    let pressed = suggest(&app, "school-admin", &projects[1], &answered, "pressed").await;
    assert_eq!(pressed.faults(), [("/student_id".to_owned(), "not-for-this".to_owned())], "it has said no");
    let other_grade = suggest(&app, "school-admin", &projects[1], &json!({"student_id": children[2]}), "grade").await;
    assert_eq!(other_grade.json()["findings"][0]["rule"], "age-appropriate");
    let elsewhere = suggest(&app, "sibling-school-admin", &projects[1], &json!({}), "elsewhere").await;
    assert_eq!(elsewhere.faults(), [("/project_id".to_owned(), "not-found".to_owned())]);
    app.clock_at("2024-09-13T00:00:00+08:00");
    let late = suggest(&app, "school-admin", &projects[1], &json!({"student_id": children[3]}), "late").await;
    let finding = &late.json()["findings"][0];
    assert_eq!((&finding["rule"], &finding["pointer"]), (&json!("enrollment-open"), &json!("/project_id")));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn free_help_is_suggested_by_those_alone_who_know_why(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = with_half_hours(&[("辅导", None, &[1], "16:30", "17:00")]);
    document["projects"][1]["category"] = json!("free_help");
    document["projects"][1]["fee"] = json!({"kind": "free"});
    let projects = open(&app, &document).await;
    let class = teaches(&app).await;
    let refused = suggest(&app, "teacher", &projects[1], &json!({"class_id": class}), "teacher").await;
    assert_eq!(refused.faults(), [("/project_id".to_owned(), "not-for-this".to_owned())], "{}", refused.json());
    let nobody = suggest(&app, "school-admin", &projects[1], &json!({"class_id": class}), "nobody").await;
    assert_eq!(nobody.faults(), [("/class_id".to_owned(), "not-for-this".to_owned())]);
}
