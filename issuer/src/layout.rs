//! The picture of what is stored: every key of the store is built here.
//!
//! A key is readable text, parts joined by `/`. Numbers are written with twenty digits, so that the order
//! of keys is the order of numbers. Parts that come from outside are escaped, so that none can reach into
//! another's place. Values are versioned JSON (see `store.rs`), except where the table says otherwise.
//!
//! ```text
//! meta/format                        the version of this layout
//! log/tree                           size of the issuance log and the roots of its full subtrees
//! log/leaf/{index}                   the leaf itself, byte for byte as it was hashed (canonical JSON)
//! log/node/{level}/{index}           32 bytes: the root of the full subtree over the leaves
//!                                    index * 2^level .. (index + 1) * 2^level
//! ```

/// The version record of the whole store.
pub fn format() -> Vec<u8> {
    key(&["meta", "format"])
}

/// The size of the issuance log and the roots of its full subtrees.
pub fn log_tree() -> Vec<u8> {
    key(&["log", "tree"])
}

/// One leaf of the issuance log.
pub fn log_leaf(index: u64) -> Vec<u8> {
    key(&["log", "leaf", &number(index)])
}

/// The prefix of all leaves of the issuance log.
pub fn log_leaves() -> Vec<u8> {
    prefix(&["log", "leaf"])
}

/// The root of one full subtree of the issuance log.
pub fn log_node(level: u8, index: u64) -> Vec<u8> {
    key(&["log", "node", &format!("{level:02}"), &number(index)])
}

fn key(parts: &[&str]) -> Vec<u8> {
    parts
        .iter()
        .map(|part| escaped(part))
        .collect::<Vec<_>>()
        .join("/")
        .into_bytes()
}

/// The beginning of every key whose first parts are these.
fn prefix(parts: &[&str]) -> Vec<u8> {
    let mut prefix = key(parts);
    prefix.push(b'/');
    prefix
}

fn number(number: u64) -> String {
    format!("{number:020}")
}

fn escaped(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}
