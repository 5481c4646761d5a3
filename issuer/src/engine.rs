//! The seam below the store: an ordered key-value engine with atomic, durable, conditional commits.
//!
//! Everything the service remembers goes through these few calls, so that an engine can be replaced
//! without touching the domain. A commit that returned `Ok` survives power loss, and a read never
//! shows what has not become durable yet: nothing is told to anybody that a crash could take back.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

/// An ordered key-value store with atomic, durable, conditional commits.
pub trait Engine: Send + Sync {
    /// The durable value under `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineError>;

    /// Up to `limit` durable entries whose keys start with `prefix`, in order, from the key `from` on (included).
    ///
    /// An empty `from` starts at the beginning of the prefix. The answer is one moment of the store.
    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<KeyValue>, EngineError>;

    /// Hands a batch over and returns its place in the queue. Batches are decided in the order of these calls.
    ///
    /// So a second batch may rest on a first one whose outcome is still open: it conflicts if the first did.
    fn submit(&self, batch: Batch) -> Submitted;

    /// Whether a commit has been under way for longer than the disk should take.
    ///
    /// Meanwhile batches are refused with [`EngineError::Unavailable`] when they are handed over, so that nobody
    /// begins to wait; whoever waits already learns the outcome when the disk is back. What can be read without the
    /// disk is read.
    fn hangs(&self) -> bool;

    /// Has nothing left, in any byte on the disk, of what was removed or replaced before this call. Reads and commits
    /// go on meanwhile. It takes as long as all records take to be written; whoever is second waits for the first.
    fn compact(&self) -> Result<Compacted, EngineError>;

    /// Commits a batch: all of it, durably, or nothing.
    fn commit(&self, batch: Batch) -> Result<(), CommitError> {
        self.submit(batch).wait()
    }
}

/// What a compaction wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// How many records.
    pub records: u64,
    /// How many bytes the store took before.
    pub bytes_before: u64,
    /// How many it takes.
    pub bytes: u64,
}

/// A key and the value under it.
pub type KeyValue = (Vec<u8>, Vec<u8>);

/// Changes that happen together or not at all, and what must be true for them to happen.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    require: Vec<Requirement>,
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

/// The value a key must have (`None`: no value) at the moment of the commit.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub key: Vec<u8>,
    pub expected: Option<Vec<u8>>,
}

impl Batch {
    /// Requires that `key` has exactly this value when the batch is committed.
    pub fn require(&mut self, key: Vec<u8>, expected: Vec<u8>) {
        self.require.push(Requirement {
            key,
            expected: Some(expected),
        });
    }

    /// Requires that `key` has no value when the batch is committed.
    pub fn require_absent(&mut self, key: Vec<u8>) {
        self.require.push(Requirement {
            key,
            expected: None,
        });
    }

    /// Sets `key`. The later of two writes to one key is the one that counts.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.writes.insert(key, Some(value));
    }

    /// Removes `key`. The later of two writes to one key is the one that counts.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.writes.insert(key, None);
    }

    /// What must be true for the batch to be committed.
    pub fn requirements(&self) -> &[Requirement] {
        &self.require
    }

    /// What the batch writes, in the order of keys; `None` removes.
    pub fn writes(&self) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        &self.writes
    }

    /// How many bytes the batch writes and compares.
    pub fn bytes(&self) -> usize {
        let length = |value: &Option<Vec<u8>>| value.as_ref().map_or(0, Vec::len);
        let written: usize = self
            .writes
            .iter()
            .map(|(key, value)| key.len() + length(value))
            .sum();
        let compared: usize = self
            .require
            .iter()
            .map(|one| one.key.len() + length(&one.expected))
            .sum();
        written + compared
    }

    /// Holds every key and value against the limits all engines share.
    pub fn within_limits(&self) -> Result<(), EngineError> {
        let keys = self
            .writes
            .keys()
            .chain(self.require.iter().map(|one| &one.key));
        for key in keys {
            // Keys that begin with a zero byte are for the engines themselves.
            if key.first().is_none_or(|first| *first == 0) || key.len() > MAX_KEY_BYTES {
                return Err(EngineError::too_large(key, key.len(), MAX_KEY_BYTES));
            }
        }
        for (key, value) in &self.writes {
            let bytes = value.as_ref().map_or(0, Vec::len);
            if bytes > MAX_VALUE_BYTES {
                return Err(EngineError::too_large(key, bytes, MAX_VALUE_BYTES));
            }
        }
        let bytes = self.bytes();
        if bytes > MAX_BATCH_BYTES {
            return Err(EngineError::TooLarge {
                key: String::new(),
                bytes,
                limit: MAX_BATCH_BYTES,
            });
        }
        Ok(())
    }
}

/// The place of a batch in the engine's queue.
#[must_use = "a batch is not committed before `wait` returned"]
pub struct Submitted(Outcome);

enum Outcome {
    Known(Result<(), CommitError>),
    Awaited(Receiver<Result<(), CommitError>>),
}

impl Submitted {
    /// A batch whose outcome is known already.
    pub fn known(outcome: Result<(), CommitError>) -> Submitted {
        Submitted(Outcome::Known(outcome))
    }

    /// A batch whose outcome will be sent once. A sender that is dropped means that the engine stopped.
    pub fn awaited(outcome: Receiver<Result<(), CommitError>>) -> Submitted {
        Submitted(Outcome::Awaited(outcome))
    }

    /// Waits until the batch is durable or refused.
    pub fn wait(self) -> Result<(), CommitError> {
        match self.0 {
            Outcome::Known(outcome) => outcome,
            Outcome::Awaited(receiver) => receiver
                .recv()
                .unwrap_or(Err(CommitError::Engine(EngineError::Stopped))),
        }
    }
}

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something the batch required was no longer so. Nothing was written: read again and decide again.
    #[error("another change came first")]
    Conflict,
    /// The engine could not do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl CommitError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            CommitError::Conflict => "store.conflict",
            CommitError::Engine(error) => error.code(),
        }
    }
}

/// Why an engine could not be opened, read or written.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What is on the disk cannot be read as a store.
    #[error(
        "the store in {} is damaged ({reason}). Move the folder away, keep it, and put the latest backup \
         in its place",
        path.display()
    )]
    Corrupt { path: PathBuf, reason: String },
    /// Another process has the store open.
    #[error("the store in {} is in use by another process: the service runs, or another command", path.display())]
    Locked { path: PathBuf },
    /// A key, a value or a batch is larger than the engine takes.
    #[error("{bytes} bytes under {key:?} are more than the {limit} the store takes")]
    TooLarge {
        key: String,
        bytes: usize,
        limit: usize,
    },
    /// The disk has no room for the files of a compaction beside those of before. They stay as they were.
    #[error(
        "to compact the store in {} takes {needed} bytes of the disk, and {free} are free",
        path.display()
    )]
    NoRoom {
        path: PathBuf,
        needed: u64,
        free: u64,
    },
    /// The operating system refused.
    #[error("the store could not {doing} {}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// The engine has stopped taking commits, because a write failed.
    #[error("the store has stopped because a write failed")]
    Stopped,
    /// An earlier commit has not come back from the disk. This batch was not handed over: nothing was written.
    #[error("the store takes no changes at the moment, because its disk does not answer")]
    Unavailable,
}

impl EngineError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Corrupt { .. } => "store.corrupt",
            EngineError::Locked { .. } => "store.locked",
            EngineError::TooLarge { .. } => "store.too_large",
            EngineError::NoRoom { .. } => "store.no_room",
            EngineError::Io { .. } => "store.io",
            EngineError::Stopped => "store.stopped",
            EngineError::Unavailable => "db.unavailable",
        }
    }

    fn too_large(key: &[u8], bytes: usize, limit: usize) -> EngineError {
        let shown = key.get(..MAX_KEY_BYTES).unwrap_or(key);
        EngineError::TooLarge {
            key: String::from_utf8_lossy(shown).into_owned(),
            bytes,
            limit,
        }
    }
}

/// The largest key. PostgreSQL refuses index entries above 2,704 bytes, and no key of ours comes near.
pub const MAX_KEY_BYTES: usize = 1_024;

/// The largest value. sled writes what is larger into files of its own, which it never syncs.
pub const MAX_VALUE_BYTES: usize = 100_000;

/// The largest batch: a group of them is held in memory, and issuing takes less than a hundredth of this.
pub const MAX_BATCH_BYTES: usize = 8 << 20;
