//! The arithmetic of JWS without C.

use ed25519_dalek::pkcs8::DecodePublicKey as _;
use p256::ecdsa::signature::Verifier as _;
use rsa::pkcs1v15;
use rsa::{BoxedUint, RsaPublicKey};
use sha2::Sha256;

/// Checks signatures of one key.
#[derive(Clone)]
pub(crate) enum Verifier {
    EdDsa(ed25519_dalek::VerifyingKey),
    Es256(p256::ecdsa::VerifyingKey),
    Rs256(pkcs1v15::VerifyingKey<Sha256>),
}

impl Verifier {
    /// Takes an Ed25519 SubjectPublicKeyInfo.
    pub(crate) fn eddsa(spki: &[u8]) -> Option<Verifier> {
        let key = ed25519_dalek::VerifyingKey::from_public_key_der(spki);
        key.ok().map(Verifier::EdDsa)
    }

    /// Takes a P-256 SubjectPublicKeyInfo.
    pub(crate) fn es256(spki: &[u8]) -> Option<Verifier> {
        let key = p256::PublicKey::from_public_key_der(spki).ok()?;
        Some(Verifier::Es256(p256::ecdsa::VerifyingKey::from(&key)))
    }

    /// Takes an RSA modulus and public exponent, big-endian.
    pub(crate) fn rs256(modulus: &[u8], exponent: &[u8]) -> Option<Verifier> {
        let number = BoxedUint::from_be_slice_vartime;
        let key = RsaPublicKey::new(number(modulus), number(exponent)).ok()?;
        Some(Verifier::Rs256(pkcs1v15::VerifyingKey::new(key)))
    }

    /// Whether the signature, in JOSE form, is one of the message.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Verifier::EdDsa(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Verifier::Es256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Verifier::Rs256(key) => pkcs1v15::Signature::try_from(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

#[cfg(not(feature = "openssl"))]
pub(crate) use signing::{Signer, generate_rsa, rsa_public_numbers};

/// What a build without OpenSSL can sign with: Ed25519 alone.
#[cfg(not(feature = "openssl"))]
mod signing {
    use ed25519_dalek::Signer as _;
    use ed25519_dalek::pkcs8::DecodePrivateKey as _;
    use zeroize::Zeroizing;

    /// Signs with one key.
    pub(crate) struct Signer(ed25519_dalek::SigningKey);

    impl Signer {
        /// Takes an Ed25519 key as PKCS#8.
        pub(crate) fn eddsa(pkcs8: &[u8]) -> Option<Signer> {
            let key = ed25519_dalek::SigningKey::from_pkcs8_der(pkcs8);
            key.ok().map(Signer)
        }

        /// Takes no RSA key.
        pub(crate) fn rs256(_pkcs8: &[u8]) -> Option<Signer> {
            None
        }

        /// The signature in JOSE form.
        pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
            Some(self.0.sign(message).to_bytes().to_vec())
        }
    }

    /// Makes no RSA key.
    pub(crate) fn generate_rsa(_bits: u32) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    /// Reads no RSA secret key.
    pub(crate) fn rsa_public_numbers(_pkcs8: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        None
    }
}
