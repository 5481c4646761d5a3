//! Topics: the catalogue's own list of what micro-credentials are about, which its operator may edit.

use crate::app::App;
use crate::error::Error;
use crate::id::TopicId;
use crate::text::Line;
use serde::{Deserialize, Serialize};

/// A topic of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name in addresses and in micro-credentials.
    pub id: TopicId,
    /// What people read.
    pub name: Line,
}

/// Writes the first list of topics, once; whatever became of it afterwards stays. To be called at start.
pub fn seed(app: &App) -> Result<(), Error> {
    let seeds = SEEDS.map(|(id, name)| Topic {
        id: id.parse().expect("a slug"),
        name: name.parse().expect("a line"),
    });
    Ok(app.store.seed_topics(&seeds)?)
}

/// Lists all topics, in the order of their names in addresses.
pub fn all(app: &App) -> Result<Vec<Topic>, Error> {
    Ok(app.store.topics(MOST)?)
}

/// Adds a topic, or calls one otherwise.
pub fn put(app: &App, topic: Topic) -> Result<Topic, Error> {
    let known = app.store.topic(&topic.id)?.is_some();
    if !known && app.store.topics(MOST)?.len() >= MOST {
        let message = format!("a list of more than {MOST} topics helps nobody to find anything");
        return Err(Error::invalid("", message));
    }
    app.store.put_topic(&topic)?;
    Ok(topic)
}

/// Takes a topic off the list. Micro-credentials that name it keep it, and are found by it no more.
pub fn remove(app: &App, id: &TopicId) -> Result<(), Error> {
    app.store.topic(id)?.ok_or(Error::NotFound)?;
    Ok(app.store.remove_topic(id)?)
}

/// What fits on a page beside a list.
const MOST: usize = 200;

/// The areas of teaching that Tennessee's programme began with, and those its catalogue added.
const SEEDS: [(&str, &str); 10] = [
    ("questioning", "Questioning"),
    (
        "thinking-and-problem-solving",
        "Thinking and problem-solving",
    ),
    ("academic-feedback", "Academic feedback"),
    ("assessment", "Assessment"),
    ("grouping-students", "Grouping students"),
    ("data-use", "Using data"),
    ("design-thinking", "Design thinking"),
    ("classroom-culture", "Classroom culture"),
    ("leadership", "Leadership and coaching"),
    (
        "career-and-technical-education",
        "Career and technical education",
    ),
];
