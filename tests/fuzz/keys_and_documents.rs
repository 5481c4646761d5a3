//! Keys and the documents that name them.

use keys::{ControllerDocument, DidError, Jwk, JwkSet, PublicKey, VerificationMethod};
use schemas::json::{self, JsonLimits};
use serde_json::Value;

/// A key that is read prints to itself; a secret is never one; a set names each key once.
pub fn jwk(data: &[u8]) {
    let Ok(read) = json::read(data, &JsonLimits::default()) else {
        return;
    };
    if let Ok(jwk) = Jwk::read(&read) {
        prints_to_itself(&jwk.key);
        for secret in ["d", "p", "q", "k", "priv"] {
            assert!(read.get(secret).is_none(), "a secret was read as a key");
        }
    }
    if let Ok(set) = JwkSet::read(&read) {
        assert!(set.keys().len() <= 64);
        for jwk in set.keys() {
            let found = jwk.kid.as_ref().map(|kid| set.find(kid));
            assert!(found.is_none_or(|found| found == Some(jwk)));
        }
    }
}

/// A key in PEM prints to itself.
pub fn pem(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(key) = PublicKey::from_spki_pem(text) {
        prints_to_itself(&key);
    }
}

/// The document is about whom it was asked for, and gives no keys of others.
pub fn controller(data: &[u8]) {
    let asked = serde_json::from_slice::<Value>(data).ok();
    let id = asked.as_ref().and_then(|value| value.get("id")?.as_str());
    let id = id.unwrap_or("did:web:badges.example");
    match ControllerDocument::read(data, id) {
        Ok(document) => {
            assert_eq!(document.id(), id);
            for method in document.verification_methods() {
                assert_eq!(method.controller, id);
                assert!(method.id.len() > id.len() + 1 && method.id.starts_with(id));
                prints_to_itself(&method.key);
                if let Ok(found) = document.assertion_key(&method.id) {
                    assert_eq!(found, method);
                    assert!(document.assertion_method().contains(&method.id));
                }
            }
        }
        Err(DidError::Json(error)) => assert!(error.offset <= data.len()),
        Err(error) => assert!(error.code().contains('.')),
    }
    assert!(ControllerDocument::read(data, "did:web:never-asked.example").is_err());
    if let Ok(method) = VerificationMethod::read(data, id) {
        assert_eq!(method.id, id);
        prints_to_itself(&method.key);
    }
}

fn prints_to_itself(key: &PublicKey) {
    assert_eq!(PublicKey::from_jwk(&key.jwk()).as_ref(), Ok(key));
    if let Some(text) = key.multibase() {
        assert_eq!(PublicKey::from_multibase(&text).as_ref(), Ok(key));
    }
}
