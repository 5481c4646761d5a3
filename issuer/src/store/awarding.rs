//! What the store knows of awards by hand, and of lists of them.

use super::submission::OpenAward;
use super::{Store, StoreError, Stored};
use crate::award::Award;
use crate::awarding::Once;
use crate::awarding::list::{AwardList, RowOutcome, State};
use crate::awarding::ready::Reminder;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{AwardId, AwardListId, OrganisationId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::person::{Person, Proof, VerifiedBy};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds what was awarded under a key.
    pub(crate) fn once(&self, key: Sha256Digest) -> Result<Option<Stored<Once>>, StoreError> {
        self.read(&layout::award_once(key))
    }

    /// Notes in a batch what is awarded under a key; conflicts if something else was meanwhile.
    pub(crate) fn put_once(
        &self,
        batch: &mut Batch,
        key: Sha256Digest,
        former: Option<&Stored<Once>>,
        award: AwardId,
    ) -> Result<(), StoreError> {
        let key = layout::award_once(key);
        match former {
            Some(former) => former.require_unchanged(batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, &Once { award })
    }

    /// Adds somebody who does not know yet that they have an account to a batch.
    pub(crate) fn put_unclaimed(
        &self,
        batch: &mut Batch,
        person: &Person,
    ) -> Result<(), StoreError> {
        let proof = Proof {
            by: VerifiedBy::Registrar,
            at: person.registered,
        };
        self.put_new_person(batch, person, &proof)
    }

    /// Adds an award by hand to a batch.
    pub(crate) fn put_award_by_hand(
        &self,
        batch: &mut Batch,
        award: &Award,
    ) -> Result<(), StoreError> {
        let open = OpenAward { award: award.id };
        self.put_award(batch, award)?;
        batch.put_record(layout::stack_check(award.id), &open)?;
        batch.put_record(layout::award_by_hand(award), &open)
    }

    /// Lists what an organisation awarded by hand, the last one first.
    pub(crate) fn awards_by_hand(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Award>, StoreError> {
        let find = |entry: OpenAward| self.award(entry.award);
        self.page(&layout::awards_by_hand(organisation), asked, find)
    }

    /// Notes in a batch that somebody is to be reminded.
    pub(crate) fn put_claim_reminder(
        &self,
        batch: &mut Batch,
        reminder: &Reminder,
    ) -> Result<(), StoreError> {
        let key = layout::award_reminder(reminder.due, reminder.award);
        batch.put_record(key, reminder)
    }

    /// Lists up to `limit` reminders that are due, the one that has been for longest first.
    pub(crate) fn claim_reminders_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Stored<Reminder>>, StoreError> {
        let found = self.read_all::<Reminder>(&layout::award_reminders(), b"", limit)?;
        let due = found.into_iter().take_while(|held| held.value.due <= now);
        Ok(due.collect())
    }

    /// Removes a reminder in a batch, which conflicts if somebody else has.
    pub(crate) fn end_claim_reminder(&self, batch: &mut Batch, held: &Stored<Reminder>) {
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
    }

    /// Adds a list with its file, in one commit.
    pub(crate) fn add_award_list(&self, list: &AwardList, file: &[u8]) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        let entry = Entry { list: list.id };
        batch.require_absent(layout::award_list(list.id));
        batch.put_record(layout::award_list(list.id), list)?;
        batch.put_record(layout::award_list_of(list), &entry)?;
        batch.put_record(layout::award_list_open(list), &entry)?;
        put_file(&mut batch, list.id, file);
        self.commit(batch)
    }

    /// Finds a list.
    pub(crate) fn award_list(
        &self,
        id: AwardListId,
    ) -> Result<Option<Stored<AwardList>>, StoreError> {
        self.read(&layout::award_list(id))
    }

    /// The file of a list that is open.
    pub(crate) fn award_file(&self, id: AwardListId) -> Result<Vec<u8>, StoreError> {
        let parts = self.engine().scan(&layout::award_file(id), b"", PARTS)?;
        Ok(parts.into_iter().flat_map(|(_, part)| part).collect())
    }

    /// Writes a list that has come further; conflicts if it was changed meanwhile. With the last row the
    /// file goes: nobody needs it any more.
    pub(crate) fn replace_award_list(
        &self,
        held: &Stored<AwardList>,
        changed: &AwardList,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        if changed.state != State::Working {
            batch.delete(layout::award_list_open(changed));
            for (key, _) in self
                .engine()
                .scan(&layout::award_file(changed.id), b"", PARTS)?
            {
                batch.delete(key);
            }
        }
        self.commit(batch)
    }

    /// Writes an open list whose file has become another one; conflicts if it was changed meanwhile.
    pub(crate) fn replace_award_file(
        &self,
        held: &Stored<AwardList>,
        changed: &AwardList,
        file: &[u8],
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        let former = layout::award_file(changed.id);
        for (key, _) in self.engine().scan(&former, b"", PARTS)? {
            batch.delete(key);
        }
        put_file(&mut batch, changed.id, file);
        self.commit(batch)
    }

    /// Lists every list that is open.
    pub(crate) fn all_open_award_lists(&self) -> Result<Vec<AwardListId>, StoreError> {
        let mut open = Vec::new();
        self.each(&layout::award_lists_open(), |held: Stored<Entry>| {
            open.push(held.value.list);
            Ok::<_, StoreError>(())
        })?;
        Ok(open)
    }

    /// Lists up to `limit` lists that are open, the oldest first.
    pub(crate) fn open_award_lists(&self, limit: usize) -> Result<Vec<AwardListId>, StoreError> {
        let open = self.read_all::<Entry>(&layout::award_lists_open(), b"", limit)?;
        Ok(open.into_iter().map(|stored| stored.value.list).collect())
    }

    /// Says how many lists of an organisation are open, up to `limit`.
    pub(crate) fn open_award_lists_of(
        &self,
        organisation: &OrganisationId,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut open = 0;
        for list in self.open_award_lists(OPEN)? {
            let list = self.award_list(list)?;
            let is_theirs = list.is_some_and(|list| list.value.organisation == *organisation);
            open += usize::from(is_theirs);
            if open == limit {
                break;
            }
        }
        Ok(open)
    }

    /// Lists an organisation's lists, the last one first.
    pub(crate) fn award_lists_of(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<AwardList>, StoreError> {
        let find = |entry: Entry| Ok(self.award_list(entry.list)?.map(|stored| stored.value));
        self.page(&layout::award_lists_of(organisation), asked, find)
    }

    /// Finds what came of a row.
    pub(crate) fn award_row(
        &self,
        list: AwardListId,
        line: u64,
    ) -> Result<Option<RowOutcome>, StoreError> {
        let found = self.read(&layout::award_row(list, line))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Writes in a batch what came of a row; conflicts if that is known.
    pub(crate) fn put_award_row(
        &self,
        batch: &mut Batch,
        list: AwardListId,
        row: &RowOutcome,
    ) -> Result<(), StoreError> {
        let key = layout::award_row(list, row.line);
        batch.require_absent(key.clone());
        batch.put_record(key, row)
    }

    /// Lists what came of the rows of a list, in their order.
    pub fn award_rows(
        &self,
        list: AwardListId,
        asked: &PageRequest,
    ) -> Result<Page<RowOutcome>, StoreError> {
        self.page(&layout::award_rows(list), asked, |row| Ok(Some(row)))
    }
}

/// Adds the file of a list to a batch, part by part.
fn put_file(batch: &mut Batch, list: AwardListId, file: &[u8]) {
    for (number, part) in (0..).zip(file.chunks(PART)) {
        batch.put(layout::award_file_part(list, number), part.to_vec());
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    list: AwardListId,
}

/// A value of the store has at most 100,000 bytes.
const PART: usize = 90_000;
/// More than the largest file has.
const PARTS: usize = 1_000;
/// Lists that are looked through to count an organisation's.
const OPEN: usize = 1_000;
