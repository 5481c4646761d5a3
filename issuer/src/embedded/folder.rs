//! The folder around sled's file: whose it is, and how far the store in it had come.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::{LOCK_ATTEMPTS, LOCK_PAUSE};
use crate::engine::EngineError;

/// A lock of our own rather than sled's, because sled reports a taken lock only as text. It is tried for a while: a
/// program that this process is just starting holds it for a moment, and so does a process that is just ending.
pub(super) fn lock(path: &Path) -> Result<File, EngineError> {
    let file = File::create(path.join("lock")).map_err(|source| EngineError::Io {
        doing: "create the lock in",
        path: path.to_owned(),
        source,
    })?;
    let mut locked = file.try_lock();
    for _ in 1..LOCK_ATTEMPTS {
        if !matches!(locked, Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(LOCK_PAUSE);
        locked = file.try_lock();
    }
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(EngineError::Locked {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(EngineError::Io {
            doing: "lock",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Syncs what sled has made when it opened and does not sync itself, and the entry of the folder.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    for made in [path.join("db"), path.join("conf"), path.to_owned()] {
        File::open(made)?.sync_all()?;
    }
    match path.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// How many groups were acknowledged, as a second file remembers it.
///
/// sled takes damage in the middle of its file for the torn end of it, and opens without all that came
/// after. So each group carries its number, and the number of the last one that was acknowledged is written
/// down here as well: a store that knows of fewer groups has lost some. The file is not synced, because after
/// a power cut an older number is as good: it can only be too small, never too large.
pub(super) struct Acknowledged {
    file: File,
}

impl Acknowledged {
    /// Opens the file and reads the number; a file that is new, or was cut off, says nothing.
    pub(super) fn open(path: &Path) -> io::Result<(Acknowledged, u64)> {
        let path = path.join("acknowledged");
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        let text = fs::read_to_string(&path).unwrap_or_default();
        let number = text
            .strip_suffix('\n')
            .and_then(|number| number.parse().ok());
        Ok((Acknowledged { file }, number.unwrap_or(0)))
    }

    /// Writes the number of the group that has become durable.
    pub(super) fn write(&self, number: u64) -> io::Result<()> {
        self.file
            .write_all_at(format!("{number:020}\n").as_bytes(), 0)
    }
}
