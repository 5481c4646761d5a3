//! Keys that are published by themselves.

use keys::{Jwk, JwkSet, PublicKey, VerificationMethod};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::finding::Finding;
use crate::reason::Reason;

/// A key as it lies at an address of its own.
pub(super) struct Published {
    pub(super) key: PublicKey,
    /// Whose the document says it is.
    pub(super) owner: Option<String>,
    pub(super) revoked: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
}

/// The key in a document that is one JWK, a JWK set or one verification method (Open Badges 3.0,
/// dereferencing the public key; implementation guide, key provenance).
pub(super) fn read(bytes: &[u8], method: &str, address: &str) -> Result<Published, Reason> {
    let refused = |error| Finding::of_key(method, error);
    let unresolved = || Reason::KidUnresolved {
        kid: method.to_owned(),
    };
    let value = json::read(bytes, &JsonLimits::default()).map_err(|_| unresolved())?;
    let jwk = if value.get("keys").is_some() {
        let set = JwkSet::read(&value).map_err(refused)?;
        let fragment = method
            .strip_prefix(address)
            .and_then(|rest| rest.strip_prefix('#'));
        let found = set
            .find(method)
            .or_else(|| fragment.and_then(|fragment| set.find(fragment)));
        found.ok_or_else(unresolved)?.clone()
    } else if value.get("kty").and_then(Value::as_str).is_some() {
        Jwk::read(&value).map_err(refused)?
    } else {
        let method = VerificationMethod::read(bytes, method)
            .map_err(|error| Finding::of_controller(address, &error))?;
        return Ok(Published {
            key: method.key,
            owner: Some(method.controller),
            revoked: method.revoked,
            expires: method.expires,
        });
    };
    Ok(Published {
        key: jwk.key,
        owner: jwk.issuer,
        revoked: None,
        expires: None,
    })
}
