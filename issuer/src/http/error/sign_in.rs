//! What goes wrong while somebody signs in, as it looks from outside.

use axum::http::StatusCode;

use crate::oidc::OidcError;
use crate::passkey::PasskeyError;

/// Status and title of what a provider's part of signing in came to.
pub fn of_oidc(error: &OidcError) -> (StatusCode, &'static str) {
    match error {
        OidcError::NoAttempt | OidcError::State => {
            (StatusCode::BAD_REQUEST, "Please start signing in again")
        }
        OidcError::Denied | OidcError::Refused(_) => {
            (StatusCode::FORBIDDEN, "Your provider did not sign you in")
        }
        OidcError::Issuer | OidcError::Answer(_) | OidcError::IdToken(_) => (
            StatusCode::FORBIDDEN,
            "What your provider says cannot be trusted",
        ),
        OidcError::Code(_) => (StatusCode::FORBIDDEN, "Please start signing in again"),
        OidcError::Taken => (StatusCode::CONFLICT, "This belongs to another account"),
        // A provider that is down is no fault of the person's, and none that they could mend.
        OidcError::Unreachable(_) | OidcError::Unusable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Your provider does not answer as it should",
        ),
    }
}

/// Status and title of what a passkey came to.
pub fn of_passkey(error: &PasskeyError) -> (StatusCode, &'static str) {
    match error {
        PasskeyError::NoAttempt | PasskeyError::Challenge => {
            (StatusCode::BAD_REQUEST, "Please try your passkey again")
        }
        PasskeyError::Malformed(_) => (StatusCode::BAD_REQUEST, "This passkey cannot be read"),
        PasskeyError::NoDomain => (StatusCode::CONFLICT, "There are no passkeys here"),
        PasskeyError::Taken => (StatusCode::CONFLICT, "This passkey is in use"),
        PasskeyError::Key(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This passkey cannot be used",
        ),
        PasskeyError::Origin
        | PasskeyError::RelyingParty
        | PasskeyError::NotPresent
        | PasskeyError::NotVerified
        | PasskeyError::Unknown
        | PasskeyError::Signature
        | PasskeyError::Cloned => (StatusCode::FORBIDDEN, "This passkey does not sign you in"),
    }
}
