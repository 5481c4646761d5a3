//! Issuing: one award, one badge, the same bytes; shown to nobody but its earner until she says so.

use crate::app::{self, TestApp, noon};
use crate::catalogue::content;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use issuer::badge::{self, Viewer, Visibility};
use issuer::digest::Sha256Digest;
use issuer::error::Error;
use issuer::event::Actor;
use issuer::id::{AwardId, OrganisationId};
use issuer::issuance;
use issuer::issued::Issued;
use issuer::issuers::IdentifierPolicy;
use issuer::log::Kind;
use issuer::organisation::{self, OrganisationProfile};
use issuer::person::{self, EmailInBadges, NewPerson};
use issuer::submission::{self, EvidenceContent, Sharing};
use issuer::wording;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

/// The document that was signed, without its proof.
fn document(issued: &Issued) -> Value {
    let mut document: Value = serde_json::from_str(issued.json()).expect("JSON");
    document
        .as_object_mut()
        .expect("an object")
        .shift_remove("proof");
    document
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
    let held = test.badges_of("ada");
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
    assert_eq!(test.drawn(), 1);
    test.check_badge(issued[0].badge());
}

#[test]
fn many_awards_each_asked_for_three_times_at_once_yield_one_badge_each() {
    let test = TestApp::new();
    let award = |number: usize| {
        let submission = test.learner(&format!("learner{number}")).submits();
        test.reviewer("grace").accepts(submission)
    };
    let awards: Vec<_> = (0..16).map(award).collect();
    let asked: Vec<_> = awards.iter().cycle().take(48).collect();
    let start = Barrier::new(asked.len());
    let issue = &|award| {
        start.wait();
        let issued = issuance::issue(&test.app, award, test.now);
        issued.expect("a badge").badge()
    };
    let badges: BTreeSet<_> = thread::scope(|scope| {
        let ask = |award: &AwardId| {
            let award = *award;
            scope.spawn(move || issue(award))
        };
        let threads: Vec<_> = asked.into_iter().map(ask).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread"))
            .collect()
    });
    assert_eq!((badges.len(), test.log().len(), test.drawn()), (16, 16, 16));
    for badge in badges {
        test.check_badge(badge);
    }
    test.app.log.check().expect("a sound log");
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
    assert_eq!(described.len(), 4, "two criteria, and two about the review");
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
fn a_badge_says_how_it_was_assessed_and_which_manifest_that_was() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let id = ada.submits();
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let document = document(&issued);
    let subject = &document["credentialSubject"];
    let achievement = &subject["achievement"];
    let address = achievement["id"].as_str().expect("an address");

    for (which, kind, value) in [
        ("reviewers", "ext:ReviewerCount", "1"),
        ("blind-review", "ext:BlindReview", "yes"),
    ] {
        let described = format!("{address}#assessment-{which}");
        let mut descriptions = achievement["resultDescription"]
            .as_array()
            .expect("a list")
            .iter();
        let description = descriptions.find(|one| one["id"] == *described);
        assert_eq!(description.expect(which)["resultType"], kind);
        let mut results = subject["result"].as_array().expect("a list").iter();
        let result = results.find(|one| one["resultDescription"] == *described);
        assert_eq!(result.expect(which)["value"], value);
    }

    let rubric = content().rubric.sha256().to_string();
    let identifiers = achievement["otherIdentifier"].as_array().expect("a list");
    assert!(
        identifiers
            .iter()
            .any(|one| one["identifierType"] == "ext:rubricSha256" && one["identifier"] == *rubric),
        "{identifiers:?}"
    );

    let version = test
        .app
        .store
        .version(id, 1)
        .expect("the store")
        .expect("version 1");
    assert_eq!(
        document["relatedResource"],
        json!([{
            "id": test.app.site.manifest(issued.badge()),
            "mediaType": "application/json",
            "digestSRI": version.manifest_sha256.sri(),
        }])
    );
    test.check_badge(issued.badge());

    let report = test.verify(issued.json().as_bytes());
    let facts = wording::facts(&report);
    assert!(facts.contains(&("Assessed", "by rubric; 1 reviewer, blind".to_owned())));
    assert!(facts.contains(&(
        "Levels reached",
        "Waiting: Consistent; Listening: Consistent".to_owned()
    )));
}

#[test]
fn a_manifest_is_shown_to_those_who_see_its_badge_and_tells_nothing_of_the_evidence() {
    let test = TestApp::new();
    let ada = test.learner("ada");
    let id = ada.submits();
    let award = test.reviewer("grace").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let see = |viewer: Viewer<'_>| badge::manifest(&test.app, issued.badge(), viewer);
    assert_eq!(
        see(Viewer::Stranger).expect_err("it is private").code(),
        "auth.not_found"
    );
    let manifest = see(Viewer::Person(&ada.person)).expect("her own");
    let text = manifest.canonical_json();
    assert_eq!(Sha256Digest::of(text.as_bytes()), manifest.sha256());
    for private in [
        "video.example.net",
        "counted",
        "ada",
        &ada.person.id.to_string(),
    ] {
        assert!(!text.contains(private), "{private}");
    }
    badge::set_visibility(&test.app, &ada.person, issued.badge(), Visibility::Link).expect("hers");
    assert_eq!(see(Viewer::Stranger).expect("it is shown"), manifest);
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

/// Has the host say this of itself.
fn describe_host(test: &TestApp, description: Option<String>) {
    let host = test.app.store.organisation(&OrganisationId::host());
    let host = host.expect("the store").expect("the host");
    let profile = OrganisationProfile {
        description: description.map(|text| text.parse().expect("a text")),
        ..host.profile
    };
    organisation::establish_host(&test.app, profile, test.now).expect("the host");
}

/// Forms: library.
#[test]
fn attack_a_13_a_document_with_a_fault_is_neither_signed_nor_stored() {
    let test = TestApp::new();
    let award = test.award();
    // Both issuer and creator say it, and each quotation mark is written as two characters.
    describe_host(&test, Some("\"".repeat(12_000)));
    let before = test.records(b"allocation");
    let refused =
        issuance::issue(&test.app, award, test.now).expect_err("a document that is too long");
    assert_eq!(refused.code(), "issue.lint");
    let Error::Lint { findings } = &refused else {
        panic!("{refused}")
    };
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == "issue.too_large"),
        "{findings:?}"
    );
    assert_eq!(
        (test.records(b"allocation"), test.drawn(), test.log().len()),
        (before, 0, 0)
    );

    describe_host(&test, None);
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
fn the_recipient_is_named_as_policy_and_person_have_it() {
    let test = TestApp::new();
    let identity = |policy, email_in_badges, did: Option<&str>, name: &str| {
        organisation::set_identifier_policy(
            &test.app,
            Actor::Service,
            &OrganisationId::host(),
            policy,
            test.now,
        )
        .expect("the policy");
        let new = NewPerson {
            name: name.parse().expect("a name"),
            emails: vec![format!("{name}@example.org").parse().expect("an address")],
            did: did.map(str::to_owned),
            email_in_badges,
        };
        person::register(&test.app, new, test.now).expect("a new person");
        let issued = test.badges(&[name]).remove(0);
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
