//! The file of a database: one lock for it, however its path is written, and nobody's but its owner's.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::StoreError;

/// How many links lead to a file that isn't there yet.
const LINKS: usize = 40;
/// What SQLite keeps beside the file, and what the service does. Much of a database is in them.
const BESIDE: [&str; 4] = ["-wal", "-shm", "-journal", LOCK];
const LOCK: &str = ".lock";

/// A database's file, locked for as long as this is there.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    _lock: File,
}

impl DatabaseFile {
    /// Takes the file, which is made where there is none.
    ///
    /// The lock is on a file beside it and not on itself: where a process closes one, the operating system takes from
    /// it all that SQLite has locked.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let path = real(path)?;
        let lock = private().create(true).truncate(false).open(beside(&path, LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::InUse,
            TryLockError::Error(error) => error.into(),
        })?;
        // Not where another file was put in its place.
        if fs::symlink_metadata(beside(&path, LOCK))?.file_type().is_symlink() {
            return Err(StoreError::InUse);
        }
        for file in [path.clone()].into_iter().chain(BESIDE.map(|suffix| beside(&path, suffix))) {
            check(&file)?;
        }
        Ok(Self { path, _lock: lock })
    }

    /// The one path that all its spellings lead to.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The path without links, of a file that is there from now on.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found,
    }
    // Only where there is none: what another part of this process has locked would be lost when it is closed here.
    match private().create_new(true).open(target(path)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::canonicalize(path),
    }
}

/// Where the last of the links leads.
fn target(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().map_or_else(|| next.clone(), |folder| folder.join(&next));
    }
    path
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    // SQLite makes its own files in the mode of the database's.
    File::options().write(true).mode(0o600).clone()
}

/// Refuses what others may have read or changed. Nothing is put right in silence: whoever set it must know, since
/// what it holds may be known to others, or be theirs.
#[cfg(unix)]
fn check(file: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt;
    let metadata = match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    let (file, mode) = (file.display().to_string(), metadata.mode() & 0o777);
    if mode & 0o077 != 0 {
        Err(StoreError::OpenToOthers { file, mode })
    } else if metadata.nlink() > 1 {
        Err(StoreError::TwoNames { file })
    } else {
        Ok(())
    }
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    File::options().write(true).clone()
}

#[cfg(not(unix))]
fn check(_: &Path) -> Result<(), StoreError> {
    Ok(())
}
