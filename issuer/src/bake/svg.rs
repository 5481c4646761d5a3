//! Baking an SVG (Open Badges 3.0, section 5.3.2): the credential is the first child of the root.

use super::NotBaked;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use verifier::Limits;
use verifier::png::{BakeError, Png};
use verifier::svg::Svg;

/// Puts a credential, as JSON or compact JWT, into an SVG.
pub fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, NotBaked> {
    let limits = Limits::default();
    match Svg::read(picture, &limits) {
        Err(BakeError::Missing) => {}
        Err(error) => return Err(NotBaked::Picture(error)),
        Ok(Svg::Picture(_)) => return Err(NotBaked::AlreadyBaked),
        Ok(Svg::Other) => return Err(malformed("its root is not <svg>", 0)),
    }
    // It was read whole just now, so that it is well-formed UTF-8.
    let text = std::str::from_utf8(picture).map_err(|_| malformed("it is not in UTF-8", 0))?;
    let (start, end) = root(text)?;
    if start
        .attributes()
        .flatten()
        .any(|one| one.key.as_ref() == DECLARED)
    {
        return Err(NotBaked::AlreadyBaked);
    }
    let (head, rest) = text.split_at(end - ">".len());
    let element = match credential.trim_start().starts_with('{') {
        // The end of the section cannot stand in it; the escape is the same JSON value, so that the
        // proof still holds.
        true => {
            let json = credential.replace("]]>", "]]\\u003e");
            format!("<openbadges:credential><![CDATA[{json}]]></openbadges:credential>")
        }
        // A compact JWT has no character that an attribute would have to escape.
        false => format!("<openbadges:credential verify=\"{credential}\"></openbadges:credential>"),
    };
    let rest = &rest[">".len()..];
    Ok(format!("{head} {DECLARED}=\"{NAMESPACE}\">{element}{rest}").into_bytes())
}

/// An SVG that shows a PNG, for pictures that were drawn in pixels.
pub fn around(png: &[u8]) -> Result<Vec<u8>, NotBaked> {
    let read = Png::read(png, &Limits::default()).map_err(NotBaked::Picture)?;
    let (width, height) = (read.width(), read.height());
    let pixels = STANDARD.encode(png);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"><image width=\"{width}\" height=\"{height}\" \
         href=\"data:image/png;base64,{pixels}\"/></svg>\n"
    )
    .into_bytes())
}

/// The start tag of the root, and where it ends.
fn root(text: &str) -> Result<(BytesStart<'_>, usize), NotBaked> {
    let mut reader = Reader::from_str(text);
    loop {
        let event = reader.read_event();
        let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Ok(Event::Start(start)) => return Ok((start, end)),
            Ok(Event::Empty(_)) => return Err(malformed("there is nothing in it", end)),
            Ok(Event::Eof) | Err(_) => return Err(malformed("it is not well-formed XML", end)),
            Ok(_) => {}
        }
    }
}

fn malformed(fault: &'static str, offset: usize) -> NotBaked {
    NotBaked::Picture(BakeError::Malformed { fault, offset })
}

const DECLARED: &str = "xmlns:openbadges";
const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";
