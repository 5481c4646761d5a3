//! Whom a badge makes us call before its proof holds: nobody but who it says issued it.

use std::collections::BTreeSet;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use issuer::fetch::{self, Fetch, Fetching, Wanted};
use serde_json::Value;
use url::Url;
use verifier::{DocumentKind, Documents, Outcome, Policy, Report, StepName, verify};

use crate::web::{self, Web};

/// The fixtures' web, which writes down who was asked for what, in order.
struct Listener {
    web: Web,
    asked: Mutex<Vec<(Url, Wanted)>>,
}

impl Fetch for Listener {
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a> {
        let mut asked = self.asked.lock().expect("no panic");
        asked.push((url.clone(), wanted));
        Box::pin(std::future::ready(self.web.answer(url)))
    }
}

fn proof_holds(report: &Report) -> bool {
    let mut steps = report.steps().iter();
    steps.any(|step| step.name == StepName::Proof && step.outcome == Outcome::Pass)
}

/// The issuer that a badge names, where it comes as text: what it claims, proven or not.
fn claimed_issuer(presented: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(presented).ok()?.trim();
    let json = match text.strip_prefix('{') {
        Some(_) => text.as_bytes().to_vec(),
        None => URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?,
    };
    let document: Value = serde_json::from_slice(&json).ok()?;
    let credential = match document.get("vc") {
        Some(credential) if credential.is_object() => credential,
        _ => &document,
    };
    let issuer = &credential["issuer"];
    let id = issuer.as_str().or_else(|| issuer["id"].as_str());
    let id = id.or_else(|| document["iss"].as_str());
    id.map(str::to_owned)
}

/// The host at which an issuer's own documents lie.
fn host_of(issuer: &str) -> Option<String> {
    if let Some(rest) = issuer.strip_prefix("did:web:") {
        let host = rest.split([':', '#']).next()?.replace("%3A", ":");
        let url = Url::parse(&format!("https://{host}/")).ok()?;
        return url.host_str().map(str::to_owned);
    }
    Url::parse(issuer).ok()?.host_str().map(str::to_owned)
}

/// The round in which something was asked for.
enum Round {
    BeforeTheProof,
    AfterTheProof,
}

/// What the verifier asks for, in order, and when.
fn expected(presented: &[u8], web: &Web) -> Vec<(Url, Wanted, Round)> {
    let mut documents = Documents::default();
    let mut asked = Vec::new();
    loop {
        let report = verify(presented, &documents, &Policy::default(), web::now());
        let missing = report.missing();
        if missing.is_empty() {
            return asked;
        }
        for request in missing {
            let round = match proof_holds(&report) {
                true => Round::AfterTheProof,
                false => Round::BeforeTheProof,
            };
            documents.insert(request.url.clone(), web.answer(&request.url));
            asked.push((request.url, Wanted::Part(request.kind), round));
        }
    }
}

/// VER-9: status lists, newer editions and all else are asked for only once the proof holds.
#[tokio::test]
async fn attack_n_01_nobody_but_the_issuer_is_called_before_the_proof_holds() {
    let (mut before, mut after) = (0, BTreeSet::new());
    for file in web::files(&web::fixtures().join("presented")) {
        let name = web::name(&file);
        let presented = std::fs::read(&file).expect("a fixture");
        let listener = Listener {
            web: Web::read(),
            asked: Mutex::default(),
        };
        let expected = expected(&presented, &listener.web);
        let host = claimed_issuer(&presented).and_then(|issuer| host_of(&issuer));
        fetch::verify(presented, &listener, Policy::default(), web::now()).await;

        for (url, wanted, round) in &expected {
            if let Round::AfterTheProof = round {
                after.insert(format!("{wanted:?}"));
                continue;
            }
            before += 1;
            let is_key = matches!(
                wanted,
                Wanted::Part(DocumentKind::DidDocument | DocumentKind::VerificationKey)
            );
            assert!(is_key, "{name}: {wanted:?} at {url} before the proof");
            if let Some(host) = &host {
                assert_eq!(url.host_str(), Some(host.as_str()), "{name}: {url}");
            }
        }
        // Exactly this was fetched, each once.
        let asked = listener.asked.into_inner().expect("no panic");
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(url, wanted, _)| (url, wanted))
            .collect();
        assert_eq!(asked, expected, "{name}");
    }
    println!("{before} requests before a proof, all to issuers; after it also {after:?}");
    assert!(before > 50, "only {before} requests were seen");
    assert!(!after.is_empty());
}
