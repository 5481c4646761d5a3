//! Badges of Open Badges 2.0: hosted, signed, in pictures, and what is wrong with some.

use serde_json::{Value, json};

use super::documents::Web;
use super::school::*;
use super::{Files, Key, pretty, refused, with, without};

pub fn add(files: &mut Files) {
    verified(files);
    refused_hosted(files);
    refused_signed(files);
    undetermined(files);
}

fn verified(files: &mut Files) {
    let mut add = |name: &str, bytes: Vec<u8>| {
        files.bytes(&format!("presented/verified/open-badges-2-{name}"), bytes);
    };
    let (json, token) = (pretty(&hosted()), signed());
    add("hosted.json", json.clone().into_bytes());
    add("hosted-whole.json", pretty(&whole()).into_bytes());
    add("hosted-elsewhere.json", pretty(&by_leave()).into_bytes());
    for (name, key) in KEYS {
        let assertion = signed_with(&key_address(name));
        add(
            &format!("signed-{name}.jwt"),
            jws(&assertion, key).into_bytes(),
        );
    }
    add("json.png", png(&json));
    add("token.png", png(&token));
    add("address.png", png(ASSERTION));
    add("address-as-latin-text.png", older_png(ASSERTION));
    add("json.svg", svg_holding(&json));
    add("token.svg", svg_naming(&token));
    add("address.svg", svg_naming(ASSERTION));
}

fn refused_hosted(files: &mut Files) {
    let mut add = |code: &str, name: &str, value: &Value| {
        files.json(&refused(code, &format!("open-badges-2-{name}.json")), value);
    };
    let edited = with(&hosted(), "/recipient/identity", json!("sha256$00"));
    add("legacy.hosted_mismatch", "another-recipient", &edited);
    add(
        "legacy.hosted_mismatch",
        "another-assertion",
        &with(&hosted(), "/id", json!(format!("{ASSERTIONS}/other"))),
    );
    add("legacy.origin", "on-another-host", &on_another_host());
    let both = json!([CONTEXT, super::CREDENTIALS, super::OPEN_BADGES]);
    add(
        "legacy.mixed",
        "three-contexts",
        &with(&hosted(), "/@context", both),
    );
    for (name, pointer) in [
        ("no-recipient", "/recipient"),
        ("no-word-on-hashing", "/recipient/hashed"),
        ("no-verification", "/verification"),
    ] {
        add("legacy.malformed", name, &without(&hosted(), pointer));
    }
    for (name, document) in hosted_elsewhere() {
        match name {
            "expired" => add("time.expired", "hosted", &document),
            "early" => add("time.not_yet_valid", "hosted", &document),
            "undated" => add("time.syntax", "hosted", &document),
            "no-criteria" => add("legacy.malformed", "badge-without-criteria", &document),
            "no-email" => add("legacy.malformed", "issuer-without-email", &document),
            "marked" | "withdrawn" => add("status.revoked", name, &document),
            _ => {}
        }
    }
    add(
        "proof.missing",
        "signed-without-signature",
        &signed_assertion(),
    );
    files.bytes(
        &refused("input.address", "open-badges-2-address-of-an-address.png"),
        png(&format!("{ASSERTIONS}/address")),
    );
}

fn refused_signed(files: &mut Files) {
    let mut add = |code: &str, name: &str, token: String| {
        files.bytes(&refused(code, &format!("open-badges-2-{name}.jwt")), token);
    };
    let rsa = Key::DistrictRsa;
    let revoked = with(&signed_assertion(), "/id", json!(REVOKED));
    add("status.revoked", "signed", jws(&revoked, rsa));
    let expired = with(&signed_assertion(), "/expires", json!(PAST));
    add("time.expired", "signed", jws(&expired, rsa));

    // The signature of another assertion, and one with a key that is not the one named.
    let token = jws(&expired, rsa);
    let (_, signature) = token.rsplit_once('.').expect("three parts");
    let good = signed();
    let (unsigned, _) = good.rsplit_once('.').expect("three parts");
    add(
        "signature.invalid",
        "edited",
        format!("{unsigned}.{signature}"),
    );
    let forged = signed_with(&key_address("es256"));
    add(
        "signature.invalid",
        "another-key",
        jws(&forged, Key::Upload),
    );
    add(
        "legacy.key_not_listed",
        "key-of-nobody",
        jws(&signed_with(&key_address("unlisted")), Key::Upload),
    );
    add(
        "legacy.key_not_listed",
        "key-of-another-school",
        jws(&signed_with(&key_address("foreign")), Key::Upload),
    );
    for (name, code) in [
        ("list-of-another", "status.issuer_mismatch"),
        ("list-without-entries", "status.malformed"),
    ] {
        add(code, "signed", jws(&signed_under(name), rsa));
    }
}

fn undetermined(files: &mut Files) {
    let mut add = |path: &str, bytes: String| {
        files.bytes(&format!("presented/undetermined/{path}"), bytes);
    };
    let gone = format!("{ASSERTIONS}/gone");
    let unhosted = with(&hosted(), "/id", json!(gone));
    add(
        "fetch.unreachable/open-badges-2-hosted.json",
        pretty(&unhosted),
    );
    for (name, document) in hosted_elsewhere() {
        match name {
            "badge-gone" => add(
                "fetch.unreachable/open-badges-2-badge.json",
                pretty(&document),
            ),
            "issuer-slow" => add("fetch.timeout/open-badges-2-issuer.json", pretty(&document)),
            _ => {}
        }
    }
    let keyless = signed_with(&key_address("gone"));
    add(
        "fetch.unreachable/open-badges-2-key.jwt",
        jws(&keyless, Key::DistrictRsa),
    );
    add(
        "status.unreachable/open-badges-2-signed.jwt",
        jws(&signed_under("list-gone"), Key::DistrictRsa),
    );
    files.bytes(
        "presented/undetermined/fetch.unreachable/open-badges-2-address.svg",
        svg_naming(&gone),
    );
}

/// What the addresses in these badges answer.
pub fn serve(web: &mut Web) {
    let mut serves = |document: &Value| {
        let url = document["id"].as_str().expect("an id");
        web.serves(url, pretty(document));
    };
    for document in [hosted(), badge_class(), revocation_list(), whole()] {
        serves(&document);
    }
    serves(&key_document(Key::DistrictRsa, ISSUER));
    let mut named = vec![KEY.to_owned()];
    for (name, key) in KEYS {
        let id = key_address(name);
        serves(&with(&key_document(key, ISSUER), "/id", json!(id)));
        named.push(id);
    }
    let foreign = key_address("foreign");
    named.push(foreign.clone());
    serves(&with(&profile(), "/publicKey", json!(named)));
    for (id, owner) in [
        (key_address("unlisted"), ISSUER.to_owned()),
        (foreign, format!("{ISSUERS}/no-email")),
    ] {
        serves(&with(&key_document(Key::Upload, &owner), "/id", json!(id)));
    }

    serves(&by_leave());
    serves(&on_another_host());
    let leave = json!({"allowedOrigins": ["school.example", "elsewhere.example"]});
    serves(&with(&issuer("leave"), "/verification", leave));
    serves(&without(&issuer("no-email"), "/email"));
    for (name, owner, entries) in [
        ("list-of-another", ISSUER.to_owned(), Some(json!([]))),
        (
            "list-without-entries",
            issuer_address("list-without-entries"),
            None,
        ),
        ("list-gone", String::new(), None),
    ] {
        let url = format!("https://school.example/lists/{name}");
        serves(&with(&issuer(name), "/revocationList", json!(url)));
        let key = key_document(Key::DistrictRsa, &issuer_address(name));
        serves(&with(&key, "/id", json!(key_address(name))));
        if name == "list-gone" {
            continue;
        }
        let mut list = json!({"id": url, "type": "RevocationList", "issuer": owner});
        if let Some(entries) = entries {
            list["revokedAssertions"] = entries;
        }
        serves(&list);
    }

    for (name, document) in hosted_elsewhere() {
        match name {
            "marked" => serves(&with(&document, "/revoked", json!(true))),
            "withdrawn" => serves(&json!({
                "@context": CONTEXT,
                "id": document["id"],
                "type": "Assertion",
                "revoked": true,
                "revocationReason": "Issued by mistake.",
            })),
            _ => serves(&document),
        }
    }
    web.serves(&format!("{ASSERTIONS}/other"), pretty(&hosted()));
    web.serves(&format!("{ASSERTIONS}/address"), ASSERTION);
    web.fails(&issuer_address("slow"), "timeout");
}

/// Hosted assertions with an address of their own, by what there is to see in them.
fn hosted_elsewhere() -> Vec<(&'static str, Value)> {
    let badge_of = |name: &str| with(&badge_class(), "/issuer", json!(issuer_address(name)));
    [
        ("expired", "/expires", json!(PAST)),
        ("early", "/issuedOn", json!("2027-01-01T00:00:00Z")),
        ("undated", "/issuedOn", json!("yesterday")),
        (
            "no-criteria",
            "/badge",
            without(&badge_class(), "/criteria"),
        ),
        ("no-email", "/badge", badge_of("no-email")),
        ("marked", "/issuedOn", json!("2026-10-01T08:00:00Z")),
        ("withdrawn", "/issuedOn", json!("2026-10-01T08:00:00Z")),
        (
            "badge-gone",
            "/badge",
            json!("https://school.example/badges/gone"),
        ),
        ("issuer-slow", "/badge", badge_of("slow")),
    ]
    .into_iter()
    .map(|(name, pointer, value)| {
        let id = format!("{ASSERTIONS}/{name}");
        (
            name,
            with(&with(&hosted(), "/id", json!(id)), pointer, value),
        )
    })
    .collect()
}

/// A hosted assertion that carries its badge class.
fn whole() -> Value {
    let whole = with(&hosted(), "/id", json!(format!("{ASSERTIONS}/whole")));
    with(&whole, "/badge", badge_class())
}

/// A hosted assertion on another host than its issuer's, who allows it.
fn by_leave() -> Value {
    let badge = with(&badge_class(), "/issuer", json!(issuer_address("leave")));
    let badge = with(&badge, "/id", json!("https://school.example/badges/leave"));
    let assertion = with(&hosted(), "/badge", badge);
    with(
        &assertion,
        "/id",
        json!("https://elsewhere.example/assertions/by-leave"),
    )
}

/// The same without the issuer's leave.
fn on_another_host() -> Value {
    with(
        &hosted(),
        "/id",
        json!("https://elsewhere.example/assertions/7"),
    )
}

/// A signed assertion that names this key.
fn signed_with(key: &str) -> Value {
    with(&signed_assertion(), "/verification/creator", json!(key))
}

/// A signed assertion of another issuer on the same host.
fn signed_under(name: &str) -> Value {
    let badge = with(&badge_class(), "/issuer", json!(issuer_address(name)));
    with(&signed_with(&key_address(name)), "/badge", badge)
}

/// The profile of another issuer on the same host, which names a key of its own.
fn issuer(name: &str) -> Value {
    let profile = with(&profile(), "/id", json!(issuer_address(name)));
    with(&profile, "/publicKey", json!([key_address(name)]))
}

fn issuer_address(name: &str) -> String {
    format!("{ISSUERS}/{name}")
}

fn key_address(name: &str) -> String {
    format!("https://school.example/keys/{name}")
}

/// The keys of the school, by the algorithm that they sign with.
const KEYS: [(&str, Key); 3] = [
    ("rs256", Key::DistrictRsa),
    ("es256", Key::DistrictP256),
    ("eddsa", Key::District),
];

const ASSERTIONS: &str = "https://school.example/assertions";
const ISSUERS: &str = "https://school.example/issuers";
const PAST: &str = "2026-11-01T00:00:00Z";
