//! A micro-credential: the catalogue's entry for one competency, with what must be shown for it
//! and the rubric that decides.
//!
//! Each version is a record of its own with a name of its own (`wait-time`, `wait-time-v2`), so that
//! a submission and a badge keep to the version they were begun with.

pub mod alignment;
pub mod asked;
pub mod colour;
pub mod content;
pub mod credits;
pub mod readiness;
pub mod resource;
pub mod review_policy;
pub mod template;
mod versions;

pub use alignment::Alignment;
pub use asked::{ContextPrompt, EvidenceKind, EvidenceLimits, EvidenceRequirement};
pub use colour::Colour;
pub use content::Content;
pub use credits::Credits;
pub use resource::{Reference, Resource, ResourceKind, ResourcePlace};
pub use review_policy::{Certification, ReviewPolicy, SecondReview};
pub use versions::{publish, revise, versions};

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::image;
use crate::person::Person;
use crate::store::{StoreError, Stored};
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// One version of a micro-credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MicroCredential {
    /// The name of this version in addresses.
    pub id: MicroCredentialId,
    /// The name of the first version, which all versions of it share.
    pub line: MicroCredentialId,
    /// 1 for the first version.
    pub version: u32,
    /// The version this one follows.
    pub revises: Option<MicroCredentialId>,
    /// The version that took its place.
    pub superseded_by: Option<MicroCredentialId>,
    /// The organisation it belongs to, which badges name as its creator.
    pub organisation: OrganisationId,
    /// Who wrote it.
    pub author: PersonId,
    /// What it says.
    pub content: Content,
    /// Whether it may still be changed.
    pub state: State,
    /// Where it was taken from, if it was imported.
    pub origin: Option<Origin>,
    /// Whether other organisations may issue it.
    pub adoption: AdoptionPolicy,
}

/// Whether a micro-credential may still be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its organisation's authors are writing it, and nobody else sees it.
    Draft,
    /// It can be earned, and its content never changes again.
    Published {
        /// Since when.
        at: Timestamp,
        /// The digest of its rubric, which earner, reviewer and public page show alike.
        rubric_sha256: Sha256Digest,
        /// The digest of its whole content, the same on page, in the interface and in badges.
        content_sha256: Sha256Digest,
    },
}

/// Where an imported micro-credential was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The format it came in.
    pub format: OriginFormat,
    /// What it was called there: an address, a number, a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Line>,
    /// The file or catalogue it came from, as whoever imported it called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line>,
    /// When it was imported.
    pub imported: Timestamp,
}

/// The format something was imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginFormat {
    /// A table (RFC 4180).
    Csv,
    /// An achievement of Open Badges 3.0.
    #[serde(rename = "ob3")]
    OpenBadges3,
    /// A badge class of Open Badges 2.0.
    #[serde(rename = "ob2")]
    OpenBadges2,
    /// A credential of the Credential Transparency Description Language.
    Ctdl,
}

/// Whether other organisations may issue a micro-credential.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdoptionPolicy {
    /// Whichever wants to.
    Open,
    /// Those that asked and were let.
    #[default]
    ByRequest,
    /// None but its owner.
    Closed,
}

/// What a change of a draft rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Whatever stands there.
    Whatever,
    /// The content with this digest; if somebody changed it meanwhile, nothing is written.
    Content(Sha256Digest),
}

/// Begins a new micro-credential as a draft of its author's organisation.
pub fn write(
    app: &App,
    author: &Person,
    organisation: OrganisationId,
    id: MicroCredentialId,
    content: Content,
) -> Result<MicroCredential, Error> {
    check(app, &content)?;
    let written = MicroCredential::draft(id, organisation, author.id, content);
    add(app, written)
}

/// Replaces what a draft says. A published version never changes: that takes a revision.
pub fn rewrite(
    app: &App,
    id: &MicroCredentialId,
    content: Content,
    basis: Basis,
) -> Result<MicroCredential, Error> {
    check(app, &content)?;
    let held = held(app, id)?;
    held.value.must_be_draft()?;
    if let Basis::Content(seen) = basis
        && seen != held.value.content.sha256()
    {
        return Err(Error::conflict(
            "somebody changed this draft meanwhile: look at it again before you change it",
        ));
    }
    let rewritten = MicroCredential {
        content,
        ..held.value.clone()
    };
    app.store.replace_micro_credential(&held, &rewritten)?;
    Ok(rewritten)
}

/// Throws a draft away.
pub fn discard(app: &App, id: &MicroCredentialId) -> Result<(), Error> {
    let held = held(app, id)?;
    held.value.must_be_draft()?;
    Ok(app.store.discard_micro_credential(&held)?)
}

/// Says whether other organisations may issue a micro-credential.
pub fn set_adoption_policy(
    app: &App,
    id: &MicroCredentialId,
    adoption: AdoptionPolicy,
) -> Result<MicroCredential, Error> {
    let held = held(app, id)?;
    let changed = MicroCredential {
        adoption,
        ..held.value.clone()
    };
    app.store.replace_micro_credential(&held, &changed)?;
    Ok(changed)
}

/// Finds a published micro-credential; drafts are nobody's business but their organisation's.
pub fn published(app: &App, id: &MicroCredentialId) -> Result<MicroCredential, Error> {
    match app.store.micro_credential(id)? {
        Some(found) if found.is_published() => Ok(found),
        _ => Err(Error::NotFound),
    }
}

/// Holds what is to be written against itself, and against what it refers to.
pub(crate) fn check(app: &App, content: &Content) -> Result<(), Error> {
    content.check()?;
    for (place, topic) in content.topics.iter().enumerate() {
        if app.store.topic(topic)?.is_none() {
            let message = format!("there is no topic {topic}: take one of those listed");
            return Err(Error::invalid(format!("/topics/{place}"), message));
        }
    }
    for (member, named) in [
        ("prerequisites", &content.prerequisites),
        ("stack", &content.stack),
    ] {
        for (place, id) in named.iter().enumerate() {
            let found = app.store.micro_credential(id)?;
            let pointer = format!("/{member}/{place}");
            match found {
                Some(found)
                    if found.is_published() && member == "stack" && found.content.is_stack() =>
                {
                    let message = "a stack holds no other stacks";
                    return Err(Error::invalid(pointer, message));
                }
                Some(found) if found.is_published() => {}
                _ => {
                    let message = format!("there is no published micro-credential {id}");
                    return Err(Error::invalid(pointer, message));
                }
            }
        }
    }
    if let Some(image) = &content.image {
        image::must_be_known(app, image)?;
    }
    Ok(())
}

pub(crate) fn add(app: &App, new: MicroCredential) -> Result<MicroCredential, Error> {
    match app.store.add_micro_credential(&new) {
        Err(StoreError::Conflict) => {
            Err(Error::conflict("there is a micro-credential of this name"))
        }
        other => Ok(other.map(|()| new)?),
    }
}

fn held(app: &App, id: &MicroCredentialId) -> Result<Stored<MicroCredential>, Error> {
    app.store.micro_credential_held(id)?.ok_or(Error::NotFound)
}

impl MicroCredential {
    /// The first version of something new.
    pub(crate) fn draft(
        id: MicroCredentialId,
        organisation: OrganisationId,
        author: PersonId,
        content: Content,
    ) -> MicroCredential {
        MicroCredential {
            line: id.clone(),
            id,
            version: 1,
            revises: None,
            superseded_by: None,
            organisation,
            author,
            content,
            state: State::Draft,
            origin: None,
            adoption: AdoptionPolicy::default(),
        }
    }

    /// Whether it can be earned.
    pub fn is_published(&self) -> bool {
        matches!(self.state, State::Published { .. })
    }

    /// Whether it is published and no newer version is.
    pub fn is_newest(&self) -> bool {
        self.is_published() && self.superseded_by.is_none()
    }

    /// Since when it is published.
    pub fn published_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Draft => None,
            State::Published { at, .. } => Some(at),
        }
    }

    /// The digest of its content: frozen once it is published.
    pub fn content_sha256(&self) -> Sha256Digest {
        match self.state {
            State::Draft => self.content.sha256(),
            State::Published { content_sha256, .. } => content_sha256,
        }
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
