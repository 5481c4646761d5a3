//! Which part of the credentials is asked for, and the addresses of the parts around it.

use schemas::timestamp::Timestamp;

use crate::http::error::HttpError;
use crate::oauth::request::Parameters;

/// Which part of the credentials is asked for.
pub struct Asked {
    pub limit: usize,
    pub offset: usize,
    pub since: Option<Timestamp>,
    /// The time as it was written.
    since_text: Option<String>,
}

impl Asked {
    /// Reads `limit`, `offset` and `since`; what else stands there is passed over.
    pub fn read(query: &str) -> Result<Asked, HttpError> {
        let parameters = Parameters::read(query.as_bytes());
        // A parameter without a value is none that can be read.
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_known = ["limit", "offset", "since"].contains(&name.as_ref());
            if is_known && (value.is_empty() || parameters.get(&name).is_none()) {
                return Err(wrong(format!("`{name}` is empty, or stands there twice")));
            }
        }
        let number = |name: &str, least: i32| {
            let text = parameters.get(name);
            let read = text.map(|text| text.parse::<i32>().ok().filter(|read| *read >= least));
            match read {
                Some(None) => Err(wrong(format!("`{name}` is no number from {least} on"))),
                Some(Some(read)) => Ok(usize::try_from(read).ok()),
                None => Ok(None),
            }
        };
        let since_text = parameters.get("since").map(str::to_owned);
        let since = since_text.as_deref().map(time).transpose()?;
        Ok(Asked {
            limit: number("limit", 1)?.unwrap_or(MOST).min(MOST),
            offset: number("offset", 0)?.unwrap_or(0),
            since,
            since_text,
        })
    }

    /// The `Link` header (RFC 8288) for a part of this many out of so many.
    pub fn links(&self, address: &str, shown: usize, total: usize) -> String {
        let link = |offset: usize, relation: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query
                .append_pair("limit", &self.limit.to_string())
                .append_pair("offset", &offset.to_string());
            if let Some(since) = &self.since_text {
                query.append_pair("since", since);
            }
            format!("<{address}?{}>; rel=\"{relation}\"", query.finish())
        };
        let mut links = Vec::new();
        let end = self.offset.saturating_add(shown);
        if end < total && shown > 0 {
            links.push(link(end, "next"));
        }
        let last = total.saturating_sub(1) / self.limit * self.limit;
        links.push(link(last, "last"));
        links.push(link(0, "first"));
        if self.offset > 0 {
            let before = self.offset.min(total).saturating_sub(self.limit);
            links.push(link(before, "prev"));
        }
        links.join(", ")
    }
}

/// A time. The standard's own samples leave out the offset, which then is that of UTC.
fn time(text: &str) -> Result<Timestamp, HttpError> {
    // A plus sign that was not encoded comes as a blank.
    let text = text.replace(' ', "+");
    Timestamp::parse(&text)
        .or_else(|_| Timestamp::parse(&format!("{text}Z")))
        .map_err(|_| wrong("`since` is no time, as 2026-11-22T18:32:00Z".to_owned()))
}

fn wrong(message: String) -> HttpError {
    HttpError::Query { message }
}

/// As many as are read, built and sent in a few milliseconds.
const MOST: usize = 100;
