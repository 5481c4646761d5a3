//! The quality of reviewing: how far reviewers agree, and how that changes.

pub mod agreement;
pub mod drift;
