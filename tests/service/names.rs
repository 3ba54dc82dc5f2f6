//! Names beside ids: whoever sees an id sees its name, and a list asks for all of them at once.

use kehou::auth::permission::{ApplyForProjects, ReadEnrollments, ReadGuardianships, ReadStudents};
use kehou::auth::{Actor, By, Seen, shaped};
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::enrollments::enrollments::{self, EnrollmentChoice, EnrollmentFilter, EnrollmentIn};
use kehou::http::Listing;
use kehou::refusal::Refusal;
use kehou::students::guardianships::Guardianship;
use kehou::students::students::Student;
use rstest::rstest;
use serde_json::{Value, json};

use crate::students::{enter, leave, student};
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{apply, more_children, open, plan_with};
use crate::support::statements::{heard, statements};

async fn first(app: &TestApp, account: &str, path: &str) -> Value {
    app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await.json()["items"][0].clone()
}

fn names(shown: &Value, fields: &[&str]) -> Vec<Value> {
    fields.iter().map(|field| shown[*field].clone()).collect()
}

#[rstest]
#[actix_web::test]
async fn names_stand_beside_the_ids_of_lists_and_single_answers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let school = app.world.organisations["own school"].name.clone();
    let projects = open(&app, &plan_with(&[])).await;
    let made = apply(&app, &projects[0]).await;
    let fields = ["student_name", "class_name", "project_name", "school_name", "entered_by_name"];
    let expected = [json!("李明"), json!("三年级1班"), json!("作业辅导"), json!(school), Value::Null];
    assert_eq!(names(&made.json(), &fields), expected, "the answer to the write");
    for account in ["guardian", "school-admin", "bureau"] {
        let path = format!("enrollments/{}", made.id());
        let single = app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await.json();
        assert_eq!(names(&single, &fields), expected, "{account}");
        assert_eq!(names(&first(&app, account, "enrollments").await, &fields), expected, "{account}");
    }
    let pupil = first(&app, "guardian", "students").await;
    assert_eq!(names(&pupil, &["class_name", "school_name"]), [json!("三年级1班"), json!(school)]);
    let held = first(&app, "guardian", "guardianships").await;
    assert_eq!(held["student_name"], "李明");
    assert!(held["user_name"].is_string());
    let staff = first(&app, "school-admin", "staff-vettings").await;
    assert!(staff["staff_member_name"].is_string(), "{staff}");
    let account = format!("users?username={}", app.world.account("school-admin").username);
    assert_eq!(first(&app, "bureau", &account).await["organisation_name"], json!(school));
    let authority = app.world.organisations["own district"].name.clone();
    assert_eq!(first(&app, "bureau", "filings").await["authority_name"], json!(authority));
}

#[rstest]
#[actix_web::test]
async fn who_has_left_or_goes_to_no_class_has_a_name_too(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let made = enter(&app, "own school", &[]).await;
    assert_eq!((made.status, made.json()["class_name"].clone()), (201, Value::Null));
    let gone = leave(&app, "own school", &made, "2024-09-09").await;
    assert_eq!(gone.json()["school_name"], json!(app.world.organisations["own school"].name));
    let again = enter(&app, "sibling school", &[("name", json!("陈辰"))]).await;
    assert_eq!(again.status, 201, "{}", again.json());
}

#[rstest]
#[actix_web::test]
async fn another_name_is_another_representation_of_the_same_version(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let class = app.world.pupils("own school").class;
    let token = app.world.token("school-admin");
    let path = format!("/api/v1/students/{}", app.world.pupils("own school").student);
    let before = app.get(&path).token(token).expect(200).await;
    let kept = app.get(&format!("/api/v1/classes/{class}")).token(token).expect(200).await;
    let mut body = json!({"name": "三年级一班"});
    for field in ["school_id", "school_year", "grade"] {
        body[field] = kept.json()[field].clone();
    }
    let renamed = app.put(&format!("/api/v1/classes/{class}")).token(token).if_match(kept.etag()).json(&body);
    renamed.expect(200).await;
    let after = app.get(&path).token(token).header("if-none-match", before.etag()).expect(200).await;
    assert_eq!((after.json()["class_name"].as_str(), &after.json()["version"]), (Some("三年级一班"), &json!(1)));
    let facts = student(&app, "own school", &[("name", json!("李明")), ("class_id", json!(class))]);
    app.put(&path).token(token).if_match(before.etag()).json(&facts).expect(200).await;
}

/// Lists of one page, as their handlers find and shape them.
async fn of_lists(app: &TestApp) -> Vec<(&'static str, usize)> {
    let actor = |name: &str| app.world.account(name).actor.clone();
    let (admin, guardian) = (actor("school-admin"), actor("guardian"));
    let enrolled = |actor: Actor| {
        move |tx: &mut Tx<'_>| -> Result<(), Refusal> {
            let by = By::<ReadEnrollments>::of(actor.clone())?;
            let found = enrollments::list(tx, &by, &Listing::all(EnrollmentFilter::default()))?;
            shaped(tx, &found, &by).map(|_| ())
        }
    };
    let own = guardian.clone();
    let pupils = move |tx: &mut Tx<'_>| -> Result<(), Refusal> {
        let by = By::<ReadStudents>::of(own.clone())?;
        let found = by.list::<Student>(tx, &Listing::all(<Student as Seen>::Filter::default()))?;
        shaped(tx, &found, &by).map(|_| ())
    };
    let own = guardian.clone();
    let held = move |tx: &mut Tx<'_>| -> Result<(), Refusal> {
        let by = By::<ReadGuardianships>::of(own.clone())?;
        let found = by.list::<Guardianship>(tx, &Listing::all(<Guardianship as Seen>::Filter::default()))?;
        shaped(tx, &found, &by).map(|_| ())
    };
    vec![
        ("enrollments of a school", statements(app, enrolled(admin)).await.len()),
        ("enrollments of a guardian", statements(app, enrolled(guardian)).await.len()),
        ("pupils", statements(app, pupils).await.len()),
        ("guardianships", statements(app, held).await.len()),
    ]
}

async fn apply_all(app: &TestApp, children: Vec<Id>, project: &str) {
    let (guardian, project) = (app.world.account("guardian").actor.clone(), project.parse::<Id>().unwrap());
    let work = move |tx: &mut Tx<'_>| {
        let by = By::<ApplyForProjects>::of(guardian.clone())?;
        for child in &children {
            let choice = EnrollmentChoice::Apply;
            enrollments::create(
                tx,
                &by,
                &EnrollmentIn { student_id: *child, project_id: project, choice, joins_on: None },
            )?;
        }
        Ok(())
    };
    app.db.write(Origin::service("test"), Mode::Commit, work).await.unwrap();
}

#[rstest]
#[actix_web::test]
async fn a_list_runs_as_many_statements_for_a_thousand_rows_as_for_ten(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    apply_all(&app, more_children(&app, 10).await, &projects[0]).await;
    let of_ten = of_lists(&app).await;
    apply_all(&app, more_children(&app, 990).await, &projects[0]).await;
    assert_eq!(app.count("enrollments").await, 1_000);
    assert_eq!(of_lists(&app).await, of_ten);
    for (list, ran) in of_ten {
        assert!(ran <= 3, "{list}: the page, at most one for rights, and one for names, not {ran}");
    }
}

#[rstest]
#[actix_web::test]
async fn who_applies_asks_for_no_name(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let (guardian, project_id) = (app.world.account("guardian").actor.clone(), projects[0].parse::<Id>().unwrap());
    let student_id = app.world.pupils("own school").student;
    let choice = EnrollmentChoice::Apply;
    let work = move |tx: &mut Tx<'_>| {
        let by = By::<ApplyForProjects>::of(guardian.clone())?;
        heard(tx, |tx| {
            let made = enrollments::create(tx, &by, &EnrollmentIn { student_id, project_id, choice, joins_on: None })?;
            let ran = shaped(tx, [&made], &by)?;
            assert_eq!(ran.len(), 1);
            Ok(())
        })
    };
    let ran = app.db.write(Origin::service("test"), Mode::Rehearse, work).await.unwrap();
    assert!(ran.len() > 5, "{ran:?}");
    assert!(!ran.iter().any(|statement| statement.contains("LEFT JOIN classes c")), "{ran:?}");
    assert!(!ran.iter().any(|statement| statement.contains("CAST(NULL AS TEXT)")), "{ran:?}");
}

/// Answers that name something by its id and not beside it, and why.
const NAMELESS: [(&str, &str, &str); 6] = [
    ("ChargeLineOut", "project_id", "`name` is what the approved plan calls it"),
    ("MeOut", "organisation_id", "that of the token; the account in it has the name"),
    ("TokenOut", "organisation_id", "that of the token"),
    ("OfferOut", "project_id", "`name` is what the notice calls it"),
    ("RegisteredOut", "organisation_id", "where somebody was invited to; `/me` has the name"),
    ("InForceOut", "authority_id", "the one that was asked for"),
];

#[test]
fn every_answer_that_has_an_id_has_its_name() {
    let contract = serde_json::to_value(kehou::app::contract()).unwrap();
    let mut seen = 0;
    let mut excused: Vec<&(&str, &str, &str)> = Vec::new();
    for (schema, shape) in contract["components"]["schemas"].as_object().unwrap() {
        let Some(fields) = shape["properties"].as_object().filter(|_| schema.ends_with("Out")) else { continue };
        for of in ["student", "class", "project", "school", "staff_member", "partner", "organisation", "authority"] {
            let (id, name) = (format!("{of}_id"), format!("{of}_name"));
            if !fields.contains_key(&id) {
                continue;
            }
            seen += 1;
            let known = NAMELESS.iter().find(|(nameless, field, _)| nameless == schema && *field == id);
            assert!(fields.contains_key(&name) || known.is_some(), "{schema} has {id} and no {name}");
            excused.extend(known);
        }
    }
    assert!(seen > 40, "{seen}");
    assert_eq!(excused.len(), NAMELESS.len(), "{excused:?}");
}
