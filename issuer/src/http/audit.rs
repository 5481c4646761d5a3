//! Which events of an audit trail are asked for, by the values of an address.

use schemas::timestamp::Timestamp;
use serde::Deserialize;

use super::error::HttpError;
use crate::app::App;
use crate::error::Error;
use crate::event::Filter;
use crate::id::PersonId;
use crate::person::Email;

/// The values after the question mark, as they were typed. An empty one asks for nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    pub kind: String,
    pub actor: String,
    pub badge: String,
    pub from: String,
    pub until: String,
}

/// Who did it, as it was typed.
pub enum TypedActor {
    Anybody,
    Person(PersonId),
    Email(Email),
}

impl Asked {
    /// The filter, without who did it, and who.
    pub fn read(&self) -> Result<(Filter, TypedActor), HttpError> {
        let actor = match self.actor.trim() {
            "" => TypedActor::Anybody,
            typed => match (typed.parse(), typed.parse()) {
                (Ok(person), _) => TypedActor::Person(person),
                (_, Ok(email)) => TypedActor::Email(email),
                _ => {
                    return Err(refused(
                        "`actor` is neither a person nor an e-mail address.",
                    ));
                }
            },
        };
        let filter = Filter {
            kind: value(&self.kind, "`kind` is no kind of event.")?,
            badge: value(last_part(&self.badge), "`badge` is no badge.")?,
            from: time(
                &self.from,
                "T00:00:00Z",
                "`from` is neither a day nor a time.",
            )?,
            until: time(
                &self.until,
                "T23:59:59Z",
                "`until` is neither a day nor a time.",
            )?,
            actor: None,
        };
        Ok((filter, actor))
    }

    /// Whether anything is asked for.
    pub fn is_empty(&self) -> bool {
        let Asked {
            kind,
            actor,
            badge,
            from,
            until,
        } = self;
        [kind, actor, badge, from, until]
            .iter()
            .all(|text| text.is_empty())
    }

    /// The values again, to be sent with another request.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("kind", &self.kind),
            ("actor", &self.actor),
            ("badge", &self.badge),
            ("from", &self.from),
            ("until", &self.until),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

impl TypedActor {
    /// The person, if anybody is asked for; of an address that nobody has there is nothing.
    pub fn found(self, app: &App) -> Result<Option<PersonId>, Error> {
        match self {
            TypedActor::Anybody => Ok(None),
            TypedActor::Person(person) => Ok(Some(person)),
            TypedActor::Email(email) => match app.store.person_by_email(&email)? {
                Some(person) => Ok(Some(person.id)),
                // Drawn for nobody: whoever guesses addresses learns nothing here.
                None => Ok(Some(PersonId::draw(&app.random))),
            },
        }
    }
}

fn value<T: std::str::FromStr>(typed: &str, message: &str) -> Result<Option<T>, HttpError> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| refused(message)),
    }
}

/// A badge is named by its address too.
fn last_part(typed: &str) -> &str {
    typed.trim().rsplit('/').next().unwrap_or_default()
}

fn time(typed: &str, of_day: &str, message: &str) -> Result<Option<Timestamp>, HttpError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let whole = match typed.len() {
        DAY => format!("{typed}{of_day}"),
        _ => typed.to_owned(),
    };
    Timestamp::parse(&whole)
        .map(Some)
        .map_err(|_| refused(message))
}

fn refused(message: &str) -> HttpError {
    HttpError::Query {
        message: message.to_owned(),
    }
}

/// Bytes of a day, as 2026-11-23.
const DAY: usize = 10;
