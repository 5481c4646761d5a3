//! RDF Dataset Canonicalization, RDFC-1.0: the same statements always give the same bytes.
//!
//! Nearly every badge is done after the first pass, which tells its blank nodes apart by the
//! statements around each one. Only nodes that look alike go on to the search of `rdfc/search.rs`,
//! whose cost a hostile document could drive without end (RDF Dataset Canonicalization, section
//! 7.1), so all work is counted and stopped at a limit.

mod search;

use sha2::{Digest as _, Sha256, Sha384};

use crate::dataset::{DEFAULT_GRAPH, Dataset, Quad, Term};
use crate::jsonld::{Allowance, LdError, LdLimits};

/// The hash function of the algorithm; ecdsa-rdfc-2019 takes SHA-384 for P-384 keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// SHA-256, the default.
    Sha256,
    /// SHA-384.
    Sha384,
}

/// The canonical N-Quads of a dataset.
pub fn canonicalize(
    dataset: &Dataset,
    hash: HashAlgorithm,
    limits: &LdLimits,
) -> Result<String, LdError> {
    let canonicalizer = Canonicalizer::label(dataset, hash, limits)?;
    Ok(canonicalizer.text())
}

/// The canonical number of each blank node (`_:c14n` and this number), in the order in which
/// [`Dataset::new_blank_node`] gave them out; `None` for a node that is in no statement.
pub fn canonical_numbers(
    dataset: &Dataset,
    hash: HashAlgorithm,
    limits: &LdLimits,
) -> Result<Vec<Option<u32>>, LdError> {
    let canonicalizer = Canonicalizer::label(dataset, hash, limits)?;
    Ok(canonicalizer
        .canonical
        .iter()
        .map(|number| (*number != NONE).then_some(*number))
        .collect())
}

/// The statements of a dataset as N-Quads with these names for its blank nodes, each once, in the order of code points.
pub(crate) fn named_statements(dataset: &Dataset, names: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = dataset
        .quads()
        .iter()
        .map(|quad| {
            let mut line = Vec::with_capacity(256);
            write_quad(&mut line, dataset, quad, |line, node| {
                line.extend_from_slice(b"_:");
                line.extend_from_slice(names[node as usize].as_bytes());
            });
            String::from_utf8(line).expect("terms and names are strings, and the rest is ASCII")
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

struct Canonicalizer<'a> {
    dataset: &'a Dataset,
    algorithm: HashAlgorithm,
    /// Each statement once.
    quads: Vec<Quad>,
    /// For each blank node, which part of `mentions` lists its statements.
    starts: Vec<u32>,
    mentions: Vec<u32>,
    /// The first-degree hash of each blank node.
    first_degree: Vec<Digest>,
    /// The canonical number of each blank node, or `NONE`.
    canonical: Vec<u32>,
    issued: u32,
    work: Work,
    buffer: Vec<u8>,
}

impl<'a> Canonicalizer<'a> {
    /// Gives every blank node its number (section 4.4).
    fn label(
        dataset: &'a Dataset,
        algorithm: HashAlgorithm,
        limits: &LdLimits,
    ) -> Result<Canonicalizer<'a>, LdError> {
        limits.check(dataset)?;
        let mut quads = dataset.quads().to_vec();
        quads.sort_unstable();
        quads.dedup();
        let blank_nodes = dataset.blank_nodes();
        let mut canonicalizer = Canonicalizer {
            dataset,
            algorithm,
            quads,
            starts: Vec::new(),
            mentions: Vec::new(),
            first_degree: Vec::with_capacity(blank_nodes),
            canonical: vec![NONE; blank_nodes],
            issued: 0,
            work: Work::new(limits),
            buffer: Vec::with_capacity(4096),
        };
        canonicalizer.find_mentions(blank_nodes);

        // Steps 3 and 4: nodes with a hash of their own take the first numbers, by hash.
        let mut order = Vec::with_capacity(blank_nodes);
        for node in 0..blank_nodes as u32 {
            let digest = canonicalizer.hash_first_degree(node)?;
            canonicalizer.first_degree.push(digest);
            if !canonicalizer.mentions_of(node).is_empty() {
                order.push(node);
            }
        }
        order.sort_unstable_by_key(|node| canonicalizer.first_degree[*node as usize]);
        let groups: Vec<Vec<u32>> = order
            .chunk_by(|a, b| {
                canonicalizer.first_degree[*a as usize] == canonicalizer.first_degree[*b as usize]
            })
            .map(<[u32]>::to_vec)
            .collect();
        for group in &groups {
            if let [node] = group[..] {
                canonicalizer.issue(node);
            }
        }

        // Step 5: the others, group by group.
        for group in &groups {
            if group.len() > 1 {
                canonicalizer.tell_apart(group)?;
            }
        }
        Ok(canonicalizer)
    }

    fn find_mentions(&mut self, blank_nodes: usize) {
        let mut starts = vec![0_u32; blank_nodes + 1];
        for quad in &self.quads {
            for node in blank_nodes_of(quad) {
                starts[node as usize + 1] += 1;
            }
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut mentions = vec![0; starts[blank_nodes] as usize];
        for (index, quad) in self.quads.iter().enumerate() {
            for node in blank_nodes_of(quad) {
                mentions[next[node as usize] as usize] = index as u32;
                next[node as usize] += 1;
            }
        }
        self.starts = starts;
        self.mentions = mentions;
    }

    /// The statements that mention a blank node, by their places in `quads`.
    fn mentions_of(&self, node: u32) -> &[u32] {
        let start = self.starts[node as usize] as usize;
        let end = self.starts[node as usize + 1] as usize;
        &self.mentions[start..end]
    }

    fn issue(&mut self, node: u32) {
        if self.canonical[node as usize] == NONE {
            self.canonical[node as usize] = self.issued;
            self.issued += 1;
        }
    }

    /// Hash First Degree Quads (section 4.6).
    fn hash_first_degree(&mut self, node: u32) -> Result<Digest, LdError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let mut lines = Vec::with_capacity(8);
        for index in self.mentions_of(node) {
            let start = buffer.len();
            write_quad(
                &mut buffer,
                self.dataset,
                &self.quads[*index as usize],
                |buffer, other| {
                    buffer.extend_from_slice(if other == node { b"_:a" } else { b"_:z" });
                },
            );
            lines.push((start, buffer.len()));
        }
        self.work.spend(buffer.len())?;
        lines.sort_unstable_by(|a, b| buffer[a.0..a.1].cmp(&buffer[b.0..b.1]));
        let digest = Digest::of(
            self.algorithm,
            lines.iter().map(|(start, end)| &buffer[*start..*end]),
        );
        self.buffer = buffer;
        Ok(digest)
    }

    /// The canonical N-Quads: one line a statement, in the order of code points (section 4.4.3).
    fn text(&self) -> String {
        let mut buffer = Vec::with_capacity(self.dataset.size());
        let mut lines = Vec::with_capacity(self.quads.len());
        for quad in &self.quads {
            let start = buffer.len();
            write_quad(&mut buffer, self.dataset, quad, |buffer, node| {
                buffer.extend_from_slice(b"_:c14n");
                push_number(buffer, self.canonical[node as usize]);
            });
            lines.push((start, buffer.len()));
        }
        lines.sort_unstable_by(|a, b| buffer[a.0..a.1].cmp(&buffer[b.0..b.1]));
        let mut text = Vec::with_capacity(buffer.len());
        for (start, end) in lines {
            text.extend_from_slice(&buffer[start..end]);
        }
        String::from_utf8(text).expect("the lines are made of terms, which are strings, and ASCII")
    }
}

/// What is left of the work that one dataset may cost.
struct Work {
    hash_calls: u64,
    bytes: u64,
    together: Option<Allowance>,
}

impl Work {
    fn new(limits: &LdLimits) -> Work {
        Work {
            hash_calls: limits.hash_calls,
            bytes: limits.hash_bytes,
            together: limits.together.clone(),
        }
    }

    /// Pays for one call of the hash function, or for one step that costs about as much.
    fn spend(&mut self, bytes: usize) -> Result<(), LdError> {
        let calls = self.hash_calls.checked_sub(1);
        let cost = 1 + bytes as u64 / BYTES_OF_A_CALL;
        let is_shared_left = self.together.as_ref().is_none_or(|all| all.spend(cost));
        let bytes = self.bytes.checked_sub(bytes as u64);
        match (calls, bytes) {
            (Some(calls), Some(bytes)) if is_shared_left => {
                self.hash_calls = calls;
                self.bytes = bytes;
                Ok(())
            }
            _ => Err(LdError::complexity("canonicalisation work")),
        }
    }
}

/// So many bytes take as long to hash as beginning and ending a hash.
const BYTES_OF_A_CALL: u64 = 256;

/// The value of the hash function; it compares as its hexadecimal digits do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Digest {
    bytes: [u8; 48],
    length: u8,
}

impl Digest {
    fn of<'a>(algorithm: HashAlgorithm, parts: impl Iterator<Item = &'a [u8]>) -> Digest {
        let mut digest = Digest {
            bytes: [0; 48],
            length: 0,
        };
        match algorithm {
            HashAlgorithm::Sha256 => {
                let mut hasher = Sha256::new();
                parts.for_each(|part| hasher.update(part));
                digest.bytes[..32].copy_from_slice(&hasher.finalize());
                digest.length = 32;
            }
            HashAlgorithm::Sha384 => {
                let mut hasher = Sha384::new();
                parts.for_each(|part| hasher.update(part));
                digest.bytes.copy_from_slice(&hasher.finalize());
                digest.length = 48;
            }
        }
        digest
    }

    fn push_hexadecimal(&self, buffer: &mut Vec<u8>) {
        for byte in &self.bytes[..self.length as usize] {
            buffer.push(DIGITS[(byte >> 4) as usize]);
            buffer.push(DIGITS[(byte & 15) as usize]);
        }
    }
}

/// The blank nodes in a statement, each once.
fn blank_nodes_of(quad: &Quad) -> impl Iterator<Item = u32> {
    let subject = quad.subject.blank_node();
    let object = quad
        .object
        .blank_node()
        .filter(|_| quad.object != quad.subject);
    let graph = quad
        .graph
        .blank_node()
        .filter(|_| quad.graph != quad.subject && quad.graph != quad.object);
    [subject, object, graph].into_iter().flatten()
}

fn write_quad(
    buffer: &mut Vec<u8>,
    dataset: &Dataset,
    quad: &Quad,
    label: impl Fn(&mut Vec<u8>, u32),
) {
    let mut push = |term: Term| {
        match term.blank_node() {
            Some(node) => label(buffer, node),
            None => buffer.extend_from_slice(dataset.text(term).as_bytes()),
        }
        buffer.push(b' ');
    };
    push(quad.subject);
    push(quad.predicate);
    push(quad.object);
    if quad.graph != DEFAULT_GRAPH {
        push(quad.graph);
    }
    buffer.extend_from_slice(b".\n");
}

fn push_number(buffer: &mut Vec<u8>, number: u32) {
    if number >= 10 {
        push_number(buffer, number / 10);
    }
    buffer.push(b'0' + (number % 10) as u8);
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";
const NONE: u32 = u32::MAX;
