//! A review: one version of a submission held against the rubric.
//!
//! The decision is not the reviewer's to choose: it follows from the levels. All criteria met is
//! an award; anything less goes back to the earner with a comment on every criterion that is not
//! met. A finished review is final for its version.

mod judging;

use self::judging::judge;
use crate::app::App;
use crate::award::{Achieved, Assessment, Award};
use crate::error::Error;
use crate::id::{
    AwardId, CriterionId, EvidenceId, LevelId, MicroCredentialId, OrganisationId, PersonId,
    SubmissionId,
};
use crate::micro_credential::{self, MicroCredential};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::random::Random;
use crate::rubric::Rubric;
use crate::store::Stored;
use crate::submission::{self, Evidence, MetCriterion, Submission, Version};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A finished review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The submission.
    pub submission: SubmissionId,
    /// The version that was reviewed.
    pub version: u32,
    /// Who reviewed it.
    pub reviewer: PersonId,
    /// The levels of the criteria that were open.
    pub scores: Vec<Score>,
    /// What the reviewer says about the whole.
    pub comment: Option<Prose>,
    /// What followed.
    pub decision: Decision,
    /// When.
    pub finished: Timestamp,
}

/// The level of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The criterion.
    pub criterion: CriterionId,
    /// The level reached.
    pub level: LevelId,
    /// Why, and what is missing; needed where the criterion is not met.
    pub comment: Option<Prose>,
}

/// What follows from a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// All criteria are met.
    Accepted {
        /// The award that was made.
        award: AwardId,
    },
    /// Some criteria are not met yet; the earner may hand in again.
    Returned {
        /// Those criteria.
        unmet: Vec<CriterionId>,
    },
    /// The reviewer declined the submission for good.
    Declined,
}

/// A submission that waits for a review, without its earner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The organisation that reviews it.
    pub organisation: OrganisationId,
    /// The submission.
    pub submission: SubmissionId,
    /// What it is for.
    pub micro_credential: MicroCredentialId,
    /// The version that waits.
    pub version: u32,
    /// Since when.
    pub since: Timestamp,
    /// Drawn when it was handed in, and shown to nobody: whether a sample takes it.
    #[serde(default)]
    pub lot: Lot,
}

/// A number from 0 to 99 that nobody has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot(u32);

impl Lot {
    /// Draws one.
    pub fn draw(random: &Random) -> Lot {
        Lot(random.below(100))
    }
}

impl Waiting {
    /// The place in the queue of a version that was handed in.
    pub fn new(organisation: OrganisationId, version: &Version, lot: Lot) -> Waiting {
        let manifest = &version.manifest;
        Waiting {
            organisation,
            submission: manifest.submission,
            micro_credential: manifest.micro_credential.clone(),
            version: manifest.version,
            since: manifest.submitted,
            lot,
        }
    }
}

/// What a reviewer sees: everything that was handed in, and not by whom.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The submission.
    pub submission: SubmissionId,
    /// What it is for, with the rubric.
    pub micro_credential: MicroCredential,
    /// The version as it was handed in.
    pub version: Version,
    /// The pieces of evidence in it.
    pub evidence: Vec<Evidence>,
    /// The criteria met by earlier versions; they need no score.
    pub met: Vec<MetCriterion>,
    /// The reviews of earlier versions.
    pub earlier: Vec<Review>,
}

/// Lists what waits for a review by an organisation, oldest first, leaving out the reviewer's own
/// submissions.
pub fn queue(
    app: &App,
    organisation: &OrganisationId,
    reviewer: &Person,
    asked: &PageRequest,
) -> Result<Page<Waiting>, Error> {
    Ok(app.store.waiting(organisation, reviewer.id, asked)?)
}

/// Opens what waits for a review.
pub fn open(app: &App, reviewer: &Person, id: SubmissionId) -> Result<Reading, Error> {
    let held = open_for(app, reviewer, id)?;
    let submission = held.value;
    let version = app
        .store
        .version(id, submission.versions)?
        .ok_or(Error::Missing("the version that waits"))?;
    let mut evidence = Vec::new();
    for entry in &version.manifest.evidence {
        evidence.push(
            app.store
                .evidence(id, entry.id)?
                .ok_or(Error::Missing("a piece of evidence"))?,
        );
    }
    let micro_credential = micro_credential::published(app, &submission.micro_credential)?;
    let earlier = app.store.reviews(id)?;
    Ok(Reading {
        submission: id,
        micro_credential,
        version,
        evidence,
        met: submission.met,
        earlier,
    })
}

/// Shows a reviewer one piece of the evidence that waits for a review.
pub fn evidence(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    evidence: EvidenceId,
) -> Result<Evidence, Error> {
    let reading = open(app, reviewer, id)?;
    reading
        .evidence
        .into_iter()
        .find(|piece| piece.id == evidence)
        .ok_or(Error::NotFound)
}

/// Shows the earner the feedback on the versions, oldest first.
pub fn feedback(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    asked: &PageRequest,
) -> Result<Page<Review>, Error> {
    submission::of_earner(app, earner, id)?;
    Ok(app.store.page_of_reviews(id, asked)?)
}

/// Finishes the review of one version.
///
/// Scores are given for the criteria that are not met yet, all of them. Of two reviewers who
/// finish at once one is told that the other came first.
pub fn finish(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    version: u32,
    scores: Vec<Score>,
    comment: Option<Prose>,
    now: Timestamp,
) -> Result<Review, Error> {
    let held = open_for(app, reviewer, id)?;
    held.value.must_wait_as(version)?;
    let micro_credential = micro_credential::published(app, &held.value.micro_credential)?;
    let rubric = &micro_credential.content.rubric;
    let decision = micro_credential.content.decision;
    let judged = judge(rubric, decision, &held.value.met, &scores, version)?;
    let reviewed = app.store.version(id, version)?;
    let reviewed = reviewed.ok_or(Error::Missing("the version that waits"))?;

    let mut changed = held.value.clone();
    changed.met.extend(judged.met);
    let award = judged.unmet.is_empty().then(|| Award {
        id: AwardId::draw(&app.random),
        submission: Some(id),
        version,
        micro_credential: changed.micro_credential.clone(),
        organisation: changed.organisation.clone(),
        earner: changed.earner,
        achieved: achieved(rubric, &changed.met),
        assessment: Some(Assessment {
            reviewers: 1,
            blind: true,
            rubric_sha256: reviewed.manifest.rubric_sha256,
            manifest_sha256: reviewed.manifest_sha256,
            version,
        }),
        awarded: now,
    });
    let review = Review {
        submission: id,
        version,
        reviewer: reviewer.id,
        scores,
        comment,
        decision: match &award {
            Some(award) => Decision::Accepted { award: award.id },
            None => Decision::Returned {
                unmet: judged.unmet,
            },
        },
        finished: now,
    };
    match award {
        Some(award) => {
            changed.state = submission::State::Accepted { award: award.id };
            app.store.accept(&held, &changed, &review, &award)?;
        }
        None => {
            changed.state = submission::State::Returned;
            app.store.send_back(&held, &changed, &review)?;
        }
    }
    Ok(review)
}

/// Declines a submission for good, whatever the rubric says: the work is not the earner's own,
/// or shows people who did not agree to it. Nothing is issued.
pub fn decline(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    version: u32,
    rationale: Prose,
    now: Timestamp,
) -> Result<Review, Error> {
    let held = open_for(app, reviewer, id)?;
    held.value.must_wait_as(version)?;
    let review = Review {
        submission: id,
        version,
        reviewer: reviewer.id,
        scores: Vec::new(),
        comment: Some(rationale.clone()),
        decision: Decision::Declined,
        finished: now,
    };
    let changed = Submission {
        state: submission::State::Declined { rationale },
        ..held.value.clone()
    };
    app.store.decline(&held, &changed, &review)?;
    Ok(review)
}

/// The level reached in every criterion, in the order of the rubric.
fn achieved(rubric: &Rubric, met: &[MetCriterion]) -> Vec<Achieved> {
    let reached = |id: &CriterionId| met.iter().find(|met| met.criterion == *id);
    let criteria = rubric.criteria().iter();
    criteria
        .filter_map(|criterion| reached(&criterion.id))
        .map(|met| Achieved {
            criterion: met.criterion.clone(),
            level: met.level.clone(),
        })
        .collect()
}

/// Finds a submission for this reviewer. Their own they know of, so that one is not hidden.
fn open_for(app: &App, reviewer: &Person, id: SubmissionId) -> Result<Stored<Submission>, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    if reviewer.is(held.value.earner) {
        return Err(Error::OwnSubmission);
    }
    match held.value.state {
        submission::State::Submitted => Ok(held),
        // What was never handed in, or was taken back, is nobody's business but the earner's.
        submission::State::Draft | submission::State::Withdrawn => Err(Error::NotFound),
        submission::State::Returned
        | submission::State::Accepted { .. }
        | submission::State::Declined { .. } => {
            Err(Error::conflict("the review of this version is finished"))
        }
    }
}

impl Submission {
    fn must_wait_as(&self, version: u32) -> Result<(), Error> {
        if self.versions == version {
            return Ok(());
        }
        Err(Error::conflict(
            "another version of this submission waits for its review",
        ))
    }
}
