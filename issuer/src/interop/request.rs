//! What requests to the VC-API say. Options that are not known here are passed over, as the VC-API has it.

use schemas::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A request to issue a credential.
#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) credential: Map<String, Value>,
    #[serde(default)]
    pub(super) options: IssueOptions,
}

/// How a credential is to be issued.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct IssueOptions {
    /// When the proof says it was made; now, if nothing is said.
    pub(super) created: Option<Timestamp>,
    /// What a holder can never leave out, for suites that let them leave out the rest.
    pub(super) mandatory_pointers: Vec<String>,
    /// The statuses that the credential is to have.
    pub(super) credential_status: OneOrMany<StatusWish>,
    /// The purposes of such statuses, in the shorter way.
    pub(super) status_purpose: OneOrMany<String>,
    /// The address of the proof.
    pub(super) proof_id: Option<String>,
    /// The addresses of the proofs that it builds on.
    pub(super) previous_proof: OneOrMany<String>,
    pub(super) challenge: Option<String>,
    pub(super) domain: Option<String>,
}

/// A status that a credential is to have.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusWish {
    #[serde(default)]
    pub(super) r#type: Option<String>,
    #[serde(default)]
    pub(super) status_purpose: Option<String>,
}

/// A request to verify a credential.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifyCredential {
    pub(super) verifiable_credential: Value,
    #[serde(default)]
    pub(super) options: VerifyOptions,
}

/// A request to verify a presentation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifyPresentation {
    pub(super) verifiable_presentation: Map<String, Value>,
    #[serde(default)]
    pub(super) options: VerifyOptions,
}

/// What is to be verified.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VerifyOptions {
    /// What is to be looked at; everything, if nothing is said.
    pub(super) checks: Vec<String>,
    pub(super) challenge: Option<String>,
    pub(super) domain: Option<String>,
    pub(super) expected_proof_purpose: Option<String>,
}

/// A request to derive a credential that shows less.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Derive {
    pub(super) verifiable_credential: Map<String, Value>,
    #[serde(default)]
    pub(super) options: DeriveOptions,
}

/// What the derived credential shows.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DeriveOptions {
    pub(super) selective_pointers: Vec<String>,
}

/// A request to change a status of a credential that was issued here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetStatus {
    pub(super) credential_id: String,
    pub(super) credential_status: StatusWish,
    #[serde(default = "set")]
    pub(super) status: bool,
}

/// One value, several, or none.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

impl<T: Clone> OneOrMany<T> {
    /// The values.
    pub(super) fn all(&self) -> Vec<T> {
        match self {
            OneOrMany::Many(values) => values.clone(),
            OneOrMany::One(value) => vec![value.clone()],
        }
    }
}

fn set() -> bool {
    true
}
