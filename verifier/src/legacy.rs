//! Open Badges 2.0, which came before Verifiable Credentials: assertions, badge classes, profiles.
//!
//! A reading of its own, from the second step on: nothing here touches what is asked of a badge of
//! Open Badges 3.0, and a document that claims to be both is refused.

mod assertion;
mod hosted;
mod origin;
mod parts;
mod reason;
mod revocation;
mod signed;

use schemas::timestamp::Timestamp;
use serde_json::{Map, Value, json};

use self::assertion::{Assertion, Verification};
use self::hosted::Told;
use self::parts::Proven;
use crate::binding::{Lookup, Terms};
use crate::decoded::Decoded;
use crate::documents::Shelf;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::recipient::{self, Identity};
use crate::report::{Halt, Report, StepName};
use crate::trust;
use crate::validity::{self, Period};

pub(crate) use hosted::baked_address;
pub(crate) use reason::CODES;
pub use reason::LegacyReason;

/// Whether a document is an assertion of Open Badges 1.1, which has a context, or an older one,
/// which has not.
pub(crate) fn is_open_badges_1(document: &Value) -> bool {
    match document.get("@context") {
        Some(context) => context == OPEN_BADGES_1,
        None => ["recipient", "badge", "verify"]
            .iter()
            .all(|member| document.get(member).is_some()),
    }
}

/// The story of an assertion of Open Badges 2.0, from the third step on.
pub(crate) fn examine(
    decoded: &Decoded,
    report: &mut Report,
    documents: &Shelf,
    policy: &Policy,
    now: Timestamp,
    warnings: &mut Vec<Reason>,
) {
    warnings.push(LegacyReason::Notice.into());
    let read = Assertion::read(decoded).map_err(Halt::from);
    let Some(assertion) = report.record(StepName::Conform, read) else {
        return;
    };
    let lookup = Lookup {
        issuer: "",
        documents,
        policy,
        now,
        terms: Terms::default(),
    };
    let Some(proven) = proof(&assertion, report, &lookup) else {
        return;
    };
    report.note_proven(proven.whole(assertion.document), vec![proven.proof.clone()]);

    let valid = Period::read(assertion.document)
        .and_then(|period| period.check(now))
        .map_err(Halt::from);
    if report.record(StepName::Validity, valid).is_none() {
        return;
    }
    if let Some(standing) = revocation::check(&assertion, &proven, &lookup).transpose()
        && let Some(status) = report.record(StepName::Status, standing)
    {
        report.note_status(status);
    }
    if !report.stands() {
        return;
    }
    if let Some(claimed) = &policy.recipient {
        let identities = [identity(assertion.document)];
        let compared = recipient::compare(&[], &identities, claimed, "/recipient");
        report.record(StepName::Recipient, compared);
    }
    if let Some(list) = &policy.trust {
        let (standing, ended) = trust::check(&proven.named(&assertion), list);
        report.note_standing(standing);
        report.record(StepName::Trust, ended);
    }
}

/// The proof step. An assertion that its issuer withdrew says nothing any more that could be proven.
fn proof(assertion: &Assertion, report: &mut Report, lookup: &Lookup) -> Option<Proven> {
    if let Err(halt) = validity::check_clock(lookup.policy, lookup.now) {
        return report.record(StepName::Proof, Err(halt));
    }
    let told = match &assertion.verification {
        Verification::Hosted { url } => hosted::check(assertion, url, lookup),
        Verification::Signed { compact, creator } => {
            signed::check(assertion, compact, *creator, lookup)
                .map(|proven| Told::Same(proven.into()))
        }
    };
    match told {
        Ok(Told::Same(proven)) => report.record(StepName::Proof, Ok(*proven)),
        Ok(Told::Withdrawn(reason)) => {
            report.record::<Proven>(StepName::Status, Err(reason.into()));
            None
        }
        Err(halt) => report.record(StepName::Proof, Err(halt)),
    }
}

/// Whom the assertion is about; that the members are there was seen before.
fn identity(assertion: &Value) -> Identity<'_> {
    let recipient = &assertion["recipient"];
    let text = |member: &str| recipient[member].as_str().unwrap_or_default();
    Identity {
        kind: text("type"),
        value: text("identity"),
        hashed: recipient["hashed"] == json!(true),
        salt: text("salt"),
    }
}

/// The few fields of a proven assertion that everybody asks for, under the names that they have in
/// Open Badges 3.0 (implementation guide, migrating from Open Badges 2.0).
pub(crate) fn summary(assertion: &Value) -> Map<String, Value> {
    let badge = &assertion["badge"];
    let fields = [
        ("id", &assertion["id"]),
        ("type", &assertion["type"]),
        ("name", &badge["name"]),
        ("issuer", &badge["issuer"]["id"]),
        ("issuerName", &badge["issuer"]["name"]),
        ("achievement", &badge["id"]),
        ("achievementName", &badge["name"]),
        ("awardedDate", &assertion["issuedOn"]),
        ("validFrom", &assertion["issuedOn"]),
        ("validUntil", &assertion["expires"]),
    ];
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}

/// The context of Open Badges 2.0.
pub(crate) const CONTEXT: &str = "https://w3id.org/openbadges/v2";

/// The context of Open Badges 1.1.
const OPEN_BADGES_1: &str = "https://w3id.org/openbadges/v1";
