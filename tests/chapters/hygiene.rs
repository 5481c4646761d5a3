//! The rules of the repository: which crate may use which, and what the verifier brings along.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::repository;

/// The crates in their order: each uses only what stands before it.
const ORDER: [&str; 5] = ["schemas", "keys", "verifier", "issuer", "tests"];

/// What must never come with the verifier: it is embedded where there is no network and no async.
const NEVER: [&str; 9] = [
    "axum",
    "tokio",
    "hyper",
    "sled",
    "reqwest",
    "object_store",
    "rustls",
    "askama",
    "clap",
];

#[test]
fn each_crate_uses_only_those_to_its_left() {
    let metadata = cargo(&[
        "metadata",
        "--locked",
        "--offline",
        "--no-deps",
        "--format-version",
        "1",
    ]);
    let metadata: Value = serde_json::from_str(&metadata).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let dependencies = package["dependencies"].as_array().expect("a list");
        let ours = dependencies
            .iter()
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| ORDER.contains(dependency));
        uses.insert(name, ours.collect());
    }
    assert_eq!(
        uses.keys().copied().collect::<BTreeSet<_>>(),
        BTreeSet::from(ORDER)
    );
    for (place, name) in ORDER.into_iter().enumerate() {
        let allowed = BTreeSet::from_iter(ORDER[..place].iter().copied());
        let beyond: Vec<_> = uses[name].difference(&allowed).collect();
        assert!(beyond.is_empty(), "{name} uses {beyond:?}");
    }
}

#[test]
fn the_verifiers_dependencies_are_those_that_are_listed() {
    let arguments = [
        "tree",
        "--locked",
        "--offline",
        "-p",
        "verifier",
        "-e",
        "normal",
    ];
    let layout = [
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--target",
        "x86_64-unknown-linux-gnu",
    ];
    let tree = cargo(&[&arguments[..], &layout[..]].concat());
    let found: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "verifier")
        .collect();

    let list = repository().join("tests/chapters/verifier-dependencies.txt");
    let list = fs::read_to_string(list).expect("the list can be read");
    let listed: BTreeSet<&str> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();

    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "the list does not name {unlisted:?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        gone.is_empty(),
        "the list names {gone:?}, which nothing uses any more"
    );
    for name in NEVER {
        assert!(!found.contains(name), "the verifier brings {name}");
    }
}

/// Runs cargo on this repository, without a network.
/// Both sign with a public key handed in beside the secret, or leak by timing (RUSTSEC-2022-0093, RUSTSEC-2024-0344).
#[test]
fn no_version_of_a_curve_library_with_a_hole_is_locked() {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).expect("the lock file");
    let lock: toml::Table = lock.parse().expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    for (name, first_good) in [("ed25519-dalek", 2), ("curve25519-dalek", 5)] {
        let versions = packages
            .iter()
            .filter(|package| package["name"].as_str() == Some(name));
        let majors: Vec<u32> = versions
            .filter_map(|package| package["version"].as_str()?.split('.').next()?.parse().ok())
            .collect();
        assert!(!majors.is_empty(), "{name} is in use");
        assert!(
            majors.iter().all(|major| *major >= first_good),
            "{name} {majors:?}"
        );
    }
    let names = packages
        .iter()
        .filter_map(|package| package["name"].as_str());
    // The crate `rsa` is locked although it leaks by timing (RUSTSEC-2023-0071): what leaks is the secret in its
    // private-key operations, and here it only checks signatures, as the chapter without_openssl sees.
    assert!(!names.into_iter().any(|name| name == "did-key"));
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}
