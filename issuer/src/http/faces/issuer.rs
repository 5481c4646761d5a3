//! The issuer: profile, DID document, and keys one by one and as a set.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use keys::KeyId;
use schemas::model::{OB_CONTEXT, VC_CONTEXT};
use serde_json::{Value, json};

use super::LINKED_DATA;
use crate::app::App;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::negotiation::Face;
use crate::http::pages::page;
use crate::http::parameter::Path;
use crate::http::route::{Route, get};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/issuer", Action::ReadPublished, issuer),
        get(
            "/issuer.json",
            Action::ReadPublished,
            async |State(edge): State<Edge>| profile(&edge.app),
        ),
        get("/.well-known/did.json", Action::ReadPublished, did_document),
        get("/.well-known/jwks.json", Action::ReadPublished, jwks),
        get("/keys/{key}", Action::ReadPublished, key),
    ]
}

#[derive(Template)]
#[template(path = "issuer.html")]
struct IssuerPage<'a> {
    site: &'a Masthead,
    base: &'a str,
    issuer_id: &'a str,
    email: Option<&'a str>,
    is_did_web: bool,
    keys: Vec<KeyLine>,
}

struct KeyLine {
    /// Where its JWK stands; a key that signs no JWT stands in the DID document alone.
    path: Option<String>,
    name: String,
    algorithm: &'static str,
}

async fn issuer(State(edge): State<Edge>, headers: HeaderMap) -> Result<Response, HttpError> {
    match Face::by_accept(&headers, &[Face::Page, Face::Json]) {
        Some(Face::Json) => Ok(profile(&edge.app)),
        Some(_) => issuer_page(&edge),
        None => Err(HttpError::NotAcceptable),
    }
}

fn issuer_page(edge: &Edge) -> Result<Response, HttpError> {
    let (app, keyring) = (&edge.app, &edge.app.keyring);
    let keys = keyring.keys().iter().map(|key| KeyLine {
        path: keyring
            .jwk(key.id())
            .map(|_| format!("/keys/{}", key.id().as_str())),
        name: key.id().as_str().to_owned(),
        algorithm: key.algorithm().name(),
    });
    page(&IssuerPage {
        site: &edge.masthead,
        base: app.site.base(),
        issuer_id: keyring.issuer_id(),
        email: app.organisation.profile.email.as_deref(),
        is_did_web: is_did_web(app),
        keys: keys.collect(),
    })
}

/// The profile that stands in every badge, with the public keys beside it.
fn profile(app: &App) -> Response {
    let mut profile = json!({ "@context": [VC_CONTEXT, OB_CONTEXT] });
    let stated = serde_json::to_value(&app.organisation.profile).unwrap_or_default();
    let keys = app.keyring.did_document();
    if let (Some(members), Value::Object(stated)) = (profile.as_object_mut(), stated) {
        members.extend(stated);
        for member in ["verificationMethod", "assertionMethod"] {
            members.insert(member.to_owned(), keys[member].clone());
        }
    }
    (briefly_cached(LINKED_DATA), profile.to_string()).into_response()
}

/// A `did:key` has no document: it is the key itself.
async fn did_document(State(edge): State<Edge>) -> Result<Response, HttpError> {
    if !is_did_web(&edge.app) {
        return Err(HttpError::NotFound);
    }
    let document = edge.app.keyring.did_document().to_string();
    Ok((briefly_cached("application/did+json"), document).into_response())
}

async fn jwks(State(edge): State<Edge>) -> Response {
    (
        briefly_cached("application/jwk-set+json"),
        edge.app.keyring.jwks().to_string(),
    )
        .into_response()
}

async fn key(State(edge): State<Edge>, Path(name): Path<String>) -> Result<Response, HttpError> {
    let id = KeyId::new(&name).ok_or(HttpError::NotFound)?;
    let jwk = edge.app.keyring.jwk(&id).ok_or(HttpError::NotFound)?;
    Ok((briefly_cached("application/jwk+json"), jwk.to_string()).into_response())
}

fn is_did_web(app: &App) -> bool {
    app.keyring.issuer_id().starts_with("did:web:")
}
