//! Group T, second half: what a token is and what it carries, through every form.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use issuer::person;
use issuer::rights::Scope;
use serde_json::{Map, Value, json};
use std::io::Write as _;
use verifier::{Documents, Policy, verify};

use super::headers::{cases, parts, with_header};
use crate::forge::{DISTRICT, Key, badge, header, payload, school_token, token, with};
use crate::forms::{Case, hold};
use crate::served::Served;
use crate::web::{now, told};

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_09_a_badge_in_another_serialization_is_refused() {
    let mut all = Case::fixtures(&["refused/jwt.serialization/flattened.json"]);
    let good = school_token();
    let parts: Vec<&str> = good.split('.').collect();
    let one = json!({"protected": parts[0], "signature": parts[2]});
    let unsigned_head =
        json!({"signature": parts[2], "header": {"alg": "EdDSA", "kid": Key::School.method()}});
    for (name, value) in [
        (
            "flattened",
            json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]}),
        ),
        ("general", json!({"payload": parts[1], "signatures": [one]})),
        (
            "twice",
            json!({"payload": parts[1], "signatures": [one, one]}),
        ),
        ("nobody", json!({"payload": parts[1], "signatures": []})),
        (
            "unsigned head",
            json!({"payload": parts[1], "signatures": [unsigned_head]}),
        ),
    ] {
        all.push(Case::new(
            name,
            value.to_string(),
            "refused/jwt.serialization",
        ));
    }
    hold("T-09", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_10_a_badge_has_one_spelling_as_a_token() {
    let good = school_token();
    let parts: Vec<&str> = good.split('.').collect();
    let mut others = vec![
        format!("{good}="),
        format!("{good}=="),
        format!("{good}."),
        format!("{good}.AAAA"),
        format!("{} .{}.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}\r\n.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}%3D", parts[0], parts[1], parts[2]),
    ];
    for (at, part) in parts.iter().enumerate() {
        let spelled = |spelling: String| {
            let mut spelled = parts.clone();
            spelled[at] = &spelling;
            spelled.join(".")
        };
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        for spelling in [URL_SAFE.encode(&bytes), STANDARD.encode(&bytes)] {
            if spelling != *part {
                others.push(spelled(spelling));
            }
        }
        // Unused bits of the last character that are set.
        let unused: u32 = match part.len() % 4 {
            2 => 4,
            3 => 2,
            _ => 0,
        };
        for bits in 1..1_usize << unused {
            let last = part.chars().last().expect("a character");
            let position = ALPHABET.find(last).expect("base64url");
            let end = &ALPHABET[position | bits..=position | bits];
            others.push(spelled(format!("{}{end}", &part[..part.len() - 1])));
        }
        others.push(spelled(format!("{part}=")));
        let (begin, end) = part.split_at(part.len() / 2);
        others.push(spelled(format!("{begin}+{}", &end[1..])));
        others.push(spelled(format!("{begin}/{}", &end[1..])));
    }
    assert!(others.len() > 25);
    let tokens = others.into_iter().enumerate();
    let tokens = tokens.map(|(number, token)| (format!("spelling {number}"), token));
    let mut all = cases("refused/jwt.encoding", tokens);
    all.extend(Case::fixtures(&["refused/jwt.encoding"]));
    hold("T-10", &all).await;
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_11_nothing_in_a_token_is_inflated_or_decrypted() {
    let mut all = Case::fixtures(&[
        "refused/jwt.serialization/compressed.jwt",
        "refused/jwt.serialization/encrypted.jwt",
    ]);
    let (mut head, _) = parts();
    head["zip"] = json!("DEF");
    for bytes in [1_usize << 10, 1 << 20, 100 << 20] {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        for _ in 0..bytes / 1024 {
            packed.write_all(&[b' '; 1024]).expect("a vector takes all");
        }
        let packed = packed.finish().expect("a vector takes all");
        let input = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(head.to_string()),
            URL_SAFE_NO_PAD.encode(packed)
        );
        let signature = Key::School
            .secret()
            .sign_jws(input.as_bytes())
            .expect("a signature");
        let bomb = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert!(bomb.len() < 1 << 20);
        let began = Instant::now();
        let name = format!("{bytes} bytes");
        all.push(Case::new(name, bomb.clone(), "refused/jwt.serialization"));
        verify(
            bomb.as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now(),
        );
        assert!(
            began.elapsed() < Duration::from_millis(200),
            "something was inflated"
        );
    }
    for (member, value) in [("enc", "A256GCM"), ("zip", "GZ")] {
        let token = with_header(member, json!(value));
        all.push(Case::new(member, token, "refused/jwt.serialization"));
    }
    hold("T-11", &all).await;
}

/// Tokens of other kinds, also every kind that the service itself hands out.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_12_a_token_of_another_kind_is_no_badge() {
    let mut all = Case::fixtures(&["refused/jwt.typ"]);
    for typ in [
        json!("at+jwt"),
        json!("dpop+jwt"),
        json!("vp+jwt"),
        json!("statuslist+jwt"),
        json!("jwt"),
        json!("VC+JWT"),
        json!(""),
        json!(null),
        json!(["JWT"]),
    ] {
        let name = typ.to_string();
        all.push(Case::new(name, with_header("typ", typ), "refused/jwt.typ"));
    }
    all.push(Case::new(
        "cty",
        with_header("cty", json!("vp")),
        "refused/jwt.typ",
    ));
    let (head, _) = parts();
    for body in [
        json!({"vp": {}}),
        json!([]),
        json!("text"),
        json!(7),
        json!(null),
    ] {
        let name = body.to_string();
        all.push(Case::new(
            name,
            token(&head, &body, Key::School),
            "refused/jwt.typ",
        ));
    }
    // Claims of an access token, under the type of a credential: it holds none.
    let access = json!({"iss": Key::School.did(), "sub": "ada", "aud": "x", "scope": "badges"});
    let told = "refused/credential.not_a_badge";
    all.push(Case::new(
        "claims alone",
        token(&head, &access, Key::School),
        told,
    ));

    // What our own service hands out.
    let served = Served::new().await;
    served.published_badge();
    let ada = served.test.person("ada", &[]);
    let bearer = person::make_token(&served.test.app, ada.id, Scope::all(), served.test.now)
        .expect("a token");
    let unsupported = "refused/input.unsupported";
    all.push(Case::new(
        "bearer token",
        bearer.expose().as_bytes(),
        unsupported,
    ));
    for (path, told) in [
        ("/log/checkpoint", unsupported),
        ("/status/1", "refused/credential.not_a_badge"),
        ("/.well-known/did.json", "refused/credential.not_a_badge"),
        ("/.well-known/jwks.json", "refused/credential.not_a_badge"),
        ("/issuer", "refused/credential.not_a_badge"),
        ("/achievements/wait-time", "refused/credential.not_a_badge"),
    ] {
        let request = served.request(reqwest::Method::GET, path);
        let answer = request
            .header("accept", "application/json")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = answer.bytes().await.expect("a body").to_vec();
        all.push(Case::new(path, bytes, told));
    }
    hold("T-12", &all).await;
}

/// Each claim changed alone, and each member of the credential that a claim repeats.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_13_a_badge_that_its_claims_contradict_is_refused() {
    let mut all = Case::fixtures(&["refused/jwt.claim_mismatch", "verified/claims-missing.jwt"]);
    let (head, body) = parts();
    let body = with(&body, "/validUntil", json!("2027-10-01T08:00:00Z"));
    let body = with(&body, "/exp", json!(1_822_377_600));
    all.push(Case::new(
        "all agree",
        token(&head, &body, Key::School),
        "verified",
    ));
    for (claim, others) in [
        (
            "iss",
            [
                json!(Key::Stranger.did()),
                json!([Key::School.did()]),
                json!(null),
                json!(""),
            ],
        ),
        (
            "jti",
            [json!("urn:uuid:0"), json!(7), json!(null), json!([])],
        ),
        (
            "sub",
            [
                json!("did:example:other"),
                json!({}),
                json!(null),
                json!(""),
            ],
        ),
        (
            "nbf",
            [
                json!(1_790_841_601),
                json!("1790841600"),
                json!(null),
                json!(-1),
            ],
        ),
        (
            "exp",
            [json!(1_822_377_601), json!(1e300), json!(null), json!(0)],
        ),
    ] {
        for other in others {
            let changed = with(&body, &format!("/{claim}"), other.clone());
            let token = token(&head, &changed, Key::School);
            // What is no statement at all is refused as that, before it is compared.
            let told = match &other {
                Value::Null => "refused/ld.data_loss",
                Value::String(text) if text.is_empty() => "refused/ld.relative_iri",
                _ => "refused/jwt.claim_mismatch",
            };
            all.push(Case::new(format!("{claim} {other}"), token, told));
        }
    }
    for (pointer, value) in [
        (
            "/id",
            json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2a02"),
        ),
        (
            "/credentialSubject/id",
            json!("urn:uuid:0f4d9a52-0f0e-4b6d-8b59-3f8f3f1c7a03"),
        ),
        ("/validFrom", json!("2026-10-01T08:00:01Z")),
        ("/validUntil", json!("2027-10-01T08:00:01Z")),
    ] {
        let token = token(&head, &with(&body, pointer, value), Key::School);
        all.push(Case::new(pointer, token, "refused/jwt.claim_mismatch"));
    }
    hold("T-13", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_14_a_token_holds_one_badge() {
    let mut all = Case::fixtures(&["refused/jwt.ambiguous_payload"]);
    let (head, body) = parts();
    let inner = badge(&Key::School.did());
    let told = "refused/jwt.ambiguous_payload";
    for other in [inner.clone(), with(&inner, "/name", json!("Other"))] {
        let after = with(&body, "/vc", other.clone());
        let mut before = Map::from_iter([("vc".to_owned(), other)]);
        before.extend(body.as_object().expect("an object").clone());
        for (name, payload) in [("after", after), ("before", Value::Object(before))] {
            all.push(Case::new(name, token(&head, &payload, Key::School), told));
        }
    }
    for member in [
        "@context",
        "id",
        "type",
        "issuer",
        "credentialSubject",
        "name",
        "proof",
    ] {
        let claims = json!({"vc": inner, "iss": Key::School.did(), member: "other"});
        all.push(Case::new(member, token(&head, &claims, Key::School), told));
    }
    hold("T-14", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_15_a_token_that_is_too_long_is_refused_by_its_length() {
    let good = school_token();
    let dots = ".".repeat((1 << 20) + 1);
    let long = format!("eyJ{}", "A".repeat(100_000_000));
    let inputs = [
        ("a million dots", dots.into_bytes()),
        (
            "a header of a mebibyte",
            format!("eyJ{}.AAAA.AAAA", "A".repeat(1 << 20)).into_bytes(),
        ),
        (
            "a header of nine kibibytes",
            with_header("typ", json!("x".repeat(9 << 10))).into_bytes(),
        ),
        (
            "a long signature",
            format!("{good}{}", "A".repeat(1 << 20)).into_bytes(),
        ),
        ("a hundred megabytes", long.into_bytes()),
    ];
    let mut all = Vec::new();
    for (name, bytes) in inputs {
        // The best of five: the machine may be busy, but the answer hangs on the length alone.
        let quickest = (0..5).map(|_| {
            let began = Instant::now();
            let report = verify(&bytes, &Documents::default(), &Policy::default(), now());
            assert_eq!(told(&report), "refused/input.too_large", "{name}");
            began.elapsed()
        });
        assert!(quickest.min() < Some(Duration::from_millis(5)), "{name}");
        // The program and the service see ten mebibytes of it at most, and no more is sent here.
        let sent = bytes.len().min(9 << 20);
        all.push(Case::new(name, &bytes[..sent], "refused/input.too_large"));
    }
    hold("T-15", &all).await;
}

/// Two sets of keys with the same names in them.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_16_a_key_is_the_issuers_by_more_than_its_name() {
    let mut all = Case::fixtures(&["refused/signature.invalid/another-key-with-this-kid.jwt"]);
    for (kid, own, other) in [
        (Key::School.method(), Key::School, Key::Stranger),
        (format!("{DISTRICT}#key-1"), Key::District, Key::Stranger),
        (format!("{DISTRICT}#p256"), Key::DistrictP256, Key::Upload),
        (
            "https://badges.example/keys/p256".to_owned(),
            Key::DistrictP256,
            Key::Upload,
        ),
    ] {
        let issuer = match own {
            Key::School => own.did(),
            _ => DISTRICT.to_owned(),
        };
        let body = payload(&badge(&issuer));
        let head = header(own, &kid);
        all.push(Case::new(&kid, token(&head, &body, own), "verified"));
        let told = "refused/signature.invalid";
        all.push(Case::new(
            format!("{kid} by another"),
            token(&head, &body, other),
            told,
        ));
    }
    hold("T-16", &all).await;
}
