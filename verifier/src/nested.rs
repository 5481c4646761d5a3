//! Credentials within a credential: each is verified on its own, after the one that carries it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::binding::Lookup;
use crate::reason::Reason;
use crate::report::{Halt, Nested, NestedRole, Verdict};

/// In what place a credential is verified, from which follows how far the verification goes.
///
/// Nothing is refreshed twice and no endorsement is endorsed (Open Badges 3.0, verification of
/// endorsements), so that a badge cannot lead in circles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What the caller handed in.
    Presented,
    /// Within another credential, or in place of it.
    Within(NestedRole),
}

impl Scope {
    pub(crate) fn may_be_refreshed(self) -> bool {
        self != Scope::Within(NestedRole::Refreshed)
    }

    /// The endorsements of a newer edition are verified once it has taken the older one's place.
    pub(crate) fn may_be_endorsed(self) -> bool {
        matches!(
            self,
            Scope::Presented | Scope::Within(NestedRole::Credential)
        )
    }

    /// Records are opened where they are presented, not within one another.
    pub(crate) fn may_contain(self) -> bool {
        self == Scope::Presented
    }

    /// Whether the caller's own questions, whom it is about and who issued it, are asked of it.
    pub(crate) fn is_presented(self) -> bool {
        self == Scope::Presented
    }
}

/// Verifies a credential in its text form, JSON or compact JWT, on its own.
pub(crate) fn verify(pointer: &str, role: NestedRole, text: &[u8], lookup: &Lookup) -> Nested {
    let report = crate::examine(
        text,
        Scope::Within(role),
        lookup.documents.within(),
        lookup.policy,
        lookup.now,
    );
    Nested::new(pointer, role, report)
}

/// The credentials that another one carries, each with its own report, and how the step ended.
pub(crate) struct Carried {
    pub(crate) nested: Vec<Nested>,
    pub(crate) ended: Result<(), Halt>,
}

/// Verifies what a credential carries in these places, as far as the limits go.
pub(crate) fn verify_all(
    role: NestedRole,
    carried: impl ExactSizeIterator<Item = (String, Vec<u8>)>,
    most: usize,
    lookup: &Lookup,
) -> Carried {
    let count = carried.len();
    let (mut nested, mut doubts) = (Vec::new(), Vec::new());
    for (verified, (pointer, text)) in carried.enumerate() {
        let is_enough = lookup.documents.count_nested() > lookup.policy.limits.nested
            || lookup.documents.is_work_done();
        if verified == most || is_enough {
            doubts.push(Reason::Nested(NestedReason::TooMany {
                pointer,
                count,
                verified,
            }));
            break;
        }
        let one = verify(&pointer, role, &text, lookup);
        doubts.extend(NestedReason::of(&one).map(Reason::Nested));
        nested.push(one);
    }
    Carried {
        nested,
        ended: outcome(doubts),
    }
}

/// How a step ends that verified credentials within another: the document holds only if all of them do
/// (Open Badges 3.0, verification).
fn outcome(doubts: Vec<Reason>) -> Result<(), Halt> {
    let refutes = |reason: &Reason| matches!(reason, Reason::Nested(NestedReason::Invalid { .. }));
    // One that does not hold decides, whatever the others would have shown.
    let (refuted, open): (Vec<Reason>, Vec<Reason>) = doubts.into_iter().partition(refutes);
    let (mut refuted, mut open) = (refuted.into_iter(), open.into_iter());
    match (refuted.next(), open.next()) {
        (Some(first), _) => Err(Halt::Fail(first, refuted.collect())),
        (None, Some(first)) => Err(Halt::Unknown(first, open.collect())),
        (None, None) => Ok(()),
    }
}

/// The text of a credential that stands in a document: a token as it is, an object written out.
pub(crate) fn text(value: &Value) -> Vec<u8> {
    match value {
        Value::String(token) => token.clone().into_bytes(),
        object => object.to_string().into_bytes(),
    }
}

/// What is told of a nested credential in the outer report.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum NestedReason {
    /// A credential within the badge does not hold.
    Invalid {
        pointer: String,
        cause: &'static str,
    },
    /// Whether a credential within the badge holds could not be told.
    Undetermined {
        pointer: String,
        cause: &'static str,
    },
    /// There are more credentials within the badge than are verified.
    TooMany {
        /// The place of the first that was left out.
        pointer: String,
        count: usize,
        verified: usize,
    },
}

impl NestedReason {
    /// What a nested report means for the outer one; nothing if it is good.
    pub(crate) fn of(nested: &Nested) -> Option<NestedReason> {
        let pointer = nested.pointer.clone();
        let cause = nested.report.reason().map(Reason::code).unwrap_or_default();
        match nested.report.verdict() {
            Verdict::Verified => None,
            Verdict::Refused => Some(NestedReason::Invalid { pointer, cause }),
            Verdict::Undetermined => Some(NestedReason::Undetermined { pointer, cause }),
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            NestedReason::Invalid { .. } => "nested.invalid",
            NestedReason::Undetermined { .. } => "nested.undetermined",
            NestedReason::TooMany { .. } => "nested.too_many",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            NestedReason::Invalid { pointer, .. }
            | NestedReason::Undetermined { pointer, .. }
            | NestedReason::TooMany { pointer, .. } => Some(pointer),
        }
    }
}

impl fmt::Display for NestedReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            NestedReason::Invalid { cause, .. } => write!(
                f,
                "A credential within this one does not hold (`{cause}`), and this one does not vouch for it. What the outer steps found of the outer credential stands in them."
            ),
            NestedReason::Undetermined { cause, .. } => write!(
                f,
                "Whether a credential within the badge holds could not be told (`{cause}`)."
            ),
            NestedReason::TooMany {
                count, verified, ..
            } => write!(
                f,
                "The badge carries {count} such credentials, of which the first {verified} were verified."
            ),
        }
    }
}

/// The codes of nested credentials.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "nested.invalid",
        "A credential within the badge does not hold.",
    ),
    (
        "nested.undetermined",
        "Whether a credential within the badge holds could not be told.",
    ),
    (
        "nested.too_many",
        "More credentials stand within the badge than are verified.",
    ),
];
