//! What the fetcher keeps: for how long, in how many bytes, and that many askers are one request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use futures_util::future;
use issuer::fetch::cache::{Cache, Kept, freshness};
use issuer::fetch::{Fetch, Wanted, Web};
use url::Url;
use verifier::{Answer, Document, DocumentKind, FetchFailure};

use crate::site::{Body, Reply, Site};

const DID: Wanted = Wanted::Part(DocumentKind::DidDocument);
const LIST: Wanted = Wanted::Part(DocumentKind::StatusList);

fn found() -> Answer {
    Ok(Document::new("{}"))
}

#[test]
fn attack_n_12_a_document_is_kept_an_hour_at_most_and_a_failure_half_a_minute() {
    use DocumentKind::{DidDocument, StatusList, VerificationKey};
    let table = [
        // What was found, what the server says, how long it is given without asking again.
        (found(), DidDocument, None, 300),
        (found(), DidDocument, Some(0), 10),
        (found(), DidDocument, Some(120), 120),
        (found(), DidDocument, Some(86_400), 3_600),
        (found(), VerificationKey, Some(u64::MAX), 3_600),
        (found(), StatusList, None, 60),
        (found(), StatusList, Some(20), 20),
        (found(), StatusList, Some(86_400), 60),
        (
            Err(FetchFailure::Unreachable),
            DidDocument,
            Some(86_400),
            30,
        ),
        (Err(FetchFailure::Timeout), StatusList, None, 30),
    ];
    for (answer, kind, max_age, seconds) in table {
        assert_eq!(
            freshness(&answer, kind, max_age.map(Duration::from_secs)),
            Duration::from_secs(seconds),
            "{answer:?} {kind:?} {max_age:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_longer_fresh_is_not_given() {
    let cache = Cache::new(100_000);
    let url = Url::parse("https://example.org/did.json").expect("a URL");
    let now = Instant::now();
    let held = cache.hold(&url, DocumentKind::DidDocument).await;
    assert!(held.fresh(now).is_none());
    held.keep(Kept {
        answer: found(),
        fresh_until: now + Duration::from_secs(60),
        etag: None,
    });
    let held = cache.hold(&url, DocumentKind::DidDocument).await;
    assert_eq!(held.fresh(now + Duration::from_secs(59)), Some(&found()));
    assert!(held.fresh(now + Duration::from_secs(60)).is_none());
    drop(held);
    // A list and a DID document at one address are two questions.
    let held = cache.hold(&url, DocumentKind::StatusList).await;
    assert!(held.fresh(now).is_none());
}

#[tokio::test]
async fn the_cache_forgets_what_was_looked_at_longest_ago_when_it_is_full() {
    let cache = Cache::new(100_000);
    let url = |n: usize| Url::parse(&format!("https://example.org/{n}")).expect("a URL");
    let now = Instant::now();
    let fresh_until = now + Duration::from_secs(60);
    for n in 0..200 {
        // Every other one is looked for and never found: a place that nobody fills counts too.
        let held = cache.hold(&url(n), DocumentKind::StatusList).await;
        if n % 2 == 0 {
            let answer = Ok(Document::new(vec![0; 9_000]));
            let etag = None;
            held.keep(Kept {
                answer,
                fresh_until,
                etag,
            });
        }
        assert!(cache.size().1 <= 100_000, "{:?}", cache.size());
    }
    let (addresses, bytes) = cache.size();
    assert!(addresses < 20 && bytes > 50_000, "{addresses} {bytes}");
    let newest = cache.hold(&url(198), DocumentKind::StatusList).await;
    assert!(newest.fresh(now).is_some());
    let oldest = cache.hold(&url(0), DocumentKind::StatusList).await;
    assert!(oldest.fresh(now).is_none());
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let site = Site::answering(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Reply::ok("{}")
    });
    let web = Web::with_development_origin(&site.url("/"));
    let url = site.url("/did.json");
    let answers = future::join_all((0..100).map(|_| web.fetch(&url, DID))).await;
    for answer in answers {
        let document = answer.expect("a document");
        assert_eq!(document.bytes, b"{}");
        assert!(document.fetched_at.is_some(), "a report says when");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // A badge is verified as it is now.
    for _ in 0..2 {
        web.fetch(&url, Wanted::Badge).await.expect("a badge");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let (sender, requests) = mpsc::channel();
    let site = Site::recording_and(sender, |request| {
        let known = request.to_lowercase().contains("if-none-match: \"one\"");
        Reply {
            status: if known { "304 Not Modified" } else { "200 OK" },
            headers: "ETag: \"one\"\r\nContent-Type: text/plain\r\n".to_owned(),
            body: Body::Text(if known { "" } else { "a list" }),
        }
    });
    let web = Web::with_development_origin(&site.url("/")).asking_each_time();
    for _ in 0..3 {
        let answer = web.fetch(&site.url("/list"), LIST).await;
        assert_eq!(answer.expect("a list").bytes, b"a list");
    }
    let asked: Vec<String> = requests.try_iter().collect();
    assert_eq!(asked.len(), 3);
    assert!(!asked[0].to_lowercase().contains("if-none-match"));
}

#[tokio::test]
async fn one_host_is_called_four_times_at_once_and_no_more() {
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, highest) = (under_way.clone(), most.clone());
    let site = Site::answering(move |_| {
        let calls = now.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(calls, Ordering::SeqCst);
        // Long enough that calls made side by side are seen side by side.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(20) {
            std::thread::yield_now();
        }
        now.fetch_sub(1, Ordering::SeqCst);
        Reply::ok("{}")
    });
    let web = Web::with_development_origin(&site.url("/"));
    let urls: Vec<Url> = (0..20).map(|n| site.url(&format!("/{n}"))).collect();
    let answers = future::join_all(urls.iter().map(|url| web.fetch(url, DID))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(most.load(Ordering::SeqCst) <= 4, "{most:?}");
}
