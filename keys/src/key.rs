//! Public keys: three kinds, each checked once when it is read.

use std::fmt;
use std::sync::OnceLock;

use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::pkcs8::EncodePublicKey as _;

use crate::encoding;
use crate::jose;

/// A public key that is fit to check signatures with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032).
    Ed25519(Ed25519Key),
    /// NIST P-256 (FIPS 186-5).
    P256(P256Key),
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
    /// RSA PKCS #1 version 1.5 with SHA-256.
    Rs256,
}

/// An Ed25519 public key of full order in its only encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ed25519Key {
    point: ed25519_dalek::VerifyingKey,
    jws: Prepared,
}

/// A point on P-256 other than infinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct P256Key {
    point: p256::PublicKey,
    jws: Prepared,
}

/// An RSA public key of 2048 to 8192 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    jws: Prepared,
}

/// Why something that was offered as a key is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    #[error("not a usable key: {0}")]
    Invalid(&'static str),
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

    /// Reads an RSA key from its modulus and public exponent, big-endian.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, KeyError> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        check_modulus(modulus)?;
        check_exponent(exponent)?;
        Ok(PublicKey::Rsa(RsaKey {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
            jws: Prepared::default(),
        }))
    }

    /// Reads a Multikey value, `z…` (Controlled Identifiers 1.0, section 2.2.2).
    pub fn from_multibase(text: &str) -> Result<PublicKey, KeyError> {
        let bytes = encoding::from_multibase(text, LONGEST_MULTIBASE)
            .ok_or(KeyError::Invalid("the text is not multibase base58-btc"))?;
        match bytes.as_slice() {
            [0xed, 0x01, key @ ..] => PublicKey::from_ed25519(key),
            // The compressed form only: Multikey knows no other.
            [0x80, 0x24, key @ ..] if key.len() == 33 => PublicKey::from_p256(key),
            [0x80, 0x24, ..] => Err(KeyError::Invalid("a P-256 Multikey has 33 bytes")),
            _ => Err(KeyError::Invalid("the kind of key is not supported")),
        }
    }

    /// The Multikey value of this key; RSA keys have none here and travel as JWK.
    pub fn multibase(&self) -> Option<String> {
        let mut bytes = Vec::with_capacity(35);
        match self {
            PublicKey::Ed25519(key) => {
                bytes.extend([0xed, 0x01]);
                bytes.extend(key.as_bytes());
            }
            PublicKey::P256(key) => {
                bytes.extend([0x80, 0x24]);
                bytes.extend(key.compressed());
            }
            PublicKey::Rsa(_) => return None,
        }
        Some(encoding::multibase(&bytes))
    }

    /// The algorithm this key signs JWTs with. The key decides, never the token.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            PublicKey::Ed25519(_) => Algorithm::EdDsa,
            PublicKey::P256(_) => Algorithm::Es256,
            PublicKey::Rsa(_) => Algorithm::Rs256,
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
            PublicKey::P256(key) => key.jws.0.get_or_init(|| {
                jose::Verifier::es256(key.point.to_public_key_der().ok()?.as_bytes())
            }),
            PublicKey::Rsa(key) => key
                .jws
                .0
                .get_or_init(|| jose::Verifier::rs256(&key.modulus, &key.exponent)),
        };
        verifier
            .as_ref()
            .is_some_and(|verifier| verifier.verify(message, signature))
    }
}

impl Algorithm {
    /// The name in the member `alg` of a header or a JWK.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
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

impl P256Key {
    /// The compressed SEC1 form: 33 bytes.
    pub fn compressed(&self) -> Vec<u8> {
        self.point.to_sec1_point(true).as_bytes().to_vec()
    }

    /// The two coordinates, 32 bytes each, one after the other.
    pub(crate) fn coordinates(&self) -> Vec<u8> {
        // The uncompressed form is 04 || x || y; the point at infinity, which has no coordinates, is no key.
        self.point.to_sec1_bytes()[1..].to_vec()
    }
}

impl RsaKey {
    /// The modulus, big-endian without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The public exponent, big-endian without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }
}

impl KeyError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            KeyError::Invalid(_) => "key.invalid",
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

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn check_modulus(modulus: &[u8]) -> Result<(), KeyError> {
    let (Some(first), Some(last)) = (modulus.first(), modulus.last()) else {
        return Err(KeyError::Invalid("the RSA modulus is zero"));
    };
    let bits = modulus.len() * 8 - first.leading_zeros() as usize;
    if bits < SMALLEST_RSA {
        return Err(KeyError::Weak("the RSA modulus has fewer than 2048 bits"));
    }
    if bits > LARGEST_RSA {
        return Err(KeyError::Weak("the RSA modulus has more than 8192 bits"));
    }
    if last & 1 == 0 {
        return Err(KeyError::Weak("the RSA modulus is even"));
    }
    if SMALL_PRIMES
        .iter()
        .any(|prime| remainder(modulus, *prime) == 0)
    {
        return Err(KeyError::Weak("the RSA modulus has a small factor"));
    }
    Ok(())
}

fn check_exponent(exponent: &[u8]) -> Result<(), KeyError> {
    if exponent.last().is_none_or(|last| last & 1 == 0) {
        return Err(KeyError::Weak("the RSA exponent is even"));
    }
    if exponent.len() > LONGEST_EXPONENT {
        return Err(KeyError::Invalid("the RSA exponent is longer than 64 bits"));
    }
    let value = exponent
        .iter()
        .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    if value < 65537 {
        return Err(KeyError::Weak("the RSA exponent is below 65537"));
    }
    Ok(())
}

fn remainder(number: &[u8], divisor: u32) -> u32 {
    number
        .iter()
        .fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % divisor)
}

/// Fewer bits can be factored with money (NIST SP 800-131A).
const SMALLEST_RSA: usize = 2048;

/// More bits cost a stranger nothing and the verifier milliseconds.
const LARGEST_RSA: usize = 8192;

/// The cost of checking a signature grows with the exponent, which a stranger chooses; OpenSSL draws the same line.
const LONGEST_EXPONENT: usize = 8;

/// A P-256 Multikey has 35 bytes and 49 characters; the longest key that a did:key can name stays below this.
const LONGEST_MULTIBASE: usize = 256;

/// Enough to notice a modulus that was typed or generated wrongly. It is no proof of a good one.
const SMALL_PRIMES: [u32; 30] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127,
];
