//! JPEG (ITU-T T.81): segments, and between them the coded picture.

use super::{Parts, Source};
use crate::evidence::EvidenceError;

/// The segments that a decoder draws with, up to the end of the first picture, and which way up it is.
pub fn shown(source: &mut Source) -> Result<Parts, EvidenceError> {
    let mut shown = Parts::default();
    shown.keep(0, 2);
    let mut is_turned = None;
    let mut at = 2;
    loop {
        let marker = source.at(at, 2)?;
        if marker[0] != 0xff {
            return Err(EvidenceError::Unreadable);
        }
        match marker[1] {
            // Fill bytes may stand before a marker.
            0xff => {
                at += 1;
                continue;
            }
            // The end. Phones put a second picture or a short video behind it.
            0xd9 => {
                shown.keep(at, at + 2);
                return Ok(shown);
            }
            0x01 | 0xd0..=0xd7 => {
                shown.keep(at, at + 2);
                at += 2;
                continue;
            }
            _ => {}
        }
        let length = source.at(at + 2, 2)?;
        let length = u64::from(u16::from_be_bytes([length[0], length[1]]));
        let end = at + 2 + length;
        if length < 2 || end > source.bytes() {
            return Err(EvidenceError::Unreadable);
        }
        match marker[1] {
            // A scan goes on until a marker that is no restart.
            0xda => {
                let scan_ends = scan_end(source, end)?;
                shown.keep(at, scan_ends);
                at = scan_ends;
                continue;
            }
            // Tables, frames and restarts; how colours are meant (Adobe).
            0xc0..=0xcf | 0xdb..=0xdf | 0xee => shown.keep(at, end),
            // JFIF says how dense the picture is, and may hold a small second one.
            0xe0 if &source.upto(at + 4, 5)?[..] == b"JFIF\0" && length >= 16 => {
                shown.instead(&[0xff, 0xe0, 0, 16]);
                shown.keep(at + 4, at + 16);
                shown.instead(&[0, 0]);
            }
            0xe1 if is_turned.is_none() => {
                let exif = source.upto(at + 4, (length as usize - 2).min(MOST_EXIF))?;
                is_turned = orientation(&exif);
                if let Some(turned) = is_turned {
                    shown.instead(&exif_of(turned));
                }
            }
            _ => {}
        }
        at = end;
    }
}

fn scan_end(source: &mut Source, mut at: u64) -> Result<u64, EvidenceError> {
    loop {
        let bytes = source.upto(at, SCANNED)?;
        if bytes.len() < 2 {
            return Err(EvidenceError::Unreadable);
        }
        let ends = bytes.windows(2).position(|pair| {
            // A zero after 0xff means that it belongs to the picture.
            pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff)
        });
        if let Some(ends) = ends {
            return Ok(at + ends as u64);
        }
        at += bytes.len() as u64 - 1;
    }
}

/// Which way up a picture is, out of its EXIF (CIPA DC-008, tag 0x0112), if it says and is not upright.
fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let is_little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let found = tiff.get(at..at.checked_add(bytes)?)?;
        let fold = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(match is_little {
            true => found.iter().rev().fold(0, fold),
            false => found.iter().fold(0, fold),
        })
    };
    let directory = number(4, 4)?;
    let entries = number(directory, 2)?;
    let mut places = (0..entries.min(MOST_ENTRIES)).map(|n| directory + 2 + 12 * n);
    let place = places.find(|place| number(*place, 2) == Some(0x0112))?;
    let turned = u8::try_from(number(place + 8, 2)?).ok()?;
    (2..=8).contains(&turned).then_some(turned)
}

/// A segment of EXIF that says which way up the picture is, and nothing else.
fn exif_of(turned: u8) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend(b"Exif\0\0MM\0*\0\0\0\x08");
    // One entry: orientation, a short, one of it, and no further directory.
    segment.extend([
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turned, 0, 0, 0, 0, 0, 0,
    ]);
    segment
}

/// A segment holds no more.
const MOST_EXIF: usize = 64 << 10;

/// Cameras write a few dozen.
const MOST_ENTRIES: usize = 1_000;

const SCANNED: usize = 64 << 10;
