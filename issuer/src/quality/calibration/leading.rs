//! What those do who lead a calibration session.

use super::{Calibration, Clarification, LEAST, State, held, version, work};
use crate::app::App;
use crate::error::Error;
use crate::id::{CalibrationId, CriterionId, OrganisationId};
use crate::micro_credential;
use crate::person::Person;
use crate::quality::QualityError;
use crate::quality::training::newest;
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// Closes a session although not all have scored; the report is out.
pub fn close(
    app: &App,
    organisation: &OrganisationId,
    id: CalibrationId,
    now: Timestamp,
) -> Result<Calibration, Error> {
    let held = held(app, organisation, id)?;
    held.value.must_be_open()?;
    let found = held.value.scored;
    if found < LEAST {
        return Err(QualityError::TooFewSheets {
            least: LEAST,
            found,
        }
        .into());
    }
    let closed = Calibration {
        state: State::Closed { at: now },
        ..held.value.clone()
    };
    app.store.replace_calibration(&held, &closed)?;
    work::blind(app, closed)
}

/// Writes down what a closed session made clear.
pub fn clarify(
    app: &App,
    author: &Person,
    organisation: &OrganisationId,
    id: CalibrationId,
    criterion: Option<CriterionId>,
    text: Prose,
    now: Timestamp,
) -> Result<Calibration, Error> {
    let held = held(app, organisation, id)?;
    held.value.must_be_closed()?;
    if text.as_str().len() > CLARIFICATION_BYTES {
        let message = format!("a clarification has at most {CLARIFICATION_BYTES} bytes");
        return Err(Error::invalid("/text", message));
    }
    let rubric = version(app, &held.value)?.content.rubric;
    if criterion
        .as_ref()
        .is_some_and(|named| rubric.criterion(named).is_none())
    {
        return Err(Error::invalid(
            "/criterion",
            "the rubric has no such criterion",
        ));
    }
    if held.value.clarifications.len() >= CLARIFICATIONS {
        return Err(Error::conflict("this session has made enough clear"));
    }
    let mut changed = held.value.clone();
    changed.clarifications.push(Clarification {
        criterion,
        text,
        author: author.id,
        written: now,
    });
    app.store.replace_calibration(&held, &changed)?;
    work::blind(app, changed)
}

/// Begins the next version of what was scored, as a draft for the organisation's authors. Submissions that are
/// open keep to their version. Asked for again, it gives the draft that was begun.
pub fn revise(
    app: &App,
    author: &Person,
    organisation: &OrganisationId,
    id: CalibrationId,
) -> Result<Calibration, Error> {
    let held = held(app, organisation, id)?;
    held.value.must_be_closed()?;
    if held.value.revision.is_some() {
        return work::blind(app, held.value);
    }
    let current = newest(app, &version(app, &held.value)?.line)?;
    if current.organisation != *organisation {
        return Err(Error::conflict(
            "another organisation wrote this, and it is theirs to revise",
        ));
    }
    // A crash after this leaves a draft that nobody has begun to change, which the name leads to.
    let draft = micro_credential::revise(app, author, &current.id, None)?;
    let changed = Calibration {
        revision: Some(draft.id),
        ..held.value.clone()
    };
    app.store.replace_calibration(&held, &changed)?;
    work::blind(app, changed)
}

/// A session is one record too.
const CLARIFICATION_BYTES: usize = 2_000;
const CLARIFICATIONS: usize = 20;
