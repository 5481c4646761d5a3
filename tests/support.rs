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

/// Every JSON document under `examples/` of the published files, with its path there.
pub fn examples(spec: &Path) -> Vec<(String, serde_json::Value)> {
    let examples = spec.join("examples");
    let mut all = Vec::new();
    for folder in entries(&examples) {
        for file in entries(&folder) {
            if file
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let document = json(&file);
                let name = file.strip_prefix(&examples).expect("a file under examples");
                all.push((name.display().to_string(), document));
            }
        }
    }
    all
}

/// A file of JSON.
pub fn json(path: &Path) -> serde_json::Value {
    let text = std::fs::read(path).expect("a readable file");
    serde_json::from_slice(&text).expect("a file of JSON")
}

/// The entries of a folder, by name.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    paths.sort();
    paths
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The bytes of hexadecimal digits.
pub fn hex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "two digits a byte");
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}
