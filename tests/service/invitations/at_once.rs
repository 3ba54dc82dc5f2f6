//! Five hundred codes, each brought twice at the same time: five hundred accounts.

use futures_util::future::join_all;
use kehou::auth::By;
use kehou::db::{Id, Mode, Origin, Tx};
use kehou::http::IfMatchVersion;
use kehou::refusal::Refusal;
use kehou::students::guardian_invitations;
use kehou::students::guardianships::{self, GuardianKind, GuardianshipIn, Relation, Right};
use kehou::students::students::{self, StudentIn};
use kehou::values::identifiers::Phone;
use kehou::values::text::Line;
use rstest::rstest;
use time::macros::date;

use super::{family, inviting, registering};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

const FAMILIES: usize = 500;

/// A family and its code, as the school's administrator makes them.
fn invite_one(tx: &mut Tx<'_>, admin: &kehou::auth::Actor, school_id: Id) -> Result<String, Refusal> {
    let child = StudentIn {
        school_id,
        class_id: None,
        grade: 3,
        name: Line::new("陈晨").unwrap(),
        id_number: None,
        student_number: None,
        entered_on: date!(2024 - 09 - 02),
        priority_groups: Vec::new(),
        free_help: Vec::new(),
        grounds: kehou::values::later::Later::NotSent,
    };
    let child = students::create(tx, &By::of(admin.clone())?, &child)?;
    let held = GuardianshipIn {
        person_id: child.row.person_id,
        user_id: None,
        kind: GuardianKind::Person,
        organisation_name: None,
        relation: Relation::Mother,
        contact_name: Line::new("王芳").unwrap(),
        contact_phone: Some(Phone::new("13807304321").unwrap()),
        rights: vec![Right::Read],
        starts_on: date!(2024 - 09 - 01),
        ends_on: None,
        restoring_document: None,
    };
    let held = guardianships::create(tx, &By::of(admin.clone())?, &held)?;
    let issued = guardian_invitations::invite(tx, &By::of(admin.clone())?, held.row.id, &IfMatchVersion::of(1))?;
    Ok(issued.code.shown())
}

async fn five_hundred_codes(app: &TestApp) -> Vec<String> {
    let admin = app.world.account("school-admin").actor.clone();
    let school = admin.organisation_id.unwrap();
    let work = move |tx: &mut Tx<'_>| (0..FAMILIES).map(|_| invite_one(tx, &admin, school)).collect();
    app.db.write(Origin::service("test"), Mode::Commit, work).await.unwrap()
}

/// As an app does it: whoever is told that the service is busy comes again.
async fn register_patiently(app: &TestApp, code: &str, username: &str) -> Answer {
    loop {
        let answer = registering(app, code, "4321", username).send().await;
        if answer.status != 503 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[rstest]
#[actix_web::test]
async fn five_hundred_codes_sent_twice_at_once_make_five_hundred_accounts(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let codes = five_hundred_codes(&app).await;
    let (users, grants) = (app.count("users").await, app.count("role_grants").await);
    let twice = codes
        .iter()
        .enumerate()
        .flat_map(|(number, code)| ["a", "b"].map(|copy| (code.clone(), format!("guardian.{number}.{copy}"))));
    let attempts = twice.map(|(code, name)| {
        let app = &app;
        async move { register_patiently(app, &code, &name).await }
    });
    let answers = join_all(attempts).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.code() == "code-refused").count();
    assert_eq!((made, refused), (FAMILIES, FAMILIES));
    let more = i64::try_from(FAMILIES).unwrap();
    assert_eq!((app.count("users").await, app.count("role_grants").await), (users + more, grants + more));
    assert_eq!(app.count("invitations WHERE state = 'used'").await, more);
    assert_eq!(app.count("guardianships WHERE user_id IS NOT NULL").await, more + 1, "and that of the small world");
    for pair in answers.chunks(2) {
        assert_eq!(pair.iter().filter(|answer| answer.status == 201).count(), 1, "one of each pair");
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn of_invitations_at_once_one_stays_open(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let answers = join_all((0..8).map(|_| inviting(&app, &family).send())).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{:?}",
        answers.iter().map(|a| a.status).collect::<Vec<_>>()
    );
    assert_eq!(app.count("invitations WHERE state = 'open'").await, 1);
    assert_eq!(app.count("invitations WHERE state = 'revoked'").await, 7);
    let codes = answers.iter().map(|answer| answer.json()["code"].as_str().unwrap().to_owned());
    let tried = codes.enumerate().map(|(number, code)| {
        let (app, name) = (&app, format!("guardian.{number}"));
        async move { registering(app, &code, "4321", &name).send().await.status }
    });
    let statuses = join_all(tried).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(code_states(&app).await, (1, 7));
}

async fn code_states(app: &TestApp) -> (i64, i64) {
    (app.count("invitations WHERE state = 'used'").await, app.count("invitations WHERE state = 'revoked'").await)
}
