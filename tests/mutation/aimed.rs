//! Changes as somebody makes who wants another meaning under an old signature.

use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use super::{Change, Mutation, changed, joined};

/// Changes as somebody makes who wants another meaning under an old signature: dates, contexts, types,
/// the options of proofs, names that look alike, members renamed and moved.
pub fn aimed(document: &Value) -> impl Iterator<Item = Mutation> {
    changed(document, aimed_changes)
}

/// Every object with one member more that the standard knows.
pub fn grown(document: &Value) -> impl Iterator<Item = Mutation> {
    changed(document, |node| {
        let Value::Object(members) = node else {
            return Vec::new();
        };
        let absent = additions()
            .into_iter()
            .filter(|(name, _)| !members.contains_key(name));
        absent
            .map(|(name, value)| {
                (
                    format!("with {name}"),
                    Change::Replace(joined(members, &name, value)),
                )
            })
            .collect()
    })
}

/// Members that mean something somewhere, each with a value that is right there.
fn additions() -> Vec<(String, Value)> {
    let moment = json!("2026-10-01T08:00:07Z");
    [
        ("id", json!("urn:uuid:11111111-2222-4333-8444-555555555555")),
        ("@id", json!("urn:uuid:11111111-2222-4333-8444-555555555555")),
        ("type", json!(["Profile"])),
        ("@type", json!("https://example.org/Other")),
        ("@context", json!("https://www.w3.org/ns/credentials/v2")),
        ("@context", json!({"name": "https://schema.org/description"})),
        ("@graph", json!([])),
        ("@reverse", json!({})),
        ("@included", json!([{"id": "urn:x:y"}])),
        ("@nest", json!({"name": "Other"})),
        ("@index", json!("x")),
        ("@language", json!("fr")),
        ("@value", json!("Other")),
        ("name", json!("Other")),
        ("description", json!("Other")),
        ("validFrom", moment.clone()),
        ("validUntil", json!("2099-01-01T00:00:00Z")),
        ("awardedDate", moment.clone()),
        ("issuanceDate", moment.clone()),
        ("expirationDate", json!("2099-01-01T00:00:00Z")),
        ("expires", json!("2099-01-01T00:00:00Z")),
        ("created", json!("2026-10-02T08:00:00Z")),
        ("domain", json!("example.org")),
        ("challenge", json!("x")),
        ("nonce", json!("x")),
        ("previousProof", json!("urn:uuid:11111111-2222-4333-8444-555555555555")),
        ("proofPurpose", json!("authentication")),
        ("cryptosuite", json!("eddsa-jcs-2022")),
        ("image", json!({"id": "https://example.org/other.png", "type": "Image"})),
        ("proof", json!({"type": "DataIntegrityProof"})),
        ("evidence", json!([{"type": ["Evidence"], "name": "Other"}])),
        ("credentialStatus", json!({"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7", "statusListCredential": "https://example.org/list"})),
        ("credentialSchema", json!({"id": "https://example.org/s.json", "type": "1EdTechJsonSchemaValidator2019"})),
        ("refreshService", json!({"id": "https://example.org/r", "type": "1EdTechCredentialRefresh"})),
        ("termsOfUse", json!({"type": "Policy"})),
        ("endorsement", json!([])),
        ("tag", json!(["other"])),
        ("madeUp", json!("x")),
        ("https://schema.org/name", json!("Other")),
        ("__proto__", json!({"name": "Other"})),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn aimed_changes(node: &Value) -> Vec<(String, Change)> {
    let mut all = Vec::new();
    let mut replace = |name: &str, value: Value| {
        if value != *node {
            all.push((name.to_owned(), Change::Replace(value)));
        }
    };
    match node {
        Value::String(text) => {
            if let Ok(moment) = Timestamp::parse(text) {
                for (name, moment) in other_moments(text, moment) {
                    replace(name, moment.into());
                }
            }
            for (name, other) in look_alikes(text) {
                replace(name, other.into());
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            replace("one more", json!(number + 1.0));
            replace("the opposite", json!(-number));
            replace("as text", json!(number.to_string()));
        }
        Value::Array(items) => {
            replace("backwards", items.iter().rev().cloned().collect());
            replace("twice", items.iter().chain(items).cloned().collect());
            for place in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(place);
                replace("one less", fewer.into());
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let mut renamed = members.clone();
                renamed.shift_remove(name);
                for (how, other) in [
                    ("renamed to capitals", name.to_uppercase()),
                    ("renamed to a keyword", format!("@{name}")),
                    ("renamed to a look-alike", name.replace('a', "\u{430}")),
                    (
                        "renamed to an address",
                        format!("https://schema.org/{name}"),
                    ),
                ] {
                    if other != *name {
                        replace(how, joined(&renamed, &other, value.clone()));
                        replace(how, joined(members, &other, value.clone()));
                    }
                }
                if let Value::Object(inner) = value {
                    for (name, value) in inner {
                        replace("a member moved up", joined(members, name, value.clone()));
                    }
                }
                for (sibling, other) in members {
                    if sibling != name {
                        replace(
                            "the value of its neighbour",
                            joined(members, name, other.clone()),
                        );
                    }
                }
            }
            for (name, value) in additions() {
                replace(&format!("with {name}"), joined(members, &name, value));
            }
        }
        _ => {}
    }
    all
}

/// The same moment written otherwise, and other moments.
fn other_moments(text: &str, moment: Timestamp) -> Vec<(&'static str, String)> {
    let year = |from: &str, to: &str| text.replacen(from, to, 1);
    vec![
        ("a second later", moment.plus_seconds(1).to_string()),
        ("an hour before", moment.plus_seconds(-3600).to_string()),
        ("a century later", year("20", "21")),
        ("a decade before", year("202", "201")),
        ("the same in another zone", text.replace('Z', "+00:00")),
        ("the same with a fraction", text.replace('Z', ".0Z")),
        ("the same in small letters", text.to_lowercase()),
        ("another zone", text.replace('Z', "-05:00")),
    ]
}

/// Texts that a reader or a careless program takes for the same.
fn look_alikes(text: &str) -> Vec<(&'static str, String)> {
    let mut swapped: Vec<char> = text.chars().collect();
    if swapped.len() > 1 {
        let last = swapped.len() - 1;
        swapped.swap(last, last - 1);
    }
    vec![
        ("a blank before", format!(" {text}")),
        ("a line end after", format!("{text}\n")),
        ("a zero-width blank", format!("{text}\u{200b}")),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("a NUL after", format!("{text}\0")),
        ("another alphabet", text.replace('a', "\u{430}")),
        ("full-width letters", text.replace('e', "\u{ff45}")),
        ("capitals at the front", capitalised(text)),
        ("percent-coded", text.replace('e', "%65")),
        ("a slash after", format!("{text}/")),
        ("a fragment after", format!("{text}#x")),
        ("a query after", format!("{text}?x")),
        (
            "its last two letters swapped",
            swapped.into_iter().collect(),
        ),
        ("padding", format!("{text}=")),
    ]
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
