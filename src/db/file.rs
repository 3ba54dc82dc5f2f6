//! The file of an SQLite database: whether it still is the one that was opened.

use std::path::PathBuf;
use std::sync::OnceLock;

/// Where the file is, and which one was opened.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    opened: OnceLock<Identity>,
}

/// Device and number of a file: its name may be given to another one.
type Identity = (u64, u64);

impl DatabaseFile {
    /// The file that a URL names; none where it names a server.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        let path = PathBuf::from(url.strip_prefix("sqlite://")?);
        Some(Self { path, opened: OnceLock::new() })
    }

    /// Remembers the file that the first connection has opened.
    pub(super) fn note(&self) {
        if let Some(identity) = self.identity() {
            let _ = self.opened.set(identity); // later connections find it noted
        }
    }

    /// Whether the file that was opened is still there under its name.
    pub(super) fn stands(&self) -> bool {
        self.opened.get().is_none_or(|opened| self.identity() == Some(*opened))
    }

    #[cfg(unix)]
    fn identity(&self) -> Option<Identity> {
        use std::os::unix::fs::MetadataExt;
        let found = std::fs::metadata(&self.path).ok()?;
        Some((found.dev(), found.ino()))
    }

    #[cfg(not(unix))]
    fn identity(&self) -> Option<Identity> {
        self.path.exists().then_some((0, 0))
    }
}
