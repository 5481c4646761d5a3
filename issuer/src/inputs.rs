//! The badges that a command line names, one after the other, none held longer than it takes.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use url::Url;

pub use self::rows::Rows;

mod rows;

/// One badge to verify.
pub struct Input {
    pub name: Name,
    pub source: Source,
    /// Whom this badge is said to be about, where its row says so.
    pub recipient: Option<String>,
}

/// Under which name a badge is told of.
pub struct Name {
    /// The file, the address, or the list and the line in it.
    pub text: String,
    /// What else stood in its row, for whoever joins the answers to their own list.
    pub row: Option<Map<String, Value>>,
}

/// Where the bytes of a badge are.
pub enum Source {
    StandardInput,
    File(PathBuf),
    Address(Url),
    Bytes(Vec<u8>),
    /// Nowhere: what is wrong with the input itself.
    Wrong(String),
}

/// All badges, in the order of the command line; folders in the order of their names.
pub struct Inputs {
    /// What is still to be looked at, the next one last.
    ahead: Vec<Ahead>,
    many: bool,
}

enum Ahead {
    Named(PathBuf),
    Ready(Input),
    Rows(Box<Rows>),
}

impl Inputs {
    /// Looks at the names; nothing is read yet.
    pub fn new(named: &[String], lines: bool) -> Inputs {
        let many = named.len() > 1
            || lines
            || named.iter().any(|name| {
                let path = Path::new(name);
                path.is_dir() || Rows::are_in(path)
            });
        let ahead = named.iter().rev().map(|name| match address(name) {
            Some(url) => Ahead::Ready(Input::new(name, Source::Address(url))),
            None if name != "-" => Ahead::Named(name.into()),
            None if lines => Ahead::Rows(Box::new(Rows::lines(
                "-",
                Box::new(BufReader::new(io::stdin())),
                Path::new(""),
            ))),
            None => Ahead::Ready(Input::new("-", Source::StandardInput)),
        });
        Inputs {
            ahead: ahead.collect(),
            many,
        }
    }

    /// Whether the answer is a table rather than one report.
    pub fn are_many(&self) -> bool {
        self.many
    }

    fn open(&mut self, path: PathBuf) -> Option<Input> {
        let name = path.display().to_string();
        let wrong = |error: io::Error| Some(Input::new(&name, Source::Wrong(error.to_string())));
        if path.is_dir() {
            return match entries(&path) {
                Ok(entries) => {
                    let entries = entries.into_iter().rev().map(Ahead::Named);
                    self.ahead.extend(entries);
                    None
                }
                Err(error) => wrong(error),
            };
        }
        if !Rows::are_in(&path) {
            return Some(Input::new(&name, Source::File(path)));
        }
        let file = match File::open(&path) {
            Ok(file) => BufReader::new(file),
            Err(error) => return wrong(error),
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        match Rows::of(&path, &name, Box::new(file), folder) {
            Ok(rows) => {
                self.ahead.push(Ahead::Rows(Box::new(rows)));
                None
            }
            Err(problem) => Some(Input::new(&name, Source::Wrong(problem))),
        }
    }
}

impl Iterator for Inputs {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            match self.ahead.pop()? {
                Ahead::Ready(input) => return Some(input),
                Ahead::Named(path) => {
                    if let Some(input) = self.open(path) {
                        return Some(input);
                    }
                }
                Ahead::Rows(mut rows) => {
                    if let Some(input) = rows.next() {
                        self.ahead.push(Ahead::Rows(rows));
                        return Some(input);
                    }
                }
            }
        }
    }
}

impl Input {
    /// A badge without a row of its own.
    pub fn new(name: &str, source: Source) -> Input {
        Input {
            name: Name {
                text: name.to_owned(),
                row: None,
            },
            source,
            recipient: None,
        }
    }
}

/// What is an address rather than a file.
pub fn address(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether reading may never end, as with pipes and devices: these are opened only where the command line names them.
pub fn may_never_end(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The entries of a folder by name. Hidden ones are no badges, no more than pipes, and a link to a folder may lead in
/// circles.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_link_to_folder = entry.file_type()?.is_symlink() && entry.path().is_dir();
        if !is_hidden && !is_link_to_folder && !may_never_end(&entry.path()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
