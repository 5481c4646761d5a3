//! Where an endorsement is shown: for whoever owns what it is about to say.

use super::asking::Whose;
use super::carried::QUOTED_BYTES;
use super::{ATTEMPTS, Endorsement, EndorsementError, Showing, State, news};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::EventKind;
use crate::id::{EndorsementId, PersonId};
use schemas::timestamp::Timestamp;

/// Shows an endorsement by its address, or in every badge too, or hides it.
pub fn show(
    app: &App,
    by: PersonId,
    whose: &Whose,
    id: EndorsementId,
    wanted: Showing,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    retried(ATTEMPTS, || try_to_show(app, by, whose, id, wanted, now))
}

fn try_to_show(
    app: &App,
    by: PersonId,
    whose: &Whose,
    id: EndorsementId,
    wanted: Showing,
    now: Timestamp,
) -> Result<Endorsement, Error> {
    let held = whose.received(app, id)?;
    let for_holder = matches!(whose, Whose::Holder(_));
    if held.value.is_for_holder() != for_holder {
        // The issuer of a badge does not say what its holder shows.
        return Err(Error::NotFound);
    }
    let mut changed = held.value.clone();
    let State::Given { showing, .. } = &mut changed.state else {
        return Err(EndorsementError::NotInForce.into());
    };
    let before = std::mem::replace(showing, wanted);
    if before == wanted {
        return Ok(changed);
    }
    let mut batch = Batch::default();
    if before == Showing::InEveryBadge {
        batch.delete(crate::layout::endorsement_in_badges(&changed.subject));
    }
    if wanted == Showing::InEveryBadge {
        check_room(app, &changed)?;
        app.store.put_in_badges(&mut batch, &changed)?;
    }
    let kind = match wanted {
        Showing::ByAddress | Showing::InEveryBadge => EventKind::EndorsementAccepted,
        Showing::Hidden | Showing::Offered => EventKind::EndorsementHidden,
    };
    app.store.change_endorsement(&mut batch, &held, &changed)?;
    news::record(app, &mut batch, &changed, kind, (by, now))?;
    app.store.commit(batch)?;
    Ok(changed)
}

/// Whether badges have room for it.
fn check_room(app: &App, endorsement: &Endorsement) -> Result<(), Error> {
    if endorsement.is_for_holder() {
        return Err(EndorsementError::NotForBadges.into());
    }
    if app
        .store
        .endorsement_in_badges(&endorsement.subject)?
        .is_some()
    {
        return Err(EndorsementError::AnotherInBadges.into());
    }
    let signed = app.store.endorsement_credential(endorsement.id)?;
    let signed = signed.ok_or(Error::Missing("an endorsement"))?;
    match signed.json().len() > QUOTED_BYTES {
        true => Err(EndorsementError::TooLarge.into()),
        false => Ok(()),
    }
}
