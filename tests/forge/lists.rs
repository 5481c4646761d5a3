//! The status lists that the fixtures' web serves.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use verifier::status_list;

use super::documents::Web;
use super::{CREDENTIALS, DISTRICT, Key, header, pretty, signed, token, with, without};

pub fn add(web: &mut Web) {
    status_lists(web);
    faulty_status_lists(web);
    web.fails("https://lists.example/school/offline", "unreachable");
    web.fails("https://lists.example/school/slow", "timeout");
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
