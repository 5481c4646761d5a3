//! A submission: one person's way from the first piece of evidence to a decision.
//!
//! What is handed in is frozen as a version with a manifest. After feedback the person changes
//! what was not enough and hands in the next version; earlier versions stay as they were, and
//! criteria that were met stay met.

mod evidence;
mod manifest;
mod proof;

use crate::adoption;
use crate::app::App;
use crate::digest::Salt;
use crate::error::Error;
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, PersonId,
    RequirementId, SubmissionId,
};
use crate::micro_credential::{self, EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::review::Lot;
use crate::store::{StoreError, Stored};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use evidence::{Evidence, EvidenceContent, EvidenceFile, Link, LinkError, Piece};
pub use manifest::{Manifest, ManifestEntry, Version};
pub use proof::{Assessed, EvidenceProof, EvidenceProofError, FileDigest};

/// One person's work towards one micro-credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Its identifier.
    pub id: SubmissionId,
    /// What it is for; a published version, which never changes.
    pub micro_credential: MicroCredentialId,
    /// The organisation that reviews it, and issues the badge.
    pub organisation: OrganisationId,
    /// Whose work it is.
    pub earner: PersonId,
    /// When it was begun. There is no deadline.
    pub started: Timestamp,
    /// How far it has come.
    pub state: State,
    /// The evidence of the version that is being prepared, or was last handed in.
    pub evidence: Vec<EvidenceEntry>,
    /// How many versions were handed in.
    pub versions: u32,
    /// The criteria met so far.
    pub met: Vec<MetCriterion>,
}

/// How far a submission has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The earner is collecting evidence for the first version.
    Draft,
    /// The last version waits for a review.
    Submitted,
    /// A review gave feedback: the earner may change the evidence and hand in again.
    Returned,
    /// All criteria are met, and an award was made.
    Accepted {
        /// The award.
        award: AwardId,
    },
    /// A reviewer declined it for good.
    Declined {
        /// Why.
        rationale: Prose,
    },
    /// The earner took it back.
    Withdrawn,
}

impl State {
    /// How far it has come, for comparing two.
    pub(crate) fn progress(&self) -> u8 {
        match self {
            State::Withdrawn | State::Declined { .. } => 0,
            State::Draft => 1,
            State::Returned => 2,
            State::Submitted => 3,
            State::Accepted { .. } => 4,
        }
    }
}

/// A piece of evidence within a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceEntry {
    /// Its identifier.
    pub id: EvidenceId,
    /// What it answers to.
    pub requirement: RequirementId,
    /// Whether the badge may name it.
    pub sharing: Sharing,
    /// The first version that has it, or will have it.
    pub first_version: u32,
}

/// Whether a piece of evidence may be named in the badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// For the review alone.
    Private,
    /// The badge names it and its digest, and whoever sees the badge may see it.
    Shared,
}

/// A criterion that was met, by which version and at what level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetCriterion {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level reached.
    pub level: LevelId,
    /// The version that reached it.
    pub version: u32,
}

/// Begins work towards a published micro-credential.
///
/// There is one submission a person and micro-credential, unless an earlier one was withdrawn or
/// declined.
pub fn start(
    app: &App,
    earner: &Person,
    id: &MicroCredentialId,
    now: Timestamp,
) -> Result<Submission, Error> {
    let published = micro_credential::published(app, id)?;
    let owner = published.organisation;
    start_under(app, earner, id, &owner, now)
}

/// Begins work that an organisation will review and issue: the micro-credential's owner, or one
/// that has adopted it.
pub fn start_under(
    app: &App,
    earner: &Person,
    id: &MicroCredentialId,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<Submission, Error> {
    let published = micro_credential::published(app, id)?;
    if *organisation != published.organisation {
        // An adopter goes on with the version it adopted until it has adopted the next one.
        if !adoption::is_granted(app, id, organisation)? {
            return Err(Error::invalid(
                "/organisation",
                "this organisation does not issue this micro-credential",
            ));
        }
    } else if published.superseded_by.is_some() {
        return Err(Error::conflict(
            "a newer version of this micro-credential is out: begin with that one",
        ));
    }
    if published.content.is_stack() {
        return Err(Error::conflict(
            "this is earned by earning what it is made of: nothing is handed in for it",
        ));
    }
    let submission = Submission {
        id: SubmissionId::draw(&app.random),
        micro_credential: published.id,
        organisation: organisation.clone(),
        earner: earner.id,
        started: now,
        state: State::Draft,
        evidence: Vec::new(),
        versions: 0,
        met: Vec::new(),
    };
    match app.store.add_submission(&submission) {
        Err(StoreError::Conflict) => Err(Error::conflict(
            "there is a submission of this person for this micro-credential",
        )),
        other => Ok(other.map(|()| submission)?),
    }
}

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

/// Hands in what was prepared: freezes it as a version, and gives the receipt.
pub fn submit(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    note: Option<Prose>,
    now: Timestamp,
) -> Result<Version, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;
    let missing = held.value.missing(&micro_credential);
    if !missing.is_empty() {
        return Err(Error::SubmissionIncomplete { missing });
    }
    if held.value.versions >= VERSIONS {
        return Err(Error::conflict(
            "this submission was handed in as often as it can be",
        ));
    }
    let mut changed = held.value.clone();
    changed.versions += 1;
    changed.state = State::Submitted;
    let mut entries = Vec::new();
    for entry in &changed.evidence {
        let evidence = app
            .store
            .evidence(id, entry.id)?
            .ok_or(Error::Missing("a piece of evidence"))?;
        entries.push(ManifestEntry {
            id: entry.id,
            requirement: entry.requirement.clone(),
            kind: evidence.content.kind(),
            salted_sha256: evidence.content.sha256().salted(&evidence.salt),
        });
    }
    let manifest = Manifest {
        submission: id,
        version: changed.versions,
        micro_credential: changed.micro_credential.clone(),
        rubric_sha256: micro_credential.content.rubric.sha256(),
        submitted: now,
        evidence: entries,
    };
    let version = Version {
        manifest_sha256: manifest.sha256(),
        manifest,
        note,
    };
    let lot = Lot::draw(&app.random);
    app.store.add_version(&held, &changed, &version, lot)?;
    Ok(version)
}

/// Takes the submission back. No record of failure is left: the person may begin anew.
pub fn withdraw(app: &App, earner: &Person, id: SubmissionId) -> Result<Submission, Error> {
    let held = held_by_its_earner(app, earner, id)?;
    match held.value.state {
        State::Draft | State::Submitted | State::Returned => {}
        State::Accepted { .. } | State::Declined { .. } | State::Withdrawn => {
            return Err(Error::conflict(
                "this submission is decided or was withdrawn before",
            ));
        }
    }
    let changed = Submission {
        state: State::Withdrawn,
        ..held.value.clone()
    };
    app.store.withdraw(&held, &changed)?;
    Ok(changed)
}

/// Shows a submission to its earner; to everybody else it does not exist.
pub fn of_earner(app: &App, earner: &Person, id: SubmissionId) -> Result<Submission, Error> {
    Ok(held_by_its_earner(app, earner, id)?.value)
}

/// Shows a piece of evidence to the person whose it is.
pub fn evidence_of_earner(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Evidence, Error> {
    let evidence = app.store.evidence(id, evidence)?.ok_or(Error::NotFound)?;
    if !earner.is(evidence.owner) {
        return Err(Error::NotFound);
    }
    Ok(evidence)
}

/// The place of a piece of evidence among those of its submission, from 1 on; nothing if it is no longer
/// among them.
pub fn number_of_evidence(
    app: &App,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Option<usize>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    let mut entries = held.value.evidence.iter();
    let place = entries.position(|entry| entry.id == evidence);
    Ok(place.map(|place| place + 1))
}

fn held_by_its_earner(
    app: &App,
    earner: &Person,
    id: SubmissionId,
) -> Result<Stored<Submission>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    if !earner.is(held.value.earner) {
        return Err(Error::NotFound);
    }
    Ok(held)
}

impl Submission {
    /// The requirements that fewer pieces answer to than are asked for.
    pub fn missing(&self, micro_credential: &MicroCredential) -> Vec<RequirementId> {
        let unanswered = |asked: &&EvidenceRequirement| {
            let entries = self.evidence.iter();
            let answers = entries.filter(|entry| entry.requirement == asked.id);
            answers.count() < asked.least as usize
        };
        let asked = micro_credential.content.evidence_requirements.iter();
        asked
            .filter(unanswered)
            .map(|asked| asked.id.clone())
            .collect()
    }

    fn must_be_in_preparation(&self) -> Result<(), Error> {
        match self.state {
            State::Draft | State::Returned => Ok(()),
            State::Submitted => Err(Error::conflict("this submission waits for its review")),
            State::Accepted { .. } | State::Declined { .. } => {
                Err(Error::conflict("this submission is decided"))
            }
            State::Withdrawn => Err(Error::conflict("this submission was withdrawn")),
        }
    }
}

/// What a reviewer can be asked to look at.
const EVIDENCE: usize = 20;
/// Nobody needs more attempts, and a stranger could otherwise fill the store with them.
const VERSIONS: u32 = 50;
