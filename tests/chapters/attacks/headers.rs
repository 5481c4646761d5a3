//! Group T, first half: how a token says that it was signed, through every form.

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};
use verifier::Policy;

use crate::forge::{
    DISTRICT, Key, badge, header, payload, raw_token, school_token, token, with, without,
};
use crate::forms::{Case, hold};
use crate::program;
use crate::support::hex;
use crate::web::{Web, now};

/// The head of a good token of the school, and its payload.
pub(super) fn parts() -> (Value, Value) {
    let key = Key::School;
    (header(key, &key.method()), payload(&badge(&key.did())))
}

/// A token of the school, well signed, with this member in its head.
pub(super) fn with_header(member: &str, value: Value) -> String {
    let (head, body) = parts();
    let mut head = head;
    head[member] = value;
    token(&head, &body, Key::School)
}

pub(super) fn cases(told: &str, tokens: impl IntoIterator<Item = (String, String)>) -> Vec<Case> {
    let case = |(name, token)| Case::new(name, token, told);
    tokens.into_iter().map(case).collect()
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_01_a_badge_that_nobody_signed_is_refused() {
    let (_, body) = parts();
    let mut tokens = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "", "null", "none "] {
        let whole = with_header("alg", json!(alg));
        let (input, _) = whole.rsplit_once('.').expect("a signature");
        tokens.push((format!("{alg}, signed"), whole.clone()));
        tokens.push((format!("{alg}, empty signature"), format!("{input}.")));
        tokens.push((format!("{alg}, no signature"), input.to_owned()));
    }
    let good = school_token();
    let (input, _) = good.rsplit_once('.').expect("a signature");
    tokens.push(("empty signature".to_owned(), format!("{input}.")));
    tokens.push(("no signature".to_owned(), input.to_owned()));
    for alg in [json!(null), json!(7), json!(["EdDSA"]), json!({})] {
        tokens.push((format!("{alg}"), with_header("alg", alg)));
    }
    let without = without(&parts().0, "/alg");
    tokens.push((
        "no algorithm".to_owned(),
        token(&without, &body, Key::School),
    ));
    hold("T-01", &cases("refused/jwt.alg_not_allowed", tokens)).await;
}

/// The issuer's public key, in each form in which somebody might take it for a secret, as the key of an HMAC.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_02_a_public_key_is_no_secret() {
    let ed25519 = bytes_of(&Key::School.public().jwk()["x"]);
    let p256 = {
        let jwk = Key::DistrictP256.public().jwk();
        [vec![4], bytes_of(&jwk["x"]), bytes_of(&jwk["y"])].concat()
    };
    // SubjectPublicKeyInfo (RFC 8410, section 4; RFC 5480, section 2).
    let prefixes = [
        (
            "302a300506032b6570032100",
            ed25519,
            Key::School.public().jwk(),
        ),
        (
            "3059301306072a8648ce3d020106082a8648ce3d030107034200",
            p256,
            Key::DistrictP256.public().jwk(),
        ),
    ];
    let mut tokens = Vec::new();
    for (prefix, raw, jwk) in prefixes {
        let der = [hex(prefix), raw.clone()].concat();
        let lines = STANDARD.encode(&der);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n");
        let secrets = [
            ("raw", raw),
            ("DER", der),
            ("PEM", pem.into_bytes()),
            ("JWK", jwk.to_string().into_bytes()),
        ];
        for (form, secret) in secrets {
            for alg in ["HS256", "HS384", "HS512"] {
                let (mut head, body) = parts();
                head["alg"] = json!(alg);
                let unsigned = raw_token(&head.to_string(), &body.to_string(), Key::School);
                let (input, _) = unsigned.rsplit_once('.').expect("a signature");
                let mac = match alg {
                    "HS256" => hmac::<Sha256>(&secret, input.as_bytes(), 64),
                    "HS384" => hmac::<Sha384>(&secret, input.as_bytes(), 128),
                    _ => hmac::<Sha512>(&secret, input.as_bytes(), 128),
                };
                let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac));
                tokens.push((format!("{alg} with {form}"), token));
            }
        }
    }
    for alg in [
        "RS384", "PS256", "ES512", "ES256K", "Ed25519", "dir", "es256",
    ] {
        tokens.push((alg.to_owned(), with_header("alg", json!(alg))));
    }
    hold("T-02", &cases("refused/jwt.alg_not_allowed", tokens)).await;
}

fn bytes_of(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD
        .decode(text.as_str().expect("a text"))
        .expect("base64url")
}

/// HMAC (RFC 2104), over a hash with blocks of this length.
fn hmac<H: Digest>(key: &[u8], message: &[u8], block: usize) -> Vec<u8> {
    let mut key = match key.len() > block {
        true => H::digest(key).to_vec(),
        false => key.to_vec(),
    };
    key.resize(block, 0);
    let padded = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<_>>();
    let inner = H::digest([padded(0x36), message.to_vec()].concat());
    H::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

/// Every algorithm with every kind of key, and keys that say themselves what they are for.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_03_a_badge_is_signed_with_the_algorithm_of_its_key() {
    let mut all = Case::fixtures(&[
        "refused/jwt.alg_key_mismatch",
        "refused/key.invalid/did-web-x25519.json",
        "refused/key.invalid/did-jwk-x25519.json",
    ]);
    let body = payload(&badge(DISTRICT));
    for (key, name, fitting) in [
        (Key::District, "key-1", "EdDSA"),
        (Key::DistrictP256, "p256", "ES256"),
        (Key::DistrictRsa, "rsa", "RS256"),
    ] {
        for alg in ["EdDSA", "ES256", "RS256"] {
            let head = json!({"alg": alg, "kid": format!("{DISTRICT}#{name}"), "typ": "JWT"});
            let told = match alg == fitting {
                true => "verified",
                false => "refused/jwt.alg_key_mismatch",
            };
            all.push(Case::new(
                format!("{alg} under {name}"),
                token(&head, &body, key),
                told,
            ));
        }
    }
    // A P-384 key under the name of the algorithm for P-256.
    let key = Key::SchoolP384;
    let head = json!({"alg": "ES256", "kid": key.method(), "typ": "JWT"});
    let p384 = token(&head, &payload(&badge(&key.did())), Key::SchoolP256);
    all.push(Case::new(
        "ES256 under P-384",
        p384,
        "refused/jwt.alg_key_mismatch",
    ));
    // What the JWK itself says.
    let kid = format!("{DISTRICT}#p256");
    let good = token(&header(Key::DistrictP256, &kid), &body, Key::DistrictP256);
    for (member, value, told) in [
        ("use", json!("sig"), "verified"),
        ("use", json!("enc"), "refused/jwt.alg_key_mismatch"),
        ("key_ops", json!(["verify"]), "verified"),
        ("key_ops", json!(["sign"]), "refused/jwt.alg_key_mismatch"),
        (
            "key_ops",
            json!(["deriveKey"]),
            "refused/jwt.alg_key_mismatch",
        ),
        ("alg", json!("ES256"), "verified"),
        ("alg", json!("ES384"), "refused/jwt.alg_key_mismatch"),
        ("alg", json!("HS256"), "refused/jwt.alg_key_mismatch"),
    ] {
        let web = district(|method| {
            if method["id"] == kid.as_str() {
                method["publicKeyJwk"][member] = value.clone();
            }
        });
        all.push(Case::new(format!("{member} {value}"), good.clone(), told).on(&web));
    }
    hold("T-03", &all).await;
}

/// The fixtures' web, with each verification method of the district changed.
fn district(change: impl Fn(&mut Value)) -> Arc<Web> {
    let mut web = Web::read();
    let url = "https://badges.example/.well-known/did.json";
    let answer = web
        .answer(&url.parse().expect("an address"))
        .expect("a document");
    let document: Value = serde_json::from_slice(&answer.bytes).expect("JSON");
    let mut methods = document["verificationMethod"].clone();
    methods
        .as_array_mut()
        .expect("methods")
        .iter_mut()
        .for_each(change);
    web.change(url, "verificationMethod", methods);
    Arc::new(web)
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_04_a_badge_does_not_bring_its_own_key() {
    let mut all = Case::fixtures(&[
        "refused/jwt.embedded_key_untrusted",
        "refused/key.private_material/private-key-in-the-token.jwt",
        "verified/own-key-in-the-token.jwt",
    ]);
    let (stranger, body) = (Key::Stranger, parts().1);
    let own = stranger.public().jwk();
    let kid = Key::School.method();
    for (name, head) in [
        ("alone", json!({"alg": "EdDSA", "jwk": own})),
        (
            "beside the issuer's",
            json!({"alg": "EdDSA", "jwk": own, "kid": kid}),
        ),
        (
            "beside its own",
            json!({"alg": "EdDSA", "jwk": own, "kid": stranger.method()}),
        ),
        (
            "a certificate",
            json!({"alg": "EdDSA", "x5c": ["MIIB"], "kid": kid}),
        ),
    ] {
        let told = match name {
            // Its name is asked for first, and is somebody else's.
            "beside its own" => "refused/issuer.key_not_controlled",
            _ => "refused/jwt.embedded_key_untrusted",
        };
        all.push(Case::new(name, token(&head, &body, stranger), told));
    }
    let secret = with(&own, "/d", json!(URL_SAFE_NO_PAD.encode([2; 32])));
    let head = json!({"alg": "EdDSA", "jwk": secret});
    let told = "refused/key.private_material";
    all.push(Case::new("a secret", token(&head, &body, stranger), told));
    hold("T-04", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_05_no_address_in_a_header_is_called() {
    // The program may fetch from this origin; the listener sees whether it tries.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let mut all = Case::fixtures(&["refused/jwt.header_not_allowed"]);
    let members = [
        "jku", "x5u", "x5t", "x5t#S256", "iss", "nonce", "url", "epk", "p2c", "unknown", "",
    ];
    for member in members {
        for address in [
            format!("{origin}/keys"),
            "http://169.254.169.254/keys".to_owned(),
        ] {
            let token = with_header(member, json!(address));
            all.push(Case::new(
                format!("{member} {address}"),
                token,
                "refused/jwt.header_not_allowed",
            ));
        }
    }
    for case in &all {
        assert_eq!(
            case.web
                .verify_at(&case.presented, &Policy::default(), now())
                .1,
            [],
            "{}",
            case.name
        );
    }
    hold("T-05", &all).await;

    let folder = tempfile::tempdir().expect("a folder");
    for (number, case) in all.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.jwt")), &case.presented).expect("a file");
    }
    let run = program::command()
        .args(["verify", "--json", "--development", &origin])
        .arg(folder.path())
        .output()
        .expect("the program");
    assert_eq!(run.status.code(), Some(1));
    let called = listener.accept();
    assert!(called.is_err(), "{called:?}");
}

/// Names of keys that are paths, queries, addresses, a stranger's, or no text at all.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_06_the_name_of_a_key_opens_nothing() {
    let mut all = Case::fixtures(&["refused/jwt.kid_unresolved"]);
    let long = "k".repeat(513);
    for kid in [
        "",
        "../../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/dev/random",
        "file:///etc/passwd",
        "key.pem; cat /etc/passwd",
        "$(id)",
        "%2e%2e%2f",
        "' or 1=1 --",
        "1; drop table keys",
        "urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2a01",
        "data:application/json,{}",
        "a\nb",
        "a\u{0}b",
        "\u{7f}",
        "\u{202e}key",
        &long,
    ] {
        let name = format!("{:.40?}", kid);
        let token = with_header("kid", json!(kid));
        all.push(Case::new(name, token, "refused/jwt.kid_unresolved"));
    }
    for kid in [
        json!(null),
        json!(7),
        json!([Key::School.method()]),
        json!({}),
    ] {
        let name = kid.to_string();
        all.push(Case::new(
            name,
            with_header("kid", kid),
            "refused/jwt.kid_unresolved",
        ));
    }
    let mebibyte = with_header("kid", json!("k".repeat(1 << 20)));
    all.push(Case::new("a mebibyte", mebibyte, "refused/input.too_large"));
    // Somebody else's, well signed by them.
    let stranger = Key::Stranger;
    for kid in [
        stranger.method(),
        format!("{DISTRICT}#key-1"),
        "https://evil.example/key".to_owned(),
        "http://badges.example/keys/p256".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
    ] {
        let token = token(&header(stranger, &kid), &parts().1, stranger);
        all.push(Case::new(&kid, token, "refused/issuer.key_not_controlled"));
    }
    // Another way of naming keys than any we evaluate is said to be that.
    let kid = json!("did:example:school#key");
    all.push(Case::new(
        "another method",
        with_header("kid", kid),
        "refused/did.method_unsupported",
    ));
    hold("T-06", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_07_a_badge_with_critical_extensions_is_refused() {
    let mut all = Case::fixtures(&["refused/jwt.crit"]);
    for critical in [
        json!(["http://example.com/unknown"]),
        json!([]),
        json!("exp"),
        json!([7]),
        json!(["exp", "exp"]),
        json!(["alg"]),
        json!(["absent"]),
        json!(null),
        json!({"exp": true}),
    ] {
        let token = with_header("crit", critical.clone());
        all.push(Case::new(
            critical.to_string(),
            token.clone(),
            "refused/jwt.crit",
        ));
        // In the JSON serialization, protected and unprotected: refused for the form already.
        let parts: Vec<&str> = token.split('.').collect();
        let protected = json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]});
        let good = school_token();
        let good: Vec<&str> = good.split('.').collect();
        let unprotected = json!({
            "protected": good[0], "payload": good[1], "signature": good[2],
            "header": {"crit": critical},
        });
        for (place, value) in [("protected", protected), ("unprotected", unprotected)] {
            let name = format!("{critical} {place}");
            all.push(Case::new(
                name,
                value.to_string(),
                "refused/jwt.serialization",
            ));
        }
    }
    hold("T-07", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_t_08_a_badge_whose_payload_is_not_encoded_is_refused() {
    let mut tokens = Vec::new();
    for (b64, critical) in [
        (json!(false), None),
        (json!(false), Some(json!(["b64"]))),
        (json!(true), None),
        (json!(true), Some(json!(["b64"]))),
    ] {
        let (mut head, body) = parts();
        head["b64"] = b64.clone();
        let name = format!("{b64} {critical:?}");
        if let Some(critical) = critical {
            head["crit"] = critical;
        }
        let whole = token(&head, &body, Key::School);
        let parts: Vec<&str> = whole.split('.').collect();
        // Detached: the payload is left out, or stands as it is.
        tokens.push((
            format!("{name} detached"),
            format!("{}..{}", parts[0], parts[2]),
        ));
        tokens.push((name, whole));
    }
    hold("T-08", &cases("refused/jwt.crit", tokens)).await;
}
