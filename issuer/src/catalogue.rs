//! The public catalogue: what can be earned, found by words and by what it is about.
//!
//! The index lies in memory and holds the newest published version of everything. It is made from
//! the store when it is first asked, and afterwards follows the store's notes of what changed, so
//! that any number of nodes show the same.

pub mod fold;
mod index;
mod query;

use std::sync::RwLock;

use crate::app::App;
use crate::error::Error;
use crate::id::MicroCredentialId;
use crate::micro_credential::MicroCredential;
use crate::page::{Cursor, CursorError, Page, PageRequest};
use crate::store::Store;

pub use index::Listed;
pub use query::{Facet, FacetValue, Found, Order, Query, QueryError};

use index::Index;

/// The index of the catalogue, as one process holds it.
#[derive(Default)]
pub struct Catalogue {
    held: RwLock<Held>,
}

/// The index and how many of the store's changes are in it.
#[derive(Default)]
struct Held {
    changes: Option<u64>,
    index: Index,
}

/// Finds what fits a query: one page of it, and how much there is of what kind.
pub fn search(app: &App, query: &Query) -> Result<Found, Error> {
    ask(app, |index| index.search(query))
}

/// Finds what fits a query, page by page. Where the catalogue changes meanwhile, a page may show
/// again what was on the one before, or leave something out.
pub fn page(app: &App, query: &Query, asked: &PageRequest) -> Result<Page<MicroCredential>, Error> {
    let list = query.name();
    let skip = match &asked.cursor {
        Some(cursor) => {
            let position = cursor.position(&list)?;
            u32::from_be_bytes(position.try_into().map_err(|_| CursorError)?)
        }
        None => 0,
    };
    let skip = usize::try_from(skip).map_err(|_| CursorError)?;
    let found = search(app, &query.clone().page(skip, asked.limit.get()))?;
    let mut items = Vec::new();
    for listed in &found.items {
        // What is revised at this moment is in the index still, and not the newest any more.
        items.extend(app.store.micro_credential(&listed.id)?);
    }
    let end = skip.saturating_add(found.items.len());
    let next = u32::try_from(end).ok().filter(|_| end < found.total);
    Ok(Page {
        items,
        next: next.map(|end| Cursor::new(&list, &end.to_be_bytes())),
    })
}

/// Lists the names of everything in the catalogue, in their order.
pub fn names(app: &App) -> Result<Vec<MicroCredentialId>, Error> {
    ask(app, Index::names)
}

/// Brings the index up to date and asks it. The check costs one read of the store.
fn ask<T>(app: &App, question: impl Fn(&Index) -> T) -> Result<T, Error> {
    let changes = app.store.catalogue_changed()?;
    {
        let held = read(&app.catalogue);
        if held.changes == Some(changes) {
            return Ok(question(&held.index));
        }
    }
    let mut held = write(&app.catalogue);
    match held.changes {
        // Another thread was quicker, or knows of even newer ones.
        Some(known) if known >= changes => {}
        Some(known) => {
            let limit = usize::try_from(changes - known).unwrap_or(usize::MAX);
            for id in app.store.catalogue_changes_from(known + 1, limit)? {
                take_up(&app.store, &mut held.index, &id)?;
            }
            held.changes = Some(changes);
        }
        None => {
            // Counted first, so that whatever changes while this reads is looked at once more.
            held.index = build(&app.store)?;
            held.changes = Some(changes);
        }
    }
    Ok(question(&held.index))
}

fn build(store: &Store) -> Result<Index, Error> {
    let mut index = Index::default();
    let mut from: Option<MicroCredentialId> = None;
    loop {
        let page = store.micro_credentials(from.as_ref(), AT_ONCE)?;
        let whole = page.len() == AT_ONCE;
        // The last of a full page is the first of the next one.
        let kept = if whole { AT_ONCE - 1 } else { page.len() };
        from = page.last().map(|last| last.id.clone());
        for found in page.into_iter().take(kept) {
            show(store, &mut index, found)?;
        }
        if !whole {
            return Ok(index);
        }
    }
}

fn take_up(store: &Store, index: &mut Index, id: &MicroCredentialId) -> Result<(), Error> {
    index.remove(id);
    match store.micro_credential(id)? {
        Some(found) => show(store, index, found),
        None => Ok(()),
    }
}

fn show(store: &Store, index: &mut Index, found: MicroCredential) -> Result<(), Error> {
    if found.is_newest() {
        let adopters = store.adopters(&found.id)?;
        index.insert(&found, adopters);
    }
    Ok(())
}

/// A lock is poisoned only by a panic while it was held; the index is then as it was, or made anew.
fn read(catalogue: &Catalogue) -> std::sync::RwLockReadGuard<'_, Held> {
    let held = catalogue.held.read();
    held.unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write(catalogue: &Catalogue) -> std::sync::RwLockWriteGuard<'_, Held> {
    match catalogue.held.write() {
        Ok(held) => held,
        Err(poisoned) => {
            let mut held = poisoned.into_inner();
            *held = Held::default();
            held
        }
    }
}

/// Some megabytes of records.
const AT_ONCE: usize = 500;
