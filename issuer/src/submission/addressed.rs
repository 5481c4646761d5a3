//! A draft that is shown to somebody who is known here: no link is sent, and nobody else can take it up.

use super::colleague::{Colleague, may_ask};
use super::{State, Submission, held_by_its_earner};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{ColleagueId, SubmissionId};
use crate::link::LinkSecret;
use crate::person::Person;
use schemas::timestamp::Timestamp;

/// How far somebody is with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It is not shown to them.
    Nothing,
    /// They may look, and have not said that they will.
    Offered,
    /// They look at it.
    Taken,
}

/// Invites somebody to look at a draft until it is handed in, and does in the same commit what belongs to it. To ask
/// the same person again changes nothing.
pub(crate) fn show_to(
    app: &App,
    earner: &Person,
    id: SubmissionId,
    to: &Person,
    and: impl FnOnce(&mut Batch) -> Result<(), Error>,
    now: Timestamp,
) -> Result<(), Error> {
    let held = held_by_its_earner(app, earner, id)?;
    held.value.must_be_in_preparation()?;
    if earner.is(to.id) {
        return Err(Error::conflict("this draft is your own"));
    }
    if offer(app, &held.value, to)? != Offer::Nothing {
        return Ok(());
    }
    may_ask(app, &held.value)?;
    let colleague = Colleague {
        id: ColleagueId::draw(&app.random),
        submission: id,
        version: held.value.versions + 1,
        name: to.name.clone(),
        email: None,
        // Of a link that nobody is told.
        secret: LinkSecret::draw(&app.random).digest(),
        asked: now,
        person: Some(to.id),
    };
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    app.store.put_new_colleague(&mut batch, &colleague)?;
    and(&mut batch)?;
    Ok(app.store.commit(batch)?)
}

/// Looks at a draft that one was invited to. From now on one does not review it.
pub(crate) fn open_shown(
    app: &App,
    person: &Person,
    id: SubmissionId,
) -> Result<Submission, Error> {
    let held = app.store.submission_held(id)?.ok_or(Error::NotFound)?;
    let asked = app.store.colleagues(id)?;
    let mine = asked.into_iter().find(|one| {
        one.value.is_open(&held.value) && one.value.person.is_some_and(|whom| person.is(whom))
    });
    app.store
        .admit_colleague(&mine.ok_or(Error::NotFound)?, person.id)?;
    Ok(held.value)
}

/// How far somebody is with a draft.
pub(crate) fn offer(app: &App, submission: &Submission, person: &Person) -> Result<Offer, Error> {
    if !matches!(submission.state, State::Draft | State::Returned) {
        return Ok(Offer::Nothing);
    }
    let asked = app.store.colleagues(submission.id)?;
    let offered = asked.iter().any(|one| {
        one.value.is_open(submission) && one.value.person.is_some_and(|whom| person.is(whom))
    });
    Ok(match offered {
        false => Offer::Nothing,
        true if app.store.is_colleague(person.id, submission.id)? => Offer::Taken,
        true => Offer::Offered,
    })
}
