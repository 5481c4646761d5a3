//! Sessions: begun at sign-in, known by a digest, and over when they should be.

use issuer::session::{
    self, LONGEST, LONGEST_UNUSED, SESSIONS as MOST_SESSIONS, USE_IS_NOTED_AFTER,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PUBLIC_URL, TestApp};
use crate::browser::{Browser, COOKIE};
use crate::mailbox::link_to;
use crate::served::{FORM, Served, header, problem};

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

#[test]
fn a_person_has_so_many_sessions_and_the_one_unused_for_longest_makes_room() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let at = |second: usize| test.now.plus_seconds(i64::try_from(second).expect("small"));
    let begin = |second: usize| session::begin(&test.app, ada.id, at(second)).expect("a session");
    let first = begin(0);
    for second in 1..=MOST_SESSIONS {
        begin(second);
    }
    assert_eq!(test.records(b"session/"), MOST_SESSIONS);
    assert_eq!(
        session::of(&test.app, ada.id, at(MOST_SESSIONS))
            .expect("the store")
            .len(),
        MOST_SESSIONS
    );
    assert!(
        session::find(&test.app, &first, at(MOST_SESSIONS))
            .expect("the store")
            .is_none()
    );
}

/// Signs somebody in through the form and the mailed link.
async fn signs_in(browser: &Browser<'_>, served: &Served, email: &str) -> String {
    browser.post("/sign-in", &[("email", email)]).await;
    let link = link_to(&served.test, email);
    let entered = browser.post(&link, &[]).await;
    assert_eq!(entered.status(), 303);
    header(&entered, "set-cookie").to_owned()
}

/// a session that was planted, its cookie's flags, its end on the server, and others beside it. Forms: HTTP.
#[tokio::test]
async fn attack_a_09_sessions_are_new_at_sign_in_and_end_on_the_server() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let eve = served.test.person("eve", &[]);

    // Eve plants her own session, or one that she made up, in Ada's browser.
    let planted = Browser::of(&served, &eve).cookie().expect("a cookie");
    for cookie in [planted.clone(), format!("{COOKIE}={}", "A".repeat(43))] {
        let browser = Browser::new(&served);
        browser.keep(&cookie);
        let set = signs_in(&browser, &served, "ada@example.org").await;
        assert!(!set.contains(&cookie), "the session was kept");
        let (value, flags) = set.split_once("; ").expect("attributes");
        assert!(value.starts_with("__Host-assay="), "{value}");
        let flags: Vec<_> = flags.split("; ").collect();
        let expected = [
            "Path=/",
            "Max-Age=2592000",
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
        ];
        assert_eq!(flags, expected);
        // What was planted is nobody's any more, not even Eve's.
        let before = Browser::new(&served);
        before.keep(&cookie);
        assert_eq!(before.get(ME).await.status(), 401);
    }

    // Signing out ends it here, whoever has copied the cookie.
    let browser = Browser::new(&served);
    signs_in(&browser, &served, "ada@example.org").await;
    let copied = Browser::new(&served);
    copied.keep(&browser.cookie().expect("a cookie"));
    assert_eq!(copied.get(ME).await.status(), 200);
    let out = browser.post("/sign-out", &[]).await;
    assert!(header(&out, "set-cookie").starts_with("__Host-assay=; Path=/; Max-Age=0"));
    assert_eq!(browser.cookie(), None);
    assert_eq!(copied.get(ME).await.status(), 401);

    // Sessions beside it are seen, ended one by one or all at once, and nobody ends another's.
    let here = Browser::of(&served, &ada);
    let there = Browser::of(&served, &ada);
    let listed: Value = here.get(SESSIONS).await.json().await.expect("a list");
    let sessions = listed["items"].as_array().expect("a list");
    // Those of the two browsers into which something had been planted are among them.
    assert_eq!(sessions.len(), 4);
    let own: Vec<_> = sessions
        .iter()
        .filter(|one| one["current"] == true)
        .collect();
    assert_eq!(own.len(), 1);
    let path = format!("{SESSIONS}/{}", own[0]["id"].as_str().expect("an id"));
    let eves = Browser::of(&served, &eve);
    let end = |browser: &Browser<'_>, path: &str| {
        let request = browser.request(Method::DELETE, path);
        let request = request.header("origin", PUBLIC_URL);
        async move { request.send().await.expect("an answer").status() }
    };
    assert_eq!(end(&eves, &path).await, 404);
    assert_eq!(end(&here, SESSIONS).await, 204);
    assert_eq!(
        (
            there.get(ME).await.status().as_u16(),
            here.get(ME).await.status().as_u16()
        ),
        (401, 200)
    );
    assert_eq!(end(&here, &path).await, 204);
    assert_eq!(here.get(ME).await.status(), 401);
    assert_eq!(eves.get(ME).await.status(), 200);

    // Another site signs nobody in: what they did then would be done in an account of its choice.
    let victim = Browser::new(&served);
    victim
        .post("/sign-in", &[("email", "eve@example.org")])
        .await;
    let link = link_to(&served.test, "eve@example.org");
    let forged = victim
        .request(Method::POST, &link)
        .header("content-type", FORM);
    let forged = forged
        .header("origin", "https://evil.example")
        .header("accept", "application/json");
    let refused = problem(forged.send().await.expect("an answer")).await;
    assert_eq!(refused, (403, "auth.cross_site".to_owned()));
}

const SESSIONS: &str = "/api/v1/account/sessions";
