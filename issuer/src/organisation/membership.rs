//! Members of organisations, and what they may do there.

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{OrganisationId, PersonId};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

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
    /// Advises it: endorses things in its name, and nothing else.
    Advisor,
    /// Looks after the organisation itself: its profile, its members, their roles.
    Administrator,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Role; 7] = [
        Role::Author,
        Role::Reviewer,
        Role::Adjudicator,
        Role::IssuingOfficer,
        Role::Coordinator,
        Role::Advisor,
        Role::Administrator,
    ];

    /// Its name in tables and forms, as in the interface.
    pub fn name(self) -> &'static str {
        match self {
            Role::Author => "author",
            Role::Reviewer => "reviewer",
            Role::Adjudicator => "adjudicator",
            Role::IssuingOfficer => "issuing_officer",
            Role::Coordinator => "coordinator",
            Role::Advisor => "advisor",
            Role::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Role::IssuingOfficer => "issuing officer",
            other => other.name(),
        })
    }
}

/// Makes a person a member with these roles, or gives a member these roles in place of others.
pub fn set_roles(
    app: &App,
    by: Actor,
    organisation: &OrganisationId,
    person: PersonId,
    roles: BTreeSet<Role>,
    now: Timestamp,
) -> Result<Membership, Error> {
    if app.store.organisation(organisation)?.is_none() {
        return Err(Error::NotFound);
    }
    // Whoever was joined to another account is a member as that one.
    let person = app.store.person(person)?.ok_or(Error::NotFound)?.id;
    let held = app.store.membership_held(organisation, person)?;
    let membership = Membership {
        organisation: organisation.clone(),
        person,
        roles,
        since: held.as_ref().map_or(now, |former| former.value.since),
    };
    let mut batch = Batch::default();
    if let Some(former) = &held
        && !membership.administrates()
    {
        former.value.leave_an_administrator(app, &mut batch)?;
    }
    app.store
        .put_membership(&mut batch, held.as_ref(), &membership)?;
    let kind = match &held {
        Some(_) => EventKind::MemberRolesChanged,
        None => EventKind::MemberJoined,
    };
    event::record(app, &mut batch, membership.event(kind, by, now))?;
    app.store.commit(batch)?;
    Ok(membership)
}

/// Ends a membership: the member leaves, or is removed. Badges, submissions and reviews stay.
pub fn end(
    app: &App,
    by: Actor,
    organisation: &OrganisationId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), Error> {
    let held = app.store.membership_held(organisation, person)?;
    let held = held.ok_or(Error::NotFound)?;
    let mut batch = Batch::default();
    held.value.leave_an_administrator(app, &mut batch)?;
    app.store.remove_membership(&mut batch, &held);
    let left = Event {
        organisation: organisation.clone(),
        kind: EventKind::MemberLeft,
        actor: by,
        about: About::Person(person),
        reason: None,
        at: now,
    };
    event::record(app, &mut batch, left)?;
    Ok(app.store.commit(batch)?)
}

impl Membership {
    /// A member without roles.
    pub fn plain(organisation: OrganisationId, person: PersonId, now: Timestamp) -> Membership {
        Membership {
            organisation,
            person,
            roles: BTreeSet::new(),
            since: now,
        }
    }

    /// That it has become so.
    pub(super) fn event(&self, kind: EventKind, by: Actor, now: Timestamp) -> Event {
        Event {
            organisation: self.organisation.clone(),
            kind,
            actor: by,
            about: About::Member {
                person: self.person,
                roles: self.roles.clone(),
            },
            reason: None,
            at: now,
        }
    }

    /// Whether the member looks after the organisation itself.
    pub fn administrates(&self) -> bool {
        self.roles.contains(&Role::Administrator)
    }

    /// Refuses to let the last administrator of an organisation go: nobody could undo it.
    ///
    /// Of two administrators who go at once, one conflicts and is looked at again.
    fn leave_an_administrator(&self, app: &App, batch: &mut Batch) -> Result<(), Error> {
        if !self.administrates() {
            return Ok(());
        }
        app.store
            .count_departure_of_administrator(batch, &self.organisation)?;
        let remains = |other: &Membership| other.person != self.person && other.administrates();
        match app.store.any_member(&self.organisation, remains)? {
            true => Ok(()),
            false => Err(Error::LastAdministrator),
        }
    }
}
