//! The form of a draft: what its fields hold, between the content and the browser.

use serde_json::Value;

use super::fields::Fields;
use super::reviewing;
use crate::micro_credential::{Content, EvidenceKind, ResourceKind, ResourcePlace};
use crate::rubric::Decision;

/// What the fields of the form hold: text, as it was typed.
#[derive(Debug, Default, Clone)]
pub struct DraftForm {
    pub text: Row,
    pub topics: Vec<String>,
    pub requirements: Vec<RequirementForm>,
    pub criteria: Vec<CriterionForm>,
    pub resources: Vec<Row>,
    pub alignments: Vec<Row>,
}

/// The fields of one thing.
#[derive(Debug, Default, Clone)]
pub struct Row(Vec<(&'static str, String)>);

#[derive(Debug, Default, Clone)]
pub struct RequirementForm {
    pub text: Row,
    pub accepts: Vec<String>,
}

#[derive(Debug, Default, Clone)]
pub struct CriterionForm {
    pub text: Row,
    /// The place of the level that is required.
    pub required: usize,
    pub levels: Vec<Row>,
}

/// What stands in one field each. Lists have an entry a line, or a comma between them.
const TEXT: [&str; 20] = [
    "name",
    "competency",
    "description",
    "criteria",
    "method",
    "research_notes",
    "references",
    "context_prompts",
    "outcome_prompt",
    "credits",
    "tags",
    "roles",
    "grades",
    "language",
    "validity_months",
    "renewal",
    "prerequisites",
    "stack",
    "colour",
    "least_points",
];
const REQUIREMENT: [&str; 8] = [
    "id",
    "name",
    "description",
    "least",
    "most",
    "words",
    "minutes",
    "bytes",
];
const CRITERION: [&str; 3] = ["id", "name", "description"];
const LEVEL: [&str; 4] = ["id", "name", "description", "points"];
const RESOURCE: [&str; 6] = ["name", "kind", "place", "minutes", "licence", "language"];
const ALIGNMENT: [&str; 6] = [
    "target_name",
    "target_url",
    "target_code",
    "target_framework",
    "target_type",
    "target_description",
];

impl Row {
    /// The value of a field; nothing, if there is none.
    pub fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every field with its value.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    fn one(name: &'static str, value: impl ToString) -> Row {
        Row(vec![(name, value.to_string())])
    }

    fn set(&mut self, name: &str, to: String) {
        if let Some((_, value)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            *value = to;
        }
    }
}

impl CriterionForm {
    /// Whether nothing was typed into it.
    pub fn is_blank(&self) -> bool {
        let texts = [&self.text].into_iter().chain(&self.levels);
        let mut typed = texts.flat_map(|row| ["name", "description"].map(|name| row.value(name)));
        typed.all(|text| text.trim().is_empty())
    }
}

impl DraftForm {
    /// The value of a field that stands by itself.
    pub fn value(&self, name: &str) -> &str {
        self.text.value(name)
    }

    /// What was typed.
    pub fn typed(fields: &Fields) -> DraftForm {
        let row = |names: &[&'static str], prefix: String| {
            let value =
                |name: &&'static str| (*name, fields.get(&format!("{prefix}-{name}")).to_owned());
            Row(names.iter().map(value).collect())
        };
        let rows = |names: &'static [&'static str], prefix: &str| {
            let places = 0..fields.rows(prefix);
            places
                .map(|place| row(names, format!("{prefix}-{place}")))
                .collect::<Vec<_>>()
        };
        let requirement = |place: usize| RequirementForm {
            text: row(&REQUIREMENT, format!("requirement-{place}")),
            accepts: fields.all(&format!("requirement-{place}-accepts")),
        };
        let criterion = |place: usize| CriterionForm {
            text: row(&CRITERION, format!("criterion-{place}")),
            required: fields
                .get(&format!("criterion-{place}-required"))
                .parse()
                .unwrap_or(1),
            levels: rows(&LEVEL, &format!("criterion-{place}-level")),
        };
        DraftForm {
            text: Row(TEXT
                .iter()
                .chain(&reviewing::FIELDS)
                .map(|name| (*name, fields.get(name).to_owned()))
                .collect()),
            topics: fields.all("topics"),
            requirements: (0..fields.rows("requirement")).map(requirement).collect(),
            criteria: (0..fields.rows("criterion")).map(criterion).collect(),
            resources: rows(&RESOURCE, "resource"),
            alignments: rows(&ALIGNMENT, "alignment"),
        }
    }

    /// What a draft says.
    pub fn shown(content: &Content) -> DraftForm {
        let json = serde_json::to_value(content).expect("content is strings, numbers and lists");
        let row = |names: &[&'static str], value: &Value| {
            Row(names
                .iter()
                .map(|name| (*name, plain(&value[*name])))
                .collect())
        };
        let rows = |names: &'static [&'static str], list: &Value| {
            list.as_array()
                .into_iter()
                .flatten()
                .map(|value| row(names, value))
                .collect::<Vec<_>>()
        };
        let mut form = DraftForm {
            text: row(&TEXT, &json),
            topics: content.topics.iter().map(ToString::to_string).collect(),
            alignments: rows(&ALIGNMENT, &json["alignments"]),
            ..DraftForm::default()
        };
        form.text.0.extend(reviewing::shown(&content.review));
        let competencies = content.competencies.iter().map(ToString::to_string);
        form.text
            .set("competency", competencies.collect::<Vec<_>>().join("\n"));
        let references = content.references.iter().map(|one| match &one.url {
            Some(url) => format!("{} | {url}", one.citation),
            None => one.citation.to_string(),
        });
        form.text
            .set("references", references.collect::<Vec<_>>().join("\n"));
        let prompts = content
            .context_prompts
            .iter()
            .map(|one| one.question.to_string());
        form.text
            .set("context_prompts", prompts.collect::<Vec<_>>().join("\n"));
        if let Decision::LeastPoints(least) = content.decision {
            form.text.set("least_points", least.to_string());
        }
        for (asked, value) in content
            .evidence_requirements
            .iter()
            .zip(list(&json["evidence_requirements"]))
        {
            let mut text = row(&REQUIREMENT, value);
            text.set("least", asked.least.to_string());
            text.set("words", number(asked.limits.words));
            text.set("minutes", number(asked.limits.minutes));
            text.set("bytes", number(asked.limits.bytes));
            let accepts = asked
                .accepts
                .iter()
                .map(|kind| kind.as_str().to_owned())
                .collect();
            form.requirements.push(RequirementForm { text, accepts });
        }
        for (criterion, value) in content
            .rubric
            .criteria()
            .iter()
            .zip(list(&json["rubric"]["criteria"]))
        {
            let required = criterion
                .levels
                .iter()
                .position(|level| level.id == criterion.required_level);
            form.criteria.push(CriterionForm {
                text: row(&CRITERION, value),
                required: required.unwrap_or(1),
                levels: rows(&LEVEL, &value["levels"]),
            });
        }
        for (resource, value) in content.resources.iter().zip(list(&json["resources"])) {
            let mut text = row(&RESOURCE, value);
            let place = match &resource.place {
                ResourcePlace::Link(link) => link.to_string(),
                ResourcePlace::File(file) => file.to_string(),
            };
            text.set("place", place);
            form.resources.push(text);
        }
        form
    }

    /// Does what a button asks for: adds a row, or takes one away.
    pub fn press(&mut self, button: &str) {
        let parts: Vec<&str> = button.split('-').collect();
        let place = |at: usize| parts.get(at).and_then(|place| place.parse::<usize>().ok());
        match (parts.as_slice(), place(2)) {
            (["add", "requirement"], _) => self.requirements.push(RequirementForm {
                text: Row::one("least", 1),
                accepts: vec![EvidenceKind::Document.as_str().to_owned()],
            }),
            (["add", "criterion"], _) => self.criteria.push(CriterionForm {
                required: 1,
                levels: [0, 1].map(|points| Row::one("points", points)).into(),
                ..CriterionForm::default()
            }),
            (["add", "resource"], _) => {
                self.resources.push(Row::one("kind", ResourceKind::Article))
            }
            (["add", "alignment"], _) => self.alignments.push(Row::default()),
            (["add", "level", _], Some(at)) => {
                if let Some(criterion) = self.criteria.get_mut(at) {
                    let points = criterion.levels.len().to_string();
                    criterion.levels.push(Row::one("points", points));
                }
            }
            (["remove", "requirement", _], Some(at)) => remove(&mut self.requirements, at),
            (["remove", "criterion", _], Some(at)) => remove(&mut self.criteria, at),
            (["remove", "resource", _], Some(at)) => remove(&mut self.resources, at),
            (["remove", "alignment", _], Some(at)) => remove(&mut self.alignments, at),
            (["remove", "level", _, _], Some(at)) => {
                if let (Some(criterion), Some(level)) = (self.criteria.get_mut(at), place(3)) {
                    remove(&mut criterion.levels, level);
                }
            }
            _ => {}
        }
    }
}

impl RequirementForm {
    /// Whether this kind is ticked.
    pub fn has(&self, kind: &EvidenceKind) -> bool {
        self.accepts.iter().any(|known| known == kind.as_str())
    }
}

impl CriterionForm {
    /// Whether the level at this place is the required one.
    pub fn is_required(&self, place: &usize) -> bool {
        self.required == *place
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => {
            let texts = list.iter().filter_map(Value::as_str);
            texts.collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn remove<T>(rows: &mut Vec<T>, at: usize) {
    if at < rows.len() {
        rows.remove(at);
    }
}
