//! Pictures that micro-credentials are given: PNG or SVG, looked through before they are kept.
//!
//! A picture is kept under its digest and never changes. An SVG is written anew from what is known
//! to be harmless in it, so that nothing in it runs, loads or links.

mod svg;

use crate::app::App;
use crate::bake;
use crate::digest::Sha256Digest;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use verifier::Limits;
use verifier::png::Png;

/// A picture that is kept, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageRef {
    /// The digest of its bytes.
    pub sha256: Sha256Digest,
    /// What it is.
    pub media_type: ImageType,
}

/// What pictures can be (Open Badges 3.0: the picture of an achievement is a PNG or an SVG).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageType {
    /// Portable Network Graphics.
    #[serde(rename = "image/png")]
    Png,
    /// Scalable Vector Graphics.
    #[serde(rename = "image/svg+xml")]
    Svg,
}

/// Takes a picture in, judged by its bytes and not by what anybody says of it.
pub fn take_in(app: &App, bytes: &[u8]) -> Result<ImageRef, Error> {
    if bytes.len() > IMAGE_BYTES {
        return Err(Error::TooLarge {
            what: "picture",
            bytes: bytes.len() as u64,
            limit: IMAGE_BYTES as u64,
        });
    }
    let (media_type, kept) = match bytes {
        [0x89, b'P', b'N', b'G', ..] => (ImageType::Png, checked_png(bytes)?.to_vec()),
        _ if is_markup(bytes) => (ImageType::Svg, svg::sanitised(bytes)?),
        _ => return Err(Error::ImageType),
    };
    let image = ImageRef {
        sha256: Sha256Digest::of(&kept),
        media_type,
    };
    app.store.put_image(&image, kept)?;
    Ok(image)
}

/// The bytes of a picture that is kept.
pub fn bytes(app: &App, image: &ImageRef) -> Result<Vec<u8>, Error> {
    let found = app.store.image(image)?;
    found.ok_or(Error::Missing("a picture"))
}

/// Whether a picture that something refers to is kept.
pub(crate) fn must_be_known(app: &App, image: &ImageRef) -> Result<(), Error> {
    match app.store.image(image)? {
        Some(_) => Ok(()),
        None => Err(Error::invalid(
            "/image",
            "there is no such picture: upload it first",
        )),
    }
}

/// Whether it begins as documents of XML do.
fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

fn checked_png(bytes: &[u8]) -> Result<&[u8], Error> {
    let png = Png::read(bytes, &Limits::default())
        .map_err(|error| Error::invalid("/image", format!("this PNG cannot be used: {error}")))?;
    let sides = SMALLEST_SIDE..=LARGEST_SIDE;
    if !sides.contains(&png.width()) || !sides.contains(&png.height()) {
        let message = format!(
            "a picture has between {SMALLEST_SIDE} and {LARGEST_SIDE} pixels a side, and this one \
             has {} by {}",
            png.width(),
            png.height()
        );
        return Err(Error::invalid("/image", message));
    }
    // What carries somebody's badge would hide whose it was, once another is baked into it.
    match bake::bake(bytes, "{}") {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Error::invalid(
            "/image",
            format!("this PNG cannot be used: {error}"),
        )),
    }
}

impl ImageType {
    /// The media type.
    pub fn as_str(self) -> &'static str {
        match self {
            ImageType::Png => "image/png",
            ImageType::Svg => "image/svg+xml",
        }
    }

    /// The extension of its address.
    pub fn extension(self) -> &'static str {
        match self {
            ImageType::Png => "png",
            ImageType::Svg => "svg",
        }
    }
}

/// A value of the store has at most 100,000 bytes; a badge's picture of 512 pixels needs fewer.
pub const IMAGE_BYTES: usize = 96_000;
/// What is smaller is no picture of anything.
const SMALLEST_SIDE: u32 = 64;
/// What is larger takes browsers tens of megabytes to show.
const LARGEST_SIDE: u32 = 2_048;
