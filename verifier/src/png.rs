//! Credentials in PNG pictures: both the reading and the writing half.
//!
//! Only the chunk structure is looked at (PNG, third edition, section 5); pixels are never decoded,
//! so that a picture cannot make the verifier do more than walk over its bytes once.

mod error;

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use serde::Serialize;

use crate::bake::{BakeStandard, MOST_COPIES};
use crate::limits::Limits;

pub use error::BakeError;

/// A PNG whose chunks are complete, in order, and have good checksums.
#[derive(Debug)]
pub struct Png<'a> {
    bytes: &'a [u8],
    chunks: Vec<Chunk<'a>>,
    width: u32,
    height: u32,
}

/// One chunk of a PNG.
#[derive(Clone, Copy, Debug)]
struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    /// The whole chunk: length, kind, data and checksum.
    whole: &'a [u8],
}

/// A credential found in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BakedText<'a> {
    /// The text as the issuer put it in: a compact JWS or JSON.
    pub text: Cow<'a, str>,
    /// How it was put in.
    pub chunk: ChunkKind,
    /// The standard whose keyword it stands under.
    pub standard: BakeStandard,
}

/// The kinds of chunk that carry text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChunkKind {
    /// International text, as the standard demands.
    InternationalText,
    /// International text, compressed.
    CompressedInternationalText,
    /// Latin-1 text.
    Text,
    /// Compressed Latin-1 text.
    CompressedText,
}

impl<'a> Png<'a> {
    /// Walks over all chunks and checks their order, lengths and checksums.
    pub fn read(bytes: &'a [u8], limits: &Limits) -> Result<Png<'a>, BakeError> {
        let malformed = |fault, offset| BakeError::Malformed { fault, offset };
        if !bytes.starts_with(SIGNATURE) {
            return Err(malformed("the PNG signature is missing", 0));
        }

        let mut chunks: Vec<Chunk> = Vec::new();
        let mut offset = SIGNATURE.len();
        loop {
            if chunks.len() == limits.picture_chunks {
                return Err(malformed("the picture has too many chunks", offset));
            }
            let chunk = Chunk::read(&bytes[offset..]).map_err(|fault| malformed(fault, offset))?;
            chunks.push(chunk);
            offset += chunk.whole.len();
            if &chunk.kind == b"IEND" {
                break;
            }
        }
        // Whatever follows the end could be a second file in another format.
        if offset != bytes.len() {
            return Err(malformed("bytes follow the end of the picture", offset));
        }
        let (width, height) = check_structure(&chunks).map_err(|fault| malformed(fault, 0))?;
        Ok(Png {
            bytes,
            chunks,
            width,
            height,
        })
    }

    /// The width the header names, in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The height the header names, in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Every credential in the picture, in the order of their standards and there those in the
    /// standard's kind of chunk first.
    pub fn credentials(&self, limits: &Limits) -> Result<Vec<BakedText<'a>>, BakeError> {
        let mut found = Vec::new();
        for chunk in &self.chunks {
            let Some((standard, data)) = chunk.credential() else {
                continue;
            };
            if found.len() == MOST_COPIES {
                return Err(BakeError::Ambiguous {
                    chunks: MOST_COPIES + 1,
                });
            }
            found.push(chunk.text(standard, data, limits)?);
        }
        if found.is_empty() {
            return Err(BakeError::Missing);
        }
        found.sort_by_key(|baked: &BakedText| {
            (baked.standard, baked.chunk != ChunkKind::InternationalText)
        });
        Ok(found)
    }

    /// The same picture with `credential` baked in, in place of any it carried (Open Badges 3.0,
    /// baking into PNG). Image data stays byte for byte as it is.
    pub fn bake(&self, credential: &str) -> Vec<u8> {
        let keyword = BakeStandard::OpenBadges3.keyword();
        let mut data = Vec::with_capacity(keyword.len() + 5 + credential.len());
        data.extend_from_slice(keyword.as_bytes());
        // End of keyword, not compressed, method 0, no language tag, no translated keyword.
        data.extend_from_slice(&[0, 0, 0, 0, 0]);
        data.extend_from_slice(credential.as_bytes());

        let mut baked = Vec::with_capacity(self.bytes.len() + data.len() + 12);
        baked.extend_from_slice(SIGNATURE);
        for chunk in self.chunks.iter().filter(|c| c.credential().is_none()) {
            baked.extend_from_slice(chunk.whole);
            if &chunk.kind == b"IHDR" {
                baked.extend_from_slice(&chunk_bytes(b"iTXt", &data));
            }
        }
        baked
    }
}

impl<'a> Chunk<'a> {
    fn read(bytes: &'a [u8]) -> Result<Chunk<'a>, &'static str> {
        let (length, rest) = bytes
            .split_first_chunk::<4>()
            .ok_or("the picture ends without its IEND chunk")?;
        let length = u32::from_be_bytes(*length);
        if length > i32::MAX as u32 {
            return Err("a chunk names a length that PNG does not allow");
        }
        let (kind, rest) = rest
            .split_first_chunk::<4>()
            .ok_or("the picture ends inside a chunk")?;
        let length = length as usize;
        if rest.len() < length + 4 {
            return Err("a chunk is longer than the picture");
        }
        let whole = &bytes[..length + 12];
        let mut checksum = [0; 4];
        checksum.copy_from_slice(&rest[length..length + 4]);
        if crc32fast::hash(&whole[4..8 + length]) != u32::from_be_bytes(checksum) {
            return Err("the checksum of a chunk is wrong");
        }
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err("the name of a chunk is not four letters");
        }
        Ok(Chunk {
            kind: *kind,
            data: &rest[..length],
            whole,
        })
    }

    /// The standard under whose exact keyword this chunk carries text, and what follows the keyword.
    fn credential(&self) -> Option<(BakeStandard, &'a [u8])> {
        if !matches!(&self.kind, b"iTXt" | b"tEXt" | b"zTXt") {
            return None;
        }
        BakeStandard::ALL.into_iter().find_map(|standard| {
            let rest = self.data.strip_prefix(standard.keyword().as_bytes())?;
            Some((standard, rest.strip_prefix(&[0])?))
        })
    }

    fn text(
        &self,
        standard: BakeStandard,
        rest: &'a [u8],
        limits: &Limits,
    ) -> Result<BakedText<'a>, BakeError> {
        let encoding = |fault| BakeError::Encoding { fault };
        let limit = limits.chunk_text_bytes;
        let found = |text, chunk| BakedText {
            text,
            chunk,
            standard,
        };
        match &self.kind {
            b"iTXt" => {
                let [flag, method, rest @ ..] = rest else {
                    return Err(encoding("the iTXt chunk ends before its text"));
                };
                let rest = rest
                    .strip_prefix(&[0, 0])
                    .ok_or(encoding("the chunk has a language tag or keyword"))?;
                match (flag, method) {
                    (0, 0) => Ok(found(plain(rest, limit)?, ChunkKind::InternationalText)),
                    (1, 0) => Ok(found(
                        Cow::Owned(inflate(rest, limit)?),
                        ChunkKind::CompressedInternationalText,
                    )),
                    _ => Err(encoding("the compression of the chunk is unknown")),
                }
            }
            b"zTXt" => {
                let rest = rest
                    .strip_prefix(&[0])
                    .ok_or(encoding("the compression of the chunk is unknown"))?;
                Ok(found(
                    Cow::Owned(inflate(rest, limit)?),
                    ChunkKind::CompressedText,
                ))
            }
            _ => Ok(found(plain(rest, limit)?, ChunkKind::Text)),
        }
    }
}

/// Checks what PNG says about the order and number of critical chunks; gives width and height.
fn check_structure(chunks: &[Chunk]) -> Result<(u32, u32), &'static str> {
    let [header, rest @ .., end] = chunks else {
        return Err("the picture has no header");
    };
    if &header.kind != b"IHDR" {
        return Err("the picture does not begin with its header");
    }
    let &[
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        depth,
        colour,
        compression,
        filter,
        interlace,
    ] = header.data
    else {
        return Err("the header of the picture has a wrong length");
    };
    let width = u32::from_be_bytes([w0, w1, w2, w3]);
    let height = u32::from_be_bytes([h0, h1, h2, h3]);
    let side = 1..=i32::MAX as u32;
    if !side.contains(&width) || !side.contains(&height) {
        return Err("the picture has an impossible width or height");
    }
    let depths: &[u8] = match colour {
        0 => &[1, 2, 4, 8, 16],
        3 => &[1, 2, 4, 8],
        2 | 4 | 6 => &[8, 16],
        _ => return Err("the colour type of the picture is unknown"),
    };
    if !depths.contains(&depth) || compression != 0 || filter != 0 || interlace > 1 {
        return Err("the header of the picture has an unknown value");
    }
    if !end.data.is_empty() {
        return Err("the last chunk of the picture is not empty");
    }
    if rest.iter().any(|chunk| &chunk.kind == b"IHDR") {
        return Err("the picture has two headers");
    }

    let is_data = |chunk: &Chunk| &chunk.kind == b"IDAT";
    let (Some(first), Some(last)) = (
        rest.iter().position(is_data),
        rest.iter().rposition(is_data),
    ) else {
        return Err("the picture has no image data");
    };
    if !rest[first..=last].iter().all(is_data) {
        return Err("the image data of the picture is not in one place");
    }
    if colour == 3 && !rest[..first].iter().any(|chunk| &chunk.kind == b"PLTE") {
        return Err("the picture has no palette");
    }
    // A name that begins with a capital marks a chunk that a reader must understand.
    let known = |chunk: &Chunk| matches!(&chunk.kind, b"PLTE" | b"IDAT");
    if rest
        .iter()
        .any(|c| c.kind[0].is_ascii_uppercase() && !known(c))
    {
        return Err("the picture has an unknown critical chunk");
    }
    Ok((width, height))
}

fn plain(bytes: &[u8], limit: usize) -> Result<Cow<'_, str>, BakeError> {
    if bytes.len() > limit {
        return Err(BakeError::TooLarge { limit });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BakeError::Encoding {
        fault: "the text is not UTF-8",
    })?;
    if text.contains('\0') {
        return Err(BakeError::Encoding {
            fault: "the text contains a NUL",
        });
    }
    Ok(Cow::Borrowed(text))
}

fn inflate(bytes: &[u8], limit: usize) -> Result<String, BakeError> {
    let mut inflated = Vec::new();
    let mut decoder = ZlibDecoder::new(bytes);
    // One byte more than allowed is enough to see that it is too much.
    let read = decoder.by_ref().take(limit as u64 + 1);
    { read }
        .read_to_end(&mut inflated)
        .map_err(|_| BakeError::Encoding {
            fault: "the compressed text cannot be read",
        })?;
    let text = plain(&inflated, limit)?.into_owned();
    if decoder.total_in() != bytes.len() as u64 {
        return Err(BakeError::Encoding {
            fault: "bytes follow the compressed text",
        });
    }
    Ok(text)
}

fn chunk_bytes(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::with_capacity(data.len() + 12);
    chunk.extend_from_slice(&(data.len() as u32).to_be_bytes());
    chunk.extend_from_slice(kind);
    chunk.extend_from_slice(data);
    chunk.extend_from_slice(&crc32fast::hash(&chunk[4..]).to_be_bytes());
    chunk
}

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
