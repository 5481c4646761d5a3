//! Sessions: begun at sign-in, known by a digest, and over when they should be.

use issuer::session::{self, LONGEST, LONGEST_UNUSED, USE_IS_NOTED_AFTER};
use reqwest::Method;
use serde_json::json;

use crate::app::{PUBLIC_URL, TestApp};
use crate::browser::{Browser, COOKIE};
use crate::served::{Served, problem};

const ME: &str = "/api/v1/people/me";

#[tokio::test]
async fn a_session_lets_a_browser_do_what_its_person_may() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let signed_in = Browser::of(&served, &ada);
    assert_eq!(signed_in.get(ME).await.status(), 200);
    for stranger in [None, Some("nonsense"), Some(&"A".repeat(43))] {
        let browser = Browser::new(&served);
        if let Some(secret) = stranger {
            browser.keep(&format!("{COOKIE}={secret}"));
        }
        let refused = problem(browser.get(ME).await).await;
        assert_eq!(refused, (401, "auth.required".to_owned()));
    }
}

/// What a page of another site makes a browser send comes with the cookie in browsers that are old enough.
#[tokio::test]
async fn a_cookie_changes_nothing_for_another_site() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let send = |name: &'static str, value: &'static str| {
        let request = browser.request(Method::POST, "/api/v1/submissions");
        let request = request.json(&json!({ "micro_credential": "wait-time" }));
        let request = request.header("accept", "application/json");
        async move { request.header(name, value).send().await.expect("an answer") }
    };
    for (name, value) in [
        ("x-nothing", "said"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://badges.example.org.evil.example"),
        ("origin", "http://badges.example.org"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
    ] {
        let refused = problem(send(name, value).await).await;
        assert_eq!(
            refused,
            (403, "auth.cross_site".to_owned()),
            "{name}: {value}"
        );
    }
    assert_eq!(send("origin", PUBLIC_URL).await.status(), 201);
}

#[test]
fn a_session_ends_unused_after_two_weeks_and_in_any_case_after_thirty_days() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let alive = |secret: &session::Secret, after: i64| {
        let found = session::find(&test.app, secret, test.now.plus_seconds(after));
        found.expect("the store").is_some()
    };
    let unused = session::begin(&test.app, ada.id, test.now).expect("a session");
    assert!(alive(&unused, 0));
    assert!(!alive(&unused, LONGEST_UNUSED));

    let used = session::begin(&test.app, ada.id, test.now).expect("a session");
    for day in 0..30 {
        assert!(alive(&used, day * 24 * 60 * 60), "day {day}");
    }
    assert!(!alive(&used, LONGEST));
    // What ended is forgotten, and nothing else.
    let sessions = || test.records(b"session/");
    let forget = |after: i64| {
        let now = test.now.plus_seconds(after);
        test.app.store.forget_what_ended(now).expect("the store");
    };
    assert_eq!(sessions(), 2);
    forget(LONGEST - 1);
    assert_eq!(sessions(), 2);
    forget(LONGEST + 1);
    assert_eq!(sessions(), 0);
    assert_eq!(test.records(b"session-of/"), 0);
    assert_eq!(test.records(b"forget/"), 0);
}

#[test]
fn the_store_holds_no_secret_of_a_session_and_writes_no_more_than_once_an_hour() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let secret = session::begin(&test.app, ada.id, test.now).expect("a session");
    let stored = || {
        let all = test.app.store.engine().scan(b"", b"", 10_000);
        all.expect("the store")
    };
    let before = stored();
    let found = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(secret.expose())
    };
    assert!(
        before
            .iter()
            .all(|(key, value)| !found(key) && !found(value))
    );
    let find = |after: i64| session::find(&test.app, &secret, test.now.plus_seconds(after));
    find(USE_IS_NOTED_AFTER - 1)
        .expect("the store")
        .expect("hers");
    assert_eq!(stored(), before);
    find(USE_IS_NOTED_AFTER).expect("the store").expect("hers");
    assert_ne!(stored(), before);
}
