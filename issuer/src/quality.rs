//! The quality of reviewing: reviewers are trained, certified, calibrated, and held against each other.
//!
//! A training set holds exemplars with the levels they ought to be given. A reviewer scores them blind and, if that
//! is near enough, is certified for a while; micro-credentials may ask that nobody reviews without it. The
//! certification is issued as a badge like any other. In a calibration session several reviewers score the same
//! work, and what they differ on is talked about. How far reviewers agree is told in figures that say how many
//! pairs of scores they rest on.

pub mod agreement;
pub mod calibration;
pub mod certification;
pub mod dashboard;
pub mod drift;
mod error;
pub mod training;
pub mod trying;

pub use error::QualityError;
