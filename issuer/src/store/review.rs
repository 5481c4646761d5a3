//! What the store knows of reviews: what waits, who has claimed it, and what everybody found.
//!
//! Every change of a review requires that the record of what waits is the one that was read. It goes
//! with the decision, so that there is one decision at most.

use super::submission::{OpenAward, change};
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{OrganisationId, PersonId, SubmissionId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::retention::{End, Ended};
use crate::review::{Decided, Draft, Held, Review, Scoring, Seat, Verdict, Waiting};
use crate::submission::{State, Submission};
use schemas::timestamp::Timestamp;

impl Store {
    /// Finds what is known of a submission that waits for a review.
    pub(crate) fn waiting_held(
        &self,
        submission: &Submission,
    ) -> Result<Option<Stored<Waiting>>, StoreError> {
        match self.version(submission.id, submission.versions)? {
            None => Ok(None),
            Some(version) => self.read(&layout::waiting(
                &submission.organisation,
                version.manifest.submitted,
                submission.id,
            )),
        }
    }

    /// Lists what waits for a review by an organisation, oldest first, without what `keep` gives
    /// nothing for.
    pub(crate) fn waiting<T>(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
        keep: impl FnMut(Waiting) -> Result<Option<T>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        self.page(&layout::review_queue(organisation), asked, keep)
    }

    /// Lists up to `limit` of what waits for a review by an organisation, oldest first.
    pub(crate) fn first_waiting(
        &self,
        organisation: &OrganisationId,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        let found = self.read_all(&layout::review_queue(organisation), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// How many versions somebody has claimed whose time is not over.
    pub(crate) fn claims_of(
        &self,
        organisation: &OrganisationId,
        reviewer: &Person,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let waiting = self.first_waiting(organisation, CLAIMED_AMONG)?;
        let theirs = |one: &&Waiting| {
            let claim = one.claim.as_ref();
            claim.is_some_and(|claim| reviewer.is(claim.reviewer) && now < claim.until)
        };
        Ok(waiting.iter().filter(theirs).count())
    }

    /// Writes who has claimed what waits; conflicts if anything happened to it meanwhile.
    pub(crate) fn replace_waiting(
        &self,
        held: &Stored<Waiting>,
        changed: &Waiting,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Finds what a reviewer has scored so far.
    pub(crate) fn review_draft(
        &self,
        submission: SubmissionId,
        reviewer: PersonId,
    ) -> Result<Option<Draft>, StoreError> {
        let found = self.read::<Draft>(&layout::review_draft(submission, reviewer))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Writes what a reviewer has scored so far; conflicts if anything happened to what waits.
    pub(crate) fn put_review_draft(
        &self,
        held: &Stored<Waiting>,
        reviewer: PersonId,
        draft: &Draft,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::review_draft(held.value.submission, reviewer), draft)?;
        self.commit(batch)
    }

    /// Lists what everybody found of one version, in the order of seats.
    pub fn scorings(
        &self,
        submission: SubmissionId,
        version: u32,
    ) -> Result<Vec<Scoring>, StoreError> {
        let found = self.read_all(&layout::scorings(submission, version), b"", SEATS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Writes what somebody found, and whose turn it is next.
    pub(crate) fn hand_on(
        &self,
        held: &Stored<Waiting>,
        seat: Seat,
        scoring: &Scoring,
    ) -> Result<(), StoreError> {
        let mut changed = held.value.clone();
        changed.seat = seat;
        changed.claim = None;
        changed.scored_by.push(scoring.reviewer);
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &changed)?;
        self.put_scoring(&mut batch, scoring)?;
        batch.delete(layout::review_draft(scoring.submission, scoring.reviewer));
        self.commit(batch)
    }

    /// The batch that writes a decision: what the last one found, the review, the submission, and the
    /// award if it is accepted. There is never one without the others.
    pub(crate) fn deciding(&self, held: &Held, verdict: &Verdict<'_>) -> Result<Batch, StoreError> {
        let (changed, review) = (&verdict.changed, &verdict.review);
        let mut batch = change(&held.submission, changed)?;
        held.waiting.require_unchanged(&mut batch);
        self.leave_queue(&mut batch, changed)?;
        self.put_scoring(&mut batch, verdict.scoring)?;
        let key = layout::review(review.submission, review.version);
        batch.require_absent(key.clone());
        batch.put_record(key, review)?;
        let key = layout::decided(&changed.organisation, &verdict.decided);
        batch.put_record(key, &verdict.decided)?;
        let end = match changed.state {
            State::Accepted { .. } => Some(End::Accepted),
            State::Declined { .. } => Some(End::Unaccepted),
            _ => None,
        };
        if let Some(end) = end {
            let ended = Ended::new(changed, end, review.finished);
            self.put_evidence_ended(&mut batch, changed.id, &ended)?;
        }
        match (&verdict.award, &changed.state) {
            (Some(award), _) => {
                let open = OpenAward { award: award.id };
                self.put_award(&mut batch, award)?;
                batch.put_record(layout::stack_check(award.id), &open)?;
            }
            (None, State::Declined { .. }) => {
                self.leave_list(&mut batch, changed)?;
            }
            (None, _) => {}
        }
        Ok(batch)
    }

    /// Lists up to `limit` decisions of an organisation, the last one first.
    pub fn last_decided(
        &self,
        organisation: &OrganisationId,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        let found = self.read_all(&layout::decided_by(organisation), b"", limit)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Lists the finished reviews of a submission page by page, oldest first.
    pub(crate) fn page_of_reviews(
        &self,
        submission: SubmissionId,
        asked: &PageRequest,
    ) -> Result<Page<Review>, StoreError> {
        self.page(&layout::reviews(submission), asked, |review| {
            Ok(Some(review))
        })
    }

    /// Lists the finished reviews of a submission, oldest first.
    pub(crate) fn reviews(&self, submission: SubmissionId) -> Result<Vec<Review>, StoreError> {
        let found = self.read_all::<Review>(&layout::reviews(submission), b"", REVIEWS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Takes a submission out of the queue in a batch, with whatever was scored and not finished.
    pub(super) fn leave_queue(
        &self,
        batch: &mut Batch,
        submission: &Submission,
    ) -> Result<(), StoreError> {
        if let Some(version) = self.version(submission.id, submission.versions)? {
            let since = version.manifest.submitted;
            batch.delete(layout::waiting(
                &submission.organisation,
                since,
                submission.id,
            ));
            let drafts = layout::review_drafts(submission.id);
            for (key, _) in self.engine().scan(&drafts, b"", DRAFTS)? {
                batch.delete(key);
            }
        }
        Ok(())
    }

    fn put_scoring(&self, batch: &mut Batch, scoring: &Scoring) -> Result<(), StoreError> {
        let key = layout::scoring(scoring);
        batch.require_absent(key.clone());
        batch.put_record(key, scoring)
    }
}

/// Two reviewers and an adjudicator.
const SEATS: usize = 3;
/// There are at most as many reviews as versions.
const REVIEWS: usize = 1_000;
/// Claims are on the oldest ones, as those are offered first.
const CLAIMED_AMONG: usize = 1_000;
/// Everybody who has claimed a version and not finished it.
const DRAFTS: usize = 1_000;
