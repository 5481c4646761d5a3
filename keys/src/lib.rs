//! Who said it: keys, proof suites, and the documents that name keys.
