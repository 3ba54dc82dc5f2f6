//! Choosing projects in tests.

use kehou::auth::By;
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::students::guardianships::{self, GuardianKind, GuardianshipIn, Relation, Right};
use kehou::students::students::{self, StudentIn};
use kehou::values::later::Later;
use kehou::values::text::Line;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::app::{Answer, Ask, TestApp};
use super::plans::{draft, publish, small_plan, submit};

/// A club of the small plan: name, seats, weekdays, from, to.
pub type Club<'a> = (&'a str, Option<i64>, &'a [i64], &'a str, &'a str);

/// The small plan of the own school with clubs beside its open project.
pub fn plan_with(clubs: &[Club<'_>]) -> Value {
    let mut document = small_plan("own school", "autumn");
    for (name, seats, weekdays, from, to) in clubs {
        let slot = |weekday| json!({"weekday": weekday, "starts_at": from, "ends_at": to, "timetable": "all"});
        let mut club = document["projects"][0].clone();
        club["name"] = json!(name);
        club["category"] = json!("clubs");
        club["seats_max"] = json!(seats);
        club["slots"] = weekdays.iter().map(slot).collect();
        document["projects"].as_array_mut().unwrap().push(club);
    }
    document
}

/// The same with lessons of half an hour in the clubs.
pub fn with_half_hours(clubs: &[Club<'_>]) -> Value {
    let mut document = plan_with(clubs);
    for club in document["projects"].as_array_mut().unwrap().iter_mut().skip(1) {
        club["lesson_minutes"] = json!(30);
    }
    document
}

/// Files a plan and publishes its notice; the ids of its projects in their order.
pub async fn open(app: &TestApp, document: &Value) -> Vec<String> {
    let plan = submit(app, "school-admin", &draft(app, "school-admin", document).await).await;
    let notice = publish(app, "school-admin", &plan).await;
    assert_eq!(notice.status, 200, "{}", notice.json());
    let shown = app.get(&format!("/api/v1/published-notices/{}", notice.id())).expect(200).await.json();
    let projects = shown["projects"].as_array().unwrap();
    projects.iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect()
}

/// An application by an account, under a key.
pub fn application<'a>(app: &'a TestApp, account: &str, student: &str, project: &str, key: &str) -> Ask<'a> {
    let body = json!({"student_id": student, "project_id": project});
    app.post("/api/v1/enrollments").token(app.world.token(account)).key(key).json(&body)
}

/// The child of the account `guardian` applies.
pub async fn apply(app: &TestApp, project: &str) -> Answer {
    let student = app.world.pupils("own school").student.to_string();
    application(app, "guardian", &student, project, &format!("apply-{project}")).send().await
}

/// A window for up to three wishes a child, of which one comes true.
pub fn window_body(plan: &str, opens_on: &str, closes_on: &str) -> Value {
    json!({
        "plan_id": plan, "opens_on": opens_on, "closes_on": closes_on, "wishes_max": 3, "places_max": 1,
        "siblings_together": false
    })
}

/// Calls a verb on an enrollment as it was seen.
pub async fn verb(app: &TestApp, account: &str, seen: &Answer, verb: &str, body: Option<Value>) -> Answer {
    let path = format!("/api/v1/enrollments/{}/{verb}", seen.id());
    let ask = app.post(&path).token(app.world.token(account)).if_match(seen.etag());
    match body {
        Some(body) => ask.json(&body).send().await,
        None => ask.send().await,
    }
}

/// Reads the agreement of an enrollment and signs it.
pub async fn sign(app: &TestApp, seen: &Answer) -> Answer {
    let path = format!("/api/v1/enrollments/{}/agreement", seen.id());
    let agreement = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    verb(app, "guardian", seen, "sign", Some(json!({"sha256": agreement["sha256"]}))).await
}

/// Enters many more children of the account `guardian` at the own school.
pub async fn more_children(app: &TestApp, count: usize) -> Vec<Id> {
    children_as(app, count, |_, _| {}).await
}

/// The same, each as `alter` makes it, which is told its number.
pub async fn children_as(
    app: &TestApp,
    count: usize,
    alter: impl Fn(usize, &mut StudentIn) + Send + 'static,
) -> Vec<Id> {
    children_at(app, ("school-admin", date!(2024 - 09 - 01)), count, alter).await
}

/// The same at the school of an administrator, whose child they are since a day.
pub async fn children_at(
    app: &TestApp,
    (admin, since): (&str, Date),
    count: usize,
    alter: impl Fn(usize, &mut StudentIn) + Send + 'static,
) -> Vec<Id> {
    let (admin, user) = (app.world.account(admin).actor.clone(), app.world.account("guardian").id);
    let school_id = admin.organisation_id.unwrap();
    let enter = move |tx: &mut Tx<'_>| {
        let mut entered = Vec::new();
        for number in 0..count {
            let mut new = StudentIn {
                school_id,
                class_id: None,
                grade: 3,
                name: Line::new("李明").unwrap(),
                id_number: None,
                student_number: None,
                entered_on: since.next_day().unwrap(),
                priority_groups: Vec::new(),
                free_help: Vec::new(),
                grounds: Later::NotSent,
            };
            alter(number, &mut new);
            let student = students::create(tx, &By::of(admin.clone())?, &new)?;
            let held = GuardianshipIn {
                person_id: student.row.person_id,
                user_id: Some(user),
                kind: GuardianKind::Person,
                organisation_name: None,
                relation: Relation::Mother,
                contact_name: Line::new("王芳").unwrap(),
                contact_phone: None,
                rights: Right::ALL.to_vec(),
                starts_on: since,
                ends_on: None,
                restoring_document: None,
            };
            guardianships::create(tx, &By::of(admin.clone())?, &held)?;
            entered.push(student.row.id);
        }
        Ok(entered)
    };
    app.db.write(Origin::service("test"), Mode::Commit, enter).await.unwrap()
}
