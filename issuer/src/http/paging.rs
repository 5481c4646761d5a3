//! Lists under `/api/v1`: which page is asked for, and the page as it is answered.

use axum::extract::{self, FromRequestParts};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::error::HttpError;
use crate::error::Error;
use crate::page::{Cursor, Page, PageLimit, PageRequest};

/// Which page of a list is asked for (`limit`, `cursor`), and of which of its items.
///
/// Any other value after the question mark is one that `F` knows, or is refused.
pub struct Paging<F = Unfiltered> {
    /// The page.
    pub page: PageRequest,
    /// Which items, and in which order.
    pub filter: F,
}

/// A list that is shown whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfiltered {}

/// Which page of a list is asked for, as the document of the interface says it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is never read: `Paging` is")]
pub struct PageParameters {
    /// How many items the page has at most: 50 if nothing is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<Cursor>,
}

/// One page of a list, and where the next one begins.
#[derive(Serialize, ToSchema)]
pub struct ListBody<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

impl<F: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Paging<F> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Paging<F>, HttpError> {
        let query = parts.uri.query().unwrap_or_default();
        let (mut limit, mut cursor) = (None, None);
        let mut others = form_urlencoded::Serializer::for_suffix("/?".to_owned(), 2);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let twice = match &*name {
                "limit" => limit.replace(value).is_some(),
                "cursor" => cursor.replace(value).is_some(),
                _ => {
                    others.append_pair(&name, &value);
                    false
                }
            };
            if twice {
                return Err(refused(format!("`{name}` is given twice.")));
            }
        }
        let page = PageRequest {
            limit: limit.map_or(Ok(PageLimit::default()), |limit| read_limit(&limit))?,
            cursor: cursor.map(|cursor| read_cursor(&cursor)).transpose()?,
        };
        let others: Uri = others
            .finish()
            .parse()
            .map_err(|_| refused("The values after the question mark cannot be read."))?;
        let filter =
            extract::Query::try_from_uri(&others).map_err(|error| refused(error.body_text()))?;
        Ok(Paging {
            page,
            filter: filter.0,
        })
    }
}

fn read_limit(text: &str) -> Result<PageLimit, HttpError> {
    let limit = text.parse().unwrap_or(0);
    PageLimit::new(limit).map_err(|error| refused(format!("`limit` is refused: {error}.")))
}

fn read_cursor(text: &str) -> Result<Cursor, HttpError> {
    text.parse()
        .map_err(|error| HttpError::Service(Error::Cursor(error)))
}

fn refused(message: impl Into<String>) -> HttpError {
    HttpError::Query {
        message: message.into(),
    }
}

impl<T> ListBody<T> {
    /// A page of what is shown of each item.
    pub fn of<I>(page: Page<I>, show: impl FnMut(I) -> T) -> ListBody<T> {
        let Page { items, next } = page.map(show);
        ListBody { items, next }
    }
}
