//! Hosted assertions: what lies at the address is what was issued (Open Badges 2.0, hosted
//! verification).

use serde_json::Value;
use url::Url;

use super::assertion::{self, Assertion};
use super::parts::{self, Proven};
use super::{LegacyReason, origin};
use crate::binding::Lookup;
use crate::documents::{DocumentKind, FetchFailure, Shelf};
use crate::form::FormFault;
use crate::issuer;
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::status::revocation_list::shortened;
use crate::status::{StatusReason, text};

/// What lies at the address of an assertion.
pub(super) enum Told {
    /// The assertion as it was presented.
    Same(Box<Proven>),
    /// Only that it was taken back.
    Withdrawn(Reason),
}

/// Compares an assertion with what lies at its address, which its issuer has to allow.
pub(super) fn check(assertion: &Assertion, url: &Url, lookup: &Lookup) -> Result<Told, Halt> {
    let hosted = match parts::read(url, DocumentKind::HostedAssertion, lookup) {
        Ok(hosted) => hosted,
        Err(halt) if is_gone(&halt) => return Ok(Told::Withdrawn(gone(url.as_str()))),
        Err(halt) => return Err(halt),
    };
    let mismatch = || {
        Halt::from(Reason::from(LegacyReason::HostedMismatch {
            url: url.to_string(),
        }))
    };
    if text(&hosted, "id") != Some(assertion.id) {
        return Err(mismatch());
    }
    let revoked = revoked(&hosted, assertion.id);
    let is_same = match revoked {
        Some(_) => unrevoked(&hosted) == unrevoked(assertion.document),
        None => hosted == *assertion.document,
    };
    let revoked = match (is_same, revoked) {
        (false, Some(reason)) => return Ok(Told::Withdrawn(reason)),
        (false, None) => return Err(mismatch()),
        (true, revoked) => revoked,
    };
    let (badge, issuer) = parts::resolve(assertion, lookup)?;
    check_places(assertion, url, &issuer, lookup)?;
    Ok(Told::Same(Box::new(Proven {
        proof: CheckedProof {
            pointer: "/verification".to_owned(),
            suite: "hosted".to_owned(),
            verification_method: url.to_string(),
            created: None,
        },
        badge,
        issuer,
        revoked,
    })))
}

/// Whether the assertion and its badge class lie where the issuer keeps what is its own. Redirects are
/// allowed, but many sites lead wherever an address tells them to, which makes nothing there theirs.
fn check_places(
    assertion: &Assertion,
    url: &Url,
    issuer: &Value,
    lookup: &Lookup,
) -> Result<(), Reason> {
    let id = text(issuer, "id").unwrap_or_default();
    let elsewhere = |pointer, url: &Url| {
        Reason::from(LegacyReason::Origin {
            pointer,
            url: url.to_string(),
            issuer: id.to_owned(),
        })
    };
    if !origin::allows(issuer, url) {
        return Err(elsewhere("/id", url));
    }
    let found = lookup.documents.place(url);
    let home = assertion::address(id).map(|id| lookup.documents.place(&id).origin());
    let is_at_home = [Some(url.origin()), home].contains(&Some(found.origin()));
    if !is_at_home && !origin::allows(issuer, &found) {
        return Err(elsewhere("/id", &found));
    }
    let badge = assertion.document["badge"].as_str();
    match badge.and_then(assertion::address) {
        Some(badge) if !origin::allows_badge_class(issuer, &badge) => {
            Err(elsewhere("/badge", &badge))
        }
        _ => Ok(()),
    }
}

/// Whether the server says that the assertion was taken away, which is how hosted badges are revoked
/// (Open Badges 2.0, revoking hosted assertions).
fn is_gone(halt: &Halt) -> bool {
    let gone = |failure: &FetchFailure| *failure == FetchFailure::Gone;
    matches!(halt, Halt::Unknown(Reason::Fetch { failure, .. }, _) if gone(failure))
}

fn gone(address: &str) -> Reason {
    StatusReason::Revoked {
        list: address.to_owned(),
        index: None,
        message: None,
    }
    .into()
}

/// Why a hosted assertion holds no longer, if it says so itself.
fn revoked(hosted: &Value, list: &str) -> Option<Reason> {
    (hosted["revoked"] == Value::Bool(true)).then(|| {
        StatusReason::Revoked {
            list: list.to_owned(),
            index: None,
            message: text(hosted, "revocationReason").map(shortened),
        }
        .into()
    })
}

fn unrevoked(assertion: &Value) -> Value {
    let mut assertion = assertion.clone();
    if let Some(members) = assertion.as_object_mut() {
        members.remove("revoked");
        members.remove("revocationReason");
    }
    assertion
}

/// What lies at the address that stands in a picture in place of an assertion (Open Badges 2.0,
/// badge baking).
pub(crate) fn baked_address<'a>(address: &str, documents: &Shelf<'a>) -> Result<&'a [u8], Halt> {
    let kind = DocumentKind::HostedAssertion;
    let Some(url) = issuer::web_address(address) else {
        let url = address.to_owned();
        return Err(Reason::from(FormFault::Address { url }).into());
    };
    let reason = match documents.answer(&url, kind) {
        Some(Ok(document)) => return Ok(&document.bytes),
        Some(Err(FetchFailure::Gone)) => return Err(gone(address).into()),
        Some(Err(failure)) => Reason::Fetch {
            url,
            failure: *failure,
        },
        None => Reason::DocumentMissing { url, kind },
    };
    Err(Halt::Unknown(reason, Vec::new()))
}
