//! A document becomes exactly the statements that other implementations read in it, or is refused.

use keys::jsonld::{Contexts, LdError, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde_json::{Value, json};

use crate::rdf_oracle;
use crate::support::{examples, spec};

/// The canonical N-Quads of a document with the embedded contexts.
fn canonical(document: &Value) -> Result<String, LdError> {
    let limits = LdLimits::default();
    let dataset = to_rdf(document, Contexts::embedded(), &limits)?;
    canonicalize(&dataset, HashAlgorithm::Sha256, &limits)
}

#[test]
fn the_walkthroughs_of_the_implementation_guide_give_their_published_statements() {
    let Some(spec) = spec("walkthrough statements") else {
        return;
    };
    for (folder, document) in [
        ("signing-walkthrough-ob", "02-credential.json"),
        ("signing-walkthrough-clr", "03-document-before-signing.json"),
    ] {
        let folder = spec.join("examples").join(folder);
        let read =
            |name: &str| std::fs::read_to_string(folder.join(name)).expect("a readable file");
        let document: Value = serde_json::from_str(&read(document)).expect("JSON");
        let mut proof: Value = serde_json::from_str(&read("07-proof.json")).expect("JSON");
        let members = proof.as_object_mut().expect("an object");
        members.remove("proofValue");
        members.insert("@context".to_owned(), document["@context"].clone());

        let expected = read("document-canon.nq.txt");
        assert_eq!(canonical(&document).expect("statements"), expected);
        assert_eq!(
            canonical(&proof).expect("statements"),
            read("proof-canon.nq.txt")
        );
    }
}

#[test]
fn every_published_example_gives_the_statements_that_the_oracle_reads() {
    let Some(spec) = spec("statements of the published examples") else {
        return;
    };
    let mut read = 0;
    for (name, document) in examples(&spec) {
        if document.get("@context").is_none() {
            continue;
        }
        match canonical(&document) {
            Ok(ours) => {
                let theirs = rdf_oracle::canonical(&document).expect("the oracle reads it");
                assert_eq!(ours, theirs, "{name}");
                read += 1;
            }
            Err(error) => println!("{name}: {} {error}", error.code()),
        }
    }
    assert!(read > 0);
}
