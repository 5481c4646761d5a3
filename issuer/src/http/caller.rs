//! Who calls: the person whose bearer token came with the request.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::edge::Edge;
use super::error::HttpError;
use crate::app::App;
use crate::error::Error;
use crate::person::{self, Person};
use crate::rights::Scope;

/// The person who calls. The gate has let them pass.
#[derive(Clone)]
pub struct Caller {
    /// Who it is.
    pub person: Person,
    /// What the way they came by is good for.
    pub scopes: BTreeSet<Scope>,
}

/// The person who calls, if the request says so.
#[derive(Clone)]
pub struct AnyCaller(pub Option<Caller>);

/// What a request brings to say who calls.
pub enum Credentials {
    /// A bearer token (RFC 6750).
    Token(String),
}

impl Credentials {
    /// What a request brings; a header that cannot be read is refused, whatever is asked for.
    pub fn of(parts: &Parts) -> Result<Option<Credentials>, HttpError> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return Ok(None);
        };
        let token = header
            .to_str()
            .ok()
            .and_then(|header| header.split_once(' '));
        match token {
            // RFC 9110, 11.1: the name of the scheme is compared without regard to case.
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Ok(Some(Credentials::Token(token.trim().to_owned())))
            }
            _ => Err(HttpError::TokenMissing),
        }
    }

    /// Whose they are.
    pub fn caller(&self, app: &App) -> Result<Caller, Error> {
        let Credentials::Token(token) = self;
        let (person, scopes) = person::authenticate(app, token)?;
        Ok(Caller { person, scopes })
    }
}

impl FromRequestParts<Edge> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Caller, HttpError> {
        let AnyCaller(caller) = AnyCaller::from_request_parts(parts, edge).await?;
        caller.ok_or(HttpError::TokenMissing)
    }
}

impl FromRequestParts<Edge> for AnyCaller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _edge: &Edge) -> Result<AnyCaller, HttpError> {
        let passed = parts.extensions.get::<AnyCaller>().cloned();
        // What did not pass the gate comes from nobody.
        Ok(passed.unwrap_or(AnyCaller(None)))
    }
}
