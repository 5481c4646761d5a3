//! Why a badge no longer stands, or why that cannot be told.

use std::fmt;

use schemas::timestamp::Timestamp;
use serde::Serialize;

use crate::documents::FetchFailure;
use crate::reason::Reason;
use crate::report::Halt;

/// What is told of the statuses of a badge.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum StatusReason {
    /// The status list says that the badge was revoked.
    Revoked {
        list: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        index: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The status list says that the badge is suspended.
    Suspended {
        list: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        index: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A status is of a type or purpose that is not evaluated.
    Unknown { pointer: String, found: String },
    /// A status informs and does not bear on whether the badge stands.
    Informs {
        pointer: String,
        purpose: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The place in the status list is not a place in it.
    Index { pointer: String },
    /// The status or its list is not what the standard describes.
    Malformed { place: String, fault: String },
    /// The list inflates to more than is read.
    TooLarge { list: String, limit: usize },
    /// The list is about something else.
    Purpose { list: String, purpose: String },
    /// The list was issued by somebody else.
    IssuerMismatch {
        list: String,
        issuer: String,
        list_issuer: String,
    },
    /// The list is out of date.
    Expired {
        list: String,
        valid_until: Timestamp,
        now: Timestamp,
    },
    /// The list is older than one that was seen before.
    Rollback {
        list: String,
        valid_from: Timestamp,
        newest: Timestamp,
    },
    /// The list could not be had.
    Unreachable { list: String, failure: FetchFailure },
    /// The badge names itself as its own status list.
    Cycle { list: String },
}

impl From<StatusReason> for Reason {
    fn from(reason: StatusReason) -> Reason {
        Reason::Status(reason)
    }
}

impl From<StatusReason> for Halt {
    fn from(reason: StatusReason) -> Halt {
        Reason::Status(reason).into()
    }
}

impl StatusReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            StatusReason::Revoked { .. } => "status.revoked",
            StatusReason::Suspended { .. } => "status.suspended",
            StatusReason::Unknown { .. } => "status.unknown",
            StatusReason::Informs { .. } => "status.informs",
            StatusReason::Index { .. } => "status.index",
            StatusReason::Malformed { .. } => "status.malformed",
            StatusReason::TooLarge { .. } => "status.too_large",
            StatusReason::Purpose { .. } => "status.purpose",
            StatusReason::IssuerMismatch { .. } => "status.issuer_mismatch",
            StatusReason::Expired { .. } => "status.expired",
            StatusReason::Rollback { .. } => "status.rollback",
            StatusReason::Unreachable { .. } => "status.unreachable",
            StatusReason::Cycle { .. } => "status.cycle",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            StatusReason::Unknown { pointer, .. }
            | StatusReason::Informs { pointer, .. }
            | StatusReason::Index { pointer } => Some(pointer),
            _ => None,
        }
    }
}

impl fmt::Display for StatusReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            StatusReason::Revoked { message, .. } => {
                write!(f, "The issuer revoked the badge{}.", Said(message))
            }
            StatusReason::Suspended { message, .. } => {
                write!(f, "The issuer has suspended the badge{}.", Said(message))
            }
            StatusReason::Unknown { found, .. } => write!(
                f,
                "Whether the badge still stands is told by a status of kind `{found}`, which is not evaluated. A `BitstringStatusListEntry` for revocation or suspension can be."
            ),
            StatusReason::Informs {
                purpose,
                value,
                message,
                ..
            } => match value {
                Some(value) => write!(
                    f,
                    "A status with the purpose `{purpose}` has the value {value}{}. Whether the badge stands does not depend on it.",
                    Said(message)
                ),
                None => write!(
                    f,
                    "A status with the purpose `{purpose}` could not be looked up. Whether the badge stands does not depend on it."
                ),
            },
            StatusReason::Index { .. } => write!(
                f,
                "`statusListIndex` is not the number of a place in the list."
            ),
            StatusReason::Malformed { place, fault } => {
                write!(f, "The status at {place} cannot be used: {fault}.")
            }
            StatusReason::TooLarge { list, limit } => write!(
                f,
                "The status list {list} inflates to more than {limit} bytes."
            ),
            StatusReason::Purpose { list, purpose } => {
                write!(f, "The status list {list} does not tell about `{purpose}`.")
            }
            StatusReason::IssuerMismatch {
                list,
                issuer,
                list_issuer,
            } => write!(
                f,
                "The status list {list} was issued by `{list_issuer}`, the badge by `{issuer}`. Only the issuer's own list counts."
            ),
            StatusReason::Expired {
                list,
                valid_until,
                now,
            } => write!(
                f,
                "The status list {list} told the state of things until {valid_until}; the time of verification is {now}."
            ),
            StatusReason::Rollback {
                list,
                valid_from,
                newest,
            } => write!(
                f,
                "The status list {list} is of {valid_from}, and one of {newest} was seen before: whoever gives out the older one may hide what the newer one says."
            ),
            StatusReason::Unreachable { list, failure } => write!(
                f,
                "Whether the badge was revoked cannot be told, because {list} could not be had: {failure}."
            ),
            StatusReason::Cycle { list } => {
                write!(f, "The badge names itself, {list}, as its status list.")
            }
        }
    }
}

/// What the issuer says beside it, in its own words.
struct Said<'a>(&'a Option<String>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.0 {
            Some(message) => write!(f, ", saying “{}”", message.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

/// The codes of statuses.
pub(crate) const CODES: &[(&str, &str)] = &[
    ("status.revoked", "The issuer revoked the badge."),
    ("status.suspended", "The issuer has suspended the badge."),
    (
        "status.unknown",
        "A status is of a type or purpose that is not evaluated.",
    ),
    (
        "status.informs",
        "Warning: a status informs only and was not looked up.",
    ),
    (
        "status.index",
        "The place in the status list is not a place in it.",
    ),
    (
        "status.malformed",
        "The status or its list is not what the standard describes.",
    ),
    (
        "status.too_large",
        "The status list inflates to more than what is read.",
    ),
    ("status.purpose", "The status list is about something else."),
    (
        "status.issuer_mismatch",
        "The status list was issued by somebody else.",
    ),
    ("status.expired", "The status list is out of date."),
    (
        "status.rollback",
        "The status list is older than one that was seen before.",
    ),
    ("status.unreachable", "The status list cannot be had."),
    ("status.cycle", "The badge names itself as its status list."),
    (
        "schema.not_evaluated",
        "Warning: a schema of the issuer's own was not consulted.",
    ),
];
