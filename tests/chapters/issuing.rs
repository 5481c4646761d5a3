//! Issuing: one award, one badge, the same bytes; shown to nobody but its earner until she says so.

use crate::app::{self, TestApp, key, keyring, noon};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use issuer::app::{App, Step};
use issuer::badge::{self, Viewer, Visibility};
use issuer::digest::Sha256Digest;
use issuer::draft::IdentifierPolicy;
use issuer::error::Error;
use issuer::id::{AwardId, BadgeId, SubmissionId};
use issuer::issuance;
use issuer::issued::Issued;
use issuer::log::Kind;
use issuer::person::{self, EmailInBadges, NewPerson, Role};
use issuer::random::Random;
use issuer::revocation;
use issuer::status::{self, STATUS_LIST_LEN, StatusListNumber};
use issuer::submission::{self, EvidenceContent, Sharing};
use keys::{KeyState, KeyUse, Keyring};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;
use verifier::Verdict;

/// The document that was signed, without its proof.
fn document(issued: &Issued) -> Value {
    let mut document: Value = serde_json::from_str(issued.json()).expect("JSON");
    document
        .as_object_mut()
        .expect("an object")
        .shift_remove("proof");
    document
}

/// A badge for each of these people.
fn badges(test: &TestApp, names: &[&str]) -> Vec<Issued> {
    let issue = |name: &&str| {
        let submission = test.learner(name).submits();
        let award = test.reviewer("grace").accepts(submission);
        issuance::issue(&test.app, award, test.now).expect("a badge")
    };
    names.iter().map(issue).collect()
}

fn revoke(test: &TestApp, id: BadgeId) -> Result<badge::Revocation, Error> {
    let reason = "The recording was of another class."
        .parse()
        .expect("a text");
    revocation::revoke(&test.app, &test.officer(), id, reason, test.now)
}

/// Begins to issue, and stops right after a step: as near to a crash as one process comes.
fn stop_after(test: &mut TestApp, award: AwardId, observer: fn(Step)) {
    test.app.observer = observer;
    let stopped = catch_unwind(AssertUnwindSafe(|| {
        issuance::issue(&test.app, award, test.now)
    }));
    assert!(stopped.is_err(), "issuing was to stop in the middle");
    test.app.observer = App::log_step;
}

#[test]
fn an_accepted_submission_becomes_a_badge_that_strangers_verify() {
    let test = TestApp::new();
    let issued = test.issued();
    test.check_badge(issued.badge());
    assert_eq!(
        test.log()
            .iter()
            .map(|entry| entry.kind)
            .collect::<Vec<_>>(),
        [Kind::Issue]
    );
    let held = badge::of_earner(&test.app, &test.person("ada", &[]), 10).expect("her badges");
    assert_eq!(
        held.iter().map(|badge| badge.id).collect::<Vec<_>>(),
        [issued.badge()]
    );
}

#[test]
fn issuing_twice_yields_the_same_bytes() {
    let test = TestApp::new();
    let award = test.award();
    let first = issuance::issue(&test.app, award, test.now).expect("a badge");
    let second =
        issuance::issue(&test.app, award, test.now.plus_seconds(86_400)).expect("the same badge");
    assert_eq!(first, second);
    assert_eq!(test.log().len(), 1);
}

#[test]
fn issuing_at_once_yields_one_badge() {
    let test = TestApp::new();
    let award = test.award();
    let start = Barrier::new(8);
    let issued: Vec<Issued> = thread::scope(|scope| {
        let issue = || {
            start.wait();
            issuance::issue(&test.app, award, test.now).expect("a badge")
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(issue)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread"))
            .collect()
    });
    assert!(issued.iter().all(|one| *one == issued[0]));
    assert_eq!(test.log().len(), 1);
    assert_eq!(drawn(&test), 1);
    test.check_badge(issued[0].badge());
}

#[test]
fn both_forms_are_one_document() {
    let test = TestApp::new();
    let issued = test.issued();
    let payload = issued.jwt().split('.').nth(1).expect("three parts");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let mut payload: Value = serde_json::from_slice(&payload).expect("JSON");
    let document = document(&issued);
    let claims = payload.as_object_mut().expect("an object");
    assert_eq!(
        claims.shift_remove("iss"),
        Some(document["issuer"]["id"].clone())
    );
    assert_eq!(claims.shift_remove("jti"), Some(document["id"].clone()));
    assert_eq!(
        claims.shift_remove("sub"),
        Some(document["credentialSubject"]["id"].clone())
    );
    assert_eq!(
        claims.shift_remove("nbf"),
        Some(json!(noon().unix_seconds()))
    );
    assert_eq!(payload, document);
}

#[test]
fn a_badge_says_what_was_earned_and_nothing_of_who_it_was() {
    let test = TestApp::new();
    let issued = test.issued();
    let document = document(&issued);
    let ada = test.person("ada", &[]);
    let subject = &document["credentialSubject"];
    let salt = subject["identifier"][0]["salt"].as_str().expect("a salt");
    let hash = Sha256Digest::of(format!("ada@example.org{salt}").as_bytes());
    assert_eq!(
        subject["identifier"],
        json!([{
            "type": "IdentityObject",
            "hashed": true,
            "identityHash": format!("sha256${hash}"),
            "identityType": "emailAddress",
            "salt": salt,
        }])
    );
    assert!(
        subject["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("urn:uuid:"))
    );
    let text = document.to_string();
    for private in [
        "ada",
        &ada.id.to_string(),
        "video.example.net",
        "counted to five",
        "grace",
    ] {
        assert!(!text.contains(private), "{private}");
    }

    assert_eq!(document["validFrom"], "2026-11-22T12:00:00Z");
    assert_eq!(document["awardedDate"], "2026-11-22T12:00:00Z");
    assert_eq!(
        document["refreshService"]["type"],
        "1EdTechCredentialRefresh"
    );
    assert_eq!(
        document["credentialStatus"]["statusListCredential"],
        format!("{}/status/1", app::PUBLIC_URL)
    );
    let achievement = &subject["achievement"];
    let id = achievement["id"].as_str().expect("an address");
    assert_eq!(id, format!("{}/achievements/wait-time", app::PUBLIC_URL));
    let described = achievement["resultDescription"]
        .as_array()
        .expect("the rubric");
    assert_eq!(described.len(), 2);
    assert_eq!(
        described[0]["rubricCriterionLevel"]
            .as_array()
            .expect("levels")
            .iter()
            .map(|level| &level["points"])
            .collect::<Vec<_>>(),
        ["0", "2", "3"]
    );
    assert_eq!(
        subject["result"][1],
        json!({
            "type": ["Result"],
            "resultDescription": format!("{id}#criterion-listening"),
            "achievedLevel": format!("{id}#criterion-listening-level-consistent"),
            "status": "Completed",
        })
    );
}

#[test]
fn a_badge_names_only_the_evidence_its_earner_shares() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let id = ada.submits();
    let evidence = submission::of_earner(&test.app, &ada.person, id)
        .expect("hers")
        .evidence;
    let reflection = evidence[1].id;
    submission::share_evidence(&test.app, &ada.person, id, reflection, Sharing::Shared)
        .expect("her leave");
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");

    let document = document(&issued);
    let named = document["evidence"].as_array().expect("evidence");
    assert_eq!(named.len(), 1);
    assert_eq!(
        named[0]["id"],
        test.app.site.evidence(issued.badge(), reflection)
    );
    let words = "I counted to five before I took an answer.";
    assert_eq!(
        named[0]["digestSRI"],
        Sha256Digest::of(words.as_bytes()).sri()
    );
    assert!(!issued.json().contains(words));
    test.check_badge(issued.badge());

    let shown = badge::evidence(&test.app, issued.badge(), reflection, Viewer::Stranger)
        .expect("it is public now");
    assert_eq!(
        shown.content,
        EvidenceContent::Text(words.parse().expect("a text"))
    );
    let hidden = badge::evidence(&test.app, issued.badge(), evidence[0].id, Viewer::Stranger);
    assert_eq!(
        hidden.expect_err("she kept it to herself").code(),
        "auth.not_found"
    );
    let late =
        submission::share_evidence(&test.app, &ada.person, id, evidence[0].id, Sharing::Shared);
    assert_eq!(late.expect_err("it was signed").code(), "state.conflict");
}

#[test]
fn a_badge_is_its_earners_alone_until_she_shows_it() {
    let test = TestApp::new();
    let id = test.issued().badge();
    let (ada, mallory) = (test.person("ada", &[]), test.person("mallory", &[]));
    let see = |viewer: Viewer<'_>| {
        badge::view(&test.app, id, viewer)
            .map(drop)
            .map_err(|error| error.code())
    };
    let show = |person, visibility| badge::set_visibility(&test.app, person, id, visibility);
    let hidden = Err("auth.not_found");

    assert_eq!(see(Viewer::Stranger), hidden);
    assert_eq!(see(Viewer::Person(&mallory)), hidden);
    assert_eq!(see(Viewer::Person(&ada)), Ok(()));
    assert_eq!(
        show(&mallory, Visibility::Public)
            .expect_err("not hers")
            .code(),
        "auth.not_found"
    );
    show(&ada, Visibility::Link).expect("hers");
    assert_eq!(see(Viewer::Stranger), Ok(()));
    show(&ada, Visibility::Private).expect("hers");
    assert_eq!(see(Viewer::Stranger), hidden);
    let (badge, issued) = badge::view(&test.app, id, Viewer::Person(&ada)).expect("hers");
    let (_, refreshed) =
        badge::refresh(&test.app, badge.refresh).expect("whoever knows the address has the badge");
    assert_eq!(refreshed, issued);
}

#[test]
fn a_document_with_a_fault_is_neither_signed_nor_stored() {
    let mut test = TestApp::new();
    let award = test.award();
    let good = test.app.organisation.profile.clone();
    test.app
        .organisation
        .profile
        .additional
        .insert("motto".to_owned(), json!("unheard of in any context"));
    let before = records(&test, b"allocation");
    let refused = issuance::issue(&test.app, award, test.now)
        .expect_err("a member that nothing would protect");
    assert_eq!(refused.code(), "issue.lint");
    let Error::Lint { findings } = &refused else {
        panic!("{refused}")
    };
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == "ld.data_loss"),
        "{findings:?}"
    );
    assert_eq!(
        (
            records(&test, b"allocation"),
            drawn(&test),
            test.log().len()
        ),
        (before, 0, 0)
    );

    test.app.organisation.profile = good;
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    assert_eq!((resumed.issued, resumed.failed.len()), (1, 0));
    assert_eq!(test.log().len(), 1);
}

#[test]
fn an_award_that_nobody_came_to_issue_is_taken_up_at_start() {
    let test = TestApp::new();
    let award = test.award();
    assert_eq!(
        issuance::resume(&test.app, test.now)
            .expect("the store")
            .issued,
        1
    );
    assert_eq!(
        issuance::resume(&test.app, test.now)
            .expect("the store")
            .issued,
        0
    );
    test.check_badge(
        issuance::issue(&test.app, award, test.now)
            .expect("the same badge")
            .badge(),
    );
}

#[test]
fn a_revoked_badge_is_refused_and_its_neighbours_are_not() {
    let test = TestApp::new();
    let issued = badges(&test, &["ada", "mary", "emmy"]);
    let revocation = revoke(&test, issued[1].badge()).expect("its end");
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
    revoke(&test, id).expect("its end");
    let again = revoke(&test, id).expect_err("it has ended");
    assert_eq!(again.code(), "status.already_revoked");
    assert_eq!(test.log().len(), 2);
}

#[test]
fn only_an_issuing_officer_revokes() {
    let test = TestApp::new();
    let id = test.issued().badge();
    let reason = || "Because.".parse().expect("a text");
    for name in ["ada", "grace", "donna"] {
        let person = test.person(name, &[Role::Author]);
        let refused =
            revocation::revoke(&test.app, &person, id, reason(), test.now).expect_err("no officer");
        assert_eq!(refused.code(), "auth.forbidden");
    }
    let nothing = BadgeId::draw(&Random::seeded([9; 32]));
    assert_eq!(
        revoke(&test, nothing).expect_err("no such badge").code(),
        "auth.not_found"
    );
    test.check_badge(id);
}

#[test]
fn revoking_many_at_once_loses_none() {
    let test = TestApp::new();
    let names = [
        "ada", "mary", "emmy", "sofja", "hedy", "lise", "rosa", "chien",
    ];
    let issued = badges(&test, &names);
    test.officer();
    let start = Barrier::new(issued.len());
    thread::scope(|scope| {
        for one in &issued {
            scope.spawn(|| {
                start.wait();
                revoke(&test, one.badge()).expect("its end");
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
fn a_status_list_of_a_compromised_key_is_signed_anew_at_once() {
    let mut test = TestApp::new();
    let badge = test.issued().badge();
    let list = status::list(&test.app, StatusListNumber::FIRST).expect("the list");
    test.app.keyring = rotated(KeyState::Retired);
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    assert_eq!(
        status::list(&test.app, list.number).expect("the list"),
        list
    );
    test.check_badge(badge);

    test.app.keyring = rotated(KeyState::Compromised { since: test.now });
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    let renewed = status::list(&test.app, list.number).expect("the list");
    assert_ne!(renewed.verification_methods, list.verification_methods);
    assert_eq!(renewed.encoded, list.encoded);
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
    let issued = badges(&test, &["ada", "mary", "emmy", "sofja", "hedy", "lise"]);
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
    assert_eq!(drawn(&test), places.len());
}

#[test]
fn a_key_named_in_an_open_allocation_stays_usable_after_a_rotation() {
    let mut test = TestApp::new();
    let award = test.award();
    stop_after(&mut test, award, |step| assert_ne!(step, Step::Allocated));
    test.app.keyring = rotated(KeyState::Retired);

    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let old = keyring();
    let old = old.current(KeyUse::DataIntegrity).verification_method();
    assert_eq!(document_proof(&issued)["verificationMethod"], old);
    test.check_badge(issued.badge());
    let next = badges(&test, &["mary"]);
    assert_ne!(document_proof(&next[0])["verificationMethod"], old);
    test.check_badge(next[0].badge());
}

#[test]
fn an_open_allocation_with_a_compromised_key_is_voided_and_its_index_burnt() {
    let mut test = TestApp::new();
    let award = test.award();
    stop_after(&mut test, award, |step| assert_ne!(step, Step::Signed));
    let before = allocation(&test, award);
    test.app.keyring = rotated(KeyState::Compromised { since: test.now });

    let issued = issuance::issue(&test.app, award, test.now).expect("another badge");
    assert_ne!(allocation(&test, award), before);
    assert_eq!(drawn(&test), 2);
    assert_eq!(records(&test, b"allocation-void/"), 1);
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
    test.app.keyring = Keyring::did_web(&app::did(), others).expect("a keyring");
    let refused = issuance::issue(&test.app, award, test.now).expect_err("the key is not there");
    assert_eq!(refused.code(), "key.missing");
    assert_eq!((allocation(&test, award), test.log().len()), (before, 0));

    test.app.keyring = keyring();
    test.check_badge(
        issuance::issue(&test.app, award, test.now)
            .expect("a badge")
            .badge(),
    );
}

#[test]
fn what_does_not_verify_is_not_recorded() {
    let test = TestApp::new();
    let award = test.award();
    // A clock that stands before the award: what is signed would not be valid yet.
    let long_ago = Timestamp::parse("2020-01-01T00:00:00Z").expect("a date-time");
    let refused = issuance::issue(&test.app, award, long_ago).expect_err("an implausible clock");
    assert_eq!(refused.code(), "issue.self_check");
    assert!(test.log().is_empty());
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
    assert_eq!(records(&slow, b"badge/"), 1);
    slow.app.keyring = rotated(KeyState::Compromised { since: slow.now });
    slow.check_badge(new.badge());
}

#[test]
fn the_recipient_is_named_as_policy_and_person_have_it() {
    let mut test = TestApp::new();
    let mut identity = |policy, email_in_badges, did: Option<&str>, name: &str| {
        test.app.organisation.identifier_policy = policy;
        let new = NewPerson {
            name: name.parse().expect("a name"),
            emails: vec![format!("{name}@example.org").parse().expect("an address")],
            roles: Default::default(),
            did: did.map(str::to_owned),
            email_in_badges,
        };
        person::register(&test.app, new, test.now).expect("a new person");
        let issued = badges(&test, &[name]).remove(0);
        test.check_badge(issued.badge());
        document(&issued)["credentialSubject"].clone()
    };
    let plain = identity(
        IdentifierPolicy::PlainWithConsent,
        EmailInBadges::Plain,
        None,
        "mary",
    );
    assert_eq!(
        plain["identifier"][0],
        json!({
            "type": "IdentityObject",
            "hashed": false,
            "identityHash": "mary@example.org",
            "identityType": "emailAddress",
        })
    );
    let unasked = identity(
        IdentifierPolicy::PlainWithConsent,
        EmailInBadges::Hashed,
        None,
        "emmy",
    );
    assert_eq!(unasked["identifier"][0]["hashed"], true);
    let against_policy = identity(
        IdentifierPolicy::SaltedHash,
        EmailInBadges::Plain,
        None,
        "hedy",
    );
    assert_eq!(against_policy["identifier"][0]["hashed"], true);
    let did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let own = identity(
        IdentifierPolicy::None,
        EmailInBadges::Hashed,
        Some(did),
        "lise",
    );
    assert_eq!(
        (own.get("identifier"), own["id"].as_str()),
        (None, Some(did))
    );
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
    document["proof"].clone()
}

fn allocation(test: &TestApp, award: AwardId) -> Option<Vec<u8>> {
    test.app
        .store
        .engine()
        .get(&issuer::layout::allocation(award))
        .expect("the store")
}

fn drawn(test: &TestApp) -> usize {
    records(test, b"status-drawn/")
}

fn records(test: &TestApp, prefix: &[u8]) -> usize {
    test.app
        .store
        .engine()
        .scan(prefix, b"", 10_000)
        .expect("the store")
        .len()
}

/// Nobody may tell from the outside whether a submission exists.
#[test]
fn a_badge_address_cannot_be_guessed_from_anything_else() {
    let test = TestApp::new();
    let issued = test.issued();
    let submission: SubmissionId = {
        let award = test
            .app
            .store
            .award(issued.award())
            .expect("the store")
            .expect("the award");
        award.submission
    };
    let parts = [
        issued.badge().to_string(),
        submission.to_string(),
        issued.award().to_string(),
    ];
    assert_eq!(parts.iter().collect::<BTreeSet<_>>().len(), 3);
}
