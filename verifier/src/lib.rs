//! Is it so: bytes, documents, policy and time in; a report out.
//!
//! ```
//! use schemas::timestamp::Timestamp;
//! use verifier::{Documents, Policy, Verdict, verify};
//!
//! let now = Timestamp::parse("2026-11-22T18:32:00Z").expect("a time with an offset");
//! let report = verify(b"<html></html>", &Documents::default(), &Policy::default(), now);
//!
//! assert_eq!(report.verdict(), Verdict::Refused);
//! assert_eq!(report.reason().map(|reason| reason.code()), Some("input.unsupported"));
//! ```
//!
//! The nouns: a caller presents bytes and gets a [`Report`]. Its [`Step`]s say how far the bytes
//! came, each with an [`Outcome`]; a [`Reason`] says what was found; the [`Verdict`] sums up.
//!
//! [`verify`] fetches nothing. What it lacks it names in [`Report::missing`]; the caller puts an
//! answer into [`Documents`], also when the answer is that the document cannot be had, and calls
//! again until nothing is missing:
//!
//! ```
//! use schemas::timestamp::Timestamp;
//! use verifier::{Answer, Documents, FetchFailure, Policy, Report, Request, verify};
//!
//! fn verified(badge: &[u8], now: Timestamp, fetch: impl Fn(&Request) -> Answer) -> Report {
//!     let mut documents = Documents::default();
//!     loop {
//!         let report = verify(badge, &documents, &Policy::default(), now);
//!         let missing = report.missing();
//!         if missing.is_empty() {
//!             return report;
//!         }
//!         for request in missing {
//!             documents.insert(request.url.clone(), fetch(&request));
//!         }
//!     }
//! }
//!
//! let now = Timestamp::parse("2026-11-22T18:32:00Z").expect("a time with an offset");
//! let report = verified(b"{}", now, |_| Err(FetchFailure::Unreachable));
//! assert!(report.documents().is_empty(), "nothing is asked for on behalf of what is no badge");
//! ```
//!
//! Whom a badge is said to be about, and which issuers are known, is told by the caller:
//!
//! ```
//! use verifier::{Policy, TrustList};
//!
//! let list = br#"{"issuers": [{"id": "did:web:badges.example", "since": "2026-01-01"}]}"#;
//! let mut policy = Policy::default();
//! policy.recipient = Some("ada@example.org".to_owned());
//! policy.trust = Some(TrustList::read(list).expect("a list of issuers"));
//! ```
//!
//! OpenSSL comes along for the signatures of JWTs; with `default-features = false` it does not, and
//! the answers are the same.
//!
//! Not looked into, and said so in each report: evidence, terms of use, related resources, and
//! schemas, statuses and services of types that the standard does not name. That a badge is verified
//! never means that what it claims is true, nor that its issuer deserves trust.

pub mod png;
pub mod status_list;
pub mod svg;
pub mod vc;

mod bake;
mod binding;
mod codes;
mod conform;
mod confusable;
mod contents;
mod decoded;
mod disclosure;
mod documents;
mod endorsement;
mod finding;
mod form;
mod issuer;
mod legacy;
mod limits;
mod nested;
mod policy;
mod presented;
mod proof;
mod reason;
mod recipient;
mod refresh;
mod remedy;
mod report;
mod schema;
mod sentence;
mod status;
mod trust;
mod validity;

pub use bake::BakeStandard;
pub use codes::codes;
pub use confusable::{Confusable, Deception};
pub use disclosure::Disclosure;
pub use documents::{
    Answer, Body, Consulted, Document, DocumentKind, Documents, FetchFailure, Request,
};
pub use endorsement::EndorsementReason;
pub use finding::Finding;
pub use form::FormFault;
pub use legacy::LegacyReason;
pub use limits::Limits;
pub use nested::NestedReason;
pub use policy::{BakedCopies, Clock, OldLists, Policy, ProofSet, UnboundKey, UnknownStatus};
pub use reason::{Part, Reason};
pub use recipient::RecipientReason;
pub use refresh::RefreshReason;
pub use remedy::remedy;
pub use report::{
    CheckedProof, CheckedStatus, Container, DataModel, Form, Input, Nested, NestedRole, Outcome,
    Report, Step, StepName, Verdict,
};
pub use schema::SchemaReason;
pub use status::{ListEdition, StatusReason};
pub use trust::{Standing, TrustList, TrustListError, TrustReason};
pub use validity::{BUILT_UNIX_SECONDS, TOLERANCE_SECONDS};

/// The JSON Schema of the report as programs read it.
pub const REPORT_SCHEMA: &str = include_str!("../report.schema.json");

use schemas::timestamp::Timestamp;

use crate::binding::{Lookup, Terms};
use crate::decoded::Decoded;
use crate::documents::Shelf;
use crate::nested::Scope;
use crate::presented::Presented;

/// Says whether the bytes are an Open Badge that holds, and if not, why.
///
/// The steps are taken in order, and none after one that bears on the verdict and did not pass: what a
/// step leaves behind is all that the next one is given.
pub fn verify(presented: &[u8], documents: &Documents, policy: &Policy, now: Timestamp) -> Report {
    let shelf = Shelf::new(documents);
    examine(presented, Scope::Presented, shelf, policy, now)
}

/// The whole story, for what was presented and for each credential within it.
fn examine(
    presented: &[u8],
    scope: Scope,
    shelf: Shelf,
    policy: &Policy,
    now: Timestamp,
) -> Report {
    let mut report = Report::new(presented, &policy.limits, now);
    let mut warnings = Vec::new();

    // 1. Bytes -> Presented: what the content says it is, not its name.
    let read = match scope {
        Scope::Presented => Presented::read(presented, policy, &shelf, &mut warnings),
        Scope::Within(_) => Presented::read_text(presented, &policy.limits).map_err(Into::into),
    };
    let Some(presented) = report.record(StepName::Parse, read) else {
        return report.conclude(warnings, &shelf);
    };
    report.note_form(presented.container, presented.form);

    // 2. Presented -> Decoded: one value, read once. All that follows, and all that is shown, is it.
    let read = Decoded::read(&presented, &policy.limits);
    let Some(decoded) = report.record(StepName::Decode, read) else {
        return report.conclude(warnings, &shelf);
    };

    if let Some(model) = decoded.model() {
        report.note_model(model);
        if model == DataModel::OpenBadges2 && scope.is_presented() {
            legacy::examine(&decoded, &mut report, &shelf, policy, now, &mut warnings);
            return report.conclude(warnings, &shelf);
        }
    }

    // 3. The value is an Open Badge, and every part of it is covered by what is signed.
    let conforms = conform::check(&decoded, &policy.limits, &mut warnings);
    let Some(issuer) = report.record(StepName::Conform, conforms) else {
        return report.conclude(warnings, &shelf);
    };

    // 4. Decoded -> Proven. Until the proof holds, the strict policy asks only for what lies at the issuer.
    let lookup = Lookup {
        issuer: &issuer,
        documents: &shelf,
        policy,
        now,
        terms: Terms::default(),
    };
    let mut proof = proof::check(&decoded, &lookup, &mut warnings);
    if scope.is_presented() {
        proof = proof.and_then(|proven| proven.counted(policy));
    }
    let Some(proven) = report.record(StepName::Proof, proof) else {
        return report.conclude(warnings, &shelf);
    };
    let credential = decoded.document();
    report.note_proven(credential.clone(), proven.proofs);

    // 5. The value meets the schemas that the issuer names in it.
    let schema = schema::check(credential, &lookup, &mut warnings).transpose();
    if let Some(schema) = schema
        && report.record(StepName::Schema, schema).is_none()
    {
        return report.conclude(warnings, &shelf);
    }

    // 6. There is no newer edition, or it takes the place of this one from here on.
    let refreshed = match scope.may_be_refreshed() {
        true => refresh::check(credential, &lookup, &mut warnings),
        false => None,
    };
    let mut replaced = false;
    if let Some(refreshed) = refreshed {
        report.record(StepName::Refresh, refreshed.ended);
        if let Some(edition) = refreshed.nested.as_ref().filter(|_| refreshed.replaces) {
            report.adopt(&edition.report);
            replaced = true;
        }
        report.note_nested(refreshed.nested);
    }

    if !replaced {
        // 7. The time of verification lies in the validity period.
        let valid = validity::check(credential, proven.token_period, now);
        if report.record(StepName::Validity, valid).is_none() {
            return report.conclude(warnings, &shelf);
        }

        // 8. The issuer has not taken it back. A badge without a status is none that was looked up.
        let statuses = status::check(credential, &lookup, &mut warnings).transpose();
        if let Some(statuses) = statuses
            && let Some(statuses) = report.record(StepName::Status, statuses)
        {
            report.note_statuses(statuses);
        }
    }
    if report.stands() {
        surroundings(&mut report, scope, &lookup, &mut warnings);
    }
    report.conclude(warnings, &shelf)
}

/// What is asked of a badge that holds: what others say of it, whom it is about, and who its issuer is.
fn surroundings(report: &mut Report, scope: Scope, lookup: &Lookup, warnings: &mut Vec<Reason>) {
    let Some(credential) = report.credential().cloned() else {
        return;
    };

    warnings.extend(confusable::of_issuer(&credential));

    // 9. What others say of it holds, and so does what it contains.
    if scope.may_be_endorsed() {
        if let Some(endorsements) = endorsement::check(&credential, lookup, warnings) {
            report.note_nested(endorsements.nested);
            if report
                .record(StepName::Endorsements, endorsements.ended)
                .is_none()
            {
                return;
            }
        }
    } else {
        endorsement::warn_of_deeper(&credential, warnings);
    }
    if !scope.may_contain() {
        if let Some(ended) = contents::check_depth(&credential) {
            report.record(StepName::Contents, ended);
        }
    } else if let Some(contents) = contents::check(&credential, lookup, warnings) {
        report.note_nested(contents.nested);
        if report.record(StepName::Contents, contents.ended).is_none() {
            return;
        }
    }
    if !scope.is_presented() {
        return;
    }

    // 10. It is about the person it is said to be about.
    if let Some(claimed) = &lookup.policy.recipient {
        report.record(StepName::Recipient, recipient::check(&credential, claimed));
    }

    // 11. The caller knows the issuer, and the issuer speaks for itself alone.
    warnings.extend(trust::unverified_creator(&credential, report.nested()));
    if let Some(list) = &lookup.policy.trust {
        let (standing, ended) = trust::check(&credential, list);
        report.note_standing(standing);
        report.record(StepName::Trust, ended);
    }
}
