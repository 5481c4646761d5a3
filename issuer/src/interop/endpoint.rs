//! What is offered: the suites, and the types of key that each signs with.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use keys::data_integrity::Cryptosuite;
use keys::{PublicKey, SecretKey};
use serde::Deserialize;

use crate::http::error::HttpError;
use crate::random::Random;

/// A suite with a type of key; its name begins the addresses of what it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Endpoint {
    pub(super) suite: Cryptosuite,
    pub(super) key_type: KeyType,
}

/// A type of key, by the name that suites and their manifests use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum KeyType {
    Ed25519,
    P256,
    P384,
}

impl Endpoint {
    /// All that are offered.
    pub(super) const ALL: [Endpoint; 9] = [
        Endpoint::new(Cryptosuite::EddsaRdfc2022, KeyType::Ed25519),
        Endpoint::new(Cryptosuite::EddsaJcs2022, KeyType::Ed25519),
        Endpoint::new(Cryptosuite::Ed25519Signature2020, KeyType::Ed25519),
        Endpoint::new(Cryptosuite::Eddsa2022, KeyType::Ed25519),
        Endpoint::new(Cryptosuite::EcdsaRdfc2019, KeyType::P256),
        Endpoint::new(Cryptosuite::EcdsaRdfc2019, KeyType::P384),
        Endpoint::new(Cryptosuite::EcdsaJcs2019, KeyType::P256),
        Endpoint::new(Cryptosuite::EcdsaJcs2019, KeyType::P384),
        Endpoint::new(Cryptosuite::EcdsaSd2023, KeyType::P256),
    ];

    const fn new(suite: Cryptosuite, key_type: KeyType) -> Endpoint {
        Endpoint { suite, key_type }
    }

    /// Whether it issues. `eddsa-2022` is the name that a draft had; nobody is to issue under it any more.
    pub(super) fn issues(self) -> bool {
        self.suite != Cryptosuite::Eddsa2022
    }

    /// Whether its proofs are derived before they are shown.
    pub(super) fn derives(self) -> bool {
        self.suite == Cryptosuite::EcdsaSd2023
    }

    /// The path under which it is found.
    pub(super) fn path(self) -> String {
        format!("/interop/{}/{}", self.suite.name(), self.key_type.name())
    }
}

impl KeyType {
    /// The name.
    pub(super) fn name(self) -> &'static str {
        match self {
            KeyType::Ed25519 => "Ed25519",
            KeyType::P256 => "P-256",
            KeyType::P384 => "P-384",
        }
    }

    /// The type of a key, if it is offered.
    pub(super) fn of(key: &PublicKey) -> Option<KeyType> {
        match key {
            PublicKey::Ed25519(_) => Some(KeyType::Ed25519),
            PublicKey::P256(_) => Some(KeyType::P256),
            PublicKey::P384(_) => Some(KeyType::P384),
            PublicKey::Rsa(_) => None,
        }
    }

    /// Draws a key. Of 2^32 numbers one is no key of a NIST curve, and is drawn again.
    pub(super) fn draw(self, random: &Random) -> SecretKey {
        loop {
            let drawn = match self {
                KeyType::Ed25519 => Ok(SecretKey::ed25519(random.bytes())),
                KeyType::P256 => SecretKey::p256(random.bytes()),
                KeyType::P384 => SecretKey::p384(random.bytes()),
            };
            if let Ok(key) = drawn {
                return key;
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Endpoint {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Endpoint, HttpError> {
        let Path(named) = Path::<Named>::from_request_parts(parts, state)
            .await
            .map_err(|_| HttpError::NotFound)?;
        Endpoint::ALL
            .into_iter()
            .find(|one| one.suite.name() == named.suite && one.key_type.name() == named.key)
            .ok_or(HttpError::NotFound)
    }
}

/// The part of a path that names an endpoint.
#[derive(Deserialize)]
struct Named {
    suite: String,
    key: String,
}
