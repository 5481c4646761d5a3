//! Claims: one person at a time reviews a version, and nobody finishes without a claim.

use super::eligibility::{eligibility, must_be_certified};
use super::scoring::check_comments;
use super::waiting::{Claim, Waiting};
use super::{Draft, ReviewError};
use crate::app::{App, Step};
use crate::error::Error;
use crate::id::SubmissionId;
use crate::micro_credential;
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::submission::{self, Submission};
use schemas::timestamp::Timestamp;

/// Claims a version that waits, for as many hours as its policy gives. Who has claimed it already
/// keeps the claim they have.
pub fn claim(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    now: Timestamp,
) -> Result<Waiting, Error> {
    let held = Held::of(app, reviewer, id)?;
    must_be_certified(app, reviewer, &held.submission.value, now)?;
    let waiting = &held.waiting.value;
    if let Some(live) = waiting.live_claim(app, now)? {
        return match reviewer.is(live.reviewer) {
            true => Ok(waiting.clone()),
            false => Err(ReviewError::Claimed.into()),
        };
    }
    if app.store.claims_of(&waiting.organisation, reviewer, now)? >= CLAIMS {
        return Err(ReviewError::TooManyClaims { most: CLAIMS }.into());
    }
    let wanted = micro_credential::published(app, &waiting.micro_credential)?;
    let hours = i64::from(wanted.content.review.claim_hours);
    let mut changed = waiting.clone();
    changed.claim = Some(Claim {
        reviewer: reviewer.id,
        since: now,
        until: now.plus_seconds(hours * 60 * 60),
    });
    match app.store.replace_waiting(&held.waiting, &changed) {
        // Of two who claim at once, one is told that the other came first.
        Err(StoreError::Conflict) => Err(ReviewError::Claimed.into()),
        other => {
            other?;
            app.observe(Step::Claimed);
            Ok(changed)
        }
    }
}

/// Gives a claim back. What was scored so far stays, for whoever scored it alone.
pub fn release(app: &App, reviewer: &Person, id: SubmissionId) -> Result<(), Error> {
    let held = Held::of(app, reviewer, id)?;
    if !held.waiting.value.is_claimed_by(reviewer) {
        return Err(ReviewError::ClaimMissing.into());
    }
    let released = Waiting {
        claim: None,
        ..held.waiting.value.clone()
    };
    Ok(app.store.replace_waiting(&held.waiting, &released)?)
}

/// Keeps what a reviewer has scored so far. That the time of the claim is over does not matter, as
/// long as nobody else has claimed it.
pub fn keep_draft(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    draft: &Draft,
) -> Result<(), Error> {
    let held = Held::of(app, reviewer, id)?;
    let waiting = &held.waiting.value;
    if !waiting.is_claimed_by(reviewer) {
        return Err(ReviewError::ClaimMissing.into());
    }
    held.submission.value.must_wait_as(draft.version)?;
    let wanted = micro_credential::published(app, &waiting.micro_credential)?;
    for (place, score) in draft.scores.iter().enumerate() {
        let criterion = wanted.content.rubric.criterion(&score.criterion);
        let Some(criterion) = criterion.filter(|_| place < wanted.content.rubric.criteria().len())
        else {
            let pointer = format!("/scores/{place}/criterion");
            return Err(Error::invalid(pointer, "the rubric has no such criterion"));
        };
        if score
            .level
            .as_ref()
            .is_some_and(|level| criterion.level(level).is_none())
        {
            let pointer = format!("/scores/{place}/level");
            return Err(Error::invalid(pointer, "the criterion has no such level"));
        }
    }
    let said = draft.scores.iter();
    let said = said.map(|score| (score.comment.as_ref(), score.pins.as_slice()));
    check_comments(said, draft.comment.as_ref(), &held.evidence())?;
    app.store
        .put_review_draft(&held.waiting, reviewer.id, draft)?;
    Ok(())
}

/// A submission that waits for this person, as the store has it.
pub struct Held {
    pub submission: Stored<Submission>,
    pub waiting: Stored<Waiting>,
}

impl Held {
    /// Finds what waits for a review by this person. Their own they know of, so that one is not
    /// hidden.
    pub fn of(app: &App, reviewer: &Person, id: SubmissionId) -> Result<Held, Error> {
        let submission = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
        eligibility(app, reviewer, &submission.value)?;
        match submission.value.state {
            submission::State::Submitted => {}
            // What was never handed in, or was taken back, is nobody's business but the earner's.
            submission::State::Draft | submission::State::Withdrawn => return Err(Error::NotFound),
            submission::State::Returned
            | submission::State::Accepted { .. }
            | submission::State::Declined { .. } => {
                return Err(Error::conflict("the review of this version is finished"));
            }
        }
        let waiting = app.store.waiting_held(&submission.value)?;
        // It was decided or taken back since the submission was read.
        let waiting = waiting.ok_or_else(|| Error::conflict("another change came first"))?;
        waiting.value.must_be_for(app, reviewer)?;
        Ok(Held {
            submission,
            waiting,
        })
    }

    /// The pieces of evidence of the version that waits: it is the one in preparation, frozen.
    pub fn evidence(&self) -> std::collections::BTreeSet<crate::id::EvidenceId> {
        let entries = self.submission.value.evidence.iter();
        entries.map(|entry| entry.id).collect()
    }
}

impl Submission {
    pub(super) fn must_wait_as(&self, version: u32) -> Result<(), Error> {
        if self.versions == version {
            return Ok(());
        }
        Err(Error::conflict(
            "another version of this submission waits for its review",
        ))
    }
}

/// More than anybody reviews within the time of a claim; the others are for others.
const CLAIMS: usize = 20;
