//! A micro-credential: the catalogue's entry for one competency, with what must be shown for it
//! and the rubric that decides.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, PersonId, RequirementId};
use crate::person::Person;
use crate::rubric::Rubric;
use crate::store::StoreError;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One version of a micro-credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MicroCredential {
    /// The name of this version in addresses.
    pub id: MicroCredentialId,
    /// 1 for the first version.
    pub version: u32,
    /// The version this one follows.
    pub revises: Option<MicroCredentialId>,
    /// The organisation it belongs to, which badges name as its creator.
    pub organisation: OrganisationId,
    /// Who wrote it.
    pub author: PersonId,
    /// What it says.
    pub content: Content,
    /// Whether it may still be changed.
    pub state: State,
}

/// Whether a micro-credential may still be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its organisation's authors are writing it, and nobody else sees it.
    Draft,
    /// It can be earned, and never changes again.
    Published {
        /// Since when.
        at: Timestamp,
        /// The digest of its rubric, which earner, reviewer and public page show alike.
        rubric_sha256: Sha256Digest,
    },
}

/// What a micro-credential says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The title.
    pub name: Line,
    /// The one competency that is shown by earning it.
    pub competency: Line,
    /// What it is about.
    pub description: Prose,
    /// What it takes, for those who read the badge (the standard's criteria narrative).
    pub criteria: Prose,
    /// What is to be handed in.
    pub evidence_requirements: Vec<EvidenceRequirement>,
    /// What the evidence is held against.
    pub rubric: Rubric,
    /// Words to find it by.
    pub tags: Vec<Line>,
    /// The colour of its picture.
    pub colour: Option<Colour>,
}

/// One thing that is to be handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRequirement {
    /// The requirement's name within the micro-credential.
    pub id: RequirementId,
    /// What people read.
    pub name: Line,
    /// What is wanted.
    pub description: Option<Prose>,
    /// Any one of these satisfies it.
    pub accepts: BTreeSet<EvidenceKind>,
}

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// A file: audio, video, student work.
    File,
    /// A text: a reflection.
    Text,
    /// An address of something published elsewhere.
    Link,
}

/// A colour of red, green and blue, written `#rrggbb`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// Begins a new micro-credential as a draft of its author's organisation.
pub fn write(
    app: &App,
    author: &Person,
    organisation: OrganisationId,
    id: MicroCredentialId,
    content: Content,
) -> Result<MicroCredential, Error> {
    content.check()?;
    let written = MicroCredential {
        id,
        version: 1,
        revises: None,
        organisation,
        author: author.id,
        content,
        state: State::Draft,
    };
    add(app, written)
}

/// Replaces what a draft says. A published version never changes: that takes a revision.
pub fn rewrite(
    app: &App,
    id: &MicroCredentialId,
    content: Content,
) -> Result<MicroCredential, Error> {
    content.check()?;
    let held = app
        .store
        .micro_credential_held(id)?
        .ok_or(Error::NotFound)?;
    held.value.must_be_draft()?;
    let rewritten = MicroCredential {
        content,
        ..held.value.clone()
    };
    app.store.replace_micro_credential(&held, &rewritten)?;
    Ok(rewritten)
}

/// Publishes a draft and so freezes it.
pub fn publish(
    app: &App,
    id: &MicroCredentialId,
    now: Timestamp,
) -> Result<MicroCredential, Error> {
    let held = app
        .store
        .micro_credential_held(id)?
        .ok_or(Error::NotFound)?;
    held.value.must_be_draft()?;
    let rubric_sha256 = held.value.content.rubric.sha256();
    let published = MicroCredential {
        state: State::Published {
            at: now,
            rubric_sha256,
        },
        ..held.value.clone()
    };
    app.store.replace_micro_credential(&held, &published)?;
    Ok(published)
}

/// Begins the next version of a published micro-credential; open submissions keep to theirs.
pub fn revise(
    app: &App,
    author: &Person,
    of: &MicroCredentialId,
    id: MicroCredentialId,
) -> Result<MicroCredential, Error> {
    let former = app.store.micro_credential(of)?.ok_or(Error::NotFound)?;
    let State::Published { .. } = former.state else {
        return Err(Error::conflict(
            "this micro-credential is a draft: change it as it is",
        ));
    };
    let revision = MicroCredential {
        id,
        version: former.version + 1,
        revises: Some(former.id),
        organisation: former.organisation,
        author: author.id,
        content: former.content,
        state: State::Draft,
    };
    add(app, revision)
}

/// Finds a published micro-credential; drafts are nobody's business but their organisation's.
pub fn published(app: &App, id: &MicroCredentialId) -> Result<MicroCredential, Error> {
    match app.store.micro_credential(id)? {
        Some(found) if found.is_published() => Ok(found),
        _ => Err(Error::NotFound),
    }
}

fn add(app: &App, new: MicroCredential) -> Result<MicroCredential, Error> {
    match app.store.add_micro_credential(&new) {
        Err(StoreError::Conflict) => {
            Err(Error::conflict("there is a micro-credential of this name"))
        }
        other => Ok(other.map(|()| new)?),
    }
}

impl MicroCredential {
    /// Whether it can be earned.
    pub fn is_published(&self) -> bool {
        matches!(self.state, State::Published { .. })
    }

    fn must_be_draft(&self) -> Result<(), Error> {
        match self.state {
            State::Draft => Ok(()),
            State::Published { .. } => Err(Error::conflict(
                "this micro-credential is published: a change makes a new version",
            )),
        }
    }
}

impl Content {
    fn check(&self) -> Result<(), Error> {
        let requirements = &self.evidence_requirements;
        if requirements.is_empty() || requirements.len() > REQUIREMENTS {
            let message = format!("between 1 and {REQUIREMENTS} pieces of evidence are asked for");
            return Err(Error::invalid("/evidence_requirements", message));
        }
        let mut names = BTreeSet::new();
        for (place, requirement) in requirements.iter().enumerate() {
            let pointer = format!("/evidence_requirements/{place}");
            if !names.insert(&requirement.id) {
                return Err(Error::invalid(
                    pointer + "/id",
                    "another requirement has this name",
                ));
            }
            if requirement.accepts.is_empty() {
                return Err(Error::invalid(
                    pointer + "/accepts",
                    "nothing would satisfy this requirement",
                ));
            }
        }
        if self.tags.len() > TAGS {
            return Err(Error::invalid("/tags", format!("at most {TAGS} tags")));
        }
        // All of it stands in every badge, and a badge with both its forms in one record.
        let size = serde_json::to_string(self).map_or(usize::MAX, |text| text.len());
        if size > CONTENT_BYTES {
            return Err(Error::TooLarge {
                what: "micro-credential",
                bytes: size as u64,
                limit: CONTENT_BYTES as u64,
            });
        }
        Ok(())
    }

    /// The requirement of this name.
    pub fn requirement(&self, id: &RequirementId) -> Option<&EvidenceRequirement> {
        self.evidence_requirements
            .iter()
            .find(|requirement| requirement.id == *id)
    }
}

/// A text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb")]
pub struct ColourError;

impl std::str::FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Colour, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ColourError);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| ColourError)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Colour { red, green, blue })
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "#{:02x}{:02x}{:02x}",
            self.red, self.green, self.blue
        )
    }
}

crate::id::written_as_text!(Colour);

/// Twenty files a submission may have, so at most twenty things can be asked for.
const REQUIREMENTS: usize = 20;
/// Enough to be found by.
const TAGS: usize = 20;
/// A record of the store stays under 100 kB, and holds a badge in two forms.
const CONTENT_BYTES: usize = 24 * 1024;
