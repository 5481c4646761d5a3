//! What an error tells of itself: its code, where it lies, and whose it is.

use super::Error;
use crate::engine::EngineError;
use crate::store::StoreError;

impl Error {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "auth.not_found",
            Error::TokenInvalid => "auth.invalid_token",
            Error::CrossSite => "auth.cross_site",
            Error::ImageType => "image.type",
            Error::NoChallenge => "did.challenge",
            Error::Forbidden { .. } | Error::ScopeMissing { .. } => "auth.forbidden",
            Error::Conflict { .. } => "state.conflict",
            Error::Invalid { .. } => "input.invalid",
            Error::LinkScheme { .. } => "link.scheme",
            Error::TooLarge { .. } => "input.too_large",
            Error::Cursor(_) => "paging.cursor",
            Error::IdempotencyConflict => "issue.idempotency_conflict",
            Error::UnderWay => "idempotency.under_way",
            Error::AnswerNotKept => "idempotency.not_kept",
            Error::Precondition => "state.precondition",
            Error::RateLimited { .. } => "rate.limited",
            Error::LinkUsed => "link.used",
            Error::LinkExpired => "link.expired",
            Error::LastAddress => "person.last_address",
            Error::LastAdministrator => "organisation.last_administrator",
            Error::JoinCodeUnknown => "organisation.join_code_unknown",
            Error::JoinCodeOver => "organisation.join_code_over",
            Error::EmailTaken => "person.email_taken",
            Error::SubmissionIncomplete { .. } => "submission.incomplete",
            Error::PrivacyStatement { .. } => "submission.privacy_statement",
            Error::CoachRequired { .. } => "submission.coach_required",
            Error::Award(error) => error.code(),
            Error::Quality(error) => error.code(),
            Error::Review(error) => error.code(),
            Error::Lint { .. } => "issue.lint",
            Error::Unissuable { .. } => "catalogue.unissuable",
            Error::Edition(error) => error.code(),
            Error::Sign(error) => error.code(),
            Error::IssuerKey(error) => error.code(),
            Error::SelfCheck { .. } => "issue.self_check",
            Error::StatusListDamaged { .. } => "status.malformed",
            Error::Log(error) => error.code(),
            Error::AlreadyRevoked { .. } => "status.already_revoked",
            Error::Withdrawn { .. } => "badge.withdrawn",
            Error::EvidenceRemoved => "evidence.removed",
            Error::Endorsement(error) => error.code(),
            Error::EndorsementGone { .. } => "endorsement.gone",
            Error::Erasure(error) => error.code(),
            Error::Oidc(error) => error.code(),
            Error::Passkey(error) => error.code(),
            Error::Sharing(error) => error.code(),
            Error::Redaction(error) => error.code(),
            Error::TooManyAttempts => "overload",
            Error::Captions(error) => error.code(),
            Error::Upload(error) => error.code(),
            Error::ApplicationRequest(error) => error.code(),
            Error::NoBrowser => "auth.no_browser",
            Error::Hosted(error) => error.code(),
            Error::OtherHost(error) => error.code(),
            Error::Missing(_) => "store.missing",
            Error::Store(error) => error.code(),
        }
    }

    /// Whether it is about what was handed over, and can be told beside the form it came in.
    pub(crate) fn is_about_input(&self) -> bool {
        matches!(
            self,
            Error::Invalid { .. }
                | Error::LinkScheme { .. }
                | Error::Sharing(_)
                | Error::Redaction(_)
                | Error::TooLarge { .. }
                | Error::Captions(_)
                | Error::Conflict { .. }
                | Error::SubmissionIncomplete { .. }
                | Error::PrivacyStatement { .. }
                | Error::CoachRequired { .. }
                | Error::Lint { .. }
                | Error::Unissuable { .. }
        )
    }

    /// Where in what was handed over the cause stands, if it can be given.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Error::Invalid { pointer, .. } | Error::LinkScheme { pointer } => Some(pointer),
            Error::Captions(_) => Some("/text"),
            Error::Lint { findings } | Error::Unissuable { findings } => {
                findings.first().map(|first| first.pointer.as_str())
            }
            Error::Award(error) => error.part().map(|part| match part {
                "micro_credential" => "/micro_credential",
                "awarded" => "/awarded",
                "results" => "/results",
                "evidence" => "/evidence",
                _ => "/name",
            }),
            _ => None,
        }
    }

    /// Whether it lies in what was asked for, and asking for something else may help.
    pub fn is_the_askers(&self) -> bool {
        matches!(
            self,
            Error::Invalid { .. }
                | Error::LinkScheme { .. }
                | Error::Sharing(_)
                | Error::Redaction(_)
                | Error::Conflict { .. }
                | Error::RateLimited { .. }
                | Error::Award(_)
                | Error::Quality(_)
                | Error::Edition(_)
                | Error::Endorsement(_)
                | Error::AlreadyRevoked { .. }
                | Error::LastAddress
                | Error::LastAdministrator
                | Error::JoinCodeUnknown
                | Error::JoinCodeOver
                | Error::TooLarge { .. }
                | Error::EmailTaken
                | Error::Captions(_)
                | Error::Unissuable { .. }
                | Error::Upload(_)
                | Error::Hosted(_)
                | Error::OtherHost(_)
        )
    }

    /// Whether it was not done because the disk of the store hangs: it can be tried again.
    pub(crate) fn is_of_a_hanging_disk(&self) -> bool {
        matches!(
            self,
            Error::Store(StoreError::Engine(EngineError::Unavailable))
        )
    }
}
