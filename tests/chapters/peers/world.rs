//! The issuers of the peers' chapter: their keys, documents, badges and status lists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{DidWeb, KeyId, KeyState, KeyUse, Keyring, KeyringKey, SecretKey, did_key};
use serde_json::{Value, json};
use verifier::png::Png;
use verifier::{Limits, status_list};

use crate::forge;

/// An issuer in whose name everybody signs, to compare like with like.
pub struct Identity {
    pub id: String,
    /// Its key for embedded proofs.
    pub proof_key: Signer,
    /// The key of its JWTs, if it issues any.
    pub jwt_key: Option<Signer>,
    /// The keys with which Assay signs its JWTs.
    pub keyring: Option<Keyring>,
    /// The DID document, where it lies on the web.
    pub document: Option<(String, Value)>,
}

/// A secret key as a peer is told of it.
#[derive(Clone)]
pub struct Signer {
    pub algorithm: &'static str,
    pub secret: String,
    pub verification_method: String,
}

impl Signer {
    /// The key as Assay signs with it.
    pub fn secret_key(&self) -> SecretKey {
        let bytes = crate::support::hex(&self.secret);
        let length = "as long as such a key";
        match self.algorithm {
            "EdDSA" => SecretKey::ed25519(bytes.try_into().expect(length)),
            "ES256" => SecretKey::p256(bytes.try_into().expect(length)).expect("in range"),
            "ES384" => SecretKey::p384(bytes.try_into().expect(length)).expect("in range"),
            other => panic!("no embedded proof is signed with {other}"),
        }
    }
}

/// What the badge of a test says about its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    Good,
    Revoked,
}

/// When the badges were issued.
pub const CREATED: &str = "2026-01-05T08:00:00Z";

const ED25519_SEED: [u8; 32] = [1; 32];
const P256_SCALAR: [u8; 32] = [2; 32];
const P384_SCALAR: [u8; 48] = [3; 48];

/// A did:key of Ed25519.
pub fn did_key() -> Identity {
    let keyring = Keyring::did_key(SecretKey::ed25519(ED25519_SEED)).expect("an Ed25519 key");
    let identity = did_key_of("EdDSA", &ED25519_SEED);
    Identity {
        jwt_key: Some(identity.proof_key.clone()),
        keyring: Some(keyring),
        ..identity
    }
}

/// A did:key of P-256, for embedded proofs.
pub fn did_key_p256() -> Identity {
    did_key_of("ES256", &P256_SCALAR)
}

/// A did:key of P-384, for embedded proofs.
pub fn did_key_p384() -> Identity {
    did_key_of("ES384", &P384_SCALAR)
}

fn did_key_of(algorithm: &'static str, secret: &[u8]) -> Identity {
    let mut proof_key = Signer {
        algorithm,
        secret: hex(secret),
        verification_method: String::new(),
    };
    let id = did_key::encode(proof_key.secret_key().public_key()).expect("a key that has a DID");
    proof_key.verification_method = did_key::verification_method(&id).expect("of such a DID");
    Identity {
        id,
        proof_key,
        jwt_key: None,
        keyring: None,
        document: None,
    }
}

/// A did:web whose JWTs are signed with P-256.
pub fn did_web_p256() -> Identity {
    let secret = SecretKey::p256(P256_SCALAR).expect("a scalar in range");
    did_web("did:web:es256.example", secret, "ES256", hex(&P256_SCALAR))
}

/// A did:web whose JWTs are signed with RSA.
pub fn did_web_rsa() -> Identity {
    let secret = SecretKey::generate_rsa().expect("a key of 2048 bits");
    let pem = secret.expose_pkcs8_pem().expect("a key in PEM").to_string();
    did_web("did:web:rs256.example:issuers:one", secret, "RS256", pem)
}

fn did_web(did: &str, jwt_secret: SecretKey, algorithm: &'static str, secret: String) -> Identity {
    let did = DidWeb::parse(did).expect("a did:web");
    let key = |id: &str, secret, usage| KeyringKey {
        id: KeyId::new(id).expect("a fragment"),
        secret,
        state: KeyState::Current,
        usage,
    };
    // The key of the JWTs comes first: openbadgeslib takes the first key for a token without `kid`.
    let keys = vec![
        key("jwt", jwt_secret, KeyUse::Jwt),
        key(
            "proof",
            SecretKey::ed25519(ED25519_SEED),
            KeyUse::DataIntegrity,
        ),
    ];
    let keyring = Keyring::did_web(&did, keys).expect("one key for each use");
    let method = |usage| keyring.current(usage).verification_method().to_owned();
    Identity {
        id: keyring.issuer_id().to_owned(),
        proof_key: Signer {
            algorithm: "EdDSA",
            secret: hex(&ED25519_SEED),
            verification_method: method(KeyUse::DataIntegrity),
        },
        jwt_key: Some(Signer {
            algorithm,
            secret,
            verification_method: method(KeyUse::Jwt),
        }),
        document: Some((did.url().to_string(), keyring.did_document())),
        keyring: Some(keyring),
    }
}

/// An unsigned badge with the values that implementations are known to disagree about.
pub fn badge(identity: &Identity, suite: &str, edition: Edition) -> Value {
    let achievement = "https://badges.example/achievements/wait-time";
    let list = status_list_url(identity);
    let index = index(edition);
    let mut contexts = vec![
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ];
    contexts.extend(contexts_of(suite));
    json!({
        "@context": contexts,
        "id": format!("https://badges.example/badges/{index}"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Wait Time",
        "issuer": {"id": identity.id, "type": ["Profile"], "name": "Example District"},
        "validFrom": CREATED,
        "awardedDate": CREATED,
        "credentialSubject": {
            "id": "urn:uuid:7b0f2c1e-31ab-4d9b-8a51-6c1f5f0f8d11",
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject",
                "identityHash": "sha256$b36e4f0d1c2bd0a1e4f7a3d3b8b36ad0e4e6eb2b0f4a4e8bfa11ad4f6b4a1a2c",
                "identityType": "emailAddress",
                "hashed": true,
                "salt": "c2FsdA",
            }],
            "creditsEarned": 3.5,
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "name": "Wait Time",
                "description": "Waits long enough after a question – é, 漢字, \u{1F393}.",
                "criteria": {"narrative": "Three recorded lessons, read by a reviewer."},
                "creditsAvailable": 36.0,
                "tag": ["questioning", "discussion"],
                "resultDescription": [{
                    "id": format!("{achievement}#overall"),
                    "type": ["ResultDescription"],
                    "name": "Overall",
                    "resultType": "Result",
                    "allowedValue": ["not yet", "meets", "exceeds"],
                }],
            },
            "result": [{
                "type": ["Result"],
                "resultDescription": format!("{achievement}#overall"),
                "value": "meets",
            }],
        },
        "credentialStatus": {
            "id": format!("{list}#{index}"),
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": index.to_string(),
            "statusListCredential": list,
        },
    })
}

/// The contexts that the proofs of a suite need beside those of the data model.
fn contexts_of(suite: &str) -> &'static [&'static str] {
    match suite {
        "Ed25519Signature2020" => &["https://w3id.org/security/suites/ed25519-2020/v1"],
        _ => &[],
    }
}

/// Where the status list of an issuer is.
pub fn status_list_url(identity: &Identity) -> String {
    let name = match (&identity.document, &identity.jwt_key) {
        (Some(_), Some(key)) => key.algorithm,
        _ => "did-key",
    };
    format!("https://badges.example/status/{name}")
}

/// The unsigned status list of an issuer, with the bit of the revoked badge set.
pub fn status_list_credential(identity: &Identity, suite: &str) -> Value {
    let url = status_list_url(identity);
    let mut contexts = vec!["https://www.w3.org/ns/credentials/v2"];
    contexts.extend(contexts_of(suite));
    let mut bits = vec![0; 16 * 1024];
    assert!(status_list::set(&mut bits, index(Edition::Revoked)));
    json!({
        "@context": contexts,
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": identity.id},
        "validFrom": CREATED,
        "credentialSubject": {
            "id": format!("{url}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status_list::encode(&bits),
        },
    })
}

fn index(edition: Edition) -> u64 {
    match edition {
        Edition::Good => 60_161,
        Edition::Revoked => 94_567,
    }
}

/// Files by address, as a peer is given them.
pub type Web = BTreeMap<String, PathBuf>;

/// The DID document of an issuer, where it lies on the web.
pub fn did_documents(identity: &Identity, folder: &Path) -> Web {
    let documents = identity.document.iter();
    documents
        .map(|(url, document)| (url.clone(), write(folder, "did.json", document.to_string())))
        .collect()
}

/// Writes a file of the test's folder.
pub fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file in the test's folder");
    path
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies of a badge, each with one small change, and what was changed.
pub fn changed(form: &str, path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).expect("the badge");
    if form == "png" {
        let limits = Limits::default();
        let baked = Png::read(&bytes, &limits).expect("a picture");
        let texts = baked.credentials(&limits).expect("a baked credential");
        let text = texts
            .first()
            .expect("one credential")
            .text
            .clone()
            .into_owned();
        let form = if text.starts_with('{') { "json" } else { "jwt" };
        let picture = forge::picture_with(&[]);
        let picture = Png::read(&picture, &limits).expect("a picture");
        let changed = changed_text(form, &text).into_iter();
        return changed
            .map(|(change, text)| (change, picture.bake(&text)))
            .collect();
    }
    let text = String::from_utf8(bytes).expect("text");
    let changed = changed_text(form, &text).into_iter();
    changed
        .map(|(change, text)| (change, text.into_bytes()))
        .collect()
}

fn changed_text(form: &str, text: &str) -> Vec<(String, String)> {
    if form == "json" {
        let credential: Value = serde_json::from_str(text).expect("a credential");
        let changed = changed_values(&credential).into_iter();
        return changed
            .map(|(change, value)| (change, value.to_string()))
            .collect();
    }
    let parts: Vec<&str> = text.trim().split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("not a compact JWT: {text}")
    };
    let decoded = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let credential: Value = serde_json::from_slice(&decoded).expect("a credential");
    let mut all: Vec<(String, String)> = changed_values(&credential)
        .into_iter()
        .map(|(change, value)| {
            let payload = URL_SAFE_NO_PAD.encode(value.to_string());
            (change, format!("{header}.{payload}.{signature}"))
        })
        .collect();
    all.push((
        "signature".into(),
        format!("{header}.{payload}.{}", other_character(signature)),
    ));
    all
}

/// One value changed at a time; the places that a badge does not have are left out.
fn changed_values(credential: &Value) -> Vec<(String, Value)> {
    let subject = "/credentialSubject";
    let changes = [
        ("/name".to_owned(), json!("Wait Tame")),
        (
            "/id".to_owned(),
            json!("https://badges.example/badges/60162"),
        ),
        ("/issuer/name".to_owned(), json!("Example district")),
        ("/validFrom".to_owned(), json!("2026-01-05T08:00:01Z")),
        (
            "/credentialStatus/statusListIndex".to_owned(),
            json!("60160"),
        ),
        (format!("{subject}/creditsEarned"), json!(3.6)),
        (format!("{subject}/identifier/0/hashed"), json!(false)),
        (format!("{subject}/identifier/0/salt"), json!("c2FsdB")),
        (format!("{subject}/achievement/creditsAvailable"), json!(35)),
        (
            format!("{subject}/achievement/resultDescription/0/allowedValue/1"),
            json!("meats"),
        ),
        (format!("{subject}/result/0/value"), json!("Meets")),
        ("/proof/0/created".to_owned(), json!("2026-01-05T08:00:02Z")),
    ];
    let mut all = Vec::new();
    for (pointer, value) in changes {
        let mut copy = credential.clone();
        if let Some(place) = copy.pointer_mut(&pointer) {
            assert_ne!(*place, value, "{pointer}");
            *place = value;
            all.push((pointer, copy));
        }
    }
    assert!(
        all.len() > 10,
        "the badge lacks most of what is changed: {credential}"
    );
    if let Some(signature) = credential
        .pointer("/proof/0/proofValue")
        .and_then(Value::as_str)
    {
        let mut copy = credential.clone();
        copy["proof"][0]["proofValue"] = other_character(signature).into();
        all.push(("/proof/0/proofValue".to_owned(), copy));
    }
    all
}

/// The text with its tenth character exchanged for another of the alphabet.
fn other_character(text: &str) -> String {
    let other = if &text[9..10] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..9], &text[10..])
}
