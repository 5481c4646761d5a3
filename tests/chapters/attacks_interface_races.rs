//! Decisions that are made at the same moment: one of them counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use issuer::http::load::Load;
use issuer::log::Kind;
use issuer::organisation::Role;
use reqwest::Response;
use serde_json::{Value, json};

use crate::served::{Caller, Served};

/// Two reviewers accept the same version, each from thirty-two windows.
///
/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_07_of_two_reviewers_who_accept_many_times_at_once_one_is_counted() {
    let served = Served::new().await;
    let reviewers = ["grace", "rosa"].map(|name| served.caller(name, &[Role::Reviewer]));
    for number in 0..ROUNDS {
        let name = format!("learner-{number}");
        let submission = served.test.learner(&name).submits();
        let tries = (0..CLIENTS).map(|at| {
            let reviewer = &reviewers[at % reviewers.len()];
            finishes(reviewer, submission.to_string(), "consistent")
        });
        let seen = told(join_all(tries).await).await;
        one_finished(&seen);
        assert_eq!(served.test.badges_of(&name).len(), 1, "{name}");
        assert_eq!(served.test.log().len(), number + 1);
    }
}

/// One accepts what the other sends back, at the same moment: there is a badge if the one who
/// accepts was told that it counts, and none otherwise.
///
/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_07_of_a_yes_and_a_no_at_once_one_is_counted() {
    let served = Served::new().await;
    let grace = served.caller("grace", &[Role::Reviewer]);
    let rosa = served.caller("rosa", &[Role::Reviewer]);
    for number in 0..ROUNDS {
        let name = format!("learner-{number}");
        let submission = served.test.learner(&name).submits().to_string();
        let tries = (0..CLIENTS).map(|at| match at % 2 == number % 2 {
            true => finishes(&grace, submission.clone(), "consistent"),
            false => finishes(&rosa, submission.clone(), "absent"),
        });
        let answers = join_all(tries).await;
        let mut accepted = 0;
        let mut counts: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in answers {
            let (status, body) = read(answer).await;
            accepted += usize::from(body["decision"] == "accepted");
            *counts.entry((status, code(&body))).or_default() += 1;
        }
        one_finished(&counts);
        assert_eq!(served.test.badges_of(&name).len(), accepted, "{name}");
    }
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn attack_a_07_revoking_while_others_are_issued_counts_once_and_touches_no_other() {
    // More at once than wait for each other otherwise.
    let served = Served::changed(|edge, _| edge.load = Arc::new(Load::new(8, 2 * CLIENTS))).await;
    let olga = served.caller("olga", &[Role::IssuingOfficer]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let revoked = served.published_badge();
    let learners: Vec<_> = (0..CLIENTS / 4).map(|at| format!("learner-{at}")).collect();
    let waiting: Vec<_> = learners
        .iter()
        .map(|name| served.test.learner(name).submits().to_string())
        .collect();
    let path = format!("/api/v1/badges/{revoked}/revoke");
    let reason = json!({ "reason": "The recording was of another class." });
    let revoking = join_all((0..CLIENTS).map(|_| olga.post(&path, reason.clone())));
    let issuing = waiting
        .iter()
        .map(|submission| finishes(&grace, submission.clone(), "consistent"));
    let (revoking, issuing) = tokio::join!(revoking, join_all(issuing));
    let seen = told(revoking).await;
    assert_eq!(seen, one_of_them(201, "status.already_revoked"));
    for answer in issuing {
        let (status, body) = read(answer).await;
        assert_eq!(status, 201, "{body}");
    }
    for name in &learners {
        let badges = served.test.badges_of(name);
        assert_eq!(badges.len(), 1, "{name}");
        served.test.check_badge(badges[0].id);
    }
    let kinds = |wanted: Kind| {
        let log = served.test.log();
        log.iter().filter(|entry| entry.kind == wanted).count()
    };
    assert_eq!(kinds(Kind::Issue), learners.len() + 1);
    assert_eq!(kinds(Kind::Revoke), 1);
    let page = served.page(&served.test.app.site.badge(revoked)).await;
    assert!(page.text().await.expect("a page").contains("took it back"));
}

/// Finds both criteria at this level.
async fn finishes(reviewer: &Caller<'_>, submission: String, level: &str) -> Response {
    let score = |criterion| json!({ "criterion": criterion, "level": level, "comment": "Seen." });
    let scores = json!([score("waiting"), score("listening")]);
    let path = format!("/api/v1/reviews/{submission}");
    // Whoever comes too late for a claim tries without one.
    reviewer.post(&format!("{path}/claim"), json!({})).await;
    let body = json!({ "version": 1, "scores": scores });
    reviewer.post(&path, body).await
}

/// How many were told what.
async fn told(answers: Vec<Response>) -> BTreeMap<(u16, String), usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        let (status, body) = read(answer).await;
        *counts.entry((status, code(&body))).or_default() += 1;
    }
    counts
}

async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

fn code(body: &Value) -> String {
    body["code"].as_str().unwrap_or_default().to_owned()
}

/// One of all clients is told that it counts, and all others that another change came first.
fn one_of_them(done: u16, refused: &str) -> BTreeMap<(u16, String), usize> {
    BTreeMap::from([
        ((done, String::new()), 1),
        ((409, refused.to_owned()), CLIENTS - 1),
    ])
}

/// One of all clients is told that it counts, and all others that they came too late or had no claim.
fn one_finished(counts: &BTreeMap<(u16, String), usize>) {
    assert_eq!(counts.values().sum::<usize>(), CLIENTS);
    assert_eq!(counts.get(&(201, String::new())), Some(&1), "{counts:?}");
    let refused = ["state.conflict", "review.claimed", "review.claim_missing"];
    for (status, code) in counts.keys() {
        let late = *status == 409 && refused.contains(&code.as_str());
        assert!(late || *status == 201, "{counts:?}");
    }
}

/// As many as the list of attacks asks for.
const CLIENTS: usize = 64;
const ROUNDS: usize = 4;
