//! Signed assertions: a compact JWS with a key that the issuer's profile names (Open Badges 2.0,
//! signed verification).

use keys::PublicKey;
use keys::vc_jwt::{Compact, JwtError};
use serde_json::Value;

use super::LegacyReason;
use super::assertion::{self, Assertion};
use super::parts::{self, Proven};
use crate::binding::Lookup;
use crate::documents::DocumentKind;
use crate::finding::Finding;
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::status::text;

/// Checks the signature, then whose the key is. Only the key is asked for before the signature holds.
pub(super) fn check(
    assertion: &Assertion,
    compact: &Compact,
    creator: &str,
    lookup: &Lookup,
) -> Result<Proven, Halt> {
    let place = creator.split('#').next().unwrap_or_default();
    let url = assertion::address(place).ok_or_else(|| {
        Reason::from(LegacyReason::malformed(
            "/verification/creator",
            "the address of a key on the web",
        ))
    })?;
    let document = parts::read(&url, DocumentKind::VerificationKey, lookup)?;
    let published = named(&document, creator).ok_or_else(|| {
        Reason::from(LegacyReason::malformed("/id", "the address at which it lies").at(creator))
    })?;
    let key = key(published, creator)?;
    compact.verify(&key).map_err(|error| match error {
        JwtError::SignatureInvalid => Reason::SignatureInvalid {
            verification_method: creator.to_owned(),
        },
        other => Reason::from(other),
    })?;

    let (badge, issuer) = parts::resolve(assertion, lookup)?;
    let id = text(&issuer, "id").unwrap_or_default();
    let is_owner = match published.get("owner") {
        Some(owner) => owner == id,
        // A bare JWK knows no owner; then the profile alone says whose it is.
        None => published.get("kty").is_some(),
    };
    if !is_owner || !lists(&issuer, creator, &key) {
        return Err(Reason::from(LegacyReason::KeyNotListed {
            key: creator.to_owned(),
            issuer: id.to_owned(),
        })
        .into());
    }
    Ok(Proven {
        proof: CheckedProof {
            pointer: String::new(),
            suite: compact.header().algorithm.name().to_owned(),
            verification_method: creator.to_owned(),
            created: None,
        },
        badge,
        issuer,
        revoked: None,
    })
}

/// The key of that name: the document itself, or one that a profile carries.
fn named<'a>(document: &'a Value, creator: &str) -> Option<&'a Value> {
    let is_named = |key: &Value| text(key, "id") == Some(creator);
    if is_named(document) {
        return Some(document);
    }
    if document.get("id").is_none() && document.get("kty").is_some() {
        return Some(document);
    }
    listed(document).find(|key| is_named(key))
}

fn key(published: &Value, place: &str) -> Result<PublicKey, Reason> {
    let read = match text(published, "publicKeyPem") {
        Some(pem) => PublicKey::from_spki_pem(pem),
        None => PublicKey::from_jwk(published),
    };
    read.map_err(|error| Finding::of_key(place, error))
}

/// Whether a profile names the key as one of its own, and as no other.
fn lists(issuer: &Value, creator: &str, key: &PublicKey) -> bool {
    listed(issuer).any(|entry| match entry {
        Value::String(id) => id == creator,
        entry => {
            text(entry, "id") == Some(creator)
                && text(entry, "publicKeyPem")
                    .is_none_or(|pem| PublicKey::from_spki_pem(pem).as_ref() == Ok(key))
        }
    })
}

fn listed(profile: &Value) -> impl Iterator<Item = &Value> {
    let keys = match &profile["publicKey"] {
        Value::Array(keys) => keys.as_slice(),
        key => std::slice::from_ref(key),
    };
    keys.iter().take(MOST_KEYS)
}

/// Real profiles name a handful.
const MOST_KEYS: usize = 64;
