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

/// Checks the signature, and whose the key is.
pub(super) fn check(
    assertion: &Assertion,
    compact: &Compact,
    creator: Option<&str>,
    lookup: &Lookup,
) -> Result<Proven, Halt> {
    let (creator, badge, issuer) = match creator {
        Some(creator) => by_creator(assertion, compact, creator, lookup)?,
        None => by_issuer(assertion, compact, lookup)?,
    };
    Ok(Proven {
        proof: CheckedProof {
            pointer: String::new(),
            suite: compact.header().algorithm.name().to_owned(),
            verification_method: creator,
            created: None,
        },
        badge,
        issuer,
        revoked: None,
    })
}

/// The assertion names its key: only that is asked for before the signature holds.
fn by_creator(
    assertion: &Assertion,
    compact: &Compact,
    creator: &str,
    lookup: &Lookup,
) -> Result<(String, Value, Value), Halt> {
    let document = key_document(creator, lookup)?;
    let published = named(&document, creator).ok_or_else(|| misnamed(creator))?;
    let key = key(published, creator)?;
    check_signature(compact, &key, creator)?;

    let (badge, issuer) = parts::resolve(assertion, lookup)?;
    let id = text(&issuer, "id").unwrap_or_default();
    if !is_owned(published, id) || !lists(&issuer, creator, &key) {
        return Err(not_listed(creator, id).into());
    }
    Ok((creator.to_owned(), badge, issuer))
}

/// The assertion names no key, so any that the issuer's profile names may have signed it (Open Badges
/// 2.0, SignedBadge). Who the issuer is has to be asked first.
fn by_issuer(
    assertion: &Assertion,
    compact: &Compact,
    lookup: &Lookup,
) -> Result<(String, Value, Value), Halt> {
    let (badge, issuer) = parts::resolve(assertion, lookup)?;
    let id = text(&issuer, "id").unwrap_or_default();
    let (mut signers, mut refuted, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for listed in listed(&issuer).take(MOST_TRIED) {
        match signer(listed, id, compact, lookup) {
            Ok(creator) => signers.push(creator),
            Err(Halt::Fail(reason, _)) => refuted.push(reason),
            Err(Halt::Unknown(reason, _)) => open.push(reason),
        }
    }
    if let Some(creator) = signers.pop() {
        return Ok((creator, badge, issuer));
    }
    // A key that could not be had may be the one.
    let (mut refuted, mut open) = (refuted.into_iter(), open.into_iter());
    Err(match (open.next(), refuted.next()) {
        (Some(first), _) => Halt::Unknown(first, open.collect()),
        (None, Some(first)) => Halt::Fail(first, refuted.collect()),
        (None, None) => {
            let expected = "the keys that the issuer signs with";
            Reason::from(LegacyReason::malformed("/publicKey", expected).at(id)).into()
        }
    })
}

/// The name of a key that a profile lists, if it is the issuer's and has signed.
fn signer(
    listed: &Value,
    issuer: &str,
    compact: &Compact,
    lookup: &Lookup,
) -> Result<String, Halt> {
    let document;
    let (creator, published) = match listed {
        Value::String(creator) => {
            document = key_document(creator, lookup)?;
            let published = named(&document, creator).ok_or_else(|| misnamed(creator))?;
            (creator.as_str(), published)
        }
        carried => (text(carried, "id").unwrap_or(issuer), carried),
    };
    // What stands in the profile is the issuer's without saying so.
    let says_nothing = listed.is_object() && published.get("owner").is_none();
    if !says_nothing && !is_owned(published, issuer) {
        return Err(not_listed(creator, issuer).into());
    }
    check_signature(compact, &key(published, creator)?, creator)?;
    Ok(creator.to_owned())
}

/// What lies at the address of a key.
fn key_document(creator: &str, lookup: &Lookup) -> Result<Value, Halt> {
    let place = creator.split('#').next().unwrap_or_default();
    let url = assertion::address(place).ok_or_else(|| {
        Reason::from(LegacyReason::malformed(
            "/verification/creator",
            "the address of a key on the web",
        ))
    })?;
    parts::read(&url, DocumentKind::VerificationKey, lookup)
}

fn check_signature(compact: &Compact, key: &PublicKey, creator: &str) -> Result<(), Reason> {
    compact.verify(key).map_err(|error| match error {
        JwtError::SignatureInvalid => Reason::SignatureInvalid {
            verification_method: creator.to_owned(),
        },
        other => Reason::from(other),
    })
}

/// Whether a key that lies by itself is the issuer's, as far as it says.
fn is_owned(published: &Value, issuer: &str) -> bool {
    match published.get("owner") {
        Some(owner) => owner == issuer,
        // A bare JWK knows no owner; then the profile alone says whose it is.
        None => published.get("kty").is_some(),
    }
}

fn misnamed(creator: &str) -> Reason {
    LegacyReason::malformed("/id", "the address at which it lies")
        .at(creator)
        .into()
}

fn not_listed(creator: &str, issuer: &str) -> Reason {
    LegacyReason::KeyNotListed {
        key: creator.to_owned(),
        issuer: issuer.to_owned(),
    }
    .into()
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
    keys.iter().filter(|key| !key.is_null()).take(MOST_KEYS)
}

/// Real profiles name a handful.
const MOST_KEYS: usize = 64;

/// Each may have to be fetched from an address of its own.
const MOST_TRIED: usize = 4;
