//! Reports within a report: credentials that a credential carries or leads to.

use serde::Serialize;

use super::Report;

/// A credential inside another, or in place of it, verified on its own.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Nested {
    /// Where it stands in the outer document.
    pub pointer: String,
    /// What it is to the outer document.
    pub role: NestedRole,
    /// What its own verification found.
    pub report: Report,
}

/// What a nested credential is to the outer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum NestedRole {
    /// What somebody says of the badge, of its achievement, or of a profile in it.
    Endorsement,
    /// A credential in a collection (Comprehensive Learner Record).
    Credential,
    /// The edition that the refresh service gave.
    Refreshed,
}

impl Nested {
    pub(crate) fn new(pointer: &str, role: NestedRole, report: Report) -> Nested {
        Nested {
            pointer: pointer.to_owned(),
            role,
            report,
        }
    }
}
