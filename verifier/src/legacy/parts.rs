//! The documents that an assertion refers to, each taken only from its own address.

use schemas::json::{self, JsonLimits};
use serde_json::{Value, json};
use url::Url;

use super::LegacyReason;
use super::assertion::{self, Assertion};
use crate::binding::Lookup;
use crate::documents::DocumentKind;
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::status::text;

/// What is known of an assertion once it is seen to be its issuer's.
pub(super) struct Proven {
    pub(super) proof: CheckedProof,
    pub(super) badge: Value,
    pub(super) issuer: Value,
    /// What a hosted assertion says of itself.
    pub(super) revoked: Option<Reason>,
}

impl Proven {
    /// The assertion with badge class and profile in place of their addresses.
    pub(super) fn whole(&self, assertion: &Value) -> Value {
        let mut whole = assertion.clone();
        whole["badge"] = self.badge.clone();
        whole["badge"]["issuer"] = self.issuer.clone();
        whole
    }

    /// What lists of known issuers go by, under the names that they know.
    pub(super) fn named(&self, assertion: &Assertion) -> Value {
        json!({
            "issuer": self.issuer["id"],
            "validFrom": assertion.document["issuedOn"],
            "credentialSubject": {"achievement": {"id": self.badge["id"]}},
        })
    }
}

/// The badge class of an assertion and the profile of its issuer.
///
/// A badge class within the assertion is as good as the assertion; a profile there proves nothing,
/// because anybody can write another's, so it is asked for at the issuer's address always.
pub(super) fn resolve(assertion: &Assertion, lookup: &Lookup) -> Result<(Value, Value), Halt> {
    let badge = match assertion.document["badge"].as_str() {
        None => assertion.document["badge"].clone(),
        Some(address) => {
            let badge = own(address, DocumentKind::BadgeClass, lookup)?;
            assertion::check_badge_class(&badge, "")
                .map_err(|reason| Reason::from(reason.at(address)))?;
            badge
        }
    };
    let issuer = assertion::issuer_id(&badge).unwrap_or_default();
    let profile = own(issuer, DocumentKind::IssuerProfile, lookup)?;
    assertion::check_profile(&profile).map_err(|reason| Reason::from(reason.at(issuer)))?;
    Ok((badge, profile))
}

/// The document at an address that is also its id.
fn own(address: &str, kind: DocumentKind, lookup: &Lookup) -> Result<Value, Halt> {
    let unusable = |expected| Reason::from(LegacyReason::malformed("/id", expected).at(address));
    let url = assertion::address(address).ok_or_else(|| unusable("an address on the web"))?;
    let document = read(&url, kind, lookup)?;
    if text(&document, "id") != Some(address) {
        return Err(unusable("the address at which it lies").into());
    }
    Ok(document)
}

/// The JSON object at an address.
pub(super) fn read(url: &Url, kind: DocumentKind, lookup: &Lookup) -> Result<Value, Halt> {
    let reason = match lookup.documents.answer(url, kind) {
        Some(Ok(document)) => {
            let limits = JsonLimits {
                bytes: lookup.policy.limits.text_bytes,
                ..JsonLimits::default()
            };
            return match json::read(&document.bytes, &limits) {
                Ok(value) if value.is_object() => Ok(value),
                _ => Err(Reason::from(
                    LegacyReason::malformed("", "a JSON object").at(url.as_str()),
                )
                .into()),
            };
        }
        Some(Err(failure)) => Reason::Fetch {
            url: url.clone(),
            failure: *failure,
        },
        None => Reason::DocumentMissing {
            url: url.clone(),
            kind,
        },
    };
    Err(Halt::Unknown(reason, Vec::new()))
}
