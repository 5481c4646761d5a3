//! A person's badges in one order: those that were issued here, and those that were brought here.

use super::{Content, Hosted, TextForm};
use crate::app::App;
use crate::badge::Badge;
use crate::error::Error;
use crate::page::PageRequest;
use crate::person::Person;
use schemas::timestamp::Timestamp;

/// One of a person's badges.
enum Listed {
    Own(Box<Badge>),
    Hosted(Box<Hosted>),
}

/// A part of the list of a person's badges, in the text that was signed.
pub struct Part {
    /// Documents with their proofs in them.
    pub documents: Vec<String>,
    /// Compact JWTs.
    pub tokens: Vec<String>,
    /// How many badges there are in all.
    pub total: usize,
}

/// Reads so many of a person's badges, after so many others; only those issued after a time, if one is
/// given. A badge that was issued here is given once, as a document.
pub fn part(
    app: &App,
    person: &Person,
    offset: usize,
    limit: usize,
    since: Option<Timestamp>,
) -> Result<Part, Error> {
    let mut all = all(app, person)?;
    all.retain(|(issued, ..)| since.is_none_or(|since| *issued > since));
    all.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let mut part = Part {
        documents: Vec::new(),
        tokens: Vec::new(),
        total: all.len(),
    };
    let mut bytes = 0;
    for (_, _, listed) in all.into_iter().skip(offset).take(limit) {
        let (text, form) = match listed {
            Listed::Own(badge) => {
                let issued = app.store.issued(badge.id, badge.current().number)?;
                let issued = issued.ok_or(Error::Missing("an edition"))?;
                (issued.json().to_owned(), TextForm::Json)
            }
            Listed::Hosted(hosted) => {
                let text = app.store.hosted_content(&hosted, Content::Text)?;
                let text = String::from_utf8(text);
                let text = text.map_err(|_| Error::Missing("the text of a badge"))?;
                (text, hosted.form)
            }
        };
        bytes += text.len();
        match form {
            TextForm::Json => part.documents.push(text),
            TextForm::Jwt => part.tokens.push(text),
        }
        if bytes > MOST_BYTES {
            break;
        }
    }
    Ok(part)
}

fn all(app: &App, person: &Person) -> Result<Vec<(Timestamp, String, Listed)>, Error> {
    let mut all = Vec::new();
    let mut asked = PageRequest::most();
    loop {
        let page = app.store.badges_of(person.id, &asked)?;
        for badge in page.items {
            let issued = badge.current().issued;
            all.push((issued, badge.id.to_string(), Listed::Own(Box::new(badge))));
        }
        match page.next {
            Some(next) if all.len() < MOST_OWN => asked.cursor = Some(next),
            _ => break,
        }
    }
    for hosted in app.store.hosted_of(person.id)? {
        let issued = hosted.about.valid_from;
        all.push((
            issued,
            hosted.id.to_string(),
            Listed::Hosted(Box::new(hosted)),
        ));
    }
    Ok(all)
}

impl Part {
    /// How many badges it has.
    pub fn len(&self) -> usize {
        self.documents.len() + self.tokens.len()
    }

    /// Whether there are none in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A part ends early that is larger: nobody makes us hold a hundred large badges at once.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// More than anybody earns at one host.
const MOST_OWN: usize = 1_000;
