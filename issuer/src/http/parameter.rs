//! Values in addresses.

use std::str::FromStr;

use axum::extract::{self, FromRequestParts};
use axum::http::request::Parts;
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};

use super::error::HttpError;

/// The values in a path. A path whose values cannot be read leads nowhere.
pub struct Path<T>(pub T);

/// The values after the question mark.
pub struct Query<T>(pub T);

/// A value that has one text, such as an identifier.
pub struct Id<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, HttpError> {
        let read = extract::Path::from_request_parts(parts, state).await;
        read.map(|extract::Path(values)| Path(values))
            .map_err(|_| HttpError::NotFound)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, HttpError> {
        let read = extract::Query::from_request_parts(parts, state).await;
        read.map(|extract::Query(values)| Query(values))
            .map_err(|error| HttpError::Query {
                message: error.body_text(),
            })
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id<T>, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map(Id)
            .map_err(|_| de::Error::custom("a value is not of the kind it should be"))
    }
}
