//! SHA-256 digests and the salts that go before them, written in hexadecimal wherever people or
//! other programs see them.

use crate::id::written_as_text;
use crate::random::Random;
use base64::Engine as _;
use keys::jcs;
use serde_json::Value;
use sha2::Digest as _;
use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; 32]);

/// 32 random bytes that go before what is hashed, so that nobody can guess it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt([u8; 32]);

/// A text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not 64 hexadecimal digits")]
pub struct DigestError;

impl Salt {
    /// Draws a new salt.
    pub fn draw(random: &Random) -> Salt {
        Salt(random.bytes())
    }

    /// A salt for another use, that tells nothing of this one.
    pub fn of_its_own(&self, usage: &str) -> Salt {
        let derived = sha2::Sha256::new().chain_update(self.0).chain_update(usage);
        Salt(derived.finalize().into())
    }
}

impl Sha256Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Sha256Digest {
        Sha256Digest(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of a document's canonical JSON (RFC 8785).
    pub fn of_canonical_json(document: &Value) -> Sha256Digest {
        Sha256Digest::of(jcs::canonical_text(document).as_bytes())
    }

    /// The digest over a salt and this digest: it tells nobody anything who has not both.
    pub fn salted(&self, salt: &Salt) -> Sha256Digest {
        let salted = sha2::Sha256::new()
            .chain_update(salt.0)
            .chain_update(self.0);
        Sha256Digest(salted.finalize().into())
    }

    /// The digest as subresource integrity metadata (`digestSRI` of the Data Model 2.0).
    pub fn sri(&self) -> String {
        format!(
            "sha256-{}",
            base64::engine::general_purpose::STANDARD.encode(self.0)
        )
    }
}

/// 32 bytes that are written and read as 64 hexadecimal digits.
macro_rules! hexadecimal {
    ($name:ident) => {
        impl $name {
            /// The 32 bytes themselves.
            pub fn bytes(&self) -> [u8; 32] {
                self.0
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> $name {
                $name(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0
                    .iter()
                    .try_for_each(|byte| write!(formatter, "{byte:02x}"))
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<$name, DigestError> {
                let mut bytes = [0; 32];
                let digits = text.as_bytes();
                if digits.len() != 2 * bytes.len() {
                    return Err(DigestError);
                }
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
                    *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
                }
                Ok($name(bytes))
            }
        }

        written_as_text!($name);
    };
}

hexadecimal!(Sha256Digest);
hexadecimal!(Salt);

fn nibble(digit: u8) -> Result<u8, DigestError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(DigestError),
    }
}

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
