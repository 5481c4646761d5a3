//! The text of a badge, taken out of whatever it came in.

use std::borrow::Cow;

use crate::form::FormFault;
use crate::issuer;
use crate::limits::Limits;
use crate::png::{BakeError, BakedText, ChunkKind, Png};
use crate::policy::{BakedCopies, Policy};
use crate::reason::Reason;
use crate::report::{Container, Form};

/// The text of one badge, told apart by its content.
#[derive(Debug)]
pub(crate) struct Presented<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) container: Container,
    pub(crate) form: Form,
}

impl<'a> Presented<'a> {
    /// Tells JSON, compact JWT and PNG apart; names and media types have no say.
    pub(crate) fn read(
        bytes: &'a [u8],
        policy: &Policy,
        warnings: &mut Vec<Reason>,
    ) -> Result<Presented<'a>, Reason> {
        if bytes.starts_with(b"\x89PNG") {
            check_length(bytes, policy.limits.picture_bytes)?;
            let text = unbake(bytes, policy, warnings)?;
            warnings.push(Reason::ImageUnbound);
            return Ok(Presented {
                form: form(&text)?,
                container: Container::Png,
                text,
            });
        }
        Presented::read_text(bytes, &policy.limits)
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

fn unbake<'a>(
    bytes: &'a [u8],
    policy: &Policy,
    warnings: &mut Vec<Reason>,
) -> Result<Cow<'a, [u8]>, Reason> {
    let png = Png::read(bytes, &policy.limits)?;
    let mut found = png.credentials(&policy.limits)?;
    let chunks = found.len();
    if chunks > 1 {
        // Equal content is a slip of the baker; different content lets two readers see two badges.
        let differ = found.iter().any(|baked| baked.text != found[0].text);
        if differ && policy.baked_copies == BakedCopies::MustAgree {
            return Err(BakeError::Ambiguous { chunks }.into());
        }
        warnings.push(Reason::BakedCopies { chunks });
    }
    let BakedText { text, chunk } = found.swap_remove(0);
    if chunk != ChunkKind::InternationalText {
        warnings.push(Reason::BakedUnusually { chunk });
    }
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// Decides by the first character that is not blank (Open Badges 3.0, extracting from PNG).
fn form(text: &[u8]) -> Result<Form, Reason> {
    let unsupported = |found| Err(Reason::InputUnsupported { found });
    match text.trim_ascii_start() {
        [] => unsupported("empty"),
        // Byte order marks, and the zero bytes of UTF-16 and UTF-32, are for the JSON reader to refuse.
        [b'{' | b'[' | 0 | 0xef | 0xfe | 0xff, ..] => Ok(Form::Json),
        [b'<', ..] => unsupported("a web page, an SVG picture or other XML"),
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
