//! `kehou keys rotate`: another master key, another signing key.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::{block_on, logging};
use crate::app::open_existing;
use crate::auth::keys;
use crate::config::Storage;
use crate::db::{Db, Mode, Origin};
use crate::sealing::Sealing;

#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Replace a key by a fresh one. Stop the service before the master key is rotated
    Rotate(RotateArgs),
}

#[derive(Debug, Args)]
struct RotateArgs {
    /// Which key
    which: Which,

    /// The next master key: 32 bytes in base64. Needed where the present one does not stand in a file
    #[arg(long, env = "KEHOU_NEW_KEY", hide_env_values = true)]
    new_key: Option<String>,

    #[command(flatten)]
    storage: Storage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// The key under which the working keys are kept; what is sealed is sealed anew by and by
    Master,
    /// The key that signs access tokens; those that it has signed hold to their end
    Signing,
}

pub(super) fn run(args: &KeysArgs) -> Result<ExitCode, String> {
    let KeysCommand::Rotate(args) = &args.command;
    logging::start(args.storage.log_format);
    let said = match (args.which, &args.storage.key, &args.new_key) {
        (Which::Signing, ..) => signing(&args.storage)?,
        (Which::Master, Some(_), Some(next)) => {
            let next = Sealing::from_base64(next).map_err(|error| format!("KEHOU_NEW_KEY: {error}"))?;
            let db = open_existing(&args.storage)?;
            master(&db, next)?;
            "The master key is rotated: start the service with the new one as KEHOU_KEY, and forget the old one"
                .to_owned()
        }
        (Which::Master, Some(_), None) => {
            return Err("KEHOU_NEW_KEY: the next master key; `head -c 32 /dev/urandom | base64` makes one".to_owned());
        }
        (Which::Master, None, _) => in_file(&args.storage)?,
    };
    println!("{said}");
    Ok(ExitCode::SUCCESS)
}

fn signing(storage: &Storage) -> Result<String, String> {
    let db = open_existing(storage)?;
    let id = block_on(async move {
        keys::unlock(&db).await?;
        db.write(Origin::service("kehou keys"), Mode::Commit, keys::rotate_signing).await
    })?;
    Ok(format!("Key {id} signs access tokens from now on; replicas take it within seconds."))
}

fn master(db: &Db, next: Sealing) -> Result<(), String> {
    let db = db.clone();
    block_on(async move {
        keys::unlock(&db).await?;
        let origin = Origin::service("kehou keys");
        db.write(origin, Mode::Commit, move |tx| keys::rotate_master(tx, &next)).await
    })
}

/// The same where the master key is in a file beside the database: the next one is written first, so that whatever is
/// interrupted is finished by the same command.
fn in_file(storage: &Storage) -> Result<String, String> {
    let database = Path::new(storage.database_url.trim_start_matches("sqlite://"));
    let (file, next_file) = (Sealing::key_file(database), next_key_file(database));
    let db = open_existing(storage)?;
    let replaced = || {
        std::fs::rename(&next_file, &file).map_err(|e| format!("cannot replace {}: {e}", file.display()))?;
        Ok(format!("The master key is rotated; {} is the new one.", file.display()))
    };
    if next_file.exists() {
        let next = Sealing::in_file(&next_file)?;
        let opened = db.clone();
        let is_done = block_on(async move {
            let present = opened.sealing().as_ref().clone();
            if keys::unlock(&opened).await.is_ok() {
                return Ok(false);
            }
            opened.seal_with(next);
            let unlocked = keys::unlock(&opened).await;
            opened.seal_with(present);
            unlocked.map(|()| true)
        })?;
        if is_done {
            return replaced();
        }
        std::fs::remove_file(&next_file).map_err(|e| format!("cannot remove {}: {e}", next_file.display()))?;
    }
    let made = Sealing::made_in(&next_file)?;
    master(&db, made.ok_or_else(|| format!("{} was made meanwhile", next_file.display()))?)?;
    replaced()
}

fn next_key_file(database: &Path) -> PathBuf {
    let mut name = Sealing::key_file(database).into_os_string();
    name.push(".next");
    PathBuf::from(name)
}
