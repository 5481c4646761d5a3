//! Credentials that travel as a JWT in a `data:` address (VC Data Model 2.0, section 4.13.1).

use serde_json::Value;

use crate::decoded::Decoded;
use crate::reason::Reason;

/// What a credential is without its envelope, if it has one. A bare token is taken for one too.
pub(super) fn opened(credential: &Value) -> Result<Decoded, Reason> {
    let is_envelope = |types: &Value| {
        types == ENVELOPE
            || types
                .as_array()
                .is_some_and(|types| types.iter().any(|one| one == ENVELOPE))
    };
    let token = match credential {
        Value::String(token) => Some(token.as_str()),
        Value::Object(members) if members.get("type").is_some_and(is_envelope) => {
            let address = members.get("id").and_then(Value::as_str);
            Some(address.and_then(token_in).ok_or_else(|| {
                Reason::from(schemas::Finding {
                    code: "vc.envelope",
                    pointer: "/id".to_owned(),
                    message: "is not a `data:` address with a JWT".to_owned(),
                })
            })?)
        }
        _ => None,
    };
    match token {
        Some(token) => Decoded::read_jwt(token.as_bytes()),
        None => Ok(Decoded::Json(credential.clone())),
    }
}

/// The token in `data:application/vc+jwt,…`.
fn token_in(address: &str) -> Option<&str> {
    MEDIA_TYPES
        .iter()
        .find_map(|media_type| address.strip_prefix("data:")?.strip_prefix(media_type))?
        .strip_prefix(',')
}

const ENVELOPE: &str = "EnvelopedVerifiableCredential";

/// What VC-JOSE-COSE calls such tokens, and what its drafts called them.
const MEDIA_TYPES: [&str; 2] = ["application/vc+jwt", "application/vc-ld+jwt"];
