//! Badges by every suite and kind of key, and their broken twins.

use keys::data_integrity::{Cryptosuite, ProofOptions, sign};
use keys::did_jwk;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use super::documents::Web;
use super::*;

/// An issuer with keys of every kind and every form.
const ISSUER: &str = "did:web:suites.example";
/// The same at a plain web address.
const PAGE: &str = "https://suites.example/issuer";

pub fn add(files: &mut Files) {
    by_every_suite(files);
    keys_of_every_form(files);
    refused_keys(files);
}

pub fn add_documents(web: &mut Web) {
    let method = |controller: &str, name: &str, kind: &str, key: Value| {
        let mut method =
            json!({"id": format!("{controller}#{name}"), "type": kind, "controller": controller});
        let member = if key.is_string() {
            "publicKeyMultibase"
        } else {
            "publicKeyJwk"
        };
        method[member] = key;
        method
    };
    let own = |name: &str, kind: &str, key: Value| method(ISSUER, name, kind, key);
    let methods = [
        own("p256", "Multikey", json!(Key::SchoolP256.multibase())),
        own("p384", "Multikey", json!(Key::SchoolP384.multibase())),
        own("jwk-p384", "JsonWebKey", Key::SchoolP384.public().jwk()),
        own("jwk-2020", "JsonWebKey2020", Key::School.public().jwk()),
        own(
            "ed25519-2020",
            "Ed25519VerificationKey2020",
            json!(Key::School.multibase()),
        ),
        own("x25519", "Multikey", json!(of_kind(&[0xec, 0x01], 32))),
        own(
            "secp256k1",
            "JsonWebKey",
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        ),
    ];
    let ids: Vec<Value> = methods.iter().map(|method| method["id"].clone()).collect();
    let document = json!({"id": ISSUER, "verificationMethod": methods, "assertionMethod": ids});
    web.serves(
        "https://suites.example/.well-known/did.json",
        pretty(&document),
    );
    let document = json!({
        "id": PAGE,
        "assertionMethod": [method(PAGE, "p384", "Multikey", json!(Key::SchoolP384.multibase()))],
    });
    web.serves(PAGE, pretty(&document));
}

/// A Multikey value of that kind whose key has the right length and nothing else.
fn of_kind(code: &[u8], length: usize) -> String {
    let bytes = [code, &vec![2; length]].concat();
    format!("z{}", bs58::encode(bytes).into_string())
}

fn suites() -> [(&'static str, Cryptosuite, Key); 7] {
    [
        ("eddsa-jcs-2022", Cryptosuite::EddsaJcs2022, Key::School),
        ("eddsa-2022", Cryptosuite::Eddsa2022, Key::School),
        (
            "ed25519-signature-2020",
            Cryptosuite::Ed25519Signature2020,
            Key::School,
        ),
        (
            "ecdsa-rdfc-2019-p256",
            Cryptosuite::EcdsaRdfc2019,
            Key::SchoolP256,
        ),
        (
            "ecdsa-rdfc-2019-p384",
            Cryptosuite::EcdsaRdfc2019,
            Key::SchoolP384,
        ),
        (
            "ecdsa-jcs-2019-p256",
            Cryptosuite::EcdsaJcs2019,
            Key::SchoolP256,
        ),
        (
            "ecdsa-jcs-2019-p384",
            Cryptosuite::EcdsaJcs2019,
            Key::SchoolP384,
        ),
    ]
}

pub fn options(suite: Cryptosuite, method: &str) -> ProofOptions {
    let created = Timestamp::parse("2026-10-01T08:00:00Z").expect("a time");
    ProofOptions::new(suite, method).created(created)
}

/// A badge of this issuer for this suite, which may need a context of its own.
fn unsigned(issuer: &str, suite: Cryptosuite) -> Value {
    match suite {
        Cryptosuite::Ed25519Signature2020 => with(
            &badge(issuer),
            "/@context/-",
            json!("https://w3id.org/security/suites/ed25519-2020/v1"),
        ),
        _ => badge(issuer),
    }
}

fn made(issuer: &str, suite: Cryptosuite, method: &str, key: Key) -> Value {
    sign(
        &unsigned(issuer, suite),
        &options(suite, method),
        &key.secret(),
    )
    .expect("a proof")
}

fn by_every_suite(files: &mut Files) {
    for (name, suite, key) in suites() {
        let good = made(&key.did(), suite, &key.method(), key);
        let mut json = |folder: &str, twin: &str, value: &Value| {
            files.json(&format!("presented/{folder}/{name}{twin}.json"), value);
        };
        json("verified", "", &good);
        let edited = with(&good, "/name", json!("Other"));
        json("refused/signature.invalid", "-edited-name", &edited);
        let edited = with(&good, "/proof/created", json!("2026-10-01T08:00:01Z"));
        json("refused/signature.invalid", "-edited-option", &edited);
        let another = match key {
            Key::School => Key::Stranger,
            Key::SchoolP256 => Key::DistrictP256,
            _ => Key::StrangerP384,
        };
        let theirs = made(&key.did(), suite, &key.method(), another);
        json("refused/signature.invalid", "-of-another-key", &theirs);
        let value = good["proof"]["proofValue"].as_str().expect("a text");
        let respelt = with(
            &good,
            "/proof/proofValue",
            json!(format!("u{}", &value[1..])),
        );
        json("refused/proof.encoding", "-another-base", &respelt);
        let foreign = match key {
            Key::School => Key::SchoolP256,
            _ => Key::School,
        };
        let mismatched = with(&good, "/proof/verificationMethod", json!(foreign.method()));
        let mismatched = with(&mismatched, "/issuer/id", json!(foreign.did()));
        json("refused/proof.key_mismatch", "", &mismatched);
    }
    let school = Key::School;
    let good = made(
        &school.did(),
        Cryptosuite::Ed25519Signature2020,
        &school.method(),
        school,
    );
    files.json(
        "presented/refused/ld.relative_iri/suite-without-its-context.json",
        &without_context(&good),
    );
}

fn without_context(document: &Value) -> Value {
    with(document, "/@context", json!([CREDENTIALS, OPEN_BADGES]))
}

fn keys_of_every_form(files: &mut Files) {
    let rdfc = Cryptosuite::EcdsaRdfc2019;
    let mut json =
        |name: &str, value: &Value| files.json(&format!("presented/verified/{name}"), value);
    for (name, suite, key) in [
        (
            "did-jwk-ed25519.json",
            Cryptosuite::EddsaRdfc2022,
            Key::School,
        ),
        ("did-jwk-p256.json", rdfc, Key::SchoolP256),
        ("did-jwk-p384.json", rdfc, Key::SchoolP384),
    ] {
        let did = did_jwk::encode(&key.public());
        json(name, &made(&did, suite, &format!("{did}#0"), key));
    }
    for (name, suite, key) in [
        ("p256", rdfc, Key::SchoolP256),
        ("p384", rdfc, Key::SchoolP384),
        ("jwk-p384", rdfc, Key::SchoolP384),
        ("jwk-2020", Cryptosuite::EddsaRdfc2022, Key::School),
        ("ed25519-2020", Cryptosuite::EddsaRdfc2022, Key::School),
    ] {
        let signed = made(ISSUER, suite, &format!("{ISSUER}#{name}"), key);
        json(&format!("did-web-{name}.json"), &signed);
    }
    let method = format!("{PAGE}#p384");
    json(
        "https-issuer-p384.json",
        &made(PAGE, rdfc, &method, Key::SchoolP384),
    );

    for (name, key) in [("es256", Key::SchoolP256), ("rs256", Key::DistrictRsa)] {
        let did = did_jwk::encode(&key.public());
        let token = token(
            &header(key, &format!("{did}#0")),
            &payload(&badge(&did)),
            key,
        );
        files.bytes(&format!("presented/verified/did-jwk-{name}.jwt"), token);
    }
}

fn refused_keys(files: &mut Files) {
    let school = Key::School;
    let suite = Cryptosuite::EddsaRdfc2022;
    let by = |issuer: &str, method: &str| made(issuer, suite, method, school);
    let jwk = |jwk: Value| format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(jwk.to_string()));
    let did = did_jwk::encode(&school.public());
    let mut json = |code: &str, name: &str, value: Value| {
        files.json(&format!("presented/refused/{code}/{name}.json"), &value);
    };
    json(
        "did.invalid",
        "did-jwk-fragment-1",
        by(&did, &format!("{did}#1")),
    );
    for (name, encoded) in [
        ("empty", String::new()),
        ("padded", format!("{}=", &did["did:jwk:".len()..])),
        ("no-json", URL_SAFE_NO_PAD.encode("{")),
    ] {
        let did = format!("did:jwk:{encoded}");
        json(
            "did.invalid",
            &format!("did-jwk-{name}"),
            by(&did, &format!("{did}#0")),
        );
    }
    let mut secret = school.public().jwk();
    secret["d"] = json!("AAAA");
    let secret = jwk(secret);
    json(
        "key.private_material",
        "did-jwk-with-its-secret",
        by(&secret, &format!("{secret}#0")),
    );
    for (name, key) in [
        ("nothing", json!({"kty": "OKP"})),
        (
            "secp256k1",
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        ),
        ("x25519", json!({"kty": "OKP", "crv": "X25519", "x": "AA"})),
        (
            "p521",
            json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
        ),
    ] {
        let did = jwk(key);
        json(
            "key.invalid",
            &format!("did-jwk-{name}"),
            by(&did, &format!("{did}#0")),
        );
    }
    for (name, code, length) in [
        ("x25519", [0xec, 0x01], 32),
        ("secp256k1", [0xe7, 0x01], 33),
        ("p521", [0x82, 0x24], 67),
        ("rsa", [0x85, 0x24], 270),
        ("secret", [0x80, 0x26], 32),
    ] {
        let multikey = of_kind(&code, length);
        let did = format!("did:key:{multikey}");
        let method = format!("{did}#{multikey}");
        json("did.invalid", &format!("did-key-{name}"), by(&did, &method));
    }
    for name in ["x25519", "secp256k1"] {
        let method = format!("{ISSUER}#{name}");
        json(
            "key.invalid",
            &format!("did-web-{name}"),
            by(ISSUER, &method),
        );
    }
    let method = format!("{ISSUER}#{}", school.multibase());
    json(
        "issuer.key_not_controlled",
        "did-web-key-in-the-address",
        by(ISSUER, &method),
    );
    json("issuer.key_not_controlled", "bare-did-jwk", by(&did, &did));
    let stranger = did_jwk::encode(&Key::Stranger.public());
    json("issuer.key_not_controlled", "stranger-under-did-jwk", {
        made(&did, suite, &format!("{stranger}#0"), Key::Stranger)
    });
}
