//! Revoking and the status lists it rests on.

use crate::app::{TestApp, keyring};
use issuer::engine::Batch;
use issuer::id::BadgeId;
use issuer::issued::Issued;
use issuer::log::Kind;
use issuer::random::Random;
use issuer::status::{self, STATUS_LIST_LEN, StatusIndex, StatusListNumber, StatusPlace};
use issuer::{issuance, layout};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use verifier::Verdict;

#[test]
fn a_revoked_badge_is_refused_and_its_neighbours_are_not() {
    let test = TestApp::new();
    let issued = test.badges(&["ada", "mary", "emmy"]);
    let revocation = test.revoke(issued[1].badge()).expect("its end");
    assert_eq!(revocation.at, test.now);
    for (place, one) in issued.iter().enumerate() {
        for form in [one.json(), one.jwt()] {
            let report = test.verify(form.as_bytes());
            match place {
                1 => {
                    assert_eq!(report.verdict(), Verdict::Refused);
                    assert_eq!(
                        report.reason().map(|reason| reason.code()),
                        Some("status.revoked")
                    );
                }
                _ => assert_eq!(report.verdict(), Verdict::Verified),
            }
        }
    }
    let kinds: Vec<_> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue, Kind::Issue, Kind::Issue, Kind::Revoke]);
    let seen = test
        .app
        .store
        .badge(issued[1].badge())
        .expect("the store")
        .expect("the badge");
    assert_eq!(seen.current().revoked, Some(revocation));
}

#[test]
fn revoking_twice_says_so() {
    let test = TestApp::new();
    let id = test.issued().badge();
    test.revoke(id).expect("its end");
    let again = test.revoke(id).expect_err("it has ended");
    assert_eq!(again.code(), "status.already_revoked");
    assert_eq!(test.log().len(), 2);
}

#[test]
fn what_is_no_badge_cannot_be_revoked() {
    let test = TestApp::new();
    let nothing = BadgeId::draw(&Random::seeded([9; 32]));
    assert_eq!(
        test.revoke(nothing).expect_err("no such badge").code(),
        "auth.not_found"
    );
}

#[test]
fn revoking_many_at_once_loses_none() {
    let test = TestApp::new();
    let names = [
        "ada", "mary", "emmy", "sofja", "hedy", "lise", "rosa", "chien",
    ];
    let issued = test.badges(&names);
    test.officer();
    let start = Barrier::new(issued.len());
    thread::scope(|scope| {
        for one in &issued {
            scope.spawn(|| {
                start.wait();
                test.revoke(one.badge()).expect("its end");
            });
        }
    });
    for one in &issued {
        let report = test.verify(one.json().as_bytes());
        assert_eq!(
            report.reason().map(|reason| reason.code()),
            Some("status.revoked")
        );
    }
    assert_eq!(test.log().len(), 2 * names.len());
}

#[test]
fn a_status_list_is_signed_anew_when_half_its_validity_has_passed() {
    let test = TestApp::new();
    test.issued();
    let first = StatusListNumber::FIRST;
    let list = status::list(&test.app, first).expect("the list");
    let later = |seconds: i64| {
        status::keep_all_fresh(&test.app, test.now.plus_seconds(seconds)).expect("fresh lists");
        status::list(&test.app, first).expect("the list")
    };
    let half = (list.valid_until.unix_seconds() - list.signed.unix_seconds()) / 2;
    assert_eq!(later(half - 1), list);
    let renewed = later(half);
    assert_eq!(renewed.signed, test.now.plus_seconds(half));
    assert_eq!(renewed.encoded, list.encoded);
    assert!(renewed.valid_until > list.valid_until);
    assert_ne!((&renewed.json, &renewed.jwt), (&list.json, &list.jwt));
}

#[test]
fn a_badge_is_issued_even_if_its_list_has_grown_old_meanwhile() {
    let test = TestApp::new();
    test.issued();
    let submission = test.learner("mary").submits();
    let award = test.reviewer("grace").accepts(submission);
    let much_later = test.now.plus_seconds(30 * 86_400);
    issuance::issue(&test.app, award, much_later).expect("a badge");
}

#[test]
fn places_in_a_status_list_are_given_once_and_in_no_order() {
    let test = TestApp::new();
    let issued = test.badges(&["ada", "mary", "emmy", "sofja", "hedy", "lise"]);
    let place = |one: &Issued| {
        let badge = test
            .app
            .store
            .badge(one.badge())
            .expect("the store")
            .expect("the badge");
        u32::from(badge.current().status.index)
    };
    let places: Vec<u32> = issued.iter().map(place).collect();
    assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len());
    assert!(places.iter().all(|place| *place < STATUS_LIST_LEN));
    assert!(!places.is_sorted());
    assert_eq!(test.drawn(), places.len());
}

#[test]
fn a_new_status_list_is_begun_when_one_is_half_full() {
    let test = TestApp::new();
    let first = test.issued();
    // All but one of the indexes that are drawn before the list counts as half full.
    take(&test, STATUS_LIST_LEN / 2 - 2);
    let list_of = |name: &str| {
        let submission = test.learner(name).submits();
        let award = test.reviewer("grace").accepts(submission);
        // A process that has just started counts what the others have drawn.
        let mut restarted = test.beside(keyring());
        restarted.random = Random::system().expect("random bytes");
        let issued = issuance::issue(&restarted, award, test.now).expect("a badge");
        test.app.log.settle().expect("the log");
        test.check_badge(issued.badge());
        let badge = test
            .app
            .store
            .badge(issued.badge())
            .expect("the store")
            .expect("the badge");
        badge.current().status.list
    };
    let second = StatusListNumber::FIRST.next();
    assert_eq!(list_of("mary"), StatusListNumber::FIRST);
    assert_eq!(list_of("emmy"), second);
    assert_eq!(list_of("hedy"), second);
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    test.check_badge(first.badge());
}

/// Marks so many indexes of the first list as drawn.
fn take(test: &TestApp, count: u32) {
    let free = (0..STATUS_LIST_LEN)
        .filter_map(StatusIndex::new)
        .filter(|index| {
            let place = StatusPlace {
                list: StatusListNumber::FIRST,
                index: *index,
            };
            test.app
                .store
                .engine()
                .get(&layout::status_drawn(place))
                .expect("the store")
                .is_none()
        });
    let places: Vec<StatusIndex> = free.take(count as usize).collect();
    for places in places.chunks(8_192) {
        let mut batch = Batch::default();
        for index in places {
            let place = StatusPlace {
                list: StatusListNumber::FIRST,
                index: *index,
            };
            batch.put(layout::status_drawn(place), b"{\"v\":1}".to_vec());
        }
        test.app.store.commit(batch).expect("a commit");
    }
}
