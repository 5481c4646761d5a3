//! Status lists: which badges were revoked (W3C Bitstring Status List).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use verifier::status_list::LEAST_ENTRIES;

/// The number of a status list, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatusListNumber(u32);

/// The place of a credential in a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct StatusIndex(u32);

/// A status list and a place in it. A place is given to one edition of one badge, and never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatusPlace {
    /// The list.
    pub list: StatusListNumber,
    /// The place in it.
    pub index: StatusIndex,
}

impl StatusListNumber {
    /// The first list.
    pub const FIRST: StatusListNumber = StatusListNumber(1);

    /// The list after this one.
    pub fn next(self) -> StatusListNumber {
        StatusListNumber(self.0 + 1)
    }
}

impl StatusIndex {
    /// Takes an index that every list has.
    pub fn new(index: u32) -> Option<StatusIndex> {
        (index < STATUS_LIST_LEN).then_some(StatusIndex(index))
    }
}

impl fmt::Display for StatusListNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for StatusListNumber {
    type Err = crate::id::IdError;

    fn from_str(text: &str) -> Result<StatusListNumber, crate::id::IdError> {
        // One number has one text: no sign, no zero in front.
        match text.parse() {
            Ok(number) if number > 0 && text == format!("{number}") => Ok(StatusListNumber(number)),
            _ => Err(crate::id::IdError),
        }
    }
}

impl From<StatusListNumber> for u64 {
    fn from(number: StatusListNumber) -> u64 {
        number.0.into()
    }
}

impl From<StatusIndex> for u32 {
    fn from(index: StatusIndex) -> u32 {
        index.0
    }
}

impl From<StatusIndex> for u64 {
    fn from(index: StatusIndex) -> u64 {
        index.0.into()
    }
}

impl TryFrom<u32> for StatusIndex {
    type Error = crate::id::IdError;

    fn try_from(index: u32) -> Result<StatusIndex, crate::id::IdError> {
        StatusIndex::new(index).ok_or(crate::id::IdError)
    }
}

/// Every list has as many entries as the standard asks for at least; more would only make each
/// answer longer.
pub const STATUS_LIST_LEN: u32 = LEAST_ENTRIES as u32;
