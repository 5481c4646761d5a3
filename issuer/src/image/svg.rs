//! SVG pictures, written anew from an allow-list.
//!
//! What is not known to draw and nothing else is refused, with its name: script, styles, foreign
//! content, event attributes, and whatever refers to something outside the picture. To refuse and
//! not to leave out is kinder: nobody wonders afterwards where a part of the picture went.

mod weight;

use self::weight::Weight;
use crate::error::Error;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::reader::Reader;
use quick_xml::{Writer, XmlVersion};

/// The picture, written anew.
pub fn sanitised(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| refused("it is neither PNG nor SVG in UTF-8"))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    reader.config_mut().expand_empty_elements = true;
    let mut writer = Writer::new(Vec::new());
    let (mut depth, mut elements) = (0_usize, 0_usize);
    let mut weight = Weight::default();
    loop {
        let event = reader
            .read_event()
            .map_err(|_| refused("it is no well-formed XML"))?;
        match event {
            Event::Start(start) => {
                elements += 1;
                if elements > ELEMENTS || depth >= DEPTH {
                    return Err(refused("it has too many elements, or too deep ones"));
                }
                if depth == 0 && (elements > 1 || name(&start) != "svg") {
                    return Err(refused("its root is not <svg>"));
                }
                weight.begin();
                write(
                    &mut writer,
                    Event::Start(element(&start, depth, &mut weight)?),
                )?;
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                weight.end();
                let name = end.name().as_ref().to_owned();
                write(&mut writer, Event::End(BytesEnd::new(name)))?;
            }
            Event::Text(text) => {
                // Outside the root there are only blanks, and inside it titles and labels.
                if depth > 0 {
                    write(&mut writer, Event::Text(text))?;
                }
            }
            Event::GeneralRef(reference) => {
                let name = reference.as_ref();
                let known = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
                if !known && !name.starts_with('#') {
                    return Err(refused(format!("it names the entity &{name};")));
                }
                write(
                    &mut writer,
                    Event::Text(BytesText::from_escaped(format!("&{name};"))),
                )?;
            }
            // Neither tells anybody anything; a declaration is not needed for UTF-8.
            Event::Decl(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(refused("it has a document type (<!DOCTYPE>)")),
            Event::CData(_) => return Err(refused("it has a CDATA section")),
            Event::PI(_) => return Err(refused("it has a processing instruction")),
            Event::Eof => break,
            _ => return Err(refused("there is something in it that is not known here")),
        }
    }
    if elements == 0 {
        return Err(refused("it is neither PNG nor SVG"));
    }
    match weight.total() {
        None => Err(refused("a part of it draws itself")),
        Some(drawn) if drawn > DRAWN => Err(refused(
            "its parts refer to one another so often that it draws too much",
        )),
        Some(_) => Ok(writer.into_inner()),
    }
}

fn element(
    start: &BytesStart<'_>,
    depth: usize,
    weight: &mut Weight,
) -> Result<BytesStart<'static>, Error> {
    let name = name(start);
    if !ELEMENT_NAMES.contains(&name.as_str()) {
        return Err(refused(format!("it has the element <{name}>")));
    }
    let mut written = BytesStart::new(name);
    let mut named_space = false;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| refused("an attribute in it is broken"))?;
        if let Some((key, value)) = kept(&attribute)? {
            named_space |= key == "xmlns";
            match key.as_str() {
                "id" => weight.name(&value),
                "href" => weight.refer(referred(&value, "#")?),
                _ => {
                    for (at, _) in value.match_indices("url(") {
                        weight.refer(referred(&value[at..], "url(#")?);
                    }
                }
            }
            written.push_attribute((key.as_str(), value.as_str()));
        }
    }
    if depth == 0 && !named_space {
        return Err(refused("its root does not name the namespace of SVG"));
    }
    Ok(written)
}

/// An attribute that may stay; nothing for one that other programs leave and that draws nothing.
fn kept(attribute: &Attribute<'_>) -> Result<Option<(String, String)>, Error> {
    let key = attribute.key.as_ref().to_owned();
    let value = attribute
        .normalized_value(XmlVersion::Implicit1_0)
        .map_err(|_| refused(format!("the attribute {key} is broken")))?
        .into_owned();
    if key == "xmlns" {
        return match value == SVG {
            true => Ok(Some((key, value))),
            false => Err(refused("it is in another namespace than that of SVG")),
        };
    }
    if key.starts_with("xmlns:") || key.starts_with("data-") || key.starts_with("aria-") {
        return Ok(None);
    }
    if key == "href" || key == "xlink:href" {
        // Both are written without a prefix, which every browser reads.
        return match value.starts_with('#') {
            true => Ok(Some(("href".to_owned(), value))),
            false => Err(refused("it refers to something outside itself")),
        };
    }
    if !ATTRIBUTE_NAMES.contains(&key.as_str()) {
        return Err(refused(format!("it has the attribute {key}")));
    }
    refers_to_itself(&key, &value)?;
    Ok(Some((key, value)))
}

/// The name that a reference begins with, after what leads to it. It is written in plain letters,
/// so that nobody reads another name in it.
fn referred<'a>(value: &'a str, before: &str) -> Result<&'a str, Error> {
    let rest = value.strip_prefix(before).unwrap_or_default();
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let name = &rest[..rest
        .find(|character| !plain(character))
        .unwrap_or(rest.len())];
    let ends_well = match &rest[name.len()..] {
        "" => before == "#",
        after => before != "#" && after.starts_with(')'),
    };
    match !name.is_empty() && ends_well {
        true => Ok(name),
        false => Err(refused(
            "a reference in it is written in a way that is not known here",
        )),
    }
}

/// `url(#gradient)` is the one function that loads something, and only from the picture itself.
fn refers_to_itself(key: &str, value: &str) -> Result<(), Error> {
    let small: String = value
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    // A backslash writes any letter in another way (CSS Syntax, escapes).
    let outside = small.contains('\\')
        || small.matches("url(").count() != value.matches("url(").count()
        || small.contains("javascript:")
        || small.contains("data:")
        || small.contains("image(")
        || small.contains("image-set(")
        || small.match_indices("url(").any(|(at, _)| {
            !small[at + 4..]
                .trim_start_matches(['"', '\''])
                .starts_with('#')
        });
    match outside {
        true => Err(refused(format!(
            "its attribute {key} refers to something outside itself"
        ))),
        false => Ok(()),
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.name().as_ref().to_owned()
}

fn write(writer: &mut Writer<Vec<u8>>, event: Event<'_>) -> Result<(), Error> {
    writer
        .write_event(event)
        .map_err(|_| refused("it cannot be written anew"))
}

fn refused(why: impl std::fmt::Display) -> Error {
    Error::invalid("/image", format!("this picture cannot be used: {why}"))
}

const SVG: &str = "http://www.w3.org/2000/svg";
/// A badge's picture has dozens.
const ELEMENTS: usize = 2_000;
/// Ten times as many as may stand in it: a pattern of leaves, not a fire.
const DRAWN: u64 = 20_000;
/// Groups in groups.
const DEPTH: usize = 32;

/// What draws, and nothing else.
const ELEMENT_NAMES: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
];

/// What says how to draw, and nothing else. `style` is not among them: it holds a language of its own.
const ATTRIBUTE_NAMES: &[&str] = &[
    "id",
    "class",
    "version",
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "d",
    "points",
    "dx",
    "dy",
    "rotate",
    "transform",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
    "color",
    "display",
    "visibility",
    "offset",
    "stop-color",
    "stop-opacity",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
    "patternUnits",
    "patternContentUnits",
    "patternTransform",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "mask",
    "maskUnits",
    "maskContentUnits",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "letter-spacing",
    "text-anchor",
    "dominant-baseline",
    "textLength",
    "lengthAdjust",
    "preserveAspectRatio",
    "role",
    "xml:space",
    "xml:lang",
    "lang",
    "overflow",
    "paint-order",
    "vector-effect",
    "shape-rendering",
];
