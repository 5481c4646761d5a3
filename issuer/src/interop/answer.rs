//! Answers of the VC-API: what was made, what was found, and what is wrong with a request.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keys::data_integrity::ProofError;
use serde::Serialize;
use serde_json::{Value, json};
use verifier::{Outcome, Reason, Report, StepName, Verdict};

/// One thing that is wrong, as a problem (RFC 9457) with the stable code beside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    detail: String,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
}

/// Why a document is not issued or derived: 422, for the request was understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused(Vec<Problem>);

/// A document that was made.
pub(super) fn made(verifiable_credential: Value) -> Response {
    let body = json!({ "verifiableCredential": verifiable_credential });
    (StatusCode::CREATED, Json(body)).into_response()
}

/// What a verification found: 200 if everything holds, 400 otherwise. Some suites take no other number.
pub(super) fn found<'a>(
    verdict: Verdict,
    reports: impl Iterator<Item = (String, &'a Report)>,
) -> Response {
    let (mut checks, mut warnings, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (place, report) in reports {
        for step in report.steps() {
            match &step.outcome {
                Outcome::Pass => checks.extend(check_name(step.name)),
                Outcome::Fail(reason) | Outcome::Unknown(reason) => {
                    let reasons = [reason].into_iter().chain(&step.further);
                    errors.extend(reasons.map(|reason| Problem::of_reason(reason, &place)));
                }
                Outcome::NotRun => {}
            }
        }
        let told = report.warnings().iter();
        warnings.extend(told.map(|reason| Problem::to_know(reason, &place)));
    }
    checks.sort_unstable();
    checks.dedup();
    let verified = verdict == Verdict::Verified;
    let status = match verified {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    let body = json!({
        "verified": verified,
        "checks": checks,
        "warnings": warnings,
        "errors": errors,
    });
    (status, Json(body)).into_response()
}

impl Refused {
    /// One thing that is wrong with a request that was understood.
    pub(super) fn because(code: &'static str, pointer: &str, detail: impl Into<String>) -> Refused {
        Refused(vec![Problem::new(
            code,
            Some(pointer.to_owned()),
            detail.into(),
        )])
    }
}

impl From<Vec<Reason>> for Refused {
    fn from(reasons: Vec<Reason>) -> Refused {
        let problems = reasons.iter();
        Refused(
            problems
                .map(|reason| Problem::of_reason(reason, ""))
                .collect(),
        )
    }
}

impl From<ProofError> for Refused {
    fn from(error: ProofError) -> Refused {
        Refused(vec![Problem::new(
            error.code(),
            error.pointer().map(str::to_owned),
            error.to_string(),
        )])
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({ "verified": false, "errors": self.0 });
        (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
    }
}

impl Problem {
    fn new(code: &'static str, pointer: Option<String>, detail: String) -> Problem {
        let (vocabulary, name, title) = standard_name(code);
        Problem {
            kind: format!("{vocabulary}{name}"),
            title,
            detail,
            code,
            pointer,
        }
    }

    fn of_reason(reason: &Reason, place: &str) -> Problem {
        let pointer = reason.pointer().map(|pointer| format!("{place}{pointer}"));
        Problem::new(reason.code(), pointer, reason.to_string())
    }

    /// Something that is let pass, for which the standards have no name.
    fn to_know(reason: &Reason, place: &str) -> Problem {
        Problem {
            kind: "about:blank".to_owned(),
            title: "Let pass, and worth knowing",
            ..Problem::of_reason(reason, place)
        }
    }
}

/// What the VC-API calls a step; those that only concern badges have no name there.
fn check_name(step: StepName) -> Option<&'static str> {
    match step {
        StepName::Conform => Some("credential"),
        StepName::Proof => Some("proof"),
        StepName::Validity => Some("validity"),
        StepName::Status => Some("credentialStatus"),
        _ => None,
    }
}

/// The name that the standards have for errors of a sort: their vocabulary, the term in it, and its meaning (VC Data
/// Integrity, section 4.7; Bitstring Status List, section 3.4; VC Data Model 2.0, section 7.1).
fn standard_name(code: &str) -> (&'static str, &'static str, &'static str) {
    let area = code.split('.').next().unwrap_or_default();
    match (code, area) {
        ("proof.challenge", _) => (
            SECURITY,
            "INVALID_CHALLENGE_ERROR",
            "The challenge is another",
        ),
        ("proof.domain", _) => (SECURITY, "INVALID_DOMAIN_ERROR", "The domain is another"),
        (_, "ld") => (
            SECURITY,
            "PROOF_TRANSFORMATION_ERROR",
            "The document cannot be read into statements",
        ),
        (_, "proof" | "signature" | "key" | "issuer" | "did" | "jwt") => (
            SECURITY,
            "PROOF_VERIFICATION_ERROR",
            "The proof does not hold",
        ),
        ("status.unreachable", _) => (
            STATUS_LIST,
            "STATUS_RETRIEVAL_ERROR",
            "The status list cannot be had",
        ),
        ("status.index", _) => (
            STATUS_LIST,
            "RANGE_ERROR",
            "The index is outside of the list",
        ),
        (_, "status") => (
            STATUS_LIST,
            "STATUS_VERIFICATION_ERROR",
            "The status does not allow it",
        ),
        (_, "json" | "input") => (DATA_MODEL, "PARSING_ERROR", "The document cannot be read"),
        _ => (
            DATA_MODEL,
            "MALFORMED_VALUE_ERROR",
            "The document does not conform",
        ),
    }
}

const SECURITY: &str = "https://w3id.org/security#";
const STATUS_LIST: &str = "https://www.w3.org/ns/credentials/status-list#";
const DATA_MODEL: &str = "https://www.w3.org/TR/vc-data-model#";
