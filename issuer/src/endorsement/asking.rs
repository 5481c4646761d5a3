//! Asking for an endorsement, declining to give it, and taking a request back.

use super::{
    ATTEMPTS, Endorsed, Endorsement, EndorsementError, Request, Side, State, Subject, WORDS_BYTES,
    check_length, news,
};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::EventKind;
use crate::id::{BadgeId, EndorsementId, OrganisationId, PersonId};
use crate::store::Stored;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// For whom somebody asks, or answers an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// An organisation, for itself or for what is its own.
    Organisation(OrganisationId),
    /// The holder of a badge.
    Holder(BadgeId),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What is to be endorsed.
    pub subject: Endorsed,
    /// By whom.
    pub endorser: OrganisationId,
    /// Why, in the words of whoever asks.
    pub message: Prose,
}

/// Asks an organisation to endorse something. Those who may answer there are told by mail.
pub fn ask(
    app: &App,
    by: PersonId,
    whose: &Whose,
    wish: &Wish,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    check_length(&wish.message, WORDS_BYTES, "a message", "/message")?;
    retried(ATTEMPTS, || try_to_ask(app, by, whose, wish, now))
}

fn try_to_ask(
    app: &App,
    by: PersonId,
    whose: &Whose,
    wish: &Wish,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    let subject = whose.subject(app, &wish.subject)?;
    if app.store.organisation(&wish.endorser)?.is_none() {
        let message = "there is no such organisation";
        return Err(Error::invalid("/endorser", message));
    }
    subject.check_endorser(&wish.endorser)?;
    let mut batch = Batch::default();
    let before = app.store.endorsement_pair(&wish.endorser, &wish.subject)?;
    if let Some(before) = &before {
        may_ask_again(&before.value, now)?;
    }
    check_waiting(app, by, &wish.endorser)?;
    check_number(app, &wish.subject)?;
    let endorsement = Endorsement {
        id: EndorsementId::draw(&app.random),
        endorser: wish.endorser.clone(),
        subject: wish.subject.clone(),
        owner: subject.owner.clone(),
        request: Some(Request {
            by,
            side: whose.side(),
            message: wish.message.clone(),
        }),
        begun: now,
        state: State::Asked,
    };
    app.store
        .add_endorsement(&mut batch, before.as_ref(), &endorsement)?;
    news::record(
        app,
        &mut batch,
        &endorsement,
        EventKind::EndorsementAsked,
        (by, now),
    )?;
    news::write_to_endorser(app, &mut batch, &endorsement, &subject, now)?;
    app.store.commit(batch)?;
    Ok(endorsement)
}

/// Says that the organisation would rather not.
pub fn decline(
    app: &App,
    by: PersonId,
    (endorser, id): (&OrganisationId, EndorsementId),
    reason: &Prose,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    check_length(reason, WORDS_BYTES, "a reason", "/reason")?;
    retried(ATTEMPTS, || {
        let held = by_endorser(app, endorser, id)?;
        if held.value.state != State::Asked {
            return Err(EndorsementError::Answered.into());
        }
        let mut declined = held.value.clone();
        declined.state = State::Declined {
            by,
            reason: reason.clone(),
            at: now,
        };
        let mut batch = Batch::default();
        app.store.change_endorsement(&mut batch, &held, &declined)?;
        let kind = EventKind::EndorsementDeclined;
        news::record(app, &mut batch, &declined, kind, (by, now))?;
        news::write_to_asker(app, &mut batch, &declined, now)?;
        app.store.commit(batch)?;
        Ok(declined)
    })
}

/// Takes a request back that nobody has answered.
pub fn take_back(app: &App, whose: &Whose, id: EndorsementId) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let held = whose.received(app, id)?;
        let asked = held.value.request.as_ref();
        if asked.is_none_or(|asked| asked.side != whose.side()) {
            return Err(Error::NotFound);
        }
        if held.value.state != State::Asked {
            return Err(EndorsementError::Answered.into());
        }
        let mut batch = Batch::default();
        app.store.remove_endorsement(&mut batch, &held)?;
        Ok(app.store.commit(batch)?)
    })
}

impl Whose {
    fn side(&self) -> Side {
        match self {
            Whose::Organisation(_) => Side::Organisation,
            Whose::Holder(_) => Side::Holder,
        }
    }

    /// What is to be endorsed, if it is theirs.
    fn subject(&self, app: &App, endorsed: &Endorsed) -> Result<Subject, Error> {
        let subject = Subject::of(app, endorsed)?;
        let is_theirs = match self {
            Whose::Organisation(organisation) => subject.owner == *organisation,
            Whose::Holder(badge) => *endorsed == Endorsed::Badge(*badge),
        };
        is_theirs.then_some(subject).ok_or(Error::NotFound)
    }

    /// An endorsement of what is theirs.
    pub(super) fn received(
        &self,
        app: &App,
        id: EndorsementId,
    ) -> Result<Stored<Endorsement>, Error> {
        let held = app.store.endorsement_held(id)?;
        let is_theirs = |held: &Stored<Endorsement>| match self {
            Whose::Organisation(organisation) => {
                held.value.owner == *organisation && held.value.concerns_owner()
            }
            Whose::Holder(badge) => held.value.subject == Endorsed::Badge(*badge),
        };
        held.filter(is_theirs).ok_or(Error::NotFound)
    }
}

/// An endorsement as its endorser has it.
pub(super) fn by_endorser(
    app: &App,
    endorser: &OrganisationId,
    id: EndorsementId,
) -> Result<Stored<Endorsement>, Error> {
    let held = app.store.endorsement_held(id)?;
    held.filter(|held| held.value.endorser == *endorser)
        .ok_or(Error::NotFound)
}

/// Whether an organisation that had to do with it before may be asked again.
fn may_ask_again(before: &Endorsement, now: Timestamp) -> Result<(), Error> {
    match &before.state {
        State::Asked => Err(EndorsementError::Asked.into()),
        State::Giving { .. } | State::Given { .. } => Err(EndorsementError::Given.into()),
        State::Declined { at, .. } if now < at.plus_seconds(PEACE_SECONDS) => {
            Err(EndorsementError::Declined.into())
        }
        State::Declined { .. } | State::Withdrawn { .. } => Ok(()),
    }
}

fn check_waiting(app: &App, by: PersonId, endorser: &OrganisationId) -> Result<(), Error> {
    let waiting = app.store.endorsements_waiting(endorser, WAITING)?;
    let of_theirs = waiting.iter().filter(|asker| **asker == by).count();
    match waiting.len() >= WAITING || of_theirs >= WAITING_OF_ONE {
        true => Err(EndorsementError::TooManyWaiting.into()),
        false => Ok(()),
    }
}

/// Whether a thing has room for one endorsement more.
pub(super) fn check_number(app: &App, subject: &Endorsed) -> Result<(), Error> {
    let known = app.store.endorsements_of(subject)?;
    let over =
        |one: &&Endorsement| matches!(one.state, State::Declined { .. } | State::Withdrawn { .. });
    let live = known.len() - known.iter().filter(over).count();
    match live >= LIVE || known.len() >= EVER {
        true => Err(EndorsementError::TooMany.into()),
        false => Ok(()),
    }
}

/// Thirty days: who has said no is left in peace.
const PEACE_SECONDS: i64 = 30 * 24 * 60 * 60;
/// More than anybody reads; who asks then waits until some are answered.
const WAITING: usize = 200;
/// One person's share of that, so that nobody keeps all others out.
const WAITING_OF_ONE: usize = 20;
/// What one page shows, asked for, offered and shown together.
const LIVE: usize = 20;
/// With those that were declined or withdrawn; all of them are read together.
pub(crate) const EVER: usize = 100;
