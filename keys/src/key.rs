//! Public keys: four kinds, each checked once when it is read.

mod curves;
mod modulus;
mod multikey;
mod pem;
mod rsa;

use std::fmt;
use std::sync::OnceLock;

use p256::pkcs8::EncodePublicKey as _;

use crate::jose;

pub use curves::{P256Key, P384Key};
pub use rsa::RsaKey;

/// A public key that is fit to check signatures with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032).
    Ed25519(Ed25519Key),
    /// NIST P-256 (FIPS 186-5).
    P256(P256Key),
    /// NIST P-384 (FIPS 186-5); for embedded proofs only.
    P384(P384Key),
    /// RSA with PKCS #1 version 1.5 signatures (RFC 8017).
    Rsa(RsaKey),
}

/// The one JWS algorithm that a key may be used with (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384. Credentials are not signed with it as JWTs; a JWK may name it.
    Es384,
    /// RSA PKCS #1 version 1.5 with SHA-256.
    Rs256,
}

/// An Ed25519 public key of full order in its only encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ed25519Key {
    point: ed25519_dalek::VerifyingKey,
    jws: Prepared,
}

/// Why something that was offered as a key is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    #[error("not a usable key: {0}")]
    Invalid(&'static str),
    #[error("keys of the kind {0} are not supported; Ed25519, P-256 and P-384 keys are")]
    Kind(&'static str),
    #[error("the key is too weak: {0}")]
    Weak(&'static str),
    /// Says nothing about the key itself, so that nobody's secret ends in a log.
    #[error("secret key material stands where only a public key may")]
    PrivateMaterial,
    #[error("two keys share one identifier")]
    Ambiguous,
    #[error("the key is not meant for this use: {0}")]
    Usage(&'static str),
}

impl PublicKey {
    /// Reads an Ed25519 key; small-order points and second encodings of a point are refused.
    pub fn from_ed25519(bytes: &[u8]) -> Result<PublicKey, KeyError> {
        let bytes: &[u8; 32] = bytes
            .try_into()
            .map_err(|_| KeyError::Invalid("an Ed25519 key has 32 bytes"))?;
        let point = ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map_err(|_| KeyError::Invalid("the bytes are no point of the curve"))?;
        // For a point of small order anybody can make signatures, and RFC 8032 does not forbid such keys.
        if point.is_weak() {
            return Err(KeyError::Weak("the Ed25519 point has a small order"));
        }
        if !is_reduced(bytes) {
            return Err(KeyError::Invalid(
                "the Ed25519 point is not in its canonical encoding",
            ));
        }
        Ok(PublicKey::Ed25519(Ed25519Key {
            point,
            jws: Prepared::default(),
        }))
    }

    /// The algorithm this key signs JWTs with. The key decides, never the token.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            PublicKey::Ed25519(_) => Algorithm::EdDsa,
            PublicKey::P256(_) => Algorithm::Es256,
            PublicKey::P384(_) => Algorithm::Es384,
            PublicKey::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// Whether `signature` is this key's signature of `message` as embedded proofs have it: plain Ed25519, or ECDSA with
    /// the hash function of the curve and r and s one after the other. RSA keys make none.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Ed25519(key) => key.verifies(message, signature),
            PublicKey::P256(key) => key.verifies(message, signature),
            PublicKey::P384(key) => key.verifies(message, signature),
            PublicKey::Rsa(_) => false,
        }
    }

    /// Whether `signature` is this key's JWS signature of `message`, by [`PublicKey::algorithm`].
    pub fn verifies_jws(&self, message: &[u8], signature: &[u8]) -> bool {
        let verifier = match self {
            PublicKey::Ed25519(key) => {
                // OpenSSL accepts a commitment of small order, strict verification does not.
                if key.has_weak_commitment(signature) {
                    return false;
                }
                key.jws.0.get_or_init(|| {
                    jose::Verifier::eddsa(key.point.to_public_key_der().ok()?.as_bytes())
                })
            }
            PublicKey::P256(key) => key
                .jws
                .0
                .get_or_init(|| jose::Verifier::es256(&key.spki()?)),
            PublicKey::P384(key) => return key.verifies(message, signature),
            PublicKey::Rsa(key) => key
                .jws
                .0
                .get_or_init(|| jose::Verifier::rs256(key.modulus(), key.exponent())),
        };
        verifier
            .as_ref()
            .is_some_and(|verifier| verifier.verify(message, signature))
    }
}

impl PublicKey {
    /// Whether a good signature of this key shows that its holder made it, as far as that takes longer to tell than
    /// reading the key may.
    pub fn check_strength(&self) -> Result<(), KeyError> {
        match self {
            PublicKey::Rsa(key) => key.check_composite(),
            PublicKey::Ed25519(_) | PublicKey::P256(_) | PublicKey::P384(_) => Ok(()),
        }
    }

    /// The same answer as [`PublicKey::verifies_jws`], always by the libraries in Rust, which are all that a build
    /// without the feature `openssl` has.
    pub fn verifies_jws_in_rust(&self, message: &[u8], signature: &[u8]) -> bool {
        let verifier = match self {
            PublicKey::Ed25519(key) => key
                .point
                .to_public_key_der()
                .ok()
                .and_then(|spki| jose::rust::Verifier::eddsa(spki.as_bytes())),
            PublicKey::P256(key) => key
                .spki()
                .and_then(|spki| jose::rust::Verifier::es256(&spki)),
            PublicKey::P384(key) => return key.verifies(message, signature),
            PublicKey::Rsa(key) => jose::rust::Verifier::rs256(key.modulus(), key.exponent()),
        };
        verifier.is_some_and(|verifier| verifier.verify(message, signature))
    }
}

impl Algorithm {
    /// The name in the member `alg` of a header or a JWK.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::Rs256 => "RS256",
        }
    }

    /// The algorithm of that name, if it is one of the three that credentials may be signed with.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

impl Ed25519Key {
    /// The 32 bytes of the point (RFC 8032, section 5.1.5).
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.point.as_bytes()
    }

    /// Whether `signature` is this key's Ed25519 signature of `message`, strictly: S reduced, no point of small order.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.point.verify_strict(message, &signature).is_ok())
    }

    /// Whether R, the first half of a signature, is a point of small order.
    fn has_weak_commitment(&self, signature: &[u8]) -> bool {
        signature
            .first_chunk::<32>()
            .and_then(|r| ed25519_dalek::VerifyingKey::from_bytes(r).ok())
            .is_some_and(|r| r.is_weak())
    }
}

impl KeyError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            KeyError::Invalid(_) | KeyError::Kind(_) => "key.invalid",
            KeyError::Weak(_) => "key.weak",
            KeyError::PrivateMaterial => "key.private_material",
            KeyError::Ambiguous => "key.ambiguous",
            KeyError::Usage(_) => "jwt.alg_key_mismatch",
        }
    }
}

/// A verifier that is built when it is first needed. It follows from the key, so keys compare without it.
#[derive(Clone, Default)]
struct Prepared(OnceLock<Option<jose::Verifier>>);

impl PartialEq for Prepared {
    fn eq(&self, _: &Prepared) -> bool {
        true
    }
}

impl Eq for Prepared {}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared")
    }
}

/// Whether y, the little-endian number in the lower 255 bits, is below the field's prime 2^255 - 19. The points whose
/// sign alone has a second encoding have small orders.
fn is_reduced(point: &[u8; 32]) -> bool {
    point[0] < 0xed || point[31] | 0x80 != 0xff || point[1..31].iter().any(|byte| *byte != 0xff)
}
