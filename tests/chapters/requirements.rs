//! The requirements for verifiers and for hosts, each with the test that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::repository;

/// The groups of requirements that a verifier answers to, and those of the Open Badges API and of those
/// who are certified for it.
const GROUPS: [&str; 13] = [
    "VER", "REV", "END", "ID", "REF", "SCH", "EQ", "API", "SDD", "SEC", "ERR", "CH", "CI",
];

#[test]
fn each_requirement_has_a_test_that_names_it() {
    let list = fs::read_to_string(repository().join("tests/requirements.txt")).expect("the list");
    let mut shown = BTreeSet::new();
    let mut excused = BTreeMap::new();
    for line in list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (id, phrase) = line.split_once(' ').expect("an id and a phrase");
        assert!(is_listed_id(id), "{line}");
        match phrase.trim().strip_prefix("not shown: ") {
            Some(reason) => {
                assert!(
                    excused.insert(id.to_owned(), reason).is_none(),
                    "{id} twice"
                );
            }
            None => assert!(shown.insert(id.to_owned()), "{id} twice"),
        }
    }
    assert!(excused.len() <= 12, "{excused:?}");

    let named = named(&repository().join("tests/chapters"));
    let missing: Vec<_> = shown.difference(&named).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
    let unlisted: Vec<_> = named.difference(&shown).collect();
    assert!(unlisted.is_empty(), "the list does not have {unlisted:?}");
}

/// The ids that stand at the head of a doc comment: `/// VER-12, REV-3: one sentence.`
fn named(folder: &Path) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for path in crate::web::files(folder) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable chapter");
        for line in text.lines() {
            let Some((head, _)) = line
                .trim_start()
                .strip_prefix("/// ")
                .and_then(|line| line.split_once(": "))
            else {
                continue;
            };
            let ids: Vec<&str> = head.split(", ").collect();
            if ids.iter().all(|id| is_id(id)) {
                named.extend(
                    ids.into_iter()
                        .filter(|id| is_listed_id(id))
                        .map(str::to_owned),
                );
            }
        }
    }
    named
}

fn is_id(id: &str) -> bool {
    id.split_once('-').is_some_and(|(group, number)| {
        group
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !group.is_empty()
            && !number.is_empty()
    })
}

fn is_listed_id(id: &str) -> bool {
    is_id(id)
        && id
            .split_once('-')
            .is_some_and(|(group, _)| GROUPS.contains(&group))
}
