//! The program `assay` as a person has it: built, and started as a process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::repository;

/// The built program, in the profile of the tests.
pub fn assay() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // The test binary lies in <target>/<profile>/deps.
        let tests = std::env::current_exe().expect("the path of the tests");
        let profile = tests.ancestors().nth(2).expect("the folder of the profile");
        let target = profile.parent().expect("the target folder");
        let mut build = Command::new(env!("CARGO"));
        // The same selection as `cargo test`, so that nothing is built a second time with other features.
        build.args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--all-targets",
        ]);
        build
            .arg("--target-dir")
            .arg(target)
            .current_dir(repository());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        // Build scripts look at these, and would run again for what cargo tells the tests of their package.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                build.env_remove(name);
            }
        }
        let built = build.status().expect("cargo starts");
        assert!(built.success(), "assay is not built");
        profile.join("assay")
    })
}

/// The program, ready to be given arguments, without what the tests' environment would tell it.
pub fn command() -> Command {
    let mut command = Command::new(assay());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ASSAY_") {
            command.env_remove(name);
        }
    }
    command
}
