//! Attacks on the JSON interface.

use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::served::{Served, problem};

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_10_what_the_service_sets_cannot_be_sent() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[Role::Author, Role::Reviewer, Role::Administrator]);
    let id = served.badge();
    let carol = served.caller("carol", &[]);
    let begun = carol.begins().await;
    let review = format!("/api/v1/reviews/{}", served.test.learner("bob").submits());
    let member = served.test.person("grace", &[]).id;
    let table = [
        (
            Method::POST,
            "/api/v1/submissions".to_owned(),
            json!({ "micro_credential": "wait-time" }),
            vec![
                "id", "earner", "state", "award", "started", "versions", "met",
            ],
        ),
        (
            Method::POST,
            format!("{begun}/evidence"),
            json!({ "requirement": "reflection", "text": "x" }),
            vec!["id", "sha256", "added", "salt", "owner"],
        ),
        (
            Method::PUT,
            format!("/api/v1/badges/{id}/visibility"),
            json!({ "visibility": "public" }),
            vec![
                "id",
                "award",
                "editions",
                "issuer",
                "validFrom",
                "valid_from",
                "revoked",
            ],
        ),
        (
            Method::POST,
            review,
            json!({ "version": 1, "scores": [] }),
            vec![
                "reviewer",
                "decision",
                "award",
                "finished",
                "unmet",
                "submission",
            ],
        ),
        (
            Method::POST,
            "/api/v1/people".to_owned(),
            json!({ "name": "Eve", "emails": ["eve@example.org"] }),
            vec![
                "id",
                "registered",
                "memberships",
                "roles",
                "scopes",
                "verified",
            ],
        ),
        (
            Method::PUT,
            format!("/api/v1/organisations/host/members/{member}"),
            json!({ "roles": [] }),
            vec!["person", "since", "organisation", "operator"],
        ),
    ];
    let before = served.test.log().len();
    let mut wrong = Vec::new();
    for (method, path, good, set_by_us) in table {
        for name in set_by_us {
            let mut body: Map<String, Value> = good.as_object().expect("an object").clone();
            body.insert(name.to_owned(), json!("x"));
            let caller = if path.starts_with(&begun) {
                &carol
            } else {
                &ada
            };
            let request = caller.request(method.clone(), &path).json(&body);
            let (status, code) = problem(request.send().await.expect("an answer")).await;
            if (status, code.as_str()) != (400, "input.invalid") {
                wrong.push(format!("{method} {path} with {name}: {status} {code}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(served.test.log().len(), before);
    let email = "eve@example.org".parse().expect("an address");
    let eve = served
        .test
        .app
        .store
        .person_by_email(&email)
        .expect("the store");
    assert!(eve.is_none());
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_11_lists_are_read_within_bounds_and_by_known_values() {
    let served = Served::new().await;
    let roles = [
        Role::Reviewer,
        Role::Author,
        Role::IssuingOfficer,
        Role::Administrator,
    ];
    let root = served.caller("root", &roles);
    let lists: Vec<String> = lists().collect();
    assert!(lists.len() >= 4, "{lists:?}");
    let long = format!("cursor={}", "A".repeat(5_000));
    let tries = [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=1000000000",
        "limit=99999999999999999999999",
        "limit=1e2",
        "limit=1.5",
        "limit=0x10",
        "limit=",
        "limit=ten",
        "limit=10&limit=20",
        "limit=10%00",
        "limit[]=1",
        "offset=-1",
        "page=2",
        "cursor=",
        "cursor=../../etc/passwd",
        "cursor=AAAAAAAAAAAA",
        "cursor=%27%20OR%201%3D1",
        "cursor=x&cursor=y",
        "sort=name%3B%20DROP%20TABLE%20people",
        "sort=(select%201)",
        "order=desc",
        "filter[$ne]=1",
        "where=1%3D1",
        "__proto__=1",
        &long,
    ];
    let mut wrong = Vec::new();
    for list in &lists {
        for query in tries {
            let answer = root.get(&format!("{list}?{query}")).await;
            let (status, code) = problem(answer).await;
            let known = ["http.query", "paging.cursor", "input.invalid"];
            if status != 400 || !known.contains(&code.as_str()) {
                wrong.push(format!("{list}?{query}: {status} {code}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The lists that take a page, of the document; those about one thing of the caller's are left out.
fn lists() -> impl Iterator<Item = String> {
    let document = issuer::http::openapi::DOCUMENT.clone();
    let paths = document["paths"].as_object().expect("paths").clone();
    let paged = paths.into_iter().filter(|(_, methods)| {
        let parameters = methods["get"]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "cursor"))
    });
    paged
        .map(|(path, _)| format!("/api/v1{}", path.replace("{organisation}", "host")))
        .filter(|path| !path.contains('{'))
}
