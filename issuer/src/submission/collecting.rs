//! Collecting evidence for the version that is being prepared.

use super::evidence::{Evidence, EvidenceContent};
use super::{EvidenceEntry, Sharing, State, Submission, held_by_its_earner};
use crate::app::App;
use crate::digest::Salt;
use crate::error::Error;
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;
use schemas::timestamp::Timestamp;

/// Adds a piece of evidence to what is being prepared.
pub fn add_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    content: EvidenceContent,
    now: Timestamp,
) -> Result<Evidence, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    if held.value.evidence.len() >= EVIDENCE {
        return Err(Error::invalid(
            "/evidence",
            format!("a submission has at most {EVIDENCE} pieces of evidence"),
        ));
    }
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;
    let Some(asked) = micro_credential.content.requirement(requirement) else {
        return Err(Error::invalid(
            "/requirement",
            "the micro-credential asks for nothing of this name",
        ));
    };
    content.answers(asked)?;
    let answers = held.value.evidence.iter();
    let answers = answers.filter(|entry| entry.requirement == *requirement);
    if asked
        .most
        .is_some_and(|most| answers.count() >= most as usize)
    {
        return Err(Error::invalid(
            "/requirement",
            "there are as many pieces for this as are asked for: take one out first",
        ));
    }
    let evidence = Evidence {
        id: EvidenceId::draw(&app.random),
        submission: id,
        owner: earner.id,
        content,
        salt: Salt::draw(&app.random),
        added: now,
    };
    let mut changed = held.value.clone();
    changed.evidence.push(EvidenceEntry {
        id: evidence.id,
        requirement: requirement.clone(),
        sharing: Sharing::Private,
        first_version: held.value.versions + 1,
    });
    app.store.add_evidence(&held, &changed, &evidence)?;
    Ok(evidence)
}

/// What is left when a piece of evidence was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The submission without it.
    pub submission: Submission,
    /// The piece itself, if no version that was handed in has it: the service has forgotten it,
    /// and its file, if it is one, can go.
    pub discarded: Option<Evidence>,
}

/// Takes a piece of evidence out of what is being prepared. Versions that were handed in keep it.
pub fn remove_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Removed, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let mut submission = held.value.clone();
    let place = submission
        .evidence
        .iter()
        .position(|entry| entry.id == evidence);
    let entry = submission.evidence.remove(place.ok_or(Error::NotFound)?);
    if entry.first_version <= submission.versions {
        app.store.replace_submission(&held, &submission)?;
        return Ok(Removed {
            submission,
            discarded: None,
        });
    }
    let discarded = app.store.evidence(id, evidence)?;
    app.store.discard_evidence(&held, &submission, evidence)?;
    Ok(Removed {
        submission,
        discarded,
    })
}

/// Says whether the badge may name a piece of evidence. Once the badge is earned that is settled.
pub fn share_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    sharing: Sharing,
) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    let (State::Draft | State::Submitted | State::Returned) = held.value.state else {
        return Err(Error::conflict(
            "this submission is decided, and what its badge names is settled",
        ));
    };
    let mut changed = held.value.clone();
    let entry = changed
        .evidence
        .iter_mut()
        .find(|entry| entry.id == evidence);
    entry.ok_or(Error::NotFound)?.sharing = sharing;
    app.store.replace_submission(&held, &changed)?;
    Ok(changed)
}

/// What a reviewer can be asked to look at.
const EVIDENCE: usize = 20;
