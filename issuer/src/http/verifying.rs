//! Verifying for others: the same for the interface and for the page.

use axum::body::Body;
use axum::http::HeaderMap;
use schemas::timestamp::Timestamp;
use serde::Deserialize;
use tokio::sync::SemaphorePermit;
use url::Url;
use utoipa::IntoParams;
use verifier::{Clock, FetchFailure, Policy, Report};

use super::body;
use super::edge::Edge;
use super::error::HttpError;
use super::form::Form;
use super::parameter::Id;
use crate::fetch::Wanted;

/// What somebody asks about a badge.
#[derive(Debug, Default)]
pub struct Question {
    /// The badge, or where it stands.
    pub presented: Presented,
    /// How strictly the standard is held to.
    pub strictness: Strictness,
    /// How many proofs have to hold, if not one.
    pub proofs: Option<usize>,
    /// Whom the badge is said to be about.
    pub recipient: Option<String>,
    /// The time to verify at, unless it is now.
    pub now: Option<Timestamp>,
}

/// The badge, or where it stands.
#[derive(Debug)]
pub enum Presented {
    Bytes(Vec<u8>),
    Address(Url),
}

impl Default for Presented {
    fn default() -> Presented {
        Presented::Bytes(Vec::new())
    }
}

/// How strictly the standard is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strictness {
    /// Whatever cannot be shown to be in order is not verified.
    #[default]
    Strict,
    /// The official validator's verdict.
    Lenient,
}

/// What stands after the question mark. A recipient does not belong there: addresses are logged.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Where the badge stands; the body is not looked at.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    url: Option<Id<Url>>,
    /// How strictly: `strict` if nothing is said.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^(strict|lenient)$")]
    policy: Strictness,
    /// At least so many proofs have to hold.
    #[serde(default)]
    #[param(minimum = 0)]
    proofs: Option<usize>,
    /// The time as of which it is verified (RFC 3339).
    #[serde(default)]
    #[param(format = DateTime)]
    now: Option<String>,
}

/// What was found, or why there was nothing to look at.
pub enum Answered {
    Report(Box<Report>),
    NotFetched(FetchFailure),
}

impl Question {
    /// Takes the body as the badge, whatever form it has, or as a form with the badge in it.
    pub async fn read(
        parameters: Parameters,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Question, HttpError> {
        if Form::is_in(headers) {
            return Question::of_form(&Form::read(headers, body, MOST_FORM_BYTES).await?);
        }
        let presented = match parameters.url {
            Some(Id(url)) => Presented::Address(url),
            None => Presented::Bytes(body::read(body, MOST_BADGE_BYTES).await?.into()),
        };
        Ok(Question {
            presented,
            strictness: parameters.policy,
            proofs: parameters.proofs,
            recipient: None,
            now: parameters.now.as_deref().map(time).transpose()?,
        })
    }

    /// Reads the fields `file`, `badge` (a badge, or its address), `url`, `recipient`, `policy`,
    /// `proofs` and `now`. A file outranks what was pasted.
    pub fn of_form(form: &Form) -> Result<Question, HttpError> {
        let address = |text: &str| {
            let url = Url::parse(text).ok()?;
            (!text.contains(char::is_whitespace) && url.has_host()).then_some(url)
        };
        let pasted = form.text("badge");
        let presented = if let Some(file) = form.bytes("file") {
            Presented::Bytes(file.to_vec())
        } else if let Some(url) = form.text("url") {
            let unreadable = || wrong("`url` is not an address");
            Presented::Address(address(url).ok_or_else(unreadable)?)
        } else {
            match pasted.and_then(address) {
                Some(url) => Presented::Address(url),
                None => Presented::Bytes(
                    form.bytes("badge")
                        .map_or_else(Vec::new, |bytes| bytes.trim_ascii().to_vec()),
                ),
            }
        };
        let strictness = match form.text("policy") {
            None | Some("strict") => Strictness::Strict,
            Some("lenient") => Strictness::Lenient,
            Some(_) => return Err(wrong("`policy` is neither strict nor lenient")),
        };
        Ok(Question {
            presented,
            strictness,
            proofs: form.text("proofs").map(number).transpose()?,
            recipient: form.text("recipient").map(str::to_owned),
            now: form.text("now").map(time).transpose()?,
        })
    }

    /// The report on a badge that is here already.
    pub async fn report(self, edge: &Edge) -> Result<Report, HttpError> {
        match self.answer(edge).await? {
            Answered::Report(report) => Ok(*report),
            Answered::NotFetched(failure) => Err(HttpError::Fetch(failure)),
        }
    }

    /// Answers in its turn: strangers choose how much work each badge is.
    pub async fn answer(self, edge: &Edge) -> Result<Answered, HttpError> {
        let _turn = turn(edge)?;
        let mut policy = match self.strictness {
            Strictness::Strict => Policy::default(),
            Strictness::Lenient => Policy::lenient(),
        };
        policy.least_proofs = self.proofs.unwrap_or(policy.least_proofs);
        policy.recipient = self.recipient;
        policy.trust = edge.trust.as_deref().cloned();
        if self.now.is_some() {
            policy.clock = Clock::Chosen;
        }
        let now = self.now.unwrap_or_else(|| edge.clock.now());
        let presented = match self.presented {
            Presented::Bytes(bytes) => bytes,
            Presented::Address(url) => match edge.fetch.fetch(&url, Wanted::Badge).await {
                Ok(document) => document.bytes,
                Err(failure) => return Ok(Answered::NotFetched(failure)),
            },
        };
        let newest = &edge.newest_lists;
        let report = newest
            .verify(presented, edge.fetch.as_ref(), policy, now)
            .await;
        Ok(Answered::Report(Box::new(report)))
    }
}

fn turn(edge: &Edge) -> Result<SemaphorePermit<'_>, HttpError> {
    edge.verifying
        .try_acquire()
        .map_err(|_| HttpError::Overloaded)
}

fn time(text: &str) -> Result<Timestamp, HttpError> {
    Timestamp::parse(text)
        .map_err(|_| wrong("`now` is not a time with an offset, as 2026-11-22T18:32:00Z"))
}

fn number(text: &str) -> Result<usize, HttpError> {
    text.parse().map_err(|_| wrong("`proofs` is not a number"))
}

fn wrong(message: &str) -> HttpError {
    HttpError::Query {
        message: message.to_owned(),
    }
}

/// The largest form of a badge is a picture.
const MOST_BADGE_BYTES: usize = 10 * 1024 * 1024;

/// The same with the other fields beside it. A badge as text has at most 1 MiB, of which a form
/// that is no upload writes many characters as three.
pub const MOST_FORM_BYTES: usize = MOST_BADGE_BYTES + 64 * 1024;
