//! One change at a time, in every place of a document, always in the same order.

mod aimed;

pub use aimed::{aimed, grown};

use serde_json::{Map, Value, json};

/// A document with one change.
pub struct Mutation {
    /// What was done.
    pub name: String,
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// The document afterwards.
    pub document: Value,
}

impl Mutation {
    /// The document as it is.
    pub fn none(document: &Value) -> Mutation {
        Mutation {
            name: "no change".to_owned(),
            pointer: String::new(),
            document: document.clone(),
        }
    }
}

/// Every change of every node: it is removed, replaced by each kind of value, wrapped, unwrapped,
/// given a member, misspelt.
pub fn mutations(document: &Value) -> impl Iterator<Item = Mutation> {
    changed(document, changes)
}

/// The document with each change that `changes` finds for each of its nodes.
fn changed(
    document: &Value,
    changes: impl Fn(&Value) -> Vec<(String, Change)>,
) -> impl Iterator<Item = Mutation> {
    let mut pointers = Vec::new();
    collect_pointers(document, String::new(), &mut pointers);
    pointers.into_iter().flat_map(move |pointer| {
        let node = document
            .pointer(&pointer)
            .expect("a pointer just collected");
        changes(node)
            .into_iter()
            .map(move |(name, change)| {
                let mut document = document.clone();
                apply(&mut document, &pointer, change);
                Mutation {
                    name,
                    pointer: pointer.clone(),
                    document,
                }
            })
            .collect::<Vec<_>>()
    })
}

/// The document with the members of every object in the opposite order.
pub fn backwards(node: &Value) -> Value {
    match node {
        Value::Object(members) => {
            let turned = members.iter().rev();
            Value::Object(
                turned
                    .map(|(name, value)| (name.clone(), backwards(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(backwards).collect(),
        other => other.clone(),
    }
}

enum Change {
    Remove,
    Replace(Value),
}

fn changes(node: &Value) -> Vec<(String, Change)> {
    let mut all = vec![("removal".to_owned(), Change::Remove)];
    let mut replace = |name: &str, value: Value| {
        if value != *node {
            all.push((name.to_owned(), Change::Replace(value)));
        }
    };
    for (name, value) in [
        ("null", json!(null)),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("fraction", json!(-1.5)),
        ("empty string", json!("")),
        ("string", json!("elsewhere")),
        ("empty array", json!([])),
        ("array of strings", json!(["elsewhere"])),
        ("empty object", json!({})),
        ("language map", json!({"en": "here", "fr-CA": "ici"})),
        ("map that is no language map", json!({"english": "here"})),
        ("language map with a number", json!({"en": 7})),
        ("wrapped in an array", json!([node])),
    ] {
        replace(name, value);
    }
    match node {
        Value::Array(items) => {
            if let Some(first) = items.first() {
                replace("only its first item", first.clone());
            }
            for (name, extra) in [
                ("one more null", json!(null)),
                ("one more string", json!("elsewhere")),
                ("one more object", json!({})),
            ] {
                replace(name, items.iter().cloned().chain([extra]).collect());
            }
        }
        Value::Object(members) => {
            let with = |name: &str, value: Value| {
                let mut members = members.clone();
                members.insert(name.to_owned(), value);
                Value::Object(members)
            };
            replace("an unknown member", with("madeUp", json!("x")));
            replace("an unknown object", with("madeUp", json!({"id": 7})));
            let reversed: Map<_, _> = members.clone().into_iter().rev().collect();
            all.push(("other order".to_owned(), Change::Replace(reversed.into())));
        }
        Value::String(text) => {
            for spoilt in [
                format!("{text} "),
                format!("{text}\u{1}"),
                text.to_uppercase(),
            ] {
                replace("misspelling", spoilt.into());
            }
            for (name, other) in STRINGS {
                replace(name, json!(other));
            }
        }
        _ => {}
    }
    all
}

/// Strings that are right in one place and wrong in most.
const STRINGS: [(&str, &str); 15] = [
    ("extension term", "ext:Made-up_1"),
    ("extension term without a name", "ext:"),
    ("extension term after other text", "an ext:Term"),
    ("extension term before other text", "ext:Term of ours"),
    ("date-time", "2026-02-28T23:59:59.5+05:30"),
    ("date-time without zone", "2026-02-28T23:59:59"),
    ("date-time on no day", "2026-02-30T00:00:00Z"),
    ("date", "2026-02-28"),
    ("date on no day", "2026-02-30"),
    ("compact JWS", "e30.e30.AAAA"),
    ("compact JWS of two parts", "e30.e30"),
    ("language", "zh-Hant-TW"),
    ("misspelt language", "EN-us"),
    (
        "other context",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    ),
    (
        "context beyond",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.10.json",
    ),
];

fn apply(document: &mut Value, pointer: &str, change: Change) {
    let place = match change {
        Change::Replace(value) => {
            *document.pointer_mut(pointer).expect("the pointer exists") = value;
            return;
        }
        Change::Remove => pointer.rsplit_once('/'),
    };
    let Some((parent, name)) = place else {
        // The root cannot be removed; nothing is the nearest thing.
        *document = Value::Null;
        return;
    };
    match document.pointer_mut(parent).expect("the parent exists") {
        Value::Array(items) => {
            items.remove(name.parse().expect("a place in the array"));
        }
        Value::Object(members) => {
            members.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        _ => unreachable!("only arrays and objects have parts"),
    }
}

fn collect_pointers(node: &Value, pointer: String, pointers: &mut Vec<String>) {
    match node {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_pointers(item, format!("{pointer}/{index}"), pointers);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect_pointers(value, format!("{pointer}/{name}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}

fn joined(members: &Map<String, Value>, name: &str, value: Value) -> Value {
    let mut members = members.clone();
    members.insert(name.to_owned(), value);
    Value::Object(members)
}
