//! Why the service did not do what it was asked to.

use crate::id::{CriterionId, RequirementId};
use crate::person::Role;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;

/// Why the service did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is none of the asker's business: both sound the same.
    #[error("there is nothing here")]
    NotFound,
    /// The bearer token is not one of ours, or no longer valid.
    #[error("this bearer token is not valid")]
    TokenInvalid,
    /// The asker lacks the role for it.
    #[error("this takes the role {role:?}")]
    Forbidden {
        /// The role it takes.
        role: Role,
    },
    /// The thing is not, or no longer, in a state that allows it; or another change came first.
    #[error("{message}")]
    Conflict {
        /// Why it is not allowed.
        message: &'static str,
    },
    /// A value that was handed over cannot be used.
    #[error("{message}")]
    Invalid {
        /// Where it stands in what was handed over.
        pointer: String,
        /// What is wrong with it.
        message: String,
    },
    /// Something handed over is too large to be kept.
    #[error("a {what} has at most {limit} bytes, and this one has {bytes}")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// Somebody else has this e-mail address.
    #[error("somebody is registered with this e-mail address")]
    EmailTaken,
    /// Not everything the micro-credential asks for was added.
    #[error("evidence is missing for {}", list(missing))]
    SubmissionIncomplete {
        /// The requirements nothing answers to.
        missing: Vec<RequirementId>,
    },
    /// Not every open criterion was scored.
    #[error("a level is missing for {}", list(missing))]
    ReviewIncomplete {
        /// The criteria without a level.
        missing: Vec<CriterionId>,
    },
    /// A criterion that is not met needs a word on what is missing.
    #[error(
        "a comment is missing for {}, which the evidence does not meet yet",
        list(criteria)
    )]
    CommentRequired {
        /// The criteria without a comment.
        criteria: Vec<CriterionId>,
    },
    /// Nobody reviews their own work.
    #[error("this submission is the reviewer's own")]
    OwnSubmission,
    /// The badge was revoked before, which is final.
    #[error("this badge was revoked on {at}")]
    AlreadyRevoked {
        /// When.
        at: Timestamp,
    },
    /// The store could not answer.
    #[error(transparent)]
    Store(StoreError),
}

impl Error {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "auth.not_found",
            Error::TokenInvalid => "auth.invalid_token",
            Error::Forbidden { .. } => "auth.forbidden",
            Error::Conflict { .. } => "state.conflict",
            Error::Invalid { .. } => "input.invalid",
            Error::TooLarge { .. } => "input.too_large",
            Error::EmailTaken => "person.email_taken",
            Error::SubmissionIncomplete { .. } => "submission.incomplete",
            Error::ReviewIncomplete { .. } => "review.incomplete",
            Error::CommentRequired { .. } => "review.comment_required",
            Error::OwnSubmission => "review.own_submission",
            Error::AlreadyRevoked { .. } => "status.already_revoked",
            Error::Store(error) => error.code(),
        }
    }

    /// Where in what was handed over the cause stands, if it can be given.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Error::Invalid { pointer, .. } => Some(pointer),
            _ => None,
        }
    }

    /// A value that cannot be used, and where it stands.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Error {
        Error::Invalid {
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    pub(crate) fn conflict(message: &'static str) -> Error {
        Error::Conflict { message }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::Conflict => Error::conflict("another change came first"),
            other => Error::Store(other),
        }
    }
}

fn list<T: ToString>(names: &[T]) -> String {
    names
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
