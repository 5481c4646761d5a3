//! Races: whatever happens at the same moment, there is one decision and one badge.
//!
//! `ASSAY_RACES` says how many races are run.

use std::sync::Barrier;
use std::thread;

use issuer::error::Error;
use issuer::id::SubmissionId;
use issuer::issuance;
use issuer::review::{self, Decision, Finished, Given};
use issuer::submission;
use schemas::timestamp::Timestamp;

use crate::app::TestApp;
use crate::people::{Reviewer, given};

/// How two do something at the same moment.
#[derive(Clone, Copy, Debug)]
enum Race {
    /// Two reviewers claim and accept.
    TwoReviewers,
    /// One reviewer accepts twice, as with a second press of the button.
    TwiceAtOnce,
    /// One accepts again after it was done, while a start takes up what is open.
    Again,
    /// The time of a claim is over for one clock and not for another, and somebody else claims it.
    TimeIsOver,
    /// The earner takes it back while it is accepted.
    TakenBack,
    /// The earner says what the badge may name while it is accepted.
    Shared,
}

const RACES: [Race; 6] = [
    Race::TwoReviewers,
    Race::TwiceAtOnce,
    Race::Again,
    Race::TimeIsOver,
    Race::TakenBack,
    Race::Shared,
];

fn accepting() -> Given {
    given(
        1,
        &[
            ("waiting", "consistent", None),
            ("listening", "exemplary", None),
        ],
    )
}

/// Accepts, and issues the badge as the interface does.
fn accepts(
    test: &TestApp,
    reviewer: &Reviewer<'_>,
    id: SubmissionId,
    now: Timestamp,
) -> Result<Finished, Error> {
    let finished = review::finish(&test.app, &reviewer.person, id, &accepting(), now)?;
    if let Finished::Decided { review, .. } = &finished
        && let Decision::Accepted { award } = review.decision
    {
        issuance::issue(&test.app, award, now)?;
    }
    Ok(finished)
}

/// Runs two things at the same moment, and counts how many of them were done.
fn at_once(
    one: impl FnOnce() -> Result<(), Error> + Send,
    other: impl FnOnce() -> Result<(), Error> + Send,
) -> usize {
    let start = Barrier::new(2);
    let started = |work: Box<dyn FnOnce() -> Result<(), Error> + Send + '_>| {
        start.wait();
        work()
    };
    thread::scope(|scope| {
        let one = scope.spawn(|| started(Box::new(one)));
        let other = scope.spawn(|| started(Box::new(other)));
        let outcomes = [one, other].map(|one| one.join().expect("a thread"));
        for refused in outcomes.iter().filter_map(|one| one.as_ref().err()) {
            let known = [
                "state.conflict",
                "review.claimed",
                "review.claim_missing",
                "auth.not_found",
            ];
            assert!(known.contains(&refused.code()), "{refused:?}");
        }
        outcomes.iter().filter(|one| one.is_ok()).count()
    })
}

/// Runs one race, and says how many badges there ought to be then; nothing, if either is right.
fn run(test: &TestApp, race: Race, name: &str, id: SubmissionId) -> Option<usize> {
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    let (app, now) = (&test.app, test.now);
    let claims_and_accepts = |reviewer: &Reviewer<'_>, at: Timestamp| {
        review::claim(app, &reviewer.person, id, at)?;
        accepts(test, reviewer, id, at).map(drop)
    };
    match race {
        Race::TwoReviewers => {
            let done = at_once(
                || claims_and_accepts(&grace, now),
                || claims_and_accepts(&hopper, now),
            );
            assert_eq!(done, 1, "{race:?}");
        }
        Race::TwiceAtOnce => {
            grace.claims(id).expect("a claim");
            let twice = || accepts(test, &grace, id, now).map(drop);
            assert_eq!(at_once(twice, twice), 1, "{race:?}");
        }
        Race::Again => {
            grace.claims(id).expect("a claim");
            // As if the program had ended between the award and its badge.
            review::finish(app, &grace.person, id, &accepting(), now).expect("a review");
            let resume = || issuance::resume(app, now).map(drop);
            let again = || accepts(test, &grace, id, now).map(drop);
            assert_eq!(at_once(resume, again), 1, "{race:?}");
        }
        Race::TimeIsOver => {
            let claim = grace.claims(id).expect("a claim").claim.expect("a claim");
            let last = claim.until.plus_seconds(-1);
            let done = at_once(
                || accepts(test, &grace, id, last).map(drop),
                || claims_and_accepts(&hopper, claim.until),
            );
            assert_eq!(done, 1, "{race:?}");
        }
        Race::TakenBack => {
            grace.claims(id).expect("a claim");
            let earner = test.person(name, &[]);
            let done = at_once(
                || accepts(test, &grace, id, now).map(drop),
                || submission::withdraw(app, &earner, id, now).map(drop),
            );
            assert_eq!(done, 1, "{race:?}");
            return None;
        }
        Race::Shared => {
            grace.claims(id).expect("a claim");
            let earner = test.person(name, &[]);
            let own = submission::of_earner(app, &earner, id).expect("theirs");
            let piece = own.evidence[0].id;
            let share = || {
                let shared = submission::Sharing::Shared;
                submission::share_evidence(app, &earner, id, piece, shared).map(drop)
            };
            // Whether or not it could still be shared, the review is not lost over it.
            assert!(at_once(|| accepts(test, &grace, id, now).map(drop), share) >= 1);
        }
    }
    Some(1)
}

#[test]
fn whatever_happens_at_once_there_is_one_decision_and_one_badge() {
    let wanted = std::env::var("ASSAY_RACES").ok();
    let wanted: usize = wanted.map_or(90, |wanted| wanted.parse().expect("a number"));
    let test = TestApp::new();
    let mut badges = 0;
    for number in 0..wanted {
        let name = format!("learner-{number}");
        let id = test.learner(&name).submits();
        let race = RACES[number % RACES.len()];
        let expected = run(&test, race, &name, id);
        let theirs = test.badges_of(&name).len();
        assert!(
            theirs <= 1 && expected.is_none_or(|one| one == theirs),
            "{number} {race:?}"
        );
        badges += theirs;
        let decided = test.app.store.scorings(id, 1).expect("the store").len();
        assert_eq!(
            decided, theirs,
            "{number} {race:?}: one scoring for each badge"
        );
        assert_eq!(test.log().len(), badges, "{number} {race:?}");
        assert_eq!(
            test.records(b"review-queue/"),
            0,
            "{number} {race:?}: nothing waits"
        );
        assert_eq!(test.records(b"review-draft/"), 0, "{number} {race:?}");
    }
    assert_eq!(
        (test.records(b"award/"), test.records(b"badge/")),
        (badges, badges)
    );
    assert_eq!((test.records(b"award-open/"), test.drawn()), (0, badges));
    test.app.log.check().expect("a sound log");
    println!("{wanted} races, {badges} badges");
}
