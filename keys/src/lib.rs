//! Who said it: keys, proof suites, and the documents that name keys.

mod controller;
pub mod dataset;
pub mod did_key;
mod did_web;
pub mod eddsa_rdfc_2022;
mod encoding;
pub mod jcs;
mod jose;
pub mod jsonld;
mod jwk;
mod key;
mod keyring;
pub mod rdfc;
mod registered_claims;
mod secret;
pub mod vc_jwt;

pub use controller::{ControllerDocument, DidError, MethodError, VerificationMethod};
pub use did_web::DidWeb;
pub use jwk::{Jwk, JwkSet};
pub use key::{Algorithm, Ed25519Key, KeyError, P256Key, PublicKey, RsaKey};
pub use keyring::{KeyId, KeyState, KeyUse, Keyring, KeyringError, KeyringKey, SigningKey};
pub use secret::{SecretKey, SignError};
