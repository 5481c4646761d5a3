//! What goes wrong where badges come from elsewhere, or go there.

use axum::http::StatusCode;

use crate::hosted::HostedError;
use crate::other_host::OtherHostError;

/// Status and title of a badge that is not kept.
pub fn of_hosted(error: &HostedError) -> (StatusCode, &'static str) {
    match error {
        HostedError::Refused { .. } | HostedError::NoBadge | HostedError::Nameless => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This badge cannot be taken",
        ),
        HostedError::Full => (StatusCode::UNPROCESSABLE_ENTITY, "There is no more room"),
    }
}

/// Status and title of what another host did not do.
pub fn of_other_host(error: &OtherHostError) -> (StatusCode, &'static str) {
    match error {
        OtherHostError::NoAttempt | OtherHostError::State => {
            (StatusCode::BAD_REQUEST, "Please begin again")
        }
        OtherHostError::Denied | OtherHostError::Refused(_) => {
            (StatusCode::FORBIDDEN, "The other host said no")
        }
        // As with a badge that cannot be fetched, another address may help.
        OtherHostError::Unreachable(_)
        | OtherHostError::Unusable(_)
        | OtherHostError::Unregistered(_)
        | OtherHostError::NoToken(_)
        | OtherHostError::Answer(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The other host does not answer as it should",
        ),
    }
}
