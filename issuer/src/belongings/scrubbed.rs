//! What is other people's, or a secret, taken out of records before their person takes them away.

use crate::id::PersonId;
use crate::person::Person;
use serde_json::Value;

/// A record without who else had to do with it, and without digests of secrets.
///
/// It goes by the names of members: whoever did something stands under one of a few. Their person's own
/// identifiers stay.
pub(super) fn scrubbed(person: &Person, record: Value) -> Value {
    match record {
        Value::Object(members) => {
            let stays = |(name, value): &(String, Value)| {
                let is_others = || OTHERS.contains(&name.as_str()) && names_another(person, value);
                !SECRETS.contains(&name.as_str()) && !is_others()
            };
            let members = members.into_iter().filter(stays);
            let members = members.map(|(name, value)| (name, scrubbed(person, value)));
            Value::Object(members.collect())
        }
        Value::Array(items) => {
            let items = items.into_iter().map(|item| scrubbed(person, item));
            Value::Array(items.collect())
        }
        plain => plain,
    }
}

fn names_another(person: &Person, value: &Value) -> bool {
    match value {
        Value::String(text) => text.parse::<PersonId>().is_ok_and(|id| !person.is(id)),
        Value::Array(several) => several.iter().any(|one| names_another(person, one)),
        _ => false,
    }
}

/// Under what people stand who had to do with something.
const OTHERS: [&str; 8] = [
    "by",
    "person",
    "reviewer",
    "scored_by",
    "officer",
    "author",
    "earner",
    "owner",
];

/// Digests of what opens something.
const SECRETS: [&str; 1] = ["secret"];
