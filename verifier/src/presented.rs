//! The text of a badge, taken out of whatever it came in.

use std::borrow::Cow;

use crate::bake::BakeStandard;
use crate::documents::Shelf;
use crate::form::FormFault;
use crate::issuer;
use crate::legacy;
use crate::limits::Limits;
use crate::png::{BakeError, BakedText, ChunkKind, Png};
use crate::policy::{BakedCopies, Policy};
use crate::reason::Reason;
use crate::report::{Container, Form, Halt};
use crate::svg::Svg;

/// The text of one badge, told apart by its content.
#[derive(Debug)]
pub(crate) struct Presented<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) container: Container,
    pub(crate) form: Form,
}

impl<'a> Presented<'a> {
    /// Tells JSON, compact JWT, PNG and SVG apart; names and media types have no say.
    pub(crate) fn read(
        bytes: &'a [u8],
        policy: &Policy,
        documents: &Shelf<'a>,
        warnings: &mut Vec<Reason>,
    ) -> Result<Presented<'a>, Halt> {
        let (container, (text, standard)) = if bytes.starts_with(b"\x89PNG") {
            check_length(bytes, policy.limits.picture_bytes)?;
            (Container::Png, from_png(bytes, policy, warnings)?)
        } else if is_markup(bytes) {
            check_length(bytes, policy.limits.svg_bytes)?;
            (Container::Svg, from_svg(bytes, policy, warnings)?)
        } else {
            return Ok(Presented::read_text(bytes, &policy.limits)?);
        };
        warnings.push(Reason::ImageUnbound);
        let (form, text) = match form(&text) {
            Err(Reason::FormFault(FormFault::Address { url }))
                if standard == BakeStandard::OpenBadges2 =>
            {
                let text = legacy::baked_address(&url, documents)?;
                check_length(text, policy.limits.text_bytes)?;
                (self::form(text)?, Cow::Borrowed(text))
            }
            form => (form?, text),
        };
        Ok(Presented {
            form,
            container,
            text,
        })
    }

    /// Tells JSON and compact JWT apart, where no picture is expected.
    pub(crate) fn read_text(bytes: &'a [u8], limits: &Limits) -> Result<Presented<'a>, Reason> {
        check_length(bytes, limits.text_bytes)?;
        Ok(Presented {
            form: form(bytes)?,
            container: Container::Text,
            text: Cow::Borrowed(bytes),
        })
    }
}

fn check_length(bytes: &[u8], limit: usize) -> Result<(), Reason> {
    if bytes.len() > limit {
        return Err(Reason::InputTooLarge {
            limit,
            length: bytes.len(),
        });
    }
    Ok(())
}

fn from_png<'a>(
    bytes: &'a [u8],
    policy: &Policy,
    warnings: &mut Vec<Reason>,
) -> Result<(Cow<'a, [u8]>, BakeStandard), Reason> {
    let png = Png::read(bytes, &policy.limits)?;
    let mut found = png.credentials(&policy.limits)?;
    let differ = found.iter().any(|baked| baked.text != found[0].text);
    check_copies(found.len(), differ, policy, warnings)?;
    let BakedText {
        text,
        chunk,
        standard,
        ..
    } = found.swap_remove(0);
    if chunk != ChunkKind::InternationalText {
        warnings.push(Reason::BakedUnusually { chunk });
    }
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    Ok((text, standard))
}

fn from_svg<'a>(
    bytes: &[u8],
    policy: &Policy,
    warnings: &mut Vec<Reason>,
) -> Result<(Cow<'a, [u8]>, BakeStandard), Reason> {
    let unsupported = |found| Err(Reason::InputUnsupported { found });
    if is_web_page(bytes) {
        return unsupported("a web page");
    }
    let Svg::Picture(mut found) = Svg::read(bytes, &policy.limits)? else {
        return unsupported("XML, and no SVG picture");
    };
    let differ = found.iter().any(|baked| baked.text != found[0].text);
    check_copies(found.len(), differ, policy, warnings)?;
    let baked = found.swap_remove(0);
    Ok((Cow::Owned(baked.text.into_bytes()), baked.standard))
}

/// Equal content is a slip of the baker; different content lets two readers see two badges.
fn check_copies(
    copies: usize,
    differ: bool,
    policy: &Policy,
    warnings: &mut Vec<Reason>,
) -> Result<(), Reason> {
    if differ && policy.baked_copies == BakedCopies::MustAgree {
        return Err(BakeError::Ambiguous { chunks: copies }.into());
    }
    if copies > 1 {
        warnings.push(Reason::BakedCopies { chunks: copies });
    }
    Ok(())
}

/// Whether the text begins as markup does, after a byte order mark and white space.
fn is_markup(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

/// Web pages are rarely well-formed XML, so they are told by how they begin.
fn is_web_page(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|begin| {
            bytes
                .get(..begin.len())
                .is_some_and(|own| own.eq_ignore_ascii_case(begin.as_bytes()))
        })
}

/// Decides by the first character that is not blank (Open Badges 3.0, extracting from PNG).
fn form(text: &[u8]) -> Result<Form, Reason> {
    let unsupported = |found| Err(Reason::InputUnsupported { found });
    match text.trim_ascii_start() {
        [] => unsupported("empty"),
        // Byte order marks, and the zero bytes of UTF-16 and UTF-32, are for the JSON reader to refuse.
        [b'{' | b'[' | 0 | 0xef | 0xfe | 0xff, ..] => Ok(Form::Json),
        [b'<', ..] => unsupported("a web page or other markup"),
        [b'"', ..] => unsupported("a text in quotation marks"),
        rest if is_token(rest) => Ok(Form::Jwt),
        rest => match address(rest) {
            Some(url) => Err(FormFault::Address { url }.into()),
            None => unsupported("in a format that carries no Open Badge"),
        },
    }
}

/// The address that a text is, if it is nothing else.
fn address(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim_end();
    let is_one = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let url = issuer::web_address(text).filter(|_| is_one)?;
    Some(url.into())
}

/// Whether this is, or was meant to be, a compact JWS: it begins with the base64url of `{`.
fn is_token(text: &[u8]) -> bool {
    let begins = [b"ey".as_slice(), b"ew", b"."];
    begins.iter().any(|begin| text.starts_with(begin)) && text.contains(&b'.')
}
