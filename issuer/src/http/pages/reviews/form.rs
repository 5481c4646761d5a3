//! The form of a review: what was typed into it, and what it makes.

use std::str::FromStr;

use crate::error::Error;
use crate::http::pages::authoring::fields::Fields;
use crate::id::{CriterionId, EvidenceId, LevelId};
use crate::review::{Doubt, Draft, DraftScore, Given, Outcome, Pin, Reading, Score, Spot};
use crate::text::Prose;

/// What the fields of the form hold: text, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct ReviewForm {
    /// One of each criterion that is open, in the order of the rubric.
    pub criteria: Vec<CriterionTyped>,
    pub comment: String,
    pub doubt: bool,
    pub rationale: String,
}

#[derive(Debug, Clone, Default)]
pub struct CriterionTyped {
    pub level: String,
    pub comment: String,
    pub pins: Vec<PinTyped>,
}

#[derive(Debug, Clone, Default)]
pub struct PinTyped {
    pub evidence: String,
    pub at: String,
    pub comment: String,
}

impl ReviewForm {
    /// What was typed. The criteria are named by their places in the rubric.
    pub fn typed(fields: &Fields, reading: &Reading) -> ReviewForm {
        let criterion = |place: usize| {
            let prefix = format!("pin-{place}");
            let pin = |row: usize| {
                let field = |name: &str| fields.get(&format!("{prefix}-{row}-{name}")).to_owned();
                PinTyped {
                    evidence: field("evidence"),
                    at: field("at"),
                    comment: field("comment"),
                }
            };
            CriterionTyped {
                level: fields.get(&format!("level-{place}")).to_owned(),
                comment: fields.get(&format!("comment-{place}")).to_owned(),
                pins: (0..fields.rows(&prefix))
                    .map(pin)
                    .filter(PinTyped::says_something)
                    .collect(),
            }
        };
        ReviewForm {
            criteria: (0..open(reading).len()).map(criterion).collect(),
            comment: fields.get("comment").to_owned(),
            doubt: !fields.get("doubt").is_empty(),
            rationale: fields.get("rationale").to_owned(),
        }
    }

    /// What was scored so far; where two reviewers do not agree, what they agree on.
    pub fn kept(reading: &Reading) -> ReviewForm {
        let draft = reading.draft.as_ref();
        let criterion = |id: &CriterionId| {
            let mut scores = draft.into_iter().flat_map(|draft| &draft.scores);
            match scores.find(|score| score.criterion == *id) {
                Some(score) => CriterionTyped {
                    level: score
                        .level
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    comment: text_of(score.comment.as_ref()),
                    pins: score.pins.iter().map(PinTyped::of).collect(),
                },
                None => CriterionTyped {
                    level: agreed(reading, id)
                        .map(|level| level.to_string())
                        .unwrap_or_default(),
                    ..CriterionTyped::default()
                },
            }
        };
        ReviewForm {
            criteria: open(reading).iter().map(criterion).collect(),
            comment: text_of(draft.and_then(|draft| draft.comment.as_ref())),
            doubt: draft.is_some_and(|draft| draft.doubt == Doubt::Felt),
            rationale: String::new(),
        }
    }

    /// The same as a draft; what cannot be read is refused with its place.
    pub fn draft(&self, reading: &Reading) -> Result<Draft, Error> {
        let mut scores = Vec::new();
        for (place, (criterion, typed)) in open(reading).into_iter().zip(&self.criteria).enumerate()
        {
            let pointer = format!("/scores/{place}");
            let mut pins = Vec::new();
            for (row, pin) in typed.pins.iter().enumerate() {
                pins.push(pin.read(&format!("{pointer}/pins/{row}"), reading)?);
            }
            scores.push(DraftScore {
                criterion,
                level: optional::<LevelId>(&typed.level, &format!("{pointer}/level"))?,
                comment: optional::<Prose>(&typed.comment, &format!("{pointer}/comment"))?,
                pins,
            });
        }
        Ok(Draft {
            version: reading.version,
            scores,
            comment: optional::<Prose>(&self.comment, "/comment")?,
            doubt: match self.doubt {
                true => Doubt::Felt,
                false => Doubt::None,
            },
        })
    }

    /// The reason for which it is to be declined for good.
    pub fn declining(&self, reading: &Reading) -> Result<Given, Error> {
        let rationale = optional::<Prose>(&self.rationale, "/rationale")?;
        let missing = || Error::invalid("/rationale", "say why it is declined for good");
        Ok(Given {
            version: reading.version,
            outcome: Outcome::Declined(rationale.ok_or_else(missing)?),
            comment: None,
            doubt: Doubt::None,
        })
    }
}

/// A draft as it is handed over: criteria without a level are missing in it.
pub fn given(draft: Draft) -> Given {
    let score = |score: DraftScore| {
        Some(Score {
            criterion: score.criterion,
            level: score.level?,
            comment: score.comment,
            pins: score.pins,
        })
    };
    Given {
        version: draft.version,
        outcome: Outcome::Scored(draft.scores.into_iter().filter_map(score).collect()),
        comment: draft.comment,
        doubt: draft.doubt,
    }
}

/// The criteria that are to be scored.
pub fn open(reading: &Reading) -> Vec<CriterionId> {
    let criteria = reading.micro_credential.content.rubric.criteria().iter();
    let is_open = |id: &CriterionId| !reading.met.iter().any(|met| met.criterion == *id);
    criteria.map(|one| one.id.clone()).filter(is_open).collect()
}

/// The level that both reviewers chose, for the adjudicator to begin with.
fn agreed(reading: &Reading, criterion: &CriterionId) -> Option<LevelId> {
    let level = |opinion: &crate::review::Opinion| {
        let mut scores = opinion.scores.iter();
        scores
            .find(|score| score.criterion == *criterion)
            .map(|score| score.level.clone())
    };
    match reading.opinions.as_slice() {
        [one, other] if level(one) == level(other) => level(one),
        _ => None,
    }
}

impl PinTyped {
    fn of(pin: &Pin) -> PinTyped {
        PinTyped {
            evidence: pin.evidence.to_string(),
            at: pin.at.to_string(),
            comment: pin.comment.to_string(),
        }
    }

    /// Whether anything was typed into it: which evidence is always chosen.
    fn says_something(&self) -> bool {
        !self.at.trim().is_empty() || !self.comment.trim().is_empty()
    }

    fn read(&self, pointer: &str, reading: &Reading) -> Result<Pin, Error> {
        let unknown = || Error::invalid(format!("{pointer}/evidence"), "choose the evidence");
        let evidence: EvidenceId = self.evidence.parse().map_err(|_| unknown())?;
        let piece = reading.evidence.iter().find(|piece| piece.id == evidence);
        let piece = piece.ok_or_else(unknown)?;
        let comment = optional::<Prose>(&self.comment, &format!("{pointer}/comment"))?;
        let wordless = || Error::invalid(format!("{pointer}/comment"), "say what is there");
        let at = spot(&self.at, piece.is_recording()).ok_or_else(|| {
            let message = "a place is a time, as 2:14, or a page, as page 3";
            Error::invalid(format!("{pointer}/at"), message)
        })?;
        Ok(Pin {
            evidence,
            at,
            comment: comment.ok_or_else(wordless)?,
        })
    }
}

/// The place that was typed: `2:14`, `1:02:03`, `page 3`; a bare number is seconds of a recording,
/// and a page of anything else.
fn spot(text: &str, is_recording: bool) -> Option<Spot> {
    let text = text.trim().to_lowercase();
    let page = ["page", "p.", "p"]
        .iter()
        .find_map(|word| text.strip_prefix(word));
    if let Some(page) = page {
        return Some(Spot::Page(page.trim().parse().ok()?));
    }
    let mut parts = text.split(':').map(|part| part.trim().parse::<u32>().ok());
    match (parts.next()?, parts.next(), parts.next(), parts.next()) {
        (Some(number), None, None, None) => Some(match is_recording {
            true => Spot::Second(number),
            false => Spot::Page(number),
        }),
        (Some(minutes), Some(Some(seconds)), None, None) => {
            Some(Spot::Second(minutes.checked_mul(60)?.checked_add(seconds)?))
        }
        (Some(hours), Some(Some(minutes)), Some(Some(seconds)), None) => {
            let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
            Some(Spot::Second(minutes.checked_mul(60)?.checked_add(seconds)?))
        }
        _ => None,
    }
}

fn optional<T: FromStr<Err: ToString>>(text: &str, pointer: &str) -> Result<Option<T>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse::<T>().map(Some);
    read.map_err(|error| Error::invalid(pointer, error.to_string()))
}

fn text_of(text: Option<&Prose>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_time_or_a_page() {
        for (text, recording, found) in [
            ("2:14", true, Some(Spot::Second(134))),
            (" 1:02:03 ", true, Some(Spot::Second(3_723))),
            ("134", true, Some(Spot::Second(134))),
            ("3", false, Some(Spot::Page(3))),
            ("Page 3", true, Some(Spot::Page(3))),
            ("p. 12", false, Some(Spot::Page(12))),
            ("", true, None),
            ("soon", true, None),
            ("99999999:59", true, None),
            ("1:2:3:4", true, None),
        ] {
            assert_eq!(spot(text, recording), found, "{text}");
        }
        assert_eq!(
            spot(&Spot::Second(3_723).to_string(), true),
            Some(Spot::Second(3_723))
        );
    }
}
