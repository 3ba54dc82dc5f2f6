//! `kehou serve --demo`: fills an empty database with a demonstration, and says how to get in. With `--fresh` it
//! empties one that holds a demonstration first, and never another.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use clap::ValueEnum;
use secrecy::SecretString;

use crate::app::{App, open_database, open_store, prepare_schema};
use crate::auth::{Actor, users};
use crate::config::{FileSettings, SQLITE_DEFAULT, Storage};
use crate::db::{Mode, Origin, Tx};
use crate::demo::{self, Demonstration};
use crate::refusal::Refusal;

/// Where the demonstration is kept, unless a database is named.
const DATABASE: &str = "sqlite://kehou-demo.db";

/// What README's story reads, in the working directory.
const ENVIRONMENT: &str = "kehou-demo.env";

/// Master key of a demonstration on PostgreSQL, unless one is given: what is invented needs no secret.
const KEY: &str = "a2Vob3UtZGVtby1rZWhvdS1kZW1vLWtlaG91LWRlbW8=";

/// Which demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// Eight schools of a small Yueyang, and the story of the README
    Small,
    /// One county: twelve schools, 300 pupils, everything in every state
    City,
}

impl Which {
    fn demonstration(self) -> &'static Demonstration {
        match self {
            Self::Small => &demo::SMALL,
            Self::City => &demo::CITY,
        }
    }
}

/// The storage of a demonstration: a file of its own, living on its own day.
pub(super) fn storage(given: &Storage, which: Which) -> Storage {
    let mut storage = given.clone();
    storage.today = given.today.or(Some(which.demonstration().today));
    if given.database_url == SQLITE_DEFAULT {
        DATABASE.clone_into(&mut storage.database_url);
    }
    if !storage.database_url.starts_with("sqlite:") {
        storage.key = given.key.clone().or_else(|| Some(KEY.to_owned()));
    }
    storage
}

/// Empties a database that holds a demonstration, or nothing at all. The demonstration's own file is removed.
///
/// # Errors
/// When the database holds something else.
pub(super) async fn start_anew(storage: &Storage, files: &FileSettings) -> Result<(), Refusal> {
    let own = (storage.database_url == DATABASE).then(|| Path::new(DATABASE.trim_start_matches("sqlite://")));
    if own.is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    let db = open_database(storage).map_err(Refusal::internal)?;
    let store = open_store(files, storage).map_err(Refusal::internal)?;
    prepare_schema(&db, true).await?;
    let looked = |tx: &mut Tx<'_>| Ok((demo::held(tx)?.is_some(), users::any(tx)?, demo::uploaded(tx)?));
    match (db.read(looked).await?, own) {
        ((false, true, _), _) => {
            Err(Refusal::internal("--fresh empties a demonstration, and this database holds none"))
        }
        ((false, false, _), _) => Ok(()),
        ((true, _, _), None) => demo::empty(&db, &store).await.map(|_| ()),
        ((true, _, uploaded), Some(file)) => {
            drop(db);
            for end in ["", "-wal", "-shm"] {
                remove_file(file, end).map_err(|error| Refusal::internal(format!("{}: {error}", file.display())))?;
            }
            demo::remove(&store, &uploaded).await
        }
    }
}

/// Removes a file with an ending; one that is not there is removed already.
fn remove_file(file: &Path, end: &str) -> std::io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    match std::fs::remove_file(name) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Fills the database unless it is filled, and prints accounts and what README's story needs.
///
/// # Errors
/// When the database holds something else.
pub(super) async fn prepare(app: &App, which: Which, listen: SocketAddr) -> Result<(), Refusal> {
    let (db, wanted) = (&app.db, which.demonstration());
    match db.read(demo::held).await? {
        Some(held) if held.name == wanted.name => {}
        Some(held) => {
            return Err(Refusal::internal(format!(
                "this database holds the demonstration --demo={}; start with that, or start anew with --fresh",
                held.name
            )));
        }
        None => {
            if db.read_one(users::any).await? {
                return Err(Refusal::internal("--demo fills an empty database, and this one holds accounts"));
            }
            let hash = app.hasher.hash(SecretString::from(demo::PASSWORD)).await?;
            wanted.fill(db, &app.store, hash).await?;
        }
    }
    println!(
        "Demonstration of {}: everything in it is invented. Password of every account: {}",
        wanted.today,
        demo::PASSWORD
    );
    for (username, role, name) in wanted.accounts() {
        println!("  {username:<17} {:<15} {name}", role.as_str());
    }
    let environment = environment(app, wanted, listen).await?;
    match write_private(&environment) {
        Ok(()) if wanted.has_story => println!("For the story of the README: . ./{ENVIRONMENT}"),
        Ok(()) => {}
        Err(error) => println!("{ENVIRONMENT} cannot be written ({error}); it would say:\n{environment}"),
    }
    Ok(())
}

/// Lines for a shell: where the service is, and, where there is a story, who is signed in and what it is about.
async fn environment(app: &App, of: &Demonstration, listen: SocketAddr) -> Result<String, Refusal> {
    let mut lines = format!("KEHOU=http://{listen}\n");
    if !of.has_story {
        return Ok(lines);
    }
    let story = app.db.write(Origin::service("demonstration"), Mode::Commit, demo::story).await?;
    let token = |actor: &Actor| app.issuer.sign(actor);
    for (name, value) in [
        ("SCHOOL", token(&story.school)?),
        ("BUREAU", token(&story.bureau)?),
        ("GUARDIAN", token(&story.guardian)?),
        ("FINANCE", token(&story.finance)?),
        ("PLAN", story.plan.to_string()),
        ("NOTICE", story.notice.to_string()),
        ("PROJECT", story.project.to_string()),
        ("STUDENT", story.student.to_string()),
    ] {
        let _ = writeln!(lines, "{name}={value}"); // a String takes everything
    }
    Ok(lines)
}

/// Tokens are for nobody else on the machine.
fn write_private(text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(ENVIRONMENT)?.write_all(text.as_bytes())
}
