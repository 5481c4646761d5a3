//! Contexts that stand in the document: read where the test suites of others need them, and never so that a reader of
//! the JSON sees less than the statements say.

use std::collections::HashMap;

use keys::jsonld::{Contexts, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde_json::{Value, json};

use crate::rdf_oracle;

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";

#[test]
fn contexts_in_any_order_give_the_statements_that_the_oracle_reads() {
    let degree = json!({
        "Degree": "https://example.org/terms#Degree",
        "degree": {
            "@id": "https://example.org/terms#degree",
            "@context": {"college": "https://example.org/terms#college"},
        },
        "terms": "https://example.org/more#",
    });
    let protected = json!({"@protected": true, "motto": "https://example.org/terms#motto"});
    let vocabulary = json!({"@vocab": "https://example.org/vocabulary#"});
    let lists = [
        json!([V2, degree, protected]),
        json!([V2, protected, EXAMPLES, degree]),
        json!([degree, V2, protected]),
        json!([V2, vocabulary, degree]),
        json!([EXAMPLES, degree, V2, protected]),
    ];
    for contexts in lists {
        let mut document = json!({
            "@context": contexts,
            "id": "urn:uuid:5d3d0a5e-9ae1-4c5b-8d0f-5f2b8a3c1e11",
            "type": ["VerifiableCredential", "Degree"],
            "issuer": "https://issuer.example/",
            "credentialSubject": {
                "id": "did:example:subject",
                "type": "terms:Person",
                "degree": {"college": "Lisp"},
                "motto": "Quod erat",
            },
        });
        if contexts[1] == vocabulary || contexts[0] == EXAMPLES {
            document["credentialSubject"]["anything"] = json!("a word of the vocabulary");
        }
        if contexts[1] == vocabulary {
            document["credentialSubject"]["nested"] = json!({
                "@context": {"inner": "https://example.org/terms#inner"},
                "inner": "a word with a context of its own",
            });
        }
        let ours = statements(&document).unwrap_or_else(|code| panic!("{code} {contexts}"));
        let theirs = rdf_oracle::canonical_with(&document, pinned()).expect("the oracle reads it");
        rdf_oracle::assert_same_statements(&ours, &theirs, &contexts.to_string());
    }
}

#[test]
fn badges_bring_no_contexts_and_name_no_examples() {
    for context in [json!({"word": "urn:word"}), json!(EXAMPLES)] {
        let document = json!({"@context": [V2, context], "id": "urn:x", "name": "Ada"});
        assert!(statements(&document).is_ok());
        let limits = LdLimits::default();
        let refused = to_rdf(&document, Contexts::embedded(), &limits);
        let refused = refused
            .err()
            .map(|error| (error.code(), error.pointer().to_owned()));
        assert_eq!(
            refused,
            Some(("ld.context_not_allowed", "/@context/1".to_owned()))
        );
    }
}

#[test]
fn a_context_in_the_document_leaves_the_pinned_ones_their_words() {
    let cases = [
        ("ld.protected_term", json!({"id": "urn:id"})),
        (
            "ld.protected_term",
            json!({"VerifiableCredential": "urn:other"}),
        ),
        ("ld.protected_term", json!({"name": null})),
        // Protected by the context, so the one that comes with the type cannot be entered.
        (
            "ld.protected_term",
            json!({"@protected": true, "issuer": "urn:issuer"}),
        ),
        // A term's own context may not do it either, though JSON-LD would let it.
        (
            "ld.protected_term",
            json!({"member": {"@id": "urn:m", "@context": {"type": "urn:type"}}}),
        ),
        (
            "ld.protected_term",
            json!({"member": {"@id": "urn:m", "@context": [null]}}),
        ),
        (
            "ld.ambiguous_alias",
            json!({"member": "https://www.w3.org/2018/credentials#credentialStatus"}),
        ),
        (
            "ld.ambiguous_alias",
            json!({"cred": "https://www.w3.org/2018/credentials#", "member": "cred:validUntil"}),
        ),
        (
            "ld.ambiguous_alias",
            json!({"member": {"@id": "urn:m", "@context": {"until": "https://www.w3.org/2018/credentials#validUntil"}}}),
        ),
        ("ld.ambiguous_alias", json!({"member": "@type"})),
        ("ld.ambiguous_alias", json!({"member": "@id"})),
        ("ld.ambiguous_alias", json!({"member": "@value"})),
        ("ld.context_not_allowed", json!({"@import": V2})),
        (
            "ld.context_not_allowed",
            json!({"@base": "https://issuer.example/"}),
        ),
        ("ld.context_not_allowed", json!({"@version": 1.0})),
        (
            "ld.context_not_allowed",
            json!({"member": {"@id": "urn:m", "@context": "https://attacker.example/"}}),
        ),
        ("ld.context_not_allowed", json!("https://attacker.example/")),
        (
            "ld.context_not_allowed",
            json!({"member": {"@id": "urn:m", "@unknown": true}}),
        ),
        ("ld.context_not_allowed", json!({"member": "relative"})),
        ("ld.context_not_allowed", json!(["nested"])),
        ("ld.context_not_allowed", json!(7)),
        ("ld.data_loss", json!({"member": null})),
        ("ld.data_loss", json!({"other": "urn:other"})),
        (
            "ld.data_loss",
            json!({"member": {"@id": "urn:m", "@direction": "rtl"}}),
        ),
        (
            "ld.keyword_not_allowed",
            json!({"member": {"@reverse": "urn:m"}}),
        ),
        (
            "ld.keyword_not_allowed",
            json!({"member": {"@id": "urn:m", "@container": "@index"}}),
        ),
    ];
    for (code, context) in cases {
        let document = credential(json!([V2, context]), json!("a value"));
        assert_eq!(
            statements(&document).err(),
            Some(code.to_owned()),
            "{context}"
        );
        // The same context further down is no way around.
        let mut below = credential(json!(V2), json!("unused"));
        let subject = below["credentialSubject"]
            .as_object_mut()
            .expect("an object");
        subject.remove("member");
        let inner = credential(json!(context), json!("a value"));
        subject.insert("relatedResource".to_owned(), inner);
        assert!(statements(&below).is_err(), "{context}");
    }
    // By way of the vocabulary.
    let mut document = credential(
        json!([V2, {"@vocab": "https://www.w3.org/2018/credentials#"}]),
        json!("a value"),
    );
    document["credentialSubject"]["credentialStatus"] = json!("urn:status");
    assert_eq!(
        statements(&document).err().as_deref(),
        Some("ld.ambiguous_alias")
    );
}

#[test]
fn the_same_words_once_more_are_no_second_words() {
    for context in [
        json!({"id": "@id", "type": "@type", "name": "https://schema.org/name", "member": "urn:m"}),
        json!({"@version": 1.1, "member": {"@id": "urn:m", "@type": "@json"}}),
        json!({"member": {"@id": "urn:m", "@language": "en"}}),
    ] {
        let document = credential(json!([V2, context]), json!("a value"));
        statements(&document).unwrap_or_else(|code| panic!("{code} {context}"));
    }
}

#[test]
fn contexts_in_the_document_are_bounded() {
    let wide = |terms: usize| {
        let terms = (0..terms).map(|term| (format!("t{term}"), json!(format!("urn:t:{term}"))));
        Value::Object(
            terms
                .chain([("member".to_owned(), json!("urn:m"))])
                .collect(),
        )
    };
    let ordinary = credential(json!([V2, wide(200)]), json!("a value"));
    assert!(statements(&ordinary).is_ok());

    let mut deep = json!({"member": "urn:m"});
    for _ in 0..64 {
        deep = json!({"member": {"@id": "urn:m", "@context": deep}});
    }
    let below = (0..60).map(|_| json!({"@context": wide(40), "member": "x"}));
    let mut spread = credential(json!([V2, {"member": "urn:m"}]), json!("a value"));
    spread["credentialSubject"]["member"] = below.collect();
    let many = vec![json!({"member": "urn:m"}); 9];
    for document in [
        credential(json!([V2, wide(5_000)]), json!("a value")),
        credential(json!([V2, deep]), json!("a value")),
        credential(json!(many), json!("a value")),
        spread,
    ] {
        assert_eq!(
            statements(&document).err().as_deref(),
            Some("ld.complexity")
        );
    }
}

/// What one document brings is forgotten: the next one cannot use it.
#[test]
fn nothing_of_a_context_in_a_document_is_left_to_the_next() {
    let own = credential(json!([V2, {"member": "urn:one"}]), json!("a value"));
    let other = credential(json!([V2, {"member": "urn:two"}]), json!("a value"));
    let (one, two) = (
        statements(&own).expect("read"),
        statements(&other).expect("read"),
    );
    assert!(one.contains("<urn:one>") && !one.contains("<urn:two>"));
    assert!(two.contains("<urn:two>") && !two.contains("<urn:one>"));
    let without = credential(json!([V2]), json!("a value"));
    assert_eq!(statements(&without).err().as_deref(), Some("ld.data_loss"));
}

fn credential(contexts: Value, member: Value) -> Value {
    json!({
        "@context": contexts,
        "id": "urn:uuid:5d3d0a5e-9ae1-4c5b-8d0f-5f2b8a3c1e11",
        "type": ["VerifiableCredential"],
        "issuer": "https://issuer.example/",
        "credentialSubject": {"id": "did:example:subject", "member": member},
    })
}

/// The canonical statements, or the code of the refusal.
fn statements(document: &Value) -> Result<String, String> {
    let limits = LdLimits::default();
    let dataset = to_rdf(document, Contexts::interop(), &limits);
    dataset
        .and_then(|dataset| canonicalize(&dataset, HashAlgorithm::Sha256, &limits))
        .map_err(|error| error.code().to_owned())
}

fn pinned() -> HashMap<String, String> {
    let documents = schemas::contexts::all().iter();
    documents
        .chain([&schemas::contexts::EXAMPLES])
        .map(|document| (document.url.to_owned(), document.text.to_owned()))
        .collect()
}
