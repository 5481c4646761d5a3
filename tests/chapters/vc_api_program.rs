//! The VC-API as an operator starts it, and where it is not.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::{Certificate, Client};
use serde_json::{Value, json};
use verifier::{Policy, Verdict, verify};

use crate::program;
use crate::served::Served;
use crate::vc_api::{NOW, VcApi, credential};

#[tokio::test]
async fn it_serves_https_with_a_given_certificate_and_keeps_its_keys_in_a_folder() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let made = made.expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file");
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");

    // A key that others may read is refused, as every key of the program is.
    let refused = started(folder).stderr(Stdio::piped()).output();
    let refused = refused.expect("the program runs");
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("key.file_mode"), "{told}");

    let owner_alone = fs::Permissions::from_mode(0o600);
    fs::set_permissions(folder.join("key.pem"), owner_alone).expect("a mode");
    let root = Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
    let first = manifest(folder, &root).await;
    let second = manifest(folder, &root).await;
    assert_eq!(first["issuers"].as_array().map(Vec::len), Some(8));
    for (first, second) in ["issuers", "verifiers"]
        .map(|kind| (&first[kind], &second[kind]))
        .iter()
    {
        assert_eq!(first[0]["id"], second[0]["id"]);
        assert_eq!(first[5]["id"], second[5]["id"]);
    }
}

#[test]
fn without_a_certificate_it_listens_on_this_machine_alone() {
    for arguments in [
        &["serve", "--interop", "--listen", "0.0.0.0:0"][..],
        &["serve", "--interop", "--certificate", "cert.pem"],
        &["serve", "--listen", "127.0.0.1:0"],
        &["serve", "--interop", "--config", "assay.toml"],
        &["serve", "--interop", "--public-url", "ftp://example.org"],
    ] {
        let run = program::command().args(arguments).output();
        let run = run.expect("the program runs");
        assert!(!run.status.success(), "{arguments:?}");
    }
}

#[test]
fn its_options_are_refused_beside_a_configuration() {
    for option in [
        "--listen=127.0.0.1:0",
        "--public-url=https://vc.example",
        "--keys=keys",
    ] {
        let run = program::command()
            .args(["serve", "--config", "assay.toml", option])
            .output()
            .expect("the program runs");
        let told = String::from_utf8_lossy(&run.stderr);
        assert!(told.contains("cannot be used with"), "{option}: {told}");
    }
}

#[tokio::test]
async fn the_service_of_an_issuer_has_none_of_it() {
    let served = Served::new().await;
    for path in [
        "/interop",
        "/interop/eddsa-rdfc-2022/Ed25519/status/revocation",
    ] {
        assert_eq!(served.get(path).await.status(), 404, "{path}");
    }
    let path = "/interop/eddsa-rdfc-2022/Ed25519/credentials/issue";
    let request = served.request(reqwest::Method::POST, path).json(&json!({}));
    assert_eq!(request.send().await.expect("an answer").status(), 404);
}

/// L-03: what the VC-API verifies is no badge, and its contexts are nobody's but its own.
#[tokio::test]
async fn what_it_issues_is_refused_as_a_badge() {
    let api = VcApi::start().await;
    let now = schemas::timestamp::Timestamp::parse(NOW).expect("a time");
    for offered in api.offered().await {
        let issued = api
            .issued(&offered, &credential(&offered.id), json!({}))
            .await;
        assert_eq!(api.verify(&offered, &issued).await.0, 200);
        for policy in [Policy::default(), Policy::lenient()] {
            let presented = issued.to_string();
            let documents = verifier::Documents::default();
            let report = verify(presented.as_bytes(), &documents, &policy, now);
            assert_eq!(report.verdict(), Verdict::Refused, "{}", offered.path);
        }
    }
}

fn started(folder: &Path) -> Command {
    let mut command = program::command();
    command
        .current_dir(folder)
        .args(["serve", "--interop", "--listen", "127.0.0.1:0"])
        .args(["--certificate", "cert.pem", "--private-key", "key.pem"])
        .args(["--keys", "keys"]);
    command
}

/// What the program offers; it is started for that and ended.
async fn manifest(folder: &Path, root: &Certificate) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut child = started(folder)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let address = listening(&mut child);
    let client = Client::builder()
        .no_proxy()
        .resolve("localhost", address)
        .tls_certs_only([root.clone()])
        .build()
        .expect("a client");
    let url = format!("https://localhost:{}/interop", address.port());
    let answer = client.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let manifest = answer.json().await.expect("JSON");
    let ended = Command::new("kill").arg(child.id().to_string()).status();
    assert!(ended.expect("kill starts").success());
    assert!(child.wait().expect("the program ends").success());
    manifest
}

/// The address in the line by which the program says that it serves.
fn listening(child: &mut Child) -> SocketAddr {
    let stderr = child.stderr.take().expect("standard error");
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("Serving the VC-API"));
    let line = line.expect("a line that says so");
    let address = line.rsplit(' ').next().expect("an address");
    // What the program writes later has to go somewhere.
    std::thread::spawn(move || lines.for_each(drop));
    address.parse().expect("an address")
}
