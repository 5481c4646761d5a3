//! Every error that reaches a caller: one `match` gives it its status, its code and its words.
//!
//! Programs get a problem document (RFC 9457), people a page that says the same.

mod award;
mod host;
mod review;
mod sign_in;
mod upload;

use std::any::Any;
use std::error::Error;

use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use verifier::FetchFailure;

use crate::error::Error as ServiceError;
use crate::evidence::EvidenceError;
use crate::upload::{ReceiveError, UploadError};

/// Why a request is not answered as it was meant.
#[derive(Debug)]
pub enum HttpError {
    /// Nothing stands at this address, or nothing that this caller may know of.
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    /// No bearer token came with the request.
    TokenMissing,
    /// The body is not of the media type that is read here.
    MediaType {
        expected: &'static str,
    },
    BodyTooLarge {
        limit: u64,
    },
    BodyTooSlow,
    BodyBroken,
    /// The body is JSON of another shape, or no JSON.
    Json {
        code: &'static str,
        message: String,
        pointer: Option<String>,
    },
    /// The values after the question mark cannot be read.
    Query {
        message: String,
    },
    /// A header cannot be read.
    Header {
        name: &'static str,
        expected: &'static str,
    },
    /// The request does not say that it speaks tus 1.0.
    TusVersion,
    /// The part of a file that is asked for lies beyond its end.
    Range {
        bytes: u64,
    },
    /// The address of a badge gave none.
    Fetch(FetchFailure),
    /// A file of evidence could not be taken in or handed out.
    Evidence(EvidenceError),
    /// As much is being done as can be done at once.
    Overloaded,
    /// The disk of the store hangs, and nothing was begun.
    StoreHangs,
    /// The disk of the store hangs, and something was begun: nobody knows yet what will become of it.
    StoreHungMeanwhile,
    /// The service did not do what it was asked to.
    Service(ServiceError),
    /// A fault of ours: the caller learns an identifier, the log the rest.
    Fault(Box<dyn Error + Send + Sync>),
}

/// How an error looks from outside.
struct Shown {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    pointer: Option<String>,
}

impl HttpError {
    /// Wraps an error that no caller can act on.
    pub fn fault(error: impl Error + Send + Sync + 'static) -> HttpError {
        HttpError::Fault(Box::new(error))
    }

    fn shown(&self) -> Shown {
        match self {
            HttpError::NotFound => Shown::new(
                StatusCode::NOT_FOUND,
                "http.not_found",
                "There is nothing here",
                "The address may be mistyped, or what stands here is not public.",
            ),
            HttpError::MethodNotAllowed => Shown::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "http.method",
                "This address does not take such a request",
                "The method of the request is not one that is answered here.",
            ),
            HttpError::NotAcceptable => Shown::new(
                StatusCode::NOT_ACCEPTABLE,
                "http.not_acceptable",
                "There is no such form of this",
                "None of the media types in the Accept header can be served.",
            ),
            HttpError::TokenMissing => Shown::new(
                StatusCode::UNAUTHORIZED,
                "auth.required",
                "Who are you?",
                "This needs a bearer token in the Authorization header, or a browser that is signed in.",
            ),
            HttpError::MediaType { expected } => Shown::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "http.media_type",
                "The body is of another kind",
                format!("A body of type {expected} is read here."),
            ),
            HttpError::BodyTooLarge { limit } => Shown::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "input.too_large",
                "This is too large",
                format!("At most {limit} bytes are taken here."),
            ),
            HttpError::BodyTooSlow => Shown::new(
                StatusCode::REQUEST_TIMEOUT,
                "http.timeout",
                "This took too long",
                "The body of the request did not arrive in time.",
            ),
            HttpError::BodyBroken => Shown::new(
                StatusCode::BAD_REQUEST,
                "http.body",
                "The request broke off",
                "The body of the request did not arrive whole.",
            ),
            HttpError::Json {
                code,
                message,
                pointer,
            } => Shown {
                pointer: pointer.clone(),
                ..Shown::new(
                    StatusCode::BAD_REQUEST,
                    code,
                    "The body cannot be read",
                    message.as_str(),
                )
            },
            HttpError::Query { message } => Shown::new(
                StatusCode::BAD_REQUEST,
                "http.query",
                "The address cannot be read",
                message.as_str(),
            ),
            HttpError::Header { name, expected } => Shown::new(
                StatusCode::BAD_REQUEST,
                "http.header",
                "A header cannot be read",
                format!("`{name}` takes {expected}."),
            ),
            HttpError::TusVersion => Shown::new(
                StatusCode::PRECONDITION_FAILED,
                "upload.version",
                "Which version of tus is this?",
                "Uploads are sent by tus 1.0: `Tus-Resumable` takes 1.0.0.",
            ),
            HttpError::Range { bytes } => Shown::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "http.range",
                "There is no such part",
                format!("This has {bytes} bytes."),
            ),
            HttpError::Fetch(failure) => Shown::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                failure.code(),
                "The badge could not be fetched",
                format!("{}.", capitalised(&failure.to_string())),
            ),
            HttpError::Evidence(error) => upload::of_evidence(error),
            HttpError::Overloaded => Shown::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overload",
                "Too much at once",
                "The service has all hands full. Please try again in a moment.",
            ),
            HttpError::StoreHangs => Shown::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "db.unavailable",
                "The store does not answer",
                "Its disk hangs at the moment. Nothing was changed; please try again in a while.",
            ),
            HttpError::StoreHungMeanwhile => Shown::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "db.unavailable",
                "The store does not answer",
                "Its disk hangs, so nobody can say yet whether this was done. Look again in a while before you \
                 repeat it; programs may repeat it at any time under the same Idempotency-Key, and it is done once.",
            ),
            HttpError::Service(error) => of_service(error),
            HttpError::Fault(_) => Shown::fault(),
        }
    }

    /// What is said beside the form that was sent, if sending something else may help.
    pub(super) fn told_beside_a_form(&self) -> Option<String> {
        let is_theirs = match self {
            HttpError::Service(error) => error.is_the_askers(),
            HttpError::Evidence(_) => true,
            HttpError::BodyBroken | HttpError::BodyTooSlow => true,
            _ => false,
        };
        let shown = self.shown();
        (is_theirs && self.cause().is_none()).then_some(shown.detail)
    }

    /// What the log is told of a fault of ours, and nobody else.
    pub(super) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            HttpError::Fault(error) => Some(error.as_ref()),
            HttpError::Service(error) if of_service(error).status.is_server_error() => Some(error),
            HttpError::Evidence(error) if upload::of_evidence(error).status.is_server_error() => {
                Some(error)
            }
            _ => None,
        }
    }
}

impl From<UploadError> for HttpError {
    fn from(error: UploadError) -> HttpError {
        HttpError::Service(error.into())
    }
}

impl From<ReceiveError> for HttpError {
    fn from(error: ReceiveError) -> HttpError {
        match error {
            ReceiveError::Service(error) => error.into(),
            ReceiveError::Evidence(error) => HttpError::Evidence(error),
        }
    }
}

impl From<ServiceError> for HttpError {
    fn from(error: ServiceError) -> HttpError {
        match error.is_of_a_hanging_disk() {
            // A step before this one may have been done.
            true => HttpError::StoreHungMeanwhile,
            false => HttpError::Service(error),
        }
    }
}

/// What the service's own errors look like from outside.
fn of_service(error: &ServiceError) -> Shown {
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

impl Shown {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Shown {
        Shown {
            status,
            code,
            title,
            detail: detail.into(),
            pointer: None,
        }
    }

    fn fault() -> Shown {
        Shown::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "Something went wrong on our side",
            "It has been written down. Trying again later may help.",
        )
    }
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// A problem document (RFC 9457), with the stable code beside the standard's members.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    pub(super) status: u16,
    pub(super) detail: String,
    pub(super) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let shown = self.shown();
        let id = self.cause().map(logged);
        let problem = Problem {
            kind: "about:blank",
            title: shown.title,
            status: shown.status.as_u16(),
            detail: shown.detail,
            code: shown.code,
            pointer: shown.pointer,
            id,
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (
            shown.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        if shown.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let HttpError::Range { bytes } = &self
            && let Ok(told) = HeaderValue::try_from(format!("bytes */{bytes}"))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, told);
        }
        if shown.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let wait = match &self {
            HttpError::Service(ServiceError::RateLimited { seconds }) => Some(*seconds),
            HttpError::Service(ServiceError::UnderWay) => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Kept for `pages_for_people`, which knows what the request asked for.
        response.extensions_mut().insert(problem);
        response
    }
}

/// The answer to a request during which something panicked; the connection and the service live on.
pub fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    HttpError::fault(Panicked(text.unwrap_or_default())).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a panic: {0}")]
struct Panicked(String);

/// Writes a fault to the log, once, and gives the identifier under which it stands there.
fn logged(error: &(dyn Error + 'static)) -> String {
    let mut drawn = [0; 8];
    // Without randomness the identifier is all zeros, and the log line is still there.
    let _ = getrandom::fill(&mut drawn);
    let id: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        causes = format!("{causes}: {cause}");
        source = cause.source();
    }
    tracing::error!(fault.id = %id, "A request failed: {causes}");
    id
}
