//! Organisations: states, districts, universities and publishers, and what people are in them.

use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::issuers::IdentifierPolicy;
use crate::store::StoreError;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A body that writes, reviews or issues micro-credentials, or whose people earn them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name in addresses.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The organisation it belongs to, as a district to its state.
    pub parent: Option<OrganisationId>,
    /// What it says of itself.
    pub profile: OrganisationProfile,
    /// How the recipient's e-mail address stands in its badges.
    pub identifier_policy: IdentifierPolicy,
    /// Since when it is known here.
    pub since: Timestamp,
}

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// A state's department of education.
    State,
    /// A school district.
    District,
    /// A university or another institution of higher education.
    University,
    /// Whoever writes micro-credentials for others.
    Publisher,
}

/// What an organisation says of itself (Open Badges 3.0, Profile).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationProfile {
    /// What people call it.
    pub name: Line,
    /// What it does.
    pub description: Option<Prose>,
    /// Where it can be written to.
    pub email: Option<Line>,
}

/// What a person is in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The person.
    pub person: PersonId,
    /// What the person may do in it beside earning.
    pub roles: BTreeSet<Role>,
    /// Since when.
    pub since: Timestamp,
}

/// What a member may do in an organisation beside earning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes and publishes micro-credentials.
    Author,
    /// Reviews submissions of others.
    Reviewer,
    /// Decides where reviewers disagree.
    Adjudicator,
    /// Awards and revokes badges.
    IssuingOfficer,
    /// Invites people and sees how far they have come.
    Coordinator,
    /// Looks after the organisation itself: its profile, its members, their roles.
    Administrator,
}

/// Writes the organisation that runs this service, as the configuration has it. To be called at
/// start; what the configuration does not say stays as it is.
pub fn establish_host(
    app: &App,
    profile: OrganisationProfile,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let id = OrganisationId::host();
    let Some(held) = app.store.organisation_held(&id)? else {
        let host = Organisation {
            id,
            kind: OrganisationKind::State,
            parent: None,
            profile,
            identifier_policy: IdentifierPolicy::default(),
            since: now,
        };
        app.store.add_organisation(&host)?;
        return Ok(host);
    };
    let host = Organisation {
        profile,
        ..held.value.clone()
    };
    if host != held.value {
        app.store.replace_organisation(&held, &host)?;
    }
    Ok(host)
}

/// Takes an organisation in, with keys of its own. Who may ask for it is for the caller to see to.
pub fn found(app: &App, new: Organisation) -> Result<Organisation, Error> {
    if let Some(parent) = &new.parent
        && app.store.organisation(parent)?.is_none()
    {
        return Err(Error::invalid("/parent", "there is no such organisation"));
    }
    if app.store.organisation(&new.id)?.is_some() {
        return Err(Error::conflict("there is an organisation of this name"));
    }
    // The keys are there before anybody can issue under its name. A crash after this leaves keys
    // that nobody has seen, and the next attempt takes them.
    app.issuers.draw(&new.id, &app.random)?;
    match app.store.add_organisation(&new) {
        Err(StoreError::Conflict) => Err(Error::conflict("there is an organisation of this name")),
        other => Ok(other.map(|()| new)?),
    }
}

/// Says how the recipient's e-mail address stands in an organisation's badges from now on.
pub fn set_identifier_policy(
    app: &App,
    id: &OrganisationId,
    identifier_policy: IdentifierPolicy,
) -> Result<Organisation, Error> {
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let changed = Organisation {
        identifier_policy,
        ..held.value.clone()
    };
    app.store.replace_organisation(&held, &changed)?;
    Ok(changed)
}

/// Makes a person a member with these roles, or gives a member these roles in place of others.
pub fn set_roles(
    app: &App,
    organisation: &OrganisationId,
    person: PersonId,
    roles: BTreeSet<Role>,
    now: Timestamp,
) -> Result<Membership, Error> {
    if app.store.organisation(organisation)?.is_none() || app.store.person(person)?.is_none() {
        return Err(Error::NotFound);
    }
    let since = app.store.membership(organisation, person)?;
    let membership = Membership {
        organisation: organisation.clone(),
        person,
        roles,
        since: since.map_or(now, |former| former.since),
    };
    app.store.put_membership(&membership)?;
    Ok(membership)
}

impl OrganisationId {
    /// The organisation that runs this service: the one that the configuration names.
    pub fn host() -> OrganisationId {
        HOST.parse().expect("a slug")
    }

    /// Whether it is the organisation that runs this service.
    pub fn is_host(&self) -> bool {
        self.as_str() == HOST
    }
}

const HOST: &str = "host";
