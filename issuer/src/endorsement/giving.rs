//! The story of giving an endorsement, told as the issuing of a badge is.

use super::asking::{by_endorser, check_number};
use super::document::{Draft, Drawn};
use super::{
    ATTEMPTS, Allocation, COMMENT_BYTES, Credential, Endorsed, Endorsement, EndorsementError, Gift,
    IssuedPlace, Showing, Side, State, Subject, check_length, news,
};
use crate::again::retried;
use crate::allocation::SignError;
use crate::app::{App, Step};
use crate::engine::Batch;
use crate::error::Error;
use crate::event::EventKind;
use crate::id::{EndorsementId, OrganisationId};
use crate::log::{Entry, Kind};
use crate::self_check::SelfCheck;
use crate::status;
use crate::store::Stored;
use schemas::timestamp::Timestamp;

/// Gives what was asked for.
///
/// May be called again with the same words, by the same person: the same endorsement comes out. Of two officers
/// at once one gives it, and the other is told so.
pub fn answer(
    app: &App,
    (endorser, id): (&OrganisationId, EndorsementId),
    gift: &Gift,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    check_comment(gift)?;
    retried(ATTEMPTS, || {
        let held = by_endorser(app, endorser, id)?;
        give(app, Standing::Known(Box::new(held)), gift, now)
    })
}

/// Endorses something unasked. It is shown nowhere until its owner wants it.
pub fn offer(
    app: &App,
    endorser: &OrganisationId,
    subject: &Endorsed,
    gift: &Gift,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    check_comment(gift)?;
    let id = EndorsementId::draw(&app.random);
    retried(ATTEMPTS, || {
        let before = app.store.endorsement_pair(endorser, subject)?;
        let standing = match before {
            // Somebody asks for this very one, or it is being given, or it was.
            Some(held) if !held.value.is_over() => Standing::Known(Box::new(held)),
            before => {
                let found = Subject::in_the_open(app, subject)?;
                found.check_endorser(endorser)?;
                check_number(app, subject)?;
                let new = Endorsement {
                    id,
                    endorser: endorser.clone(),
                    subject: subject.clone(),
                    owner: found.owner,
                    request: None,
                    begun: now,
                    state: State::Giving { gift: gift.clone() },
                };
                Standing::New {
                    before: before.map(Box::new),
                    new: Box::new(new),
                }
            }
        };
        give(app, standing, gift, now)
    })
}

/// What is known of an endorsement that is to be given.
enum Standing {
    /// It was asked for, or begun.
    Known(Box<Stored<Endorsement>>),
    /// It is given unasked, in the place of one that is over.
    New {
        before: Option<Box<Stored<Endorsement>>>,
        new: Box<Endorsement>,
    },
}

fn give(app: &App, standing: Standing, gift: &Gift, now: Timestamp) -> Result<Endorsement, Error> {
    let id = match &standing {
        Standing::New { new, .. } => new.id,
        Standing::Known(held) => match &held.value.state {
            State::Asked => held.value.id,
            State::Giving { gift: begun } if begun == gift => {
                return go_on(app, held.value.id, now);
            }
            State::Given { gift: given, .. } if given == gift => {
                // Whoever recorded it may have crashed before the log's mark was raised.
                app.log.settle()?;
                return Ok(held.value.clone());
            }
            State::Giving { .. } | State::Given { .. } => {
                return Err(EndorsementError::Given.into());
            }
            State::Declined { .. } | State::Withdrawn { .. } => {
                return Err(EndorsementError::Answered.into());
            }
        },
    };
    let allocation = allocate(app, standing, gift, now)?;
    finish(app, allocation, now)?;
    let given = app.store.endorsement_held(id)?.ok_or(Error::NotFound)?;
    Ok(given.value)
}

/// Steps 1 and 2: what is about to be signed, written down.
fn allocate(
    app: &App,
    standing: Standing,
    gift: &Gift,
    now: Timestamp,
) -> Result<Allocation, Error> {
    let of = match &standing {
        Standing::Known(held) => &held.value,
        Standing::New { new, .. } => new,
    };
    // 1. Draw, build and lint. Nothing was signed or stored when this fails, and a crash after it leaves
    //    nothing behind.
    let subject = Subject::of(app, &of.subject)?;
    subject.check_giver(app, gift.by)?;
    let issuer = app.issuer(&of.endorser)?;
    let place = status::draw(app, &of.endorser, now)?;
    let drawn = Drawn::new(&app.random, place, &issuer.keyring, now);
    let whose = (of.id, &of.endorser);
    let draft = Draft::new(whose, &subject, gift, &issuer, &app.site, drawn);
    let linted = draft.lint().map_err(|findings| Error::Lint { findings })?;
    app.observe(Step::Linted);

    // 2. Allocate: once per endorsement, the unsigned bytes and all that was drawn, in one durable commit. A
    //    crash after this is taken up by upkeep, or by whoever gives the same again.
    let mut batch = Batch::default();
    let allocation = app.store.allocate_endorsement(&mut batch, &linted)?;
    match &standing {
        Standing::New { before, new } => {
            app.store
                .add_endorsement(&mut batch, before.as_deref(), new)?;
        }
        Standing::Known(held) => {
            let mut giving = held.value.clone();
            giving.state = State::Giving { gift: gift.clone() };
            app.store.change_endorsement(&mut batch, held, &giving)?;
        }
    }
    app.store.commit(batch)?;
    app.fill.count(place);
    Ok(allocation)
}

/// Goes on with an endorsement that was begun, from wherever a crash has left it.
pub fn go_on(app: &App, id: EndorsementId, now: Timestamp) -> Result<Endorsement, Error> {
    let held = app.store.endorsement_held(id)?.ok_or(Error::NotFound)?;
    let State::Giving { gift } = held.value.state.clone() else {
        return Ok(held.value);
    };
    let allocation = match app.store.endorsement_allocation(id)? {
        Some(allocation) => allocation,
        // It was voided.
        None => allocate(app, Standing::Known(Box::new(held)), &gift, now)?,
    };
    finish(app, allocation, now)?;
    let given = app.store.endorsement_held(id)?.ok_or(Error::NotFound)?;
    Ok(given.value)
}

/// Steps 3 to 5: signed, checked and recorded.
fn finish(app: &App, allocation: Allocation, now: Timestamp) -> Result<(), Error> {
    app.observe(Step::Allocated);

    // 3. Sign exactly those bytes. A crash after this loses signatures that nobody has seen and that come out
    //    again.
    let (id, endorser) = (allocation.endorsement(), allocation.endorser().clone());
    let keyring = app.issuers.keyring(&endorser)?;
    let credential = match allocation.sign(&keyring) {
        // What a stolen key could have signed must never come from us: everything is drawn anew.
        Err(SignError::KeyCompromised { .. }) => {
            app.store.void_endorsement_allocation(id)?;
            return go_on(app, id, now).map(drop);
        }
        signed => signed?,
    };
    app.observe(Step::Signed);

    // 4. Check what was signed as a stranger would. Nothing is written: a crash after this is one after step 3.
    SelfCheck::new(app, now)
        .with_signer(&endorser, credential.status().list)?
        .verify([credential.json(), credential.jwt()], credential.issued())?;
    app.observe(Step::Checked);

    // 5. Record credential, log leaf, event and letters in one durable commit. A crash after this loses the
    //    answer alone: the next call finds the endorsement.
    record(app, &credential, now)?;
    app.observe(Step::Recorded);
    Ok(())
}

fn record(app: &App, credential: &Credential, now: Timestamp) -> Result<(), Error> {
    let held = app.store.endorsement_held(credential.endorsement())?;
    let held = held.ok_or(Error::NotFound)?;
    let State::Giving { gift } = held.value.state.clone() else {
        // Somebody else was quicker, with the same bytes.
        return Err(Error::conflict("this is recorded by now"));
    };
    let mut given = held.value.clone();
    let mut batch = app.store.recording_endorsement(credential)?;
    news::record(
        app,
        &mut batch,
        &given,
        EventKind::EndorsementGiven,
        (gift.by, now),
    )?;
    let mut turn = app.log.turn(batch)?;
    let log = turn.append(&Entry {
        kind: Kind::Issue,
        subject: credential.log_subject(),
        time: now,
    });
    given.state = State::Given {
        issued: IssuedPlace {
            at: credential.issued(),
            status: credential.status(),
            log,
        },
        showing: at_first(&given),
        gift,
    };
    news::write_of_gift(app, turn.batch(), &given, now)?;
    app.store.change_endorsement(turn.batch(), &held, &given)?;
    Ok(turn.commit()?)
}

/// Where an endorsement is shown at first: what somebody asked for is shown where it is theirs to say.
fn at_first(given: &Endorsement) -> Showing {
    let asked = given.request.as_ref().map(|request| request.side);
    match (asked, given.is_for_holder()) {
        (Some(Side::Holder), _) | (Some(Side::Organisation), false) => Showing::ByAddress,
        // It is not for its issuer to say what stands on somebody's badge.
        (Some(Side::Organisation), true) | (None, _) => Showing::Offered,
    }
}

fn check_comment(gift: &Gift) -> Result<(), Error> {
    check_length(&gift.comment, COMMENT_BYTES, "a comment", "/comment")
}

/// What was taken up, and what could not be.
#[derive(Debug, Default)]
pub struct Resumed {
    /// How many endorsements were given.
    pub given: usize,
    /// Those that are still open, and why.
    pub failed: Vec<(EndorsementId, Error)>,
}

/// Takes up every endorsement that is not recorded yet. To be called at start, and from time to time afterwards.
pub fn resume(app: &App, now: Timestamp) -> Result<Resumed, Error> {
    let mut resumed = Resumed::default();
    for id in app.store.open_endorsements(AT_ONCE)? {
        match retried(ATTEMPTS, || go_on(app, id, now)) {
            Ok(_) => resumed.given += 1,
            Err(error) => resumed.failed.push((id, error)),
        }
    }
    Ok(resumed)
}

/// How many are taken up in one go; the next go takes the next ones.
const AT_ONCE: usize = 1_000;
