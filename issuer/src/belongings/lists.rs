//! Records that go into the archive as they are stored, some hundred in one file.

use super::{Out, scrubbed};
use crate::belongings::kinds::{self, Sweep, Whose};
use crate::error::Error;
use crate::layout;
use crate::store::Stored;
use serde_json::Value;

/// A list that is being written: in one file, or in several where it is long.
pub(super) struct Pages {
    sweep: &'static Sweep,
    written: usize,
    records: Vec<Value>,
}

impl Out<'_> {
    /// Writes those records of a kind that are theirs.
    pub(super) fn list(&mut self, kind: &str) -> Result<(), Error> {
        self.list_as(kind, |held| Ok(held.value))
    }

    /// The same, with something done to each record first.
    pub(super) fn list_as(
        &mut self,
        kind: &str,
        mut told: impl FnMut(Stored<Value>) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let app = self.app;
        let mut pages = self.begin(kind);
        let prefixes = match pages.sweep.whose {
            Whose::Keyed => {
                let people = self.identifiers();
                people.map(|person| layout::kind_of(kind, person)).collect()
            }
            Whose::Named(_) | Whose::KeyedLast => vec![layout::kind(kind)],
        };
        for prefix in prefixes {
            app.store.each(&prefix, |held: Stored<Value>| {
                let is_theirs = match pages.sweep.whose {
                    Whose::Keyed => true,
                    Whose::KeyedLast => {
                        let last = held.key().rsplit(|byte| *byte == b'/').next();
                        self.names_them(&String::from_utf8_lossy(last.unwrap_or_default()))
                    }
                    Whose::Named(member) => {
                        let named = held.value[member].as_str();
                        named.is_some_and(|named| self.names_them(named))
                    }
                };
                match is_theirs {
                    true => self.add(&mut pages, told(held)?),
                    false => Ok(()),
                }
            })?;
        }
        self.end(pages)
    }

    /// Begins the list that the table has for a kind.
    pub(super) fn begin(&self, kind: &str) -> Pages {
        Pages {
            sweep: kinds::sweep(kind),
            written: 0,
            records: Vec::new(),
        }
    }

    /// Adds a record, and writes the file when it is long enough.
    pub(super) fn add(&mut self, pages: &mut Pages, mut record: Value) -> Result<(), Error> {
        if let Some(members) = record.as_object_mut() {
            for name in pages.sweep.without {
                members.remove(*name);
            }
        }
        pages.records.push(scrubbed(self.person, record));
        match pages.records.len() >= IN_ONE_FILE {
            true => self.write(pages),
            false => Ok(()),
        }
    }

    /// Writes what is left.
    pub(super) fn end(&mut self, mut pages: Pages) -> Result<(), Error> {
        match pages.records.is_empty() {
            true => Ok(()),
            false => self.write(&mut pages),
        }
    }

    fn write(&mut self, pages: &mut Pages) -> Result<(), Error> {
        pages.written += 1;
        let records = std::mem::take(&mut pages.records);
        let (name, about) = (pages.sweep.name, pages.sweep.about);
        match pages.written {
            1 => self.record(&format!("{name}.json"), about, &records),
            number => {
                let about = format!("{about}, part {number}");
                self.record(&format!("{name}-{number}.json"), &about, &records)
            }
        }
    }

    /// Whether a text is one of their identifiers or addresses.
    fn names_them(&self, text: &str) -> bool {
        let is_identifier = text.parse().is_ok_and(|id| self.person.is(id));
        is_identifier
            || self
                .person
                .emails
                .iter()
                .any(|email| email.as_str() == text)
    }
}

/// A record has less than 100 kB, and most have one.
const IN_ONE_FILE: usize = 200;
