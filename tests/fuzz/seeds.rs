//! What the targets begin with: the fixtures and the published vectors, and a few texts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};
use url::Url;
use verifier::{Answer, Document, FetchFailure};

use super::{TARGETS, log, verifying};

/// The seeds of a target, each no longer than its inputs.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let longest = TARGETS.iter().find(|known| known.name == target);
    let longest = longest.map_or(usize::MAX, |target| target.longest);
    let mut seeds: Vec<Vec<u8>> = match target {
        "json" | "jcs" => below(&[
            "vectors/json-parsing/files",
            "vectors/jcs/files",
            "fixtures/presented/refused",
        ]),
        "date" => texts(&DATES),
        "base64url" => texts(&[
            "",
            "AA",
            "AAAA",
            "_-8",
            "ZZ",
            "YQ==",
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ]),
        "multibase" => [texts(&MULTIBASE), identifiers("did:key:", "did:key:")].concat(),
        "did_key" => [identifiers("did:key:", ""), texts(&DIDS)].concat(),
        "did_jwk" => [identifiers("did:jwk:", ""), texts(&DIDS)].concat(),
        "did_web" => texts(&DIDS),
        "accept" => texts(&[
            "*/*",
            "text/html,application/json;q=0.9,*/*;q=0.1",
            "image/png",
            "a.json",
            "x.jws",
        ]),
        "jwk" => objects("kty")
            .into_iter()
            .chain(below(&["fixtures/web/badges.example"]))
            .collect(),
        "pem" => texts(&[ED25519_PEM])
            .into_iter()
            .chain(below(&["vectors/badkeys/files"]))
            .collect(),
        "controller" => below(&["fixtures/web"]),
        "token" => badges()
            .into_iter()
            .filter(|badge| badge.starts_with(b"ey"))
            .collect(),
        "disclosure" => disclosures(),
        "jsonld" => below(&[
            "fixtures/presented/verified",
            "vectors/json-ld/files",
            "fixtures/jsonld",
        ]),
        "rdfc" => graphs(),
        "png" => below(&["fixtures/presented", "vectors/png/files"]),
        "svg" => below(&[
            "fixtures/presented",
            "vectors/svg/files",
            "vectors/xml/files",
        ]),
        "status_list" => lists(),
        "checkpoint" => log::notes(),
        "log_proof" => vec![
            vec![64, 3],
            vec![13, 7, 0, 1],
            vec![7, 4, 2, 2],
            vec![1, 0],
            vec![0, 0],
        ],
        "verify" => badges(),
        "verify_web" => verifying::framed(),
        "verify_credential" => badges()
            .into_iter()
            .chain(below(&["fixtures/vc-api"]))
            .collect(),
        // What nothing in the fixtures is like has files of its own.
        _ => below(&[&format!("fuzz/seeds/{target}")]),
    };
    if matches!(target, "png") {
        seeds.retain(|seed| seed.starts_with(b"\x89PNG"));
    }
    seeds.retain(|seed| seed.len() <= longest);
    seeds
}

/// The inputs that once showed a fault of a target, with their names.
pub fn regressions(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = tests().join("fuzz/regressions").join(target);
    let named = files(&folder).into_iter().map(|path| {
        let bytes = fs::read(&path).expect("a readable file");
        (path.display().to_string(), bytes)
    });
    named.collect()
}

/// The presented fixtures, those that verify first.
pub fn badges() -> Vec<Vec<u8>> {
    let verdicts = ["verified", "refused", "undetermined"]
        .map(|verdict| format!("fixtures/presented/{verdict}"));
    let mut badges = below(&verdicts.each_ref().map(String::as_str));
    badges.retain(|badge| badge.len() <= LONGEST_BADGE);
    badges
}

/// A badge that verifies without any document.
pub fn plain_badge() -> &'static [u8] {
    static BADGE: OnceLock<Vec<u8>> = OnceLock::new();
    BADGE.get_or_init(|| fixture("presented/verified/did-key.json"))
}

/// The time of verification of every fixture.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T12:00:00Z").expect("a time with an offset")
}

/// A file of the fixtures.
pub fn fixture(path: &str) -> Vec<u8> {
    fs::read(tests().join("fixtures").join(path)).expect("a fixture")
}

/// What each address of the fixtures' web answers.
pub fn web() -> &'static [(Url, Answer)] {
    static WEB: OnceLock<Vec<(Url, Answer)>> = OnceLock::new();
    WEB.get_or_init(|| {
        let index: Map<String, Value> =
            serde_json::from_slice(&fixture("web/index.json")).expect("JSON");
        let answers = index.iter().map(|(url, entry)| {
            let answer = match entry["file"].as_str() {
                Some(file) => Ok(Document::new(fixture(&format!("web/{file}")))),
                None => Err(FetchFailure::Unreachable),
            };
            (Url::parse(url).expect("an address"), answer)
        });
        answers.collect()
    })
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The files below folders of the tests.
fn below(folders: &[&str]) -> Vec<Vec<u8>> {
    let files = folders
        .iter()
        .flat_map(|folder| files(&tests().join(folder)));
    files
        .map(|file| fs::read(file).expect("a readable file"))
        .collect()
}

/// The identifiers of one kind in the fixtures, without what `stripped` says.
fn identifiers(prefix: &str, stripped: &str) -> Vec<Vec<u8>> {
    let mut found: Vec<String> = Vec::new();
    for badge in badges() {
        let text = String::from_utf8_lossy(&badge);
        for piece in text.split('"').filter(|piece| piece.starts_with(prefix)) {
            let did = piece.split('#').next().unwrap_or_default();
            found.push(did[stripped.len()..].to_owned());
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().map(String::into_bytes).collect()
}

/// The objects in the fixtures' web that have such a member, each with its siblings in a set too.
fn objects(member: &str) -> Vec<Vec<u8>> {
    fn collect(value: &Value, member: &str, found: &mut Vec<Vec<u8>>) {
        if value.get(member).is_some() {
            found.push(value.to_string().into_bytes());
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, member, found)),
            Value::Object(members) => members
                .values()
                .for_each(|value| collect(value, member, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in below(&["fixtures/web"]) {
        if let Ok(value) = serde_json::from_slice(&file) {
            collect(&value, member, &mut found);
        }
    }
    found
}

/// The values of the proofs that show a part, without their first three bytes.
fn disclosures() -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    for badge in badges() {
        let Ok(badge) = serde_json::from_slice::<Value>(&badge) else {
            continue;
        };
        let value = badge["proof"]["proofValue"]
            .as_str()
            .and_then(|value| value.strip_prefix('u'));
        if let Some(bytes) = value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()) {
            values.extend(bytes.get(3..).map(<[u8]>::to_vec));
        }
    }
    values
}

/// A chain, a ring, a clique and two graphs that name each other, as the target `rdfc` reads them.
fn graphs() -> Vec<Vec<u8>> {
    let nodes = 0..6u8;
    let chain = nodes
        .clone()
        .flat_map(|node| [node, 0, node + 1, 0])
        .collect();
    let ring = nodes
        .clone()
        .flat_map(|node| [node, 0, (node + 1) % 6, 0])
        .collect();
    let clique = nodes
        .clone()
        .flat_map(|one| nodes.clone().flat_map(move |other| [one, 0, other, 0]))
        .collect();
    let named = vec![0, 1, 200, 100, 1, 1, 201, 101, 0, 2, 1, 200];
    vec![chain, ring, clique, named, Vec::new()]
}

/// Encoded lists: as text, and the compressed bytes.
fn lists() -> Vec<Vec<u8>> {
    let mut lists = Vec::new();
    for bits in [
        vec![0; 16],
        vec![0xa5; 300],
        vec![0; 16_384],
        vec![0; 70_000],
    ] {
        let encoded = verifier::status_list::encode(&bits);
        lists.extend(URL_SAFE_NO_PAD.decode(&encoded[1..]).ok());
        lists.push(encoded.into_bytes());
    }
    lists
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut entries: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    let nested = entries.into_iter().flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    nested.collect()
}

/// The folder of the tests, from whichever package this is a part of.
pub fn tests() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match package.ends_with("fuzz") {
        true => package.parent().unwrap_or(package),
        false => package,
    }
}

/// Above the longest badge of the fixtures that is not made to be too large.
const LONGEST_BADGE: usize = 16_384;

const DATES: [&str; 8] = [
    "2026-11-22T18:32:00Z",
    "2026-02-28T23:59:59.5+05:30",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999-14:00",
    "2024-02-29T12:00:00+14:00",
    "2026-11-22T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-11-22 18:32:00",
];

const DIDS: [&str; 8] = [
    "did:web:badges.example",
    "did:web:badges.example%3A8443",
    "did:web:badges.example:issuers:school-1",
    "did:web:xn--bcher-kva.example:a_b.c",
    "did:web:127.0.0.1",
    "did:web:a..b",
    "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IjExcVlBWUt4Q3JmVlNfN1R5V1FIT2c3aGN2UGFwaU1scndJYWFQY0hVUm8ifQ",
];

const MULTIBASE: [&str; 4] = [
    "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
    "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
];

const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
