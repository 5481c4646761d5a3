//! What the errors of awarding look like from outside.

use axum::http::StatusCode;

use crate::awarding::AwardError;

/// The status of an error of awarding, and what it is called.
pub fn of_award(error: &AwardError) -> (StatusCode, &'static str) {
    match error {
        AwardError::ToOneself => (StatusCode::FORBIDDEN, "Nobody awards to themselves"),
        AwardError::NotYours => (StatusCode::FORBIDDEN, "You may not issue this"),
        AwardError::Unpublished => (StatusCode::CONFLICT, "This is not published"),
        AwardError::MadeBefore { .. } => (StatusCode::CONFLICT, "This was awarded before"),
        AwardError::ListOver => (StatusCode::CONFLICT, "This list is over"),
        AwardError::Unknown
        | AwardError::Stack
        | AwardError::Future
        | AwardError::Result { .. }
        | AwardError::ResultBelow { .. }
        | AwardError::TooManyLinks
        | AwardError::Name
        | AwardError::Lint { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be awarded"),
    }
}
