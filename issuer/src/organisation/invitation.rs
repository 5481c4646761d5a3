//! Invitations by mail: whoever opens the link and agrees becomes a member.
//!
//! An invitation is known by the address it was sent to, so that inviting somebody again does
//! nothing. No account is made before it is accepted. Looking at a link changes nothing, because
//! mail scanners look at every link.

use super::letters;
use super::{Membership, Organisation, Role};
use crate::again::retried;
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, Actor, EventKind};
use crate::id::{InvitationId, OrganisationId, PersonId};
use crate::link::LinkSecret;
use crate::mail;
use crate::person::{self, Email, EmailInBadges, NewPerson, Person, Proof, VerifiedBy};
use crate::store::Stored;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An invitation that nobody has accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its name.
    pub id: InvitationId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Where it was sent.
    pub email: Email,
    /// What the person is called, as far as the organisation knows.
    pub name: Option<Line>,
    /// What the person will be able to do in the organisation.
    pub roles: BTreeSet<Role>,
    /// Who invites.
    pub by: PersonId,
    /// When the person was first invited.
    pub made: Timestamp,
    /// When the link was last sent.
    pub sent: Timestamp,
    /// The digest of that link's secret.
    pub secret: Sha256Digest,
}

/// Who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Where the link goes.
    pub email: Email,
    /// What the person is called, if it is known.
    pub name: Option<Line>,
    /// What the person will be able to do in the organisation.
    pub roles: BTreeSet<Role>,
}

/// What inviting somebody came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A link is on its way.
    Invited,
    /// They had been invited; name or roles are others now, and no second link was sent.
    Changed,
    /// They had been invited with the same words.
    InvitedBefore,
    /// They are a member already.
    Member,
}

/// What became of a link that was mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum LinkFate {
    /// It leads to an invitation.
    Open {
        organisation: OrganisationId,
        invitation: InvitationId,
    },
    /// It was used, or another one was sent in its place, or the invitation was withdrawn.
    Over,
}

/// Invites people, and says for each what it came to. What is done stays done if a later one fails.
pub fn invite(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    people: &[Invitee],
    now: Timestamp,
) -> Result<Vec<Outcome>, Error> {
    let inviting = app.store.organisation(organisation)?;
    let inviting = inviting.ok_or(Error::NotFound)?;
    let mut outcomes = Vec::with_capacity(people.len());
    // One commit is one write to the disk: so many at once, and yet a small record of each.
    for some in people.chunks(AT_ONCE) {
        outcomes.extend(retried(ATTEMPTS, || {
            invite_some(app, by, &inviting, some, now)
        })?);
    }
    Ok(outcomes)
}

/// Invites somebody to look after an organisation. Who was invited before will do so too.
pub fn appoint(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    email: Email,
    name: Option<Line>,
    now: Timestamp,
) -> Result<Invitation, Error> {
    let invitee = Invitee {
        email,
        name,
        roles: BTreeSet::from([Role::Administrator]),
    };
    let outcome = invite(app, by, organisation, std::slice::from_ref(&invitee), now)?;
    if outcome == [Outcome::Member] {
        let message = "this person is a member already: an administrator can give them roles";
        return Err(Error::conflict(message));
    }
    let invited = app.store.invitation_to(organisation, &invitee.email)?;
    Ok(invited.ok_or(Error::NotFound)?.value)
}

fn invite_some(
    app: &App,
    by: PersonId,
    inviting: &Organisation,
    people: &[Invitee],
    now: Timestamp,
) -> Result<Vec<Outcome>, Error> {
    let mut batch = Batch::default();
    let mut outcomes = Vec::with_capacity(people.len());
    for invitee in people {
        outcomes.push(invite_one(app, &mut batch, by, inviting, invitee, now)?);
    }
    app.store.commit(batch)?;
    Ok(outcomes)
}

fn invite_one(
    app: &App,
    batch: &mut Batch,
    by: PersonId,
    inviting: &Organisation,
    invitee: &Invitee,
    now: Timestamp,
) -> Result<Outcome, Error> {
    if let Some(known) = app.store.person_by_email(&invitee.email)?
        && app.store.membership(&inviting.id, known.id)?.is_some()
    {
        return Ok(Outcome::Member);
    }
    if let Some(held) = app.store.invitation_to(&inviting.id, &invitee.email)? {
        let before = &held.value;
        let changed = Invitation {
            name: invitee.name.clone().or_else(|| before.name.clone()),
            // Who says nothing of roles takes none away.
            roles: match invitee.roles.is_empty() {
                true => before.roles.clone(),
                false => invitee.roles.clone(),
            },
            ..before.clone()
        };
        if changed == *before {
            return Ok(Outcome::InvitedBefore);
        }
        app.store.put_invitation(batch, Some(&held), &changed)?;
        return Ok(Outcome::Changed);
    }
    let secret = LinkSecret::draw(&app.random);
    let invitation = Invitation {
        id: InvitationId::draw(&app.random),
        organisation: inviting.id.clone(),
        email: invitee.email.clone(),
        name: invitee.name.clone(),
        roles: invitee.roles.clone(),
        by,
        made: now,
        sent: now,
        secret: secret.digest(),
    };
    app.store.put_invitation(batch, None, &invitation)?;
    let letter = letters::invited(app, inviting, &invitation, &secret)?;
    mail::queue(app, batch, &invitation.email, letter, now)?;
    Ok(Outcome::Invited)
}

/// Sends the link again, with a new secret; the old one is of no use any more.
pub fn send_again(
    app: &App,
    organisation: &OrganisationId,
    id: InvitationId,
    now: Timestamp,
) -> Result<Invitation, Error> {
    let inviting = app.store.organisation(organisation)?;
    let inviting = inviting.ok_or(Error::NotFound)?;
    let held = app.store.invitation_held(organisation, id)?;
    let held = held.ok_or(Error::NotFound)?;
    let again = held.value.sent.plus_seconds(BETWEEN_LETTERS);
    if now < again {
        let seconds = again.unix_seconds() - now.unix_seconds();
        return Err(Error::RateLimited { seconds });
    }
    let secret = LinkSecret::draw(&app.random);
    let renewed = Invitation {
        sent: now,
        secret: secret.digest(),
        ..held.value.clone()
    };
    let mut batch = Batch::default();
    app.store
        .put_invitation(&mut batch, Some(&held), &renewed)?;
    app.store
        .end_invitation_link(&mut batch, held.value.secret, now)?;
    let letter = letters::invited(app, &inviting, &renewed, &secret)?;
    mail::queue(app, &mut batch, &renewed.email, letter, now)?;
    app.store.commit(batch)?;
    Ok(renewed)
}

/// Withdraws an invitation; its link is of no use any more.
pub fn withdraw(
    app: &App,
    organisation: &OrganisationId,
    id: InvitationId,
    now: Timestamp,
) -> Result<(), Error> {
    let held = app.store.invitation_held(organisation, id)?;
    let held = held.ok_or(Error::NotFound)?;
    let mut batch = Batch::default();
    app.store.remove_invitation(&mut batch, &held, now)?;
    Ok(app.store.commit(batch)?)
}

/// Looks at an invitation without accepting it: what it says, and who invites.
pub fn look(
    app: &App,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<(Invitation, Organisation), Error> {
    let invitation = take(app, secret, now)?.value;
    let inviting = app.store.organisation(&invitation.organisation)?;
    Ok((invitation, inviting.ok_or(Error::NotFound)?))
}

/// Whether whoever accepts must say what they are called: nobody has the address yet.
pub fn is_to_somebody_new(app: &App, invitation: &Invitation) -> Result<bool, Error> {
    Ok(app.store.person_by_email(&invitation.email)?.is_none())
}

/// Accepts an invitation for somebody who is signed in, whatever their address.
pub fn accept_as(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<Membership, Error> {
    retried(ATTEMPTS, || {
        let held = take(app, secret, now)?;
        let mut batch = Batch::default();
        let member = admit(app, &mut batch, &held, person.id, now)?;
        app.store.commit(batch)?;
        Ok(member)
    })
}

/// Accepts an invitation for whoever opened the link: the person who has the address, or a new one
/// of this name. The link shows that the address is theirs, so they may be signed in.
pub fn accept(
    app: &App,
    secret: &LinkSecret,
    name: Option<&Line>,
    now: Timestamp,
) -> Result<Membership, Error> {
    retried(ATTEMPTS, || {
        let held = take(app, secret, now)?;
        let email = &held.value.email;
        let proof = Proof {
            by: VerifiedBy::Link,
            at: now,
        };
        let mut batch = Batch::default();
        let person = match app.store.person_by_email(email)? {
            Some(known) => {
                app.store.verify_email(&mut batch, &known, email, &proof)?;
                known.id
            }
            None => {
                let name = name.cloned().or_else(|| held.value.name.clone());
                let unnamed = Error::invalid("/name", "please say what you are called");
                let new = NewPerson {
                    name: name.ok_or(unnamed)?,
                    emails: vec![email.clone()],
                    did: None,
                    email_in_badges: EmailInBadges::Hashed,
                };
                let person = person::new(app, new, now)?;
                app.store.put_new_person(&mut batch, &person, &proof)?;
                person.id
            }
        };
        let member = admit(app, &mut batch, &held, person, now)?;
        app.store.commit(batch)?;
        Ok(member)
    })
}

/// Makes somebody a member with the roles of the invitation beside those they have, and ends it.
fn admit(
    app: &App,
    batch: &mut Batch,
    held: &Stored<Invitation>,
    person: PersonId,
    now: Timestamp,
) -> Result<Membership, Error> {
    let invitation = &held.value;
    let organisation = &invitation.organisation;
    let former = app.store.membership_held(organisation, person)?;
    let mut member = match &former {
        Some(former) => former.value.clone(),
        None => Membership::plain(organisation.clone(), person, now),
    };
    member.roles.extend(&invitation.roles);
    app.store.put_membership(batch, former.as_ref(), &member)?;
    app.store.remove_join_request(batch, organisation, person)?;
    app.store.remove_invitation(batch, held, now)?;
    let kind = match &former {
        Some(_) => EventKind::MemberRolesChanged,
        None => EventKind::MemberJoined,
    };
    event::record(app, batch, member.event(kind, Actor::Person(person), now))?;
    Ok(member)
}

/// Finds the invitation that a link leads to; one that is over is refused.
fn take(app: &App, secret: &LinkSecret, now: Timestamp) -> Result<Stored<Invitation>, Error> {
    let fate = app.store.invitation_link(secret.digest())?;
    match fate.ok_or(Error::NotFound)? {
        LinkFate::Over => Err(Error::LinkUsed),
        LinkFate::Open {
            organisation,
            invitation,
        } => {
            let held = app.store.invitation_held(&organisation, invitation)?;
            let held = held.ok_or(Error::LinkUsed)?;
            match now < held.value.expires() {
                true => Ok(held),
                false => Err(Error::LinkExpired),
            }
        }
    }
}

impl Invitation {
    /// When its link is good no longer. It can be sent again.
    pub fn expires(&self) -> Timestamp {
        self.sent.plus_seconds(LASTS)
    }
}

/// 30 days, in seconds: invitations are sent before the holidays.
pub const LASTS: i64 = 30 * 24 * 60 * 60;
/// How long it is known of a link that it is over, in seconds: 30 days.
pub(crate) const OVER_IS_KEPT: i64 = 30 * 24 * 60 * 60;
/// Ten minutes, in seconds: a mailbox must not be flooded.
const BETWEEN_LETTERS: i64 = 10 * 60;
/// People invited in one commit.
const AT_ONCE: usize = 50;
/// Two coordinators who send the same list at once.
const ATTEMPTS: usize = 16;
