//! Lists of badges: JSON lines, and tables as spreadsheets write them (CSV, RFC 4180).

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use schemas::json::{self, JsonLimits};
use serde_json::{Map, Value};

use super::{Input, Name, Source, address, may_never_end};

/// The rows of one list, read one at a time.
pub struct Rows {
    name: String,
    reader: Box<dyn BufRead + Send>,
    /// Where the files that rows name are looked for.
    folder: PathBuf,
    line: usize,
    columns: Option<Columns>,
}

/// The first row of a table.
struct Columns {
    names: Vec<String>,
    separator: u8,
}

impl Rows {
    /// Whether a file of this name is a list.
    pub fn are_in(path: &Path) -> bool {
        let extension = path.extension().map(|text| text.to_ascii_lowercase());
        extension.is_some_and(|text| text == "jsonl" || text == "ndjson" || text == "csv")
    }

    /// The rows of a file, by its name; a table's first row is read at once.
    pub fn of(
        path: &Path,
        name: &str,
        reader: Box<dyn BufRead + Send>,
        folder: &Path,
    ) -> Result<Rows, String> {
        let mut rows = Rows::lines(name, reader, folder);
        if path
            .extension()
            .is_some_and(|text| text.eq_ignore_ascii_case("csv"))
        {
            rows.columns = Some(rows.read_columns()?);
        }
        Ok(rows)
    }

    /// JSON lines.
    pub fn lines(name: &str, reader: Box<dyn BufRead + Send>, folder: &Path) -> Rows {
        Rows {
            name: name.to_owned(),
            reader,
            folder: folder.to_owned(),
            line: 0,
            columns: None,
        }
    }

    fn read_columns(&mut self) -> Result<Columns, String> {
        let head = self.read_line().map_err(|error| error.to_string())?;
        let head = head.ok_or("the table is empty")?;
        // Spreadsheets separate by what their country does not write numbers with.
        let count = |separator: u8| head.iter().filter(|&&byte| byte == separator).count();
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|&separator| count(separator))
            .unwrap_or(b',');
        let names = cells(&head, separator);
        let names: Vec<String> = names
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect();
        let places = PLACES.map(|place| names.iter().any(|name| name == place));
        if !places.contains(&true) {
            return Err(format!(
                "the table has no column named {}",
                PLACES.join(", ")
            ));
        }
        Ok(Columns { names, separator })
    }

    /// One line, or for tables one record, which may have line breaks between quotation marks.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut is_open = false;
        loop {
            let start = line.len();
            let room = MOST_LINE_BYTES + 1 - line.len() as u64;
            let read = self
                .reader
                .by_ref()
                .take(room)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok((!line.is_empty()).then_some(line));
            }
            if line.len() as u64 > MOST_LINE_BYTES {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a line is longer than what is read",
                ));
            }
            self.line += 1;
            if self.line == 1 && line.starts_with(BYTE_ORDER_MARK) {
                line.drain(..BYTE_ORDER_MARK.len());
            }
            // Only what is new is counted: a mark that stays open must not make each line cost all before it.
            let marks = line[start.min(line.len())..]
                .iter()
                .filter(|&&byte| byte == b'"');
            is_open ^= marks.count() % 2 == 1;
            if self.columns.is_none() || !is_open {
                return Ok(Some(line));
            }
        }
    }

    fn input(&self, line: usize, text: &[u8]) -> Input {
        let name = format!("{}:{line}", self.name);
        match &self.columns {
            Some(columns) => self.of_row(&name, columns.row(text)),
            None => self.of_line(&name, text.trim_ascii()),
        }
    }

    fn of_line(&self, name: &str, text: &[u8]) -> Input {
        let limits = JsonLimits {
            bytes: text.len(),
            string: text.len(),
            members: 1_000_000,
            ..JsonLimits::default()
        };
        match json::read(text, &limits) {
            Ok(Value::Object(row)) if is_row(&row) => self.of_row(name, row),
            Ok(Value::String(text)) => Input::new(name, of_text(&text)),
            // A badge as it stands, byte for byte; what is wrong with it the verifier says.
            _ => match std::str::from_utf8(text) {
                Ok(text) => Input::new(name, of_text(text)),
                Err(_) => Input::new(name, Source::Bytes(text.to_vec())),
            },
        }
    }

    /// Where a row says that its badge lies.
    fn file(&self, named: &str) -> Source {
        let path = self.folder.join(named);
        match may_never_end(&path) {
            true => Source::Wrong("`file` is a pipe or a device".to_owned()),
            false => Source::File(path),
        }
    }

    fn of_row(&self, name: &str, mut row: Map<String, Value>) -> Input {
        let given: Vec<&str> = PLACES
            .into_iter()
            .filter(|place| row.contains_key(*place))
            .collect();
        let source = match given[..] {
            ["badge"] => match row.remove("badge") {
                Some(Value::String(text)) => of_text(&text),
                Some(badge) => Source::Bytes(badge.to_string().into_bytes()),
                None => Source::Wrong(NO_PLACE.to_owned()),
            },
            ["url"] => match row["url"].as_str().and_then(address) {
                Some(url) => Source::Address(url),
                None => Source::Wrong("`url` is not an https address".to_owned()),
            },
            ["file"] => match row["file"].as_str() {
                Some(file) => self.file(file),
                None => Source::Wrong("`file` is not a path".to_owned()),
            },
            _ => Source::Wrong(NO_PLACE.to_owned()),
        };
        let recipient = match row.get("recipient") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            // A number would be compared as nobody wrote it.
            Some(_) => {
                let wrong = Source::Wrong("`recipient` is not a text".to_owned());
                return Input::new(name, wrong);
            }
        };
        Input {
            name: Name {
                text: name.to_owned(),
                row: Some(row),
            },
            source,
            recipient,
        }
    }
}

impl Iterator for Rows {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            let first = self.line + 1;
            match self.read_line() {
                Ok(None) => return None,
                Ok(Some(line)) if line.trim_ascii().is_empty() => {}
                Ok(Some(line)) => return Some(self.input(first, &line)),
                Err(error) => {
                    // Where the next line begins is not known any more.
                    self.reader = Box::new(io::empty());
                    let name = format!("{}:{first}", self.name);
                    return Some(Input::new(&name, Source::Wrong(error.to_string())));
                }
            }
        }
    }
}

impl Columns {
    /// A row as an object; empty cells are none.
    fn row(&self, record: &[u8]) -> Map<String, Value> {
        let cells = cells(record, self.separator);
        self.names
            .iter()
            .zip(cells)
            .filter(|(name, cell)| !name.is_empty() && !cell.trim().is_empty())
            .map(|(name, cell)| (name.clone(), cell.trim().into()))
            .collect()
    }
}

/// The cells of a record. Two quotation marks within quotation marks are one.
fn cells(record: &[u8], separator: u8) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = Vec::new();
    let mut quoted = false;
    let mut bytes = record.trim_ascii_end().iter().peekable();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.next_if(|&&next| next == b'"').is_some() => cell.push(b'"'),
            b'"' => quoted = !quoted,
            byte if byte == separator && !quoted => {
                cells.push(String::from_utf8_lossy(&cell).into_owned());
                cell.clear();
            }
            byte => cell.push(byte),
        }
    }
    cells.push(String::from_utf8_lossy(&cell).into_owned());
    cells
}

/// Whether an object is a row about a badge rather than a badge, which has a context.
fn is_row(members: &Map<String, Value>) -> bool {
    !members.contains_key("@context") && PLACES.iter().any(|place| members.contains_key(*place))
}

/// A text is the address of a badge, or a badge.
fn of_text(text: &str) -> Source {
    let text = text.trim();
    match address(text) {
        Some(url) => Source::Address(url),
        None => Source::Bytes(text.as_bytes().to_vec()),
    }
}

/// Where a row may say that its badge is.
const PLACES: [&str; 3] = ["badge", "url", "file"];

const NO_PLACE: &str = "a row names its badge in one of `badge`, `url` and `file`";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A badge as text has 1 MiB at most, and escapes in a string can make six times as much of it.
const MOST_LINE_BYTES: u64 = 8 * 1024 * 1024;
