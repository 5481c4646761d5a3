//! Which face of a thing a caller wants: by the extension of its address, else by `Accept`.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// The faces in which a badge, a list or a profile can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Page,
    /// The document with its embedded proof (Open Badges 3.0, web resource).
    Json,
    /// The compact JWT, as `text/plain` (Open Badges 3.0, web resource).
    Jwt,
    /// The picture with the credential baked in.
    Png,
    /// The same as a picture of lines.
    Svg,
}

impl Face {
    /// Splits `name.json` into name and face; a name without a known extension has none.
    pub fn by_extension(name: &str) -> (&str, Option<Face>) {
        let Some((stem, extension)) = name.rsplit_once('.') else {
            return (name, None);
        };
        match extension {
            "json" => (stem, Some(Face::Json)),
            "jwt" | "jws" => (stem, Some(Face::Jwt)),
            "png" => (stem, Some(Face::Png)),
            "svg" => (stem, Some(Face::Svg)),
            "html" => (stem, Some(Face::Page)),
            _ => (name, None),
        }
    }

    /// The best of the offered faces for an `Accept` header; the first offered stands for `*/*`.
    ///
    /// Without the header the answer is JSON (Open Badges 3.0 implementation guide: a caller that
    /// says nothing is a program).
    pub fn by_accept(headers: &HeaderMap, offered: &[Face]) -> Option<Face> {
        if !headers.contains_key(ACCEPT) {
            return offered
                .contains(&Face::Json)
                .then_some(Face::Json)
                .or(offered.first().copied());
        }
        let ranges: Vec<Range> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .take(MOST_RANGES)
            .filter_map(Range::read)
            .collect();
        let mut best: Option<(Face, f32)> = None;
        for &face in offered {
            let quality = face.quality(&ranges);
            if quality > best.map_or(0.0, |(_, quality)| quality) {
                best = Some((face, quality));
            }
        }
        best.map(|(face, _)| face)
    }

    /// The quality of the most specific range that fits one of this face's media types (RFC 9110, 12.5.1).
    fn quality(self, ranges: &[Range]) -> f32 {
        let of_type = |media_type: &str| {
            let fitting = ranges.iter().filter(|range| range.fits(media_type));
            let best = fitting.max_by_key(|range| range.specificity());
            best.map_or(0.0, |range| range.quality)
        };
        self.media_types()
            .iter()
            .map(|media_type| of_type(media_type))
            .fold(0.0, f32::max)
    }

    fn media_types(self) -> &'static [&'static str] {
        match self {
            Face::Page => &["text/html"],
            Face::Json => &[
                "application/vc+ld+json",
                "application/vc",
                "application/ld+json",
                "application/json",
            ],
            Face::Jwt => &[
                "text/plain",
                "application/vc+jwt",
                "application/vc+ld+jwt",
                "application/jwt",
            ],
            Face::Png => &["image/png"],
            Face::Svg => &["image/svg+xml"],
        }
    }
}

struct Range<'a> {
    media_type: &'a str,
    quality: f32,
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Range<'a>> {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().filter(|media_type| media_type.contains('/'))?;
        let quality =
            parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = quality.map_or(Some(1.0), |quality| quality.parse().ok())?;
        (0.0..=1.0).contains(&quality).then_some(Range {
            media_type,
            quality,
        })
    }

    fn fits(&self, media_type: &str) -> bool {
        match self.media_type.strip_suffix('*') {
            Some("*/") => true,
            Some(kind) => media_type.starts_with(kind),
            None => self.media_type.eq_ignore_ascii_case(media_type),
        }
    }

    fn specificity(&self) -> u8 {
        match self.media_type {
            "*/*" => 0,
            other if other.ends_with("/*") => 1,
            _ => 2,
        }
    }
}

/// Browsers name about eight.
const MOST_RANGES: usize = 32;
