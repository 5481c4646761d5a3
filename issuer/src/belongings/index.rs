//! The page that leads through the archive.

use super::kinds;
use crate::error::Error;
use crate::text::Line;
use crate::wording;
use askama::Template;
use schemas::timestamp::Timestamp;

/// What the page lists.
#[derive(Template)]
#[template(path = "belongings.html")]
pub(super) struct Index {
    name: String,
    day: String,
    sections: Vec<Section>,
    left_out: Vec<(&'static str, &'static str)>,
}

struct Section {
    title: &'static str,
    entries: Vec<(String, String)>,
}

impl Index {
    pub(super) fn new(name: &Line, now: Timestamp) -> Index {
        Index {
            name: name.to_string(),
            day: wording::day(now),
            sections: Vec::new(),
            left_out: kinds::left_out(),
        }
    }

    /// Begins a section.
    pub(super) fn section(&mut self, title: &'static str) {
        self.sections.push(Section {
            title,
            entries: Vec::new(),
        });
    }

    /// Adds an entry to the section that was begun last.
    pub(super) fn entry(&mut self, path: &str, about: &str) {
        if let Some(section) = self.sections.last_mut() {
            section.entries.push((path.to_owned(), about.to_owned()));
        }
    }

    /// The page.
    pub(super) fn page(&self) -> Result<String, Error> {
        self.render().map_err(|_| Error::Missing("a template"))
    }
}
