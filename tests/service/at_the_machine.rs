//! Files and keys at the machine: whose they are, what is said of them at a start, and what `kehou verify` asks of
//! them.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use kehou::db::{Mode, Origin};
use kehou::journal;
use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::process::{Process, finish, free_port, kehou};

/// What a service logs until it serves.
fn log_of_start(mut command: Command) -> String {
    command.env("RUST_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("serves http://") {
        assert!(out.read_line(&mut printed).unwrap() > 0, "it ended: {printed}");
    }
    child.kill().unwrap();
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    child.wait().unwrap();
    log
}

/// A key that is gone is not made anew: it would open nothing.
#[test]
fn a_missing_key_beside_a_database_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    let run = |command: &str| finish(kehou(&url).env_remove("KEHOU_KEY").arg(command));
    assert!(run("migrate").0);
    let key = dir.path().join("kehou.db.key");
    std::fs::remove_file(&key).unwrap();
    for command in ["serve", "verify", "migrate"] {
        let (done, printed) = run(command);
        assert!(!done && printed.contains("kehou.db.key is missing"), "{command}: {printed}");
        assert!(!key.exists(), "{command} made one");
    }
}

#[test]
fn what_the_service_makes_is_its_own_and_what_is_open_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    let path = |name: &str| dir.path().join(name);
    let start = || {
        let mut command = kehou(&url);
        command.env_remove("KEHOU_KEY").env("KEHOU_LISTEN", format!("127.0.0.1:{}", free_port()));
        log_of_start(command)
    };
    assert!(!start().contains("can be read by others"));
    for name in ["kehou.db", "kehou.db.key", "kehou-files"] {
        let mode = std::fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    for name in ["kehou.db", "kehou.db.key"] {
        std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let log = start();
    assert_eq!(log.matches("can be read by others").count(), 2, "{log}");
}

#[test]
fn a_demonstration_that_others_reach_warns() {
    let dir = tempfile::tempdir().unwrap();
    for (host, warns) in [("127.0.0.1", false), ("0.0.0.0", true)] {
        let mut command = kehou(&format!("sqlite://{}/{host}.db", dir.path().display()));
        command.args(["serve", "--demo"]).current_dir(dir.path());
        command.env("KEHOU_LISTEN", format!("{host}:{}", free_port()));
        let log = log_of_start(command);
        assert_eq!(log.contains("everybody knows its passwords"), warns, "{log}");
    }
}

#[test]
fn the_first_password_comes_from_a_file_and_is_to_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    let file = dir.path().join("password");
    for weak in ["short", "aaaaaaaaaaaa", "the admin of it all"] {
        std::fs::write(&file, weak).unwrap();
        let (started, printed) = finish(kehou(&url).env("KEHOU_FIRST_PASSWORD_FILE", &file));
        assert!(!started && printed.contains("KEHOU_FIRST_PASSWORD_FILE"), "{printed}");
        assert!(!printed.contains(weak), "{printed}");
    }
    std::fs::write(&file, "a first password of its own\n").unwrap();
    let process = Process::start(&url, &[("KEHOU_FIRST_PASSWORD_FILE", file.to_str().unwrap())]);
    assert!(!process.printed.contains("a first password"), "{}", process.printed);
    let form = [("grant_type", "password"), ("username", "admin"), ("password", "a first password of its own")];
    let mut answer = ureq::post(format!("{}/oauth/token", process.base)).send_form(form).unwrap();
    let tokens: serde_json::Value = answer.body_mut().read_json().unwrap();
    assert_eq!(tokens["secret_change_due"], true);
}

#[rstest]
#[actix_web::test]
async fn verify_keeps_the_head_in_a_file_and_compares_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let seal = || app.db.write(Origin::service("test"), Mode::Commit, journal::seal_batch);
    while seal().await.unwrap() {}
    let dir = tempfile::tempdir().unwrap();
    let head = dir.path().join("head");
    let verify = || finish(kehou(&app.url).arg("verify").arg("--head").arg(&head));
    let (holds, printed) = verify();
    assert!(holds && printed.contains("is kept in"), "{printed}");
    let kept = std::fs::read_to_string(&head).unwrap();
    assert!(verify().0, "as it was kept");
    app.sql("UPDATE journal_entries SET position = NULL, chain_hash = NULL WHERE position > 9").await;
    let (holds, printed) = verify();
    assert!(!holds && printed.contains("the head that is kept elsewhere knows"), "{printed}");
    assert_eq!(std::fs::read_to_string(&head).unwrap(), kept, "kept until everything holds");
    std::fs::write(&head, "no head").unwrap();
    assert!(!verify().0);
}

#[rstest]
#[actix_web::test]
async fn a_wrong_key_is_said_by_verify_before_anything_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let wrong = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
    let (holds, printed) = finish(kehou(&app.url).arg("verify").env("KEHOU_KEY", wrong));
    assert!(!holds && printed.contains("master key") && !printed.contains("WRONG"), "{printed}");
}
