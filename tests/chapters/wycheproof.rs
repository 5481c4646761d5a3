//! Wycheproof: each of its signatures is judged as it says, by every way that a signature is checked.

use keys::{KeyError, PublicKey};
use serde_json::Value;

use crate::support::hex;
use crate::vector_set::VectorSet;

#[test]
fn attack_k_01_ed25519_signatures_are_judged_as_wycheproof_says() {
    let read = |group: &Value| PublicKey::from_ed25519(&bytes(&group["publicKey"], "pk"));
    assert_eq!(judged("ed25519_test", "publicKeyJwk", read), 151);
}

#[test]
fn attack_k_04_p256_signatures_are_judged_as_wycheproof_says() {
    let read = |group: &Value| PublicKey::from_p256(&bytes(&group["publicKey"], "uncompressed"));
    let name = "ecdsa_secp256r1_sha256_p1363_test";
    assert_eq!(judged(name, "publicKeyJwk", read), 262);
}

#[test]
fn attack_k_04_p384_signatures_are_judged_as_wycheproof_says() {
    let read = |group: &Value| PublicKey::from_p384(&bytes(&group["publicKey"], "uncompressed"));
    let name = "ecdsa_secp384r1_sha384_p1363_test";
    assert_eq!(judged(name, "publicKeyJwk", read), 280);
}

#[test]
fn attack_k_04_der_signatures_are_refused_where_jose_wants_raw_ones() {
    let set = VectorSet::open("wycheproof");
    let mut refused = 0;
    for group in groups(&set.json("ecdsa_secp256r1_sha256_test.json")) {
        let key = PublicKey::from_p256(&bytes(&group["publicKey"], "uncompressed"));
        let key = key.expect("a good key");
        for test in group["tests"].as_array().expect("tests") {
            let (message, signature) = (bytes(test, "msg"), bytes(test, "sig"));
            assert!(!verifies(&key, &message, &signature), "{test}");
            refused += 1;
        }
    }
    println!("ecdsa_secp256r1_sha256_test: {refused} cases, all refused for their form");
    assert_eq!(refused, 484);
}

#[test]
fn attack_k_08_rsa_signatures_are_judged_as_wycheproof_says() {
    let read = |group: &Value| {
        let key = &group["publicKey"];
        PublicKey::from_rsa(&bytes(key, "modulus"), &bytes(key, "publicExponent"))
    };
    for (bits, count) in [(2048, 259), (3072, 259), (4096, 258), (8192, 258)] {
        let name = format!("rsa_signature_{bits}_sha256_test");
        assert_eq!(judged(&name, "keyJwk", read), count);
    }
}

/// Judges every signature of a file; gives their number.
fn judged(name: &str, jwk: &str, read: impl Fn(&Value) -> Result<PublicKey, KeyError>) -> usize {
    let set = VectorSet::open("wycheproof");
    let mut judge = set.judge(name);
    let mut count = 0;
    for group in groups(&set.json(&format!("{name}.json"))) {
        let key = read(group);
        // The same key as JWK is taken or refused alike. Some of these have a leading zero byte too many.
        if let Some(jwk) = group.get(jwk) {
            assert_eq!(PublicKey::from_jwk(jwk), key, "{jwk}");
        }
        for test in group["tests"].as_array().expect("tests") {
            let (message, signature) = (bytes(test, "msg"), bytes(test, "sig"));
            let outcome = match &key {
                Err(error) => error.code(),
                Ok(key) if verifies(key, &message, &signature) => "valid",
                Ok(_) => "invalid",
            };
            let expected = test["result"].as_str().expect("a result");
            judge.case(&format!("{name}-{}", test["tcId"]), expected, outcome);
            count += 1;
        }
    }
    judge.conclude();
    count
}

/// Whether the signature holds, which all ways of checking it agree on: that of tokens, the same in a build without
/// OpenSSL, and that of embedded proofs, which are not made with RSA.
fn verifies(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let token = key.verifies_jws(message, signature);
    let embedded = key.verifies(message, signature);
    match key {
        PublicKey::Rsa(_) => assert!(!embedded),
        _ => assert_eq!(token, embedded),
    }
    assert_eq!(token, key.verifies_jws_in_rust(message, signature));
    token
}

fn groups(file: &Value) -> &Vec<Value> {
    file["testGroups"].as_array().expect("groups")
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    hex(value[name].as_str().expect("hexadecimal digits"))
}
