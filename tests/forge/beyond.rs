//! Badges whose verification goes on after the proof: older lists, schemas of issuers, newer editions.

use serde_json::{Value, json};

use super::documents::Web;
use super::*;

const SCHEMAS: &str = "https://badges.example/schemas";
const REFRESH: &str = "https://badges.example/refresh";

pub fn add(files: &mut Files) {
    let mut json = |path: &str, value: Value| files.json(&format!("presented/{path}.json"), &value);
    let older = |name: &str| {
        let entry = json!({
            "id": format!("https://lists.example/school/{name}.json"),
            "type": "1EdTechRevocationList",
        });
        extended("/credentialStatus", entry)
    };
    json("verified/older-list", by_school(&older("older-clear")));
    json(
        "refused/status.revoked/older-list",
        by_school(&older("older-set")),
    );
    json(
        "refused/status.revoked/older-list-other-spelling",
        by_school(&older("older-plural")),
    );
    json(
        "undetermined/status.unreachable/older-list-offline",
        by_school(&older("older-offline")),
    );

    let naming = |name: &str| {
        let id = format!("{SCHEMAS}/{name}.json");
        let entry = json!([{"id": id, "type": "1EdTechJsonSchemaValidator2019"}]);
        by_school(&extended("/credentialSchema", entry))
    };
    json("verified/own-schema", naming("met"));
    json("refused/schema.mismatch/own-schema", naming("unmet"));
    json("refused/schema.malformed/own-schema", naming("page"));
    json(
        "undetermined/schema.unreachable/own-schema",
        naming("offline"),
    );
    json("undetermined/schema.unsupported/own-schema", naming("afar"));

    for (path, service) in [
        ("verified/newer-edition-of-an-expired-badge", "newer"),
        ("refused/time.expired/no-newer-edition", "offline"),
        (
            "refused/time.expired/newer-edition-of-another-badge",
            "other",
        ),
        ("refused/status.revoked/newer-edition-revoked", "revoked"),
    ] {
        let old = edition(service, "2026-10-01T08:00:00Z");
        let old = with(&old, "/validUntil", json!("2026-11-01T00:00:00Z"));
        json(path, by_school(&old));
    }
}

/// What the addresses in these badges answer.
pub fn serve(web: &mut Web) {
    let id = badge("urn:example:nobody")["id"].clone();
    let list = |name: &str, member: &str, entries: Value| {
        let url = format!("https://lists.example/school/{name}.json");
        let mut list = json!({"id": url, "issuer": Key::School.did()});
        list[member] = entries;
        (url, pretty(&list))
    };
    let other = json!([{"id": "urn:uuid:00000000-0000-4000-8000-000000000000"}]);
    let own = json!([{"id": id, "revocationReason": "Issued in error"}]);
    for (url, list) in [
        list("older-clear", "revokedCredential", other),
        list("older-set", "revokedCredential", own.clone()),
        list("older-plural", "revokedCredentials", own),
    ] {
        web.serves(&url, list);
    }

    let schema = |rules: Value| {
        let mut schema = json!({"$schema": "https://json-schema.org/draft/2019-09/schema#"});
        schema["allOf"] = json!([rules]);
        pretty(&schema)
    };
    let named = |name: &str| json!({"properties": {"name": {"const": name}}});
    for (name, text) in [
        ("met", schema(named("Wait Time"))),
        ("unmet", schema(named("Another name"))),
        (
            "afar",
            schema(json!({"$ref": "https://elsewhere.example/schema"})),
        ),
        ("page", "<!doctype html><title>Hello</title>".to_owned()),
    ] {
        web.serves(&format!("{SCHEMAS}/{name}.json"), text);
    }

    let newer = |service: &str| edition(service, "2026-11-01T08:00:00Z");
    let other = with(
        &newer("other"),
        "/id",
        json!("urn:uuid:00000000-0000-4000-8000-000000000001"),
    );
    let revoked = with(
        &newer("revoked"),
        "/credentialStatus",
        status("revocation", "revocation", json!("7")),
    );
    for (service, edition) in [
        ("newer", newer("newer")),
        ("other", other),
        ("revoked", revoked),
    ] {
        web.serves(
            &format!("{REFRESH}/{service}.json"),
            pretty(&by_school(&edition)),
        );
    }
}

fn by_school(plain: &Value) -> Value {
    signed(plain, &Key::School.method(), Key::School)
}

/// A badge of the school with one more member and the context that defines its type.
fn extended(pointer: &str, value: Value) -> Value {
    let extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
    let plain = with(&badge(&Key::School.did()), "/@context/-", json!(extensions));
    with(&plain, pointer, value)
}

fn edition(service: &str, valid_from: &str) -> Value {
    let service = json!({
        "id": format!("{REFRESH}/{service}.json"),
        "type": "1EdTechCredentialRefresh",
    });
    with(
        &extended("/refreshService", service),
        "/validFrom",
        json!(valid_from),
    )
}
