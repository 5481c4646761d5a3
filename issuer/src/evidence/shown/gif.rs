//! GIF89a: blocks, among them comments and the notes of programs.

use super::{Parts, Source};
use crate::evidence::EvidenceError;

/// The screen, the pictures, and how long each is shown.
pub fn shown(source: &mut Source) -> Result<Parts, EvidenceError> {
    let mut shown = Parts::default();
    let screen = source.at(0, 13)?;
    let mut at = 13 + table(screen[10]);
    shown.keep(0, at);
    loop {
        let end = match source.at(at, 1)?[0] {
            // The trailer: whatever follows is no part of the picture.
            0x3b => {
                shown.keep(at, at + 1);
                return Ok(shown);
            }
            // A picture: its place, its colours, the size of its codes, its data.
            0x2c => {
                let colours = table(source.at(at + 9, 1)?[0]);
                let end = blocks_end(source, at + 11 + colours)?;
                shown.keep(at, end);
                end
            }
            0x21 => {
                let head = source.upto(at, 14)?;
                let end = blocks_end(source, at + 2)?;
                let is_loop = head.get(3..14) == Some(b"NETSCAPE2.0");
                // 0xf9 is the control of the picture that follows; 0xff a program's, of which one repeats.
                if head.get(1) == Some(&0xf9) || (head.get(1) == Some(&0xff) && is_loop) {
                    shown.keep(at, end);
                }
                end
            }
            _ => return Err(EvidenceError::Unreadable),
        };
        at = end;
    }
}

/// The bytes of a table of colours, if there is one.
fn table(packed: u8) -> u64 {
    match packed & 0x80 {
        0 => 0,
        _ => 3 << ((packed & 7) + 1),
    }
}

/// Where a row of blocks ends: each says how long it is, and the last that it has nothing.
fn blocks_end(source: &mut Source, mut at: u64) -> Result<u64, EvidenceError> {
    loop {
        let bytes = source.at(at, 1)?[0];
        at += 1 + u64::from(bytes);
        if bytes == 0 {
            return Ok(at);
        }
    }
}
