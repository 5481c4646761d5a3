//! The fields of a long form.

use axum::body::{Body, Bytes};

use crate::http::body;
use crate::http::error::HttpError;

/// The fields of a form, in their order.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form of the usual encoding.
    pub async fn read(body: Body) -> Result<Fields, HttpError> {
        Ok(Fields::of(body::read(body, FORM_BYTES).await?))
    }

    /// The fields of a form that was read.
    pub fn of(bytes: Bytes) -> Fields {
        let fields = url::form_urlencoded::parse(&bytes).into_owned();
        Fields(fields.take(MOST_FIELDS).collect())
    }

    /// The first field of this name; nothing typed is an empty text.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every field of this name that holds something.
    pub fn all(&self, name: &str) -> Vec<String> {
        let found = self
            .0
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.clone()).collect()
    }

    /// What was typed into the fields whose names begin so.
    pub fn texts(&self, prefix: &str) -> Vec<String> {
        let found = self.0.iter();
        let found = found.filter(|(known, value)| known.starts_with(prefix) && !value.is_empty());
        found.map(|(_, value)| value.clone()).collect()
    }

    /// How many rows there are whose fields begin with `prefix-0-`, `prefix-1-` and so on.
    pub fn rows(&self, prefix: &str) -> usize {
        let place = |name: &str| {
            let rest = name.strip_prefix(prefix)?.strip_prefix('-')?;
            rest.split('-').next()?.parse::<usize>().ok()
        };
        let last = self.0.iter().filter_map(|(name, _)| place(name)).max();
        last.map_or(0, |last| (last + 1).min(MOST_ROWS))
    }
}

/// A whole micro-credential, with every byte of it escaped.
const FORM_BYTES: usize = 256 * 1024;
/// Twenty criteria of eight levels have a thousand fields.
const MOST_FIELDS: usize = 2_000;
/// More rows than anything in a micro-credential may have.
const MOST_ROWS: usize = 60;
