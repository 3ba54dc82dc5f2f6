//! Files that nobody else on the machine may read: they hold pupils' names, and the key to what is sealed.

use std::fs::{File, OpenOptions};
use std::path::Path;

/// From now on what the process makes is its own: files 0600, folders 0700. Another program's are left as they are.
pub fn keep_new_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Makes a file that is not there yet, whatever the process makes else.
///
/// # Errors
/// When it is there, or cannot be made.
pub fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file to write at its end, and makes it where there is none.
///
/// # Errors
/// When it cannot be opened.
pub fn append(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether others on the machine may read, write or enter it; what is not there is open to nobody.
#[must_use]
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    return std::fs::metadata(path)
        .is_ok_and(|found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0);
    #[cfg(not(unix))]
    false
}
