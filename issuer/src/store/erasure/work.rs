//! Submissions of people who are erased, and what was said about them.

use super::super::removal::put_removal;
use super::super::upload::put_space;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{EvidenceId, SubmissionId};
use crate::layout;
use crate::store::{Store, StoreError, Stored};
use crate::submission::{Evidence, Submission};
use crate::upload::LetGo;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// Goes through all submissions.
    pub(crate) fn each_submission(
        &self,
        see: impl FnMut(Stored<Submission>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.each(&layout::submissions(), see)
    }

    /// Goes through what was handed in of a submission.
    pub(crate) fn each_version<T: DeserializeOwned>(
        &self,
        id: SubmissionId,
        see: impl FnMut(Stored<T>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(&layout::submission_versions(id), see)
    }

    /// Goes through the finished reviews of a submission.
    pub(crate) fn each_review<T: DeserializeOwned>(
        &self,
        id: SubmissionId,
        see: impl FnMut(Stored<T>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(&layout::reviews(id), see)
    }

    /// Goes through what everybody found of a submission.
    pub(crate) fn each_scoring<T: DeserializeOwned>(
        &self,
        id: SubmissionId,
        see: impl FnMut(Stored<T>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(&layout::all_scorings(id), see)
    }

    /// Lists the evidence of a submission, that of earlier versions among it.
    pub(crate) fn all_evidence(&self, id: SubmissionId) -> Result<Vec<EvidenceId>, StoreError> {
        let mut found = Vec::new();
        self.each(
            &layout::all_submission_evidence(id),
            |held: Stored<Evidence>| {
                found.push(held.value.id);
                Ok::<_, StoreError>(())
            },
        )?;
        Ok(found)
    }

    /// Forgets a piece of evidence, and lets go of its files.
    pub(crate) fn erase_evidence(
        &self,
        held: &Stored<Evidence>,
        LetGo { removals, space }: LetGo,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        for removal in &removals {
            put_removal(&mut batch, removal)?;
        }
        put_space(&mut batch, space)?;
        self.commit(batch)
    }

    /// Forgets what was written and said about a submission while it was prepared.
    pub(crate) fn erase_with_submission(&self, id: SubmissionId) -> Result<(), StoreError> {
        for colleague in self.colleagues(id)? {
            self.forget_colleague(&colleague)?;
            if let Some(person) = colleague.value.person {
                let mut batch = Batch::default();
                batch.delete(layout::colleague_of(person, id));
                self.commit(batch)?;
            }
        }
        let mut batch = Batch::default();
        batch.delete(layout::submission_preparation(id));
        // What is left in the queue leads nowhere, and is taken out when its turn comes.
        batch.delete(layout::evidence_ended(id));
        self.commit(batch)?;
        for prefix in layout::told_with(id) {
            self.erase_all(&prefix)?;
        }
        Ok(())
    }

    /// Takes a submission out of every list and queue, in a batch.
    pub(crate) fn leave_review(
        &self,
        batch: &mut Batch,
        submission: &Submission,
    ) -> Result<(), StoreError> {
        self.leave_queue(batch, submission)?;
        self.leave_list(batch, submission)
    }

    /// Writes a record without what was somebody's.
    pub(crate) fn replace_erased<T: Serialize>(
        &self,
        held: &Stored<T>,
        changed: &T,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }
}
