//! Training reviewers: exemplars are scored blind, and whoever is near enough to gold is certified by a badge.

use std::collections::BTreeMap;

use issuer::event::Actor;
use issuer::id::{ExemplarId, MicroCredentialId, OrganisationId};
use issuer::micro_credential::{self, Content};
use issuer::organisation::Role;
use issuer::person::Person;
use issuer::quality::training::{self, Gold, NewExemplar, Rules, Sample, SampleContent};
use issuer::quality::trying;
use reqwest::Response;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::catalogue::{content, wait_time};
use crate::served::{Caller, Served, problem};

const SET: &str = "/api/v1/organisations/host/training/wait-time";

/// Gives an organisation a training set of one exemplar, and somebody a try with it.
pub fn furnish(
    test: &TestApp,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    author: &Person,
    trainee: &Person,
) -> ExemplarId {
    let rules = Rules {
        exemplars: 1,
        ..Rules::default()
    };
    training::set_rules(&test.app, organisation, line, rules).expect("a training set");
    let gold = |criterion: &str| Gold {
        criterion: criterion.parse().expect("a name"),
        level: "consistent".parse().expect("a name"),
        reason: "The silences are there.".parse().expect("a text"),
    };
    let sample = Sample {
        requirement: "reflection".parse().expect("a name"),
        content: SampleContent::Text("I counted to five.".parse().expect("a text")),
    };
    let new = NewExemplar {
        title: "A good one".parse().expect("a line"),
        work: vec![sample],
        gold: vec![gold("waiting"), gold("listening")],
    };
    let added = training::add_exemplar(&test.app, author, organisation, line, new, test.now);
    trying::begin(&test.app, trainee, organisation, line, test.now).expect("a try");
    added.expect("an exemplar").id
}

/// The organisation's badge for reviewers who have passed.
fn publish_badge(served: &Served) {
    let test = &served.test;
    let author = test.person("alice", &[Role::Author]);
    let id: MicroCredentialId = "wait-time-reviewer".parse().expect("a slug");
    let says = Content {
        name: "Reviewer of Wait Time".parse().expect("a title"),
        validity_months: Some(12),
        ..content()
    };
    micro_credential::write(&test.app, &author, OrganisationId::host(), id.clone(), says)
        .expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
}

fn rules() -> Value {
    json!({ "exemplars": 2, "level_percent": 75, "met_percent": 75, "badge": "wait-time-reviewer" })
}

fn exemplar(waiting: &str, listening: &str) -> Value {
    json!({
        "title": format!("{waiting} and {listening}"),
        "work": [
            { "requirement": "lesson", "link": "https://video.example.net/lesson-7" },
            { "requirement": "reflection", "text": "I asked, and then I answered myself." },
        ],
        "gold": [
            { "criterion": "waiting", "level": waiting, "reason": "Count the seconds at 2:10." },
            { "criterion": "listening", "level": listening, "reason": "Two pupils are cut short." },
        ],
    })
}

async fn body(answer: Response, status: u16) -> Value {
    let got = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(got, status, "{body}");
    body
}

/// A set of two exemplars, and what they ought to be given.
async fn set_up(served: &Served) -> BTreeMap<String, [&'static str; 2]> {
    publish_badge(served);
    let alice = served.caller("alice", &[Role::Author]);
    body(alice.put(SET, rules()).await, 200).await;
    let mut gold = BTreeMap::new();
    for levels in [["absent", "consistent"], ["exemplary", "absent"]] {
        let new = exemplar(levels[0], levels[1]);
        let added = alice.post(&format!("{SET}/exemplars"), new).await;
        let added = body(added, 201).await;
        gold.insert(added["id"].as_str().expect("an id").to_owned(), levels);
    }
    gold
}

fn address(of: &Value) -> String {
    let (person, number) = (of["person"].as_str().expect("a person"), &of["number"]);
    format!("{SET}/tries/{person}/{number}")
}

fn levels(waiting: &str, listening: &str) -> Value {
    json!({ "scores": [
        { "criterion": "waiting", "level": waiting },
        { "criterion": "listening", "level": listening },
    ] })
}

/// Scores a whole try: every exemplar as `choose` says of what it ought to be given.
async fn takes(
    caller: &Caller<'_>,
    gold: &BTreeMap<String, [&'static str; 2]>,
    choose: impl Fn([&'static str; 2]) -> [&'static str; 2],
) -> Value {
    let mut of = body(caller.post(&format!("{SET}/tries"), json!({})).await, 201).await;
    while let Some(next) = of["next"].as_str().map(str::to_owned) {
        let [waiting, listening] = choose(gold[&next]);
        let place = format!("{}/exemplars/{next}", address(&of));
        of = body(caller.post(&place, levels(waiting, listening)).await, 201).await;
    }
    of
}

#[tokio::test]
async fn who_scores_as_gold_says_is_certified_by_a_badge_that_verifies() {
    let served = Served::new().await;
    let gold = set_up(&served).await;
    let grace = served.caller("grace", &[Role::Reviewer]);

    let done = takes(&grace, &gold, |gold| gold).await;
    assert_eq!(done["outcome"]["result"], "passed");
    assert_eq!(done["outcome"]["same"], 4);

    let stands = body(grace.get(SET).await, 200).await;
    assert_eq!(stands["certification"]["until"], "2027-11-22T12:00:00Z");
    assert_eq!(stands["next"]["can"], "nothing");
    let badges = served.test.badges_of("grace");
    assert_eq!(badges.len(), 1);
    assert_eq!(badges[0].micro_credential.as_str(), "wait-time-reviewer");
    served.test.check_badge(badges[0].id);
    served.check_badge(badges[0].id).await;
    let shown = format!("{}.json", served.test.app.site.badge(badges[0].id));
    let credential = served.json(&shown).await;
    assert_eq!(credential["validUntil"], "2027-11-22T12:00:00Z");

    let cora = served.caller("cora", &[Role::Coordinator]);
    let certified = body(cora.get(&format!("{SET}/certifications")).await, 200).await;
    assert_eq!(certified["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        certified["items"][0]["award"],
        stands["certification"]["award"]
    );
}

#[tokio::test]
async fn gold_is_shown_to_those_who_have_scored_and_not_before() {
    let served = Served::new().await;
    set_up(&served).await;
    let grace = served.caller("grace", &[Role::Reviewer]);
    let begun = body(grace.post(&format!("{SET}/tries"), json!({})).await, 201).await;
    let next = begun["next"].as_str().expect("an exemplar");
    let place = format!("{}/exemplars/{next}", address(&begun));

    let blind = grace.get(&place).await.text().await.expect("a body");
    assert!(blind.contains("I asked, and then I answered myself."));
    // Neither the levels, nor the reasons, nor what those call it who keep the set.
    for word in [
        "Count the seconds",
        "cut short",
        "\"gold\"",
        "\"title\":\"absent",
    ] {
        assert!(!blind.contains(word), "{word} is in {blind}");
    }
    let all = grace.get(&format!("{SET}/exemplars")).await;
    assert_eq!(problem(all).await, (403, "auth.forbidden".to_owned()));

    body(grace.post(&place, levels("absent", "absent")).await, 201).await;
    let told = body(grace.get(&place).await, 200).await;
    assert_eq!(told["gold"][0]["reason"], "Count the seconds at 2:10.");
    assert_eq!(told["scores"].as_array().map(Vec::len), Some(2));
    let again = grace.post(&place, levels("absent", "consistent")).await;
    assert_eq!(problem(again).await, (409, "quality.scored".to_owned()));

    let hopper = served.caller("hopper", &[Role::Reviewer]);
    let foreign = hopper.get(&place).await;
    assert_eq!(problem(foreign).await, (404, "auth.not_found".to_owned()));
}

#[tokio::test]
async fn a_try_that_fails_is_practice_and_the_next_one_waits() {
    let served = Served::new().await;
    let gold = set_up(&served).await;
    let grace = served.caller("grace", &[Role::Reviewer]);
    // Three of four are right, but only two say rightly whether the criterion is met.
    let done = takes(&grace, &gold, |_| ["exemplary", "consistent"]).await;
    assert_eq!(done["outcome"]["result"], "practice");
    assert_eq!(
        (&done["outcome"]["same"], &done["outcome"]["same_side"]),
        (&json!(2), &json!(2))
    );
    assert!(served.test.badges_of("grace").is_empty());

    let again = grace.post(&format!("{SET}/tries"), json!({})).await;
    assert_eq!(problem(again).await, (409, "training.try_later".to_owned()));
    let stands = body(grace.get(SET).await, 200).await;
    assert_eq!(stands["tries"], json!([1]));
    assert!(stands.get("certification").is_none());
    let reason = stands["next"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("2026-11-23T12:00:00Z"), "{reason}");
}

#[test]
fn the_tries_of_thirty_days_count_and_the_least_seen_exemplars_come_first() {
    let test = TestApp::new();
    let (host, line) = (OrganisationId::host(), wait_time());
    let (alice, grace) = (
        test.person("alice", &[Role::Author]),
        test.reviewer("grace").person,
    );
    let first = furnish(&test, &host, &line, &alice, &grace);
    let rules = Rules {
        exemplars: 1,
        tries: 2,
        wait_hours: 1,
        ..Rules::default()
    };
    training::set_rules(&test.app, &host, &line, rules).expect("a training set");
    let second = furnish(&test, &host, &line, &alice, &test.reviewer("hopper").person);
    let rules = Rules {
        exemplars: 1,
        tries: 2,
        wait_hours: 1,
        ..Rules::default()
    };
    training::set_rules(&test.app, &host, &line, rules).expect("a training set");
    let wrong: Vec<_> = ["waiting", "listening"]
        .map(|criterion| {
            (
                criterion.parse().expect("a name"),
                "absent".parse().expect("a name"),
            )
        })
        .into();
    let after = |hours: i64| test.now.plus_seconds(hours * 3_600);
    let fail = |number: u32, exemplar, hours| {
        trying::score(
            &test.app,
            &grace,
            (&host, &line, number),
            exemplar,
            &wrong,
            after(hours),
        )
        .expect("a score")
    };
    fail(1, first, 0);
    let begun = trying::begin(&test.app, &grace, &host, &line, after(1)).expect("the next try");
    assert_eq!(begun.exemplars, [second], "the other one was not seen yet");
    fail(2, second, 1);
    let code = |hours| {
        let refused = trying::begin(&test.app, &grace, &host, &line, after(hours));
        refused
            .map(|begun| begun.number)
            .map_err(|error| error.code())
    };
    assert_eq!(code(1), Err("training.try_later"));
    assert_eq!(
        code(24 * 30 - 1),
        Err("training.try_later"),
        "two in thirty days"
    );
    assert_eq!(code(24 * 30), Ok(3));
}

#[tokio::test]
async fn who_writes_exemplars_is_not_certified_by_them() {
    let served = Served::new().await;
    set_up(&served).await;
    let alice = served.caller("alice", &[Role::Author]);
    let person = served.test.person("alice", &[]);
    let both = [Role::Author, Role::Reviewer];
    served.test.join(&person, &OrganisationId::host(), &both);
    let refused = alice.post(&format!("{SET}/tries"), json!({})).await;
    assert_eq!(
        problem(refused).await,
        (409, "training.too_few_exemplars".to_owned())
    );
}

#[tokio::test]
async fn what_makes_no_training_set_is_refused_where_it_stands() {
    let served = Served::new().await;
    set_up(&served).await;
    let alice = served.caller("alice", &[Role::Author]);
    let refused = |answer: Value| {
        let pointer = answer["pointer"].as_str().unwrap_or_default().to_owned();
        (
            answer["code"].as_str().unwrap_or_default().to_owned(),
            pointer,
        )
    };
    for (change, pointer) in [
        (json!({ "exemplars": 0 }), "/exemplars"),
        (json!({ "met_percent": 101 }), "/met_percent"),
        (json!({ "months": 61 }), "/months"),
        (json!({ "badge": "wait-time" }), "/badge"),
        (json!({ "badge": "nothing" }), "/badge"),
        // The badge would be good for longer than the certification.
        (
            json!({ "badge": "wait-time-reviewer", "months": 6 }),
            "/badge",
        ),
    ] {
        let answer = body(alice.put(SET, change).await, 422).await;
        assert_eq!(
            refused(answer),
            ("input.invalid".to_owned(), pointer.to_owned())
        );
    }
    let mut twice = exemplar("absent", "absent");
    twice["gold"][1]["criterion"] = json!("waiting");
    let mut unknown = exemplar("absent", "superb");
    let mut missing = exemplar("absent", "absent");
    missing["gold"].as_array_mut().expect("levels").pop();
    let mut nothing = exemplar("absent", "absent");
    nothing["work"][0] = json!({ "requirement": "lesson" });
    unknown["title"] = json!("Another");
    for (wrong, pointer) in [
        (twice, "/gold/1/criterion"),
        (unknown, "/gold/1/level"),
        (missing, "/gold"),
        (nothing, "/work/0"),
    ] {
        let answer = body(alice.post(&format!("{SET}/exemplars"), wrong).await, 422).await;
        assert_eq!(
            refused(answer),
            ("input.invalid".to_owned(), pointer.to_owned())
        );
    }
    let elsewhere = "/api/v1/organisations/host/training/nothing";
    let answer = alice.put(elsewhere, json!({})).await;
    assert_eq!(problem(answer).await, (404, "auth.not_found".to_owned()));
}

#[tokio::test]
async fn a_retired_exemplar_is_given_to_nobody_and_stays_in_tries_that_have_it() {
    let served = Served::new().await;
    let gold = set_up(&served).await;
    let alice = served.caller("alice", &[Role::Author]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    body(grace.post(&format!("{SET}/tries"), json!({})).await, 201).await;
    let one = gold.keys().next().expect("an exemplar");
    let place = format!("{SET}/exemplars/{one}");
    let retired = alice.request(reqwest::Method::DELETE, &place).send().await;
    let retired = body(retired.expect("an answer"), 200).await;
    assert_eq!(retired["retired"], "2026-11-22T12:00:00Z");

    let hopper = served.caller("hopper", &[Role::Reviewer]);
    let refused = hopper.post(&format!("{SET}/tries"), json!({})).await;
    assert_eq!(
        problem(refused).await,
        (409, "training.too_few_exemplars".to_owned())
    );
    let done = takes(&grace, &gold, |gold| gold).await;
    assert_eq!(done["outcome"]["result"], "passed");
}
