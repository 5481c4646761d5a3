//! Finishing: what somebody found is kept, and either decides or is looked at by the next.

use super::claiming::Held;
use super::eligibility::must_be_certified;
use super::scoring::{Found, Measure, check_comments, joined};
use super::{
    Decided, Decision, Doubt, Outcome, Review, ReviewError, Score, Scoring, Seat, Waiting,
};
use crate::app::{App, Step};
use crate::award::{Achieved, Assessment, Award};
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{AwardId, CriterionId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;
use crate::rubric::Rubric;
use crate::store::StoreError;
use crate::submission::{self, MetCriterion, Submission};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use std::collections::BTreeSet;

/// What somebody hands over who has reviewed a version.
#[derive(Debug, Clone)]
pub struct Given {
    /// The version.
    pub version: u32,
    /// What they found.
    pub outcome: Outcome,
    /// What they say about the whole.
    pub comment: Option<Prose>,
    /// Whether they are in doubt.
    pub doubt: Doubt,
}

/// What became of a finished review.
#[derive(Debug, Clone)]
pub enum Finished {
    /// Somebody else looks at the version next.
    HandedOn(Scoring),
    /// The version is decided.
    Decided {
        /// What the person who finished had found.
        scoring: Scoring,
        /// What was decided.
        review: Box<Review>,
    },
}

/// Finishes what somebody has claimed.
///
/// Scores are given for the criteria that are not met yet, all of them. Of two who finish at once
/// one is told that they hold no claim, or that the other came first.
pub fn finish(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    given: &Given,
    now: Timestamp,
) -> Result<Finished, Error> {
    for _ in 0..ATTEMPTS {
        if let Some(finished) = attempt(app, reviewer, id, given, now)? {
            return Ok(finished);
        }
    }
    Err(Error::conflict("another change came first"))
}

/// Tries it on what the store has now; nothing, if that was changed meanwhile. The earner may say
/// at any time what a badge may name, and that is no reason to lose a review.
fn attempt(
    app: &App,
    reviewer: &Person,
    id: SubmissionId,
    given: &Given,
    now: Timestamp,
) -> Result<Option<Finished>, Error> {
    // 1. It is this person's to finish. Nothing has been changed when this fails.
    let held = Held::of(app, reviewer, id)?;
    must_be_certified(app, reviewer, &held.submission.value, now)?;
    held.submission.value.must_wait_as(given.version)?;
    let waiting = &held.waiting.value;
    let claim = waiting.live_claim(app, now)?;
    let claim = claim.filter(|claim| reviewer.is(claim.reviewer));
    let claimed = claim.ok_or(ReviewError::ClaimMissing)?.since;

    // 2. What they found is held against the rubric.
    let wanted = micro_credential::published(app, &waiting.micro_credential)?;
    let measure = Measure {
        micro_credential: &wanted,
        met: &held.submission.value.met,
        version: given.version,
    };
    let found = found(&measure, &held, given)?;
    let scoring = Scoring {
        submission: id,
        version: given.version,
        seat: waiting.seat,
        reviewer: reviewer.id,
        outcome: given.outcome.clone(),
        comment: given.comment.clone(),
        doubt: given.doubt,
        claimed,
        finished: now,
    };

    // 3. Either somebody else looks at it next, or it is decided. A crash before either commit
    //    leaves the claim and the draft; after the second the award is there, and its badge
    //    follows at the next start at the latest.
    let earlier = app.store.scorings(id, given.version)?;
    let next = next(&measure, waiting, &earlier, &scoring, &found)?;
    let committed = match &next {
        Next::Seat(seat) => app.store.hand_on(&held.waiting, *seat, &scoring),
        Next::Decide { outcome, comment } => {
            let scored = u32::try_from(earlier.len() + 1).unwrap_or(u32::MAX);
            let verdict = Verdict::new(app, &measure, &held, &scoring, scored, outcome, comment)?;
            let review = verdict.review.clone();
            let mut batch = app.store.deciding(&held, &verdict)?;
            verdict.record(app, &mut batch)?;
            let committed = app.store.commit(batch);
            if committed.is_ok() {
                app.observe(Step::Decided);
                let review = Box::new(review);
                return Ok(Some(Finished::Decided { scoring, review }));
            }
            committed
        }
    };
    match committed {
        Ok(()) => {
            app.observe(Step::Scored);
            Ok(Some(Finished::HandedOn(scoring)))
        }
        Err(StoreError::Conflict) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Holds what was found against the rubric and its limits.
fn found(measure: &Measure<'_>, held: &Held, given: &Given) -> Result<Found, Error> {
    let said = |scores: &[Score]| -> Result<(), Error> {
        let said = scores.iter();
        let said = said.map(|score| (score.comment.as_ref(), score.pins.as_slice()));
        check_comments(said, given.comment.as_ref(), &held.evidence())
    };
    match &given.outcome {
        Outcome::Declined(rationale) => {
            let alone = [(Some(rationale), [].as_slice())];
            check_comments(alone.into_iter(), None, &held.evidence())?;
            Ok(Found::Declined)
        }
        Outcome::Scored(scores) => {
            said(scores)?;
            Ok(Found::Judged(measure.judge(scores)?))
        }
    }
}

/// What follows when somebody has finished.
enum Next {
    Seat(Seat),
    Decide {
        outcome: Outcome,
        comment: Option<Prose>,
    },
}

fn next(
    measure: &Measure<'_>,
    waiting: &Waiting,
    earlier: &[Scoring],
    scoring: &Scoring,
    found: &Found,
) -> Result<Next, Error> {
    let alone = || Next::Decide {
        outcome: scoring.outcome.clone(),
        comment: scoring.comment.clone(),
    };
    Ok(match waiting.seat {
        Seat::First if measure.asks_for_a_second(waiting.lot, scoring, found) => {
            Next::Seat(Seat::Second)
        }
        Seat::First | Seat::Adjudicator => alone(),
        Seat::Second => {
            let first = earlier.iter().find(|one| one.seat == Seat::First);
            let first = first.ok_or(Error::Missing("the scores of the first reviewer"))?;
            match measure.agreed(first, scoring)? {
                None => Next::Seat(Seat::Adjudicator),
                Some(outcome) => Next::Decide {
                    outcome,
                    comment: joined(first.comment.as_ref(), scoring.comment.as_ref()),
                },
            }
        }
    })
}

/// A decision with everything that is written down for it, in one commit.
pub struct Verdict<'a> {
    pub changed: Submission,
    pub scoring: &'a Scoring,
    pub review: Review,
    pub award: Option<Award>,
    pub decided: Decided,
}

impl<'a> Verdict<'a> {
    fn new(
        app: &App,
        measure: &Measure<'_>,
        held: &Held,
        scoring: &'a Scoring,
        scored: u32,
        outcome: &Outcome,
        comment: &Option<Prose>,
    ) -> Result<Verdict<'a>, Error> {
        let mut changed = held.submission.value.clone();
        let (scores, comment, decision, award) = match outcome {
            Outcome::Declined(rationale) => {
                let rationale = rationale.clone();
                changed.state = submission::State::Declined {
                    rationale: rationale.clone(),
                };
                (Vec::new(), Some(rationale), Decision::Declined, None)
            }
            Outcome::Scored(scores) => {
                let judged = measure.judge(scores)?;
                changed.met.extend(judged.met);
                let award = match judged.unmet.is_empty() {
                    true => Some(award(app, measure, &changed, scored, scoring.finished)?),
                    false => None,
                };
                let decision = match &award {
                    Some(award) => Decision::Accepted { award: award.id },
                    None => Decision::Returned {
                        unmet: judged.unmet,
                    },
                };
                changed.state = match &award {
                    Some(award) => submission::State::Accepted { award: award.id },
                    None => submission::State::Returned,
                };
                (scores.clone(), comment.clone(), decision, award)
            }
        };
        let review = Review {
            submission: changed.id,
            version: scoring.version,
            reviewer: scoring.reviewer,
            scores,
            comment,
            decision,
            finished: scoring.finished,
        };
        let decided = Decided {
            submission: changed.id,
            version: scoring.version,
            micro_credential: changed.micro_credential.clone(),
            since: held.waiting.value.since,
            finished: scoring.finished,
            reviewers: scored,
        };
        Ok(Verdict {
            changed,
            scoring,
            review,
            award,
            decided,
        })
    }

    /// Records the decision, and the award that comes of it. What was said to the earner is theirs.
    fn record(&self, app: &App, batch: &mut Batch) -> Result<(), StoreError> {
        let kind = match self.review.decision {
            Decision::Accepted { .. } => EventKind::SubmissionAccepted,
            Decision::Returned { .. } => EventKind::SubmissionReturned,
            Decision::Declined => EventKind::SubmissionDeclined,
        };
        let decided = Event {
            organisation: self.changed.organisation.clone(),
            kind,
            actor: Actor::Person(self.review.reviewer),
            about: About::Submission {
                submission: self.review.submission,
                version: self.review.version,
            },
            reason: None,
            at: self.review.finished,
        };
        if let Some(award) = &self.award {
            let awarded = award.event(decided.actor);
            event::record(app, batch, decided)?;
            return event::record(app, batch, awarded);
        }
        event::record(app, batch, decided)
    }
}

fn award(
    app: &App,
    measure: &Measure<'_>,
    accepted: &Submission,
    scored: u32,
    now: Timestamp,
) -> Result<Award, Error> {
    let version = app.store.version(accepted.id, measure.version)?;
    let version = version.ok_or(Error::Missing("the version that waits"))?;
    Ok(Award {
        id: AwardId::draw(&app.random),
        submission: Some(accepted.id),
        version: measure.version,
        micro_credential: accepted.micro_credential.clone(),
        organisation: accepted.organisation.clone(),
        earner: accepted.earner,
        achieved: achieved(measure.rubric(), &accepted.met),
        assessment: Some(Assessment {
            reviewers: reviewers(app, accepted, measure.version, scored)?,
            // Whoever is offered a version is told of no name, and there is no other way to one.
            blind: true,
            rubric_sha256: version.manifest.rubric_sha256,
            manifest_sha256: version.manifest_sha256,
            version: measure.version,
        }),
        by_hand: None,
        awarded: now,
    })
}

/// How many people scored every criterion at least: those that earlier versions met were scored
/// then, perhaps by fewer.
fn reviewers(app: &App, accepted: &Submission, version: u32, scored: u32) -> Result<u32, Error> {
    let versions: BTreeSet<u32> = accepted.met.iter().map(|met| met.version).collect();
    let mut least = scored;
    for earlier in versions.into_iter().filter(|one| *one != version) {
        let found = app.store.scorings(accepted.id, earlier)?.len();
        least = least.min(u32::try_from(found).unwrap_or(u32::MAX).max(1));
    }
    Ok(least)
}

/// The level reached in every criterion, in the order of the rubric.
fn achieved(rubric: &Rubric, met: &[MetCriterion]) -> Vec<Achieved> {
    let reached = |id: &CriterionId| met.iter().find(|met| met.criterion == *id);
    let criteria = rubric.criteria().iter();
    criteria
        .filter_map(|criterion| reached(&criterion.id))
        .map(|met| Achieved {
            criterion: met.criterion.clone(),
            level: met.level.clone(),
        })
        .collect()
}

/// Each attempt that comes too late means that somebody else's change was written.
const ATTEMPTS: usize = 8;
