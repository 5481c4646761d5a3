//! A list without the rows of somebody who is erased. Every other row stays on its line.

use super::cell::Fault;
use super::{Columns, EMAIL, Form, LIST_BYTES, Problem, WHAT_IT_IS, document};
use crate::error::Error;
use crate::id::MicroCredentialId;
use crate::person::Email;
use crate::spreadsheet::{self, unreadable};
use std::ops::Range;

/// A list in which some rows are empty.
pub struct Emptied {
    /// The file.
    pub bytes: Vec<u8>,
    /// The lines of the rows that were emptied.
    pub lines: Vec<u64>,
}

/// Empties the rows that are for one of these addresses. There are as many rows as before, and the file is not
/// longer.
pub fn emptied(
    bytes: &[u8],
    form: Form,
    usual: Option<&MicroCredentialId>,
    emails: &[Email],
) -> Result<Emptied, Error> {
    let places = match form {
        Form::Csv => rows_of_table(bytes, usual, emails)?,
        Form::Json => document::rows_for(bytes, emails)?,
    };
    let (mut written, mut done) = (Vec::with_capacity(bytes.len()), 0);
    for (_, place) in &places {
        written.extend_from_slice(&bytes[done..place.start]);
        match form {
            Form::Csv => written.extend(empty_row(&bytes[place.clone()])),
            Form::Json => written.extend_from_slice(b"null"),
        }
        done = place.end;
    }
    written.extend_from_slice(&bytes[done..]);
    Ok(Emptied {
        bytes: written,
        lines: places.into_iter().map(|(line, _)| line).collect(),
    })
}

/// What is written down of a row that was emptied.
pub fn erased(line: u64) -> Problem {
    let fault = Fault {
        code: "award.erased",
        message: "whoever this row was for was erased".to_owned(),
        remedy: "Nothing needs to be done.",
    };
    *fault.at(line, None, "")
}

/// The rows of a table that are for one of these addresses: their lines, and where they stand.
fn rows_of_table(
    bytes: &[u8],
    usual: Option<&MicroCredentialId>,
    emails: &[Email],
) -> Result<Vec<(u64, Range<usize>)>, Error> {
    let (mut reader, mut lines) = spreadsheet::open(bytes, WHAT_IT_IS, LIST_BYTES)?;
    let columns = Columns::read(reader.headers().map_err(unreadable)?, usual)?;
    let (mut found, mut records) = (Vec::new(), reader.records());
    while let Some(record) = records.next() {
        let record = record.map_err(unreadable)?;
        let line = lines.of(&record);
        let email = columns.cell(&record, EMAIL).parse();
        if email.is_ok_and(|email| emails.contains(&email)) {
            let begins = lines.begins(&record);
            let ends = records.reader().position().byte() as usize;
            found.push((line, lines.in_file(bytes, begins..ends)));
        }
    }
    Ok(found)
}

/// What is left of a row of a table: a cell, and its line breaks, so that the lines after it keep their numbers.
fn empty_row(row: &[u8]) -> Vec<u8> {
    let breaks = row.iter().filter(|byte| matches!(byte, b'\r' | b'\n'));
    b"-".iter().chain(breaks).copied().collect()
}
