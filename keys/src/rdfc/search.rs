//! Telling blank nodes apart whose own statements look alike, by looking at their neighbours'.

use std::collections::BTreeMap;

use super::{Canonicalizer, Digest, NONE, push_number};
use crate::dataset::Term;
use crate::jsonld::LdError;

/// Numbers given out on trial, in order (section 4.5, with the prefix `b`).
#[derive(Clone)]
struct Trial {
    order: Vec<u32>,
}

impl Trial {
    fn number(&self, node: u32) -> Option<u32> {
        let place = self.order.iter().position(|issued| *issued == node)?;
        Some(place as u32)
    }

    fn issue(&mut self, node: u32) -> u32 {
        self.number(node).unwrap_or_else(|| {
            self.order.push(node);
            self.order.len() as u32 - 1
        })
    }
}

impl Canonicalizer<'_> {
    /// Gives numbers to nodes with equal first-degree hashes (section 4.4.3, step 5).
    pub(super) fn tell_apart(&mut self, group: &[u32]) -> Result<(), LdError> {
        let mut paths = Vec::new();
        for node in group {
            if self.canonical[*node as usize] != NONE {
                continue;
            }
            let trial = Trial { order: vec![*node] };
            paths.push(self.hash_n_degree(*node, trial, 0)?);
        }
        paths.sort_by_key(|(digest, _)| *digest);
        for (_, trial) in paths {
            for node in trial.order {
                self.issue(node);
            }
        }
        Ok(())
    }

    /// Hash N-Degree Quads (section 4.8).
    fn hash_n_degree(
        &mut self,
        node: u32,
        mut trial: Trial,
        depth: usize,
    ) -> Result<(Digest, Trial), LdError> {
        if depth >= MOST_DEPTH {
            return Err(LdError::complexity("chain of blank nodes that look alike"));
        }
        let mut input = Vec::new();
        for (digest, neighbours) in self.neighbours(node, &trial)? {
            digest.push_hexadecimal(&mut input);
            let (path, chosen) = self.shortest_path(neighbours, &trial, depth)?;
            input.extend_from_slice(&path);
            trial = chosen;
        }
        self.work.spend(input.len())?;
        let digest = Digest::of(self.algorithm, std::iter::once(input.as_slice()));
        Ok((digest, trial))
    }

    /// The blank nodes that share a statement with `node`, by how they are related (steps 1 to 3).
    fn neighbours(
        &mut self,
        node: u32,
        trial: &Trial,
    ) -> Result<BTreeMap<Digest, Vec<u32>>, LdError> {
        let mut related: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
        let mentions: Vec<u32> = self.mentions_of(node).to_vec();
        for index in mentions {
            let quad = self.quads[index as usize];
            for (position, term) in [
                (b's', quad.subject),
                (b'o', quad.object),
                (b'g', quad.graph),
            ] {
                let Some(other) = term.blank_node().filter(|other| *other != node) else {
                    continue;
                };
                let digest = self.hash_related(other, quad.predicate, position, trial)?;
                related.entry(digest).or_default().push(other);
            }
        }
        Ok(related)
    }

    /// Hash Related Blank Node (section 4.7).
    fn hash_related(
        &mut self,
        other: u32,
        predicate: Term,
        position: u8,
        trial: &Trial,
    ) -> Result<Digest, LdError> {
        let mut input = vec![position];
        if position != b'g' {
            input.extend_from_slice(self.dataset.text(predicate).as_bytes());
        }
        if self.canonical[other as usize] != NONE {
            input.extend_from_slice(b"_:c14n");
            push_number(&mut input, self.canonical[other as usize]);
        } else if let Some(number) = trial.number(other) {
            input.extend_from_slice(b"_:b");
            push_number(&mut input, number);
        } else {
            self.first_degree[other as usize].push_hexadecimal(&mut input);
        }
        self.work.spend(input.len() + trial.order.len())?;
        Ok(Digest::of(
            self.algorithm,
            std::iter::once(input.as_slice()),
        ))
    }

    /// Tries every order of the neighbours and keeps the one whose path is least (step 5.4).
    fn shortest_path(
        &mut self,
        mut neighbours: Vec<u32>,
        trial: &Trial,
        depth: usize,
    ) -> Result<(Vec<u8>, Trial), LdError> {
        let mut least: Option<(Vec<u8>, Trial)> = None;
        // A neighbour stands here once for each statement that relates it. In order, equal ones are
        // not exchanged with each other: a node in a graph of six statements has one order, not 720.
        neighbours.sort_unstable();
        loop {
            if let Some(path) = self.path(&neighbours, trial, depth, least.as_ref())? {
                least = Some(path);
            }
            if !next_order(&mut neighbours) {
                break;
            }
        }
        Ok(least.expect("the first order has nothing to be compared with"))
    }

    /// The path of one order of the neighbours, unless it is longer or greater than the least.
    fn path(
        &mut self,
        order: &[u32],
        trial: &Trial,
        depth: usize,
        least: Option<&(Vec<u8>, Trial)>,
    ) -> Result<Option<(Vec<u8>, Trial)>, LdError> {
        let worse = |path: &[u8]| {
            least.is_some_and(|(least, _)| path.len() >= least.len() && path > least.as_slice())
        };
        let mut trial = trial.clone();
        let mut path = Vec::new();
        let mut pending = Vec::new();
        for node in order {
            // Charged before the copies are made use of: n! orders come through here.
            self.work.spend(path.len() + 4 * trial.order.len())?;
            let number = self.canonical[*node as usize];
            if number != NONE {
                path.extend_from_slice(b"_:c14n");
                push_number(&mut path, number);
            } else {
                if trial.number(*node).is_none() {
                    pending.push(*node);
                }
                path.extend_from_slice(b"_:b");
                push_number(&mut path, trial.issue(*node));
            }
            if worse(&path) {
                return Ok(None);
            }
        }
        for node in pending {
            let (digest, deeper) = self.hash_n_degree(node, trial.clone(), depth + 1)?;
            path.extend_from_slice(b"_:b");
            push_number(&mut path, trial.issue(node));
            path.push(b'<');
            digest.push_hexadecimal(&mut path);
            path.push(b'>');
            trial = deeper;
            if worse(&path) {
                return Ok(None);
            }
        }
        let least_so_far = least.is_none_or(|(least, _)| path < *least);
        Ok(least_so_far.then_some((path, trial)))
    }
}

/// Puts the next order, as dictionaries sort them, in place of this one; `false` after the last.
fn next_order(nodes: &mut [u32]) -> bool {
    let Some(place) = nodes.windows(2).rposition(|pair| pair[0] < pair[1]) else {
        return false;
    };
    let next = nodes
        .iter()
        .rposition(|node| *node > nodes[place])
        .expect("the node after the place is greater");
    nodes.swap(place, next);
    nodes[place + 1..].reverse();
    true
}

/// How far the search may walk from node to node. Each step is a call on the stack of a few hundred
/// bytes, and a walk this long over nodes that look alike is found in no credential.
const MOST_DEPTH: usize = 256;
