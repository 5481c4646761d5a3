//! The arithmetic of the log's tree: hashes, proofs, and what checks them (RFC 6962, section 2.1; RFC 9162, section 2.1).
//!
//! The tree is kept as the roots of its full subtrees. Appending touches only those; a full subtree never
//! changes again, so each root is stored once, and every proof is made of stored roots.

use sha2::{Digest as _, Sha256};

use crate::digest::Sha256Digest;

/// A tree reduced to what appending needs: its size and the roots of its full subtrees, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    roots: Vec<Sha256Digest>,
}

/// The root of a full subtree that an append has completed: over the leaves `index * 2^level` onwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    pub level: u8,
    pub index: u64,
    pub hash: Sha256Digest,
}

impl Tree {
    /// Takes a tree back from storage. `None` if the number of roots does not fit the size.
    pub fn new(size: u64, roots: Vec<Sha256Digest>) -> Option<Tree> {
        (roots.len() == size.count_ones() as usize).then_some(Tree { size, roots })
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees, largest first.
    pub fn roots(&self) -> &[Sha256Digest] {
        &self.roots
    }

    /// Adds a leaf and returns every full subtree this completes, the leaf itself first.
    pub fn append(&mut self, leaf: Sha256Digest) -> Vec<Node> {
        let mut node = Node {
            level: 0,
            index: self.size,
            hash: leaf,
        };
        let mut completed = vec![node];
        // A set bit of the size is a full subtree of that level, waiting for its right neighbour.
        while self.size >> node.level & 1 == 1 {
            let Some(left) = self.roots.pop() else { break };
            node = Node {
                level: node.level + 1,
                index: node.index >> 1,
                hash: node_hash(&left, &node.hash),
            };
            completed.push(node);
        }
        self.roots.push(node.hash);
        self.size += 1;
        completed
    }

    /// The Merkle tree hash (RFC 6962, section 2.1).
    pub fn root(&self) -> Sha256Digest {
        let right_to_left = self.roots.iter().rev().copied();
        right_to_left
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Sha256Digest::of(b""))
    }
}

/// The hash of a leaf; the prefix keeps leaves and nodes apart (RFC 6962, section 2.1).
pub fn leaf_hash(leaf: &[u8]) -> Sha256Digest {
    let digest: [u8; 32] = Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into();
    digest.into()
}

/// The hash of an inner node (RFC 6962, section 2.1).
pub fn node_hash(left: &Sha256Digest, right: &Sha256Digest) -> Sha256Digest {
    let hasher = Sha256::new()
        .chain_update([1])
        .chain_update(left.bytes())
        .chain_update(right.bytes());
    let digest: [u8; 32] = hasher.finalize().into();
    digest.into()
}

/// The root of the tree of the first `size` leaves.
pub fn root<E>(
    size: u64,
    nodes: &dyn Fn(u8, u64) -> Result<Sha256Digest, E>,
) -> Result<Sha256Digest, E> {
    if size == 0 {
        return Ok(Tree::default().root());
    }
    subtree(0, size, nodes)
}

/// The inclusion proof of a leaf in the tree of the first `size` leaves, `index < size` (RFC 6962, section 2.1.1).
pub fn inclusion<E>(
    index: u64,
    size: u64,
    nodes: &dyn Fn(u8, u64) -> Result<Sha256Digest, E>,
) -> Result<Vec<Sha256Digest>, E> {
    let (mut begin, mut end) = (0, size);
    let mut from_root = Vec::new();
    while end - begin > 1 {
        let middle = begin + largest_power_below(end - begin);
        if index < middle {
            from_root.push(subtree(middle, end, nodes)?);
            end = middle;
        } else {
            from_root.push(subtree(begin, middle, nodes)?);
            begin = middle;
        }
    }
    from_root.reverse();
    Ok(from_root)
}

/// The consistency proof between two sizes of the tree, `old <= new` (RFC 6962, section 2.1.2).
pub fn consistency<E>(
    old: u64,
    new: u64,
    nodes: &dyn Fn(u8, u64) -> Result<Sha256Digest, E>,
) -> Result<Vec<Sha256Digest>, E> {
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut begin, mut end) = (0, new);
    let mut from_root = Vec::new();
    while old != end {
        let middle = begin + largest_power_below(end - begin);
        if old <= middle {
            from_root.push(subtree(middle, end, nodes)?);
            end = middle;
        } else {
            from_root.push(subtree(begin, middle, nodes)?);
            begin = middle;
        }
    }
    // Where the old tree is one full subtree from the left edge, whoever checks knows its root already.
    if begin > 0 {
        from_root.push(subtree(begin, end, nodes)?);
    }
    from_root.reverse();
    Ok(from_root)
}

/// Whether the leaf stands at `index` in the tree with this size and root (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Sha256Digest,
    index: u64,
    size: u64,
    proof: &[Sha256Digest],
    root: &Sha256Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// A size of the tree and the root it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Sha256Digest,
}

/// Whether the newer tree begins with all of the older one (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Sha256Digest]) -> bool {
    if old.size == 0 || old.size >= new.size {
        let nothing_to_prove = old.size == 0 && old.root == Tree::default().root() || old == new;
        return nothing_to_prove && old.size <= new.size && proof.is_empty();
    }
    let known = old.size.is_power_of_two().then_some(old.root);
    let mut path = known.into_iter().chain(proof.iter().copied());
    let Some(first) = path.next() else {
        return false;
    };
    let (mut at, mut last) = (old.size - 1, new.size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_root, mut new_root) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_root = node_hash(&sibling, &old_root);
            new_root = node_hash(&sibling, &new_root);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, &sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_root == old.root && new_root == new.root
}

/// The root over the leaves `begin..end`, a range that the recursive definition of the tree produces.
fn subtree<E>(
    begin: u64,
    end: u64,
    nodes: &dyn Fn(u8, u64) -> Result<Sha256Digest, E>,
) -> Result<Sha256Digest, E> {
    let size = end - begin;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return nodes(level as u8, begin >> level);
    }
    let middle = begin + largest_power_below(size);
    Ok(node_hash(
        &subtree(begin, middle, nodes)?,
        &subtree(middle, end, nodes)?,
    ))
}

/// The largest power of two below `size`, which is at least 2.
fn largest_power_below(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}
