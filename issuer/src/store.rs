//! What the service remembers, asked in the domain's words.
//!
//! This file holds what all questions share: opening, versioned records, and the commit. The questions
//! themselves are further `impl Store` blocks beside the things they are about.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::engine::{Batch, CommitError, Engine, EngineError};
use crate::layout;
use crate::page::CursorError;

mod adoption;
mod award;
mod awarding;
mod badge;
mod bulk;
mod catalogue;
mod cohort;
mod colleague;
mod compaction;
mod did;
mod endorsement;
mod erasure;
pub(crate) mod event;
mod hosted;
mod idempotency;
mod identity;
mod joining;
mod learning;
mod link;
mod mail;
mod merge;
mod micro_credential;
mod oauth;
mod organisation;
mod other_host;
mod page;
mod passkey;
mod person;
mod portfolio;
mod preparing;
mod quality;
mod removal;
mod retention;
mod review;
mod saying;
mod session;
mod stack;
mod status;
mod submission;
mod token;
pub(crate) mod upload;
mod waiting;
mod webhook;

/// Everything the service remembers, over one of the engines.
#[derive(Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
}

impl Store {
    /// Takes an engine whose records this program can read; an empty engine is given its version record.
    pub fn open(engine: Arc<dyn Engine>) -> Result<Store, StoreError> {
        let store = Store { engine };
        if store.engine.scan(b"", b"", 1)?.is_empty() {
            let mut batch = Batch::default();
            batch.require_absent(layout::format());
            batch.put_record(layout::format(), &Format { format: FORMAT })?;
            match store.commit(batch) {
                // Another node was quicker; what it wrote is read below.
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        let found = store
            .read::<Format>(&layout::format())?
            .map(|stored| stored.value.format);
        if found != Some(FORMAT) {
            return Err(StoreError::Version {
                found,
                supported: FORMAT,
            });
        }
        Ok(store)
    }

    /// Reads the record under `key`.
    pub fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<Stored<T>>, StoreError> {
        let Some(bytes) = self.engine.get(key)? else {
            return Ok(None);
        };
        Stored::decode(key.to_vec(), bytes).map(Some)
    }

    /// Reads up to `limit` records under `prefix`, in the order of keys, from the key `from` on (included).
    pub fn read_all<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<Stored<T>>, StoreError> {
        let entries = self.engine.scan(prefix, from, limit)?;
        entries
            .into_iter()
            .map(|(key, bytes)| Stored::decode(key, bytes))
            .collect()
    }

    /// Commits a batch: all of it, durably, or nothing.
    pub fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        Ok(self.engine.commit(batch)?)
    }

    /// The engine, for what is not kept as records.
    pub fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }
}

/// A record as it was read, with the bytes it was read from.
#[derive(Debug, Clone)]
pub struct Stored<T> {
    pub value: T,
    key: Vec<u8>,
    bytes: Vec<u8>,
}

impl<T> Stored<T> {
    /// Makes the batch conflict if this record has changed since it was read.
    pub fn require_unchanged(&self, batch: &mut Batch) {
        batch.require(self.key.clone(), self.bytes.clone());
    }

    /// The bytes the record was read from.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key the record was read from.
    pub fn key(&self) -> &[u8] {
        &self.key
    }
}

impl<T: DeserializeOwned> Stored<T> {
    fn decode(key: Vec<u8>, bytes: Vec<u8>) -> Result<Stored<T>, StoreError> {
        match serde_json::from_slice::<Versioned<T>>(&bytes) {
            Ok(Versioned {
                v: RECORD_VERSION,
                record,
            }) => Ok(Stored {
                value: record,
                key,
                bytes,
            }),
            Ok(Versioned { v, .. }) => Err(StoreError::record(&key, format!("its version is {v}"))),
            Err(error) => Err(StoreError::record(&key, error.to_string())),
        }
    }
}

impl Batch {
    /// Sets `key` to a versioned JSON record.
    pub fn put_record<T: Serialize>(&mut self, key: Vec<u8>, record: &T) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(&Versioned {
            v: RECORD_VERSION,
            record,
        })
        .map_err(|error| StoreError::record(&key, error.to_string()))?;
        self.put(key, bytes);
        Ok(())
    }
}

/// Why the store could not answer or commit.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something the batch required was no longer so. Nothing was written: read again and decide again.
    #[error("another change came first")]
    Conflict,
    /// The store was written by another version of this program, or is not one of ours.
    #[error(
        "the store has the format {}, and this program reads {supported}",
        found.map_or("of something else".to_owned(), |found| found.to_string())
    )]
    Version { found: Option<u32>, supported: u32 },
    /// One record cannot be read or written.
    #[error("the record {key} cannot be used: {reason}")]
    Record { key: String, reason: String },
    /// The cursor is none of this list.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The engine could not do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl StoreError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Conflict => "store.conflict",
            StoreError::Version { .. } => "store.version",
            StoreError::Record { .. } => "store.record",
            StoreError::Cursor(_) => "paging.cursor",
            StoreError::Engine(error) => error.code(),
        }
    }

    fn record(key: &[u8], reason: String) -> StoreError {
        StoreError::Record {
            key: String::from_utf8_lossy(key).into_owned(),
            reason,
        }
    }
}

impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> StoreError {
        match error {
            CommitError::Conflict => StoreError::Conflict,
            CommitError::Engine(error) => StoreError::Engine(error),
        }
    }
}

/// A record with its version beside its own members, so that a migration can tell old from new.
#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    record: T,
}

#[derive(Serialize, Deserialize)]
struct Format {
    format: u32,
}

/// The version of `layout.rs` as a whole; a store of another one is refused.
const FORMAT: u32 = 1;

/// The version every record has so far.
const RECORD_VERSION: u32 = 1;
