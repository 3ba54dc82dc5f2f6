//! Who may call what: every operation, every role, at the caller's own place, a sibling's, another county's, and
//! without a token. Refused cells run for real; allowed ones rehearse. An operation without a row here fails.

mod canary;
mod content;
mod lives;
pub mod matrix;
pub mod rows;

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use self::matrix::{CALLERS, On, Own, PLACES, ask, body, expected, public};
use crate::support::app::{Answer, TestApp};
use crate::support::contract::{OPERATIONS, Operation};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

async fn journal_rows(app: &TestApp) -> i64 {
    app.count("journal_entries").await
}

#[test]
fn every_operation_has_an_expectation() {
    let wanted: BTreeSet<&str> = expected().map(|(id, ..)| *id).chain(public()).collect();
    let known: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(known, wanted);
    for operation in OPERATIONS.iter() {
        assert_eq!(operation.permission.is_none(), public().any(|id| id == operation.id), "{}", operation.id);
    }
}

fn operation(id: &str) -> &'static Operation {
    OPERATIONS.iter().find(|operation| operation.id == id).unwrap()
}

/// Somebody who may call an operation.
pub fn an_account_for(id: &str) -> &'static str {
    let row = expected().find(|(known, ..)| *known == id);
    let role = row.map_or("platform_admin", |(_, _, reach)| reach[0].0);
    CALLERS.iter().find(|(known, _)| *known == role).unwrap().1
}

fn names(answer: &Answer) -> BTreeSet<String> {
    let items = answer.json()["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["username"].as_str().unwrap_or_default().to_owned()).collect()
}

#[rstest]
#[actix_web::test]
async fn every_cell_of_the_matrix_answers_as_expected(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    rows::prepare(&app).await;
    let before = journal_rows(&app).await;
    for (id, on, reach) in expected() {
        let operation = operation(id);
        let scope = operation.permission.as_deref().unwrap();
        for place in PLACES {
            let refused = ask(&app, operation, place, false).await.expect(401).await;
            assert_eq!(refused.header("www-authenticate"), format!("Bearer scope=\"{scope}\""), "{id}");
            for (role, account) in CALLERS {
                let cell = format!("{id} by {role} at {place:?}");
                let token = app.world.token(account);
                let Some((_, reached)) = reach.iter().find(|(allowed, _)| *allowed == role) else {
                    let refused = ask(&app, operation, place, false).await.token(token).send().await;
                    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "{cell}");
                    assert!(refused.header("www-authenticate").contains(scope), "{cell}");
                    continue;
                };
                let placeless = matches!(on, On::Oneself | On::List | On::Platform);
                let allowed = placeless || reached.contains(&place);
                let answer = ask(&app, operation, place, allowed).await.token(token).send().await;
                match (on, allowed) {
                    (_, true) if rows::state_refusal(id).is_some() => {
                        assert_eq!(Some(answer.code().as_str()), rows::state_refusal(id), "{cell}");
                    }
                    (_, true) => assert_eq!(answer.status, 200, "{cell}: {}", answer.json()),
                    (On::New, false) => {
                        assert_eq!((answer.status, answer.faults()[0].1.as_str()), (422, "not-found"), "{cell}");
                    }
                    (_, false) => assert_eq!((answer.status, answer.code().as_str()), (404, "not-found"), "{cell}"),
                }
            }
        }
    }
    assert_eq!(journal_rows(&app).await, before, "no cell left anything behind");
}

#[rstest]
#[actix_web::test]
async fn a_list_shows_what_lies_in_scope_and_nothing_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    for (account, seen) in [
        ("school-admin", vec!["school-admin", "school-finance", "teacher"]),
        (
            "bureau",
            vec![
                "bureau",
                "integration",
                "partner",
                "school-admin",
                "school-finance",
                "sibling-school-admin",
                "sibling-teacher",
                "teacher",
            ],
        ),
        ("other-bureau", vec!["other-bureau", "other-school-admin", "other-teacher"]),
    ] {
        let list = app.get("/api/v1/users?limit=200").token(app.world.token(account)).expect(200).await;
        assert_eq!(names(&list), seen.into_iter().map(str::to_owned).collect(), "{account}");
    }
    let all = app.get("/api/v1/users?limit=200").token(app.world.token("platform-admin")).expect(200).await;
    assert_eq!(names(&all).len(), 14);
}

#[rstest]
#[actix_web::test]
async fn a_filter_does_not_widen_the_scope(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let grants = format!("/api/v1/role-grants?user_id={}", app.world.account("other-teacher").id);
    for (account, seen) in [("bureau", 0), ("city-bureau", 1)] {
        let list = app.get(&grants).token(app.world.token(account)).expect(200).await;
        assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(seen), "{account}");
    }
    let other = app.world.organisation("other school");
    let path = format!("/api/v1/users?organisation_id={other}");
    let list = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    assert!(names(&list).is_empty());
}

#[rstest]
#[actix_web::test]
async fn can_lists_exactly_the_verbs_that_would_be_taken(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let verbs = [
        ("update", "PUT", ""),
        ("suspend", "POST", "/suspend"),
        ("reinstate", "POST", "/reinstate"),
        ("issue-secret", "POST", "/issue-secret"),
    ]; // the last one is for real
    let admin = app.world.token("platform-admin");
    let suspended = app.world.account("sibling-teacher").id;
    app.post(&format!("/api/v1/users/{suspended}/suspend")).token(admin).if_match("\"1\"").expect(200).await;
    let callers = ["platform-admin", "city-bureau", "bureau", "school-admin"];
    for caller in callers {
        let token = app.world.token(caller);
        let list = app.get("/api/v1/users?limit=200").token(token).expect(200).await.json();
        for user in list["items"].as_array().unwrap() {
            let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
            let single = app.get(&path).token(token).expect(200).await;
            let can: BTreeSet<&str> = user["can"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(single.json()["can"], user["can"]);
            for (verb, method, suffix) in verbs {
                // A secret cannot be rehearsed, and a real one would sign a later caller out.
                let is_later_caller =
                    callers.contains(&user["username"].as_str().unwrap()) && user["username"] != caller;
                if verb == "issue-secret" && is_later_caller {
                    continue;
                }
                let rehearsed = if verb == "issue-secret" { "" } else { "?validate_only=true" };
                let mut call =
                    app.ask(method, &format!("{path}{suffix}{rehearsed}")).token(token).if_match(single.etag());
                if verb == "update" {
                    call = call.json(&json!({
                        "kind": user["kind"], "username": user["username"], "display_name": "x",
                        "organisation_id": user["organisation_id"]
                    }));
                }
                let accepted = call.send().await.status == 200;
                assert_eq!(accepted, can.contains(verb), "{caller} {verb} {}", user["username"]);
            }
        }
    }
}

#[rstest]
#[actix_web::test]
async fn every_guarded_operation_wants_if_match_and_no_operation_takes_an_unknown_parameter(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    for operation in OPERATIONS.iter().filter(|operation| operation.path.starts_with("/api/v1/")) {
        let token = app.world.token(an_account_for(&operation.id));
        let id = "0192f0c1-2b3a-7c4d-8e5f-60718293a4b5";
        let path = operation.path.replace("{id}", id).replace("{year}", "2024");
        let body = body(&app, &operation.id, Own);
        let ask = |path: &str| {
            let ask = app.ask(&operation.method, path).token(token);
            let ask = if operation.needs_key() { ask.key("guarded") } else { ask };
            if let Some(body) = &body { ask.json(body) } else { ask }
        };
        if operation.has_parameter("If-Match") {
            assert_eq!(ask(&path).expect(428).await.code(), "precondition-required", "{}", operation.id);
        }
        let unknown = ask(&format!("{path}?bogus=1")).if_match("\"1\"");
        let faults = unknown.expect(400).await.faults();
        let (last, lacking) = faults.split_last().unwrap();
        assert_eq!(*last, ("bogus".to_owned(), "unknown".to_owned()), "{}", operation.id);
        assert!(lacking.iter().all(|(_, fault)| fault == "required"), "{}: {lacking:?}", operation.id);
    }
}

#[rstest]
#[actix_web::test]
async fn a_secret_of_more_than_one_reach_cannot_be_had_from_below(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    // A city's account cannot be given a district as home and the city as place of its role, nor the reverse.
    let admin = app.world.token("platform-admin");
    for (user, role, place, pointer) in [
        ("bureau", "bureau", "city", "/organisation_id"),
        ("bureau", "bureau", "other district", "/organisation_id"),
        ("teacher", "bureau", "own district", "/organisation_id"),
        ("teacher", "teacher", "own district", "/organisation_id"),
        ("teacher", "integration", "own district", "/role"),
        ("guardian", "teacher", "own school", "/organisation_id"),
    ] {
        let body = json!({"user_id": app.world.account(user).id, "role": role,
            "organisation_id": app.world.organisation(place), "starts_on": "2031-01-01"});
        let refused = app.post("/api/v1/role-grants").token(admin).json(&body).expect(422).await;
        assert_eq!(refused.faults(), [(pointer.to_owned(), "not-for-this".to_owned())], "{user} {role} {place}");
    }
    let platform = json!({
        "user_id": app.world.account("teacher").id, "role": "platform_admin",
        "organisation_id": null, "starts_on": "2031-01-01"
    });
    let refused = app.post("/api/v1/role-grants").token(admin).json(&platform).expect(422).await;
    assert_eq!(refused.faults(), [("/user_id".to_owned(), "not-for-this".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn nobody_grants_above_their_role(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = json!({"user_id": app.world.account("school-finance").id, "role": "partner",
        "organisation_id": app.world.organisation("own school"), "starts_on": "2031-01-01"});
    let refused = app.post("/api/v1/role-grants").token(app.world.token("school-admin")).json(&body).expect(403).await;
    assert_eq!(refused.code(), "grant-forbidden");
}

#[rstest]
#[actix_web::test]
async fn grants_of_one_role_and_place_never_overlap(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = |starts: &str, ends: &str| {
        json!({
            "user_id": app.world.account("teacher").id, "role": "school_finance",
            "organisation_id": app.world.organisation("own school"), "starts_on": starts, "ends_on": ends
        })
    };
    let token = app.world.token("bureau");
    let give = |starts: &'static str, ends: &'static str| {
        app.post("/api/v1/role-grants").token(token).json(&body(starts, ends))
    };
    give("2024-09-02", "2025-01-17").expect(201).await;
    assert_eq!(give("2025-01-17", "2025-07-01").expect(409).await.code(), "overlap");
    give("2025-01-18", "2025-07-01").expect(201).await;
    assert_eq!(
        give("2025-02-01", "2025-01-01").expect(422).await.faults(),
        [(String::new(), "ends-before-start".to_owned())]
    );
    let attempts = (0..10).map(|_| give("2026-02-01", "2026-07-01").send());
    let statuses = futures_util::future::join_all(attempts).await;
    assert_eq!(statuses.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|answer| answer.code() == "overlap").count(), 9);
}
