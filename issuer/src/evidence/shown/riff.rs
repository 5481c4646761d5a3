//! RIFF: WebP pictures (RFC 9649) and WAVE sound. Chunks, with the bytes of all of them said at the beginning.

use super::{Parts, Source};
use crate::evidence::EvidenceError;

/// The chunks that carry the picture or the sound.
pub fn shown(source: &mut Source) -> Result<Parts, EvidenceError> {
    let head = source.at(0, 12)?;
    let said = u64::from(little(&head[4..8])) + 8;
    let mut chunks: Vec<(u64, u64)> = Vec::new();
    let (mut at, mut count) = (12, 0);
    // A recording that was cut off says more than there is.
    while at + 8 <= said.min(source.bytes()) {
        let chunk = source.at(at, 8)?;
        let bytes = u64::from(little(&chunk[4..8]));
        let end = (at + 8 + bytes + bytes % 2).min(source.bytes());
        if KEPT.contains(&&chunk[..4]) {
            chunks.push((at, end));
        }
        at = end;
        count += 1;
        if count > MOST_CHUNKS {
            return Err(EvidenceError::Unreadable);
        }
    }
    let bytes: u64 = 4 + chunks.iter().map(|(from, to)| to - from).sum::<u64>();
    let bytes = u32::try_from(bytes).map_err(|_| EvidenceError::Unreadable)?;
    let mut shown = Parts::default();
    shown.instead(b"RIFF");
    shown.instead(&bytes.to_le_bytes());
    shown.instead(&head[8..12]);
    for (from, to) in chunks {
        if &source.at(from, 4)?[..] == b"VP8X" {
            // It says which chunks there are: EXIF (bit 3) and XMP (bit 2) are not among them any more,
            // nor is the colour profile (bit 5).
            let flags = source.at(from + 8, 1)?[0] & !0b0010_1100;
            shown.keep(from, from + 8);
            shown.instead(&[flags]);
            shown.keep(from + 9, to);
        } else {
            shown.keep(from, to);
        }
    }
    Ok(shown)
}

fn little(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// One for each picture of an animation.
const MOST_CHUNKS: u32 = 10_000;

const KEPT: [&[u8]; 9] = [
    b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"fmt ", b"fact", b"data",
];
