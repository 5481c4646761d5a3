//! One criterion of the rubric, as the page of a review shows it.

use super::form::{CriterionTyped, PinTyped, ReviewForm};
use super::shown::Problem;
use crate::review::{Pin, Reading, Score, tone};
use crate::rubric::{Criterion, Met};

/// A criterion of the rubric.
pub struct Row {
    pub(super) place: usize,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) levels: Vec<Choice>,
    /// The level that an earlier version met, and which.
    pub(super) met: Option<(String, u32)>,
    /// What reviews of earlier versions said about it.
    pub(super) said: Vec<String>,
    pub(super) opinions: Vec<String>,
    pub(super) typed: CriterionTyped,
    /// The rows of pinned comments, with one to spare.
    pub(super) pins: Vec<PinTyped>,
    /// How the comment may sound.
    pub(super) remarks: Vec<String>,
    pub(super) refused: bool,
}

pub struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) required: bool,
    pub(super) chosen: bool,
}

impl Row {
    pub(super) fn of(
        reading: &Reading,
        form: &ReviewForm,
        problem: Option<&Problem>,
        criterion: &Criterion,
        place: Option<usize>,
    ) -> Row {
        let typed = place
            .and_then(|place| form.criteria.get(place))
            .cloned()
            .unwrap_or_default();
        let level = |level: &crate::rubric::Level| Choice {
            id: level.id.to_string(),
            name: level.name.to_string(),
            description: level
                .description
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            required: level.id == criterion.required_level,
            chosen: level.id.as_str() == typed.level,
        };
        let met = reading.met.iter().find(|met| met.criterion == criterion.id);
        let met = met.map(|met| (level_name(criterion, &met.level), met.version));
        let of_it = |score: &&Score| score.criterion == criterion.id;
        let earlier = reading.earlier.iter();
        let said = earlier
            .flat_map(|review| review.scores.iter().filter(of_it))
            .flat_map(comments);
        let opinions = reading.opinions.iter();
        let opinions = opinions
            .flat_map(|opinion| opinion.scores.iter().find(of_it))
            .map(|score| {
                let judged = match criterion.judge(&score.level) {
                    Some(Met::Met) => "met",
                    _ => "not met",
                };
                let name = level_name(criterion, &score.level);
                let said = comments(score).collect::<Vec<_>>().join(" · ");
                match said.is_empty() {
                    true => format!("{name} ({judged})"),
                    false => format!("{name} ({judged}). {said}"),
                }
            });
        let judged = typed
            .level
            .parse()
            .ok()
            .and_then(|level| criterion.judge(&level));
        let language = reading.micro_credential.content.language.as_ref();
        let remarks = tone::remarks(&typed.comment, judged, language);
        let mut pins = typed.pins.clone();
        pins.push(PinTyped::default());
        Row {
            place: place.unwrap_or_default(),
            name: criterion.name.to_string(),
            description: criterion
                .description
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            levels: criterion.levels.iter().map(level).collect(),
            met,
            said: said.collect(),
            opinions: opinions.collect(),
            pins,
            remarks: remarks.iter().map(tone::Remark::message).collect(),
            refused: problem.is_some_and(|problem| problem.criteria.contains(&criterion.id)),
            typed,
        }
    }
}

fn level_name(criterion: &Criterion, level: &crate::id::LevelId) -> String {
    let found = criterion.level(level);
    found.map_or_else(|| level.to_string(), |level| level.name.to_string())
}

/// Everything a score says in words.
fn comments(score: &Score) -> impl Iterator<Item = String> {
    let pinned = |pin: &Pin| format!("At {}: {}", pin.at, pin.comment);
    let comment = score.comment.as_ref().map(ToString::to_string);
    comment.into_iter().chain(score.pins.iter().map(pinned))
}
