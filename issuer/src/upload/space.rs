//! How much room people and organisations take with their evidence.

use super::{Upload, UploadError};
use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::store::Stored;
use serde::{Deserialize, Serialize};

/// What may be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimits {
    /// Bytes of one file that comes in one request.
    pub request_bytes: u64,
    /// Bytes of one file that comes bit by bit.
    pub file_bytes: u64,
    /// Bytes of all evidence of one person.
    pub person_bytes: u64,
    /// Bytes of all evidence that was handed to one organisation.
    pub organisation_bytes: u64,
}

/// How much room is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Bytes of files, and bytes set aside for uploads.
    pub bytes: u64,
}

/// How much room a person and an organisation take, as read and as it will be.
pub struct SpaceChange {
    pub(crate) person: (PersonId, Option<Stored<Space>>, Space),
    pub(crate) organisation: (OrganisationId, Option<Stored<Space>>, Space),
}

/// The room with that of a new upload.
pub(super) fn taken(
    app: &App,
    limits: &UploadLimits,
    upload: &Upload,
) -> Result<SpaceChange, Error> {
    let add = |found: &Option<Stored<Space>>, whose, limit| {
        let before = found.as_ref().map_or(0, |found| found.value.bytes);
        let bytes = before.saturating_add(upload.length);
        match bytes <= limit {
            true => Ok(Space { bytes }),
            false => Err(UploadError::Quota { whose, limit }),
        }
    };
    let person = app.store.space_of_person(upload.owner)?;
    let organisation = app.store.space_of_organisation(&upload.organisation)?;
    let persons = add(&person, "a person", limits.person_bytes)?;
    let organisations = add(&organisation, "the organisation", limits.organisation_bytes)?;
    Ok(SpaceChange {
        person: (upload.owner, person, persons),
        organisation: (upload.organisation.clone(), organisation, organisations),
    })
}

/// The room with a file that takes the place of another one.
pub(super) fn exchanged(
    app: &App,
    limits: &UploadLimits,
    (person, organisation): (PersonId, &OrganisationId),
    more: u64,
    less: u64,
) -> Result<SpaceChange, Error> {
    let exchange = |found: &Option<Stored<Space>>, whose, limit| {
        let before = found.as_ref().map_or(0, |found| found.value.bytes);
        let bytes = before.saturating_add(more).saturating_sub(less);
        match bytes <= limit || more <= less {
            true => Ok(Space { bytes }),
            false => Err(UploadError::Quota { whose, limit }),
        }
    };
    let persons = app.store.space_of_person(person)?;
    let organisations = app.store.space_of_organisation(organisation)?;
    let of_person = exchange(&persons, "a person", limits.person_bytes)?;
    let whose = "the organisation";
    let of_organisation = exchange(&organisations, whose, limits.organisation_bytes)?;
    Ok(SpaceChange {
        person: (person, persons, of_person),
        organisation: (organisation.clone(), organisations, of_organisation),
    })
}

/// The room without so many bytes of an upload.
pub(super) fn given_back(app: &App, upload: &Upload, bytes: u64) -> Result<SpaceChange, Error> {
    without(app, upload.owner, &upload.organisation, bytes)
}

pub(super) fn without(
    app: &App,
    person: PersonId,
    organisation: &OrganisationId,
    bytes: u64,
) -> Result<SpaceChange, Error> {
    let less = |found: &Option<Stored<Space>>| Space {
        bytes: found
            .as_ref()
            .map_or(0, |found| found.value.bytes.saturating_sub(bytes)),
    };
    let persons = app.store.space_of_person(person)?;
    let organisations = app.store.space_of_organisation(organisation)?;
    let (less_person, less_organisation) = (less(&persons), less(&organisations));
    Ok(SpaceChange {
        person: (person, persons, less_person),
        organisation: (organisation.clone(), organisations, less_organisation),
    })
}

/// Tries again while another change of the same room came first: an organisation's is changed by all its
/// members.
pub(super) fn with_retries<T>(mut change: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        match change() {
            Err(Error::Conflict { .. }) if tries < TRIES => {}
            other => return other,
        }
    }
}

impl SpaceChange {
    /// Whether nothing of it changes.
    pub(crate) fn is_none(&self) -> bool {
        let same = |found: &Option<Stored<Space>>, after: &Space| {
            found.as_ref().map(|found| found.value).unwrap_or_default() == *after
        };
        same(&self.person.1, &self.person.2) && same(&self.organisation.1, &self.organisation.2)
    }
}

/// Every try that fails means that another one got through.
const TRIES: usize = 50;
