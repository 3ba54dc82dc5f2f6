//! Jobs that reach outside the database: planned, done, settled; repeated when nobody settled them, settled once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::RunQueryDsl;
use kehou::db::{Db, Json, Mode, Origin, Tx};
use kehou::jobs::{self, Job, Kind as JobKind, Outcome, Outside, Pace, Pool, Runner, Work};
use kehou::refusal::{Code, Refusal};
use rstest::rstest;
use serde_json::json;
use tokio::sync::watch;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

/// What happens between the message and its settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Well,
    /// The other side refuses the first message.
    Refused,
    /// The process ends after the first message.
    Killed,
    /// The first settlement fails after it has written.
    Unsettled,
    /// The first message takes most of a lease, and another replica looks for work meanwhile.
    Slow,
    /// The first message takes longer than the lease, and another replica begins meanwhile.
    Outlived,
    /// The service is told to stop during the first message.
    Stopped,
}

/// Sends a message to another side, which keeps every one.
struct Message {
    fate: Fate,
    db: Db,
    sent: Mutex<Vec<String>>,
    tries: AtomicUsize,
    settlements: AtomicUsize,
    /// Jobs that another replica found while this one was busy.
    found_by_other: AtomicUsize,
    stop: watch::Sender<bool>,
}

impl Message {
    fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

impl Outside for Message {
    type Plan = String;
    type Done = usize;

    fn plan(&self, tx: &mut Tx<'_>, job: &Job) -> Result<String, Refusal> {
        let planned = format!("INSERT INTO steps (job_key, step) VALUES ('{}', 'planned')", job.unique_key);
        diesel::sql_query(planned).execute(tx.conn)?;
        Ok(format!("to {}", job.payload.0["to"].as_str().unwrap()))
    }

    async fn act(&self, plan: String) -> Result<usize, Refusal> {
        let is_first = self.tries.fetch_add(1, Ordering::SeqCst) == 0;
        if is_first && self.fate == Fate::Refused {
            return Err(Refusal::of(Code::Unavailable).because("the other side is away"));
        }
        let length = plan.len();
        self.sent.lock().unwrap().push(plan);
        match self.fate {
            Fate::Killed if is_first => std::future::pending().await,
            Fate::Slow | Fate::Outlived => {
                let seconds = if self.fate == Fate::Slow { 40 } else { 70 };
                self.db.clock().advance(time::Duration::seconds(seconds));
                let other = Runner::new(self.db.clone(), &[quick()], Pace::default());
                let found = other.work_off(Pool::Work).await.unwrap();
                self.found_by_other.fetch_add(found, Ordering::SeqCst);
            }
            Fate::Stopped => {
                self.stop.send_replace(true);
            }
            _ => {}
        }
        Ok(length)
    }

    fn settle(&self, tx: &mut Tx<'_>, job: &Job, done: &usize) -> Result<Outcome, Refusal> {
        let settled = format!("INSERT INTO steps (job_key, step) VALUES ('{}', 'settled {done}')", job.unique_key);
        diesel::sql_query(settled).execute(tx.conn)?;
        if self.settlements.fetch_add(1, Ordering::SeqCst) == 0 && self.fate == Fate::Unsettled {
            return Err(Refusal::of(Code::Internal).because("no settlement"));
        }
        Ok(Outcome::Done)
    }
}

fn errand(work: Work) -> JobKind {
    JobKind {
        name: "send-message",
        pool: Pool::Work,
        tries_max: 3,
        first_delay: time::Duration::seconds(4),
        lease: time::Duration::minutes(1),
        has_work: None,
        work,
    }
}

/// The same kind as another replica would run it, which does it at once.
fn quick() -> JobKind {
    errand(Work::Inside(|tx, job| {
        let settled = format!("INSERT INTO steps (job_key, step) VALUES ('{}', 'settled by another')", job.unique_key);
        diesel::sql_query(settled).execute(tx.conn)?;
        Ok(Outcome::Done)
    }))
}

/// A message and as many jobs that send it.
async fn planned(app: &TestApp, fate: Fate, jobs: usize) -> (&'static Message, Runner) {
    app.sql("CREATE TABLE steps (job_key TEXT NOT NULL, step TEXT NOT NULL)").await;
    let message = Message {
        fate,
        db: app.db.clone(),
        sent: Mutex::default(),
        tries: AtomicUsize::default(),
        settlements: AtomicUsize::default(),
        found_by_other: AtomicUsize::default(),
        stop: watch::channel(false).0,
    };
    let message: &'static Message = Box::leak(Box::new(message));
    let kind = errand(Work::Outside(message));
    let plan = app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
        for number in 0..jobs {
            jobs::plan(tx, &kind, &format!("job-{number}"), Json(json!({"to": "岳阳"})), time::Duration::ZERO)?;
        }
        Ok(())
    });
    plan.await.unwrap();
    (message, Runner::new(app.db.clone(), &[kind], Pace::default()))
}

async fn steps(app: &TestApp, like: &str) -> i64 {
    app.count(&format!("steps WHERE step LIKE '{like}%'")).await
}

async fn done(app: &TestApp) -> i64 {
    app.count("jobs WHERE kind = 'send-message' AND state = 'done' AND lease_until IS NULL").await
}

#[rstest]
#[actix_web::test]
async fn what_is_planned_is_sent_and_settled(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Well, 1).await;
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!(*message.sent.lock().unwrap(), ["to 岳阳"]);
    assert_eq!((steps(&app, "planned").await, steps(&app, "settled 9").await, done(&app).await), (1, 1, 1));
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0);
}

#[rstest]
#[actix_web::test]
async fn what_the_other_side_refuses_is_sent_again_later(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Refused, 1).await;
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!((steps(&app, "settled").await, done(&app).await), (0, 0));
    let why = "unavailable: the other side is away";
    assert_eq!(app.count(&format!("jobs WHERE last_error = '{why}' AND state = 'waiting'")).await, 1);
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 0, "not before its time");
    app.db.clock().advance(time::Duration::seconds(10));
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!((message.count(), steps(&app, "settled").await, done(&app).await), (1, 1, 1));
}

#[rstest]
#[actix_web::test]
async fn killed_between_sending_and_settling_it_is_done_again_and_settled_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Killed, 1).await;
    // The process goes while the job waits for its answer.
    assert!(tokio::time::timeout(Duration::from_millis(400), runner.work_off(Pool::Work)).await.is_err());
    assert_eq!((message.count(), steps(&app, "settled").await), (1, 0));
    let next = Runner::new(app.db.clone(), &[errand(Work::Outside(message))], Pace::default());
    assert_eq!(next.work_off(Pool::Work).await.unwrap(), 0, "its lease still runs");
    app.db.clock().advance(time::Duration::minutes(2));
    assert_eq!(next.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!(message.count(), 2, "what is outside may happen twice");
    assert_eq!((steps(&app, "planned").await, steps(&app, "settled").await, done(&app).await), (2, 1, 1));
    assert_eq!(app.count("jobs WHERE kind = 'send-message' AND tries = 2").await, 1);
}

#[rstest]
#[actix_web::test]
async fn what_a_failed_settlement_wrote_is_gone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Unsettled, 1).await;
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!((steps(&app, "settled").await, done(&app).await), (0, 0), "settled and done are one transaction");
    app.db.clock().advance(time::Duration::seconds(10));
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!((message.count(), steps(&app, "settled").await, done(&app).await), (2, 1, 1));
}

#[rstest]
#[actix_web::test]
async fn a_lease_starts_with_its_job_however_long_those_before_it_take(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Slow, 3).await;
    // Each takes forty seconds of a lease of sixty. Other replicas find those that nobody has begun, and nothing
    // else.
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!(message.found_by_other.load(Ordering::SeqCst), 2, "those that wait are free for others");
    assert_eq!(steps(&app, "settled by another").await, 2);
    assert_eq!((message.count(), steps(&app, "settled 9").await, done(&app).await), (1, 1, 3));
    assert_eq!(app.count("jobs WHERE kind = 'send-message' AND tries = 1").await, 3, "none was taken twice");
}

#[rstest]
#[actix_web::test]
async fn told_to_stop_it_finishes_the_job_under_way_and_begins_no_other(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Stopped, 3).await;
    runner.run(message.stop.subscribe()).await;
    assert_eq!((message.count(), steps(&app, "settled 9").await, done(&app).await), (1, 1, 1));
    assert_eq!(app.count("jobs WHERE kind = 'send-message' AND state = 'waiting' AND tries = 0").await, 2);
}

#[rstest]
#[actix_web::test]
async fn what_outlives_its_lease_settles_nothing_once_another_replica_has_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, runner) = planned(&app, Fate::Outlived, 1).await;
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    assert_eq!(message.found_by_other.load(Ordering::SeqCst), 1);
    assert_eq!((steps(&app, "settled by another").await, steps(&app, "settled 9").await), (1, 0));
    assert_eq!(done(&app).await, 1);
}

#[rstest]
#[actix_web::test]
async fn an_answer_that_never_comes_is_given_up_with_the_lease(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (message, _) = planned(&app, Fate::Killed, 1).await;
    let hasty = JobKind { lease: time::Duration::milliseconds(200), ..errand(Work::Outside(message)) };
    let runner = Runner::new(app.db.clone(), &[hasty], Pace::default());
    assert_eq!(runner.work_off(Pool::Work).await.unwrap(), 1);
    let given_up = "jobs WHERE state = 'waiting' AND last_error = 'internal: it took longer than its lease'";
    assert_eq!((app.count(given_up).await, steps(&app, "settled").await), (1, 0));
}
