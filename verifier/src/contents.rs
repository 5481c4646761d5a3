//! The credentials in a learner record (Comprehensive Learner Record 2.0, ClrSubject).
//!
//! Whoever issues a record vouches for the collection. Each credential in it is vouched for by its own
//! issuer and verified on its own: the outer proof does not stand in for the inner ones.

use std::fmt;

use schemas::schema::Class;
use serde::Serialize;
use serde_json::Value;

use crate::binding::Lookup;
use crate::nested::{self, Carried};
use crate::reason::Reason;
use crate::report::{Halt, Nested, NestedRole};

/// Verifies every credential in a proven learner record; `None` if the credential is no record.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Option<Carried> {
    let contained = contained(credential)?;
    let texts = contained
        .iter()
        .map(|(pointer, inner)| (pointer.clone(), text(inner)));
    let most = lookup.policy.limits.contained;
    let carried = nested::verify_all(NestedRole::Credential, texts, most, lookup);
    let others = carried.nested.iter();
    warnings.extend(others.filter_map(|nested| other_subject(credential, nested)));
    Some(carried)
}

/// A record within a record is left unread: what it contains could not be told.
pub(crate) fn check_depth(credential: &Value) -> Option<Result<(), Halt>> {
    contained(credential).map(|_| {
        let pointer = CONTAINED.to_owned();
        let reason = Reason::Contents(ContentsReason::TooDeep { pointer });
        Err(Halt::Unknown(reason, Vec::new()))
    })
}

/// The credentials in a record, with their places. Whatever type a document says it is of: what it
/// contains, readers will show.
fn contained(credential: &Value) -> Option<Vec<(String, &Value)>> {
    Some(match credential.pointer(CONTAINED) {
        None if Class::of(credential) == Some(Class::ClrCredential) => Vec::new(),
        None => return None,
        Some(Value::Array(items)) => {
            let numbered = items.iter().enumerate();
            numbered
                .map(|(at, item)| (format!("{CONTAINED}/{at}"), item))
                .collect()
        }
        Some(one) => vec![(CONTAINED.to_owned(), one)],
    })
}

/// The text of a contained credential. A token is wrapped in an envelope, which adds nothing to it (VC
/// Data Model 2.0, enveloped verifiable credentials).
fn text(inner: &Value) -> Vec<u8> {
    let is_envelope = inner["type"] == ENVELOPE || inner["type"] == serde_json::json!([ENVELOPE]);
    let token = inner["id"]
        .as_str()
        .filter(|_| is_envelope)
        .and_then(|id| id.strip_prefix("data:"))
        .and_then(|data| data.split_once(','))
        .filter(|(media_type, _)| TOKEN_TYPES.contains(media_type));
    match token {
        Some((_, token)) => token.as_bytes().to_vec(),
        None => nested::text(inner),
    }
}

/// A record is about one person (derived from Comprehensive Learner Record 2.0, ClrSubject). People
/// without a DID have another id in each badge, so a difference only informs.
fn other_subject(credential: &Value, nested: &Nested) -> Option<Reason> {
    let id = |credential: &Value| {
        let id = credential.pointer("/credentialSubject/id")?.as_str()?;
        Some(id.to_owned())
    };
    let (record, contained) = (id(credential)?, id(nested.report.credential()?)?);
    (record != contained).then(|| {
        Reason::Contents(ContentsReason::OtherSubject {
            pointer: nested.pointer.clone(),
            record,
            contained,
        })
    })
}

/// What is told of the contents of a record beside whether they hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum ContentsReason {
    /// The credential is a record within a record.
    TooDeep { pointer: String },
    /// A credential in the record names another subject than the record.
    OtherSubject {
        pointer: String,
        record: String,
        contained: String,
    },
}

impl ContentsReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            ContentsReason::TooDeep { .. } => "contents.too_deep",
            ContentsReason::OtherSubject { .. } => "contents.other_subject",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            ContentsReason::TooDeep { pointer } | ContentsReason::OtherSubject { pointer, .. } => {
                Some(pointer)
            }
        }
    }
}

impl fmt::Display for ContentsReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ContentsReason::TooDeep { .. } => write!(
                f,
                "This is a record within a record, whose own contents were not read. Verify it on its own."
            ),
            ContentsReason::OtherSubject {
                record, contained, ..
            } => write!(
                f,
                "The record is about `{record}` and this credential in it about `{contained}`. Make sure that both are the same person."
            ),
        }
    }
}

/// The codes of the contents of records.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "contents.too_deep",
        "A learner record within a learner record was not read.",
    ),
    (
        "contents.other_subject",
        "Warning: a credential in a learner record names another subject than the record.",
    ),
];

/// Where the credentials of a record stand.
pub(crate) const CONTAINED: &str = "/credentialSubject/verifiableCredential";

const ENVELOPE: &str = "EnvelopedVerifiableCredential";

/// The media types of credentials that are compact tokens (W3C VC-JOSE-COSE, media types).
const TOKEN_TYPES: [&str; 2] = ["application/vc+jwt", "application/jwt"];
