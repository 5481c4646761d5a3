//! ISO base media files (ISO/IEC 14496-12) and QuickTime: boxes within boxes, with places in the file
//! written into some of them. So nothing is taken out: what tells of the maker becomes free space of the same
//! size.

use super::{Parts, Source};
use crate::evidence::EvidenceError;

/// The file with its notes blanked.
pub fn shown(source: &mut Source) -> Result<Parts, EvidenceError> {
    let mut blanks = Vec::new();
    let whole = Walk {
        depth: 0,
        from: 0,
        to: source.bytes(),
    };
    walk(source, whole, &mut blanks)?;
    blanks.sort_unstable_by_key(|blank| blank.from);
    let mut shown = Parts::default();
    let mut at = 0;
    for blank in blanks {
        if blank.from < at {
            // One within another, or the same bytes named twice.
            continue;
        }
        shown.keep(at, blank.from);
        match blank.what {
            What::Box => {
                shown.keep(blank.from, blank.from + 4);
                shown.instead(b"free");
                shown.zeros(blank.to - blank.from - 8);
            }
            What::Item => shown.zeros(blank.to - blank.from),
        }
        at = blank.to;
    }
    shown.keep(at, source.bytes());
    Ok(shown)
}

/// Bytes that are not shown.
struct Blank {
    from: u64,
    to: u64,
    what: What,
}

enum What {
    /// A whole box; it becomes a free one.
    Box,
    /// What a box refers to.
    Item,
}

/// Boxes that are looked at.
#[derive(Clone, Copy)]
struct Walk {
    depth: u8,
    from: u64,
    to: u64,
}

fn walk(source: &mut Source, here: Walk, blanks: &mut Vec<Blank>) -> Result<(), EvidenceError> {
    let mut at = here.from;
    let mut boxes = 0;
    while at + 8 <= here.to {
        boxes += 1;
        if boxes > MOST_BOXES || blanks.len() > MOST_BLANKS {
            return Err(EvidenceError::Unreadable);
        }
        let head = source.at(at, 8)?;
        let (mut bytes, mut begins) = (u64::from(source.u32(at)?), at + 8);
        match bytes {
            // To the end of the file.
            0 => bytes = here.to - at,
            1 => {
                let long = source.at(at + 8, 8)?;
                bytes = long.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
                begins += 8;
            }
            _ => {}
        }
        let end = at
            .checked_add(bytes)
            .filter(|end| *end <= here.to && *end >= begins);
        // QuickTime ends some lists of boxes with four zeros.
        let Some(end) = end else {
            return match here.depth {
                0 => Err(EvidenceError::Unreadable),
                _ => Ok(()),
            };
        };
        match &head[4..8] {
            b"udta" | b"uuid" | b"\xa9xyz" | b"Xtra" => blanks.push(Blank {
                from: at,
                to: end,
                what: What::Box,
            }),
            // In a film it holds notes; in a picture, at the outside, it says where the picture is.
            b"meta" if here.depth > 0 => blanks.push(Blank {
                from: at,
                to: end,
                what: What::Box,
            }),
            b"meta" => items(source, begins, end, blanks)?,
            b"moov" | b"trak" | b"mdia" | b"minf" | b"moof" | b"traf" | b"edts" => {
                if here.depth >= DEPTH {
                    return Err(EvidenceError::Unreadable);
                }
                let inside = Walk {
                    depth: here.depth + 1,
                    from: begins,
                    to: end,
                };
                walk(source, inside, blanks)?;
            }
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// The notes among the items of a picture: EXIF and XMP (ISO/IEC 23008-12, annex A).
fn items(
    source: &mut Source,
    begins: u64,
    end: u64,
    blanks: &mut Vec<Blank>,
) -> Result<(), EvidenceError> {
    let (mut notes, mut places, mut data) = (Vec::new(), None, None);
    // A full box: four bytes of version and flags come first.
    let mut at = begins + 4;
    while at + 8 <= end {
        let bytes = u64::from(source.u32(at)?);
        let name = source.at(at + 4, 4)?;
        if bytes < 8 || at + bytes > end {
            return Err(EvidenceError::Unreadable);
        }
        match &name[..] {
            b"iinf" => notes = notes_in(source, at, at + bytes)?,
            b"iloc" => places = Some(at),
            b"idat" => data = Some(at + 8),
            _ => {}
        }
        at += bytes;
    }
    let Some(at) = places else {
        return Ok(());
    };
    for (item, way, from, bytes) in item_places(source, at)? {
        if !notes.contains(&item) {
            continue;
        }
        let from = match (way, data) {
            (0, _) => from,
            (1, Some(data)) => data + from,
            _ => return Err(EvidenceError::Unreadable),
        };
        let to = from
            .checked_add(bytes)
            .filter(|to| *to <= source.bytes() && bytes > 0);
        let to = to.ok_or(EvidenceError::Unreadable)?;
        blanks.push(Blank {
            from,
            to,
            what: What::Item,
        });
    }
    Ok(())
}

/// The numbers of the items that are notes.
fn notes_in(source: &mut Source, at: u64, end: u64) -> Result<Vec<u32>, EvidenceError> {
    let version = source.at(at + 8, 1)?[0];
    let mut entry = at + if version == 0 { 14 } else { 16 };
    let mut notes = Vec::new();
    while entry + 20 <= end && notes.len() < MOST_BLANKS {
        let bytes = u64::from(source.u32(entry)?);
        if bytes < 20 || entry + bytes > end {
            return Err(EvidenceError::Unreadable);
        }
        let head = source.at(entry + 8, 12)?;
        let (item, kind) = match head[0] {
            2 => (
                u32::from(u16::from_be_bytes([head[4], head[5]])),
                &head[8..12],
            ),
            3 => (
                source.u32(entry + 12)?,
                &source.at(entry + 18, 4)?.to_vec()[..],
            ),
            _ => return Err(EvidenceError::Unreadable),
        };
        // Whatever is no picture and no part of one.
        if kind == b"Exif" || kind == b"mime" || kind == b"uri " {
            notes.push(item);
        }
        entry += bytes;
    }
    Ok(notes)
}

/// Where items lie: number, way of counting, beginning, bytes (ISO/IEC 14496-12, 8.11.3).
fn item_places(source: &mut Source, at: u64) -> Result<Vec<(u32, u8, u64, u64)>, EvidenceError> {
    let head = source.at(at + 8, 6)?;
    let version = head[0];
    let sizes = [head[4] >> 4, head[4] & 15, head[5] >> 4, head[5] & 15].map(u64::from);
    let [offset_bytes, length_bytes, base_bytes, index_bytes] = sizes;
    let mut reader = Reader {
        source,
        at: at + 14,
    };
    let wide = if version < 2 { 2 } else { 4 };
    let count = reader.number(wide)?;
    let mut places = Vec::new();
    for _ in 0..count {
        let item = reader.number(wide)? as u32;
        let way = match version {
            0 => 0,
            _ => (reader.number(2)? & 15) as u8,
        };
        reader.number(2)?;
        let base = reader.number(base_bytes)?;
        for _ in 0..reader.number(2)? {
            if version > 0 {
                reader.number(index_bytes)?;
            }
            let from = base.saturating_add(reader.number(offset_bytes)?);
            let bytes = reader.number(length_bytes)?;
            places.push((item, way, from, bytes));
            if places.len() > MOST_BOXES {
                return Err(EvidenceError::Unreadable);
            }
        }
    }
    Ok(places)
}

struct Reader<'a, 'b> {
    source: &'a mut Source<'b>,
    at: u64,
}

impl Reader<'_, '_> {
    fn number(&mut self, bytes: u64) -> Result<u64, EvidenceError> {
        let found = self.source.at(self.at, bytes as usize)?;
        self.at += bytes;
        Ok(found
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

/// A film that is recorded as it goes has a box every second; an hour has a few thousand of each kind.
const MOST_BOXES: usize = 50_000;

const MOST_BLANKS: usize = 150;

/// Film, track, media and information are four.
const DEPTH: u8 = 6;
