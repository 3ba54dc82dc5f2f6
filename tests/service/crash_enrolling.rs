//! Killed while guardians apply, sign and withdraw and the school charges: no seat is lost or given twice, and nobody
//! is charged twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, more_children, open, plan_with, verb, with_half_hours};
use crate::support::fees::{open_account, price};
use crate::support::plans::approve;
use crate::support::process::{Process, finish, kehou};
use crate::support::world::PASSWORD;

const CHILDREN: usize = 60;
const SEATS: i64 = 30;

/// What a family and its school do, over one connection each time.
struct Story {
    base: String,
    guardian: String,
    finance: String,
    projects: Vec<String>,
    leaving: Vec<String>,
}

impl Story {
    fn of(process: &Process, projects: &[String], children: &[String]) -> Self {
        Self {
            base: process.base.clone(),
            guardian: process.sign_in("guardian", PASSWORD),
            finance: process.sign_in("school-finance", PASSWORD),
            projects: projects.to_vec(),
            leaving: children.iter().step_by(3).cloned().collect(),
        }
    }

    /// A write under a key of its own: whoever repeats it gets the first answer.
    fn post(&self, token: &str, path: &str, key: &str, body: &Value) -> Result<Value, ureq::Error> {
        let ask = ureq::post(format!("{}{path}", self.base)).header("authorization", format!("Bearer {token}"));
        ask.header("idempotency-key", key).header("if-match", "\"1\"").send_json(body)?.body_mut().read_json()
    }

    /// Applies for the open project and for the club with few seats, signs the first, and is charged.
    fn tell(&self, child: &str) -> Result<(), ureq::Error> {
        let mut enrolled = Value::Null;
        for (number, project) in self.projects.iter().enumerate().rev() {
            let body = json!({"student_id": child, "project_id": project});
            enrolled = self.post(&self.guardian, "/api/v1/enrollments", &format!("{child}-apply-{number}"), &body)?;
        }
        let path = format!("/api/v1/enrollments/{}", enrolled["id"].as_str().unwrap());
        let agreement = ureq::get(format!("{}{path}/agreement", self.base))
            .header("authorization", format!("Bearer {}", self.guardian))
            .call()?
            .body_mut()
            .read_json::<Value>()?;
        let signature = json!({"sha256": agreement["sha256"]});
        self.post(&self.guardian, &format!("{path}/sign"), &format!("{child}-sign"), &signature)?;
        let charge = json!({"student_id": child, "school_year": "2024-2025", "season": "autumn"});
        self.post(&self.finance, "/api/v1/charges", &format!("{child}-charge"), &charge)?;
        if self.leaves(child) { self.leave_club(child) } else { Ok(()) }
    }

    /// Every third family gives its place in the club back, whether it has a seat, is offered one, or waits.
    fn leaves(&self, child: &str) -> bool {
        self.leaving.iter().any(|leaving| leaving == child)
    }

    fn leave_club(&self, child: &str) -> Result<(), ureq::Error> {
        let list = format!("{}/api/v1/enrollments?student_id={child}&project_id={}", self.base, self.projects[1]);
        let bearer = format!("Bearer {}", self.guardian);
        loop {
            let all: Value = ureq::get(&list).header("authorization", &bearer).call()?.body_mut().read_json()?;
            let enrollment = &all["items"][0];
            if enrollment["state"] == "withdrawn" {
                return Ok(());
            }
            let path = format!("{}/api/v1/enrollments/{}/withdraw", self.base, enrollment["id"].as_str().unwrap());
            let ask = ureq::post(path).header("authorization", &bearer);
            match ask.header("if-match", format!("\"{}\"", enrollment["version"])).send_empty() {
                Err(ureq::Error::StatusCode(412 | 503)) => {} // a seat was offered to it meanwhile
                done => return done.map(drop),
            }
        }
    }
}

/// Tells the stories of all children with four threads, until the process is killed; how many were told.
fn tell_all(story: &Story, children: &[String], killer: impl FnOnce()) -> usize {
    let (next, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                while let Some(child) = children.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if story.tell(child).is_err() {
                        return;
                    }
                    told.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        killer();
    });
    told.into_inner()
}

fn verified(app: &TestApp) {
    let (holds, report) = finish(kehou(&app.url).arg("verify"));
    assert!(holds && report.contains("everything holds"), "{report}");
}

#[rstest]
#[actix_web::test]
async fn killed_while_guardians_enroll_and_pay_verify_is_clean(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[("武术", Some(SEATS), &[2], "17:30", "18:00")]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    price(&mut document, 0, "per_lesson", 400);
    let projects = open(&app, &document).await;
    open_account(&app, "school-finance", "own school").await;
    let filings = app.get("/api/v1/filings").token(app.world.token("bureau")).expect(200).await.json();
    let path = format!("/api/v1/filings/{}", filings["items"][0]["id"].as_str().unwrap());
    let filing = app.get(&path).token(app.world.token("bureau")).expect(200).await;
    assert_eq!(approve(&app, "bureau", &filing).await.status, 200);
    let children: Vec<String> = more_children(&app, CHILDREN).await.iter().map(ToString::to_string).collect();

    let mut interrupted = 0;
    for round in 0..3 {
        let process = Process::start(&app.url, &[]);
        let story = Story::of(&process, &projects, &children);
        let told = tell_all(&story, &children, || {
            std::thread::sleep(Duration::from_millis(250 + 170 * round));
            process.kill();
        });
        interrupted += usize::from(told < CHILDREN);
        verified(&app);
    }
    assert!(interrupted > 0, "never killed in the middle");

    let process = Process::start(&app.url, &[]);
    assert_eq!(tell_all(&Story::of(&process, &projects, &children), &children, || ()), CHILDREN);
    drop(process);
    verified(&app);
    let count = i64::try_from(CHILDREN).unwrap();
    assert_eq!(app.count("charges").await, count);
    assert_eq!(app.count("enrollments WHERE state = 'active'").await, count);
    let left = count / 3;
    assert_eq!(app.count("enrollments WHERE state = 'withdrawn'").await, left);
    assert_eq!(app.count("enrollments WHERE state IN ('allocated', 'offered')").await, SEATS);
    assert_eq!(app.count("enrollments WHERE state = 'waitlisted'").await, count - left - SEATS);
}

/// What one guardian does on the day on which some offers have lapsed and others are accepted.
enum Act {
    Applies(String),
    Withdraws(String),
    Accepts(String),
}

impl Act {
    /// Does it, unless it is done: whoever was interrupted does it again.
    fn done(&self, story: &Story) -> Result<(), ureq::Error> {
        let (id, call, done) = match self {
            Self::Applies(child) => {
                let body = json!({"student_id": child, "project_id": story.projects[1]});
                return story.post(&story.guardian, "/api/v1/enrollments", child, &body).map(drop);
            }
            Self::Withdraws(id) => (id, "withdraw", "withdrawn"),
            Self::Accepts(id) => (id, "accept", "allocated"),
        };
        let (path, bearer) = (format!("{}/api/v1/enrollments/{id}", story.base), format!("Bearer {}", story.guardian));
        loop {
            let now: Value = ureq::get(&path).header("authorization", &bearer).call()?.body_mut().read_json()?;
            if now["state"] == done {
                return Ok(());
            }
            let ask = ureq::post(format!("{path}/{call}")).header("authorization", &bearer);
            match ask.header("if-match", format!("\"{}\"", now["version"])).send_empty() {
                Err(ureq::Error::StatusCode(412 | 503)) => {} // a seat was offered to it meanwhile
                done => return done.map(drop),
            }
        }
    }
}

/// Does all acts with eight threads, until the process is killed; how many were done.
fn do_all(story: &Story, acts: &[Act], killer: impl FnOnce()) -> usize {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                while let Some(act) = acts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if act.done(story).is_err() {
                        return;
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        killer();
    });
    done.into_inner()
}

/// Beside the acts the service lapses the seats that nobody has accepted in time, and offers them to the next.
#[rstest]
#[actix_web::test]
async fn killed_among_a_thousand_acts_no_seat_is_oversold_and_nobody_is_lost(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let club = [("乒乓", Some(SEATS), &[1, 2, 3, 4, 5][..], "16:30", "17:00")];
    let projects = open(&app, &with_half_hours(&club)).await;
    let children: Vec<String> = more_children(&app, 1_000).await.iter().map(ToString::to_string).collect();
    let mut made = Vec::new();
    for child in &children[..200] {
        made.push(application(&app, "guardian", child, &projects[1], child).expect(201).await);
    }
    for (day, holders) in [(date!(2024 - 09 - 10), &made[..5]), (date!(2024 - 09 - 11), &made[5..10])] {
        app.db.clock().set_today(day);
        for holder in holders {
            assert_eq!(verb(&app, "guardian", holder, "withdraw", None).await.status, 200);
        }
    }
    let mut acts: Vec<Act> = children[200..].iter().cloned().map(Act::Applies).collect();
    let offered = format!("/api/v1/enrollments?state=offered&limit=200&project_id={}", projects[1]);
    let offered = app.get(&offered).token(app.world.token("guardian")).expect(200).await.json();
    let ends_on = |id: &str| {
        let mut all = offered["items"].as_array().unwrap().iter();
        all.find(|one| one["id"] == *id).and_then(|one| one["offer_ends_on"].as_str())
    };
    for waiting in made[10..].iter().map(crate::support::app::Answer::id) {
        match ends_on(&waiting) {
            Some("2024-09-13") => {}
            Some(_) => acts.insert(acts.len() / 2, Act::Accepts(waiting)),
            None => acts.insert(acts.len() / 2, Act::Withdraws(waiting)),
        }
    }
    assert_eq!(acts.len(), 985);

    let today = [("KEHOU_TODAY", "2024-09-14")];
    let mut interrupted = 0;
    for round in 0..3 {
        let process = Process::start(&app.url, &today);
        let story = Story::of(&process, &projects, &[]);
        let done = do_all(&story, &acts, || {
            std::thread::sleep(Duration::from_millis(300 + 400 * round));
            process.kill();
        });
        interrupted += usize::from(done < acts.len());
        verified(&app);
    }
    assert!(interrupted > 0, "never killed in the middle");
    let process = Process::start(&app.url, &today);
    assert_eq!(do_all(&Story::of(&process, &projects, &[]), &acts, || ()), acts.len());
    let lapsed = "enrollments WHERE ended_because = 'offer_lapsed'";
    for _ in 0..100 {
        if app.count(lapsed).await == 5 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100)); // the job looks each minute, and at the start
    }
    drop(process);
    verified(&app);
    assert_eq!(app.count(lapsed).await, 5);
    assert_eq!(app.count("enrollments WHERE state IN ('allocated', 'offered')").await, SEATS);
    assert_eq!(app.count("enrollments").await, 1_000, "nobody is lost");
}

#[rstest]
#[actix_web::test]
async fn verify_names_a_seat_that_nobody_holds_and_an_agreement_that_was_changed(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &plan_with(&[])).await;
    let made = crate::support::enrollments::apply(&app, &projects[0]).await;
    assert_eq!(crate::support::enrollments::sign(&app, &made).await.status, 200);
    verified(&app);
    app.sql("UPDATE project_seats SET seats_taken = 2").await;
    app.sql("UPDATE agreements SET text = 'something else'").await;
    let (holds, report) = finish(kehou(&app.url).arg("verify"));
    assert!(!holds);
    assert!(report.contains("counts 2 seats, which 1 enrollments hold"), "{report}");
    assert!(report.contains("is not what was signed"), "{report}");
}
