//! `kehou verify`: the journal's chain, every row against the journal, and every invariant, over the whole database.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{block_on, logging};
use crate::app::{open_existing, open_store};
use crate::auth::keys;
use crate::config::{FileSettings, Storage};
use crate::journal::Head;
use crate::private;
use crate::verification::{self, BATCH};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Compare the journal with the head that is kept in this file, and keep the new one there if everything holds.
    /// Keep it where nobody who can write the database can write
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,

    /// Read the uploaded files, too, and compare them with their hashes
    #[arg(long)]
    files: bool,

    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    store: FileSettings,
}

pub(super) fn run(args: &VerifyArgs) -> Result<ExitCode, String> {
    logging::start(args.storage.log_format);
    let kept = args.head.as_deref().map(read_head).transpose()?.flatten();
    let database = open_existing(&args.storage)?;
    let known = kept.clone();
    let reader = database.clone();
    let mut report = block_on(async move {
        keys::unlock(&reader).await?;
        reader.read(move |tx| verification::everything(tx, known.as_ref(), BATCH)).await
    })?;
    println!("journal: {} rows sealed, {} not sealed yet", report.chain.sealed, report.chain.unsealed);
    if report.older > 0 {
        println!("{} rows were last changed before the journal sealed its rows, and are not compared", report.older);
    }
    if args.files {
        let store = open_store(&args.store, &args.storage)?;
        let read = block_on(verification::files(&database, &store, &mut report.wrong))?;
        println!("files: {read} read");
    }
    for sentence in &report.wrong.kept {
        println!("WRONG: {sentence}");
    }
    if report.wrong.count > 0 {
        println!("{} found", report.wrong.count);
        return Ok(ExitCode::FAILURE);
    }
    if let (Some(path), Some(head)) = (&args.head, &report.chain.head) {
        keep_head(path, head)?;
        println!("head: position {} is kept in {}", head.position, path.display());
    }
    println!("everything holds");
    Ok(ExitCode::SUCCESS)
}

/// The head that a file keeps; none where there is no file yet.
fn read_head(path: &Path) -> Result<Option<Head>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| format!("{}: holds no head", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// Writes a head beside its file, and puts it into its place in one step.
fn keep_head(path: &Path, head: &Head) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let text = serde_json::to_string(head).map_err(|error| error.to_string())?;
    let _ = std::fs::remove_file(&beside); // one that a broken run left behind
    let mut file = private::create(&beside).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
