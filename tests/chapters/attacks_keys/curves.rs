//! Attacks on signatures of Ed25519 and ECDSA: what is none is told as `signature.invalid`.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{PublicKey, SecretKey};
use serde_json::json;
use sha2::{Digest, Sha512};

use super::super::status::{BYTES, LIST, list};
use crate::forge::{self, Key, badge, header, payload, token, with};
use crate::forms::{Case, hold};
use crate::support::hex;
use crate::web::{Web, presented};

use super::number::{Int, ORDER};
use super::*;

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_01_a_second_spelling_of_the_number_is_no_signature() {
    let mut cases = Vec::new();
    for (name, times) in [("one order more", 1), ("seven orders more", 7)] {
        let other = |signature: &[u8]| {
            let mut scalar = Int::little(&signature[32..]);
            for _ in 0..times {
                scalar = scalar.plus(ORDER);
            }
            [&signature[..32], &scalar.to_little()].concat()
        };
        cases.push(invalid(name, changed_token(&forge::school_token(), other)));
        let plain = presented("verified/did-key.json");
        cases.push(invalid(name, changed_proof(&plain, other)));
    }
    let order = |_: &[u8]| [[9; 32], ORDER.to_little()].concat();
    cases.push(invalid(
        "the order",
        changed_token(&forge::school_token(), order),
    ));
    hold("K-01", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_02_points_of_small_order_make_neither_keys_nor_commitments() {
    let mut cases = vec![invalid("neutral commitment", neutral_commitment())];
    for (name, point) in TORSION {
        // A signature of zeros holds under such a key for every eighth message, or for all of them.
        let did = multikey(&[0xed, 0x01], &hex(point));
        let mut signature = hex(TORSION[0].1);
        signature.extend([0; 32]);
        let kid = format!("{did}#{}", &did[8..]);
        let claims = payload(&badge(&did));
        let token = spelt(
            &json!({"alg": "EdDSA", "kid": kid, "typ": "JWT"}),
            &claims,
            &signature,
        );
        cases.push(Case::new(name, token, told(point)));
    }
    // The same keys in the document of a host.
    for (name, point) in TORSION {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(hex(point))});
        let case = Case::new(name, of_host("EdDSA"), told(point).replace("did.", "key."));
        cases.push(case.on(&host(&jwk)));
    }
    hold("K-02", &cases).await;

    fn told(point: &str) -> String {
        let refusal = PublicKey::from_ed25519(&hex(point))
            .expect_err("no key")
            .code();
        format!("refused/{refusal}")
    }
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_04_ecdsa_numbers_out_of_range_or_in_der_are_no_signature() {
    let key = Key::SchoolP256;
    let token = token(
        &header(key, &key.method()),
        &payload(&badge(&key.did())),
        key,
    );
    let order = hex(P256_ORDER);
    let mut beyond = order.clone();
    beyond[31] += 1;
    let (zero, most) = (vec![0; 32], vec![0xff; 32]);
    let r = |number: &[u8]| {
        let number = number.to_vec();
        move |good: &[u8]| [&number, &good[32..]].concat()
    };
    let s = |number: &[u8]| {
        let number = number.to_vec();
        move |good: &[u8]| [&good[..32], &number].concat()
    };
    let mut cases = vec![
        Case::new("as it was", token.clone(), "verified"),
        // A token without a signature is one that nobody signed.
        Case::new(
            "nothing",
            changed_token(&token, |_| Vec::new()),
            "refused/jwt.alg_not_allowed",
        ),
        invalid("both zero", changed_token(&token, |_| vec![0; 64])),
        invalid(
            "a byte less",
            changed_token(&token, |good| good[..63].to_vec()),
        ),
        invalid(
            "a byte more",
            changed_token(&token, |good| [good, &[0]].concat()),
        ),
        invalid(
            "padded in front",
            changed_token(&token, |good| {
                [&[0], &good[..32], &[0], &good[32..]].concat()
            }),
        ),
        invalid("in DER", changed_token(&token, der)),
        invalid(
            "in exchange",
            changed_token(&token, |good| [&good[32..], &good[..32]].concat()),
        ),
    ];
    for (name, number) in [
        ("zero", &zero),
        ("order", &order),
        ("beyond", &beyond),
        ("most", &most),
    ] {
        cases.push(invalid(
            &format!("r is {name}"),
            changed_token(&token, r(number)),
        ));
        cases.push(invalid(
            &format!("s is {name}"),
            changed_token(&token, s(number)),
        ));
    }
    for fixture in [
        "ecdsa-rdfc-2019-p256",
        "ecdsa-rdfc-2019-p384",
        "ecdsa-jcs-2019-p384",
    ] {
        let good = presented(&format!("verified/{fixture}.json"));
        for (name, half) in [("r is zero", 0), ("s is zero", 1)] {
            let zero = move |good: &[u8]| {
                let mut changed = good.to_vec();
                let size = changed.len() / 2;
                changed[half * size..][..size].fill(0);
                changed
            };
            cases.push(invalid(
                &format!("{fixture}: {name}"),
                changed_proof(&good, zero),
            ));
        }
    }
    hold("K-04", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_k_05_the_twin_is_the_same_badge_in_every_form() {
    let twin = |good: &[u8]| {
        let s = Int::big(&good[32..]);
        [&good[..32], &Int::big(&hex(P256_ORDER)).minus(s).to_big()].concat()
    };
    let token = String::from_utf8(presented("verified/did-web-es256.jwt")).expect("ASCII");
    let (revoked, web) = revoked();
    let cases = [
        Case::new("token", changed_token(token.trim(), twin), "verified"),
        Case::new(
            "proof",
            changed_proof(&presented("verified/ecdsa-rdfc-2019-p256.json"), twin),
            "verified",
        ),
        Case::new("revoked", revoked.clone(), "refused/status.revoked").on(&web),
        Case::new(
            "twin of a revoked one",
            changed_token(&revoked, twin),
            "refused/status.revoked",
        )
        .on(&web),
    ];
    hold("K-05", &cases).await;
}

/// Twenty thousand signatures over as many messages, and not one commitment twice; a million where
/// `ASSAY_SIGNATURES` says so. Forms: library.
#[test]
fn attack_k_12_no_commitment_comes_twice() {
    let asked = std::env::var("ASSAY_SIGNATURES").ok();
    let most: u32 = asked.map_or(20_000, |number| number.parse().expect("a number"));
    let keys = [
        SecretKey::ed25519([7; 32]),
        SecretKey::p256([7; 32]).expect("a scalar"),
    ];
    thread::scope(|scope| {
        for key in &keys {
            scope.spawn(move || {
                let mut seen = HashSet::new();
                for number in 0..most / 2 {
                    let signature = key.sign_jws(&number.to_be_bytes()).expect("a signature");
                    assert!(seen.insert(signature[..32].to_vec()), "message {number}");
                }
            });
        }
    });
}

/// A token of the school's P-256 key, whose place in the list of the same is set.
fn revoked() -> (String, Arc<Web>) {
    let key = Key::SchoolP256;
    let list = with(
        &list(json!("revocation"), &[9], BYTES),
        "/issuer",
        json!(key.did()),
    );
    let list = with(&list, "/iss", json!(key.did()));
    let mut web = Web::read();
    web.serve(LIST, token(&header(key, &key.method()), &list, key));
    let entry = forge::status("own", "revocation", json!("9"));
    let badge = with(&badge(&key.did()), "/credentialStatus", entry);
    let badge = token(&header(key, &key.method()), &payload(&badge), key);
    (badge, Arc::new(web))
}

/// A token of the school's for which R is the neutral element and S is k·a, so that the equation of
/// RFC 8032, section 5.1.7, holds.
fn neutral_commitment() -> String {
    let key = Key::School;
    let input = signing_input(&header(key, &key.method()), &payload(&badge(&key.did())));
    let PublicKey::Ed25519(_) = key.public() else {
        panic!("an Ed25519 key")
    };
    let public = bs58::decode(&key.multibase()[1..])
        .into_vec()
        .expect("base58");
    let neutral = hex(TORSION[0].1);
    let hash = Sha512::digest([&neutral[..], &public[2..], input.as_bytes()].concat());
    let mut secret: [u8; 32] = Sha512::digest([1; 32])[..32]
        .try_into()
        .expect("half of it");
    secret[0] &= 0xf8;
    secret[31] = secret[31] & 0x7f | 0x40;
    let scalar = Int::product(&hash, &secret);
    format!(
        "{input}.{}",
        URL_SAFE_NO_PAD.encode([neutral, scalar.to_little().to_vec()].concat())
    )
}

/// An ECDSA signature as X.509 writes it.
fn der(raw: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let zero = if bytes[0] & 0x80 == 0 { &[][..] } else { &[0] };
        let length = (zero.len() + bytes.len()) as u8;
        [&[2, length], zero, bytes].concat()
    };
    let numbers = [integer(&raw[..32]), integer(&raw[32..])].concat();
    [&[0x30, numbers.len() as u8], &numbers[..]].concat()
}

/// The order of P-256 (SEC 2, section 2.4.2).
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// The eight points of the torsion subgroup of Ed25519, and second spellings of some.
const TORSION: [(&str, &str); 11] = [
    (
        "order 1",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order 2",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "order 4",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order 4 too",
        "0000000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "order 8, first",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ),
    (
        "order 8, second",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ),
    (
        "order 8, third",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ),
    (
        "order 8, fourth",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ),
    (
        "order 1 again",
        "0100000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "order 4 again",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "order 1 once more",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
];
