//! What is told of badges of Open Badges 2.0 alone.

use std::fmt;

use serde::Serialize;

use crate::reason::Reason;

/// What is told of badges of Open Badges 2.0 alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum LegacyReason {
    /// The badge is of the older standard.
    Notice,
    /// The document names contexts of both standards.
    Mixed,
    /// A document lacks something that the standard asks for.
    Malformed {
        pointer: String,
        /// The address of the document, unless it is the assertion.
        #[serde(skip_serializing_if = "Option::is_none")]
        document: Option<String>,
        expected: &'static str,
    },
    /// At the assertion's address lies another.
    HostedMismatch { url: String },
    /// The assertion, or its badge class, lies where its issuer does not keep any.
    Origin {
        #[serde(skip)]
        pointer: &'static str,
        url: String,
        issuer: String,
    },
    /// The key is not one of the issuer's.
    KeyNotListed { key: String, issuer: String },
}

impl LegacyReason {
    pub(super) fn malformed(pointer: &str, expected: &'static str) -> LegacyReason {
        LegacyReason::Malformed {
            pointer: pointer.to_owned(),
            document: None,
            expected,
        }
    }

    /// The same fault, in the document at an address.
    pub(super) fn at(self, address: &str) -> LegacyReason {
        match self {
            LegacyReason::Malformed {
                pointer, expected, ..
            } => LegacyReason::Malformed {
                pointer,
                document: Some(address.to_owned()),
                expected,
            },
            other => other,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            LegacyReason::Notice => "legacy.open_badges_2",
            LegacyReason::Mixed => "legacy.mixed",
            LegacyReason::Malformed { .. } => "legacy.malformed",
            LegacyReason::HostedMismatch { .. } => "legacy.hosted_mismatch",
            LegacyReason::Origin { .. } => "legacy.origin",
            LegacyReason::KeyNotListed { .. } => "legacy.key_not_listed",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            LegacyReason::Notice | LegacyReason::Mixed => Some("/@context"),
            LegacyReason::Malformed {
                pointer, document, ..
            } => document.is_none().then_some(pointer),
            LegacyReason::HostedMismatch { .. } => Some("/id"),
            LegacyReason::Origin { pointer, .. } => Some(pointer),
            LegacyReason::KeyNotListed { .. } => Some("/verification/creator"),
        }
    }
}

impl From<LegacyReason> for Reason {
    fn from(reason: LegacyReason) -> Reason {
        Reason::Legacy(reason)
    }
}

impl fmt::Display for LegacyReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LegacyReason::Notice => f.write_str(
                "This is a badge of Open Badges 2.0, and was judged by the rules of that older standard.",
            ),
            LegacyReason::Mixed => f.write_str(
                "The document names contexts of Open Badges 2.0 and of another edition, and readers of each would see another badge.",
            ),
            LegacyReason::Malformed {
                pointer,
                document,
                expected,
            } => {
                let pointer = if pointer.is_empty() { "The document" } else { pointer };
                match document {
                    Some(address) => write!(f, "{pointer} at `{address}`")?,
                    None => f.write_str(pointer)?,
                }
                write!(f, " must be {expected}.")
            }
            LegacyReason::HostedMismatch { url } => write!(
                f,
                "At `{url}` the issuer keeps something else than what was presented."
            ),
            LegacyReason::Origin { url, issuer, .. } => write!(
                f,
                "The issuer `{issuer}` keeps no badges at `{url}`, so anybody can have put it there."
            ),
            LegacyReason::KeyNotListed { key, issuer } => write!(
                f,
                "The key `{key}` is not one that the issuer `{issuer}` names as its own."
            ),
        }
    }
}

/// The codes of Open Badges 2.0.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "legacy.open_badges_2",
        "Notice: the badge is of Open Badges 2.0 and was judged by its rules.",
    ),
    (
        "legacy.mixed",
        "The document names contexts of Open Badges 2.0 and of another edition.",
    ),
    (
        "legacy.malformed",
        "An assertion, or a document it refers to, is not what Open Badges 2.0 describes.",
    ),
    (
        "legacy.hosted_mismatch",
        "At the address of a hosted assertion lies something else.",
    ),
    (
        "legacy.origin",
        "A hosted assertion, or its badge class, lies where its issuer keeps none.",
    ),
    (
        "legacy.key_not_listed",
        "The issuer's profile does not name the key that signed an assertion.",
    ),
];
