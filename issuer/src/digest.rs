//! A SHA-256 digest, written in hexadecimal wherever people or other programs see it.

use crate::id::written_as_text;
use base64::Engine as _;
use serde_json::Value;
use sha2::Digest as _;
use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a SHA-256 digest in hexadecimal")]
pub struct DigestError;

impl Sha256Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Sha256Digest {
        Sha256Digest(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of a document's canonical JSON (RFC 8785).
    ///
    /// For documents with ASCII member names and whole numbers, which is all that is hashed
    /// here: then the canonical form is the compact form with its members sorted.
    pub fn of_canonical_json(document: &Value) -> Sha256Digest {
        let mut sorted = document.clone();
        sorted.sort_all_objects();
        Sha256Digest::of(sorted.to_string().as_bytes())
    }

    /// The digest over a salt and this digest: it tells nobody anything who has not both.
    pub fn salted(&self, salt: &[u8; 32]) -> Sha256Digest {
        let salted = sha2::Sha256::new().chain_update(salt).chain_update(self.0);
        Sha256Digest(salted.finalize().into())
    }

    /// The digest as subresource integrity metadata (`digestSRI` of the Data Model 2.0).
    pub fn sri(&self) -> String {
        format!(
            "sha256-{}",
            base64::engine::general_purpose::STANDARD.encode(self.0)
        )
    }

    /// The 32 bytes themselves.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl From<[u8; 32]> for Sha256Digest {
    fn from(bytes: [u8; 32]) -> Sha256Digest {
        Sha256Digest(bytes)
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl FromStr for Sha256Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Sha256Digest, DigestError> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| DigestError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| DigestError)?;
        }
        Ok(Sha256Digest(bytes))
    }
}

written_as_text!(Sha256Digest);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_digest_reads_back_from_its_text() {
        // FIPS 180-4, the digest of "abc".
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256Digest::of(b"abc").to_string(), text);
        assert_eq!(text.parse(), Ok(Sha256Digest::of(b"abc")));
        assert!("ba78".parse::<Sha256Digest>().is_err());
        assert!("é".repeat(32).parse::<Sha256Digest>().is_err());
    }

    #[test]
    fn the_order_of_members_does_not_change_a_canonical_digest() {
        let one = json!({ "b": [1, { "d": 2, "c": 3 }], "a": "x" });
        let other = json!({ "a": "x", "b": [1, { "c": 3, "d": 2 }] });
        assert_eq!(
            Sha256Digest::of_canonical_json(&one),
            Sha256Digest::of_canonical_json(&other)
        );
        assert_eq!(
            Sha256Digest::of_canonical_json(&one),
            Sha256Digest::of(br#"{"a":"x","b":[1,{"c":3,"d":2}]}"#)
        );
    }
}
