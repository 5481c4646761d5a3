//! What is endorsed: a version of a micro-credential, an organisation that issues, or a badge.

use super::EndorsementError;
use crate::app::App;
use crate::badge::{Badge, Visibility};
use crate::error::Error;
use crate::id::{BadgeId, MicroCredentialId, OrganisationId, PersonId};
use crate::micro_credential;
use serde::{Deserialize, Serialize};

/// What is endorsed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Endorsed {
    /// One version of a micro-credential.
    MicroCredential(MicroCredentialId),
    /// An organisation that issues.
    Issuer(OrganisationId),
    /// A badge.
    Badge(BadgeId),
}

/// What is endorsed, as it is now.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is.
    pub endorsed: Endorsed,
    /// Its identifier in signed documents.
    pub identifier: String,
    /// What it is called.
    pub title: String,
    /// The organisation whose it is.
    pub owner: OrganisationId,
    /// Who holds it, if it is a badge.
    pub holder: Option<PersonId>,
}

impl Endorsed {
    /// What stands at an address of this service: of a page, or of one of its documents.
    pub fn at(app: &App, address: &str) -> Option<Endorsed> {
        let address = address.trim();
        let path = address.strip_prefix(app.site.base()).unwrap_or(address);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.trim_matches('/').split('/');
        let kind = parts.next()?;
        let name = parts.next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        match kind {
            "achievements" => stem.parse().ok().map(Endorsed::MicroCredential),
            "badges" => stem.parse().ok().map(Endorsed::Badge),
            "organisations" => stem.parse().ok().map(Endorsed::Issuer),
            "issuer" | "issuer.json" => Some(Endorsed::Issuer(OrganisationId::host())),
            _ => None,
        }
    }

    /// The path of its page.
    pub fn path(&self) -> String {
        match self {
            Endorsed::MicroCredential(id) => format!("/achievements/{id}"),
            Endorsed::Issuer(id) => format!("/organisations/{id}"),
            Endorsed::Badge(id) => format!("/badges/{id}"),
        }
    }

    /// Its kind and its name, as they stand in keys.
    pub(crate) fn parts(&self) -> [String; 2] {
        let (kind, name) = match self {
            Endorsed::MicroCredential(id) => ("micro-credential", id.to_string()),
            Endorsed::Issuer(id) => ("issuer", id.to_string()),
            Endorsed::Badge(id) => ("badge", id.to_string()),
        };
        [kind.to_owned(), name]
    }
}

impl Subject {
    /// Finds what is endorsed. What is not published is not there.
    pub fn of(app: &App, endorsed: &Endorsed) -> Result<Subject, Error> {
        match endorsed {
            Endorsed::MicroCredential(id) => {
                let found = micro_credential::published(app, id)?;
                Ok(Subject {
                    endorsed: endorsed.clone(),
                    identifier: app.site.achievement(id),
                    title: found.content.name.to_string(),
                    owner: found.organisation,
                    holder: None,
                })
            }
            Endorsed::Issuer(id) => {
                let found = app.store.organisation(id)?.ok_or(Error::NotFound)?;
                Ok(Subject {
                    endorsed: endorsed.clone(),
                    identifier: app.issuers.keyring(id)?.issuer_id().to_owned(),
                    title: found.profile.name.to_string(),
                    owner: found.id,
                    holder: None,
                })
            }
            Endorsed::Badge(id) => {
                let badge = app.store.badge(*id)?.ok_or(Error::NotFound)?;
                Subject::of_badge(app, badge)
            }
        }
    }

    fn of_badge(app: &App, badge: Badge) -> Result<Subject, Error> {
        let earned = app.store.micro_credential(&badge.micro_credential)?;
        let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
        Ok(Subject {
            endorsed: Endorsed::Badge(badge.id),
            identifier: app.site.badge(badge.id),
            title: earned.content.name.to_string(),
            owner: badge.organisation,
            holder: Some(badge.earner),
        })
    }

    /// Finds what an organisation wants to endorse unasked: what everybody can see who has its address.
    pub fn in_the_open(app: &App, endorsed: &Endorsed) -> Result<Subject, Error> {
        if let Endorsed::Badge(id) = endorsed {
            let badge = app.store.badge(*id)?.ok_or(Error::NotFound)?;
            if badge.visibility == Visibility::Private {
                return Err(Error::NotFound);
            }
        }
        Subject::of(app, endorsed)
    }

    /// Whether an organisation can endorse it at all.
    pub(super) fn check_endorser(&self, endorser: &OrganisationId) -> Result<(), Error> {
        match self.owner == *endorser {
            true => Err(EndorsementError::Own.into()),
            false => Ok(()),
        }
    }

    /// Whether this person can endorse it in somebody's name.
    pub(super) fn check_giver(&self, app: &App, giver: PersonId) -> Result<(), Error> {
        let Some(holder) = self.holder else {
            return Ok(());
        };
        let holder = app.store.person(holder)?;
        match holder.is_some_and(|holder| holder.is(giver)) {
            true => Err(EndorsementError::Own.into()),
            false => Ok(()),
        }
    }

    /// What its endorsement is called.
    pub(super) fn title_of_endorsement(&self) -> String {
        match self.endorsed {
            Endorsed::MicroCredential(_) | Endorsed::Issuer(_) => {
                format!("Endorsement of {}", self.title)
            }
            Endorsed::Badge(_) => format!("Endorsement of a badge for {}", self.title),
        }
    }
}
