//! Verifiable credentials and presentations that are no badges, for the test suites that implementations hold one
//! another to (W3C VC Data Model 2.0, VC Data Integrity 1.0, Bitstring Status List 1.0).
//!
//! Keys, proofs, periods and statuses are judged by the very code that judges badges, under the strict policy. Two
//! things differ, and differ here alone: the rules of form are those of the W3C (`schemas::vc_rules`), and contexts may
//! be written into the document. Nothing that a badge has to be is asked for, so nothing here verifies a badge.

mod envelope;
mod related;

use keys::data_integrity::Expected;
use keys::jsonld::{self, Contexts, LdLimits};
use schemas::timestamp::Timestamp;
use schemas::vc_rules;
use serde_json::Value;

use crate::binding::{Lookup, Terms};
use crate::conform;
use crate::decoded::Decoded;
use crate::documents::{Documents, Shelf};
use crate::issuer;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::proof;
use crate::reason::Reason;
use crate::report::{Halt, Report, StepName, Verdict};
use crate::status;
use crate::validity;

/// What whoever asks wants to know of a credential or a presentation.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What its proofs have to be made for.
    pub expected: Expected<'a>,
    /// Whether the statuses are looked up.
    pub statuses: Statuses,
}

/// Whether the statuses of a credential are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statuses {
    /// All that take a credential away.
    LookUp,
    /// None: the caller asked for the proof alone.
    LeaveOut,
}

/// What was found of a presentation.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The presentation itself.
    pub presentation: Report,
    /// Each credential in it, in its order. Empty as long as the proof of the presentation has not passed.
    pub credentials: Vec<Report>,
}

/// Tells everything that keeps an unsigned document from being issued as a credential.
pub fn conform(credential: &Value) -> Result<(), Vec<Reason>> {
    match check_credential(credential, &mut Vec::new()) {
        Ok(_) => Ok(()),
        Err(Halt::Fail(first, further) | Halt::Unknown(first, further)) => {
            Err([first].into_iter().chain(further).collect())
        }
    }
}

/// Says whether a credential holds. It is an object with a proof, or the envelope of a JWT.
pub fn verify_credential(
    credential: &Value,
    question: &Question,
    documents: &Documents,
    now: Timestamp,
) -> Report {
    let (mut report, shelf) = begin(credential, documents, now);
    let mut warnings = Vec::new();
    let decoded = envelope::opened(credential).map_err(Halt::from);
    let Some(decoded) = report.record(StepName::Decode, decoded) else {
        return report.conclude(warnings, &shelf);
    };
    let document = decoded.document();

    let conforms = match &decoded {
        Decoded::Json(document) => check_credential(document, &mut warnings),
        Decoded::Jwt(_) => check_credential(&without_claims(document), &mut warnings),
    };
    let Some(issuer) = report.record(StepName::Conform, conforms) else {
        return report.conclude(warnings, &shelf);
    };

    let policy = Policy::default();
    let lookup = lookup(&issuer, &shelf, &policy, question.expected, now);
    let proof = proof::check(&decoded, &lookup, &mut warnings);
    retain_for_all(&mut warnings);
    let Some(proven) = report.record(StepName::Proof, proof) else {
        return report.conclude(warnings, &shelf);
    };
    report.note_proven(document.clone(), proven.proofs);

    let valid = validity::check(document, proven.token_period, now);
    if report.record(StepName::Validity, valid).is_none() {
        return report.conclude(warnings, &shelf);
    }

    if question.statuses == Statuses::LookUp
        && let Some(statuses) = status::check(document, &lookup, &mut warnings).transpose()
        && let Some(statuses) = report.record(StepName::Status, statuses)
    {
        report.note_statuses(statuses);
    }
    report.conclude(warnings, &shelf)
}

/// Says whether a presentation holds, and each credential in it.
///
/// The question is about the presentation; the credentials have to be made for vouching, as always.
pub fn verify_presentation(
    presentation: &Value,
    question: &Question,
    documents: &Documents,
    now: Timestamp,
) -> Presented {
    let (mut report, shelf) = begin(presentation, documents, now);
    let mut warnings = Vec::new();
    let unproven = |report: Report, warnings, shelf| Presented {
        presentation: report.conclude(warnings, shelf),
        credentials: Vec::new(),
    };
    report.record(StepName::Decode, Ok(()));

    let conforms = check_presentation(presentation, &mut warnings);
    let Some(holder) = report.record(StepName::Conform, conforms) else {
        return unproven(report, warnings, &shelf);
    };

    let policy = Policy::default();
    let lookup = lookup(&holder, &shelf, &policy, question.expected, now);
    let decoded = Decoded::Json(presentation.clone());
    let proof = proof::check(&decoded, &lookup, &mut warnings);
    retain_for_all(&mut warnings);
    let Some(proven) = report.record(StepName::Proof, proof) else {
        return unproven(report, warnings, &shelf);
    };
    report.note_proven(presentation.clone(), proven.proofs);
    // A presentation says nothing of when it is valid: that is its challenge's business.
    report.record(StepName::Validity, Ok(()));

    let vouching = Question {
        expected: Expected::default(),
        ..*question
    };
    let credentials = presented(presentation)
        .iter()
        .map(|credential| verify_credential(credential, &vouching, documents, now))
        .collect();
    Presented {
        presentation: report.conclude(warnings, &shelf),
        credentials,
    }
}

impl Presented {
    /// The answer in one word: whatever is worst, of the presentation and of each credential.
    pub fn verdict(&self) -> Verdict {
        let verdicts = || self.reports().map(Report::verdict);
        if verdicts().any(|verdict| verdict == Verdict::Refused) {
            return Verdict::Refused;
        }
        match verdicts().all(|verdict| verdict == Verdict::Verified) {
            true => Verdict::Verified,
            false => Verdict::Undetermined,
        }
    }

    /// The report of the presentation, then those of the credentials.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        [&self.presentation].into_iter().chain(&self.credentials)
    }
}

fn begin<'a>(document: &Value, documents: &'a Documents, now: Timestamp) -> (Report, Shelf<'a>) {
    let mut report = Report::new(document.to_string().as_bytes(), &Limits::default(), now);
    report.record(StepName::Parse, Ok(()));
    (report, Shelf::new(documents))
}

fn lookup<'a>(
    issuer: &'a str,
    documents: &'a Shelf<'a>,
    policy: &'a Policy,
    expected: Expected<'a>,
    now: Timestamp,
) -> Lookup<'a> {
    Lookup {
        issuer,
        documents,
        policy,
        now,
        terms: Terms {
            expected,
            contexts: Contexts::interop(),
        },
    }
}

/// Gives the issuer's id.
fn check_credential(document: &Value, warnings: &mut Vec<Reason>) -> Result<String, Halt> {
    check_form(document, &vc_rules::credential, warnings)?;
    Ok(issuer::id(document)?.to_owned())
}

/// What a token says of the credential in it. The claims beside its members are no part of it (VC-JOSE-COSE, section
/// 3.1.3); whether they contradict it is judged with the signature.
fn without_claims(payload: &Value) -> Value {
    let mut credential = payload.clone();
    if let Some(members) = credential.as_object_mut() {
        members.retain(|name, _| !proof::CLAIMS.contains(&name.as_str()));
    }
    credential
}

/// Gives who presents: the holder, or where none is named, whoever the key of the proof belongs to.
fn check_presentation(document: &Value, warnings: &mut Vec<Reason>) -> Result<String, Halt> {
    check_form(document, &vc_rules::presentation, warnings)?;
    let count = presented(document).len();
    if count > MOST_CREDENTIALS {
        return Err(Reason::from(schemas::Finding {
            code: "vc.presented",
            pointer: "/verifiableCredential".to_owned(),
            message: format!("has more than {MOST_CREDENTIALS} entries"),
        })
        .into());
    }
    let holder = document.get("holder");
    let holder = holder.map(|holder| holder.get("id").unwrap_or(holder));
    let method = || {
        let proof = document.get("proof")?;
        let first = proof.get(0).unwrap_or(proof);
        first.get("verificationMethod")?.as_str()?.split('#').next()
    };
    let holder = holder.and_then(Value::as_str).or_else(method);
    Ok(holder.unwrap_or_default().to_owned())
}

/// The rules of form, the digests that can be told, the places of proofs, and JSON-LD in safe mode.
fn check_form(
    document: &Value,
    rules: &dyn Fn(&Value) -> Vec<schemas::Finding>,
    warnings: &mut Vec<Reason>,
) -> Result<(), Halt> {
    let mut findings = rules(document).into_iter().map(Reason::from);
    if let Some(first) = findings.next() {
        let most = Policy::default().limits.reasons;
        return Err(Halt::Fail(first, findings.take(most).collect()));
    }
    related::check(document, warnings)?;
    let mut unsigned = document.clone();
    if let Some(members) = unsigned.as_object_mut() {
        members.shift_remove("proof");
        // Each credential that is presented is read by itself, when its turn comes.
        members.shift_remove("verifiableCredential");
    }
    conform::check_proof_places(&unsigned)?;
    jsonld::to_rdf(&unsigned, Contexts::interop(), &LdLimits::default()).map_err(Reason::from)?;
    Ok(())
}

/// What the certification of Open Badges thinks of a suite says nothing about other credentials, and
/// whoever asks for those knows that they can be shown in part.
fn retain_for_all(warnings: &mut Vec<Reason>) {
    let for_badges_alone = |warning: &Reason| {
        matches!(
            warning,
            Reason::OutsideCertification { .. } | Reason::Disclosure(_)
        )
    };
    warnings.retain(|warning| !for_badges_alone(warning));
}

fn presented(presentation: &Value) -> &[Value] {
    match presentation.get("verifiableCredential") {
        None => &[],
        Some(Value::Array(credentials)) => credentials,
        Some(one) => std::slice::from_ref(one),
    }
}

/// Each costs as much as a badge, and a stranger chooses how many there are.
const MOST_CREDENTIALS: usize = 16;
