//! Lists of awards as tables (CSV, RFC 4180): each row is read by itself, so that one mistake does not
//! keep the others out.

mod cell;
mod document;
mod emptied;

use self::cell::{Fault, link, name_of, no_address, no_text, read_day, result, some, words};
use super::{AwardError, Wanted};
use crate::error::Error;
use crate::id::MicroCredentialId;
use crate::spreadsheet::{self, closed, opened, shortened, unreadable};
use crate::text::Line;
use csv::StringRecord;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use self::cell::day;
pub use self::document::pointer;
pub(crate) use self::emptied::{Emptied, emptied, erased};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The line of the file, from 1 on, as an editor counts them; of a document, the number of the row.
    pub line: u64,
    /// The column by its name, if it is one of them.
    pub column: Option<String>,
    /// What stands there, as far as it is short.
    pub value: String,
    /// The stable code of this kind of problem.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// A row as it was read.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line of the file on which it begins.
    pub line: u64,
    /// What is wanted, or what is wrong with it.
    pub read: Result<Wanted, Box<Problem>>,
    /// The address as it stands there, for what is found out later.
    pub email: String,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A table.
    #[default]
    Csv,
    /// A document, whose rows are counted from 1 on as the lines of a table are.
    Json,
}

/// Reads a list in either form.
pub fn read(
    bytes: &[u8],
    form: Form,
    usual: Option<&MicroCredentialId>,
) -> Result<Vec<Row>, Error> {
    match form {
        Form::Csv => read_table(bytes, usual),
        Form::Json => document::read(bytes, usual),
    }
}

/// Reads a table whose rows name what is awarded, or leave it to `usual`. What concerns the whole table
/// is an error.
fn read_table(bytes: &[u8], usual: Option<&MicroCredentialId>) -> Result<Vec<Row>, Error> {
    let (mut reader, mut lines) = spreadsheet::open(bytes, WHAT_IT_IS, LIST_BYTES)?;
    let columns = Columns::read(reader.headers().map_err(unreadable)?, usual)?;
    let mut rows = Rows::default();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = lines.of(&record);
        // Spreadsheets leave rows of nothing but separators behind.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let email = columns.cell(&record, EMAIL);
        rows.add(line, email, columns.wanted(&record, line))?;
    }
    match rows.rows.is_empty() {
        true => Err(Error::invalid("", "there is no row under the heading")),
        false => Ok(rows.rows),
    }
}

/// The rows of a list, as they are read.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    /// On which line each award stands that was read.
    seen: HashMap<String, u64>,
}

impl Rows {
    fn add(
        &mut self,
        line: u64,
        email: &str,
        mut read: Result<Wanted, Box<Problem>>,
    ) -> Result<(), Error> {
        if self.rows.len() == ROWS {
            let message = format!("a list has at most {ROWS} rows: send it in parts");
            return Err(Error::invalid("", message));
        }
        if let Ok(wanted) = &read {
            let before = *self.seen.entry(same(wanted)).or_insert(line);
            if before != line {
                read = Err(twice(wanted, line, before));
            }
        }
        let email = shortened(email);
        self.rows.push(Row { line, read, email });
        Ok(())
    }
}

/// The table that people fill in: the columns, and a row to see how.
pub fn template() -> String {
    write(&COLUMNS, [EXAMPLES.map(str::to_owned)])
}

/// What is wrong with a list, as a table with a line for each.
pub fn report(problems: impl IntoIterator<Item = Problem>) -> String {
    let cells = |one: Problem| {
        [
            one.line.to_string(),
            one.column.unwrap_or_default(),
            one.value,
            one.code,
            one.message,
            one.remedy,
        ]
    };
    let heading = ["line", "column", "value", "code", "message", "remedy"];
    write(&heading, problems.into_iter().map(cells))
}

fn write<const N: usize>(
    heading: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let written = (|| {
        writer.write_record(heading)?;
        for row in rows {
            writer.write_record(row.map(closed))?;
        }
        writer.flush().map_err(csv::Error::from)
    })();
    written.expect("writing to memory does not fail, and every row has the same cells");
    let bytes = writer.into_inner().expect("it was flushed");
    String::from_utf8(bytes).expect("made of texts")
}

/// Where the columns stand.
struct Columns<'a> {
    count: usize,
    places: HashMap<&'static str, usize>,
    usual: Option<&'a MicroCredentialId>,
}

impl Columns<'_> {
    fn read<'a>(
        header: &StringRecord,
        usual: Option<&'a MicroCredentialId>,
    ) -> Result<Columns<'a>, Error> {
        let mut places = HashMap::new();
        for (place, heading) in header.iter().enumerate() {
            let name = heading.to_lowercase().replace([' ', '-'], "_");
            let Some(column) = COLUMNS.into_iter().find(|column| *column == name) else {
                let (shown, known) = (shortened(heading), COLUMNS.join(", "));
                let message = format!("there is no column “{shown}”: the first row names {known}");
                return Err(Error::invalid("/1", message));
            };
            if places.insert(column, place).is_some() {
                let message = format!("the column {column} is there twice");
                return Err(Error::invalid("/1", message));
            }
        }
        let missing = match (places.contains_key(EMAIL), places.contains_key(WHAT), usual) {
            (false, _, _) => Some("the column email is missing: the first row names the columns"),
            (_, false, None) => Some(
                "the column micro_credential is missing, and no micro-credential was chosen for the whole list",
            ),
            _ => None,
        };
        match missing {
            Some(message) => Err(Error::invalid("/1", message)),
            None => Ok(Columns {
                count: header.len(),
                places,
                usual,
            }),
        }
    }

    fn cell<'r>(&self, record: &'r StringRecord, column: &str) -> &'r str {
        let place = self.places.get(column);
        let cell = place.and_then(|place| record.get(*place));
        opened(cell.unwrap_or_default())
    }

    fn wanted(&self, record: &StringRecord, line: u64) -> Result<Wanted, Box<Problem>> {
        if record.len() > self.count {
            let fault = Fault {
                code: "award.columns",
                message: "this row has more cells than there are columns".to_owned(),
                remedy: "Put cells that hold a comma in quotation marks.",
            };
            let beyond = record.get(self.count).unwrap_or_default();
            return Err(fault.at(line, None, beyond));
        }
        let cell = |column: &'static str| self.cell(record, column);
        let at = |column: &'static str| {
            move |fault: Fault| fault.at(line, Some(column), self.cell(record, column))
        };
        Ok(Wanted {
            email: cell(EMAIL)
                .parse()
                .map_err(|_| at(EMAIL)(no_address(cell(EMAIL))))?,
            name: some(cell(NAME), |text| {
                text.parse().map_err(|error| no_text("award.name", error))
            })
            .map_err(at(NAME))?,
            micro_credential: match (cell(WHAT), self.usual) {
                ("", Some(usual)) => usual.clone(),
                (name, _) => name_of(name).map_err(at(WHAT))?,
            },
            awarded: some(cell(AWARDED), read_day).map_err(at(AWARDED))?,
            narrative: some(cell(NARRATIVE), |text| {
                text.parse()
                    .map_err(|error| no_text("award.narrative", error))
            })
            .map_err(at(NARRATIVE))?,
            evidence: words(cell(EVIDENCE))
                .map(link)
                .collect::<Result<_, _>>()
                .map_err(at(EVIDENCE))?,
            results: words(cell(RESULTS))
                .map(result)
                .collect::<Result<_, _>>()
                .map_err(at(RESULTS))?,
            key: some(cell(ROW), |text| {
                text.parse().map_err(|error| no_text("award.row", error))
            })
            .map_err(at(ROW))?,
        })
    }
}

impl Problem {
    /// What was found out about a row when it was to be awarded.
    pub(crate) fn of(error: &AwardError, line: u64, wanted: &Wanted) -> Problem {
        let value = match error.part() {
            Some(WHAT) => wanted.micro_credential.to_string(),
            Some(AWARDED) => wanted
                .awarded
                .map(|day| day.to_string())
                .unwrap_or_default(),
            _ => wanted.email.to_string(),
        };
        let fault = Fault {
            code: error.code(),
            message: error.to_string(),
            remedy: error.remedy(),
        };
        *fault.at(line, error.part(), &value)
    }
}

/// What makes two rows of one list the same.
fn same(wanted: &Wanted) -> String {
    match &wanted.key {
        Some(key) => format!("key\n{key}"),
        None => {
            let day = wanted.awarded.map(|awarded| awarded.to_string());
            let what = &wanted.micro_credential;
            format!("{}\n{what}\n{}", wanted.email, day.unwrap_or_default())
        }
    }
}

fn twice(wanted: &Wanted, line: u64, before: u64) -> Box<Problem> {
    let (column, value) = match &wanted.key {
        Some(key) => (ROW, Line::as_str(key)),
        None => (EMAIL, wanted.email.as_str()),
    };
    let fault = Fault {
        code: "award.twice",
        message: format!("the same stands in line {before} already, which counts"),
        remedy: "Remove one of the two rows, or tell them apart by the column row.",
    };
    fault.at(line, Some(column), value)
}

/// What is too large, if it is.
const WHAT_IT_IS: &str = "list of awards";

const EMAIL: &str = "email";
const NAME: &str = "name";
const WHAT: &str = "micro_credential";
const AWARDED: &str = "awarded";
const NARRATIVE: &str = "narrative";
const EVIDENCE: &str = "evidence";
const RESULTS: &str = "results";
const ROW: &str = "row";

/// Every column, in the order of the template.
pub const COLUMNS: [&str; 8] = [
    EMAIL, NAME, WHAT, AWARDED, NARRATIVE, EVIDENCE, RESULTS, ROW,
];
/// What stands under each of them in the template.
const EXAMPLES: [&str; 8] = [
    "ada@example.org",
    "Ada Lovelace",
    "wait-time",
    "2026-05-31",
    "Taught the spring course with her own class.",
    "https://example.org/lesson",
    "",
    "spring-2026-001",
];

/// What a state's largest course awards at once.
pub const ROWS: usize = 10_000;
/// So many rows of four hundred bytes, and one commit of the store takes them all.
pub const LIST_BYTES: usize = 4 * 1024 * 1024;
