//! Who is in a cohort. People come by a code or by an invitation, and always by their own act.

use super::{ATTEMPTS, Cohort, held, letters, open, posts};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{CohortId, PersonId};
use crate::mail;
use crate::organisation::Code;
use crate::person::Person;
use crate::rights::{self, Action};
use crate::store::Stored;
use crate::text::Line;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who is in a cohort, or is invited to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The cohort.
    pub cohort: CohortId,
    /// Who it is.
    pub person: PersonId,
    /// What they are in it.
    pub part: Part,
    /// What they want there.
    pub choices: Choices,
    /// Since when.
    pub since: Timestamp,
}

/// What somebody is in a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The organisation has invited them, and they have said nothing yet.
    Invited,
    /// They have joined.
    Member,
    /// They answer.
    Facilitator,
}

/// What somebody wants in a cohort. Nothing is so unless they say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Whether facilitators see how far they have come.
    pub progress: Progress,
    /// Whether they are written to.
    pub letters: Letters,
}

/// Whether facilitators see how far somebody has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It is their own business.
    #[default]
    Kept,
    /// Facilitators see what is begun, what is missing, and what waits.
    Shown,
}

/// Whether somebody is written to when there is an answer for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// They look for themselves.
    #[default]
    Unwanted,
    /// At most one an hour.
    Wanted,
}

/// What becomes of the words of somebody who leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// They stay, under their name.
    Stay,
    /// They are taken back.
    GoToo,
}

/// Finds the cohort that a code opens, however it was typed.
pub fn look_at_code(
    app: &App,
    person: &Person,
    typed: &str,
    now: Timestamp,
) -> Result<Cohort, Error> {
    app.cohort_limits.code(person.id, now)?;
    let code: Code = typed.parse().map_err(|_| Error::JoinCodeUnknown)?;
    let found = app.store.cohort_by_code(&code)?;
    let cohort = found.ok_or(Error::JoinCodeUnknown)?.value;
    match cohort.archived {
        None => Ok(cohort),
        Some(_) => Err(Error::JoinCodeOver),
    }
}

/// Joins the cohort that a code opens. Whoever is in it already stays what they are.
pub fn join(
    app: &App,
    person: &Person,
    typed: &str,
    choices: Choices,
    now: Timestamp,
) -> Result<Participant, Error> {
    let cohort = look_at_code(app, person, typed, now)?;
    retried(ATTEMPTS, || {
        let known = app.store.participant(cohort.id, person.id)?;
        match known {
            Some(known) if known.value.part != Part::Invited => Ok(known.value),
            known => {
                let held = open(app, cohort.id)?;
                if held.value.code != cohort.code {
                    return Err(Error::JoinCodeOver);
                }
                admit(app, &held, known.as_ref(), person.id, choices, now)
            }
        }
    })
}

/// Accepts an invitation of the organisation's.
pub fn accept(
    app: &App,
    person: &Person,
    id: CohortId,
    choices: Choices,
    now: Timestamp,
) -> Result<Participant, Error> {
    retried(ATTEMPTS, || {
        let known = participant(app, id, person.id)?;
        match known.value.part {
            Part::Invited => admit(app, &open(app, id)?, Some(&known), person.id, choices, now),
            Part::Member | Part::Facilitator => Ok(known.value),
        }
    })
}

/// Says no to an invitation of the organisation's. Nothing of it is kept.
pub fn decline(app: &App, person: &Person, id: CohortId) -> Result<(), Error> {
    retried(ATTEMPTS, || {
        let known = participant(app, id, person.id)?;
        match known.value.part {
            Part::Invited => go(app, &known),
            Part::Member | Part::Facilitator => Err(Error::NotFound),
        }
    })
}

fn admit(
    app: &App,
    cohort: &Stored<Cohort>,
    known: Option<&Stored<Participant>>,
    person: PersonId,
    choices: Choices,
    now: Timestamp,
) -> Result<Participant, Error> {
    let member = Participant {
        cohort: cohort.value.id,
        person,
        part: Part::Member,
        choices,
        since: now,
    };
    let mut batch = Batch::default();
    put(app, &mut batch, cohort, known, &member)?;
    app.store.commit(batch)?;
    Ok(member)
}

/// Writes in a batch what somebody is in a cohort from now on, if there is room for them.
pub(super) fn put(
    app: &App,
    batch: &mut Batch,
    cohort: &Stored<Cohort>,
    known: Option<&Stored<Participant>>,
    new: &Participant,
) -> Result<(), Error> {
    let theirs = app.store.count_cohorts_with(new.person)?;
    if known.is_none() && app.store.count_participants(new.cohort)? >= PEOPLE {
        return Err(Error::invalid("", "this cohort is full"));
    }
    if known.is_none() && theirs >= COHORTS_OF_ONE {
        let message = format!("nobody is in more than {COHORTS_OF_ONE} cohorts: leave one first");
        return Err(Error::invalid("", message));
    }
    let turned = Cohort {
        turns: cohort.value.turns.wrapping_add(1),
        ..cohort.value.clone()
    };
    app.store.put_cohort(batch, cohort, &turned)?;
    Ok(app.store.put_participant(batch, known, new)?)
}

/// Invites a member of the organisation, who sees it where their own work is and in a letter.
pub fn invite(
    app: &App,
    id: CohortId,
    member: PersonId,
    now: Timestamp,
) -> Result<Participant, Error> {
    let person = app.store.person(member)?;
    let unknown = || Error::invalid("/person", "this is no member of the organisation");
    let person = person.ok_or_else(unknown)?;
    retried(ATTEMPTS, || {
        let cohort = open(app, id)?;
        let organisation = &cohort.value.organisation;
        let membership = app.store.membership_held(organisation, person.id)?;
        let membership = membership.ok_or_else(unknown)?;
        if let Some(known) = app.store.participant(id, person.id)? {
            return Ok(known.value);
        }
        let invited = Participant {
            cohort: id,
            person: person.id,
            part: Part::Invited,
            choices: Choices::default(),
            since: now,
        };
        let mut batch = Batch::default();
        membership.require_unchanged(&mut batch);
        put(app, &mut batch, &cohort, None, &invited)?;
        let letter = letters::invited(app, &cohort.value)?;
        mail::queue(app, &mut batch, person.primary(), letter, now)?;
        app.store.commit(batch)?;
        Ok(invited)
    })
}

/// Says what somebody wants in a cohort from now on.
pub fn choose(
    app: &App,
    person: &Person,
    id: CohortId,
    choices: Choices,
) -> Result<Participant, Error> {
    retried(ATTEMPTS, || {
        let known = joined(app, id, person.id)?;
        let changed = Participant {
            choices,
            ..known.value.clone()
        };
        let mut batch = Batch::default();
        app.store
            .put_participant(&mut batch, Some(&known), &changed)?;
        app.store.commit(batch)?;
        Ok(changed)
    })
}

/// Leaves a cohort. What was asked for there is closed.
pub fn leave(app: &App, person: &Person, id: CohortId, words: Words) -> Result<(), Error> {
    joined(app, id, person.id)?;
    // A crash before the last step leaves somebody in the cohort who can leave it again.
    if words == Words::GoToo {
        posts::take_all_back(app, person, id)?;
    }
    super::help::close_all(app, person, id)?;
    retried(ATTEMPTS, || go(app, &joined(app, id, person.id)?))
}

/// Takes somebody out of a cohort, or an invitation back. What they said stays.
pub fn remove(app: &App, id: CohortId, person: PersonId) -> Result<(), Error> {
    let person = app.store.person(person)?.ok_or(Error::NotFound)?;
    participant(app, id, person.id)?;
    super::help::close_all(app, &person, id)?;
    retried(ATTEMPTS, || go(app, &participant(app, id, person.id)?))
}

fn go(app: &App, known: &Stored<Participant>) -> Result<(), Error> {
    let mut batch = Batch::default();
    app.store.remove_participant(&mut batch, known);
    Ok(app.store.commit(batch)?)
}

/// Lists who is in a cohort: facilitators first, then members, then who is invited, each in the order of names.
pub fn people(app: &App, id: CohortId) -> Result<Vec<(Participant, Line)>, Error> {
    let mut people = Vec::new();
    for one in app.store.participants(id)? {
        let person = app.store.person(one.person)?;
        let person = person.ok_or(Error::Missing("somebody in a cohort"))?;
        people.push((one, person.name));
    }
    people.sort_by(|(one, name), (other, other_name)| {
        let order = other.part.cmp(&one.part);
        order.then_with(|| {
            name.as_str()
                .to_lowercase()
                .cmp(&other_name.as_str().to_lowercase())
        })
    });
    Ok(people)
}

/// Lists who is in a cohort for somebody who may know of it. Members of it do not see who is only invited.
pub fn seen_by(
    app: &App,
    id: CohortId,
    reader: PersonId,
) -> Result<Vec<(Participant, Line)>, Error> {
    let mut people = people(app, id)?;
    let organisation = held(app, id)?.value.organisation;
    let is_plain_member = part_of(app, id, reader)? == Some(Part::Member)
        && !rights::may(app, reader, Action::ReadCohorts, Some(&organisation))?;
    if is_plain_member {
        people.retain(|(one, _)| one.part != Part::Invited);
    }
    Ok(people)
}

/// Lists the cohorts that somebody is in, or is invited to.
pub fn cohorts_of(app: &App, person: PersonId) -> Result<Vec<(Cohort, Participant)>, Error> {
    let mut found = Vec::new();
    for id in app.store.cohorts_with(person)? {
        let known = app.store.participant(id, person)?;
        if let (Some(cohort), Some(known)) = (app.store.cohort_held(id)?, known) {
            found.push((cohort.value, known.value));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.about.name.cmp(&other.about.name));
    Ok(found)
}

/// What somebody is in a cohort that they have joined.
pub fn part_of(app: &App, id: CohortId, person: PersonId) -> Result<Option<Part>, Error> {
    let known = app.store.participant(id, person)?;
    let part = known.map(|known| known.value.part);
    Ok(part.filter(|part| *part != Part::Invited))
}

/// What somebody wants in a cohort that they have joined.
pub fn choices_of(app: &App, id: CohortId, person: PersonId) -> Result<Choices, Error> {
    Ok(joined(app, id, person)?.value.choices)
}

/// Somebody who is in a cohort, or is invited.
pub(super) fn participant(
    app: &App,
    id: CohortId,
    person: PersonId,
) -> Result<Stored<Participant>, Error> {
    held(app, id)?;
    app.store.participant(id, person)?.ok_or(Error::NotFound)
}

/// Somebody who is in a cohort.
pub(super) fn joined(
    app: &App,
    id: CohortId,
    person: PersonId,
) -> Result<Stored<Participant>, Error> {
    let known = participant(app, id, person)?;
    match known.value.part {
        Part::Invited => Err(Error::NotFound),
        Part::Member | Part::Facilitator => Ok(known),
    }
}

/// Beyond this it is no group; all of them are read in one go.
pub(crate) const PEOPLE: usize = 200;
/// More than anybody keeps up with.
pub(crate) const COHORTS_OF_ONE: usize = 30;
