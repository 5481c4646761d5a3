//! Texts: JSON and its canonical form, dates, and the two spellings of bytes.

use keys::vc_jwt::Compact;
use keys::{PublicKey, ResourceDigest, jcs};
use schemas::json::{self, JsonLimits};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json as value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What is read, another reader reads alike; what is not read, it refuses, or there is a named reason.
pub fn json(data: &[u8]) {
    let limits = JsonLimits::default();
    let other = serde_json::from_slice::<Value>(data);
    match json::read(data, &limits) {
        Ok(read) => {
            let other = other.expect("strict JSON is JSON");
            assert!(alike(&read, &other), "{read} and {other}");
            let (depth, members) = extent(&read);
            assert!(depth <= limits.depth && members <= limits.members);
            let again = json::read(read.to_string().as_bytes(), &limits);
            assert_eq!(again.as_ref(), Ok(&read), "it prints to the same");
        }
        Err(error) => {
            assert!(error.offset <= data.len() && !error.to_string().is_empty());
            assert!(
                other.is_err() || error.code() != "json.syntax",
                "another reader finds nothing wrong: {error}"
            );
        }
    }
}

/// The canonical text is one: it does not depend on the order of members, and is its own canonical text.
pub fn jcs(data: &[u8]) {
    let limits = JsonLimits::default();
    let Ok(read) = json::read(data, &limits) else {
        return;
    };
    let canonical = jcs::canonical_text(&read);
    assert_eq!(jcs::canonical_text(&reversed(&read)), canonical);
    match json::read(canonical.as_bytes(), &limits) {
        Ok(again) => assert_eq!(jcs::canonical_text(&again), canonical),
        // 1e20 is written with all its digits, which as an integer is beyond what every reader holds.
        Err(error) => assert_eq!(error.code(), "json.number_range", "{canonical}"),
    }
}

/// An instant that is read is one for another reader too, and prints to itself.
pub fn date(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(instant) = Timestamp::parse(text) else {
        return;
    };
    let other = OffsetDateTime::parse(text, &Rfc3339).expect("another reader reads it");
    assert_eq!(other.unix_timestamp(), instant.unix_seconds());
    assert_eq!(Timestamp::parse(&instant.to_string()), Ok(instant));
    for seconds in [i64::MIN, -1, 1, i64::MAX] {
        let moved = instant.plus_seconds(seconds);
        assert_eq!(Timestamp::parse(&moved.to_string()), Ok(moved));
    }
}

/// Only the one spelling of bytes is read, in each part of a token and in a key.
pub fn base64url(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let expected = decoded(text);
    if !text.contains('.') {
        // {"alg":"EdDSA","kid":"k"} and {}
        let token = format!("eyJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.e30.{text}");
        let is_read = Compact::decode(&token).is_ok();
        assert_eq!(
            is_read,
            expected.as_ref().is_some_and(|bytes| !bytes.is_empty())
        );
        let token = format!("eyJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.{text}.AAAA");
        if Compact::decode(&token).is_ok() {
            let payload = expected.as_ref().expect("another decoder reads it");
            assert!(serde_json::from_slice::<Value>(payload).is_ok());
        }
    }
    let jwk = value!({"kty": "OKP", "crv": "Ed25519", "x": text});
    if let Ok(key) = PublicKey::from_jwk(&jwk) {
        assert_eq!(key.jwk()["x"], text);
    }
}

/// A key in multibase has one spelling; digests of any spelling are read without trouble.
pub fn multibase(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(key) = PublicKey::from_multibase(text) {
        assert_eq!(key.multibase().as_deref(), Some(text));
    }
    for digest in [
        ResourceDigest::from_multibase(text),
        ResourceDigest::from_sri(text),
    ] {
        assert!(digest.is_none_or(|digest| !digest.is_of(data)));
    }
}

/// Whether two readers gave the same; numbers may differ in the last digit, which the other one rounds.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap_or(0.0), other.as_f64().unwrap_or(0.0));
            (one - other).abs() <= one.abs() * 1e-14
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| alike(one, other)))
        }
        (one, other) => one == other,
    }
}

/// Levels of arrays and objects, and their members.
fn extent(value: &Value) -> (usize, usize) {
    let parts: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return (0, 0),
    };
    let inner = parts.iter().map(|part| extent(part));
    inner.fold((1, parts.len()), |(depth, members), (inner, more)| {
        (depth.max(inner + 1), members + more)
    })
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(name, member)| (name.clone(), reversed(member)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// A second decoder of base64url (RFC 4648, section 5), as plain as can be.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    // What is left over are at most four bits that are zero; six would be a character too many.
    (bits < 6 && held == 0).then_some(bytes)
}
