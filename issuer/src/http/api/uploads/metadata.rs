//! What a sender says of a file in the headers of tus 1.0.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemas::timestamp::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::http::error::HttpError;
use crate::upload::NewUpload;

/// Reads `Upload-Metadata`: names, each with a value in Base64, separated by commas.
pub(super) fn read(headers: &HeaderMap, length: u64) -> Result<NewUpload, HttpError> {
    let text = headers.get("upload-metadata");
    let text = text.and_then(|value| value.to_str().ok()).unwrap_or("");
    let value = |name: &str| -> Result<String, HttpError> {
        let mut pairs = text.split(',').map(str::trim);
        let found = pairs.find_map(|pair| match pair.split_once(' ') {
            Some((known, value)) if known == name => Some(value.trim()),
            _ => None,
        });
        let decoded = found.and_then(|value| STANDARD.decode(value).ok());
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.ok_or(UNREADABLE)
    };
    Ok(NewUpload {
        submission: value("submission")?.parse().map_err(|_| UNREADABLE)?,
        requirement: value("requirement")?.parse().map_err(|_| UNREADABLE)?,
        name: value("filename")?.parse().map_err(|_| UNREADABLE)?,
        length,
    })
}

/// A time as HTTP writes it (RFC 9110, 5.6.7).
pub(super) fn http_date(time: Timestamp) -> String {
    // Both know the years 1 to 9999.
    let moment = OffsetDateTime::from_unix_timestamp(time.unix_seconds());
    let moment = moment.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(HTTP_DATE).unwrap_or_default()
}

const HTTP_DATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

const UNREADABLE: HttpError = HttpError::Header {
    name: "Upload-Metadata",
    expected: "`filename`, `submission` and `requirement`, each with its value in Base64, separated by commas",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_http_writes_it() {
        let time = Timestamp::from_unix(784_111_777).expect("a time");
        assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
