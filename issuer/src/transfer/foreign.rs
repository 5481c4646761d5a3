//! What documents of others say of a micro-credential, in the members of ours.

use serde_json::{Map, Value, json};

use super::CONTENT_MEMBER;
use crate::catalogue::fold;
use crate::micro_credential::{Credits, OriginFormat};

/// What was read from a document.
pub struct Foreign {
    /// What it is called there.
    pub identifier: Option<String>,
    /// The content's JSON.
    pub members: Map<String, Value>,
    /// What could not be taken over.
    pub notes: Vec<String>,
}

/// The documents in one that is a single one, a list, or a graph.
pub fn documents(document: Value) -> Vec<Value> {
    match document {
        Value::Array(list) => list,
        Value::Object(mut members) => match members.remove("@graph") {
            Some(Value::Array(list)) => list,
            _ => vec![Value::Object(members)],
        },
        other => vec![other],
    }
}

/// What a document says.
pub fn read(format: OriginFormat, document: &Value) -> Foreign {
    let identifier = ["id", "@id"]
        .iter()
        .find_map(|name| document[*name].as_str());
    let mut foreign = Foreign {
        identifier: identifier.map(str::to_owned),
        members: Map::new(),
        notes: Vec::new(),
    };
    if let Some(own) = own_content(document) {
        foreign.members = own.clone();
        return foreign;
    }
    match format {
        OriginFormat::Ctdl => ctdl(document, &mut foreign),
        OriginFormat::OpenBadges2 | OriginFormat::OpenBadges3 | OriginFormat::Csv => {
            open_badges(document, &mut foreign);
        }
    }
    foreign
}

/// The whole content, if this was handed out by a service like this one.
fn own_content(document: &Value) -> Option<&Map<String, Value>> {
    let member = &document[CONTENT_MEMBER];
    member["@value"].as_object()
}

/// Both versions of the standard call most things alike.
fn open_badges(document: &Value, foreign: &mut Foreign) {
    foreign.put("name", text(&document["name"]));
    foreign.put("description", text(&document["description"]));
    let criteria = &document["criteria"];
    let narrative = text(&criteria["narrative"]);
    let page = criteria.as_str().or(criteria["id"].as_str());
    let told = narrative.or_else(|| page.map(|page| format!("Described at {page}")));
    foreign.put("criteria", told);
    let tags = if document["tag"].is_null() {
        &document["tags"]
    } else {
        &document["tag"]
    };
    foreign.put_list("tags", texts(tags));
    foreign.put(
        "language",
        document["inLanguage"]
            .as_str()
            .or(document["@language"].as_str())
            .map(str::to_owned),
    );
    if let Value::Number(number) = &document["creditsAvailable"] {
        match Credits::of_number(number) {
            Ok(credits) => drop(foreign.members.insert("credits".to_owned(), json!(credits))),
            Err(_) => foreign
                .notes
                .push("the number of credits was left out".to_owned()),
        }
    }
    let alignments = list(&document["alignment"]).filter_map(|one| {
        let name = text(&one["targetName"])?;
        let url = one["targetUrl"].as_str()?;
        let mut alignment = json!({ "target_name": name, "target_url": url });
        for (theirs, ours) in [
            ("targetCode", "target_code"),
            ("targetDescription", "target_description"),
            ("targetFramework", "target_framework"),
            ("targetType", "target_type"),
        ] {
            if let Some(text) = text(&one[theirs]) {
                alignment[ours] = text.into();
            }
        }
        Some(alignment)
    });
    foreign.put_values("alignments", alignments.collect());
    let described = list(&document["resultDescription"])
        .filter(|one| list(&one["rubricCriterionLevel"]).next().is_some());
    let criteria: Vec<_> = described.filter_map(criterion).collect();
    if !criteria.is_empty() {
        foreign
            .members
            .insert("rubric".to_owned(), json!({ "criteria": criteria }));
    }
    if !document["image"].is_null() {
        foreign
            .notes
            .push("the picture was not fetched: upload it to the draft".to_owned());
    }
}

fn criterion(described: &Value) -> Option<Value> {
    let name = text(&described["name"])?;
    let mut required = None;
    let mut levels = Vec::new();
    for (place, level) in list(&described["rubricCriterionLevel"]).enumerate() {
        let title = text(&level["name"])?;
        let id = slug(&title)?;
        if level["id"] == described["requiredLevel"] {
            required = Some(id.clone());
        }
        let points = text(&level["points"]).and_then(|points| points.parse::<u32>().ok());
        let mut written = json!({
            "id": id,
            "name": title,
            "points": points.unwrap_or(u32::try_from(place).ok()?),
        });
        if let Some(text) = text(&level["description"]) {
            written["description"] = text.into();
        }
        levels.push(written);
    }
    levels.sort_by_key(|level| level["points"].as_u64());
    // Where nothing is required, reaching the second level is.
    let second = levels.get(1)?["id"].clone();
    Some(json!({
        "id": slug(&name)?,
        "name": name,
        "levels": levels,
        "required_level": required.map_or(second, Value::from),
    }))
}

fn ctdl(document: &Value, foreign: &mut Foreign) {
    let member = |name: &str| &document[format!("ceterms:{name}")];
    foreign.put("name", text(member("name")));
    foreign.put("description", text(member("description")));
    foreign.put_list("tags", texts(member("keyword")));
    foreign.put("language", texts(member("inLanguage")).into_iter().next());
    if let Some(identifier) = member("ctid").as_str() {
        foreign
            .identifier
            .get_or_insert_with(|| identifier.to_owned());
    }
    let (mut competencies, mut criteria, mut alignments) = (Vec::new(), Vec::new(), Vec::new());
    for condition in list(member("requires")) {
        criteria.extend(text(&condition["ceterms:description"]));
        for target in list(&condition["ceterms:targetCompetency"]) {
            let Some(name) = text(&target["ceterms:targetNodeName"]) else {
                continue;
            };
            match target["ceterms:targetNode"].as_str() {
                None => competencies.push(name),
                Some(url) => {
                    let mut alignment = json!({ "target_name": name, "target_url": url });
                    for (theirs, ours) in [
                        ("ceterms:codedNotation", "target_code"),
                        ("ceterms:targetNodeDescription", "target_description"),
                        ("ceterms:frameworkName", "target_framework"),
                    ] {
                        if let Some(text) = text(&target[theirs]) {
                            alignment[ours] = text.into();
                        }
                    }
                    alignments.push(alignment);
                }
            }
        }
    }
    foreign.put_list("competency", competencies);
    foreign.put(
        "criteria",
        (!criteria.is_empty()).then(|| criteria.join("\n\n")),
    );
    foreign.put_values("alignments", alignments);
    if !member("image").is_null() {
        foreign
            .notes
            .push("the picture was not fetched: upload it to the draft".to_owned());
    }
}

impl Foreign {
    fn put(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            self.members.insert(name.to_owned(), value.into());
        }
    }

    fn put_list(&mut self, name: &str, values: Vec<String>) {
        self.put_values(name, values.into_iter().map(Value::from).collect());
    }

    fn put_values(&mut self, name: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.members.insert(name.to_owned(), values.into());
        }
    }
}

/// A text in whichever form: a string, a number, a map of languages, one of a list.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => list.first().and_then(text),
        Value::Object(languages) => {
            let english = languages
                .iter()
                .find(|(language, _)| language.starts_with("en"));
            english
                .or(languages.iter().next())
                .and_then(|(_, value)| text(value))
        }
        _ => None,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(languages) => {
            let english = languages
                .iter()
                .find(|(language, _)| language.starts_with("en"));
            let chosen = english.or(languages.iter().next());
            chosen.map(|(_, value)| texts(value)).unwrap_or_default()
        }
        other => list(other).filter_map(text).collect(),
    }
}

/// One or several, as JSON-LD leaves open.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let several = value.as_array().map(Vec::as_slice);
    let one = if value.is_null() {
        &[]
    } else {
        std::slice::from_ref(value)
    };
    several.unwrap_or(one).iter()
}

/// A name for addresses made of a title; nothing if no letter of it can stand there.
pub fn slug(title: &str) -> Option<String> {
    let words: Vec<String> = fold::words(title)
        .into_iter()
        .map(|word| {
            word.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
        })
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join("-");
    let kept = joined
        .get(..SLUG_BYTES)
        .unwrap_or(&joined)
        .trim_end_matches('-');
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Leaves room for a number, and for a version.
const SLUG_BYTES: usize = 52;
