//! The method did:jwk: the identifier is a JWK in base64url (did:jwk method, section "Operations").

use schemas::json::{self, JsonLimits};

use crate::controller::{ControllerDocument, DidError};
use crate::encoding;
use crate::key::PublicKey;

/// The did:jwk of a key.
pub fn encode(key: &PublicKey) -> String {
    let jwk = key.jwk().to_string();
    format!("{PREFIX}{}", encoding::base64url(jwk.as_bytes()))
}

/// The key that a did:jwk is. A secret one is refused, and the error says nothing about the secret.
pub fn decode(did: &str) -> Result<PublicKey, DidError> {
    if did.len() > LONGEST {
        return Err(DidError::Invalid("it has more than 4096 characters"));
    }
    let encoded = did
        .strip_prefix(PREFIX)
        .ok_or(DidError::Invalid("it does not begin with did:jwk:"))?;
    let bytes = encoding::from_base64url(encoded).ok_or(DidError::Invalid(
        "it is not base64url in its only spelling",
    ))?;
    let jwk = json::read(&bytes, &JsonLimits::default())
        .map_err(|_| DidError::Invalid("it does not hold strict JSON"))?;
    PublicKey::from_jwk(&jwk).map_err(DidError::Key)
}

/// The verification method of a did:jwk, always `#0`.
pub fn verification_method(did: &str) -> Result<String, DidError> {
    decode(did)?;
    Ok(format!("{did}#0"))
}

/// The controller document that a did:jwk stands for: its key, for assertions.
pub fn document(did: &str) -> Result<ControllerDocument, DidError> {
    let key = decode(did)?;
    Ok(ControllerDocument::of_one_key(did, format!("{did}#0"), key))
}

const PREFIX: &str = "did:jwk:";

/// An RSA key of 8192 bits has some 1,900 characters; a certificate chain in the JWK has no use here.
const LONGEST: usize = 4096;
