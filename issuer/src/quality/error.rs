//! Why something about the quality of reviewing cannot be done now.

use schemas::timestamp::Timestamp;

/// Why something about the quality of reviewing cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QualityError {
    /// The next try comes later.
    #[error("the next try can be begun on {until}")]
    TryLater {
        /// When it can be begun.
        until: Timestamp,
    },
    /// There is nothing to try for.
    #[error("you are certified until {until}, and can renew that in its last 60 days")]
    Certified {
        /// Until when.
        until: Timestamp,
    },
    /// There are not as many exemplars as a try takes, leaving out those that the person wrote.
    #[error("a try takes {asked} exemplars, and there are {found} that you did not write")]
    TooFewExemplars {
        /// How many a try takes.
        asked: usize,
        /// How many there are.
        found: usize,
    },
    /// What was scored blind is not scored again.
    #[error("you have scored this, and seen what others say of it")]
    Scored,
    /// The report is out, and scores are no longer blind.
    #[error("this session is closed")]
    SessionClosed,
    /// Others were asked.
    #[error("you were not asked to score in this session")]
    NotAsked,
    /// There is no report yet.
    #[error("this session is open: close it first")]
    SessionOpen,
    /// There is nothing to compare yet.
    #[error("a session can be closed once {least} people have scored, and {found} have")]
    TooFewSheets {
        /// How many it takes.
        least: usize,
        /// How many there are.
        found: usize,
    },
}

impl QualityError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            QualityError::TryLater { .. } => "training.try_later",
            QualityError::Certified { .. } => "training.certified",
            QualityError::TooFewExemplars { .. } => "training.too_few_exemplars",
            QualityError::Scored => "quality.scored",
            QualityError::SessionClosed => "calibration.closed",
            QualityError::NotAsked => "calibration.not_asked",
            QualityError::SessionOpen => "calibration.open",
            QualityError::TooFewSheets { .. } => "calibration.too_few_sheets",
        }
    }
}
