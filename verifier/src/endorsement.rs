//! What others say of a badge, its achievement, and the profiles in it (Open Badges 3.0,
//! verification, step 6).
//!
//! An endorsement is a credential of its own, with a report of its own. A badge that carries one which
//! does not hold is not called verified, as little as by the official validator; its other steps still
//! say what was found of the badge itself.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::binding::Lookup;
use crate::contents;
use crate::nested::{self, Carried};
use crate::reason::{Part, Reason};
use crate::report::{Nested, NestedRole, Verdict};

/// Verifies every endorsement in a proven credential; `None` if it carries none.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Option<Carried> {
    let places = places(credential);
    if places.is_empty() {
        return None;
    }
    let texts = places
        .iter()
        .map(|place| (place.pointer.clone(), nested::text(place.endorsement)));
    let most = lookup.policy.limits.endorsements;
    let carried = nested::verify_all(NestedRole::Endorsement, texts, most, lookup);
    for (place, nested) in places.iter().zip(&carried.nested) {
        if nested.report.verdict() == Verdict::Verified {
            warnings.extend(place.remark(nested));
        }
    }
    Some(carried)
}

/// Says of an endorsement's own endorsements that they were not looked into.
pub(crate) fn warn_of_deeper(credential: &Value, warnings: &mut Vec<Reason>) {
    if let Some(place) = places(credential).into_iter().next() {
        warnings.push(Reason::NotEvaluated {
            part: Part::Endorsement,
            pointer: place.pointer,
        });
    }
}

/// An endorsement and what carries it.
struct Place<'a> {
    pointer: String,
    endorsement: &'a Value,
    carrier: &'a Value,
}

impl Place<'_> {
    /// What to know of an endorsement that holds.
    fn remark(&self, nested: &Nested) -> Option<Reason> {
        let pointer = || self.pointer.clone();
        let endorsement = nested.report.credential()?;
        let is_endorsement = match &endorsement["type"] {
            Value::Array(types) => types.iter().any(|one| one == "EndorsementCredential"),
            one => one == "EndorsementCredential",
        };
        if !is_endorsement {
            return Some(Reason::Endorsement(EndorsementReason::Type {
                pointer: pointer(),
            }));
        }
        // Somebody may praise another thing in words that seem to be about this one.
        let subject = endorsement["credentialSubject"]["id"].as_str();
        let carrier = self.carrier["id"].as_str();
        (subject != carrier || subject.is_none()).then(|| {
            Reason::Endorsement(EndorsementReason::Subject {
                pointer: pointer(),
                subject: subject.map(str::to_owned),
                carrier: carrier.map(str::to_owned),
            })
        })
    }
}

/// Whether a good endorsement of this issuer speaks of this thing.
pub(crate) fn is_endorsed_by(nested: &[Nested], thing: &str, issuer: &str) -> bool {
    nested.iter().any(|nested| {
        let credential = nested.report.credential();
        nested.role == NestedRole::Endorsement
            && nested.report.verdict() == Verdict::Verified
            && credential.is_some_and(|credential| {
                credential["credentialSubject"]["id"] == thing
                    && crate::issuer::id(credential) == Ok(issuer)
            })
    })
}

/// Every endorsement at any depth, in either form, in the order of the document. What stands within
/// an endorsement, or within a credential of a record, is that one's own business.
fn places(credential: &Value) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    walk(credential, &mut String::new(), &mut found);
    found
}

/// The path grows and shrinks with the walk, so that it is written out for what is found only.
fn walk<'a>(value: &'a Value, path: &mut String, found: &mut Vec<Place<'a>>) {
    let length = path.len();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                path.push('/');
                path.push_str(&name.replace('~', "~0").replace('/', "~1"));
                match name.as_str() {
                    "endorsement" | "endorsementJwt" => add(member, value, path, found),
                    _ if path == contents::CONTAINED => {}
                    _ => walk(member, path, found),
                }
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push_str(&format!("/{at}"));
                walk(item, path, found);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

fn add<'a>(member: &'a Value, carrier: &'a Value, path: &str, found: &mut Vec<Place<'a>>) {
    let mut place = |pointer: String, endorsement| {
        found.push(Place {
            pointer,
            endorsement,
            carrier,
        });
    };
    match member {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                place(format!("{path}/{at}"), item);
            }
        }
        one => place(path.to_owned(), one),
    }
}

/// What is told of endorsements beside whether they hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum EndorsementReason {
    /// The endorsement is about something else than what carries it.
    Subject {
        pointer: String,
        subject: Option<String>,
        carrier: Option<String>,
    },
    /// What stands in an endorsement's place is another kind of credential.
    Type { pointer: String },
}

impl EndorsementReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            EndorsementReason::Subject { .. } => "endorsement.subject_mismatch",
            EndorsementReason::Type { .. } => "endorsement.type",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            EndorsementReason::Subject { pointer, .. } | EndorsementReason::Type { pointer } => {
                Some(pointer)
            }
        }
    }
}

impl fmt::Display for EndorsementReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            EndorsementReason::Subject {
                subject, carrier, ..
            } => write!(
                f,
                "An endorsement speaks of {}, but is carried by {}. Take it for what it speaks of, not for this.",
                named(subject),
                named(carrier)
            ),
            EndorsementReason::Type { .. } => write!(
                f,
                "What stands as an endorsement is a credential of another kind. Do not take it for one."
            ),
        }
    }
}

fn named(id: &Option<String>) -> String {
    match id {
        Some(id) => format!("`{id}`"),
        None => "something without an id".to_owned(),
    }
}

/// The codes of endorsements.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "endorsement.subject_mismatch",
        "Warning: an endorsement is about something else than what carries it.",
    ),
    (
        "endorsement.type",
        "Warning: what stands as an endorsement is another kind of credential.",
    ),
];
