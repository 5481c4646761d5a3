//! The caller's loop: what is fetched for a badge, in which order, and how much at most.

use std::future;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use issuer::fetch::{self, Fetch, Fetching, Wanted};
use url::Url;
use verifier::{FetchFailure, Policy, Verdict};

use crate::app::TestApp;

/// An outside world where nothing is found, and that remembers what was asked for.
#[derive(Default)]
struct Nowhere {
    asked: Mutex<Vec<String>>,
}

impl Fetch for Nowhere {
    fn fetch<'a>(&'a self, url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        self.asked.lock().expect("no panic").push(url.to_string());
        Box::pin(future::ready(Err(FetchFailure::Unreachable)))
    }
}

/// An outside world that never answers.
struct Silence;

impl Fetch for Silence {
    fn fetch<'a>(&'a self, _url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        Box::pin(future::pending())
    }
}

#[tokio::test]
async fn attack_n_01_nothing_but_the_issuer_is_asked_before_the_proof_holds() {
    let test = TestApp::new();
    let issued = test.issued();
    // One changed letter, and beside it a status, a refresh service, evidence and pictures elsewhere.
    let changed = issued.json().replace("Wait Time", "Wait Tine");
    for presented in [changed, issued.json().to_owned(), issued.jwt().to_owned()] {
        let nowhere = Nowhere::default();
        let report = fetch::verify(
            presented.into_bytes(),
            &nowhere,
            Policy::default(),
            test.now,
        )
        .await;
        assert_eq!(report.verdict(), Verdict::Undetermined);
        let asked = nowhere.asked.into_inner().expect("no panic");
        assert_eq!(asked.len(), 1, "nothing is asked for twice: {asked:?}");
        assert!(
            asked[0].starts_with("https://badges.example.org/.well-known/"),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn attack_n_11_a_verification_ends_although_nobody_answers() {
    let test = TestApp::new();
    let issued = test.issued();
    let began = Instant::now();
    let presented = issued.json().as_bytes().to_vec();
    let report = fetch::verify(presented, &Silence, Policy::default(), test.now).await;
    assert_eq!(report.verdict(), Verdict::Undetermined);
    assert!(
        began.elapsed() < Duration::from_secs(13),
        "{:?}",
        began.elapsed()
    );
}
