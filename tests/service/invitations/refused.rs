//! A code that is good for nothing is refused the same way, whatever the reason, and says nothing of it.

use kehou::auth::invitations;
use kehou::auth::password::Hasher;
use kehou::db::{Mode, Origin};
use rstest::rstest;
use serde_json::{Value, json};
use time::Duration;

use super::{admin, code, family, inviting, joining, registering, said};
use crate::persons::person;
use crate::students::leave;
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

async fn close(app: &TestApp, guardianship: &str, verb: &str) {
    let path = format!("/api/v1/guardianships/{guardianship}/{verb}");
    let body = match verb {
        "end" => json!({"reason": "监护人变更", "document": null, "ends_on": null}),
        _ => json!({"reason": "法院判决", "document": "(2024)湘0602民初1号"}),
    };
    app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").json(&body).expect(200).await;
}

/// A code of a family that then moves to another school.
async fn of_a_school_that_was_left(app: &TestApp) -> String {
    let family = family(app, "own school", "13807304321", &[]).await;
    let code = code(app, &family).await;
    assert_eq!(leave(app, "own school", &family.student, "2024-09-10").await.status, 200);
    let admin = app.world.token(admin("sibling school"));
    app.sql(&format!(
        "INSERT INTO students (id, school_id, person_id, name, grade, entered_on, state, priority_groups, free_help, \
         version, created_at, updated_at) SELECT {}, {}, person_id, name, grade, entered_on, 'attending', \
         priority_groups, free_help, 1, created_at, updated_at FROM students WHERE id = {}",
        app.id_literal("01920000-0000-7000-8000-000000000001"),
        app.id_literal(&app.world.organisation("sibling school").to_string()),
        app.id_literal(&family.student.id()),
    ))
    .await;
    let list = app.get("/api/v1/guardianships").token(admin).expect(200).await.json();
    let moved = list["items"].as_array().unwrap().iter().any(|held| held["id"] == json!(family.guardianship));
    assert!(moved, "the new school sees the guardianship");
    code
}

/// The guardian of a code is blocked under another spelling of its telephone, in another row.
async fn of_a_blocked_guardian(app: &TestApp) -> String {
    let family = family(app, "own school", "+86-138-0730-4321", &[]).await;
    let code = code(app, &family).await;
    let body = json!({
        "person_id": person(&family.student), "user_id": null, "kind": "person", "organisation_name": null,
        "relation": "father", "contact_name": "李强", "contact_phone": "13807304321", "rights": ["read"],
        "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
    });
    let token = app.world.token("school-admin");
    let other = app.post("/api/v1/guardianships").token(token).json(&body).expect(201).await;
    close(app, &other.id(), "block").await;
    // As if the row had slipped by the block that ends it.
    let id = app.id_literal(&family.guardianship);
    app.sql(&format!("UPDATE guardianships SET state = 'active', ends_on = NULL WHERE id = {id}")).await;
    code
}

#[rstest]
#[actix_web::test]
async fn whatever_is_wrong_with_a_code_is_told_the_same_way(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut codes: Vec<(&str, String)> = vec![
        ("nobody has it", "0000-0000-0000".to_owned()),
        ("it is none", "课后 ?".to_owned()),
        ("of a school that was left", of_a_school_that_was_left(&app).await),
        ("of a blocked guardian", of_a_blocked_guardian(&app).await),
    ];
    let used = family(&app, "own school", "13807304321", &[]).await;
    codes.push(("it was used", code(&app, &used).await));
    registering(&app, &codes.last().unwrap().1, "4321", "the.first").expect(201).await;
    for (why, verb) in [("the guardianship was ended", "end"), ("it was blocked", "block")] {
        let family = family(&app, "own school", "13807304321", &[]).await;
        codes.push((why, code(&app, &family).await));
        close(&app, &family.guardianship, verb).await;
    }
    let superseded = family(&app, "own school", "13807304321", &[]).await;
    codes.push(("a newer one is there", code(&app, &superseded).await));
    code(&app, &superseded).await;
    let over = family(&app, "own school", "13807304321", &[("ends_on", json!("2024-09-10"))]).await;
    codes.push(("the guardianship is over", code(&app, &over).await));
    let revoked = family(&app, "own school", "13807304321", &[]).await;
    let issued = inviting(&app, &revoked).expect(200).await;
    codes.push(("it was taken back", issued.json()["code"].as_str().unwrap().to_owned()));
    let path = format!("/api/v1/invitations/{}/revoke", issued.id());
    app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").expect(200).await;
    let staff = json!({"organisation_id": app.world.organisation("own school"), "role": "teacher",
        "display_name": "刘老师", "phone": "13807304321"});
    let staff = app.post("/api/v1/invitations").token(app.world.token("school-admin")).json(&staff).expect(201).await;
    codes.push(("it is for staff", staff.json()["code"].as_str().unwrap().to_owned()));
    let expired = family(&app, "own school", "13807304321", &[]).await;
    codes.push(("its time is over", code(&app, &expired).await));
    let wrong_digits = family(&app, "own school", "13807300000", &[]).await;
    let users = app.count("users").await;
    app.db.clock().set_today(time::macros::date!(2024 - 09 - 11));
    app.sql(&format!(
        "UPDATE invitations SET expires_at = created_at WHERE guardianship_id = {}",
        app.id_literal(&expired.guardianship)
    ))
    .await;

    let first = registering(&app, &codes[0].1, "4321", "nobody").send().await;
    assert_eq!((first.status, first.code().as_str()), (422, "code-refused"));
    for (why, code) in &codes {
        let refused = registering(&app, code, "4321", "nobody").send().await;
        assert_eq!(said(&refused), said(&first), "{why}");
        assert_eq!(refused.headers.len(), first.headers.len(), "{why}");
    }
    let wrong = registering(&app, &code(&app, &wrong_digits).await, "4321", "nobody").send().await;
    assert_eq!(said(&wrong), said(&first), "the digits are of another telephone");
    let guardians = registering(&app, &codes[0].1, "4321", "nobody").english().send().await;
    let at_the_other_door = joining(&app, &code(&app, &wrong_digits).await, "0000", "nobody").english().send().await;
    assert_eq!(said(&at_the_other_door), said(&guardians), "a guardian's code makes no other account");
    assert_eq!(app.count("users").await, users);
}

#[rstest]
#[actix_web::test]
async fn twenty_wrong_telephones_are_refused_alike_and_lock_the_code(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let issued = inviting(&app, &family).expect(200).await;
    let code = issued.json()["code"].as_str().unwrap().to_owned();
    let mut answers = Vec::new();
    for number in 0..20 {
        answers.push(said(&registering(&app, &code, &format!("{number:04}"), "nobody").send().await));
    }
    answers.push(said(&registering(&app, &code, &family.digits, "nobody").send().await));
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let path = format!("/api/v1/invitations/{}", issued.id());
    let locked = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    assert_eq!((&locked["state"], &locked["tries"], &locked["can"]), (&json!("locked"), &json!(5), &json!([])));
    let next = super::code(&app, &family).await;
    registering(&app, &next, &family.digits, "wang.fang").expect(201).await;
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn an_address_that_tries_too_many_codes_waits_and_nobody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let code = code(&app, &family).await;
    let from = |address: &'static str, code: &str| registering(&app, code, "4321", "wang.fang").from(address);
    let mut statuses = Vec::new();
    for number in 0..55 {
        statuses.push(from("203.0.113.9", &format!("0000-0000-{number:04}")).send().await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 50, "{statuses:?}");
    assert!(statuses[50..].iter().all(|status| *status == 429), "{statuses:?}");
    let waits = from("203.0.113.9", &code).expect(429).await;
    assert_eq!(waits.code(), "too-many-requests");
    from("198.51.100.7", &code).expect(201).await;
    app.db.clock().advance(Duration::minutes(16));
    assert_eq!(from("203.0.113.9", &code).expect(422).await.code(), "code-refused");
}

#[rstest]
#[actix_web::test]
async fn a_right_and_a_wrong_code_take_the_time_of_a_password(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let costly = Hasher::with_cost(argon2::Params::new(32_768, 4, 1, None).unwrap()).unwrap();
    let began = std::time::Instant::now();
    costly.hash("a password".into()).await.unwrap();
    let at_least = began.elapsed() / 2;
    let app = app.hashing_with(costly).await;
    let family = family(&app, "own school", "13807304321", &[]).await;
    let known = code(&app, &family).await;
    for (what, code, digits, status) in [
        ("an unknown code", "0000-0000-0000", "4321", 422),
        ("no code at all", "nothing", "4321", 422),
        ("a wrong telephone", known.as_str(), "0000", 422),
        ("everything right", known.as_str(), "4321", 201),
        ("a used code", known.as_str(), "4321", 422),
    ] {
        let began = std::time::Instant::now();
        registering(&app, code, digits, "wang.fang").expect(status).await;
        assert!(began.elapsed() >= at_least, "{what}: {:?}, not {at_least:?}", began.elapsed());
    }
}

#[rstest]
#[actix_web::test]
async fn what_is_over_is_marked_and_can_be_made_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    let issued = inviting(&app, &family).expect(200).await;
    let state = async || -> Value {
        let path = format!("/api/v1/invitations/{}", issued.id());
        let bureau = app.get(&path).token(app.world.token("platform-admin")).send().await;
        bureau.json()["state"].clone()
    };
    let expire = || app.db.write(Origin::service("test"), Mode::Commit, invitations::expire);
    assert!(!expire().await.unwrap());
    assert_eq!(state().await, json!("open"));
    let gone = |answer: &Answer| answer.json()["code"].as_str().unwrap().to_owned();
    app.sql("UPDATE invitations SET expires_at = created_at").await;
    assert!(!expire().await.unwrap());
    let shown = app.count("invitations WHERE state = 'expired'").await;
    assert_eq!((shown, state().await), (1, json!("expired")));
    assert_eq!(registering(&app, &gone(&issued), "4321", "wang.fang").expect(422).await.code(), "code-refused");
    registering(&app, &code(&app, &family).await, "4321", "wang.fang").expect(201).await;
}
