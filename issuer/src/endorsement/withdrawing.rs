//! Withdrawing an endorsement: its place in the status list stays set for ever.

use super::asking::by_endorser;
use super::{
    ATTEMPTS, Endorsement, EndorsementError, State, WORDS_BYTES, Withdrawal, check_length, news,
};
use crate::again::retried;
use crate::app::{App, Step};
use crate::engine::Batch;
use crate::error::Error;
use crate::event::EventKind;
use crate::id::{EndorsementId, OrganisationId, PersonId};
use crate::layout;
use crate::log::{Entry, Kind};
use crate::revocation;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// Withdraws an endorsement for good. Of two officers at once one is told that it was.
pub fn withdraw(
    app: &App,
    by: PersonId,
    whose: (&OrganisationId, EndorsementId),
    reason: &Prose,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    check_length(reason, WORDS_BYTES, "a reason", "/reason")?;
    retried(ATTEMPTS, || attempt(app, by, whose, reason, now))
}

fn attempt(
    app: &App,
    by: PersonId,
    (endorser, id): (&OrganisationId, EndorsementId),
    reason: &Prose,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    // 1. Find the endorsement. Nothing is written by looking.
    let held = by_endorser(app, endorser, id)?;
    let State::Given {
        gift,
        issued,
        showing,
    } = held.value.state.clone()
    else {
        app.log.settle()?;
        return Err(EndorsementError::NotInForce.into());
    };
    let signed = app.store.endorsement_credential(id)?;
    let signed = signed.ok_or(Error::Missing("an endorsement"))?;
    app.observe(Step::RevocationFound);

    // 2. Set the bit and sign the list anew. A crash after this loses a list that nobody has seen.
    let mut batch = Batch::default();
    revocation::set_bit(app, &mut batch, issued.status, now)?;
    let (log_salt, subject) = revocation::leaf(app, [signed.json(), signed.jwt()]);
    app.observe(Step::RevocationSigned);

    // 3. Record list, log leaf, endorsement, event and letters in one durable commit. A crash after this loses
    //    the answer alone: asking again says that it is withdrawn.
    let mut withdrawn = held.value.clone();
    let kind = EventKind::EndorsementWithdrawn;
    news::record(app, &mut batch, &withdrawn, kind, (by, now))?;
    let in_badges = app.store.endorsement_in_badges(&withdrawn.subject)?;
    if in_badges == Some(id) {
        batch.delete(layout::endorsement_in_badges(&withdrawn.subject));
    }
    let mut turn = app.log.turn(batch)?;
    let log = turn.append(&Entry {
        kind: Kind::Revoke,
        subject,
        time: now,
    });
    withdrawn.state = State::Withdrawn {
        gift,
        issued,
        showing,
        withdrawal: Withdrawal {
            by,
            reason: reason.clone(),
            at: now,
            log,
            log_salt,
        },
    };
    news::write_of_withdrawal(app, turn.batch(), &withdrawn, reason, now)?;
    app.store
        .change_endorsement(turn.batch(), &held, &withdrawn)?;
    turn.commit()?;
    app.observe(Step::RevocationRecorded);
    Ok(withdrawn)
}
