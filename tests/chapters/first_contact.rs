//! Whom a badge makes us call before its proof holds: nobody but who it says issued it.

mod listener;

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

/// The JSON in the parts of a token, where the text is one.
fn from_token(text: &str) -> Vec<String> {
    let parts = text.trim().split('.');
    let decoded = parts.filter_map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let texts = decoded.filter_map(|bytes| String::from_utf8(bytes).ok());
    texts.filter(|text| text.starts_with('{')).collect()
}

/// The issuers that a document names: what it claims, proven or not.
///
/// A badge of Open Badges 2.0 is seen to be its issuer's by what lies at its own address, or by the
/// key that it names, and by the profile that its badge class names: there these stand for the
/// issuer until the proof holds (OB2-9).
fn issuers_of(json: &str) -> Vec<String> {
    let Ok(document) = serde_json::from_str::<Value>(json) else {
        return Vec::new();
    };
    let credential = match document.get("vc") {
        Some(credential) if credential.is_object() => credential,
        _ => &document,
    };
    let mut places = vec![&credential["issuer"], &document["iss"]];
    if document["verification"].is_object() {
        let badge = &document["badge"];
        places.extend([
            &document["id"],
            &document["verification"]["creator"],
            badge,
            &badge["issuer"],
        ]);
    }
    let id = |place: &Value| {
        let id = place.as_str().or_else(|| place["id"].as_str());
        id.map(str::to_owned)
    };
    places.into_iter().filter_map(id).collect()
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
        let text = String::from_utf8_lossy(&presented).into_owned();
        let texts = from_token(&text).into_iter().chain([text.clone()]);
        let issuers: Vec<String> = texts.flat_map(|text| issuers_of(&text)).collect();
        let hosts: Vec<String> = issuers.iter().filter_map(|id| host_of(id)).collect();
        fetch::verify(presented, &listener, Policy::default(), web::now()).await;

        for (url, wanted, round) in &expected {
            if let Round::AfterTheProof = round {
                after.insert(format!("{wanted:?}"));
                continue;
            }
            before += 1;
            let Wanted::Part(kind) = wanted else {
                panic!("{name}: a badge is no part of one");
            };
            let is_key = match kind {
                DocumentKind::DidDocument | DocumentKind::VerificationKey => true,
                // Where the badge lies is its proof in Open Badges 2.0.
                DocumentKind::HostedAssertion
                | DocumentKind::BadgeClass
                | DocumentKind::IssuerProfile => name.contains("open-badges-2"),
                _ => false,
            };
            assert!(is_key, "{name}: {wanted:?} at {url} before the proof");
            if !hosts.is_empty() {
                let host = url.host_str().unwrap_or_default();
                assert!(hosts.iter().any(|own| own == host), "{name}: {url}");
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
