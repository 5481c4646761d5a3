//! Checking the log: every leaf is read and every hash computed again.

use super::{Entry, Log, LogError, read_tree};
use crate::layout;
use crate::merkle::{self, Head, Tree};

impl Log {
    /// Reads everything again and recomputes the tree: every leaf, every stored node, the size and the mark.
    pub fn check(&self) -> Result<Head, LogError> {
        // The mark is read first: entries appended meanwhile make the store larger than it, never smaller.
        let marked = self.head();
        let (stored, _) = read_tree(&self.store)?;
        let mut tree = Tree::default();
        let mut marked_root = tree.root();
        while tree.size() < stored.size() {
            let first = layout::log_leaf(tree.size());
            let page = self
                .store
                .engine()
                .scan(&layout::log_leaves(), &first, PAGE)?;
            if page.is_empty() {
                return Err(LogError::damaged(format!(
                    "leaf {} is missing",
                    tree.size()
                )));
            }
            let remaining = usize::try_from(stored.size() - tree.size()).unwrap_or(usize::MAX);
            for (key, leaf) in page.iter().take(remaining) {
                self.check_leaf(&mut tree, key, leaf)?;
                if tree.size() == marked.size {
                    marked_root = tree.root();
                }
            }
        }
        if tree != stored {
            return Err(LogError::damaged(
                "the record of its size and subtrees".to_owned(),
            ));
        }
        if stored.size() < marked.size {
            return Err(LogError::Rollback {
                stored: stored.size(),
                marked: marked.size,
            });
        }
        if marked_root != marked.root {
            return Err(LogError::Fork { size: marked.size });
        }
        let beyond = self.store.engine().get(&layout::log_leaf(stored.size()))?;
        if beyond.is_some() && read_tree(&self.store)?.0 == stored {
            return Err(LogError::damaged(format!(
                "leaf {} stands beyond the end",
                stored.size()
            )));
        }
        Ok(Head {
            size: stored.size(),
            root: stored.root(),
        })
    }

    fn check_leaf(&self, tree: &mut Tree, key: &[u8], leaf: &[u8]) -> Result<(), LogError> {
        let position = tree.size();
        if key != layout::log_leaf(position) {
            return Err(LogError::damaged(format!("leaf {position} is missing")));
        }
        let entry: Option<Entry> = serde_json::from_slice(leaf).ok();
        if entry.map(|entry| entry.leaf()).as_deref() != Some(leaf) {
            return Err(LogError::damaged(format!(
                "leaf {position} is not an entry in canonical JSON"
            )));
        }
        for node in tree.append(merkle::leaf_hash(leaf)) {
            if self.node(node.level, node.index)? != node.hash {
                return Err(LogError::damaged(format!(
                    "node {} of level {}",
                    node.index, node.level
                )));
            }
        }
        Ok(())
    }
}

/// How many leaves are read at once.
const PAGE: usize = 1_000;
