//! Attendance of a city: 10,000 groups of 45 children each are marked by their teachers on PostgreSQL, as fast as the
//! service answers; the kept counters are recounted; rosters are marked in turn by the service and by its SQL twin; and
//! a roster is read among a thousand rows of attendance and among twenty million.
//!
//! `cargo bench --bench attendance` is the whole; a number after `--` is so many groups, and then nothing is compared.
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
mod seed;

use std::rc::Rc;
use std::time::{Duration, Instant};

use kehou::db::Sentences;
use kehou::delivery::rosters;

use self::load::driver::{Asks, Service};
use self::load::pgbench::{Twin, captured, logging, psql};
use self::load::server::{median, private_postgres, settle};
use self::load::table::Table;
use self::load::{WRITERS, school};
use self::seed::{CHILDREN, Seeded, Session, older, seed};

const GROUPS: usize = 10_000;
const ROUNDS: usize = 7;
const SECONDS: u64 = 2;

/// Sessions that are marked first, so that about a thousand rows stand when rosters are read the first time.
const FIRST: usize = 22;

/// Rows of attendance among which rosters are read the second time.
const MANY: usize = 20_000_000;

/// Rosters that are read at a time.
const READERS: usize = 1;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let number = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok());
    let groups = number.unwrap_or(GROUPS);
    let (mut server, url) = private_postgres();
    let began = Instant::now();
    let system = actix_web::rt::System::new();
    let seeded = system.block_on(seed(&url, groups));
    psql(&url, &["VACUUM ANALYZE"]);
    println!("{groups} groups of {CHILDREN} children seeded in {:.0} s", began.elapsed().as_secs_f64());

    // One roster on a server that logs, to see what it is made of.
    let service = Service::start(&logging(&url));
    let first = marks(&seeded, &seeded.today[..1]);
    let transaction = captured(&url, "INSERT INTO \"attendances\"", || service.ask(first.at(0)));
    drop(service);
    let service = Service::start(&url);
    let (few, rest) = seeded.today[1..].split_at(FIRST);
    service.drive(&marks(&seeded, few), WRITERS, Duration::MAX);
    psql(&url, &["ANALYZE"]);
    let among_few = read(&service, &seeded, few);

    let load = service.drive(&marks(&seeded, rest), WRITERS, Duration::MAX);
    settle(&url);
    println!(
        "{} rosters marked: {:.0} a second, {:.0} rows a second, p50 {:.2} ms, p99 {:.2} ms, {} refused",
        rest.len() - load.errors,
        load.per_second,
        load.per_second * CHILDREN as f64,
        load.p50_ms,
        load.p99_ms,
        load.errors
    );
    assert_eq!(load.errors, 0, "every roster is taken");
    println!("memory of the service: {} MB", service.resident_mb());
    recount(&system, &url);
    drop(service);

    if number.is_none() {
        let ratios = against_twin(&url, &seeded, &transaction);
        let middle = median(ratios.iter().copied());
        println!("{ROUNDS} rounds against the twin, row by row: {ratios:.2?}; median **{middle:.2}**");
        let began = Instant::now();
        older(&url, MANY);
        println!("{MANY} older rows in {:.0} s", began.elapsed().as_secs_f64());
        let service = Service::start(&url);
        read(&service, &seeded, few); // what the server has forgotten meanwhile
        let among_many = read(&service, &seeded, few);
        println!("a roster is read in {among_few:.2} ms among a thousand rows, in {among_many:.2} ms among {MANY}");
    }
    drop(server.stdin.take());
    let _ = server.wait(); // it stops when its standard input ends
}

/// Every child of a session is there, but for one who is late and one who is on leave.
fn marks(seeded: &Seeded, sessions: &[Session]) -> Rc<Asks> {
    let ask = |session: &Session| {
        let mark = |(place, child): (usize, String)| {
            let mark = ["late", "on_leave"].get(place).copied().unwrap_or("present");
            format!("{{\"student_id\":\"{child}\",\"mark\":\"{mark}\",\"made_at\":null,\"sequence\":{}}}", place + 1)
        };
        let marks: Vec<String> = session.children().into_iter().enumerate().map(mark).collect();
        let body = format!("{{\"device\":\"phone\",\"marks\":[{}],\"reason\":null}}", marks.join(","));
        (format!("/api/v1/sessions/{}/attendance", session.id), seeded.token(session), body)
    };
    Asks::puts(sessions.iter().map(ask))
}

/// How long a roster takes to be read, in the middle.
fn read(service: &Service, seeded: &Seeded, sessions: &[Session]) -> f64 {
    let ask = |session: &Session| (format!("/api/v1/sessions/{}/roster", session.id), seeded.token(session));
    let load = service.drive(&Asks::gets(sessions.iter().map(ask)), READERS, Duration::from_secs(SECONDS));
    assert_eq!(load.errors, 0, "every roster is read");
    load.p50_ms
}

/// What `kehou verify` asks of rosters: the counters that are kept, and the hash over the marks.
fn recount(system: &actix_web::rt::SystemRunner, url: &str) {
    let began = Instant::now();
    let wrong = system.block_on(async {
        let (db, _app) = school::over(url).await;
        db.read(|tx| {
            let mut wrong = Sentences::default();
            rosters::verify(tx, kehou::verification::BATCH, &mut wrong)?;
            Ok(wrong.count)
        })
        .await
        .unwrap()
    });
    assert_eq!(wrong, 0, "every kept counter is what a recount gives");
    println!("counters and hashes of all rosters recounted in {:.0} s", began.elapsed().as_secs_f64());
}

/// The rate of the service by that of its twin, round by round: each marks rosters that nobody has marked yet.
fn against_twin(url: &str, seeded: &Seeded, transaction: &[String]) -> Vec<f64> {
    let (own, twins) = seeded.kept.split_at(seeded.kept.len() / 3);
    let dir = tempfile::tempdir().unwrap();
    let columns: Vec<String> = ["session_id", "group_id"]
        .into_iter()
        .map(str::to_owned)
        .chain((0..CHILDREN).flat_map(|place| [format!("s{place}"), format!("p{place}")]))
        .collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::once(&columns, twins.iter().map(Session::values).collect());
    table.fill(url, dir.path(), "roster");
    table.rows[0] = seeded.today[0].values();
    let twin = Twin::drawing(dir.path(), "roster", transaction, &table.first(), false).drawn_briefly();
    let own: Vec<Rc<Asks>> = own.chunks(own.len().div_ceil(ROUNDS)).map(|some| marks(seeded, some)).collect();
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
