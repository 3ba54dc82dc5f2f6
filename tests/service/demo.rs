//! `kehou serve --demo`.

use std::collections::BTreeSet;
use std::path::Path;

use kehou::auth::Role;
use kehou::demo::{PASSWORD, SMALL};
use rstest::rstest;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::TestDatabase;
use crate::support::process::{Process, finish, kehou};

fn demonstration(url: &str, dir: &Path) -> Process {
    let mut command = kehou(url);
    command.args(["serve", "--demo"]).env_remove("KEHOU_TODAY").current_dir(dir);
    Process::run(command, &[])
}

fn list(process: &Process, token: &str, path: &str) -> Vec<Value> {
    let ask = ureq::get(format!("{}/api/v1/{path}", process.base)).header("authorization", format!("Bearer {token}"));
    ask.call().unwrap().body_mut().read_json::<Value>().unwrap()["items"].as_array().unwrap().clone()
}

fn states(process: &Process, account: &str, path: &str) -> BTreeSet<String> {
    let token = process.sign_in(account, PASSWORD);
    list(process, &token, path).iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[rstest]
fn a_demonstration_has_everything(#[values(Sqlite, Postgres)] kind: Kind) {
    let (Some(database), dir) = (TestDatabase::empty(kind), tempfile::tempdir().unwrap()) else { return };
    let process = demonstration(&database.url, dir.path());
    let roles: BTreeSet<Role> = SMALL.accounts().map(|(_, role, _)| role).collect();
    assert_eq!(roles, Role::ALL.iter().copied().collect());
    for (username, role, name) in SMALL.accounts() {
        assert!(process.printed.contains(username) && process.printed.contains(name), "{}", process.printed);
        if role != Role::Integration {
            process.sign_in(username, PASSWORD);
        }
    }
    let plans = states(&process, "demo.city", "plans");
    assert_eq!(plans, set(&["draft", "submitted", "returned", "approved", "closed", "withdrawn"]));
    assert_eq!(states(&process, "demo.finance4", "charges"), set(&["open", "partly_paid", "paid", "void"]));
    let token = process.sign_in("demo.city", PASSWORD);
    assert_eq!(list(&process, &token, "authorities").len(), 14, "the city and its thirteen, without the province");
    assert_eq!(list(&process, &token, "schools").len(), 8);
    let story = std::fs::read_to_string(dir.path().join("kehou-demo.env")).unwrap();
    for name in ["KEHOU", "SCHOOL", "BUREAU", "GUARDIAN", "FINANCE", "PLAN", "NOTICE", "PROJECT", "STUDENT"] {
        assert!(story.lines().any(|line| line.starts_with(&format!("{name}="))), "{name}");
    }
    drop(process);

    // Started again, it is as it was; and it holds.
    let process = demonstration(&database.url, dir.path());
    let token = process.sign_in("demo.city", PASSWORD);
    assert_eq!(list(&process, &token, "schools").len(), 8);
    drop(process);
    let (holds, report) = finish(kehou(&database.url).arg("verify"));
    assert!(holds && report.contains("everything holds"), "{report}");
}

#[rstest]
#[actix_web::test]
async fn a_demonstration_never_goes_into_a_database_in_use(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let dir = tempfile::tempdir().unwrap();
    let before = app.count("organisations").await;
    let (started, printed) = finish(kehou(&app.url).args(["serve", "--demo"]).current_dir(dir.path()));
    assert!(!started && printed.contains("fills an empty database"), "{printed}");
    assert_eq!(app.count("organisations").await, before);
    assert!(!dir.path().join("kehou-demo.env").exists());
}
