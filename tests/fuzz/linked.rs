//! Documents as statements, and statements in their one order.

use keys::dataset::{Dataset, Term};
use keys::jsonld::{self, Contexts, LdLimits};
use keys::rdfc::{self, HashAlgorithm};
use schemas::json::{self, JsonLimits};
use serde_json::{Map, Value};

/// What a document says does not depend on the order of its members.
pub fn jsonld(data: &[u8]) {
    let Ok(document) = json::read(data, &JsonLimits::default()) else {
        return;
    };
    let limits = LdLimits::default();
    let Ok(statements) = canonical(&document, &limits) else {
        return;
    };
    // The search may have been stopped in one order and not in the other.
    if let (Some(one), Ok(Some(other))) = (statements, canonical(&reversed(&document), &limits)) {
        assert_same(&one, &other);
    }
}

/// The canonical text depends neither on the order of statements nor on that of blank nodes.
pub fn rdfc(data: &[u8]) {
    // A small part of what a document may cost, so that hard graphs do not take the time of all others.
    let limits = LdLimits {
        hash_calls: 2_000,
        ..LdLimits::default()
    };
    let forwards = dataset(data.chunks_exact(4), |node| node);
    let backwards = dataset(data.chunks_exact(4).rev(), |node| NODES - 1 - node);
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
        let one = rdfc::canonicalize(&forwards, hash, &limits);
        let other = rdfc::canonicalize(&backwards, hash, &limits);
        match (one, other) {
            (Ok(one), Ok(other)) => assert_same(&one, &other),
            (Err(error), _) | (_, Err(error)) => {
                assert_eq!(error.code(), "ld.complexity");
                return;
            }
        }
    }
}

/// The statements, unless canonicalising them was too much work.
fn canonical(document: &Value, limits: &LdLimits) -> Result<Option<String>, ()> {
    let dataset = jsonld::to_rdf(document, Contexts::embedded(), limits).map_err(|error| {
        assert!(error.code().starts_with("ld."), "{}", error.code());
    })?;
    assert!(dataset.statements() <= limits.statements);
    match rdfc::canonicalize(&dataset, HashAlgorithm::Sha256, limits) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            assert_eq!(error.code(), "ld.complexity");
            Ok(None)
        }
    }
}

/// Whether two texts of the same statements are the same.
///
/// RDFC-1.0 itself has more than one text for some datasets with named graphs: nodes are told apart by the predicate and
/// by their place in a statement (section 4.7), not by its graph nor by the third node in it. Such texts differ in labels
/// alone.
fn assert_same(one: &str, other: &str) {
    // Nothing but a graph makes a statement of four terms.
    if one.lines().any(|line| line.split(' ').count() > 4) {
        assert_eq!(unlabelled(one), unlabelled(other));
    } else {
        assert_eq!(one, other);
    }
}

fn unlabelled(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| {
        let mut parts = line.split(LABEL);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |line, part| {
            line + "_:" + part.trim_start_matches(|c: char| c.is_ascii_digit())
        })
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

/// A graph of sixteen blank nodes and as many names, four bytes a statement.
fn dataset<'d>(
    statements: impl Iterator<Item = &'d [u8]>,
    place: impl Fn(usize) -> usize,
) -> Dataset {
    let mut dataset = Dataset::new();
    let drawn: Vec<Term> = (0..NODES).map(|_| dataset.new_blank_node()).collect();
    for statement in statements {
        let mut term = |byte: u8| match byte {
            0..128 => Some(drawn[place(usize::from(byte) % NODES)]),
            _ => dataset.iri(&format!("urn:n:{}", byte % 16)),
        };
        let (subject, object) = (term(statement[0]), term(statement[2]));
        let graph = (statement[3] >= 64).then(|| term(statement[3])).flatten();
        let predicate = dataset.iri(&format!("urn:p:{}", statement[1] % 4));
        if let (Some(subject), Some(predicate), Some(object)) = (subject, predicate, object) {
            dataset.insert(subject, predicate, object, graph);
        }
    }
    dataset
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(name, member)| (name.clone(), reversed(member)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

const NODES: usize = 16;

/// How the label of a canonical blank node begins.
const LABEL: &str = "_:c14n";
