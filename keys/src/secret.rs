//! Secret keys: they sign, and they leave the program only through one method with a telling name.

use std::sync::OnceLock;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::KeypairBytes;
use p256::pkcs8::{
    EncodePrivateKey as _, LineEnding, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::jose;
use crate::key::{Algorithm, KeyError, PublicKey};

/// A secret key. It cannot be printed, compared, copied or serialised, and is wiped when dropped.
///
/// ```compile_fail
/// fn printed<T: std::fmt::Debug>() {}
/// printed::<keys::SecretKey>();
/// ```
/// ```compile_fail
/// fn copied<T: Clone>() {}
/// copied::<keys::SecretKey>();
/// ```
/// ```compile_fail
/// fn written<T: serde::Serialize>() {}
/// written::<keys::SecretKey>();
/// ```
/// Signing takes no public key beside the secret one, so the two cannot be mixed up:
/// ```compile_fail
/// let secret = keys::SecretKey::ed25519([1; 32]);
/// let other = keys::SecretKey::ed25519([2; 32]);
/// secret.sign_ed25519(b"message", other.public_key());
/// ```
pub struct SecretKey {
    material: Material,
    public: PublicKey,
}

// Keys are few; the sizes differ only in the build without OpenSSL.
#[allow(clippy::large_enum_variant)]
enum Material {
    Ed25519 {
        key: ed25519_dalek::SigningKey,
        jws: OnceLock<Option<jose::Signer>>,
    },
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Rsa {
        pkcs8: Zeroizing<Vec<u8>>,
        jws: jose::Signer,
    },
}

/// Why there is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key is of another kind, or the library behind `jose` refused it.
    #[error("the key cannot make a signature of this kind")]
    Unable,
    #[error("somebody else may have the key")]
    Compromised,
    /// A fault in memory or arithmetic. A faulty signature can give the secret key away, so it is thrown away.
    #[error("the signature that was just made does not hold against the public key")]
    CheckFailed,
}

impl SecretKey {
    /// The Ed25519 key of that seed (RFC 8032, section 5.1.5).
    pub fn ed25519(mut seed: [u8; 32]) -> SecretKey {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        seed.zeroize();
        let public = PublicKey::from_ed25519(key.verifying_key().as_bytes())
            .expect("a clamped scalar times the base point has full order");
        SecretKey {
            material: Material::Ed25519 {
                key,
                jws: OnceLock::new(),
            },
            public,
        }
    }

    /// The P-256 key of that scalar, which is from 1 to the order of the curve minus 1.
    pub fn p256(mut scalar: [u8; 32]) -> Result<SecretKey, KeyError> {
        let key = p256::ecdsa::SigningKey::from_slice(&scalar);
        scalar.zeroize();
        let key =
            key.map_err(|_| KeyError::Invalid("the P-256 scalar is zero or not below the order"))?;
        let public = PublicKey::from_p256(&key.verifying_key().to_sec1_bytes())?;
        Ok(SecretKey {
            material: Material::P256(key),
            public,
        })
    }

    /// The P-384 key of that scalar, which is from 1 to the order of the curve minus 1.
    pub fn p384(mut scalar: [u8; 48]) -> Result<SecretKey, KeyError> {
        let key = p384::ecdsa::SigningKey::from_slice(&scalar);
        scalar.zeroize();
        let key =
            key.map_err(|_| KeyError::Invalid("the P-384 scalar is zero or not below the order"))?;
        let public = PublicKey::from_p384(&key.verifying_key().to_sec1_bytes())?;
        Ok(SecretKey {
            material: Material::P384(key),
            public,
        })
    }

    /// A fresh RSA key of 2048 bits, which RS256 asks for at least (RFC 7518, section 3.3).
    pub fn generate_rsa() -> Result<SecretKey, KeyError> {
        SecretKey::rsa(
            jose::generate_rsa(2048).ok_or(KeyError::Invalid("no RSA key could be generated"))?,
        )
    }

    /// Reads an unencrypted PKCS#8 key in PEM (RFC 7468, section 10).
    pub fn from_pkcs8_pem(pem: &str) -> Result<SecretKey, KeyError> {
        const NOT_PKCS8: KeyError =
            KeyError::Invalid("the text is not an unencrypted PKCS#8 key in PEM");
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| NOT_PKCS8)?;
        if label != "PRIVATE KEY" {
            return Err(NOT_PKCS8);
        }
        let info = PrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| NOT_PKCS8)?;
        match info.algorithm.oid {
            ED25519 => {
                let pair = pkcs8_ed25519(info)?;
                Ok(SecretKey::ed25519(*pair))
            }
            EC_PUBLIC_KEY => {
                if let Ok(key) = p256::SecretKey::try_from(info.clone()) {
                    return SecretKey::p256(*Zeroizing::new(key.to_bytes().into()));
                }
                let key = p384::SecretKey::try_from(info)
                    .map_err(|_| KeyError::Invalid("not a P-256 or P-384 secret key"))?;
                SecretKey::p384(*Zeroizing::new(key.to_bytes().into()))
            }
            RSA_ENCRYPTION => SecretKey::rsa(document.to_bytes()),
            _ => Err(KeyError::Invalid("the kind of key is not supported")),
        }
    }

    fn rsa(pkcs8: Zeroizing<Vec<u8>>) -> Result<SecretKey, KeyError> {
        const NOT_RSA: KeyError = KeyError::Invalid("not an RSA secret key of at least 2048 bits");
        let (modulus, exponent) = jose::rsa_public_numbers(&pkcs8).ok_or(NOT_RSA)?;
        let public = PublicKey::from_rsa(&modulus, &exponent)?;
        let jws = jose::Signer::rs256(&pkcs8).ok_or(NOT_RSA)?;
        Ok(SecretKey {
            material: Material::Rsa { pkcs8, jws },
            public,
        })
    }

    /// The public key that belongs to this secret one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Hands out the secret as PKCS#8 in PEM, for the key file. The text is wiped when dropped.
    pub fn expose_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let pem = match &self.material {
            Material::Ed25519 { key, .. } => seed_only(key).to_pkcs8_pem(LineEnding::LF).ok(),
            Material::P256(key) => key.to_pkcs8_pem(LineEnding::LF).ok(),
            Material::P384(key) => key.to_pkcs8_pem(LineEnding::LF).ok(),
            Material::Rsa { pkcs8, .. } => SecretDocument::try_from(pkcs8.as_slice())
                .ok()
                .and_then(|document| document.to_pem("PRIVATE KEY", LineEnding::LF).ok()),
        };
        pem.ok_or(KeyError::Invalid("the key cannot be written as PKCS#8"))
    }

    /// Signs as JWS does, by the key's one algorithm. The same message gives the same signature.
    pub fn sign_jws(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = match &self.material {
            Material::Ed25519 { key, jws } => {
                let signer = jws.get_or_init(|| {
                    jose::Signer::eddsa(seed_only(key).to_pkcs8_der().ok()?.as_bytes())
                });
                signer.as_ref().and_then(|signer| signer.sign(message))
            }
            // RFC 6979, because OpenSSL would draw a random nonce and the same badge would come out differently.
            Material::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Some(signature.to_bytes().to_vec())
            }
            // JWTs of credentials know no algorithm for this curve.
            Material::P384(_) => None,
            Material::Rsa { jws, .. } => jws.sign(message),
        };
        checked(&self.public, message, signature.ok_or(SignError::Unable)?)
    }

    /// Signs with plain Ed25519, as Data Integrity does (RFC 8032, section 5.1.6).
    pub fn sign_ed25519(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let (Material::Ed25519 { key, .. }, PublicKey::Ed25519(public)) =
            (&self.material, &self.public)
        else {
            return Err(SignError::Unable);
        };
        let signature = key.sign(message).to_bytes();
        if !public.verifies(message, &signature) {
            return Err(SignError::CheckFailed);
        }
        Ok(signature)
    }

    /// Signs as embedded proofs do: plain Ed25519, or ECDSA with the hash function of the curve and the nonce of RFC 6979.
    /// RSA keys make no such signatures.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = match &self.material {
            Material::Ed25519 { .. } => return self.sign_ed25519(message).map(Vec::from),
            Material::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::Rsa { .. } => return Err(SignError::Unable),
        };
        if !self.public.verifies(message, &signature) {
            return Err(SignError::CheckFailed);
        }
        Ok(signature)
    }

    /// The JWS algorithm of this key.
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }
}

impl SignError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            SignError::Unable => "internal.sign_failed",
            SignError::Compromised => "key.revoked",
            SignError::CheckFailed => "internal.sign_check_failed",
        }
    }
}

/// Lets a signature out only if the public key accepts it.
fn checked(public: &PublicKey, message: &[u8], signature: Vec<u8>) -> Result<Vec<u8>, SignError> {
    let holds = match public {
        // The other implementation than the one that signed, and the faster one.
        PublicKey::Ed25519(key) => key.verifies(message, &signature),
        PublicKey::P256(_) | PublicKey::P384(_) | PublicKey::Rsa(_) => {
            public.verifies_jws(message, &signature)
        }
    };
    if holds {
        Ok(signature)
    } else {
        Err(SignError::CheckFailed)
    }
}

/// The key as PKCS#8 of the first version, seed alone: OpenSSL and older readers refuse the second.
fn seed_only(key: &ed25519_dalek::SigningKey) -> KeypairBytes {
    KeypairBytes {
        secret_key: key.to_bytes(),
        public_key: None,
    }
}

fn pkcs8_ed25519(info: PrivateKeyInfoRef<'_>) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    // Reading through the signing key also holds an enclosed public key against the secret one.
    let key = ed25519_dalek::SigningKey::try_from(info)
        .map_err(|_| KeyError::Invalid("not an Ed25519 secret key"))?;
    Ok(Zeroizing::new(key.to_bytes()))
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_k_12_a_wrong_signature_does_not_leave_the_signer() {
        let keys = [
            SecretKey::ed25519([7; 32]),
            SecretKey::p256([7; 32]).expect("a scalar below the order"),
        ];
        for key in keys {
            let mut signature = key.sign_jws(b"message").expect("a signature");
            signature[17] ^= 4;
            assert_eq!(
                checked(key.public_key(), b"message", signature),
                Err(SignError::CheckFailed)
            );
        }
        assert_eq!(SignError::CheckFailed.code(), "internal.sign_check_failed");
    }
}
