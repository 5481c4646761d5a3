//! The profile that another host is to keep of a person (Open Badges 3.0, putProfile, as a client).

use super::{OtherHostError, answer};
use crate::error::Error;
use crate::fetch::CallAnswer;
use crate::id::PersonId;
use crate::person::Email;
use crate::text::{Line, WebAddress};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Display;
use std::str::FromStr;
use url::Url;

/// What a person wants another host to keep of them: what they wrote themselves, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// Who wrote it. It is never sent.
    pub person: PersonId,
    /// What identifies them there.
    pub id: ProfileId,
    /// What they are called.
    pub name: Option<Line>,
    /// How they are written to.
    pub email: Option<Email>,
    /// Where they are on the web.
    pub url: Option<WebAddress>,
}

/// What identifies a profile: an absolute address of any scheme, to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(String);

/// What the texts of a form are called, in its order.
pub const FIELDS: [&str; 4] = ["id", "name", "email", "url"];

/// How another host has taken a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It answers with everything that was sent.
    Whole,
    /// It answers with something else in these members, now or for good.
    Otherwise(Vec<&'static str>),
    /// It will see to it later.
    Later,
}

impl OwnProfile {
    /// Reads the texts of a form, in the order of [`FIELDS`]. One that is empty is not sent.
    ///
    /// Fails with the first field that holds something else.
    pub fn read(person: PersonId, texts: [&str; 4]) -> Result<OwnProfile, Error> {
        let [id, name, email, url] = texts.map(str::trim);
        Ok(OwnProfile {
            person,
            id: ProfileId::new(id).ok_or_else(|| {
                let message = "an identifier is an address as https://example.org/me or urn:uuid:…";
                Error::invalid("/id", message)
            })?,
            name: given("/name", name)?,
            email: given("/email", email)?,
            url: given("/url", url)?,
        })
    }

    /// The same texts again.
    pub fn texts(&self) -> [String; 4] {
        let text = |given: Option<String>| given.unwrap_or_default();
        [
            self.id.0.clone(),
            text(self.name.as_ref().map(ToString::to_string)),
            text(self.email.as_ref().map(ToString::to_string)),
            text(self.url.as_ref().map(ToString::to_string)),
        ]
    }

    /// The Profile as it is sent, with the members that were given.
    pub fn document(&self) -> Value {
        let mut document = json!({ "type": ["Profile"] });
        for (member, text) in FIELDS.into_iter().zip(self.texts()) {
            if !text.is_empty() {
                document[member] = text.into();
            }
        }
        document
    }

    /// How the host has taken it, held against what was sent. The standard lets a host answer before it
    /// shows the change.
    pub fn taken(&self, told: &CallAnswer) -> Result<Taken, OtherHostError> {
        let answered = answer::read(&told.body);
        match told.status {
            200 | 201 => {}
            202 => return Ok(Taken::Later),
            status => {
                let error = answer::error_in(&answered, status);
                return Err(match status {
                    400.. => OtherHostError::Refused(error),
                    _ => OtherHostError::Answer(error),
                });
            }
        }
        let is_profile = match &answered["type"] {
            Value::String(only) => only == "Profile",
            Value::Array(types) => types.contains(&json!("Profile")),
            _ => false,
        };
        if !is_profile {
            let what = "it is no profile".to_owned();
            return Err(OtherHostError::Answer(what));
        }
        let sent = self.document();
        let differs = |member: &&str| answered.get(member) != sent.get(member);
        let otherwise: Vec<&'static str> = FIELDS.into_iter().filter(differs).collect();
        Ok(match otherwise.is_empty() {
            true => Taken::Whole,
            false => Taken::Otherwise(otherwise),
        })
    }
}

fn given<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<Option<T>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse().map(Some);
    read.map_err(|error: T::Err| Error::invalid(field, error.to_string()))
}

impl ProfileId {
    /// Takes an absolute address without blanks, of at most 500 bytes.
    pub fn new(text: &str) -> Option<ProfileId> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = is_plain && text.len() <= ID_BYTES && Url::parse(text).is_ok();
        fits.then(|| ProfileId(text.to_owned()))
    }
}

/// Longer than any identifier in the field.
const ID_BYTES: usize = 500;
