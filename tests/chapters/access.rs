//! Every line of the route table, tried by everybody, against the table of rights as it is published
//! (`docs/rights.md`).
//!
//! A request that would change something brings a condition that cannot be read: whoever is let
//! through the gate is told so (`http.header`), and nothing changes.

mod rows;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use issuer::http;
use issuer::http::Route;
use issuer::rights::{Access, Action, Scope};
use reqwest::{Method, Response};
use serde_json::Value;

use self::rows::{Row, published};
use self::world::{Place, World};
use crate::served::Served;

#[test]
fn the_published_table_of_rights_is_the_one_that_is_used() {
    let published: Vec<Row> = published().into_values().collect();
    for row in &published {
        assert!(row.what.len() > 5, "{} is not described", row.action);
    }
    let written: BTreeMap<_, _> = published
        .into_iter()
        .map(|row| (row.action, (row.who, row.scope)))
        .collect();
    let used: BTreeMap<_, _> = Action::ALL
        .iter()
        .map(|action| {
            let rule = action.rule();
            let who: Vec<_> = rule.who.iter().map(ToString::to_string).collect();
            (
                format!("{action:?}"),
                (who.join(" or "), rule.scope.to_string()),
            )
        })
        .collect();
    assert_eq!(written, used, "docs/rights.md and rights.rs differ");
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_04_every_route_is_for_those_of_the_table_of_rights_and_nobody_else() {
    let served = Served::new().await;
    let world = World::build(&served);
    let table = published();
    let (mut tried, mut wrong) = (0, Vec::new());
    for route in judged_routes() {
        let row = &table[&format!("{:?}", route.action)];
        for place in [Place::Own, Place::Other] {
            let path = world.path(&route.path, place);
            for stranger in world.everybody() {
                let expected = stranger.expected(row, &route.path, place);
                // A form of a page would be taken as it is: only those are tried who may not send it.
                let is_harmless = is_api(&route) || route.method == Method::GET;
                if expected == 200 && !is_harmless {
                    continue;
                }
                let answer = world.call(stranger, &route.method, &path).await;
                let got = Outcome::of(answer).await;
                tried += 1;
                // What is for everybody may be missing for everybody.
                if row.lets("anybody") && got.status == 404 {
                    continue;
                }
                if !got.is(expected) {
                    wrong.push(format!(
                        "{} {path} ({:?}) by {}: {expected} was expected, {got:?} came",
                        route.method, route.action, stranger.name
                    ));
                }
            }
        }
    }
    println!("{tried} requests");
    assert!(tried > 1_000, "{tried}");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_04_a_token_without_the_scope_of_a_route_is_refused_whoever_holds_it() {
    let served = Served::new().await;
    let world = World::build(&served);
    let table = published();
    let mut wrong = Vec::new();
    for route in judged_routes().filter(|route| is_api(route) && !route.action.rule().is_open()) {
        let row = &table[&format!("{:?}", route.action)];
        let path = world.path(&route.path, Place::Own);
        let mut everybody = world.everybody();
        let may = everybody.find(|stranger| stranger.expected(row, &route.path, Place::Own) == 200);
        let Some(stranger) = may else {
            wrong.push(format!("nobody of the world may {:?}", route.action));
            continue;
        };
        let needed = route.action.rule().scope;
        let of_area = |scope: &Scope| scope.area == needed.area;
        let others: BTreeSet<_> = Scope::all()
            .into_iter()
            .filter(|scope| !of_area(scope))
            .collect();
        let reading = BTreeSet::from([Scope {
            access: Access::Read,
            ..needed
        }]);
        let writing = BTreeSet::from([Scope {
            access: Access::Write,
            ..needed
        }]);
        let is_for_reading = needed.access == Access::Read;
        let tries = [
            ("every other scope", others, 403),
            (
                "reading alone",
                reading,
                if is_for_reading { 200 } else { 403 },
            ),
            ("writing", writing, 200),
        ];
        for (name, scopes, expected) in tries {
            let token = world.token(stranger, scopes);
            let answer = world.call_with(Some(&token), &route.method, &path).await;
            let got = Outcome::of(answer).await;
            if !got.is(expected) {
                wrong.push(format!(
                    "{} {path} with {name}: {expected} was expected, {got:?} came",
                    route.method
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_04_other_methods_and_other_spellings_of_an_address_reach_nothing() {
    let served = Served::new().await;
    let world = World::build(&served);
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in http::routes().iter().filter(|route| is_api(route)) {
        let known = methods.entry(route.path.clone()).or_default();
        known.insert(route.method.to_string());
    }
    let operator = world.operator();
    let mut wrong = Vec::new();
    for (template, known) in methods {
        let path = world.path(&template, Place::Own);
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get",
        ] {
            if known.contains(method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = world.call_with(Some(operator), &method, &path).await;
            if answer.status() != 405 {
                wrong.push(format!("{method} {path}: {}", answer.status()));
            }
        }
        let options = world.call_with(None, &Method::OPTIONS, &path).await;
        if ![204, 405].contains(&options.status().as_u16()) {
            wrong.push(format!("OPTIONS {path}: {}", options.status()));
        }
        if known.contains("GET") {
            for token in [None, Some(operator)] {
                let get = world.call_with(token, &Method::GET, &path).await;
                let head = world.call_with(token, &Method::HEAD, &path).await;
                let same = get.status() == head.status()
                    && get.headers().get("etag") == head.headers().get("etag");
                let body = head.bytes().await.expect("no body");
                if !same || !body.is_empty() {
                    wrong.push(format!("HEAD {path} is not GET without its body"));
                }
            }
        }
        let (first, last) = path.rsplit_once('/').expect("a path");
        let spellings = [
            format!("{path}/"),
            format!("/{path}"),
            format!("{first}//{last}"),
            path.replace("/api/", "/API/"),
            path.replace("/api/v1", "/api/V1"),
            path.replace("/api/v1", "/api/v1/."),
            path.replace("/v1/", "%2Fv1/"),
            format!("{path};x"),
            format!("{path}%00"),
        ];
        for spelling in spellings
            .into_iter()
            .filter(|spelling| !spelling.contains("/./"))
        {
            for method in &known {
                let method = Method::from_bytes(method.as_bytes()).expect("a method");
                let answer = world.call_with(Some(operator), &method, &spelling).await;
                // A value may be anything; whatever it is, it names nothing.
                if ![404, 405].contains(&answer.status().as_u16()) && !is_value(&template, &answer)
                {
                    wrong.push(format!("{method} {spelling}: {}", answer.status()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the last part of an address is a value that the gate does not look at, another text there is
/// another value, and is judged as one.
fn is_value(template: &str, answer: &Response) -> bool {
    template.ends_with('}') && [400, 403].contains(&answer.status().as_u16())
}

/// The lines that are not for everybody, and those of the interface that are.
fn judged_routes() -> impl Iterator<Item = Route> {
    let routes = http::routes().into_iter();
    // What applications do takes tokens of their own, as `host_attacks` tells.
    let routes = routes.filter(|route| !route.action.rule().scope.area.is_of_the_standard());
    routes.filter(|route| is_api(route) || !route.action.rule().is_open())
}

fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/v1/")
}

/// How a request ended.
#[derive(Debug)]
struct Outcome {
    status: u16,
    code: String,
    is_sign_in: bool,
}

impl Outcome {
    async fn of(answer: Response) -> Outcome {
        let status = answer.status().as_u16();
        let is_sign_in = answer.url().path() == "/sign-in";
        let body = answer.bytes().await.unwrap_or_default();
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        Outcome {
            status,
            code: problem["code"].as_str().unwrap_or_default().to_owned(),
            is_sign_in,
        }
    }

    /// 200 stands for everything that happens behind the gate.
    fn is(&self, expected: u16) -> bool {
        let code = self.code.as_str();
        match expected {
            200 => !self.is_sign_in && self.status < 500 && ![401, 403, 404].contains(&self.status),
            // A browser is led to where it can sign in.
            401 => (self.status, code) == (401, "auth.required") || self.is_sign_in,
            403 => (self.status, code) == (403, "auth.forbidden"),
            404 => (self.status, code) == (404, "auth.not_found"),
            _ => false,
        }
    }
}
