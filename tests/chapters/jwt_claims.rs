//! The registered claims of a JWT: they repeat what the credential says, and never contradict it.

use keys::{KeyState, KeyUse, vc_jwt};
use serde_json::{Value, json};

use super::jwt::{ISSUER, code, credential, forge, header, jwt_secret, keyring};

fn claims_of(change: impl Fn(&mut Value)) -> Result<Vec<&'static str>, String> {
    let mut payload = credential();
    payload["iss"] = ISSUER.into();
    payload["jti"] = payload["id"].clone();
    payload["sub"] = "did:example:holder".into();
    payload["nbf"] = 1_767_323_045.into();
    payload["exp"] = 1_798_859_045.into();
    change(&mut payload);
    vc_jwt::claims(&payload)
        .map(|claims| claims.missing)
        .map_err(|error| {
            assert_eq!(error.code(), "jwt.claim_mismatch");
            error.pointer().expect("a pointer")
        })
}

#[test]
fn attack_t_13_a_claim_that_contradicts_the_credential_is_refused() {
    assert_eq!(claims_of(|_| {}), Ok(vec![]));
    for (claim, others) in [
        (
            "iss",
            [
                json!("did:web:example.com"),
                json!("did:web:example.edu/"),
                json!(["did:web:example.edu"]),
                json!(null),
            ],
        ),
        (
            "jti",
            [
                json!("urn:uuid:0"),
                json!("URN:uuid:7d6ce9a6-7a80-4f39-8f9f-3e3a0d4a3a11"),
                json!(7),
                json!(null),
            ],
        ),
        (
            "sub",
            [
                json!("did:example:other"),
                json!(""),
                json!({"id": "did:example:holder"}),
                json!(null),
            ],
        ),
        (
            "nbf",
            [
                json!(1_767_323_044),
                json!(1_767_323_046),
                json!("1767323045"),
                json!(null),
            ],
        ),
        (
            "exp",
            [json!(1_798_859_044), json!(1e300), json!(-1), json!(null)],
        ),
    ] {
        for other in others {
            let contradicted = claims_of(|payload| payload[claim] = other.clone());
            assert_eq!(contradicted, Err(format!("/{claim}")), "{other}");
        }
    }
    // The other way round: the credential is changed.
    for (claim, member) in [
        ("iss", "issuer"),
        ("jti", "id"),
        ("sub", "credentialSubject"),
        ("nbf", "validFrom"),
    ] {
        let contradicted = claims_of(|payload| payload[member] = json!("2000-01-01T00:00:00Z"));
        assert_eq!(contradicted, Err(format!("/{claim}")));
    }
    let contradicted = claims_of(|payload| payload["validUntil"] = json!("2000-01-01T00:00:00Z"));
    assert_eq!(contradicted, Err("/exp".to_owned()));
}

#[test]
fn an_absent_claim_is_told_and_not_refused() {
    for claim in ["iss", "jti", "sub", "nbf", "exp"] {
        let missing = claims_of(|payload| {
            payload.as_object_mut().expect("an object").remove(claim);
        });
        assert_eq!(missing, Ok(vec![claim]));
    }
    // Without an end of validity no claim has to name one.
    let missing = claims_of(|payload| {
        payload
            .as_object_mut()
            .expect("an object")
            .retain(|name, _| name != "exp" && name != "validUntil");
    });
    assert_eq!(missing, Ok(vec![]));
}

#[test]
fn equal_instants_are_equal_however_they_are_written() {
    for valid_from in [
        "2026-01-02T03:04:05.000Z",
        "2026-01-02T04:04:05+01:00",
        "2026-01-02T03:04:05.250Z",
    ] {
        assert_eq!(
            claims_of(|payload| payload["validFrom"] = valid_from.into()),
            Ok(vec![])
        );
    }
    assert_eq!(
        claims_of(|payload| payload["nbf"] = json!(1_767_323_045.25)),
        Ok(vec![])
    );
}

#[test]
fn attack_t_14_a_payload_holds_one_credential() {
    let wrapped = json!({"vc": credential(), "iss": ISSUER, "sub": "did:example:holder"});
    assert_eq!(code(&forge(&header(), &wrapped)), "verified");
    for member in [
        "@context",
        "id",
        "type",
        "issuer",
        "credentialSubject",
        "validFrom",
        "name",
        "proof",
        "vp2",
    ] {
        let mut both = wrapped.clone();
        both[member] = json!("other");
        assert_eq!(
            code(&forge(&header(), &both)),
            "jwt.ambiguous_payload",
            "{member}"
        );
        // The other order of members.
        let mut both = json!({member: "other"});
        both["vc"] = credential();
        assert_eq!(
            code(&forge(&header(), &both)),
            "jwt.ambiguous_payload",
            "{member}"
        );
    }
}

#[test]
fn the_older_form_is_completed_from_its_claims() {
    // VC data model 1.1, section 6.3.1: what stands in the claims may be left out in `vc`.
    let payload = json!({
        "iss": ISSUER, "jti": "urn:uuid:1", "sub": "did:example:holder", "nbf": 1_767_323_045, "exp": 1_798_859_045,
        "vc": {"type": ["VerifiableCredential"], "issuer": {"name": "Example"}, "credentialSubject": {"a": 1}},
    });
    assert_eq!(
        vc_jwt::claims(&payload).expect("no contradiction").missing,
        Vec::<&str>::new()
    );
    assert_eq!(
        *vc_jwt::credential(&payload),
        json!({
            "type": ["VerifiableCredential"],
            "id": "urn:uuid:1",
            "issuer": {"name": "Example", "id": ISSUER},
            "issuanceDate": "2026-01-02T03:04:05Z",
            "expirationDate": "2027-01-02T03:04:05Z",
            "credentialSubject": {"a": 1, "id": "did:example:holder"},
        })
    );
    let mut contradicted = payload;
    contradicted["vc"]["id"] = "urn:uuid:2".into();
    assert_eq!(
        vc_jwt::claims(&contradicted)
            .expect_err("a contradiction")
            .code(),
        "jwt.claim_mismatch"
    );
}

#[test]
fn a_credential_that_cannot_carry_the_claims_is_not_signed() {
    let keyring = keyring(jwt_secret(), KeyState::Current);
    for (member, value) in [
        ("id", Value::Null),
        ("issuer", json!({"name": "Example"})),
        ("credentialSubject", json!({"identifier": []})),
        ("credentialSubject", json!([{"id": "a:b"}, {"id": "c:d"}])),
        ("validFrom", Value::Null),
        ("validFrom", json!("2026-01-02T03:04:05.5Z")),
        ("validFrom", json!("2026-01-02")),
        ("validUntil", json!("2026-01-02T03:04:05.000000001Z")),
        ("proof", json!({})),
        ("iss", json!(ISSUER)),
        ("vc", json!({})),
    ] {
        let mut unfit = credential();
        unfit[member] = value;
        assert!(
            vc_jwt::sign(&unfit, keyring.current(KeyUse::Jwt)).is_err(),
            "{member}"
        );
    }
}
