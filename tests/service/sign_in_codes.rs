//! Signing in by a code to the telephone on record, through a gateway; nobody learns which telephones reach somebody.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kehou::background;
use kehou::jobs::{Pace, Pool, Runner};
use rstest::rstest;
use serde_json::{Value, json};

use crate::invitations::{code, family, joining, registering, said};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::tokens::text;

const GRANT: &str = "urn:kehou:oauth:grant-type:sign-in-code";

/// A service whose messages go to a file.
async fn start(kind: Kind) -> Option<(TestApp, tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages");
    let app = TestApp::start_with(kind, &["--sms-file", file.to_str().unwrap()]).await?;
    Some((app, folder, file))
}

/// Hands over what waits, and gives all messages so far.
async fn delivered(app: &TestApp, file: &Path) -> Vec<Value> {
    let runner =
        Runner::new(app.db.clone(), &background::kinds(app.app.gateway.clone(), app.store.clone()), Pace::default());
    while runner.work_off(Pool::Work).await.unwrap() > 0 {}
    let lines = std::fs::read_to_string(file).unwrap_or_default();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn ask(app: &TestApp, phone: &str) -> Answer {
    app.post("/api/v1/sign-in-codes").json(&json!({"phone": phone})).send().await
}

async fn bring(app: &TestApp, phone: &str, code: &str) -> Answer {
    app.post("/oauth/token").form(&[("grant_type", GRANT), ("phone", phone), ("code", code)]).send().await
}

fn code_of(message: &Value) -> String {
    message["code"].as_str().unwrap().to_owned()
}

/// Six digits that are not these.
fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[rstest]
#[actix_web::test]
async fn a_guardian_signs_in_by_its_telephone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some((app, _folder, file)) = start(kind).await else { return };
    let family = family(&app, "own school", "138-0730-4321", &[]).await;
    registering(&app, &code(&app, &family).await, "4321", "wang.fang").expect(201).await;
    let asked = ask(&app, "+8613807304321").await;
    assert_eq!((asked.status, asked.header("cache-control")), (202, "no-store"));
    let messages = delivered(&app, &file).await;
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    let sent = code_of(message);
    assert_eq!((&message["phone"], &message["minutes"]), (&json!("13807304321"), &json!(5)));
    assert!(message["text"].as_str().unwrap().contains(&sent) && sent.len() == 6, "{message}");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o77, 0);
    assert_eq!(bring(&app, "13807304321", wrong(&sent)).await.code(), "invalid-grant");
    let opened = bring(&app, "0086-138-0730-4321", &sent).await;
    assert_eq!((opened.status, text(&opened, "role")), (200, "guardian".to_owned()), "{}", opened.json());
    app.get("/api/v1/students").token(&text(&opened, "access_token")).expect(200).await;
    assert_eq!(bring(&app, "13807304321", &sent).await.code(), "invalid-grant", "good for one use");
    let renewed = [("grant_type", "refresh_token"), ("refresh_token", &text(&opened, "refresh_token"))];
    app.post("/oauth/token").form(&renewed).expect(200).await;
    for table in ["sign_in_codes WHERE code_hash", "jobs WHERE CAST(payload AS TEXT)"] {
        for secret in [sent.as_str(), "13807304321"] {
            assert_eq!(app.count(&format!("{table} LIKE '%{secret}%'")).await, 0, "{table}");
        }
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_known_and_an_unknown_telephone_are_answered_alike(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some((app, _folder, file)) = start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    registering(&app, &code(&app, &family).await, "4321", "wang.fang").expect(201).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..12 {
        let mut both = [("13807304321", &mut known), ("13907300000", &mut unknown)];
        both.rotate_left(round % 2);
        for (phone, answers) in both {
            let rows = (app.count("sign_in_codes").await, app.count("jobs").await);
            let began = std::time::Instant::now();
            let mut answer = ask(&app, phone).await;
            let took = began.elapsed();
            answer.headers.remove("x-request-id");
            let retry = answer.headers.remove("retry-after").is_some();
            let left = (app.count("sign_in_codes").await - rows.0, app.count("jobs").await - rows.1);
            answers.push((said(&answer), answer.headers, retry, left, took));
        }
        assert_eq!(known.len(), round + 1);
    }
    for (one, other) in known.iter().zip(&unknown) {
        assert_eq!((&one.0, &one.1, one.2, one.3), (&other.0, &other.1, other.2, other.3));
    }
    assert_eq!(known.iter().filter(|answer| answer.0.0 == 202).count(), 5, "a telephone is not bothered without end");
    // The shortest of five says what is done; the rest is what else the machine does.
    let shortest = |answers: &[(_, _, _, _, Duration)]| answers.iter().map(|answer| answer.4).min().unwrap();
    let (one, other) = (shortest(&known[..5]), shortest(&unknown[..5]));
    let slack = Duration::from_millis(20);
    assert!(one < other * 3 + slack && other < one * 3 + slack, "{one:?} {other:?}: the same work is done");
    assert_eq!(delivered(&app, &file).await.len(), 5, "and only the known one gets messages");
    for (phone, code) in [("13807304321", "000000"), ("13907300000", "000000"), ("13907301111", "000000"), ("1", "1")] {
        let refused = bring(&app, phone, code).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-grant"), "{phone}");
    }
}

#[rstest]
#[actix_web::test]
async fn a_code_is_good_for_five_minutes_and_five_tries(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some((app, _folder, file)) = start(kind).await else { return };
    let family = family(&app, "own school", "13807304321", &[]).await;
    registering(&app, &code(&app, &family).await, "4321", "wang.fang").expect(201).await;
    let next = async || {
        assert_eq!(ask(&app, "13807304321").await.status, 202);
        code_of(delivered(&app, &file).await.last().unwrap())
    };
    let late = next().await;
    app.db.clock().advance(time::Duration::minutes(5));
    assert_eq!(bring(&app, "13807304321", &late).await.code(), "invalid-grant", "five minutes have gone by");
    let tried = next().await;
    for _ in 0..5 {
        assert_eq!(bring(&app, "13807304321", wrong(&tried)).await.code(), "invalid-grant");
    }
    assert_eq!(bring(&app, "13807304321", &tried).await.code(), "invalid-grant", "five tries were made");
    let (older, newer) = (next().await, next().await);
    assert!(older == newer || bring(&app, "13807304321", &older).await.status == 400, "a newer one takes its place");
    let copies = futures_util::future::join_all((0..4).map(|_| bring(&app, "13807304321", &newer))).await;
    assert_eq!(copies.iter().filter(|answer| answer.status == 200).count(), 1, "of copies at once one signs in");
}

#[rstest]
#[actix_web::test]
async fn a_telephone_opens_no_role_that_needs_a_second_person(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some((app, _folder, file)) = start(kind).await else { return };
    let mut body = json!({"organisation_id": app.world.organisation("own school"), "role": "teacher",
        "display_name": "刘老师", "phone": "13807304321"});
    let invite = async |body: &Value| {
        let issued =
            app.post("/api/v1/invitations").token(app.world.token("school-admin")).json(body).expect(201).await;
        text(&issued, "code")
    };
    let made = joining(&app, &invite(&body).await, "4321", "liu.teacher").expect(201).await.json();
    let finance = json!({"user_id": made["user_id"], "role": "school_finance",
        "organisation_id": app.world.organisation("own school"), "starts_on": "2024-09-10"});
    let grant = app.post("/api/v1/role-grants").token(app.world.token("bureau")).json(&finance).expect(201).await;
    let confirm = format!("/api/v1/role-grants/{}/confirm", grant.id());
    app.post(&confirm).token(app.world.token("city-bureau")).if_match("\"1\"").expect(200).await;
    assert_eq!(ask(&app, "13807304321").await.status, 202);
    let sent = code_of(delivered(&app, &file).await.last().unwrap());
    let fields = [("grant_type", GRANT), ("phone", "13807304321"), ("code", &sent), ("role", "school_finance")];
    assert_eq!(app.post("/oauth/token").form(&fields).expect(400).await.code(), "no-active-role");
    let opened = bring(&app, "13807304321", &sent).await;
    assert_eq!(text(&opened, "role"), "teacher", "{}", opened.json());
    let token = text(&opened, "refresh_token");
    let switch = [("grant_type", "refresh_token"), ("refresh_token", &token), ("role", "school_finance")];
    assert_eq!(app.post("/oauth/token").form(&switch).expect(400).await.code(), "no-active-role", "nor later on");

    body["display_name"] = json!("刘老师的另一个账号");
    joining(&app, &invite(&body).await, "4321", "liu.second").expect(201).await;
    let before = delivered(&app, &file).await.len();
    assert_eq!(ask(&app, "13807304321").await.status, 202);
    assert_eq!(delivered(&app, &file).await.len(), before, "of a telephone of two accounts nobody knows whose it is");
}

/// Otherwise a school could enter a telephone of its own, and see the account's children at other schools.
#[rstest]
#[actix_web::test]
async fn a_telephone_that_was_entered_since_opens_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some((app, _folder, file)) = start(kind).await else { return };
    let first = family(&app, "own school", "13807304321", &[]).await;
    registering(&app, &code(&app, &first).await, "4321", "wang.fang").expect(201).await;
    let second = family(&app, "sibling school", "13907300000", &[]).await;
    let token = crate::invitations::signed_in(&app, "wang.fang").await;
    let claim = json!({"code": code(&app, &second).await, "phone_last_four": "0000"});
    app.post("/api/v1/me/guardianships").token(&token).json(&claim).expect(201).await;
    let linked = json!(app.world.account("guardian").id);
    family(&app, "sibling school", "13607306666", &[("user_id", linked)]).await;
    for phone in ["13907300000", "13607306666"] {
        assert_eq!(ask(&app, phone).await.status, 202);
    }
    assert_eq!(delivered(&app, &file).await, Vec::<Value>::new());
    assert_eq!(ask(&app, "13807304321").await.status, 202);
    assert_eq!(delivered(&app, &file).await.len(), 1);
}

#[rstest]
#[actix_web::test]
async fn without_a_gateway_no_code_is_promised(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(ask(&app, "13807301234").await.code(), "not-found");
    assert_eq!(bring(&app, "13807301234", "123456").await.code(), "invalid-grant");
    assert_eq!(app.count("jobs WHERE kind = 'send-message'").await, 0);
}
