//! Every state of every thing, every verb of its life, every role: `can` holds the verb exactly when the call is taken.
//! The tables are those of the slices; a verb without an operation fails here.

use std::collections::BTreeSet;

use kehou::app;
use kehou::auth::{Life, LifeVerb};
use rstest::rstest;
use serde_json::Value;

use super::matrix::{CALLERS, Own, body};
use super::rows;
use crate::support::app::{Answer, TestApp};
use crate::support::contract::{OPERATIONS, Operation};
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// The operation that a verb is called by.
fn operation(life: &Life, verb: &LifeVerb) -> Option<&'static Operation> {
    let one = format!("/api/v1/{}/{{id}}", life.of);
    let elsewhere = verb.by_way_of.and_then(|way| way.split_once('/'));
    let (method, path) = match verb.word {
        _ if elsewhere.is_some() => {
            ("POST", elsewhere.map(|(of, word)| format!("/api/v1/{of}/{{id}}/{word}")).unwrap())
        }
        "update" => ("PUT", one),
        "delete" => ("DELETE", one),
        word => ("POST", format!("{one}/{word}")),
    };
    OPERATIONS.iter().find(|operation| operation.method == method && operation.path == path)
}

#[test]
fn every_verb_of_a_life_has_its_operation_and_its_permission() {
    for life in app::lives() {
        let words: BTreeSet<&str> = life.verbs.iter().map(|verb| verb.word).collect();
        assert_eq!(words.len(), life.verbs.len(), "{}: a verb stands twice", life.of);
        for verb in life.verbs {
            let Some(operation) = operation(life, verb) else { panic!("{} {}: no operation", life.of, verb.word) };
            assert_eq!(operation.permission.as_deref(), Some(verb.permission), "{} {}", life.of, verb.word);
            for (from, to) in verb.moves {
                assert!(life.states.contains(from) && to.iter().all(|to| life.states.contains(to)), "{}", life.of);
            }
        }
    }
}

/// Every state verb of the contract stands in a life, so that `can` and the refusals know of it.
#[test]
fn every_state_verb_of_the_contract_stands_in_a_life() {
    let known: BTreeSet<&str> = app::lives()
        .flat_map(|life| life.verbs.iter().filter_map(|verb| operation(life, verb)))
        .map(|operation| operation.id.as_str())
        .collect();
    let guarded = OPERATIONS.iter().filter(|operation| operation.has_parameter("If-Match"));
    let missing: Vec<&str> = guarded
        .map(|operation| operation.id.as_str())
        .filter(|id| !known.contains(id) && !OF_NO_LIFE.contains(id))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Guarded operations on something else than the thing's own state.
const OF_NO_LIFE: &[&str] = &["merge_person", "separate_person"];

/// States that a fixture cannot be put into: of a plan one filing is in force, and one notice published, at a time.
const NOT_STAGED: &[(&str, &str)] = &[("filings", "approved"), ("notices", "published")];

async fn get(app: &TestApp, life: &Life, id: &str, account: &str) -> Answer {
    app.get(&format!("/api/v1/{}/{id}", life.of)).token(app.world.token(account)).send().await
}

/// What the first of those who see a thing sees.
async fn sight(app: &TestApp, life: &Life, id: &str) -> Answer {
    for (_, account) in CALLERS {
        let found = get(app, life, id, account).await;
        if found.status == 200 {
            return found;
        }
    }
    panic!("{}: nobody sees it", life.of)
}

/// Whether a call is neither 403 nor 409, nor 404 for who may not know of it, nor 401 for whom it puts out itself.
async fn is_taken(
    app: &TestApp,
    operation: &Operation,
    (id, tag): (&str, &str),
    account: &str,
    hoped: bool,
) -> (bool, String) {
    let path = operation.path.replace("{id}", id);
    let rehearses = operation.has_parameter("validate_only");
    let path = if rehearses { format!("{path}?validate_only=true") } else { path };
    // A secret cannot be rehearsed: where it is to be given, a stale version shows that the row was found.
    let tag = if hoped && !rehearses { "\"99\"" } else { tag };
    let mut ask = app.ask(&operation.method, &path).token(app.world.token(account)).if_match(tag);
    if let Some(body) = body(app, &operation.id, Own) {
        ask = ask.json(&body);
    }
    let answer = ask.send().await;
    assert!(answer.status < 500 && answer.status != 428, "{}: {}", operation.id, answer.json());
    (!matches!(answer.status, 401 | 403 | 404 | 409), format!("{} {}", answer.status, answer.json()))
}

async fn walk(app: &TestApp, life: &Life, wrong: &mut Vec<String>) -> usize {
    let table = match life.of {
        "groups" | "sessions" => format!("service_{}", life.of),
        of => of.replace('-', "_"),
    };
    let id = rows::id(app, &format!("/api/v1/{}/{{id}}", life.of), Own).await;
    let before = sight(app, life, &id).await.json()["state"].as_str().unwrap_or(life.states[0]).to_owned();
    let mut cells = 0;
    for state in life.states {
        if NOT_STAGED.contains(&(life.of, state)) {
            continue;
        }
        if life.states.len() > 1 {
            rows::stages::stage(app, &table, state, &id).await;
        }
        let tag = sight(app, life, &id).await.etag().to_owned();
        for (role, account) in CALLERS {
            let seen = get(app, life, &id, account).await;
            let can: BTreeSet<String> = match seen.status {
                200 => {
                    seen.json()["can"].as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
                }
                _ => BTreeSet::new(),
            };
            for verb in life.verbs.iter().filter(|verb| verb.by_way_of.is_none()) {
                let hoped = can.contains(verb.word);
                let operation = operation(life, verb).unwrap();
                let (taken, answer) = is_taken(app, operation, (&id, &tag), account, hoped).await;
                cells += 1;
                if taken != hoped {
                    wrong.push(format!("{} {state}: {} by {role}: can {can:?}, but {answer}", life.of, verb.word));
                }
            }
        }
    }
    if life.states.len() > 1 {
        rows::stages::stage(app, &table, &before, &id).await; // other things hang on it
    }
    cells
}

#[rstest]
#[actix_web::test]
async fn can_holds_a_verb_exactly_when_the_call_is_taken(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    rows::prepare(&app).await;
    let (mut cells, mut wrong) = (0, Vec::new());
    for life in app::lives() {
        cells += walk(&app, life, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{} of {cells}: {wrong:#?}", wrong.len());
    assert!(cells > 1_500, "only {cells} cells");
}
