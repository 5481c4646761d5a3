//! What is presented in place of a badge, or in a form that is none.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::reason::Reason;

/// Why what is presented has no form that a badge can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum FormFault {
    /// The text is an address and not what lies there.
    Address {
        /// The address.
        url: String,
    },
    /// A token wraps a document of the newer model as the older one does.
    Wrapped,
    /// A token carries a document of the older model as the newer one does.
    Unwrapped,
    /// The document presents credentials and is none.
    Presentation,
    /// The document is an envelope with a credential in it.
    Enveloped,
}

impl FormFault {
    /// The stable public code.
    pub fn code(&self) -> &'static str {
        match self {
            FormFault::Address { .. } => "input.address",
            FormFault::Wrapped | FormFault::Unwrapped => "credential.form_mismatch",
            FormFault::Presentation => "credential.presentation",
            FormFault::Enveloped => "credential.enveloped",
        }
    }

    /// The place in the document, as a JSON pointer.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            FormFault::Address { .. } => None,
            FormFault::Wrapped | FormFault::Unwrapped => Some("/@context"),
            FormFault::Presentation | FormFault::Enveloped => Some("/type"),
        }
    }

    /// Whether a document is of a kind that carries badges without being one.
    pub(crate) fn of(document: &Value) -> Option<FormFault> {
        let is = |name: &str| match &document["type"] {
            Value::Array(names) => names.iter().any(|own| own == name),
            own => own == name,
        };
        if is("VerifiablePresentation") || is("EnvelopedVerifiablePresentation") {
            return Some(FormFault::Presentation);
        }
        is("EnvelopedVerifiableCredential").then_some(FormFault::Enveloped)
    }
}

impl fmt::Display for FormFault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            FormFault::Address { url } => write!(
                f,
                "This is only the address `{url}`."
            ),
            FormFault::Wrapped => f.write_str(
                "The token wraps its credential in the claim `vc`, and the credential has the form of VC Data Model 2.0, which knows no such claim.",
            ),
            FormFault::Unwrapped => f.write_str(
                "The credential has the form of VC Data Model 1.1, and the token does not carry it in the claim `vc` as that model asks.",
            ),
            FormFault::Presentation => f.write_str(
                "This is a presentation, with which a holder hands over credentials, and no badge itself.",
            ),
            FormFault::Enveloped => f.write_str(
                "This is an `EnvelopedVerifiableCredential`, the wrapping of a credential.",
            ),
        }
    }
}

impl From<FormFault> for Reason {
    fn from(fault: FormFault) -> Reason {
        Reason::FormFault(fault)
    }
}

/// The codes of these faults, each with its meaning.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "input.address",
        "The text is an address and not the badge that lies there.",
    ),
    (
        "credential.form_mismatch",
        "A token carries its credential as another data model than the credential's own asks.",
    ),
    (
        "credential.presentation",
        "The document presents credentials and is none.",
    ),
    (
        "credential.enveloped",
        "The document is the wrapping of a credential.",
    ),
];
