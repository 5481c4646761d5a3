//! Who calls: the person whose bearer token came with the request.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::edge::Edge;
use super::error::HttpError;
use crate::person::{self, Person};

/// The person who calls. A handler that takes one is closed to everybody without a token.
pub struct Caller(pub Person);

/// The person who calls, if the request says so; a token that is wrong is refused all the same.
pub struct AnyCaller(pub Option<Person>);

impl FromRequestParts<Edge> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Caller, HttpError> {
        let AnyCaller(caller) = AnyCaller::from_request_parts(parts, edge).await?;
        caller.map(Caller).ok_or(HttpError::TokenMissing)
    }
}

impl FromRequestParts<Edge> for AnyCaller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<AnyCaller, HttpError> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(AnyCaller(None));
        };
        let token = header
            .to_str()
            .ok()
            .and_then(|header| header.split_once(' '));
        let token = match token {
            // RFC 9110, 11.1: the name of the scheme is compared without regard to case.
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                token.trim().to_owned()
            }
            _ => return Err(HttpError::TokenMissing),
        };
        let person = edge
            .work(move |app| person::authenticate(app, &token))
            .await?;
        Ok(AnyCaller(Some(person)))
    }
}
