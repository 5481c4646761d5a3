//! Work and rubrics as these pages show them.

use crate::http::pages::authoring::fields::Fields;
use crate::id::{CriterionId, LevelId};
use crate::micro_credential::{EvidenceKind, MicroCredential};
use crate::quality::agreement::{Agreement, FEW};
use crate::quality::calibration::Piece;
use crate::quality::training::{Sample, SampleContent};
use crate::review::Content;
use crate::rubric::{Criterion, Level, Met, Rubric};

/// A piece of work.
pub struct Work {
    pub number: usize,
    pub asked: String,
    pub kind: Kind,
}

/// What a piece of work is.
pub enum Kind {
    Text(String),
    Link(String),
    /// An address that says whose it is: it leads nowhere.
    Masked(String),
    /// A picture, by its address here.
    Image(String),
    /// A recording of sound: its address here, and its name.
    Audio(String, String),
    /// A video.
    Video(String, String),
    /// Another file.
    File(String, String),
}

/// A criterion with the levels to choose from.
pub struct Row {
    pub place: usize,
    pub name: String,
    pub description: String,
    pub levels: Vec<Choice>,
    pub comment: String,
}

/// A level to choose.
pub struct Choice {
    pub id: String,
    pub name: String,
    pub description: String,
    pub required: bool,
    pub chosen: bool,
}

/// How far people agree, in words.
pub struct Figures {
    pub same: String,
    pub kappa: String,
    pub weighted: String,
    pub pairs: String,
}

impl Work {
    pub fn of_sample(version: &MicroCredential, (place, sample): (usize, &Sample)) -> Work {
        let asked = version.content.requirement(&sample.requirement);
        Work {
            number: place + 1,
            asked: asked.map_or_else(String::new, |asked| asked.name.to_string()),
            kind: match &sample.content {
                SampleContent::Text(text) => Kind::Text(text.to_string()),
                SampleContent::Link(link) => Kind::Link(link.to_string()),
            },
        }
    }

    /// A piece in a session; files stand below this address.
    pub fn of_piece(version: &MicroCredential, below: &str, piece: &Piece) -> Work {
        let asked = version.content.requirement(&piece.requirement);
        Work {
            number: piece.number,
            asked: asked.map_or_else(String::new, |asked| asked.name.to_string()),
            kind: match (&piece.content, piece.id) {
                (Content::File { media_type, .. }, id) => {
                    let id = id.map(|id| id.to_string()).unwrap_or_default();
                    Kind::of_file(media_type, format!("{below}/{id}"), piece.name())
                }
                (Content::Text(text), _) => Kind::Text(text.clone()),
                (Content::Link(link), _) => Kind::Link(link.clone()),
                (Content::MaskedLink(link), _) => Kind::Masked(link.clone()),
            },
        }
    }
}

impl Kind {
    fn of_file(media_type: &str, path: String, name: String) -> Kind {
        match EvidenceKind::of_media_type(media_type) {
            EvidenceKind::Image => Kind::Image(path),
            EvidenceKind::Audio => Kind::Audio(path, name),
            EvidenceKind::Video => Kind::Video(path, name),
            _ => Kind::File(path, name),
        }
    }
}

impl Row {
    /// All criteria of a rubric, with what was typed.
    pub fn all(rubric: &Rubric, typed: Option<&Fields>) -> Vec<Row> {
        let criteria = rubric.criteria().iter().enumerate();
        let row = |(place, criterion): (usize, &Criterion)| {
            let get = |name: &str| typed.map_or("", |typed| typed.get(&format!("{name}-{place}")));
            let chosen = get("level");
            let level = |level: &Level| Choice {
                id: level.id.to_string(),
                name: level.name.to_string(),
                description: level
                    .description
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                required: level.id == criterion.required_level,
                chosen: level.id.as_str() == chosen,
            };
            Row {
                place,
                name: criterion.name.to_string(),
                description: criterion
                    .description
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                levels: criterion.levels.iter().map(level).collect(),
                comment: get("comment").to_owned(),
            }
        };
        criteria.map(row).collect()
    }
}

impl Figures {
    pub fn of(agreement: &Agreement) -> Figures {
        let undefined = match agreement.pairs < FEW {
            true => "too few pairs",
            false => "not defined",
        };
        let kappa = |value: Option<f64>| match value {
            // A hyphen is no minus.
            Some(value) => format!("{value:.2}").replace('-', "−"),
            None => undefined.to_owned(),
        };
        Figures {
            same: agreement.same.map_or_else(|| undefined.to_owned(), percent),
            kappa: kappa(agreement.kappa),
            weighted: kappa(agreement.weighted_kappa),
            pairs: match agreement.pairs {
                1 => "1 pair".to_owned(),
                pairs => format!("{pairs} pairs"),
            },
        }
    }
}

pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// The levels that were chosen, criterion by criterion; where none was, nothing.
pub fn chosen(rubric: &Rubric, typed: &Fields) -> Vec<(CriterionId, LevelId)> {
    let criteria = rubric.criteria().iter().enumerate();
    let one = |(place, criterion): (usize, &Criterion)| {
        let level = typed.get(&format!("level-{place}")).parse().ok()?;
        Some((criterion.id.clone(), level))
    };
    criteria.filter_map(one).collect()
}

/// A level as people read it, and whether it meets its criterion.
pub fn in_words(rubric: &Rubric, criterion: &CriterionId, level: &LevelId) -> (String, bool) {
    let known = rubric.criterion(criterion);
    let name = known.and_then(|known| known.level(level));
    let name = name.map_or_else(|| level.to_string(), |level| level.name.to_string());
    let met = known.and_then(|known| known.judge(level)) == Some(Met::Met);
    (name, met)
}
