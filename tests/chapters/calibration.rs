//! Calibration: the same work to several reviewers, compared, and what it makes clear of the rubric.

use std::sync::Barrier;
use std::thread;

use issuer::id::{CalibrationId, EvidenceId, OrganisationId, SubmissionId};
use issuer::organisation::Role;
use issuer::person::Person;
use issuer::quality::calibration::report::Shares;
use issuer::quality::calibration::{self, NewCalibration, NewSubject, SheetScore, State};
use issuer::submission;
use reqwest::Response;
use serde_json::{Value, json};

use super::training;
use crate::app::TestApp;
use crate::catalogue::wait_time;
use crate::served::{Caller, Served, problem};

const ALL: &str = "/api/v1/organisations/host/calibrations";

/// Gives an organisation a session on a decided submission, and says which piece of evidence it shows.
pub fn furnish(
    test: &TestApp,
    organisation: &OrganisationId,
    leader: &Person,
    (decided, earner): (SubmissionId, &str),
    reviewers: [&Person; 2],
) -> (CalibrationId, EvidenceId) {
    let new = NewCalibration {
        title: "Calibration in November".parse().expect("a line"),
        subject: NewSubject::Submission(decided),
        reviewers: reviewers.map(|one| one.id).into(),
    };
    let opened = calibration::open(&test.app, leader, organisation, new, test.now);
    let earner = test.person(earner, &[]);
    let held = submission::of_earner(&test.app, &earner, decided).expect("theirs");
    (opened.expect("a session").id, held.evidence[0].id)
}

async fn body(answer: Response, status: u16) -> Value {
    let got = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(got, status, "{body}");
    body
}

/// Ada's submission, which Grace has accepted.
fn decided(served: &Served) -> SubmissionId {
    let submission = served.test.learner("ada").submits();
    served.test.reviewer("grace").accepts(submission);
    submission
}

fn id_of(served: &Served, name: &str) -> String {
    served.test.person(name, &[]).id.to_string()
}

fn gives(waiting: &str, listening: &str, comment: &str) -> Value {
    json!({ "scores": [
        { "criterion": "waiting", "level": waiting, "comment": comment },
        { "criterion": "listening", "level": listening },
    ] })
}

/// Cora opens a session on Ada's submission for Hopper, Lin and Mary.
async fn opened<'a>(served: &'a Served) -> (Caller<'a>, String, [Caller<'a>; 3]) {
    let submission = decided(served);
    let cora = served.caller("cora", &[Role::Coordinator]);
    let reviewers = ["hopper", "lin", "mary"].map(|name| served.caller(name, &[Role::Reviewer]));
    let people = ["hopper", "lin", "mary"].map(|name| id_of(served, name));
    let new = json!({
        "title": "Wait Time in November",
        "submission": submission.to_string(),
        "reviewers": people,
    });
    let opened = body(cora.post(ALL, new).await, 201).await;
    let place = format!("{ALL}/{}", opened["id"].as_str().expect("an id"));
    (cora, place, reviewers)
}

#[tokio::test]
async fn what_reviewers_gave_is_compared_once_all_of_them_have_scored() {
    let served = Served::new().await;
    let (cora, place, [hopper, lin, mary]) = opened(&served).await;
    let scores = format!("{place}/scores");

    let seen = hopper.get(&place).await.text().await.expect("a body");
    assert!(seen.contains("I counted to five before I took an answer."));
    for word in ["\"ada", "ada@", "Ada"] {
        assert!(!seen.contains(word), "{word} is in {seen}");
    }
    let given = gives("consistent", "absent", "Five seconds each time.");
    let first = body(hopper.post(&scores, given).await, 201).await;
    assert_eq!((&first["scored"], &first["asked"]), (&json!(1), &json!(3)));
    assert!(first.get("report").is_none(), "{first}");
    body(
        lin.post(&scores, gives("exemplary", "absent", "So calm."))
            .await,
        201,
    )
    .await;
    let waiting = body(cora.get(&place).await, 200).await;
    assert!(
        waiting.get("report").is_none(),
        "whoever leads it does not see more"
    );
    let others = mary.get(&place).await.text().await.expect("a body");
    assert!(
        !others.contains("So calm."),
        "Mary has not scored: {others}"
    );

    let last = gives("absent", "absent", "I hear no silence.");
    let closed = body(mary.post(&scores, last).await, 201).await;
    assert_eq!(closed["closed"], "2026-11-22T12:00:00Z");
    let report = &closed["report"];
    let waiting = &report["criteria"][0];
    assert_eq!(waiting["criterion"], "waiting");
    // Consistent and exemplary meet the criterion, and absent does not: one of three pairs.
    assert_eq!(
        waiting["shares"],
        json!({ "pairs": 3, "same": 0, "same_side": 1 })
    );
    assert_eq!(
        report["criteria"][1]["shares"],
        json!({ "pairs": 3, "same": 3, "same_side": 3 })
    );
    assert_eq!(
        report["whole"],
        json!({ "pairs": 6, "same": 3, "same_side": 4 })
    );
    let levels: Vec<_> = waiting["given"]
        .as_array()
        .expect("levels")
        .iter()
        .collect();
    assert_eq!(levels.len(), 3);
    // Four pairs of scores are too few for a figure.
    let agreement = &report["reviewers"][0]["agreement"];
    assert_eq!(agreement, &json!({ "pairs": 4 }));

    assert!(report["reviewers"][0].get("person").is_none(), "{report}");
    let yours = report["reviewers"].as_array().expect("three").iter();
    assert_eq!(yours.filter(|one| one["you"] == true).count(), 1);
    let led = body(cora.get(&place).await, 200).await;
    let people = led["report"]["reviewers"].as_array().expect("three").iter();
    let people: Vec<_> = people.filter_map(|one| one["person"].as_str()).collect();
    assert_eq!(people.len(), 3);

    let again = hopper.post(&scores, gives("absent", "absent", "No.")).await;
    assert_eq!(problem(again).await, (409, "calibration.closed".to_owned()));
}

#[tokio::test]
async fn a_session_leads_to_the_next_version_and_open_submissions_stay_on_theirs() {
    let served = Served::new().await;
    let test = &served.test;
    let bea = test.learner("bea").prepares();
    let (cora, place, [hopper, lin, _]) = opened(&served).await;
    let early = cora.post(&format!("{place}/close"), json!({})).await;
    assert_eq!(
        problem(early).await,
        (409, "calibration.too_few_sheets".to_owned())
    );
    for reviewer in [&hopper, &lin] {
        let given = gives("consistent", "consistent", "Yes.");
        body(reviewer.post(&format!("{place}/scores"), given).await, 201).await;
    }
    let open = cora.post(&format!("{place}/revision"), json!({})).await;
    assert_eq!(problem(open).await, (409, "calibration.open".to_owned()));
    body(cora.post(&format!("{place}/close"), json!({})).await, 200).await;

    let clear = json!({ "criterion": "waiting", "text": "A silence is three seconds or more." });
    let clarifications = format!("{place}/clarifications");
    let told = body(cora.post(&clarifications, clear.clone()).await, 201).await;
    assert_eq!(told["clarifications"], json!([clear]));
    let unknown = json!({ "criterion": "singing", "text": "Loud." });
    let refused = cora.post(&clarifications, unknown).await;
    assert_eq!(problem(refused).await, (422, "input.invalid".to_owned()));

    let revision = format!("{place}/revision");
    let revised = body(cora.post(&revision, json!({})).await, 200).await;
    assert_eq!(revised["revision"], "wait-time-v2");
    let again = body(cora.post(&revision, json!({})).await, 200).await;
    assert_eq!(again["revision"], "wait-time-v2");
    let author = served.caller("alice", &[Role::Author]);
    let draft = "/api/v1/micro-credentials/wait-time-v2";
    let published = author.post(&format!("{draft}/publish"), json!({})).await;
    assert!(published.status().is_success(), "{}", published.status());

    let bea = submission::of_earner(&test.app, &test.person("bea", &[]), bea.id).expect("hers");
    assert_eq!(bea.micro_credential, wait_time());
    test.learner("bea")
        .hands_in(bea.id)
        .expect("version 1 is still reviewed");
    test.reviewer("grace").accepts(bea.id);
}

#[tokio::test]
async fn those_who_were_not_asked_do_not_score_and_nobody_scores_twice() {
    let served = Served::new().await;
    let (cora, place, [hopper, ..]) = opened(&served).await;
    let scores = format!("{place}/scores");
    let grace = served.caller("grace", &[Role::Reviewer]);
    let given = || gives("consistent", "absent", "So.");
    let refused = grace.post(&scores, given()).await;
    assert_eq!(
        problem(refused).await,
        (409, "calibration.not_asked".to_owned())
    );
    body(hopper.post(&scores, given()).await, 201).await;
    let again = hopper.post(&scores, given()).await;
    assert_eq!(problem(again).await, (409, "quality.scored".to_owned()));
    let missing = json!({ "scores": [{ "criterion": "waiting", "level": "absent" }] });
    let lin = served.caller("lin", &[Role::Reviewer]);
    assert_eq!(
        problem(lin.post(&scores, missing).await).await,
        (422, "input.invalid".to_owned())
    );
    let early = cora
        .post(&format!("{place}/clarifications"), json!({ "text": "So." }))
        .await;
    assert_eq!(problem(early).await, (409, "calibration.open".to_owned()));
}

#[tokio::test]
async fn nobody_is_asked_to_score_their_own_work_or_what_is_not_decided() {
    let served = Served::new().await;
    let submission = decided(&served);
    let waiting = served.test.learner("bea").submits();
    let cora = served.caller("cora", &[Role::Coordinator]);
    served.caller("hopper", &[Role::Reviewer]);
    let ada = served.test.person("ada", &[]);
    served
        .test
        .join(&ada, &OrganisationId::host(), &[Role::Reviewer]);
    let new = |about: SubmissionId, names: &[&str]| {
        let people: Vec<_> = names.iter().map(|name| id_of(&served, name)).collect();
        json!({ "title": "One", "submission": about.to_string(), "reviewers": people })
    };
    for (wrong, pointer) in [
        (new(submission, &["grace", "ada"]), "/reviewers/1"),
        (new(submission, &["grace", "cora"]), "/reviewers/1"),
        (new(submission, &["grace", "grace"]), "/reviewers/1"),
        (new(submission, &["grace"]), "/reviewers"),
        (new(waiting, &["grace", "hopper"]), "/submission"),
    ] {
        let answer = body(cora.post(ALL, wrong).await, 422).await;
        assert_eq!(answer["pointer"], pointer, "{answer}");
    }
    body(
        cora.post(ALL, new(submission, &["grace", "hopper"])).await,
        201,
    )
    .await;
}

#[tokio::test]
async fn a_session_on_an_exemplar_shows_gold_when_it_is_closed() {
    let served = Served::new().await;
    let test = &served.test;
    let alice = test.person("alice", &[Role::Author]);
    let bob = test.person("bob", &[]);
    let exemplar = training::furnish(test, &OrganisationId::host(), &wait_time(), &alice, &bob);
    let cora = served.caller("cora", &[Role::Coordinator]);
    let reviewers = ["hopper", "lin"].map(|name| served.caller(name, &[Role::Reviewer]));
    let people = ["hopper", "lin"].map(|name| id_of(&served, name));
    let about = json!({ "line": "wait-time", "id": exemplar.to_string() });
    let new = json!({ "title": "One", "exemplar": about, "reviewers": people });
    let opened = body(cora.post(ALL, new).await, 201).await;
    let place = format!("{ALL}/{}", opened["id"].as_str().expect("an id"));
    assert_eq!(opened["work"][0]["says"], "I counted to five.");
    assert!(!opened.to_string().contains("The silences are there."));
    for reviewer in &reviewers {
        let given = gives("consistent", "absent", "So.");
        body(reviewer.post(&format!("{place}/scores"), given).await, 201).await;
    }
    let closed = body(cora.get(&place).await, 200).await;
    let gold = &closed["report"]["criteria"][0]["gold"];
    assert_eq!(gold["comment"], "The silences are there.");
    let listed = body(cora.get(ALL).await, 200).await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn of_those_who_score_at_once_one_is_the_last() {
    let test = TestApp::new();
    let submission = test.learner("ada").submits();
    test.reviewer("grace").accepts(submission);
    let host = OrganisationId::host();
    let cora = test.person("cora", &[Role::Coordinator]);
    let people = ["hopper", "lin", "mary", "katherine"].map(|name| test.reviewer(name).person);
    let new = NewCalibration {
        title: "At once".parse().expect("a line"),
        subject: NewSubject::Submission(submission),
        reviewers: people.iter().map(|one| one.id).collect(),
    };
    let opened = calibration::open(&test.app, &cora, &host, new, test.now).expect("a session");
    let start = Barrier::new(people.len());
    let score = |person: &Person| {
        let scores = ["waiting", "listening"].map(|criterion| SheetScore {
            criterion: criterion.parse().expect("a name"),
            level: "consistent".parse().expect("a name"),
            comment: None,
        });
        start.wait();
        calibration::score(&test.app, person, &host, opened.id, scores.into(), test.now)
    };
    let closed = thread::scope(|scope| {
        let score = &score;
        let scoring: Vec<_> = people
            .iter()
            .map(|person| scope.spawn(move || score(person)))
            .collect();
        let scored = scoring.into_iter().map(|one| one.join().expect("a thread"));
        let scored = scored.map(|one| one.expect("a score"));
        scored.filter(|one| one.state != State::Open).count()
    });
    assert_eq!(closed, 1);
    let found = calibration::find(&test.app, &host, opened.id).expect("the session");
    let report = calibration::report(&test.app, &found).expect("the store");
    let shares = Shares {
        pairs: 12,
        same: 12,
        same_side: 12,
    };
    assert_eq!(report.expect("a report").whole, shares);
}
