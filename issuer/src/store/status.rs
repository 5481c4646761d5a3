//! What the store knows of status lists.

use super::{Store, StoreError, Stored};
use crate::engine::Batch;
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

    /// The list that indexes are drawn from; nothing before the first one was made.
    pub(crate) fn current_status_list(&self) -> Result<Option<StatusListNumber>, StoreError> {
        let current = self.read::<Current>(&layout::status_current())?;
        Ok(current.map(|stored| stored.value.list))
    }

    /// Adds a list and makes it the one that indexes are drawn from. Conflicts if it is there.
    pub(crate) fn add_status_list(&self, list: &StatusList) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.require_absent(layout::status(list.number));
        batch.put_record(layout::status(list.number), list)?;
        batch.put_record(layout::status_current(), &Current { list: list.number })?;
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

#[derive(Serialize, Deserialize)]
struct Current {
    list: StatusListNumber,
}

/// How many entries are read at once when counting.
const PAGE: usize = 4_096;
