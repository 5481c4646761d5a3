//! Request bodies: bounded in size and in time, and JSON read as strictly as a badge is.

use std::io;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::{Stream, StreamExt, stream};
use schemas::json::{self, JsonLimits};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::error::HttpError;

/// A JSON body, read strictly: a member named twice, or one that nobody asked for, is an error.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, _state: &S) -> Result<Json<T>, HttpError> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(HttpError::MediaType {
                expected: "application/json",
            });
        }
        let bytes = read(body, MOST_JSON_BYTES).await?;
        let value =
            json::read(&bytes, &JsonLimits::default()).map_err(|error| HttpError::Json {
                code: error.code(),
                message: error.to_string(),
                pointer: error.pointer().map(str::to_owned),
            })?;
        let read = serde_path_to_error::deserialize(value).map_err(|error| HttpError::Json {
            code: "input.invalid",
            pointer: Some(pointer(error.path())),
            message: error.into_inner().to_string(),
        })?;
        Ok(Json(read))
    }
}

/// Reads a whole body, refusing it as soon as it is larger than `limit` or comes too slowly.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, HttpError> {
    let limit_error = HttpError::BodyTooLarge {
        limit: limit as u64,
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(limit_error);
    }
    let reading = async {
        let mut stream = body.into_data_stream();
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| HttpError::BodyBroken)?;
            if bytes.len() + chunk.len() > limit {
                return Err(limit_error);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    };
    tokio::time::timeout(WHOLE_BODY, reading)
        .await
        .unwrap_or(Err(HttpError::BodyTooSlow))
}

/// Ends a body that comes too slowly: the first seconds are free, then it must keep up a rate.
pub fn in_time(body: BodyDataStream) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let began = Instant::now();
    stream::unfold((body, 0_u64), move |(mut body, mut bytes)| async move {
        let due = began + FREE_TIME + Duration::from_secs(bytes / LEAST_BYTES_A_SECOND);
        let piece = match tokio::time::timeout_at(due, body.next()).await {
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
            Ok(None) => return None,
            Ok(Some(piece)) => piece.map_err(io::Error::other),
        };
        bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Some((piece, (body, bytes)))
    })
    .fuse()
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A JSON pointer (RFC 6901) to where serde stopped.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .fold(String::new(), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => {
                format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}

/// The largest body is a micro-credential with its rubric, which is a few dozen kilobytes.
const MOST_JSON_BYTES: usize = 1024 * 1024;

/// What is read whole is small: a slower sender is holding the connection.
const WHOLE_BODY: Duration = Duration::from_secs(10);

/// A phone that has just lost its network finds it again within this.
const FREE_TIME: Duration = Duration::from_secs(10);

/// A quarter of what the slowest mobile networks give.
const LEAST_BYTES_A_SECOND: u64 = 4 * 1024;
