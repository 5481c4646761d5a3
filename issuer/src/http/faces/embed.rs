//! A badge on other sites: the page that they frame, and what tells them how (oEmbed 1.0).

use askama::Template;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::badge::ROBOTS;
use super::badge_page::{Standing, standing};
use crate::badge::{self, Badge, Viewer};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::headers::Framable;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get};
use crate::http::sharing::{HEIGHT, WIDTH, frame};
use crate::id::BadgeId;
use crate::issued::Issued;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/badges/{badge}/embed", Action::ReadPublished, embedded),
        get("/oembed", Action::ReadPublished, told),
    ]
}

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage {
    url: String,
    title: String,
    issuer: String,
    picture: String,
    standing: Standing,
}

/// Shows a badge in a frame of any site: small, and whether it stands before anything else. Whoever has
/// signed in here sees no more than a stranger, because the site around may be anybody's.
async fn embedded(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    let (badge, _, document) = shared(&edge, id).await?;
    let shown = page(&EmbedPage {
        url: edge.app.site.badge(id),
        title: text(&document, "/credentialSubject/achievement/name"),
        issuer: text(&document, "/issuer/name"),
        picture: format!("/achievements/{}/picture.png", badge.micro_credential),
        standing: standing(&badge, &document, edge.clock.now()),
    })?;
    let headers = [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static(BRIEFLY)),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    let mut answer = (headers, shown).into_response();
    answer.extensions_mut().insert(Framable);
    Ok(answer)
}

/// What stands after the question mark (oEmbed 1.0, section 2.2).
#[derive(Deserialize)]
struct Asked {
    url: String,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    maxwidth: Option<u32>,
    #[serde(default)]
    maxheight: Option<u32>,
}

/// How a badge is shown on another site (oEmbed 1.0, section 2.3).
#[derive(Serialize)]
struct Told {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    author_name: String,
    author_url: String,
    provider_name: String,
    provider_url: String,
    cache_age: u32,
    thumbnail_url: String,
    thumbnail_width: u32,
    thumbnail_height: u32,
    html: String,
    width: u32,
    height: u32,
}

async fn told(State(edge): State<Edge>, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    if asked.format.is_some_and(|format| format != "json") {
        return Err(HttpError::NotAcceptable);
    }
    let site = &edge.app.site;
    let id = site.badge_at(&asked.url).ok_or(HttpError::NotFound)?;
    let (badge, _, document) = shared(&edge, id).await?;
    let url = site.badge(id);
    let name = text(&document, "/credentialSubject/achievement/name");
    let title = match standing(&badge, &document, edge.clock.now()) {
        Standing::InForce => name,
        Standing::Revoked { .. } => format!("Revoked: {name}"),
        Standing::Suspended { .. } => format!("Suspended: {name}"),
        Standing::Expired { .. } => format!("Expired: {name}"),
    };
    let most = |usual: u32, most: Option<u32>| usual.min(most.unwrap_or(usual)).max(1);
    let (width, height) = (most(WIDTH, asked.maxwidth), most(HEIGHT, asked.maxheight));
    let told = Told {
        version: "1.0",
        kind: "rich",
        author_name: text(&document, "/issuer/name"),
        author_url: site.organisation(&badge.organisation),
        provider_name: edge.masthead.issuer_name.clone(),
        provider_url: site.base().to_owned(),
        cache_age: 60,
        thumbnail_url: format!("{url}.png"),
        thumbnail_width: PICTURE,
        thumbnail_height: PICTURE,
        html: frame(&url, &title, width, height)?,
        width,
        height,
        title,
    };
    let headers = [
        (CACHE_CONTROL, HeaderValue::from_static(BRIEFLY)),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    Ok((headers, Answer(told)).into_response())
}

/// A badge that its holder shares, as a stranger finds it.
async fn shared(edge: &Edge, id: BadgeId) -> Result<(Badge, Issued, Value), HttpError> {
    let view = move |app: &crate::app::App| badge::view(app, id, Viewer::Stranger);
    let (badge, issued) = edge.work(view).await?;
    let document = serde_json::from_str(issued.json()).map_err(HttpError::fault)?;
    Ok((badge, issued, document))
}

fn text(document: &Value, place: &str) -> String {
    let found = document.pointer(place).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// Any site may frame this page, and it this page alone. There is nothing in it to press but a link.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors *";
/// A minute: a revocation is seen within it.
const BRIEFLY: &str = "public, max-age=60";
/// The side of the picture that is drawn.
const PICTURE: u32 = 512;
