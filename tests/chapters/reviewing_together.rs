//! Claims, second reviews and adjudication: who may review what, and when somebody else looks too.

use crate::app::TestApp;
use crate::catalogue::content;
use crate::people::{decided, given};
use issuer::error::Error;
use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId, SubmissionId};
use issuer::micro_credential::{self, ReviewPolicy, SecondReview};
use issuer::organisation::Role;
use issuer::organisation::membership;
use issuer::page::PageRequest;
use issuer::person::Person;
use issuer::review::{
    self, Change, Decision, Doubt, Draft, DraftScore, Finished, Given, Outcome, Pin, Seat, Spot,
};
use issuer::submission::{self, State};
use issuer::text::Prose;
use schemas::timestamp::Timestamp;

const HOUR: i64 = 3_600;

/// A micro-credential like that of the chapters, reviewed in another way.
pub fn reviewed(test: &TestApp, second_review: SecondReview) -> MicroCredentialId {
    let id: MicroCredentialId = "reviewed-otherwise".parse().expect("a slug");
    let donna = test.person("donna", &[Role::Author]);
    let mut content = content();
    content.review = ReviewPolicy {
        second_review,
        ..ReviewPolicy::default()
    };
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, id.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    id
}

pub fn handed_in(test: &TestApp, name: &str, id: &MicroCredentialId) -> SubmissionId {
    let learner = test.learner(name);
    let submission = learner.prepares_for(id).id;
    learner.hands_in(submission).expect("a complete submission");
    submission
}

pub fn both(level: &str) -> Given {
    let word = Some("So it is.");
    given(1, &[("waiting", level, word), ("listening", level, word)])
}

pub fn offered(test: &TestApp, reviewer: &Person, now: Timestamp) -> Vec<SubmissionId> {
    let (host, first) = (OrganisationId::host(), PageRequest::default());
    let page = review::queue(&test.app, &host, reviewer, &first, now).expect("the queue");
    page.items.into_iter().map(|one| one.submission).collect()
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.expect_err("a refusal").code()
}

fn state(test: &TestApp, name: &str, id: SubmissionId) -> State {
    let learner = test.person(name, &[]);
    submission::of_earner(&test.app, &learner, id)
        .expect("theirs")
        .state
}

#[test]
fn one_person_reviews_at_a_time_and_nobody_finishes_without_a_claim() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    assert_eq!(
        code(grace.finishes(id, &both("consistent"))),
        "review.claim_missing"
    );
    let claimed = grace.claims(id).expect("a claim").claim.expect("a claim");
    assert_eq!(claimed.until, test.now.plus_seconds(72 * HOUR));

    // It is hers: others are not offered it, cannot claim, open, draft or finish it.
    assert_eq!(code(hopper.claims(id)), "review.claimed");
    assert_eq!(
        code(hopper.finishes(id, &both("consistent"))),
        "review.claim_missing"
    );
    assert_eq!(
        code(review::open(&test.app, &hopper.person, id, test.now)),
        "review.claimed"
    );
    assert_eq!(offered(&test, &hopper.person, test.now), []);
    assert_eq!(offered(&test, &grace.person, test.now), [id]);
    // Claiming again changes nothing, and later not either.
    let later = test.now.plus_seconds(HOUR);
    let again = review::claim(&test.app, &grace.person, id, later).expect("her claim");
    assert_eq!(again.claim.expect("a claim").until, claimed.until);

    review::release(&test.app, &grace.person, id).expect("a release");
    assert_eq!(
        code(grace.finishes(id, &both("consistent"))),
        "review.claim_missing"
    );
    hopper.claims(id).expect("a claim");
    let review = decided(hopper.finishes(id, &both("consistent")).expect("a review"));
    assert!(matches!(review.decision, Decision::Accepted { .. }));
    assert_eq!(test.records(b"review-queue/"), 0);
}

#[test]
fn a_claim_ends_with_its_time_and_what_was_scored_is_kept_for_whoever_scored_it() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    grace.claims(id).expect("a claim");
    let draft = Draft {
        version: 1,
        scores: vec![DraftScore {
            criterion: "waiting".parse().expect("a name"),
            level: None,
            comment: Some("Not done yet.".parse().expect("a text")),
            pins: Vec::new(),
        }],
        comment: None,
        doubt: Doubt::None,
    };
    review::keep_draft(&test.app, &grace.person, id, &draft).expect("a draft");
    let last = test.now.plus_seconds(72 * HOUR - 1);
    assert_eq!(offered(&test, &hopper.person, last), []);
    let over = test.now.plus_seconds(72 * HOUR);
    let late = review::finish(&test.app, &grace.person, id, &both("consistent"), over);
    assert_eq!(code(late), "review.claim_missing");
    // Nobody has taken it yet, so what she writes is still kept.
    review::keep_draft(&test.app, &grace.person, id, &draft).expect("a draft");

    assert_eq!(offered(&test, &hopper.person, over), [id]);
    review::claim(&test.app, &hopper.person, id, over).expect("a claim");
    let kept = review::keep_draft(&test.app, &grace.person, id, &draft);
    assert_eq!(code(kept), "review.claim_missing");
    let theirs = review::open(&test.app, &hopper.person, id, over).expect("what waits");
    assert_eq!(theirs.draft, None, "drafts are their writers' own");
    review::release(&test.app, &hopper.person, id).expect("a release");
    let hers = review::open(&test.app, &grace.person, id, over).expect("what waits");
    assert_eq!(hers.draft, Some(draft));

    review::claim(&test.app, &hopper.person, id, over).expect("a claim");
    review::finish(&test.app, &hopper.person, id, &both("consistent"), over).expect("a review");
    assert_eq!(
        test.records(b"review-draft/"),
        0,
        "nothing is left of what was not finished"
    );
}

#[test]
fn the_claim_of_somebody_who_is_no_reviewer_any_more_counts_for_nothing() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    grace.claims(id).expect("a claim");
    membership::end(
        &test.app,
        Actor::Service,
        &OrganisationId::host(),
        grace.person.id,
        test.now,
    )
    .expect("her leave");
    assert_eq!(
        code(grace.finishes(id, &both("consistent"))),
        "review.other_role"
    );
    hopper.claims(id).expect("a claim");
    hopper.finishes(id, &both("consistent")).expect("a review");
}

#[test]
fn two_who_find_the_same_decide_together_and_the_level_is_what_both_found() {
    let test = TestApp::new();
    let id = handed_in(&test, "ada", &reviewed(&test, SecondReview::Always));
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    grace.claims(id).expect("a claim");
    let first = grace.finishes(id, &both("exemplary")).expect("a review");
    assert!(matches!(first, Finished::HandedOn(_)), "{first:?}");
    assert_eq!(test.records(b"award/"), 0);

    // The same person does not look twice, and the second one sees nothing of the first one's scores.
    assert_eq!(code(grace.claims(id)), "review.reviewed");
    assert_eq!(offered(&test, &grace.person, test.now), []);
    let reading = hopper.opens(id);
    assert!(reading.opinions.is_empty() && reading.draft.is_none() && reading.earlier.is_empty());
    hopper.claims(id).expect("a claim");
    let review = decided(hopper.finishes(id, &both("consistent")).expect("a review"));
    let Decision::Accepted { award } = review.decision else {
        panic!("{review:?}")
    };
    let award = test
        .app
        .store
        .award(award)
        .expect("the store")
        .expect("the award");
    assert!(
        award
            .achieved
            .iter()
            .all(|one| one.level.as_str() == "consistent")
    );
    assert_eq!(
        award.assessment.map(|one| (one.reviewers, one.blind)),
        Some((2, true))
    );
}

#[test]
fn where_two_differ_an_adjudicator_sees_both_and_decides() {
    let test = TestApp::new();
    let id = handed_in(&test, "ada", &reviewed(&test, SecondReview::Always));
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    for (reviewer, level) in [(&grace, "consistent"), (&hopper, "absent")] {
        reviewer.claims(id).expect("a claim");
        let finished = reviewer.finishes(id, &both(level)).expect("a review");
        assert!(matches!(finished, Finished::HandedOn(_)), "{finished:?}");
    }
    let adjudicator = test.reviewer("judith");
    assert_eq!(code(adjudicator.claims(id)), "review.other_role");
    let host = OrganisationId::host();
    for person in [&adjudicator.person, &grace.person] {
        test.join(person, &host, &[Role::Reviewer, Role::Adjudicator]);
    }
    // Neither of the two decides between them.
    assert_eq!(code(grace.claims(id)), "review.reviewed");
    let reading = adjudicator.opens(id);
    assert_eq!(
        (reading.seat, reading.opinions.len()),
        (Seat::Adjudicator, 2)
    );
    adjudicator.claims(id).expect("a claim");
    let finding = given(
        1,
        &[
            ("waiting", "consistent", None),
            ("listening", "absent", Some("Whom do they hear?")),
        ],
    );
    let review = decided(adjudicator.finishes(id, &finding).expect("a review"));
    let unmet = vec!["listening".parse().expect("a name")];
    assert_eq!(review.decision, Decision::Returned { unmet });
    assert_eq!(state(&test, "ada", id), State::Returned);
    // What everybody found is kept, also what was overruled.
    let scorings = test.app.store.scorings(id, 1).expect("the store");
    let seats: Vec<Seat> = scorings.iter().map(|one| one.seat).collect();
    assert_eq!(seats, [Seat::First, Seat::Second, Seat::Adjudicator]);
    assert_eq!(scorings[1].outcome, both("absent").outcome);

    // The next version is reviewed for what is open, and what was met stays met.
    let ada = test.learner("ada");
    ada.adds_text(id, "They answer one another now.");
    ada.hands_in(id).expect("the next version");
    let reading = hopper.opens(id);
    assert_eq!(reading.earlier.len(), 1);
    assert_eq!(reading.met.len(), 1);
    let changes = reading.evidence.iter().map(|piece| piece.change.clone());
    assert_eq!(
        changes.collect::<Vec<_>>(),
        [Change::Kept, Change::Kept, Change::New]
    );
    let open = given(2, &[("listening", "consistent", None)]);
    for reviewer in [&hopper, &grace] {
        reviewer.claims(id).expect("a claim");
        reviewer.finishes(id, &open).expect("a review");
    }
    let State::Accepted { award } = state(&test, "ada", id) else {
        panic!("both found it met")
    };
    let award = test
        .app
        .store
        .award(award)
        .expect("the store")
        .expect("the award");
    // Three scored the first version, two the second: two is what can be said of every criterion.
    assert_eq!(award.assessment.map(|one| one.reviewers), Some(2));
}

#[test]
fn doubt_brings_a_second_reviewer_and_so_does_declining() {
    let test = TestApp::new();
    let asked = reviewed(&test, SecondReview::OnDoubt);
    let (grace, hopper) = (test.reviewer("grace"), test.reviewer("hopper"));
    let rationale: Prose = "This is somebody else's lesson.".parse().expect("a text");
    let declining = Given {
        outcome: Outcome::Declined(rationale),
        ..both("absent")
    };
    let doubtful = Given {
        doubt: Doubt::Felt,
        ..both("consistent")
    };
    for (number, (finding, goes_on)) in [
        (both("consistent"), false),
        (doubtful, true),
        (declining.clone(), true),
    ]
    .iter()
    .enumerate()
    {
        let id = handed_in(&test, &format!("learner-{number}"), &asked);
        grace.claims(id).expect("a claim");
        let finished = grace.finishes(id, finding).expect("a review");
        assert_eq!(
            matches!(finished, Finished::HandedOn(_)),
            *goes_on,
            "{number}"
        );
    }
    // Declined by both it is declined; by one alone it is for the adjudicator.
    let id = handed_in(&test, "lise", &asked);
    for reviewer in [&grace, &hopper] {
        reviewer.claims(id).expect("a claim");
        reviewer.finishes(id, &declining).expect("a review");
    }
    assert!(matches!(state(&test, "lise", id), State::Declined { .. }));
    let id = handed_in(&test, "rosa", &asked);
    for (reviewer, finding) in [(&grace, &declining), (&hopper, &both("consistent"))] {
        reviewer.claims(id).expect("a claim");
        reviewer.finishes(id, finding).expect("a review");
    }
    assert_eq!(state(&test, "rosa", id), State::Submitted);
}

#[test]
fn a_sample_is_drawn_when_work_is_handed_in_and_by_nobody() {
    let test = TestApp::new();
    let asked = reviewed(&test, SecondReview::Sample(30));
    let grace = test.reviewer("grace");
    let (mut sampled, rounds) = (0, 120);
    for number in 0..rounds {
        let id = handed_in(&test, &format!("learner-{number}"), &asked);
        // Claiming and giving back draws nothing anew.
        for _ in 0..3 {
            grace.claims(id).expect("a claim");
            review::release(&test.app, &grace.person, id).expect("a release");
        }
        grace.claims(id).expect("a claim");
        let finished = grace.finishes(id, &both("absent")).expect("a review");
        sampled += usize::from(matches!(finished, Finished::HandedOn(_)));
    }
    // Thirty in a hundred, give or take four standard deviations.
    assert!((16..=56).contains(&sampled), "{sampled} of {rounds}");
}

#[test]
fn a_comment_on_a_moment_says_what_is_missing_and_stands_in_the_evidence_there_is() {
    let test = TestApp::new();
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    let evidence = grace
        .claims(id)
        .map(|_| grace.opens(id).evidence[0].id)
        .expect("a claim");
    let pinned = |at: Spot, evidence| {
        let mut finding = given(
            1,
            &[
                ("waiting", "absent", None),
                ("listening", "consistent", None),
            ],
        );
        if let Outcome::Scored(scores) = &mut finding.outcome {
            let comment = "No silence here.".parse().expect("a text");
            scores[0].pins = vec![Pin {
                evidence,
                at,
                comment,
            }];
        }
        finding
    };
    let elsewhere = "1111111111111111".parse().expect("an identifier");
    for (at, piece) in [
        (Spot::Second(134), elsewhere),
        (Spot::Page(0), evidence),
        (Spot::Second(86_401), evidence),
    ] {
        assert_eq!(
            code(grace.finishes(id, &pinned(at, piece))),
            "input.invalid"
        );
    }
    let finished = grace.finishes(id, &pinned(Spot::Second(134), evidence));
    let review = decided(finished.expect("a review"));
    assert_eq!(review.scores[0].pins[0].at.to_string(), "2:14");
    assert!(matches!(review.decision, Decision::Returned { .. }));
}

#[test]
fn how_long_reviews_take_is_counted_from_handing_in_to_decision() {
    let test = TestApp::new();
    let (host, grace) = (OrganisationId::host(), test.reviewer("grace"));
    for (number, hours) in [1, 50, 10].into_iter().enumerate() {
        let before = review::turnaround(&test.app, &host, test.now).expect("the figures");
        assert_eq!((before.median, before.decided), (None, number));
        let id = test.learner(&format!("learner-{number}")).submits();
        let later = test.now.plus_seconds(hours * HOUR);
        review::claim(&test.app, &grace.person, id, later).expect("a claim");
        review::finish(&test.app, &grace.person, id, &both("absent"), later).expect("a review");
    }
    let first = test.learner("ada").submits();
    let second = test.learner("mary").submits();
    let now = test.now.plus_seconds(5 * HOUR);
    let figures = review::turnaround(&test.app, &host, now).expect("the figures");
    assert_eq!((figures.decided, figures.median), (3, Some(10 * HOUR)));
    assert_eq!((figures.waiting, figures.oldest), (2, Some(5 * HOUR)));
    let mut places: Vec<_> = [("ada", first), ("mary", second)]
        .map(|(name, id)| {
            let own =
                submission::of_earner(&test.app, &test.person(name, &[]), id).expect("theirs");
            review::place_in_queue(&test.app, &own).expect("the store")
        })
        .into();
    places.sort();
    assert_eq!(places, [Some(0), Some(1)]);
}
