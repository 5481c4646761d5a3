//! A SHA-256 that can be put aside in the middle and gone on with after a restart.

use std::fmt;
use std::str::FromStr;

use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest as _, Sha256};

use crate::digest::Sha256Digest;
use crate::id::written_as_text;

/// The hash of everything that has come so far.
///
/// It is carried along with an upload, rather than taken from the stored pieces in the end: two gigabytes
/// would be read again while the sender waits for the last answer, and would wait in vain.
#[derive(Clone, Default)]
pub struct RunningHash(Sha256);

impl RunningHash {
    /// Goes on with further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::from(<[u8; 32]>::from(self.0.clone().finalize()))
    }
}

/// A text that is not the state of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the state of a hash")]
pub struct RunningHashError;

impl fmt::Display for RunningHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&bs58::encode(self.0.serialize()).into_string())
    }
}

impl FromStr for RunningHash {
    type Err = RunningHashError;

    fn from_str(text: &str) -> Result<RunningHash, RunningHashError> {
        let bytes = bs58::decode(text)
            .into_vec()
            .map_err(|_| RunningHashError)?;
        let state = SerializedState::<Sha256>::try_from(bytes.as_slice());
        let state = state.map_err(|_| RunningHashError)?;
        let hash = Sha256::deserialize(&state).map_err(|_| RunningHashError)?;
        Ok(RunningHash(hash))
    }
}

impl PartialEq for RunningHash {
    fn eq(&self, other: &RunningHash) -> bool {
        self.0.serialize() == other.0.serialize()
    }
}

impl Eq for RunningHash {}

written_as_text!(RunningHash);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_was_put_aside_goes_on() {
        let content: Vec<u8> = (0..1_000_u32).map(|n| (n * n) as u8).collect();
        for at in [0, 1, 63, 64, 65, 999, 1_000] {
            let mut before = RunningHash::default();
            before.update(&content[..at]);
            let mut after: RunningHash = before.to_string().parse().expect("its own text");
            assert_eq!(after, before);
            after.update(&content[at..]);
            assert_eq!(after.digest(), Sha256Digest::of(&content));
        }
        assert!("".parse::<RunningHash>().is_err());
        assert!("111".parse::<RunningHash>().is_err());
    }
}
