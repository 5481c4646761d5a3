//! `assay verify` over many badges: folders, lists, documents brought along, exit codes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use verifier::{Documents, Policy, verify};

use crate::forge;
use crate::program::command;
use crate::web::{self, Web};

/// The fixtures' web as a file for `--documents`: what the badges ask for, and what they get.
fn documents(folder: &Path) -> PathBuf {
    static MAP: OnceLock<String> = OnceLock::new();
    let map = MAP.get_or_init(|| {
        let web = Web::read();
        let mut map = Map::new();
        for file in web::files(&web::fixtures().join("presented")) {
            let presented = fs::read(file).expect("a fixture");
            let mut documents = Documents::default();
            loop {
                let report = verify(&presented, &documents, &Policy::default(), web::now());
                let missing = report.missing();
                if missing.is_empty() {
                    break;
                }
                for request in missing {
                    let answer = web.answer(&request.url);
                    let value = match &answer {
                        Ok(document) => json!({ "base64": STANDARD.encode(&document.bytes) }),
                        Err(failure) => json!({ "failure": failure.code() }),
                    };
                    map.insert(request.url.to_string(), value);
                    documents.insert(request.url, answer);
                }
            }
        }
        Value::Object(map).to_string()
    });
    let file = folder.join("documents.json");
    fs::write(&file, map).expect("a file");
    file
}

/// Runs `assay verify` at the fixtures' time, with the fixtures' web brought along.
struct Office {
    folder: TempDir,
    documents: PathBuf,
}

impl Office {
    fn new() -> Office {
        let folder = TempDir::new().expect("a folder");
        let documents = documents(folder.path());
        Office { folder, documents }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    fn verify(&self, arguments: &[&str]) -> (i32, String) {
        let output = command()
            .args(["verify", "--now", forge::NOW, "--documents"])
            .arg(&self.documents)
            .args(arguments)
            .output()
            .expect("the program");
        told(&output)
    }
}

fn told(output: &Output) -> (i32, String) {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.code().expect("an exit code"), text)
}

fn fixture(name: &str) -> String {
    let path = web::fixtures().join("presented").join(name);
    path.display().to_string()
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str::<Value>);
    lines.map(|line| line.expect("a line of JSON")).collect()
}

/// Copies the fixtures again and again into folders of an office, until there are a thousand.
fn a_thousand_badges(folder: &Path) -> BTreeMap<String, (String, String)> {
    let fixtures = web::files(&web::fixtures().join("presented"));
    let mut expected = BTreeMap::new();
    for (number, file) in fixtures.iter().cycle().take(1_000).enumerate() {
        let name = web::name(file);
        let mut parts = name.split('/');
        let verdict = parts.next().expect("a verdict").to_owned();
        let code = match verdict.as_str() {
            "verified" => String::new(),
            _ => parts.next().expect("a code").to_owned(),
        };
        let below = folder.join(format!("row-{:02}", number / 100));
        fs::create_dir_all(&below).expect("a folder");
        let extension = file.extension().map(|text| text.to_string_lossy());
        let copy = below.join(format!("{number:04}.{}", extension.unwrap_or_default()));
        fs::copy(file, &copy).expect("a copy");
        expected.insert(copy.display().to_string(), (verdict, code));
    }
    expected
}

/// VER-16: over a thousand badges verified, refused and undetermined stay three things.
#[test]
fn a_folder_of_a_thousand_badges_is_told_line_by_line() {
    let office = Office::new();
    let folder = office.folder.path().join("badges");
    let expected = a_thousand_badges(&folder);
    let folder = folder.display().to_string();

    let (code, told) = office.verify(&["--json", &folder]);
    assert_eq!(code, 1, "some are refused");
    let lines = lines(&told);
    let names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["name"].as_str())
        .collect();
    assert_eq!(
        names,
        expected.keys().collect::<Vec<_>>(),
        "all, in the order of their names"
    );
    for line in &lines {
        let name = line["name"].as_str().expect("a name");
        let (verdict, code) = &expected[name];
        assert_eq!(
            line["verdict"],
            verdict.as_str(),
            "{name}: {}",
            line["message"]
        );
        assert_eq!(line["code"].as_str().unwrap_or_default(), code, "{name}");
        assert_eq!(line["report"]["verdict"], line["verdict"], "{name}");
    }

    let (code, told) = office.verify(&[&folder]);
    assert_eq!(code, 1);
    let count = |verdict: &str| {
        expected
            .values()
            .filter(|(found, _)| found == verdict)
            .count()
    };
    let totals = format!(
        "1000 in all: {} verified, {} refused, {} undetermined",
        count("verified"),
        count("refused"),
        count("undetermined")
    );
    assert!(told.contains(&totals), "{totals}\n{told}");
    let table: Vec<&str> = told.lines().skip(1).take(1_000).collect();
    for (row, (name, (verdict, code))) in table.iter().zip(&expected) {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let wanted: Vec<&str> = match code.as_str() {
            "" => vec![verdict, name],
            code => vec![verdict, code, name],
        };
        assert_eq!(cells, wanted);
    }
}

/// What a thousand badges take, for the record: how long a machine takes is no statement about us.
#[test]
fn a_thousand_badges_are_measured() {
    let office = Office::new();
    let folder = office.folder.path().join("badges");
    a_thousand_badges(&folder);
    let began = Instant::now();
    let mut program = command()
        .args(["verify", "--json", "--now", forge::NOW, "--documents"])
        .args([&office.documents, &folder])
        .stdout(Stdio::null())
        .spawn()
        .expect("the program");
    let mut most = 0;
    while program.try_wait().expect("its end").is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", program.id()));
        let peak = status.unwrap_or_default();
        let peak = peak.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kilobytes.unwrap_or(0));
        std::thread::yield_now();
    }
    println!(
        "1,000 badges: {:?}, {most} kB at most",
        began.elapsed().max(Duration::from_millis(1))
    );
}

#[test]
fn one_input_is_one_report_and_several_are_lines() {
    let office = Office::new();
    let (verified, refused) = (
        fixture("verified/did-web.json"),
        fixture("refused/signature.invalid/edited-name.json"),
    );
    let (code, told) = office.verify(&["--json", &verified]);
    let report: Value = serde_json::from_str(&told).expect("one report");
    assert_eq!((code, &report["verdict"]), (0, &json!("verified")));
    assert!(report.get("name").is_none(), "the report alone");

    let (code, told) = office.verify(&["--json", &verified, &refused]);
    let lines = lines(&told);
    assert_eq!((code, lines.len()), (1, 2));
    assert_eq!(lines[1]["code"], "signature.invalid");

    let (code, told) = office.verify(&[&verified, &verified]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("2 in all: 2 verified, 0 refused, 0 undetermined"),
        "{told}"
    );
}

#[test]
fn the_exit_code_tells_the_worst_that_was_found() {
    let office = Office::new();
    let verified = fixture("verified/did-key.json");
    let refused = fixture("refused/signature.invalid/edited-name.json");
    let undetermined = fixture("undetermined/status.unreachable");
    let absent = office
        .folder
        .path()
        .join("absent.json")
        .display()
        .to_string();
    let empty = office.folder.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let empty = empty.display().to_string();
    for (inputs, expected) in [
        (vec![&verified], 0),
        (vec![&verified, &verified], 0),
        (vec![&verified, &undetermined], 2),
        (vec![&verified, &undetermined, &refused], 1),
        // What could not be read is neither refused nor undetermined.
        (vec![&absent], 66),
        (vec![&verified, &absent], 66),
        (vec![&undetermined, &absent], 66),
        (vec![&refused, &absent], 1),
        (vec![&empty], 66),
    ] {
        let inputs: Vec<&str> = inputs.into_iter().map(String::as_str).collect();
        let (code, told) = office.verify(&inputs);
        assert_eq!(code, expected, "{inputs:?}\n{told}");
    }
}

#[test]
fn a_list_names_badges_recipients_and_whatever_else_its_owner_needs() {
    let office = Office::new();
    let badge = fs::read_to_string(fixture("verified/did-key.json")).expect("a badge");
    let badge: Value = serde_json::from_str(&badge).expect("JSON");
    let token = fs::read_to_string(fixture("verified/did-key.jwt")).expect("a token");
    office.file(
        "pictures/one.png",
        fs::read(fixture("verified/baked-json.png")).expect("a picture"),
    );
    let list = [
        json!({ "badge": badge, "licence": 4711 }).to_string(),
        json!({ "badge": token.trim(), "name": "Ada \u{1b}[2J" }).to_string(),
        String::new(),
        json!({ "file": "pictures/one.png" }).to_string(),
        json!({ "url": "https://nowhere.example/badge" }).to_string(),
        badge.to_string(),
        token.trim().to_owned(),
        json!({ "file": "pictures/two.png" }).to_string(),
        json!({ "url": "https://a.example/", "badge": badge }).to_string(),
        "{\"badge\": ".to_owned(),
    ];
    let list = office.file("list.jsonl", list.join("\n"));

    let (code, told) = office.verify(&["--json", &list]);
    assert_eq!(code, 1, "{told}");
    let lines = lines(&told);
    let found: Vec<(String, &str, &str)> = lines
        .iter()
        .map(|line| {
            let name = line["name"].as_str().expect("a name");
            let line_number = name.rsplit(':').next().expect("a line").to_owned();
            let verdict = line["verdict"].as_str().unwrap_or("none");
            (
                line_number,
                verdict,
                line["code"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let expected = [
        ("1", "verified", ""),
        ("2", "verified", ""),
        ("4", "verified", ""),
        ("5", "undetermined", "fetch.not_allowed"),
        ("6", "verified", ""),
        ("7", "verified", ""),
        ("8", "none", ""),
        ("9", "none", ""),
        ("10", "refused", "json.syntax"),
    ];
    let expected = expected.map(|(line, verdict, code)| (line.to_owned(), verdict, code));
    assert_eq!(found, expected);
    assert_eq!(
        lines[0]["row"],
        json!({ "licence": 4711 }),
        "the rest of the row, for joining"
    );

    let (_, told) = office.verify(&[&list]);
    assert!(
        !told.contains('\u{1b}'),
        "no text of a stranger moves the cursor: {told}"
    );
    assert!(
        told.contains("9 in all: 5 verified, 1 refused, 1 undetermined, 2 not read"),
        "{told}"
    );

    let mut program = command()
        .args(["verify", "--lines", "--offline", "--now", forge::NOW, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut input = program.stdin.take().expect("its input");
    write!(input, "{badge}\n\n{badge}\n").expect("its input is read");
    drop(input);
    let (code, told) = self::told(&program.wait_with_output().expect("its end"));
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("2 in all: 2 verified"), "{told}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let (code, told) = Office::new().verify(&["no-such-badge.json"]);
    assert_eq!(code, 66);
    assert!(told.contains("no-such-badge.json: "), "{told}");
}

#[test]
fn a_step_that_had_nothing_to_check_says_so() {
    let (code, told) = Office::new().verify(&[&fixture("verified/did-key.json")]);
    assert_eq!(code, 0, "{told}");
    let aside = "The badge names no place where its issuer could take it back.";
    assert!(told.contains(aside), "{told}");
}

#[test]
fn a_table_as_a_spreadsheet_writes_it_is_a_list() {
    let office = Office::new();
    let badge = fs::read_to_string(fixture("verified/did-key.jwt")).expect("a token");
    office.file(
        "one.json",
        fs::read(fixture("verified/did-key.json")).expect("a badge"),
    );
    let table = format!(
        "\u{feff}Licence;File;Badge;Name\r\n17;one.json;;\"Park; \"\"Ada\"\"\r\nof Dayton\"\r\n18;;{};Grace\r\n19;;;Nobody\r\n",
        badge.trim()
    );
    let table = office.file("rows.csv", table);
    let (code, told) = office.verify(&["--json", &table]);
    assert_eq!(code, 66, "the last row names no badge: {told}");
    let lines = lines(&told);
    assert_eq!(lines.len(), 3, "{told}");
    assert_eq!(lines[0]["row"]["name"], "Park; \"Ada\"\r\nof Dayton");
    assert_eq!(lines[0]["row"]["licence"], "17");
    let verdicts: Vec<&Value> = lines.iter().map(|line| &line["verdict"]).collect();
    assert_eq!(
        verdicts,
        [&json!("verified"), &json!("verified"), &Value::Null]
    );
    assert!(
        lines[1]["name"]
            .as_str()
            .expect("a name")
            .ends_with("rows.csv:4"),
        "{told}"
    );

    let (code, told) = office.verify(&[&office.file("other.csv", "a,b\n1,2\n")]);
    assert_eq!(code, 66, "{told}");
    assert!(told.contains("no column named badge, url, file"), "{told}");
}

#[test]
fn documents_brought_along_take_the_place_of_the_network() {
    let office = Office::new();
    let badge = fixture("verified/did-web-status-clear.json");
    assert_eq!(office.verify(&[&badge]).0, 0);

    let (code, told) = self::told(
        &command()
            .args(["verify", "--offline", "--now", forge::NOW, &badge])
            .output()
            .expect("the program"),
    );
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("fetch.not_allowed"), "{told}");

    // What one run looked at is enough for another, years later and without the network.
    let saved = office
        .folder
        .path()
        .join("saved.json")
        .display()
        .to_string();
    assert_eq!(office.verify(&["--save-documents", &saved, &badge]).0, 0);
    let output = command()
        .args([
            "verify",
            "--json",
            "--now",
            forge::NOW,
            "--documents",
            &saved,
            &badge,
        ])
        .output()
        .expect("the program");
    let (code, told) = self::told(&output);
    assert_eq!(code, 0, "{told}");
    let report: Value = serde_json::from_str(&told).expect("a report");
    let looked_at = report["documents"].as_array().expect("documents");
    let kept: Value = serde_json::from_slice(&fs::read(&saved).expect("a file")).expect("JSON");
    assert_eq!(kept.as_object().expect("a map").len(), looked_at.len());
    assert!(!looked_at.is_empty());
}

/// VER-24: what was brought along is told apart, and a mistake in it is named.
#[test]
fn a_file_of_documents_has_four_kinds_of_values() {
    let office = Office::new();
    let badge = fixture("verified/did-web.json");
    let did = "https://badges.example/.well-known/did.json";
    let served =
        fs::read_to_string(web::fixtures().join("web/badges.example/.well-known/did.json"))
            .expect("a DID document");
    let document: Value = serde_json::from_str(&served).expect("JSON");
    let run = |value: Value| {
        let file = office.file("own.json", json!({ did: value }).to_string());
        let output = command()
            .args(["verify", "--now", forge::NOW, "--documents", &file, &badge])
            .output();
        told(&output.expect("the program"))
    };
    for value in [
        document.clone(),
        json!(served),
        json!({ "base64": STANDARD.encode(&served), "contentType": "application/did+json", "fetchedAt": forge::NOW }),
    ] {
        let (code, told) = run(value);
        assert_eq!(code, 0, "{told}");
    }
    let (code, told) = run(json!({ "failure": "fetch.timeout" }));
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("fetch.timeout"), "{told}");
    for wrong in [
        json!(17),
        json!(null),
        json!({ "failure": "fetch.anger" }),
        json!({ "base64": "*" }),
        json!({ "base64": "", "fetchedAt": "yesterday" }),
    ] {
        let (code, told) = run(wrong.clone());
        assert_eq!(code, 66, "{wrong}: {told}");
        assert!(told.contains(did), "{told}");
    }
}

/// VER-19: whom an operator knows stands beside the verdict and never changes it.
#[test]
fn a_known_issuer_is_named_and_an_unknown_one_is_not_refused() {
    let office = Office::new();
    let badge = fixture("verified/did-web.json");
    let known = office.file(
        "known.json",
        r#"{"issuers": [{"id": "did:web:badges.example", "name": "Example District"}]}"#,
    );
    let others = office.file(
        "others.json",
        r#"{"issuers": [{"id": "did:web:other.example"}]}"#,
    );
    let standing = |list: &str| {
        let (code, told) = office.verify(&["--json", "--trust", list, &badge]);
        assert_eq!(code, 0, "{told}");
        let report: Value = serde_json::from_str(&told).expect("a report");
        report["trust"]["standing"].clone()
    };
    assert_eq!(
        (standing(&known), standing(&others)),
        (json!("known"), json!("notListed"))
    );
    let (_, told) = office.verify(&["--trust", &known, &badge]);
    assert!(told.contains("Known as Example District"), "{told}");
    let (_, told) = office.verify(&["--trust", &others, &badge]);
    assert!(told.contains("Not in your list"), "{told}");
    for (list, told_of) in [
        (&known, "(1 by known issuers)"),
        (&others, "(0 by known issuers)"),
    ] {
        let refused = fixture("refused/signature.invalid/edited-name.json");
        let (_, told) = office.verify(&["--trust", list, &badge, &refused]);
        assert!(told.contains(told_of), "{told}");
    }
    let broken = office.file("broken.json", r#"{"issuers": [{"id": 1}]}"#);
    assert_eq!(office.verify(&["--trust", &broken, &badge]).0, 66);
}

/// A list or a folder from somebody else leads to nothing that never ends.
#[test]
fn pipes_are_opened_only_where_the_command_line_names_them() {
    let office = Office::new();
    let list = office.file("given/list.jsonl", json!({ "file": "pipe" }).to_string());
    let folder = Path::new(&list).parent().expect("a folder");
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("pipe"))
        .status();
    assert!(made.expect("mkfifo").success());
    let (code, told) = office.verify(&["--json", &folder.display().to_string()]);
    assert_eq!(code, 66, "{told}");
    assert!(told.contains("`file` is a pipe or a device"), "{told}");
    assert_eq!(lines(&told).len(), 1, "{told}");
}

#[test]
fn attack_n_15_what_cannot_be_seen_is_shown_as_a_mark() {
    for unseen in "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{202e}\u{2066}\u{2800}\u{3164}\u{fe00}\u{feff}\u{ffa0}\u{fff9}\u{e0041}\u{e0100}".chars() {
        let name = format!("Uni{unseen}versity");
        assert_eq!(issuer::wording::visible(&name), "Uni\u{fffd}versity", "{}", unseen.escape_unicode());
    }
    for seen in [
        "Zoë Łukasz",
        "\u{2764}\u{fe0f}",
        "東京大学",
        "جامعة",
        "a\u{301}",
    ] {
        assert_eq!(issuer::wording::visible(seen), seen);
    }
}
