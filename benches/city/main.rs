//! A whole city enrolls: 400,000 pupils of 1,240 schools on PostgreSQL, each guardian once for each child, as fast as
//! the service answers; then `kehou verify` over all of it, and the SQL twin of one enrollment over the same database.
//!
//! `cargo bench --bench city` is the whole city; a number after `--` is so many pupils of schools of the same size, as
//! CI enrolls 5,000 to see that nothing is lost. A run ends with an error where an answer is not the expected one, or
//! anything does not hold.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program for developers: it prints, and a defect ends it"
)]

#[allow(dead_code, reason = "another benchmark uses the rest")]
#[path = "../load/mod.rs"]
mod load;

use std::collections::HashMap;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use kehou::auth::Actor;
use kehou::db::Id;

use self::load::driver::{Asks, Service};
use self::load::pgbench::{Twin, captured, logging, psql};
use self::load::school::{Choice, choices, make_authority, make_schools, over, signed, write};
use self::load::server::{median, private_postgres, settle};
use self::load::table::{Table, service_values};
use self::load::{EARLIER_KEYS, ENROLLMENTS, KEY, TODAY, WRITERS};

/// Pupils of the whole city, and of a school of it.
const CITY: usize = 400_000;
const OF_SCHOOL: usize = 323;

/// One application in so many is sent a second time, as by an impatient thumb, under another key: it is refused.
const TWICE_IN: usize = 50;

/// Pupils whom the twin and the service enroll in turn at the end.
const LEFT_OF: usize = 4;
/// How many there must be of them: a twin runs out of fewer.
const LEFT_MIN: usize = 90_000;
const ROUNDS: usize = 9;
const SECONDS: u64 = 2;

/// How long the tokens of guardians hold.
const TOKENS_HOLD: time::Duration = time::Duration::hours(2);

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let number = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok());
    let pupils = number.unwrap_or(CITY);
    let schools = pupils.div_ceil(OF_SCHOOL);
    let (mut server, url) = private_postgres();
    let began = Instant::now();
    let (all, guardians) = actix_web::rt::System::new().block_on(city(&url, schools));
    psql(&url, &[EARLIER_KEYS, "VACUUM ANALYZE"]);
    println!("{} pupils of {schools} schools seeded in {:.0} s", all.len(), began.elapsed().as_secs_f64());
    let left = all.len() / LEFT_OF;
    let (kept, chosen) = all.split_at(left);
    let enroll = |some: &[Choice]| asks(some, &guardians);

    // One enrollment on a server that logs, to see what it is made of.
    let service = Service::start(&logging(&url));
    let first = enroll(&kept[..1]);
    let transaction = captured(&url, "INSERT INTO \"enrollments\"", || service.ask(first.at(0)));
    drop(service);
    let service = Service::start(&url);
    let twice: Vec<Choice> = chosen.iter().step_by(TWICE_IN).copied().collect();
    let load = service.drive(&enroll(chosen), WRITERS, Duration::MAX);
    let again = service.drive(&enroll(&twice), WRITERS, Duration::MAX);
    settle(&url);
    println!(
        "{} enrolled: {:.0} a second, p50 {:.2} ms, p99 {:.2} ms, {} refused",
        chosen.len() - load.errors,
        load.per_second,
        load.p50_ms,
        load.p99_ms,
        load.errors
    );
    println!("{} asked again under another key: {} refused", twice.len(), again.errors);
    assert_eq!((load.errors, again.errors), (0, twice.len()), "every first application is taken, no second one");
    let counted = &psql(&url, &["SELECT count(*) FROM enrollments WHERE state IN ('allocated', 'waitlisted')"])[0][0];
    assert_eq!(counted.parse::<usize>().unwrap(), chosen.len() + 1, "nobody is lost");
    println!("memory of the service: {} MB", service.resident_mb());
    drop(service);
    verify(&url);

    if kept.len() >= LEFT_MIN {
        let ratios = against_twin(&url, &kept[1..], &transaction, (&first, kept[0]), &enroll);
        let middle = median(ratios.iter().copied());
        println!("{ROUNDS} rounds against the prepared twin: {ratios:.2?}; median **{middle:.2}**");
    }
    drop(server.stdin.take());
    let _ = server.wait(); // it stops when its standard input ends
}

/// The city, and the tokens of its guardians by user. Each pupil has one choice, neighbours being of other schools.
async fn city(url: &str, schools: usize) -> (Vec<Choice>, HashMap<Id, String>) {
    let (db, app) = over(url).await;
    let authority = write(&db, make_authority).await;
    let made = make_schools(&db, authority, (schools, OF_SCHOOL - OF_SCHOOL % 2), 0).await;
    // Some of them were signed in a while ago, and the last are asked for a while later.
    let now = db.clock().now();
    let still = |actor: &Actor| Actor { issued_at: now, expires_at: now.plus(TOKENS_HOLD), ..actor.clone() };
    let guardians = made.iter().flat_map(|school| {
        let guardians: Vec<Actor> = school.guardians.iter().map(still).collect();
        signed(&guardians, &app.issuer)
    });
    let guardians = guardians.collect();
    let mut all = choices(&made, usize::MAX);
    all.truncate(made.iter().map(|school| school.pupils.len()).sum());
    (all, guardians)
}

fn asks(some: &[Choice], guardians: &HashMap<Id, String>) -> Rc<Asks> {
    let ask = |choice: &Choice| {
        let body = format!("{{\"student_id\":\"{}\",\"project_id\":\"{}\"}}", choice.pupil.student, choice.project);
        (guardians[&choice.pupil.user].as_str(), Id::fresh().to_string(), body)
    };
    Asks::posts(some.iter().map(ask), ENROLLMENTS)
}

fn verify(url: &str) {
    let began = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kehou"));
    let output = command.arg("verify").env("DATABASE_URL", url).env("KEHOU_KEY", KEY).env("KEHOU_TODAY", TODAY);
    let output = output.current_dir(std::env::temp_dir()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    println!("kehou verify in {:.0} s: {}", began.elapsed().as_secs_f64(), said.lines().last().unwrap_or_default());
}

/// The rate of the service by that of its twin, round by round: each enrolls pupils whom nobody has enrolled yet.
fn against_twin(
    url: &str,
    left: &[Choice],
    transaction: &[String],
    (first, logged): (&Asks, Choice),
    enroll: &dyn Fn(&[Choice]) -> Rc<Asks>,
) -> Vec<f64> {
    let (own, twins) = left.split_at(left.len() * 2 / 7);
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::of_choices(twins);
    table.fill(url, dir.path(), "city");
    table.rows[0] = service_values(&logged, first.at(0), transaction);
    let twin = Twin::drawing(dir.path(), "city", transaction, &table.first(), false);
    let own: Vec<Rc<Asks>> = own.chunks(own.len().div_ceil(ROUNDS)).map(enroll).collect();
    // What the load has left to the server to tidy up would be tidied up in one round or another.
    psql(url, &["VACUUM ANALYZE", "CHECKPOINT"]);
    let service = Service::start(url);
    let mut ratios = Vec::new();
    for asks in &own {
        service.resume();
        let rate = service.drive(asks, WRITERS, Duration::from_secs(SECONDS)).per_second;
        settle(url);
        service.pause();
        ratios.push(rate / twin.prepared(url, SECONDS).per_second);
    }
    service.resume();
    ratios
}
