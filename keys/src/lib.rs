//! Who said it: keys, proof suites, and the documents that name keys.
//!
//! ```
//! use keys::vc_jwt::{self, Compact};
//! use keys::{KeyUse, Keyring, SecretKey, did_key};
//!
//! // An issuer whose identifier is its key.
//! let keyring = Keyring::did_key(SecretKey::ed25519([7; 32]))?;
//! let credential = serde_json::json!({
//!     "id": "urn:uuid:5d3d0a5e-9ae1-4c5b-8d0f-5f2b8a3c1e11",
//!     "issuer": keyring.issuer_id(),
//!     "validFrom": "2026-01-01T00:00:00Z",
//!     "credentialSubject": { "id": "did:example:holder" },
//! });
//! let token = vc_jwt::sign(&credential, keyring.current(KeyUse::Jwt))?;
//!
//! // A stranger: the header names a key, the issuer's document has to list it.
//! let compact = Compact::decode(&token)?;
//! let document = did_key::document(keyring.issuer_id())?;
//! let kid = compact.header().kid.as_deref().unwrap_or_default();
//! compact.verify(&document.assertion_key(kid)?.key)?;
//! assert!(vc_jwt::claims(compact.payload())?.missing.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`SecretKey`] and [`PublicKey`]: Ed25519, P-256, P-384 and RSA. A public key was checked when it was
//!   read; a secret one cannot be printed, copied or serialised.
//! * [`Keyring`]: an issuer's keys, current, retired and compromised, and what is published of them.
//! * [`did_key`], [`did_jwk`], [`DidWeb`], [`ControllerDocument`], [`Jwk`]: from an address to the key behind it.
//! * [`data_integrity`] and [`vc_jwt`]: the two ways a credential is signed, both halves of each; and
//!   [`ecdsa_sd_2023`], by which a holder shows a part of what was signed.
//! * [`cose`]: a key and its signatures as authenticators write them.
//! * [`jsonld`] and [`rdfc`]: a document as statements, and those in their one order.
//!
//! It opens no connection and no file, and does not read the clock. It says whose key signed, not
//! whether that issuer is to be trusted, nor whether the credential is still valid. C is linked in
//! one module, `jose`; without the feature `openssl` nothing of it is, tokens are checked in Rust with the same answers,
//! and RSA keys make no signatures.

mod controller;
pub mod cose;
pub mod data_integrity;
pub mod dataset;
pub mod did_jwk;
pub mod did_key;
mod did_web;
pub mod ecdsa_sd_2023;
mod encoding;
pub mod jcs;
mod jose;
pub mod jsonld;
mod jwk;
mod key;
mod keyring;
pub mod rdfc;
mod registered_claims;
mod resource_digest;
mod secret;
pub mod vc_jwt;

pub use controller::{ControllerDocument, DidError, MethodError, VerificationMethod};
pub use did_web::DidWeb;
pub use jwk::{Jwk, JwkSet};
pub use key::{Algorithm, Ed25519Key, KeyError, P256Key, P384Key, PublicKey, RsaKey};
pub use keyring::{KeyId, KeyState, KeyUse, Keyring, KeyringError, KeyringKey, SigningKey};
pub use resource_digest::ResourceDigest;
pub use secret::{SecretKey, SignError};
