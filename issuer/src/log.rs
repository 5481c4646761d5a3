//! The issuance log: an append-only Merkle tree over everything the issuer has said (RFC 6962 hashing).
//!
//! A leaf is the canonical JSON (RFC 8785) of `{kind, subject, time}`. The subject is a salted digest, so
//! that erasing a person's data and salt leaves a leaf that says nothing about anybody, and a tree that
//! still verifies.
//!
//! The leaf is committed in the same batch as what it tells of. After the commit, and before anything is
//! acknowledged, size and root go into a small file outside the store. A store that is ahead of that file
//! has crashed in between and is right; a store behind it was taken back to an older copy and is refused.

mod check;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::checkpoint::{Checkpoint, NoteError, NoteSigner};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::high_water::{HighWater, HighWaterError};
use crate::layout;
use crate::merkle::{self, Head, Tree};
use crate::store::{Store, StoreError};

/// The issuance log in a store, with its high-water mark in a file.
pub struct Log {
    store: Store,
    high_water: HighWater,
    tail: Mutex<Tail>,
}

/// One thing the issuer has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    // Members in this order are RFC 8785's order, and their values need no escapes: see `leaf`.
    pub kind: Kind,
    pub subject: Sha256Digest,
    pub time: Timestamp,
}

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A badge was issued.
    Issue,
    /// An edition of a badge was revoked.
    Revoke,
    /// A badge was issued again: corrected, renewed or reinstated.
    Reissue,
    /// A signing key was added, retired or revoked.
    Key,
}

/// Where an entry stands: the number of entries before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogPosition(pub u64);

/// What shows that an entry stands in the log of a certain size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    pub position: LogPosition,
    pub leaf: Vec<u8>,
    pub head: Head,
    pub path: Vec<Sha256Digest>,
}

/// The subject of an entry: SHA-256 over the salt and the SHA-256 of each of the two forms of a badge.
///
/// Every entry has a salt of its own. For a key, the first form is its entry in the key history, the second empty.
pub fn subject(salt: &[u8; 32], json: &[u8], jwt: &[u8]) -> Sha256Digest {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(salt)
        .chain_update(Sha256Digest::of(json).bytes())
        .chain_update(Sha256Digest::of(jwt).bytes())
        .finalize()
        .into();
    digest.into()
}

impl Entry {
    /// The bytes that are hashed: canonical JSON (RFC 8785).
    pub fn leaf(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("three texts are always JSON")
    }
}

impl InclusionProof {
    /// Whether the leaf stands at its position in the tree with this size and root.
    pub fn holds(&self) -> bool {
        let leaf = merkle::leaf_hash(&self.leaf);
        merkle::verify_inclusion(
            &leaf,
            self.position.0,
            self.head.size,
            &self.path,
            &self.head.root,
        )
    }
}

impl Log {
    /// Opens the log of a store and holds it against the high-water mark in the file at `high_water`.
    pub fn open(store: Store, high_water: &Path) -> Result<Log, LogError> {
        let (tree, record) = read_tree(&store)?;
        let stored = Head {
            size: tree.size(),
            root: tree.root(),
        };
        let log = Log {
            high_water: HighWater::open(high_water, stored)?,
            tail: Mutex::new(Tail {
                tree,
                record,
                chain: 0,
                broken: false,
            }),
            store,
        };
        let marked = log.high_water.head();
        if stored.size < marked.size {
            return Err(LogError::Rollback {
                stored: stored.size,
                marked: marked.size,
            });
        }
        if log.root(stored.size)? != stored.root {
            return Err(LogError::damaged("the roots of its subtrees".to_owned()));
        }
        if log.root(marked.size)? != marked.root {
            return Err(LogError::Fork { size: marked.size });
        }
        log.high_water.raise(stored)?;
        Ok(log)
    }

    /// Takes the turn to append. Until it is committed or dropped, nobody else appends: nothing slow belongs in it.
    pub fn turn(&self, batch: Batch) -> Result<Turn<'_>, LogError> {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.broken {
            let (tree, record) = read_tree(&self.store)?;
            *tail = Tail {
                tree,
                record,
                chain: tail.chain + 1,
                broken: false,
            };
        }
        Ok(Turn {
            tree: tail.tree.clone(),
            log: self,
            tail,
            batch,
        })
    }

    /// Makes sure that what a reader has found in the store may be acknowledged: raises the mark to the store's size.
    pub fn settle(&self) -> Result<(), LogError> {
        let (tree, _) = read_tree(&self.store)?;
        Ok(self.high_water.raise(Head {
            size: tree.size(),
            root: tree.root(),
        })?)
    }

    /// The size and root that are durable in the store and in the file: what the log may promise to anybody.
    pub fn head(&self) -> Head {
        self.high_water.head()
    }

    /// The signed checkpoint of [`Log::head`].
    pub fn checkpoint(&self, signer: &NoteSigner) -> Result<String, LogError> {
        let origin = signer.verifier().name().to_owned();
        let checkpoint = Checkpoint {
            origin,
            head: self.head(),
        };
        Ok(signer.sign(&checkpoint.text())?)
    }

    /// Up to `limit` leaves from `from` on, as they were hashed.
    pub fn leaves(&self, from: LogPosition, limit: usize) -> Result<Vec<Vec<u8>>, LogError> {
        let size = self.head().size;
        let remaining = usize::try_from(size.saturating_sub(from.0)).unwrap_or(usize::MAX);
        let first = layout::log_leaf(from.0);
        let entries =
            self.store
                .engine()
                .scan(&layout::log_leaves(), &first, limit.min(remaining))?;
        Ok(entries.into_iter().map(|(_, leaf)| leaf).collect())
    }

    /// The proof that an entry stands in the log as [`Log::head`] has it.
    pub fn prove(&self, position: LogPosition) -> Result<InclusionProof, LogError> {
        let head = self.head();
        if position.0 >= head.size {
            return Err(LogError::OutOfRange {
                asked: position.0,
                size: head.size,
            });
        }
        let leaf = self.store.engine().get(&layout::log_leaf(position.0))?;
        let leaf =
            leaf.ok_or_else(|| LogError::damaged(format!("leaf {} is missing", position.0)))?;
        let path = merkle::inclusion(position.0, head.size, &|level, index| {
            self.node(level, index)
        })?;
        Ok(InclusionProof {
            position,
            leaf,
            head,
            path,
        })
    }

    /// The proof that the log of size `new` begins with the log of size `old`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Sha256Digest>, LogError> {
        let size = self.head().size;
        if old > new || new > size {
            return Err(LogError::OutOfRange {
                asked: old.max(new),
                size,
            });
        }
        merkle::consistency(old, new, &|level, index| self.node(level, index))
    }

    /// The root the log had at an earlier size.
    pub fn root(&self, size: u64) -> Result<Sha256Digest, LogError> {
        merkle::root(size, &|level, index| self.node(level, index))
    }

    fn node(&self, level: u8, index: u64) -> Result<Sha256Digest, LogError> {
        let bytes = self.store.engine().get(&layout::log_node(level, index))?;
        let hash = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        hash.map(Sha256Digest::from)
            .ok_or_else(|| LogError::damaged(format!("node {index} of level {level} is missing")))
    }
}

/// The turn to append: what is appended and what the batch held before become durable together.
pub struct Turn<'a> {
    log: &'a Log,
    tail: MutexGuard<'a, Tail>,
    tree: Tree,
    batch: Batch,
}

impl Turn<'_> {
    /// Appends an entry and says where it will stand.
    pub fn append(&mut self, entry: &Entry) -> LogPosition {
        let leaf = entry.leaf();
        let position = self.tree.size();
        for node in self.tree.append(merkle::leaf_hash(&leaf)) {
            self.batch.put(
                layout::log_node(node.level, node.index),
                node.hash.bytes().to_vec(),
            );
        }
        self.batch.put(layout::log_leaf(position), leaf);
        LogPosition(position)
    }

    /// The batch, for records that tell where the entry stands.
    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Commits the batch with its entries and raises the high-water mark. After `Ok` it may be acknowledged.
    ///
    /// A crash after the commit leaves the store ahead of the mark; opening the log raises the mark.
    /// On [`StoreError::Conflict`] nothing was written: read again and decide again.
    pub fn commit(self) -> Result<(), LogError> {
        let Turn {
            log,
            mut tail,
            tree,
            mut batch,
        } = self;
        let record = TreeRecord {
            size: tree.size(),
            roots: tree.roots().to_vec(),
        };
        match &tail.record {
            Some(unchanged) => batch.require(layout::log_tree(), unchanged.clone()),
            None => batch.require_absent(layout::log_tree()),
        }
        batch.put_record(layout::log_tree(), &record)?;
        let written = batch.writes().get(&layout::log_tree()).cloned().flatten();
        let head = Head {
            size: tree.size(),
            root: tree.root(),
        };
        // The next turn rests on this one before its outcome is known: so many turns share one sync, and
        // each still stands exactly where it was told, or conflicts with all that follow it.
        let submitted = log.store.engine().submit(batch);
        let chain = tail.chain;
        *tail = Tail {
            tree,
            record: written,
            chain,
            broken: false,
        };
        drop(tail);

        if let Err(error) = submitted.wait() {
            let mut tail = log.tail.lock().unwrap_or_else(PoisonError::into_inner);
            // A later turn may have read the store again already, and started a chain of its own.
            tail.broken |= tail.chain == chain;
            return Err(StoreError::from(error).into());
        }
        Ok(log.high_water.raise(head)?)
    }
}

/// Where the next entry goes: after those that are durable and those that have been submitted.
struct Tail {
    tree: Tree,
    /// The bytes of the tree's record, which the next batch requires.
    record: Option<Vec<u8>>,
    /// Counts how often the tail was read from the store.
    chain: u64,
    /// A submitted batch was refused, so the store knows better.
    broken: bool,
}

/// Why the log could not be opened, appended to or asked.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store holds fewer entries than were acknowledged: it is an older copy.
    #[error(
        "the store holds {stored} log entries, but {marked} were acknowledged: it was taken back to an older copy"
    )]
    Rollback { stored: u64, marked: u64 },
    /// The store holds other entries than were acknowledged.
    #[error("the first {size} log entries in the store are not those that were acknowledged")]
    Fork { size: u64 },
    /// The log contradicts itself.
    #[error("the log is damaged: {what}")]
    Damaged { what: String },
    /// There is no such entry or size (yet).
    #[error("{asked} is beyond the log's size of {size}")]
    OutOfRange { asked: u64, size: u64 },
    #[error(transparent)]
    HighWater(#[from] HighWaterError),
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LogError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            LogError::Rollback { .. } => "log.rollback",
            LogError::Fork { .. } => "log.fork",
            LogError::Damaged { .. } => "log.damaged",
            LogError::OutOfRange { .. } => "log.out_of_range",
            LogError::HighWater(error) => error.code(),
            LogError::Note(error) => error.code(),
            LogError::Store(error) => error.code(),
        }
    }

    fn damaged(what: String) -> LogError {
        LogError::Damaged { what }
    }
}

impl From<crate::engine::EngineError> for LogError {
    fn from(error: crate::engine::EngineError) -> LogError {
        LogError::Store(error.into())
    }
}

/// The tree as it is stored.
#[derive(Serialize, Deserialize)]
struct TreeRecord {
    size: u64,
    roots: Vec<Sha256Digest>,
}

fn read_tree(store: &Store) -> Result<(Tree, Option<Vec<u8>>), LogError> {
    let Some(stored) = store.read::<TreeRecord>(&layout::log_tree())? else {
        return Ok((Tree::default(), None));
    };
    let bytes = stored.bytes().to_vec();
    let tree = Tree::new(stored.value.size, stored.value.roots);
    let tree =
        tree.ok_or_else(|| LogError::damaged("its size does not fit its subtrees".to_owned()))?;
    Ok((tree, Some(bytes)))
}
