//! Requests that are sent again, changes made on a condition, and callers who come too often.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use issuer::config::{EdgeLimits, RequestRate};
use issuer::idempotency::{self, Begun};
use issuer::issuance;
use issuer::organisation::Role;
use issuer::review::Decision;
use reqwest::Response;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::served::{Caller, LIMITS, Served, header, problem};

#[tokio::test]
async fn a_request_sent_again_under_its_key_gets_the_same_answer() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let evidence = format!("{}/evidence", ada.begins().await);
    let text = json!({ "requirement": "reflection", "text": "I counted to five." });
    let first = keyed(&ada, &evidence, "k-1", &text).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    assert_eq!(header(&first, "idempotency-replayed"), "");
    let first: Value = first.json().await.expect("a piece");
    let again = keyed(&ada, &evidence, "k-1", &text).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(header(&again, "idempotency-replayed"), "true");
    assert_eq!(again.json::<Value>().await.expect("a piece"), first);

    // Another body, another address: another request.
    let other = json!({ "requirement": "reflection", "text": "I counted to six." });
    let answer = keyed(&ada, &evidence, "k-1", &other).await;
    let conflict = (409, "issue.idempotency_conflict".to_owned());
    assert_eq!(problem(answer).await, conflict);
    let answer = keyed(&ada, &format!("{evidence}?x=1"), "k-1", &text).await;
    assert_eq!(problem(answer).await, conflict);
    // What is refused is refused again, and the key of one person is not that of another.
    let grace = served.caller("grace", &[]);
    for _ in 0..2 {
        let answer = keyed(&grace, &evidence, "k-1", &text).await;
        assert_eq!(problem(answer).await, (404, "auth.not_found".to_owned()));
    }
    assert_eq!(pieces(&ada, &evidence).await, 1);
    for _ in 0..2 {
        ada.post(&evidence, text.clone()).await;
    }
    assert_eq!(pieces(&ada, &evidence).await, 3);
}

#[tokio::test]
async fn a_key_is_one_text_of_visible_characters() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let body = json!({ "micro_credential": "wait-time" });
    for key in ["", "two words", "tab\there", "é", &"k".repeat(256)] {
        let answer = keyed(&ada, SUBMISSIONS, key, &body).await;
        assert_eq!(
            problem(answer).await,
            (400, "http.header".to_owned()),
            "{key}"
        );
    }
    let twice = ada
        .request(Method::POST, SUBMISSIONS)
        .header("idempotency-key", "a")
        .header("idempotency-key", "b");
    let answer = twice.json(&body).send().await.expect("an answer");
    assert_eq!(problem(answer).await, (400, "http.header".to_owned()));
    let answer = keyed(&ada, SUBMISSIONS, &"k".repeat(255), &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_token_is_shown_once_and_stands_in_no_record_of_its_request() {
    let served = Served::new().await;
    let ada = served.test.person("ada", &[]);
    let root = served.caller("root", &[Role::Administrator]);
    let path = format!("/api/v1/people/{}/tokens", ada.id);
    let first = keyed(&root, &path, "k", &json!({})).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.expect("a token");
    let token = first["token"].as_str().expect("a token").to_owned();
    let again = keyed(&root, &path, "k", &json!({})).await;
    assert_eq!(
        problem(again).await,
        (409, "idempotency.not_kept".to_owned())
    );
    let records = served
        .test
        .app
        .store
        .engine()
        .scan(b"", b"", 100_000)
        .expect("the store");
    let holds = |bytes: &[u8]| {
        bytes
            .windows(token.len())
            .any(|part| part == token.as_bytes())
    };
    assert!(
        !records
            .iter()
            .any(|(key, value)| holds(key) || holds(value))
    );
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day_and_not_before() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let body = json!({ "micro_credential": "wait-time" });
    keyed(&ada, SUBMISSIONS, "k", &body).await;
    let (app, now) = (&served.test.app, served.test.now);
    let kept = || served.test.records(b"repeatable/");
    app.store
        .forget_what_ended(now.plus_seconds(86_000))
        .expect("the store");
    assert_eq!(kept(), 1);
    app.store
        .forget_what_ended(now.plus_seconds(86_402))
        .expect("the store");
    assert_eq!(kept(), 0);
}

/// Duplicates of requests that issue badges, at once and after a crash before or after the work:
/// one badge and one entry in the log for each.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_06_duplicated_requests_issue_one_badge_each_with_crashes_in_between() {
    let served = Served::new().await;
    let grace = served.caller("grace", &[Role::Reviewer]);
    let reviewer = served.test.reviewer("grace");
    let scores = json!([
        { "criterion": "waiting", "level": "consistent" },
        { "criterion": "listening", "level": "exemplary" },
    ]);
    let body = json!({ "version": 1, "scores": scores });
    for number in 0..BADGES {
        let name = format!("learner-{number}");
        let submission = served.test.learner(&name).submits();
        let path = format!("/api/v1/reviews/{submission}");
        let (app, now) = (&served.test.app, served.test.now);
        if number % 3 < 2 {
            reviewer.claims(submission).expect("a claim");
        }
        if number % 3 > 0 {
            // What a crash leaves behind: a reservation, more than a minute ago.
            let key = "review-it".parse().expect("a key");
            let sent = serde_json::to_vec(&body).expect("JSON");
            let digest = idempotency::digest_of("POST", &path, &sent);
            let begun = now.plus_seconds(-61);
            let begun = idempotency::begin(app, reviewer.person.id, &key, digest, begun);
            assert!(matches!(begun, Ok(Begun::First(_))));
        }
        if number % 3 == 2 {
            // And the work itself, done before the crash.
            let review = reviewer.scores(
                submission,
                &[
                    ("waiting", "consistent", None),
                    ("listening", "exemplary", None),
                ],
            );
            if let Decision::Accepted { award } = review.expect("a review").decision {
                issuance::issue(app, award, now).expect("a badge");
            }
        }
        let key = match number % 3 {
            0 => format!("review-{number}"),
            _ => "review-it".to_owned(),
        };
        let answers = join_all((0..AT_ONCE).map(|_| until_done(&grace, &path, &key, &body))).await;
        let seen: BTreeSet<_> = answers.into_iter().collect();
        assert_eq!(seen.len(), 1, "{number}: {seen:?}");
        assert_eq!(served.test.badges_of(&name).len(), 1, "{number}");
        // The next crash is under the same key.
        let forgotten = app.store.forget_what_ended(now.plus_seconds(100_000));
        forgotten.expect("the store");
    }
    assert_eq!(served.test.log().len(), BADGES);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let served = Served::new().await;
    let id = served.badge();
    let ada = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{id}");
    let whole = ada.get(&path).await;
    let tag = header(&whole, "etag").to_owned();
    assert!(tag.len() == 66 && tag.starts_with('"'), "{tag}");
    let others = [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ];
    for known in others {
        for method in [Method::GET, Method::HEAD] {
            let request = ada.request(method, &path).header("if-none-match", &known);
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&answer, "etag"), tag);
            assert!(answer.bytes().await.expect("nothing").is_empty());
        }
    }
    let request = ada
        .request(Method::GET, &path)
        .header("if-none-match", "\"x\"");
    assert_eq!(
        request.send().await.expect("an answer").status(),
        StatusCode::OK
    );
    ada.put(
        &format!("{path}/visibility"),
        json!({ "visibility": "link" }),
    )
    .await;
    let request = ada
        .request(Method::GET, &path)
        .header("if-none-match", &tag);
    let changed = request.send().await.expect("an answer");
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(header(&changed, "etag"), tag);
}

#[tokio::test]
async fn of_changes_on_the_condition_that_nothing_has_changed_one_is_made() {
    let served = Served::new().await;
    let id = served.badge();
    let ada = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{id}");
    let tag = header(&ada.get(&path).await, "etag").to_owned();
    let visibility = format!("{path}/visibility");
    let change = |tag: String| {
        let request = ada
            .request(Method::PUT, &visibility)
            .header("if-match", tag);
        request.json(&json!({ "visibility": "link" })).send()
    };
    let answers = join_all((0..24).map(|_| change(tag.clone()))).await;
    let mut made = 0;
    for answer in answers {
        let answer = answer.expect("an answer");
        match answer.status() {
            StatusCode::OK => made += 1,
            _ => assert_eq!(
                problem(answer).await,
                (412, "state.precondition".to_owned())
            ),
        }
    }
    assert_eq!(made, 1);
    for (tag, expected) in [
        ("*", 200),
        ("W/\"x\"", 412),
        ("\"x\"", 412),
        ("x", 400),
        ("\"x", 400),
    ] {
        let answer = change(tag.to_owned()).await.expect("an answer");
        assert_eq!(answer.status(), expected, "{tag}");
    }
    // Where no condition is minded, none is passed over.
    let carol = served.caller("carol", &[]);
    let evidence = format!("{}/evidence/1111111111111111", carol.begins().await);
    let request = carol
        .request(Method::DELETE, &evidence)
        .header("if-match", "\"x\"");
    let answer = request.send().await.expect("an answer");
    assert_eq!(
        problem(answer).await,
        (412, "state.precondition".to_owned())
    );
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_08_whoever_calls_too_often_waits_and_nobody_else_does() {
    let rate = |at_once| RequestRate {
        at_once,
        a_second: 1,
    };
    let served = Served::with_limits(EdgeLimits {
        person: rate(5),
        address: rate(20),
        ..LIMITS
    })
    .await;
    let ada = served.caller("ada", &[]);
    for _ in 0..5 {
        assert_eq!(ada.get("/api/v1/badges").await.status(), StatusCode::OK);
    }
    let answer = ada.get("/api/v1/badges").await;
    assert_eq!(header(&answer, "retry-after"), "1");
    assert_eq!(problem(answer).await, (429, "rate.limited".to_owned()));
    // Another person, at the same address.
    let grace = served.caller("grace", &[]);
    assert_eq!(grace.get("/api/v1/badges").await.status(), StatusCode::OK);

    let mut refused = 0;
    for number in 0..100 {
        let guess = format!("assay_{number:043}");
        let request = served
            .request(Method::GET, "/api/v1/badges")
            .bearer_auth(guess);
        match request.send().await.expect("an answer").status() {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(
        refused, 80,
        "after twenty guesses nothing more is looked up"
    );
    assert_eq!(grace.get("/api/v1/badges").await.status(), StatusCode::OK);
}

async fn keyed(caller: &Caller<'_>, path: &str, key: &str, body: &Value) -> Response {
    let key = reqwest::header::HeaderValue::from_bytes(key.as_bytes()).expect("a value");
    let request = caller
        .request(Method::POST, path)
        .header("idempotency-key", key);
    request.json(body).send().await.expect("an answer")
}

/// Sends a request again for as long as it is being worked on, and gives what was answered in the end.
async fn until_done(caller: &Caller<'_>, path: &str, key: &str, body: &Value) -> (u16, String) {
    loop {
        let answer = keyed(caller, path, key, body).await;
        let status = answer.status().as_u16();
        let waits = header(&answer, "retry-after").to_owned();
        let text = answer.text().await.expect("a body");
        if status == 409 && text.contains("idempotency.under_way") {
            assert_eq!(waits, "1");
            tokio::task::yield_now().await;
            continue;
        }
        return (status, text);
    }
}

async fn pieces(caller: &Caller<'_>, evidence: &str) -> usize {
    let path = evidence.strip_suffix("/evidence").expect("its submission");
    let submission: Value = caller.get(path).await.json().await.expect("a submission");
    submission["evidence"].as_array().expect("a list").len()
}

const SUBMISSIONS: &str = "/api/v1/submissions";

/// How many badges are wanted: five after each kind of crash.
const BADGES: usize = 15;

/// How often each request is sent at the same time.
const AT_ONCE: usize = 4;
