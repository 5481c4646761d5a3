//! The arithmetic of JWS by OpenSSL, through josekit: the one place where C is linked.

use josekit::Value;
use josekit::jwk::{Jwk, KeyPair as _, alg::rsa::RsaKeyPair};
use josekit::jws::alg::ecdsa::EcdsaJwsVerifier;
use josekit::jws::alg::eddsa::{EddsaJwsSigner, EddsaJwsVerifier};
use josekit::jws::alg::rsassa::{RsassaJwsSigner, RsassaJwsVerifier};
use josekit::jws::{ES256, EdDSA, JwsSigner as _, JwsVerifier as _, RS256};
use zeroize::Zeroizing;

use crate::encoding;

/// Checks signatures of one key.
#[derive(Clone)]
pub(crate) enum Verifier {
    EdDsa(EddsaJwsVerifier),
    Es256(EcdsaJwsVerifier),
    Rs256(RsassaJwsVerifier),
}

/// Signs with one key. OpenSSL wipes the key when the signer is dropped.
pub(crate) enum Signer {
    EdDsa(EddsaJwsSigner),
    Rs256(RsassaJwsSigner),
}

impl Verifier {
    /// Takes an Ed25519 SubjectPublicKeyInfo.
    pub(crate) fn eddsa(spki: &[u8]) -> Option<Verifier> {
        EdDSA.verifier_from_der(spki).ok().map(Verifier::EdDsa)
    }

    /// Takes a P-256 SubjectPublicKeyInfo.
    pub(crate) fn es256(spki: &[u8]) -> Option<Verifier> {
        ES256.verifier_from_der(spki).ok().map(Verifier::Es256)
    }

    /// Takes an RSA modulus and public exponent, big-endian.
    pub(crate) fn rs256(modulus: &[u8], exponent: &[u8]) -> Option<Verifier> {
        let mut jwk = Jwk::new("RSA");
        jwk.set_parameter("n", Some(Value::String(encoding::base64url(modulus))))
            .ok()?;
        jwk.set_parameter("e", Some(Value::String(encoding::base64url(exponent))))
            .ok()?;
        RS256.verifier_from_jwk(&jwk).ok().map(Verifier::Rs256)
    }

    /// Whether the signature, in JOSE form, is one of the message.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Verifier::EdDsa(verifier) => verifier.verify(message, signature),
            Verifier::Es256(verifier) => verifier.verify(message, signature),
            Verifier::Rs256(verifier) => verifier.verify(message, signature),
        }
        .is_ok()
    }
}

impl Signer {
    /// Takes an Ed25519 key as PKCS#8.
    pub(crate) fn eddsa(pkcs8: &[u8]) -> Option<Signer> {
        EdDSA.signer_from_der(pkcs8).ok().map(Signer::EdDsa)
    }

    /// Takes an RSA key as PKCS#8.
    pub(crate) fn rs256(pkcs8: &[u8]) -> Option<Signer> {
        RS256.signer_from_der(pkcs8).ok().map(Signer::Rs256)
    }

    /// The signature in JOSE form. Both algorithms are deterministic.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Signer::EdDsa(signer) => signer.sign(message),
            Signer::Rs256(signer) => signer.sign(message),
        }
        .ok()
    }
}

/// A fresh RSA key as PKCS#8. Primes come from OpenSSL's generator, the only source of RSA keys here.
pub(crate) fn generate_rsa(bits: u32) -> Option<Zeroizing<Vec<u8>>> {
    RsaKeyPair::generate(bits)
        .ok()
        .map(|pair| Zeroizing::new(pair.to_der_private_key()))
}

/// Modulus and public exponent of an RSA key in PKCS#8.
pub(crate) fn rsa_public_numbers(pkcs8: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let public = RS256.key_pair_from_der(pkcs8).ok()?.to_jwk_public_key();
    let number = |name| {
        public
            .parameter(name)?
            .as_str()
            .and_then(encoding::from_base64url)
    };
    Some((number("n")?, number("e")?))
}
