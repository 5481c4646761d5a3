//! The steps of a verification and how each ended.

use serde::Serialize;

use crate::reason::Reason;

/// One step of a verification and how it ended.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which step.
    pub name: StepName,
    /// How it ended.
    pub outcome: Outcome,
    /// What else was wrong in the same step, after the reason in `outcome`.
    pub further: Vec<Reason>,
}

/// The steps, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum StepName {
    /// The bytes are told apart by their content, and the text of the badge is taken out.
    Parse,
    /// The text becomes one value: strict JSON, or a compact JWT.
    Decode,
    /// The value is an Open Badge: contexts, types, schema, JSON-LD safe mode.
    Conform,
    /// A key of the issuer signed the value, or the issuer keeps it at its own address.
    Proof,
    /// The value meets the schemas that the issuer names in it.
    Schema,
    /// There is no newer edition, or it was taken in place of this one.
    Refresh,
    /// The time of verification lies in the validity period.
    Validity,
    /// The issuer has not taken the badge back.
    Status,
    /// What others say of the badge holds.
    Endorsements,
    /// The credentials in a learner record hold.
    Contents,
    /// The badge is about the person it is said to be about.
    Recipient,
    /// The issuer is one that the caller trusts.
    Trust,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is so.
    Pass,
    /// It is not so.
    Fail(Reason),
    /// It could not be told.
    Unknown(Reason),
    /// It was not looked at.
    NotRun,
}

impl StepName {
    /// All steps, in the order in which they are taken.
    pub const ALL: [StepName; 12] = [
        StepName::Parse,
        StepName::Decode,
        StepName::Conform,
        StepName::Proof,
        StepName::Schema,
        StepName::Refresh,
        StepName::Validity,
        StepName::Status,
        StepName::Endorsements,
        StepName::Contents,
        StepName::Recipient,
        StepName::Trust,
    ];

    /// Whether the verdict depends on this step.
    pub(super) fn decides(self) -> bool {
        !matches!(self, StepName::Refresh | StepName::Trust)
    }

    /// Whether no badge is verified without this step. A badge need not have a status.
    pub(super) fn is_always_needed(self) -> bool {
        matches!(
            self,
            StepName::Parse
                | StepName::Decode
                | StepName::Conform
                | StepName::Proof
                | StepName::Validity
        )
    }
}
