//! How long the disk has been at one group of batches.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::{error, info};

/// Watches the committer from outside: what hangs in the kernel cannot say so itself.
#[derive(Debug)]
pub(super) struct Watch(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    patience: Duration,
    /// Since when the group under way has been so.
    since: Option<Instant>,
    /// Whether it was written to the log that this group hangs.
    told: bool,
}

impl Watch {
    pub(super) fn new(patience: Duration) -> Watch {
        Watch(Mutex::new(Seen {
            patience,
            since: None,
            told: false,
        }))
    }

    pub(super) fn set_patience(&self, patience: Duration) {
        self.seen().patience = patience;
    }

    /// A group is begun. Each has its own time: once the disk is back, those that waited behind are not late.
    pub(super) fn begin(&self) {
        let mut seen = self.seen();
        seen.since = Some(Instant::now());
        seen.told = false;
    }

    /// The group is done.
    pub(super) fn end(&self) {
        let mut seen = self.seen();
        if let Some(since) = seen.since.take()
            && seen.told
        {
            let seconds = since.elapsed().as_secs();
            info!("The disk of the store answers again, after {seconds} s");
        }
    }

    /// Whether the group under way takes longer than the disk should.
    pub(super) fn hangs(&self) -> bool {
        let mut seen = self.seen();
        let hangs = seen
            .since
            .is_some_and(|since| since.elapsed() > seen.patience);
        if hangs && !seen.told {
            seen.told = true;
            let seconds = seen.patience.as_secs_f64();
            error!(
                "The disk of the store has not answered for {seconds} s: no changes are taken until it does"
            );
        }
        hangs
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
