//! Killed at the worst moment: nothing acknowledged is missing, nothing half-written is left, nothing happens twice.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use kehou::db::{Json, Mode, Origin};
use kehou::jobs::{self, Job, Kind as JobKind, Outcome, Pace, Pool, Runner, Work};
use kehou::refusal::{Code, Refusal};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::process::{Process, finish, kehou};
use crate::support::world::PASSWORD;

/// One writer's requests: each with a key of its own, noted when acknowledged.
struct Writers {
    acknowledged: Arc<Mutex<BTreeMap<String, String>>>,
    unanswered: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

fn user_body(name: &str) -> Value {
    json!({"kind": "person", "username": name, "display_name": "x", "organisation_id": null})
}

fn post(base: &str, token: &str, name: &str) -> Result<(String, bool), ureq::Error> {
    let mut answer = ureq::post(format!("{base}/api/v1/users"))
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", name)
        .send_json(user_body(name))?;
    let replayed = answer.headers().contains_key("idempotency-replayed");
    let made: Value = answer.body_mut().read_json()?;
    Ok((made["id"].as_str().unwrap().to_owned(), replayed))
}

/// Writes with four threads until told to stop or the service is gone.
fn write_for(process: &Process, round: usize, time: Duration) -> Writers {
    let token = process.sign_in("platform-admin", PASSWORD);
    let writers = Writers { acknowledged: Arc::default(), unanswered: Arc::default(), stop: Arc::default() };
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (base, token) = (process.base.clone(), token.clone());
            let (acknowledged, unanswered) = (Arc::clone(&writers.acknowledged), Arc::clone(&writers.unanswered));
            let stop = Arc::clone(&writers.stop);
            std::thread::spawn(move || {
                for number in 0.. {
                    let name = format!("w{round}-{thread}-{number}");
                    if let Ok((id, _)) = post(&base, &token, &name) {
                        acknowledged.lock().unwrap().insert(name, id);
                    } else {
                        unanswered.lock().unwrap().push(name);
                        return;
                    }
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(time);
    assert!(std::process::Command::new("kill").args(["-KILL", &process.id().to_string()]).status().unwrap().success());
    for thread in threads {
        thread.join().unwrap();
    }
    writers
}

fn all_names(base: &str, token: &str) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let mut path = "/api/v1/users?limit=200".to_owned();
    loop {
        let mut answer =
            ureq::get(format!("{base}{path}")).header("authorization", format!("Bearer {token}")).call().unwrap();
        let page: Value = answer.body_mut().read_json().unwrap();
        for item in page["items"].as_array().unwrap() {
            let text = |field: &str| item[field].as_str().unwrap().to_owned();
            names.insert(text("username"), text("id"));
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/users?limit=200&cursor={cursor}"),
            None => return names,
        }
    }
}

#[rstest]
#[actix_web::test]
async fn killed_under_write_load_nothing_acknowledged_is_missing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let url = app.url.clone();
    let mut acknowledged = BTreeMap::new();
    let mut unanswered = Vec::new();
    for round in 0..3 {
        let process = Process::start(&url, &[]);
        let writers = write_for(&process, round, Duration::from_millis(700));
        process.kill();
        acknowledged.append(&mut writers.acknowledged.lock().unwrap());
        unanswered.append(&mut writers.unanswered.lock().unwrap());
    }
    assert!(acknowledged.len() > 30, "{} writes are no load", acknowledged.len());

    let process = Process::start(&url, &[]);
    let token = process.sign_in("platform-admin", PASSWORD);
    let names = all_names(&process.base, &token);
    for (name, id) in &acknowledged {
        assert_eq!(names.get(name), Some(id), "{name} was acknowledged");
    }
    // What was not answered is repeated under its key: done before and given again, or done now; never twice.
    for name in &unanswered {
        let (id, replayed) = post(&process.base, &token, name).unwrap();
        assert_eq!(names.get(name), replayed.then_some(&id), "{name}");
    }
    drop(process);
    let (holds, report) = finish(kehou(&url).arg("verify"));
    assert!(holds, "{report}");
    assert!(report.contains("everything holds"), "{report}");
}

#[rstest]
#[actix_web::test]
async fn killed_between_commit_and_answer_the_repeat_returns_the_stored_answer(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let process = Process::start(&app.url, &[]);
    let token = process.sign_in("platform-admin", PASSWORD);
    let body = user_body("never.answered").to_string();
    let mut stream = std::net::TcpStream::connect(process.base.trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /api/v1/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: one\r\n\
        content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    // The answer is never read: as soon as the effect is committed, the process dies.
    let began = Instant::now();
    while app.count("users WHERE username = 'never.answered'").await == 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "never committed");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    process.kill();
    drop(stream);

    let process = Process::start(&app.url, &[]);
    let token = process.sign_in("platform-admin", PASSWORD);
    let repeat = |key: &str| {
        ureq::post(format!("{}/api/v1/users", process.base))
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .send(&body)
    };
    let mut answer = repeat("one").unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["idempotency-replayed"].to_str().unwrap()), (201, "true"));
    let made: Value = answer.body_mut().read_json().unwrap();
    assert_eq!(all_names(&process.base, &token)["never.answered"], made["id"]);
    assert!(matches!(repeat("two"), Err(ureq::Error::StatusCode(409))));
}

#[rstest]
#[actix_web::test]
async fn a_thousand_jobs_are_each_done_once_though_their_process_is_killed_again_and_again(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE tallies (job_key TEXT NOT NULL, at_try INTEGER NOT NULL)").await;
    app.db
        .write(Origin::service("test"), Mode::Commit, |tx| {
            for number in 0..1_000 {
                let kind = if number % 100 == 99 { &POISON } else { &TALLY };
                jobs::plan(tx, kind, &format!("job-{number}"), Json(json!({})), time::Duration::ZERO)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(app.count("jobs WHERE kind IN ('tally', 'poison')").await, 1_000);

    let began = Instant::now();
    let mut kills = 0;
    while app.count("jobs WHERE kind IN ('tally', 'poison') AND state IN ('waiting', 'running')").await > 0 {
        assert!(began.elapsed() < Duration::from_mins(2), "not done in time");
        let mut worker = worker_process(&app.url);
        // Long enough to do something, short enough to die in the middle of it; never the same.
        let life = 120 + u64::from(began.elapsed().subsec_micros() % 200);
        std::thread::sleep(Duration::from_millis(life));
        worker.kill().unwrap();
        worker.wait().unwrap();
        kills += 1;
    }
    assert!(kills >= 3, "{kills} kills prove little");
    assert_eq!(app.count("jobs WHERE kind = 'tally' AND state = 'done'").await, 990);
    assert_eq!(app.count("tallies").await, 990, "each done once");
    assert_eq!(app.sql_number("SELECT count(DISTINCT job_key) AS number FROM tallies").await, 990, "none lost");
    let dead = app.get("/api/v1/jobs?state=dead&kind=poison&limit=200").token(app.world.token("platform-admin"));
    let dead = dead.expect(200).await.json();
    assert_eq!(dead["items"].as_array().map(Vec::len), Some(10));
    let item = &dead["items"][0];
    let why = item["last_error"].as_str().unwrap();
    assert!(why.contains("poisoned") || why.contains("the process ended"), "{why}");
    assert_eq!(item["can"], json!(["retry"]));
}

const TALLY: JobKind = JobKind {
    name: "tally",
    pool: Pool::Work,
    tries_max: 50,
    first_delay: time::Duration::milliseconds(1),
    lease: time::Duration::milliseconds(300),
    has_work: None,
    work: Work::Inside(|tx, job| {
        let statement = format!("INSERT INTO tallies (job_key, at_try) VALUES ('{}', {})", job.unique_key, job.tries);
        diesel::sql_query(statement).execute(tx.conn)?;
        std::thread::sleep(Duration::from_millis(1));
        Ok(Outcome::Done)
    }),
};

const POISON: JobKind = JobKind { name: "poison", tries_max: 3, work: Work::Inside(poisoned), ..TALLY };

/// Does its work in three parts, one in a transaction.
const PIECEMEAL: JobKind = JobKind {
    name: "piecemeal",
    work: Work::Inside(|tx, job| {
        let part = job.payload.0["part"].as_i64().unwrap_or(0) + 1;
        let statement = format!("INSERT INTO tallies (job_key, at_try) VALUES ('{}', {part})", job.unique_key);
        diesel::sql_query(statement).execute(tx.conn)?;
        Ok(match part {
            3 => Outcome::AgainFrom(Json(json!({})), time::Duration::HOUR),
            _ => Outcome::AgainFrom(Json(json!({"part": part})), time::Duration::ZERO),
        })
    }),
    ..TALLY
};

/// Fails as well, and waits long enough between its tries to be seen waiting.
const STUBBORN: JobKind = JobKind { name: "stubborn", first_delay: time::Duration::seconds(10), ..POISON };

fn poisoned(tx: &mut kehou::db::Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let statement = format!("INSERT INTO tallies (job_key, at_try) VALUES ('{}', 0)", job.unique_key);
    diesel::sql_query(statement).execute(tx.conn)?;
    Err(Refusal::of(Code::Internal).because("poisoned"))
}

const WORKER: &str = "KEHOU_TEST_WORKER";

/// This test program again, as a process that works jobs off until it is killed.
fn worker_process(url: &str) -> std::process::Child {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::works_jobs_off_when_started_as_a_worker", "--nocapture"])
        .env(WORKER, url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

/// Does its work only in the processes that the test above starts; there it runs until it is killed.
#[actix_web::test]
async fn works_jobs_off_when_started_as_a_worker() {
    let Ok(url) = std::env::var(WORKER) else { return };
    let db = crate::support::databases::open(&url);
    let runner = Runner::new(db, &[TALLY, POISON], Pace { idle: Duration::from_millis(5), batch: 8 });
    let (_keep, never) = tokio::sync::watch::channel(false);
    runner.run(never).await;
}

#[rstest]
#[actix_web::test]
async fn a_job_that_fails_is_tried_again_later_and_longer_then_given_up_and_can_be_retried(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE tallies (job_key TEXT NOT NULL, at_try INTEGER NOT NULL)").await;
    plan(&app, &STUBBORN).await;
    let runner = Runner::new(app.db.clone(), &[STUBBORN], Pace::default());
    for tries in 1..=3 {
        assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1, "try {tries}");
        assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0, "not before its time");
        app.db.clock().advance(time::Duration::minutes(1));
    }
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0, "given up");
    assert_eq!(app.count("tallies").await, 0, "a failed try leaves nothing");
    let token = app.world.token("platform-admin");
    let dead = app.get("/api/v1/jobs?state=dead").token(token).expect(200).await.json()["items"][0].clone();
    assert_eq!((&dead["last_error"], &dead["tries"]), (&json!("internal: poisoned"), &json!(3)));
    let path = format!("/api/v1/jobs/{}", dead["id"].as_str().unwrap());
    // Tokens live fifteen minutes; the clock has moved by three.
    let etag = app.get(&path).token(token).expect(200).await.etag().to_owned();
    let waiting = app.post(&format!("{path}/retry")).token(token).if_match(&etag).expect(200).await;
    assert_eq!((&waiting.json()["state"], &waiting.json()["tries"]), (&json!("waiting"), &json!(0)));
    app.post(&format!("{path}/retry")).token(token).if_match(waiting.etag()).expect(409).await;
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
}

#[rstest]
#[actix_web::test]
async fn a_job_is_planned_once_and_dies_with_its_transaction(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    plan(&app, &TALLY).await;
    plan(&app, &TALLY).await;
    assert_eq!(app.count("jobs WHERE kind = 'tally'").await, 1);
    let failed = app.db.write(Origin::service("test"), Mode::Commit, |tx| -> Result<(), Refusal> {
        jobs::plan(tx, &TALLY, "another", Json(json!({})), time::Duration::ZERO)?;
        Err(Refusal::of(Code::StateConflict))
    });
    assert!(failed.await.is_err());
    assert_eq!(app.count("jobs WHERE kind = 'tally'").await, 1);
}

#[rstest]
#[actix_web::test]
async fn a_job_whose_lease_ran_out_is_done_by_one_of_its_two_takers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE tallies (job_key TEXT NOT NULL, at_try INTEGER NOT NULL)").await;
    plan(&app, &TALLY).await;
    // The first taker vanished with the job.
    let vanished = Runner::new(
        app.db.clone(),
        &[JobKind { work: Work::Inside(|_, _| Err(Refusal::of(Code::VersionMismatch))), ..TALLY }],
        Pace::default(),
    );
    assert_eq!(vanished.work_off(Pool::Work).await.unwrap(), 1);
    let runner = Runner::new(app.db.clone(), &[TALLY], Pace::default());
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0, "the lease still runs");
    app.db.clock().advance(time::Duration::seconds(1));
    let other = Runner::new(app.db.clone(), &[TALLY], Pace::default());
    let (one, two) = futures_util::future::join(runner.work_off(Pool::Work), other.work_off(Pool::Work)).await;
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    assert_eq!((app.count("tallies").await, app.count("jobs WHERE kind = 'tally' AND state = 'done'").await), (1, 1));
}

#[rstest]
#[actix_web::test]
async fn a_job_that_did_a_part_goes_on_from_where_it_stopped(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    app.sql("CREATE TABLE tallies (job_key TEXT NOT NULL, at_try INTEGER NOT NULL)").await;
    plan(&app, &PIECEMEAL).await;
    let runner = Runner::new(app.db.clone(), &[PIECEMEAL], Pace::default());
    for part in 1..=3 {
        assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
        assert_eq!(app.count(&format!("tallies WHERE at_try = {part}")).await, 1);
    }
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0, "that was all, for an hour");
    assert_eq!(app.count("jobs WHERE kind = 'piecemeal' AND state = 'waiting' AND tries = 0").await, 1);
    app.db.clock().advance(time::Duration::HOUR);
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!(app.count("tallies WHERE at_try = 1").await, 2, "in front again");
}

#[rstest]
#[actix_web::test]
async fn a_kind_that_this_replica_does_not_know_is_left_for_a_newer_one(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    plan(&app, &TALLY).await;
    let runner = Runner::new(app.db.clone(), &[POISON], Pace::default());
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0);
    assert_eq!(app.count("jobs WHERE kind = 'tally' AND state = 'waiting'").await, 1);
}

async fn plan(app: &TestApp, kind: &'static JobKind) {
    let planned = app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
        jobs::plan(tx, kind, "one", Json(json!({})), time::Duration::ZERO)
    });
    planned.await.unwrap();
}
