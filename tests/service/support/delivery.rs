//! A school that holds service: classes with pupils who have signed, own staff who are vetted, a venue that is checked.

use kehou::db::Id;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::app::{Answer, Ask, TestApp};
use super::enrollments::{application, children_at, sign};
use super::staff::{enter_member, vet_all};

/// The school's ledger's room of the small world, checked for the term.
pub async fn checked_venue(app: &TestApp) -> String {
    let token = app.world.token("school-admin");
    let ledger = app.get("/api/v1/facilities").token(token).expect(200).await.json();
    let venue = ledger["items"][0]["id"].as_str().unwrap().to_owned();
    check_venue(app, &venue, "2024-09-01", "2025-07-31", "passed").await;
    venue
}

/// A check of a venue by the world's member of staff.
pub async fn check_venue(app: &TestApp, venue: &str, on: &str, until: &str, outcome: &str) {
    let check = json!({
        "facility_id": venue, "checked_on": on, "valid_until_on": until, "aspects": ["venue", "fire"],
        "outcome": outcome, "checked_by_id": app.world.staff("own school").member, "note": null
    });
    app.post("/api/v1/venue-checks").token(app.world.token("school-admin")).json(&check).expect(201).await;
}

/// Another venue of the own school.
pub async fn another_venue(app: &TestApp, name: &str) -> String {
    let body = json!({
        "school_id": app.world.organisation("own school"), "kind": "room", "name": name, "capacity": 60,
        "quantity": null, "place": null, "manager_name": "陈老师", "usable_weekdays": [], "usable_note": null,
        "in_use_on": "2024-09-01"
    });
    let made = app.post("/api/v1/facilities").token(app.world.token("school-admin")).json(&body).expect(201).await;
    check_venue(app, &made.id(), "2024-09-01", "2025-07-31", "passed").await;
    made.id()
}

/// An own teacher of the school who is vetted.
pub async fn own_teacher(app: &TestApp, name: &str) -> String {
    let member = enter_member(app, "own", name).await;
    vet_all(app, &member).await;
    member
}

/// The account `teacher` is this member of staff.
pub async fn works_as(app: &TestApp, member: &str) {
    let (path, token) = (format!("/api/v1/staff-members/{member}"), app.world.token("school-admin"));
    let seen = app.get(&path).token(token).expect(200).await;
    let mut body = json!({"user_id": app.world.account("teacher").id, "id_number": null, "phone": null});
    for field in ["school_id", "kind", "name", "subject", "entered_on"] {
        body[field] = seen.json()[field].clone();
    }
    app.put(&path).token(token).if_match(seen.etag()).json(&body).expect(200).await;
}

/// A class of grade 3 with so many children of the account `guardian`.
pub async fn class_of(app: &TestApp, name: &str, pupils: usize) -> Vec<Id> {
    class_at(app, ("school-admin", date!(2024 - 09 - 01)), ("2024-2025", 3, name), pupils).await
}

/// A class of a school year, a grade and a name at the school of an administrator, with children of the account
/// `guardian` since a day.
pub async fn class_at(
    app: &TestApp,
    (admin, since): (&str, Date),
    (school_year, grade, name): (&str, i64, &str),
    pupils: usize,
) -> Vec<Id> {
    let school = app.world.account(admin).actor.organisation_id.unwrap();
    let class = json!({"school_id": school, "school_year": school_year, "grade": grade, "name": name});
    let class = app.post("/api/v1/classes").token(app.world.token(admin)).json(&class).expect(201).await;
    let class: Id = class.id().parse().unwrap();
    children_at(app, (admin, since), pupils, move |_, child| {
        (child.class_id, child.grade) = (Some(class), u8::try_from(grade).unwrap());
    })
    .await
}

/// They sign for a project; the ids of their enrollments.
pub async fn join(app: &TestApp, project: &str, pupils: &[Id]) -> Vec<String> {
    let mut enrollments = Vec::with_capacity(pupils.len());
    for pupil in pupils {
        let key = format!("join-{pupil}-{project}");
        let applied = application(app, "guardian", &pupil.to_string(), project, &key).expect(201).await;
        let signed = sign(app, &applied).await;
        assert_eq!(signed.status, 200, "{}", signed.json());
        enrollments.push(signed.id());
    }
    enrollments
}

/// A group that is drafted with its members.
pub async fn drafted(
    app: &TestApp,
    project: &str,
    name: &str,
    leader: &str,
    venue: &str,
    members: &[String],
) -> Answer {
    drafted_by(app, "school-admin", project, name, (leader, venue), members).await
}

/// The same by another administrator.
pub async fn drafted_by(
    app: &TestApp,
    admin: &str,
    project: &str,
    name: &str,
    (leader, venue): (&str, &str),
    members: &[String],
) -> Answer {
    let body = json!({"project_id": project, "name": name, "leader_id": leader, "venue_id": venue});
    let group = app.post("/api/v1/groups").token(app.world.token(admin)).json(&body).expect(201).await;
    let body = json!({"enrollment_ids": members});
    call(app, admin, "groups", &group, "members", &body).expect(200).await
}

/// Calls a verb with a body on what `seen` shows.
pub fn call<'a>(app: &'a TestApp, account: &str, of: &str, seen: &Answer, verb: &str, body: &Value) -> Ask<'a> {
    let path = format!("/api/v1/{of}/{}/{verb}", seen.id());
    app.post(&path).token(app.world.token(account)).if_match(seen.etag()).json(body)
}

/// Confirms a group from a day on, today where none is given.
pub async fn confirm(app: &TestApp, group: &Answer, from_on: Option<&str>) -> Answer {
    call(app, "school-admin", "groups", group, "confirm", &json!({"from_on": from_on})).send().await
}

/// Sessions of a group, from a query.
pub async fn sessions(app: &TestApp, account: &str, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = format!("/api/v1/sessions?limit=200&{query}");
    loop {
        let page = app.get(&path).token(app.world.token(account)).expect(200).await.json();
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        path = format!("/api/v1/sessions?limit=200&{query}&cursor={cursor}");
    }
}

/// One session as an account sees it.
pub async fn session(app: &TestApp, account: &str, id: &str) -> Answer {
    app.get(&format!("/api/v1/sessions/{id}")).token(app.world.token(account)).expect(200).await
}

/// Sends marks to a session.
pub fn mark<'a>(app: &'a TestApp, account: &str, session: &str, body: &Value) -> Ask<'a> {
    app.put(&format!("/api/v1/sessions/{session}/attendance")).token(app.world.token(account)).json(body)
}

/// All of some pupils, with one mark.
pub fn marks(pupils: &[Id], mark: &str) -> Value {
    let marks: Vec<Value> =
        pupils.iter().map(|pupil| json!({"student_id": pupil, "mark": mark, "made_at": null, "sequence": 0})).collect();
    json!({"device": null, "marks": marks, "reason": null})
}

/// Sends departures of a session.
pub fn depart<'a>(app: &'a TestApp, account: &str, session: &str, departures: &[Value]) -> Ask<'a> {
    let body = json!({"departures": departures, "reason": null});
    app.put(&format!("/api/v1/sessions/{session}/departures")).token(app.world.token(account)).json(&body)
}

/// A departure of a pupil.
pub fn left(pupil: impl std::fmt::Display, kind: &str) -> Value {
    json!({
        "student_id": pupil.to_string(), "kind": kind, "departed_at": "17:40", "pickup_person_id": null,
        "guardianship_id": null, "note": null
    })
}

/// The record of a session that was as it should be.
pub fn record() -> Value {
    json!({"began_at": "16:30", "ended_at": "17:30", "form": "homework", "content": "完成当天作业", "served": []})
}

/// What stops a refused step: rules with their places.
pub fn stopped(refused: &Answer) -> Vec<(String, String)> {
    assert_eq!(refused.status, 422, "{}", refused.json());
    let findings = refused.findings();
    findings.into_iter().filter(|(_, severity, _)| severity == "error").map(|(rule, _, at)| (rule, at)).collect()
}

/// The operations that have left a line about a pupil in the access log.
pub async fn lines_about(app: &TestApp, pupil: &Id) -> Vec<String> {
    app.app.access_log.flush(&app.db).await.unwrap();
    let path = format!("/api/v1/students/{pupil}/access-log?limit=200");
    let lines = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    lines["items"].as_array().unwrap().iter().map(|line| line["operation"].as_str().unwrap().to_owned()).collect()
}
