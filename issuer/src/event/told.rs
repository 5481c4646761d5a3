//! Events as others are told of them: with the names people have now, and as the rows of a table.

use super::{About, Actor, Recorded};
use crate::app::App;
use crate::error::Error;
use crate::id::PersonId;
use crate::organisation::Role;
use crate::spreadsheet::closed;
use crate::text::Line;

/// An event with the names of those it is about.
pub struct Told {
    /// The event.
    pub recorded: Recorded,
    /// What the person who did it is called now; nothing if the service did it, or the person was erased.
    pub actor_name: Option<Line>,
    /// What the person is called now that it is about.
    pub person_name: Option<Line>,
}

impl Told {
    /// Looks the names up.
    pub fn of(app: &App, recorded: Recorded) -> Result<Told, Error> {
        let name = |person: Option<PersonId>| -> Result<Option<Line>, Error> {
            match person {
                Some(person) => Ok(app.store.person(person)?.map(|known| known.name)),
                None => Ok(None),
            }
        };
        Ok(Told {
            actor_name: name(recorded.event.actor.person())?,
            person_name: name(recorded.event.about.person())?,
            recorded,
        })
    }

    /// The cells of its row, in the order of [`COLUMNS`]. None is taken for a formula.
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let Recorded { id, event, .. } = &self.recorded;
        let text = |line: &Option<Line>| line.as_ref().map_or_else(String::new, Line::to_string);
        let (about, name, detail) = event.about.cells();
        let actor = match event.actor {
            Actor::Person(person) => person.to_string(),
            Actor::Service => "service".to_owned(),
        };
        let reason = event.reason.as_ref();
        [
            event.at.to_string(),
            id.to_string(),
            event.kind.to_string(),
            actor,
            text(&self.actor_name),
            about.to_owned(),
            name,
            text(&self.person_name),
            detail,
            reason.map_or_else(String::new, |reason| reason.as_str().to_owned()),
        ]
        .map(closed)
    }
}

impl About {
    /// The person, if it is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            About::Person(person) | About::Member { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// What it is, its name, and what else is known of it.
    fn cells(&self) -> (&'static str, String, String) {
        match self {
            About::Organisation => ("organisation", String::new(), String::new()),
            About::Person(person) => ("person", person.to_string(), String::new()),
            About::Member { person, roles } => {
                let roles: Vec<_> = roles.iter().map(|role: &Role| role.name()).collect();
                ("member", person.to_string(), roles.join(" "))
            }
            About::MicroCredential(id) => ("micro_credential", id.to_string(), String::new()),
            About::Adoption {
                micro_credential,
                adopter,
            } => (
                "adoption",
                micro_credential.to_string(),
                adopter.to_string(),
            ),
            About::Submission {
                submission,
                version,
            } => ("submission", submission.to_string(), version.to_string()),
            About::Award(award) => ("award", award.to_string(), String::new()),
            About::Badge(badge) => ("badge", badge.to_string(), String::new()),
            About::Endorsement(id) => ("endorsement", id.to_string(), String::new()),
            About::Webhook(webhook) => ("webhook", webhook.to_string(), String::new()),
        }
    }
}

/// The columns of the table.
pub const COLUMNS: [&str; 10] = [
    "time",
    "event",
    "kind",
    "actor",
    "actor_name",
    "about",
    "about_id",
    "person_name",
    "detail",
    "reason",
];
