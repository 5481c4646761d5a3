//! Whether an issuer has taken an assertion back (Open Badges 2.0, revocation list).

use schemas::json::{self, JsonLimits};
use serde_json::Value;

use super::assertion::{self, Assertion, Verification};
use super::parts::Proven;
use crate::binding::Lookup;
use crate::documents::DocumentKind;
use crate::reason::Reason;
use crate::report::{CheckedStatus, Halt};
use crate::status::revocation_list::shortened;
use crate::status::{StatusReason, fetched, has_type, malformed, text};

/// The status step: a hosted assertion says itself that it was revoked, a signed one is looked up in
/// the list of its issuer; `None` if the issuer has none.
pub(super) fn check(
    assertion: &Assertion,
    proven: &Proven,
    lookup: &Lookup,
) -> Result<Option<CheckedStatus>, Halt> {
    if let Verification::Hosted { url } = &assertion.verification {
        return match &proven.revoked {
            Some(reason) => Err(reason.clone().into()),
            None => Ok(Some(clear(url.as_str()))),
        };
    }
    if assertion.document["revoked"] == Value::Bool(true) {
        return Err(StatusReason::Revoked {
            list: assertion.id.to_owned(),
            index: None,
            message: text(assertion.document, "revocationReason").map(shortened),
        }
        .into());
    }
    let Some(list) = proven.issuer.get("revocationList") else {
        return Ok(None);
    };
    let list = list
        .as_str()
        .or_else(|| text(list, "id"))
        .unwrap_or_default();
    let url = assertion::address(list).ok_or_else(|| {
        malformed(
            "/revocationList",
            "the issuer's profile names no list on the web",
        )
    })?;
    let document = fetched(list, &url, DocumentKind::RevocationList, lookup)?;
    let limits = JsonLimits {
        bytes: lookup.policy.limits.status_list_bytes,
        members: lookup.policy.limits.status_list_bytes / 32,
        ..JsonLimits::default()
    };
    let value = json::read(&document.bytes, &limits)
        .map_err(|error| malformed(list, &format!("it cannot be read (`{}`)", error.code())))?;
    match entry(&value, list, proven, assertion)? {
        Some(entry) => Err(StatusReason::Revoked {
            list: list.to_owned(),
            index: None,
            message: text(entry, "revocationReason").map(shortened),
        }
        .into()),
        None => Ok(Some(clear(list))),
    }
}

/// The entry of a list that revokes this assertion, by its id or by its older `uid`.
fn entry<'a>(
    value: &'a Value,
    list: &str,
    proven: &Proven,
    assertion: &Assertion,
) -> Result<Option<&'a Value>, Reason> {
    if !has_type(value, "RevocationList") {
        return Err(malformed(list, "it is no `RevocationList`"));
    }
    let named = |member: &str| {
        value
            .get(member)
            .map(|own| own.as_str().or_else(|| text(own, "id")))
    };
    let issuer = text(&proven.issuer, "id");
    if let Some(list_issuer) = named("issuer").filter(|own| *own != issuer) {
        return Err(StatusReason::IssuerMismatch {
            list: list.to_owned(),
            issuer: issuer.unwrap_or_default().to_owned(),
            list_issuer: list_issuer.map(shortened).unwrap_or_default(),
        }
        .into());
    }
    let entries = match &value["revokedAssertions"] {
        Value::Array(entries) => entries.as_slice(),
        one @ (Value::String(_) | Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err(malformed(list, "it has no `revokedAssertions`")),
    };
    let uid = text(assertion.document, "uid");
    Ok(entries.iter().find(|entry| {
        let id = entry.as_str().or_else(|| text(entry, "id"));
        let is_named = id == Some(assertion.id) || (uid.is_some() && text(entry, "uid") == uid);
        is_named && entry.get("revoked") != Some(&Value::Bool(false))
    }))
}

fn clear(list: &str) -> CheckedStatus {
    CheckedStatus {
        purpose: "revocation".to_owned(),
        list: list.to_owned(),
        index: None,
        value: 0,
        message: None,
    }
}
