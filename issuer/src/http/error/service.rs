//! What the service's own errors look like from outside.

use axum::http::StatusCode;

use super::{HttpError, Shown, award, capitalised, host, review, sign_in, upload};
use crate::error::Error as ServiceError;

/// What the service's own errors look like from outside.
pub(super) fn of_service(error: &ServiceError) -> Shown {
    let (status, title) = match error {
        ServiceError::NotFound => (StatusCode::NOT_FOUND, "There is nothing here"),
        ServiceError::TokenInvalid => (StatusCode::UNAUTHORIZED, "This token is not known"),
        ServiceError::Forbidden { .. } | ServiceError::ScopeMissing { .. } => {
            (StatusCode::FORBIDDEN, "You may not do this")
        }
        ServiceError::CrossSite => (StatusCode::FORBIDDEN, "This came from another site"),
        ServiceError::NoChallenge => (StatusCode::CONFLICT, "There is nothing to answer"),
        ServiceError::ImageType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "This picture cannot be used",
        ),
        ServiceError::IdempotencyConflict
        | ServiceError::UnderWay
        | ServiceError::AnswerNotKept => (StatusCode::CONFLICT, "This request was made before"),
        ServiceError::Precondition => (StatusCode::PRECONDITION_FAILED, "This has changed"),
        ServiceError::Conflict { .. } => (StatusCode::CONFLICT, "This cannot be done now"),
        ServiceError::Cursor(_) => (StatusCode::BAD_REQUEST, "This list cannot be read on"),
        ServiceError::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "That was too often"),
        ServiceError::LinkUsed => (StatusCode::CONFLICT, "This link was used before"),
        ServiceError::LinkExpired => (StatusCode::GONE, "The time of this link is over"),
        ServiceError::LastAddress => (StatusCode::CONFLICT, "This is the last address"),
        ServiceError::LastAdministrator => (StatusCode::CONFLICT, "Somebody must stay"),
        ServiceError::JoinCodeUnknown => {
            (StatusCode::UNPROCESSABLE_ENTITY, "This code is not known")
        }
        ServiceError::JoinCodeOver => (StatusCode::UNPROCESSABLE_ENTITY, "This code is over"),
        ServiceError::EmailTaken => (StatusCode::CONFLICT, "This address is taken"),
        ServiceError::AlreadyRevoked { .. } => {
            (StatusCode::CONFLICT, "This badge was revoked before")
        }
        ServiceError::Edition(_) => (StatusCode::CONFLICT, "This cannot be done with this badge"),
        ServiceError::Endorsement(_) => (
            StatusCode::CONFLICT,
            "This cannot be done with this endorsement",
        ),
        ServiceError::EndorsementGone { .. } => (StatusCode::GONE, "This endorsement is gone"),
        ServiceError::Withdrawn { .. } => (StatusCode::GONE, "This badge was withdrawn"),
        ServiceError::EvidenceRemoved => (StatusCode::GONE, "This piece of evidence was removed"),
        ServiceError::SubmissionIncomplete { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Evidence is missing")
        }
        ServiceError::PrivacyStatement { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The privacy of students comes first",
        ),
        ServiceError::CoachRequired { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "A coach's note is missing",
        ),
        ServiceError::Award(error) => award::of_award(error),
        ServiceError::Quality(_) => (StatusCode::CONFLICT, "This cannot be done now"),
        ServiceError::Review(error) => review::of_review(error),
        ServiceError::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be used"),
        ServiceError::Captions(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "These captions cannot be used",
        ),
        ServiceError::Redaction(error) => upload::of_redaction(error),
        ServiceError::Sharing(_) => (StatusCode::CONFLICT, "The badge cannot name this"),
        ServiceError::Unissuable { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "No badge could be issued of this",
        ),
        ServiceError::LinkScheme { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This is no link that is taken",
        ),
        ServiceError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "This is too large"),
        ServiceError::Oidc(error) => sign_in::of_oidc(error),
        ServiceError::Passkey(error) => sign_in::of_passkey(error),
        ServiceError::Upload(error) => upload::of_upload(error),
        ServiceError::ApplicationRequest(_) => (
            StatusCode::BAD_REQUEST,
            "This application cannot be answered",
        ),
        ServiceError::NoBrowser => (StatusCode::FORBIDDEN, "This takes a browser"),
        ServiceError::Hosted(error) => host::of_hosted(error),
        ServiceError::OtherHost(error) => host::of_other_host(error),
        ServiceError::TooManyAttempts => return HttpError::Overloaded.shown(),
        ServiceError::Lint { .. }
        | ServiceError::Sign(_)
        | ServiceError::IssuerKey(_)
        | ServiceError::Erasure(_)
        | ServiceError::SelfCheck { .. }
        | ServiceError::StatusListDamaged { .. }
        | ServiceError::Log(_)
        | ServiceError::Missing(_)
        | ServiceError::Store(_) => return Shown::fault(),
    };
    let detail = match error {
        ServiceError::Upload(error) => upload::detail_of_upload(error),
        _ => None,
    };
    let detail = detail.unwrap_or_else(|| format!("{}.", capitalised(&error.to_string())));
    Shown {
        pointer: error.pointer().map(str::to_owned),
        ..Shown::new(status, error.code(), title, detail)
    }
}
