//! What the errors of reviewing look like from outside.

use axum::http::StatusCode;

use crate::review::{Ineligible, ReviewError};

/// The status of an error of reviewing, and what it is called.
pub fn of_review(error: &ReviewError) -> (StatusCode, &'static str) {
    match error {
        ReviewError::Ineligible(Ineligible::OwnWork) => {
            (StatusCode::FORBIDDEN, "Nobody reviews their own work")
        }
        ReviewError::Ineligible(Ineligible::Acquainted) => {
            (StatusCode::FORBIDDEN, "This is not yours to review")
        }
        ReviewError::Ineligible(Ineligible::NotCertified) => {
            (StatusCode::FORBIDDEN, "This is for certified reviewers")
        }
        ReviewError::Claimed => (StatusCode::CONFLICT, "Somebody else has claimed this"),
        ReviewError::ClaimMissing => (StatusCode::CONFLICT, "You have not claimed this"),
        ReviewError::TooManyClaims { .. } => (StatusCode::CONFLICT, "You have claimed enough"),
        ReviewError::Reviewed => (StatusCode::CONFLICT, "You have reviewed this"),
        ReviewError::OtherRole { .. } => (StatusCode::CONFLICT, "It is somebody else's turn"),
        ReviewError::Incomplete { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "A level is missing"),
        ReviewError::CommentRequired { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "A comment is missing")
        }
    }
}
