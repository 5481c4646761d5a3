//! Published test vectors: their files, held against their hashes, and where Assay differs from them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::support::{entries, json, sha256_hex, vectors};

/// One folder under `tests/vectors`.
pub struct VectorSet {
    folder: PathBuf,
    names: BTreeSet<String>,
}

impl VectorSet {
    /// Opens a set whose files are those of its list, byte for byte, no more and no fewer.
    pub fn open(name: &str) -> VectorSet {
        let folder = vectors().join(name);
        let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("the list of files");
        let mut names = BTreeSet::new();
        for line in sums.lines() {
            let (digest, name) = line.split_once("  ").expect("a digest and a name");
            let bytes = fs::read(folder.join("files").join(name)).expect("a listed file exists");
            assert_eq!(sha256_hex(&bytes), digest, "{name}");
            assert!(names.insert(name.to_owned()), "{name} is listed once");
        }
        let mut found = BTreeSet::new();
        collect(&folder.join("files"), "", &mut found);
        assert_eq!(found, names, "the list names every file");
        VectorSet { folder, names }
    }

    /// The files by name, `/` between a folder and what lies in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join("files").join(name)).expect("a file of the set")
    }

    pub fn json(&self, name: &str) -> Value {
        json(&self.folder.join("files").join(name))
    }

    /// Begins to judge the cases whose names begin with that of a part of the set, with the exceptions listed for it.
    pub fn judge(&self, part: &str) -> Judge {
        let text = fs::read_to_string(self.folder.join("exceptions.toml")).expect("exceptions");
        let mut exceptions: BTreeMap<String, Exception> =
            toml::from_str(&text).expect("well-formed exceptions");
        for (name, exception) in &exceptions {
            assert!(!exception.reason.is_empty(), "{name} has a reason");
            let of_a_file = |file: &String| name.starts_with(stem(file));
            assert!(self.names.iter().any(of_a_file), "{name} is in no file");
        }
        exceptions.retain(|name, _| name.starts_with(part));
        let set = self.folder.file_name().expect("a name").to_string_lossy();
        Judge {
            title: format!("{set} {part}"),
            part: part.to_owned(),
            exceptions,
            counts: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }
}

/// How Assay differs in one case: what it says, and why that is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    outcome: String,
    reason: String,
}

/// Compares what comes out with what the set asks for, save for the listed exceptions.
pub struct Judge {
    title: String,
    part: String,
    exceptions: BTreeMap<String, Exception>,
    counts: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Judge {
    /// Notes one case, named once in the whole set.
    pub fn case(&mut self, name: &str, expected: &str, outcome: &str) {
        assert!(name.starts_with(&self.part), "{name} is of this part");
        match self.exceptions.remove(name) {
            None if outcome == expected => self.count(expected),
            None => self
                .wrong
                .push(format!("{name}: {outcome}, not {expected}")),
            Some(_) if outcome == expected => {
                self.wrong.push(format!("{name} has come to pass"));
            }
            Some(exception) if exception.outcome == outcome => {
                self.count(&format!("{outcome} by exception"));
            }
            Some(exception) => {
                self.wrong
                    .push(format!("{name}: {outcome}, not {}", exception.outcome));
            }
        }
    }

    /// Prints the counts, and fails if anything differed that is not listed, or did not that is.
    pub fn conclude(self) -> BTreeMap<String, usize> {
        let total: usize = self.counts.values().sum();
        println!("{}: {total} cases {:?}", self.title, self.counts);
        let unused: Vec<_> = self.exceptions.keys().collect();
        assert!(unused.is_empty(), "no such case: {unused:?}");
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        self.counts
    }

    fn count(&mut self, outcome: &str) {
        *self.counts.entry(outcome.to_owned()).or_default() += 1;
    }
}

/// The name of a file up to its first full stop.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn collect(folder: &Path, prefix: &str, names: &mut BTreeSet<String>) {
    for path in entries(folder) {
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), names);
        } else {
            names.insert(format!("{prefix}{name}"));
        }
    }
}
