//! Signing: whatever keys an organisation has, both forms of its badges hold.

use crate::app::{self, TestApp, key, keyring};
use issuer::app::{App, Step};
use issuer::id::AwardId;
use issuer::issuance;
use issuer::issued::Issued;
use issuer::random::Random;
use issuer::status::{self, StatusListNumber};
use keys::vc_jwt::Compact;
use keys::{Algorithm, KeyId, KeyState, KeyUse, Keyring, KeyringKey, SecretKey};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;
use tempfile::TempDir;
use verifier::Verdict;

/// Issues, checks and revokes a badge under these keys, and gives the algorithm of its JWT.
fn whole_life(keyring: Keyring) -> Algorithm {
    let folder = TempDir::new().expect("a folder");
    let test = TestApp::in_folder(
        folder.path(),
        keyring,
        Random::seeded([8; 32]),
        App::log_step,
    );
    let issued = test.issued();
    test.check_badge(issued.badge());
    test.revoke(issued.badge()).expect("its end");
    for form in [issued.json(), issued.jwt()] {
        assert_eq!(test.verify(form.as_bytes()).verdict(), Verdict::Refused);
    }
    Compact::decode(issued.jwt())
        .expect("a token")
        .header()
        .algorithm
}

#[test]
fn an_issuer_of_one_key_signs_both_forms_with_it() {
    let keyring = Keyring::did_key(SecretKey::ed25519([1; 32])).expect("a keyring");
    assert_eq!(whole_life(keyring), Algorithm::EdDsa);
}

#[test]
fn an_issuer_on_the_web_signs_its_jwts_with_p256() {
    assert_eq!(whole_life(app::keyring()), Algorithm::Es256);
}

#[test]
fn an_organisation_may_choose_rsa_for_its_jwts() {
    let rsa = SecretKey::generate_rsa().expect("an RSA key");
    let rsa = KeyringKey {
        id: KeyId::of(rsa.public_key()),
        secret: rsa,
        state: KeyState::Current,
        usage: KeyUse::Jwt,
    };
    let keys = vec![key([1; 32], KeyState::Current, KeyUse::DataIntegrity), rsa];
    let keyring = Keyring::did_web(&app::did(), keys).expect("a keyring");
    assert_eq!(whole_life(keyring), Algorithm::Rs256);
}

/// Begins to issue, and stops right after a step: as near to a crash as one process comes.
pub fn stop_after(test: &mut TestApp, award: AwardId, observer: fn(Step)) {
    test.app.observer = observer;
    let stopped = catch_unwind(AssertUnwindSafe(|| {
        issuance::issue(&test.app, award, test.now)
    }));
    assert!(stopped.is_err(), "issuing was to stop in the middle");
    test.app.observer = App::log_step;
}

#[test]
fn a_key_named_in_an_open_allocation_stays_usable_after_a_rotation() {
    let mut test = TestApp::new();
    let award = test.award();
    stop_after(&mut test, award, |step| assert_ne!(step, Step::Allocated));
    test.rotate(rotated(KeyState::Retired));

    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let old = keyring();
    let old = old.current(KeyUse::DataIntegrity).verification_method();
    assert_eq!(document_proof(&issued)["verificationMethod"], old);
    test.check_badge(issued.badge());
    let next = test.badges(&["mary"]);
    assert_ne!(document_proof(&next[0])["verificationMethod"], old);
    test.check_badge(next[0].badge());
}

#[test]
fn an_open_allocation_with_a_compromised_key_is_voided_and_its_index_burnt() {
    let mut test = TestApp::new();
    let award = test.award();
    stop_after(&mut test, award, |step| assert_ne!(step, Step::Signed));
    let before = allocation(&test, award);
    test.rotate(rotated(KeyState::Compromised { since: test.now }));

    let issued = issuance::issue(&test.app, award, test.now).expect("another badge");
    assert_ne!(allocation(&test, award), before);
    assert_eq!(test.drawn(), 2);
    assert_eq!(test.records(b"allocation-void/"), 1);
    assert_eq!(test.log().len(), 1);
    test.check_badge(issued.badge());
}

#[test]
fn a_key_that_is_missing_holds_the_badge_back_and_loses_nothing() {
    let mut test = TestApp::new();
    let award = test.award();
    stop_after(&mut test, award, |step| assert_ne!(step, Step::Checked));
    let before = allocation(&test, award);
    let others = vec![
        key([7; 32], KeyState::Current, KeyUse::DataIntegrity),
        key([8; 32], KeyState::Current, KeyUse::Jwt),
    ];
    test.rotate(Keyring::did_web(&app::did(), others).expect("a keyring"));
    let refused = issuance::issue(&test.app, award, test.now).expect_err("the key is not there");
    assert_eq!(refused.code(), "key.missing");
    assert_eq!((allocation(&test, award), test.log().len()), (before, 0));

    test.rotate(keyring());
    test.check_badge(
        issuance::issue(&test.app, award, test.now)
            .expect("a badge")
            .badge(),
    );
}

#[test]
fn a_badge_whose_allocation_was_voided_meanwhile_is_not_recorded_beside_the_new_one() {
    static CHECKED: Barrier = Barrier::new(2);
    static VOIDED: Barrier = Barrier::new(2);
    let mut slow = TestApp::new();
    let award = slow.award();
    slow.app.observer = |step| {
        if step == Step::Checked {
            CHECKED.wait();
            VOIDED.wait();
        }
    };
    // A second process on the same store, which has heard that the keys were stolen.
    let quick = slow.beside(rotated(KeyState::Compromised { since: slow.now }));
    let (late, new) = thread::scope(|scope| {
        let late = scope.spawn(|| issuance::issue(&slow.app, award, slow.now));
        CHECKED.wait();
        let new = issuance::issue(&quick, award, slow.now).expect("a badge");
        VOIDED.wait();
        (late.join().expect("a thread").expect("the same badge"), new)
    });
    assert_eq!(late, new);
    assert_eq!(slow.log().len(), 1);
    assert_eq!(slow.records(b"badge/"), 1);
    slow.rotate(rotated(KeyState::Compromised { since: slow.now }));
    slow.check_badge(new.badge());
}

#[test]
fn a_status_list_of_a_compromised_key_is_signed_anew_at_once() {
    let mut test = TestApp::new();
    let badge = test.issued().badge();
    let list = status::list(&test.app, StatusListNumber::FIRST).expect("the list");
    test.rotate(rotated(KeyState::Retired));
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    assert_eq!(
        status::list(&test.app, list.number).expect("the list"),
        list
    );
    test.check_badge(badge);

    test.rotate(rotated(KeyState::Compromised { since: test.now }));
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    let renewed = status::list(&test.app, list.number).expect("the list");
    assert_ne!(renewed.verification_methods, list.verification_methods);
    assert_eq!(renewed.encoded, list.encoded);
}

/// A keyring with new current keys, in which the keys of all other tests are in this state.
fn rotated(old: KeyState) -> Keyring {
    let keys = vec![
        key([1; 32], old, KeyUse::DataIntegrity),
        key([2; 32], old, KeyUse::Jwt),
        key([3; 32], KeyState::Current, KeyUse::DataIntegrity),
        key([4; 32], KeyState::Current, KeyUse::Jwt),
    ];
    Keyring::did_web(&app::did(), keys).expect("a keyring")
}

fn document_proof(issued: &Issued) -> Value {
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    document["proof"][0].clone()
}

fn allocation(test: &TestApp, award: AwardId) -> Option<Vec<u8>> {
    test.app
        .store
        .engine()
        .get(&issuer::layout::allocation(award))
        .expect("the store")
}
