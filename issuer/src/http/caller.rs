//! Who calls: the person whose bearer token or session came with the request.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::cookie;
use super::edge::Edge;
use super::error::HttpError;
use crate::app::App;
use crate::badge::Viewer;
use crate::error::Error;
use crate::event::Actor;
use crate::id::SessionId;
use crate::oauth::SecretKind;
use crate::oauth::grant;
use crate::person::Person;
use crate::public_url::PublicUrl;
use crate::rights::Scope;
use crate::session::{self, Secret};
use crate::token;
use schemas::timestamp::Timestamp;

/// The person who calls. The gate has let them pass.
#[derive(Clone)]
pub struct Caller {
    /// Who it is.
    pub person: Person,
    /// What the way they came by is good for.
    pub scopes: BTreeSet<Scope>,
    /// How they came.
    pub came_by: CameBy,
}

/// How somebody came who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameBy {
    /// With a bearer token.
    Token,
    /// With the token of an application that somebody lets act for them.
    Application,
    /// In a browser that is signed in.
    Session(SessionId),
}

impl Caller {
    /// The caller, as events name them.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.id)
    }
}

impl CameBy {
    /// The session somebody came by, if it is one.
    pub fn session(self) -> Option<SessionId> {
        match self {
            CameBy::Session(session) => Some(session),
            CameBy::Token | CameBy::Application => None,
        }
    }
}

/// The person who calls, if the request says so.
#[derive(Clone)]
pub struct AnyCaller(pub Option<Caller>);

impl AnyCaller {
    /// Who asks to see something.
    pub fn viewer(&self) -> Viewer<'_> {
        match &self.0 {
            Some(caller) => Viewer::Person(&caller.person),
            None => Viewer::Stranger,
        }
    }
}

/// What a request brings to say who calls.
pub enum Credentials {
    /// A bearer token (RFC 6750).
    Token(String),
    /// The secret of a session, which the browser sends by itself.
    Session(Secret),
}

impl Credentials {
    /// What a request brings; a header that cannot be read is refused, whatever is asked for.
    ///
    /// A token outranks a session: a program has put it there on purpose.
    pub fn of(parts: &Parts, public_url: &PublicUrl) -> Result<Option<Credentials>, HttpError> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            let secret = cookie::secret_in(&parts.headers, public_url);
            return Ok(secret.map(Credentials::Session));
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

    /// Whose they are; nobody's if a session has ended.
    pub fn caller(&self, app: &App, now: Timestamp) -> Result<Option<Caller>, Error> {
        match self {
            Credentials::Token(token) if SecretKind::Access.begins(token) => {
                let (person, scopes) = grant::authenticate(app, token, now)?;
                Ok(Some(Caller {
                    person,
                    scopes,
                    came_by: CameBy::Application,
                }))
            }
            Credentials::Token(token) => {
                let (person, scopes) = token::authenticate(app, token, now)?;
                Ok(Some(Caller {
                    person,
                    scopes,
                    came_by: CameBy::Token,
                }))
            }
            Credentials::Session(secret) => {
                let found = session::find(app, secret, now)?;
                Ok(found.map(|(person, session)| Caller {
                    person,
                    scopes: Scope::all(),
                    came_by: CameBy::Session(session.id),
                }))
            }
        }
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
