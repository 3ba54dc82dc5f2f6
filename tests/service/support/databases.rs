//! A fresh database for each test: a copy of a migrated file, or a copy of a migrated template.
//!
//! PostgreSQL comes from `TEST_DATABASE_URL`, or from the installed binaries by `scripts/private-postgres`. Without
//! either its tests say so and pass, except in CI, where that is a failure.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use kehou::app::App;
use kehou::db::Clock;
use kehou::db::{Db, Limits, migrate};
use kehou::demo;
use kehou::file_store::Store;
use kehou::sealing::Sealing;
use tempfile::TempDir;
use time::macros::date;

use super::app::{hasher, settings};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A migrated database of its own; gone when dropped.
pub struct TestDatabase {
    pub url: String,
    /// Holds the file of an SQLite database.
    _dir: Option<TempDir>,
    postgres: Option<String>,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The master key of all tests.
pub const MASTER_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

pub fn sealing() -> Arc<Sealing> {
    Arc::new(Sealing::from_base64(MASTER_KEY).unwrap())
}

/// Opens a database with a clock that stands on case A's filing week.
pub fn open(url: &str) -> Db {
    open_under(url, sealing())
}

/// The same under another master key.
pub fn open_under(url: &str, sealing: Arc<Sealing>) -> Db {
    let clock = Clock::new(Some(date!(2024 - 09 - 10)));
    let limits = Limits { threads: 4, queue: 4_096, ..Limits::default() };
    Db::open(url, limits, clock, sealing).unwrap()
}

impl TestDatabase {
    /// A migrated one, or nothing where there is no PostgreSQL.
    pub fn fresh(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Sqlite => Some(Self::copy_of(&sqlite_template())),
            Kind::Postgres => {
                let template = POSTGRES.as_ref()?;
                Some(template.create(Some("kehou_template")))
            }
        }
    }

    /// One that holds the demonstration, and its files.
    pub fn demonstration(kind: Kind) -> Option<(Self, Store)> {
        match kind {
            Kind::Sqlite => {
                let (_, path, store) = &*SQLITE_DEMONSTRATION;
                Some((Self::copy_of(path), store.clone()))
            }
            Kind::Postgres => {
                let store = POSTGRES_DEMONSTRATION.as_ref()?.clone();
                Some((POSTGRES.as_ref()?.create(Some("kehou_demonstration")), store))
            }
        }
    }

    /// A copy of an SQLite file.
    fn copy_of(file: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kehou.db");
        std::fs::copy(file, &path).unwrap();
        Self { url: format!("sqlite://{}", path.display()), _dir: Some(dir), postgres: None }
    }

    /// Runs a statement as the server's administrator.
    pub fn admin(statement: &str) {
        POSTGRES.as_ref().unwrap().run(statement);
    }

    /// One without any table.
    pub fn empty(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Sqlite => {
                let dir = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", dir.path().join("kehou.db").display());
                Some(Self { url, _dir: Some(dir), postgres: None })
            }
            Kind::Postgres => Some(POSTGRES.as_ref()?.create(None)),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let (Some(name), Some(server)) = (&self.postgres, POSTGRES.as_ref()) {
            server.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Migrates `url` in a thread of its own, because a test may be inside an async runtime already.
fn migrate(url: String) {
    let work = move || {
        let db = open(&url);
        actix_web::rt::System::new().block_on(db.with_connection(migrate::up)).unwrap();
    };
    std::thread::spawn(work).join().unwrap();
}

fn sqlite_template() -> PathBuf {
    static TEMPLATE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("template.db");
        migrate(format!("sqlite://{}", path.display()));
        into_one_file(&path);
        (dir, path)
    });
    TEMPLATE.1.clone()
}

/// Everything into the file itself, so that copying it copies all.
fn into_one_file(path: &Path) {
    let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// Databases with the demonstration, which are only copied.
static SQLITE_DEMONSTRATION: LazyLock<(TempDir, PathBuf, Store)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("demonstration.db");
    std::fs::copy(sqlite_template(), &path).unwrap();
    let store = fill(format!("sqlite://{}", path.display()));
    into_one_file(&path);
    (dir, path, store)
});

static POSTGRES_DEMONSTRATION: LazyLock<Option<Store>> = LazyLock::new(|| {
    let server = POSTGRES.as_ref()?;
    server.run("DROP DATABASE IF EXISTS kehou_demonstration WITH (FORCE)");
    server.run("CREATE DATABASE kehou_demonstration TEMPLATE kehou_template");
    Some(fill(server.url_of("kehou_demonstration")))
});

/// Fills a migrated database with the demonstration, and gives its files.
fn fill(url: String) -> Store {
    let work = move || {
        let (db, store, hasher) = (open(&url), Store::in_memory(), hasher());
        actix_web::rt::System::new().block_on(async {
            App::build(db.clone(), store.clone(), &settings(&[]), hasher.clone()).await.unwrap();
            let hash = hasher.hash(demo::PASSWORD.into()).await.unwrap();
            demo::SMALL.fill(&db, &store, hash).await.unwrap();
        });
        store
    };
    std::thread::spawn(work).join().unwrap()
}

/// A PostgreSQL server and the connection that makes databases on it.
struct Server {
    url: String,
    admin: Mutex<PgConnection>,
    /// Its standard input keeps a private server alive.
    _process: Option<Child>,
}

static POSTGRES: LazyLock<Option<Server>> = LazyLock::new(|| {
    let found = match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => Some((url, None)),
        Err(_) => private_server(),
    };
    let Some((url, process)) = found else {
        assert!(std::env::var_os("CI").is_none(), "no PostgreSQL in CI");
        eprintln!("NOTE: no PostgreSQL here (no TEST_DATABASE_URL, no server binaries): tests run on SQLite only");
        return None;
    };
    let admin = Mutex::new(PgConnection::establish(&url).unwrap());
    let server = Server { url, admin, _process: process };
    server.run("DROP DATABASE IF EXISTS kehou_template WITH (FORCE)");
    server.run("CREATE DATABASE kehou_template");
    migrate(server.url_of("kehou_template"));
    Some(server)
});

pub(super) fn private_server() -> Option<(String, Option<Child>)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/private-postgres");
    let mut process =
        Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().ok()?;
    let mut url = String::new();
    BufReader::new(process.stdout.take()?).read_line(&mut url).ok()?;
    let url = url.trim().to_owned();
    (!url.is_empty()).then_some((url, Some(process)))
}

impl Server {
    fn run(&self, statement: &str) {
        self.admin.lock().unwrap().batch_execute(statement).unwrap();
    }

    fn url_of(&self, name: &str) -> String {
        let (base, query) = self.url.split_once('?').map_or((self.url.as_str(), ""), |(base, query)| (base, query));
        let (server, _) = base.rsplit_once('/').unwrap();
        if query.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{query}") }
    }

    fn create(&self, template: Option<&str>) -> TestDatabase {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("kehou_test_{}_{number}", std::process::id());
        let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
        self.run(&format!("CREATE DATABASE {name}{template}"));
        TestDatabase { url: self.url_of(&name), _dir: None, postgres: Some(name) }
    }
}
