//! Whether a badge was taken back: every kind of status, and what lists are held to.

use keys::data_integrity::Expected;
use serde_json::{Value, json};
use verifier::status_list::{self, LEAST_ENTRIES};
use verifier::{Document, Documents, Outcome, Policy, Reason, Report, StepName, vc};

use crate::forge::{CREDENTIALS, Key, badge, header, signed, status, token, with, without};
use crate::web::{Web, now, presented, told};

pub(super) const LIST: &str = "https://lists.example/school/own";

pub(super) fn by_school(plain: &Value) -> Value {
    signed(plain, &Key::School.method(), Key::School)
}

pub(super) fn badge_with(entry: Value) -> Value {
    by_school(&with(
        &badge(&Key::School.did()),
        "/credentialStatus",
        entry,
    ))
}

/// A list of the school in which these bits are set, unsigned.
pub(super) fn list(purpose: Value, set: &[u64], bytes: usize) -> Value {
    let mut bits = vec![0; bytes];
    for index in set {
        assert!(status_list::set(&mut bits, *index));
    }
    json!({
        "@context": [CREDENTIALS],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": Key::School.did(),
        "validFrom": "2026-11-20T00:00:00Z",
        "credentialSubject": {
            "id": format!("{LIST}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": status_list::encode(&bits),
        },
    })
}

pub(super) fn verified(
    badge: &Value,
    url: &str,
    answer: impl Into<Vec<u8>>,
    policy: &Policy,
) -> Report {
    let mut web = Web::read();
    web.serve(url, answer);
    web.verify(badge.to_string().as_bytes(), policy)
}

fn judged(entry: Value, list: &Value) -> Report {
    let list = by_school(list).to_string();
    verified(&badge_with(entry), LIST, list, &Policy::default())
}

pub(super) fn entry(purpose: &str, index: u64) -> Value {
    status("own", purpose, json!(index.to_string()))
}

pub(super) fn codes(report: &Report) -> Vec<&'static str> {
    report.warnings().iter().map(Reason::code).collect()
}

pub(super) const BYTES: usize = LEAST_ENTRIES / 8;

/// REV-1, REV-2, REV-8, REV-9, VER-10: a set bit for revocation or suspension takes the badge away, one
/// beside it does not.
#[test]
fn a_set_bit_takes_a_badge_away_and_its_neighbours_do_not() {
    for (purpose, code) in [
        ("revocation", "status.revoked"),
        ("suspension", "status.suspended"),
    ] {
        let list = list(json!(purpose), &[9], BYTES);
        for index in [8, 10] {
            let report = judged(entry(purpose, index), &list);
            assert_eq!(told(&report), "verified");
            assert_eq!(
                (report.statuses()[0].value, report.statuses()[0].index),
                (0, Some(index))
            );
        }
        assert_eq!(
            told(&judged(entry(purpose, 9), &list)),
            format!("refused/{code}")
        );
    }
}

/// REV-9: what only informs is looked up and told, and decides nothing.
#[test]
fn purposes_that_inform_are_told_and_decide_nothing() {
    for purpose in ["refresh", "message"] {
        let list = list(json!(purpose), &[9], BYTES);
        let report = judged(entry(purpose, 9), &list);
        assert_eq!(told(&report), "verified", "{purpose}");
        assert_eq!(codes(&report), ["status.informs"]);
        assert_eq!(report.statuses()[0].value, 1);
    }
    let badge = badge_with(entry("message", 9)).to_string();
    let report = verifier::verify(
        badge.as_bytes(),
        &Documents::default(),
        &Policy::default(),
        now(),
    );
    assert_eq!(told(&report), "verified", "nothing depends on the list");
    assert_eq!(report.missing().len(), 1, "but it would tell more");
    let offline = Web::read().verify(badge.as_bytes(), &Policy::default());
    assert_eq!(
        (told(&offline).as_str(), codes(&offline)),
        ("verified", vec!["status.informs"])
    );
}

/// REV-4, REV-8: entries of several bits need a message for each value; the message of the value is told,
/// any value other than zero counts, and the list has to be longer.
#[test]
fn entries_of_several_bits_tell_the_message_of_their_value() {
    let messages = json!([
        {"status": "0x0", "message": "in force"},
        {"status": "0x1", "message": "under review"},
        {"status": "0x2", "message": "withdrawn"},
        {"status": "0x3", "message": "replaced"},
    ]);
    let sized = |purpose: &str, index| {
        let entry = with(&entry(purpose, index), "/statusSize", json!(2));
        with(&entry, "/statusMessage", messages.clone())
    };
    // The bits 10 of entry 9 stand at 18 and 19.
    let set = [18];
    let long = |purpose: &str| list(json!(purpose), &set, 2 * BYTES);
    let report = judged(sized("message", 9), &long("message"));
    assert_eq!(told(&report), "verified");
    assert_eq!(report.statuses()[0].value, 2);
    assert_eq!(report.statuses()[0].message.as_deref(), Some("withdrawn"));
    assert!(report.warnings()[0].to_string().contains("withdrawn"));

    let report = judged(sized("revocation", 9), &long("revocation"));
    assert_eq!(told(&report), "refused/status.revoked");
    assert!(
        report
            .reason()
            .expect("a reason")
            .to_string()
            .contains("withdrawn")
    );
    assert_eq!(
        told(&judged(sized("revocation", 8), &long("revocation"))),
        "verified"
    );

    let short = list(json!("revocation"), &set, BYTES);
    assert_eq!(
        told(&judged(sized("revocation", 8), &short)),
        "refused/status.malformed"
    );
    let silent = without(&sized("revocation", 8), "/statusMessage");
    assert_eq!(
        told(&judged(silent, &long("revocation"))),
        "refused/status.malformed"
    );
    let three = json!([messages[0], messages[1], messages[2]]);
    let few = with(&sized("revocation", 8), "/statusMessage", three);
    assert_eq!(
        told(&judged(few, &long("revocation"))),
        "refused/status.malformed"
    );
}

/// REV-3: an index may be written as a number.
#[test]
fn an_index_may_be_a_number() {
    let numbered = with(&entry("revocation", 9), "/statusListIndex", json!(9));
    let list = list(json!("revocation"), &[9], BYTES);
    assert_eq!(told(&judged(numbered, &list)), "refused/status.revoked");
}

/// REV-5, REV-10: one list may serve two purposes, and each entry reads its own.
#[test]
fn a_list_may_serve_several_purposes() {
    let both = list(json!(["revocation", "suspension"]), &[9], BYTES);
    assert_eq!(
        told(&judged(entry("suspension", 9), &both)),
        "refused/status.suspended"
    );
    assert_eq!(told(&judged(entry("revocation", 8), &both)), "verified");
    let other = list(json!("suspension"), &[], BYTES);
    assert_eq!(
        told(&judged(entry("revocation", 8), &other)),
        "refused/status.purpose"
    );
}

/// REV-6, REV-7, REV-12, REV-13, REV-14, VER-17: a list that is not one, is not signed by the badge's
/// issuer, is too short or too long, is refused; one in a token with a bare fragment is read.
#[test]
fn a_list_is_verified_before_it_is_believed() {
    let good = list(json!("revocation"), &[], BYTES);
    let answer = |bytes: String| {
        let badge = badge_with(entry("revocation", 8));
        told(&verified(&badge, LIST, bytes, &Policy::default()))
    };
    assert_eq!(answer(by_school(&good).to_string()), "verified");
    let key = Key::School;
    let kid = header(key, &format!("#{}", key.multibase()));
    let claims = with(&good, "/iss", json!(key.did()));
    assert_eq!(answer(token(&kid, &claims, key)), "verified");

    let change = |pointer: &str, value: Value| by_school(&with(&good, pointer, value)).to_string();
    for (refusal, bytes) in [
        ("status.malformed", good.to_string()),
        (
            "status.malformed",
            with(
                &by_school(&good),
                "/validFrom",
                json!("2026-11-21T00:00:00Z"),
            )
            .to_string(),
        ),
        (
            "status.malformed",
            change("/type", json!(["VerifiableCredential"])),
        ),
        (
            "status.malformed",
            change("/credentialSubject/type", json!("StatusList2021")),
        ),
        (
            "status.malformed",
            change("/id", json!("https://lists.example/school/other")),
        ),
        (
            "status.malformed",
            change("/credentialSubject/encodedList", json!("uH4sI")),
        ),
        (
            "status.malformed",
            by_school(&list(json!("revocation"), &[], BYTES - 1)).to_string(),
        ),
        (
            "status.too_large",
            by_school(&list(json!("revocation"), &[], 9 << 20)).to_string(),
        ),
        ("status.malformed", "<!doctype html>".to_owned()),
    ] {
        // An id outside the standard's types is refused by whoever reads the statements first.
        assert_eq!(answer(bytes), format!("refused/{refusal}"));
    }
    let stranger = with(&good, "/issuer", json!(Key::Stranger.did()));
    let stranger = signed(&stranger, &Key::Stranger.method(), Key::Stranger);
    assert_eq!(
        answer(stranger.to_string()),
        "refused/status.issuer_mismatch"
    );
}

/// VER-16, VER-17: a list that cannot be had is neither a good status nor a revocation, in either policy.
#[test]
fn a_list_that_cannot_be_had_leaves_the_matter_open() {
    let badge = badge_with(status("offline", "revocation", json!("8"))).to_string();
    for policy in [Policy::default(), Policy::lenient()] {
        let report = Web::read().verify(badge.as_bytes(), &policy);
        assert_eq!(told(&report), "undetermined/status.unreachable");
    }
}

/// A list that came without protection is not believed, whoever brings it, and not asked for.
#[test]
fn a_list_over_http_is_neither_asked_for_nor_believed() {
    let address = LIST.replace("https://", "http://");
    let entry = with(
        &entry("revocation", 8),
        "/statusListCredential",
        json!(address),
    );
    let list = by_school(&with(
        &list(json!("revocation"), &[9], BYTES),
        "/id",
        json!(address),
    ));
    let badge = badge_with(entry);
    let report = verified(&badge, &address, list.to_string(), &Policy::default());
    assert_eq!(told(&report), "undetermined/status.unreachable");
    assert_eq!(report.documents()[0].failure, Some("fetch.not_allowed"));
    let report = verifier::verify(
        badge.to_string().as_bytes(),
        &Documents::default(),
        &Policy::default(),
        now(),
    );
    assert_eq!(report.missing(), []);
}

/// VER-18: a status of an unknown type or purpose leaves the matter open, or is let pass with a warning.
#[test]
fn an_unknown_purpose_is_told() {
    let badge = badge_with(entry("https://badges.example/purposes/parole", 8)).to_string();
    let strict = Web::read().verify(badge.as_bytes(), &Policy::default());
    assert_eq!(told(&strict), "undetermined/status.unknown");
    let lenient = Web::read().verify(badge.as_bytes(), &Policy::lenient());
    assert_eq!(
        (told(&lenient).as_str(), codes(&lenient)),
        ("verified", vec!["status.unknown"])
    );
}

/// VER-18, REV-9: a status that takes a credential away decides, also beside one that is not evaluated. Badges
/// have one status (REV-5); other credentials of the W3C's may have several.
#[test]
fn an_unknown_status_does_not_hide_one_that_is_set() {
    let unknown = entry("https://badges.example/purposes/parole", 8);
    let list = by_school(&list(json!("revocation"), &[9], BYTES)).to_string();
    let mut documents = Documents::default();
    documents.insert(LIST.parse().expect("an address"), Ok(Document::new(list)));
    for (index, expected) in [
        (9, "refused/status.revoked"),
        (8, "undetermined/status.unknown"),
    ] {
        let known = entry("revocation", index);
        for entries in [json!([unknown, known]), json!([known, unknown])] {
            let credential = by_school(&json!({
                "@context": [CREDENTIALS],
                "type": ["VerifiableCredential"],
                "issuer": Key::School.did(),
                "credentialSubject": {"id": "did:example:holder", "name": "Ada"},
                "credentialStatus": entries,
            }));
            let question = vc::Question {
                expected: Expected::default(),
                statuses: vc::Statuses::LookUp,
            };
            let report = vc::verify_credential(&credential, &question, &documents, now());
            assert_eq!(told(&report), expected);
        }
    }
}

/// REV-11: whoever verifies asks for the whole list by its address, and for nothing that tells the badge.
#[test]
fn the_list_is_asked_for_as_a_whole() {
    let badge = badge_with(entry("revocation", 8)).to_string();
    let report = verifier::verify(
        badge.as_bytes(),
        &Documents::default(),
        &Policy::default(),
        now(),
    );
    let missing = report.missing();
    assert_eq!((missing.len(), missing[0].url.as_str()), (1, LIST));
}

/// VER-24: a step that fails is named, with the place of the fault.
#[test]
fn the_step_and_the_place_are_named() {
    let report = Web::read().verify(
        &presented("refused/status.index/with-a-zero.json"),
        &Policy::default(),
    );
    let failed: Vec<StepName> = report
        .steps()
        .iter()
        .filter(|step| matches!(step.outcome, Outcome::Fail(_)))
        .map(|step| step.name)
        .collect();
    assert_eq!(failed, [StepName::Status]);
    assert_eq!(
        report.reason().and_then(Reason::pointer),
        Some("/credentialStatus/statusListIndex")
    );
}
