//! Tripwires: what must see nothing, sees nothing.

mod secrets;
mod service;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use issuer::fetch;
use issuer::fetch::Web as RealWeb;
use verifier::{Documents, FetchFailure, Policy, verify};

use super::attacks_requests::names::Resolver;
use crate::web;

/// Every fixture with a resolver that knows nobody: the names that are looked up are those of the
/// hosts that the verifier asks for when none of them answers, and each is looked up once.
#[tokio::test]
async fn attack_n_01_no_name_is_looked_up_that_no_badge_needs() {
    let (mut questions, mut silent) = (0, 0);
    for file in web::files(&web::fixtures().join("presented")) {
        let presented = fs::read(&file).expect("a fixture");
        let resolver = Arc::new(Resolver::default());
        let real = RealWeb::new().looking_up(resolver.clone());
        fetch::verify(presented.clone(), &real, Policy::default(), web::now()).await;

        let asked = resolver.asked.lock().expect("no panic").clone();
        let once: BTreeSet<String> = asked.iter().cloned().collect();
        let name = web::name(&file);
        assert_eq!(once, needed(&presented), "{name}");
        silent += usize::from(asked.is_empty());
        questions += asked.len();
    }
    println!("{questions} questions; {silent} badges needed none");
    assert!(questions > 20 && silent > 200, "{questions}, {silent}");
}

/// The hosts that are asked for where nobody answers.
fn needed(presented: &[u8]) -> BTreeSet<String> {
    let mut documents = Documents::default();
    let mut hosts = BTreeSet::new();
    loop {
        let report = verify(presented, &documents, &Policy::default(), web::now());
        let missing = report.missing();
        if missing.is_empty() {
            return hosts;
        }
        for request in missing {
            hosts.extend(request.url.domain().map(str::to_owned));
            documents.insert(request.url, Err(FetchFailure::Unreachable));
        }
    }
}
