//! Parts of a file (RFC 9110, 14): what a player asks for when somebody moves to the middle of a video.

use std::convert::Infallible;
use std::ops::Range;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;

/// What a request says of the part of a file that it wants.
#[derive(Clone, Debug, Default)]
pub struct RangeAsked {
    range: Option<String>,
    if_range: Option<String>,
}

/// The part of a file that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    /// All of it.
    Whole,
    /// These bytes of it, at least one.
    Bytes(Range<u64>),
    /// It has no such bytes.
    Nowhere,
}

impl<S: Send + Sync> FromRequestParts<S> for RangeAsked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<RangeAsked, Infallible> {
        Ok(RangeAsked::of(&parts.headers))
    }
}

impl RangeAsked {
    fn of(headers: &HeaderMap) -> RangeAsked {
        let text = |name| {
            let value = headers.get(name)?;
            // What cannot be read fits nothing.
            Some(value.to_str().unwrap_or_default().to_owned())
        };
        RangeAsked {
            range: text(header::RANGE),
            if_range: text(header::IF_RANGE),
        }
    }

    /// Which part of a file with this entity tag and so many bytes is meant.
    ///
    /// Ranges that cannot be read are passed over, as are several at once: the whole is a true answer to
    /// both, and a hundred overlapping ranges would be an attack (RFC 9110, 14.2 and 17.15).
    pub fn portion(&self, tag: &str, bytes: u64) -> Portion {
        let Some(range) = &self.range else {
            return Portion::Whole;
        };
        // Whoever has another version of the file begins anew. We give no dates to compare with.
        if self.if_range.as_deref().is_some_and(|known| known != tag) {
            return Portion::Whole;
        }
        match single(range) {
            None => Portion::Whole,
            Some((Some(first), _)) if first >= bytes => Portion::Nowhere,
            Some((None, Some(0))) => Portion::Nowhere,
            Some((None, Some(_))) if bytes == 0 => Portion::Nowhere,
            Some((None, last)) => Portion::Bytes(bytes.saturating_sub(last.unwrap_or(0))..bytes),
            Some((Some(first), last)) => {
                let last = last.unwrap_or(u64::MAX).min(bytes - 1);
                Portion::Bytes(first..last + 1)
            }
        }
    }
}

/// Reads `bytes=first-last`, `bytes=first-` or `bytes=-suffix`.
fn single(range: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, set) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let number = |text: &str| -> Option<Option<u64>> {
        if text.is_empty() {
            return Some(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than fit mean a place that no file has.
        digits.then(|| Some(text.parse().unwrap_or(u64::MAX)))
    };
    let (first, last) = (number(first)?, number(last)?);
    match (first, last) {
        (None, None) => None,
        (Some(first), Some(last)) if first > last => None,
        read => Some(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let of = |range: &str, bytes| {
            let asked = RangeAsked {
                range: Some(range.to_owned()),
                if_range: None,
            };
            asked.portion("\"tag\"", bytes)
        };
        let cases = [
            ("bytes=0-0", Portion::Bytes(0..1)),
            ("bytes=0-", Portion::Bytes(0..100)),
            ("bytes=40-59", Portion::Bytes(40..60)),
            ("bytes=99-5000", Portion::Bytes(99..100)),
            ("Bytes = 5-9", Portion::Bytes(5..10)),
            ("bytes=-1", Portion::Bytes(99..100)),
            ("bytes=-5000", Portion::Bytes(0..100)),
            ("bytes=0-99999999999999999999999", Portion::Bytes(0..100)),
            ("bytes=100-", Portion::Nowhere),
            ("bytes=99999999999999999999999-", Portion::Nowhere),
            ("bytes=-0", Portion::Nowhere),
            ("bytes=9-5", Portion::Whole),
            ("bytes=0-1,5-6", Portion::Whole),
            ("bytes=", Portion::Whole),
            ("bytes=-", Portion::Whole),
            ("bytes=a-b", Portion::Whole),
            ("bytes=+1-2", Portion::Whole),
            ("pages=1-2", Portion::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(of(range, 100), expected, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), Portion::Nowhere);
        assert_eq!(of("bytes=-1", 0), Portion::Nowhere);
        let asked = |if_range: &str| RangeAsked {
            range: Some("bytes=1-".to_owned()),
            if_range: Some(if_range.to_owned()),
        };
        assert_eq!(asked("\"tag\"").portion("\"tag\"", 9), Portion::Bytes(1..9));
        for other in [
            "\"other\"",
            "W/\"tag\"",
            "Mon, 23 Nov 2026 07:00:00 GMT",
            "",
        ] {
            assert_eq!(asked(other).portion("\"tag\"", 9), Portion::Whole);
        }
    }
}
