//! JWTs: a credential goes out as one and comes back the same, and every other token is refused under its own name.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use keys::vc_jwt::{self, Compact};
use keys::{DidWeb, KeyId, KeyState, KeyUse, Keyring, KeyringKey, PublicKey, SecretKey};
use serde_json::{Value, json};

pub const ISSUER: &str = "did:web:example.edu";

pub const KID: &str = "did:web:example.edu#jwt";

pub fn credential() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:7d6ce9a6-7a80-4f39-8f9f-3e3a0d4a3a11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Example"},
        "validFrom": "2026-01-02T03:04:05Z",
        "validUntil": "2027-01-02T03:04:05Z",
        "credentialSubject": {"id": "did:example:holder", "type": ["AchievementSubject"]},
    })
}

pub fn jwt_secret() -> SecretKey {
    SecretKey::p256([7; 32]).expect("a key")
}

pub fn keyring(secret: SecretKey, state: KeyState) -> Keyring {
    let key = |id, secret, state, usage| KeyringKey {
        id: KeyId::new(id).expect("a fragment"),
        secret,
        state,
        usage,
    };
    let mut keys = vec![
        key(
            "proof",
            SecretKey::ed25519([1; 32]),
            KeyState::Current,
            KeyUse::DataIntegrity,
        ),
        key("jwt", secret, state, KeyUse::Jwt),
    ];
    if state != KeyState::Current {
        keys.push(key(
            "new",
            SecretKey::ed25519([2; 32]),
            KeyState::Current,
            KeyUse::Jwt,
        ));
    }
    let did = DidWeb::parse(ISSUER).expect("a DID");
    Keyring::did_web(&did, keys)
        .map_err(|error| error.code())
        .expect("a keyring")
}

pub fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header and payload, well signed by the issuer's key.
pub fn forge(header: &Value, payload: &Value) -> String {
    signed(&encode(header), &encode(payload))
}

fn signed(header: &str, payload: &str) -> String {
    let input = format!("{header}.{payload}");
    let signature = jwt_secret()
        .sign_jws(input.as_bytes())
        .expect("a signature");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub fn header() -> Value {
    json!({"alg": "ES256", "kid": KID, "typ": "JWT"})
}

/// What becomes of a token that is decoded and checked with the issuer's key.
pub fn code(token: &str) -> &'static str {
    match Compact::decode(token).and_then(|compact| compact.verify(jwt_secret().public_key())) {
        Ok(()) => "verified",
        Err(error) => error.code(),
    }
}

pub fn code_of_header(header: &Value) -> &'static str {
    code(&forge(header, &credential()))
}

#[test]
fn a_credential_goes_out_with_its_claims_and_comes_back() {
    for secret in [
        jwt_secret(),
        SecretKey::ed25519([7; 32]),
        SecretKey::generate_rsa().expect("a key"),
    ] {
        let algorithm = secret.algorithm();
        let public = secret.public_key().clone();
        let keyring = keyring(secret, KeyState::Current);
        let key = keyring.current(KeyUse::Jwt);
        let token = vc_jwt::sign(&credential(), key).expect("a token");
        assert_eq!(
            vc_jwt::sign(&credential(), key).expect("a token"),
            token,
            "signing is deterministic"
        );

        let compact = Compact::decode(&token).expect("a token");
        assert_eq!(compact.header().algorithm, algorithm);
        assert_eq!(compact.header().kid.as_deref(), Some(KID));
        assert_eq!(compact.header().typ.as_deref(), Some("JWT"));
        compact.verify(&public).expect("a good signature");

        let mut expected = credential();
        expected["iss"] = ISSUER.into();
        expected["jti"] = "urn:uuid:7d6ce9a6-7a80-4f39-8f9f-3e3a0d4a3a11".into();
        expected["sub"] = "did:example:holder".into();
        expected["nbf"] = 1_767_323_045.into();
        expected["exp"] = 1_798_859_045.into();
        assert_eq!(*compact.payload(), expected);
        assert_eq!(*vc_jwt::credential(compact.payload()), expected);
        let claims = vc_jwt::claims(compact.payload()).expect("no contradiction");
        assert!(claims.missing.is_empty());
        assert_eq!(
            claims.expires.map(|instant| instant.to_string()).as_deref(),
            Some("2027-01-02T03:04:05Z")
        );
    }
}

#[test]
fn the_header_holds_algorithm_key_and_type_and_nothing_else() {
    let keyring = keyring(jwt_secret(), KeyState::Current);
    let token = vc_jwt::sign(&credential(), keyring.current(KeyUse::Jwt)).expect("a token");
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().expect("a header"))
        .expect("base64url");
    assert_eq!(
        String::from_utf8(header).expect("text"),
        format!(r#"{{"alg":"ES256","kid":"{KID}","typ":"JWT"}}"#)
    );
}

#[test]
fn a_retired_key_finishes_what_it_began_and_a_compromised_one_signs_nothing() {
    let retired = keyring(jwt_secret(), KeyState::Retired);
    assert!(vc_jwt::sign(&credential(), retired.key(KID).expect("a key")).is_ok());
    let since = schemas::timestamp::Timestamp::from_unix(0).expect("an instant");
    let compromised = keyring(jwt_secret(), KeyState::Compromised { since });
    let error = vc_jwt::sign(&credential(), compromised.key(KID).expect("a key"))
        .expect_err("no signature");
    assert_eq!(error.code(), "key.revoked");
    let for_proofs = compromised.current(KeyUse::DataIntegrity);
    assert!(
        vc_jwt::sign(&credential(), for_proofs).is_err(),
        "a key for proofs signs no JWT"
    );
}

#[test]
fn attack_t_09_only_the_compact_form_is_a_token() {
    let good = forge(&header(), &credential());
    let parts: Vec<&str> = good.split('.').collect();
    let flattened = json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]});
    let general = json!({"payload": parts[1], "signatures": [{"protected": parts[0], "signature": parts[2]}]});
    for token in [
        flattened.to_string(),
        general.to_string(),
        parts[0].to_owned(),
    ] {
        assert_eq!(code(&token), "jwt.serialization");
    }
}

#[test]
fn attack_t_10_a_token_has_one_spelling() {
    let good = forge(&header(), &credential());
    assert_eq!(code(&good), "verified");
    let parts: Vec<&str> = good.split('.').collect();
    let join =
        |header: &str, payload: &str, signature: &str| format!("{header}.{payload}.{signature}");
    let mut others = vec![
        format!("{good}="),
        format!("{good}=="),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}."),
        format!(".{good}"),
        join(
            parts[0],
            parts[1],
            &parts[2].replacen(char::is_alphanumeric, "+", 1),
        ),
        join(
            parts[0],
            parts[1],
            &parts[2].replacen(char::is_alphanumeric, "/", 1),
        ),
        join(&format!("{}\n", parts[0]), parts[1], parts[2]),
        join(parts[0], &format!("{}\r\n", parts[1]), parts[2]),
        join(
            parts[0],
            parts[1],
            &format!("{} {}", &parts[2][..10], &parts[2][10..]),
        ),
        join("", parts[1], parts[2]),
    ];
    for part in 0..3 {
        // Padding where it would belong, and the other alphabet.
        let bytes = URL_SAFE_NO_PAD.decode(parts[part]).expect("base64url");
        for spelling in [URL_SAFE.encode(&bytes), STANDARD.encode(&bytes)] {
            if spelling != parts[part] {
                let mut spelled = parts.clone();
                spelled[part] = &spelling;
                others.push(spelled.join("."));
            }
        }
        // Unused bits of the last character that are set.
        let unused: u32 = match parts[part].len() % 4 {
            2 => 4,
            3 => 2,
            _ => 0,
        };
        for bits in 1..1_usize << unused {
            let last = parts[part].chars().last().expect("a character");
            let position = ALPHABET.find(last).expect("base64url");
            let mut changed = parts[part][..parts[part].len() - 1].to_owned();
            changed.push_str(&ALPHABET[position | bits..=position | bits]);
            let mut spelled = parts.clone();
            spelled[part] = &changed;
            others.push(spelled.join("."));
        }
    }
    assert!(others.len() > 20);
    for token in others {
        let expected = if token.starts_with("..") {
            "jwt.alg_not_allowed"
        } else {
            "jwt.encoding"
        };
        let found = code(&token);
        // An empty header decodes to no JSON at all.
        assert!(
            found == expected || found == "json.syntax",
            "{found}: {token}"
        );
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn attack_t_15_oversized_tokens_are_refused_on_their_length() {
    let endless = "A".repeat(100_000_000);
    let dots = ".".repeat(1_000_000);
    let header_alone = format!("{}.AAAA.AAAA", "A".repeat(1_000_000));
    for token in [&endless, &dots, &header_alone] {
        // The best of five: the machine may be busy, but the answer hangs on the length alone.
        let quickest = (0..5).map(|_| {
            let before = std::time::Instant::now();
            assert_eq!(code(token), "input.too_large");
            before.elapsed()
        });
        assert!(quickest.min() < Some(std::time::Duration::from_millis(5)));
    }
    let mut header = header();
    header["kid"] = "k".repeat(9_000).into();
    assert_eq!(code_of_header(&header), "input.too_large");
}

#[test]
fn attack_t_16_another_key_of_the_same_name_does_not_verify() {
    let other = SecretKey::p256([8; 32]).expect("a key");
    let token = vc_jwt::sign(
        &credential(),
        keyring(other, KeyState::Current).current(KeyUse::Jwt),
    )
    .expect("a token");
    assert_eq!(code(&token), "signature.invalid");
}

#[test]
fn one_changed_character_anywhere_is_noticed() {
    let good = forge(&header(), &credential());
    for at in 0..good.len() {
        if good.as_bytes()[at] == b'.' {
            continue;
        }
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("text");
        assert_ne!(code(&changed), "verified", "at {at}");
    }
}

#[test]
fn attack_j_01_doubled_members_in_header_or_payload_are_refused() {
    let header_twice = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","alg":"ES256","kid":"k"}"#);
    assert_eq!(
        code(&signed(&header_twice, &encode(&credential()))),
        "json.duplicate_member"
    );
    let escaped = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"k","\u006bid":"k"}"#);
    assert_eq!(
        code(&signed(&escaped, &encode(&credential()))),
        "json.duplicate_member"
    );
    let payload_twice = URL_SAFE_NO_PAD.encode(r#"{"iss":"a","iss":"b"}"#);
    assert_eq!(
        code(&signed(&encode(&header()), &payload_twice)),
        "json.duplicate_member"
    );
}

#[test]
fn attack_k_05_a_mirrored_signature_is_the_same_credential() {
    // n - s verifies as well as s; nothing may hang on the bytes of a signature.
    let good = forge(&header(), &credential());
    let compact = Compact::decode(&good).expect("a token");
    let cut = good.rfind('.').expect("a dot");
    let mut signature = URL_SAFE_NO_PAD.decode(&good[cut + 1..]).expect("base64url");
    mirror(&mut signature[32..]);
    let mirrored = format!("{}.{}", &good[..cut], URL_SAFE_NO_PAD.encode(&signature));
    assert_ne!(mirrored, good);
    assert_eq!(code(&mirrored), "verified");
    assert_eq!(
        Compact::decode(&mirrored).expect("a token").payload(),
        compact.payload()
    );
}

/// Replaces s by the order of P-256 minus s.
fn mirror(s: &mut [u8]) {
    let order =
        crate::support::hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut borrow = 0;
    for (byte, of_order) in s.iter_mut().zip(order).rev() {
        let difference = i16::from(of_order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = difference.rem_euclid(256) as u8;
    }
}

#[test]
fn tokens_and_their_keys_are_judged_by_jwk_as_published() {
    // The issuer's published JWK, not the key in memory, verifies what the keyring signs.
    let keyring = keyring(jwt_secret(), KeyState::Current);
    let token = vc_jwt::sign(&credential(), keyring.current(KeyUse::Jwt)).expect("a token");
    let published = keyring
        .jwk(&KeyId::new("jwt").expect("a fragment"))
        .expect("a JWK");
    let key = PublicKey::from_jwk(&published).expect("a key");
    Compact::decode(&token)
        .expect("a token")
        .verify(&key)
        .expect("a good signature");
}

#[test]
fn random_damage_gives_a_refusal_and_never_a_panic() {
    let good = forge(&header(), &credential());
    let mut bytes = [0_u8; 4000];
    getrandom::fill(&mut bytes).expect("random bytes");
    for damage in bytes.chunks(4) {
        let mut token = good.clone().into_bytes();
        let at = usize::from(u16::from_be_bytes([damage[0], damage[1]])) % token.len();
        match damage[2] % 4 {
            0 => token.truncate(at),
            1 => token[at] = damage[3] & 0x7f,
            2 => token.insert(at, b'.'),
            _ => token.extend_from_within(at..),
        }
        let token = String::from_utf8(token).expect("text");
        assert!(token == good || code(&token) != "verified", "{token}");
    }
}
