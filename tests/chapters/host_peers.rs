//! The Open Badges API as others use it: a library of another ecosystem, and requests made up from the
//! official document.

use std::process::{Command, Output};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::app::PUBLIC_URL;
use crate::application::{ALL, API, Application, CALLBACK, metadata};
use crate::browser::Browser;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Served, header};
use crate::support::{repository, spec};

/// CH-7, CH-8, CH-11, CH-12: the whole flow by npm `oauth4webapi`, which holds every answer to the standards.
#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_another_ecosystem_goes_the_whole_way() {
    if !peers_wanted("a_library_of_another_ecosystem_goes_the_whole_way") {
        return;
    }
    let served = Served::new().await;
    let badge = served.badge();
    let mut peer = Peer::start("host");
    peer.ask(&json!({
        "do": "register",
        "base": PUBLIC_URL,
        "address": format!("http://{}", served.address),
        "metadata": metadata(),
    }));
    let asked = peer.ask(&json!({ "do": "ask", "redirectUri": CALLBACK, "scope": ALL }));
    let url = Url::parse(asked["url"].as_str().expect("an address")).expect("an address");
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    assert_eq!(browser.get(url.as_str()).await.status(), 200);
    let mut fields: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    fields.extend(
        ALL.split(' ')
            .map(|scope| (format!("allow {scope}"), "yes".to_owned())),
    );
    fields.push(("answer".to_owned(), "allow".to_owned()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = browser.post("/oauth/authorize", &fields).await;
    let back = header(&answer, "location");
    let tokens = peer.ask(&json!({ "do": "turnIn", "back": back, "redirectUri": CALLBACK }));
    assert_eq!(tokens["scope"], ALL);
    assert_eq!(tokens["expires"], 3_600);
    let mut shown = |path: &str| peer.ask(&json!({ "do": "call", "path": path }));
    let credentials = shown("/credentials?limit=1");
    assert_eq!(
        (&credentials["status"], &credentials["total"]),
        (&json!(200), &json!("1"))
    );
    let id = &credentials["body"]["credential"][0]["id"];
    assert_eq!(id, &served.test.app.site.badge(badge));
    assert_eq!(shown("/profile")["body"]["name"], "ada");
    peer.ask(&json!({ "do": "refresh" }));
    let again = peer.ask(&json!({ "do": "call", "path": "/credentials?limit=1" }));
    assert_eq!(credentials, again);
    peer.ask(&json!({ "do": "revoke" }));
    let gone = peer.ask(&json!({ "do": "call", "path": "/credentials" }));
    assert_eq!(gone["status"], 401);
}

/// Requests made up from the official document, by schemathesis: every answer is one that it names, and
/// none is a fault of ours. `ASSAY_EXAMPLES` says how many there are for each operation.
#[tokio::test(flavor = "multi_thread")]
async fn requests_made_up_from_the_official_document_are_answered_as_it_says() {
    let name = "requests_made_up_from_the_official_document_are_answered_as_it_says";
    let Some(spec) = spec(name) else { return };
    if !peers_wanted(name) {
        return;
    }
    let served = Served::new().await;
    served.badge();
    let application = Application::register(&served).await;
    let ada = served.test.person("ada", &[]);
    let token = application.access(&ada, ALL).await;
    let official = spec.join("openapi/ob_v3p0_openapi.2024-07.json");
    let official = std::fs::read(official).expect("the official document");
    let ours: Value = served.json(&format!("{API}/discovery")).await;
    says_as_much(&ours, &serde_json::from_slice(&official).expect("JSON"));
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("openapi.json");
    let judged = compacted(serde_json::from_slice(&official).expect("JSON"));
    std::fs::write(&file, judged.to_string()).expect("a file");
    let examples = std::env::var("ASSAY_EXAMPLES").unwrap_or_else(|_| "5".to_owned());
    let program = repository().join(".cache/peers/venv/bin/st");
    assert!(program.exists(), "run tests/peers/install");
    let mut made_up = Command::new(program);
    made_up
        .arg("run")
        .arg(&file)
        .args(["--url", &format!("http://{}{API}", served.address)])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", &examples])
        .arg("--generation-deterministic")
        .args([
            "--suppress-health-check",
            "all",
            "--no-color",
            "--continue-on-failure",
        ])
        .current_dir(folder.path());
    let run = tokio::task::spawn_blocking(move || made_up.output());
    accepted(&run.await.expect("it ends").expect("it runs"));
    // It was our service that answered.
    let answer = served.request(Method::GET, &format!("{API}/profile"));
    let answer = answer.bearer_auth(&token).send().await.expect("an answer");
    assert!(answer.json::<Value>().await.expect("JSON")["type"].is_array());
}

/// The official document, where one value may stand without its array as the standard's text lets it (SER-5).
fn compacted(mut official: Value) -> Value {
    let shapes = official["components"]["schemas"].as_object_mut();
    for shape in shapes.expect("shapes").values_mut() {
        for name in ["proof", "credentialSchema", "termsOfUse"] {
            let place = shape.pointer_mut(&format!("/properties/{name}"));
            if let Some(place) = place.filter(|place| place["type"] == "array") {
                *place = json!({ "anyOf": [place, place["items"]] });
            }
        }
    }
    official
}

/// Every operation of the official document with its parameters, scopes, bodies and answers.
fn says_as_much(ours: &Value, official: &Value) {
    for (path, operations) in official["paths"].as_object().expect("paths") {
        for (method, theirs) in operations.as_object().expect("operations") {
            let own = &ours["paths"][path][method];
            let place = format!("{method} {path}");
            assert_eq!(own["operationId"], theirs["operationId"], "{place}");
            if theirs["security"].is_array() {
                assert_eq!(own["security"], theirs["security"], "{place}");
            }
            let parameters = |of: &Value| -> Vec<Value> {
                let all = of["parameters"].as_array().into_iter().flatten();
                let facts = |one: &Value| json!([one["name"], one["in"], one["schema"]["type"]]);
                all.map(facts).collect()
            };
            assert_eq!(parameters(own), parameters(theirs), "{place}");
            let types = |of: &Value| -> Vec<String> {
                let content = of["content"].as_object().into_iter().flatten();
                content.map(|(name, _)| name.clone()).collect()
            };
            let (body, theirs_body) = (&own["requestBody"], &theirs["requestBody"]);
            assert_eq!(types(body), types(theirs_body), "{place}");
            for (status, answer) in theirs["responses"].as_object().expect("answers") {
                let own = &own["responses"][status];
                assert_eq!(types(own), types(answer), "{place} {status}");
            }
        }
    }
    let official = official["components"]["schemas"]["Imsx_StatusInfo"].clone();
    let own = &ours["components"]["schemas"]["Imsx_StatusInfo"];
    assert_eq!(own["required"], official["required"]);
    for member in ["imsx_codeMajor", "imsx_severity"] {
        let named = |of: &Value| of["properties"][member]["enum"].clone();
        assert_eq!(named(own), named(&official));
    }
}

fn accepted(output: &Output) {
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";
