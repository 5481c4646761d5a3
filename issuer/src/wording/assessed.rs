//! How it was found out that something was earned, in words, from what the issuer signed.

use serde_json::Value;

use crate::draft::assessment::{BLIND_REVIEW, REVIEWER_COUNT};

/// A criterion and the level reached in it, in the words of the rubric that was signed with them.
pub struct Reached {
    /// The criterion.
    pub criterion: String,
    /// The level.
    pub level: String,
    /// What the level means.
    pub meaning: String,
}

/// The levels reached, by the subject of a badge.
pub fn reached(subject: &Value) -> Vec<Reached> {
    let line = |result: &Value| {
        let criterion = described(subject, &result["resultDescription"])?;
        let level = list(&criterion["rubricCriterionLevel"])
            .find(|level| level["id"] == result["achievedLevel"])?;
        Some(Reached {
            criterion: text(&criterion["name"]),
            level: text(&level["name"]),
            meaning: text(&level["description"]),
        })
    };
    list(&subject["result"]).filter_map(line).collect()
}

/// Who held the evidence against the rubric, in a sentence, as far as the subject of a badge tells.
pub fn judged_by(subject: &Value) -> Option<String> {
    let (reviewers, blind) = reviewers(subject)?;
    Some(match (reviewers, blind) {
        (1, true) => {
            "One reviewer, who was not told whose work it was, held it against this rubric."
                .to_owned()
        }
        (1, false) => "One reviewer held it against this rubric.".to_owned(),
        (many, true) => format!(
            "{many} reviewers, who were not told whose work it was, held it against this rubric."
        ),
        (many, false) => format!("{many} reviewers held it against this rubric."),
    })
}

/// The basis of an assessment in a few words.
pub(super) fn basis(subject: &Value) -> Option<String> {
    let (reviewers, blind) = reviewers(subject)?;
    let noun = if reviewers == 1 {
        "reviewer"
    } else {
        "reviewers"
    };
    let manner = if blind { ", blind" } else { "" };
    Some(format!("by rubric; {reviewers} {noun}{manner}"))
}

/// Who vouches for a badge that tells of no review, where others of its kind do.
pub(super) fn vouched_for_by(credential: &Value) -> Option<String> {
    let subject = &credential["credentialSubject"];
    let mut described = list(&subject["achievement"]["resultDescription"]);
    let is_told_elsewhere = described.any(|one| one["resultType"] == REVIEWER_COUNT);
    let is_told = value_of(subject, REVIEWER_COUNT).is_some();
    (is_told_elsewhere && !is_told).then(|| {
        let issuer = text(&credential["issuer"]["name"]);
        format!("{issuer}; the badge tells of no review")
    })
}

/// The levels reached in one line.
pub(super) fn levels(subject: &Value) -> Option<String> {
    let reached = reached(subject);
    let one = |reached: &Reached| format!("{}: {}", reached.criterion, reached.level);
    let told: Vec<_> = reached.iter().map(one).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn reviewers(subject: &Value) -> Option<(u32, bool)> {
    let reviewers = value_of(subject, REVIEWER_COUNT)?.parse().ok()?;
    let blind = value_of(subject, BLIND_REVIEW)? == "yes";
    (reviewers > 0).then_some((reviewers, blind))
}

fn value_of<'a>(subject: &'a Value, result_type: &str) -> Option<&'a str> {
    let descriptions = &subject["achievement"]["resultDescription"];
    let described = list(descriptions).find(|one| one["resultType"] == result_type)?;
    let mut results = list(&subject["result"]);
    results.find(|one| one["resultDescription"] == described["id"])?["value"].as_str()
}

fn described<'a>(subject: &'a Value, id: &Value) -> Option<&'a Value> {
    let descriptions = &subject["achievement"]["resultDescription"];
    list(descriptions).find(|one| one["id"] == *id)
}

/// One or many: the standard lets a set of one stand alone.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
