//! What the store knows of the version of a submission that is being prepared.

use super::submission::change;
use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::{RequirementId, SubmissionId};
use crate::layout;
use crate::submission::{
    Outcome, PieceChange, Preparation, REVISIONS, Revision, Submission, Writing,
};

impl Store {
    /// Finds what is told beside the evidence, in order to change it.
    pub(crate) fn preparation_held(
        &self,
        id: SubmissionId,
    ) -> Result<Option<Stored<Preparation>>, StoreError> {
        self.read(&layout::submission_preparation(id))
    }

    /// Finds what is told beside the evidence.
    pub(crate) fn preparation(&self, id: SubmissionId) -> Result<Option<Preparation>, StoreError> {
        Ok(self.preparation_held(id)?.map(|held| held.value))
    }

    /// Writes what is told beside the evidence, as long as the submission is as it was read.
    pub(crate) fn put_preparation(
        &self,
        held: &Stored<Submission>,
        preparation: &Preparation,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        let key = layout::submission_preparation(held.value.id);
        batch.put_record(key, preparation)?;
        self.commit(batch)
    }

    /// Writes in a batch what is left of what was told, if it is as it was read.
    pub(crate) fn leave_preparation(
        &self,
        batch: &mut Batch,
        held: Option<&Stored<Preparation>>,
        left: &Preparation,
    ) -> Result<(), StoreError> {
        let Some(held) = held else {
            return Ok(());
        };
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), left)
    }

    /// Writes in a batch what came of a piece of work.
    pub(crate) fn put_outcome(
        &self,
        batch: &mut Batch,
        outcome: &Outcome,
        version: u32,
    ) -> Result<(), StoreError> {
        let key = layout::submission_outcome(outcome.submission, version);
        batch.put_record(key, outcome)
    }

    /// Finds what an earner said came of a version.
    pub fn outcome(
        &self,
        submission: SubmissionId,
        version: u32,
    ) -> Result<Option<Outcome>, StoreError> {
        let found = self.read::<Outcome>(&layout::submission_outcome(submission, version))?;
        Ok(found.map(|held| held.value))
    }

    /// Finds a text that is being written, in order to change it.
    pub(crate) fn writing(
        &self,
        id: SubmissionId,
        requirement: &RequirementId,
    ) -> Result<Option<Stored<Writing>>, StoreError> {
        self.read(&layout::writing(id, requirement))
    }

    /// Finds a text as it was at some time.
    pub(crate) fn revision(
        &self,
        id: SubmissionId,
        requirement: &RequirementId,
        number: u32,
    ) -> Result<Option<Revision>, StoreError> {
        let key = layout::writing_revision(id, requirement, number);
        Ok(self.read::<Revision>(&key)?.map(|held| held.value))
    }

    /// Lists what a text was, oldest first.
    pub(crate) fn revisions(
        &self,
        id: SubmissionId,
        requirement: &RequirementId,
    ) -> Result<Vec<Revision>, StoreError> {
        let prefix = layout::writing_revisions(id, requirement);
        let found = self.read_all::<Revision>(&prefix, b"", REVISIONS as usize + 1)?;
        Ok(found.into_iter().map(|held| held.value).collect())
    }

    /// Writes a text, the piece of evidence it is, and the revision that it was saved as.
    pub(crate) fn put_writing(
        &self,
        held: &Stored<Submission>,
        known: Option<&Stored<Writing>>,
        piece: &PieceChange,
        writing: &Writing,
        revision: &Revision,
    ) -> Result<(), StoreError> {
        let (id, requirement) = (writing.submission, &writing.requirement);
        let mut batch = match piece.submission == held.value {
            // Whoever adds a file at the same moment need not do it again.
            true => {
                let mut batch = Batch::default();
                held.require_unchanged(&mut batch);
                batch
            }
            false => change(held, &piece.submission)?,
        };
        let key = layout::writing(id, requirement);
        match known {
            Some(known) => known.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, writing)?;
        let key = layout::writing_revision(id, requirement, revision.number);
        batch.put_record(key, revision)?;
        if let Some(oldest) = revision.number.checked_sub(REVISIONS) {
            batch.delete(layout::writing_revision(id, requirement, oldest));
        }
        if let Some(evidence) = &piece.evidence {
            batch.put_record(layout::submission_evidence(id, evidence.id), evidence)?;
        }
        if let Some(forgotten) = piece.forgotten {
            batch.delete(layout::submission_evidence(id, forgotten));
        }
        self.commit(batch)
    }
}
