//! The program `assay` from the command line: exit codes, output, and what it refuses to start with.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, date_time_ymd};
use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::{authority, signed};
use crate::program::command;
use crate::served::Served;

fn verify(arguments: &[&str]) -> (i32, String) {
    let output = command()
        .arg("verify")
        .args(arguments)
        .output()
        .expect("the program");
    (output.status.code().expect("an exit code"), text(&output))
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A badge whose issuer is a `did:key`, so that nothing needs to be fetched to check its proof.
fn fixture(path: &str) -> String {
    crate::support::repository()
        .join("tests/fixtures/presented")
        .join(path)
        .display()
        .to_string()
}

fn some_fixture(verdict: &str) -> Option<String> {
    let mut folders = vec![fixture(verdict)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).ok()?.flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path.display().to_string()),
                false => return Some(path.display().to_string()),
            }
        }
    }
    None
}

#[test]
fn the_exit_code_is_the_verdict() {
    let refused = some_fixture("refused").expect("a refused fixture");
    let (code, told) = verify(&[&refused]);
    assert_eq!(code, 1, "{told}");
    assert!(told.starts_with("Refused."), "{told}");

    let (code, told) = verify(&["--json", &refused]);
    let report: Value = serde_json::from_str(&told).expect("JSON and nothing else");
    assert_eq!((code, &report["verdict"]), (1, &"refused".into()));

    let (code, told) = verify(&["https://nobody.invalid/badge"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("fetch.unreachable"), "{told}");

    let (code, told) = verify(&["--json", "https://127.0.0.1/badge"]);
    let report: Value = serde_json::from_str(&told).expect("JSON and nothing else");
    assert_eq!(
        (code, &report["verdict"], &report["code"]),
        (2, &"undetermined".into(), &"fetch.address_blocked".into())
    );
}

#[test]
fn mistakes_look_like_no_verdict() {
    for arguments in [
        vec!["verify"],
        vec!["verify", "--colour", "x"],
        vec!["verif"],
        vec![],
        vec!["verify", "x", "--development", "https://example.org"],
    ] {
        let output = command().args(&arguments).output().expect("the program");
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
    }
    let (code, _) = verify(&["/nonexistent"]);
    assert_eq!(code, 66);
    assert_eq!(
        command()
            .arg("--help")
            .output()
            .expect("the program")
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn a_badge_is_read_from_standard_input() {
    let mut program = command()
        .args(["verify", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    program
        .stdin
        .take()
        .expect("its input")
        .write_all(b"<html>\x1b[2J")
        .expect("its input is read");
    let output = program.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("input.unsupported"),
        "{}",
        text(&output)
    );
    assert!(
        !text(&output).contains('\u{1b}'),
        "no text of a stranger moves the cursor"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_is_fetched_from_the_one_origin_that_is_allowed() {
    let served = Served::new().await;
    let id = served.published_badge();
    let origin = format!("http://{}", served.address);
    let address = format!("{origin}/badges/{id}.json");
    let (code, told) = verify(&[&address]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("fetch.not_allowed"), "{told}");
    // The badge is read; its issuer's document stands at an address that this machine cannot reach.
    let (code, told) = verify(&[&address, "--development", &origin]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("fetch.unreachable"), "{told}");
}

/// The wrong certificates, with an authority that the program trusts for the length of this test.
/// Forms: command line.
#[test]
fn attack_n_10_only_a_good_certificate_is_believed() {
    let folder = TempDir::new().expect("a folder");
    let authority = authority();
    let trusted = folder.path().join("authority.pem");
    fs::write(&trusted, authority.pem()).expect("a file");
    let good = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let mut expired = good.clone();
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut early = good.clone();
    early.not_before = date_time_ymd(2100, 1, 1);
    let elsewhere = CertificateParams::new(["elsewhere.example".to_owned()]).expect("a name");
    let stranger = crate::certificates::authority();

    let table = [
        ("good", signed(good.clone(), &authority), None),
        ("expired", signed(expired, &authority), Some("fetch.tls")),
        (
            "not yet valid",
            signed(early, &authority),
            Some("fetch.tls"),
        ),
        (
            "of another host",
            signed(elsewhere, &authority),
            Some("fetch.tls"),
        ),
        (
            "of an unknown authority",
            signed(good, &stranger),
            Some("fetch.tls"),
        ),
    ];
    for (what, certificate, failure) in table {
        let origin = format!("https://localhost:{}", https_server(certificate));
        let output = command()
            .args([
                "verify",
                "--json",
                &format!("{origin}/badge"),
                "--development",
                &origin,
            ])
            .env("SSL_CERT_FILE", &trusted)
            .output()
            .expect("the program");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        match failure {
            Some(code) => assert_eq!(
                (output.status.code(), &report["code"]),
                (Some(2), &code.into()),
                "{what}"
            ),
            // What stands there is no badge, and is read to say so.
            None => assert_eq!(output.status.code(), Some(1), "{what}: {report}"),
        }
    }
}

#[test]
fn a_private_host_is_reached_only_where_its_operator_names_it() {
    let folder = TempDir::new().expect("a folder");
    let authority = authority();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let ca = file("authority.pem", &authority.pem());
    let others = file("other.pem", &crate::certificates::authority().pem());
    let good = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let host = format!("localhost:{}", https_server(signed(good, &authority)));
    let neighbour = format!(
        "localhost:{}",
        TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address")
            .port()
    );
    let address = format!("https://{host}/badge");
    let allow = "--allow-private-host";

    for (options, code) in [
        (vec![], Some("fetch.address_blocked")),
        (vec!["--ca", &ca], Some("fetch.address_blocked")),
        (vec![allow, "localhost"], Some("fetch.address_blocked")),
        (vec![allow, &neighbour], Some("fetch.address_blocked")),
        (vec![allow, &host], Some("fetch.tls")),
        (vec![allow, &host, "--ca", &others], Some("fetch.tls")),
        // What stands there is no badge, and is read to say so.
        (vec![allow, &host, "--ca", &ca], None),
        (vec![allow, &neighbour, allow, &host, "--ca", &ca], None),
    ] {
        let (exit, told) = verify(&[&["--json", &address], &options[..]].concat());
        let report: Value = serde_json::from_str(&told).expect("JSON");
        match code {
            Some(code) => assert_eq!((exit, &report["code"]), (2, &code.into()), "{options:?}"),
            None => assert_eq!(exit, 1, "{options:?}: {told}"),
        }
    }
    let (exit, _) = verify(&[&address, allow, "https://localhost/"]);
    assert_eq!(exit, 64);
    let (exit, told) = verify(&[&address, "--ca", &file("empty.pem", "")]);
    assert_eq!(exit, 66, "{told}");
}

/// Forms: operation.
#[test]
fn attack_o_05_the_service_does_not_start_with_a_wrong_configuration() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("assay.toml");
    fs::write(
        &file,
        "public_url = \"http://badges.example.org\"\nissuer_name = \"x\"\n",
    )
    .expect("a file");
    let output = command()
        .args(["serve", "--config"])
        .arg(&file)
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("config.invalid"),
        "{}",
        text(&output)
    );
}

/// Forms: operation.
#[test]
fn attack_o_04_keys_are_made_once_and_kept_from_others() {
    let folder = TempDir::new().expect("a folder");
    let file = configuration(folder.path());
    let run = |arguments: &[&str]| {
        let output = command()
            .args(arguments)
            .arg("--config")
            .arg(&file)
            .output()
            .expect("the program");
        (output.status.code(), text(&output))
    };
    let person = [
        "person",
        "add",
        "--name",
        "Ada",
        "--email",
        "ada@example.org",
        "--role",
        "reviewer",
    ];
    // No key is made silently.
    let (code, told) = run(&person);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("key.file"), "{told}");

    assert_eq!(run(&["keys", "create"]).0, Some(0));
    let signing = folder.path().join("keys/signing.pem");
    let made = fs::read(&signing).expect("a key");
    assert_eq!(
        fs::metadata(&signing).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(run(&["keys", "create"]).0, Some(0));
    assert_eq!(
        fs::read(&signing).expect("a key"),
        made,
        "a key that exists is never replaced"
    );

    let (code, told) = run(&person);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("assay_"), "{told}");
    let (code, told) = run(&["person", "token", "--email", "ADA@example.org"]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(run(&person).0, Some(1), "one address, one person");

    fs::set_permissions(&signing, fs::Permissions::from_mode(0o640)).expect("a mode");
    let (code, told) = run(&["person", "token", "--email", "ada@example.org"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("key.file_mode"), "{told}");
}

#[test]
fn the_service_starts_serves_and_stops_when_it_is_told() {
    let folder = TempDir::new().expect("a folder");
    let file = configuration(folder.path());
    let made = command()
        .args(["keys", "create", "--config"])
        .arg(&file)
        .output()
        .expect("the program");
    assert!(made.status.success(), "{}", text(&made));
    // The kernel names a free port; nobody else takes it within this test.
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let mut service = command()
        .args(["serve", "--config"])
        .arg(&file)
        .env("ASSAY_LISTEN", format!("127.0.0.1:{port}"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let began = Instant::now();
    let answer = loop {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the service does not serve"
        );
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            stream
                .write_all(b"GET /.well-known/did.json HTTP/1.0\r\n\r\n")
                .expect("a request");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            break answer;
        }
        std::thread::yield_now();
    };
    assert!(answer.contains("did:web:badges.example.org"), "{answer}");

    // One process at a time works on a store.
    let token = command()
        .args(["person", "token", "--email", "a@example.org", "--config"])
        .arg(&file)
        .output();
    let token = token.expect("the program");
    assert_eq!(token.status.code(), Some(1));
    assert!(text(&token).contains("store.locked"), "{}", text(&token));

    let told = Command::new("kill")
        .arg(service.id().to_string())
        .status()
        .expect("kill");
    assert!(told.success());
    let end = service.wait().expect("its end");
    let mut log = String::new();
    service
        .stderr
        .take()
        .expect("its log")
        .read_to_string(&mut log)
        .expect("its log");
    assert!(end.success(), "{log}");
    assert!(log.contains("Stopped"), "{log}");
}

fn configuration(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("assay.toml");
    let path = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "public_url = \"https://badges.example.org\"\nissuer_name = \"x\"\nfolder = {:?}\nsigning_key_file = {:?}\njwt_key_file = {:?}\nlog_key_file = {:?}\n",
        path("data"),
        path("keys/signing.pem"),
        path("keys/jwt.pem"),
        path("keys/log.pem"),
    );
    fs::write(&file, text).expect("a file");
    file
}

/// A server that answers every request with something that is no badge.
pub(super) fn https_server(config: rustls::ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(connection) = rustls::ServerConnection::new(config.clone()) else {
                continue;
            };
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nno badge",
            );
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    port
}
