//! `kehou serve --demo=city`: everything in every state, on the days on which it happened; and `--fresh`.

use std::path::Path;
use std::process::Command;

use diesel::sql_types::{BigInt, Text};
use kehou::app::{self, App};
use kehou::auth::password::Hasher;
use kehou::db::{Db, Mode, Origin};
use kehou::demo::{self, PASSWORD};
use kehou::file_store::Store;
use kehou::journal;
use kehou::verification::{BATCH, everything};
use rstest::rstest;
use serde_json::Value;

use crate::support::app::{TestApp, hasher, settings};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::{TestDatabase, open};
use crate::support::process::{Process, finish, kehou};

/// States in which nothing can be left standing, and why.
const NEVER_LEFT: [(&str, &str, &str); 6] = [
    (
        "enrollments",
        "applied",
        "whoever applies has a seat, or waits, in the same transaction; what was wished has been drawn",
    ),
    ("charges", "settled", "nothing settles a charge yet"),
    ("pay-sheets", "approved", "the first month of service is not over yet"),
    ("jobs", "running", "a job runs only while a process has it"),
    ("jobs", "done", "standing jobs wait again; only a message is ever done, and a demonstration has no gateway"),
    ("jobs", "dead", "a standing job has tries without end"),
];

/// Tables of what comes and goes with requests, or with what a demonstration has not.
const NO_ROWS: [&str; 8] = [
    "kept_keys", // its master key was not rotated
    "refresh_tokens",
    "idempotency_keys",
    "sign_in_codes",
    "sign_in_tries",
    "sign_in_places",
    "__diesel_schema_migrations",
    "journal_heads",
];

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

struct City {
    kind: Kind,
    db: Db,
    _database: TestDatabase,
}

impl City {
    async fn filled(kind: Kind) -> Option<Self> {
        let database = TestDatabase::fresh(kind)?;
        let (db, store, hasher): (Db, Store, Hasher) = (open(&database.url), Store::in_memory(), hasher());
        App::build(db.clone(), store.clone(), &settings(&[]), hasher).await.unwrap();
        let stood = db.clock().setting();
        demo::CITY.fill(&db, &store, "no secret".to_owned()).await.unwrap();
        assert_eq!(db.clock().setting(), stood, "the clock stands as it stood");
        Some(Self { kind, db, _database: database })
    }

    /// How many rows a part of a statement finds.
    async fn rows(&self, from: &str) -> i64 {
        let statement = format!("SELECT count(*) AS number FROM {from}");
        let found = self.db.with_connection(move |conn| {
            Ok(diesel::RunQueryDsl::get_result::<Number>(diesel::sql_query(&statement), conn)?.number)
        });
        found.await.unwrap_or_else(|refusal| panic!("{from}: {refusal}"))
    }

    async fn tables(&self) -> Vec<String> {
        let statement = match self.kind {
            Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Postgres => "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'",
        };
        let found = self.db.with_connection(move |conn| {
            let rows: Vec<Name> = diesel::RunQueryDsl::get_results(diesel::sql_query(statement), conn)?;
            Ok(rows.into_iter().map(|row| row.name).collect())
        });
        found.await.unwrap()
    }
}

/// Where the rows of a life are that stand in a state.
fn standing_in(of: &str, state: &str) -> String {
    let table = match of {
        "groups" => "service_groups".to_owned(),
        "sessions" => "service_sessions".to_owned(),
        _ => of.replace(['-', '/'], "_"),
    };
    let such = match (of, state) {
        (_, "standing") => "1 = 1".to_owned(),
        ("consents", "given") => "withdrawn_at IS NULL".to_owned(),
        ("consents", _) => "withdrawn_at IS NOT NULL".to_owned(),
        ("partner-bans", "imposed") => "lifted_on IS NULL".to_owned(),
        ("partner-bans", _) => "lifted_on IS NOT NULL".to_owned(),
        ("role-grants", "ended") => "ended_at IS NOT NULL".to_owned(),
        ("role-grants", "waiting") => "ended_at IS NULL AND waits".to_owned(),
        ("role-grants", _) => "ended_at IS NULL AND NOT waits".to_owned(),
        _ => format!("state = '{state}'"),
    };
    format!("{table} WHERE {such}")
}

#[rstest]
#[actix_web::test]
async fn everything_stands_in_every_state(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(city) = City::filled(kind).await else { return };
    let mut missing = Vec::new();
    for life in app::lives() {
        for state in life.states {
            let found = city.rows(&standing_in(life.of, state)).await;
            let never = NEVER_LEFT.iter().any(|(of, word, _)| of == &life.of && word == state);
            if (found == 0) != never {
                missing.push(format!("{} in {state}: {found}", life.of));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    for table in city.tables().await {
        let found = city.rows(&table).await;
        assert!(found > 0 || NO_ROWS.contains(&table.as_str()), "nothing in {table}");
    }

    // Large enough, and with what a screen is made for.
    assert_eq!(city.rows("schools").await, 12);
    assert_eq!(city.rows("persons WHERE merged_into_id IS NULL AND erased_on IS NULL").await, 300);
    let twice =
        "(SELECT plan_id FROM filings WHERE amendment_id IS NULL GROUP BY plan_id HAVING count(*) > 1) AS twice";
    assert!(city.rows(twice).await > 0, "two submissions of one plan can be compared");
    let late = "filings WHERE state = 'submitted' AND reminded_on IS NOT NULL AND escalated_on IS NOT NULL";
    assert_eq!(city.rows(late).await, 1, "one is overdue, and the authority above was told");
    let full = "(SELECT project_id FROM enrollments WHERE state = 'waitlisted' GROUP BY project_id) AS full_ones";
    assert_eq!(city.rows(full).await, 2, "two projects are full, and the seats of one were drawn");

    // And it holds.
    let report = city.db.write(Origin::service("test"), Mode::Commit, |tx| {
        while journal::seal_batch(tx)? {}
        everything(tx, None, BATCH)
    });
    assert_eq!(report.await.unwrap().wrong.kept, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn rows_say_when_it_happened(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(city) = City::filled(kind).await else { return };
    for table in ["plans", "filings", "enrollments", "charges", "students", "surveys", "exemptions"] {
        let order = "lag(created_at) OVER (ORDER BY id) AS before";
        let backwards = format!("(SELECT created_at, {order} FROM {table}) AS rows_in_order WHERE created_at < before");
        assert_eq!(city.rows(&backwards).await, 0, "{table}: later rows say an earlier moment");
        let moments = city.rows(&format!("(SELECT DISTINCT created_at FROM {table}) AS moments")).await;
        assert!(moments > 1, "{table}: all at one moment");
    }
    // Asia/Shanghai's 2024-09-10 ends sixteen hours into the same day of UTC.
    let later = match kind {
        Sqlite => "created_at >= unixepoch('2024-09-10 16:00:00') * 1000000",
        Postgres => "created_at >= '2024-09-10 16:00:00+00'",
    };
    for table in ["filings", "students", "enrollments", "charges"] {
        assert_eq!(city.rows(&format!("{table} WHERE {later}")).await, 0, "{table}");
    }
    assert!(city.rows(&format!("invitations WHERE state = 'open' AND {later}")).await > 0, "codes that can be used");
    assert_eq!(city.rows(&format!("invitations WHERE state = 'open' AND NOT ({later})")).await, 0);
}

fn serve(url: Option<&str>, dir: &Path, arguments: &[&str]) -> Command {
    let mut command = kehou(url.unwrap_or_default());
    command.arg("serve").args(arguments).env_remove("KEHOU_TODAY").current_dir(dir);
    if url.is_none() {
        command.env_remove("DATABASE_URL");
    }
    command
}

fn schools(process: &Process) -> usize {
    let token = process.sign_in("demo.city", PASSWORD);
    let ask = ureq::get(format!("{}/api/v1/schools", process.base)).header("authorization", format!("Bearer {token}"));
    ask.call().unwrap().body_mut().read_json::<Value>().unwrap()["items"].as_array().unwrap().len()
}

#[rstest]
fn a_demonstration_starts_anew(#[values(Sqlite, Postgres)] kind: Kind) {
    let (Some(database), dir) = (TestDatabase::empty(kind), tempfile::tempdir().unwrap()) else { return };
    let start = |arguments: &[&str]| Process::run(serve(Some(&database.url), dir.path(), arguments), &[]);
    // With nothing to empty, and with the other one to empty.
    assert_eq!(schools(&start(&["--demo", "--fresh"])), 8);
    let (started, printed) = finish(&mut serve(Some(&database.url), dir.path(), &["--demo=city"]));
    assert!(!started && printed.contains("--demo=small") && printed.contains("--fresh"), "{printed}");
    let city = start(&["--demo=city", "--fresh"]);
    assert_eq!(schools(&city), 12);
    assert!(city.printed.contains("云杉小学") && !city.printed.contains("story"), "{}", city.printed);
    drop(city);
    let (holds, report) = finish(kehou(&database.url).args(["verify", "--files"]).current_dir(dir.path()));
    assert!(holds && report.contains("everything holds"), "{report}");
    assert_eq!(schools(&start(&["--demo=city"])), 12, "it is served as it was");
}

#[test]
fn the_demonstrations_own_file_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("kehou-demo.db");
    let start = |arguments: &[&str]| Process::run(serve(None, dir.path(), arguments), &[]);
    drop(start(&["--demo", "--fresh"]));
    let kept = dir.path().join("kept");
    std::fs::hard_link(&file, &kept).unwrap();
    assert_eq!(schools(&start(&["--demo", "--fresh"])), 8);
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).unwrap());
    assert_ne!(inode(&file), inode(&kept), "another file");
}

#[rstest]
#[actix_web::test]
async fn fresh_never_empties_what_is_no_demonstration(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let dir = tempfile::tempdir().unwrap();
    let (users, organisations) = (app.count("users").await, app.count("organisations").await);
    for which in ["--demo", "--demo=city"] {
        let (started, printed) = finish(&mut serve(Some(&app.url), dir.path(), &[which, "--fresh"]));
        assert!(!started && printed.contains("--fresh empties a demonstration"), "{printed}");
    }
    // The code of a demonstration's school alone makes no demonstration: a real school may have it.
    app.sql("UPDATE organisations SET code = '3143060201' WHERE id = (SELECT id FROM schools LIMIT 1)").await;
    let (started, printed) = finish(&mut serve(Some(&app.url), dir.path(), &["--demo", "--fresh"]));
    assert!(!started && printed.contains("--fresh empties a demonstration"), "{printed}");
    assert_eq!((app.count("users").await, app.count("organisations").await), (users, organisations));

    let (started, printed) = finish(&mut serve(Some(&app.url), dir.path(), &["--fresh"]));
    assert!(!started && printed.contains("--demo"), "{printed}");
}
