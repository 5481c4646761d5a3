//! Credentials in SVG pictures (Open Badges 3.0, extracting from SVG; CLR 2.0; Open Badges 2.0).
//!
//! The picture is read as XML from its first byte to its last and nothing in it is followed: no
//! document type, no entity of its own, no link, no style. Elements are told by namespace and local
//! name, whatever prefix they have.

mod scope;

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use schemas::json::{self, JsonLimits};

use crate::bake::{BakeStandard, MOST_COPIES};
use crate::limits::Limits;
use crate::png::BakeError;

use self::scope::Scope;

/// A credential found in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvgText {
    /// The text as the issuer put it in: a compact JWS, JSON or, in Open Badges 2.0, an address.
    pub text: String,
    /// The standard whose element carries it.
    pub standard: BakeStandard,
}

/// What an XML document is and carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Svg {
    /// A picture and every credential in it, in the order of their standards.
    Picture(Vec<SvgText>),
    /// Something else than an SVG picture.
    Other,
}

impl Svg {
    /// Reads a whole document. Every fault in it counts, also one far from the credential: other
    /// readers would stop there, or make something else of it.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Svg, BakeError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| BakeError::Encoding {
            fault: "the picture is not in UTF-8",
        })?;
        let mut xml = Reader::from_str(text);
        let config = xml.config_mut();
        config.enable_all_checks(true);
        config.expand_empty_elements = true;
        let mut walk = Walk::new(limits);
        loop {
            let offset = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
            let event = xml
                .read_event()
                .map_err(|_| malformed("it is not well-formed XML", offset))?;
            match walk.step(event, offset)? {
                Going::On => {}
                Going::Other => return Ok(Svg::Other),
                Going::End => break,
            }
        }
        let mut found = walk.found;
        if found.is_empty() {
            return Err(BakeError::Missing);
        }
        found.sort_by_key(|baked| baked.standard);
        Ok(Svg::Picture(found))
    }
}

/// How reading goes on after an event.
enum Going {
    On,
    Other,
    End,
}

/// The place in the document that was reached.
struct Walk<'l> {
    limits: &'l Limits,
    scope: Scope,
    depth: usize,
    seen: Seen,
    /// The credential element that is being read, and how deep its content lies.
    open: Option<(Piece, usize)>,
    found: Vec<SvgText>,
}

/// How much of the document's frame was seen.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Nothing,
    Prolog,
    Root,
    End,
}

/// The content of a credential element so far.
struct Piece {
    standard: BakeStandard,
    attribute: Option<String>,
    plain: String,
    sections: String,
}

impl<'l> Walk<'l> {
    fn new(limits: &'l Limits) -> Walk<'l> {
        Walk {
            limits,
            scope: Scope::default(),
            depth: 0,
            seen: Seen::Nothing,
            open: None,
            found: Vec::new(),
        }
    }

    fn step(&mut self, event: Event, offset: usize) -> Result<Going, BakeError> {
        match event {
            Event::Decl(declaration) => {
                if self.seen != Seen::Nothing {
                    return Err(malformed("an XML declaration stands inside it", offset));
                }
                check_declaration(&declaration, offset)?;
            }
            Event::DocType(_) => return Err(BakeError::DtdNotAllowed),
            Event::Start(element) => {
                if !self.start(&element, offset)? {
                    return Ok(Going::Other);
                }
            }
            Event::End(_) => self.end()?,
            Event::Empty(_) => return Err(malformed("it is not well-formed XML", offset)),
            Event::Text(text) => self.text(&text.xml10_content(), offset)?,
            Event::CData(section) => self.section(&section.xml10_content(), offset)?,
            Event::GeneralRef(reference) => {
                let character = resolve(&reference).ok_or_else(|| {
                    malformed("it uses an entity that XML does not define", offset)
                })?;
                self.text(character.as_ref(), offset)?;
            }
            Event::Comment(_) | Event::PI(_) => {
                if self.open.is_some() {
                    return Err(divided());
                }
            }
            Event::Eof => {
                return match self.seen {
                    Seen::End => Ok(Going::End),
                    Seen::Root => Err(malformed("it ends inside an element", offset)),
                    Seen::Nothing | Seen::Prolog => Ok(Going::Other),
                };
            }
        }
        if self.seen == Seen::Nothing {
            self.seen = Seen::Prolog;
        }
        Ok(Going::On)
    }

    /// Takes note of an element; false if it is the root of something else.
    fn start(&mut self, element: &BytesStart, offset: usize) -> Result<bool, BakeError> {
        if self.open.is_some() {
            return Err(divided());
        }
        if self.seen == Seen::End {
            return Err(malformed("elements follow its end", offset));
        }
        self.depth += 1;
        if self.depth > MOST_LEVELS {
            return Err(malformed("its elements are nested too deeply", offset));
        }
        let mut verify = None;
        for (count, attribute) in element.attributes().enumerate() {
            let attribute =
                attribute.map_err(|_| malformed("an attribute is not well-formed XML", offset))?;
            if count == MOST_ATTRIBUTES {
                return Err(malformed("an element has too many attributes", offset));
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|_| {
                    malformed(
                        "an attribute uses an entity that XML does not define",
                        offset,
                    )
                })?;
            if attribute.value.contains('<') {
                return Err(malformed("an attribute is not well-formed XML", offset));
            }
            let name = attribute.key.as_ref();
            if !self.scope.declare(self.depth, name, &value) {
                return Err(malformed("it declares too many namespaces", offset));
            }
            if name == "verify" {
                verify = Some(value.into_owned());
            }
        }
        let name = element.name();
        let (prefix, local) = match name.as_ref().split_once(':') {
            Some((prefix, local)) => (prefix, local),
            None => ("", name.as_ref()),
        };
        if self.depth == 1 {
            self.seen = Seen::Root;
            return Ok(local == "svg" && self.scope.is_svg_or_none(prefix));
        }
        let Some(standard) = self
            .scope
            .standard(prefix)
            .filter(|own| own.element() == local)
        else {
            return Ok(true);
        };
        if verify
            .as_ref()
            .is_some_and(|text| text.len() > self.limits.chunk_text_bytes)
        {
            return Err(self.too_large());
        }
        let piece = Piece {
            standard,
            attribute: verify,
            plain: String::new(),
            sections: String::new(),
        };
        self.open = Some((piece, self.depth));
        Ok(true)
    }

    fn end(&mut self) -> Result<(), BakeError> {
        if let Some((piece, depth)) = self.open.take() {
            debug_assert_eq!(
                depth, self.depth,
                "no element stands in a credential element"
            );
            for text in piece.texts()? {
                if self.found.len() == MOST_COPIES {
                    return Err(BakeError::Ambiguous {
                        chunks: MOST_COPIES + 1,
                    });
                }
                self.found.push(text);
            }
        }
        self.scope.leave(self.depth);
        self.depth -= 1;
        if self.depth == 0 {
            self.seen = Seen::End;
        }
        Ok(())
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), BakeError> {
        if self.depth == 0 && !text.chars().all(is_blank) {
            return Err(malformed("text stands outside of its elements", offset));
        }
        self.add(text, |piece| &mut piece.plain)
    }

    fn section(&mut self, text: &str, offset: usize) -> Result<(), BakeError> {
        if self.depth == 0 {
            return Err(malformed("text stands outside of its elements", offset));
        }
        self.add(text, |piece| &mut piece.sections)
    }

    fn add(
        &mut self,
        text: &str,
        part: impl Fn(&mut Piece) -> &mut String,
    ) -> Result<(), BakeError> {
        let too_large = self.too_large();
        if let Some((piece, _)) = &mut self.open {
            let part = part(piece);
            if part.len() + text.len() > self.limits.chunk_text_bytes {
                return Err(too_large);
            }
            part.push_str(text);
        }
        Ok(())
    }

    fn too_large(&self) -> BakeError {
        BakeError::TooLarge {
            limit: self.limits.chunk_text_bytes,
        }
    }
}

impl Piece {
    /// What the element carries. With an attribute and content it is two credentials, since some
    /// readers take the one and some the other, unless both lead to the same.
    fn texts(self) -> Result<Vec<SvgText>, BakeError> {
        let content = match (self.plain.chars().all(is_blank), self.sections.is_empty()) {
            (true, true) => None,
            (true, false) => Some(self.sections),
            (false, true) => Some(self.plain),
            // Some readers would take the sections, and others the whole.
            (false, false) => return Err(divided()),
        };
        let attribute = match (self.attribute, &content) {
            (Some(attribute), Some(content))
                if self.standard == BakeStandard::OpenBadges2 && agree(&attribute, content) =>
            {
                None
            }
            (attribute, _) => attribute,
        };
        let texts: Vec<SvgText> = [attribute, content]
            .into_iter()
            .flatten()
            .map(|text| SvgText {
                text,
                standard: self.standard,
            })
            .collect();
        if texts.is_empty() {
            return Err(BakeError::Encoding {
                fault: "the element that should carry it is empty",
            });
        }
        Ok(texts)
    }
}

/// Whether the attribute of an assertion says again what stands in the element: the same text, or
/// the address of the assertion that stands there (Open Badges 2.0, baking into SVG).
fn agree(attribute: &str, content: &str) -> bool {
    if attribute.trim() == content.trim() {
        return true;
    }
    let content = content.trim().as_bytes();
    json::read(content, &JsonLimits::default()).is_ok_and(|assertion| assertion["id"] == attribute)
}

fn check_declaration(declaration: &BytesDecl, offset: usize) -> Result<(), BakeError> {
    if !matches!(declaration.xml_version(), Ok(XmlVersion::Explicit1_0)) {
        return Err(malformed("it is not XML 1.0", offset));
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(BakeError::Encoding {
            fault: "the picture says that it is not in UTF-8",
        }),
    }
}

/// The character of one of the five entities of XML, or of a number.
fn resolve(reference: &BytesRef) -> Option<Cow<'static, str>> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) if is_character(character) => Some(character.to_string().into()),
        Ok(None) => resolve_predefined_entity(reference).map(Cow::Borrowed),
        _ => None,
    }
}

/// XML 1.0, section 2.2.
fn is_character(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || is_blank(c)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn divided() -> BakeError {
    BakeError::Encoding {
        fault: "the element that carries it has something else between its text",
    }
}

fn malformed(fault: &'static str, offset: usize) -> BakeError {
    BakeError::Malformed { fault, offset }
}

/// Groups in groups: design programs stay below 50.
const MOST_LEVELS: usize = 256;

/// Each is compared with the others of its element.
const MOST_ATTRIBUTES: usize = 256;
