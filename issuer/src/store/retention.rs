//! What the store knows of what is kept how long, and how it lets go of what is over.

use super::removal::put_removal;
use super::submission::change;
use super::upload::put_space;
use super::{Store, StoreError, Stored};
use crate::awarding::list::{AwardList, State};
use crate::badge::bulk::Bulk;
use crate::engine::Batch;
use crate::event::Recorded;
use crate::id::{EvidenceId, OrganisationId, PersonId, SubmissionId};
use crate::layout;
use crate::retention::{End, Ended};
use crate::submission::{Evidence, SpokenText, Submission};
use crate::upload::LetGo;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

impl Store {
    /// Since when a submission has ended, if it has and its evidence was not removed.
    pub(crate) fn evidence_ended(
        &self,
        id: SubmissionId,
    ) -> Result<Option<Stored<Ended>>, StoreError> {
        self.read(&layout::evidence_ended(id))
    }

    /// Notes in a batch that a submission has ended.
    pub(crate) fn put_evidence_ended(
        &self,
        batch: &mut Batch,
        id: SubmissionId,
        ended: &Ended,
    ) -> Result<(), StoreError> {
        let entry = Entry { submission: id };
        batch.put_record(layout::evidence_ended(id), ended)?;
        batch.put_record(layout::evidence_queued(id, ended), &entry)
    }

    /// Writes in a batch what an earner was told, or asked for. What is kept is in no queue.
    pub(crate) fn put_evidence_told(
        &self,
        batch: &mut Batch,
        held: &Stored<Ended>,
        (id, changed): (SubmissionId, &Ended),
        earner: PersonId,
    ) -> Result<(), StoreError> {
        let entry = Entry { submission: id };
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)?;
        batch.put_record(layout::evidence_told(earner, id), &entry)?;
        let queued = layout::evidence_queued(id, changed);
        match changed.kept {
            Some(_) => batch.delete(queued),
            None => batch.put_record(queued, &entry)?,
        }
        Ok(())
    }

    /// Lists submissions of an organisation that have ended so, the first one first, from a key on.
    pub(crate) fn evidence_queue(
        &self,
        organisation: &OrganisationId,
        end: End,
        from: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, SubmissionId)>, StoreError> {
        let prefix = layout::evidence_queue(organisation, end);
        let found = self.read_all::<Entry>(&prefix, from, limit)?;
        let named = |held: Stored<Entry>| (held.key().to_vec(), held.value.submission);
        Ok(found.into_iter().map(named).collect())
    }

    /// Lists what a person was told of, or keeps.
    pub(crate) fn evidence_told(&self, person: PersonId) -> Result<Vec<SubmissionId>, StoreError> {
        let found = self.read_all::<Entry>(&layout::all_evidence_told(person), b"", LISTED)?;
        Ok(found
            .into_iter()
            .map(|held| held.value.submission)
            .collect())
    }

    /// Moves what one person was told of to another, and says how much it was.
    pub(super) fn move_evidence_told(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::all_evidence_told(from), b"", LISTED)?;
        let mut batch = Batch::default();
        for entry in &found {
            let place = layout::evidence_told(to, entry.value.submission);
            self.move_entry(&mut batch, entry.key().to_vec(), place)?;
        }
        self.commit(batch)?;
        Ok(found.len())
    }

    /// Takes an entry out of the queue whose submission is no more.
    pub(crate) fn forget_evidence_queued(&self, key: Vec<u8>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(key);
        self.commit(batch)
    }

    /// Forgets that a submission has ended which is no more.
    pub(crate) fn forget_evidence_ended(&self, id: SubmissionId) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        if let Some(held) = self.evidence_ended(id)? {
            batch.delete(layout::evidence_queued(id, &held.value));
            batch.delete(held.key().to_vec());
        }
        self.commit(batch)
    }

    /// Puts what stays of a piece of evidence in its place, and lets go of its files.
    pub(crate) fn replace_with_removed(
        &self,
        held: &Stored<Evidence>,
        changed: &Evidence,
        LetGo { removals, space }: LetGo,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        for removal in &removals {
            put_removal(&mut batch, removal)?;
        }
        put_space(&mut batch, space)?;
        self.commit(batch)
    }

    /// Forgets what was written beside the evidence of a submission, but for what is said in some pieces.
    pub(crate) fn erase_drafting(
        &self,
        id: SubmissionId,
        stays: &BTreeSet<EvidenceId>,
    ) -> Result<(), StoreError> {
        for colleague in self.colleagues(id)? {
            // That they have seen the draft is kept: they will not review it.
            self.forget_colleague(&colleague)?;
        }
        let mut batch = Batch::default();
        batch.delete(layout::submission_preparation(id));
        self.each(
            &layout::kind_with("spoken-text", id),
            |held: Stored<SpokenText>| {
                if !stays.contains(&held.value.evidence) {
                    super::submission::forget_spoken(&mut batch, id, &held.value);
                }
                Ok::<_, StoreError>(())
            },
        )?;
        self.commit(batch)?;
        for kind in ["writing", "writing-revision", "draft-comment"] {
            self.erase_all(&layout::kind_with(kind, id))?;
        }
        Ok(())
    }

    /// Writes in a batch a submission whose evidence was removed, and that nothing is left to be done.
    pub(crate) fn put_without_evidence(
        &self,
        batch: &mut Batch,
        held: &Stored<Submission>,
        changed: &Submission,
    ) -> Result<(), StoreError> {
        let id = changed.id;
        *batch = change(held, changed)?;
        let ended = self.evidence_ended(id)?.ok_or(StoreError::Conflict)?;
        ended.require_unchanged(batch);
        batch.delete(ended.key().to_vec());
        batch.delete(layout::evidence_queued(id, &ended.value));
        batch.delete(layout::evidence_told(changed.earner, id));
        Ok(())
    }

    /// Whether it was noted of all submissions that they have ended.
    pub(crate) fn evidence_is_noted(&self) -> Result<bool, StoreError> {
        Ok(self.engine().get(&layout::evidence_noted())?.is_some())
    }

    /// Notes that it was.
    pub(crate) fn note_evidence_noted(&self) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_record(layout::evidence_noted(), &Noted {})?;
        self.commit(batch)
    }

    /// Lists some lists of awards that were made before a time and are worked off.
    pub(crate) fn award_lists_before(
        &self,
        organisation: &OrganisationId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<AwardList>, StoreError> {
        let prefix = layout::award_lists_of(organisation);
        let from = layout::award_lists_until(organisation, before);
        let mut found = Vec::new();
        for entry in self.read_all::<ListEntry>(&prefix, &from, limit)? {
            let list = self.award_list(entry.value.list)?;
            found.extend(list.map(|held| held.value));
        }
        found.retain(|list| list.state != State::Working);
        Ok(found)
    }

    /// Forgets a list with what came of its rows. The list goes last, so that a crash leaves none without it.
    pub(crate) fn forget_award_list(&self, list: &AwardList) -> Result<(), StoreError> {
        self.erase_all(&layout::award_rows(list.id))?;
        let mut batch = Batch::default();
        batch.delete(layout::award_list(list.id));
        batch.delete(layout::award_list_of(list));
        self.commit(batch)
    }

    /// Lists some changes of many badges that were begun before a time and are finished.
    pub(crate) fn bulks_before(
        &self,
        organisation: &OrganisationId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Bulk>, StoreError> {
        let prefix = layout::bulks_of(organisation);
        let from = layout::bulks_until(organisation, before);
        let mut found = Vec::new();
        for (key, _) in self.engine().scan(&prefix, &from, limit)? {
            let name = key.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            let id = std::str::from_utf8(name)
                .ok()
                .and_then(|id| id.parse().ok());
            let Some(id) = id else { continue };
            let bulk = self.read::<Bulk>(&layout::bulk(organisation, id))?;
            found.extend(bulk.map(|held| held.value));
        }
        found.retain(|bulk| bulk.finished.is_some());
        Ok(found)
    }

    /// Forgets a change of many badges with what came of its rows, those first.
    pub(crate) fn forget_bulk(&self, bulk: &Bulk) -> Result<(), StoreError> {
        self.erase_all(&layout::bulk_rows(bulk.id))?;
        let mut batch = Batch::default();
        batch.delete(layout::bulk(&bulk.organisation, bulk.id));
        batch.delete(layout::bulk_of(&bulk.organisation, bulk.begun, bulk.id));
        self.commit(batch)
    }

    /// Forgets some events of an organisation from before a time that are over, and says how many. The places
    /// of events among those about a badge stay, so that no number is given twice.
    pub(crate) fn forget_events(
        &self,
        organisation: &OrganisationId,
        before: Timestamp,
        limit: usize,
        is_over: impl Fn(Timestamp) -> bool,
    ) -> Result<usize, StoreError> {
        let from = layout::events_of_second(organisation, before);
        let prefix = layout::events_of(organisation);
        let mut batch = Batch::default();
        let mut forgotten = 0;
        for held in self.read_all::<Recorded>(&prefix, &from, limit)? {
            if is_over(held.value.event.at) {
                batch.delete(held.key().to_vec());
                forgotten += 1;
            }
        }
        self.commit(batch)?;
        Ok(forgotten)
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    submission: SubmissionId,
}

#[derive(Serialize, Deserialize)]
struct ListEntry {
    list: crate::id::AwardListId,
}

#[derive(Serialize, Deserialize)]
struct Noted {}

/// More than anybody hands in in a working life.
const LISTED: usize = 1_000;
