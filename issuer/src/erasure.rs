//! Erasing a person: what is theirs goes, what others rest on stays.
//!
//! Evidence, texts, names, addresses, salts, sessions, tokens and waiting mail go. Of each badge a
//! tombstone stays: its places in the status list and in the log, so that neither is used again and the
//! log still verifies. Nothing is revoked by that. The levels that reviewers gave stay as figures, without
//! a word. That somebody was erased is written down outside the store first (`note.rs`), so that an older
//! copy of the store that is put in place forgets them again.

mod note;
mod removing;

use crate::again::retried;
use crate::app::App;
use crate::attempt;
use crate::awarding;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{BadgeId, CompactionId, OrganisationId, PersonId};
use crate::log::LogPosition;
use crate::merge;
use crate::organisation::Membership;
use crate::person::{EmailInBadges, NameInBadges, Person};
use crate::status::StatusPlace;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use note::{ErasureNotes, ErasureNotesError};

/// An erasure that is under way. It is forgotten when it is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Erasure {
    /// Who is being erased: needed to find what is theirs. Once it is removed, identifiers alone.
    pub person: Person,
    /// When it was begun.
    pub at: Timestamp,
    /// How far it has come.
    #[serde(default)]
    pub stage: Stage,
}

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// What is theirs is being removed.
    #[default]
    Removing,
    /// It was removed, and will be once more when no request is at work any more that was let in before.
    Removed,
}

impl Erasure {
    /// When nothing is at work any more that began before the erasure did.
    fn settled(&self) -> Timestamp {
        self.at.plus_seconds(LATE_SECONDS)
    }

    /// What is still known once everything was removed: whose identifiers they were.
    fn nameless(&self) -> Erasure {
        let id = self.person.id;
        let person = Person {
            id,
            name: id.to_string().parse().expect("a text"),
            emails: Vec::new(),
            did: None,
            email_in_badges: EmailInBadges::Hashed,
            name_in_badges: NameInBadges::default(),
            registered: self.at,
            former: self.person.former.clone(),
            former_names: Vec::new(),
        };
        Erasure {
            person,
            at: self.at,
            stage: Stage::Removed,
        }
    }
}

/// That somebody was erased.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Erased {
    /// When.
    pub at: Timestamp,
}

/// What stays of a badge whose earner was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// The badge.
    pub badge: BadgeId,
    /// The organisation that issued it.
    pub organisation: OrganisationId,
    /// Since when it is withdrawn.
    pub withdrawn: Timestamp,
    /// Its editions: where the status list and the log have them.
    pub editions: Vec<Buried>,
}

/// What stays of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buried {
    /// Its place in the status list, which nobody else is ever given.
    pub status: StatusPlace,
    /// Its place in the log.
    pub log: LogPosition,
}

/// Erases whoever asks for it. They confirm it by the address they are written to.
pub fn ask(app: &App, person: &Person, confirmed: &str, now: Timestamp) -> Result<(), Error> {
    let typed = confirmed.parse().ok();
    if typed.as_ref() != Some(person.primary()) {
        let message = "please confirm by typing the first e-mail address of your account";
        return Err(Error::invalid("/confirm", message));
    }
    erase(app, Actor::Person(person.id), person.id, now)
}

/// Erases a person. Who may ask for it is for the caller to see to.
pub fn erase(app: &App, by: Actor, person: PersonId, now: Timestamp) -> Result<(), Error> {
    let found = app.store.person(person)?.ok_or(Error::NotFound)?;
    // What is still to be moved from another account of theirs is theirs as well.
    merge::resume(app, now)?;
    let erasure = retried(ATTEMPTS, || {
        leave_administrators(app, found.id)?;
        begin(app, by, found.id, now)
    })?;
    finish(app, &erasure, now)
}

/// Removes everything that is theirs. A request that was let in before the erasure began can write after that: so the
/// erasure stays open, without a name or an address, and is done once more when all those are over.
fn finish(app: &App, erasure: &Erasure, now: Timestamp) -> Result<(), Error> {
    removing::remove(app, erasure)?;
    let compaction = CompactionId::draw(&app.random);
    if now < erasure.settled() {
        return Ok(app.store.keep_erasure(&erasure.nameless(), compaction)?);
    }
    // What they had begun in a browser, and went on with in the meantime.
    attempt::forget_unfinished(app, now)?;
    Ok(app.store.close_erasure(erasure.person.id, compaction)?)
}

/// Refuses to leave an organisation with nobody to look after it.
fn leave_administrators(app: &App, person: PersonId) -> Result<(), Error> {
    for membership in app.store.memberships_of(person, MEMBERSHIPS)? {
        let another = |other: &Membership| other.person != person && other.administrates();
        let organisation = &membership.organisation;
        if membership.administrates() && !app.store.any_member(organisation, another)? {
            return Err(Error::LastAdministrator);
        }
    }
    Ok(())
}

fn begin(app: &App, by: Actor, person: PersonId, now: Timestamp) -> Result<Erasure, Error> {
    // 1. Note it outside the store, synced. A crash after this: the next start erases them.
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    let everybody = held.value.former.iter().copied().chain([held.value.id]);
    let everybody: Vec<PersonId> = everybody.collect();
    app.erasures.note(&everybody, now)?;

    // 2. Close the rows that wait to be awarded to them: without their account they would be given a new one.
    //    A crash after this: the same.
    awarding::empty_rows(app, &held.value.emails)?;

    // 3. In one commit nobody gets in any more, no address leads to them, and what is left is written down.
    //    A crash after this: upkeep goes on.
    let erasure = Erasure {
        person: held.value.clone(),
        at: now,
        stage: Stage::Removing,
    };
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    app.store.put_erasure(&mut batch, &erasure, &everybody)?;
    let mut organisations = vec![OrganisationId::host()];
    for membership in app.store.memberships_of(person, MEMBERSHIPS)? {
        let member = app
            .store
            .membership_held(&membership.organisation, person)?;
        if let Some(member) = member {
            if membership.administrates() {
                // Of two who go at once, one looks again whether another stays.
                app.store
                    .count_departure_of_administrator(&mut batch, &membership.organisation)?;
            }
            app.store.remove_membership(&mut batch, &member);
        }
        if !membership.organisation.is_host() {
            organisations.push(membership.organisation);
        }
    }
    for organisation in organisations {
        let erased = Event {
            organisation,
            kind: EventKind::PersonErased,
            actor: by,
            about: About::Person(person),
            reason: None,
            at: now,
        };
        event::record(app, &mut batch, erased)?;
    }
    app.store.commit(batch)?;
    tracing::info!(person.id = %person, "Erasing {person}");
    Ok(erasure)
}

/// Goes on with erasures that a crash left unfinished, and ends those that have waited for others.
pub fn resume(app: &App, now: Timestamp) -> Result<(), Error> {
    for erasure in app.store.open_erasures()? {
        if erasure.stage == Stage::Removing || erasure.settled() <= now {
            finish(app, &erasure, now)?;
        }
    }
    Ok(())
}

/// Erases whoever was erased before and is here again, because an older copy of the store was put in
/// place. To be called at start, before anybody is served; says how many there were.
pub fn replay(app: &App, now: Timestamp) -> Result<usize, Error> {
    let mut again = 0;
    for person in app.erasures.all() {
        // An identifier that was joined to another account leads there, and that one was noted as well.
        if app.store.person(person)?.is_some() {
            let erasure = retried(ATTEMPTS, || begin(app, Actor::Service, person, now))?;
            finish(app, &erasure, now)?;
            again += 1;
        } else if app.store.erased(person)?.is_none() {
            app.store.put_erased(person, &Erased { at: now })?;
        }
    }
    resume(app, now)?;
    // A file that was lost is written again from what the store knows.
    for (person, erased) in app.store.all_erased()? {
        app.erasures.note(&[person], erased.at)?;
    }
    Ok(again)
}

/// Finds what stays of a badge that was withdrawn so.
pub fn tombstone(app: &App, badge: BadgeId) -> Result<Option<Tombstone>, StoreError> {
    app.store.tombstone(badge)
}

/// More organisations than anybody works for.
const MEMBERSHIPS: usize = 100;

/// A quarter of an hour. A request is at work for a minute at most: ten seconds until it has come, and a commit or two.
/// One that brings a large file takes longer, but each of its commits rests on the upload, which is gone.
const LATE_SECONDS: i64 = 15 * 60;

/// Somebody who does something at every one of these moments.
const ATTEMPTS: usize = 16;
