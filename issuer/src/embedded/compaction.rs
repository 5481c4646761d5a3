//! Compaction: every record written into new files, and the old ones removed.
//!
//! sled keeps the bytes of what was removed in freed pages until it needs the room. Here nothing of them is copied.
//! Reads and commits go on meanwhile: the committer notes which keys it writes, those are copied again, and the last of
//! them by the committer itself, between two groups, before the new files count.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::generation::Generation;
use super::guard::guarded;
use super::{Embedded, Shared, State, folder, open_db};
use crate::engine::{Batch, CommitError, Compacted, Engine as _, EngineError};

/// What the committer and whoever copies tell each other.
#[derive(Default)]
pub(super) struct Compaction {
    /// What was written since it was copied.
    changed: BTreeSet<Vec<u8>>,
    /// The new files, when all but what changed last is in them.
    ready: Option<NewFiles>,
    /// What came of changing over to them: what was read from before.
    outcome: Option<Result<sled::Db, EngineError>>,
}

impl Compaction {
    /// Takes note of what a group has written. To be called once it is written, so that no copy misses it.
    pub(super) fn note(&mut self, keys: impl Iterator<Item = Vec<u8>>) {
        self.changed.extend(keys);
    }

    /// The new files with everything in them, if it is time to change over. If they could not be finished, the old
    /// ones go on to count, and whoever copies is told.
    pub(super) fn finish(&mut self, shared: &Shared) -> Option<NewFiles> {
        let new = self.ready.take()?;
        let changed = std::mem::take(&mut self.changed);
        match new.copy(shared, &changed).and_then(|()| new.sync()) {
            Ok(()) => Some(new),
            Err(error) => {
                self.outcome = Some(Err(error));
                None
            }
        }
    }

    /// Tells that the new files count, and hands over what was read from before: to close it takes a while.
    pub(super) fn done(&mut self, before: sled::Db) {
        self.outcome = Some(Ok(before));
    }
}

/// The files that are written.
pub(super) struct NewFiles {
    pub(super) db: sled::Db,
    /// A second handle, for the sync that sled leaves out.
    pub(super) file: File,
    pub(super) generation: Generation,
    path: PathBuf,
}

impl NewFiles {
    fn create(shared: &Shared, cache_bytes: u64) -> Result<NewFiles, EngineError> {
        let generation = shared.state().generation.next();
        let path = generation.path(&shared.path);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(failed("remove", &path))?;
        }
        fs::create_dir(&path).map_err(failed("create", &path))?;
        let db = open_db(&path, cache_bytes)?;
        let file = File::open(path.join("db")).map_err(failed("open", &path))?;
        Ok(NewFiles {
            db,
            file,
            generation,
            path,
        })
    }

    /// Copies all records, some at a time, resting as long as each of them took: others use the machine as well.
    fn copy_all(&self, shared: &Shared) -> Result<u64, EngineError> {
        let from = shared.state().db.clone();
        let (mut next, mut records) = (Vec::new(), 0);
        loop {
            let began = Instant::now();
            let mut batch = sled::Batch::default();
            let (mut bytes, mut last) = (0, None);
            for entry in from.range(next.clone()..) {
                let (key, value) = guarded(&shared.path, || entry)?;
                bytes += key.len() + value.len();
                records += 1;
                batch.insert(&key, value);
                last = Some(key);
                if bytes > AT_ONCE {
                    break;
                }
            }
            let Some(last) = last else {
                return Ok(records);
            };
            self.apply(batch)?;
            // The smallest key after the last one.
            next = [last.as_ref(), &[0]].concat();
            std::thread::sleep(began.elapsed().min(LONGEST_REST));
        }
    }

    /// Copies these keys as they are now, and removes what is not there any more.
    fn copy(&self, shared: &Shared, keys: &BTreeSet<Vec<u8>>) -> Result<(), EngineError> {
        let mut batch = sled::Batch::default();
        let mut bytes = 0;
        for key in keys {
            match shared.read(key)? {
                Some(value) => {
                    bytes += value.len();
                    batch.insert(key.as_slice(), value);
                }
                None => batch.remove(key.as_slice()),
            }
            if bytes > AT_ONCE {
                self.apply(std::mem::take(&mut batch))?;
                bytes = 0;
            }
        }
        self.apply(batch)
    }

    fn apply(&self, batch: sled::Batch) -> Result<(), EngineError> {
        guarded(&self.path, || {
            self.db.apply_batch(batch)?;
            self.db.flush()
        })?;
        Ok(())
    }

    fn sync(&self) -> Result<(), EngineError> {
        guarded(&self.path, || self.db.flush())?;
        self.file.sync_data().map_err(failed("sync", &self.path))
    }
}

impl Embedded {
    /// Writes new files beside those that count, changes over to them, and removes the others.
    pub(super) fn write_anew(&self) -> Result<Compacted, EngineError> {
        let shared = &self.shared;
        let _one_at_a_time = self
            .compacting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bytes_before = length(&shared.state().generation.path(&shared.path))?;
        require_room(&shared.path, bytes_before)?;
        *shared.compaction() = Some(Compaction::default());
        let copied = self.copy_and_switch();
        *shared.compaction() = None;
        let generation = shared.state().generation;
        let removed = generation.remove_others(&shared.path);
        let records = copied?;
        removed.map_err(failed("remove what was before in", &shared.path))?;
        Ok(Compacted {
            records,
            bytes_before,
            bytes: length(&generation.path(&shared.path))?,
        })
    }

    fn copy_and_switch(&self) -> Result<u64, EngineError> {
        let shared = &self.shared;
        // 1. Everything, and what was written meanwhile, until only a little is left. A crash up to here leaves files
        //    that do not count, which the next start removes.
        let new = NewFiles::create(shared, self.cache_bytes)?;
        let records = new.copy_all(shared)?;
        for _ in 0..MOST_ROUNDS {
            let changed = match shared.compaction().as_mut() {
                Some(compaction) => std::mem::take(&mut compaction.changed),
                None => BTreeSet::new(),
            };
            new.copy(shared, &changed)?;
            if changed.len() < FEW {
                break;
            }
        }
        new.sync()?;
        folder::sync(&new.path).map_err(failed("sync", &new.path))?;
        new.generation
            .prepare(&shared.path)
            .map_err(failed("prepare", &shared.path))?;

        // 2. The committer does the rest after its next group, and this one has nothing to write.
        if let Some(compaction) = shared.compaction().as_mut() {
            compaction.ready = Some(new);
        }
        match self.commit(Batch::default()) {
            Ok(()) | Err(CommitError::Conflict) => {}
            Err(CommitError::Engine(error)) => return Err(error),
        }
        let outcome = shared
            .compaction()
            .as_mut()
            .and_then(|one| one.outcome.take());
        let before = outcome.unwrap_or(Err(EngineError::Stopped))?;
        drop(before);
        Ok(records)
    }
}

impl Shared {
    pub(super) fn compaction(&self) -> MutexGuard<'_, Option<Compaction>> {
        self.compaction
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Changes over to new files, at a moment in which nothing is in flight, and says what was read from before.
    pub(super) fn switch(&mut self, db: sled::Db, generation: Generation) -> sled::Db {
        self.generation = generation;
        std::mem::replace(&mut self.db, db)
    }
}

/// Refuses to begin what could fill the disk: the next commit would be the one that fails.
fn require_room(path: &Path, bytes: u64) -> Result<(), EngineError> {
    let disk = rustix::fs::statvfs(path)
        .map_err(|error| failed("look at the disk of", path)(error.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let needed = bytes.saturating_mul(2);
    match free < needed {
        true => Err(EngineError::NoRoom {
            path: path.to_owned(),
            needed,
            free,
        }),
        false => Ok(()),
    }
}

/// How long the files in a folder are.
fn length(path: &Path) -> Result<u64, EngineError> {
    let file = fs::metadata(path.join("db")).map_err(failed("read", path))?;
    Ok(file.len())
}

fn failed<'a>(
    doing: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> EngineError + use<'a> {
    move |source| EngineError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// How many bytes are copied at once.
const AT_ONCE: usize = 2 << 20;

/// Nobody else needs longer at a time.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// So few are copied while commits wait.
const FEW: usize = 1_000;

/// How often what was written meanwhile is copied before commits are made to wait.
const MOST_ROUNDS: usize = 16;
