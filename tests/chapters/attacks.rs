//! The list of attacks: each row has its tests, in every form that applies to it.

mod contexts;
mod headers;
mod json;
mod proofs;
mod signers;
mod statements;
mod tokens;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use schemas::timestamp::Timestamp;

use crate::forms::{Case, hold};
use crate::support::{repository, spec};
use crate::web::{self, Web};

/// The groups whose rows are complete.
const COMPLETE: &[&str] = &[
    "J", "T", "L", "P", "K", "D", "N", "S", "I", "U", "A", "W", "R", "O",
];

/// The groups of the list; tests of others may be named after rows that it does not have.
const GROUPS: [&str; 14] = [
    "J", "T", "L", "P", "K", "D", "N", "S", "I", "U", "A", "W", "R", "O",
];

const FORMS: [&str; 6] = [
    "library",
    "command line",
    "HTTP",
    "type system",
    "browser",
    "operation",
];

/// Every fixture, through every form: the verdict, its code and the whole report are the same.
#[tokio::test]
async fn every_form_gives_the_answer_that_the_folder_says() {
    hold("fixtures", &Case::fixtures(&[""])).await;
}

#[tokio::test]
async fn every_form_follows_the_choice_of_policy_web_and_time() {
    let case = |name: &str, told: &str| {
        let mut case = Case::fixtures(&[name]).remove(0);
        told.clone_into(&mut case.told);
        case
    };
    let silence = Arc::new(Web::serving(&BTreeMap::new()));
    let later = Timestamp::parse("2036-11-22T12:00:00Z").expect("a time");
    let bare = "refused/issuer.key_not_controlled/bare-did-key.json";
    let cases = [
        case(bare, "refused/issuer.key_not_controlled"),
        case(bare, "verified").leniently(),
        case("verified/did-web.json", "undetermined/fetch.unreachable").on(&silence),
        case("verified/valid-until-tomorrow.json", "refused/time.expired").at(later),
    ];
    hold("the choices", &cases).await;
}

#[test]
fn every_row_has_tests_in_every_form_that_applies() {
    let rows = rows();
    let mut wrong = Vec::new();
    let mut shown: BTreeMap<String, Vec<Test>> = BTreeMap::new();
    for test in tests() {
        wrong.extend(test.unfounded());
        shown.entry(test.row.clone()).or_default().push(test);
    }
    for (id, tests) in &shown {
        if !rows.contains_key(id) && is_listed(id) {
            wrong.push(format!("{}: there is no row {id}", tests[0].name));
        }
    }
    let codes = codes();
    for (id, row) in &rows {
        let unknown = row.codes.iter().filter(|code| !codes.contains(*code));
        wrong.extend(unknown.map(|code| format!("{id}: no code is called {code}")));
        if is_complete(id) {
            let none = Vec::new();
            wrong.extend(row.missing(id, shown.get(id).unwrap_or(&none)));
        }
    }
    let complete = rows.keys().filter(|id| is_complete(id)).count();
    println!("{complete} of {} rows", rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The catalogue that the list answers to is not part of the repository.
#[test]
fn the_list_has_the_rows_of_the_catalogue() {
    let Some(spec) = spec("the_list_has_the_rows_of_the_catalogue") else {
        return;
    };
    let catalogue = spec.with_file_name("attack-catalogue.md");
    let Ok(catalogue) = fs::read_to_string(&catalogue) else {
        println!("skipped: the_list_has_the_rows_of_the_catalogue (no attack-catalogue.md)");
        return;
    };
    let theirs: BTreeSet<String> = catalogue
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|id| is_listed(id))
        .map(str::to_owned)
        .collect();
    let ours: BTreeSet<String> = rows().into_keys().collect();
    assert_eq!(ours, theirs);
}

/// One line of the list.
struct Row {
    codes: Vec<String>,
    forms: BTreeSet<String>,
}

impl Row {
    /// What this row says that no test of it shows, and the other way round.
    fn missing(&self, id: &str, tests: &[Test]) -> Vec<String> {
        let claimed: BTreeSet<String> = tests.iter().flat_map(|test| test.forms.clone()).collect();
        let mut wrong = Vec::new();
        if self.forms.is_empty() {
            return wrong;
        }
        for form in self.forms.difference(&claimed) {
            wrong.push(format!("{id}: no test claims the form {form}"));
        }
        for form in claimed.difference(&self.forms) {
            wrong.push(format!("{id}: the list does not have the form {form}"));
        }
        for code in &self.codes {
            if !tests.iter().any(|test| test.file.contains(code)) {
                wrong.push(format!("{id}: no test expects {code}"));
            }
        }
        wrong
    }
}

fn rows() -> BTreeMap<String, Row> {
    let list = fs::read_to_string(repository().join("docs/attacks.md")).expect("the list");
    let mut rows = BTreeMap::new();
    for line in list.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, told, codes, forms] = cells[..] else {
            continue;
        };
        if !is_listed(id) {
            continue;
        }
        let codes = codes.split('`').skip(1).step_by(2).map(str::to_owned);
        let forms = forms.split(", ").filter(|form| *form != "-");
        let row = Row {
            codes: codes.collect(),
            forms: forms.map(str::to_owned).collect(),
        };
        let unknown = row
            .forms
            .iter()
            .find(|form| !FORMS.contains(&form.as_str()));
        assert_eq!(unknown, None, "{id}");
        assert!(
            !row.forms.is_empty() || told.contains("Not yet"),
            "{id} has no form"
        );
        assert!(rows.insert(id.to_owned(), row).is_none(), "{id} twice");
    }
    rows
}

/// A test that is named after a row.
struct Test {
    name: String,
    row: String,
    /// What the last sentence of its description claims.
    forms: BTreeSet<String>,
    body: String,
    /// The whole file, and the names of the fixtures' folders in it.
    file: String,
}

impl Test {
    /// Forms that the test claims and does not go through.
    fn unfounded(&self) -> Vec<String> {
        let uses = |names: &[&str]| {
            let imported = names
                .iter()
                .any(|name| self.file.contains(&format!("use crate::{name}")));
            imported || names.iter().any(|name| self.body.contains(name))
        };
        let mut wrong = Vec::new();
        for form in &self.forms {
            let founded = match form.as_str() {
                "command line" => self.body.contains("hold(") || uses(&["program"]),
                "HTTP" => self.body.contains("hold(") || uses(&["served", "vc_api", "shipped"]),
                "type system" => self.body.contains("compile_fail"),
                "browser" => self.body.contains("browser"),
                form => FORMS.contains(&form),
            };
            if !founded {
                wrong.push(format!("{}: does not go through {form}", self.name));
            }
        }
        wrong
    }
}

/// Every test that is named after a row, in the chapters and in the crates themselves.
fn tests() -> Vec<Test> {
    let mut tests = Vec::new();
    for folder in ["tests/chapters", "schemas", "keys", "verifier", "issuer"] {
        for path in web::files(&repository().join(folder)) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                tests_of(&text, &mut tests);
            }
        }
    }
    assert!(tests.len() > 100, "only {} tests were found", tests.len());
    tests
}

fn tests_of(text: &str, tests: &mut Vec<Test>) {
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, rest)) = line.split_once("fn attack_") else {
            continue;
        };
        if !["", "async"].contains(&before.trim()) {
            continue;
        }
        let name = rest.split('(').next().expect("a name").to_owned();
        let mut parts = name.splitn(3, '_');
        let (Some(group), Some(number)) = (parts.next(), parts.next()) else {
            panic!("attack_{name} names no row");
        };
        let row = format!("{}-{number}", group.to_uppercase());
        let above = lines[..at].iter().rev().map(|line| line.trim_start());
        let mut described: Vec<&str> = above
            .take_while(|line| line.starts_with("///") || line.starts_with("#["))
            .filter_map(|line| line.strip_prefix("///"))
            .map(str::trim)
            .collect();
        described.reverse();
        let described = described.join(" ");
        let forms = match described.rsplit_once("Forms: ") {
            Some((_, forms)) => forms
                .strip_suffix('.')
                .expect("a sentence")
                .split(", ")
                .map(str::to_owned)
                .collect(),
            None => BTreeSet::new(),
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        let body = lines[at..].iter().take_while(|line| **line != end);
        tests.push(Test {
            name: format!("attack_{name}"),
            row,
            forms,
            body: body.copied().collect::<Vec<_>>().join("\n"),
            file: text.to_owned(),
        });
    }
}

/// Every code that the verifier or the service can tell.
fn codes() -> BTreeSet<String> {
    let mut codes: BTreeSet<String> = verifier::codes()
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .collect();
    for crate_of_ours in ["keys/src", "issuer/src"] {
        for path in web::files(&repository().join(crate_of_ours)) {
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let quoted = text.split('"').skip(1).step_by(2);
            let is_code = |text: &&str| {
                text.split_once('.').is_some_and(|(area, reason)| {
                    [area, reason].iter().all(|part| {
                        !part.is_empty()
                            && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                    })
                })
            };
            codes.extend(quoted.filter(is_code).map(str::to_owned));
        }
    }
    codes
}

fn is_listed(id: &str) -> bool {
    id.split_once('-').is_some_and(|(group, number)| {
        GROUPS.contains(&group) && number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit())
    })
}

fn is_complete(id: &str) -> bool {
    COMPLETE.iter().any(|group| id.starts_with(group))
}
