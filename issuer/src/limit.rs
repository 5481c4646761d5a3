//! How often something may be done: buckets that empty with every use and fill again with time.
//!
//! They are kept in memory: a restart forgives, and every node of several counts for itself.

use crate::error::Error;
use schemas::timestamp::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A bucket for everybody who does one kind of thing.
#[derive(Debug)]
pub struct Buckets {
    size: i64,
    seconds_a_drop: i64,
    drops_a_second: i64,
    /// When each bucket that is not full will be full again, in parts of Unix seconds: as many parts as
    /// drops come in one.
    full_at: Mutex<HashMap<String, i64>>,
}

impl Buckets {
    /// Buckets that hold `size` uses, of which one comes back every `seconds_a_drop` seconds.
    pub fn new(size: u32, seconds_a_drop: u32) -> Buckets {
        Buckets {
            size: size.into(),
            seconds_a_drop: seconds_a_drop.into(),
            drops_a_second: 1,
            full_at: Mutex::default(),
        }
    }

    /// Buckets that hold `size` uses, of which `drops_a_second` come back every second.
    pub fn filling(size: u32, drops_a_second: u32) -> Buckets {
        Buckets {
            drops_a_second: drops_a_second.max(1).into(),
            ..Buckets::new(size, 1)
        }
    }

    /// Takes one use out of somebody's bucket, or says when there will be one again.
    pub fn take(&self, whose: &str, now: Timestamp) -> Result<(), Error> {
        let now = now.unix_seconds() * self.drops_a_second;
        // A thread that panicked while it held the lock has left a whole map behind.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let empty = self.size * self.seconds_a_drop;
        let full = full_at.get(whose).copied().unwrap_or(now);
        // No bucket is emptier than empty: a clock that was set back keeps nobody waiting for longer.
        let after = full.clamp(now, now + empty) + self.seconds_a_drop;
        let wait = after - now - empty;
        if wait > 0 {
            return Err(Error::RateLimited {
                seconds: (wait + self.drops_a_second - 1) / self.drops_a_second,
            });
        }
        if full_at.len() >= BUCKETS && !full_at.contains_key(whose) {
            full_at.retain(|_, full| *full > now);
            // Whoever fills the memory with names gains what they had anyway: a full bucket each.
            if full_at.len() >= BUCKETS {
                full_at.clear();
            }
        }
        full_at.insert(whose.to_owned(), after);
        Ok(())
    }
}

/// About 10 MB at most. A district has a few thousand people, a state a few ten thousand.
const BUCKETS: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let at = |second: i64| Timestamp::from_unix(1_000 + second).expect("a time");
        let buckets = Buckets::new(3, 10);
        for _ in 0..3 {
            assert!(buckets.take("ada", at(0)).is_ok());
        }
        let wait = |second| match buckets.take("ada", at(second)) {
            Err(Error::RateLimited { seconds }) => seconds,
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(0), 10);
        assert_eq!(wait(9), 1);
        assert!(buckets.take("bob", at(9)).is_ok());
        assert!(buckets.take("ada", at(10)).is_ok());
        assert_eq!(wait(10), 10);
        // After a long time there are three again, and not more.
        for _ in 0..3 {
            assert!(buckets.take("ada", at(1_000)).is_ok());
        }
        assert_eq!(wait(1_000), 10);
        // The clock is set back.
        assert_eq!(wait(500), 10);
        assert!(buckets.take("bob", at(500)).is_ok());
    }
}
