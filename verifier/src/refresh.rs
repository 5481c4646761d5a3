//! Whether there is a newer edition of a badge (1EdTech Credential Refresh; Open Badges 3.0,
//! verification, step 3).
//!
//! The service is asked once, and what it gives is not refreshed again. A newer edition of the same
//! badge takes its place; whatever else comes back leaves the badge as it is.

use std::fmt;

use schemas::timestamp::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::binding::Lookup;
use crate::documents::{DocumentKind, FetchFailure};
use crate::issuer;
use crate::nested::{self, NestedReason};
use crate::reason::{Part, Reason};
use crate::report::{Halt, Nested, NestedRole, Outcome, Report, StepName};

/// What the refresh service led to.
pub(crate) struct Refreshed {
    /// How the step ended.
    pub(crate) ended: Result<(), Halt>,
    /// What the service gave, verified on its own.
    pub(crate) nested: Option<Nested>,
    /// Whether that takes the place of the badge.
    pub(crate) replaces: bool,
}

/// Asks the refresh service of a proven credential; `None` if it has none that can be asked.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Option<Refreshed> {
    let (pointer, service) = service(credential, warnings)?;
    let address = service["id"].as_str().unwrap_or_default();
    let Some(url) = issuer::web_address(address) else {
        return Some(stays(RefreshReason::Malformed { pointer }, warnings));
    };
    let document = match lookup
        .documents
        .answer(&url, DocumentKind::RefreshedCredential)
    {
        Some(Ok(document)) => document,
        Some(Err(failure)) => {
            let service = address.to_owned();
            let failure = *failure;
            return Some(stays(
                RefreshReason::Unreachable { service, failure },
                warnings,
            ));
        }
        None => {
            let missing = Reason::DocumentMissing {
                url,
                kind: DocumentKind::RefreshedCredential,
            };
            return Some(Refreshed {
                ended: Err(Halt::Unknown(missing, Vec::new())),
                nested: None,
                replaces: false,
            });
        }
    };
    let edition = nested::verify(
        &pointer,
        NestedRole::Refreshed,
        document.bytes.trim_ascii(),
        lookup,
    );
    Some(compare(credential, edition, address, warnings))
}

/// The first service of the known type; every other is told.
fn service<'a>(credential: &'a Value, warnings: &mut Vec<Reason>) -> Option<(String, &'a Value)> {
    let services: Vec<(String, &Value)> = match credential.get("refreshService")? {
        Value::Array(services) => {
            let numbered = services.iter().enumerate();
            numbered
                .map(|(at, service)| (format!("/refreshService/{at}"), service))
                .collect()
        }
        service => vec![("/refreshService".to_owned(), service)],
    };
    let mut known = None;
    for (pointer, service) in services {
        let types = &service["type"];
        let is_known = types == KNOWN
            || types
                .as_array()
                .is_some_and(|types| types.iter().any(|one| one == KNOWN));
        if is_known && known.is_none() {
            known = Some((pointer, service));
        } else {
            warnings.push(Reason::NotEvaluated {
                part: Part::RefreshService,
                pointer,
            });
        }
    }
    known
}

/// Holds what came back against the badge (Open Badges 3.0, credential equality and comparison).
fn compare(
    credential: &Value,
    edition: Nested,
    service: &str,
    warnings: &mut Vec<Reason>,
) -> Refreshed {
    let service = || service.to_owned();
    let report = &edition.report;
    let Some(refreshed) = report.credential().filter(|_| conforms(report)) else {
        if !report.missing().is_empty() {
            let reason = NestedReason::Undetermined {
                pointer: edition.pointer.clone(),
                cause: report.reason().map(Reason::code).unwrap_or_default(),
            };
            return Refreshed {
                ended: Err(Halt::Unknown(Reason::Nested(reason), Vec::new())),
                nested: Some(edition),
                replaces: false,
            };
        }
        let cause = report.reason().map(Reason::code).unwrap_or_default();
        let reason = RefreshReason::Invalid {
            service: service(),
            cause,
        };
        return Refreshed {
            nested: Some(edition),
            ..stays(reason, warnings)
        };
    };
    if !is_same(credential, refreshed) {
        let reason = RefreshReason::Mismatch { service: service() };
        return Refreshed {
            nested: Some(edition),
            ..stays(reason, warnings)
        };
    }
    let replaces = match (begin(credential), begin(refreshed)) {
        (Some(presented), Some(newer)) if newer > presented => {
            warnings.push(Reason::Refresh(RefreshReason::NewerEdition {
                service: service(),
                presented,
                newer,
            }));
            true
        }
        _ => false,
    };
    Refreshed {
        ended: Ok(()),
        nested: Some(edition),
        replaces,
    }
}

/// The badge stays as it is, for a reason that is told.
fn stays(reason: RefreshReason, warnings: &mut Vec<Reason>) -> Refreshed {
    let reason = Reason::Refresh(reason);
    warnings.push(reason.clone());
    let ended = match &reason {
        Reason::Refresh(RefreshReason::Unreachable { .. }) => Halt::Unknown(reason, Vec::new()),
        _ => Halt::Fail(reason, Vec::new()),
    };
    Refreshed {
        ended: Err(ended),
        nested: None,
        replaces: false,
    }
}

/// Whether the steps that the standard repeats for a refreshed credential passed.
fn conforms(report: &Report) -> bool {
    let mut steps = report.steps().iter();
    steps.all(|step| match step.name {
        StepName::Schema => matches!(step.outcome, Outcome::Pass | Outcome::NotRun),
        _ => true,
    })
}

/// Whether two credentials are editions of one: same issuer, same id.
fn is_same(one: &Value, other: &Value) -> bool {
    let key = |credential: &Value| {
        let issuer = issuer::id(credential).ok().map(plain);
        let id = credential.get("id").and_then(Value::as_str).map(plain);
        issuer.zip(id)
    };
    key(one).is_some_and(|own| key(other) == Some(own))
}

/// An id without blanks around it and without percent-encoding.
fn plain(id: &str) -> Vec<u8> {
    let bytes = id.trim().as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        rest = after;
        let digit = |at: usize| {
            let byte = after.get(at)?;
            char::from(*byte).to_digit(16)
        };
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => plain.push(*first),
        }
    }
    plain
}

/// When an edition begins to hold.
fn begin(credential: &Value) -> Option<Timestamp> {
    let begin = ["validFrom", "issuanceDate"]
        .into_iter()
        .find_map(|member| credential.get(member)?.as_str())?;
    Timestamp::parse(begin).ok()
}

/// What is told of a refresh service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum RefreshReason {
    /// A newer edition took the place of what was presented.
    NewerEdition {
        service: String,
        presented: Timestamp,
        newer: Timestamp,
    },
    /// The service has no address on the web.
    Malformed { pointer: String },
    /// The service could not be asked.
    Unreachable {
        service: String,
        failure: FetchFailure,
    },
    /// What the service gave is no credential that holds.
    Invalid {
        service: String,
        cause: &'static str,
    },
    /// The service gave another credential.
    Mismatch { service: String },
}

impl RefreshReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            RefreshReason::NewerEdition { .. } => "refresh.newer_edition",
            RefreshReason::Malformed { .. } => "refresh.malformed",
            RefreshReason::Unreachable { .. } => "refresh.unreachable",
            RefreshReason::Invalid { .. } => "refresh.invalid",
            RefreshReason::Mismatch { .. } => "refresh.mismatch",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            RefreshReason::Malformed { pointer } => Some(pointer),
            _ => Some("/refreshService"),
        }
    }
}

impl fmt::Display for RefreshReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            RefreshReason::NewerEdition {
                service,
                presented,
                newer,
            } => write!(
                f,
                "What was presented is the edition of {presented}; {service} has a newer one of {newer}, and the answer is about that."
            ),
            RefreshReason::Malformed { .. } => write!(
                f,
                "The refresh service has no address on the web, so that no newer edition can be asked for."
            ),
            RefreshReason::Unreachable { service, failure } => write!(
                f,
                "Whether there is a newer edition could not be asked at {service}: {failure}. The badge is judged as it was presented."
            ),
            RefreshReason::Invalid { service, cause } => write!(
                f,
                "What {service} gave as the current edition does not hold (`{cause}`). The badge is judged as it was presented."
            ),
            RefreshReason::Mismatch { service } => write!(
                f,
                "What {service} gave is not an edition of this badge. The badge is judged as it was presented."
            ),
        }
    }
}

/// The one type of refresh service that is evaluated.
const KNOWN: &str = "1EdTechCredentialRefresh";

/// The codes of refresh services.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "refresh.newer_edition",
        "Warning: the issuer has a newer edition, which the answer is about.",
    ),
    (
        "refresh.malformed",
        "Warning: the refresh service has no address on the web.",
    ),
    (
        "refresh.unreachable",
        "Warning: the refresh service could not be asked for a newer edition.",
    ),
    (
        "refresh.invalid",
        "Warning: what the refresh service gave does not hold.",
    ),
    (
        "refresh.mismatch",
        "Warning: the refresh service gave another credential.",
    ),
];
