//! The service with its evidence in a folder that the chapters look into, and files sent to it bit by bit.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::evidence::EvidenceFiles;
use issuer::upload::{Receiving, UploadLimits};
use reqwest::{Method, RequestBuilder, Response};
use schemas::timestamp::Timestamp;
use tempfile::TempDir;

use crate::app::TestApp;
use crate::served::{Caller, LIMITS, Served, header};

/// The service, and the folder in which its evidence lies.
pub struct Uploading {
    pub served: Served,
    pub receiving: Receiving,
    folder: TempDir,
}

impl Uploading {
    pub async fn new() -> Uploading {
        Uploading::within(LIMITS.uploads).await
    }

    /// The service over what a test has done, or changed, before.
    pub async fn of(test: TestApp) -> Uploading {
        let folder = TempDir::new().expect("a folder");
        let files = EvidenceFiles::open(folder.path()).expect("the folder opens");
        let mut receiving = None;
        let served = Served::changed_of(test, |edge, _| {
            edge.evidence = Arc::new(files);
            receiving = Some(edge.receiving());
        });
        Uploading {
            served: served.await,
            receiving: receiving.expect("the edge was changed"),
            folder,
        }
    }

    /// The service with other limits.
    pub async fn within(limits: UploadLimits) -> Uploading {
        let folder = TempDir::new().expect("a folder");
        let files = EvidenceFiles::open(folder.path()).expect("the folder opens");
        Uploading::keeping(files, folder, limits).await
    }

    /// The service with evidence files of the caller's making.
    pub async fn keeping(files: EvidenceFiles, folder: TempDir, limits: UploadLimits) -> Uploading {
        let mut receiving = None;
        let served = Served::changed(|edge, _| {
            edge.evidence = Arc::new(files);
            edge.limits.uploads = limits;
            receiving = Some(edge.receiving());
        });
        Uploading {
            served: served.await,
            receiving: receiving.expect("the edge was changed"),
            folder,
        }
    }

    /// Does what upkeep does, at a time of the caller's.
    pub async fn look_after(&self, now: Timestamp) {
        let looked = self.receiving.look_after(now).await;
        looked.expect("upkeep");
    }

    /// Every file of the evidence store.
    pub fn on_disk(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found
    }

    /// Waits until nothing is left in the evidence store: what an upload had written is removed by
    /// threads of their own.
    pub async fn is_empty(&self) -> bool {
        for _ in 0..500 {
            if self.on_disk().is_empty() {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        println!("{:?}", self.on_disk());
        false
    }
}

impl Caller<'_> {
    /// A request of tus 1.0.
    pub fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method.clone(), path);
        let request = request.header("tus-resumable", "1.0.0");
        match method {
            Method::PATCH => request.header("content-type", "application/offset+octet-stream"),
            _ => request,
        }
    }

    /// Begins an upload for a submission, which is given by its address.
    pub async fn begins_upload(&self, submission: &str, name: &str, bytes: usize) -> Response {
        let request = self.tus(Method::POST, "/api/v1/uploads");
        let request = request.header("upload-length", bytes);
        let request = request.header("upload-metadata", metadata(submission, "lesson", name));
        request.send().await.expect("an answer")
    }

    /// The same, where it cannot fail; the answer is where it goes on.
    pub async fn uploads_to(&self, submission: &str, name: &str, bytes: usize) -> String {
        let begun = self.begins_upload(submission, name, bytes).await;
        assert_eq!(begun.status(), 201);
        header(&begun, "location").to_owned()
    }

    /// Sends bytes to where they belong.
    pub async fn sends(&self, upload: &str, offset: usize, bytes: &[u8]) -> Response {
        let request = self.tus(Method::PATCH, upload);
        let request = request.header("upload-offset", offset);
        let request = request.body(bytes.to_vec());
        request.send().await.expect("an answer")
    }

    /// Where an upload goes on.
    pub async fn offset(&self, upload: &str) -> usize {
        let head = self.tus(Method::HEAD, upload).send().await;
        let head = head.expect("an answer");
        assert_eq!(head.status(), 200);
        header(&head, "upload-offset").parse().expect("a number")
    }
}

/// What a sender says of a file, for a submission given by its address.
pub fn metadata(submission: &str, requirement: &str, name: &str) -> String {
    let submission = submission.rsplit('/').next().expect("an id");
    let pairs = [
        ("filename", name),
        ("filetype", "text/html"),
        ("submission", submission),
        ("requirement", requirement),
    ];
    let pairs = pairs.map(|(name, value)| format!("{name} {}", STANDARD.encode(value)));
    pairs.join(",")
}

/// A video of so many bytes, as far as anybody who looks at its beginning can tell.
pub fn video(bytes: usize) -> Vec<u8> {
    let mut content = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm".to_vec();
    let rest = content.len()..bytes;
    content.extend(rest.map(|n| (n.wrapping_mul(n) / 7 + n) as u8));
    content.truncate(bytes);
    content
}
