//! Attacks on what is remembered of lists, and on our own.

use std::sync::{Arc, Barrier};
use std::thread;

use issuer::organisation::Role;
use issuer::status::StatusListNumber;
use reqwest::Method;
use serde_json::{Value, json};
use verifier::{ListEdition, Policy, status_list};

use super::super::status::{BYTES, LIST, badge_with, by_school, entry, list};
use crate::app::TestApp;
use crate::forge::{Key, with, without};
use crate::served::{Served, problem};
use crate::web::{Web, told};

/// Two editions of one list: in the later one the badge is revoked.
fn editions() -> (String, [String; 2]) {
    let edition = |set: &[u64], from: &str| {
        let plain = list(json!("revocation"), set, BYTES);
        by_school(&with(&plain, "/validFrom", json!(from))).to_string()
    };
    let badge = badge_with(entry("revocation", 9)).to_string();
    (
        badge,
        [
            edition(&[], "2026-11-20T00:00:00Z"),
            edition(&[9], "2026-11-21T00:00:00Z"),
        ],
    )
}

/// Forms: library.
#[test]
fn attack_s_06_a_caller_that_remembers_has_older_lists_refused() {
    let (badge, [old, new]) = editions();
    let on = |list: &str, policy: &Policy| {
        let mut web = Web::read();
        web.serve(LIST, list);
        web.verify(badge.as_bytes(), policy)
    };
    let first = on(&new, &Policy::default());
    assert_eq!(told(&first), "refused/status.revoked");
    let seen = first.list_editions();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].list.as_str(), seen[0].issuer.clone()),
        (LIST, Key::School.did())
    );

    let mut policy = Policy::default();
    policy.newest_lists = seen.clone();
    assert_eq!(told(&on(&old, &policy)), "refused/status.rollback");
    assert_eq!(told(&on(&new, &policy)), "refused/status.revoked");
    // The list of another issuer at the same address is another list.
    policy.newest_lists = vec![ListEdition::new(
        LIST,
        "did:web:other.example",
        seen[0].valid_from,
    )];
    assert_eq!(told(&on(&old, &policy)), "verified");
    // Whoever remembers nothing cannot know better.
    assert_eq!(told(&on(&old, &Policy::default())), "verified");
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_s_06_the_service_remembers_the_newest_list_that_it_saw() {
    let (badge, [old, new]) = editions();
    let mut web = Web::read();
    web.serve(LIST, old.clone());
    let world = Arc::new(crate::forms::World::of(web));
    let served = Served::in_world(world.clone()).await;
    let ask = async |parameters: &str| -> String {
        let request = served.request(Method::POST, &format!("/api/v1/verify{parameters}"));
        let answer = request.body(badge.clone()).send().await.expect("an answer");
        let report: Value = answer.json().await.expect("JSON");
        let status = report["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .find(|step| step["name"] == "status");
        status.expect("the step")["code"]
            .as_str()
            .unwrap_or("pass")
            .to_owned()
    };
    let serve = |list: &str| {
        let mut web = Web::read();
        web.serve(LIST, list);
        world.show(web);
    };
    assert_eq!(ask("").await, "pass");
    serve(&new);
    assert_eq!(ask("").await, "status.revoked");
    serve(&old);
    assert_eq!(ask("").await, "status.rollback");
    assert_eq!(ask("?policy=lenient").await, "status.rollback");
    serve(&new);
    assert_eq!(ask("").await, "status.revoked");
    // Out of date, an old list is what it is.
    let expired = with(
        &serde_json::from_str(&old).expect("JSON"),
        "/validUntil",
        json!("2026-11-21T00:00:00Z"),
    );
    serve(&by_school(&without(&expired, "/proof")).to_string());
    assert_eq!(ask("").await, "status.expired");
}

/// A thousand badges of one list, revoked by as many officers at once where `ASSAY_REVOCATIONS`
/// says so; fewer otherwise. Forms: operation.
#[test]
fn attack_s_10_of_many_revocations_at_once_none_is_lost() {
    let asked = std::env::var("ASSAY_REVOCATIONS").ok();
    let count: usize = asked.map_or(100, |count| count.parse().expect("a number"));
    let test = TestApp::new();
    let names: Vec<String> = (0..count)
        .map(|number| format!("learner-{number}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let issued = test.badges(&names);
    let (revoked, standing) = issued.split_at(count * 9 / 10);
    test.officer();
    let start = Barrier::new(revoked.len());
    thread::scope(|scope| {
        for one in revoked {
            scope.spawn(|| {
                start.wait();
                test.revoke(one.badge()).expect("its end");
            });
        }
    });
    for (all, expected) in [(revoked, "refused/status.revoked"), (standing, "verified")] {
        for one in all {
            assert_eq!(told(&test.verify(one.json().as_bytes())), expected);
        }
    }
    assert_eq!(test.log().len(), count + revoked.len());
    // Each place was drawn once, and every bit that is set is that of a badge that was revoked.
    assert_eq!(test.drawn(), count);
    let list = issuer::status::list(&test.app, StatusListNumber::FIRST).expect("the list");
    let list: Value = serde_json::from_str(&list.json).expect("JSON");
    let bits = list["credentialSubject"]["encodedList"]
        .as_str()
        .expect("bits");
    let bits = status_list::decode(bits, 1 << 20).expect("bits");
    let set: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
    assert_eq!(set as usize, revoked.len());
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_s_11_the_badges_and_lists_of_another_issuer_are_not_found() {
    let here = Served::new().await;
    let there = Served::new().await;
    let theirs = there.published_badge();
    let officer = here.caller("olga", &[Role::IssuingOfficer]);
    let address = format!("/api/v1/badges/{theirs}");
    for (method, path, body, code) in [
        (Method::GET, address.clone(), json!({}), "auth.not_found"),
        (
            Method::POST,
            format!("{address}/revoke"),
            json!({"reason": "Not mine."}),
            "auth.not_found",
        ),
        (
            Method::PUT,
            format!("{address}/visibility"),
            json!({"visibility": "public"}),
            "auth.not_found",
        ),
        (
            Method::GET,
            format!("/badges/{theirs}"),
            json!({}),
            "auth.not_found",
        ),
        (
            Method::GET,
            "/status/2".to_owned(),
            json!({}),
            "auth.not_found",
        ),
        (
            Method::GET,
            "/status/4294967295".to_owned(),
            json!({}),
            "auth.not_found",
        ),
    ] {
        let answer = officer
            .request(method.clone(), &path)
            .json(&body)
            .send()
            .await;
        let answer = answer.expect("an answer");
        let found = problem(answer).await;
        assert_eq!(found, (404, code.to_owned()), "{method} {path}");
    }
    // The badge still stands where it was issued, and nothing was written here.
    there.check_badge(theirs).await;
    assert!(here.test.log().is_empty());
}
