//! What the store knows of status lists.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
use crate::id::OrganisationId;
use crate::layout;
use crate::status::{StatusList, StatusListNumber, StatusPlace};
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a status list.
    pub fn status_list(&self, number: StatusListNumber) -> Result<Option<StatusList>, StoreError> {
        Ok(self.status_list_held(number)?.map(|stored| stored.value))
    }

    /// Finds a status list in order to change it.
    pub(crate) fn status_list_held(
        &self,
        number: StatusListNumber,
    ) -> Result<Option<Stored<StatusList>>, StoreError> {
        self.read(&layout::status(number))
    }

    /// The list that an organisation's indexes are drawn from; nothing before its first one was made.
    pub(crate) fn current_status_list(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Option<StatusListNumber>, StoreError> {
        let current = self.current_status_list_held(organisation)?;
        Ok(current.map(|stored| stored.value.list))
    }

    /// The same in order to put another list in its place.
    pub(crate) fn current_status_list_held(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Option<Stored<Pointer>>, StoreError> {
        self.read(&layout::status_current(organisation))
    }

    /// The list that was added last, whosesoever it is.
    pub(crate) fn last_status_list(&self) -> Result<Option<StatusListNumber>, StoreError> {
        let last = self.read::<Pointer>(&layout::status_last())?;
        Ok(last.map(|stored| stored.value.list))
    }

    /// Adds a list and makes it the one that its organisation's indexes are drawn from. Conflicts if
    /// there is a list of this number, or another one in place of `current`.
    pub(crate) fn add_status_list(
        &self,
        current: Option<&Stored<Pointer>>,
        list: &StatusList,
    ) -> Result<(), StoreError> {
        let key = layout::status_current(&list.organisation);
        let pointer = Pointer { list: list.number };
        let mut batch = Batch::default();
        match current {
            Some(held) => held.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.require_absent(layout::status(list.number));
        batch.put_record(layout::status(list.number), list)?;
        batch.put_record(key, &pointer)?;
        batch.put_record(layout::status_last(), &pointer)?;
        self.commit(batch)
    }

    /// Writes a list that was signed anew; conflicts if it was changed meanwhile.
    pub(crate) fn replace_status_list(
        &self,
        held: &Stored<StatusList>,
        changed: &StatusList,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(layout::status(changed.number), changed)?;
        self.commit(batch)
    }

    /// Adds a status list that was signed anew to a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn put_status_list(
        &self,
        batch: &mut Batch,
        held: &Stored<StatusList>,
        signed: &StatusList,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(layout::status(signed.number), signed)
    }

    /// Whether a place was drawn before.
    pub(crate) fn is_drawn(&self, place: StatusPlace) -> Result<bool, StoreError> {
        Ok(self.engine().get(&layout::status_drawn(place))?.is_some())
    }

    /// How many places were drawn from a list, counted up to `limit`.
    pub(crate) fn count_drawn(
        &self,
        list: StatusListNumber,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let prefix = layout::status_drawn_from(list);
        let (mut count, mut from) = (0, Vec::new());
        while count < limit {
            let page = self.engine().scan(&prefix, &from, PAGE)?;
            count += page.len();
            let Some((last, _)) = page.last().filter(|_| page.len() == PAGE) else {
                break;
            };
            // The smallest key after the last one.
            from = [last.as_slice(), &[0]].concat();
        }
        Ok(count)
    }
}

/// Which list it is.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub(crate) list: StatusListNumber,
}

/// How many entries are read at once when counting.
const PAGE: usize = 4_096;
