//! The vectors of others: each set says where it comes from, under which licence, and is complete.

use std::fs;

use crate::support::{entries, vectors};
use crate::vector_set::VectorSet;

#[test]
fn every_set_of_vectors_names_its_source_and_is_complete() {
    let mut total = 0;
    for folder in entries(&vectors()) {
        let name = folder.file_name().expect("a name").to_string_lossy();
        let source = fs::read_to_string(folder.join("SOURCE.md")).expect("a source");
        for part in [
            "* What: ",
            "* Author: ",
            "* Taken from: ",
            "SHA-256",
            "`SHA256SUMS`",
        ] {
            assert!(source.contains(part), "{name}: {part}");
        }
        let licence = |path: &std::path::PathBuf| {
            let file = path.file_name().expect("a name").to_string_lossy();
            file.starts_with("LICENSE") && fs::metadata(path).expect("a file").len() > 100
        };
        assert!(entries(&folder).iter().any(licence), "{name} has a licence");
        let set = VectorSet::open(&name);
        let bytes: usize = set.names().map(|file| set.bytes(file).len()).sum();
        println!("{name}: {} files, {bytes} bytes", set.names().count());
        total += bytes;
    }
    println!("all sets: {total} bytes");
}
