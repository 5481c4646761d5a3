//! Attacks by addresses: whom whoever presents a badge makes us call.

mod answers;
mod documents;
pub mod names;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use futures_util::future::join_all;
use issuer::fetch::Web as RealWeb;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::fetch::{ODD_HOSTS, SPECIAL_V6, samples_v4, v6};
use crate::forge;
use crate::forge::{Key, badge, header, payload, school_badge, school_token, token, with};
use crate::forms::{Case, decided, hold};
use crate::program;
use crate::served::{Served, form};
use crate::site::{Body, Reply, Site, Tripwire};

/// What command line and service, each with a network of its own, tell of a badge at each address.
async fn hold_at(row: &str, reach: &Reach, addresses: &[(String, &str)]) {
    assert!(
        addresses.len() > 1,
        "{row}: one input is told in another form"
    );
    let mut wrong = Vec::new();
    let (by_program, by_service) =
        tokio::join!(of_program(reach, addresses), of_service(reach, addresses));
    for (place, (address, told)) in addresses.iter().enumerate() {
        for (form, answer) in [("command line", &by_program), ("HTTP", &by_service)] {
            if answer[place] != *told {
                wrong.push(format!(
                    "{row}, {form}, {address}: {}, not {told}",
                    answer[place]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How far the network reaches.
enum Reach {
    Public,
    And(Url),
}

impl Reach {
    fn web(&self) -> RealWeb {
        match self {
            Reach::Public => RealWeb::new(),
            Reach::And(origin) => RealWeb::with_development_origin(origin),
        }
    }
}

async fn of_program(reach: &Reach, addresses: &[(String, &str)]) -> Vec<String> {
    let mut command = program::command();
    command.args(["verify", "--json", "--now", forge::NOW]);
    if let Reach::And(origin) = reach {
        command.args([
            "--development",
            origin.origin().ascii_serialization().as_str(),
        ]);
    }
    command
        .arg("--")
        .args(addresses.iter().map(|(address, _)| address));
    let running = tokio::task::spawn_blocking(move || command.output());
    let output = running.await.expect("no panic").expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    let told: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
        .map(|line| said(line["verdict"].as_str(), line["code"].as_str()))
        .collect();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.len(), addresses.len(), "{complaint}");
    told
}

async fn of_service(reach: &Reach, addresses: &[(String, &str)]) -> Vec<String> {
    let served = Served::in_world(Arc::new(reach.web())).await;
    let ask = async |address: &str| {
        let path = format!("/api/v1/verify?{}", form("url", address));
        let answer = served.request(Method::POST, &path).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        match status {
            200 => said(body["verdict"].as_str(), decided(&body).as_str()),
            422 => said(Some("undetermined"), body["code"].as_str()),
            status => format!("{status}: {body}"),
        }
    };
    let mut told = Vec::new();
    // As many at once as the service has turns for.
    for some in addresses.chunks(16) {
        told.extend(join_all(some.iter().map(|(address, _)| ask(address))).await);
    }
    told
}

fn said(verdict: Option<&str>, code: Option<&str>) -> String {
    match (verdict, code) {
        (Some("verified"), None) => "verified".to_owned(),
        (verdict, code) => {
            format!("{}/{}", verdict.unwrap_or("none"), code.unwrap_or_default())
        }
    }
}

const BLOCKED: &str = "undetermined/fetch.address_blocked";

/// Every special range, at its first, middle and last address, and names that lead nowhere else.
/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_02_a_badge_at_a_special_address_is_not_fetched() {
    let tripwire = Tripwire::set();
    let v4 = samples_v4().map(|address| format!("https://{address}/badge"));
    let v6 = SPECIAL_V6.iter().flat_map(|(first, last)| {
        let (first, last) = (v6(first).to_bits(), v6(last).to_bits());
        [first, first + (last - first) / 2, last].map(Ipv6Addr::from_bits)
    });
    let v6 = v6.map(|address| format!("https://[{address}]/badge"));
    let names = [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "printer",
        "printer.local",
        "metadata.google.internal",
    ];
    let names = names.map(|name| format!("https://{name}:{}/badge", tripwire.port));
    let at = format!("https://127.0.0.1:{}/badge", tripwire.port);
    let all = v4.chain(v6).chain(names).chain([at]);
    let all: Vec<(String, &str)> = all.map(|address| (address, BLOCKED)).collect();
    hold_at("N-02", &Reach::Public, &all).await;
    assert_eq!(tripwire.connections(), 0);

    // The same where a badge leads there: by its list after the proof, by its issuer before it.
    let served = Served::in_world(Arc::new(RealWeb::new())).await;
    for host in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "localhost",
    ] {
        let list = format!("https://{host}:{}/list", tripwire.port);
        let entry = forge::status("own", "revocation", json!("8"));
        let entry = with(&entry, "/statusListCredential", json!(list));
        let badge = school_badge("/credentialStatus", entry);
        let request = served
            .request(Method::POST, "/api/v1/verify")
            .body(badge.to_string());
        let report: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        assert_eq!(report["verdict"], "undetermined");
        assert_eq!(decided(&report), "status.unreachable");
        assert!(
            report.to_string().contains("fetch.address_blocked"),
            "{report}"
        );
    }
    assert_eq!(tripwire.connections(), 0);
}

/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_03_a_badge_at_an_address_that_hides_another_is_not_fetched() {
    let hide = |inner: Ipv4Addr| {
        let [a, b, c, d] = inner.octets().map(u16::from);
        let (high, low) = (a << 8 | b, c << 8 | d);
        [
            inner.to_ipv6_mapped(),
            inner.to_ipv6_compatible(),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low),
            Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !0x0808, !0x0808),
        ]
    };
    let hidden = samples_v4().flat_map(hide);
    let all: Vec<(String, &str)> = hidden
        .map(|address| (format!("https://[{address}]/badge"), BLOCKED))
        .collect();
    assert_eq!(all.len(), 18 * 3 * 6);
    hold_at("N-03", &Reach::Public, &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_04_a_number_is_an_address_however_it_is_written() {
    let all: Vec<(String, &str)> = ODD_HOSTS
        .iter()
        .map(|host| (format!("https://{host}/badge"), BLOCKED))
        .collect();
    hold_at("N-04", &Reach::Public, &all).await;
    // A did:web names a host, and a number is none.
    let numbers = [
        "127.0.0.1",
        "127.1",
        "0177.0.0.1",
        "0x7f.1",
        "2130706433",
        "10.0.0.256",
        "93.184.215.14",
        "1.2.3.4%3A8443",
    ];
    let cases = numbers.map(|host| of(&format!("did:web:{host}"), "refused/did.invalid"));
    hold("N-04", &cases).await;
}

/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_06_a_redirect_leads_no_badge_astray() {
    let astray = Tripwire::set();
    let port = astray.port;
    let badge: &'static str = school_token().leak();
    let site = Site::answering(move |path| {
        let to = match path {
            "/1" => "/badge".to_owned(),
            "/2" => "/1".to_owned(),
            "/3" => "/2".to_owned(),
            "/4" => "/3".to_owned(),
            "/loop" => "/loop".to_owned(),
            "/http" => format!("http://127.0.0.1:{port}/"),
            "/address" => format!("https://127.0.0.1:{port}/"),
            "/local" => format!("https://localhost:{port}/"),
            "/file" => "file:///etc/passwd".to_owned(),
            "/data" => "data:,badge".to_owned(),
            "/user" => format!("http://user@127.0.0.1:{port}/"),
            "/metadata" => "http://169.254.169.254/latest/meta-data/".to_owned(),
            _ => return Reply::ok(badge),
        };
        Reply {
            status: "302 Found",
            headers: format!("Location: {to}\r\n"),
            body: Body::Text(""),
        }
    });
    let told = |path: &str| match path {
        "/1" | "/2" | "/3" | "/badge" => "verified",
        _ => "undetermined/fetch.redirect",
    };
    let paths = [
        "/badge",
        "/1",
        "/2",
        "/3",
        "/4",
        "/loop",
        "/http",
        "/address",
        "/local",
        "/file",
        "/data",
        "/user",
        "/metadata",
    ];
    let all = paths.map(|path| (site.url(path).to_string(), told(path)));
    hold_at("N-06", &Reach::And(site.url("/")), &all).await;
    assert_eq!(astray.connections(), 0);
}

/// What stands at an address is judged by its bytes; and the page has the same door as the interface.
/// Forms: command line, HTTP.
#[tokio::test]
async fn attack_n_14_an_address_of_a_badge_is_a_door_with_the_same_guard() {
    let badge: &'static str = school_token().leak();
    let site = Site::answering(move |path| {
        let typed = |media_type: &str, text| Reply {
            status: "200 OK",
            headers: format!("Content-Type: {media_type}\r\n"),
            body: Body::Text(text),
        };
        match path {
            "/page" => typed("application/vc+jwt", "<!doctype html><title>Hello</title>"),
            "/page-as-picture" => typed("image/png", "<html></html>"),
            "/words" => typed("application/json", "\"words\""),
            "/nothing" => typed("application/json", ""),
            "/another" => typed("application/json", "https://elsewhere.example/badge"),
            // A server that calls a badge something else is believed as little.
            "/badge" => typed("text/html", badge),
            _ => typed("text/plain", "no badge"),
        }
    });
    let all = [
        ("/page", "refused/input.unsupported"),
        ("/page-as-picture", "refused/input.unsupported"),
        ("/words", "refused/input.unsupported"),
        ("/nothing", "refused/input.unsupported"),
        ("/another", "refused/input.address"),
        ("/badge", "verified"),
        ("/text", "refused/input.unsupported"),
    ];
    let all = all.map(|(path, told)| (site.url(path).to_string(), told));
    hold_at("N-14", &Reach::And(site.url("/")), &all).await;

    let tripwire = Tripwire::set();
    let served = Served::in_world(Arc::new(RealWeb::new())).await;
    let special = samples_v4().map(|address| address.to_string());
    let odd = ODD_HOSTS.iter().map(|host| (*host).to_owned());
    let here = ["localhost", "127.0.0.1"].map(|host| format!("{host}:{}", tripwire.port));
    for host in special.chain(odd).chain(here) {
        let address = form("url", &format!("https://{host}/badge"));
        let page = served.page(&format!("/verify?{address}")).await;
        assert_eq!(page.status(), 200, "{host}");
        let page = page.text().await.expect("a page");
        assert!(page.contains("Could not be checked"), "{host}");
        assert!(page.contains("fetch.address_blocked"), "{host}: {page}");
    }
    for address in [
        "http://example.org/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://a:b@example.org/",
    ] {
        let page = served
            .page(&format!("/verify?{}", form("url", address)))
            .await;
        let page = page.text().await.expect("a page");
        assert!(
            !page.contains(">Verified<") && !page.contains("root:"),
            "{address}"
        );
    }
    assert_eq!(tripwire.connections(), 0);
}

/// A badge of this issuer, with a proof that nobody has made.
fn of(did: &str, told: &str) -> Case {
    let key = Key::Stranger;
    let kid = format!("{did}#key");
    let token = token(&header(key, &kid), &payload(&badge(did)), key);
    Case::new(did, token, told)
}
