//! Multikey, the text form of a key that says its kind (Controlled Identifiers 1.0, section 2.2.2).

use super::{KeyError, PublicKey};
use crate::encoding;

impl PublicKey {
    /// Reads a Multikey value, `z…` (Controlled Identifiers 1.0, section 2.2.2).
    pub fn from_multibase(text: &str) -> Result<PublicKey, KeyError> {
        let bytes = encoding::from_multibase(text, LONGEST_MULTIBASE)
            .ok_or(KeyError::Invalid("the text is not multibase base58-btc"))?;
        match bytes.as_slice() {
            [0xed, 0x01, key @ ..] => PublicKey::from_ed25519(key),
            // The compressed forms only: Multikey knows no other.
            [0x80, 0x24, key @ ..] if key.len() == 33 => PublicKey::from_p256(key),
            [0x80, 0x24, ..] => Err(KeyError::Invalid("a P-256 Multikey has 33 bytes")),
            [0x81, 0x24, key @ ..] if key.len() == 49 => PublicKey::from_p384(key),
            [0x81, 0x24, ..] => Err(KeyError::Invalid("a P-384 Multikey has 49 bytes")),
            [first @ 0x80..=0x88, 0x26, ..] if *first != 0x84 => Err(KeyError::PrivateMaterial),
            other => Err(KeyError::Kind(kind(other))),
        }
    }

    /// The Multikey value of this key; RSA keys have none here and travel as JWK.
    pub fn multibase(&self) -> Option<String> {
        self.multikey().map(|bytes| encoding::multibase(&bytes))
    }

    /// The bytes of the Multikey value: the kind of the key, then its one short form.
    pub fn multikey(&self) -> Option<Vec<u8>> {
        let (kind, key) = match self {
            PublicKey::Ed25519(key) => ([0xed, 0x01], key.as_bytes().to_vec()),
            PublicKey::P256(key) => ([0x80, 0x24], key.compressed()),
            PublicKey::P384(key) => ([0x81, 0x24], key.compressed()),
            PublicKey::Rsa(_) => return None,
        };
        Some([kind.as_slice(), &key].concat())
    }
}

/// The name of a kind of key that is not supported, by its code in the table of multicodecs.
fn kind(multikey: &[u8]) -> &'static str {
    let named = KINDS
        .iter()
        .find(|(code, _)| multikey.get(..2) == Some(code));
    named.map_or("unknown", |(_, name)| *name)
}

/// Kinds of keys that people offer although they cannot sign credentials here, by the two bytes of their codes.
const KINDS: [([u8; 2], &str); 9] = [
    ([0xe7, 0x01], "secp256k1"),
    ([0xea, 0x01], "BLS12-381 G1"),
    ([0xeb, 0x01], "BLS12-381 G2"),
    ([0xec, 0x01], "X25519"),
    ([0xef, 0x01], "sr25519"),
    ([0x82, 0x24], "P-521"),
    ([0x83, 0x24], "Ed448"),
    ([0x84, 0x24], "X448"),
    ([0x85, 0x24], "RSA"),
];

/// An RSA key of 4096 bits, which is to be refused by name, has 720 characters; supported ones have at most 70.
const LONGEST_MULTIBASE: usize = 1024;
