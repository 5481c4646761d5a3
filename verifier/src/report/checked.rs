//! What was checked and found good.

use schemas::timestamp::Timestamp;
use serde::Serialize;

/// A proof that was checked and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedProof {
    /// Where the proof stands; empty for a JWT.
    pub pointer: String,
    /// The cryptosuite, or the JWT's algorithm.
    pub suite: String,
    /// The key, as the proof names it.
    pub verification_method: String,
    /// When the proof says it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

/// A status that was looked up and takes nothing away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckedStatus {
    /// What the status is about.
    pub purpose: String,
    /// The address of the list.
    pub list: String,
    /// The place in the list, where it has places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// What stands there.
    pub value: u32,
    /// What the badge says this value means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}
