//! The document of the interface (OpenAPI 3.1), made from the code: what the handlers say of themselves,
//! and what the route table and the table of rights add to it.

mod operation;
mod problems;
mod texts;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use axum::Json as Answer;

use super::api;
use super::error::Problem;
use super::route::{Route, get};
use crate::rights::Action;
pub use texts::DateTime;

/// Where the document stands.
pub fn routes() -> Vec<Route> {
    vec![get("/api/openapi.json", Action::ReadPublished, whole)]
}

async fn whole() -> Answer<&'static Value> {
    Answer(&DOCUMENT)
}

/// Operations that belong together.
pub struct Chapter {
    /// What they are about, as it stands before their names.
    pub name: &'static str,
    /// What they are about, in a sentence.
    pub about: &'static str,
    /// What their handlers say of themselves.
    pub operations: OpenApi,
}

/// The document, as it is served.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&super::routes()));

fn document(routes: &[Route]) -> Value {
    let mut schemas = Map::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags = Vec::new();
    let routes: BTreeMap<_, _> = routes.iter().map(|route| (name_of(route), route)).collect();
    for chapter in api::chapters() {
        tags.push(json!({ "name": chapter.name, "description": chapter.about }));
        let said = written(&chapter.operations);
        for (path, operations) in members(&said["paths"]) {
            for (method, operation) in members(operations) {
                let Some(route) = routes.get(&(method.to_uppercase(), path.clone())) else {
                    // Of an operation that is no longer in the route table nothing is said.
                    continue;
                };
                let told = operation::tell(route, chapter.name, operation);
                paths.entry(path.clone()).or_insert(json!({}))[method] = told;
            }
        }
        schemas.extend(members(&said["components"]["schemas"]).map(owned));
    }
    schemas.extend(members(&written_schema::<Problem>("Problem")).map(owned));
    let flattened = flattened(&Value::Object(schemas.clone()));
    for (name, schema) in &mut schemas {
        loosen(schema, flattened.contains(name));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
        },
        // Relative to the address of the document itself.
        "servers": [{ "url": api::BASE }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A bearer token that is good for the scope named; one that is good for \
                        writing is good for reading too.",
                },
            },
        },
    })
}

/// What a line of the route table is called in the document, if it belongs to the interface.
fn name_of(route: &Route) -> (String, String) {
    let path = route.path.strip_prefix(api::BASE).unwrap_or_default();
    (route.method.to_string(), path.to_owned())
}

fn written(document: &OpenApi) -> Value {
    serde_json::to_value(document).expect("a document is made of texts, lists and members")
}

fn written_schema<T: utoipa::ToSchema>(name: &str) -> Value {
    let mut components = vec![(name.to_owned(), T::schema())];
    T::schemas(&mut components);
    let components: BTreeMap<_, _> = components.into_iter().collect();
    serde_json::to_value(components).expect("a schema is made of texts, lists and members")
}

/// The names of the shapes that are members of others by `allOf`.
fn flattened(schemas: &Value) -> Vec<String> {
    let mut names = Vec::new();
    each(schemas, &mut |value| {
        for part in value["allOf"].as_array().into_iter().flatten() {
            let name = part["$ref"]
                .as_str()
                .and_then(|name| name.strip_prefix(SHAPES));
            names.extend(name.map(str::to_owned));
        }
    });
    names
}

/// A shape that is part of another must let the other's members be.
fn loosen(schema: &mut Value, is_part: bool) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if is_part {
        schema.remove("additionalProperties");
    }
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    parts
        .into_iter()
        .flatten()
        .for_each(|part| loosen(part, true));
}

fn each(value: &Value, see: &mut impl FnMut(&Value)) {
    see(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, see)),
        Value::Object(members) => members.values().for_each(|member| each(member, see)),
        _ => {}
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Where the document keeps its shapes.
pub const SHAPES: &str = "#/components/schemas/";

const ABOUT: &str = "Everything the service does, for programs. Errors are problem documents (RFC 9457) with \
    a stable `code`, but for a 431, which has no body. Lists are read page by page: `next` of one page is the `cursor` of the next.";
