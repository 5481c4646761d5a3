//! Group J, first half: text that is JSON, through every form.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use verifier::{Documents, Policy, verify};

use crate::chapters::json::{NOT_JSON, NOT_UNICODE, NUMBERS_REFUSED, doubled};
use crate::forge::{self, Key, badge, baked, header, payload, school_badge};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::Served;
use crate::support::{entries, vectors};
use crate::web::{self, files, fixtures, now, told};

/// A good badge as text, with this in place of the text of its name.
fn named(literal: &[u8]) -> Vec<u8> {
    spliced(
        b"\"name\":\"Wait Time\",\"issuer\"",
        &[b"\"name\":", literal, b",\"issuer\""],
    )
}

/// A good badge as text, with this in place of its number.
fn numbered(literal: &str) -> Vec<u8> {
    spliced(
        b"\"creditsEarned\":1.5",
        &[b"\"creditsEarned\":", literal.as_bytes()],
    )
}

fn spliced(from: &[u8], to: &[&[u8]]) -> Vec<u8> {
    let good = good().to_string().into_bytes();
    let at = good.windows(from.len()).position(|window| window == from);
    let at = at.expect("the badge has this text");
    [&good[..at], &to.concat(), &good[at + from.len()..]].concat()
}

pub(super) fn good() -> Value {
    school_badge("/name", json!("Wait Time"))
}

/// The code of the library's answer.
pub(super) fn code(bytes: &[u8]) -> String {
    told(&verify(
        bytes,
        &Documents::default(),
        &Policy::default(),
        now(),
    ))
}

/// Every member of the badge twice, and every member of every other good one for the library.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_01_a_badge_with_a_member_twice_is_refused_wherever_it_stands() {
    let told = "refused/json.duplicate_member";
    let mut cases = Case::fixtures(&["refused/json.duplicate_member"]);
    for (pointer, text) in [doubled(&good(), false), doubled(&good(), true)].concat() {
        cases.push(Case::new(pointer, text, told));
    }
    let (head, body) = parts_of_the_token();
    for escaped in [false, true] {
        for (pointer, text) in doubled(&head, escaped) {
            let token = forge::raw_token(&text, &body.to_string(), Key::School);
            cases.push(Case::new(format!("header {pointer}"), token, told));
        }
        for (pointer, text) in doubled(&body, escaped) {
            let token = forge::raw_token(&head.to_string(), &text, Key::School);
            cases.push(Case::new(format!("payload {pointer}"), token, told));
        }
    }
    hold("J-01", &cases).await;

    let mut tried = 0;
    for path in files(&fixtures().join("presented/verified")) {
        let bytes = fs::read(&path).expect("a fixture");
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            continue;
        };
        for (pointer, text) in [doubled(&value, false), doubled(&value, true)].concat() {
            assert_eq!(
                code(text.as_bytes()),
                told,
                "{} {pointer}",
                web::name(&path)
            );
            tried += 1;
        }
    }
    assert!(tried > 3_000, "only {tried} members were doubled");
}

pub(super) fn parts_of_the_token() -> (Value, Value) {
    let key = Key::School;
    (header(key, &key.method()), payload(&badge(&key.did())))
}

/// Numbers that readers round, and one number in its other spellings.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_02_a_badge_with_a_number_that_readers_round_is_refused() {
    let mut cases = Case::fixtures(&["refused/json.number_range"]);
    for literal in NUMBERS_REFUSED {
        cases.push(Case::new(
            *literal,
            numbered(literal),
            "refused/json.number_range",
        ));
    }
    let hundred = school_badge("/credentialSubject/creditsEarned", json!(100)).to_string();
    assert!(hundred.contains("\"creditsEarned\":100,"));
    for spelling in ["100", "1E2", "1e+2", "100.000", "0.1e3"] {
        let text = hundred.replace(":100,", &format!(":{spelling},"));
        cases.push(Case::new(spelling, text, "verified"));
    }
    hold("J-02", &cases).await;
}

/// Depth that no document needs, alone and in the place of a text.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_03_a_badge_within_too_many_levels_is_refused_at_once() {
    let mut cases = Case::fixtures(&["refused/json.depth"]);
    let mut deep = Vec::new();
    for open in ["[", "{\"a\":"] {
        for levels in [65, 1_000, 1_000_000 / open.len()] {
            let name = format!("{levels} of {open}");
            deep.push(open.repeat(levels).into_bytes());
            deep.push(named(open.repeat(levels).as_bytes()));
            for bytes in &deep[deep.len() - 2..] {
                cases.push(Case::new(&name, bytes.clone(), "refused/json.depth"));
            }
        }
    }
    hold("J-03", &cases).await;

    let small = std::thread::Builder::new().stack_size(256 << 10);
    let verified = small.spawn(move || {
        for bytes in deep {
            // The best of five: the machine may be busy.
            let quickest = (0..5).map(|_| {
                let began = Instant::now();
                assert_eq!(code(&bytes), "refused/json.depth");
                began.elapsed()
            });
            assert!(quickest.min() < Some(Duration::from_millis(5)));
        }
    });
    verified
        .expect("a thread")
        .join()
        .expect("a small stack is enough");
}

/// Too much of anything, and a hundred megabytes that nobody announced.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_04_more_than_a_badge_may_have_is_refused_while_it_is_read() {
    let padded = |bytes: usize| {
        let mut text = good().to_string().into_bytes();
        text.resize(bytes, b' ');
        text
    };
    let mut picture = baked(&good().to_string());
    picture.resize((10 << 20) + 1, 0);
    let mut cases = Case::fixtures(&["refused/json.members"]);
    for (name, bytes, told) in [
        ("a mebibyte", padded(1 << 20), "verified"),
        (
            "one byte more",
            padded((1 << 20) + 1),
            "refused/input.too_large",
        ),
        (
            "more than the interface takes",
            padded((10 << 20) + 1),
            "refused/input.too_large",
        ),
        ("a picture", picture, "refused/input.too_large"),
        (
            "a text",
            named(format!("\"{}\"", "a".repeat((512 << 10) + 1)).as_bytes()),
            "refused/input.too_large",
        ),
        (
            "items",
            named(format!("[{}0]", "0,".repeat(500_000)).as_bytes()),
            "refused/json.members",
        ),
        (
            "members",
            named(format!("{{{}\"z\":0}}", many_members(80_000)).as_bytes()),
            "refused/json.members",
        ),
        (
            "a million members",
            named(format!("{{{}\"z\":0}}", many_members(1_000_000)).as_bytes()),
            "refused/input.too_large",
        ),
    ] {
        cases.push(Case::new(name, bytes, told));
    }
    hold("J-04", &cases).await;
}

fn many_members(count: usize) -> String {
    (0..count).map(|index| format!("\"{index}\":0,")).collect()
}

/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_j_04_a_hundred_megabytes_that_nobody_announced_are_not_read() {
    let mut run = program::command()
        .args(["verify", "--json", "--offline", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut input = run.stdin.take().expect("its input");
    let written = (0..100).filter(|_| input.write_all(&[b' '; 1 << 20]).is_ok());
    assert!(written.count() < 20, "it reads on");
    drop(input);
    let output = run.wait_with_output().expect("its end");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(
        (&report["verdict"], output.status.code()),
        (&json!("refused"), Some(1))
    );
    assert_eq!(report["steps"][0]["code"], "input.too_large");

    let served = Served::new().await;
    let mut stream = TcpStream::connect(served.address)
        .await
        .expect("a connection");
    let head = "POST /api/v1/verify HTTP/1.1\r\nHost: badges.example.org\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("a request");
    let chunk = [b"100000\r\n".as_slice(), &[b' '; 1 << 20], b"\r\n"].concat();
    let (mut reading, mut writing) = stream.split();
    let mut answer = Vec::new();
    let sending = async {
        let mut sent = 0;
        while sent < 100 && writing.write_all(&chunk).await.is_ok() {
            sent += 1;
        }
        sent
    };
    let (sent, _) = tokio::join!(sending, reading.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer);
    assert!(sent < 30, "{sent} MiB were taken");
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer:.300}");
    assert!(answer.contains("input.too_large"), "{answer:.300}");
}

/// Bytes that are no text, and the whole JSON parsing corpus, each file in the place of a text.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_05_a_badge_that_is_no_unicode_is_refused() {
    let mut cases = Case::fixtures(&["refused/json.encoding"]);
    for bytes in NOT_UNICODE.iter().filter(|bytes| bytes.starts_with(b"\"")) {
        let name = String::from_utf8_lossy(bytes);
        cases.push(Case::new(name, named(bytes), "refused/json.encoding"));
    }
    let mut refused = 0;
    for file in entries(&vectors().join("json-parsing/files")) {
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let bytes = named(&fs::read(&file).expect("a file"));
        let code = code(&bytes);
        // What may not be read at all is refused as JSON; the rest is no name that anybody signed.
        if name.starts_with('n') {
            assert!(code.starts_with("refused/json."), "{name}: {code}");
            refused += 1;
        }
        assert!(code.starts_with("refused/"), "{name}: {code}");
        cases.push(Case::new(name, bytes, code));
    }
    assert_eq!(refused, 188);
    hold("J-05", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_j_06_a_badge_that_only_forgiving_readers_take_is_refused() {
    let mut cases = Case::fixtures(&["refused/json.syntax"]);
    for text in NOT_JSON {
        cases.push(Case::new(
            *text,
            named(text.as_bytes()),
            "refused/json.syntax",
        ));
    }
    hold("J-06", &cases).await;
}
