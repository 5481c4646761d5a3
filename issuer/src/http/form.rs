//! Forms as browsers send them: the fields of one, with a file among them or none.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::body;
use super::error::HttpError;

/// The fields of a form, in their order.
pub struct Form(Vec<Field>);

struct Field {
    name: String,
    value: Bytes,
}

impl Form {
    /// Reads a whole form of either encoding, refusing it as soon as it is larger than `limit`.
    pub(crate) async fn read(
        headers: &HeaderMap,
        body: Body,
        limit: usize,
    ) -> Result<Form, HttpError> {
        let wrong = HttpError::MediaType {
            expected: "multipart/form-data or application/x-www-form-urlencoded",
        };
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let Some(encoding) = media_type.and_then(Encoding::of) else {
            return Err(wrong);
        };
        let bytes = body::read(body, limit).await?;
        Form::in_encoding(encoding, &bytes).ok_or(HttpError::BodyBroken)
    }

    /// The form in these bytes; `None` if the media type is not that of a form, or the bytes are none.
    pub fn of(media_type: &str, bytes: &Bytes) -> Option<Form> {
        Form::in_encoding(Encoding::of(media_type)?, bytes)
    }

    fn in_encoding(encoding: Encoding, bytes: &Bytes) -> Option<Form> {
        let fields = match encoding {
            Encoding::Urls => urls(bytes),
            Encoding::Multipart { boundary } => multipart(bytes, &boundary)?,
        };
        Some(Form(fields))
    }

    /// Whether a request brings a form.
    pub fn is_in(headers: &HeaderMap) -> bool {
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        matches!(
            media_type.and_then(Encoding::of),
            Some(Encoding::Multipart { .. })
        )
    }

    /// The first field of this name that was filled in.
    pub fn bytes(&self, name: &str) -> Option<&Bytes> {
        let mut fields = self.0.iter();
        fields
            .find(|field| field.name == name && !field.value.is_empty())
            .map(|field| &field.value)
    }

    /// The fields that were filled in whose names begin so: the rest of each name, and the text.
    pub fn beginning_with(&self, beginning: &str) -> Vec<(String, String)> {
        let fields = self.0.iter().filter_map(|field| {
            let rest = field.name.strip_prefix(beginning)?;
            let text = std::str::from_utf8(&field.value).ok()?.trim();
            (!text.is_empty()).then(|| (rest.to_owned(), text.to_owned()))
        });
        fields.collect()
    }

    /// The same as text, without blanks at its ends.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.bytes(name)?).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }
}

/// What parts the fields of a form with files, if its media type says.
pub(super) fn boundary(media_type: &str) -> Option<String> {
    match Encoding::of(media_type)? {
        Encoding::Multipart { boundary } => Some(boundary),
        Encoding::Urls => None,
    }
}

enum Encoding {
    Urls,
    Multipart { boundary: String },
}

impl Encoding {
    fn of(media_type: &str) -> Option<Encoding> {
        let (essence, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Encoding::Urls),
            "multipart/form-data" => {
                let boundary = parameters
                    .split(';')
                    .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?
                    .trim_matches('"');
                // RFC 2046, section 5.1.1: 1 to 70 characters.
                (1..=70)
                    .contains(&boundary.len())
                    .then(|| Encoding::Multipart {
                        boundary: boundary.to_owned(),
                    })
            }
            _ => None,
        }
    }
}

fn urls(bytes: &[u8]) -> Vec<Field> {
    url::form_urlencoded::parse(bytes)
        .take(MOST_FIELDS)
        .map(|(name, value)| Field {
            name: name.into_owned(),
            value: value.into_owned().into_bytes().into(),
        })
        .collect()
}

/// The parts of a `multipart/form-data` body (RFC 7578); `None` if it is none.
fn multipart(body: &Bytes, boundary: &str) -> Option<Vec<Field>> {
    let delimiter = format!("\r\n--{boundary}");
    let first = &delimiter[2..];
    let mut at = if body.starts_with(first.as_bytes()) {
        first.len()
    } else {
        find(body, delimiter.as_bytes(), 0)? + delimiter.len()
    };
    let mut fields = Vec::new();
    loop {
        // After a delimiter stands the end of its line, or two dashes after the last one.
        if body[at..].starts_with(b"--") {
            return Some(fields);
        }
        at = find(body, b"\r\n", at)? + 2;
        // A part without headers begins with its empty line.
        let head_end = find(body, b"\r\n\r\n", at.checked_sub(2)?)?;
        let head = body.get(at..head_end.max(at))?;
        let start = head_end + 4;
        let end = find(body, delimiter.as_bytes(), start.checked_sub(2)?)?;
        if let Some(name) = field_name(head) {
            let value = body.slice(start.min(end)..end);
            fields.push(Field { name, value });
        }
        if fields.len() > MOST_FIELDS {
            return None;
        }
        at = end + delimiter.len();
    }
}

/// The name in `Content-Disposition: form-data; name="badge"; filename="a.png"`.
fn field_name(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    disposition.split(';').find_map(|parameter| {
        let name = parameter.trim().strip_prefix("name=")?;
        Some(name.trim_matches('"').to_owned())
    })
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    let at = rest
        .windows(wanted.len())
        .position(|window| window == wanted)?;
    Some(from + at)
}

/// A form without files, as the pages of the site send it.
impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = HttpError;

    async fn from_request(request: Request, _state: &S) -> Result<Form, HttpError> {
        let (parts, body) = request.into_parts();
        Form::read(&parts.headers, body, MOST_TYPED_BYTES).await
    }
}

/// More than anybody types into one page.
const MOST_TYPED_BYTES: usize = 64 * 1024;

/// An award by hand has one for each criterion of a rubric, of which there are at most twenty, and a few more.
const MOST_FIELDS: usize = 32;
