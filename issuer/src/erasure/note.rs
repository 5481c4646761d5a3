//! Who was erased, in a file outside the store, beside the high-water mark of the log.
//!
//! Whoever puts an older copy of the store in place does not put back this file as well, and so those who
//! were erased since are known. It holds identifiers and times, and only ever grows.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::id::PersonId;

/// Who was erased.
pub struct ErasureNotes {
    path: PathBuf,
    notes: Mutex<Notes>,
}

struct Notes {
    file: File,
    known: BTreeSet<PersonId>,
}

/// Why the file could not be read or written.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum ErasureNotesError {
    /// A line in the middle is no note.
    #[error("line {line} of {} is damaged: put the file back from the latest backup", path.display())]
    Damaged { path: PathBuf, line: usize },
    /// The operating system refused.
    #[error("the list of erased people {} could not be read or written: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl ErasureNotesError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            ErasureNotesError::Damaged { .. } => "erasure.notes_damaged",
            ErasureNotesError::Io { .. } => "erasure.notes_io",
        }
    }
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    v: u32,
    person: PersonId,
    at: Timestamp,
    /// SHA-256 over the others, so that a line that was written in part is not taken for a note.
    check: Sha256Digest,
}

impl Note {
    fn new(person: PersonId, at: Timestamp) -> Note {
        let check = Sha256Digest::of(format!("{person} {at}").as_bytes());
        Note {
            v: VERSION,
            person,
            at,
            check,
        }
    }

    fn read(line: &str) -> Option<Note> {
        let note: Note = serde_json::from_str(line).ok()?;
        let whole = note.check == Note::new(note.person, note.at).check;
        (note.v == VERSION && whole).then_some(note)
    }
}

impl ErasureNotes {
    /// Reads the file, or makes it.
    pub fn open(path: &Path) -> Result<ErasureNotes, ErasureNotesError> {
        let path = path.to_owned();
        let io = |source| ErasureNotesError::Io {
            path: path.clone(),
            source,
        };
        let is_new = !path.try_exists().map_err(io)?;
        let mut options = File::options();
        let file = options.create(true).append(true).open(&path).map_err(io)?;
        if is_new {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            let folder = File::open(folder).map_err(io)?;
            folder.sync_all().map_err(io)?;
        }
        let text = fs::read_to_string(&path).map_err(io)?;
        let mut known = BTreeSet::new();
        for (number, line) in text.split_inclusive('\n').enumerate() {
            match Note::read(line.trim_end()) {
                Some(note) => drop(known.insert(note.person)),
                // A power cut in the middle of the last one: nobody was told that it is there.
                None if !line.ends_with('\n') => {
                    let whole = text.len() - line.len();
                    file.set_len(whole as u64).map_err(io)?;
                }
                None => {
                    let line = number + 1;
                    return Err(ErasureNotesError::Damaged { path, line });
                }
            }
        }
        let notes = Mutex::new(Notes { file, known });
        Ok(ErasureNotes { path, notes })
    }

    /// Notes that these people are erased. It is on the disk when this returns.
    pub fn note(&self, people: &[PersonId], at: Timestamp) -> Result<(), ErasureNotesError> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = String::new();
        for person in people.iter().filter(|person| !notes.known.contains(person)) {
            let note = Note::new(*person, at);
            lines += &serde_json::to_string(&note).expect("texts and numbers are always JSON");
            lines.push('\n');
        }
        if lines.is_empty() {
            return Ok(());
        }
        let io = |source| ErasureNotesError::Io {
            path: self.path.clone(),
            source,
        };
        notes.file.write_all(lines.as_bytes()).map_err(io)?;
        notes.file.sync_data().map_err(io)?;
        notes.known.extend(people);
        Ok(())
    }

    /// Everybody who was erased.
    pub fn all(&self) -> Vec<PersonId> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.known.iter().copied().collect()
    }
}

const VERSION: u32 = 1;
