//! The embedded engine: sled in a folder, made durable.
//!
//! sled 0.34's `flush` only calls `sync_file_range` on Linux, which writes neither the file's size nor
//! the disk's cache: a power cut after it can empty the store. So one committer thread takes a group of
//! batches, applies them as one, flushes, calls `fdatasync` on a second handle of sled's file, and only
//! then answers all of them. One thread, because several concurrent flushes can hang sled; groups,
//! because a sync costs the same for one batch as for five hundred.

mod committer;
mod compaction;
mod folder;
mod generation;
mod guard;
mod watch;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use committer::{Committer, Request};
use compaction::Compaction;
use folder::Acknowledged;
use generation::Generation;
use guard::guarded;
use watch::Watch;

use crate::engine::{Batch, CommitError, Compacted, Engine, EngineError, KeyValue, Submitted};

/// A store in one folder of this machine, for one process.
pub struct Embedded {
    shared: Arc<Shared>,
    /// `None` only while the store is being closed.
    requests: Option<SyncSender<Request>>,
    committer: Option<JoinHandle<()>>,
    /// Held by the one that writes the store anew.
    compacting: Mutex<()>,
    cache_bytes: u64,
}

/// Called once with the reason when a write failed: the process must not go on. See [`abort`].
pub type Stop = Box<dyn Fn(&str) + Send>;

/// Ends the process at once, with one message.
///
/// After a failed sync nobody knows what the disk holds: the kernel may have dropped the unwritten pages
/// and report success the next time. Starting again reads what is really there.
pub fn abort(reason: &str) {
    eprintln!("assay stops: {reason}");
    std::process::abort();
}

/// How often, and how far apart, a lock is tried: for two seconds in all.
const LOCK_ATTEMPTS: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Opens sled's file once our own lock is held.
///
/// sled's lock may then still be held for a moment: by its threads of a store just closed, or by a program
/// that this process is starting and that has not yet let go of its open files.
fn open_db(path: &Path, cache_bytes: u64) -> Result<sled::Db, EngineError> {
    let open = || {
        sled::Config::new()
            .path(path)
            .cache_capacity(cache_bytes)
            .mode(sled::Mode::HighThroughput)
            .segment_size(SEGMENT_BYTES)
            .flush_every_ms(None)
            .open()
    };
    // sled tells of a taken lock in words only.
    let is_locked = |error: &EngineError| match error {
        EngineError::Io { source, .. } => source.to_string().starts_with("could not acquire lock"),
        _ => false,
    };
    for _ in 1..LOCK_ATTEMPTS {
        match guarded(path, open) {
            Err(error) if is_locked(&error) => std::thread::sleep(LOCK_PAUSE),
            outcome => return outcome,
        }
    }
    guarded(path, open)
}

impl Embedded {
    /// Opens the store in `path`, or makes one. `stop` is called when a write fails; the service passes [`abort`].
    pub fn open(path: &Path, cache_bytes: u64, stop: Stop) -> Result<Embedded, EngineError> {
        let io = |doing| {
            move |source| EngineError::Io {
                doing,
                path: path.to_owned(),
                source,
            }
        };
        fs::create_dir_all(path).map_err(io("create"))?;
        let lock = folder::lock(path)?;
        let generation = Generation::current(path).map_err(|source| match source.kind() {
            ErrorKind::InvalidData => EngineError::Corrupt {
                path: path.to_owned(),
                reason: source.to_string(),
            },
            _ => io("open")(source),
        })?;
        let files = generation.path(path);
        let db = open_db(&files, cache_bytes)?;
        let file = File::open(files.join("db")).map_err(io("open"))?;
        let (acknowledged, expected) = Acknowledged::open(path).map_err(io("open"))?;
        folder::sync(&files).map_err(io("sync"))?;

        let shared = Arc::new(Shared {
            path: path.to_owned(),
            state: RwLock::new(State {
                db,
                generation,
                in_flight: BTreeMap::new(),
            }),
            compaction: Mutex::default(),
            watch: Watch::new(PATIENCE),
            _lock: lock,
        });
        let groups = shared.groups()?;
        if groups < expected {
            let reason = format!("it holds {groups} of {expected} acknowledged groups of changes");
            return Err(EngineError::Corrupt {
                path: path.to_owned(),
                reason,
            });
        }
        generation.remove_others(path).map_err(io("clean"))?;
        let (requests, queue) = mpsc::sync_channel(QUEUE);
        let committer = Committer {
            shared: Arc::clone(&shared),
            file,
            acknowledged,
            groups,
            stop,
        };
        let committer = std::thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(move || committer.run(&queue))
            .map_err(io("start the committer of"))?;
        Ok(Embedded {
            shared,
            requests: Some(requests),
            committer: Some(committer),
            compacting: Mutex::default(),
            cache_bytes,
        })
    }

    /// The same, taking the disk to hang when a commit has not come back after so long, instead of [`PATIENCE`].
    pub fn with_patience(self, patience: Duration) -> Embedded {
        self.shared.watch.set_patience(patience);
        self
    }
}

impl Engine for Embedded {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        let state = self.shared.state();
        match state.in_flight.get(key) {
            Some(durable) => Ok(durable.clone()),
            None => state.read(&self.shared.path, key),
        }
    }

    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<KeyValue>, EngineError> {
        let first = prefix.max(from).max(AFTER_GROUPS).to_vec();
        let state = self.shared.state();
        let in_flight = &state.in_flight;
        let mut entries = guarded(&self.shared.path, || {
            state
                .db
                .range(first.clone()..)
                .take_while(|entry| {
                    entry
                        .as_ref()
                        .map_or(true, |(key, _)| key.starts_with(prefix))
                })
                .filter(|entry| {
                    entry
                        .as_ref()
                        .map_or(true, |(key, _)| !in_flight.contains_key(key.as_ref()))
                })
                .map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec())))
                .take(limit)
                .collect::<sled::Result<Vec<_>>>()
        })?;
        let durable = in_flight
            .range(first..)
            .take_while(|(key, _)| key.starts_with(prefix));
        entries.extend(durable.filter_map(|(key, value)| Some((key.clone(), value.clone()?))));
        entries.sort_unstable();
        entries.truncate(limit);
        Ok(entries)
    }

    fn submit(&self, batch: Batch) -> Submitted {
        if let Err(error) = batch.within_limits() {
            return Submitted::known(Err(CommitError::Engine(error)));
        }
        let unavailable = || Submitted::known(Err(CommitError::Engine(EngineError::Unavailable)));
        if self.hangs() {
            return unavailable();
        }
        // Dropping the answer's sender, here or in the committer, is how a caller learns of a stop.
        let (answer, outcome) = mpsc::sync_channel(1);
        if let Some(requests) = &self.requests
            && let Err(TrySendError::Full(_)) = requests.try_send(Request { batch, answer })
        {
            return unavailable();
        }
        Submitted::awaited(outcome)
    }

    fn hangs(&self) -> bool {
        self.shared.watch.hangs()
    }

    fn compact(&self) -> Result<Compacted, EngineError> {
        self.write_anew()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // Closing the queue lets the committer finish what was handed over, and end.
        self.requests = None;
        if let Some(committer) = self.committer.take() {
            let _panicked = committer.join();
        }
    }
}

struct Shared {
    path: PathBuf,
    state: RwLock<State>,
    /// While the store is written anew.
    compaction: Mutex<Option<Compaction>>,
    /// How long the group under way has been so.
    watch: Watch,
    /// The last to go: nobody else opens the folder before sled has closed its file.
    _lock: File,
}

/// What is read from.
struct State {
    db: sled::Db,
    /// Which files `db` has open.
    generation: Generation,
    /// What the keys of the group under way held before it: what a reader is shown until the group is durable.
    in_flight: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl State {
    fn read(&self, path: &Path, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(guarded(path, || self.db.get(key))?.map(|value| value.to_vec()))
    }
}

impl Shared {
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the files hold, be it durable or not.
    fn read(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError> {
        self.state().read(&self.path, key)
    }

    /// The number of the last group that the store holds.
    fn groups(&self) -> Result<u64, EngineError> {
        let Some(number) = self.read(GROUPS)? else {
            return Ok(0);
        };
        let number = number.try_into().map_err(|_| EngineError::Corrupt {
            path: self.path.clone(),
            reason: "the number of its last group of changes is none".to_owned(),
        })?;
        Ok(u64::from_be_bytes(number))
    }
}

/// The engine's own key, before all others: the number of the last group. See [`Acknowledged`].
const GROUPS: &[u8] = b"\0groups";

/// Where the keys of others begin.
const AFTER_GROUPS: &[u8] = b"\x01";

/// How many batches may wait: more than there are threads that hand them over, unless the disk has stopped.
const QUEUE: usize = 1_024;

/// A disk that is well answers within some hundredths of a second, and one that is busy within a few tenths.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// sled writes a page above a quarter of a segment into a file of its own, which it never syncs. A page holds
/// at most seventeen values, so with values up to 100,000 bytes a segment of 8 MiB keeps all pages inside.
const SEGMENT_BYTES: usize = 8 << 20;
