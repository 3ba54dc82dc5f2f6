//! Migrations: one directory of portable SQL, embedded, applied under a lock.
//!
//! `up.sql` and `down.sql` run on both databases. What only PostgreSQL can be told (collations, sequences) stands
//! beside them in `up.postgres.sql`, run right after `up.sql`.

use diesel::backend::Backend as DieselBackend;
use diesel::connection::{AnsiTransactionManager, BoxableConnection, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion};
use diesel_migrations::MigrationHarness;
use include_dir::{Dir, include_dir};

use super::pool::limit_statements;
use super::{Conn, LOCK_WAIT_MAX};
use crate::on_backend;
use crate::refusal::Refusal;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Key of the advisory lock under which replicas migrate one after the other.
const LOCK_KEY: i64 = 0x6b65_686f_7501;

/// A migration waits for others, and takes its time.
const PATIENT: &str = "SELECT set_config('lock_timeout', '60s', false), set_config('statement_timeout', '0', false)";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Applies what is missing.
///
/// # Errors
/// Names the migration that failed; nothing of it stays.
pub fn up(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    locked(conn, |conn| {
        let applied = on_backend!(conn,
            postgres: |pg| pg.run_pending_migrations(Portable { postgres: true }).map(names),
            sqlite: |lite| lite.run_pending_migrations(Portable { postgres: false }).map(names),
        );
        applied.map_err(|error| Refusal::internal(format!("migration: {error}")))
    })
}

/// Takes every migration back, for the test that proves `down.sql`.
///
/// # Errors
/// Names the migration that failed.
pub fn down(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    locked(conn, |conn| {
        let reverted = on_backend!(conn,
            postgres: |pg| pg.revert_all_migrations(Portable { postgres: true }).map(names),
            sqlite: |lite| lite.revert_all_migrations(Portable { postgres: false }).map(names),
        );
        reverted.map_err(|error| Refusal::internal(format!("migration: {error}")))
    })
}

/// Migrations that the database lacks.
///
/// # Errors
/// When the database cannot say.
pub fn pending(conn: &mut Conn) -> Result<Vec<String>, Refusal> {
    let pending = on_backend!(conn,
        postgres: |pg| pg.pending_migrations(Portable { postgres: true }).map(|all| named(&all)),
        sqlite: |lite| lite.pending_migrations(Portable { postgres: false }).map(|all| named(&all)),
    );
    pending.map_err(|error| Refusal::internal(format!("migration: {error}")))
}

#[expect(clippy::needless_pass_by_value, reason = "mapped over what the harness returns")]
fn names(versions: Vec<MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

fn named<DB: DieselBackend>(migrations: &[Box<dyn Migration<DB>>]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

/// `diesel_migrations` takes no lock of its own: an advisory lock on PostgreSQL, an exclusive transaction on SQLite.
fn locked<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, Refusal>) -> Result<T, Refusal> {
    on_backend!(conn,
        postgres: |pg| pg
            .batch_execute(PATIENT)
            .and_then(|()| pg.batch_execute(&format!("SELECT pg_advisory_lock({LOCK_KEY})"))),
        sqlite: |lite| lite
            .batch_execute("PRAGMA busy_timeout = 60000")
            .and_then(|()| AnsiTransactionManager::begin_transaction_sql(lite, "BEGIN EXCLUSIVE")),
    )?;
    let outcome = work(conn);
    on_backend!(conn,
        postgres: |pg| pg
            .batch_execute(&format!("SELECT pg_advisory_unlock({LOCK_KEY})"))
            .and_then(|()| limit_statements(pg)),
        sqlite: |lite| match outcome {
            Ok(_) => AnsiTransactionManager::commit_transaction(lite),
            Err(_) => AnsiTransactionManager::rollback_transaction(lite),
        }
        .and_then(|()| lite.batch_execute(&format!("PRAGMA busy_timeout = {}", LOCK_WAIT_MAX.as_millis()))),
    )?;
    outcome
}

struct Portable {
    postgres: bool,
}

impl<DB: DieselBackend> MigrationSource<DB> for Portable {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<DB>>>> {
        let mut found: Vec<Box<dyn Migration<DB>>> = Vec::new();
        for dir in FILES.dirs() {
            found.push(Box::new(PortableMigration::read(dir, self.postgres)?));
        }
        Ok(found)
    }
}

struct PortableMigration {
    name: Name,
    up: String,
    down: String,
}

impl PortableMigration {
    fn read(dir: &Dir<'_>, postgres: bool) -> Result<Self, Failure> {
        let name = dir.path().file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let text = |file: &str| -> Option<&str> { dir.get_file(dir.path().join(file))?.contents_utf8() };
        let needed = |file: &str| text(file).ok_or_else(|| format!("migrations/{name} has no {file}"));
        let mut up = needed("up.sql")?.to_owned();
        if postgres && let Some(more) = text("up.postgres.sql") {
            up.push('\n');
            up.push_str(more);
        }
        Ok(Self { up, down: needed("down.sql")?.to_owned(), name: Name(name) })
    }
}

impl<DB: DieselBackend> Migration<DB> for PortableMigration {
    fn run(&self, conn: &mut dyn BoxableConnection<DB>) -> diesel::migration::Result<()> {
        Ok(one_by_one(conn, &self.up)?)
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<DB>) -> diesel::migration::Result<()> {
        Ok(one_by_one(conn, &self.down)?)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &InTransaction
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

/// Runs a file one statement at a time: managed and distributed servers take no more.
fn one_by_one<DB: DieselBackend>(conn: &mut dyn BoxableConnection<DB>, file: &str) -> diesel::QueryResult<()> {
    statements(file).into_iter().try_for_each(|statement| conn.batch_execute(statement))
}

/// The statements of a file. They end with a semicolon outside quotes and comments; nothing here quotes by dollars.
fn statements(file: &str) -> Vec<&str> {
    let (mut found, mut from, mut quote, mut in_comment) = (Vec::new(), 0, None, false);
    for (at, c) in file.char_indices() {
        match (c, quote) {
            ('\n', _) if in_comment => in_comment = false,
            _ if in_comment => {}
            (_, Some(open)) => quote = Some(open).filter(|open| *open != c),
            ('\'' | '"', None) => quote = Some(c),
            ('-', None) => in_comment = file.get(at..).is_some_and(|rest| rest.starts_with("--")),
            (';', None) => {
                found.extend(file.get(from..=at));
                from = at + 1;
            }
            _ => {}
        }
    }
    let rest = file.get(from..).unwrap_or_default();
    let says = |text: &str| text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with("--"));
    found.extend(Some(rest).filter(|rest| says(rest)));
    found
}

struct InTransaction;

impl MigrationMetadata for InTransaction {
    fn run_in_transaction(&self) -> bool {
        true
    }
}

struct Name(String);

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(self.0.split('_').next().unwrap_or_default().to_owned())
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_apart_at_its_semicolons() {
        let file =
            "-- one; two\nCREATE TABLE a (b TEXT DEFAULT ';', \"c;\" INTEGER); -- three;\nDROP TABLE a;\n\n-- end\n";
        let found: Vec<&str> =
            statements(file).into_iter().map(|text| text.lines().last().unwrap_or_default()).collect();
        assert_eq!(found, ["CREATE TABLE a (b TEXT DEFAULT ';', \"c;\" INTEGER);", "DROP TABLE a;"]);
        assert_eq!(statements("SELECT 1"), ["SELECT 1"]);
        assert!(statements("-- nothing\n").is_empty());
    }

    #[test]
    fn every_migration_is_of_statements_that_stand_alone() {
        for dir in FILES.dirs() {
            for file in dir.files().filter_map(include_dir::File::contents_utf8) {
                assert!(!file.contains("$$") && !file.contains("/*"), "{}", dir.path().display());
                assert_eq!(statements(file).concat().trim_end(), file.trim_end(), "{}", dir.path().display());
            }
        }
    }
}
