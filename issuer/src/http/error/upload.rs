//! What goes wrong with files that are sent, and with those that are kept.

use std::io;

use axum::http::StatusCode;

use super::{HttpError, Shown, capitalised};
use crate::evidence::EvidenceError;
use crate::submission::RedactionError;
use crate::upload::UploadError;
use crate::wording;

/// The status and the title of an upload that does not go on.
pub(super) fn of_upload(error: &UploadError) -> (StatusCode, &'static str) {
    match error {
        UploadError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "This file is too large"),
        UploadError::Quota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "There is no room left"),
        UploadError::TooMany => (StatusCode::CONFLICT, "Too many uploads at once"),
        UploadError::Offset { .. } => (StatusCode::CONFLICT, "The upload goes on elsewhere"),
        UploadError::Checksum => (checksum_mismatch(), "This did not arrive as it was sent"),
        UploadError::UnderWay => (StatusCode::LOCKED, "This upload is being looked at"),
    }
}

/// What the evidence store's errors look like from outside.
pub(super) fn of_evidence(error: &EvidenceError) -> Shown {
    let (status, title) = match error {
        EvidenceError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "This file is too large"),
        EvidenceError::Type { .. } => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Files of this type are not taken",
        ),
        EvidenceError::Pixels => (StatusCode::PAYLOAD_TOO_LARGE, "This picture is too large"),
        EvidenceError::Busy => return HttpError::Overloaded.shown(),
        EvidenceError::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, "This file cannot be read"),
        EvidenceError::Malware => (StatusCode::UNPROCESSABLE_ENTITY, "This file is harmful"),
        EvidenceError::Unchecked(_) => {
            return Shown::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error.code(),
                "This file waits to be looked at",
                "Files are looked at before they are taken, and that cannot be done now. Please try again in \
                 a while.",
            );
        }
        EvidenceError::Interrupted(cause) if cause.kind() == io::ErrorKind::TimedOut => {
            return HttpError::BodyTooSlow.shown();
        }
        EvidenceError::Interrupted(_) => return HttpError::BodyBroken.shown(),
        EvidenceError::DigestMismatch => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "This file is not what was handed in",
        ),
        EvidenceError::Missing | EvidenceError::Objects(_) | EvidenceError::Folder { .. } => {
            return Shown::fault();
        }
    };
    let detail = match error {
        EvidenceError::TooLarge { limit } => too_large(*limit),
        other => format!("{}.", capitalised(&other.to_string())),
    };
    Shown::new(status, error.code(), title, detail)
}

/// Sizes as people say them; nothing for what says none.
pub(super) fn detail_of_upload(error: &UploadError) -> Option<String> {
    match error {
        UploadError::TooLarge { limit } => Some(too_large(*limit)),
        UploadError::Quota { whose, limit } => Some(format!(
            "{} has {} of room for evidence, and this file does not fit into what is left. Take out what is not needed.",
            capitalised(whose),
            wording::size::most(*limit)
        )),
        _ => None,
    }
}

fn too_large(limit: u64) -> String {
    format!(
        "This file has more than {}, which is the most that is taken here. Shorten it, or save it smaller.",
        wording::size::most(limit)
    )
}

/// The status and the title of a picture that is not covered.
pub(super) fn of_redaction(error: &RedactionError) -> (StatusCode, &'static str) {
    match error {
        RedactionError::Type => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "This cannot be covered"),
        RedactionError::TooMany => (StatusCode::UNPROCESSABLE_ENTITY, "These are too many areas"),
        RedactionError::TooOften => (StatusCode::CONFLICT, "This was covered too often"),
    }
}

/// tus 1.0 has a status of its own for this.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).expect("a number between 100 and 999")
}
