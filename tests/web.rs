//! The fixtures' web: the documents under `tests/fixtures/web`, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemas::timestamp::Timestamp;
use serde_json::Value;
use url::Url;
use verifier::{Document, Documents, FetchFailure, Policy, Reason, Report, Verdict, verify};

use crate::forge;

/// What each address answers. One that is not there cannot be reached.
#[derive(Clone)]
pub struct Web(BTreeMap<String, Result<Document, FetchFailure>>);

impl Web {
    pub fn read() -> Web {
        let folder = fixtures().join("web");
        let index = fs::read(folder.join("index.json")).expect("the index of the web");
        let index: BTreeMap<String, Value> = serde_json::from_slice(&index).expect("JSON");
        let answer = |entry: &Value| match (entry["file"].as_str(), entry["failure"].as_str()) {
            (Some(file), None) => {
                let bytes = fs::read(folder.join(file)).expect("a served file");
                Ok(Document::new(bytes))
            }
            (None, Some("addressBlocked")) => Err(FetchFailure::AddressBlocked),
            (None, Some("redirect")) => Err(FetchFailure::Redirect),
            (None, Some("timeout")) => Err(FetchFailure::Timeout),
            (None, Some("tooLarge")) => Err(FetchFailure::TooLarge),
            (None, Some("tls")) => Err(FetchFailure::Tls),
            (None, Some("budget")) => Err(FetchFailure::Budget),
            (None, Some("notAllowed")) => Err(FetchFailure::NotAllowed),
            (None, Some("unreachable")) => Err(FetchFailure::Unreachable),
            _ => panic!("{entry} is neither a file nor a failure"),
        };
        Web(index
            .iter()
            .map(|(url, entry)| (url.clone(), answer(entry)))
            .collect())
    }

    /// The web of these documents; a later one of the same address stands in place of an earlier.
    pub fn serving<'a>(documents: impl IntoIterator<Item = (&'a String, &'a String)>) -> Web {
        let answer = |text: &String| Ok(Document::new(text.as_bytes()));
        Web(documents
            .into_iter()
            .map(|(url, text)| (url.clone(), answer(text)))
            .collect())
    }

    /// What this address answers.
    pub fn answer(&self, url: &Url) -> Result<Document, FetchFailure> {
        let answer = self.0.get(url.as_str()).cloned();
        answer.unwrap_or(Err(FetchFailure::Unreachable))
    }

    /// Lets an address answer with these bytes.
    pub fn serve(&mut self, url: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(url.to_owned(), Ok(Document::new(bytes)));
    }

    /// Lets an address give no document.
    pub fn fail(&mut self, url: &str, failure: FetchFailure) {
        self.0.insert(url.to_owned(), Err(failure));
    }

    /// Lets an address lead to another, where these bytes lie.
    pub fn lead(&mut self, url: &str, to: &str, bytes: impl Into<Vec<u8>>) {
        let to = Url::parse(to).expect("an address");
        let found = Document::new(bytes).with_found_at(to);
        self.0.insert(url.to_owned(), Ok(found));
    }

    /// Puts one member of a served JSON object in its place.
    pub fn change(&mut self, url: &str, member: &str, value: Value) {
        let answer = self.0.get_mut(url).expect("a served address");
        let document = answer.as_mut().expect("a served document");
        let mut members: Value = serde_json::from_slice(&document.bytes).expect("JSON");
        members[member] = value;
        document.bytes = members.to_string().into_bytes();
    }

    /// Verifies as a caller does: fetches what is missing until nothing is.
    pub fn verify(&self, bytes: &[u8], policy: &Policy) -> Report {
        self.verify_at(bytes, policy, now()).0
    }

    /// The same at another time; also what was asked for on the way.
    pub fn verify_at(&self, bytes: &[u8], policy: &Policy, now: Timestamp) -> (Report, Vec<Url>) {
        let mut documents = Documents::default();
        let mut asked = Vec::new();
        for _ in 0..8 {
            let report = verify(bytes, &documents, policy, now);
            let missing = report.missing();
            if missing.is_empty() {
                return (report, asked);
            }
            for request in missing {
                let answer = self.answer(&request.url);
                asked.push(request.url.clone());
                documents.insert(request.url, answer);
            }
        }
        panic!("the verifier asks for ever");
    }
}

/// The time of verification of every fixture.
pub fn now() -> Timestamp {
    Timestamp::parse(forge::NOW).expect("a time with an offset")
}

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A presented fixture, by its path below `presented`.
pub fn presented(name: &str) -> Vec<u8> {
    let path = fixtures().join("presented").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// `verified`, or the verdict and the code that decided it.
pub fn told(report: &Report) -> String {
    let code = report.reason().map(Reason::code).unwrap_or_default();
    match report.verdict() {
        Verdict::Verified => "verified".to_owned(),
        Verdict::Refused => format!("refused/{code}"),
        Verdict::Undetermined => format!("undetermined/{code}"),
    }
}

/// The path of a fixture below `presented`.
pub fn name(path: &Path) -> String {
    let name = path
        .strip_prefix(fixtures().join("presented"))
        .expect("a presented fixture");
    name.display().to_string()
}
