//! The service against its SQL twin: what it sends to PostgreSQL, run by pgbench on the same server in the same run.
//!
//! `cargo bench --bench twin` prints the table of `docs/PERFORMANCE.md`. Each figure is the median of nine rounds, in
//! which service and twin alternate, and each ratio the median of what the rounds gave: a machine that is faster for
//! some seconds makes both faster. A word after `--` measures only the rows whose names have it.
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

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use kehou::db::Id;

use self::load::driver::{Asks, Load, Service};
use self::load::pgbench::{Twin, access_log_batch, captured, logging, psql};
use self::load::school::Choice;
use self::load::server::{median, private_postgres, settle};
use self::load::table::{Table, service_values};
use self::load::{EARLIER_KEYS, ENROLLMENTS, WRITERS};
use self::seed::{Seeded, seed};

const TOKENS: usize = 200;
/// Connections that read; each asks again once it is answered.
const READERS: usize = 32;
const SECONDS: u64 = 2;
const ROUNDS: usize = 9;
/// One row of the table.
struct Work {
    name: &'static str,
    asks: Rc<Asks>,
    connections: usize,
    twin: Option<Twin>,
    /// Whether it adds enrollments, which are taken away before and after.
    enrolls: bool,
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let (mut server, url) = private_postgres();
    let began = Instant::now();
    let seeded = actix_web::rt::System::new().block_on(seed(&url));
    // What the seed left in the journal is no part of any load.
    psql(&url, &["DELETE FROM journal_entries", EARLIER_KEYS, "VACUUM ANALYZE"]);
    println!("seeded in {:.1} s", began.elapsed().as_secs_f64());
    let dir = tempfile::tempdir().unwrap();
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let mut works = works(&url, dir.path(), &seeded);
    works.retain(|work| work.name.contains(&named));

    let service = Service::start(&url);
    for work in works.iter().rev() {
        service.drive(&work.asks, work.connections, Duration::from_secs(1));
    }
    let mut rounds: Vec<Vec<[Load; 3]>> = Vec::new();
    for round in 1..=ROUNDS {
        let figures: Vec<[Load; 3]> = works.iter().map(|work| measure(&url, &service, work)).collect();
        let line = figures.iter().fold(format!("round {round}:"), |mut line, [own, prepared, plain]| {
            let _ = write!(line, "  {:.0}/{:.0}/{:.0}", own.per_second, prepared.per_second, plain.per_second);
            line
        });
        println!("{line}");
        rounds.push(figures);
    }
    print_table(&works, &rounds);
    println!("\nmemory of the service after the load: {} MB", service.resident_mb());
    drop(service);
    drop(server.stdin.take());
    let _ = server.wait(); // it stops when its standard input ends
}

/// All that is measured. Asks each once on a server that logs, so that the twins are what the service does.
fn works(url: &str, dir: &Path, seeded: &Seeded) -> Vec<Work> {
    let (officers, users, families) = (&seeded.officers, &seeded.users, &seeded.families);
    let guardian = |user: Id| seeded.guardians[&user].as_str();
    let officer = |n: usize| officers[n % officers.len()].as_str();
    let many = || 0..TOKENS * 8;
    let bare = Asks::gets(many().map(|n| ("/health/live".to_owned(), officer(n))));
    let get = Asks::gets(many().map(|n| (format!("/api/v1/users/{}", users[n % users.len()]), officer(n))));
    let list = Asks::gets(many().map(|n| ("/api/v1/users?limit=50".to_owned(), officer(n))));
    let enroll = |choices: &[Choice]| {
        let ask = |choice: &Choice| {
            let body = format!("{{\"student_id\":\"{}\",\"project_id\":\"{}\"}}", choice.pupil.student, choice.project);
            (guardian(choice.pupil.user), Id::fresh().to_string(), body)
        };
        Asks::posts(choices.iter().map(ask), ENROLLMENTS)
    };

    let service = Service::start(&logging(url));
    let enrolled = families.iter().map(|family| {
        let asks = enroll(family);
        (0..family.len()).map(|number| service.enroll(&asks, number)).collect::<Vec<String>>()
    });
    let enrolled: Vec<Vec<String>> = enrolled.collect();
    psql(url, &["CREATE TABLE kept AS SELECT id FROM enrollments"]);
    let of_family = |path: &dyn Fn(usize) -> String| {
        Asks::gets(families.iter().enumerate().map(|(n, family)| (path(n), guardian(family[0].pupil.user))))
    };
    let get_own = of_family(&|n| format!("{ENROLLMENTS}/{}", enrolled[n][0]));
    let list_own = of_family(&|_| ENROLLMENTS.to_owned());
    let spread = enroll(&seeded.spread);
    let offers = of_family(&|n| format!("/api/v1/students/{}/offers", families[n][0].pupil.student));
    let of_desk = |path: &str| Asks::gets(many().map(|_| (path.to_owned(), seeded.desk.as_str())));
    let pupils = of_desk("/api/v1/students?limit=50");
    let counts = of_desk("/api/v1/students/counts?group_by=grade,state");

    let captured = |marker: &str, text: &str| captured(url, marker, || service.ask(text));
    let twin = |name: &str, transaction: &[String], table: &Table| {
        table.fill(url, dir, name);
        Some(Twin::drawing(dir, name, transaction, &table.first(), true))
    };
    let of_users = |name: &str, transaction: &[String]| {
        let rows = users.iter().map(|user| vec![user.to_string()]);
        twin(name, transaction, &Table::again(&["target"], rows.collect()))
    };
    let of_families = |name: &str, transaction: &[String]| {
        let row = |(enrolled, family): (&Vec<String>, &Vec<Choice>)| {
            let (one, other) = (family[0].pupil, family[1].pupil);
            [one.user, one.person, other.person].iter().map(Id::to_string).chain([enrolled[0].clone()]).collect()
        };
        let rows = enrolled.iter().zip(families).map(row).collect();
        twin(name, transaction, &Table::again(&["user_id", "person_id", "other_id", "enrollment_id"], rows))
    };
    let get_twin = of_users("get_one", &captured("\"users\".\"kind\"", get.at(0)));
    let list_twin = of_users("list_users", &captured("LIMIT '51'", list.at(0)));
    let get_own_twin = of_families("get_own", &captured("\"enrollments\".\"id\" =", get_own.at(0)));
    let list_own_twin = of_families("list_own", &captured("ORDER BY \"enrollments\".\"id\"", list_own.at(0)));

    let offers_twin = {
        let transaction = captured("\"project_seats\"", offers.at(0));
        let row = |family: &Vec<Choice>| {
            let pupil = family[0].pupil;
            [pupil.user, pupil.person, pupil.student].iter().map(Id::to_string).collect()
        };
        let rows = families.iter().map(row).collect();
        twin("offers", &transaction, &Table::again(&["user_id", "person_id", "student_id"], rows))
    };
    let pupils_twin = of_users("list_pupils", &captured("LIMIT '51'", pupils.at(0)));
    let counts_twin = of_users("count_pupils", &captured("GROUP BY", counts.at(0)));

    settle(url); // the access log is written a little later
    let logged =
        |twin: Option<Twin>, operation: &str| twin.map(|twin| twin.beside(access_log_batch(url, dir, operation)));
    let list_own_twin = logged(list_own_twin, "list_enrollments");
    let get_own_twin = logged(get_own_twin, "get_enrollment");
    let offers_twin = logged(offers_twin, "get_student_offers");
    let pupils_twin = logged(pupils_twin, "list_students");
    let transaction = captured("INSERT INTO \"enrollments\"", spread.at(0));
    println!("one enrollment is {} statements:\n  {}\n", transaction.len(), transaction.join("\n  "));
    let drawing = |name: &str, choices: &[Choice]| {
        let mut table = Table::of_choices(choices);
        table.fill(url, dir, name);
        table.rows[0] = service_values(&seeded.spread[0], spread.at(0), &transaction);
        Some(Twin::drawing(dir, name, &transaction, &table.first(), false))
    };
    let spread_twin = drawing("spread", &seeded.spread);
    let hot_twin = drawing("hot", &seeded.hot);

    let work = |name, asks, connections, twin, enrolls| Work { name, asks, connections, twin, enrolls };
    vec![
        work("bare endpoint (`/health/live`)", bare, READERS, None, false),
        work("get one (`GET /users/{id}`)", get, READERS, get_twin, false),
        work("list of 50 (`GET /users`)", list, READERS, list_twin, false),
        work("own enrollment (`GET /enrollments/{id}`)", get_own, READERS, get_own_twin, false),
        work("own list of 6 (`GET /enrollments`)", list_own, READERS, list_own_twin, false),
        work("offers (`GET /students/{id}/offers`)", offers, READERS, offers_twin, false),
        work("list of 50 with names (`GET /students`)", pupils, READERS, pupils_twin, false),
        work("counts of a school of 3,236 (`GET /students/counts`)", counts, READERS, counts_twin, false),
        work("enroll, many projects (`POST /enrollments`)", spread, WRITERS, spread_twin, true),
        work("enroll, four projects (`POST /enrollments`)", enroll(&seeded.hot), WRITERS, hot_twin, true),
    ]
}

/// One round of a row: the service, and the twin with prepared and with plain statements.
fn measure(url: &str, service: &Service, work: &Work) -> [Load; 3] {
    let clean = || {
        if work.enrolls {
            take_enrollments_away(url);
        }
    };
    clean();
    let own = service.drive(&work.asks, work.connections, Duration::from_secs(SECONDS));
    settle(url);
    let Some(twin) = &work.twin else { return [own, Load::default(), Load::default()] };
    service.pause();
    clean();
    let prepared = twin.prepared(url, SECONDS);
    clean();
    let plain = twin.plain(url, SECONDS);
    clean();
    service.resume();
    [own, prepared, plain]
}

/// Brings the database back to where every measured enrollment begins.
fn take_enrollments_away(url: &str) {
    psql(
        url,
        &[
            "DELETE FROM enrollments WHERE id NOT IN (SELECT id FROM kept)",
            "UPDATE project_seats SET seats_taken = \
             (SELECT count(*) FROM enrollments WHERE project_id = project_seats.project_id)",
            "DELETE FROM idempotency_keys WHERE fingerprint <> 'earlier'",
            "DELETE FROM journal_entries WHERE position IS NULL",
            "SELECT setval('spread_drawn', 1, false), setval('hot_drawn', 1, false)",
            "VACUUM ANALYZE",
        ],
    );
}

fn print_table(works: &[Work], rounds: &[Vec<[Load; 3]>]) {
    println!("\n| work | service /s | p50 ms | p99 ms | errors | twin prepared /s | ratio | twin plain /s | ratio |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (number, work) in works.iter().enumerate() {
        let of = |figure: &dyn Fn(&[Load; 3]) -> f64| median(rounds.iter().map(|figures| figure(&figures[number])));
        let errors: usize = rounds.iter().map(|figures| figures[number][0].errors).sum();
        let per_second = of(&|[own, ..]| own.per_second);
        let (p50, p99) = (of(&|[own, ..]| own.p50_ms), of(&|[own, ..]| own.p99_ms));
        print!("| {} | {per_second:.0} | {p50:.2} | {p99:.2} | {errors} |", work.name);
        if work.twin.is_none() {
            println!(" | | | |");
            continue;
        }
        let (prepared, plain) = (of(&|[_, twin, _]| twin.per_second), of(&|[.., twin]| twin.per_second));
        let of_prepared = of(&|[own, twin, _]| own.per_second / twin.per_second);
        let of_plain = of(&|[own, _, twin]| own.per_second / twin.per_second);
        println!(" {prepared:.0} | **{of_prepared:.2}** | {plain:.0} | {of_plain:.2} |");
    }
}
