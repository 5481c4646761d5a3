//! What the edge does not let happen: script, framing, foreign hosts, slow and surplus connections.

use std::time::{Duration, Instant};

use issuer::config::EdgeLimits;
use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::{BROWSER, LIMITS, Served, form, header, path_of, raw};

/// The only script of the service.
const OWN_SCRIPT: &str = "<script type=\"module\" src=\"/assets/verify.js\"></script>";

/// A page without the block of data that achievements have for search engines. What people wrote
/// stands in it, and neither ends it nor begins anything in it.
fn without_data_block(page: &str) -> String {
    let Some((before, after)) = page.split_once("<script type=\"application/ld+json\">") else {
        return page.to_owned();
    };
    let (data, after) = after.split_once("</script>").expect("the end of the block");
    assert!(!data.contains(['<', '>', '&']), "{data}");
    format!("{before}{after}")
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_01_what_people_wrote_is_shown_as_text() {
    let served = Served::new().await;
    let author = served.caller("donna", &[Role::Author]);
    let script = "<script>alert(1)</script><img src=x onerror=alert(1)> \" ' & {{7*7}}";
    let mut content: Value = author
        .get("/api/v1/micro-credentials/wait-time/content")
        .await
        .json()
        .await
        .expect("the content");
    for member in ["name", "competency", "description", "criteria"] {
        content[member] = script.into();
    }
    content["rubric"]["criteria"][0]["name"] = script.into();
    content["rubric"]["criteria"][0]["levels"][0]["name"] = script.into();
    content["evidence_requirements"][0]["name"] = script.into();
    let written = author
        .put(
            "/api/v1/organisations/host/micro-credentials/hostile",
            content,
        )
        .await;
    assert_eq!(
        written.status(),
        200,
        "{}",
        written.text().await.expect("a body")
    );
    author
        .post("/api/v1/micro-credentials/hostile/publish", json!({}))
        .await;

    let verified = served.paste(script).await;
    let asked = served
        .get(&format!("/verify?{}", form("badge", script)))
        .await;
    for page in [
        served.page("/").await,
        served.page("/achievements/hostile").await,
        verified,
        asked,
    ] {
        assert_eq!(page.status(), 200);
        let page = page.text().await.expect("a page");
        let page = without_data_block(&page.replace(OWN_SCRIPT, ""));
        assert!(
            !page.contains("<script") && !page.contains("<img src=x"),
            "{page}"
        );
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_06_every_answer_carries_the_protective_headers() {
    let served = Served::new().await;
    let badge = served.test.app.site.badge(served.published_badge());
    let paths = [
        "/",
        "/verify",
        "/issuer",
        "/nothing",
        "/assets/style.css",
        "/robots.txt",
        "/.well-known/did.json",
        "/.well-known/jwks.json",
        "/status/1",
        "/achievements/wait-time",
        "/achievements/wait-time/picture.png",
        "/log/checkpoint",
        "/log/entries",
        "/log/proof/0",
        "/log/proof/x",
        "/refresh/x",
        "/api/v1/people/me",
        "/api/v1/submissions",
        path_of(&badge),
    ];
    for path in paths {
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            let answer = served
                .request(method.clone(), path)
                .header("accept", BROWSER)
                .send()
                .await
                .expect("an answer");
            let place = format!("{method} {path}");
            assert!(answer.status().as_u16() < 500, "{place}");
            let policy = header(&answer, "content-security-policy");
            for rule in [
                "default-src 'none'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            ] {
                assert!(policy.contains(rule), "{place}: {policy}");
            }
            // One page has a script, a file of the service's own.
            let without_own = match path {
                "/verify" => policy.replace("script-src 'self';", ""),
                _ => policy.to_owned(),
            };
            assert!(
                !policy.contains("unsafe") && !without_own.contains("script-src"),
                "{place}: {policy}"
            );
            assert_eq!(
                header(&answer, "x-content-type-options"),
                "nosniff",
                "{place}"
            );
            assert_eq!(header(&answer, "x-frame-options"), "DENY", "{place}");
            assert_eq!(header(&answer, "referrer-policy"), "same-origin", "{place}");
            assert_eq!(
                header(&answer, "cross-origin-opener-policy"),
                "same-origin",
                "{place}"
            );
            assert!(
                header(&answer, "strict-transport-security").contains("max-age="),
                "{place}"
            );
            assert!(answer.headers().contains_key("cache-control"), "{place}");
            assert!(!answer.headers().contains_key("set-cookie"), "{place}");
        }
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_09_no_header_changes_where_the_service_says_it_is() {
    let served = Served::new().await;
    let badge = served.test.app.site.badge(served.published_badge());
    let paths = [
        "/",
        path_of(&badge),
        "/issuer",
        "/.well-known/did.json",
        "/achievements/wait-time",
        "/nothing",
        "/status/1",
    ];
    let hostile = [
        "Host: evil.example",
        "Host: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nForwarded: host=evil.example",
    ];
    for path in paths {
        for headers in hostile {
            for accept in ["text/html", "application/json"] {
                let request = format!(
                    "GET {path} HTTP/1.1\r\n{headers}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
                );
                let answer = raw(&served, &request).await;
                assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
                assert!(
                    !answer.contains("evil.example") && !answer.contains("gopher"),
                    "{path}: {answer}"
                );
            }
        }
    }
}

#[tokio::test]
async fn public_documents_are_open_to_all_origins_and_the_interface_to_none() {
    let served = Served::new().await;
    let badge = served.test.app.site.badge(served.published_badge());
    for path in [
        path_of(&badge),
        "/issuer",
        "/.well-known/did.json",
        "/.well-known/jwks.json",
        "/status/1",
        "/achievements/wait-time",
        "/log/checkpoint",
    ] {
        assert_eq!(
            header(&served.get(path).await, "access-control-allow-origin"),
            "*",
            "{path}"
        );
    }
    let preflight = served
        .request(Method::OPTIONS, "/api/v1/verify")
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (
            preflight.status().as_u16(),
            header(&preflight, "access-control-allow-origin")
        ),
        (204, "*")
    );
    for path in ["/api/v1/people/me", "/api/v1/badges"] {
        for method in [Method::GET, Method::OPTIONS] {
            let answer = served
                .request(method, path)
                .send()
                .await
                .expect("an answer");
            assert!(
                !answer.headers().contains_key("access-control-allow-origin"),
                "{path}"
            );
        }
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_r_01_a_slow_header_is_cut_off() {
    let served = Served::new().await;
    let began = Instant::now();
    let slow = async |first: &'static str| {
        let mut stream = TcpStream::connect(served.address)
            .await
            .expect("a connection");
        stream
            .write_all(first.as_bytes())
            .await
            .expect("a beginning");
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(9), stream.read_to_end(&mut answer))
            .await
            .expect("an end")
            .ok();
        String::from_utf8(answer).expect("text")
    };
    let (silent, begun) = tokio::join!(slow(""), slow("GET / HTTP/1.1\r\nHost: x\r\n"));
    for answer in [silent, begun] {
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
}

/// What is said of every operation (`openapi`): 431.
#[tokio::test]
async fn an_address_that_is_far_too_long_is_refused_before_it_is_read() {
    let served = Served::new().await;
    let ask = async |bytes: usize| {
        let long = "x".repeat(bytes);
        let request =
            format!("GET /robots.txt?{long} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let mut stream = TcpStream::connect(served.address)
            .await
            .expect("a connection");
        // Whoever is cut off may not come to read why.
        stream.write_all(request.as_bytes()).await.ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        String::from_utf8(answer).expect("text")
    };
    assert!(ask(31 << 10).await.starts_with("HTTP/1.1 200"));
    let mut told = 0;
    for _ in 0..10 {
        let answer = ask(48 << 10).await;
        let is_told = answer.starts_with("HTTP/1.1 431");
        assert!(is_told || answer.is_empty(), "{answer}");
        told += usize::from(is_told);
    }
    assert!(told > 0, "nobody is told");
}

#[tokio::test]
async fn surplus_connections_wait_until_one_ends() {
    let served = Served::with_limits(EdgeLimits {
        connections: 1,
        ..LIMITS
    })
    .await;
    let held = TcpStream::connect(served.address)
        .await
        .expect("a connection");
    let waiting = served
        .request(Method::GET, "/robots.txt")
        .timeout(Duration::from_millis(300))
        .send()
        .await;
    assert!(waiting.is_err_and(|error| error.is_timeout()));
    drop(held);
    assert_eq!(served.get("/robots.txt").await.status(), 200);
}

#[tokio::test]
async fn stopping_lets_the_request_under_way_come_to_its_end() {
    let mut served = Served::new().await;
    let office = served.caller("olivia", &[Role::Administrator]);
    let token = office.request(Method::GET, "/").build().expect("a request");
    let token = token.headers()["authorization"]
        .to_str()
        .expect("text")
        .to_owned();
    drop(office);
    let body = r#"{"name":"Max","emails":["max@example.org"]}"#;
    let mut stream = TcpStream::connect(served.address)
        .await
        .expect("a connection");
    let head = format!(
        "POST /api/v1/people HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("the header");
    // Whoever is answered has had the header of the other request read as well.
    assert_eq!(served.get("/robots.txt").await.status(), 200);

    served
        .stop
        .take()
        .expect("it still runs")
        .send(())
        .expect("it still listens");
    while TcpStream::connect(served.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(body.as_bytes()).await.expect("the body");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    served.serving.await.expect("the service has ended");
}
