//! Attacks on keys and on the mathematics of signatures, in badges that go through every form.

mod curves;
mod number;
mod rsa;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::forge::{Key, badge, payload, with};
use crate::forms::{Case, hold};
use crate::support::{hex, repository};
use crate::web::Web;

/// The description of a secret key holds what would have to compile. Forms: type system.
#[test]
fn attack_k_03_no_function_signs_with_a_public_key_beside_the_secret() {
    let source = repository().join("keys/src/secret.rs");
    let source = std::fs::read_to_string(source).expect("the source");
    let attempts: Vec<&str> = source.split("/// ```compile_fail\n").skip(1).collect();
    let mixed = attempts
        .iter()
        .find(|text| text.contains("secret.sign_ed25519(b\"message\", other"));
    assert!(mixed.is_some(), "the attempt that must not compile is gone");
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_06_what_is_no_point_of_the_curve_is_no_key_of_a_badge() {
    let x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    let y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    let off = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298";
    let field = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    let zero = "00".repeat(32);
    let mut cases = Vec::new();
    for (name, x, y) in [
        ("off the curve", x, off),
        ("at infinity", &zero, &zero),
        ("beyond the field", field, y),
        ("a longer coordinate", &format!("00{x}"), y),
        ("a shorter coordinate", &x[2..], y),
        ("no coordinates", "", ""),
        ("twice the same", x, x),
    ] {
        let encode = |digits: &str| URL_SAFE_NO_PAD.encode(hex(digits));
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)});
        let case = Case::new(name, of_host("ES256"), "refused/key.invalid");
        cases.push(case.on(&host(&jwk)));
    }
    for (name, point) in [
        ("compressed beyond the field", format!("02{field}")),
        ("compressed on no point", format!("02{}", "ff".repeat(32))),
        ("hybrid", format!("06{x}{y}")),
        ("compact", format!("05{x}")),
        ("uncompressed", format!("04{x}{y}")),
        ("infinity in a byte", "00".to_owned()),
    ] {
        let did = multikey(&[0x80, 0x24], &hex(&point));
        cases.push(Case::new(name, of(&did, "ES256"), "refused/did.invalid"));
    }
    hold("K-06", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_10_secrets_symmetric_keys_and_doubled_names_sign_no_badge() {
    let mut cases = Case::fixtures(&[
        "refused/key.private_material",
        "refused/key.ambiguous",
        "refused/key.invalid",
    ]);
    let secret = "dGhpcyBpcyBzZWNyZXQ";
    let good = Key::DistrictP256.public().jwk();
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] {
        let jwk = with(&good, &format!("/{member}"), json!(secret));
        let case = Case::new(member, of_host("ES256"), "refused/key.private_material");
        cases.push(case.on(&host(&jwk)));
    }
    for (name, jwk, code) in [
        (
            "symmetric",
            json!({"kty": "oct", "k": secret}),
            "key.private_material",
        ),
        (
            "unknown curve",
            with(&good, "/crv", json!("P-521")),
            "key.invalid",
        ),
        (
            "curve of another name",
            with(&good, "/crv", json!("p-256")),
            "key.invalid",
        ),
        (
            "of another kind",
            with(&good, "/kty", json!("OKP")),
            "key.invalid",
        ),
        ("no object", json!("key"), "key.invalid"),
    ] {
        let case = Case::new(name, of_host("ES256"), format!("refused/{code}"));
        cases.push(case.on(&host(&jwk)));
    }
    hold("K-10", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_11_a_did_key_has_one_spelling_in_a_badge() {
    let mut cases = Case::fixtures(&["refused/did.invalid"]);
    let good = Key::School.did();
    let ed25519 = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let p256 = hex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    let mut wrong = vec![
        good.replace("did:key:z", "did:key:u"),
        good.replace("did:key:z", "did:key:"),
        good.replace("z6Mk", "z6M0"),
        good.replace("did:key:", "did:key:1.1:"),
        // ed 81 00 and 80 a4 00 are the same numbers in more bytes.
        multikey(&[0xed, 0x81, 0x00], &ed25519),
        multikey(&[0x80, 0xa4, 0x00], &p256),
        multikey(&[0xed], &ed25519),
    ];
    let codecs: [&[u8]; 8] = [
        &[0xed, 0x01],
        &[0xec, 0x01],
        &[0xe7, 0x01],
        &[0x80, 0x24],
        &[0x81, 0x24],
        &[0x82, 0x24],
        &[0x85, 0x24],
        &[0x00, 0x00],
    ];
    for codec in codecs {
        for length in [0, 31, 32, 33, 34, 49, 65] {
            let fits = matches!(
                (codec, length),
                ([0xed, 0x01], 32) | ([0x80, 0x24], 33) | ([0x81, 0x24], 49)
            );
            if !fits {
                wrong.push(multikey(codec, &vec![2; length]));
            }
        }
    }
    for did in wrong {
        cases.push(Case::new(&did, of(&did, "EdDSA"), "refused/did.invalid"));
    }
    hold("K-11", &cases).await;
}

fn invalid(name: &str, presented: impl Into<Vec<u8>>) -> Case {
    Case::new(name, presented, "refused/signature.invalid")
}

/// The token with another signature.
fn changed_token(token: &str, change: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(change(&signature)))
}

/// The badge with another value in its proof.
fn changed_proof(badge: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let badge: Value = serde_json::from_slice(badge).expect("JSON");
    let value = badge["proof"]["proofValue"].as_str().expect("a value");
    let value = bs58::decode(&value[1..]).into_vec().expect("base58");
    let value = format!("z{}", bs58::encode(change(&value)).into_string());
    with(&badge, "/proof/proofValue", json!(value)).to_string()
}

fn signing_input(header: &Value, payload: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(payload))
}

/// A token with these bytes for a signature.
fn spelt(header: &Value, payload: &Value, signature: &[u8]) -> String {
    let input = signing_input(header, payload);
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn multikey(codec: &[u8], key: &[u8]) -> String {
    let bytes = [codec, key].concat();
    format!("did:key:z{}", bs58::encode(bytes).into_string())
}

/// A token of this issuer that nobody has signed.
fn of(did: &str, algorithm: &str) -> String {
    let kid = format!("{did}#{}", did.rsplit(':').next().unwrap_or_default());
    let header = json!({"alg": algorithm, "kid": kid, "typ": "JWT"});
    spelt(&header, &payload(&badge(did)), &[7; 64])
}

const HOST: &str = "did:web:keys.example";

fn key_of_host(algorithm: &str) -> Value {
    json!({"alg": algorithm, "kid": format!("{HOST}#key"), "typ": "JWT"})
}

/// A token of the host's that nobody has signed.
fn of_host(algorithm: &str) -> String {
    spelt(&key_of_host(algorithm), &payload(&badge(HOST)), &[7; 64])
}

/// A web in which the host has this one key.
fn host(jwk: &Value) -> Arc<Web> {
    let id = format!("{HOST}#key");
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": HOST,
        "verificationMethod": [
            {"id": id, "type": "JsonWebKey", "controller": HOST, "publicKeyJwk": jwk},
        ],
        "assertionMethod": [id],
    });
    let mut web = Web::read();
    web.serve(
        "https://keys.example/.well-known/did.json",
        document.to_string(),
    );
    Arc::new(web)
}
