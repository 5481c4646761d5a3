//! The page on which anybody verifies a badge: pasted, chosen as a file, dropped, or by its address.

mod told;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use url::Url;

use self::told::Told;
use super::page;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::Query;
use crate::http::route::{Route, get, post};
use crate::http::verifying::{MOST_FORM_BYTES, Presented, Question, Strictness};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/verify", Action::Verify, open),
        post("/verify", Action::Verify, submit),
    ]
}

/// What stands after the question mark; what the page does not know is passed over.
#[derive(Deserialize)]
struct Asked {
    /// An address to verify at once.
    #[serde(default)]
    url: String,
    /// The identifier of a badge of this site, to verify at once.
    #[serde(default)]
    id: String,
    /// A text to begin with.
    #[serde(default)]
    badge: String,
    #[serde(default)]
    policy: Strictness,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage<'a> {
    site: &'a Masthead,
    pasted: &'a str,
    recipient: &'a str,
    lenient: bool,
    /// What has to be put right in the form first.
    problem: Option<&'static str>,
    told: Option<Told>,
}

/// Shows the form, or opens with the answer about the badge at an address.
async fn open(State(edge): State<Edge>, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let lenient = asked.policy == Strictness::Lenient;
    let blank = VerifyPage {
        site: &edge.masthead,
        pasted: short(&asked.badge),
        recipient: "",
        lenient,
        problem: None,
        told: None,
    };
    let named = named(&edge, asked.id.as_bytes());
    if asked.url.is_empty() && named.is_none() {
        return shown(&VerifyPage {
            problem: (!asked.id.is_empty()).then_some(NO_ID),
            pasted: short(if asked.id.is_empty() {
                &asked.badge
            } else {
                &asked.id
            }),
            ..blank
        });
    }
    let address = named.map_or(asked.url, |named| named.to_string());
    let Ok(url) = Url::parse(&address) else {
        return shown(&VerifyPage {
            problem: Some("That is not an address. One begins with https:// and leads to a badge."),
            pasted: short(&address),
            ..blank
        });
    };
    let question = Question {
        presented: Presented::Address(url),
        strictness: asked.policy,
        ..Question::default()
    };
    let answered = question.answer(&edge).await?;
    shown(&VerifyPage {
        pasted: short(&address),
        told: Some(Told::of(&answered, asked.policy)),
        ..blank
    })
}

async fn submit(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, MOST_FORM_BYTES).await?;
    let mut question = Question::of_form(&form)?;
    if let Presented::Bytes(bytes) = &question.presented
        && let Some(address) = named(&edge, bytes)
    {
        question.presented = Presented::Address(address);
    }
    let strictness = question.strictness;
    let recipient = question.recipient.clone().unwrap_or_default();
    let address = match &question.presented {
        Presented::Address(url) => url.to_string(),
        Presented::Bytes(_) => String::new(),
    };
    let nothing = matches!(&question.presented, Presented::Bytes(bytes) if bytes.is_empty());
    let blank = VerifyPage {
        site: &edge.masthead,
        pasted: short(&address),
        recipient: &recipient,
        lenient: strictness == Strictness::Lenient,
        problem: None,
        told: None,
    };
    if nothing {
        return shown(&VerifyPage {
            problem: Some("There is no badge yet. Choose a file, or paste a badge or its address."),
            ..blank
        });
    }
    let answered = question.answer(&edge).await?;
    shown(&VerifyPage {
        told: Some(Told::of(&answered, strictness)),
        ..blank
    })
}

/// The address of the badge of this site that is named by its identifier alone, as it stands on a
/// profile or a certificate. People type blanks where they like.
fn named(edge: &Edge, text: &[u8]) -> Option<Url> {
    let text = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.len() <= LONGEST_ID)?;
    let id: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    Url::parse(&edge.app.site.badge(id.parse().ok()?)).ok()
}

/// The one page with a script, which is a file of ours: dropping a file onto a page needs one.
fn shown(template: &VerifyPage) -> Result<Response, HttpError> {
    let mut response = page(template)?;
    response.headers_mut().insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(WITH_OWN_SCRIPT),
    );
    Ok(response)
}

/// A long text is pasted anew rather than carried to and fro.
fn short(text: &str) -> &str {
    if text.len() <= LONGEST_KEPT { text } else { "" }
}

const WITH_OWN_SCRIPT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const NO_ID: &str =
    "That is no credential ID of this site. It has about 22 letters and digits; capitals count.";

/// An identifier with a blank after every character.
const LONGEST_ID: usize = 64;

const LONGEST_KEPT: usize = 2_000;
