//! Tries: a reviewer scores exemplars blind, sees after each what it ought to have been given, and passes or not.

mod tally;

use super::certification::{self, Certification};
use super::error::QualityError;
use super::training::{self, Exemplar, Rules, TrainingSet, check_levels};
use crate::app::App;
use crate::award::Award;
use crate::error::Error;
use crate::id::{
    AwardId, CriterionId, ExemplarId, LevelId, MicroCredentialId, OrganisationId, PersonId,
};
use crate::micro_credential;
use crate::organisation::Role;
use crate::person::Person;
use crate::rights::Action;
use crate::store::Stored;
use crate::validity;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub use tally::{Closeness, Compared, Outcome, Passed, ScoredExemplar};

/// One try of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// Whose training set it is.
    pub organisation: OrganisationId,
    /// The line of versions that the set is for.
    pub line: MicroCredentialId,
    /// Who tries.
    pub person: PersonId,
    /// 1 for the first one of theirs.
    pub number: u32,
    /// When it was begun.
    pub begun: Timestamp,
    /// What it takes to pass, as it was then.
    pub rules: Rules,
    /// The exemplars that were drawn for it.
    pub exemplars: Vec<ExemplarId>,
    /// Those that were scored, in this order.
    pub scored: Vec<ScoredExemplar>,
    /// What came of it, once all are scored.
    pub outcome: Option<Outcome>,
}

/// Where somebody stands with a training set.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The set.
    pub set: TrainingSet,
    /// Their certification, be it over or not.
    pub certification: Option<Certification>,
    /// Until when it is good, if it still is.
    pub certified_until: Option<Timestamp>,
    /// All their tries, the first one first.
    pub tries: Vec<Try>,
    /// What they can do now.
    pub next: Next,
}

/// What somebody can do next with a training set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on with this try.
    GoOn(u32),
    /// Begin a try.
    Begin,
    /// Nothing, for this reason.
    Nothing(QualityError),
}

/// Says where somebody stands with a training set.
pub fn progress(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    now: Timestamp,
) -> Result<Progress, Error> {
    let set = training::find(app, organisation, line)?.value;
    let tries = app.store.tries(organisation, line, person)?;
    let certification = certification::of(app, person, organisation, line)?;
    let good = match &certification {
        Some(found) if found.is_good(app, now)? => Some(found.until),
        _ => None,
    };
    let next = match tries.iter().find(|one| one.outcome.is_none()) {
        Some(open) => Next::GoOn(open.number),
        None => next(app, person, &set, good, &tries, now)?,
    };
    Ok(Progress {
        set,
        certification,
        certified_until: good,
        tries,
        next,
    })
}

/// Says where somebody stands with every training set of an organisation.
pub fn progress_in_all(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<Vec<Progress>, Error> {
    let sets = app.store.training_sets(organisation)?;
    let stand = |set: TrainingSet| progress(app, person, organisation, &set.line, now);
    sets.into_iter().map(stand).collect()
}

fn next(
    app: &App,
    person: &Person,
    set: &TrainingSet,
    certified: Option<Timestamp>,
    tries: &[Try],
    now: Timestamp,
) -> Result<Next, Error> {
    if let Some(until) = certified.filter(|until| now < until.plus_seconds(-RENEWAL)) {
        return Ok(Next::Nothing(QualityError::Certified { until }));
    }
    let rules = &set.rules;
    let failed = tries.last().and_then(|last| last.outcome.as_ref());
    let failed = failed.filter(|outcome| outcome.result == Passed::Practice);
    let waited = failed.map(|outcome| {
        let wait = i64::from(rules.wait_hours) * 60 * 60;
        outcome.finished.plus_seconds(wait)
    });
    // With all tries of the last thirty days used up, the next comes when the oldest of them is that old.
    let allowed = rules.tries as usize;
    let oldest = tries.len().checked_sub(allowed);
    let again = oldest.and_then(|oldest| tries.get(oldest));
    let again = again.map(|oldest| oldest.begun.plus_seconds(TRIES_COUNT_FOR));
    if let Some(until) = waited.max(again).filter(|until| now < *until) {
        return Ok(Next::Nothing(QualityError::TryLater { until }));
    }
    let (asked, found) = (rules.exemplars as usize, to_draw(app, person, set)?.len());
    Ok(match found < asked {
        true => Next::Nothing(QualityError::TooFewExemplars { asked, found }),
        false => Next::Begin,
    })
}

/// The exemplars that can be drawn for somebody: none of their own, and none that is retired.
fn to_draw(app: &App, person: &Person, set: &TrainingSet) -> Result<Vec<Exemplar>, Error> {
    let mut found = app.store.exemplars(&set.organisation, &set.line)?;
    found.retain(|one| one.retired.is_none() && !person.is(one.author));
    Ok(found)
}

/// Begins a try, or goes on with the one that is open. The exemplars are drawn from those that the person has
/// seen least often.
pub fn begin(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    now: Timestamp,
) -> Result<Try, Error> {
    let Progress {
        set, tries, next, ..
    } = progress(app, person, organisation, line, now)?;
    match next {
        Next::Nothing(why) => return Err(why.into()),
        Next::GoOn(number) => {
            let open = tries.into_iter().find(|one| one.number == number);
            return open.ok_or(Error::NotFound);
        }
        Next::Begin => {}
    }
    let seen = |id: ExemplarId| {
        let tries = tries.iter();
        tries.filter(|one| one.exemplars.contains(&id)).count()
    };
    let mut drawn: Vec<_> = to_draw(app, person, &set)?
        .into_iter()
        .map(|one| (seen(one.id), app.random.below(u32::MAX), one.id))
        .collect();
    drawn.sort_unstable();
    let number = tries.iter().map(|one| one.number).max().unwrap_or(0) + 1;
    let begun = Try {
        organisation: set.organisation,
        line: set.line,
        person: person.id,
        number,
        begun: now,
        exemplars: drawn
            .into_iter()
            .take(set.rules.exemplars as usize)
            .map(|(_, _, id)| id)
            .collect(),
        rules: set.rules,
        scored: Vec::new(),
        outcome: None,
    };
    app.store.add_try(&begun)?;
    Ok(begun)
}

/// Finds a try of one's own.
pub fn find(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    number: u32,
) -> Result<Try, Error> {
    Ok(held(app, person, organisation, line, number)?.value)
}

/// An exemplar of a try, with the rubric it is held against. What it ought to be given is for those who have
/// scored it.
pub fn exemplar(
    app: &App,
    of: &Try,
    id: ExemplarId,
) -> Result<(Exemplar, micro_credential::MicroCredential), Error> {
    if !of.exemplars.contains(&id) {
        return Err(Error::NotFound);
    }
    let found = app.store.exemplar(&of.organisation, &of.line, id)?;
    let found = found.ok_or(Error::Missing("an exemplar"))?.value;
    let version = micro_credential::published(app, &found.micro_credential)?;
    Ok((found, version))
}

/// Scores one exemplar of a try. With the last one the try is over; whoever passes is certified in the same
/// commit, and awarded the badge that the set names, which is then to be issued.
pub fn score(
    app: &App,
    person: &Person,
    (organisation, line, number): (&OrganisationId, &MicroCredentialId, u32),
    id: ExemplarId,
    levels: &[(CriterionId, LevelId)],
    now: Timestamp,
) -> Result<(Try, Option<AwardId>), Error> {
    let held = held(app, person, organisation, line, number)?;
    must_train(app, person, organisation)?;
    let (exemplar, version) = exemplar(app, &held.value, id)?;
    if held.value.scored_exemplar(id).is_some() {
        return Err(QualityError::Scored.into());
    }
    let rubric = &version.content.rubric;
    let given = levels.iter().map(|(criterion, level)| (criterion, level));
    check_levels(rubric, given, "/scores")?;
    let mut changed = held.value.clone();
    changed.scored.push(ScoredExemplar {
        exemplar: id,
        scores: tally::compared(rubric, &exemplar, levels),
    });
    if changed.open_exemplar().is_some() {
        app.store.replace_try(&held, &changed)?;
        return Ok((changed, None));
    }
    let outcome = changed.tally(now);
    let passed = outcome.result == Passed::Passed;
    changed.outcome = Some(outcome);
    let award = match passed {
        true => certify(app, &held, &changed, now)?,
        false => {
            app.store.replace_try(&held, &changed)?;
            None
        }
    };
    Ok((changed, award))
}

/// Refuses whoever has left the organisation since the try was begun, or reviews for it no more.
fn must_train(app: &App, person: &Person, organisation: &OrganisationId) -> Result<(), Error> {
    let roles = app.store.membership(organisation, person.id)?;
    let roles = roles.map(|member| member.roles).unwrap_or_default();
    let trained = [Role::Reviewer, Role::Adjudicator];
    match trained.iter().any(|role| roles.contains(role)) {
        true => Ok(()),
        false => Err(Error::Forbidden {
            who: Action::Train.rule().who,
        }),
    }
}

fn certify(
    app: &App,
    held: &Stored<Try>,
    passed: &Try,
    now: Timestamp,
) -> Result<Option<AwardId>, Error> {
    let award = passed.rules.badge.as_ref().map(|badge| Award {
        id: AwardId::draw(&app.random),
        submission: None,
        version: 0,
        micro_credential: badge.clone(),
        organisation: passed.organisation.clone(),
        earner: passed.person,
        achieved: Vec::new(),
        assessment: None,
        by_hand: None,
        awarded: now,
    });
    let until = validity::end(now, passed.rules.months);
    let certification = Certification {
        organisation: passed.organisation.clone(),
        line: passed.line.clone(),
        person: passed.person,
        attempt: passed.number,
        since: now,
        until: until.ok_or(Error::conflict("no calendar reaches that far"))?,
        award: award.as_ref().map(|award| award.id),
    };
    app.store
        .certify(held, passed, &certification, award.as_ref())?;
    Ok(certification.award)
}

fn held(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    number: u32,
) -> Result<Stored<Try>, Error> {
    // One that was begun in an account that was joined to this one is theirs as well.
    for id in std::iter::once(&person.id).chain(&person.former) {
        if let Some(found) = app.store.try_held(organisation, line, *id, number)? {
            return Ok(found);
        }
    }
    Err(Error::NotFound)
}

impl Try {
    /// What was found of an exemplar, if it was scored.
    pub fn scored_exemplar(&self, id: ExemplarId) -> Option<&ScoredExemplar> {
        self.scored.iter().find(|one| one.exemplar == id)
    }

    /// The exemplar that is to be scored next.
    pub fn open_exemplar(&self) -> Option<ExemplarId> {
        let mut exemplars = self.exemplars.iter().copied();
        exemplars.find(|id| self.scored_exemplar(*id).is_none())
    }
}

/// In seconds: sixty days before it is over, a certification can be renewed.
const RENEWAL: i64 = 60 * 24 * 60 * 60;
/// In seconds: the tries of thirty days count.
const TRIES_COUNT_FOR: i64 = 30 * 24 * 60 * 60;
