//! The embedded contexts are the published ones, byte for byte, and `sources.json` says so.

use std::collections::BTreeSet;
use std::fs;

use schemas::contexts::{self, Edition};
use serde::Deserialize;
use serde_json::Value;

use crate::support::{repository, sha256_hex, spec};

#[derive(Deserialize)]
struct Sources {
    documents: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    url: String,
    file: String,
    sha256: String,
    registry: String,
    package: String,
    version: String,
    path: String,
    licence: String,
    same_value: Vec<Spelling>,
    superseded: Vec<Spelling>,
}

#[derive(Deserialize)]
struct Spelling {
    sha256: String,
    note: String,
}

fn sources() -> Vec<Source> {
    let text = fs::read(repository().join("schemas/contexts/sources.json")).expect("sources.json");
    serde_json::from_slice::<Sources>(&text)
        .expect("sources.json is well formed")
        .documents
}

#[test]
fn every_embedded_context_has_the_digest_and_the_source_that_the_list_names() {
    let sources = sources();
    assert_eq!(sources.len(), contexts::all().len() + 1);
    let documents = contexts::all().iter().chain([&contexts::EXAMPLES]);
    for (source, document) in sources.iter().zip(documents) {
        let file = repository().join("schemas/contexts").join(&source.file);
        let bytes = fs::read(&file).expect("the listed file exists");
        assert_eq!(source.url, document.url);
        assert_eq!(document.text.as_bytes(), bytes, "{}", source.file);
        assert_eq!(document.sha256, sha256_hex(&bytes), "{}", source.file);
        assert_eq!(document.sha256, source.sha256, "{}", source.file);
        let facts = [
            &source.registry,
            &source.package,
            &source.version,
            &source.path,
        ];
        assert!(facts.iter().all(|fact| !fact.is_empty()) && !source.licence.is_empty());
        let value: Value = serde_json::from_slice(&bytes).expect("a context is JSON");
        assert!(value["@context"].is_object(), "{}", source.file);
    }
}

#[test]
fn an_address_stands_for_one_context_and_other_editions_are_named() {
    let is_for_badges = |source: &Source| source.url != contexts::EXAMPLES.url;
    for source in sources().into_iter().filter(is_for_badges) {
        let document = contexts::find(&source.url).expect("a listed context is found");
        assert_eq!(document.sha256, source.sha256, "{}", source.url);
        assert_eq!(
            contexts::recognise(&source.url, &source.sha256),
            Edition::Current
        );
        for spelling in &source.same_value {
            assert_eq!(
                contexts::recognise(&source.url, &spelling.sha256),
                Edition::Current
            );
        }
        assert_eq!(document.same_value.len(), source.same_value.len());
        assert_eq!(document.superseded.len(), source.superseded.len());
        for ((digest, difference), spelling) in document.superseded.iter().zip(&source.superseded) {
            assert_eq!((*digest, *difference), (&*spelling.sha256, &*spelling.note));
            assert_eq!(
                contexts::recognise(&source.url, &spelling.sha256),
                Edition::Superseded(difference)
            );
        }
        assert_eq!(
            contexts::recognise(&source.url, &"0".repeat(64)),
            Edition::Unknown
        );
    }
    assert!(contexts::find("https://www.w3.org/ns/credentials/v2#").is_none());
    assert!(contexts::find(contexts::EXAMPLES.url).is_none());
    assert_eq!(
        contexts::recognise("https://example.org/", &"0".repeat(64)),
        Edition::Unknown
    );
}

#[test]
fn the_embedded_contexts_equal_the_published_files() {
    let Some(spec) = spec("the_embedded_contexts_equal_the_published_files") else {
        return;
    };
    // One document is published at two addresses.
    let files: BTreeSet<String> = sources().into_iter().map(|source| source.file).collect();
    assert_eq!(PUBLISHED.len(), files.len());
    for (file, published) in PUBLISHED {
        let source = sources().into_iter().find(|source| source.file == *file);
        let source = source.unwrap_or_else(|| panic!("{file} is listed"));
        let bytes = fs::read(spec.join("contexts").join(published)).expect("the published file");
        let digest = sha256_hex(&bytes);
        if digest == source.sha256 {
            continue;
        }
        // No registry package has these bytes: the same JSON value in another spelling.
        assert!(
            source
                .same_value
                .iter()
                .any(|spelling| spelling.sha256 == digest),
            "{file}"
        );
        let ours = contexts::find(&source.url)
            .unwrap_or(&contexts::EXAMPLES)
            .text;
        let ours: Value = serde_json::from_str(ours).expect("a context is JSON");
        let theirs: Value = serde_json::from_slice(&bytes).expect("a context is JSON");
        assert_eq!(ours, theirs, "{file}");
    }
    let superseded = "superseded/ob-v3p0-context-3.0.3.2025-04.json";
    let bytes = fs::read(spec.join("contexts").join(superseded)).expect("the published file");
    let edition = contexts::recognise(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        &sha256_hex(&bytes),
    );
    assert!(matches!(edition, Edition::Superseded(note) if note.contains("endorsementJwt")));
}

/// Our file names beside those of the published collection.
const PUBLISHED: &[(&str, &str)] = &[
    ("credentials-v2.jsonld", "vc-v2.jsonld"),
    ("credentials-v1.jsonld", "vc-v1.jsonld"),
    ("ob-v3p0-context-3.0.3.json", "ob-v3p0-context-3.0.3.json"),
    ("ob-v3p0-context-3.0.2.json", "ob-v3p0-context-3.0.2.json"),
    ("ob-v3p0-context-3.0.1.json", "ob-v3p0-context-3.0.1.json"),
    ("ob-v3p0-context.json", "ob-v3p0-context.json"),
    ("ob-v3p0-extensions.json", "ob-v3p0-extensions.json"),
    ("clr-v2p0-context-2.0.1.json", "clr-v2p0-context-2.0.1.json"),
    ("data-integrity-v1.jsonld", "data-integrity-v1.jsonld"),
    ("data-integrity-v2.jsonld", "data-integrity-v2.jsonld"),
    ("multikey-v1.jsonld", "multikey-v1.jsonld"),
    ("ed25519-2020-v1.jsonld", "ed25519-2020-v1.jsonld"),
    ("ed25519-2018-v1.jsonld", "ed25519-2018-v1.jsonld"),
    ("jws-2020-v1.jsonld", "jws-2020-v1.jsonld"),
    ("did-v1.jsonld", "did-v1.jsonld"),
    ("status-list-2021-v1.jsonld", "status-list-2021-v1.jsonld"),
    (
        "bitstring-status-list-v1.jsonld",
        "bitstring-status-list-v1.jsonld",
    ),
    ("undefined-terms-v2.jsonld", "undefined-terms-v2.jsonld"),
    (
        "credentials-examples-v2.jsonld",
        "examples/vc-examples-v2.jsonld",
    ),
];
