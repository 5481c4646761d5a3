//! A picture with parts of it black, made anew: decoded, painted, and encoded again without anything beside the
//! picture.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, GenericImageView, ImageBuffer, ImageDecoder, ImageEncoder as _,
    ImageResult, PixelWithColorType, Rgb, Rgba,
};

use super::EvidenceError;
use crate::submission::Area;

/// Makes the picture with these areas black. Which way up it is becomes part of the picture itself.
///
/// What has no transparent parts and is no PNG becomes a JPEG, everything else a PNG.
pub(super) fn covered(
    media_type: &str,
    content: &[u8],
    areas: &[Area],
) -> Result<Vec<u8>, EvidenceError> {
    let read = Cursor::new(content);
    let made = match media_type {
        "image/jpeg" => {
            let extra = coefficients(content);
            painted(JpegDecoder::new(read), extra, areas, Encoding::Jpeg)
        }
        "image/png" => painted(PngDecoder::new(read), 0, areas, Encoding::Png),
        "image/webp" => painted(WebPDecoder::new(read), 0, areas, Encoding::Jpeg),
        _ => return Err(EvidenceError::Unreadable),
    };
    made?.ok_or(EvidenceError::Pixels)
}

/// How what has no transparent parts is encoded.
enum Encoding {
    Jpeg,
    Png,
}

/// Decodes, paints and encodes; nothing if that would take more memory than it is given.
fn painted(
    decoder: ImageResult<impl ImageDecoder>,
    extra_a_pixel: u64,
    areas: &[Area],
    encoding: Encoding,
) -> Result<Option<Vec<u8>>, EvidenceError> {
    let unreadable = |_| EvidenceError::Unreadable;
    let mut decoder = decoder.map_err(unreadable)?;
    // The header is held against the limits before a byte of the picture is decoded.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let color = decoder.color_type();
    let converted = match color {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        _ => 4 * pixels,
    };
    let memory = decoder.total_bytes() + converted + extra_a_pixel.saturating_mul(pixels);
    if pixels == 0 || width > SIDE || height > SIDE || memory > MEMORY {
        return Ok(None);
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    let encoded = match (color.has_alpha(), encoding) {
        (true, _) => {
            let black = Rgba([0, 0, 0, 255]);
            Turned::of(picture.into_rgba8(), orientation)
                .paint(areas, black)
                .to_png()
        }
        (false, Encoding::Jpeg) => {
            let black = Rgb([0; 3]);
            Turned::of(picture.into_rgb8(), orientation)
                .paint(areas, black)
                .to_jpeg()
        }
        (false, Encoding::Png) => {
            let black = Rgb([0; 3]);
            Turned::of(picture.into_rgb8(), orientation)
                .paint(areas, black)
                .to_png()
        }
    };
    Ok(Some(encoded.map_err(unreadable)?))
}

/// How many bytes a decoder keeps for each pixel beside the picture: of a progressive JPEG (ITU-T T.81, G) the
/// coefficients of all components.
fn coefficients(content: &[u8]) -> u64 {
    let is_baseline = |marker: u8| matches!(marker, 0xc0 | 0xc1);
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = content.get(at..at + 4) {
        match marker {
            0xff => at += 1,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return if is_baseline(*marker) { 0 } else { 8 };
            }
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    8
}

/// A picture as it is seen, without a second one of it in memory.
struct Turned<P: PixelWithColorType<Subpixel = u8>> {
    stored: ImageBuffer<P, Vec<u8>>,
    orientation: Orientation,
}

impl<P: PixelWithColorType<Subpixel = u8>> Turned<P> {
    fn of(stored: ImageBuffer<P, Vec<u8>>, orientation: Orientation) -> Turned<P> {
        Turned {
            stored,
            orientation,
        }
    }

    /// Where a pixel that is seen here is stored.
    fn place(&self, x: u32, y: u32) -> (u32, u32) {
        let (width, height) = self.stored.dimensions();
        match self.orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (width - 1 - x, y),
            Orientation::Rotate180 => (width - 1 - x, height - 1 - y),
            Orientation::FlipVertical => (x, height - 1 - y),
            // EXIF 5: as if rows and columns changed places.
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, height - 1 - x),
            Orientation::Rotate270FlipH => (width - 1 - y, height - 1 - x),
            Orientation::Rotate270 => (width - 1 - y, x),
        }
    }

    fn paint(mut self, areas: &[Area], black: P) -> Turned<P> {
        let (width, height) = self.dimensions();
        for area in areas {
            let [(left, right), (top, bottom)] = area.pixels(width, height);
            for y in top..bottom {
                for x in left..right {
                    let (x, y) = self.place(x, y);
                    self.stored.put_pixel(x, y, black);
                }
            }
        }
        self
    }

    fn to_jpeg(&self) -> ImageResult<Vec<u8>> {
        let mut encoded = Vec::new();
        JpegEncoder::new_with_quality(&mut encoded, QUALITY).encode_image(self)?;
        Ok(encoded)
    }

    /// PNG pictures have no orientation where they are shown, so that what is stored is what is seen; others are
    /// turned row by row.
    fn to_png(&self) -> ImageResult<Vec<u8>> {
        let (width, height) = self.dimensions();
        let mut encoded = Vec::new();
        let encoder =
            PngEncoder::new_with_quality(&mut encoded, CompressionType::Fast, FilterType::Adaptive);
        let color = P::COLOR_TYPE;
        match self.orientation {
            Orientation::NoTransforms => {
                encoder.write_image(self.stored.as_raw(), width, height, color)?;
            }
            _ => {
                let turned = ImageBuffer::from_fn(width, height, |x, y| self.get_pixel(x, y));
                encoder.write_image(turned.as_raw(), width, height, color)?;
            }
        }
        Ok(encoded)
    }
}

impl<P: PixelWithColorType<Subpixel = u8>> GenericImageView for Turned<P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.stored.dimensions();
        match self.orientation {
            Orientation::NoTransforms
            | Orientation::FlipHorizontal
            | Orientation::Rotate180
            | Orientation::FlipVertical => (width, height),
            Orientation::Rotate90FlipH
            | Orientation::Rotate90
            | Orientation::Rotate270FlipH
            | Orientation::Rotate270 => (height, width),
        }
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        let (x, y) = self.place(x, y);
        *self.stored.get_pixel(x, y)
    }
}

/// What a picture may take while it is decoded. The pictures that phones take by themselves have 24 megapixels,
/// which are 74 MB; one is worked on at a time.
const MEMORY: u64 = 80_000_000;
/// The longest side that every browser shows.
const SIDE: u32 = 16_384;
/// Nobody sees a difference, and writing on a wall stays readable.
const QUALITY: u8 = 90;
