//! Badges that are out of their time, or that were taken back.

use serde_json::json;

use super::verified::with_status;
use super::*;

pub fn add(files: &mut Files) {
    times(files);
    statuses(files);
}

fn times(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    json(
        "time.expired",
        "just-beyond-tolerance.json",
        school_badge("/validUntil", json!("2026-11-22T11:58:59Z")),
    );
    json("time.expired", "last-year.json", {
        let key = Key::School;
        let old = with(
            &badge(&key.did()),
            "/validFrom",
            json!("2024-01-01T00:00:00Z"),
        );
        let old = with(&old, "/validUntil", json!("2025-01-01T00:00:00Z"));
        signed(&old, &key.method(), key)
    });
    json(
        "time.not_yet_valid",
        "just-beyond-tolerance.json",
        school_badge("/validFrom", json!("2026-11-22T12:01:01Z")),
    );
    json(
        "time.not_yet_valid",
        "next-year.json",
        school_badge("/validFrom", json!("2027-01-01T00:00:00Z")),
    );
    json(
        "time.order",
        "ends-before-it-begins.json",
        school_badge("/validUntil", json!("2026-09-01T00:00:00Z")),
    );
}

fn statuses(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| {
        files.json(&refused(code, &format!("{name}.json")), &value);
    };
    let at = |list: &str, index| with_status(list, "revocation", index);
    json("status.revoked", "revoked", at("revocation", json!("7")));
    json(
        "status.revoked",
        "revoked-index-as-number",
        at("revocation", json!(94567)),
    );
    json(
        "status.revoked",
        "revoked-list-in-a-token",
        at("token", json!("7")),
    );
    json(
        "status.revoked",
        "revoked-list-for-two-purposes",
        at("both", json!("7")),
    );
    json(
        "status.suspended",
        "suspended",
        with_status("suspension", "suspension", json!("7")),
    );
    json(
        "status.index",
        "beyond-the-end",
        at("revocation", json!("131072")),
    );
    json("status.index", "negative", at("revocation", json!("-1")));
    json("status.index", "with-a-sign", at("revocation", json!("+1")));
    json("status.index", "with-a-zero", at("revocation", json!("01")));
    json("status.index", "exponent", at("revocation", json!("1e3")));
    json("status.index", "empty", at("revocation", json!("")));
    json(
        "status.index",
        "two-to-the-64",
        at("revocation", json!("18446744073709551616")),
    );
    json(
        "status.purpose",
        "list-for-something-else",
        at("suspension", json!("8")),
    );
    json(
        "status.issuer_mismatch",
        "list-of-a-stranger",
        at("stranger", json!("8")),
    );
    json("status.too_large", "bomb", at("bomb", json!("8")));
    for list in [
        "unsigned",
        "edited",
        "imposed",
        "wrong-type",
        "wrong-subject",
        "wrong-id",
        "without-list",
        "early",
        "backwards",
        "short",
        "without-prefix",
        "trailing",
        "zlib",
        "page",
    ] {
        json(
            "status.malformed",
            &format!("list-{list}"),
            at(list, json!("8")),
        );
    }
    let entry = |member: &str, value| {
        let key = Key::School;
        let entry = super::verified::status("revocation", "revocation", json!("8"));
        let entry = with(&entry, &format!("/{member}"), value);
        signed(
            &with(&badge(&key.did()), "/credentialStatus", entry),
            &key.method(),
            key,
        )
    };
    json(
        "status.malformed",
        "id-of-the-list",
        entry("id", json!("https://lists.example/school/revocation")),
    );
    json(
        "status.malformed",
        "list-not-on-the-web",
        entry("statusListCredential", json!("urn:example:list")),
    );
    json(
        "status.malformed",
        "entries-of-no-size",
        entry("statusSize", json!(0)),
    );
    json(
        "status.malformed",
        "entries-larger-than-the-list-allows",
        entry("statusSize", json!(2)),
    );
    json("status.cycle", "own-list", {
        let key = Key::School;
        let own = with(
            &badge(&key.did()),
            "/id",
            json!("https://lists.example/school/revocation"),
        );
        let entry = super::verified::status("revocation", "revocation", json!("8"));
        signed(&with(&own, "/credentialStatus", entry), &key.method(), key)
    });
}
