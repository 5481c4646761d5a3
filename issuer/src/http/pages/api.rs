//! The page that explains the interface: its document, told to people.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::page;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::{DOCUMENT, SHAPES};
use crate::http::route::{Route, get};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/api", Action::ReadPublished, show)]
}

#[derive(Template)]
#[template(path = "api.html")]
struct Page<'a> {
    site: &'a Masthead,
    base: &'a str,
    chapters: &'a [Chapter],
    shapes: &'a [Shape],
}

struct Chapter {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    who: String,
    scope: String,
    parameters: Vec<Member>,
    bodies: Vec<Body>,
    answers: Vec<Answer>,
}

struct Body {
    media_type: String,
    kind: Kind,
}

struct Answer {
    status: String,
    about: String,
    kind: Option<Kind>,
}

/// One shape that bodies have.
struct Shape {
    name: String,
    about: String,
    kind: Kind,
    members: Vec<Member>,
}

struct Member {
    name: String,
    place: String,
    is_required: bool,
    kind: Kind,
    about: String,
}

/// What a value is, in words, and the shape that it has.
#[derive(Default)]
struct Kind {
    text: String,
    shape: Option<String>,
}

async fn show(State(edge): State<Edge>) -> Result<Response, HttpError> {
    page(&Page {
        site: &edge.masthead,
        base: text(&DOCUMENT["servers"][0]["url"]),
        chapters: &CHAPTERS,
        shapes: &ALL_SHAPES,
    })
}

static CHAPTERS: LazyLock<Vec<Chapter>> = LazyLock::new(|| {
    let chapters = list(&DOCUMENT["tags"]).map(|tag| Chapter {
        name: text(&tag["name"]).to_owned(),
        about: text(&tag["description"]).to_owned(),
        operations: operations(text(&tag["name"])),
    });
    chapters.collect()
});

static ALL_SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shapes = members(&DOCUMENT["components"]["schemas"]).map(|(name, schema)| Shape {
        name: name.clone(),
        about: text(&schema["description"]).to_owned(),
        kind: kind(schema),
        members: members_of(schema),
    });
    shapes.collect()
});

fn operations(chapter: &str) -> Vec<Operation> {
    let all = members(&DOCUMENT["paths"]).flat_map(|(path, methods)| {
        members(methods).map(move |(method, told)| (path, method, told))
    });
    let of_chapter = all.filter(|(_, _, told)| told["tags"][0] == chapter);
    of_chapter
        .map(|(path, method, told)| operation(path, method, told))
        .collect()
}

fn operation(path: &str, method: &str, told: &Value) -> Operation {
    let who: Vec<_> = list(&told["x-who-may"]).map(text).collect();
    let scope = list(&told["security"]).find_map(|way| way["token"][0].as_str());
    let parameter = |parameter: &Value| Member {
        name: text(&parameter["name"]).to_owned(),
        place: text(&parameter["in"]).to_owned(),
        is_required: parameter["required"] == true,
        kind: kind(&parameter["schema"]),
        about: text(&parameter["description"]).to_owned(),
    };
    let answer = |(status, answer): (&String, &Value)| Answer {
        status: status.clone(),
        about: text(&answer["description"]).to_owned(),
        kind: contents(answer).next().map(|body| body.kind),
    };
    Operation {
        id: text(&told["operationId"]).to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&told["summary"]).to_owned(),
        who: who.join(" or "),
        scope: scope.unwrap_or_default().to_owned(),
        parameters: list(&told["parameters"]).map(parameter).collect(),
        bodies: contents(&told["requestBody"]).collect(),
        answers: members(&told["responses"]).map(answer).collect(),
    }
}

fn contents(body: &Value) -> impl Iterator<Item = Body> {
    members(&body["content"]).map(|(media_type, content)| Body {
        media_type: media_type.clone(),
        kind: kind(&content["schema"]),
    })
}

/// The members of an object, and of the objects that it is put together from.
fn members_of(schema: &Value) -> Vec<Member> {
    let parts = list(&schema["allOf"]).chain(std::iter::once(schema));
    let own = parts.flat_map(|part| {
        let is_required = |name: &str| list(&part["required"]).any(|required| required == name);
        members(&part["properties"]).map(move |(name, member)| Member {
            name: name.clone(),
            place: String::new(),
            is_required: is_required(name),
            kind: kind(member),
            about: text(&member["description"]).to_owned(),
        })
    });
    own.collect()
}

fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix(SHAPES).unwrap_or(name);
        return Kind {
            text: name.to_owned(),
            shape: Some(name.to_owned()),
        };
    }
    for parts in ["oneOf", "anyOf", "allOf"] {
        let kinds: Vec<_> = list(&schema[parts]).map(kind).collect();
        if !kinds.is_empty() {
            let joint = if parts == "allOf" { " and " } else { " or " };
            let texts: Vec<_> = kinds.iter().map(|kind| kind.text.as_str()).collect();
            return Kind {
                text: texts.join(joint),
                shape: kinds.into_iter().find_map(|kind| kind.shape),
            };
        }
    }
    let choices: Vec<_> = list(&schema["enum"]).map(text).collect();
    if !choices.is_empty() {
        return Kind {
            text: choices.join(" | "),
            shape: None,
        };
    }
    if schema["items"].is_object() {
        let items = kind(&schema["items"]);
        return Kind {
            text: format!("list of {}", items.text),
            shape: items.shape,
        };
    }
    plain(schema)
}

/// A value that is made of no others.
fn plain(schema: &Value) -> Kind {
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        one => text(one).to_owned(),
    };
    let mut said = vec![types];
    said.extend(schema["format"].as_str().map(str::to_owned));
    said.extend(
        schema["maxLength"]
            .as_u64()
            .map(|most| format!("at most {most}")),
    );
    said.retain(|said| !said.is_empty());
    Kind {
        text: said.join(", "),
        shape: None,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
