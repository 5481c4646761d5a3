//! Who facilitates a cohort: anybody whom its organisation asks, a member of it or not.
//!
//! The invitation is a link for one person: whoever opens it first, signed in, and agrees is that person.

use super::people::{Choices, Part, Participant, put};
use super::{ATTEMPTS, Cohort, help, letters, open};
use crate::again::retried;
use crate::app::App;
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{CohortId, InvitationId, PersonId};
use crate::link::LinkSecret;
use crate::mail;
use crate::person::{Email, Person};
use crate::store::Stored;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who is asked to facilitate a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its name in lists; it opens nothing.
    pub id: InvitationId,
    /// The cohort.
    pub cohort: CohortId,
    /// What whoever asks calls them.
    pub name: Line,
    /// Where the link was sent, if it was.
    pub email: Option<Email>,
    /// The digest of the link's secret.
    pub secret: Sha256Digest,
    /// Who asks.
    pub by: PersonId,
    /// When they were asked.
    pub asked: Timestamp,
}

/// Where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppointmentLink {
    pub(crate) cohort: CohortId,
    pub(crate) appointment: InvitationId,
}

/// Asks somebody to facilitate. The secret makes the link; where there is an address, it is sent there.
pub fn appoint(
    app: &App,
    by: PersonId,
    id: CohortId,
    name: Line,
    email: Option<Email>,
    now: Timestamp,
) -> Result<(Appointment, LinkSecret), Error> {
    if let Some(email) = &email {
        app.link_limits.letter(email, now)?;
    }
    let secret = LinkSecret::draw(&app.random);
    let appointment = Appointment {
        id: InvitationId::draw(&app.random),
        cohort: id,
        name,
        email,
        secret: secret.digest(),
        by,
        asked: now,
    };
    retried(ATTEMPTS, || {
        let cohort = open(app, id)?;
        let known = app.store.appointments(id)?;
        // What nobody took up in its time makes room for others.
        let (open, over): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|one| one.value.is_open(now));
        let facilitators = app.store.participants(id)?.into_iter();
        let facilitators = facilitators.filter(|one| one.part == Part::Facilitator);
        if facilitators.count() + open.len() >= FACILITATORS {
            let message = format!("a cohort has at most {FACILITATORS} facilitators");
            return Err(Error::invalid("/name", message));
        }
        let mut batch = Batch::default();
        let turned = Cohort {
            turns: cohort.value.turns.wrapping_add(1),
            ..cohort.value.clone()
        };
        app.store.put_cohort(&mut batch, &cohort, &turned)?;
        for one in &over {
            app.store.remove_appointment(&mut batch, one);
        }
        app.store
            .put_appointment(&mut batch, &appointment, now.plus_seconds(2 * LASTS))?;
        if let Some(email) = &appointment.email {
            let letter = letters::appointed(app, &cohort.value, &secret)?;
            mail::queue(app, &mut batch, email, letter, now)?;
        }
        Ok(app.store.commit(batch)?)
    })?;
    Ok((appointment, secret))
}

/// Lists who is asked and has not answered.
pub fn appointments(app: &App, id: CohortId, now: Timestamp) -> Result<Vec<Appointment>, Error> {
    let found = app.store.appointments(id)?.into_iter();
    let found = found.map(|held| held.value).filter(|one| one.is_open(now));
    Ok(found.collect())
}

/// Asks somebody no longer; the link is of no use any more.
pub fn withdraw(app: &App, id: CohortId, appointment: InvitationId) -> Result<(), Error> {
    let held = app.store.appointment(id, appointment)?;
    let mut batch = Batch::default();
    app.store
        .remove_appointment(&mut batch, &held.ok_or(Error::NotFound)?);
    Ok(app.store.commit(batch)?)
}

/// What a link is about. Looking changes nothing: mail scanners look at every link.
pub fn look(app: &App, secret: &LinkSecret, now: Timestamp) -> Result<Cohort, Error> {
    let held = take(app, secret, now)?;
    Ok(super::held(app, held.value.cohort)?.value)
}

/// Facilitates from now on. The link is of no use any more.
pub fn accept(
    app: &App,
    person: &Person,
    secret: &LinkSecret,
    now: Timestamp,
) -> Result<Participant, Error> {
    let facilitator = retried(ATTEMPTS, || {
        let held = take(app, secret, now)?;
        let cohort = open(app, held.value.cohort)?;
        let known = app.store.participant(cohort.value.id, person.id)?;
        let facilitator = Participant {
            cohort: cohort.value.id,
            person: person.id,
            part: Part::Facilitator,
            choices: known
                .as_ref()
                .map_or_else(Choices::default, |known| known.value.choices),
            since: now,
        };
        let mut batch = Batch::default();
        app.store.remove_appointment(&mut batch, &held);
        put(app, &mut batch, &cohort, known.as_ref(), &facilitator)?;
        app.store.commit(batch)?;
        Ok(facilitator)
    })?;
    // Nobody asks themselves.
    help::close_all(app, person, facilitator.cohort)?;
    Ok(facilitator)
}

fn take(app: &App, secret: &LinkSecret, now: Timestamp) -> Result<Stored<Appointment>, Error> {
    let link = app.store.appointment_link(secret.digest())?;
    let link = link.ok_or(Error::NotFound)?;
    let held = app.store.appointment(link.cohort, link.appointment)?;
    let held = held.ok_or(Error::LinkUsed)?;
    match held.value.is_open(now) {
        true => Ok(held),
        false => Err(Error::LinkExpired),
    }
}

impl Appointment {
    /// Whether the link is still good.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.asked.plus_seconds(LASTS)
    }
}

/// Among more nobody is responsible.
const FACILITATORS: usize = 5;
/// 30 days, in seconds.
const LASTS: i64 = 30 * 24 * 60 * 60;
