//! Where random values come from: the operating system, or a seed when a test must see the same
//! values again.

use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes that is passed to whatever draws from it.
pub struct Random(Source);

enum Source {
    System,
    Seeded { seed: [u8; 32], next: AtomicU64 },
}

/// The operating system gives no random bytes; nothing can be issued on such a machine.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct RandomError;

impl Random {
    /// The operating system's source, asked once so that a machine without one is found at start.
    pub fn system() -> Result<Random, RandomError> {
        getrandom::fill(&mut [0; 32]).map_err(|_| RandomError)?;
        Ok(Random(Source::System))
    }

    /// Values that follow from a seed, for tests and snapshots only.
    pub fn seeded(seed: [u8; 32]) -> Random {
        Random(Source::Seeded {
            seed,
            next: AtomicU64::new(0),
        })
    }

    /// Draws `N` bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            // A source that has answered once does not stop answering (getrandom(2)).
            Source::System => {
                getrandom::fill(&mut bytes).expect("the system's source answered at start")
            }
            Source::Seeded { seed, next } => {
                for chunk in bytes.chunks_mut(32) {
                    let block = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                    let digest = Sha256::new()
                        .chain_update(seed)
                        .chain_update(block)
                        .finalize();
                    chunk.copy_from_slice(&digest[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// Draws a number below `bound`, each equally likely.
    pub fn below(&self, bound: u32) -> u32 {
        // Values above the last full multiple would favour small numbers; they are drawn again.
        let limit = u32::MAX - u32::MAX % bound;
        loop {
            let drawn = u32::from_be_bytes(self.bytes());
            if drawn < limit {
                return drawn % bound;
            }
        }
    }
}
