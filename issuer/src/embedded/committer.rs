//! The one that writes: groups of batches, each decided in order, all made durable by one sync.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use super::folder::Acknowledged;
use super::generation::Generation;
use super::guard::guarded;
use super::{GROUPS, Shared, Stop};
use crate::engine::{Batch, CommitError, EngineError, MAX_BATCH_BYTES, Requirement};

pub(super) struct Request {
    pub(super) batch: Batch,
    pub(super) answer: SyncSender<Result<(), CommitError>>,
}

pub(super) struct Committer {
    pub(super) shared: Arc<Shared>,
    /// A second handle of sled's file, for the sync that sled leaves out.
    pub(super) file: File,
    pub(super) acknowledged: Acknowledged,
    /// The number of the last group that is durable.
    pub(super) groups: u64,
    pub(super) stop: Stop,
}

impl Committer {
    pub(super) fn run(mut self, queue: &Receiver<Request>) {
        while let Ok(first) = queue.recv() {
            let group = gather(first, queue);
            self.shared.watch.begin();
            let written = self.write(&group);
            let written = written.and_then(|outcomes| self.switch().map(|()| outcomes));
            self.shared.watch.end();
            let outcomes = match written {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    (self.stop)(&format!(
                        "a write to the store failed, and is not tried again: {error}"
                    ));
                    return;
                }
            };
            for (request, outcome) in group.into_iter().zip(outcomes) {
                // Whoever no longer waits for the answer does not need it.
                let _gone = request.answer.send(outcome);
            }
        }
    }

    /// Decides each batch in order, against the state that the batches before it leave, and makes the group durable.
    fn write(&mut self, group: &[Request]) -> Result<Vec<Result<(), CommitError>>, EngineError> {
        let mut writes: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
        let mut outcomes = Vec::with_capacity(group.len());
        for Request { batch, .. } in group {
            let holds = self.hold(batch.requirements(), &writes)?;
            outcomes.push(if holds {
                Ok(())
            } else {
                Err(CommitError::Conflict)
            });
            if holds {
                writes.extend(
                    batch
                        .writes()
                        .iter()
                        .map(|(key, value)| (key.clone(), value.clone())),
                );
            }
        }
        if writes.is_empty() {
            return Ok(outcomes);
        }

        let number = self.groups + 1;
        let mut before = BTreeMap::new();
        let mut batch = sled::Batch::default();
        batch.insert(GROUPS, &number.to_be_bytes());
        for (key, value) in writes {
            before.insert(key.clone(), self.shared.read(&key)?);
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let db = {
            let mut state = self.shared.state_mut();
            state.in_flight = before;
            guarded(&self.shared.path, || state.db.apply_batch(batch))?;
            state.db.clone()
        };
        guarded(&self.shared.path, || db.flush())?;
        let io = |source| EngineError::Io {
            doing: "sync",
            path: self.shared.path.clone(),
            source,
        };
        self.file.sync_data().map_err(io)?;
        self.acknowledged.write(number).map_err(io)?;
        self.groups = number;
        let written = std::mem::take(&mut self.shared.state_mut().in_flight);
        if let Some(compaction) = self.shared.compaction().as_mut() {
            compaction.note(written.into_keys().chain([GROUPS.to_vec()]));
        }
        Ok(outcomes)
    }

    /// Changes over to new files when they are ready: between two groups, so that nothing is in flight.
    fn switch(&mut self) -> Result<(), EngineError> {
        let mut compaction = self.shared.compaction();
        let Some(compaction) = compaction.as_mut() else {
            return Ok(());
        };
        let Some(new) = compaction.finish(&self.shared) else {
            return Ok(());
        };
        Generation::switch(&self.shared.path).map_err(|source| EngineError::Io {
            doing: "change over to the new files of",
            path: self.shared.path.clone(),
            source,
        })?;
        self.file = new.file;
        compaction.done(self.shared.state_mut().switch(new.db, new.generation));
        Ok(())
    }

    fn hold(
        &self,
        requirements: &[Requirement],
        writes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    ) -> Result<bool, EngineError> {
        for Requirement { key, expected } in requirements {
            let holds = match writes.get(key) {
                Some(written) => written == expected,
                None => self.shared.read(key)? == *expected,
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn gather(first: Request, queue: &Receiver<Request>) -> Vec<Request> {
    let mut bytes = first.batch.bytes();
    let mut group = vec![first];
    while group.len() < GROUP && bytes < MAX_BATCH_BYTES {
        let Ok(next) = queue.try_recv() else { break };
        bytes += next.batch.bytes();
        group.push(next);
    }
    group
}

/// How many batches one sync may serve.
const GROUP: usize = 512;
