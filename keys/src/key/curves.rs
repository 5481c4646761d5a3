//! Keys on the curves of FIPS 186-5: P-256 and P-384.

use p256::ecdsa::signature::Verifier as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::pkcs8::EncodePublicKey as _;

use super::{KeyError, Prepared, PublicKey};

/// A point on P-256 other than infinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct P256Key {
    point: p256::PublicKey,
    pub(super) jws: Prepared,
}

/// A point on P-384 other than infinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct P384Key {
    point: p384::PublicKey,
}

impl PublicKey {
    /// Reads a P-256 key in SEC1 form, compressed (33 bytes) or not (65 bytes).
    pub fn from_p256(sec1: &[u8]) -> Result<PublicKey, KeyError> {
        // SEC1 also has hybrid and compact forms; a second spelling of the same key has no use here.
        if !matches!(
            (sec1.len(), sec1.first()),
            (33, Some(2 | 3)) | (65, Some(4))
        ) {
            return Err(KeyError::Invalid(
                "a P-256 key has 33 or 65 bytes in SEC1 form",
            ));
        }
        let point = p256::PublicKey::from_sec1_bytes(sec1)
            .map_err(|_| KeyError::Invalid("the bytes are no point of P-256"))?;
        Ok(PublicKey::P256(P256Key {
            point,
            jws: Prepared::default(),
        }))
    }

    /// Reads a P-384 key in SEC1 form, compressed (49 bytes) or not (97 bytes).
    pub fn from_p384(sec1: &[u8]) -> Result<PublicKey, KeyError> {
        if !matches!(
            (sec1.len(), sec1.first()),
            (49, Some(2 | 3)) | (97, Some(4))
        ) {
            return Err(KeyError::Invalid(
                "a P-384 key has 49 or 97 bytes in SEC1 form",
            ));
        }
        let point = p384::PublicKey::from_sec1_bytes(sec1)
            .map_err(|_| KeyError::Invalid("the bytes are no point of P-384"))?;
        Ok(PublicKey::P384(P384Key { point }))
    }
}

impl P256Key {
    /// The compressed SEC1 form: 33 bytes.
    pub fn compressed(&self) -> Vec<u8> {
        self.point.to_sec1_point(true).as_bytes().to_vec()
    }

    /// Whether `signature` is this key's ECDSA signature of `message` with SHA-256, r and s of 32 bytes each.
    ///
    /// Of a signature and its mirror image (s and n - s) both hold, as FIPS 186-5 has it, so no signature may ever serve
    /// as a name.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
            p256::ecdsa::VerifyingKey::from(&self.point)
                .verify(message, &signature)
                .is_ok()
        })
    }

    /// The two coordinates, 32 bytes each, one after the other.
    pub(crate) fn coordinates(&self) -> Vec<u8> {
        // The uncompressed form is 04 || x || y; the point at infinity, which has no coordinates, is no key.
        self.point.to_sec1_bytes()[1..].to_vec()
    }

    /// The key as SubjectPublicKeyInfo.
    pub(super) fn spki(&self) -> Option<Vec<u8>> {
        Some(self.point.to_public_key_der().ok()?.into_vec())
    }
}

impl P384Key {
    /// The compressed SEC1 form: 49 bytes.
    pub fn compressed(&self) -> Vec<u8> {
        self.point.to_sec1_point(true).as_bytes().to_vec()
    }

    /// Whether `signature` is this key's ECDSA signature of `message` with SHA-384, r and s of 48 bytes each.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        p384::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
            p384::ecdsa::VerifyingKey::from(&self.point)
                .verify(message, &signature)
                .is_ok()
        })
    }

    /// The two coordinates, 48 bytes each, one after the other.
    pub(crate) fn coordinates(&self) -> Vec<u8> {
        self.point.to_sec1_bytes()[1..].to_vec()
    }
}
