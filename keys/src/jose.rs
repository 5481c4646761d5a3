//! The arithmetic of JWS, by one of two libraries.
//!
//! With the feature `openssl`, which is on unless it is turned off, josekit (OpenSSL) does it. Without it everything is
//! Rust: Ed25519 and P-256 as embedded proofs have them, and RS256 through the crate `rsa`, which only ever checks
//! signatures here. Its private-key operations leak by timing (RUSTSEC-2023-0071), so a build without OpenSSL makes no
//! RSA signatures and no RSA keys.
//!
//! Both have the same surface:
//!
//! * `Verifier`: `eddsa`, `es256` (from SubjectPublicKeyInfo), `rs256` (from modulus and exponent), `verify`
//! * `Signer`: `eddsa`, `rs256` (from PKCS#8), `sign`
//! * `generate_rsa`, `rsa_public_numbers`
//!
//! Headers and payloads are never shown to them: `vc_jwt` reads and judges those. Signers and verifiers are built once
//! for a key, because building one costs ten signatures.

#[cfg(feature = "openssl")]
mod openssl;
pub(crate) mod rust;

#[cfg(feature = "openssl")]
pub(crate) use openssl::{Signer, Verifier, generate_rsa, rsa_public_numbers};
#[cfg(not(feature = "openssl"))]
pub(crate) use rust::{Signer, Verifier, generate_rsa, rsa_public_numbers};
