//! Is it so: bytes, documents, policy and time in; a report out.

pub mod png;
pub mod status_list;

mod documents;
mod limits;
mod policy;
mod reason;
mod report;
mod sentence;
mod validity;

pub use documents::{Answer, Document, DocumentKind, Documents, FetchFailure, Request};
pub use limits::Limits;
pub use policy::{BakedCopies, Clock, Policy, ProofSet, UnboundKey, UnknownStatus};
pub use reason::{Finding, Part, Reason};
pub use report::{
    CheckedProof, CheckedStatus, Container, Form, Input, Outcome, Report, Step, StepName, Verdict,
};
pub use validity::{BUILT_UNIX_SECONDS, TOLERANCE_SECONDS};

use schemas::timestamp::Timestamp;

/// Says whether the bytes are an Open Badge that holds.
pub fn verify(presented: &[u8], documents: &Documents, policy: &Policy, now: Timestamp) -> Report {
    let _ = (documents, policy);
    Report::new(presented, now)
}
