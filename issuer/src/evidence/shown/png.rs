//! PNG (W3C, third edition): chunks, each with its type and a checksum.

use super::{Parts, Source};
use crate::evidence::EvidenceError;

/// The chunks that a decoder draws with, up to the last one. Texts, times and EXIF are other chunks.
pub fn shown(source: &mut Source) -> Result<Parts, EvidenceError> {
    let mut shown = Parts::default();
    shown.keep(0, 8);
    let mut at = 8;
    loop {
        let bytes = u64::from(source.u32(at)?);
        let name = source.at(at + 4, 4)?;
        let end = at + 12 + bytes;
        if end > source.bytes() {
            return Err(EvidenceError::Unreadable);
        }
        if KEPT.contains(&&name[..]) {
            shown.keep(at, end);
        }
        if &name[..] == b"IEND" {
            // Whatever follows is no part of the picture.
            return Ok(shown);
        }
        at = end;
    }
}

/// Section 5.6 and 11: what a picture is drawn with, and animations. `iCCP` is left out on purpose: profiles
/// carry names and copyrights, and cameras do not write PNG.
const KEPT: [&[u8]; 14] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT",
    b"bKGD", b"acTL", b"fcTL", b"fdAT",
];
