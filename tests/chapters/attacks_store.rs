//! A store whose disk hangs: who waits is told so, who comes is told at once, and afterwards all goes on.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::served::header;
use crate::shipped::Shipped;
use crate::support::repository;
use crate::web::fixtures;

/// The disk takes what is written and does not come back from making it durable.
///
/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_07_a_disk_that_hangs_when_it_is_synced_is_waited_for_by_nobody() {
    hangs("SYNC_HANGS").await;
}

/// The disk takes nothing any more.
///
/// Forms: HTTP, operation.
#[tokio::test(flavor = "multi_thread")]
async fn attack_r_07_nor_is_one_that_takes_nothing() {
    hangs("WRITE_HANGS").await;
}

async fn hangs(how: &str) {
    let disk = Disk::new(how);
    let mut shipped = Shipped::with_settings("max_commit_milliseconds = 1000\n");
    let token = shipped.person("olivia", &["administrator"]);
    tokio::task::block_in_place(|| disk.start(&mut shipped));
    let office = Office::new(&shipped, token);
    let before: Vec<String> = join_all((0..40).map(async |at| {
        let email = format!("before-{at}@example.org");
        let registered = office.registers(&email, None).await;
        assert_eq!(registered.status, 201, "{}", registered.body);
        email
    }))
    .await;
    assert_eq!(office.health().await, (200, json!({ "status": "ok" })));
    let threads = threads(&shipped);

    // What is asked for when it begins to hang: more than there are hands for it.
    disk.hang();
    let began = Instant::now();
    let caught = join_all((0..60).map(async |at| {
        let key = (at % 2 == 0).then(|| format!("key-{at}"));
        let email = format!("caught-{at}@example.org");
        let answer = office.registers(&email, key.as_deref()).await;
        (email, key, answer)
    }))
    .await;
    println!(
        "60 that were caught by it were told within {:?}",
        began.elapsed()
    );
    for (_, _, answer) in &caught {
        answer.is_unavailable();
    }

    // It is known to hang now. Nobody waits for it: if each did, for as long as it takes to be sure, the hundreds
    // below would take minutes.
    let (status, health) = office.health().await;
    let degraded = json!({ "status": "degraded", "code": "db.unavailable" });
    assert_eq!((status, health), (503, degraded));
    let (began, mut slowest) = (Instant::now(), Duration::ZERO);
    for at in 0..300 {
        let one = Instant::now();
        let answer = office
            .registers(&format!("during-{at}@example.org"), Some("one key"))
            .await;
        answer.is_unavailable();
        assert!(
            answer.body.contains("Nothing was changed"),
            "{}",
            answer.body
        );
        slowest = slowest.max(one.elapsed());
    }
    println!(
        "300 after that within {:?}, the slowest {slowest:?}",
        began.elapsed()
    );
    assert!(began.elapsed() < Duration::from_secs(100));

    // What needs no commit goes on: pages, files, what somebody known reads, and verifying.
    let badge = fs::read(fixtures().join("presented/verified/did-key.json")).expect("a badge");
    for _ in 0..100 {
        for path in [
            "/",
            "/assets/style.css",
            "/api/v1/micro-credentials",
            "/verify",
        ] {
            assert_eq!(office.gets(path).await, 200, "{path}");
        }
        assert_eq!(office.gets("/api/v1/people/me").await, 200);
    }
    let verified = office.request(Method::POST, "/api/v1/verify");
    let report = verified.body(badge).send().await.expect("an answer");
    let report: Value = report.json().await.expect("a report");
    assert_eq!(report["verdict"], "verified", "{report}");
    // One thread for each hand, and some for the runtime and for what is done from time to time.
    let now = self::threads(&shipped);
    println!("{threads} threads before, {now} now");
    assert!(now < threads + 80, "{now} threads");

    // It is back: by itself everything goes on, and what was handed over is done.
    disk.is_well();
    let began = Instant::now();
    while office.health().await.0 != 200 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{}",
            shipped.log()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut done = 0;
    for (email, key, _) in &caught {
        let again = office.repeats(email, key.as_deref()).await;
        match key {
            // Under its key it was done once, whether before the repetition or by it.
            Some(_) => assert_eq!(again.status, 201, "{}", again.body),
            // Whether it was done nobody had said.
            None => assert!(again.status == 201 || again.is_taken(), "{}", again.body),
        }
        done += usize::from(again.replayed || again.is_taken());
        assert!(office.registers(email, None).await.is_taken());
    }
    println!("{done} of 60 had been handed over, and were done when it was back");
    assert!(done > 0);
    for at in 0..300 {
        let email = format!("during-{at}@example.org");
        assert_eq!(office.registers(&email, None).await.status, 201, "{email}");
    }

    // And after a kill all that was acknowledged is there.
    tokio::task::block_in_place(|| {
        shipped.kill();
        shipped.start();
    });
    for email in before.iter().chain(caught.iter().map(|(email, ..)| email)) {
        assert!(office.registers(email, None).await.is_taken(), "{email}");
    }
}

/// A disk that can be made to hang, put between a program and the machine.
struct Disk {
    folder: TempDir,
    /// In which way it hangs.
    how: String,
}

impl Disk {
    fn new(how: &str) -> Disk {
        let folder = TempDir::new().expect("a folder");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(folder.path().join("disk.so"))
            .arg(repository().join("tests/faults/disk.c"))
            .status()
            .expect("a compiler, as every linker is one");
        assert!(compiled.success());
        Disk {
            folder,
            how: how.to_owned(),
        }
    }

    fn start(&self, shipped: &mut Shipped) {
        let library = self.folder.path().join("disk.so");
        shipped.start_with(&[("LD_PRELOAD", &library), (&self.how, &self.sign())]);
    }

    fn sign(&self) -> PathBuf {
        self.folder.path().join("hangs")
    }

    fn hang(&self) {
        fs::write(self.sign(), "").expect("a file");
    }

    fn is_well(&self) {
        fs::remove_file(self.sign()).expect("a file");
    }
}

/// Somebody who registers people.
struct Office {
    client: Client,
    origin: String,
    token: String,
}

struct Answer {
    status: u16,
    body: String,
    code: String,
    retry_after: String,
    replayed: bool,
}

impl Office {
    fn new(shipped: &Shipped, token: String) -> Office {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .timeout(Duration::from_secs(30));
        Office {
            client: client.build().expect("a client"),
            origin: shipped.origin(),
            token,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.origin))
            .bearer_auth(&self.token)
    }

    async fn gets(&self, path: &str) -> u16 {
        let answer = self.request(Method::GET, path).send().await;
        answer.expect("an answer").status().as_u16()
    }

    /// What is said to whoever watches over the service, at both addresses.
    async fn health(&self) -> (u16, Value) {
        let ask = async |path| {
            let answer = self.client.get(format!("{}{path}", self.origin)).send();
            let answer = answer.await.expect("an answer");
            let status = answer.status().as_u16();
            assert_eq!(header(&answer, "retry-after") == "1", status == 503);
            (status, answer.json::<Value>().await.expect("JSON"))
        };
        let (root, interface) = (ask("/health").await, ask("/api/v1/health").await);
        // It may have changed between the two.
        if root.0 == interface.0 {
            assert_eq!(root, interface);
        }
        root
    }

    async fn registers(&self, email: &str, key: Option<&str>) -> Answer {
        let mut request = self.request(Method::POST, "/api/v1/people");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.json(&json!({ "name": "Max", "emails": [email] }));
        let answer = request.send().await.expect("an answer");
        let (status, replayed) = (
            answer.status().as_u16(),
            header(&answer, "idempotency-replayed") == "true",
        );
        let retry_after = header(&answer, "retry-after").to_owned();
        let body = answer.text().await.expect("text");
        let json: Value = serde_json::from_str(&body).unwrap_or_default();
        Answer {
            status,
            code: json["code"].as_str().unwrap_or_default().to_owned(),
            body,
            retry_after,
            replayed,
        }
    }

    /// Sends a request again until the first one is not at work any more.
    async fn repeats(&self, email: &str, key: Option<&str>) -> Answer {
        let began = Instant::now();
        loop {
            let answer = self.registers(email, key).await;
            if answer.code != "idempotency.under_way" {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{email}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Answer {
    fn is_unavailable(&self) {
        let said = (self.status, self.code.as_str(), self.retry_after.as_str());
        assert_eq!(said, (503, "db.unavailable", "1"), "{}", self.body);
    }

    fn is_taken(&self) -> bool {
        (self.status, self.code.as_str()) == (409, "person.email_taken")
    }
}

/// How many threads the program has.
fn threads(shipped: &Shipped) -> usize {
    let tasks = fs::read_dir(format!("/proc/{}/task", shipped.process()));
    tasks.expect("its threads").count()
}
