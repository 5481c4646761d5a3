//! Collecting evidence for the version that is being prepared.

use super::evidence::{Evidence, EvidenceContent, EvidenceFile};
use super::sharing::must_fit_into_a_badge;
use super::{
    ATTEMPTS, EvidenceEntry, Sharing, SpokenTexts, Submission, held_by_its_earner, spoken,
};
use crate::again::retried;
use crate::app::App;
use crate::digest::Salt;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::micro_credential::{self, EvidenceRequirement};
use crate::person::Person;
use crate::store::StoreError;
use crate::upload;
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
    retried(ATTEMPTS, || {
        add(app, earner, id, Some(requirement), &content, now, |_, _| {
            Ok(())
        })
    })
}

/// Adds a piece of evidence that answers to nothing yet. It is handed in once it does.
pub fn collect_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    content: EvidenceContent,
    now: Timestamp,
) -> Result<Evidence, Error> {
    retried(ATTEMPTS, || {
        add(app, earner, id, None, &content, now, |_, _| Ok(()))
    })
}

/// Adds a file that has arrived, and does what belongs to it in the same commit. It conflicts if another change
/// came first.
pub(crate) fn add_file(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: &RequirementId,
    file: EvidenceFile,
    now: Timestamp,
    and: impl FnOnce(&Evidence, &mut Batch) -> Result<(), StoreError>,
) -> Result<Evidence, Error> {
    let content = EvidenceContent::File(file);
    add(app, earner, id, Some(requirement), &content, now, and)
}

fn add(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    requirement: Option<&RequirementId>,
    content: &EvidenceContent,
    now: Timestamp,
    and: impl FnOnce(&Evidence, &mut Batch) -> Result<(), StoreError>,
) -> Result<Evidence, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    if held.value.evidence.len() >= EVIDENCE {
        return Err(too_many());
    }
    if let Some(requirement) = requirement {
        must_answer(app, &held.value, requirement, content)?;
    }
    let evidence = Evidence {
        id: EvidenceId::draw(&app.random),
        submission: id,
        owner: earner.id,
        content: content.clone(),
        salt: Salt::draw(&app.random),
        added: now,
    };
    let mut changed = held.value.clone();
    push_entry(&mut changed, evidence.id, requirement);
    app.store
        .add_evidence(&held, &changed, &evidence, |batch| and(&evidence, batch))?;
    Ok(evidence)
}

/// Says what a piece of evidence answers to: another requirement than before, or none.
pub fn attach_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    requirement: Option<&RequirementId>,
) -> Result<Submission, Error> {
    retried(ATTEMPTS, || {
        let held = held_by_its_earner(app, earner, id)?;
        held.value.must_be_in_preparation()?;
        let mut changed = held.value.clone();
        let mut entries = changed.evidence.iter_mut();
        let entry = entries.find(|entry| entry.id == evidence);
        let entry = entry.ok_or(Error::NotFound)?;
        if entry.requirement.as_ref() == requirement {
            return Ok(held.value);
        }
        if let Some(before) = &entry.requirement
            && let Some(writing) = app.store.writing(id, before)?
            && writing.value.evidence == Some(evidence)
        {
            return Err(Error::conflict(
                "this text is written here for what it answers to: copy it to where it belongs",
            ));
        }
        if let Some(requirement) = requirement {
            let piece = app.store.evidence(id, evidence)?;
            let piece = piece.ok_or(Error::Missing("a piece of evidence"))?;
            must_answer(app, &held.value, requirement, &piece.content)?;
        }
        entry.requirement = requirement.cloned();
        let is_shared = entry.sharing == Sharing::Shared;
        if is_shared {
            must_fit_into_a_badge(app, &changed)?;
        }
        app.store.replace_submission(&held, &changed)?;
        Ok(changed)
    })
}

/// What is left when a piece of evidence was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The submission without it.
    pub submission: Submission,
    /// The piece itself, if no version that was handed in has it: the service has forgotten it, and its file, if
    /// it is one, is noted to be removed.
    pub discarded: Option<Evidence>,
}

/// Takes a piece of evidence out of what is being prepared. Versions that were handed in keep it.
pub fn remove_evidence(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<Removed, Error> {
    retried(ATTEMPTS, || remove(app, earner, id, evidence, now))
}

fn remove(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
    now: Timestamp,
) -> Result<Removed, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let mut submission = held.value.clone();
    let place = submission
        .evidence
        .iter()
        .position(|entry| entry.id == evidence);
    let entry = submission.evidence.remove(place.ok_or(Error::NotFound)?);
    let texts = spoken::not_handed_in(app, &held.value, entry.spoken.all())?;
    if entry.first_version <= submission.versions {
        app.store.put_spoken(&held, &submission, None, &texts)?;
        return Ok(Removed {
            submission,
            discarded: None,
        });
    }
    let discarded = app.store.evidence(id, evidence)?;
    let let_go = match &discarded {
        Some(piece) => Some(upload::let_go(app, piece, &submission.organisation, now)?),
        None => None,
    };
    app.store
        .discard_evidence(&held, &submission, evidence, &texts, let_go)?;
    Ok(Removed {
        submission,
        discarded,
    })
}

pub(super) fn push_entry(
    submission: &mut Submission,
    id: EvidenceId,
    requirement: Option<&RequirementId>,
) {
    submission.evidence.push(EvidenceEntry {
        id,
        requirement: requirement.cloned(),
        sharing: Sharing::Private,
        first_version: submission.versions + 1,
        spoken: SpokenTexts::default(),
        excerpt: None,
        students: None,
    });
}

/// Whether another piece for this requirement has room.
pub(crate) fn check_room(
    submission: &Submission,
    asked: &EvidenceRequirement,
) -> Result<(), Error> {
    if submission.evidence.len() >= EVIDENCE {
        return Err(too_many());
    }
    check_most(submission, asked)
}

fn must_answer(
    app: &App,
    submission: &Submission,
    requirement: &RequirementId,
    content: &EvidenceContent,
) -> Result<(), Error> {
    let micro_credential = micro_credential::published(app, &submission.micro_credential)?;
    let Some(asked) = micro_credential.content.requirement(requirement) else {
        return Err(Error::invalid(
            "/requirement",
            "the micro-credential asks for nothing of this name",
        ));
    };
    content.answers(asked)?;
    check_most(submission, asked)
}

fn check_most(submission: &Submission, asked: &EvidenceRequirement) -> Result<(), Error> {
    let answers = submission.answers_to(&asked.id).count();
    match asked.most {
        Some(most) if answers >= most as usize => Err(Error::invalid(
            "/requirement",
            "there are as many pieces for this as are asked for: take one out first",
        )),
        _ => Ok(()),
    }
}

fn too_many() -> Error {
    let message = format!("a submission has at most {EVIDENCE} pieces of evidence");
    Error::invalid("/evidence", message)
}

/// What a reviewer can be asked to look at.
const EVIDENCE: usize = 20;
