//! Statuses of older kinds: bit lists of 2021, and lists of the ids of revoked badges.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use verifier::{DocumentKind, Documents, FetchFailure, Policy, Report};

use super::status::{BYTES, LIST, by_school, codes, list, verified};
use crate::forge::{Key, badge, header, token, with};
use crate::web::{Web, now, told};

const OLDER: &str = "https://badges.example/revoked.json";
const ID: &str = "urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2a01";

/// REV-22: the forerunner of the bit list is read in both data models and both alphabets of base64.
#[test]
fn a_list_of_2021_is_read() {
    const CONTEXT: &str = "https://w3id.org/vc/status-list/2021/v1";
    let key = Key::School;
    let badge_at = |index: &str, purpose: &str| {
        let entry = json!({
            "id": format!("{LIST}#{index}"),
            "type": "StatusList2021Entry",
            "statusPurpose": purpose,
            "statusListIndex": index,
            "statusListCredential": LIST,
        });
        let plain = with(&badge(&key.did()), "/@context/-", json!(CONTEXT));
        by_school(&with(&plain, "/credentialStatus", entry))
    };
    let bits = list(json!("revocation"), &[9], BYTES)["credentialSubject"]["encodedList"].clone();
    let url_safe = bits.as_str().expect("a text")[1..].to_owned();
    let padded = {
        let bytes = URL_SAFE_NO_PAD.decode(&url_safe).expect("base64url");
        STANDARD.encode(bytes)
    };
    let older = |encoded: &str, dates: [(&str, &str); 2]| {
        let mut list = json!({
            "@context": ["https://www.w3.org/2018/credentials/v1", CONTEXT],
            "id": LIST,
            "type": ["VerifiableCredential", "StatusList2021Credential"],
            "issuer": key.did(),
            "credentialSubject": {
                "id": format!("{LIST}#list"),
                "type": "StatusList2021",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        });
        for (name, time) in dates {
            list[name] = json!(time);
        }
        // As a token, which needs no context for its proof.
        let claims = json!({"iss": key.did(), "jti": LIST, "nbf": 1_795_132_800, "vc": list});
        token(&header(key, &key.method()), &claims, key)
    };
    let current = [
        ("issuanceDate", "2026-11-20T00:00:00Z"),
        ("expirationDate", "2026-12-20T00:00:00Z"),
    ];
    let judged =
        |badge: &Value, answer: String| told(&verified(badge, LIST, answer, &Policy::default()));
    for encoded in [&url_safe, &padded, &format!("u{url_safe}")] {
        assert_eq!(
            judged(&badge_at("8", "revocation"), older(encoded, current)),
            "verified"
        );
        assert_eq!(
            judged(&badge_at("9", "revocation"), older(encoded, current)),
            "refused/status.revoked"
        );
    }
    assert_eq!(
        judged(&badge_at("8", "suspension"), older(&padded, current)),
        "refused/status.purpose"
    );
    let ended = [
        ("issuanceDate", "2026-11-20T00:00:00Z"),
        ("expirationDate", "2026-11-21T00:00:00Z"),
    ];
    assert_eq!(
        judged(&badge_at("8", "revocation"), older(&padded, ended)),
        "undetermined/status.expired"
    );
    let bit_list = by_school(&list(json!("revocation"), &[], BYTES)).to_string();
    assert_eq!(
        judged(&badge_at("8", "revocation"), bit_list),
        "refused/status.malformed"
    );
}

fn with_older_list() -> Value {
    let plain = with(
        &badge(&Key::School.did()),
        "/@context/-",
        json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"),
    );
    let entry = json!({"id": OLDER, "type": "1EdTechRevocationList"});
    by_school(&with(&plain, "/credentialStatus", entry))
}

fn listed(entries: Value, policy: &Policy) -> Report {
    let mut list = json!({"id": OLDER, "issuer": Key::School.did()});
    for (name, value) in entries.as_object().expect("an object") {
        list[name] = value.clone();
    }
    verified(&with_older_list(), OLDER, list.to_string(), policy)
}

/// REV-1, REV-15, REV-16, REV-17, REV-18, REV-20, REV-21: the older list revokes by id, under either
/// spelling of its member, says why, and can take a revocation back.
#[test]
fn the_older_list_revokes_by_id_under_both_spellings() {
    let strict = Policy::default();
    let other = json!({"id": "urn:uuid:00000000-6c1f-4a3a-9f57-0d1f4f6e2a01"});
    for member in ["revokedCredential", "revokedCredentials"] {
        let judged = |entries: Value| told(&listed(json!({member: entries}), &strict));
        assert_eq!(judged(json!([])), "verified");
        assert_eq!(judged(json!([other])), "verified");
        assert_eq!(judged(json!([other, {"id": ID}])), "refused/status.revoked");
        assert_eq!(
            judged(json!([{"id": ID, "revoked": true}])),
            "refused/status.revoked"
        );
        assert_eq!(judged(json!([{"id": ID, "revoked": false}])), "verified");
        assert_eq!(
            judged(json!([{"id": ID, "revoked": "yes"}])),
            "refused/status.malformed"
        );
    }
    let both = json!({"revokedCredential": [], "revokedCredentials": [{"id": ID}]});
    assert_eq!(told(&listed(both, &strict)), "refused/status.revoked");

    let why = json!({"revokedCredential": [{"id": ID, "revocationReason": "Issued in error."}]});
    let report = listed(why, &strict);
    let reason = report.reason().expect("a reason").to_string();
    assert!(reason.contains("“Issued in error”"), "{reason}");

    assert_eq!(
        told(&listed(json!({}), &strict)),
        "refused/status.malformed"
    );
    let stranger = json!({"issuer": Key::Stranger.did(), "revokedCredential": []});
    assert_eq!(
        told(&listed(stranger, &strict)),
        "refused/status.issuer_mismatch"
    );
    let profile = json!({"issuer": {"id": Key::School.did()}, "revokedCredential": []});
    assert_eq!(told(&listed(profile, &strict)), "verified");
}

/// REV-19, VER-16: an older list that cannot be had leaves the matter open, or is let pass with a warning.
#[test]
fn an_older_list_that_cannot_be_had_is_let_pass_by_the_lenient_policy_alone() {
    let badge = with_older_list().to_string();
    let strict = Web::read().verify(badge.as_bytes(), &Policy::default());
    assert_eq!(told(&strict), "undetermined/status.unreachable");
    let lenient = Web::read().verify(badge.as_bytes(), &Policy::lenient());
    assert_eq!(told(&lenient), "verified");
    assert_eq!(codes(&lenient), ["status.unreachable"]);

    let asked = verifier::verify(
        badge.as_bytes(),
        &Documents::default(),
        &Policy::lenient(),
        now(),
    );
    let missing = asked.missing();
    assert_eq!(missing[0].kind, DocumentKind::RevocationList);
    let mut documents = Documents::default();
    documents.insert(missing[0].url.clone(), Err(FetchFailure::Timeout));
    let answered = verifier::verify(badge.as_bytes(), &documents, &Policy::lenient(), now());
    assert_eq!(told(&answered), "verified");
}
