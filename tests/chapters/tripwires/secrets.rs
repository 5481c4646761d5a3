//! Secrets of an organisation, searched for in everything that it tells anybody.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;

use crate::served::form;
use crate::support::json;
use crate::{program, web};

use super::service::Service;

/// The program with keys, tokens and people of its own, its log at its loudest: a tour of every
/// route with every kind of caller, and of the commands. Secrets appear in no answer, no line of
/// the log and no other output; tokens and keys not in the store; and an e-mail address that its
/// person hides is told to that person and the office alone.
/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_o_02_no_secret_is_told_logged_or_stored() {
    let folder = TempDir::new().expect("a folder");
    let demo = folder.path().join("demo");
    let mut heard = Heard::default();
    let told = program::command()
        .args(["demo", "--once", "--folder"])
        .arg(&demo)
        .output();
    let told = told.expect("the program");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stdout)
    );
    heard.output("demo", &told);

    let story = json(&demo.join("story.json"));
    let people = story["people"].as_array().expect("people");
    let tokens: Vec<String> = people.iter().map(|person| text(&person["token"])).collect();
    let service = Service::start(&demo, folder.path());
    let badges: Vec<String> = story["badges"]
        .as_array()
        .expect("badges")
        .iter()
        .map(|badge| text(&badge["url"]))
        .collect();
    tour(&service, &tokens, &badges, &mut heard).await;
    service.stop(&mut heard);
    commands(&demo, folder.path(), &badges, &mut heard);

    let mut secrets: Vec<Secret> = ["signing.pem", "log.pem"]
        .iter()
        .map(|name| Secret::key(&demo.join("keys").join(name)))
        .collect();
    secrets.extend(tokens.iter().map(|token| Secret::text(A_TOKEN, token)));
    // The walk through the demo ends with its people's tokens, for whoever wants to go on.
    let (walked, heard_by_others): (Vec<_>, Vec<_>) =
        heard.0.into_iter().partition(|(_, what, _)| what == "demo");
    let walked = Heard(walked);
    let mut heard = Heard(heard_by_others);
    for secret in &secrets {
        heard.lacks(secret);
    }
    for secret in secrets.iter().filter(|secret| secret.name != A_TOKEN) {
        walked.lacks(secret);
    }
    // The store is not told to anybody, and yet holds neither.
    for path in web::files(&demo.join("data")) {
        let stored = fs::read(&path).expect("a file of the store");
        for secret in &secrets {
            assert!(
                !secret.is_in(&stored),
                "{} holds {}",
                path.display(),
                secret.name
            );
        }
    }
    let email = Secret::text("an e-mail address", DANA);
    let to_her = |who: &str| who == "earner" || who == "office";
    heard
        .0
        .retain(|(who, what, _)| !(to_her(who) && what.contains("/api/v1/people")));
    heard.lacks(&email);
    println!("{} outputs were searched", heard.0.len());
    assert!(heard.0.len() > 500, "{}", heard.0.len());
}

const A_TOKEN: &str = "a token";

const DANA: &str = "dana.whitlock@demo.example";

/// Asks for everything there is, rightly and wrongly, as everybody.
async fn tour(service: &Service, tokens: &[String], badges: &[String], heard: &mut Heard) {
    // Another chapter may have installed it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .expect("a client");
    let mut wrong = tokens[0].clone();
    wrong.replace_range(wrong.len() - 4.., "AAAA");
    let callers = [
        ("stranger", None),
        ("office", Some(&tokens[0])),
        ("reviewer", Some(&tokens[1])),
        ("earner", Some(&tokens[2])),
        ("impostor", Some(&wrong)),
    ];
    let mut paths: Vec<String> = ROUTES.iter().map(|path| (*path).to_owned()).collect();
    for badge in badges {
        let path = badge
            .strip_prefix(&service.origin)
            .expect("an address of the service");
        paths.extend(["", ".json", ".jwt", ".png"].map(|face| format!("{path}{face}")));
        paths.push(format!("/api/v1{path}"));
        paths.push(format!("/verify?{}", form("url", badge)));
    }
    // What the earner's and the reviewer's lists lead to.
    for (token, list) in [(&tokens[2], "submissions"), (&tokens[1], "reviews")] {
        let answer = client
            .get(format!("{}/api/v1/{list}", service.origin))
            .bearer_auth(token)
            .send()
            .await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        let items = answer
            .as_array()
            .or_else(|| answer["items"].as_array())
            .cloned()
            .unwrap_or_default();
        for item in items {
            let id = item["id"]
                .as_str()
                .or_else(|| item["submission"].as_str())
                .unwrap_or_default()
                .to_owned();
            paths.extend(
                ["", "/feedback", "/evidence", "/files"]
                    .map(|part| format!("/api/v1/submissions/{id}{part}")),
            );
            paths.push(format!("/api/v1/reviews/{id}"));
        }
    }
    for (who, token) in callers {
        for path in &paths {
            for (method, body) in [
                (Method::GET, ""),
                (Method::POST, "{\"name\": 7, \"token\": "),
                (Method::POST, "{}"),
                (Method::PUT, "{}"),
            ] {
                // Who may not ask at all is told so before what was sent is looked at.
                if token.is_none() && body.ends_with(": ") {
                    continue;
                }
                // The office would make a token there, and is meant to see it.
                if path.ends_with("/tokens") && method == Method::POST {
                    continue;
                }
                let mut request = client
                    .request(method.clone(), format!("{}{path}", service.origin))
                    .header("accept", "application/json, text/html;q=0.9, */*;q=0.8");
                if method != Method::GET {
                    request = request
                        .header("content-type", "application/json")
                        .body(body);
                }
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                let answer = request.send().await.expect("an answer");
                heard.answer(who, &format!("{method} {path}"), answer).await;
            }
        }
        // A recipient is asked about, in the body, where no log sees it.
        let fields = format!("{}&{}", form("url", &badges[0]), form("recipient", DANA));
        let request = client
            .post(format!("{}/api/v1/verify", service.origin))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(fields).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
}

/// Arguments of the program, and a variable in its environment.
type Run<'a> = (&'a [&'a str], Option<(&'a str, &'a str)>);

/// The commands, rightly and wrongly.
fn commands(demo: &Path, folder: &Path, badges: &[String], heard: &mut Heard) {
    let config = folder.join("assay.toml");
    let config = config.display().to_string();
    let key = demo.join("keys/signing.pem").display().to_string();
    let log = demo.join("story.json").display().to_string();
    let open = folder.join("open.pem");
    fs::copy(&key, &open).expect("a copy");
    fs::set_permissions(&open, std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .expect("a mode");
    let open = open.display().to_string();
    let runs: [Run; 9] = [
        (&["--help"], None),
        (&["keys", "create", "--config", &config], None),
        // A key file is no badge, nor is a file with tokens.
        (&["verify", &key], None),
        (&["verify", "--json", &key], None),
        (&["verify", "--json", &log], None),
        (&["verify", "--development", &badges[0], &badges[0]], None),
        (&["serve", "--config", &key], None),
        (
            &["serve", "--config", &config],
            Some(("ASSAY_SIGNING_KEY_FILE", &open)),
        ),
        (
            &["serve", "--config", &config],
            Some(("ASSAY_LOG_KEY_FILE", &log)),
        ),
    ];
    for (arguments, environment) in runs {
        let mut command = program::command();
        command.args(arguments).envs(environment);
        let output = ended(command);
        heard.output(&arguments.join(" "), &output);
    }
}

/// What a command told until it ended. One that goes on has begun to serve, which it must not.
fn ended(mut command: Command) -> Output {
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().expect("the program");
    let begun = Instant::now();
    while process.try_wait().expect("a process").is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            process.kill().expect("a process");
            panic!("{command:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    process.wait_with_output().expect("its output")
}

/// Everything that was said, to whom, and on what question.
#[derive(Default)]
pub struct Heard(pub Vec<(String, String, Vec<u8>)>);

impl Heard {
    fn output(&mut self, what: &str, output: &Output) {
        let bytes = [&output.stdout[..], &output.stderr].concat();
        self.0.push(("terminal".to_owned(), what.to_owned(), bytes));
    }

    async fn answer(&mut self, who: &str, what: &str, answer: reqwest::Response) {
        let status = answer.status();
        assert!(status.as_u16() < 500, "{who}, {what}: {status}");
        let mut bytes = format!("{:?}\n", answer.headers()).into_bytes();
        bytes.extend(answer.bytes().await.expect("a body"));
        self.0.push((who.to_owned(), what.to_owned(), bytes));
    }

    fn lacks(&self, secret: &Secret) {
        for (who, what, text) in &self.0 {
            assert!(!secret.is_in(text), "{who}, {what}: tells {}", secret.name);
        }
    }
}

/// Something that must appear nowhere, in each way in which it could be written.
struct Secret {
    name: String,
    forms: Vec<Vec<u8>>,
}

impl Secret {
    fn text(name: &str, text: &str) -> Secret {
        let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mut secret = Secret::bytes(name, text.as_bytes());
        secret.forms.push(percent.into_bytes());
        secret.forms.push(form("", text).into_bytes().split_off(1));
        secret
    }

    fn bytes(name: &str, bytes: &[u8]) -> Secret {
        let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut forms = vec![
            bytes.to_vec(),
            hexadecimal.to_uppercase().into_bytes(),
            hexadecimal.into_bytes(),
            bs58::encode(bytes).into_vec(),
            format!("{bytes:?}").into_bytes(),
        ];
        // In base64 a secret looks different at each of three places; its ends depend on its neighbours.
        for before in 0..3 {
            let shifted = [&vec![0; before][..], bytes].concat();
            let encoded = STANDARD.encode(&shifted);
            let inner = encoded[(before * 8).div_ceil(6)..shifted.len() * 8 / 6].to_owned();
            forms.push(inner.replace('+', "-").replace('/', "_").into_bytes());
            forms.push(inner.into_bytes());
        }
        Secret {
            name: name.to_owned(),
            forms,
        }
    }

    /// The number in a key file, which is all that is secret there.
    fn key(path: &Path) -> Secret {
        let pem = fs::read_to_string(path).expect("a key file");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).expect("base64");
        // An octet string of 32 bytes in one of 34 (RFC 8410, section 7).
        let start = der
            .windows(4)
            .position(|part| part == [0x04, 0x22, 0x04, 0x20]);
        let start = start.expect("an Ed25519 key") + 4;
        Secret::bytes(&path.display().to_string(), &der[start..start + 32])
    }

    fn is_in(&self, text: &[u8]) -> bool {
        let mut forms = self.forms.iter();
        forms.any(|form| memchr::memmem::find(text, form).is_some())
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

const ROUTES: [&str; 27] = [
    "/",
    "/verify",
    "/issuer",
    "/.well-known/did.json",
    "/.well-known/jwks.json",
    "/keys/none",
    "/log/checkpoint",
    "/log/entries",
    "/log/proof/0",
    "/log/consistency?from=0&to=1",
    "/status/1",
    "/schemas/report.json",
    "/assets/icon.svg",
    "/refresh/none",
    "/achievements/none",
    "/nowhere",
    "/api/v1/verify",
    "/api/v1/people",
    "/api/v1/people/me",
    "/api/v1/people/none/tokens",
    "/api/v1/badges",
    "/api/v1/submissions",
    "/api/v1/organisations/host/reviews",
    "/api/v1/micro-credentials",
    "/api/v1/micro-credentials/none",
    "/api/v1/nowhere",
    "/%2e%2e/keys/signing.pem",
];
