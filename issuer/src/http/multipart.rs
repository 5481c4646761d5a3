//! The file in a form (RFC 7578), taken as it comes: it is never whole in memory.

use std::io;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};

use super::error::HttpError;
use super::form::boundary;

/// A file in a form: what its sender calls it, and its content, which has to be read to its end.
pub struct FileField {
    /// What its sender calls it.
    pub name: String,
    /// What is in it.
    pub content: BoxStream<'static, io::Result<Bytes>>,
}

/// Finds the first field of this name that is a file, passing over a little before it.
pub async fn file(
    headers: &HeaderMap,
    body: impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
    field: &str,
) -> Result<FileField, HttpError> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let boundary = media_type.and_then(boundary).ok_or(HttpError::MediaType {
        expected: "multipart/form-data",
    })?;
    let mut parts = Parts {
        body,
        // A body begins as if a line had ended before it.
        ready: BytesMut::from(&b"\r\n"[..]),
        delimiter: format!("\r\n--{boundary}").into_bytes(),
    };
    for _ in 0..MOST_PARTS {
        parts.until_delimiter().await?;
        let head = parts.head().await?;
        let text = std::str::from_utf8(&head).map_err(|_| HttpError::BodyBroken)?;
        let Some(name) = file_name(text, field) else {
            continue;
        };
        let content = stream::try_unfold(Some(parts), async |parts| {
            let Some(mut parts) = parts else {
                return Ok(None);
            };
            match parts.content().await? {
                Some((bytes, true)) => Ok(Some((bytes, Some(parts)))),
                Some((bytes, false)) => Ok(Some((bytes, None))),
                None => Ok(None),
            }
        });
        return Ok(FileField {
            name,
            content: content.boxed(),
        });
    }
    Err(HttpError::BodyBroken)
}

struct Parts<S> {
    body: S,
    ready: BytesMut,
    delimiter: Vec<u8>,
}

impl<S: Stream<Item = io::Result<Bytes>> + Send + Unpin> Parts<S> {
    /// Takes more of the body; an error if there is none.
    async fn more(&mut self) -> io::Result<()> {
        match self.body.next().await {
            Some(bytes) => {
                self.ready.extend_from_slice(&bytes?);
                Ok(())
            }
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Passes over everything up to the next delimiter, and over that.
    async fn until_delimiter(&mut self) -> Result<(), HttpError> {
        loop {
            if let Some(at) = find(&self.ready, &self.delimiter) {
                let _ = self.ready.split_to(at + self.delimiter.len());
                return Ok(());
            }
            self.require_little()?;
            self.more().await.map_err(|_| HttpError::BodyBroken)?;
        }
    }

    /// The lines at the head of a part. After the last part stand two dashes, and no line.
    async fn head(&mut self) -> Result<Bytes, HttpError> {
        loop {
            if self.ready.starts_with(b"--") {
                return Err(HttpError::BodyBroken);
            }
            if let Some(end) = find(&self.ready, b"\r\n\r\n") {
                let head = self.ready.split_to(end + 4).freeze();
                return Ok(head);
            }
            self.require_little()?;
            self.more().await.map_err(|_| HttpError::BodyBroken)?;
        }
    }

    /// The next bytes of a part, and whether others follow.
    async fn content(&mut self) -> io::Result<Option<(Bytes, bool)>> {
        loop {
            if let Some(end) = find(&self.ready, &self.delimiter) {
                return Ok(Some((self.ready.split_to(end).freeze(), false)));
            }
            // The end of what is there may be the beginning of a delimiter.
            let sure = self.ready.len().saturating_sub(self.delimiter.len());
            if sure > 0 {
                return Ok(Some((self.ready.split_to(sure).freeze(), true)));
            }
            self.more().await?;
        }
    }

    fn require_little(&self) -> Result<(), HttpError> {
        match self.ready.len() > MOST_HEAD_BYTES {
            true => Err(HttpError::BodyBroken),
            false => Ok(()),
        }
    }
}

/// The name of the file in `Content-Disposition: form-data; name="file"; filename="a.png"`, if this is the
/// field that is wanted and a file was chosen.
fn file_name(head: &str, field: &str) -> Option<String> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.trim().eq_ignore_ascii_case("content-disposition");
        is_it.then_some(value.trim())
    })?;
    let rest = disposition.strip_prefix("form-data")?;
    let value = |name: &str| {
        let (_, after) = rest.split_once(&format!("; {name}=\""))?;
        after.split_once('"').map(|(value, _)| value.to_owned())
    };
    if value("name")? != field {
        return None;
    }
    // Browsers write quotes and line ends in names like this (WHATWG HTML, multipart/form-data).
    let name = value("filename")?;
    let name = name
        .replace("%22", "\"")
        .replace("%0D", " ")
        .replace("%0A", " ");
    (!name.is_empty()).then_some(name)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// A few fields that browsers put before a file, and their heads.
const MOST_HEAD_BYTES: usize = 16 * 1024;

const MOST_PARTS: usize = 10;
