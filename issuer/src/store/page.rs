//! Records read page by page.

use super::{Store, StoreError};
use crate::page::{Cursor, Page, PageRequest};
use serde::de::DeserializeOwned;

impl Store {
    /// Reads one page of the records under `prefix`, in the order of keys, without those that `keep`
    /// gives nothing for.
    pub(crate) fn page<R: DeserializeOwned, T>(
        &self,
        prefix: &[u8],
        asked: &PageRequest,
        keep: impl FnMut(R) -> Result<Option<T>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        self.page_between(prefix, (Vec::new(), None), asked, keep)
    }

    /// Reads one page of the records under `prefix` from a first key on and before an end, in the order of
    /// keys, without those that `keep` gives nothing for.
    pub(crate) fn page_between<R: DeserializeOwned, T>(
        &self,
        prefix: &[u8],
        (first, end): (Vec<u8>, Option<Vec<u8>>),
        asked: &PageRequest,
        mut keep: impl FnMut(R) -> Result<Option<T>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let limit = asked.limit.get();
        let mut from = match &asked.cursor {
            Some(cursor) => after(&[prefix, cursor.position(prefix)?].concat()).max(first),
            None => first,
        };
        let (mut items, mut shown, mut read) = (Vec::new(), Vec::new(), 0);
        loop {
            // One more than is asked for tells whether others follow.
            let mut records = self.read_all::<R>(prefix, &from, limit + 1)?;
            let found = records.len();
            if let Some(end) = &end {
                records.retain(|record| record.key() < end.as_slice());
            }
            let complete = records.len() <= limit || records.len() < found;
            read += records.len();
            for record in records {
                from = after(record.key());
                let key = record.key;
                if let Some(item) = keep(record.value)? {
                    if items.len() == limit {
                        return Ok(until(items, prefix, &shown));
                    }
                    items.push(item);
                    shown = key;
                }
            }
            if complete {
                return Ok(Page { items, next: None });
            }
            if read >= MOST_READ {
                let last = &from[..from.len() - 1];
                return Ok(until(items, prefix, last));
            }
        }
    }
}

/// The first key after this one.
fn after(key: &[u8]) -> Vec<u8> {
    [key, b"\0"].concat()
}

/// A page that others follow.
fn until<T>(items: Vec<T>, prefix: &[u8], last: &[u8]) -> Page<T> {
    let position = last.strip_prefix(prefix).unwrap_or_default();
    Page {
        items,
        next: Some(Cursor::new(prefix, position)),
    }
}

/// A page that leaves much out ends after this many records, and is read on: none holds a request up.
const MOST_READ: usize = 1_000;
