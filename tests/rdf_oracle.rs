//! Another implementation's reading of a document: oxjsonld and oxrdf.

use std::collections::HashMap;

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use oxrdf::{Dataset, Quad};
use oxttl::NQuadsParser;
use serde_json::Value;

/// The canonical N-Quads of a document with the embedded contexts, or why there are none.
pub fn canonical(document: &Value) -> Result<String, String> {
    let contexts = schemas::contexts::all()
        .iter()
        .map(|context| (context.url.to_owned(), context.text.to_owned()))
        .collect();
    canonical_with(document, contexts)
}

/// The same with other contexts, by their addresses.
pub fn canonical_with(
    document: &Value,
    contexts: HashMap<String, String>,
) -> Result<String, String> {
    let text = document.to_string();
    let parser = JsonLdParser::new()
        .for_slice(&text)
        .with_load_document_callback(move |url, _| match contexts.get(url) {
            Some(text) => Ok(JsonLdRemoteDocument {
                document: text.clone().into_bytes(),
                document_url: url.to_owned(),
            }),
            None => Err(format!("no context {url}").into()),
        });
    let mut dataset = Dataset::new();
    for quad in parser {
        dataset.insert(&quad.map_err(|error| error.to_string())?);
    }
    Ok(canonical_text(dataset))
}

/// A dataset from N-Quads.
pub fn parse(text: &str) -> Dataset {
    NQuadsParser::new()
        .for_slice(text)
        .map(|quad| quad.expect("a statement"))
        .collect()
}

/// RDFC-1.0 with SHA-256. It has no limit: not for graphs made to be hard.
pub fn canonical_text(mut dataset: Dataset) -> String {
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset
        .iter()
        .map(|quad| format!("{} .\n", Quad::from(quad)))
        .collect();
    lines.sort();
    lines.concat()
}

/// Compares two canonical texts and names the first lines that only one of them has.
pub fn assert_same_statements(ours: &str, theirs: &str, name: &str) {
    if ours == theirs {
        return;
    }
    let only = |these: &str, those: &str| {
        let those: Vec<&str> = those.lines().collect();
        let lines: Vec<&str> = these.lines().filter(|line| !those.contains(line)).collect();
        lines.into_iter().take(12).collect::<Vec<_>>().join("\n")
    };
    panic!(
        "{name}\nonly ours:\n{}\nonly theirs:\n{}",
        only(ours, theirs),
        only(theirs, ours)
    );
}
