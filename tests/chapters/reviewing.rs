//! Reviewing: evidence is held against the rubric, accepted or sent back, by one reviewer at a time.

use crate::app::TestApp;
use crate::catalogue::wait_time;
use issuer::error::Error;
use issuer::id::OrganisationId;
use issuer::issuance;
use issuer::page::PageRequest;
use issuer::review::{self, Decision, ReviewError};
use issuer::submission::{self, State};
use std::sync::Barrier;
use std::thread;

const MET: &str = "consistent";

const UNMET: &str = "absent";

fn state(test: &TestApp, id: issuer::id::SubmissionId) -> State {
    let ada = test.person("ada", &[]);
    submission::of_earner(&test.app, &ada, id)
        .expect("her submission")
        .state
}

#[test]
fn a_criterion_that_is_not_met_needs_a_word_on_what_is_missing() {
    let test = TestApp::new();
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    let refused = grace.scores(id, &[("waiting", UNMET, None), ("listening", MET, None)]);
    let refused = refused.expect_err("no comment");
    assert_eq!(refused.code(), "review.comment_required");
    let Error::Review(ReviewError::CommentRequired { criteria }) = refused else {
        panic!("{refused}")
    };
    assert_eq!(criteria, ["waiting".parse().expect("a name")]);
    assert_eq!(state(&test, id), State::Submitted);

    let review = grace.scores(
        id,
        &[
            ("waiting", UNMET, Some("Where is the silence?")),
            ("listening", MET, None),
        ],
    );
    let unmet = vec!["waiting".parse().expect("a name")];
    assert_eq!(
        review.expect("a review").decision,
        Decision::Returned { unmet }
    );
    assert_eq!(state(&test, id), State::Returned);
    let ada = test.person("ada", &[]);
    let feedback = review::feedback(&test.app, &ada, id, &PageRequest::default());
    let feedback = feedback.expect("her feedback").items;
    assert_eq!(
        feedback[0].scores[0]
            .comment
            .as_ref()
            .map(|text| text.as_str()),
        Some("Where is the silence?")
    );
}

#[test]
fn every_open_criterion_is_scored_once_and_at_a_level_it_has() {
    let test = TestApp::new();
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    let code = |scores: &[(&str, &str, Option<&str>)]| {
        let refused = grace.scores(id, scores);
        refused.expect_err("a faulty review").code()
    };
    let (waiting, listening) = (("waiting", MET, None), ("listening", MET, None));
    assert_eq!(code(&[]), "review.incomplete");
    assert_eq!(code(&[waiting]), "review.incomplete");
    assert_eq!(code(&[waiting, waiting]), "input.invalid");
    assert_eq!(
        code(&[("waiting", "superb", None), listening]),
        "input.invalid"
    );
    assert_eq!(code(&[waiting, ("singing", MET, None)]), "input.invalid");
    assert_eq!(state(&test, id), State::Submitted);
}

#[test]
fn a_criterion_that_was_met_stays_met() {
    let test = TestApp::new();
    let (ada, grace) = (test.learner("ada"), test.reviewer("grace"));
    let id = ada.submits();
    grace
        .scores(
            id,
            &[
                ("waiting", "exemplary", None),
                ("listening", UNMET, Some("Say more.")),
            ],
        )
        .expect("a review");
    ada.adds_text(id, "I let the next one answer the one before.");
    ada.hands_in(id).expect("the next version");

    let hopper = test.reviewer("hopper");
    let again = hopper.scores(
        id,
        &[("waiting", UNMET, Some("No.")), ("listening", MET, None)],
    );
    assert_eq!(again.expect_err("it was met").code(), "input.invalid");
    let review = hopper
        .scores(id, &[("listening", MET, None)])
        .expect("a review");
    let Decision::Accepted { award } = review.decision else {
        panic!("{review:?}")
    };
    let award = test
        .app
        .store
        .award(award)
        .expect("the store")
        .expect("the award");
    let levels: Vec<_> = award
        .achieved
        .iter()
        .map(|one| (one.criterion.as_str(), one.level.as_str()))
        .collect();
    assert_eq!(levels, [("waiting", "exemplary"), ("listening", MET)]);
}

#[test]
fn nobody_reviews_their_own_submission() {
    let test = TestApp::new();
    let grace = test.reviewer("grace");
    let own = test.learner("grace").submits();
    assert_eq!(
        grace.scores(own, &[]).expect_err("her own").code(),
        "review.own_submission"
    );
    let queue = || {
        let (host, first) = (OrganisationId::host(), PageRequest::default());
        let page = review::queue(&test.app, &host, &grace.person, &first, test.now);
        page.expect("her queue").items
    };
    assert!(queue().is_empty());
    let of_ada = test.learner("ada").submits();
    assert_eq!(
        queue()
            .iter()
            .map(|waiting| waiting.submission)
            .collect::<Vec<_>>(),
        [of_ada]
    );
}

#[test]
fn a_finished_review_is_final() {
    let test = TestApp::new();
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    grace.accepts(id);
    let again = grace.scores_version(
        id,
        1,
        &[("waiting", UNMET, Some("No.")), ("listening", MET, None)],
    );
    assert_eq!(again.expect_err("it is decided").code(), "state.conflict");
    assert!(matches!(state(&test, id), State::Accepted { .. }));
    let ada = test.learner("ada");
    assert_eq!(
        submission::withdraw(&test.app, &ada.person, id, test.now)
            .expect_err("it is decided")
            .code(),
        "state.conflict"
    );
    let anew = submission::start(&test.app, &ada.person, &wait_time(), test.now);
    assert_eq!(
        anew.expect_err("she has earned it").code(),
        "state.conflict"
    );
}

#[test]
fn of_two_reviewers_at_once_one_wins() {
    let test = TestApp::new();
    for _ in 0..8 {
        let ada = test.learner("ada");
        let id = ada.submits();
        let start = Barrier::new(2);
        let finish = |name: &str, level: &str| {
            let reviewer = test.reviewer(name);
            start.wait();
            reviewer.scores_version(
                id,
                1,
                &[
                    ("waiting", level, Some("So.")),
                    ("listening", level, Some("So.")),
                ],
            )
        };
        let (one, two) = thread::scope(|scope| {
            let one = scope.spawn(|| finish("grace", MET));
            let two = scope.spawn(|| finish("hopper", UNMET));
            (one.join().expect("a thread"), two.join().expect("a thread"))
        });
        let (winner, loser) = match (one, two) {
            (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
            other => panic!("one of them wins, and not {other:?}"),
        };
        assert!(
            ["review.claimed", "review.claim_missing", "state.conflict"].contains(&loser.code()),
            "{loser:?}"
        );
        let accepted = matches!(winner.decision, Decision::Accepted { .. });
        assert_eq!(accepted, matches!(state(&test, id), State::Accepted { .. }));
        if accepted {
            return;
        }
        submission::withdraw(&test.app, &ada.person, id, test.now).expect("a new beginning");
    }
}

#[test]
fn a_declined_submission_issues_nothing() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();

    test.reviewer("grace").declines(id);

    assert!(matches!(state(&test, id), State::Declined { .. }));
    let resumed = issuance::resume(&test.app, test.now).expect("nothing to do");
    assert_eq!((resumed.issued, resumed.failed.len()), (0, 0));
    assert!(test.log().is_empty());
    assert!(test.badges_of("ada").is_empty());
}
