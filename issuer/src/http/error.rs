//! Every error that reaches a caller: one `match` gives it its status, its code and its words.
//!
//! Programs get a problem document (RFC 9457), people a page that says the same.

mod answer;
mod award;
mod host;
mod review;
mod service;
mod sign_in;
mod upload;

use std::error::Error;

use axum::http::StatusCode;
use verifier::FetchFailure;

pub(super) use self::answer::Problem;
pub use self::answer::after_panic;
use self::service::of_service;
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
