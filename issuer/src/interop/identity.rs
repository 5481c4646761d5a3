//! The keys of the VC-API, which stand for nobody.

use std::path::Path;

use keys::{DidError, KeyError, SecretKey, did_key};

use super::endpoint::KeyType;
use crate::key_file::{self, KeyFileError};
use crate::random::Random;

/// One key of each type, each an issuer by its own did:key.
pub struct InteropKeys {
    identities: [Identity; 3],
}

/// A key and what it is called.
pub(super) struct Identity {
    pub(super) key_type: KeyType,
    pub(super) secret: SecretKey,
    /// The issuer.
    pub(super) did: String,
    /// The address of the key.
    pub(super) verification_method: String,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum InteropKeyError {
    #[error(transparent)]
    File(#[from] KeyFileError),
    #[error("{path} holds a key of another type than its name says")]
    OtherType { path: String },
    #[error(transparent)]
    Did(#[from] DidError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl InteropKeys {
    /// Draws new keys, which are gone when the program ends.
    pub fn generate(random: &Random) -> Result<InteropKeys, InteropKeyError> {
        InteropKeys::new(|key_type| Ok(key_type.draw(random)))
    }

    /// Reads the keys of a folder and makes those that are missing, so that the issuers stay the same.
    pub fn in_folder(folder: &Path, random: &Random) -> Result<InteropKeys, InteropKeyError> {
        InteropKeys::new(|key_type| {
            let path = folder.join(format!("{}.pem", key_type.name().to_ascii_lowercase()));
            if !path.exists() {
                key_file::create(&path, &key_type.draw(random))?;
            }
            let secret = key_file::read(&path)?;
            match KeyType::of(secret.public_key()) == Some(key_type) {
                true => Ok(secret),
                false => Err(InteropKeyError::OtherType {
                    path: path.display().to_string(),
                }),
            }
        })
    }

    fn new(
        secret: impl Fn(KeyType) -> Result<SecretKey, InteropKeyError>,
    ) -> Result<InteropKeys, InteropKeyError> {
        let identity = |key_type| Identity::new(key_type, secret(key_type)?);
        Ok(InteropKeys {
            identities: [
                identity(KeyType::Ed25519)?,
                identity(KeyType::P256)?,
                identity(KeyType::P384)?,
            ],
        })
    }

    pub(super) fn of(&self, key_type: KeyType) -> &Identity {
        match key_type {
            KeyType::Ed25519 => &self.identities[0],
            KeyType::P256 => &self.identities[1],
            KeyType::P384 => &self.identities[2],
        }
    }
}

impl Identity {
    fn new(key_type: KeyType, secret: SecretKey) -> Result<Identity, InteropKeyError> {
        let did = did_key::encode(secret.public_key())
            .ok_or(KeyError::Invalid("the kind of key has no did:key"))?;
        Ok(Identity {
            key_type,
            verification_method: did_key::verification_method(&did)?,
            secret,
            did,
        })
    }
}

impl InteropKeyError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            InteropKeyError::File(error) => error.code(),
            InteropKeyError::OtherType { .. } => "key.invalid",
            InteropKeyError::Did(error) => error.code(),
            InteropKeyError::Key(error) => error.code(),
        }
    }
}
