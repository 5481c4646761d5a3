//! Tables (RFC 4180): one micro-credential a row, one part of its content a column.
//!
//! Texts stand as they are. Lists of short texts are separated by `|`. What has parts of its own
//! stands as JSON, in the form of the interface.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::micro_credential::MicroCredential;
use crate::spreadsheet::{closed, opened};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What it was called where it comes from. Not part of the content.
    Identifier,
    /// Text.
    Text,
    /// A number.
    Number,
    /// Short texts with `|` between them.
    List,
    /// JSON.
    Json,
}

/// Every column, in the order in which they are written.
pub const COLUMNS: [(&str, Kind); 29] = [
    ("identifier", Kind::Identifier),
    ("name", Kind::Text),
    ("competency", Kind::List),
    ("description", Kind::Text),
    ("criteria", Kind::Text),
    ("method", Kind::Text),
    ("research_notes", Kind::Text),
    ("references", Kind::Json),
    ("resources", Kind::Json),
    ("context_prompts", Kind::Json),
    ("outcome_prompt", Kind::Text),
    ("evidence_requirements", Kind::Json),
    ("rubric", Kind::Json),
    ("decision", Kind::Json),
    ("review", Kind::Json),
    ("alignments", Kind::Json),
    ("credits", Kind::Number),
    ("tags", Kind::List),
    ("topics", Kind::List),
    ("roles", Kind::List),
    ("grades", Kind::List),
    ("language", Kind::Text),
    ("validity_months", Kind::Number),
    ("renewal", Kind::Text),
    ("prerequisites", Kind::List),
    ("stack", Kind::List),
    ("colour", Kind::Text),
    ("image", Kind::Json),
    ("organisation", Kind::Identifier),
];

/// A row as far as it could be read: the identifier, and the content's JSON or what is wrong in
/// which column.
pub type ReadRow = (Option<String>, Result<Map<String, Value>, (String, String)>);

/// Reads a whole table. What is wrong with one row is said of that row; what is wrong with the
/// heading is wrong with all.
pub fn read(text: &[u8]) -> Result<Vec<ReadRow>, Error> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let headings = reader.headers().map_err(|error| broken(&error))?.clone();
    let columns = headings.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if !columns.iter().any(|(name, _)| *name == "name") {
        return Err(Error::invalid(
            "",
            "the first row names the columns, and one of them is `name`",
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        rows.push(row(&columns, &record));
    }
    Ok(rows)
}

fn column(heading: &str) -> Result<(&'static str, Kind), Error> {
    let heading = heading.trim().to_lowercase().replace([' ', '-'], "_");
    let name = match heading.as_str() {
        "title" => "name",
        "id" | "url" => "identifier",
        other => other,
    };
    let known = COLUMNS.into_iter().find(|(column, _)| *column == name);
    known.ok_or_else(|| {
        let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "there is no column `{heading}`; there are {}",
            names.join(", ")
        );
        Error::invalid("", message)
    })
}

fn row(columns: &[(&'static str, Kind)], record: &csv::StringRecord) -> ReadRow {
    let mut identifier = None;
    let mut members = Map::new();
    if record.len() != columns.len() {
        let message = format!(
            "this row has {} cells and the heading {}: a comma or a quotation mark is missing or too many",
            record.len(),
            columns.len()
        );
        return (None, Err((String::new(), message)));
    }
    let mut fault = None;
    for ((name, kind), cell) in columns.iter().zip(record) {
        let cell = opened(cell).trim();
        if cell.is_empty() {
            continue;
        }
        let value = match kind {
            Kind::Identifier if *name == "identifier" => {
                identifier = Some(cell.to_owned());
                continue;
            }
            Kind::Identifier => continue,
            Kind::Text => Ok(Value::from(cell)),
            Kind::List if cell.starts_with('[') => json(cell),
            Kind::List => Ok(cell
                .split('|')
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .collect()),
            Kind::Number => match cell.parse::<serde_json::Number>() {
                Ok(number) => Ok(Value::Number(number)),
                Err(_) => Err("this is a number, without a unit".to_owned()),
            },
            Kind::Json if *name == "decision" && !cell.starts_with('{') => Ok(cell.into()),
            Kind::Json => json(cell),
        };
        match value {
            Ok(value) => drop(members.insert((*name).to_owned(), value)),
            Err(message) => {
                fault.get_or_insert(((*name).to_owned(), message));
            }
        }
    }
    match fault {
        Some(fault) => (identifier, Err(fault)),
        None => (identifier, Ok(members)),
    }
}

fn json(cell: &str) -> Result<Value, String> {
    serde_json::from_str(cell).map_err(|error| format!("this is no JSON: {error}"))
}

fn broken(error: &csv::Error) -> Error {
    Error::invalid("", format!("this is no table in UTF-8: {error}"))
}

/// Writes a table with a row for each of these.
pub fn write(site: &crate::site::Site, of: &[MicroCredential]) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let written = (|| {
        writer.write_record(COLUMNS.map(|(name, _)| name))?;
        for found in of {
            writer.write_record(cells(site, found))?;
        }
        writer.flush().map_err(csv::Error::from)
    })();
    written.expect("writing to memory does not fail, and every row has the same cells");
    let bytes = writer.into_inner().expect("it was flushed");
    String::from_utf8(bytes).expect("made of texts")
}

fn cells(site: &crate::site::Site, found: &MicroCredential) -> Vec<String> {
    let content =
        serde_json::to_value(&found.content).expect("content is strings, numbers and lists");
    let cell = |(name, kind): (&str, Kind)| {
        let text = match (kind, &content[name]) {
            (Kind::Identifier, _) if name == "identifier" => site.achievement(&found.id),
            (Kind::Identifier, _) => found.organisation.to_string(),
            (_, Value::Null) => String::new(),
            // A heading of an empty list says nothing more than an empty cell.
            (_, Value::Array(list)) if list.is_empty() => String::new(),
            (_, Value::String(text)) if kind != Kind::List => text.clone(),
            (Kind::List, Value::String(one)) => joined(std::slice::from_ref(one)),
            (Kind::List, Value::Array(list)) => {
                let list: Vec<_> = list
                    .iter()
                    .filter_map(|one| Some(one.as_str()?.to_owned()))
                    .collect();
                joined(&list)
            }
            (_, other) => other.to_string(),
        };
        closed(text)
    };
    COLUMNS.map(cell).into()
}

fn joined(list: &[String]) -> String {
    let plain = |text: &String| !text.contains('|') && !text.starts_with('[');
    match list.iter().all(plain) {
        true => list.join("|"),
        false => Value::from(list).to_string(),
    }
}
