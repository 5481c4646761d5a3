//! A school that issues badges of Open Badges 2.0, and the web on which it keeps them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use verifier::{Outcome, Policy, Reason, Report, StepName};

use crate::forge::{Key, token, with};
use crate::web::Web;

pub const CONTEXT: &str = "https://w3id.org/openbadges/v2";
pub const ASSERTION: &str = "https://school.example/assertions/7";
pub const BADGE: &str = "https://school.example/badges/wait-time";
pub const ISSUER: &str = "https://school.example/issuer";
pub const KEY: &str = "https://school.example/key";
pub const LIST: &str = "https://school.example/revoked";

/// A hosted assertion that refers to everything by its address.
pub fn hosted() -> Value {
    json!({
        "@context": CONTEXT,
        "id": ASSERTION,
        "type": "Assertion",
        "recipient": {
            "type": "email",
            "hashed": true,
            "salt": "Kosher",
            // The known answer of the standard, for `a@example.com`.
            "identity": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
        },
        "badge": BADGE,
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-10-01T08:00:00Z",
    })
}

pub fn badge_class() -> Value {
    json!({
        "@context": CONTEXT,
        "id": BADGE,
        "type": "BadgeClass",
        "name": "Wait Time",
        "description": "Gives every learner time to think before an answer is expected.",
        "image": "https://school.example/badges/wait-time.png",
        "criteria": {"narrative": "Two recorded lessons."},
        "issuer": ISSUER,
    })
}

pub fn profile() -> Value {
    json!({
        "@context": CONTEXT,
        "id": ISSUER,
        "type": "Profile",
        "name": "Example School",
        "url": "https://school.example/",
        "email": "badges@school.example",
        "publicKey": [KEY],
        "revocationList": LIST,
    })
}

pub fn key_document(key: Key, owner: &str) -> Value {
    json!({
        "@context": CONTEXT,
        "id": KEY,
        "type": "CryptographicKey",
        "owner": owner,
        "publicKeyPem": pem(key),
    })
}

/// A SubjectPublicKeyInfo put together by hand (RFC 5280, section 4.1.2.7).
fn pem(key: Key) -> String {
    let jwk = key.public().jwk();
    let number = |member: &str| {
        let text = jwk[member].as_str().expect("a number");
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    let spki = match jwk["kty"].as_str() {
        Some("RSA") => {
            let unsigned = |bytes: Vec<u8>| match bytes[0] & 0x80 {
                0 => der(2, &bytes),
                _ => der(2, &[&[0], bytes.as_slice()].concat()),
            };
            let numbers = der(
                0x30,
                &[unsigned(number("n")), unsigned(number("e"))].concat(),
            );
            let name = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
            [
                der(0x30, name),
                der(3, &[&[0], numbers.as_slice()].concat()),
            ]
            .concat()
        }
        Some("EC") => {
            let name =
                b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
            let point = [&[0, 4], number("x").as_slice(), &number("y")].concat();
            [der(0x30, name), der(3, &point)].concat()
        }
        _ => {
            let point = [&[0], number("x").as_slice()].concat();
            [der(0x30, b"\x06\x03\x2b\x65\x70"), der(3, &point)].concat()
        }
    };
    let text = STANDARD.encode(der(0x30, &spki));
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64"))
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..=127 => bytes.push(length as u8),
        128..=255 => bytes.extend([0x81, length as u8]),
        _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend(content);
    bytes
}

/// The web on which the school keeps all this.
pub fn school() -> Web {
    let mut web = Web::read();
    let serve = |web: &mut Web, document: Value| {
        let url = document["id"].as_str().expect("an id").to_owned();
        web.serve(&url, document.to_string());
    };
    for document in [
        hosted(),
        badge_class(),
        profile(),
        key_document(Key::DistrictRsa, ISSUER),
        json!({
            "@context": CONTEXT,
            "id": LIST,
            "type": "RevocationList",
            "issuer": ISSUER,
            "revokedAssertions": ["urn:uuid:another"],
        }),
    ] {
        serve(&mut web, document);
    }
    web
}

pub fn signed_assertion() -> Value {
    let signed = with(
        &hosted(),
        "/id",
        json!("urn:uuid:7c7bd6a8-5cf6-4b7e-9a0f-0c8c4f1e9a07"),
    );
    let verification = json!({"type": "SignedBadge", "creator": KEY});
    with(&signed, "/verification", verification)
}

pub fn jws(payload: &Value, key: Key) -> String {
    token(
        &json!({"alg": key.public().algorithm().name()}),
        payload,
        key,
    )
}

pub fn signed() -> String {
    jws(&signed_assertion(), Key::DistrictRsa)
}

pub fn verify(web: &Web, presented: &str) -> Report {
    web.verify(presented.as_bytes(), &Policy::default())
}

pub fn warnings(report: &Report) -> Vec<&'static str> {
    report.warnings().iter().map(Reason::code).collect()
}

pub fn step(report: &Report, name: StepName) -> &Outcome {
    let mut steps = report.steps().iter();
    &steps
        .find(|step| step.name == name)
        .expect("a step")
        .outcome
}
