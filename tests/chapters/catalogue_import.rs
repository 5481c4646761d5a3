//! Taking micro-credentials in from the command line.

use std::fs;

use serde_json::Value;

use super::catalogue_transfer::table;
use crate::shipped::{Shipped, told};

/// A service whose host has Donna for an author, and the table of 550 rows in its folder.
fn with_table() -> (Shipped, String) {
    let shipped = Shipped::new();
    shipped.person("donna", &["author"]);
    shipped.person("carol", &["coordinator"]);
    let file = shipped.file("partner.csv");
    fs::write(&file, table()).expect("a file");
    let file = file.display().to_string();
    (shipped, file)
}

const HOST: [&str; 4] = ["--organisation", "host", "--author", "donna@example.org"];

#[test]
fn a_table_of_550_rows_comes_in_from_the_command_line_once_and_its_bad_rows_are_told_of() {
    let (mut shipped, file) = with_table();
    let import = |options: &[&str]| {
        let output = shipped.run(&[&["import", &file], &HOST[..], options].concat());
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("text"),
        )
    };
    let counts = |told: &str| {
        let report: Value = serde_json::from_str(told).expect("one object");
        assert_eq!(report["file"], file.as_str());
        assert_eq!(report["rows"].as_array().expect("rows").len(), 550);
        ["good", "duplicates", "refused"].map(|name| report[name].as_u64().expect("a number"))
    };
    let (code, looked) = import(&["--check", "--json"]);
    assert_eq!((code, counts(&looked)), (Some(1), [543, 0, 7]));

    let (code, taken) = import(&["--source", "Partner catalogue"]);
    assert_eq!(code, Some(1));
    let sum = "543 are drafts now, 0 were there already, 7 cannot be taken";
    assert_eq!(taken.lines().last(), Some(sum));
    let refused: Vec<_> = taken
        .lines()
        .filter(|line| line.contains("refused "))
        .collect();
    assert_eq!(refused.len(), 7, "{refused:?}");
    assert!(
        refused[0].contains("    10  refused    -: name:"),
        "{}",
        refused[0]
    );
    assert!(refused[3].contains(": credits:"), "{}", refused[3]);

    let (code, again) = import(&["--json"]);
    assert_eq!((code, counts(&again)), (Some(1), [0, 543, 7]));

    // While the service runs, it has the store.
    shipped.start();
    let output = shipped.run(&[&["import", &file], &HOST[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert!(
        told.contains("store.locked") && told.contains("the service runs"),
        "{told}"
    );
}

#[test]
fn what_is_all_good_ends_well_and_what_cannot_be_read_is_no_import() {
    let (shipped, _) = with_table();
    let good = shipped.file("good.csv").display().to_string();
    fs::write(
        &good,
        "name,description,criteria\r\nWaits,Waits well.,A lesson.\r\n",
    )
    .expect("a file");
    let ends = |arguments: &[&str]| {
        let output = shipped.run(&[&["import"], arguments].concat());
        (output.status.code(), told(&output))
    };
    let (code, told) = ends(&[&[good.as_str()], &HOST[..]].concat());
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("good       Waits (waits)"), "{told}");
    let (code, told) = ends(&[&[good.as_str(), "--check"], &HOST[..]].concat());
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("duplicate  Waits: waits has the same name"),
        "{told}"
    );

    // One file that is not there: the one before it is not taken in either.
    let (code, told) = ends(&[&[good.as_str(), "/nonexistent.csv"], &HOST[..]].concat());
    assert_eq!(code, Some(66), "{told}");
    let (code, told) = ends(&[&["/nonexistent.json"], &HOST[..]].concat());
    assert_eq!(code, Some(66), "{told}");
    assert!(told.contains("--format"), "{told}");
    assert_eq!(ends(&HOST).0, Some(64));
    // Whoever may not write in the browser may not here.
    let carol = ["--organisation", "host", "--author", "carol@example.org"];
    let (code, told) = ends(&[&[good.as_str()], &carol[..]].concat());
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("auth.forbidden"), "{told}");
}
