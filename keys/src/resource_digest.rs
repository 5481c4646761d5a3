//! Digests by which a document vouches for another one (VC Data Model 2.0, section 5.3).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::encoding;

/// A digest and how it is computed.
///
/// ```
/// use keys::ResourceDigest;
///
/// let digest = ResourceDigest::from_sri("sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
/// assert!(digest.is_some_and(|digest| digest.is_of(b"abc")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceDigest {
    function: Function,
    value: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Sha256,
    Sha384,
    Sha512,
}

impl ResourceDigest {
    /// Reads `digestSRI`: the name of the function and the digest in base64 (Subresource Integrity, section 3.1).
    pub fn from_sri(text: &str) -> Option<ResourceDigest> {
        let (name, value) = text.split_once('-')?;
        let function = match name {
            "sha256" => Function::Sha256,
            "sha384" => Function::Sha384,
            "sha512" => Function::Sha512,
            _ => return None,
        };
        // Longer than any digest, and so not worth decoding.
        let value = (value.len() <= 128).then_some(value)?;
        let value = LENIENT_BASE64.decode(value).ok()?;
        ResourceDigest::new(function, &value)
    }

    /// Reads `digestMultibase`: a multihash in base64url or base58-btc (Controlled Identifiers 1.0, sections 2.4, 2.5).
    pub fn from_multibase(text: &str) -> Option<ResourceDigest> {
        let bytes = match text.strip_prefix('u') {
            Some(rest) => encoding::from_base64url(rest)?,
            None => encoding::from_multibase(text, 128)?,
        };
        let (function, value) = match bytes.as_slice() {
            [0x12, 32, value @ ..] => (Function::Sha256, value),
            [0x20, 48, value @ ..] => (Function::Sha384, value),
            [0x13, 64, value @ ..] => (Function::Sha512, value),
            _ => return None,
        };
        ResourceDigest::new(function, value)
    }

    /// Whether it is the digest of these bytes.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        match self.function {
            Function::Sha256 => *Sha256::digest(bytes) == *self.value,
            Function::Sha384 => *Sha384::digest(bytes) == *self.value,
            Function::Sha512 => *Sha512::digest(bytes) == *self.value,
        }
    }

    fn new(function: Function, value: &[u8]) -> Option<ResourceDigest> {
        let length = match function {
            Function::Sha256 => 32,
            Function::Sha384 => 48,
            Function::Sha512 => 64,
        };
        (value.len() == length).then(|| ResourceDigest {
            function,
            value: value.to_vec(),
        })
    }
}

/// Browsers take `digestSRI` with its padding and without.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
