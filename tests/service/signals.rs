//! Signals: what a supervisor is to look at. They stop nobody, schools do not see them, and the same is raised once.

use kehou::auth::Role;
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::enrollments::choice_places;
use kehou::enrollments::coercion::{Round, watch};
use kehou::refusal::Refusal;
use rstest::rstest;
use serde_json::{Value, json};

use crate::messages::messages;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, children_as, open, with_half_hours};

/// One round of the job, from the first plan to the last.
fn round(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    let (mut round, mut is_over) = (Round::first(tx.now), false);
    while !is_over {
        (round, is_over) = watch(tx, &round)?;
    }
    Ok(())
}

async fn watched(app: &TestApp) -> Vec<Value> {
    app.db.write(Origin::service("test"), Mode::Commit, round).await.unwrap();
    let list = app.get("/api/v1/signals").token(app.world.token("bureau")).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

/// Applies for children, one after the other; the class has one pupil more.
async fn class_applies(app: &TestApp, children: &[Id], project: &str) -> Vec<Answer> {
    let mut made = Vec::new();
    for child in children {
        let child = child.to_string();
        made.push(application(app, "guardian", &child, project, &child).expect(201).await);
    }
    made
}

#[rstest]
#[actix_web::test]
async fn coercion_signal_of_a_class_is_raised_once_and_answered_by_an_officer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    let class = app.world.pupils("own school").class;
    let children = children_as(&app, 20, move |_, new| new.class_id = Some(class)).await;
    app.clock_at("2024-09-11T09:00:00+08:00");
    class_applies(&app, &children[..19], &projects[0]).await;
    assert_eq!(watched(&app).await, Vec::<Value>::new(), "nineteen of twenty-one");
    class_applies(&app, &children[19..], &projects[0]).await;
    let [raised] = watched(&app).await.try_into().unwrap();
    assert_eq!((&raised["rule"], &raised["state"]), (&json!("coercion-signal"), &json!("open")));
    assert_eq!((&raised["class_name"], &raised["answered_by_name"]), (&json!("三年级1班"), &Value::Null));
    let said = raised["finding"]["message"].as_str().unwrap();
    assert!(said.contains("三年级1班的21名学生") && said.contains("20名（95%）"), "{said}");
    assert_eq!(watched(&app).await.len(), 1, "the same is raised once");

    let path = format!("/api/v1/signals/{}", raised["id"].as_str().unwrap());
    let english = app.get(&path).token(app.world.token("bureau")).english().expect(200).await;
    assert!(english.json()["finding"]["message"].as_str().unwrap().contains("20 (95%)"), "{}", english.json());
    for (account, status) in [("school-admin", 403), ("guardian", 403), ("teacher", 403), ("other-bureau", 404)] {
        app.get(&path).token(app.world.token(account)).expect(status).await;
    }
    let told = messages(&app, "bureau").await;
    assert!(told.iter().any(|one| one["kind"] == "signal_raised" && one["resource_id"] == raised["id"]), "{told:?}");

    let answer = |tag: &str| app.post(&format!("{path}/answer")).token(app.world.token("bureau")).if_match(tag);
    let said = json!({"answer": "班主任统一组织家长现场填报，已约谈。"});
    let answered = answer(english.etag()).json(&said).expect(200).await;
    let now = answered.json();
    assert_eq!((&now["state"], &now["answer"], &now["can"]), (&json!("answered"), &said["answer"], &json!([])));
    let twice = answer(answered.etag()).json(&said).send().await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "state-conflict"));
    assert_eq!(watched(&app).await.len(), 1);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn coercion_signal_is_not_raised_in_the_first_hour_nor_where_somebody_says_no(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[("象棋", None, &[1], "16:30", "17:00")])).await;
    let class = app.world.pupils("own school").class;
    let children = children_as(&app, 20, move |_, new| new.class_id = Some(class)).await;
    class_applies(&app, &children, &projects[0]).await;
    assert_eq!(watched(&app).await, Vec::<Value>::new(), "the notice was published a moment ago");

    app.clock_at("2024-09-11T09:00:00+08:00");
    for child in &children {
        let withdrawn = format!("/api/v1/enrollments?student_id={child}");
        let own = app.get(&withdrawn).token(app.world.token("guardian")).expect(200).await.json();
        let path = format!("/api/v1/enrollments/{}/withdraw", own["items"][0]["id"].as_str().unwrap());
        app.post(&path).token(app.world.token("guardian")).if_match("\"1\"").expect(200).await;
    }
    let no = json!({"student_id": children[3], "project_id": projects[1], "choice": "declined"});
    app.post("/api/v1/enrollments").token(app.world.token("guardian")).key("no").json(&no).expect(201).await;
    assert_eq!(watched(&app).await, Vec::<Value>::new());
}

/// Twenty guardians of a child each.
async fn families(app: &TestApp) -> Vec<(String, String)> {
    let children = children_as(app, 20, |_, _| {}).await;
    let mut families = Vec::new();
    for (number, child) in children.iter().enumerate() {
        let name = format!("parent-{number}");
        app.world.add_account(&app.app, &name, Role::Guardian, &Id::NIL.to_string()).await;
        let path = format!("/api/v1/students/{child}");
        let student = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
        let held = json!({
            "person_id": student["person_id"], "user_id": app.world.account(&name).id, "kind": "person",
            "organisation_name": null, "relation": "father", "contact_name": "李强", "contact_phone": null,
            "rights": ["read", "choose"], "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
        });
        app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&held).expect(201).await;
        families.push((name, child.to_string()));
    }
    families
}

#[rstest]
#[actix_web::test]
async fn coercion_signal_of_an_address_counts_guardians_and_the_address_is_hashed_and_forgotten(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects =
        open(&app, &with_half_hours(&[("象棋", None, &[1], "16:30", "17:00"), ("书法", None, &[2], "16:30", "17:00")]))
            .await;
    let families = families(&app).await;
    app.clock_at("2024-09-10T09:00:00+08:00");
    for (name, child) in &families[..19] {
        // Two choices of one guardian are those of one.
        for project in &projects[1..3] {
            let ask = application(&app, name, child, project, &format!("{child}-{project}"));
            ask.from("203.0.113.7").expect(201).await;
        }
    }
    let (name, child) = &families[19];
    application(&app, name, child, &projects[1], "elsewhere").from("203.0.113.8").expect(201).await;
    assert_eq!(watched(&app).await, Vec::<Value>::new(), "nineteen from here, one from elsewhere");
    let student = app.world.pupils("own school").student.to_string();
    application(&app, "guardian", &student, &projects[1], "here").from("203.0.113.7").expect(201).await;
    let [raised] = watched(&app).await.try_into().unwrap();
    let said = raised["finding"]["message"].as_str().unwrap();
    assert!(said.contains("20名监护人从同一网络地址"), "{said}");
    assert_eq!((&raised["class_id"], raised["finding"]["params"].get("place")), (&Value::Null, None));
    assert!(!raised.to_string().contains("203.0.113"), "{raised}");
    let plain = "SELECT COUNT(*) AS number FROM choice_places WHERE LENGTH(place) <> 64 OR place LIKE '%203%113%'";
    assert_eq!(app.sql_number(plain).await, 0, "no row has the address");

    assert_eq!(app.count("choice_places").await, 21);
    for (moment, kept) in [("2024-09-16T00:00:00+08:00", 21), ("2024-09-18T00:00:00+08:00", 0)] {
        app.clock_at(moment);
        app.db.write(Origin::service("test"), Mode::Commit, choice_places::forget_old).await.unwrap();
        assert_eq!(app.count("choice_places").await, kept, "{moment}");
    }
}
