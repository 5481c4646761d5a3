//! Two at once, and far too many requests.

use std::sync::Barrier;
use std::thread;

use issuer::endorsement::asking::{self, Whose, Wish};
use issuer::endorsement::{Gift, State, giving, withdrawing};
use issuer::id::OrganisationId;
use issuer::log::Kind;

use super::{PRAISE, credential, found_wayne, of_wait_time, offered};
use crate::app::TestApp;
use crate::chapters::organisations::wayne;
use verifier::Verdict;

fn request(test: &TestApp) -> issuer::endorsement::Endorsement {
    let wish = Wish {
        subject: of_wait_time(),
        endorser: wayne(),
        message: "What do you think?".parse().expect("a text"),
    };
    let whose = Whose::Organisation(OrganisationId::host());
    let by = test.person("donna", &[]).id;
    asking::ask(&test.app, by, &whose, &wish, test.now).expect("a request")
}

#[test]
fn two_officers_who_answer_at_once_give_one_endorsement() {
    let test = TestApp::new();
    found_wayne(&test);
    let asked = request(&test);
    let barrier = Barrier::new(2);
    let gives = |name: &str, words: &str| {
        let gift = Gift {
            by: test.person(name, &[]).id,
            comment: words.parse().expect("a text"),
        };
        barrier.wait();
        giving::answer(&test.app, (&wayne(), asked.id), &gift, test.now)
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| gives("otto", PRAISE));
        let other = scope.spawn(|| gives("avery", "Another word."));
        (one.join().expect("done"), other.join().expect("done"))
    });
    let codes: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert_eq!(codes.len(), 1, "one of them is told");
    assert_eq!(codes[0].code(), "endorsement.given");
    assert_eq!(test.log().len(), 1);
    assert_eq!(test.records(b"endorsement-credential/"), 1);
    assert_eq!(test.records(b"endorsement-open/"), 0);
    let report = test.verify(credential(&test, asked.id).json().as_bytes());
    assert_eq!(report.verdict(), Verdict::Verified);
}

#[test]
fn two_officers_who_offer_the_same_at_once_give_one_endorsement() {
    let test = TestApp::new();
    found_wayne(&test);
    let barrier = Barrier::new(2);
    let gives = |name: &str| {
        let gift = Gift {
            by: test.person(name, &[]).id,
            comment: PRAISE.parse().expect("a text"),
        };
        barrier.wait();
        giving::offer(&test.app, &wayne(), &of_wait_time(), &gift, test.now)
    };
    let good = thread::scope(|scope| {
        let both = [
            scope.spawn(|| gives("otto")),
            scope.spawn(|| gives("avery")),
        ];
        let done = both.map(|one| one.join().expect("done").is_ok());
        done.into_iter().filter(|good| *good).count()
    });
    assert_eq!(good, 1);
    assert_eq!((test.records(b"endorsement/"), test.log().len()), (1, 1));
}

#[test]
fn whoever_withdraws_what_another_withdraws_is_told_and_the_log_has_it_once() {
    let test = TestApp::new();
    found_wayne(&test);
    let given = offered(&test, &of_wait_time());
    let barrier = Barrier::new(2);
    let ends = |name: &str| {
        let by = test.person(name, &[]).id;
        let reason = "It has ended.".parse().expect("a text");
        barrier.wait();
        withdrawing::withdraw(&test.app, by, (&wayne(), given.id), &reason, test.now)
    };
    let good = thread::scope(|scope| {
        let both = [scope.spawn(|| ends("otto")), scope.spawn(|| ends("avery"))];
        let done = both.map(|one| one.join().expect("done").is_ok());
        done.into_iter().filter(|good| *good).count()
    });
    assert_eq!(good, 1);
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue, Kind::Revoke]);
}

#[test]
fn an_endorsement_is_given_or_declined_and_never_both() {
    for _ in 0..8 {
        let test = TestApp::new();
        found_wayne(&test);
        let asked = request(&test);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                let gift = Gift {
                    by: test.person("otto", &[]).id,
                    comment: PRAISE.parse().expect("a text"),
                };
                barrier.wait();
                let _either = giving::answer(&test.app, (&wayne(), asked.id), &gift, test.now);
            });
            scope.spawn(|| {
                let by = test.person("avery", &[]).id;
                let reason = "No.".parse().expect("a text");
                let whose = (&wayne(), asked.id);
                barrier.wait();
                let _or = asking::decline(&test.app, by, whose, &reason, test.now);
            });
        });
        let held = test
            .app
            .store
            .endorsement_held(asked.id)
            .expect("the store");
        let is_given = match held.expect("it").value.state {
            State::Given { .. } => true,
            State::Declined { .. } => false,
            other => panic!("{other:?}"),
        };
        assert_eq!(test.log().len(), usize::from(is_given));
        assert_eq!(
            test.records(b"endorsement-credential/"),
            usize::from(is_given)
        );
    }
}

#[test]
fn one_person_has_twenty_requests_that_wait_and_no_more() {
    let test = TestApp::new();
    found_wayne(&test);
    let donna = test.person("donna", &[]);
    let mut refused = Vec::new();
    for number in 0..21 {
        let name = format!("copy-{number}");
        let id: issuer::id::MicroCredentialId = name.parse().expect("a slug");
        let (app, host) = (&test.app, OrganisationId::host());
        let content = crate::catalogue::content();
        issuer::micro_credential::write(app, &donna, host.clone(), id.clone(), content)
            .expect("a draft");
        issuer::micro_credential::publish(app, issuer::event::Actor::Service, &id, test.now)
            .expect("its publication");
        let wish = Wish {
            subject: issuer::endorsement::Endorsed::MicroCredential(id),
            endorser: wayne(),
            message: "And this one?".parse().expect("a text"),
        };
        let asked = asking::ask(app, donna.id, &Whose::Organisation(host), &wish, test.now);
        refused.extend(asked.err().map(|error| (number, error.code())));
    }
    assert_eq!(refused, [(20, "endorsement.too_many_waiting")]);
}
