//! The gate that every request goes through: who calls, where, and whether they may.

use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::middleware::Next;
use axum::response::Response;

use super::caller::{AnyCaller, Credentials};
use super::edge::Edge;
use super::error::HttpError;
use crate::app::App;
use crate::error::Error;
use crate::rights::{Action, Place, Standing};

/// Lets a request pass if the caller may do this, and tells the handler who calls.
///
/// Who has not signed in is told so before anything is looked up, so that nothing is given away.
pub async fn pass(
    edge: Edge,
    action: Action,
    request: Request,
    next: Next,
) -> Result<Response, HttpError> {
    let (mut parts, body) = request.into_parts();
    let rule = action.rule();
    let caller = match Credentials::of(&parts)? {
        None if rule.is_open() => AnyCaller(None),
        None => return Err(HttpError::TokenMissing),
        Some(credentials) => {
            let params = RawPathParams::from_request_parts(&mut parts, &())
                .await
                .map_err(|_| HttpError::NotFound)?;
            let judge = move |app: &App| judge(app, action, &credentials, &params);
            edge.work(judge).await?
        }
    };
    parts.extensions.insert(caller);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

fn judge(
    app: &App,
    action: Action,
    credentials: &Credentials,
    params: &RawPathParams,
) -> Result<AnyCaller, Error> {
    let rule = action.rule();
    let caller = credentials.caller(app)?;
    let in_scope = rule.scope.is_covered_by(&caller.scopes);
    if rule.is_open() {
        // A token for other things shows no more than no token, and no less.
        return Ok(AnyCaller(in_scope.then_some(caller)));
    }
    if !in_scope {
        return Err(Error::ScopeMissing { scope: rule.scope });
    }
    let place = Place::of(app, params)?;
    rule.judge(&Standing::of(app, caller.person.id, &place)?)?;
    Ok(AnyCaller(Some(caller)))
}
