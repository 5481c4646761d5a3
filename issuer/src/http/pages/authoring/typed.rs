//! What was typed, as the content it makes.

use serde_json::{Map, Value, json};

use super::form::{CriterionForm, DraftForm, RequirementForm, Row};
use super::reviewing;
use crate::micro_credential::Content;
use crate::transfer::slug;

impl DraftForm {
    /// The content's JSON. The picture is not part of the form and stays.
    pub fn content(&self, stored: &Content) -> Value {
        let mut members = Map::new();
        for name in [
            "name",
            "description",
            "criteria",
            "method",
            "research_notes",
            "outcome_prompt",
            "language",
            "renewal",
            "colour",
        ] {
            put(&mut members, name, text(self.value(name)));
        }
        for name in ["credits", "validity_months"] {
            put(&mut members, name, numeric(self.value(name)));
        }
        for name in ["tags", "roles", "grades", "prerequisites", "stack"] {
            put_list(&mut members, name, split(self.value(name), ','));
        }
        let lines = |name| split(self.value(name), '\n');
        put_list(&mut members, "competency", lines("competency"));
        put_list(
            &mut members,
            "topics",
            self.topics.iter().map(|topic| json!(topic)).collect(),
        );
        let reference = |line: Value| {
            let line = line.as_str().unwrap_or_default().to_owned();
            match line.rsplit_once(" | ") {
                Some((citation, url)) => json!({ "citation": citation, "url": url }),
                None => json!({ "citation": line }),
            }
        };
        put_list(
            &mut members,
            "references",
            lines("references").into_iter().map(reference).collect(),
        );
        let prompt = |(place, question): (usize, Value)| json!({ "id": format!("prompt-{}", place + 1), "question": question });
        put_list(
            &mut members,
            "context_prompts",
            lines("context_prompts")
                .into_iter()
                .enumerate()
                .map(prompt)
                .collect(),
        );
        put_list(
            &mut members,
            "evidence_requirements",
            self.requirements
                .iter()
                .map(RequirementForm::json)
                .collect(),
        );
        // The empty criterion that a form begins with need not be filled in.
        let filled = self.criteria.iter().filter(|one| !one.is_blank());
        let criteria: Vec<_> = filled.map(CriterionForm::json).collect();
        members.insert("rubric".to_owned(), json!({ "criteria": criteria }));
        put_list(
            &mut members,
            "resources",
            self.resources.iter().map(resource).collect(),
        );
        put_list(
            &mut members,
            "alignments",
            self.alignments.iter().map(plain_members).collect(),
        );
        if let Some(least) = numeric(self.value("least_points")) {
            members.insert("decision".to_owned(), json!({ "least_points": least }));
        }
        members.insert("review".to_owned(), reviewing::typed(self));
        if let Some(image) = &stored.image {
            members.insert("image".to_owned(), json!(image));
        }
        Value::Object(members)
    }
}

impl RequirementForm {
    fn json(&self) -> Value {
        let mut members = Map::new();
        put(&mut members, "id", identifier(&self.text));
        for name in ["name", "description"] {
            put(&mut members, name, text(self.text.value(name)));
        }
        members.insert("accepts".to_owned(), json!(self.accepts));
        for name in ["least", "most"] {
            put(&mut members, name, numeric(self.text.value(name)));
        }
        let mut limits = Map::new();
        for name in ["words", "minutes", "bytes"] {
            put(&mut limits, name, numeric(self.text.value(name)));
        }
        if !limits.is_empty() {
            members.insert("limits".to_owned(), limits.into());
        }
        members.into()
    }
}

impl CriterionForm {
    fn json(&self) -> Value {
        let level = |row: &Row| {
            let mut members = Map::new();
            put(&mut members, "id", identifier(row));
            for name in ["name", "description"] {
                put(&mut members, name, text(row.value(name)));
            }
            put(&mut members, "points", numeric(row.value("points")));
            Value::Object(members)
        };
        let levels: Vec<_> = self.levels.iter().map(level).collect();
        let mut members = Map::new();
        put(&mut members, "id", identifier(&self.text));
        for name in ["name", "description"] {
            put(&mut members, name, text(self.text.value(name)));
        }
        let required = levels.get(self.required).map(|level| level["id"].clone());
        put(&mut members, "required_level", required);
        members.insert("levels".to_owned(), levels.into());
        members.into()
    }
}

fn resource(row: &Row) -> Value {
    let mut members = Map::new();
    for name in ["name", "kind", "licence", "language"] {
        put(&mut members, name, text(row.value(name)));
    }
    put(&mut members, "minutes", numeric(row.value("minutes")));
    let place = row.value("place");
    let kind = if place.contains("://") {
        "link"
    } else {
        "file"
    };
    put(&mut members, kind, text(place));
    members.into()
}

fn plain_members(row: &Row) -> Value {
    let mut members = Map::new();
    for (name, value) in row.fields() {
        put(&mut members, name, text(value));
    }
    members.into()
}

/// The name it had, or one made of its title.
fn identifier(row: &Row) -> Option<Value> {
    text(row.value("id")).or_else(|| slug(row.value("name")).map(Value::from))
}

fn text(value: &str) -> Option<Value> {
    let value = value.trim();
    (!value.is_empty()).then(|| value.into())
}

/// A number as it was typed; what is none stays text, and is refused with its place.
pub fn numeric(value: &str) -> Option<Value> {
    let value = value.trim();
    let number = value.parse::<serde_json::Number>().map(Value::Number);
    (!value.is_empty()).then(|| number.unwrap_or_else(|_| value.into()))
}

fn split(value: &str, at: char) -> Vec<Value> {
    value.split(at).filter_map(text).collect()
}

pub fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value);
    }
}

fn put_list(members: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if !values.is_empty() {
        members.insert(name.to_owned(), values.into());
    }
}
