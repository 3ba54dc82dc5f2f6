//! What is said at a start because it lets others in, although the service can do its work.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::config::{FileSettings, Storage};
use crate::file_store::Place;
use crate::private;
use crate::sealing::Sealing;

/// Sentences about files that others on the machine may read, and about a demonstration that others may reach.
pub(super) fn at_start(storage: &Storage, files: &FileSettings, demo: Option<SocketAddr>) -> Vec<String> {
    let mut said = Vec::new();
    let open = kept_in(storage, files).into_iter().filter(|path| private::is_open_to_others(path));
    said.extend(open.map(|path| format!("{} can be read by others on this machine; chmod go= it", path.display())));
    if let Some(listen) = demo.filter(|listen| !listen.ip().is_loopback()) {
        let why = "everybody knows its passwords, and its key on PostgreSQL";
        said.push(format!("--demo listens on {listen}, where others reach it: {why}"));
    }
    said
}

/// Where the service keeps what is nobody else's: database, key and uploaded files.
fn kept_in(storage: &Storage, files: &FileSettings) -> Vec<PathBuf> {
    let mut kept = Vec::new();
    if let Some(path) = storage.database_url.strip_prefix("sqlite://").map(Path::new) {
        kept.push(path.to_owned());
        if storage.key.is_none() {
            kept.push(Sealing::key_file(path));
        }
    }
    if let Ok(Place::Folder(folder)) = files.place(&storage.database_url) {
        kept.push(folder);
    }
    kept
}
