//! The high-water mark: the size and root of the log that were acknowledged, in a small file outside the store.
//!
//! Whoever puts an older copy of the store in place does not put back this file as well, and so it shows.
//! It only ever rises. It is written to a second file, synced, renamed into place, and the folder synced.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::merkle::Head;

/// The acknowledged size and root of the log, in a file.
pub struct HighWater {
    path: PathBuf,
    marks: Mutex<Marks>,
    /// Held while the file is written: one write serves everybody who waits for it.
    writing: Mutex<()>,
}

struct Marks {
    /// What the file holds, durably.
    written: Head,
    /// What the file must hold before it may be acknowledged.
    reached: Head,
}

impl HighWater {
    /// Reads the mark, or makes the file for a log that is still empty.
    ///
    /// A log with entries and no mark is refused: the file was lost or taken away, and nobody can say what was promised.
    pub fn open(path: &Path, stored: Head) -> Result<HighWater, HighWaterError> {
        let io = |source| HighWaterError::Io {
            path: path.to_owned(),
            source,
        };
        let written = match fs::read(path) {
            Ok(bytes) => decode(&bytes).ok_or_else(|| HighWaterError::Unreadable {
                path: path.to_owned(),
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && stored.size == 0 => {
                write(path, &stored).map_err(io)?;
                stored
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(HighWaterError::Missing {
                    path: path.to_owned(),
                    stored: stored.size,
                });
            }
            Err(error) => return Err(io(error)),
        };
        let marks = Mutex::new(Marks {
            written,
            reached: written,
        });
        Ok(HighWater {
            path: path.to_owned(),
            marks,
            writing: Mutex::new(()),
        })
    }

    /// The mark in the file.
    pub fn head(&self) -> Head {
        self.marks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .written
    }

    /// Makes sure that the file holds at least this mark, which is durable in the store.
    pub fn raise(&self, head: Head) -> Result<(), HighWaterError> {
        let marks = || self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut marks = marks();
            if marks.reached.size < head.size {
                marks.reached = head;
            }
        }
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = {
            let marks = marks();
            if marks.written.size >= head.size {
                return Ok(());
            }
            marks.reached
        };
        write(&self.path, &reached).map_err(|source| HighWaterError::Io {
            path: self.path.clone(),
            source,
        })?;
        marks().written = reached;
        Ok(())
    }
}

/// Why the high-water mark could not be read or raised.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum HighWaterError {
    /// The log has entries, and the file is gone.
    #[error(
        "the log holds {stored} entries, but its high-water mark {} is missing: put it back from the latest backup",
        path.display()
    )]
    Missing { path: PathBuf, stored: u64 },
    /// The file is not a mark.
    #[error("the log's high-water mark {} is damaged: put it back from the latest backup", path.display())]
    Unreadable { path: PathBuf },
    /// The operating system refused.
    #[error("the log's high-water mark {} could not be read or written: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl HighWaterError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            HighWaterError::Missing { .. } => "log.mark_missing",
            HighWaterError::Unreadable { .. } => "log.mark_damaged",
            HighWaterError::Io { .. } => "log.mark_io",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    v: u32,
    size: u64,
    root: Sha256Digest,
}

fn decode(bytes: &[u8]) -> Option<Head> {
    let mark: Mark = serde_json::from_slice(bytes).ok()?;
    (mark.v == VERSION).then_some(Head {
        size: mark.size,
        root: mark.root,
    })
}

fn write(path: &Path, head: &Head) -> io::Result<()> {
    let mark = serde_json::to_vec(&Mark {
        v: VERSION,
        size: head.size,
        root: head.root,
    })?;
    let next = path.with_extension("next");
    let mut file = File::create(&next)?;
    file.write_all(&mark)?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

const VERSION: u32 = 1;
