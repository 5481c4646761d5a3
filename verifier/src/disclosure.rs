//! What it means that a holder shows a badge in part (Data Integrity ECDSA Cryptosuites 1.0, ecdsa-sd-2023).

use std::fmt;

use serde::Serialize;

use crate::reason::Reason;

/// What there is to know of a badge that was not shown whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum Disclosure {
    /// What the issuer did not make mandatory can be missing without a trace, also an end or a status.
    InPart {
        /// The proof that lets parts be left out.
        pointer: String,
    },
}

impl Disclosure {
    /// The stable public code.
    pub fn code(&self) -> &'static str {
        match self {
            Disclosure::InPart { .. } => "proof.shown_in_part",
        }
    }

    /// The place in the document, as a JSON pointer.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Disclosure::InPart { pointer } => Some(pointer),
        }
    }
}

impl fmt::Display for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Disclosure::InPart { .. } => f.write_str(
                "The badge can be shown in part. What its issuer did not make mandatory may have been left out without a trace, also an end or a status.",
            ),
        }
    }
}

impl From<Disclosure> for Reason {
    fn from(disclosure: Disclosure) -> Reason {
        Reason::Disclosure(disclosure)
    }
}

/// The codes of this file, each with its meaning.
pub(crate) const CODES: &[(&str, &str)] = &[(
    "proof.shown_in_part",
    "Warning: the holder may have left out of the badge what its issuer did not make mandatory, also an end or a status.",
)];
