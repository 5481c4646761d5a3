//! Awarding by hand: an issuing officer says that somebody has earned a micro-credential.
//!
//! No review is claimed: such an award has no assessment, and its badge tells of none. What the
//! organisation may not issue is refused before anything is stored. Whoever has no account here is
//! given one that waits to be claimed.

mod emptying;
mod error;
mod given;
pub mod list;
pub(crate) mod ready;
pub mod table;
mod work;

pub(crate) use emptying::empty_rows;
pub use error::AwardError;
pub use given::{Claimed, Given, all_given, claimed, given};
pub use ready::{remind, send_again};
pub use work::{Worked, work_off};

use crate::adoption;
use crate::app::App;
use crate::award::{Achieved, Award, ByHand};
use crate::badge::Ending;
use crate::digest::Sha256Digest;
use crate::draft::Linted;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, Actor};
use crate::id::{AwardId, MicroCredentialId, OrganisationId, PersonId};
use crate::issuance;
use crate::micro_credential::MicroCredential;
use crate::page::PageRequest;
use crate::person::{self, Email, EmailInBadges, NewPerson, Person};
use crate::rubric::Met;
use crate::store::{StoreError, Stored};
use crate::submission::Link;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What an officer wants to award, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whom it is for.
    pub email: Email,
    /// What they are called, if they have no account yet.
    pub name: Option<Line>,
    /// What they have earned.
    pub micro_credential: MicroCredentialId,
    /// When they had earned it, if not now.
    pub awarded: Option<Timestamp>,
    /// What the badge tells of how it was earned.
    pub narrative: Option<Prose>,
    /// The evidence that the badge names.
    pub evidence: Vec<Link>,
    /// The levels reached, as far as they are known.
    pub results: Vec<Achieved>,
    /// What this award is called in the organisation's own records.
    pub key: Option<Line>,
}

/// By whom an award is made, and why.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The officer.
    pub officer: PersonId,
    /// The organisation that awards.
    pub organisation: &'a OrganisationId,
    /// Why, for the organisation's own records.
    pub reason: &'a Prose,
}

/// The award that was made under a key, so that none is made twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Once {
    pub(crate) award: AwardId,
}

/// Awards a micro-credential by hand, and issues the badge.
///
/// 1. It is held against what the organisation may issue, and linted as it will be signed. Nothing
///    has been stored when this fails.
/// 2. Award, allocation and the account of somebody new are stored in one commit. A crash after it
///    is taken up by upkeep.
/// 3. The badge is issued, as every badge is.
pub fn award(
    app: &App,
    order: &Order<'_>,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Award, Error> {
    let earned = issuable(app, order.organisation, &wanted.micro_credential)?;
    check(&earned, wanted, now)?;
    for _ in 0..ATTEMPTS {
        let recipient = Recipient::of(app, wanted, now)?;
        let keys = keys(order.organisation, wanted, recipient.person().id);
        let former = former(app, &keys)?;
        let prepared = Prepared::new(app, order, wanted, recipient, now)?;
        match prepared.commit(app, &keys, &former, Batch::default()) {
            // The same was awarded meanwhile, or somebody else's badge took the place: look again.
            Err(StoreError::Conflict) => {}
            done => {
                let award = done?;
                issuance::issue(app, award.id, now)?;
                return Ok(award);
            }
        }
    }
    Err(Error::conflict(
        "too many others are awarding at this moment",
    ))
}

/// Finds what an organisation may award: its own, and what it has adopted.
pub fn issuable(
    app: &App,
    organisation: &OrganisationId,
    id: &MicroCredentialId,
) -> Result<MicroCredential, Error> {
    let found = app.store.micro_credential(id)?;
    let found = found.ok_or(AwardError::Unknown)?;
    let is_own = found.organisation == *organisation;
    match (found.is_published(), is_own) {
        (true, true) => {}
        (true, false) if adoption::is_granted(app, id, organisation)? => {}
        (true, false) => return Err(AwardError::NotYours.into()),
        (false, true) => return Err(AwardError::Unpublished.into()),
        // Drafts of others are nobody's business.
        (false, false) => return Err(AwardError::Unknown.into()),
    }
    match found.content.is_stack() {
        true => Err(AwardError::Stack.into()),
        false => Ok(found),
    }
}

/// Lists what an organisation may award, in the order of names.
pub fn choices(app: &App, organisation: &OrganisationId) -> Result<Vec<MicroCredential>, Error> {
    let (mut found, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let page = app.store.micro_credentials_of(organisation, &asked)?;
        let newest = page.items.into_iter().filter(MicroCredential::is_newest);
        found.extend(newest);
        match page.next {
            Some(next) if found.len() < CHOICES => asked.cursor = Some(next),
            _ => break,
        }
    }
    let adopted = app.store.adoptions_by(organisation, &PageRequest::most())?;
    for adoption in adopted.items.into_iter().filter(|one| one.is_granted()) {
        found.extend(app.store.micro_credential(&adoption.micro_credential)?);
    }
    found.retain(|one| !one.content.is_stack());
    found.sort_by(|one, other| one.content.name.cmp(&other.content.name));
    Ok(found)
}

/// Holds what is wanted against the micro-credential and the calendar.
pub(crate) fn check(
    of: &MicroCredential,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<(), AwardError> {
    if wanted.awarded.is_some_and(|awarded| awarded > now) {
        return Err(AwardError::Future);
    }
    if wanted.evidence.len() > LINKS {
        return Err(AwardError::TooManyLinks);
    }
    for (place, result) in wanted.results.iter().enumerate() {
        let unfit = || AwardError::Result {
            criterion: result.criterion.clone(),
            level: result.level.clone(),
        };
        let before = &wanted.results[..place];
        let is_twice = before.iter().any(|one| one.criterion == result.criterion);
        let criterion = of.content.rubric.criterion(&result.criterion);
        let met = criterion.and_then(|criterion| criterion.judge(&result.level));
        match met {
            Some(Met::Met) if !is_twice => {}
            Some(Met::Unmet) => {
                return Err(AwardError::ResultBelow {
                    criterion: result.criterion.clone(),
                });
            }
            Some(Met::Met) | None => return Err(unfit()),
        }
    }
    Ok(())
}

/// Whom an award is for.
pub(crate) enum Recipient {
    /// Somebody who has an account.
    Known(Person),
    /// Somebody for whom one is made.
    New(Person),
}

impl Recipient {
    pub(crate) fn of(app: &App, wanted: &Wanted, now: Timestamp) -> Result<Recipient, Error> {
        if let Some(known) = app.store.person_by_email(&wanted.email)? {
            return Ok(Recipient::Known(known));
        }
        let email = wanted.email.as_str();
        // What stands before the @ is what they call themselves there; they can change it.
        let local = email.split('@').next().and_then(|local| local.parse().ok());
        let name = wanted.name.clone().or(local).ok_or(AwardError::Name)?;
        let new = NewPerson {
            name,
            emails: vec![wanted.email.clone()],
            did: None,
            email_in_badges: EmailInBadges::Hashed,
        };
        Ok(Recipient::New(person::new(app, new, now)?))
    }

    pub(crate) fn person(&self) -> &Person {
        match self {
            Recipient::Known(person) | Recipient::New(person) => person,
        }
    }
}

/// An award that was held against everything, and is not stored yet.
pub(crate) struct Prepared {
    award: Award,
    linted: Linted,
    recipient: Recipient,
}

impl Prepared {
    pub(crate) fn new(
        app: &App,
        order: &Order<'_>,
        wanted: &Wanted,
        recipient: Recipient,
        now: Timestamp,
    ) -> Result<Prepared, Error> {
        // By any address of theirs, and by an account that was joined to theirs.
        if recipient.person().is(order.officer) {
            return Err(AwardError::ToOneself.into());
        }
        let award = Award {
            id: AwardId::draw(&app.random),
            submission: None,
            version: 0,
            micro_credential: wanted.micro_credential.clone(),
            organisation: order.organisation.clone(),
            earner: recipient.person().id,
            achieved: wanted.results.clone(),
            assessment: None,
            by_hand: Some(ByHand {
                officer: order.officer,
                made: now,
                email: wanted.email.clone(),
                name: wanted.name.clone(),
                reason: order.reason.clone(),
                narrative: wanted.narrative.clone(),
                evidence: wanted.evidence.clone(),
            }),
            awarded: wanted.awarded.unwrap_or(now),
        };
        let earner = recipient.person().clone();
        let linted = match issuance::prepare(app, award.clone(), earner, now) {
            Err(Error::Lint { findings }) => return Err(AwardError::Lint { findings }.into()),
            prepared => prepared?,
        };
        Ok(Prepared {
            award,
            linted,
            recipient,
        })
    }

    /// Stores it, with whatever else the batch holds; conflicts if something was awarded under one of
    /// its keys meanwhile.
    pub(crate) fn commit(
        self,
        app: &App,
        keys: &[Sha256Digest],
        former: &[Option<Stored<Once>>],
        mut batch: Batch,
    ) -> Result<Award, StoreError> {
        for (key, former) in keys.iter().zip(former) {
            app.store
                .put_once(&mut batch, *key, former.as_ref(), self.award.id)?;
        }
        if let Recipient::New(person) = &self.recipient {
            app.store.put_unclaimed(&mut batch, person)?;
        }
        app.store.put_award_by_hand(&mut batch, &self.award)?;
        if let Some(by_hand) = &self.award.by_hand {
            let done = self.award.event(Actor::Person(by_hand.officer));
            event::record(app, &mut batch, done)?;
        }
        app.store.allocating(&mut batch, &self.linted)?;
        app.store.commit(batch)?;
        app.fill.count(self.linted.drawn().status);
        Ok(self.award)
    }
}

/// What tells one award from another. Under each of these, one is made.
///
/// Whoever gives awards names of their own says what is the same; otherwise it is the same person, as
/// the address says and as the account says, the same micro-credential and the same day.
pub(crate) fn keys(
    organisation: &OrganisationId,
    wanted: &Wanted,
    person: PersonId,
) -> Vec<Sha256Digest> {
    let digest = |parts: &[&str]| {
        // No part can hold a line break, so that no two lists of parts are written alike.
        Sha256Digest::of(
            [&[organisation.as_str()], parts]
                .concat()
                .join("\n")
                .as_bytes(),
        )
    };
    if let Some(key) = &wanted.key {
        return vec![digest(&["key", key.as_str()])];
    }
    let day = wanted.awarded.map(|awarded| awarded.to_string());
    let (what, day) = (wanted.micro_credential.as_str(), day.unwrap_or_default());
    vec![
        digest(&["address", wanted.email.as_str(), what, &day]),
        digest(&["person", &person.to_string(), what, &day]),
    ]
}

/// What was awarded under these keys. An award that stands is not made again; one that was revoked
/// makes room.
fn former(app: &App, keys: &[Sha256Digest]) -> Result<Vec<Option<Stored<Once>>>, Error> {
    let mut former = Vec::new();
    for key in keys {
        let held = app.store.once(*key)?;
        if let Some(held) = &held {
            let award = held.value.award;
            let badge = app.store.badge_of_award(award)?;
            let ending =
                badge.and_then(|badge| badge.current().revoked.as_ref().map(|one| one.ending));
            if ending != Some(Ending::Revoked) {
                return Err(AwardError::MadeBefore { award }.into());
            }
        }
        former.push(held);
    }
    Ok(former)
}

/// As many pieces of evidence as somebody looks at.
pub const LINKS: usize = 10;
/// More micro-credentials than an organisation has; the interface takes any by its name.
const CHOICES: usize = 1_000;
/// Each attempt that comes too late means that somebody else's award was stored.
const ATTEMPTS: usize = 64;
