//! Work that several documents share: each may stay below its own limits, and a hundred of them take their time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much work is left, counted in calls of a hash function. All clones draw on the same.
#[derive(Clone, Debug)]
pub struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// So much and no more.
    pub fn new(work: u64) -> Allowance {
        Allowance(Arc::new(AtomicU64::new(work)))
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Takes so much, or what is left; whether there was enough.
    pub fn spend(&self, work: u64) -> bool {
        let take = |left: u64| Some(left.saturating_sub(work));
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        before.is_ok_and(|before| before >= work)
    }
}
