//! What the store knows of colleagues who look at drafts.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{ColleagueId, PersonId, SubmissionId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::submission::{COMMENTS, Colleague, ColleagueLink, Comment, EVER_ASKED, Submission};
use serde::{Deserialize, Serialize};

/// That a person looks at a draft, or did.
#[derive(Serialize, Deserialize)]
struct Admission {
    submission: SubmissionId,
}

impl Store {
    /// Lists who was asked to look at a draft.
    pub(crate) fn colleagues(
        &self,
        id: SubmissionId,
    ) -> Result<Vec<Stored<Colleague>>, StoreError> {
        self.read_all(&layout::colleagues(id), b"", EVER_ASKED)
    }

    /// Finds somebody who was asked to look at a draft.
    pub(crate) fn colleague(
        &self,
        id: SubmissionId,
        colleague: ColleagueId,
    ) -> Result<Option<Stored<Colleague>>, StoreError> {
        self.read(&layout::colleague(id, colleague))
    }

    /// Finds whom the link whose secret has this digest is for.
    pub(crate) fn colleague_link(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<ColleagueLink>, StoreError> {
        let found = self.read::<ColleagueLink>(&layout::colleague_link(digest))?;
        Ok(found.map(|held| held.value))
    }

    /// Writes in a batch that somebody is asked to look at a draft.
    pub(crate) fn put_new_colleague(
        &self,
        batch: &mut Batch,
        new: &Colleague,
    ) -> Result<(), StoreError> {
        let link = ColleagueLink {
            submission: new.submission,
            colleague: new.id,
        };
        batch.put_record(layout::colleague(new.submission, new.id), new)?;
        batch.put_record(layout::colleague_link(new.secret), &link)
    }

    /// Writes who opened the link, once.
    pub(crate) fn admit_colleague(
        &self,
        held: &Stored<Colleague>,
        person: PersonId,
    ) -> Result<(), StoreError> {
        let admitted = Colleague {
            person: Some(person),
            ..held.value.clone()
        };
        let submission = admitted.submission;
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), &admitted)?;
        let key = layout::colleague_of(person, submission);
        batch.put_record(key, &Admission { submission })?;
        self.commit(batch)
    }

    /// Forgets that somebody was asked. That they have seen the draft is kept: they will not review it.
    pub(crate) fn forget_colleague(&self, held: &Stored<Colleague>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::colleague_link(held.value.secret));
        self.commit(batch)
    }

    /// Whether a person has ever looked at a draft of this submission.
    pub(crate) fn is_colleague(
        &self,
        person: PersonId,
        id: SubmissionId,
    ) -> Result<bool, StoreError> {
        let key = layout::colleague_of(person, id);
        Ok(self.read::<Admission>(&key)?.is_some())
    }

    /// Lists the submissions whose drafts were shown to a person, whether they still are or not.
    pub(crate) fn drafts_shown_to(
        &self,
        person: PersonId,
        asked: &PageRequest,
    ) -> Result<Page<Submission>, StoreError> {
        let find = |entry: Admission| {
            let found = self.submission_held(entry.submission)?;
            Ok(found.map(|held| held.value))
        };
        self.page(&layout::colleagues_of(person), asked, find)
    }

    /// Lists what colleagues said of a draft, oldest first.
    pub(crate) fn comments(&self, id: SubmissionId) -> Result<Vec<Comment>, StoreError> {
        let found = self.read_all::<Comment>(&layout::draft_comments(id), b"", COMMENTS)?;
        Ok(found.into_iter().map(|held| held.value).collect())
    }

    /// Writes what a colleague says, as long as the draft is as it was read.
    pub(crate) fn add_comment(
        &self,
        held: &Stored<Submission>,
        comment: &Comment,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        let key = layout::draft_comment(comment.submission, comment.at, comment.id);
        batch.put_record(key, comment)?;
        self.commit(batch)
    }

    /// Moves what was shown to one person to another, and says how much there was.
    pub(super) fn move_drafts_shown(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let prefix = layout::colleagues_of(from);
        let found = self.read_all::<Admission>(&prefix, b"", super::merge::AT_ONCE)?;
        for admission in &found {
            let id = admission.value.submission;
            let mut batch = Batch::default();
            admission.require_unchanged(&mut batch);
            batch.delete(admission.key().to_vec());
            batch.put_record(layout::colleague_of(to, id), &Admission { submission: id })?;
            for held in self.colleagues(id)? {
                if held.value.person == Some(from) {
                    let moved = Colleague {
                        person: Some(to),
                        ..held.value.clone()
                    };
                    held.require_unchanged(&mut batch);
                    batch.put_record(held.key().to_vec(), &moved)?;
                }
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }
}
