//! Public keys in PEM (RFC 7468, section 13; RFC 5280, section 4.1.2.7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::pkcs8::der::asn1::UintRef;
use p256::pkcs8::der::{self, Decode as _, Reader as _, SliceReader};
use p256::pkcs8::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::{KeyError, PublicKey};

impl PublicKey {
    /// Reads a `PUBLIC KEY` in PEM: Ed25519, P-256 or RSA.
    pub fn from_spki_pem(pem: &str) -> Result<PublicKey, KeyError> {
        let unreadable = KeyError::Invalid("it is not a public key in PEM");
        if pem.len() > LONGEST_PEM {
            return Err(unreadable);
        }
        if pem.contains("PRIVATE KEY-----") {
            return Err(KeyError::PrivateMaterial);
        }
        let body = pem
            .trim()
            .strip_prefix("-----BEGIN PUBLIC KEY-----")
            .and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"))
            .ok_or(unreadable)?;
        let text: String = body.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(text).map_err(|_| unreadable)?;
        from_spki(&bytes)
    }
}

fn from_spki(bytes: &[u8]) -> Result<PublicKey, KeyError> {
    let unreadable = KeyError::Invalid("it is not a SubjectPublicKeyInfo");
    let info = SubjectPublicKeyInfoRef::from_der(bytes).map_err(|_| unreadable)?;
    let key = info.subject_public_key.as_bytes().ok_or(unreadable)?;
    match info.algorithm.oid {
        ED25519 => PublicKey::from_ed25519(key),
        EC if info.algorithm.parameters_oid() == Ok(P256) => PublicKey::from_p256(key),
        EC => Err(KeyError::Kind("elliptic curve other than P-256")),
        RSA => {
            let (modulus, exponent) = rsa_numbers(key).map_err(|_| unreadable)?;
            PublicKey::from_rsa(modulus.as_bytes(), exponent.as_bytes())
        }
        _ => Err(KeyError::Kind("unknown")),
    }
}

/// Modulus and public exponent (RFC 8017, appendix A.1.1).
fn rsa_numbers(bytes: &[u8]) -> der::Result<(UintRef<'_>, UintRef<'_>)> {
    let mut reader = SliceReader::new(bytes)?;
    let numbers = reader.sequence(|reader| {
        Ok::<_, der::Error>((UintRef::decode(reader)?, UintRef::decode(reader)?))
    })?;
    reader.finish()?;
    Ok(numbers)
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// An RSA key of 8192 bits has 1.4 KB.
const LONGEST_PEM: usize = 8 * 1024;
