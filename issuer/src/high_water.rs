//! The high-water mark: the size and root of the log that were acknowledged, in a small file outside the store.
//!
//! Whoever puts an older copy of the store in place does not put back this file as well, and so it shows.
//! The mark only ever rises. The file has two slots that are written in turn, so that a power cut in the
//! middle of one leaves the other. They are overwritten in place: a sync that has no new length or name to
//! record costs a fraction of one that has.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
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
    slots: Mutex<Slots>,
}

struct Marks {
    /// What the file holds, durably.
    written: Head,
    /// What the file must hold before it may be acknowledged.
    reached: Head,
}

struct Slots {
    file: File,
    /// The slot with the newest mark; the other one is written next.
    newest: usize,
}

impl HighWater {
    /// Reads the mark, or makes the file for a log that is still empty.
    ///
    /// A log with entries and no mark is refused: the file was lost or taken away, and nobody can say what was promised.
    pub fn open(path: &Path, stored: Head) -> Result<HighWater, HighWaterError> {
        let path = path.to_owned();
        let io = |source| HighWaterError::Io {
            path: path.clone(),
            source,
        };
        if !path.try_exists().map_err(io)? {
            if stored.size > 0 {
                return Err(HighWaterError::Missing {
                    path,
                    stored: stored.size,
                });
            }
            create(&path, &stored).map_err(io)?;
        }
        let Some((written, newest)) = newest(&fs::read(&path).map_err(io)?) else {
            return Err(HighWaterError::Damaged { path });
        };
        let file = File::options().write(true).open(&path).map_err(io)?;
        Ok(HighWater {
            path,
            marks: Mutex::new(Marks {
                written,
                reached: written,
            }),
            slots: Mutex::new(Slots { file, newest }),
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
            if marks.written.size >= head.size {
                return Ok(());
            }
            if marks.reached.size < head.size {
                marks.reached = head;
            }
        }
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = {
            let marks = marks();
            if marks.written.size >= head.size {
                return Ok(());
            }
            marks.reached
        };
        let io = |source| HighWaterError::Io {
            path: self.path.clone(),
            source,
        };
        slots.write(&reached).map_err(io)?;
        marks().written = reached;
        Ok(())
    }
}

impl Slots {
    fn write(&mut self, head: &Head) -> io::Result<()> {
        let older = 1 - self.newest;
        self.file.write_all_at(&slot(head), (older * SLOT) as u64)?;
        self.file.sync_data()?;
        self.newest = older;
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
    /// Neither slot holds a mark.
    #[error("the log's high-water mark {} is damaged: put it back from the latest backup", path.display())]
    Damaged { path: PathBuf },
    /// The operating system refused.
    #[error("the log's high-water mark {} could not be read or written: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl HighWaterError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            HighWaterError::Missing { .. } => "log.mark_missing",
            HighWaterError::Damaged { .. } => "log.mark_damaged",
            HighWaterError::Io { .. } => "log.mark_io",
        }
    }
}

/// A mark as it stands in its slot: a line of JSON, padded with blanks.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    v: u32,
    size: u64,
    root: Sha256Digest,
    /// SHA-256 over size and root, so that a slot that was written in part is not taken for a mark.
    check: Sha256Digest,
}

impl Mark {
    fn new(head: &Head) -> Mark {
        let Head { size, root } = *head;
        let check = Sha256Digest::of(format!("{size} {root}").as_bytes());
        Mark {
            v: VERSION,
            size,
            root,
            check,
        }
    }

    fn head(&self) -> Option<Head> {
        let head = Head {
            size: self.size,
            root: self.root,
        };
        (self.v == VERSION && self.check == Mark::new(&head).check).then_some(head)
    }
}

fn slot(head: &Head) -> [u8; SLOT] {
    let mark = serde_json::to_vec(&Mark::new(head)).expect("numbers and texts are always JSON");
    let mut slot = [b' '; SLOT];
    slot[..mark.len()].copy_from_slice(&mark);
    slot[SLOT - 1] = b'\n';
    slot
}

/// The larger of the two marks, and the slot it stands in.
fn newest(file: &[u8]) -> Option<(Head, usize)> {
    let slots = file.chunks(SLOT).take(2).enumerate();
    let marks = slots.filter_map(|(number, slot)| {
        let mark: Mark = serde_json::from_slice(slot).ok()?;
        Some((mark.head()?, number))
    });
    marks.max_by_key(|(head, _)| head.size)
}

/// Makes the file with both slots, under another name first, so that it is never there in part.
fn create(path: &Path, head: &Head) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut file = File::create(&next)?;
    file.write_all(&[slot(head), slot(head)].concat())?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

const VERSION: u32 = 1;

/// The length of a slot: the smallest sector of a disk, which is written whole or not at all.
const SLOT: usize = 512;
