//! Deriving: a credential that shows what its holder chose of it, and what its issuer made mandatory.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use keys::ecdsa_sd_2023;
use keys::jsonld::{Contexts, LdLimits};
use serde_json::Value;

use super::Interop;
use super::answer::{self, Refused};
use super::endpoint::Endpoint;
use super::request::Derive;
use crate::http::body::Json;
use crate::http::error::HttpError;

/// Derives a credential from one with a base proof.
pub(super) async fn derive(
    State(interop): State<Arc<Interop>>,
    endpoint: Endpoint,
    Json(request): Json<Derive>,
) -> Result<Response, HttpError> {
    if !endpoint.derives() {
        return Err(HttpError::NotFound);
    }
    let derived = interop
        .work(move |_| {
            let credential = Value::Object(request.verifiable_credential);
            let pointers = request.options.selective_pointers;
            let (contexts, limits) = (Contexts::interop(), LdLimits::default());
            ecdsa_sd_2023::derive(&credential, &pointers, contexts, &limits)
        })
        .await?;
    Ok(match derived {
        Ok(credential) => answer::made(credential),
        Err(error) => Refused::from(error).into_response(),
    })
}
