//! The caller's loop: what is fetched for a badge, in which order, and how much at most.

use std::future;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use issuer::fetch::{self, Fetch, Fetching, Wanted};
use serde_json::{Value, json};
use url::Url;
use verifier::{FetchFailure, Policy, Reason, Verdict};

use super::clr;
use crate::app::TestApp;
use crate::forge::{Key, badge, endorsement, signed, status, with};
use crate::web::{Web, now, told};

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

/// The outside world of the fixtures, which remembers what was asked for.
struct Remembering {
    web: Web,
    asked: Mutex<Vec<Url>>,
}

impl Fetch for Remembering {
    fn fetch<'a>(&'a self, url: &'a Url, _wanted: Wanted) -> Fetching<'a> {
        self.asked.lock().expect("no panic").push(url.clone());
        Box::pin(future::ready(self.web.answer(url)))
    }
}

/// What is told of a badge, and how many documents were asked for.
async fn verified(web: Web, presented: &Value) -> (String, usize) {
    let asked = Mutex::default();
    let remembering = Remembering { web, asked };
    let presented = presented.to_string().into_bytes();
    let report = fetch::verify(presented, &remembering, Policy::default(), now()).await;
    let asked = remembering.asked.into_inner().expect("no panic");
    let budget = report.nested().iter().any(|nested| {
        nested.report.reason().map(Reason::code) == Some(FetchFailure::Budget.code())
    });
    let told = told(&report);
    (
        if budget {
            format!("{told} budget")
        } else {
            told
        },
        asked.len(),
    )
}

fn did(n: usize) -> String {
    format!("did:web:school-{n}.example")
}

/// What a school says that has a host of its own, where its key lies.
fn by_school(n: usize, plain: &Value, web: &mut Web) -> Value {
    let (did, method) = (did(n), format!("{}#key", did(n)));
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [{
            "id": method,
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": Key::District.multibase(),
        }],
        "assertionMethod": [method],
    });
    let address = format!("https://school-{n}.example/.well-known/did.json");
    web.serve(&address, document.to_string());
    signed(plain, &method, Key::District)
}

/// N-11: whoever writes a badge cannot have more than eight addresses called for it.
#[tokio::test]
async fn attack_n_11_a_badge_asks_for_eight_documents_and_no_more() {
    for (endorsers, expected) in [
        (7, ("verified", 8)),
        (8, ("undetermined/nested.undetermined budget", 8)),
    ] {
        let mut web = Web::read();
        let school = badge(&Key::School.did());
        let thing = school["id"].clone();
        let endorsements: Vec<Value> = (0..endorsers)
            .map(|n| {
                let plain = endorsement(&did(n));
                let plain = with(&plain, "/credentialSubject/id", thing.clone());
                by_school(n, &plain, &mut web)
            })
            .collect();
        let plain = with(&school, "/endorsement", json!(endorsements));
        // One that only informs keeps nothing that follows from being looked into.
        let informs = status("nowhere", "message", json!("1"));
        let plain = with(&plain, "/credentialStatus", informs);
        let presented = signed(&plain, &Key::School.method(), Key::School);
        let (told, asked) = verified(web, &presented).await;
        assert_eq!((told.as_str(), asked), expected, "{endorsers} endorsers");
    }
}

/// N-11, CLR-5: a learner record has room for its many issuers, and an end as well. That differs from the
/// catalogue's eight: with them, hardly a record of several schools could be verified.
#[tokio::test]
async fn attack_n_11_a_learner_record_asks_for_twenty_four_documents_and_no_more() {
    for (schools, expected) in [
        (24, ("verified", 24)),
        (25, ("undetermined/nested.undetermined budget", 24)),
        (60, ("undetermined/nested.undetermined budget", 24)),
    ] {
        let mut web = Web::read();
        let badges = (0..schools).map(|n| by_school(n, &badge(&did(n)), &mut web));
        let record = clr::record(badges.collect());
        let record = signed(&record, &Key::School.method(), Key::School);
        let (told, asked) = verified(web, &record).await;
        assert_eq!((told.as_str(), asked), expected, "{schools} schools");
    }
}
