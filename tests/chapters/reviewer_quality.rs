//! Who is not certified takes no live work, and the dashboard says how far reviewers agree.

use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId, SubmissionId};
use issuer::micro_credential::{self, Certification, Content, ReviewPolicy, SecondReview};
use issuer::organisation::Role;
use issuer::person::Person;
use issuer::quality::trying;
use issuer::{link, merge, review};
use reqwest::Response;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use super::training;
use crate::app::TestApp;
use crate::catalogue::content;
use crate::mailbox::link_to;
use crate::people::given;
use crate::served::{Served, problem};

fn publish(test: &TestApp, id: &str, says: Content) -> MicroCredentialId {
    let id: MicroCredentialId = id.parse().expect("a slug");
    let author = test.person("alice", &[Role::Author]);
    micro_credential::write(&test.app, &author, OrganisationId::host(), id.clone(), says)
        .expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    id
}

/// A micro-credential that is reviewed under this policy.
fn reviewed(test: &TestApp, id: &str, policy: ReviewPolicy) -> MicroCredentialId {
    let says = Content {
        review: policy,
        ..content()
    };
    publish(test, id, says)
}

fn certified_only() -> ReviewPolicy {
    ReviewPolicy {
        certification: Certification::Required,
        ..ReviewPolicy::default()
    }
}

fn hands_in(test: &TestApp, name: &str, id: &MicroCredentialId) -> SubmissionId {
    let earner = test.learner(name);
    let submission = earner.prepares_for(id).id;
    earner.hands_in(submission).expect("a complete submission");
    submission
}

async fn body(answer: Response, status: u16) -> Value {
    let got = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(got, status, "{body}");
    body
}

const QUEUE: &str = "/api/v1/organisations/host/reviews";

fn scores(level: &str) -> Value {
    json!({ "scores": [
        { "criterion": "waiting", "level": level, "comment": "So." },
        { "criterion": "listening", "level": level, "comment": "So." },
    ] })
}

/// The training part of a reviewer's story: from a queue that is empty for her to live work.
#[tokio::test]
async fn a_reviewer_trains_is_certified_by_a_badge_and_takes_live_work() {
    let served = Served::new().await;
    let test = &served.test;
    let line = reviewed(test, "questioning", certified_only());
    let badge = Content {
        name: "Reviewer of Questioning".parse().expect("a title"),
        validity_months: Some(12),
        ..content()
    };
    publish(test, "questioning-reviewer", badge);
    let submission = hands_in(test, "ada", &line);
    let grace = served.caller("grace", &[Role::Reviewer]);

    // 1. She sees nothing, and whoever gave her the address does not help.
    let queue = body(grace.get(QUEUE).await, 200).await;
    assert_eq!(queue["items"], json!([]));
    let claim = format!("/api/v1/reviews/{submission}/claim");
    let refused = grace.post(&claim, json!({})).await;
    assert_eq!(
        problem(refused).await,
        (403, "review.not_certified".to_owned())
    );
    let refused = grace.get(&format!("/api/v1/reviews/{submission}")).await;
    assert_eq!(
        problem(refused).await,
        (403, "review.not_certified".to_owned())
    );

    // 2. An author writes exemplars with gold.
    let alice = served.caller("alice", &[Role::Author]);
    let set = "/api/v1/organisations/host/training/questioning";
    let rules = json!({ "exemplars": 1, "badge": "questioning-reviewer" });
    body(alice.put(set, rules).await, 200).await;
    let exemplar = json!({
        "title": "Silences, and then an answer of one's own",
        "work": [{ "requirement": "reflection", "text": "I asked, waited, and answered myself." }],
        "gold": [
            { "criterion": "waiting", "level": "consistent", "reason": "The waits are there." },
            { "criterion": "listening", "level": "absent", "reason": "Nobody is heard." },
        ],
    });
    body(alice.post(&format!("{set}/exemplars"), exemplar).await, 201).await;

    // 3. She scores blind, sees gold, and has her badge.
    let begun = body(grace.post(&format!("{set}/tries"), json!({})).await, 201).await;
    let (person, next) = (&begun["person"], &begun["next"]);
    let (person, next) = (person.as_str().expect("her"), next.as_str().expect("one"));
    let levels = json!({ "scores": [
        { "criterion": "waiting", "level": "consistent" },
        { "criterion": "listening", "level": "absent" },
    ] });
    let place = format!("{set}/tries/{person}/1/exemplars/{next}");
    let done = body(grace.post(&place, levels).await, 201).await;
    assert_eq!(done["outcome"]["result"], "passed");
    let badges = test.badges_of("grace");
    assert_eq!(badges.len(), 1);
    served.test.check_badge(badges[0].id);
    served.check_badge(badges[0].id).await;

    // 4. Live work is hers to take.
    let queue = body(grace.get(QUEUE).await, 200).await;
    assert_eq!(queue["items"][0]["submission"], submission.to_string());
    body(grace.post(&claim, json!({})).await, 200).await;
    let mut given = scores("consistent");
    given["version"] = json!(1);
    let review = grace
        .post(&format!("/api/v1/reviews/{submission}"), given)
        .await;
    assert_eq!(review.status(), 201);
    assert_eq!(test.badges_of("ada").len(), 1);
}

/// Passes with the exemplar of a set that `training::furnish` has made.
fn passes(test: &TestApp, person: &Person, line: &MicroCredentialId, now: Timestamp) {
    let host = OrganisationId::host();
    let begun = trying::begin(&test.app, person, &host, line, now).expect("a try");
    let level = |criterion: &str| {
        let level = "consistent".parse().expect("a name");
        (criterion.parse().expect("a name"), level)
    };
    let levels = [level("waiting"), level("listening")];
    let place = (&host, line, begun.number);
    trying::score(&test.app, person, place, begun.exemplars[0], &levels, now).expect("a score");
}

#[test]
fn a_certification_that_is_over_opens_nothing_and_can_be_renewed() {
    let test = TestApp::new();
    let line = reviewed(&test, "questioning", certified_only());
    let alice = test.person("alice", &[Role::Author]);
    let grace = test.reviewer("grace").person;
    training::furnish(&test, &OrganisationId::host(), &line, &alice, &grace);
    passes(&test, &grace, &line, test.now);
    let submission = hands_in(&test, "ada", &line);
    let last = Timestamp::parse("2027-11-22T11:59:59Z").expect("a moment");
    let over = last.plus_seconds(1);
    review::open(&test.app, &grace, submission, last).expect("still certified");
    review::claim(&test.app, &grace, submission, last).expect("a claim");
    let finish = |now| {
        let met = [
            ("waiting", "consistent", None),
            ("listening", "consistent", None),
        ];
        review::finish(&test.app, &grace, submission, &given(1, &met), now)
    };
    let refused = finish(over).expect_err("not certified any more");
    assert_eq!(refused.code(), "review.not_certified");
    review::release(&test.app, &grace, submission).expect("what is claimed can be given back");
    let refused = review::claim(&test.app, &grace, submission, over);
    assert_eq!(refused.expect_err("over").code(), "review.not_certified");

    passes(&test, &grace, &line, over);
    review::claim(&test.app, &grace, submission, over).expect("a claim");
    finish(over).expect("a review");
}

#[test]
fn a_certification_follows_its_person_into_another_account() {
    let test = TestApp::new();
    let line = reviewed(&test, "questioning", certified_only());
    let alice = test.person("alice", &[Role::Author]);
    let (home, work) = (
        test.reviewer("grace-at-home").person,
        test.reviewer("grace").person,
    );
    training::furnish(&test, &OrganisationId::host(), &line, &alice, &home);
    passes(&test, &home, &line, test.now);
    let submission = hands_in(&test, "ada", &line);
    let refused = review::open(&test.app, &work, submission, test.now);
    assert_eq!(
        refused.expect_err("another account").code(),
        "review.not_certified"
    );

    link::send_proof(&test.app, &work, home.primary(), test.now).expect("a link");
    let path = link_to(&test, home.primary().as_str());
    let secret = path["/link/".len()..].parse().expect("a secret");
    let grace = merge::merge(&test.app, &work, &secret, test.now).expect("one account");
    review::open(&test.app, &grace, submission, test.now).expect("certified");
    let stands = trying::progress(&test.app, &grace, &OrganisationId::host(), &line, test.now);
    assert_eq!(stands.expect("her progress").tries.len(), 1);
}

#[tokio::test]
async fn a_reviewers_badge_that_was_revoked_opens_nothing() {
    let served = Served::new().await;
    let test = &served.test;
    let line = reviewed(test, "questioning", certified_only());
    let badge = Content {
        validity_months: Some(12),
        ..content()
    };
    publish(test, "questioning-reviewer", badge);
    let alice = test.person("alice", &[Role::Author]);
    let grace = test.reviewer("grace").person;
    let bob = test.reviewer("bob").person;
    training::furnish(test, &OrganisationId::host(), &line, &alice, &bob);
    let caller = served.caller("alice", &[Role::Author]);
    let set = "/api/v1/organisations/host/training/questioning";
    let rules = json!({ "exemplars": 1, "badge": "questioning-reviewer" });
    body(caller.put(set, rules).await, 200).await;
    passes(test, &grace, &line, test.now);
    issuer::issuance::resume(&test.app, test.now).expect("her badge");
    let submission = hands_in(test, "ada", &line);
    review::open(&test.app, &grace, submission, test.now).expect("certified");
    test.revoke(test.badges_of("grace")[0].id)
        .expect("a revocation");
    let refused = review::open(&test.app, &grace, submission, test.now);
    assert_eq!(refused.expect_err("revoked").code(), "review.not_certified");
}

/// Two review one version; `second` differs on listening.
fn in_two(test: &TestApp, id: &MicroCredentialId, name: &str, levels: [&str; 2], now: Timestamp) {
    let submission = hands_in(test, name, id);
    for (reviewer, listening) in [("grace", levels[0]), ("hopper", levels[1])] {
        let person = test.reviewer(reviewer).person;
        review::claim(&test.app, &person, submission, now).expect("a claim");
        let found = [
            ("waiting", "consistent", Some("So.")),
            ("listening", listening, Some("So.")),
        ];
        let later = now.plus_seconds(1_800);
        review::finish(&test.app, &person, submission, &given(1, &found), later).expect("a review");
    }
    if levels[0] != levels[1] {
        let judge = test.person("judy", &[Role::Adjudicator]);
        review::claim(&test.app, &judge, submission, now).expect("a claim");
        let found = [
            ("waiting", "consistent", None),
            ("listening", "consistent", None),
        ];
        let later = now.plus_seconds(3_600);
        review::finish(&test.app, &judge, submission, &given(1, &found), later)
            .expect("a decision");
    }
}

#[tokio::test]
async fn the_dashboard_tells_agreement_kappa_turnaround_and_drift_from_pairs_enough() {
    let served = Served::new().await;
    let test = &served.test;
    let always = ReviewPolicy {
        second_review: SecondReview::Always,
        ..ReviewPolicy::default()
    };
    let id = reviewed(test, "in-twos", always);
    // Seven agree that it is met, two that it is not, and three differ: 12 pairs on listening.
    let mut earners = 0;
    for (times, levels) in [
        (7, ["consistent", "consistent"]),
        (2, ["absent", "absent"]),
        (2, ["consistent", "absent"]),
    ] {
        for _ in 0..times {
            earners += 1;
            in_two(test, &id, &format!("earner-{earners}"), levels, test.now);
        }
    }
    let path = "/api/v1/organisations/host/quality";
    let cora = served.caller("cora", &[Role::Coordinator]);
    let few = body(cora.get(path).await, 200).await;
    assert_eq!(few["scored_twice"], 11);
    let month_later = test.now.plus_seconds(30 * 24 * 60 * 60);
    in_two(
        test,
        &id,
        "earner-99",
        ["absent", "consistent"],
        month_later,
    );

    let told = body(cora.get(path).await, 200).await;
    assert_eq!(
        (&told["decided"], &told["scored_twice"]),
        (&json!(12), &json!(12))
    );
    let criterion = |name: &str| {
        let mut all = told["criteria"].as_array().expect("criteria").iter();
        let found = all.find(|one| one["criterion"] == name);
        found.expect("the criterion")["agreement"].clone()
    };
    let near = |value: &Value, wanted: f64| {
        let value = value.as_f64().expect("a figure");
        assert!((value - wanted).abs() < 1e-12, "{value}, not {wanted}");
    };
    let listening = criterion("listening");
    assert_eq!(listening["pairs"], 12);
    near(&listening["same"], 9.0 / 12.0);
    // Grace found 9 met and 3 not, Hopper 8 and 4: 84 of 144 by chance.
    near(
        &listening["kappa"],
        1.0 - (3.0 / 12.0) / (1.0 - 84.0 / 144.0),
    );
    let waiting = criterion("waiting");
    near(&waiting["same"], 1.0);
    assert!(
        waiting.get("kappa").is_none(),
        "one level throughout: {waiting}"
    );

    let reviewers = told["reviewers"].as_array().expect("reviewers");
    assert_eq!(reviewers.len(), 3, "two reviewers and an adjudicator");
    let id_of = |name: &str| test.person(name, &[]).id.to_string();
    let of = |told: &Value, name: &str| {
        let mut all = told["reviewers"].as_array().expect("reviewers").iter();
        all.find(|one| one["person"] == id_of(name)).cloned()
    };
    let grace = of(&told, "grace").expect("Grace");
    assert_eq!(grace["agreement"]["pairs"], 24);
    near(&grace["agreement"]["same"], 21.0 / 24.0);
    assert_eq!(
        (&grace["reviews"], &grace["median_seconds"]),
        (&json!(12), &json!(1_800))
    );
    let months: Vec<_> = grace["months"].as_array().expect("months").iter().collect();
    assert_eq!(months[0]["month"], "2026-11");
    assert_eq!(months[0]["agreement"]["pairs"], 22);
    assert_eq!(
        months[1]["agreement"],
        json!({ "pairs": 2 }),
        "two pairs say nothing"
    );
    assert!(grace.get("change").is_none(), "{grace}");
    let judy = of(&told, "judy").expect("Judy");
    assert_eq!(judy["agreement"], json!({ "pairs": 0 }), "she sees both");
    assert!(
        judy.get("median_seconds").is_none(),
        "of three reviews no median is told"
    );

    let hopper = served.caller("hopper", &[Role::Reviewer]);
    let own = body(hopper.get(path).await, 200).await;
    assert_eq!(own["criteria"], told["criteria"]);
    assert_eq!(own["reviewers"].as_array().map(Vec::len), Some(1));
    assert!(of(&own, "hopper").is_some());
}
