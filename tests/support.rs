//! Where the chapters find their material.

use std::path::{Path, PathBuf};

/// The folder of test vectors taken from published suites.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The repository's root folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the repository")
}

/// The published files of the standard, which are not part of the repository.
///
/// Prints that `test` is skipped where they are absent.
pub fn spec(test: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("ASSAY_SPEC") {
        Some(folder) => PathBuf::from(folder),
        None => repository().join("../shared/spec"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {test} (no ../shared/spec)");
    None
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
