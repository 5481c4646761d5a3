//! Tables as spreadsheets write and read them (CSV, RFC 4180): lines as an editor counts them, cells
//! that are not taken for formulas.

use crate::error::Error;
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use std::ops::Range;

/// Opens a table of at most so many bytes, and counts its lines. `what` it is stands in the refusal.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    what: &'static str,
    limit: usize,
) -> Result<(Reader<&'a [u8]>, Lines<'a>), Error> {
    if bytes.len() > limit {
        return Err(Error::TooLarge {
            what,
            bytes: bytes.len() as u64,
            limit: limit as u64,
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let message = "this is not UTF-8: in a spreadsheet, save it as “CSV UTF-8”";
        Error::invalid("", message)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    Ok((reader, Lines::new(text)))
}

/// That a row is none, and where.
pub(crate) fn unreadable(error: csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    Error::invalid(
        "",
        format!("line {line} cannot be read as a row of a table"),
    )
}

/// Counts lines as an editor does. The reader of tables counts one less where lines end in CR LF, because it takes
/// the LF for the beginning of the next row.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// Begins at the first line.
    fn new(text: &str) -> Lines<'_> {
        Lines {
            text: text.as_bytes(),
            counted: 0,
            line: 1,
        }
    }

    /// Where a row begins in the text.
    pub(crate) fn begins(&self, row: &StringRecord) -> usize {
        let begins = row
            .position()
            .map_or(0, |position| position.byte() as usize);
        let rest = self.text[begins..].iter();
        let breaks = rest.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        begins + breaks.count()
    }

    /// A place of the text in the file, which can begin with a mark.
    pub(crate) fn in_file(&self, file: &[u8], place: Range<usize>) -> Range<usize> {
        let mark = file.len() - self.text.len();
        place.start + mark..place.end + mark
    }

    /// The line that a row begins on. Rows are asked for in their order.
    pub(crate) fn of(&mut self, row: &StringRecord) -> u64 {
        let begins = self.begins(row);
        let passed = self.text[self.counted..begins].iter();
        self.line += passed.filter(|byte| **byte == b'\n').count() as u64;
        self.counted = begins;
        self.line
    }
}

/// Spreadsheets of some languages separate cells by semicolons.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b';', b'\t']
        .into_iter()
        .find(|sign| first.contains(char::from(*sign)))
        .unwrap_or(b',')
}

/// A value as far as it is short, to be shown beside what is wrong with it.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Programs that show tables take a cell beginning so for a formula and work it out (OWASP, CSV
/// injection). An apostrophe before it makes it a text, and is taken away again on the way in.
pub(crate) fn closed(cell: String) -> String {
    match is_formula(&cell) {
        true => format!("'{cell}"),
        false => cell,
    }
}

/// A cell as it was before it was made a text.
pub(crate) fn opened(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Characters of a value that are shown in a problem.
const SHOWN: usize = 100;
