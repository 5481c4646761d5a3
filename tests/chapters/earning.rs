//! Earning: evidence is handed in, held against the rubric, and accepted or sent back.

use crate::app::{TestApp, content, criterion, wait_time};
use issuer::app::App;
use issuer::error::Error;
use issuer::issuance;
use issuer::micro_credential;
use issuer::person::{self, Role};
use issuer::review::{self, Decision};
use issuer::rubric::Rubric;
use issuer::submission::{self, EvidenceContent, Sharing, State};
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
fn a_submission_waits_until_everything_asked_for_is_there() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let begun =
        submission::start(&test.app, &ada.person, &wait_time(), test.now).expect("a beginning");
    ada.adds_text(begun.id, "I waited.");

    let refused = ada.hands_in(begun.id).expect_err("half a submission");
    assert_eq!(refused.code(), "submission.incomplete");
    let Error::SubmissionIncomplete { missing } = refused else {
        panic!("{refused}")
    };
    assert_eq!(missing, ["lesson".parse().expect("a name")]);

    ada.adds_link(begun.id, "https://video.example.net/1");
    ada.hands_in(begun.id).expect("a complete submission");
    assert_eq!(state(&test, begun.id), State::Submitted);
}

#[test]
fn evidence_answers_to_what_is_asked_and_in_a_form_that_is_accepted() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let begun =
        submission::start(&test.app, &ada.person, &wait_time(), test.now).expect("a beginning");
    let text = || EvidenceContent::Text("A text.".parse().expect("a text"));
    for (requirement, pointer) in [("unheard-of", "/requirement"), ("lesson", "/content")] {
        let refused = ada
            .adds(begun.id, requirement, text())
            .expect_err("evidence out of place");
        assert_eq!(
            (refused.code(), refused.pointer()),
            ("input.invalid", Some(pointer))
        );
    }
    for address in [
        "http://example.net/",
        "javascript:alert(1)",
        "https://",
        "ftp://example.net/x",
    ] {
        assert!(address.parse::<submission::Link>().is_err(), "{address}");
    }
}

#[test]
fn handing_in_freezes_a_manifest_that_tells_nothing_without_the_salts() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let id = ada.submits();
    let version = test
        .app
        .store
        .version(id, 1)
        .expect("the store")
        .expect("version 1");
    assert_eq!(version.manifest_sha256, version.manifest.sha256());
    assert_eq!(version.manifest.rubric_sha256, content().rubric.sha256());

    let waits = submission::withdraw(&test.app, &ada.person, id).map(|withdrawn| withdrawn.state);
    assert_eq!(waits.expect("her own"), State::Withdrawn);
    let again = ada.submits();
    let other = test
        .app
        .store
        .version(again, 1)
        .expect("the store")
        .expect("version 1");
    for (one, two) in version
        .manifest
        .evidence
        .iter()
        .zip(&other.manifest.evidence)
    {
        // The same lesson and the same words, and yet no two digests alike.
        assert_ne!(one.salted_sha256, two.salted_sha256);
    }
}

#[test]
fn what_was_handed_in_stays_as_it_was() {
    let test = TestApp::new();
    let (ada, grace) = (test.learner("ada"), test.reviewer("grace"));
    let id = ada.submits();
    let waiting = ada.adds(
        id,
        "reflection",
        EvidenceContent::Text("More.".parse().expect("a text")),
    );
    assert_eq!(
        waiting.expect_err("it waits for its review").code(),
        "state.conflict"
    );
    assert_eq!(
        ada.hands_in(id).expect_err("it was handed in").code(),
        "state.conflict"
    );

    let before = test
        .app
        .store
        .version(id, 1)
        .expect("the store")
        .expect("version 1");
    grace
        .scores(
            id,
            &[
                ("waiting", MET, None),
                ("listening", UNMET, Some("Whose answers?")),
            ],
        )
        .expect("a review");
    let returned = submission::of_earner(&test.app, &ada.person, id).expect("her submission");
    submission::remove_evidence(&test.app, &ada.person, id, returned.evidence[0].id)
        .expect("a piece less");
    ada.adds_link(id, "https://video.example.net/lesson-2");
    ada.hands_in(id).expect("the next version");
    assert_eq!(
        test.app.store.version(id, 1).expect("the store"),
        Some(before)
    );
    let reading = grace.opens(id);
    assert_eq!(reading.version.manifest.version, 2);
    assert_eq!(reading.evidence.len(), 2);
}

#[test]
fn evidence_that_was_never_handed_in_is_forgotten_and_what_was_is_kept() {
    let test = TestApp::new();
    let (ada, grace) = (test.learner("ada"), test.reviewer("grace"));
    let pieces = || {
        let stored = test
            .app
            .store
            .engine()
            .scan(b"submission-evidence/", b"", 100);
        stored.expect("the store").len()
    };
    let id = ada.prepares().id;
    let text = || EvidenceContent::Text("Another thought.".parse().expect("a text"));
    let spare = ada
        .adds(id, "reflection", text())
        .expect("a piece of evidence");
    let removed = submission::remove_evidence(&test.app, &ada.person, id, spare.id);
    assert_eq!(removed.expect("hers").discarded, Some(spare));
    assert_eq!(pieces(), 2);

    ada.hands_in(id).expect("a complete submission");
    let unmet = [
        ("waiting", UNMET, Some("When?")),
        ("listening", UNMET, Some("To whom?")),
    ];
    grace.scores(id, &unmet).expect("a review");
    let returned = submission::of_earner(&test.app, &ada.person, id).expect("hers");
    let kept = returned.evidence[1].id;
    let removed = submission::remove_evidence(&test.app, &ada.person, id, kept).expect("hers");
    assert_eq!(removed.discarded, None);
    let again = submission::remove_evidence(&test.app, &ada.person, id, kept);
    assert_eq!(again.expect_err("it is not there").code(), "auth.not_found");
    assert_eq!(pieces(), 2);
}

#[test]
fn a_criterion_that_is_not_met_needs_a_word_on_what_is_missing() {
    let test = TestApp::new();
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    let refused = grace.scores(id, &[("waiting", UNMET, None), ("listening", MET, None)]);
    let refused = refused.expect_err("no comment");
    assert_eq!(refused.code(), "review.comment_required");
    let Error::CommentRequired { criteria } = refused else {
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
    let feedback = review::feedback(&test.app, &ada, id).expect("her feedback");
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
    let cases: [(&[(&str, &str, Option<&str>)], &str); 5] = [
        (&[], "review.incomplete"),
        (&[("waiting", MET, None)], "review.incomplete"),
        (
            &[("waiting", MET, None), ("waiting", MET, None)],
            "input.invalid",
        ),
        (
            &[("waiting", "superb", None), ("listening", MET, None)],
            "input.invalid",
        ),
        (
            &[("waiting", MET, None), ("singing", MET, None)],
            "input.invalid",
        ),
    ];
    for (scores, code) in cases {
        assert_eq!(
            grace
                .scores(id, scores)
                .expect_err("a faulty review")
                .code(),
            code,
            "{scores:?}"
        );
    }
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
fn nobody_reviews_their_own_submission_or_without_the_role() {
    let test = TestApp::new();
    let grace = test.reviewer("grace");
    let own = test.learner("grace").submits();
    assert_eq!(
        grace.scores(own, &[]).expect_err("her own").code(),
        "review.own_submission"
    );
    assert!(
        review::queue(&test.app, &grace.person, 10)
            .expect("her queue")
            .is_empty()
    );
    let of_ada = test.learner("ada").submits();
    let queue = review::queue(&test.app, &grace.person, 10).expect("her queue");
    assert_eq!(
        queue
            .iter()
            .map(|waiting| waiting.submission)
            .collect::<Vec<_>>(),
        [of_ada]
    );
    let mallory = test.person("mallory", &[]);
    assert_eq!(
        review::open(&test.app, &mallory, of_ada)
            .expect_err("no role")
            .code(),
        "auth.forbidden"
    );
}

#[test]
fn a_submission_does_not_exist_for_anybody_else() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();
    let evidence = submission::of_earner(&test.app, &test.person("ada", &[]), id)
        .expect("hers")
        .evidence[0]
        .id;
    let mallory = test.learner("mallory");
    let app = &test.app;
    let codes = [
        submission::of_earner(app, &mallory.person, id).map(drop),
        submission::withdraw(app, &mallory.person, id).map(drop),
        submission::remove_evidence(app, &mallory.person, id, evidence).map(drop),
        submission::share_evidence(app, &mallory.person, id, evidence, Sharing::Shared).map(drop),
        submission::evidence_of_earner(app, &mallory.person, id, evidence).map(drop),
        review::feedback(app, &mallory.person, id).map(drop),
        mallory.hands_in(id).map(drop),
    ];
    for refused in codes {
        assert_eq!(refused.expect_err("not hers").code(), "auth.not_found");
    }
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
        submission::withdraw(&test.app, &ada.person, id)
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
        assert_eq!(loser.code(), "state.conflict");
        let accepted = matches!(winner.decision, Decision::Accepted { .. });
        assert_eq!(accepted, matches!(state(&test, id), State::Accepted { .. }));
        if accepted {
            return;
        }
        submission::withdraw(&test.app, &ada.person, id).expect("a new beginning");
    }
}

#[test]
fn a_declined_submission_issues_nothing() {
    let test = TestApp::new();
    let id = test.learner("ada").submits();

    test.reviewer("grace").declines(id);

    assert!(matches!(
        state_of(&test.app, id),
        Some(State::Declined { .. })
    ));
    let resumed = issuance::resume(&test.app, test.now).expect("nothing to do");
    assert_eq!((resumed.issued, resumed.failed.len()), (0, 0));
    assert!(test.log().is_empty());
    assert!(
        test.app
            .store
            .badges_of(test.person("ada", &[]).id, 10)
            .expect("the store")
            .is_empty()
    );
}

fn state_of(app: &App, id: issuer::id::SubmissionId) -> Option<State> {
    let key = issuer::layout::submission(id);
    let stored = app
        .store
        .read::<submission::Submission>(&key)
        .expect("the store");
    stored.map(|stored| stored.value.state)
}

#[test]
fn publishing_freezes_a_micro_credential_and_a_change_makes_a_new_version() {
    let test = TestApp::new();
    let donna = test.person("donna", &[Role::Author]);
    let app = &test.app;
    let rewritten = micro_credential::rewrite(app, &donna, &wait_time(), content());
    assert_eq!(
        rewritten.expect_err("it is published").code(),
        "state.conflict"
    );

    let begun = test.learner("ada").prepares();
    let second = "wait-time-2".parse().expect("a slug");
    micro_credential::revise(app, &donna, &wait_time(), second).expect("a revision");
    let second = "wait-time-2".parse().expect("a slug");
    assert_eq!(
        micro_credential::published(app, &second)
            .expect_err("a draft")
            .code(),
        "auth.not_found"
    );
    let mut changed = content();
    changed.rubric = Rubric::new(vec![criterion("waiting", "Waiting longer")]).expect("a rubric");
    micro_credential::rewrite(app, &donna, &second, changed).expect("a draft may change");
    let revision =
        micro_credential::publish(app, &donna, &second, test.now).expect("its publication");
    assert_eq!((revision.version, revision.revises), (2, Some(wait_time())));

    test.learner("ada")
        .hands_in(begun.id)
        .expect("a complete submission");
    let reading = test.reviewer("grace").opens(begun.id);
    assert_eq!(reading.micro_credential.id, wait_time());
    assert_eq!(
        reading.version.manifest.rubric_sha256,
        content().rubric.sha256()
    );
    assert_ne!(
        reading.version.manifest.rubric_sha256,
        revision.content.rubric.sha256()
    );
}

#[test]
fn a_rubric_nobody_could_be_held_against_is_refused() {
    let good = criterion("waiting", "Waiting");
    let mut no_such_level = good.clone();
    no_such_level.required_level = "superb".parse().expect("a slug");
    let mut lowest_required = good.clone();
    lowest_required.required_level = UNMET.parse().expect("a slug");
    let mut unordered = good.clone();
    unordered.levels.swap(0, 1);
    let mut one_level = good.clone();
    one_level.levels.truncate(1);
    let cases = [
        (vec![], "/rubric/criteria"),
        (vec![good.clone(), good.clone()], "/rubric/criteria/1/id"),
        (vec![no_such_level], "/rubric/criteria/0/required_level"),
        (vec![lowest_required], "/rubric/criteria/0/required_level"),
        (vec![unordered], "/rubric/criteria/0/levels/1/points"),
        (vec![one_level], "/rubric/criteria/0/levels"),
    ];
    for (criteria, pointer) in cases {
        let refused = Rubric::new(criteria).expect_err("a faulty rubric");
        assert_eq!(
            (refused.code(), refused.pointer()),
            ("input.invalid", Some(pointer))
        );
    }
}

#[test]
fn a_bearer_token_is_known_by_its_digest_alone() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let token = person::make_token(&test.app, ada.id, test.now).expect("a token");
    assert_eq!(
        person::authenticate(&test.app, token.expose())
            .expect("ada")
            .id,
        ada.id
    );
    let stored = test
        .app
        .store
        .engine()
        .scan(b"", b"", 10_000)
        .expect("the store");
    let secret = token.expose().as_bytes();
    assert!(
        stored
            .iter()
            .all(|(key, value)| [key, value].iter().all(|bytes| !contains(bytes, secret)))
    );

    for wrong in [
        "",
        "assay_",
        "assay_AAAA",
        &token.expose()[1..],
        &format!("{}A", token.expose()),
    ] {
        let refused = person::authenticate(&test.app, wrong).expect_err("not a token");
        assert_eq!(refused.code(), "auth.invalid_token");
    }
    person::discard_token(&test.app, &token).expect("its end");
    assert_eq!(
        person::authenticate(&test.app, token.expose())
            .expect_err("discarded")
            .code(),
        "auth.invalid_token"
    );
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn one_address_belongs_to_one_person() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let twin = person::NewPerson {
        name: "Ada's twin".parse().expect("a name"),
        emails: vec![" ADA@Example.org ".parse().expect("an address")],
        roles: Default::default(),
        did: None,
        email_in_badges: person::EmailInBadges::Hashed,
    };
    assert_eq!(twin.emails[0], ada.emails[0]);
    let refused = person::register(&test.app, twin, test.now).expect_err("it is Ada's");
    assert_eq!(refused.code(), "person.email_taken");
}
