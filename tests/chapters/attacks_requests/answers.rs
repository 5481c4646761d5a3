//! Attacks by servers: how they answer, and how many of them a badge names.

use std::sync::{Arc, Mutex, mpsc};

use issuer::fetch::{self, Authorities, Fetch, Fetching, Wanted, Web as RealWeb};
use rcgen::{CertificateParams, date_time_ymd};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::super::cli::https_server;
use super::super::status::{BYTES, LIST, badge_with, by_school, entry, list};
use crate::certificates::{authority, signed as certified};
use crate::forge;
use crate::forge::{Key, endorsement, school_badge, signed, with, without};
use crate::forms::{Case, decided, hold};
use crate::program;
use crate::served::{Served, form};
use crate::site::{Body, Reply, Site};
use crate::web::Web;

use super::*;

/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_09_a_badge_that_comes_slowly_or_without_end_is_left_there() {
    let reply = |headers: &str, body| Reply {
        status: "200 OK",
        headers: headers.to_owned(),
        body,
    };
    let site = Site::answering(move |path| match path {
        "/zeros" => reply("", Body::Endless),
        "/chunks" => reply("Transfer-Encoding: chunked\r\n", Body::Endless),
        "/drip" => reply("Content-Length: 1000\r\n", Body::Drip),
        "/silence" => reply("Content-Length: 1000\r\n", Body::Silence),
        "/claims-much" => reply("Content-Length: 10000000000\r\n", Body::Silence),
        "/cut" => reply("Content-Length: 10\r\n", Body::Text("half")),
        "/gzip" => reply("Content-Encoding: gzip\r\n", Body::Text("x")),
        "/br" => reply("Content-Encoding: br\r\n", Body::Text("x")),
        _ => Reply::ok("x"),
    });
    let all = [
        ("/zeros", "fetch.too_large"),
        ("/chunks", "fetch.unreachable"),
        ("/drip", "fetch.timeout"),
        ("/silence", "fetch.timeout"),
        ("/claims-much", "fetch.too_large"),
        ("/cut", "fetch.unreachable"),
        ("/gzip", "fetch.not_allowed"),
        ("/br", "fetch.not_allowed"),
    ];
    let told = all.map(|(_, code)| format!("undetermined/{code}"));
    let all: Vec<(String, &str)> = all
        .iter()
        .zip(&told)
        .map(|((path, _), told)| (site.url(path).to_string(), told.as_str()))
        .collect();
    hold_at("N-09", &Reach::And(site.url("/")), &all).await;
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_n_10_the_service_believes_good_certificates_alone() {
    let (authority, stranger) = (authority(), authority());
    let good = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let mut expired = good.clone();
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut early = good.clone();
    early.not_before = date_time_ymd(2100, 1, 1);
    let elsewhere = CertificateParams::new(["elsewhere.example".to_owned()]).expect("a name");
    for (what, certificate, code) in [
        ("good", certified(good.clone(), &authority), None),
        ("expired", certified(expired, &authority), Some("fetch.tls")),
        (
            "not yet valid",
            certified(early, &authority),
            Some("fetch.tls"),
        ),
        (
            "of another host",
            certified(elsewhere, &authority),
            Some("fetch.tls"),
        ),
        (
            "of an unknown authority",
            certified(good, &stranger),
            Some("fetch.tls"),
        ),
    ] {
        let host = format!("localhost:{}", https_server(certificate));
        let reach = fetch::Reach::with_private_hosts(vec![host.parse().expect("a host")]);
        let believed = Authorities::read(authority.pem().as_bytes()).expect("an authority");
        let world = Arc::new(RealWeb::reaching(reach, &believed));
        let served = Served::in_world(world).await;
        let path = format!(
            "/api/v1/verify?{}",
            form("url", &format!("https://{host}/badge"))
        );
        let answer = served.request(Method::POST, &path).send().await;
        let answer = answer.expect("an answer");
        let expected = if code.is_some() { 422 } else { 200 };
        assert_eq!(answer.status(), expected, "{what}");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["code"].as_str(), code, "{what}: {body}");
    }
}

/// A web that counts who is asked for.
struct Counted {
    web: Web,
    asked: Mutex<Vec<Url>>,
}

impl Fetch for Counted {
    fn fetch<'a>(&'a self, url: &'a Url, _: Wanted) -> Fetching<'a> {
        self.asked.lock().expect("no panic").push(url.clone());
        Box::pin(std::future::ready(self.web.answer(url)))
    }
}

/// A badge with a list and with endorsements by twenty issuers, all at different hosts, in a world
/// where no endorser answers. Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_11_one_badge_has_few_calls_made() {
    let by = |number: usize| {
        let did = format!("did:web:host-{number}.example");
        let id = format!("urn:uuid:7a7f3f34-7d7e-4a57-8a45-1f8f2d4f{number:04}");
        let plain = with(&endorsement(&did), "/id", json!(id));
        signed(&plain, &format!("{did}#key-1"), Key::Stranger)
    };
    let endorsements: Vec<Value> = (0..20).map(by).collect();
    let pointer = "/credentialSubject/achievement/endorsement";
    let plain = without(&badge_with(entry("revocation", 8)), "/proof");
    let badge = by_school(&with(&plain, pointer, json!(endorsements))).to_string();
    let list = by_school(&list(json!("revocation"), &[], BYTES)).to_string();

    let mut web = Web::read();
    web.serve(LIST, list.clone());
    let counted = Arc::new(Counted {
        web,
        asked: Mutex::default(),
    });
    let served = Served::in_world(counted.clone()).await;
    let request = served
        .request(Method::POST, "/api/v1/verify")
        .body(badge.clone());
    let report = request.send().await.expect("an answer");
    let report: Value = report.json().await.expect("JSON");
    let asked = counted.asked.lock().expect("no panic").len();
    assert_eq!(asked, 8, "{report}");
    assert!(report.to_string().contains("\"fetch.budget\""), "{report}");
    assert_eq!(report["verdict"], "undetermined");

    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("badge.json");
    std::fs::write(&file, badge).expect("a file");
    let documents = folder.path().join("documents.json");
    std::fs::write(&documents, json!({ LIST: list }).to_string()).expect("a file");
    let output = program::command()
        .args(["verify", "--json", "--now", forge::NOW, "--documents"])
        .args([&documents, &file])
        .output()
        .expect("the program");
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(told.contains("\"fetch.budget\""), "{told}");
    assert_eq!(output.status.code(), Some(2));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_n_12_a_document_is_asked_for_once_by_the_badges_of_a_minute() {
    let (requests, asked) = mpsc::channel();
    let site = Site::recording_and(requests, |_| Reply {
        status: "404 Not Found",
        headers: String::new(),
        body: Body::Text(""),
    });
    let served = Served::in_world(Arc::new(RealWeb::with_development_origin(&site.url("/")))).await;
    let at = |path: &str| {
        let entry = forge::status("own", "revocation", json!("8"));
        let entry = with(
            &entry,
            "/statusListCredential",
            json!(site.url(path).as_str()),
        );
        school_badge("/credentialStatus", entry).to_string()
    };
    let (one, other) = (at("/list"), at("/list?2"));
    for badge in [&one, &one, &one, &other, &other] {
        let request = served
            .request(Method::POST, "/api/v1/verify")
            .body(badge.clone());
        let report: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        assert_eq!(decided(&report), "status.unreachable");
    }
    // The key is the whole address.
    assert_eq!(asked.try_iter().count(), 2);
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_13_a_failure_anywhere_is_neither_good_nor_bad() {
    let failures = [
        "fetch.address_blocked",
        "fetch.budget",
        "fetch.not_allowed",
        "fetch.redirect",
        "fetch.timeout",
        "fetch.tls",
        "fetch.too_large",
        "fetch.unreachable",
        "status.unreachable",
        "schema.unreachable",
    ];
    let folders = failures.map(|code| format!("undetermined/{code}"));
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    hold("N-13", &Case::fixtures(&folders)).await;

    let site = Site::answering(|path| Reply {
        status: match path {
            "/500" => "500 Internal Server Error",
            "/503" => "503 Service Unavailable",
            "/404" => "404 Not Found",
            "/401" => "401 Unauthorized",
            "/204" => "204 No Content",
            "/206" => "206 Partial Content",
            _ => "418 I'm a teapot",
        },
        headers: String::new(),
        body: Body::Text("{}"),
    });
    let paths = ["/500", "/503", "/404", "/401", "/204", "/206", "/418"];
    let all = paths.map(|path| (site.url(path).to_string(), "undetermined/fetch.unreachable"));
    hold_at("N-13", &Reach::And(site.url("/")), &all).await;
}
