//! The document of the interface, and the page that explains it.

use std::collections::BTreeSet;

use issuer::http;
use serde_json::Value;

use crate::served::{Served, header, media_type};

#[tokio::test]
async fn the_document_and_the_route_table_say_the_same() {
    let served = Served::new().await;
    let document = served.json(DOCUMENT).await;
    let base = document["servers"][0]["url"].as_str().expect("a base");
    let told: BTreeSet<_> = operations(&document)
        .map(|(path, method, operation)| {
            let way = operation["security"]
                .as_array()
                .and_then(|ways| ways.last());
            let scope = way.and_then(|way| way["token"][0].as_str());
            let open = operation["security"][0] == serde_json::json!({});
            (
                format!("{} {base}{path}", method.to_uppercase()),
                scope.unwrap_or_default().to_owned(),
                open,
            )
        })
        .collect();
    let routed: BTreeSet<_> = http::routes()
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/"))
        .map(|route| {
            let rule = route.action.rule();
            (
                format!("{} {}", route.method, route.path),
                rule.scope.to_string(),
                rule.is_open(),
            )
        })
        .collect();
    let missing: Vec<_> = routed.difference(&told).collect();
    assert!(missing.is_empty(), "not in the document: {missing:#?}");
    let extra: Vec<_> = told.difference(&routed).collect();
    assert!(extra.is_empty(), "not in the route table: {extra:#?}");
}

#[tokio::test]
async fn every_operation_is_told_whole() {
    let served = Served::new().await;
    let document = served.json(DOCUMENT).await;
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let place = format!("{method} {path}");
        let name = operation["operationId"].as_str().expect("a name");
        assert!(names.insert(name), "{place}: {name} names another too");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{place} has no summary");
        assert!(
            operation["x-who-may"]
                .as_array()
                .is_some_and(|who| !who.is_empty()),
            "{place}"
        );
        let in_path: BTreeSet<_> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let told: BTreeSet<_> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(in_path, told, "{place}");
        let answers = operation["responses"].as_object().expect("answers");
        assert!(
            answers.keys().any(|status| status.starts_with('2')),
            "{place} never succeeds"
        );
        assert!(answers.contains_key("431"), "{place}");
        for status in answers
            .keys()
            .filter(|status| !status.starts_with(['2', '3']))
        {
            // The only answer without a body: nothing was read.
            if status == "431" {
                assert!(answers[status]["content"].is_null(), "{place}");
                continue;
            }
            // What watches over the service reads one shape, however the service fares.
            let (media_type, shape) = match (place.as_str(), status.as_str()) {
                ("get /health", "503") => ("application/json", "Health"),
                _ => ("application/problem+json", "Problem"),
            };
            let told = &answers[status]["content"][media_type]["schema"]["$ref"];
            let shape = format!("#/components/schemas/{shape}");
            assert_eq!(told, shape.as_str(), "{place} {status}");
        }
    }
    let mut led = 0;
    each(&document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference
                .strip_prefix('#')
                .expect("a place in the document");
            assert!(
                document.pointer(pointer).is_some(),
                "{reference} leads nowhere"
            );
            led += 1;
        }
    });
    assert!(led > 100, "{led}");
}

#[tokio::test]
async fn the_document_is_for_every_site_and_the_page_needs_no_script() {
    let served = Served::new().await;
    let answer = served.get(DOCUMENT).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(media_type(&answer), "application/json");
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    let document: Value = answer.json().await.expect("JSON");

    let page = served.page("/api").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    assert!(!page.contains("<script"), "the page has a script");
    for (path, method, operation) in operations(&document) {
        let title = format!("<code>{} {path}</code>", method.to_uppercase());
        assert!(page.contains(&title), "{title}");
        let name = operation["operationId"].as_str().expect("a name");
        assert!(page.contains(&format!("id=\"{name}\"")), "{name}");
    }
    for shape in document["components"]["schemas"]
        .as_object()
        .expect("shapes")
        .keys()
    {
        assert!(page.contains(&format!("<h3 id=\"{shape}\">")), "{shape}");
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods");
        methods
            .iter()
            .map(move |(method, operation)| (path, method, operation))
    })
}

fn each(value: &Value, see: &mut impl FnMut(&Value)) {
    see(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, see)),
        Value::Object(members) => members.values().for_each(|member| each(member, see)),
        _ => {}
    }
}

const DOCUMENT: &str = "/api/openapi.json";
