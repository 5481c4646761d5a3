//! How much is being done: what comes while a full queue waits is told so at the door, so that what was let in is
//! answered as soon as ever.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::HttpError;

/// The work that touches the store, all requests together.
#[derive(Debug)]
pub struct Load {
    hands: Arc<Semaphore>,
    /// For reading, while work that waits for a disk that hangs has all the others.
    spare: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

impl Load {
    /// So much work at once, and so much more that may wait for it.
    pub fn new(hands: usize, queue: usize) -> Load {
        Load {
            hands: Arc::new(Semaphore::new(hands)),
            spare: Arc::new(Semaphore::new(MOST_HANDS)),
            waiting: AtomicUsize::new(0),
            queue,
        }
    }

    /// Lets a request in unless too much waits already. What was let in is never turned away later: half of it
    /// may be done.
    pub(super) fn admit(&self) -> Result<(), HttpError> {
        match self.waiting.load(Ordering::Relaxed) < self.queue {
            true => Ok(()),
            false => Err(HttpError::Overloaded),
        }
    }

    /// Waits until there is a hand free, or a spare one from when the disk has `hung`. It belongs to the work and not
    /// to the request: a client that leaves does not make room for another one while its work goes on.
    pub(super) async fn hand(&self, hung: impl Future<Output = ()>) -> OwnedSemaphorePermit {
        let _waits = Waits::behind(&self.waiting);
        let hand = tokio::select! {
            biased;
            hand = self.hands.clone().acquire_owned() => hand,
            () = hung => self.spare.clone().acquire_owned().await,
        };
        hand.expect("the semaphores are never closed")
    }
}

impl Default for Load {
    fn default() -> Load {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let hands = HANDS_PER_PROCESSOR * processors;
        Load::new(hands.clamp(FEWEST_HANDS, MOST_HANDS), QUEUE)
    }
}

/// One that waits, until it is dropped: a client that leaves waits no more.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn behind(waiting: &'a AtomicUsize) -> Waits<'a> {
        waiting.fetch_add(1, Ordering::Relaxed);
        Waits(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Enough that writes, which wait for the disk, are written together; few enough that reading requests and
/// answering them, which share the processors with them, go on at once: each hand that has work to do is one more
/// in front of whoever only has to be told to come again.
const HANDS_PER_PROCESSOR: usize = 4;
const FEWEST_HANDS: usize = 8;
const MOST_HANDS: usize = 32;
/// A thousand pieces of work a second are little, on a disk that syncs within some milliseconds: whoever is let in
/// waits for less than a tenth of a second.
const QUEUE: usize = 64;
