//! Certifications: that somebody has shown that they score as the exemplars of a training set say.

use super::training;
use crate::app::App;
use crate::error::Error;
use crate::id::{AwardId, MicroCredentialId, OrganisationId, PersonId};
use crate::micro_credential::{Certification as Asked, MicroCredential};
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That somebody has shown that they score as the exemplars of a training set say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certification {
    /// Whose training set it was.
    pub organisation: OrganisationId,
    /// The line of versions that it is for: all of them.
    pub line: MicroCredentialId,
    /// Who.
    pub person: PersonId,
    /// The try that passed.
    pub attempt: u32,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The award that was made for it, if the set names a badge.
    pub award: Option<AwardId>,
}

/// Whether somebody may review what is for a micro-credential, as far as certifications go.
///
/// Where the micro-credential asks for one, it is that of the organisation which wrote it or of the one which
/// reviews it, it is not over, and its badge was not revoked.
pub fn may_review(
    app: &App,
    person: &Person,
    reviewing: &OrganisationId,
    wanted: &MicroCredential,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if wanted.content.review.certification == Asked::NotAsked {
        return Ok(true);
    }
    for organisation in [reviewing, &wanted.organisation] {
        if let Some(found) = of(app, person, organisation, &wanted.line)?
            && found.is_good(app, now)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The certification of somebody by an organisation that lasts longest.
pub fn of(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
) -> Result<Option<Certification>, StoreError> {
    let mut found: Vec<Certification> = Vec::new();
    // The accounts that were joined to this one may have earned it.
    for id in std::iter::once(&person.id).chain(&person.former) {
        found.extend(
            app.store
                .certification(organisation, line, *id)?
                .map(|stored| stored.value),
        );
    }
    Ok(found.into_iter().max_by_key(|one| one.until))
}

/// Lists the certifications of an organisation for one line.
pub fn all(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    asked: &PageRequest,
) -> Result<Page<Certification>, Error> {
    training::find(app, organisation, line)?;
    Ok(app.store.certifications(organisation, line, asked)?)
}

impl Certification {
    /// Whether it is not over, and its badge was not revoked.
    pub fn is_good(&self, app: &App, now: Timestamp) -> Result<bool, StoreError> {
        if now >= self.until {
            return Ok(false);
        }
        let badge = match self.award {
            Some(award) => app.store.badge_of_award(award)?,
            None => None,
        };
        Ok(badge.is_none_or(|badge| badge.current().revoked.is_none()))
    }
}
