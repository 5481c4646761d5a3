//! Verifying: the verifier's judgement in the words of the VC-API.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use keys::data_integrity::Expected;
use schemas::timestamp::Timestamp;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;
use verifier::vc::{self, Presented, Question, Statuses};
use verifier::{Answer, Document, DocumentKind, Documents, FetchFailure, Report, Request};

use super::Interop;
use super::answer;
use super::endpoint::Endpoint;
use super::request::{VerifyCredential, VerifyOptions, VerifyPresentation};
use crate::fetch::Wanted;
use crate::http::body::Json;
use crate::http::error::HttpError;

/// Verifies a credential.
pub(super) async fn credential(
    State(interop): State<Arc<Interop>>,
    _endpoint: Endpoint,
    Json(request): Json<VerifyCredential>,
) -> Result<Response, HttpError> {
    let now = interop.clock.now();
    let asked = Arc::new((request.verifiable_credential, request.options));
    let verify = move |documents: &Documents| {
        let (credential, options) = asked.as_ref();
        let question = options.question(Expected::default().proof_purpose);
        vc::verify_credential(credential, &question, documents, now)
    };
    let report = interop.settled(now, verify, Report::missing).await?;
    let reports = [(String::new(), &report)];
    Ok(answer::found(report.verdict(), reports.into_iter()))
}

/// Verifies a presentation and the credentials in it.
pub(super) async fn presentation(
    State(interop): State<Arc<Interop>>,
    _endpoint: Endpoint,
    Json(request): Json<VerifyPresentation>,
) -> Result<Response, HttpError> {
    let now = interop.clock.now();
    let presentation = Value::Object(request.verifiable_presentation);
    let is_list = presentation["verifiableCredential"].is_array();
    let asked = Arc::new((presentation, request.options));
    let verify = move |documents: &Documents| {
        let (presentation, options) = asked.as_ref();
        let question = options.question(AUTHENTICATION);
        vc::verify_presentation(presentation, &question, documents, now)
    };
    let missing = |presented: &Presented| presented.reports().flat_map(Report::missing).collect();
    let presented = interop.settled(now, verify, missing).await?;
    let place = |index: usize| match index.checked_sub(1) {
        None => String::new(),
        Some(_) if !is_list => "/verifiableCredential".to_owned(),
        Some(index) => format!("/verifiableCredential/{index}"),
    };
    let reports = presented.reports().enumerate();
    let reports = reports.map(|(index, report)| (place(index), report));
    Ok(answer::found(presented.verdict(), reports))
}

impl VerifyOptions {
    /// What is asked of a document whose proofs are usually made for `purpose`.
    fn question<'a>(&'a self, purpose: &'a str) -> Question<'a> {
        let looks_up = self.checks.is_empty()
            || self
                .checks
                .iter()
                .any(|check| check.to_ascii_lowercase().contains("status"));
        Question {
            expected: Expected {
                proof_purpose: self.expected_proof_purpose.as_deref().unwrap_or(purpose),
                challenge: self.challenge.as_deref(),
                domain: self.domain.as_deref(),
            },
            statuses: match looks_up {
                true => Statuses::LookUp,
                false => Statuses::LeaveOut,
            },
        }
    }
}

impl Interop {
    /// Verifies until nothing is missing: our own lists are at hand, the rest is fetched by the rules for every address
    /// that a stranger chose.
    async fn settled<T: Send + 'static>(
        self: &Arc<Self>,
        now: Timestamp,
        verify: impl Fn(&Documents) -> T + Clone + Send + 'static,
        missing: impl Fn(&T) -> Vec<Request>,
    ) -> Result<T, HttpError> {
        let deadline = Instant::now() + WHOLE_VERIFICATION;
        let mut requests_left = MOST_REQUESTS;
        let mut documents = Documents::default();
        loop {
            let verify = verify.clone();
            let found;
            (found, documents) = self.work(move |_| (verify(&documents), documents)).await?;
            let missing = missing(&found);
            if missing.is_empty() {
                return Ok(found);
            }
            for request in missing {
                let answer = match (self.own(&request, now), requests_left) {
                    (Some(own), _) => Ok(own),
                    (None, 0) => Err(FetchFailure::Budget),
                    (None, left) => {
                        requests_left = left - 1;
                        self.fetched(&request.url, request.kind, deadline).await
                    }
                };
                documents.insert(request.url, answer);
            }
        }
    }

    async fn fetched(&self, url: &Url, kind: DocumentKind, deadline: Instant) -> Answer {
        let fetching = self.fetch.fetch(url, Wanted::Part(kind));
        tokio::time::timeout_at(deadline, fetching)
            .await
            .unwrap_or(Err(FetchFailure::Budget))
    }

    /// A status list of our own, without a way over the network.
    fn own(&self, request: &Request, now: Timestamp) -> Option<Document> {
        if request.kind != DocumentKind::StatusList {
            return None;
        }
        let list = self.status_list_at(request.url.as_str(), now)?;
        Some(Document::new(list.to_string()))
    }
}

/// What the proof of a presentation is made for (VC Data Model 2.0, section 4.13).
const AUTHENTICATION: &str = "authentication";

/// The keys and lists of a presentation full of credentials, and no more.
const MOST_REQUESTS: usize = 32;

/// Suites wait for an answer about as long.
const WHOLE_VERIFICATION: Duration = Duration::from_secs(20);
