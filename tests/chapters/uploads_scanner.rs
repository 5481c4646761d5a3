//! A virus scanner looks at files before they become evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use issuer::evidence::{EvidenceFiles, Scanner, ScannerAddress};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::served::{Caller, LIMITS, header, problem};
use crate::uploading::{Uploading, video};

/// A scanner that speaks clamd's INSTREAM and knows one file. It counts the bytes it is shown.
async fn scanner(listener: TcpListener, shown: Arc<AtomicUsize>) {
    loop {
        let Ok((mut line, _)) = listener.accept().await else {
            return;
        };
        let mut command = [0; 10];
        line.read_exact(&mut command).await.expect("a command");
        assert_eq!(&command, b"zINSTREAM\0");
        let mut content = Vec::new();
        loop {
            let bytes = line.read_u32().await.expect("a length") as usize;
            if bytes == 0 {
                break;
            }
            let mut part = vec![0; bytes];
            line.read_exact(&mut part).await.expect("a part");
            content.extend(part);
        }
        shown.store(content.len(), Ordering::Relaxed);
        let eicar = eicar();
        let found = content
            .windows(eicar.len())
            .any(|part| part == eicar.as_bytes());
        let answer: &[u8] = match found {
            true => b"stream: Win.Test.EICAR_HDB-1 FOUND\0",
            false if content.ends_with(b"unpack me") => b"stream: Can't allocate memory ERROR\0",
            false => b"stream: OK\0",
        };
        line.write_all(answer).await.expect("an answer");
    }
}

/// The file that every scanner knows (eicar.org), in two halves so that this one is not taken for it.
fn eicar() -> String {
    [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR",
        "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat()
}

async fn service(address: ScannerAddress) -> Uploading {
    let folder = TempDir::new().expect("a folder");
    let files = EvidenceFiles::open(folder.path()).expect("the folder opens");
    let files = files.with_scanner(Some(Scanner {
        address,
        bytes: 1_000_000,
    }));
    Uploading::keeping(files, folder, LIMITS.uploads).await
}

async fn send(who: &Caller<'_>, submission: &str, content: &[u8]) -> reqwest::Response {
    let path = format!("{submission}/files?requirement=lesson&name=a");
    let request = who.request(Method::POST, &path).body(content.to_vec());
    request.send().await.expect("an answer")
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_06_what_the_scanner_knows_is_refused_and_while_it_is_down_files_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let shown = Arc::new(AtomicUsize::new(0));
    let running = tokio::spawn(scanner(listener, shown.clone()));
    let service = service(ScannerAddress::Tcp(address.to_string())).await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;

    assert_eq!(
        send(&ada, &submission, b"A harmless text.").await.status(),
        201
    );
    let kept = service.on_disk().len();
    let refused = send(&ada, &submission, eicar().as_bytes()).await;
    assert_eq!(problem(refused).await, (422, "upload.malware".to_owned()));
    // Bit by bit, and within something larger.
    let hidden = [video(500_000), eicar().into_bytes()].concat();
    let upload = ada.uploads_to(&submission, "a.webm", hidden.len()).await;
    ada.sends(&upload, 0, &hidden[..400_000]).await;
    let refused = ada.sends(&upload, 400_000, &hidden[400_000..]).await;
    assert_eq!(problem(refused).await, (422, "upload.malware".to_owned()));
    assert_eq!(ada.get(&upload).await.status(), 404);
    // It is shown as much as it is said to take.
    assert_eq!(send(&ada, &submission, &video(100_000)).await.status(), 201);
    let large = video(3_000_000);
    let upload = ada.uploads_to(&submission, "a.webm", large.len()).await;
    assert_eq!(ada.sends(&upload, 0, &large).await.status(), 204);
    assert_eq!(shown.load(Ordering::Relaxed), 1_000_000);
    // What it cannot look at waits, and is not evidence.
    let refused = send(&ada, &submission, b"unpack me").await;
    assert_eq!(problem(refused).await, (503, "upload.unchecked".to_owned()));

    running.abort();
    let _ = running.await;
    let refused = send(&ada, &submission, b"A harmless text.").await;
    assert_eq!(problem(refused).await, (503, "upload.unchecked".to_owned()));
    assert_eq!(service.on_disk().len(), kept + 2, "nothing was kept of it");
    let content = video(5_000);
    let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
    let waits = ada.sends(&upload, 0, &content).await;
    assert_eq!(problem(waits).await, (503, "upload.unchecked".to_owned()));
    assert_eq!(ada.get(&upload).await.status(), 423);
    let gone = ada.tus(Method::DELETE, &upload).send().await;
    assert_eq!(gone.expect("an answer").status(), 423);
    let count = async || {
        let found: Value = ada
            .get(&submission)
            .await
            .json()
            .await
            .expect("a submission");
        found["evidence"].as_array().expect("a list").len()
    };
    let now = service.served.test.now;
    service.look_after(now.plus_seconds(120)).await;
    assert_eq!(
        (count().await, ada.get(&upload).await.status().as_u16()),
        (3, 423)
    );

    // It is back: what waited is looked at and added, once.
    let listener = TcpListener::bind(address).await.expect("the same port");
    let running = tokio::spawn(scanner(listener, shown));
    for minutes in [4, 6, 8] {
        service.look_after(now.plus_seconds(60 * minutes)).await;
    }
    assert_eq!(count().await, 4);
    let there = ada.get(&upload).await;
    let evidence = header(&there, "content-location").to_owned();
    let download = ada.get(&evidence).await;
    assert!(download.bytes().await.expect("a body") == content);
    running.abort();
}

#[tokio::test]
async fn a_file_that_the_scanner_never_sees_is_given_up_in_the_end() {
    let service = service(ScannerAddress::Unix("/nonexistent/clamd.ctl".into())).await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let upload = ada.uploads_to(&submission, "a.webm", 5_000).await;
    ada.sends(&upload, 0, &video(5_000)).await;
    let now = service.served.test.now;
    service.look_after(now.plus_seconds(47 * 3_600)).await;
    assert_eq!(ada.get(&upload).await.status(), 423);
    service.look_after(now.plus_seconds(49 * 3_600)).await;
    assert_eq!(ada.get(&upload).await.status(), 404);
    assert!(service.is_empty().await);
}
