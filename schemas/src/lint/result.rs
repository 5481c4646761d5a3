//! Rules about results, their descriptions and the levels of rubrics, which point at each other.

use std::collections::HashSet;

use serde_json::Value;

use super::Faults;
use super::node::{Node, NodeClass, one_or_many};

/// Results point at descriptions and levels by id, so no two of one achievement share one.
pub(super) fn ids_are_distinct(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::Achievement {
        return;
    }
    let mut seen = HashSet::new();
    for description in node.items("resultDescription") {
        let ids = std::iter::once(description).chain(levels(description));
        for id in ids.filter_map(|described| described["id"].as_str()) {
            if !seen.insert(id) {
                faults.add(
                    node.at("resultDescription"),
                    "uses one id for two descriptions or levels",
                );
                return;
            }
        }
    }
}

/// The level needed is one of the rubric (Open Badges 3.0, ResultDescription).
pub(super) fn required_level_is_described(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::ResultDescription {
        return;
    }
    let Some(required) = node.text("requiredLevel") else {
        return;
    };
    let levels = node.items("rubricCriterionLevel");
    if !levels.iter().any(|level| level["id"] == required) {
        faults.add(
            node.at("requiredLevel"),
            "is the id of no level of this description",
        );
    }
}

/// What a result points at is described in the same achievement (Open Badges 3.0, Result).
pub(super) fn descriptions_are_found(node: &Node, faults: &mut Faults) {
    for (place, result) in results(node) {
        if result["resultDescription"].is_string() && described(node, result).is_none() {
            faults.add(
                format!("{place}/resultDescription"),
                "is the id of no description of the achievement",
            );
        }
    }
}

/// The level achieved is one of the description the result points at, or of any where it points at
/// none (Open Badges 3.0, Result).
pub(super) fn achieved_level_is_described(node: &Node, faults: &mut Faults) {
    for (place, result) in results(node) {
        let Some(achieved) = result["achievedLevel"].as_str() else {
            continue;
        };
        let has_it = |description| levels(description).any(|level| level["id"] == achieved);
        let found = match described(node, result) {
            Some(description) => has_it(description),
            None => descriptions(node).iter().any(has_it),
        };
        if !found {
            faults.add(
                format!("{place}/achievedLevel"),
                "is the id of no level of the linked description",
            );
        }
    }
}

/// A result of type Status says which (Open Badges 3.0, Result).
pub(super) fn status_is_given_where_asked(node: &Node, faults: &mut Faults) {
    for (place, result) in results(node) {
        let asked = described(node, result)
            .is_some_and(|description| description["resultType"] == "Status");
        if asked && result.get("status").is_none() {
            faults.add(place, "lacks the status that its description asks for");
        }
    }
}

/// The results of a subject, each with its pointer; none of other objects.
fn results<'a>(node: &Node<'a>) -> Vec<(String, &'a Value)> {
    if node.class != NodeClass::AchievementSubject {
        return Vec::new();
    }
    let place = node.at("result");
    match node.members.get("result") {
        Some(Value::Array(results)) => {
            let places = (0..).map(|index: usize| format!("{place}/{index}"));
            places.zip(results).collect()
        }
        Some(single) => vec![(place, single)],
        None => Vec::new(),
    }
}

fn descriptions<'a>(subject: &Node<'a>) -> &'a [Value] {
    let achievement = subject.members.get("achievement");
    one_or_many(achievement.and_then(|achievement| achievement.get("resultDescription")))
}

fn described<'a>(subject: &Node<'a>, result: &Value) -> Option<&'a Value> {
    let id = result["resultDescription"].as_str()?;
    descriptions(subject)
        .iter()
        .find(|description| description["id"] == id)
}

fn levels(description: &Value) -> impl Iterator<Item = &Value> {
    one_or_many(description.get("rubricCriterionLevel")).iter()
}
