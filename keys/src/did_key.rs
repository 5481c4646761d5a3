//! The method did:key: the identifier is the key (did:key method, section 3).

use crate::controller::ControllerDocument;
use crate::controller::DidError;
use crate::key::{KeyError, PublicKey};

/// The did:key of a key; RSA keys have none here.
pub fn encode(key: &PublicKey) -> Option<String> {
    Some(format!("{PREFIX}{}", key.multibase()?))
}

/// The key that a did:key is. Only the one spelling that [`encode`] gives is read.
pub fn decode(did: &str) -> Result<PublicKey, DidError> {
    let multikey = did
        .strip_prefix(PREFIX)
        .ok_or(DidError::Invalid("it does not begin with did:key:"))?;
    PublicKey::from_multibase(multikey).map_err(|error| match error {
        KeyError::Weak(_) => DidError::Key(error),
        KeyError::PrivateMaterial => DidError::Invalid("it holds a secret key"),
        KeyError::Kind(kind) => DidError::KeyKind(kind),
        _ => DidError::Invalid("it does not hold one supported key"),
    })
}

/// The verification method of a did:key, which is also its fragment: `did:key:z…#z…`.
pub fn verification_method(did: &str) -> Result<String, DidError> {
    decode(did)?;
    Ok(format!("{did}#{}", &did[PREFIX.len()..]))
}

/// The controller document that a did:key stands for: its key, for assertions.
pub fn document(did: &str) -> Result<ControllerDocument, DidError> {
    let key = decode(did)?;
    Ok(ControllerDocument::of_one_key(
        did,
        verification_method(did)?,
        key,
    ))
}

const PREFIX: &str = "did:key:";
