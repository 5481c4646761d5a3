//! What lint finds, and what it leaves in peace.

use std::collections::{BTreeMap, BTreeSet};

use schemas::lint::{self, Finding};
use schemas::schema::{self, Class};

use crate::mutation::mutations;
use crate::support;

#[test]
fn every_fixture_has_the_finding_its_folder_names_and_no_other() {
    for folder in support::entries(&fixtures()) {
        let expected = folder_name(&folder);
        for file in support::entries(&folder) {
            let document = support::json(&file);
            let found: BTreeSet<_> = lint::lint(&document)
                .into_iter()
                .map(|finding| {
                    let place = document.pointer(&finding.pointer);
                    assert!(
                        place.is_some(),
                        "{}: {finding} points nowhere",
                        file.display()
                    );
                    finding.code
                })
                .collect();
            let expected = match expected.as_str() {
                "clean" => BTreeSet::new(),
                code => BTreeSet::from([code]),
            };
            assert_eq!(found, expected, "{}", file.display());
        }
    }
}

#[test]
fn every_code_has_a_fixture_and_every_folder_a_code() {
    let codes = lint::codes().chain(schema::CODES.iter().copied());
    let mut known: BTreeSet<_> = codes.map(str::to_owned).collect();
    known.insert("clean".to_owned());
    let folders: BTreeSet<_> = support::entries(&fixtures())
        .iter()
        .map(|folder| folder_name(folder))
        .collect();
    assert_eq!(folders, known);
}

#[test]
fn every_published_example_lints_as_the_standard_says() {
    let Some(spec) = support::spec("every_published_example_lints_as_the_standard_says") else {
        return;
    };
    let text = include_str!("lint-examples.toml");
    let mut expected: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        toml::from_str(text).expect("a readable list of expectations");
    for (name, document) in support::examples(&spec) {
        let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for Finding { code, pointer, .. } in lint::lint(&document) {
            found.entry(code).or_default().insert(pointer);
        }
        let reasons = expected.remove(&name).unwrap_or_default();
        let mut told = BTreeMap::new();
        for (reason, places) in &reasons {
            let (code, requirement) = reason.split_once(' ').expect("a code and a requirement");
            assert!(requirement.contains('-'), "{name}: {reason}");
            told.insert(code, places.iter().cloned().collect());
        }
        assert_eq!(found, told, "{name}");

        let decisive = |code: &&str| code.starts_with("schema.") || *code == "lint.class_unknown";
        let refused: BTreeSet<_> = lint::conform(&document).iter().map(|f| f.code).collect();
        // A learner record is read, and never issued.
        let decided: BTreeSet<_> = match Class::of(&document) {
            Some(Class::ClrCredential) => BTreeSet::new(),
            _ => told.into_keys().filter(decisive).collect(),
        };
        assert_eq!(refused, decided, "{name}");
    }
    assert!(expected.is_empty(), "no such example: {expected:?}");
}

#[test]
fn whatever_stands_in_a_document_lint_tells_it_in_a_bounded_list_that_points_into_it() {
    let known: BTreeSet<_> = lint::codes().chain(schema::CODES.iter().copied()).collect();
    for name in ["rubric", "endorsement", "profile", "recipient-by-hash-only"] {
        let document = support::json(&fixtures().join(format!("clean/{name}.json")));
        for mutation in mutations(&document) {
            let findings = lint::lint(&mutation.document);
            assert!(findings.len() <= schema::FINDINGS);
            for finding in findings {
                assert!(known.contains(finding.code), "{finding}");
                let place = mutation.document.pointer(&finding.pointer);
                assert!(place.is_some(), "{finding} points nowhere");
            }
        }
    }
}

#[test]
fn no_text_is_issued_as_a_map_of_languages_where_the_schema_allows_one() {
    let document = support::json(&fixtures().join("clean/every-property.json"));
    let mut maps = 0;
    for mutation in mutations(&document) {
        if mutation.name != "language map" || mutation.pointer.contains("@context") {
            continue;
        }
        let class = Class::AchievementCredential;
        if !schema::validate(class, &mutation.document).is_empty() {
            continue;
        }
        let findings = lint::lint(&mutation.document);
        // Criteria and status entries, which are objects anyway, have rules of their own.
        assert!(!findings.is_empty(), "{}", mutation.pointer);
        maps += 1;
    }
    assert!(maps > 100, "only {maps} texts");
}

#[test]
fn a_badge_of_another_may_differ_from_the_house_rules() {
    let house_only = [
        "lint.context_order",
        "lint.compacted",
        "lint.null",
        "lint.whole_seconds",
    ];
    for code in house_only {
        for file in support::entries(&fixtures().join(code)) {
            let findings = lint::conform(&support::json(&file));
            assert!(
                findings.iter().all(|finding| finding.code != code),
                "{code}"
            );
        }
    }
    for code in [
        "lint.type",
        "lint.criteria_empty",
        "lint.subject_unidentified",
        "schema.required",
    ] {
        for file in support::entries(&fixtures().join(code)) {
            let findings = lint::conform(&support::json(&file));
            assert_eq!(findings[0].code, code);
        }
    }
}

fn fixtures() -> std::path::PathBuf {
    support::repository().join("tests/fixtures/lint")
}

fn folder_name(folder: &std::path::Path) -> String {
    let name = folder.file_name().expect("a folder with a name");
    name.to_string_lossy().into_owned()
}
