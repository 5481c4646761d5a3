//! The page on which anybody verifies a badge, by pasting it or its address.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use url::Url;
use verifier::{Outcome, Policy, Reason, Report, Step, Verdict};

use super::page;
use crate::http::body;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::Query;
use crate::http::{Masthead, verifying};
use crate::wording;

pub fn routes() -> Router<Edge> {
    Router::new().route("/verify", get(form).post(verify))
}

/// What stands in the form.
#[derive(Deserialize)]
struct Pasted {
    #[serde(default)]
    badge: String,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage<'a> {
    site: &'a Masthead,
    pasted: &'a str,
    told: Option<Told>,
}

/// A report, or the reason why there is none, in words.
struct Told {
    class: &'static str,
    sign: &'static str,
    headline: &'static str,
    explanation: String,
    reason: Option<ToldReason>,
    facts: Vec<(&'static str, String)>,
    steps: Vec<ToldStep>,
    warnings: Vec<ToldReason>,
}

struct ToldStep {
    class: &'static str,
    sign: &'static str,
    statement: &'static str,
    outcome: &'static str,
    reason: Option<ToldReason>,
}

struct ToldReason {
    sentence: String,
    code: &'static str,
    pointer: Option<String>,
}

/// Shows the form; a badge's own page puts the badge's address into it. Nothing is fetched here.
async fn form(
    State(edge): State<Edge>,
    Query(pasted): Query<Pasted>,
) -> Result<Response, HttpError> {
    let pasted = if pasted.badge.len() <= LONGEST_ADDRESS {
        pasted.badge.as_str()
    } else {
        ""
    };
    page(&VerifyPage {
        site: &edge.masthead,
        pasted,
        told: None,
    })
}

async fn verify(
    State(edge): State<Edge>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let is_form = headers
        .get(CONTENT_TYPE)
        .is_some_and(|media_type| media_type == FORM);
    if !is_form {
        return Err(HttpError::MediaType { expected: FORM });
    }
    let bytes = body::read(body, MOST_FORM_BYTES).await?;
    let fields = url::form_urlencoded::parse(&bytes);
    let pasted = fields
        .into_iter()
        .find(|(name, _)| name == "badge")
        .map(|(_, value)| value)
        .unwrap_or_default();
    let pasted = pasted.trim();

    let address = Url::parse(pasted)
        .ok()
        .filter(|_| !pasted.contains(char::is_whitespace));
    let (presented, again) = match address {
        None => (Ok(pasted.as_bytes().to_vec()), ""),
        Some(address) => (verifying::fetch_badge(&edge, &address).await, pasted),
    };
    let told = match presented {
        Ok(presented) => told(&verifying::verify(&edge, presented, Policy::default()).await?),
        Err(HttpError::Fetch(failure)) => Told {
            class: "undetermined",
            sign: "?",
            headline: "The badge could not be fetched",
            explanation: format!("From the address given: {failure} ({}).", failure.code()),
            reason: None,
            facts: Vec::new(),
            steps: Vec::new(),
            warnings: Vec::new(),
        },
        Err(other) => return Err(other),
    };
    page(&VerifyPage {
        site: &edge.masthead,
        pasted: again,
        told: Some(told),
    })
}

fn told(report: &Report) -> Told {
    let verdict = report.verdict();
    let (class, sign) = match verdict {
        Verdict::Verified => ("verified", "✓"),
        Verdict::Refused => ("refused", "✕"),
        Verdict::Undetermined => ("undetermined", "?"),
    };
    Told {
        class,
        sign,
        headline: wording::headline(verdict),
        explanation: wording::explanation(verdict).to_owned(),
        reason: report.reason().map(told_reason),
        facts: wording::facts(report),
        steps: report.steps().iter().map(told_step).collect(),
        warnings: report.warnings().iter().map(told_reason).collect(),
    }
}

fn told_step(step: &Step) -> ToldStep {
    let (class, reason) = match &step.outcome {
        Outcome::Pass => ("verified", None),
        Outcome::Fail(reason) => ("refused", Some(reason)),
        Outcome::Unknown(reason) => ("undetermined", Some(reason)),
        Outcome::NotRun => ("not-run", None),
    };
    ToldStep {
        class,
        sign: wording::sign(&step.outcome),
        statement: wording::statement(step.name),
        outcome: wording::outcome(step),
        reason: reason.map(told_reason),
    }
}

fn told_reason(reason: &Reason) -> ToldReason {
    ToldReason {
        sentence: reason.to_string(),
        code: reason.code(),
        pointer: reason
            .pointer()
            .filter(|pointer| !pointer.is_empty())
            .map(str::to_owned),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// A badge as text is at most 1 MiB, and a form writes many of its characters as three.
const MOST_FORM_BYTES: usize = 3 * 1024 * 1024;

/// Of an address that comes in the page's own address.
const LONGEST_ADDRESS: usize = 2_000;
