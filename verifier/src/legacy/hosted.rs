//! Hosted assertions: what lies at the address is what was issued (Open Badges 2.0, hosted
//! verification).

use serde_json::Value;
use url::Url;

use super::assertion::Assertion;
use super::parts::{self, Proven};
use super::{LegacyReason, origin};
use crate::binding::Lookup;
use crate::documents::{DocumentKind, Shelf};
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
    let hosted = parts::read(url, DocumentKind::HostedAssertion, lookup)?;
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
    if !origin::allows(&issuer, url) {
        return Err(Reason::from(LegacyReason::Origin {
            url: url.to_string(),
            issuer: text(&issuer, "id").unwrap_or_default().to_owned(),
        })
        .into());
    }
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
        Some(Err(failure)) => Reason::Fetch {
            url,
            failure: *failure,
        },
        None => Reason::DocumentMissing { url, kind },
    };
    Err(Halt::Unknown(reason, Vec::new()))
}
