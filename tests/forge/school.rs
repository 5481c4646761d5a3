//! A school that issues badges of Open Badges 2.0, and all that it keeps on the web.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::svg::drawing;
use super::{Key, picture_with, token, with};

pub const CONTEXT: &str = "https://w3id.org/openbadges/v2";
pub const ASSERTION: &str = "https://school.example/assertions/7";
pub const BADGE: &str = "https://school.example/badges/wait-time";
pub const ISSUER: &str = "https://school.example/issuer";
pub const KEY: &str = "https://school.example/key";
pub const LIST: &str = "https://school.example/revoked";

/// The id of a signed assertion that the school's list revokes.
pub const REVOKED: &str = "urn:uuid:7c7bd6a8-5cf6-4b7e-9a0f-0c8c4f1e9a08";

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

pub fn revocation_list() -> Value {
    json!({
        "@context": CONTEXT,
        "id": LIST,
        "type": "RevocationList",
        "issuer": ISSUER,
        "revokedAssertions": [
            {"id": REVOKED, "revocationReason": "Issued by mistake."},
            "urn:uuid:another",
        ],
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

pub fn signed_assertion() -> Value {
    let signed = with(
        &hosted(),
        "/id",
        json!("urn:uuid:7c7bd6a8-5cf6-4b7e-9a0f-0c8c4f1e9a07"),
    );
    let verification = json!({"type": "SignedBadge", "creator": KEY});
    with(&signed, "/verification", verification)
}

/// The picture of one pixel with this baked in, as the standard writes it.
pub fn png(text: &str) -> Vec<u8> {
    let data = [b"openbadges\0\0\0\0\0", text.as_bytes()].concat();
    picture_with(&[(b"iTXt", data)])
}

/// The same as the first edition of the standard wrote it.
pub fn older_png(text: &str) -> Vec<u8> {
    let data = [b"openbadges\0", text.as_bytes()].concat();
    picture_with(&[(b"tEXt", data)])
}

/// A drawing that names a token or an address.
pub fn svg_naming(text: &str) -> Vec<u8> {
    let element = format!("<openbadges:assertion verify=\"{text}\"/>");
    drawing(DECLARED, &element).into_bytes()
}

/// A drawing that holds an assertion.
pub fn svg_holding(assertion: &str) -> Vec<u8> {
    let element = format!(
        "<openbadges:assertion verify=\"{ASSERTION}\"><![CDATA[{assertion}]]></openbadges:assertion>"
    );
    drawing(DECLARED, &element).into_bytes()
}

const DECLARED: &str = "xmlns:openbadges=\"http://openbadges.org\"";

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
