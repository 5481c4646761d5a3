//! The demo, run as it ships: every line comes out as told, and addresses survive a restart.

use std::process::Output;

use tempfile::TempDir;

use crate::program::command;

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_story_comes_out_as_told_and_its_addresses_survive_a_restart() {
    let parent = TempDir::new().expect("a folder");
    let folder = parent.path().join("demo");
    let tell = || {
        let told = command()
            .args(["demo", "--once", "--folder"])
            .arg(&folder)
            .output()
            .expect("the program");
        assert!(
            told.status.success(),
            "{}{}",
            String::from_utf8_lossy(&told.stdout),
            String::from_utf8_lossy(&told.stderr)
        );
        lines(&told)
    };
    let first = tell();
    let holds =
        |told: &[String], line: &str| told.iter().filter(|told| told.contains(line)).count();
    assert_eq!(holds(&first, "✕"), 0);
    assert_eq!(holds(&first, "gets it back with feedback"), 1);
    assert_eq!(holds(&first, "the badge issued and logged"), 3);
    assert_eq!(holds(&first, "does not exist yet (404)"), 3);
    // Three forms of three badges, and of one of them before it was revoked.
    assert_eq!(holds(&first, ": verified"), 9);
    assert_eq!(holds(&first, ": refused, status.revoked"), 3);

    let again = tell();
    let looks = |told: &[String]| {
        let from = told
            .iter()
            .position(|line| line == "Where to look")
            .expect("the addresses");
        told[from..from + 5].to_vec()
    };
    assert_eq!(looks(&first), looks(&again));
    assert_eq!(holds(&again, ": verified"), 6);
    assert_eq!(holds(&again, ": refused, status.revoked"), 3);
}

#[test]
fn the_demo_leaves_nothing_behind_unless_it_is_given_a_folder() {
    let temporary = TempDir::new().expect("a folder");
    let told = command()
        .args(["demo", "--once"])
        .env("TMPDIR", temporary.path())
        .output()
        .expect("the program");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stdout)
    );
    assert_eq!(temporary.path().read_dir().expect("the folder").count(), 0);
}
