//! Earning: evidence is collected, handed in, and frozen.

use crate::app::TestApp;
use crate::catalogue::{content, wait_time};
use issuer::error::Error;
use issuer::page::PageRequest;
use issuer::review;
use issuer::submission::{self, EvidenceContent, Sharing, State};

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

    let waits =
        submission::withdraw(&test.app, &ada.person, id, test.now).map(|withdrawn| withdrawn.state);
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
    submission::remove_evidence(
        &test.app,
        &ada.person,
        id,
        returned.evidence[0].id,
        test.now,
    )
    .expect("a piece less");
    ada.adds_link(id, "https://video.example.net/lesson-2");
    ada.hands_in(id).expect("the next version");
    assert_eq!(
        test.app.store.version(id, 1).expect("the store"),
        Some(before)
    );
    let reading = grace.opens(id);
    assert_eq!(reading.version, 2);
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
    let removed = submission::remove_evidence(&test.app, &ada.person, id, spare.id, test.now);
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
    let removed =
        submission::remove_evidence(&test.app, &ada.person, id, kept, test.now).expect("hers");
    assert_eq!(removed.discarded, None);
    let again = submission::remove_evidence(&test.app, &ada.person, id, kept, test.now);
    assert_eq!(again.expect_err("it is not there").code(), "auth.not_found");
    assert_eq!(pieces(), 2);
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
        submission::withdraw(app, &mallory.person, id, test.now).map(drop),
        submission::remove_evidence(app, &mallory.person, id, evidence, test.now).map(drop),
        submission::share_evidence(app, &mallory.person, id, evidence, Sharing::Shared).map(drop),
        submission::evidence_of_earner(app, &mallory.person, id, evidence).map(drop),
        review::feedback(app, &mallory.person, id, &PageRequest::default()).map(drop),
        mallory.hands_in(id).map(drop),
    ];
    for refused in codes {
        assert_eq!(refused.expect_err("not hers").code(), "auth.not_found");
    }
}
