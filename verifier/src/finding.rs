//! Faults found by the crates that the verifier stands on, told under their own codes.

use keys::data_integrity::ProofError;
use keys::jsonld::LdError;
use keys::vc_jwt::JwtError;
use keys::{DidError, KeyError, MethodError};
use schemas::json::JsonError;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::reason::Reason;

/// A fault found by the crates that the verifier stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    #[serde(skip)]
    pub(crate) code: &'static str,
    #[serde(skip)]
    pub(crate) pointer: Option<String>,
    #[serde(skip)]
    pub(crate) message: String,
    #[serde(flatten)]
    pub(crate) facts: Map<String, Value>,
}

impl From<JsonError> for Reason {
    fn from(error: JsonError) -> Reason {
        let facts = [
            ("line", json!(error.line)),
            ("column", json!(error.column)),
            ("offset", json!(error.offset)),
        ];
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            pointer: error.pointer().map(str::to_owned),
            message: format!(
                "The text is refused: {error}. Programs could read it in different ways."
            ),
            facts: facts
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect(),
        }))
    }
}

impl From<JwtError> for Reason {
    fn from(error: JwtError) -> Reason {
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            message: format!("The token is refused: {error}."),
            pointer: error.pointer(),
            facts: Map::new(),
        }))
    }
}

impl From<LdError> for Reason {
    fn from(error: LdError) -> Reason {
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            message: format!("The document does not say one thing to every reader: {error}."),
            pointer: Some(error.pointer().to_owned()),
            facts: Map::new(),
        }))
    }
}

impl From<schemas::Finding> for Reason {
    fn from(finding: schemas::Finding) -> Reason {
        let place = match finding.pointer.as_str() {
            "" => "The document",
            pointer => pointer,
        };
        Reason::Finding(Box::new(Finding {
            code: finding.code,
            message: format!("{place} {}.", finding.message),
            pointer: Some(finding.pointer),
            facts: Map::new(),
        }))
    }
}

impl Finding {
    /// A fault in a proof or in what it covers.
    pub(crate) fn of_proof(proof: &str, error: &ProofError) -> Reason {
        let within = match error {
            // Statements are those of the document; everything else stands in the proof.
            ProofError::Document(_) => "",
            _ => proof,
        };
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            pointer: error.pointer().map(|pointer| format!("{within}{pointer}")),
            message: match error {
                ProofError::NotDerived => format!(
                    "What was shown carries {error}. It is for the holder alone, who has to derive one for what he wants to show; this copy gives away more than that."
                ),
                _ => format!("The proof cannot be checked: {error}."),
            },
            facts: Map::new(),
        }))
    }

    /// A fault in the issuer's DID or in the document that lists its keys.
    pub(crate) fn of_controller(controller: &str, error: &DidError) -> Reason {
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            // The pointer leads into the issuer's document, not into the badge.
            pointer: None,
            message: format!("The keys of `{controller}` cannot be told: {error}."),
            facts: facts(&[
                ("controller", controller),
                ("place", error.pointer().unwrap_or_default()),
            ]),
        }))
    }

    /// A verification method that is there but may not be used.
    pub(crate) fn of_method(verification_method: &str, error: MethodError) -> Reason {
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            pointer: None,
            message: format!("The key `{verification_method}` may not sign badges: {error}."),
            facts: facts(&[("verificationMethod", verification_method)]),
        }))
    }

    /// A key that cannot be used.
    pub(crate) fn of_key(place: &str, error: KeyError) -> Reason {
        Reason::Finding(Box::new(Finding {
            code: error.code(),
            pointer: None,
            message: format!("The key at `{place}` is refused: {error}."),
            facts: facts(&[("key", place)]),
        }))
    }
}

fn facts(pairs: &[(&str, &str)]) -> Map<String, Value> {
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect()
}
