//! A submission: one person's way from the first piece of evidence to a decision.
//!
//! What is handed in is frozen as a version with a manifest. After feedback the person changes
//! what was not enough and hands in the next version; earlier versions stay as they were, and
//! criteria that were met stay met.

mod addressed;
mod changes;
mod checklist;
mod colleague;
mod collecting;
mod evidence;
mod excerpt;
mod handing_in;
mod manifest;
mod outline;
mod preparation;
mod privacy;
mod proof;
mod reading;
mod redaction;
mod sharing;
mod spoken;
mod students;
mod warnings;
mod writing;

use crate::adoption;
use crate::app::App;
use crate::error::Error;
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, PersonId,
    RequirementId, SubmissionId,
};
use crate::micro_credential::{self, EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use addressed::Offer;
pub(crate) use addressed::{offer, open_shown, show_to};
pub use changes::Changes;
pub use checklist::{Checklist, ChecklistItem};
pub(crate) use colleague::{COMMENTS, ColleagueLink, EVER_ASKED, is_admitted};
pub use colleague::{
    Colleague, Comment, CommentKind, SharedDraft, SharedPiece, accept_invitation, colleagues,
    comment, comments, dismiss_colleague, drafts_shown_to, invite_colleague, look_at_invitation,
    shared_draft, shared_evidence,
};
pub use collecting::{Removed, add_evidence, attach_evidence, collect_evidence, remove_evidence};
pub(crate) use collecting::{add_file, check_room};
pub use evidence::{
    Evidence, EvidenceContent, EvidenceFile, Link, LinkError, Piece, RemovedContent,
};
pub use excerpt::{Excerpt, Second, SecondError, set_excerpt};
pub use handing_in::{HandingIn, submit};
pub use manifest::{Manifest, ManifestEntry, Version};
pub(crate) use outline::outline;
pub use outline::{Outline, Stage};
pub use preparation::{ContextAnswer, ContextEntry, Outcome, Preparation, preparation, prepare};
pub use privacy::{PrivacyAgreement, PrivacyDigest, PrivacyStatement};
pub use proof::{
    Assessed, AssessedForm, EvidenceProof, EvidenceProofError, FileDigest, ShownProof,
};
pub(crate) use reading::of_entry;
pub use reading::{
    begun, checklist, evidence_of_earner, evidence_proof, number_of_evidence, of_earner,
    version_of_earner,
};
pub use redaction::{AREAS, Area, Redaction, RedactionError};
pub(crate) use redaction::{Covering, to_be_covered};
pub(crate) use sharing::EVIDENCE_BYTES;
pub use sharing::{SharingError, share_evidence};
pub(crate) use spoken::text_of as spoken_text;
pub use spoken::{
    Spoken, SpokenEntry, SpokenText, SpokenTexts, is_recording, remove_spoken, spoken, write_spoken,
};
pub use students::{
    Consent, ConsentGiver, ConsentStatement, NewConsent, Students, mark_students, unmark_students,
    withdraw_consent,
};
pub use warnings::{About, Warning, WarningKind, warnings};
pub(crate) use writing::{PieceChange, REVISIONS};
pub use writing::{Revision, Writing, restore_writing, revisions, save_writing, writing};

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
    /// What it answers to; nothing while it is only collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<RequirementId>,
    /// Whether the badge may name it.
    pub sharing: Sharing,
    /// The first version that has it, or will have it.
    pub first_version: u32,
    /// What is said in it, written down.
    #[serde(default, skip_serializing_if = "SpokenTexts::are_none")]
    pub spoken: SpokenTexts,
    /// The part of a recording that is to be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
    /// Whether it has words or work of students in it, and how their consent stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub students: Option<Students>,
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

/// Takes the submission back. No record of failure is left: the person may begin anew.
pub fn withdraw(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    now: Timestamp,
) -> Result<Submission, Error> {
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
    app.store.withdraw(&held, &changed, now)?;
    Ok(changed)
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
            self.answers_to(&asked.id).count() < asked.least as usize
        };
        let asked = micro_credential.content.evidence_requirements.iter();
        asked
            .filter(unanswered)
            .map(|asked| asked.id.clone())
            .collect()
    }

    /// The pieces that answer to a requirement.
    pub fn answers_to(&self, requirement: &RequirementId) -> impl Iterator<Item = &EvidenceEntry> {
        let entries = self.evidence.iter();
        entries.filter(move |entry| entry.requirement.as_ref() == Some(requirement))
    }

    /// Whether its evidence can be changed now.
    pub(crate) fn must_be_in_preparation(&self) -> Result<(), Error> {
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

/// More than one person does at once in all their windows.
const ATTEMPTS: usize = 64;
