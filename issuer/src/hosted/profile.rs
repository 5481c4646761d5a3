//! The profile of a person as applications read and write it by the Open Badges API.
//!
//! Where no application has written one, it is made of the account. What an application writes is kept
//! beside the account and changes nothing in it.

use crate::app::App;
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::person::Person;
use schemas::json::{self, JsonLimits};
use schemas::schema::{self, Class};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A profile that an application wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedProfile {
    /// The document, as it came.
    pub text: String,
    /// What it says its person is called, or its identifier.
    pub name: String,
    /// Which application wrote it, by its name.
    pub application: String,
    /// When.
    pub written: Timestamp,
}

/// The profile of a person: what an application wrote, or what the account says.
pub fn of(app: &App, person: &Person) -> Result<String, Error> {
    if let Some(held) = app.store.hosted_profile(person.id)? {
        return Ok(held.value.text);
    }
    let told = json!({
        "id": id_of(person),
        "type": ["Profile"],
        "name": person.name,
        "email": person.primary(),
    });
    Ok(told.to_string())
}

/// What identifies a person to other systems: their own identifier, or one that was made for this.
pub fn id_of(person: &Person) -> String {
    person.did.clone().unwrap_or_else(|| identifier(person))
}

/// The profile that an application wrote for a person, if one did.
pub fn written(app: &App, person: &Person) -> Result<Option<HostedProfile>, Error> {
    let held = app.store.hosted_profile(person.id)?;
    Ok(held.map(|held| held.value))
}

/// Writes the whole profile of a person.
pub fn write(
    app: &App,
    person: &Person,
    bytes: &[u8],
    application: String,
    now: Timestamp,
) -> Result<String, Error> {
    let document = json::read(bytes, &LIMITS);
    let document = document.map_err(|error| {
        let pointer = error.pointer().unwrap_or_default().to_owned();
        Error::invalid(pointer, error.to_string())
    })?;
    if Class::of(&document) != Some(Class::Profile) {
        return Err(Error::invalid("/type", "this is not a Profile"));
    }
    if let Some(finding) = findings(&document).into_iter().next() {
        return Err(Error::invalid(finding.pointer, finding.message));
    }
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    let name = text("name").or_else(|| text("id")).unwrap_or_default();
    let profile = HostedProfile {
        // JSON was read from these bytes, so they are text.
        text: String::from_utf8_lossy(bytes).trim().to_owned(),
        name: name.chars().take(NAME_LETTERS).collect(),
        application,
        written: now,
    };
    app.store.put_profile(person.id, &profile)?;
    Ok(profile.text)
}

/// Takes away what an application wrote.
pub fn remove(app: &App, person: &Person) -> Result<(), Error> {
    Ok(app.store.remove_profile(person.id)?)
}

/// What is wrong with a profile. It may bring the context that a document has which stands alone.
fn findings(document: &Value) -> Vec<schemas::Finding> {
    let mut found = schema::validate(Class::Profile, document);
    found.retain(|finding| finding.pointer != "/@context");
    found
}

/// An identifier that is the same each time and tells nothing of the account's.
fn identifier(person: &Person) -> String {
    let digest = Sha256Digest::of(format!("profile of {}", person.id).as_bytes()).bytes();
    let mut bytes: [u8; 16] = std::array::from_fn(|place| digest[place]);
    // RFC 9562, 5.8: a UUID of one's own making.
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex[from..to].concat();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 16)
    )
}

/// A picture in a `data:` address is most of it; a record has less than 100 kB even when every quote is
/// escaped.
const LIMITS: JsonLimits = JsonLimits {
    bytes: MOST_BYTES,
    depth: 16,
    members: 1_000,
    string: MOST_BYTES,
};

/// The most bytes of a profile.
pub const MOST_BYTES: usize = 40 * 1024;

/// Longer names fit in no list.
const NAME_LETTERS: usize = 200;
