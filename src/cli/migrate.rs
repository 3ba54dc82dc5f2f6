//! `kehou migrate`.

use std::process::ExitCode;

use super::{block_on, logging};
use crate::app::open_database;
use crate::config::Storage;
use crate::db::migrate;

pub(super) fn run(storage: &Storage) -> Result<ExitCode, String> {
    logging::start(storage.log_format);
    let db = open_database(storage)?;
    let applied = block_on(db.with_connection(migrate::up))?;
    match applied.as_slice() {
        [] => println!("nothing to do: every migration is applied"),
        names => println!("applied {}", names.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}
