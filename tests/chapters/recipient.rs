//! Whom a badge is about: a claimed value against what the badge says.

use serde_json::{Value, json};
use verifier::{Outcome, Policy, Reason, Report, StepName, Verdict};

use crate::forge::{Key, badge, options, school_badge, signed, with, without};
use crate::support::sha256_hex;
use crate::web::{Web, told};

fn verified_for(badge: &Value, claimed: &str) -> Report {
    let mut policy = Policy::default();
    policy.recipient = Some(claimed.to_owned());
    Web::read().verify(badge.to_string().as_bytes(), &policy)
}

fn identifiers(entries: Value) -> Value {
    school_badge("/credentialSubject/identifier", entries)
}

fn identity(kind: &str, hashed: bool, value: &str) -> Value {
    json!({
        "type": "IdentityObject",
        "identityType": kind,
        "hashed": hashed,
        "identityHash": value,
    })
}

/// The known answer published with the standard.
const KOSHER: &str = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399";

/// ID-1, ID-4, ID-9, VER-13: the published answer for a salted hash is found.
#[test]
fn a_salted_hash_is_that_of_the_identifier_followed_by_the_salt() {
    let salted = with(
        &identity("emailAddress", true, KOSHER),
        "/salt",
        json!("Kosher"),
    );
    let badge = identifiers(json!([salted]));
    assert_eq!(told(&verified_for(&badge, "a@example.com")), "verified");
    assert_eq!(
        told(&verified_for(&badge, "b@example.com")),
        "refused/recipient.mismatch"
    );
    // Without its salt the same hash is of something else.
    let unsalted = identifiers(json!([identity("emailAddress", true, KOSHER)]));
    assert_eq!(
        told(&verified_for(&unsalted, "a@example.com")),
        "refused/recipient.mismatch"
    );
}

/// ID-2, ID-3, ID-5: SHA-256 and MD5 are known, their digits in either case; other hashes tell nothing.
#[test]
fn hashes_are_read_in_both_algorithms_and_in_either_case() {
    let sha256 = format!("sha256${}", sha256_hex(b"ada@example.org"));
    // Made with `printf ada@example.org | md5sum` of GNU coreutils.
    let md5 = "md5$5bfcf2d8e394674550332640d72db509";
    for hash in [
        &sha256,
        &sha256.to_uppercase().replace("SHA256$", "sha256$"),
        md5,
    ] {
        let badge = identifiers(json!([identity("emailAddress", true, hash)]));
        assert_eq!(told(&verified_for(&badge, "ada@example.org")), "verified");
        assert_eq!(
            told(&verified_for(&badge, "eve@example.org")),
            "refused/recipient.mismatch"
        );
    }
    let other = identifiers(json!([identity("emailAddress", true, "sha512$00")]));
    assert_eq!(
        told(&verified_for(&other, "ada@example.org")),
        "undetermined/recipient.unknown"
    );
}

/// ID-6: a known id is compared with the subject's id as a whole.
#[test]
fn a_known_id_is_the_subjects_or_it_is_not() {
    let badge = school_badge("/name", json!("Wait Time"));
    let id = badge["credentialSubject"]["id"].as_str().expect("an id");
    assert_eq!(told(&verified_for(&badge, id)), "verified");
    assert_eq!(
        told(&verified_for(&badge, &id.to_uppercase())),
        "refused/recipient.mismatch"
    );
}

/// ID-7, ID-8, ID-14: every entry of the claimed kind is tried, and no other.
#[test]
fn all_entries_of_the_claimed_kind_are_tried_and_others_are_skipped() {
    let badge = identifiers(json!([
        identity("name", false, "Ada Example"),
        identity("emailAddress", false, "first@example.org"),
        identity("emailAddress", false, "second@example.org"),
        identity("accountId", false, "4711"),
        identity("ext:badgeNumber", false, "0815"),
    ]));
    for claimed in [
        "second@example.org",
        "emailAddress:first@example.org",
        "accountId:4711",
        "name:Ada Example",
        "Ada Example",
        "0815",
    ] {
        assert_eq!(
            told(&verified_for(&badge, claimed)),
            "verified",
            "{claimed}"
        );
    }
    for claimed in ["third@example.org", "accountId:0815", "name:4711"] {
        assert_eq!(
            told(&verified_for(&badge, claimed)),
            "refused/recipient.mismatch",
            "{claimed}"
        );
    }
    assert_eq!(
        told(&verified_for(&badge, "sourcedId:4711")),
        "undetermined/recipient.unknown"
    );
}

/// ID-12: an e-mail address is tried as it is written and in its normal spelling.
#[test]
fn an_address_is_tried_as_written_and_in_lower_case() {
    let normal = format!("sha256${}", sha256_hex(b"ada@example.org"));
    let as_written = format!("sha256${}", sha256_hex(b"Ada@Example.org"));
    for hash in [normal, as_written] {
        let badge = identifiers(json!([identity("emailAddress", true, &hash)]));
        assert_eq!(told(&verified_for(&badge, " Ada@Example.org ")), "verified");
    }
    let plain = identifiers(json!([identity("emailAddress", false, "Ada@Example.org")]));
    assert_eq!(told(&verified_for(&plain, "ada@example.org")), "verified");
}

/// ID-10, ID-13: no match has a step and a code of its own, beside a proof that holds; a badge that says
/// nothing of the kind leaves the matter open.
#[test]
fn the_recipient_is_told_apart_from_the_validity() {
    let badge = identifiers(json!([identity("emailAddress", false, "ada@example.org")]));
    let report = verified_for(&badge, "eve@example.org");
    for step in report.steps() {
        match (step.name, &step.outcome) {
            (StepName::Recipient, outcome) => {
                assert!(matches!(outcome, Outcome::Fail(_)), "{outcome:?}");
            }
            (name, outcome) => assert!(!matches!(outcome, Outcome::Fail(_)), "{name:?}"),
        }
    }
    assert_eq!(
        report.reason().and_then(Reason::pointer),
        Some("/credentialSubject")
    );
    let text = serde_json::to_string(&report).expect("a report can be written");
    assert!(
        !text.contains("eve@"),
        "the claimed value stays out of the report"
    );

    let key = Key::School;
    let nameless = without(&badge_with_id_only(key), "/proof");
    let report = verified_for(&signed(&nameless, &key.method(), key), "ada@example.org");
    assert_eq!(told(&report), "undetermined/recipient.unknown");
}

fn badge_with_id_only(key: Key) -> Value {
    signed(&badge(&key.did()), &key.method(), key)
}

/// ID-11: the check runs on a badge that came as a document, and only where somebody claims it.
#[test]
fn nobody_is_compared_unless_somebody_is_named() {
    let badge = identifiers(json!([identity("emailAddress", false, "ada@example.org")]));
    let report = Web::read().verify(badge.to_string().as_bytes(), &Policy::default());
    assert_eq!(report.verdict(), Verdict::Verified);
    let step = report
        .steps()
        .iter()
        .find(|step| step.name == StepName::Recipient);
    assert_eq!(step.map(|step| &step.outcome), Some(&Outcome::NotRun));
}

/// ID-15: a subject that is a profile as well may carry a person's names, and is compared like any other.
#[test]
fn a_subject_may_be_a_profile() {
    let key = Key::School;
    let plain = with(
        &badge(&key.did()),
        "/credentialSubject/type",
        json!(["AchievementSubject", "Profile"]),
    );
    let plain = with(&plain, "/credentialSubject/givenName", json!("Ada"));
    let entries = json!([identity("emailAddress", false, "ada@example.org")]);
    let plain = with(&plain, "/credentialSubject/identifier", entries);
    // Signed over the statements of jsonld.js 9: the oracle reads a node of two types otherwise.
    let proof = with(&options(&key.method()), "/proofValue", json!(PROFILE_PROOF));
    let profile = with(&plain, "/proof", proof);
    assert_eq!(told(&verified_for(&profile, "ada@example.org")), "verified");
    assert_eq!(
        told(&verified_for(&profile, "eve@example.org")),
        "refused/recipient.mismatch"
    );
}

const PROFILE_PROOF: &str =
    "z4RPEWjCRgr9XZ9AeQsCBWWiDw2rndrnAcT58YcVMGsm5usKKG3mBeX5i9gZbGVEC2vroviyFg3UrzyNuLUoVEFBA";
