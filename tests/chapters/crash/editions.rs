//! `kill -9` after every step of issuing a badge again, and two who change it at the same moment.

use std::sync::Barrier;
use std::thread;

use issuer::app::Step;
use issuer::badge::changing::{self, About, Act, Decision};
use issuer::badge::{Badge, EditionError};
use issuer::error::Error;
use issuer::id::BadgeId;
use issuer::issuance;
use issuer::log::Kind;
use issuer::random::Random;
use issuer::status;
use tempfile::TempDir;
use verifier::Verdict;

use super::{copy_folder, kill_after, start};
use crate::app::TestApp;

/// Olga decides about the first edition of a badge.
pub fn decides(test: &TestApp, badge: BadgeId, act: Act) -> Result<Badge, Error> {
    let decision = Decision {
        act,
        by: test.officer().id,
        reason: "It was found out later.".parse().expect("a text"),
        bulk: None,
    };
    changing::decide(&test.app, badge, About::Edition(1), &decision, test.now)
}

fn is_good(test: &TestApp, badge: BadgeId, edition: u32) -> bool {
    let issued = test.app.store.issued(badge, edition).expect("the store");
    issued.is_some_and(|issued| {
        let verdicts = [issued.json(), issued.jwt()].map(|form| {
            let report = test.verify(form.as_bytes());
            report.verdict() == Verdict::Verified
        });
        assert_eq!(verdicts[0], verdicts[1], "both forms say the same");
        verdicts[0]
    })
}

#[test]
fn killed_after_any_step_of_a_further_edition_one_edition_counts_and_the_same_bytes_come_out() {
    for step in [
        Step::Linted,
        Step::Allocated,
        Step::Signed,
        Step::Checked,
        Step::Recorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        let badge = {
            let test = start(folder.path(), Random::seeded([21; 32]));
            test.officer();
            test.issued().badge()
        };
        kill_after(folder.path(), &format!("correct {badge}"), step);

        let copy = TempDir::new().expect("a folder");
        copy_folder(folder.path(), copy.path());
        let one = taken_up(folder.path(), badge, step);
        let other = taken_up(copy.path(), badge, step);
        match step {
            // Nothing was stored yet, and nobody has seen anything.
            Step::Linted => assert_ne!(one, other),
            _ => assert_eq!(one, other, "after {step:?}"),
        }
    }
}

fn taken_up(folder: &std::path::Path, badge: BadgeId, step: Step) -> (String, String) {
    let test = start(folder, Random::system().expect("random bytes"));
    let recorded = step == Step::Recorded;
    let good = [1, 2].map(|edition| is_good(&test, badge, edition));
    assert_eq!(
        good,
        [!recorded, recorded],
        "never both, never none: {step:?}"
    );

    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    let open = !recorded && step != Step::Linted;
    assert_eq!(resumed.reissued, usize::from(open), "after {step:?}");
    assert!(resumed.failed_editions.is_empty());
    // Whoever has got no answer asks again.
    let changed = decides(&test, badge, Act::Correct).expect("the same order");
    assert_eq!(changed.editions.len(), 2, "after {step:?}");

    let good = [1, 2].map(|edition| is_good(&test, badge, edition));
    assert_eq!(good, [false, true], "after {step:?}");
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue, Kind::Revoke, Kind::Reissue]);
    test.app.log.check().expect("a sound log");
    test.check_badge(badge);
    assert_eq!(test.records(b"edition-open/"), 0);
    assert_eq!(
        test.records(b"mail/"),
        2,
        "one letter, beside that of the badge"
    );
    let issued = test.app.store.issued(badge, 2).expect("the store");
    let issued = issued.expect("the edition");
    (issued.json().to_owned(), issued.jwt().to_owned())
}

#[test]
fn an_edition_that_was_overtaken_by_a_revocation_never_comes_out() {
    let folder = TempDir::new().expect("a folder");
    let badge = {
        let test = start(folder.path(), Random::seeded([22; 32]));
        test.officer();
        test.issued().badge()
    };
    kill_after(folder.path(), &format!("correct {badge}"), Step::Allocated);
    let test = start(folder.path(), Random::system().expect("random bytes"));
    test.revoke(badge).expect("its end");
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    assert_eq!((resumed.reissued, resumed.failed_editions.len()), (0, 0));
    assert_eq!(test.records(b"edition-open/"), 0);
    assert_eq!(test.records(b"allocation-void/"), 1);
    assert!(!is_good(&test, badge, 1) && !is_good(&test, badge, 2));
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue, Kind::Revoke]);
}

#[test]
fn of_two_officers_who_change_the_same_edition_one_is_told_that_it_has_changed() {
    for (one, other) in [
        (Act::Correct, Act::Correct),
        (Act::Correct, Act::Suspend),
        (Act::Correct, Act::Revoke),
        (Act::Suspend, Act::Suspend),
    ] {
        let test = TestApp::new();
        let badge = test.issued().badge();
        let (olga, oscar) = (test.officer(), test.reviewer("oscar").person);
        let begin = Barrier::new(2);
        let change = |officer: &issuer::person::Person, act| {
            begin.wait();
            let decision = Decision {
                act,
                by: officer.id,
                reason: "It was found out later.".parse().expect("a text"),
                bulk: None,
            };
            changing::decide(&test.app, badge, About::Edition(1), &decision, test.now).map(drop)
        };
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| change(&olga, one));
            let second = scope.spawn(|| change(&oscar, other));
            (
                first.join().expect("no panic"),
                second.join().expect("no panic"),
            )
        });
        let done = [&first, &second].iter().filter(|done| done.is_ok()).count();
        assert_eq!(
            done,
            expected(&first, &second, other),
            "{one:?} and {other:?}"
        );
        for refused in [first, second].into_iter().filter_map(Result::err) {
            let known = [
                EditionError::Changed.code(),
                EditionError::Suspended.code(),
                "status.already_revoked",
            ];
            assert!(known.contains(&refused.code()), "{refused:?}");
        }
        let stored = test.app.store.badge(badge).expect("the store").expect("it");
        let good: Vec<bool> = (1..=stored.current().number)
            .map(|edition| is_good(&test, badge, edition))
            .collect();
        assert!(good.iter().filter(|good| **good).count() <= 1, "{good:?}");
        let still = stored.current().revoked.is_none();
        assert_eq!(good.last().copied(), Some(still), "{good:?}");
        assert_eq!(test.records(b"edition-open/"), 0);
        test.app.log.check().expect("a sound log");
    }
}

/// A revocation may find the edition that the correction has made just before: both are done then.
fn expected(first: &Result<(), Error>, second: &Result<(), Error>, other: Act) -> usize {
    let overtaken = first.is_ok() && second.is_ok();
    match other {
        Act::Revoke | Act::Suspend if overtaken => 2,
        _ => 1,
    }
}
