//! Lists that are read page by page.
//!
//! A [`Cursor`] says where a page ended. It is bound to its list: one that belongs to another list, or
//! that was altered on its way, is refused instead of leaving out what should have been shown.

use crate::digest::Sha256Digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::str::FromStr;

/// Which page of a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// How many items it has at most.
    pub limit: PageLimit,
    /// Where the page before ended; nothing asks for the first page.
    pub cursor: Option<Cursor>,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What is on it. It may hold fewer items than were asked for although others follow.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// How many items a page has at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(usize);

/// Where a page ended. To those who hold it, it says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

/// A text or a place that is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor of this list")]
pub struct CursorError;

/// A number of items that no page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a page has between 1 and {} items", PageLimit::MOST)]
pub struct PageLimitError;

impl PageRequest {
    /// The first page, as long as pages are.
    pub fn most() -> PageRequest {
        PageRequest {
            limit: PageLimit(PageLimit::MOST),
            cursor: None,
        }
    }
}

impl<T> Page<T> {
    /// The same page of other things.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

impl PageLimit {
    /// A page of this many items is read, built and sent in a few milliseconds.
    pub const MOST: usize = 100;

    /// A number of items that a page may have.
    pub fn new(limit: usize) -> Result<PageLimit, PageLimitError> {
        match limit {
            1..=PageLimit::MOST => Ok(PageLimit(limit)),
            _ => Err(PageLimitError),
        }
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Default for PageLimit {
    /// What fits on a screen or two.
    fn default() -> PageLimit {
        PageLimit(50)
    }
}

impl Cursor {
    /// The end of a page: a position in a list.
    pub fn new(list: &[u8], position: &[u8]) -> Cursor {
        Cursor([&seal(list, position)[..], position].concat())
    }

    /// The position in this list, if the cursor is one of it.
    pub fn position(&self, list: &[u8]) -> Result<&[u8], CursorError> {
        let (sealed, position) = self.0.split_at_checked(SEAL_BYTES).ok_or(CursorError)?;
        let whole = sealed == seal(list, position);
        whole.then_some(position).ok_or(CursorError)
    }
}

/// Binds a position to its list. It guards against mistakes, and keeps nobody out: whoever may read a
/// list may begin anywhere in it.
fn seal(list: &[u8], position: &[u8]) -> [u8; SEAL_BYTES] {
    let length = list.len().to_be_bytes();
    let digest = Sha256Digest::of(&[&length[..], list, position].concat());
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&digest.bytes()[..SEAL_BYTES]);
    seal
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Cursor, CursorError> {
        if text.len() > MOST_TEXT_BYTES {
            return Err(CursorError);
        }
        URL_SAFE_NO_PAD
            .decode(text)
            .map(Cursor)
            .map_err(|_| CursorError)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

crate::id::written_as_text!(Cursor);

const SEAL_BYTES: usize = 8;

/// No key of the store comes near this.
const MOST_TEXT_BYTES: usize = 2_048;
