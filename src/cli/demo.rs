//! `kehou serve --demo`: fills an empty database with a demonstration, and says how to get in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use secrecy::SecretString;

use crate::app::App;
use crate::auth::{Actor, users};
use crate::config::{SQLITE_DEFAULT, Storage};
use crate::db::{Db, Mode, Origin};
use crate::demo;
use crate::refusal::Refusal;

/// Where the demonstration is kept, unless a database is named.
const DATABASE: &str = "sqlite://kehou-demo.db";

/// What README's story reads, in the working directory.
const ENVIRONMENT: &str = "kehou-demo.env";

/// Master key of a demonstration on PostgreSQL, unless one is given: what is invented needs no secret.
const KEY: &str = "a2Vob3UtZGVtby1rZWhvdS1kZW1vLWtlaG91LWRlbW8=";

/// The storage of a demonstration: a file of its own, living on its own day.
pub(super) fn storage(given: &Storage) -> Storage {
    let mut storage = given.clone();
    storage.today = given.today.or(Some(demo::TODAY));
    if given.database_url == SQLITE_DEFAULT {
        DATABASE.clone_into(&mut storage.database_url);
    }
    if !storage.database_url.starts_with("sqlite:") {
        storage.key = given.key.clone().or_else(|| Some(KEY.to_owned()));
    }
    storage
}

/// Fills the database unless it is filled, and prints accounts and what README's story needs.
///
/// # Errors
/// When the database holds something else.
pub(super) async fn prepare(app: &App, listen: SocketAddr) -> Result<(), Refusal> {
    let db = &app.db;
    if !db.read(demo::is_filled).await? {
        if db.read_one(users::any).await? {
            return Err(Refusal::internal("--demo fills an empty database, and this one holds accounts"));
        }
        let today = db.clock().today();
        let hash = app.hasher.hash(SecretString::from(demo::PASSWORD)).await?;
        let filled = demo::fill(db, &app.store, hash).await;
        db.clock().set_today(today);
        filled?;
    }
    println!(
        "Demonstration of {}: everything in it is invented. Password of every account: {}",
        demo::TODAY,
        demo::PASSWORD
    );
    for (username, role, name) in demo::accounts() {
        println!("  {username:<17} {:<15} {name}", role.as_str());
    }
    let environment = environment(app, db, listen).await?;
    match write_private(&environment) {
        Ok(()) => println!("For the story of the README: . ./{ENVIRONMENT}"),
        Err(error) => {
            println!("{ENVIRONMENT} cannot be written ({error}); for the story of the README:\n{environment}");
        }
    }
    Ok(())
}

/// Lines for a shell: where the service is, who is signed in, and what the story is about.
async fn environment(app: &App, db: &Db, listen: SocketAddr) -> Result<String, Refusal> {
    let story = db.write(Origin::service("demonstration"), Mode::Commit, demo::story).await?;
    let token = |actor: &Actor| app.issuer.sign(actor);
    let mut lines = format!("KEHOU=http://{listen}\n");
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
