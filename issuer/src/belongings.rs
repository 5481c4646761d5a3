//! Everything that a person has here, to take away: one archive (ZIP) that opens in any program.
//!
//! It is put together entry by entry, so that however much there is, a few hundred records or a piece of one
//! file are held at a time. Which kinds of records are in it, and which are left out for which reason, is one
//! table (`kinds.rs`). Who reviewed their work is not in it: nobody is told that.

mod account;
mod badges;
mod blind;
mod index;
mod kinds;
mod lists;
mod scrubbed;
mod submissions;
mod words;

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{MicroCredentialId, PersonId};
use crate::person::Person;
use crate::submission::EvidenceFile;
use crate::text::Line;
use index::Index;
use schemas::timestamp::Timestamp;
use scrubbed::scrubbed;
use serde::Serialize;
use serde_json::{Value, json};

pub use kinds::{KINDS, Kind, Taken};

/// One entry of the archive.
pub enum Entry {
    /// A few kilobytes.
    Bytes {
        /// Where it lies in the archive.
        path: String,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// A file of evidence, as its owner handed it over.
    File {
        /// Where it lies in the archive.
        path: String,
        /// The file.
        file: Box<EvidenceFile>,
    },
}

/// Hands out everything that a person has, entry by entry; the page that leads through it, and the list of
/// all files with their digests, come last.
pub fn hand_out(
    app: &App,
    person: &Person,
    now: Timestamp,
    mut take: impl FnMut(Entry) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut out = Out {
        app,
        person,
        now,
        index: Index::new(&person.name, now),
        files: Vec::new(),
        take: &mut take,
    };
    out.account()?;
    out.badges()?;
    out.hosted()?;
    out.submissions()?;
    out.learning()?;
    out.words()?;
    out.reviewing()?;
    out.events()?;
    let page = out.index.page()?;
    out.bytes("index.html", page.into_bytes())?;
    out.manifest()
}

struct Out<'a> {
    app: &'a App,
    person: &'a Person,
    now: Timestamp,
    index: Index,
    files: Vec<Listed>,
    take: &'a mut dyn FnMut(Entry) -> Result<(), Error>,
}

/// A file of the archive in its manifest.
#[derive(Serialize)]
struct Listed {
    path: String,
    bytes: u64,
    sha256: Sha256Digest,
}

impl Out<'_> {
    /// Writes an entry that the page does not lead to.
    fn bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.files.push(Listed {
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            sha256: Sha256Digest::of(&bytes),
        });
        (self.take)(Entry::Bytes {
            path: path.to_owned(),
            bytes,
        })
    }

    /// Writes an entry, and says on the page what it is.
    fn entry(&mut self, path: &str, about: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.index.entry(path, about);
        self.bytes(path, bytes)
    }

    /// Writes a record without what is other people's.
    fn record(&mut self, path: &str, about: &str, record: &impl Serialize) -> Result<(), Error> {
        let record = serde_json::to_value(record).expect("records are always JSON");
        let record = scrubbed(self.person, record);
        let bytes = serde_json::to_vec_pretty(&record).expect("JSON is always JSON");
        self.entry(path, about, bytes)
    }

    /// Writes a file of evidence. What is read of it is held against the digest that is listed.
    fn file(&mut self, path: String, about: &str, file: &EvidenceFile) -> Result<(), Error> {
        self.index.entry(&path, about);
        self.files.push(Listed {
            path: path.clone(),
            bytes: file.bytes,
            sha256: file.sha256,
        });
        (self.take)(Entry::File {
            path,
            file: Box::new(file.clone()),
        })
    }

    /// Writes the list of all files with their digests, for programs and for `sha256sum --check`.
    fn manifest(&mut self) -> Result<(), Error> {
        let mut sums = String::new();
        for file in &self.files {
            sums += &format!("{}  {}\n", file.sha256, file.path);
        }
        let manifest = json!({
            "person": self.person.id,
            "made": self.now,
            "files": self.files,
        });
        let bytes = serde_json::to_vec_pretty(&manifest).expect("JSON is always JSON");
        for (path, bytes) in [("manifest.json", bytes), ("SHA256SUMS", sums.into_bytes())] {
            (self.take)(Entry::Bytes {
                path: path.to_owned(),
                bytes,
            })?;
        }
        Ok(())
    }

    /// Everything that an account was ever called here: its own identifier and those that were joined to it.
    fn identifiers(&self) -> impl Iterator<Item = PersonId> {
        let former = self.person.former.iter().copied();
        std::iter::once(self.person.id).chain(former)
    }

    fn title(&self, id: &MicroCredentialId) -> Result<String, Error> {
        let found = self.app.store.micro_credential(id)?;
        Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
    }
}

/// A record as it is stored.
fn told(record: &impl Serialize) -> Value {
    serde_json::to_value(record).expect("records are always JSON")
}

/// A name that every system takes for a file: letters, digits, dots and hyphens, and not very many.
fn harmless(name: &Line) -> String {
    let plain = |letter: char| match letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_') {
        true => letter,
        false => '_',
    };
    let name: String = name.as_str().chars().map(plain).collect();
    let name = name.trim_matches('.');
    let skipped = name.chars().count().saturating_sub(NAME);
    name.chars().skip(skipped).collect()
}

/// The name of the archive.
pub fn file_name(person: PersonId) -> String {
    format!("assay-{person}.zip")
}

/// Letters of a file name; its end is what programs open it by.
const NAME: usize = 80;
