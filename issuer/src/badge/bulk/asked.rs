//! Lists of badges as they are handed over: identifiers and addresses, one a row.

use crate::app::App;
use crate::error::Error;
use crate::id::BadgeId;
use csv::{ReaderBuilder, Trim};

/// Reads a table (CSV, RFC 4180): the column `badge`, or the only one. Its first row may name it.
pub fn read_csv(bytes: &[u8]) -> Result<Vec<String>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let message = "this is not UTF-8: in a spreadsheet, save it as “CSV UTF-8”";
        Error::invalid("", message)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter(text))
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut column, mut asked) = (0, Vec::new());
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            let message = format!("line {line} cannot be read as a row of a table");
            Error::invalid("", message)
        })?;
        let named = record
            .iter()
            .position(|cell| cell.eq_ignore_ascii_case("badge"));
        match named {
            Some(named) if place == 0 => column = named,
            _ => {
                let cell = record.get(column).unwrap_or_default();
                if !record.iter().all(str::is_empty) {
                    asked.push(cell.to_owned());
                }
            }
        }
        if asked.len() > ROWS {
            break;
        }
    }
    Ok(asked)
}

/// The badge that an identifier or an address of this service names.
pub(super) fn badge(app: &App, asked: &str) -> Option<BadgeId> {
    let asked = asked.trim();
    let name = asked
        .strip_prefix(app.site.base())
        .and_then(|path| path.strip_prefix("/badges/"));
    let name = name.unwrap_or(asked);
    let name = name.split(['.', '?', '#', '/']).next().unwrap_or_default();
    name.parse().ok()
}

/// As much of a cell as can be told from others.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// Spreadsheets of some languages separate cells by semicolons.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b';', b'\t']
        .into_iter()
        .find(|sign| first.contains(char::from(*sign)))
        .unwrap_or(b',')
}

/// The badges of a large cohort; a few minutes of work.
pub const ROWS: usize = 5_000;
/// So many rows of two hundred bytes.
pub const BULK_BYTES: usize = 1024 * 1024;
/// Longer than the address of any badge.
const SHOWN: usize = 300;
