//! The documents that the fixtures' web serves, and the addresses where it fails.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::{DISTRICT, Files, Key, WEB, pretty, with, without};
use super::{lists, suites};

pub fn add(files: &mut Files) {
    let mut web = Web::default();
    key_documents(&mut web);
    faulty_key_documents(&mut web);
    lists::add(&mut web);
    super::beyond::serve(&mut web);
    suites::add_documents(&mut web);
    super::open_badges_2::serve(&mut web);
    for (host, failure) in FAILURES {
        web.fails(
            &format!("https://{host}.example/.well-known/did.json"),
            failure,
        );
    }
    files.json("web/index.json", &json!(web.index));
    for (file, bytes) in web.files {
        files.bytes(&format!("web/{file}"), bytes);
    }
}

/// Hosts whose did:web cannot be had, and why.
pub const FAILURES: [(&str, &str); 8] = [
    ("blocked", "addressBlocked"),
    ("moved", "redirect"),
    ("slow", "timeout"),
    ("large", "tooLarge"),
    ("impostor", "tls"),
    ("down", "unreachable"),
    ("ninth", "budget"),
    ("forbidden", "notAllowed"),
];

#[derive(Default)]
pub struct Web {
    index: BTreeMap<String, Value>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Web {
    pub fn serves(&mut self, url: &str, bytes: impl Into<Vec<u8>>) {
        let file = url.strip_prefix("https://").expect("an address");
        let file = match file.rsplit('/').next() {
            Some(name) if name.contains('.') => file.to_owned(),
            _ => format!("{file}.txt"),
        };
        self.index.insert(url.to_owned(), json!({"file": file}));
        self.files.insert(file, bytes.into());
    }

    pub fn fails(&mut self, url: &str, failure: &str) {
        self.index
            .insert(url.to_owned(), json!({"failure": failure}));
    }
}

fn multikey(id: &str, controller: &str, key: Key) -> Value {
    json!({
        "id": id,
        "type": "Multikey",
        "controller": controller,
        "publicKeyMultibase": key.multibase(),
    })
}

fn json_web_key(id: &str, controller: &str, key: Key) -> Value {
    json!({
        "id": id,
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": key.public().jwk(),
    })
}

fn key_documents(web: &mut Web) {
    let id = |name: &str| format!("{DISTRICT}#{name}");
    let method = |name: &str, key| multikey(&id(name), DISTRICT, key);
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DISTRICT,
        "verificationMethod": [
            method("key-1", Key::District),
            method("key-0", Key::Retired),
            with(&method("key-stolen", Key::Compromised), "/revoked", json!("2026-11-01T00:00:00Z")),
            with(&method("key-withdrawn", Key::Withdrawn), "/revoked", json!("2026-11-01T00:00:00Z")),
            with(&method("key-2024", Key::Outdated), "/expires", json!("2025-01-01T00:00:00Z")),
            method("login", Key::Login),
            json_web_key(&id("p256"), DISTRICT, Key::DistrictP256),
            json_web_key(&id("rsa"), DISTRICT, Key::DistrictRsa),
        ],
        "authentication": [id("login")],
        "assertionMethod": (["key-1", "key-0", "key-stolen", "key-2024", "p256", "rsa"].map(id)),
    });
    web.serves(
        "https://badges.example/.well-known/did.json",
        pretty(&document),
    );

    let jwk = |name: &str, issuer: &str| {
        let jwk = with(&Key::DistrictP256.public().jwk(), "/kid", json!(name));
        with(&jwk, "/iss", json!(issuer))
    };
    // What anybody could put on the host by handing it in as evidence.
    let upload = |name: &str| {
        let jwk = with(&Key::Upload.public().jwk(), "/kid", json!(name));
        with(&jwk, "/iss", json!(DISTRICT))
    };
    web.serves(
        "https://badges.example/evidence/upload",
        pretty(&upload("upload")),
    );
    let home = "https://badges.example/keys";
    web.serves(
        &format!("{home}/p256"),
        pretty(&jwk(&format!("{home}/p256"), DISTRICT)),
    );
    web.serves(
        &format!("{home}/tenant"),
        pretty(&jwk("tenant", "did:web:badges.example:tenant")),
    );
    web.serves(
        &format!("{home}/nameless"),
        pretty(&without(&upload("nameless"), "/iss")),
    );
    let mut private = jwk("private", DISTRICT);
    private["d"] = json!(URL_SAFE_NO_PAD.encode([8; 32]));
    web.serves(&format!("{home}/private"), pretty(&private));
    web.serves(
        &format!("{home}/method"),
        pretty(&multikey(
            &format!("{home}/method"),
            DISTRICT,
            Key::District,
        )),
    );
    web.serves(
        "https://elsewhere.example/keys/p256",
        pretty(&jwk("p256", DISTRICT)),
    );
    let set = json!({"keys": [jwk("one", "did:web:badges.example:tenant"), jwk("two", DISTRICT)]});
    web.serves("https://badges.example/.well-known/jwks.json", pretty(&set));
    let twice = json!({"keys": [jwk("one", DISTRICT), jwk("one", DISTRICT)]});
    web.serves("https://badges.example/keys/twice.json", pretty(&twice));

    let method = format!("{WEB}#{}", Key::Web.multibase());
    let profile = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": WEB,
        "verificationMethod": [
            multikey(&method, WEB, Key::Web),
            multikey(&format!("{WEB}#current"), WEB, Key::Web),
        ],
        "assertionMethod": [method, format!("{WEB}#current")],
    });
    web.serves(WEB, pretty(&profile));
    let own = with(
        &Key::WebP256.public().jwk(),
        "/kid",
        json!("https://issuer.example/keys/one"),
    );
    let own = with(&own, "/iss", json!(WEB));
    web.serves("https://issuer.example/keys/one", pretty(&own));
    let upload = with(&Key::Upload.public().jwk(), "/iss", json!(WEB));
    web.serves("https://issuer.example/uploads/key", pretty(&upload));
    web.serves(
        "https://issuer.example/.well-known/jwks.json",
        pretty(&json!({"keys": [own]})),
    );
    let silent = json!({"id": "https://issuer.example/silent", "name": "Example Press"});
    web.serves("https://issuer.example/silent", pretty(&silent));
}

/// Documents of `did:web:faulty.example:…`, each with one fault.
fn faulty_key_documents(web: &mut Web) {
    let mut serves = |name: &str, document: &dyn Fn(&str) -> Value| {
        let url = format!("https://faulty.example/{name}/did.json");
        web.serves(
            &url,
            pretty(&document(&format!("did:web:faulty.example:{name}"))),
        );
    };
    let good = |did: &str| {
        let id = format!("{did}#key-1");
        json!({
            "id": did,
            "verificationMethod": [multikey(&id, did, Key::District)],
            "assertionMethod": [id],
        })
    };
    serves("other-id", &|did| with(&good(did), "/id", json!(DISTRICT)));
    serves("other-controller", &|did| {
        with(
            &good(did),
            "/verificationMethod/0/controller",
            json!(DISTRICT),
        )
    });
    serves("many-keys", &|did| {
        let methods = (0..65).map(|at| multikey(&format!("{did}#key-{at}"), did, Key::District));
        with(&good(did), "/verificationMethod", methods.collect())
    });
    serves("weak-key", &|did| {
        // The neutral element of the curve: every signature of its own kind fits it.
        let weak = [&[0xed, 0x01, 0x01][..], &[0; 31]].concat();
        let weak = format!("z{}", bs58::encode(weak).into_string());
        with(
            &good(did),
            "/verificationMethod/0/publicKeyMultibase",
            json!(weak),
        )
    });
    serves("broken-key", &|did| {
        with(
            &good(did),
            "/verificationMethod/0/publicKeyMultibase",
            json!("z6Mk"),
        )
    });
    serves("private-key", &|did| {
        let id = format!("{did}#key-1");
        let mut method = json_web_key(&id, did, Key::District);
        method["publicKeyJwk"]["d"] = json!(URL_SAFE_NO_PAD.encode([3; 32]));
        with(&good(did), "/verificationMethod/0", method)
    });
    serves("two-keys", &|did| {
        let mut method = multikey(&format!("{did}#key-1"), did, Key::District);
        method["publicKeyJwk"] = Key::Stranger.public().jwk();
        with(&good(did), "/verificationMethod/0", method)
    });
    web.serves(
        "https://faulty.example/not-json/did.json",
        "<!doctype html><title>Hello</title>",
    );
}
