//! tus-js-client sends a video to the program over a line that is cut, and the program is killed on the way.
//!
//! `ASSAY_LARGE=1` sends a gibibyte; without it, a few dozen megabytes.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use issuer::app::App;
use issuer::digest::Sha256Digest;
use issuer::evidence::RunningHash;
use issuer::person;
use issuer::random::Random;
use issuer::rights::Scope;
use issuer::submission;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{TestApp, keyring};
use crate::peer::{Peer, peers_wanted};
use crate::program;
use crate::served::header;
use crate::uploading::{metadata, video};

/// The program as a process of its own, on a folder that the chapters have furnished.
struct Running {
    folder: TempDir,
    address: String,
    token: String,
    submission: String,
    process: Option<Child>,
    client: Client,
}

impl Running {
    fn new() -> Running {
        let folder = TempDir::new().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        let random = Random::seeded([42; 32]);
        let test = TestApp::in_folder(&data, keyring(), random, App::log_step);
        let ada = test.person("ada", &[]);
        let begun = submission::start(&test.app, &ada, &crate::catalogue::wait_time(), test.now);
        // The program's clock is the machine's, and tokens end.
        let now = issuer::clock::Clock::System.now();
        let token = person::make_token(&test.app, ada.id, Scope::all(), now).expect("a token");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = port.local_addr().expect("an address").to_string();
        drop(port);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "mode = \"development\"\npublic_url = \"http://{address}\"\nlisten = \"{address}\"\n\
             folder = {:?}\nissuer_identity = \"did:key\"\nissuer_name = \"Example\"\n\
             jwt_algorithm = \"EdDSA\"\nsigning_key_file = {:?}\njwt_key_file = {:?}\nlog_key_file = {:?}\n",
            path("data"),
            path("signing.pem"),
            path("jwt.pem"),
            path("log.pem"),
        );
        fs::write(folder.path().join("assay.toml"), config).expect("a file");
        let mut keys = program::command();
        keys.args(["keys", "create", "--config"])
            .arg(folder.path().join("assay.toml"));
        assert!(
            keys.stdout(Stdio::null())
                .status()
                .expect("the program")
                .success()
        );
        // No proxy, and nobody to trust: the program is on this machine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().tls_certs_only([]).build();
        let mut running = Running {
            address,
            token: token.expose().to_owned(),
            submission: format!("/api/v1/submissions/{}", begun.expect("a beginning").id),
            process: None,
            client: client.expect("a client"),
            folder,
        };
        // The store is one process's: ours lets go of it before the program takes it.
        drop(test);
        running.start();
        running
    }

    fn start(&mut self) {
        let begun = Instant::now();
        self.process = Some(self.spawn());
        // Its log tells, and nobody tries the port before: a line from the machine to itself may take it.
        loop {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            if log.contains(&self.address) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{log}");
            let process = self.process.as_mut().expect("it was started");
            // What was killed a moment ago may still hold the store.
            if process.try_wait().expect("its state").is_some() {
                self.process = Some(self.spawn());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn spawn(&self) -> Child {
        let log = File::create(self.folder.path().join("log")).expect("a file");
        program::command()
            .args(["serve", "--config"])
            .arg(self.folder.path().join("assay.toml"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program")
    }

    /// Ends the program as a power cut does.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it can be killed");
            process.wait().expect("its end");
        }
    }

    /// The most memory that the program has held, in bytes.
    fn memory(&self) -> u64 {
        let id = self.process.as_ref().expect("it runs").id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.expect("a line").trim().trim_end_matches(" kB");
        kilobytes.trim().parse::<u64>().expect("a number") * 1_024
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url).bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path)
            .send()
            .await
            .expect("an answer")
    }

    /// The pieces of the only file, the largest of which are full.
    fn pieces(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join("data/evidence")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Writes a video of so many bytes, and gives its digest.
fn write_video(path: &Path, bytes: u64) -> Sha256Digest {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut hash = RunningHash::default();
    let block = video(1 << 20);
    let mut left = bytes;
    while left > 0 {
        let part = &block[..left.min(block.len() as u64) as usize];
        file.write_all(part).expect("a part");
        hash.update(part);
        left -= part.len() as u64;
        // No two blocks are the same.
        file.write_all(&left.to_be_bytes()[..left.min(8) as usize])
            .expect("a part");
        hash.update(&left.to_be_bytes()[..left.min(8) as usize]);
        left -= left.min(8);
    }
    file.flush().expect("all of it");
    hash.digest()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_sent_over_a_line_that_is_cut_five_times_arrives_whole_in_little_memory() {
    let name = "a_video_sent_over_a_line_that_is_cut_five_times_arrives_whole_in_little_memory";
    if !peers_wanted(name) {
        return;
    }
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let bytes: u64 = if is_large { 1 << 30 } else { 40_000_003 };
    let running = Running::new();
    let file = running.folder.path().join("lesson.webm");
    let sha256 = write_video(&file, bytes);
    let before = running.memory();
    let cuts = [7, 19, 2, 31, 11].map(|part| bytes * part / 100);
    let ids = running.submission.rsplit('/').next().expect("an id");
    let request = json!({
        "do": "send",
        "origin": format!("http://{}", running.address),
        "token": running.token,
        "file": file,
        "metadata": { "filename": "lesson.webm", "submission": ids, "requirement": "lesson" },
        "cuts": cuts,
    });
    let began = Instant::now();
    let sending = tokio::task::spawn_blocking(move || Peer::start("tus").ask(&request));
    let sent = sending.await.expect("the client");
    let took = began.elapsed();
    assert_eq!(sent["cuts"], 5, "{sent}");
    let evidence = sent["evidence"].as_str().expect("its evidence").to_owned();

    // The memory while it came in; and while it goes out again.
    let coming = running.memory();
    let download = running.get(&evidence).await;
    assert_eq!(header(&download, "content-length"), bytes.to_string());
    let mut hash = RunningHash::default();
    let mut download = download;
    while let Some(part) = download.chunk().await.expect("a part") {
        hash.update(&part);
    }
    assert_eq!(hash.digest(), sha256);
    let going = running.memory();
    println!(
        "{bytes} bytes in {} s with {} requests; memory {} MiB at rest, {} MiB while sending, {} MiB in the end",
        took.as_secs(),
        sent["tries"],
        before >> 20,
        coming >> 20,
        going >> 20,
    );
    assert!(going < 100 << 20, "{going} bytes of memory");

    let upload: Value = running
        .get(path_of(&sent))
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(upload["offset"], bytes, "{upload}");
    let piece = upload["evidence"].as_str().expect("an id");
    in_the_manifest(&running, piece, &sha256).await;

    // One flipped byte somewhere in the middle is found, wherever somebody begins to read.
    let pieces = running.pieces();
    let flipped = &pieces[pieces.len() / 2];
    let mut content = fs::read(flipped).expect("a piece");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(flipped, content).expect("the change");
    let mut download = running.get(&evidence).await;
    let mut received = 0;
    let ended = loop {
        match download.chunk().await {
            Ok(Some(part)) => received += part.len() as u64,
            Ok(None) => break "whole",
            Err(_) => break "broken off",
        }
    };
    let ended = if download.status() == 500 {
        "refused"
    } else {
        ended
    };
    assert_ne!(ended, "whole");
    assert!(received < bytes);
    let log = fs::read_to_string(running.folder.path().join("log")).expect("the log");
    assert!(
        log.contains("no longer what was handed in") || ended == "broken off",
        "{log}"
    );
}

/// What is handed in has a manifest with the digest of the piece, under a salt that its owner has.
async fn in_the_manifest(running: &Running, piece: &str, sha256: &Sha256Digest) {
    let made = async |path: &str, body: Value| {
        let path = format!("{}/{path}", running.submission);
        let request = running.request(Method::POST, &path).json(&body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    };
    let text = json!({ "requirement": "reflection", "text": "I waited." });
    made("evidence", text).await;
    made("submit", json!({ "privacy_statement": 1 })).await;
    let path = format!("{}/evidence/{piece}/proof", running.submission);
    let proof: Value = running.get(&path).await.json().await.expect("JSON");
    assert_eq!(proof["sha256"], json!(sha256));
    let bytes = |value: &Value| {
        let digits = value.as_str().expect("digits");
        let pairs = (0..digits.len()).step_by(2);
        let pairs = pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16));
        pairs.collect::<Result<Vec<u8>, _>>().expect("hexadecimal")
    };
    let salted = Sha256Digest::of(&[bytes(&proof["salt"]), bytes(&proof["sha256"])].concat());
    let mut entries = proof["manifest"]["evidence"]
        .as_array()
        .expect("entries")
        .iter();
    let entry = entries.find(|entry| entry["id"] == piece);
    assert_eq!(
        entry.expect("the entry")["salted_sha256"],
        json!(salted),
        "{proof}"
    );
}

fn path_of(sent: &Value) -> &str {
    let url = sent["upload"].as_str().expect("an address");
    let (_, path) = url.split_once("/api/").expect("a path");
    &url[url.len() - path.len() - "/api/".len()..]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_the_program_was_killed() {
    if !peers_wanted("an_upload_goes_on_after_the_program_was_killed") {
        return;
    }
    let mut running = Running::new();
    let content = video(30_000_000);
    let begun = running
        .request(Method::POST, "/api/v1/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", content.len())
        .header(
            "upload-metadata",
            metadata(&running.submission, "lesson", "lesson.webm"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(begun.status(), 201);
    let upload = header(&begun, "location").to_owned();
    let mut evidence = String::new();
    for kill in 0..4 {
        let head = running
            .request(Method::HEAD, &upload)
            .send()
            .await
            .expect("an answer");
        let at: usize = header(&head, "upload-offset").parse().expect("a number");
        // What was acknowledged before the program was killed is still there.
        assert!(at >= kill * 8_000_000, "{at} after {kill}");
        let to = match kill {
            3 => content.len(),
            _ => (kill + 1) * 8_000_000,
        };
        let request = running.request(Method::PATCH, &upload);
        let request = request
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", at)
            .header("content-type", "application/offset+octet-stream");
        let sent = request
            .body(content[at..to].to_vec())
            .send()
            .await
            .expect("an answer");
        assert_eq!(sent.status(), 204);
        evidence = header(&sent, "content-location").to_owned();
        running.kill();
        running.start();
    }
    let download = running.get(&evidence).await;
    assert!(download.bytes().await.expect("a body") == content);
}
