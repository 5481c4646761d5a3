//! Checksums that senders give, beside the digests that we take for ourselves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// What some content must come to.
#[derive(Clone)]
pub struct Checksum {
    hash: Hash,
    expected: Vec<u8>,
}

#[derive(Clone)]
enum Hash {
    /// Every tus server has it; it finds errors of the line, and nothing else is asked of it.
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// The algorithms there are, by their names.
    pub const ALGORITHMS: &str = "sha1,sha256";

    /// Reads the name of an algorithm, a blank, and a checksum in Base64.
    pub fn read(text: &str) -> Option<Checksum> {
        let (algorithm, expected) = text.trim().split_once(' ')?;
        let (hash, bytes) = match algorithm {
            "sha1" => (Hash::Sha1(Sha1::new()), 20),
            "sha256" => (Hash::Sha256(Sha256::new()), 32),
            _ => return None,
        };
        let expected = STANDARD.decode(expected.trim()).ok()?;
        (expected.len() == bytes).then_some(Checksum { hash, expected })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    pub(super) fn holds(&self) -> bool {
        match &self.hash {
            Hash::Sha1(hash) => hash.clone().finalize()[..] == self.expected,
            Hash::Sha256(hash) => hash.clone().finalize()[..] == self.expected,
        }
    }
}
