//! Compact tokens, and the values of proofs that show a part.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::jsonld::{Contexts, LdLimits};
use keys::vc_jwt::{self, Compact};
use keys::{PublicKey, SecretKey, data_integrity, ecdsa_sd_2023};
use serde_json::Value;

use super::seeds;

/// A signature holds for nothing but what was signed.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = Compact::decode(text);
    assert!(read.is_err() || Compact::decode_keyless(text).is_ok());
    let Ok(compact) = read else {
        return;
    };
    let header = compact.header();
    assert!(header.kid.is_some() || header.embedded_key.is_some());
    let payload = compact.payload();
    // Both for their own sake: neither may fail in another way than by an error.
    let (_, credential) = (vc_jwt::claims(payload), vc_jwt::credential(payload));
    assert!(payload.get("vc").is_some() || credential.is_object());
    let is_signed = signed().iter().any(|token| is_signed_as(text, token));
    if !is_signed {
        let key = header.embedded_key.as_ref().unwrap_or(key());
        assert!(compact.verify(key).is_err() || header.embedded_key.is_some());
        assert!(compact.verify(self::key()).is_err());
    }
}

/// The value of a proof, behind its first three bytes, is CBOR of exactly one shape.
pub fn disclosure(data: &[u8]) {
    let (contexts, limits) = (Contexts::embedded(), LdLimits::default());
    for kind in [0, 1] {
        let bytes = [&[0xd9, 0x5d, kind], data].concat();
        let mut document = shown_in_part().clone();
        document["proof"]["proofValue"] = format!("u{}", URL_SAFE_NO_PAD.encode(&bytes)).into();
        let proof = &document["proof"];
        let held = data_integrity::verify(&document, proof, sd_key(), contexts, &limits);
        if held.is_ok() {
            assert_eq!(
                Some(&proof["proofValue"]),
                shown_in_part()["proof"].get("proofValue")
            );
        }
        if kind == 0
            && let Ok(derived) =
                ecdsa_sd_2023::derive(&document, &["/name".to_owned()], contexts, &limits)
        {
            assert!(derived["proof"]["proofValue"].is_string());
        }
    }
}

/// Whether the header and payload are those of a token that was signed.
fn is_signed_as(text: &str, token: &str) -> bool {
    let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
    signed(text) == signed(token)
}

fn signed() -> &'static [String] {
    static SIGNED: OnceLock<Vec<String>> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let seeds = seeds::of("token").into_iter();
        seeds
            .filter_map(|seed| String::from_utf8(seed).ok())
            .collect()
    })
}

/// The key of the fixtures' school.
fn key() -> &'static PublicKey {
    static KEY: OnceLock<PublicKey> = OnceLock::new();
    KEY.get_or_init(|| SecretKey::ed25519([1; 32]).public_key().clone())
}

/// The badge of the fixtures that shows a part of what was signed.
fn shown_in_part() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let badge = seeds::fixture("presented/verified/shown-in-part.json");
        serde_json::from_slice(&badge).expect("a fixture of JSON")
    })
}

fn sd_key() -> &'static PublicKey {
    static KEY: OnceLock<PublicKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let method = shown_in_part()["proof"]["verificationMethod"].as_str();
        let (_, multibase) = method.and_then(|id| id.split_once('#')).expect("a did:key");
        PublicKey::from_multibase(multibase).expect("a key")
    })
}
