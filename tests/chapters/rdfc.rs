//! Canonicalisation gives the bytes of the standard's vectors, and graphs made to be hard end it.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use keys::dataset::{Dataset, Term};
use keys::jsonld::{LdError, LdLimits};
use keys::rdfc::{HashAlgorithm, canonical_numbers, canonicalize};
use oxrdf::{GraphName, NamedOrBlankNode};
use oxttl::NQuadsParser;
use serde_json::Value;

use crate::fuzz::MOST_BYTES;
use crate::fuzz::memory::peak_of;
use crate::rdf_oracle;
use crate::support::{sha256_hex, vectors};

/// Forms: library.
#[test]
fn attack_l_09_every_vector_gives_its_bytes() {
    let folder = vectors().join("rdfc10");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("the list of files");
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").expect("a digest and a name");
        let bytes = fs::read(folder.join("files").join(name)).expect("a listed file exists");
        assert_eq!(sha256_hex(&bytes), digest, "{name}");
    }
    let read = |name: &Value| {
        let name = name.as_str().expect("a name").trim_start_matches("rdfc10/");
        fs::read_to_string(folder.join("files").join(name)).expect("a listed file exists")
    };
    let manifest: Value = serde_json::from_str(&read(&"manifest.jsonld".into())).expect("JSON");
    let limits = LdLimits::default();
    let mut counts = HashMap::new();
    for entry in manifest["entries"].as_array().expect("entries") {
        let id = entry["id"].as_str().expect("an id");
        let algorithm = match entry["hashAlgorithm"].as_str() {
            Some("SHA384") => HashAlgorithm::Sha384,
            _ => HashAlgorithm::Sha256,
        };
        let (dataset, labels) = dataset(&read(&entry["action"]));
        let kind = entry["type"].as_str().expect("a type");
        match kind {
            "rdfc:RDFC10EvalTest" => {
                let text = canonicalize(&dataset, algorithm, &limits).expect("within the limits");
                assert_eq!(text, read(&entry["result"]), "{id}");
            }
            "rdfc:RDFC10MapTest" => {
                let expected: HashMap<String, String> =
                    serde_json::from_str(&read(&entry["result"])).expect("JSON");
                let numbers = canonical_numbers(&dataset, algorithm, &limits).expect("numbers");
                for (label, node) in &labels {
                    let node = node.blank_node().expect("a blank node");
                    let number = numbers[node as usize].expect("a number");
                    assert_eq!(format!("c14n{number}"), expected[label], "{id}");
                }
                assert_eq!(labels.len(), expected.len(), "{id}");
            }
            "rdfc:RDFC10NegativeEvalTest" => {
                let refusal = canonicalize(&dataset, algorithm, &limits).expect_err("too hard");
                assert_eq!(refusal.code(), "ld.complexity", "{id}");
            }
            other => panic!("{id}: {other}"),
        }
        *counts.entry(kind.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(counts["rdfc:RDFC10EvalTest"], 64);
    assert_eq!(counts["rdfc:RDFC10MapTest"], 21);
    assert_eq!(counts["rdfc:RDFC10NegativeEvalTest"], 1);
}

/// The published vectors have none of the two characters below U+10000 that XML 1.1 leaves out and RDF does not.
#[test]
fn attack_l_09_characters_are_escaped_as_appendix_a_says() {
    let text =
        "<urn:s> <urn:p> \"\\u0000\\u001F\\u007F\\u0080\\uFFFD\\uFFFE\\uFFFF\\U0010FFFF\" .\n";
    let expected =
        "<urn:s> <urn:p> \"\\u0000\\u001F\\u007F\u{80}\u{fffd}\\uFFFE\\uFFFF\u{10ffff}\" .\n";
    let (dataset, _) = dataset(text);
    let canonical = canonicalize(&dataset, HashAlgorithm::Sha256, &LdLimits::default());
    assert_eq!(canonical.as_deref(), Ok(expected));
}

#[test]
fn attack_l_08_graphs_made_to_be_hard_are_computed_or_refused_for_their_cost() {
    for (name, edges) in hard() {
        let first = run(&edges);
        // The same graph, its nodes and statements in another order.
        let largest = edges.iter().flat_map(|edge| [edge.0, edge.1]).max();
        let largest = largest.expect("a graph with edges");
        let turned: Vec<_> = edges
            .iter()
            .rev()
            .map(|edge| (largest - edge.0, largest - edge.1))
            .collect();
        match (first, run(&turned)) {
            (Ok(first), Ok(second)) => assert_eq!(first, second, "{name}"),
            (Err(refusal), _) | (_, Err(refusal)) => {
                assert_eq!(refusal.code(), "ld.complexity", "{name}");
            }
        }
    }
}

/// The work is counted, so that what a graph may cost does not hang on the machine; how long it takes is told only.
#[test]
fn graphs_made_to_be_hard_take_little_memory_and_time() {
    let (mut slowest, mut most, mut refused) = ((Duration::ZERO, String::new()), 0, 0);
    let hard = hard();
    let graphs = hard.len();
    for (name, edges) in hard {
        let (outcome, bytes) = peak_of(|| run(&edges));
        assert!(bytes < MOST_BYTES, "{name} holds {bytes} bytes");
        most = most.max(bytes);
        refused += u32::from(outcome.is_err());
        // Others use the machine too: what a graph takes is the least of a few times.
        let times = (0..3).map(|_| {
            let begun = Instant::now();
            let _ = run(&edges);
            begun.elapsed()
        });
        let took = times.min().unwrap_or_default();
        slowest = slowest.max((took, name));
    }
    println!(
        "{graphs} graphs, {refused} refused: slowest {} ms ({}), most memory {} KiB",
        slowest.0.as_millis(),
        slowest.1,
        most / 1024
    );
}

#[test]
fn ordinary_graphs_that_look_alike_are_computed() {
    for edges in [
        clique(5),
        circle(50),
        chain(100),
        alike(1_000, false),
        alike(1_000, true),
    ] {
        run(&edges).expect("within the limits");
    }
}

#[test]
fn small_random_graphs_are_canonical_as_the_oracle_says() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for round in 0..2_000 {
        let nodes = 2 + next(5);
        let mut text = String::new();
        for _ in 0..1 + next(9) {
            let subject = next(nodes);
            let object = match next(4) {
                0 => "\"x\"".to_owned(),
                _ => format!("_:n{}", next(nodes)),
            };
            let predicate = next(2);
            text += &format!("_:n{subject} <urn:p{predicate}> {object} .\n");
        }
        let ours = canonicalize(
            &dataset(&text).0,
            HashAlgorithm::Sha256,
            &LdLimits::default(),
        );
        let theirs = rdf_oracle::canonical_text(rdf_oracle::parse(&text));
        assert_eq!(ours.expect("within the limits"), theirs, "{round}: {text}");
    }
}

#[test]
fn the_limits_hold_for_statements_blank_nodes_and_length() {
    let mut dataset = Dataset::new();
    let predicate = dataset.iri("urn:p").expect("an IRI");
    let long = dataset
        .iri(&format!("urn:{}", "x".repeat(400_000)))
        .expect("an IRI");
    for index in 0..100 {
        let object = dataset
            .literal(&index.to_string(), "urn:d")
            .expect("a literal");
        dataset.insert(long, predicate, object, None);
    }
    let refusal = canonicalize(&dataset, HashAlgorithm::Sha256, &LdLimits::default());
    assert_eq!(refusal.expect_err("too long").code(), "ld.complexity");
}

#[test]
fn what_n_quads_cannot_write_is_no_term() {
    let mut dataset = Dataset::new();
    for iri in [
        "urn:a> <urn:b",
        "urn:a b",
        "urn:\"",
        "urn:\n",
        "urn:a\\u003e",
    ] {
        assert_eq!(dataset.iri(iri), None, "{iri}");
        assert_eq!(dataset.literal("x", iri), None, "{iri}");
    }
    for tag in ["", "e n", "en-", "-en", "en-abcdefghi", "en\" .", "1n"] {
        assert_eq!(dataset.language_string("x", tag), None, "{tag}");
    }
    assert!(dataset.language_string("x", "zh-hant-tw").is_some());
}

/// A dataset of ours from N-Quads, and what its blank nodes are called there.
pub fn dataset(text: &str) -> (Dataset, HashMap<String, Term>) {
    let mut dataset = Dataset::new();
    let mut labels: HashMap<String, Term> = HashMap::new();
    for quad in NQuadsParser::new().for_slice(text) {
        let quad = quad.expect("a statement");
        let mut blank = |dataset: &mut Dataset, label: &str| {
            *labels
                .entry(label.to_owned())
                .or_insert_with(|| dataset.new_blank_node())
        };
        let subject = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => dataset.iri(node.as_str()).expect("an IRI"),
            NamedOrBlankNode::BlankNode(node) => blank(&mut dataset, node.as_str()),
        };
        let predicate = dataset.iri(quad.predicate.as_str()).expect("an IRI");
        let object = match &quad.object {
            oxrdf::Term::NamedNode(node) => dataset.iri(node.as_str()).expect("an IRI"),
            oxrdf::Term::BlankNode(node) => blank(&mut dataset, node.as_str()),
            oxrdf::Term::Literal(literal) => match literal.language() {
                Some(language) => dataset
                    .language_string(literal.value(), language)
                    .expect("a language"),
                None => dataset
                    .literal(literal.value(), literal.datatype().as_str())
                    .expect("a datatype"),
            },
        };
        let graph = match &quad.graph_name {
            GraphName::NamedNode(node) => Some(dataset.iri(node.as_str()).expect("an IRI")),
            GraphName::BlankNode(node) => Some(blank(&mut dataset, node.as_str())),
            GraphName::DefaultGraph => None,
        };
        dataset.insert(subject, predicate, object, graph);
    }
    (dataset, labels)
}

fn run(edges: &[(usize, usize)]) -> Result<String, LdError> {
    let mut dataset = Dataset::new();
    let predicate = dataset.iri("urn:p").expect("an IRI");
    let hub = dataset.iri("urn:hub").expect("an IRI");
    let largest = edges.iter().flat_map(|edge| [edge.0, edge.1]).max();
    let nodes: Vec<Term> = (0..=largest.unwrap_or(0))
        .map(|_| dataset.new_blank_node())
        .collect();
    for (from, to) in edges {
        // An edge from a node to itself stands for one to a named node.
        let to = if from == to { hub } else { nodes[*to] };
        dataset.insert(nodes[*from], predicate, to, None);
    }
    canonicalize(&dataset, HashAlgorithm::Sha256, &LdLimits::default())
}

/// Graphs made to be hard, by name.
fn hard() -> Vec<(String, Vec<(usize, usize)>)> {
    let mut hard = Vec::new();
    for nodes in 5..=40 {
        hard.push((format!("clique of {nodes}"), clique(nodes)));
    }
    for steps in [10, 50, 200, 900] {
        hard.push((format!("ladder of {steps}"), ladder(steps)));
        hard.push((format!("circle of {steps}"), circle(steps)));
        hard.push((format!("chain of {steps}"), chain(steps)));
    }
    for copies in [10, 100, 1_000] {
        hard.push((
            format!("{copies} alike around a name"),
            alike(copies, false),
        ));
        hard.push((
            format!("{copies} alike around a blank node"),
            alike(copies, true),
        ));
    }
    hard
}

fn clique(nodes: usize) -> Vec<(usize, usize)> {
    (0..nodes)
        .flat_map(|from| (0..nodes).map(move |to| (from, to)))
        .filter(|(from, to)| from != to)
        .collect()
}

fn ladder(steps: usize) -> Vec<(usize, usize)> {
    (0..steps)
        .flat_map(|step| {
            let (left, right) = (2 * step, 2 * step + 1);
            [
                (left, right),
                (right, left),
                (left, (left + 2) % (2 * steps)),
                (right, (right + 2) % (2 * steps)),
            ]
        })
        .collect()
}

fn circle(steps: usize) -> Vec<(usize, usize)> {
    (0..steps).map(|step| (step, (step + 1) % steps)).collect()
}

fn chain(steps: usize) -> Vec<(usize, usize)> {
    (0..steps).map(|step| (step, step + 1)).collect()
}

/// Nodes with nothing to tell them apart, around a named node or a blank one.
fn alike(copies: usize, blank: bool) -> Vec<(usize, usize)> {
    (0..copies)
        .map(|copy| (copy, if blank { copies } else { copy }))
        .collect()
}
