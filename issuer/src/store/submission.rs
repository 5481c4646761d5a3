//! What the store knows of submissions.
//!
//! Every change of a submission requires that its record is the one that was read, so that of two
//! changes at once one conflicts.

use super::merge::AT_ONCE;
use super::removal::put_removal;
use super::upload::put_space;
use super::{Store, StoreError, Stored};
use crate::award::Award;
use crate::engine::Batch;
use crate::id::{EvidenceId, MicroCredentialId, PersonId, SpokenTextId, SubmissionId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::retention::{End, Ended};
use crate::review::{Lot, Waiting};
use crate::submission::{Covering, Evidence, SpokenText, State, Submission, Version};
use crate::upload::{LetGo, Removal, SpaceChange};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a submission in order to look at it or to change it.
    pub(crate) fn submission_held(
        &self,
        id: SubmissionId,
    ) -> Result<Option<Stored<Submission>>, StoreError> {
        self.read(&layout::submission(id))
    }

    /// Finds a person's submission for a micro-credential, but for a withdrawn or declined one.
    pub(crate) fn submission_begun(
        &self,
        person: PersonId,
        id: &MicroCredentialId,
    ) -> Result<Option<SubmissionId>, StoreError> {
        let found = self.read::<Entry>(&layout::submission_of(person, id))?;
        Ok(found.map(|entry| entry.value.submission))
    }

    /// Lists a person's submissions, but for withdrawn and declined ones.
    pub fn submissions_of(
        &self,
        person: PersonId,
        asked: &PageRequest,
    ) -> Result<Page<Submission>, StoreError> {
        let find = |entry: Entry| {
            let found = self.submission_held(entry.submission)?;
            Ok(found.map(|stored| stored.value))
        };
        self.page(&layout::submissions_of(person), asked, find)
    }

    /// Lists the submissions of a person, but for withdrawn and declined ones.
    pub(crate) fn all_submissions_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<Submission>, StoreError> {
        let mut submissions = Vec::new();
        for entry in self.read_all::<Entry>(&layout::submissions_of(person), b"", AT_ONCE)? {
            let found = self.submission_held(entry.value.submission)?;
            submissions.extend(found.map(|stored| stored.value));
        }
        Ok(submissions)
    }

    /// Moves submissions of one person to another, with the awards they came to, and says how many.
    ///
    /// Where the other has one for the same micro-credential, both are kept, and the one that has
    /// come further is the one that is found by its name.
    pub(super) fn move_submissions(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let found = self.read_all::<Entry>(&layout::submissions_of(from), b"", AT_ONCE)?;
        for entry in &found {
            let held = self.submission_held(entry.value.submission)?;
            let held = held.ok_or(StoreError::Conflict)?;
            let moved = Submission {
                earner: to,
                ..held.value.clone()
            };
            let mut batch = change(&held, &moved)?;
            entry.require_unchanged(&mut batch);
            batch.delete(entry.key().to_vec());
            self.list_moved(&mut batch, &moved)?;
            if let State::Accepted { award } = moved.state {
                let held = self.read::<Award>(&layout::award(award))?;
                let held = held.ok_or(StoreError::Conflict)?;
                let moved = Award {
                    earner: to,
                    ..held.value.clone()
                };
                held.require_unchanged(&mut batch);
                batch.put_record(held.key().to_vec(), &moved)?;
                // What was earned in two accounts may complete a stack in one.
                batch.put_record(layout::stack_check(award), &OpenAward { award })?;
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    fn list_moved(&self, batch: &mut Batch, moved: &Submission) -> Result<(), StoreError> {
        let further = |submission: SubmissionId| {
            layout::further_submission_of(moved.earner, &moved.micro_credential, submission)
        };
        let main = layout::submission_of(moved.earner, &moved.micro_credential);
        let entry = Entry {
            submission: moved.id,
        };
        let Some(known) = self.read::<Entry>(&main)? else {
            batch.require_absent(main.clone());
            return batch.put_record(main, &entry);
        };
        known.require_unchanged(batch);
        let other = self.submission_held(known.value.submission)?;
        if other.is_some_and(|other| moved.state.progress() <= other.value.state.progress()) {
            return batch.put_record(further(moved.id), &entry);
        }
        batch.put_record(further(known.value.submission), &known.value)?;
        batch.put_record(main, &entry)
    }

    /// Takes a submission off its earner's list, in a batch. If there is a further one for the same
    /// micro-credential, that is found by the name from now on.
    pub(super) fn leave_list(
        &self,
        batch: &mut Batch,
        submission: &Submission,
    ) -> Result<(), StoreError> {
        let (earner, name) = (submission.earner, &submission.micro_credential);
        batch.delete(layout::further_submission_of(earner, name, submission.id));
        let main = layout::submission_of(earner, name);
        let Some(known) = self.read::<Entry>(&main)? else {
            return Ok(());
        };
        known.require_unchanged(batch);
        if known.value.submission != submission.id {
            return Ok(());
        }
        let further = layout::further_submissions_of(earner, name);
        match self.read_all::<Entry>(&further, b"", 1)?.first() {
            None => batch.delete(main),
            Some(next) => {
                next.require_unchanged(batch);
                batch.delete(next.key().to_vec());
                batch.put_record(main, &next.value)?;
            }
        }
        Ok(())
    }

    /// Finds one piece of evidence.
    pub(crate) fn evidence(
        &self,
        submission: SubmissionId,
        id: EvidenceId,
    ) -> Result<Option<Evidence>, StoreError> {
        let found = self.read::<Evidence>(&layout::submission_evidence(submission, id))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Finds one piece of evidence in order to change it.
    pub(crate) fn evidence_held(
        &self,
        submission: SubmissionId,
        id: EvidenceId,
    ) -> Result<Option<Stored<Evidence>>, StoreError> {
        self.read(&layout::submission_evidence(submission, id))
    }

    /// Writes what is covered of a picture; conflicts if the submission or the piece was changed meanwhile.
    pub(crate) fn cover_evidence(
        &self,
        covering: &Covering,
        removal: Option<&Removal>,
        space: SpaceChange,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        covering.submission.require_unchanged(&mut batch);
        covering.before.require_unchanged(&mut batch);
        batch.put_record(covering.before.key().to_vec(), &covering.after)?;
        if let Some(noted) = &covering.noted {
            batch.delete(layout::removal(noted.due, &noted.object_key));
        }
        if let Some(removal) = removal {
            put_removal(&mut batch, removal)?;
        }
        put_space(&mut batch, space)?;
        self.commit(batch)
    }

    /// Finds a version as it was handed in.
    pub fn version(
        &self,
        submission: SubmissionId,
        version: u32,
    ) -> Result<Option<Version>, StoreError> {
        let found = self.read::<Version>(&layout::submission_version(submission, version))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Adds a submission; conflicts if its earner has one for the same micro-credential.
    pub(crate) fn add_submission(&self, new: &Submission) -> Result<(), StoreError> {
        let entry = layout::submission_of(new.earner, &new.micro_credential);
        let mut batch = Batch::default();
        batch.require_absent(layout::submission(new.id));
        batch.require_absent(entry.clone());
        batch.put_record(layout::submission(new.id), new)?;
        batch.put_record(entry, &Entry { submission: new.id })?;
        self.commit(batch)
    }

    /// Writes a changed submission.
    pub(crate) fn replace_submission(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
    ) -> Result<(), StoreError> {
        self.commit(change(held, changed)?)
    }

    /// Writes a piece of evidence and the submission that now has it, and does what belongs to it in the same
    /// commit.
    pub(crate) fn add_evidence(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
        evidence: &Evidence,
        and: impl FnOnce(&mut Batch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let key = layout::submission_evidence(changed.id, evidence.id);
        let mut batch = change(held, changed)?;
        batch.require_absent(key.clone());
        batch.put_record(key, evidence)?;
        and(&mut batch)?;
        self.commit(batch)
    }

    /// Forgets a piece of evidence that was never handed in, writes the submission without it, and lets go of its
    /// files.
    pub(crate) fn discard_evidence(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
        evidence: EvidenceId,
        texts: &[SpokenText],
        let_go: Option<LetGo>,
    ) -> Result<(), StoreError> {
        let mut batch = change(held, changed)?;
        batch.delete(layout::submission_evidence(changed.id, evidence));
        for text in texts {
            forget_spoken(&mut batch, changed.id, text);
        }
        if let Some(LetGo { removals, space }) = let_go {
            for removal in &removals {
                put_removal(&mut batch, removal)?;
            }
            put_space(&mut batch, space)?;
        }
        self.commit(batch)
    }

    /// Finds a transcript or captions, without the text.
    pub(crate) fn spoken(
        &self,
        submission: SubmissionId,
        id: SpokenTextId,
    ) -> Result<Option<SpokenText>, StoreError> {
        let found = self.read::<SpokenText>(&layout::spoken_text(submission, id))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Finds a transcript or captions with the text.
    pub(crate) fn spoken_text(
        &self,
        submission: SubmissionId,
        id: SpokenTextId,
    ) -> Result<Option<(SpokenText, String)>, StoreError> {
        let Some(found) = self.spoken(submission, id)? else {
            return Ok(None);
        };
        let mut text = String::new();
        for number in 0..found.parts {
            let part = self.read::<Part>(&layout::spoken_part(submission, id, number))?;
            // Its digest tells that one is missing.
            text.extend(part.map(|part| part.value.text));
        }
        Ok(Some((found, text)))
    }

    /// Writes a transcript or captions with the submission that now has them, and forgets others.
    pub(crate) fn put_spoken(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
        new: Option<(&SpokenText, &[&str])>,
        forgotten: &[SpokenText],
    ) -> Result<(), StoreError> {
        let mut batch = change(held, changed)?;
        if let Some((text, parts)) = new {
            batch.put_record(layout::spoken_text(changed.id, text.id), text)?;
            for (number, part) in (0..).zip(parts) {
                let key = layout::spoken_part(changed.id, text.id, number);
                let text = (*part).to_owned();
                batch.put_record(key, &Part { text })?;
            }
        }
        for text in forgotten {
            forget_spoken(&mut batch, changed.id, text);
        }
        self.commit(batch)
    }

    /// Writes a version as it was handed in, puts it in the queue, and does what belongs to it in the same commit.
    pub(crate) fn add_version(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
        version: &Version,
        lot: Lot,
        and: impl FnOnce(&mut Batch, &Store) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let key = layout::submission_version(changed.id, changed.versions);
        let waiting = Waiting::new(changed.organisation.clone(), version, lot);
        let mut batch = change(held, changed)?;
        batch.require_absent(key.clone());
        batch.put_record(key, version)?;
        let place = layout::waiting(&waiting.organisation, waiting.since, waiting.submission);
        batch.put_record(place, &waiting)?;
        and(&mut batch, self)?;
        self.commit(batch)
    }

    /// Writes a submission that was withdrawn, so that its earner may begin anew.
    pub(crate) fn withdraw(
        &self,
        held: &Stored<Submission>,
        changed: &Submission,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut batch = change(held, changed)?;
        let ended = Ended::new(changed, End::Unaccepted, now);
        self.put_evidence_ended(&mut batch, changed.id, &ended)?;
        self.leave_queue(&mut batch, changed)?;
        self.leave_list(&mut batch, changed)?;
        self.commit(batch)
    }
}

/// Takes a transcript or captions out of the store, in a batch.
pub(super) fn forget_spoken(batch: &mut Batch, submission: SubmissionId, text: &SpokenText) {
    batch.delete(layout::spoken_text(submission, text.id));
    for number in 0..text.parts {
        batch.delete(layout::spoken_part(submission, text.id, number));
    }
}

/// An award whose badge is not recorded yet.
#[derive(Serialize, Deserialize)]
pub(super) struct OpenAward {
    pub(super) award: crate::id::AwardId,
}

/// A part of a transcript or captions.
#[derive(Serialize, Deserialize)]
struct Part {
    text: String,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    submission: SubmissionId,
}

pub(super) fn change(held: &Stored<Submission>, changed: &Submission) -> Result<Batch, StoreError> {
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    batch.put_record(layout::submission(changed.id), changed)?;
    Ok(batch)
}
