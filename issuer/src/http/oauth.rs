//! The addresses at which applications register and get their tokens (RFC 6749, 7009, 7591, 8414).
//!
//! Errors look as these standards have them, and no other answer of the service looks like that.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderMap, PRAGMA, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemas::json::{self, JsonLimits};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::body;
use super::client::Client as From;
use super::edge::Edge;
use super::error::HttpError;
use super::headers;
use super::ims;
use super::pages;
use super::route::{Route, get, post};
use crate::oauth::client::{
    self, AUTHORIZATION_CODE, Addresses, BASIC, Client, ClientMetadata, REFRESH_TOKEN,
};
use crate::oauth::grant::{self, ACCESS_LASTS, TokenError, Tokens, TurnIn};
use crate::oauth::request::Parameters;
use crate::oauth::{BadgeScope, Secret};
use crate::public_url::PublicUrl;
use crate::rights::Action;

/// What programs that are no browsers do.
pub fn routes() -> Vec<Route> {
    vec![
        post(REGISTER, Action::RegisterApplication, register),
        post(TOKEN, Action::ExchangeTokens, token),
        post(REVOKE, Action::ExchangeTokens, revoke),
    ]
}

/// What anybody may read, from any site.
pub fn open_routes() -> Vec<Route> {
    let path = "/.well-known/oauth-authorization-server";
    vec![get(path, Action::ReadPublished, describe)]
}

/// The addresses of the authorisation server, absolute.
pub struct Endpoints {
    pub register: String,
    pub authorize: String,
    pub token: String,
    pub revoke: String,
}

impl Endpoints {
    /// Those of the service at this address.
    pub fn of(public_url: &PublicUrl) -> Endpoints {
        let at = |path: &str| format!("{public_url}{path}");
        Endpoints {
            register: at(REGISTER),
            authorize: at(pages::applications::AUTHORIZE),
            token: at(TOKEN),
            revoke: at(REVOKE),
        }
    }
}

/// Describes the authorisation server (RFC 8414).
async fn describe(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let endpoints = Endpoints::of(&edge.public_url);
    let told = json!({
        "issuer": edge.public_url.base(),
        "authorization_endpoint": endpoints.authorize,
        "token_endpoint": endpoints.token,
        "registration_endpoint": endpoints.register,
        "revocation_endpoint": endpoints.revoke,
        "scopes_supported": BadgeScope::ALL,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [AUTHORIZATION_CODE, REFRESH_TOKEN],
        "token_endpoint_auth_methods_supported": [BASIC],
        "revocation_endpoint_auth_methods_supported": [BASIC],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": format!("{}{}", edge.public_url, pages::applications::ABOUT),
        "op_policy_uri": ims::policy_url(&edge),
        "op_tos_uri": ims::terms_url(&edge),
    });
    Ok((
        headers::briefly_cached("application/json"),
        told.to_string(),
    )
        .into_response())
}

#[derive(Serialize)]
struct RegisteredBody<'a> {
    client_id: String,
    client_secret: &'a str,
    client_id_issued_at: i64,
    /// 0: it does not expire by itself.
    client_secret_expires_at: i64,
    #[serde(flatten)]
    about: ClientMetadata,
}

/// Registers an application (RFC 7591). Nothing has to be shown for it, and no address in it is called.
async fn register(
    State(edge): State<Edge>,
    from: From,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    if essence(&headers) != "application/json" {
        return Err(Refused::metadata("the body is not application/json"));
    }
    let bytes = body::read(body, MOST_BYTES).await?;
    let said = json::read(&bytes, &LIMITS);
    let said = said.map_err(|error| Refused::metadata(&error.to_string()))?;
    let addresses = match edge.public_url.url().scheme() {
        "https" => Addresses::Https,
        _ => Addresses::HttpsOrLoopback,
    };
    let about = ClientMetadata::read(&said, addresses);
    let about = about.map_err(|error| Refused {
        error: error.name(),
        description: error.to_string(),
        kind: Kind::Plain,
    })?;
    let now = edge.clock.now();
    let registering = edge.work(move |app| client::register(app, about, &from.0, now));
    let (secret, registered) = registering.await?;
    let told = RegisteredBody {
        client_id: registered.id.to_string(),
        client_secret: secret.expose(),
        client_id_issued_at: registered.registered.unix_seconds(),
        client_secret_expires_at: 0,
        about: registered.about,
    };
    Ok((StatusCode::CREATED, not_kept(Answer(told))).into_response())
}

#[derive(Serialize)]
struct TokensBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

impl TokensBody<'_> {
    fn of(tokens: &Tokens) -> TokensBody<'_> {
        TokensBody {
            access_token: tokens.access.expose(),
            token_type: "Bearer",
            expires_in: ACCESS_LASTS,
            scope: BadgeScope::list(&tokens.scopes),
            refresh_token: tokens.refresh.as_ref().map(Secret::expose),
        }
    }
}

/// Gives tokens for a code or a refresh token.
async fn token(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let form = form(&headers, body).await?;
    let client = authenticated(&edge, &headers).await?;
    let Some(kind) = form.get("grant_type") else {
        return Err(Refused::request("grant_type is missing"));
    };
    let missing = match kind {
        AUTHORIZATION_CODE => ["code", "redirect_uri", "code_verifier"].as_slice(),
        REFRESH_TOKEN => &["refresh_token"],
        _ => return Err(Refused::plain("unsupported_grant_type", "grant_type")),
    };
    let mut missing = missing.iter().filter(|name| form.get(name).is_none());
    if let Some(name) = missing.next() {
        return Err(Refused::request(&format!("{name} is missing")));
    }
    if !client.about.grant_types.iter().any(|known| known == kind) {
        let told = "the application has not registered this grant type";
        return Err(Refused::plain("unauthorized_client", told));
    }
    let (turns_in, now) = (kind == AUTHORIZATION_CODE, edge.clock.now());
    let giving = edge.work(move |app| {
        let text = |name: &str| form.get(name).unwrap_or_default();
        let given = match turns_in {
            true => {
                let brought = TurnIn {
                    code: text("code"),
                    redirect_uri: text("redirect_uri"),
                    verifier: text("code_verifier"),
                    scope: form.get("scope"),
                };
                grant::turn_in(app, &client, &brought, now)
            }
            false => {
                let scope = form.get("scope");
                grant::refresh(app, &client, text("refresh_token"), scope, now)
            }
        };
        Ok(given)
    });
    let tokens = giving.await?.map_err(Refused::of)?;
    Ok(not_kept(Answer(TokensBody::of(&tokens))))
}

/// Takes a token back (RFC 7009).
async fn revoke(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let form = form(&headers, body).await?;
    let client = authenticated(&edge, &headers).await?;
    match form.get("token_type_hint") {
        None | Some("access_token" | "refresh_token") => {}
        Some(_) => {
            let told = "access tokens and refresh tokens are taken back";
            return Err(Refused::plain("unsupported_token_type", told));
        }
    }
    if form.get("token").is_none() {
        return Err(Refused::request("token is missing"));
    }
    let taking = edge.work(move |app| {
        let token = form.get("token").unwrap_or_default();
        Ok(grant::revoke(app, &client, token))
    });
    taking.await?.map_err(Refused::of)?;
    Ok(not_kept(StatusCode::OK))
}

/// The fields of a form, each named once.
async fn form(headers: &HeaderMap, body: Body) -> Result<Parameters, Refused> {
    if essence(headers) != "application/x-www-form-urlencoded" {
        return Err(Refused::request("the body is no form"));
    }
    let bytes = Zeroizing::new(body::read(body, MOST_BYTES).await?.to_vec());
    let form = Parameters::read(&bytes);
    match form.repeats() {
        true => Err(Refused::request("a field is named more than once")),
        false => Ok(form),
    }
}

/// The application whose identifier and secret stand in the header (RFC 6749, 2.3.1).
async fn authenticated(edge: &Edge, headers: &HeaderMap) -> Result<Client, Refused> {
    let unknown = || Refused {
        error: "invalid_client",
        description: "the application is not known, or has not shown that it is the one".to_owned(),
        kind: Kind::Client,
    };
    let (id, secret) = basic(headers).ok_or_else(unknown)?;
    let now = edge.clock.now();
    let found = edge.work(move |app| client::authenticate(app, &id, &secret, now));
    found.await?.ok_or_else(unknown)
}

fn basic(headers: &HeaderMap) -> Option<(String, Zeroizing<String>)> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    // Both are form-encoded before they are put together.
    let decoded = |text: &str| {
        let mut pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs.next().map(|(name, _)| name.into_owned())
    };
    Some((decoded(id)?, Zeroizing::new(decoded(secret)?)))
}

fn essence(headers: &HeaderMap) -> String {
    let found = headers.get(axum::http::header::CONTENT_TYPE);
    let text = found.and_then(|value| value.to_str().ok());
    let essence = text.unwrap_or_default().split(';').next();
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}

/// An answer that is kept nowhere on its way (RFC 6749, 5.1).
fn not_kept(answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

/// Why an application does not get what it asks for, as the standards write it.
#[derive(Debug)]
pub struct Refused {
    error: &'static str,
    description: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// 400.
    Plain,
    /// 401, with the way to show which application it is.
    Client,
    /// Something that these standards have no name for.
    Other(HttpError),
}

impl Refused {
    fn plain(error: &'static str, description: &str) -> Refused {
        Refused {
            error,
            description: description.to_owned(),
            kind: Kind::Plain,
        }
    }

    fn request(description: &str) -> Refused {
        Refused::plain("invalid_request", description)
    }

    fn metadata(description: &str) -> Refused {
        Refused::plain("invalid_client_metadata", description)
    }

    fn of(error: TokenError) -> Refused {
        let name = match &error {
            TokenError::InvalidGrant => "invalid_grant",
            TokenError::InvalidScope => "invalid_scope",
            TokenError::UnauthorizedClient => "unauthorized_client",
            TokenError::Service(_) => "",
        };
        match error {
            TokenError::Service(error) => HttpError::from(error).into(),
            error => Refused::plain(name, &error.to_string()),
        }
    }
}

impl std::convert::From<HttpError> for Refused {
    fn from(error: HttpError) -> Refused {
        Refused {
            error: "",
            description: String::new(),
            kind: Kind::Other(error),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match self.kind {
            Kind::Plain => StatusCode::BAD_REQUEST,
            Kind::Client => StatusCode::UNAUTHORIZED,
            Kind::Other(error) => return error.into_response(),
        };
        let told: Value =
            json!({ "error": self.error, "error_description": plain(&self.description) });
        let mut answer = not_kept((status, Answer(told)));
        if status == StatusCode::UNAUTHORIZED {
            let way = HeaderValue::from_static("Basic realm=\"applications\"");
            answer.headers_mut().insert(WWW_AUTHENTICATE, way);
        }
        answer
    }
}

/// A description in the characters that the standard lets it have (RFC 6749, 5.2).
fn plain(description: &str) -> String {
    let allowed = |character: char| match character {
        '"' | '\\' => '\'',
        ' '..='~' => character,
        _ => '?',
    };
    description.chars().map(allowed).collect()
}

const REGISTER: &str = "/oauth/register";
const TOKEN: &str = "/oauth/token";
const REVOKE: &str = "/oauth/revoke";

/// What applications say of themselves has two thousand bytes, and what they turn in a few hundred.
const MOST_BYTES: usize = 32 * 1024;

const LIMITS: JsonLimits = JsonLimits {
    bytes: MOST_BYTES,
    depth: 4,
    members: 200,
    string: 16 * 1024,
};
