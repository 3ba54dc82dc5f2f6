//! The program as it is run: starting, refusing to start, being watched, being stopped.

use std::process::Command;
use std::time::Duration;

use rstest::rstest;

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::TestDatabase;
use crate::support::process::{Process, finish, free_port, kehou};

fn get(url: &str) -> ureq::http::Response<ureq::Body> {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent().get(url).call().unwrap()
}

fn text(mut answer: ureq::http::Response<ureq::Body>) -> String {
    answer.body_mut().read_to_string().unwrap()
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    for (name, value) in [
        ("DATABASE_URL", "postgress://localhost/kehou"),
        ("DATABASE_URL", "kehou.db"),
        ("KEHOU_KEY", "too short"),
        ("KEHOU_LISTEN", "localhost"),
        ("KEHOU_DB_THREADS", "0"),
        ("KEHOU_DB_THREADS", "65"),
        ("KEHOU_CORS_ORIGINS", "app.example.cn"),
        ("KEHOU_CORS_ORIGINS", "https://*"),
        ("KEHOU_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("KEHOU_BODY_BYTES_MAX", "12"),
        ("KEHOU_TODAY", "tomorrow"),
        ("KEHOU_LOG_FORMAT", "xml"),
        ("KEHOU_SIGN_INS_PER_MINUTE", "0"),
    ] {
        let (started, printed) = finish(kehou(&url).env(name, value));
        let option = name.trim_start_matches("KEHOU_").to_lowercase().replace('_', "-");
        assert!(!started, "{name}={value} was taken");
        assert!(printed.contains(name) || printed.contains(&format!("--{option}")), "{name}={value}: {printed}");
    }
    assert!(!dir.path().join("kehou.db").exists(), "a refused start leaves nothing");
}

async fn preflight(app: &TestApp, origin: &str) -> Answer {
    app.ask("OPTIONS", "/api/v1/users")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, idempotency-key")
        .send_unchecked()
        .await
}

#[test]
fn health_tells_whether_the_service_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    let listen = format!("0.0.0.0:{}", free_port());
    let health = || finish(kehou(&url).arg("health").env("KEHOU_LISTEN", &listen));
    assert!(!health().0);
    let process = Process::run_on(kehou(&url), &[], &listen);
    let (ready, printed) = health();
    assert!(ready && printed.contains("200"), "{printed}");
    process.kill();
    assert!(!health().0);
}

#[test]
fn postgres_without_a_master_key_does_not_start() {
    let (started, printed) = finish(kehou("postgres://nobody@localhost/none").env_remove("KEHOU_KEY"));
    assert!(!started && printed.contains("KEHOU_KEY"), "{printed}");
}

#[test]
fn commands_do_not_make_a_database_of_a_mistyped_path() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/mistyped.db", dir.path().display());
    for arguments in [vec!["verify"], vec!["user", "admin"]] {
        let (done, printed) = finish(kehou(&url).args(&arguments));
        assert!(!done && printed.contains("mistyped.db"), "{printed}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_first_start_makes_a_key_and_shows_the_first_password_once() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/kehou.db", dir.path().display());
    let start = || {
        let port = free_port();
        let mut command = kehou(&url);
        command.env_remove("KEHOU_KEY").env("KEHOU_LISTEN", format!("127.0.0.1:{port}")).env("RUST_LOG", "warn");
        let child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        (child, format!("http://127.0.0.1:{port}"))
    };
    let ready = |base: &str| {
        for _ in 0..200 {
            if ureq::get(format!("{base}/health/ready")).call().is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("not ready");
    };
    let (child, base) = start();
    ready(&base);
    let printed = stop(child);
    let password = printed.split("password ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
    assert!(password.len() >= 32, "{printed}");
    let key = dir.path().join("kehou.db.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    let (child, base) = start();
    ready(&base);
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    assert_eq!(ureq::post(format!("{base}/oauth/token")).send_form(form).unwrap().status().as_u16(), 200);
    assert!(!stop(child).contains("password "), "shown once");

    std::fs::write(&key, "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=").unwrap();
    let (started, printed) = finish(kehou(&url).env_remove("KEHOU_KEY"));
    assert!(!started && printed.contains("master key"), "{printed}");
}

fn stop(mut child: std::process::Child) -> String {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let mut printed = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut printed).unwrap();
    assert!(child.wait().unwrap().success(), "a stop is no failure");
    printed
}

#[rstest]
#[actix_web::test]
async fn it_can_be_watched_and_stops_when_told_to(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let metrics = free_port();
    let address = format!("127.0.0.1:{metrics}");
    let process = Process::start(&app.url, &[("KEHOU_METRICS_LISTEN", &address)]);
    assert!(!process.printed.contains("password"), "there are accounts already");
    assert_eq!(get(&format!("{}/health/live", process.base)).status().as_u16(), 200);
    assert_eq!(get(&format!("{}/metrics", process.base)).status().as_u16(), 404, "metrics have their own address");
    let figures = text(get(&format!("http://{address}/metrics")));
    for name in ["kehou_http_requests_seconds_count", "kehou_db_waiting", "kehou_jobs_dead", "kehou_journal_unsealed"] {
        assert!(figures.contains(name), "{name} is missing: {figures}");
    }
    let slow = {
        let (base, token) = (process.base.clone(), process.sign_in("platform-admin", crate::support::world::PASSWORD));
        std::thread::spawn(move || {
            ureq::get(format!("{base}/api/v1/users?limit=200"))
                .header("authorization", format!("Bearer {token}"))
                .call()
        })
    };
    slow.join().unwrap().unwrap();
    assert!(process.stop().success());
}

#[rstest]
#[actix_web::test]
async fn without_its_database_it_says_so_and_comes_back_by_itself(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    if app.kind == Kind::Sqlite {
        return; // its database is a file of the same machine
    }
    let process = Process::start(&app.url, &[("KEHOU_DB_THREADS", "4")]);
    let ready = || get(&format!("{}/health/ready", process.base));
    assert_eq!(ready().status().as_u16(), 200);
    let name = app.url.split('/').nth(3).unwrap().split('?').next().unwrap();
    TestDatabase::admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    TestDatabase::admin(&format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
    let refused = ready();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    assert!(text(refused).contains("\"code\":\"unavailable\""));
    TestDatabase::admin(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    let mut back = 0;
    for _ in 0..100 {
        back = ready().status().as_u16();
        if back == 200 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(back, 200);
}

#[rstest]
#[actix_web::test]
async fn log_lines_are_json_when_asked_and_hold_no_secrets(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let port = free_port();
    let mut command = kehou(&app.url);
    command
        .env("KEHOU_LISTEN", format!("127.0.0.1:{port}"))
        .env("KEHOU_LOG_FORMAT", "json")
        .env("RUST_LOG", "info,kehou::sql=trace");
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Read from the beginning: with every statement it is longer than a pipe holds, and who writes into it would wait.
    let mut written = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        std::io::Read::read_to_string(&mut written, &mut log).map(|_| log)
    });
    let base = format!("http://127.0.0.1:{port}");
    for _ in 0..200 {
        if ureq::get(format!("{base}/health/ready")).call().is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let form =
        [("grant_type", "password"), ("username", "platform-admin"), ("password", crate::support::world::PASSWORD)];
    let mut answer =
        ureq::post(format!("{base}/oauth/token")).header("x-request-id", "req-42").send_form(form).unwrap();
    let tokens: serde_json::Value = answer.body_mut().read_json().unwrap();
    let token = tokens["access_token"].as_str().unwrap();
    let body = serde_json::json!({
        "kind": "person", "username": "canary-name", "display_name": "金丝雀", "organisation_id": null
    });
    ureq::post(format!("{base}/api/v1/users"))
        .header("authorization", format!("Bearer {token}"))
        .send_json(body)
        .unwrap();
    let _ = get(&format!("{base}/api/v1/users?username=canary-name"));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    child.wait().unwrap();
    let log = log.join().unwrap().unwrap();
    assert!(log.contains("\"request_id\":\"req-42\"") && log.contains("\"route\":\"/oauth/token\""), "{log}");
    assert!(log.contains("kehou::sql") && log.to_lowercase().contains("insert into"), "statements are there: {log}");
    for secret in
        [crate::support::world::PASSWORD, token, tokens["refresh_token"].as_str().unwrap(), "canary-name", "金丝雀"]
    {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for line in log.lines() {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(parsed["level"].is_string() && parsed["message"].is_string(), "{line}");
    }
}

#[rstest]
#[actix_web::test]
async fn browsers_of_named_origins_may_call_and_problems_keep_the_headers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let named = TestApp::start_with(app.kind, &["--cors-origins", "https://app.example.cn"]).await.unwrap();
    let allowed = preflight(&named, "https://app.example.cn").await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, "https://app.example.cn"));
    assert_eq!(preflight(&named, "https://evil.example").await.header("access-control-allow-origin"), "");
    assert_eq!(preflight(&app, "https://app.example.cn").await.header("access-control-allow-origin"), "");
    let refused = named.get("/api/v1/me").header("origin", "https://app.example.cn").expect(401).await;
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example.cn");
    assert!(refused.header("access-control-expose-headers").contains("x-request-id"));
}

#[rstest]
#[actix_web::test]
async fn a_request_id_is_taken_if_it_is_plain_and_given_otherwise(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let asked = |id: &'static str| app.get("/health/live").header("x-request-id", id);
    assert_eq!(asked("trace-1.a_b").expect(200).await.header("x-request-id"), "trace-1.a_b");
    for id in ["", "two words", "line\tbreak", &"x".repeat(65).leak()[..]] {
        let given = asked(id).expect(200).await.header("x-request-id").to_owned();
        assert!(given != id && given.len() == 36, "{id:?} -> {given}");
    }
}

#[rstest]
#[actix_web::test]
async fn verify_names_what_is_wrong_and_fails(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (holds, report) = finish(kehou(&app.url).arg("verify"));
    assert!(holds && report.contains("everything holds"), "{report}");
    let columns = "user_id, role, organisation_id, starts_on, ends_on, ended_at, version, created_at, updated_at";
    let twice = format!(
        "INSERT INTO role_grants (id, {columns}) \
         SELECT NEW_ID, {columns} FROM role_grants WHERE role = 'teacher' LIMIT 1"
    );
    let id = app.id_literal("0192f0c1-2b3a-7c4d-8e5f-60718293a4b5");
    let id = if app.kind == Kind::Postgres { format!("{id}::uuid") } else { id };
    app.sql(&twice.replace("NEW_ID", &id)).await;
    let (holds, report) = finish(kehou(&app.url).arg("verify"));
    assert!(!holds && report.contains("overlap") && report.contains("was never entered"), "{report}");
}

#[rstest]
#[actix_web::test]
async fn a_lost_administrator_gets_back_in_from_the_console(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (done, printed) = finish(kehou(&app.url).args(["user", "platform-admin"]));
    assert!(done, "{printed}");
    let secret = printed.split("new secret ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    let form = [("grant_type", "password"), ("username", "platform-admin"), ("password", secret)];
    let opened = app.post("/oauth/token").form(&form).expect(200).await;
    assert_eq!(opened.json()["secret_change_due"], true);
    let (done, printed) = finish(kehou(&app.url).args(["user", "nobody.here"]));
    assert!(!done && printed.contains("no account"), "{printed}");
}
