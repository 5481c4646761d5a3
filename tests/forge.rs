//! Makes the presented fixtures: badges good and bad, signed with fixed keys.
//!
//! Nothing here is drawn or read from a clock, so that the same files come out every time. The
//! signing is done step by step, over statements that another implementation reads, because most of
//! what is needed is wrong on purpose. To write the files anew after a change:
//! `ASSAY_WRITE_FIXTURES=1 cargo test --release -p tests fixtures_come_out_as_committed`.

mod beyond;
mod chains;
mod documents;
mod lists;
mod open_badges_2;
mod refused_form;
mod refused_issuers;
mod refused_proofs;
mod refused_status;
mod refused_tokens;
pub mod school;
pub mod shown_in_part;
mod suites;
pub mod svg;
mod undetermined;
mod vc1;
mod verified;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{PublicKey, SecretKey, did_key};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use verifier::Limits;
use verifier::png::Png;

use crate::rdf_oracle;

pub use verified::{endorsement, status};

/// The time of verification of every fixture.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// Every fixture file, by its path under `tests/fixtures`.
pub fn all() -> BTreeMap<String, Vec<u8>> {
    let mut files = Files::default();
    documents::add(&mut files);
    beyond::add(&mut files);
    verified::add(&mut files);
    refused_form::add(&mut files);
    refused_tokens::add(&mut files);
    refused_proofs::add(&mut files);
    refused_issuers::add(&mut files);
    refused_status::add(&mut files);
    svg::add(&mut files);
    shown_in_part::add(&mut files);
    vc1::add(&mut files);
    undetermined::add(&mut files);
    suites::add(&mut files);
    chains::add(&mut files);
    open_badges_2::add(&mut files);
    files.0
}

/// Files by path.
#[derive(Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn bytes(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        let earlier = self.0.insert(path.to_owned(), bytes.into());
        assert!(earlier.is_none(), "two fixtures are called {path}");
    }

    fn json(&mut self, path: &str, value: &Value) {
        self.bytes(path, pretty(value));
    }
}

pub fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value can be written");
    text.push('\n');
    text
}

/// The keys of the fixtures, by what they are for.
#[derive(Clone, Copy)]
pub enum Key {
    /// Of the issuer under did:key.
    School,
    /// Of somebody else under did:key.
    Stranger,
    /// The current Ed25519 key of `did:web:badges.example`.
    District,
    /// An earlier key of the same, which still stands in its document.
    Retired,
    /// A key of the same that was taken back.
    Compromised,
    /// A key of the same that was made to sign for a time that has passed.
    Outdated,
    /// A key of the same that is listed, but not for assertions.
    Login,
    /// The P-256 key of the same.
    DistrictP256,
    /// The RSA key of the same.
    DistrictRsa,
    /// The key of `https://issuer.example/profile`.
    Web,
    /// The P-256 key of the same.
    WebP256,
    /// The school's P-256 key.
    SchoolP256,
    /// The school's P-384 key.
    SchoolP384,
    /// A P-384 key of somebody else.
    StrangerP384,
    /// A P-256 key that somebody put on an issuer's host.
    Upload,
    /// A key of `did:web:badges.example` that was taken back and is not listed any more.
    Withdrawn,
}

impl Key {
    pub fn secret(self) -> SecretKey {
        let ed25519 = |seed| SecretKey::ed25519([seed; 32]);
        match self {
            Key::School => ed25519(1),
            Key::Stranger => ed25519(2),
            Key::District => ed25519(3),
            Key::Retired => ed25519(4),
            Key::Compromised => ed25519(5),
            Key::Outdated => ed25519(6),
            Key::Login => ed25519(7),
            Key::DistrictP256 => SecretKey::p256([8; 32]).expect("a good scalar"),
            Key::DistrictRsa => SecretKey::from_pkcs8_pem(RSA).expect("a good key"),
            Key::Web => ed25519(9),
            Key::Upload => SecretKey::p256([10; 32]).expect("a good scalar"),
            Key::Withdrawn => ed25519(11),
            Key::WebP256 => SecretKey::p256([12; 32]).expect("a good scalar"),
            Key::SchoolP256 => SecretKey::p256([13; 32]).expect("a good scalar"),
            Key::SchoolP384 => SecretKey::p384([14; 48]).expect("a good scalar"),
            Key::StrangerP384 => SecretKey::p384([15; 48]).expect("a good scalar"),
        }
    }

    pub fn public(self) -> PublicKey {
        self.secret().public_key().clone()
    }

    pub fn multibase(self) -> String {
        self.public().multibase().expect("not an RSA key")
    }

    /// The did:key.
    pub fn did(self) -> String {
        did_key::encode(&self.public()).expect("not an RSA key")
    }

    /// The verification method of the did:key.
    pub fn method(self) -> String {
        format!("{}#{}", self.did(), self.multibase())
    }

    fn algorithm(self) -> &'static str {
        self.public().algorithm().name()
    }
}

pub const DISTRICT: &str = "did:web:badges.example";
pub const WEB: &str = "https://issuer.example/profile";
pub const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";
pub const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// A plain badge of an issuer, unsigned.
pub fn badge(issuer: &str) -> Value {
    json!({
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2a01",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Wait Time",
        "issuer": {
            "id": issuer,
            "type": ["Profile"],
            "name": "Example School District",
        },
        "validFrom": "2026-10-01T08:00:00Z",
        "awardedDate": "2026-09-30T15:04:05Z",
        "credentialSubject": {
            "id": "urn:uuid:0f4d9a52-0f0e-4b6d-8b59-3f8f3f1c7a02",
            "type": ["AchievementSubject"],
            "creditsEarned": 1.5,
            "achievement": {
                "id": "https://badges.example/achievements/wait-time",
                "type": ["Achievement"],
                "name": "Wait Time",
                "description": "Gives every learner time to think before an answer is expected.",
                "criteria": {
                    "narrative": "Two recorded lessons show pauses of three seconds or more after questions.",
                },
                "tag": ["questioning", "formative assessment"],
            },
        },
    })
}

/// The options of a good proof.
pub fn options(method: &str) -> Value {
    json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-10-01T08:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    })
}

/// A proof with these options over this document, whatever they say (W3C Data Integrity EdDSA
/// Cryptosuites v1.0, section 3.2).
pub fn proof(document: &Value, options: &Value, key: Key) -> Value {
    let mut unsigned = document.clone();
    unsigned.as_object_mut().expect("an object").remove("proof");
    let mut configuration = options.clone();
    configuration["@context"] = unsigned["@context"].clone();
    let message = [digest(&configuration), digest(&unsigned)].concat();
    let signature = key.secret().sign_ed25519(&message).expect("an Ed25519 key");

    let mut proof = options.clone();
    proof["proofValue"] = format!("z{}", bs58::encode(signature).into_string()).into();
    proof
}

/// The hash of the canonical statements, as another implementation reads them.
fn digest(document: &Value) -> Vec<u8> {
    let canonical =
        rdf_oracle::canonical(document).unwrap_or_else(|error| panic!("{error} in {document:#}"));
    Sha256::digest(canonical).to_vec()
}

/// The document with a good proof by this key under this address.
pub fn signed(document: &Value, method: &str, key: Key) -> Value {
    signed_with(document, &options(method), key)
}

pub fn signed_with(document: &Value, options: &Value, key: Key) -> Value {
    let proof = proof(document, options, key);
    with(document, "/proof", proof)
}

/// A badge of the school under its did:key, changed in one place and then signed.
pub fn school_badge(pointer: &str, value: Value) -> Value {
    let key = Key::School;
    signed(
        &with(&badge(&key.did()), pointer, value),
        &key.method(),
        key,
    )
}

/// A copy of the document with this value at this place, where the parent exists.
pub fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = document.clone();
    if pointer.is_empty() {
        return changed;
    }
    let (parent, name) = pointer
        .rsplit_once('/')
        .expect("a pointer begins with a slash");
    match changed.pointer_mut(parent).expect("the parent exists") {
        Value::Object(members) => {
            members.insert(name.replace("~1", "/"), value);
        }
        Value::Array(items) => match name.parse::<usize>() {
            Ok(index) => items[index] = value,
            Err(_) => items.push(value),
        },
        _ => panic!("{parent} has no members"),
    }
    changed
}

/// A copy of the document without the member at this place.
pub fn without(document: &Value, pointer: &str) -> Value {
    let mut changed = document.clone();
    let (parent, name) = pointer
        .rsplit_once('/')
        .expect("a pointer begins with a slash");
    let parent = changed.pointer_mut(parent).and_then(Value::as_object_mut);
    parent.expect("the parent exists").remove(name);
    changed
}

/// The payload of a token: the credential with its claims.
pub fn payload(credential: &Value) -> Value {
    let mut payload = credential.clone();
    payload["iss"] = credential["issuer"]["id"].clone();
    payload["jti"] = credential["id"].clone();
    payload["sub"] = credential["credentialSubject"]["id"].clone();
    payload["nbf"] = json!(1_790_841_600);
    payload
}

/// The header of a token.
pub fn header(key: Key, kid: &str) -> Value {
    json!({"alg": key.algorithm(), "kid": kid, "typ": "JWT"})
}

/// A compact JWS over these two, whatever they say.
pub fn token(header: &Value, payload: &Value, key: Key) -> String {
    raw_token(&header.to_string(), &payload.to_string(), key)
}

/// The same over two texts that need not be JSON.
pub fn raw_token(header: &str, payload: &str, key: Key) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = key
        .secret()
        .sign_jws(input.as_bytes())
        .expect("the key signs");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A badge of the school as a good token.
pub fn school_token() -> String {
    let key = Key::School;
    token(
        &header(key, &key.method()),
        &payload(&badge(&key.did())),
        key,
    )
}

/// The picture with this credential baked in.
pub fn baked(credential: &str) -> Vec<u8> {
    Png::read(PICTURE, &Limits::default())
        .expect("the picture is well formed")
        .bake(credential)
}

/// The picture with these chunks put in after its header.
pub fn picture_with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = PICTURE[..33].to_vec();
    for (kind, data) in chunks {
        let checked = [kind.as_slice(), data].concat();
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(&checked);
        bytes.extend(crc32fast::hash(&checked).to_be_bytes());
    }
    bytes.extend(&PICTURE[33..]);
    bytes
}

/// The path of a fixture that is refused with this code.
fn refused(code: &str, name: &str) -> String {
    format!("presented/refused/{code}/{name}")
}

/// The data of a text chunk as the standard has it.
pub fn international_text(text: &str) -> Vec<u8> {
    [b"openbadgecredential\0\0\0\0\0", text.as_bytes()].concat()
}

/// A picture of one grey pixel.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\
    \0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
    \0\0\0\nIDATx\xdac`\0\0\0\x02\0\x01\xe5\x27\xde\xfc\
    \0\0\0\0IEND\xae\x42\x60\x82";

/// An RSA key of 2048 bits, for these fixtures only.
pub const RSA: &str = include_str!("forge/rsa.pem");
