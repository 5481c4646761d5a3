//! Lists of awards as documents (JSON): each row is an object with the columns of the table for members, and
//! is held against the same rules.

use super::cell::{self, Fault};
use super::{
    COLUMNS, Columns, EVIDENCE, LIST_BYTES, Problem, RESULTS, ROWS, Row, Rows, WHAT_IT_IS,
};
use crate::award::Achieved;
use crate::awarding::Wanted;
use crate::error::Error;
use crate::id::MicroCredentialId;
use crate::person::Email;
use csv::StringRecord;
use schemas::json::{self, JsonLimits};
use serde_json::{Map, Value};
use std::ops::Range;

/// Reads a document `{"rows": [...]}`. What concerns the whole of it is an error.
pub(super) fn read(bytes: &[u8], usual: Option<&MicroCredentialId>) -> Result<Vec<Row>, Error> {
    if bytes.len() > LIST_BYTES {
        return Err(Error::TooLarge {
            what: WHAT_IT_IS,
            bytes: bytes.len() as u64,
            limit: LIST_BYTES as u64,
        });
    }
    let document = json::read(bytes, &LIMITS).map_err(|error| {
        let pointer = error.pointer().unwrap_or_default().to_owned();
        Error::invalid(pointer, error.to_string())
    })?;
    let members = document.as_object();
    let members = members.ok_or(Error::invalid("", "this is not an object with rows in it"))?;
    if let Some(other) = members.keys().find(|name| *name != "rows") {
        let message = "a list has the member rows, and no other";
        return Err(Error::invalid(format!("/{}", escaped(other)), message));
    }
    let rows = members.get("rows").and_then(Value::as_array);
    let rows = rows.ok_or(Error::invalid("/rows", "this is not a list of rows"))?;
    let header = StringRecord::from(COLUMNS.to_vec());
    let columns = Columns::read(&header, usual)?;
    let mut found = Rows::default();
    for (line, row) in (1..).zip(rows) {
        let email = row["email"].as_str().unwrap_or_default();
        found.add(line, email, wanted(&columns, row, line))?;
    }
    match found.rows.is_empty() {
        true => Err(Error::invalid("/rows", "there is no row in the list")),
        false => Ok(found.rows),
    }
}

/// The rows of a document that are for one of these addresses: their numbers, and where they stand.
pub(super) fn rows_for(bytes: &[u8], emails: &[Email]) -> Result<Vec<(u64, Range<usize>)>, Error> {
    let document = json::read(bytes, &LIMITS)
        .map_err(|_| Error::Missing("a document that can still be read"))?;
    let rows = document["rows"].as_array().into_iter().flatten();
    let places = places(bytes);
    let found = (1..).zip(rows).zip(places).filter(|((_, row), _)| {
        let email = row["email"]
            .as_str()
            .and_then(|text| text.trim().parse().ok());
        email.is_some_and(|email| emails.contains(&email))
    });
    Ok(found.map(|((line, _), place)| (line, place)).collect())
}

/// Where the items stand of the one list in a document that can be read.
fn places(document: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut begins, mut depth, mut in_text) = (Vec::new(), 0, 0, false);
    let mut bytes = document.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            // Whatever comes after it is no end of the text.
            b'\\' => drop(bytes.next()),
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                if depth == ITEMS {
                    begins = at + 1;
                }
            }
            b',' if depth == ITEMS => found.push(std::mem::replace(&mut begins, at + 1)..at),
            b']' | b'}' => {
                if depth == ITEMS {
                    found.push(begins..at);
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    found
}

/// Where in the document something is wrong with a row.
pub fn pointer(line: u64, column: Option<&str>) -> String {
    let row = line.saturating_sub(1);
    match column {
        Some(column) => format!("/rows/{row}/{column}"),
        None => format!("/rows/{row}"),
    }
}

/// What a row wants. Its texts are read as the cells of a table are.
fn wanted(columns: &Columns<'_>, row: &Value, line: u64) -> Result<Wanted, Box<Problem>> {
    let Some(members) = row.as_object() else {
        return Err(unfit("this row is no object").at(line, None, ""));
    };
    if let Some(other) = members
        .keys()
        .find(|name| !COLUMNS.contains(&name.as_str()))
    {
        return Err(unfit("a row has no such member").at(line, None, other));
    }
    let mut cells = StringRecord::new();
    for column in COLUMNS {
        let cell = match members.get(column) {
            None | Some(Value::Null) => String::new(),
            // They are lists, and read below.
            Some(_) if [EVIDENCE, RESULTS].contains(&column) => String::new(),
            Some(Value::String(text)) => as_in_a_cell(text.trim()),
            Some(other) => {
                let fault = unfit("this is not a text");
                return Err(fault.at(line, Some(column), &other.to_string()));
            }
        };
        cells.push_field(&cell);
    }
    let mut wanted = columns.wanted(&cells, line)?;
    wanted.evidence = each(members, EVIDENCE, line, |given| match given.as_str() {
        Some(address) => cell::link(address),
        None => Err(unfit("this is not an address")),
    })?;
    wanted.results = each(members, RESULTS, line, reached)?;
    Ok(wanted)
}

/// Reads every item of a list.
fn each<T>(
    members: &Map<String, Value>,
    column: &'static str,
    line: u64,
    read: impl Fn(&Value) -> Result<T, Fault>,
) -> Result<Vec<T>, Box<Problem>> {
    let at = |fault: Fault, value: &Value| fault.at(line, Some(column), &value.to_string());
    match members.get(column) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| read(item).map_err(|fault| at(fault, item)))
            .collect(),
        Some(other) => Err(at(unfit("this is not a list"), other)),
    }
}

/// A level that was reached: a criterion and a level, as in the interface.
fn reached(given: &Value) -> Result<Achieved, Fault> {
    let name = |member: &str| given[member].as_str().unwrap_or_default();
    let is_plain = given.as_object().is_some_and(|members| members.len() == 2);
    match is_plain {
        true => cell::result(&format!("{}={}", name("criterion"), name("level"))),
        false => Err(unfit(
            "a result has a criterion and a level, and nothing else",
        )),
    }
}

/// In a table an apostrophe before a formula is taken away; what stands in a document stands there for good.
fn as_in_a_cell(text: &str) -> String {
    crate::spreadsheet::closed(text.to_owned())
}

fn unfit(message: &str) -> Fault {
    Fault {
        code: "award.member",
        message: message.to_owned(),
        remedy: "Write the row as the document of the interface has it.",
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// How deep the rows of a document lie: in an object, in a list.
const ITEMS: usize = 2;

/// As much as a table of the same size.
const LIMITS: JsonLimits = JsonLimits {
    bytes: LIST_BYTES,
    depth: 8,
    members: ROWS * 64,
    string: LIST_BYTES,
};
