//! Everything that a person has here, to take away: one archive (ZIP) that opens in any program.
//!
//! It is put together entry by entry, so that however much there is, one record or a piece of one file is
//! held at a time. Who reviewed their work is not in it: nobody is told that.

mod index;

use crate::app::App;
use crate::error::Error;
use crate::id::{PersonId, SubmissionId};
use crate::page::PageRequest;
use crate::person::{self, Person};
use crate::submission::{Evidence, EvidenceContent, EvidenceFile, Submission};
use crate::text::Line;
use index::Index;
use schemas::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

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

/// Hands out everything that a person has, entry by entry; the page that leads through it comes last.
pub fn hand_out(
    app: &App,
    person: &Person,
    now: Timestamp,
    mut take: impl FnMut(Entry) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut index = Index::new(&person.name, now);
    let mut out = Out {
        app,
        person,
        take: &mut take,
    };
    out.profile(&mut index)?;
    out.badges(&mut index)?;
    out.submissions(&mut index)?;
    out.learning(&mut index)?;
    out.words(&mut index)?;
    let page = index.page()?;
    (out.take)(Entry::Bytes {
        path: "index.html".to_owned(),
        bytes: page.into_bytes(),
    })
}

struct Out<'a> {
    app: &'a App,
    person: &'a Person,
    take: &'a mut dyn FnMut(Entry) -> Result<(), Error>,
}

impl Out<'_> {
    fn bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), Error> {
        (self.take)(Entry::Bytes {
            path: path.to_owned(),
            bytes,
        })
    }

    fn json(&mut self, path: &str, value: &impl Serialize) -> Result<(), Error> {
        let bytes = serde_json::to_vec_pretty(value);
        self.bytes(path, bytes.expect("records are always JSON"))
    }

    fn profile(&mut self, index: &mut Index) -> Result<(), Error> {
        let (app, id) = (self.app, self.person.id);
        let addresses = person::addresses(app, self.person)?;
        let addresses: Vec<Value> = addresses
            .iter()
            .map(|address| json!({ "email": address.email, "shown_to_be_theirs": address.proof }))
            .collect();
        let sessions = app.store.sessions_of(id)?.into_iter();
        let sessions: Vec<Value> = sessions
            .map(|session| json!({ "began": session.began, "used": session.used }))
            .collect();
        let tokens = app.store.tokens_of(id)?.into_iter();
        let tokens: Vec<Value> = tokens
            .map(|token| json!({ "name": token.name, "scopes": token.scopes, "made": token.made }))
            .collect();
        let profile = json!({
            "person": self.person,
            "addresses": addresses,
            "memberships": app.store.memberships_of(id, MEMBERSHIPS)?,
            "requests_to_join": app.store.join_requests_of(id)?,
            "accounts_elsewhere": app.store.identities_of(id)?,
            "passkeys": app.store.passkeys_of(id)?.len(),
            "signed_in_browsers": sessions,
            "tokens": tokens,
        });
        index.section("You");
        index.entry("profile.json", "Names, addresses, memberships, and ways in");
        self.json("profile.json", &profile)
    }

    fn badges(&mut self, index: &mut Index) -> Result<(), Error> {
        index.section("Badges");
        let mut asked = PageRequest::most();
        loop {
            let page = self.app.store.badges_of(self.person.id, &asked)?;
            for badge in page.items {
                let folder = format!("badges/{}", badge.id);
                let title = self.title(&badge.micro_credential)?;
                let path = format!("{folder}/badge.json");
                index.entry(&path, &format!("{title}: what is known of the badge"));
                self.json(&path, &badge)?;
                for edition in &badge.editions {
                    let number = edition.number;
                    let Some(issued) = self.app.store.issued(badge.id, number)? else {
                        continue;
                    };
                    for (ending, text) in [("json", issued.json()), ("jwt", issued.jwt())] {
                        let path = format!("{folder}/edition-{number}.{ending}");
                        index.entry(&path, &format!("{title}: the credential, edition {number}"));
                        self.bytes(&path, text.as_bytes().to_vec())?;
                    }
                }
            }
            match page.next {
                Some(next) => asked.cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// All of them, those that were declined or withdrawn among them, which are on no list.
    fn submissions(&mut self, index: &mut Index) -> Result<(), Error> {
        index.section("Submissions");
        let mut own = Vec::new();
        self.app.store.each_submission(|held| {
            if self.person.is(held.value.earner) {
                own.push(held.value.id);
            }
            Ok(())
        })?;
        for id in own {
            if let Some(held) = self.app.store.submission_held(id)? {
                self.submission(index, &held.value)?;
            }
        }
        Ok(())
    }

    fn submission(&mut self, index: &mut Index, submission: &Submission) -> Result<(), Error> {
        let (app, id) = (self.app, submission.id);
        let folder = format!("submissions/{id}");
        let title = self.title(&submission.micro_credential)?;
        let path = format!("{folder}/submission.json");
        index.entry(&path, &format!("{title}: the submission as it stands"));
        self.json(&path, submission)?;
        for version in 1..=submission.versions {
            if let Some(handed_in) = app.store.version(id, version)? {
                let path = format!("{folder}/version-{version}.json");
                index.entry(
                    &path,
                    &format!("{title}: version {version} as it was handed in"),
                );
                self.json(&path, &handed_in)?;
                let path = format!("{folder}/manifest-{version}.json");
                index.entry(
                    &path,
                    &format!("{title}: its manifest, byte for byte as it is hashed"),
                );
                self.bytes(&path, handed_in.manifest.canonical_json().into_bytes())?;
            }
        }
        let mut reviews = Vec::new();
        for review in app.store.reviews(id)? {
            let mut told = serde_json::to_value(&review).expect("records are always JSON");
            if let Some(members) = told.as_object_mut() {
                members.remove("reviewer");
            }
            reviews.push(told);
        }
        if !reviews.is_empty() {
            let path = format!("{folder}/reviews.json");
            index.entry(&path, &format!("{title}: what reviewers said"));
            self.json(&path, &reviews)?;
        }
        if let Some(preparation) = app.store.preparation(id)? {
            let path = format!("{folder}/preparation.json");
            index.entry(&path, &format!("{title}: notes for the next version"));
            self.json(&path, &preparation)?;
        }
        for evidence in app.store.all_evidence(id)? {
            if let Some(piece) = app.store.evidence(id, evidence)? {
                self.piece(index, id, &piece)?;
            }
        }
        Ok(())
    }

    fn piece(
        &mut self,
        index: &mut Index,
        id: SubmissionId,
        piece: &Evidence,
    ) -> Result<(), Error> {
        let folder = format!("submissions/{id}/evidence");
        let path = format!("{folder}/{}.json", piece.id);
        index.entry(&path, "What is known of a piece of evidence, with its salt");
        self.json(&path, piece)?;
        match &piece.content {
            EvidenceContent::Text(text) => {
                let path = format!("{folder}/{}.txt", piece.id);
                index.entry(&path, "A text");
                self.bytes(&path, text.as_str().as_bytes().to_vec())
            }
            // Where it leads is in the record.
            EvidenceContent::Link(_) => Ok(()),
            EvidenceContent::File(file) => {
                let path = format!("{folder}/{}-{}", piece.id, harmless(&file.name));
                index.entry(&path, file.name.as_str());
                (self.take)(Entry::File {
                    path,
                    file: Box::new(file.clone()),
                })
            }
        }
    }

    fn learning(&mut self, index: &mut Index) -> Result<(), Error> {
        let entries = self.app.store.learning_of(self.person.id)?;
        if entries.is_empty() {
            return Ok(());
        }
        index.section("Learning log");
        index.entry("learning.json", "What you read, watched and visited");
        self.json("learning.json", &entries)
    }

    /// What they said in cohorts, and asked for.
    fn words(&mut self, index: &mut Index) -> Result<(), Error> {
        let (app, person) = (self.app, self.person.id);
        let (mut posts, mut help) = (Vec::new(), Vec::new());
        for cohort in app.store.cohorts_spoken_in(person)? {
            for post in app.store.posts_by(person, cohort, WORDS)? {
                posts.extend(app.store.post_held(cohort, post)?.map(|held| held.value));
            }
        }
        for cohort in app.store.cohorts_with(person)? {
            help.extend(app.store.help_of(person, cohort, WORDS)?);
        }
        if posts.is_empty() && help.is_empty() {
            return Ok(());
        }
        index.section("Cohorts");
        index.entry("cohorts.json", "What you said, and asked for");
        self.json("cohorts.json", &json!({ "posts": posts, "help": help }))
    }

    fn title(&self, id: &crate::id::MicroCredentialId) -> Result<String, Error> {
        let found = self.app.store.micro_credential(id)?;
        Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
    }
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

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;
/// Posts of one person in one cohort; all of them are held at once.
const WORDS: usize = 10_000;
/// Letters of a file name; its end is what programs open it by.
const NAME: usize = 80;
