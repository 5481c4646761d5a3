//! The documents that the fixtures' web serves, and the addresses where it fails.

use std::collections::BTreeMap;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use verifier::status_list;

use super::{CREDENTIALS, DISTRICT, Files, Key, WEB, header, pretty, signed, token, with, without};

pub fn add(files: &mut Files) {
    let mut web = Web::default();
    key_documents(&mut web);
    faulty_key_documents(&mut web);
    status_lists(&mut web);
    faulty_status_lists(&mut web);
    for (host, failure) in FAILURES {
        web.fails(
            &format!("https://{host}.example/.well-known/did.json"),
            failure,
        );
    }
    web.fails("https://lists.example/school/offline", "unreachable");
    web.fails("https://lists.example/school/slow", "timeout");
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
struct Web {
    index: BTreeMap<String, Value>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Web {
    fn serves(&mut self, url: &str, bytes: impl Into<Vec<u8>>) {
        let file = url.strip_prefix("https://").expect("an address");
        let file = match file.rsplit('/').next() {
            Some(name) if name.contains('.') => file.to_owned(),
            _ => format!("{file}.txt"),
        };
        self.index.insert(url.to_owned(), json!({"file": file}));
        self.files.insert(file, bytes.into());
    }

    fn fails(&mut self, url: &str, failure: &str) {
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
        pretty(&without(&jwk("nameless", DISTRICT), "/iss")),
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
        "id": WEB,
        "name": "Example Press",
        "verificationMethod": [
            multikey(&method, WEB, Key::Web),
            multikey(&format!("{WEB}#current"), WEB, Key::Web),
        ],
        "assertionMethod": [method, format!("{WEB}#current")],
    });
    web.serves(WEB, pretty(&profile));
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

/// A list of the school, with the entries 7 and 94567 set, unsigned.
fn list(name: &str, purpose: Value) -> Value {
    let mut bits = vec![0; status_list::LEAST_ENTRIES / 8];
    for index in [7, 94_567] {
        assert!(
            status_list::set(&mut bits, index),
            "the list is long enough"
        );
    }
    json!({
        "@context": [CREDENTIALS],
        "id": format!("https://lists.example/school/{name}"),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": Key::School.did(),
        "validFrom": "2026-11-20T00:00:00Z",
        "validUntil": "2026-12-20T00:00:00Z",
        "credentialSubject": {
            "id": format!("https://lists.example/school/{name}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": status_list::encode(&bits),
        },
    })
}

fn by_school(list: &Value) -> Value {
    signed(list, &Key::School.method(), Key::School)
}

fn status_lists(web: &mut Web) {
    let mut serves = |list: &Value| {
        let url = list["id"].as_str().expect("the list has an id").to_owned();
        web.serves(&url, pretty(&by_school(list)));
    };
    serves(&list("revocation", json!("revocation")));
    serves(&list("suspension", json!("suspension")));
    serves(&list("both", json!(["revocation", "suspension"])));
    serves(&list("expired", json!("revocation")).change("/validUntil", "2026-11-21T00:00:00Z"));

    let district = list("district", json!("revocation")).change("/issuer", DISTRICT);
    let url = "https://lists.example/school/district";
    web.serves(
        url,
        pretty(&signed(
            &district,
            &format!("{DISTRICT}#key-1"),
            Key::District,
        )),
    );

    let key = Key::School;
    let claims = |list: &Value| with(list, "/iss", list["issuer"].clone());
    let fragment = format!("#{}", key.multibase());
    let kid = header(key, &fragment);
    let good = list("token", json!("revocation"));
    web.serves(
        "https://lists.example/school/token",
        token(&kid, &claims(&good), key),
    );
    let old = without(&list("old-token", json!("revocation")), "/validUntil");
    let old = with(&claims(&old), "/exp", json!(1_790_841_600));
    web.serves(
        "https://lists.example/school/old-token",
        token(&kid, &old, key),
    );
}

fn faulty_status_lists(web: &mut Web) {
    let mut serves = |name: &str, document: Value| {
        web.serves(
            &format!("https://lists.example/school/{name}"),
            pretty(&document),
        );
    };
    let revocation = |name: &str| list(name, json!("revocation"));
    let encoded = |name: &str, text: String| {
        by_school(&revocation(name).change("/credentialSubject/encodedList", &text))
    };
    serves("unsigned", revocation("unsigned"));
    let clear = status_list::encode(&vec![0; status_list::LEAST_ENTRIES / 8]);
    let edited = by_school(&revocation("edited"));
    serves(
        "edited",
        edited.change("/credentialSubject/encodedList", &clear),
    );
    let stranger = revocation("stranger").change("/issuer", &Key::Stranger.did());
    serves(
        "stranger",
        signed(&stranger, &Key::Stranger.method(), Key::Stranger),
    );
    let imposed = revocation("imposed");
    serves(
        "imposed",
        signed(&imposed, &Key::Stranger.method(), Key::Stranger),
    );
    serves(
        "wrong-type",
        with(
            &by_school(&revocation("wrong-type")),
            "/type",
            json!(["VerifiableCredential"]),
        ),
    );
    serves(
        "wrong-subject",
        without(
            &by_school(&revocation("wrong-subject")),
            "/credentialSubject/type",
        ),
    );
    serves("wrong-id", by_school(&revocation("somewhere-else")));
    serves(
        "without-list",
        without(
            &by_school(&revocation("without-list")),
            "/credentialSubject/encodedList",
        ),
    );
    serves(
        "early",
        by_school(&revocation("early").change("/validFrom", "2026-12-01T00:00:00Z")),
    );
    serves(
        "backwards",
        by_school(&revocation("backwards").change("/validUntil", "2026-11-19T00:00:00Z")),
    );
    serves(
        "short",
        encoded("short", status_list::encode(&[0; 8 * 1024])),
    );
    serves(
        "without-prefix",
        encoded("without-prefix", clear[1..].to_owned()),
    );
    serves(
        "trailing",
        encoded("trailing", {
            let bytes = URL_SAFE_NO_PAD.decode(&clear[1..]).expect("base64url");
            format!(
                "u{}",
                URL_SAFE_NO_PAD.encode([&bytes[..], b"more"].concat())
            )
        }),
    );
    serves(
        "zlib",
        encoded("zlib", {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder
                .write_all(&[0; 16 * 1024])
                .expect("writing to memory works");
            let bytes = encoder.finish().expect("writing to memory works");
            format!("u{}", URL_SAFE_NO_PAD.encode(bytes))
        }),
    );
    serves(
        "bomb",
        encoded("bomb", status_list::encode(&vec![0; 9 << 20])),
    );
    web.serves(
        "https://lists.example/school/page",
        "<!doctype html><title>Hello</title>",
    );
}

trait Change {
    fn change(&self, pointer: &str, text: &str) -> Value;
}

impl Change for Value {
    fn change(&self, pointer: &str, text: &str) -> Value {
        with(self, pointer, json!(text))
    }
}
