//! Addresses in the rows of lists of awards and of changes of many badges, into which others typed them.

use super::super::{Store, StoreError, Stored};
use crate::layout;
use crate::person::Email;
use serde_json::Value;

impl Store {
    /// Takes addresses out of what is kept of the rows of lists. Conflicts if a row is worked off meanwhile.
    pub(crate) fn erase_rows(&self, emails: &[Email]) -> Result<(), StoreError> {
        if emails.is_empty() {
            return Ok(());
        }
        for rows in [layout::all_award_rows(), layout::all_bulk_rows()] {
            self.each(&rows, |held: Stored<Value>| {
                let mut without = held.value.clone();
                match take_out(&mut without, emails) {
                    true => self.replace_erased(&held, &without),
                    false => Ok(()),
                }
            })?;
        }
        Ok(())
    }
}

/// Takes addresses out of all texts of a record, and says whether there were any.
fn take_out(record: &mut Value, emails: &[Email]) -> bool {
    let mut found = false;
    match record {
        Value::String(text) => {
            for email in emails {
                while let Some(at) = place_of(text, email.as_str()) {
                    text.replace_range(at..at + email.as_str().len(), "erased");
                    found = true;
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                found |= take_out(item, emails);
            }
        }
        Value::Object(members) => {
            for (_, value) in members {
                found |= take_out(value, emails);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    found
}

/// Where an address stands by itself, and not as a part of another one.
fn place_of(text: &str, email: &str) -> Option<usize> {
    // As long as the text, byte for byte.
    let lower = text.to_ascii_lowercase();
    let mut places = lower.match_indices(email);
    let place = places.find(|(at, _)| {
        let before = lower[..*at].chars().next_back();
        let mut after = lower[at + email.len()..].chars();
        let goes_on = |next: char| next.is_alphanumeric() || next == '-';
        let is_longer = match after.next() {
            // The end of a sentence, or of a part of a domain.
            Some('.') => after.next().is_some_and(goes_on),
            next => next.is_some_and(goes_on),
        };
        !is_longer && !before.is_some_and(|last| last.is_alphanumeric() || "._+-".contains(last))
    });
    place.map(|(at, _)| at)
}
