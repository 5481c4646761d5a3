//! Badges of which it cannot be told whether they hold.

use serde_json::json;

use super::documents::FAILURES;
use super::verified::with_status;
use super::*;

pub fn add(files: &mut Files) {
    let codes = [
        "fetch.address_blocked",
        "fetch.redirect",
        "fetch.timeout",
        "fetch.too_large",
        "fetch.tls",
        "fetch.unreachable",
        "fetch.budget",
        "fetch.not_allowed",
    ];
    for ((host, _), code) in FAILURES.into_iter().zip(codes) {
        let did = format!("did:web:{host}.example");
        let badge = signed(&badge(&did), &format!("{did}#key-1"), Key::District);
        files.json(&undetermined(code, "did-web.json"), &badge);
    }
    files.json(
        &undetermined("fetch.unreachable", "issuer-key-by-name.json"),
        &{
            let issuer = "https://gone.example/profile";
            signed(&badge(issuer), &format!("{issuer}#current"), Key::Web)
        },
    );
    let mut status = |code: &str, name: &str, value: Value| {
        files.json(&undetermined(code, &format!("{name}.json")), &value);
    };
    status(
        "status.unreachable",
        "list-offline",
        with_status("offline", "revocation", json!("8")),
    );
    status(
        "status.unreachable",
        "list-slow",
        with_status("slow", "revocation", json!("8")),
    );
    status(
        "status.unreachable",
        "list-not-there",
        with_status("never", "revocation", json!("8")),
    );
    status(
        "status.expired",
        "list-of-last-week",
        with_status("expired", "revocation", json!("8")),
    );
    status(
        "status.expired",
        "set-in-an-old-list",
        with_status("expired", "revocation", json!("7")),
    );
    status(
        "status.expired",
        "old-token",
        with_status("old-token", "revocation", json!("8")),
    );
    status(
        "status.unknown",
        "unknown-purpose",
        with_status("revocation", "confiscation", json!("8")),
    );
}

fn undetermined(code: &str, name: &str) -> String {
    format!("presented/undetermined/{code}/{name}")
}
