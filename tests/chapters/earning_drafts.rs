//! Drafts over HTTP: texts that are kept as they are typed, a checklist, answers that are not scored, and handing in.

use issuer::event::Actor;
use issuer::micro_credential::{self, Content, ContextPrompt, EvidenceKind};
use issuer::organisation::Role;
use issuer::submission;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::app::{TestApp, noon};
use crate::catalogue::{content, wait_time};
use crate::served::{Caller, Served, problem};

async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

async fn save(caller: &Caller<'_>, submission: &str, text: &str) -> Value {
    let path = format!("{submission}/writings/reflection");
    body(caller.put(&path, json!({ "text": text })).await).await
}

/// Adds the lesson and the reflection, and hands them in.
async fn hand_in(caller: &Caller<'_>, submission: &str) -> Value {
    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/lesson-1" });
    body(caller.post(&format!("{submission}/evidence"), lesson).await).await;
    save(
        caller,
        submission,
        "I counted to five before I took an answer.",
    )
    .await;
    body(submit(caller, submission).await).await
}

async fn submit(caller: &Caller<'_>, submission: &str) -> Response {
    let confirmed = json!({ "privacy_statement": 1 });
    caller
        .post(&format!("{submission}/submit"), confirmed)
        .await
}

fn id(submission: &str) -> issuer::id::SubmissionId {
    let id = submission.rsplit('/').next().expect("an address");
    id.parse().expect("an id")
}

/// Another micro-credential, published by Donna.
fn publish(served: &Served, name: &str, content: Content) {
    let test = &served.test;
    let donna = test.person("donna", &[Role::Author]);
    let name: issuer::id::MicroCredentialId = name.parse().expect("a name");
    let host = issuer::id::OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, name.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &name, test.now).expect("its publication");
}

async fn begin(caller: &Caller<'_>, micro_credential: &str) -> String {
    let begun = json!({ "micro_credential": micro_credential });
    let begun = body(caller.post("/api/v1/submissions", begun).await).await;
    format!(
        "/api/v1/submissions/{}",
        begun["id"].as_str().expect("an id")
    )
}

#[tokio::test]
async fn what_is_typed_is_kept_and_is_evidence_at_once() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let unwritten = ada.get(&format!("{submission}/writings/reflection")).await;
    assert_eq!(problem(unwritten).await, (404, "auth.not_found".to_owned()));

    let first = save(&ada, &submission, "I counted").await;
    let second = save(&ada, &submission, "I counted to five").await;
    assert_eq!(first["evidence"], second["evidence"], "one text, one piece");
    assert_eq!(
        (&second["revision"], &second["saves"]),
        (&json!(1), &json!(2))
    );
    let kept = body(ada.get(&format!("{submission}/writings/reflection")).await).await;
    assert_eq!(kept["text"], "I counted to five");

    let piece = second["evidence"].as_str().expect("a piece");
    let evidence = ada.get(&format!("{submission}/evidence/{piece}")).await;
    assert_eq!(evidence.text().await.expect("a text"), "I counted to five");

    let emptied = ada
        .put(&format!("{submission}/writings/reflection"), json!({}))
        .await;
    let emptied = body(emptied).await;
    assert!(
        emptied.get("evidence").is_none() && emptied.get("text").is_none(),
        "{emptied}"
    );
    let left = body(ada.get(&submission).await).await;
    assert_eq!(left["evidence"], json!([]));
}

#[tokio::test]
async fn an_earlier_text_can_be_had_back_and_two_windows_lose_nothing() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let writing = format!("{submission}/writings/reflection");
    let long = "I counted to five before I took an answer, and more hands went up.";
    save(&ada, &submission, long).await;
    // Most of it goes: what was there is a revision of its own.
    save(&ada, &submission, "I waited.").await;

    // A window that has not seen the last save writes: that one stays, too.
    let seen = json!({ "text": "I waited, in another window.", "seen": 1 });
    let other = body(ada.put(&writing, seen).await).await;
    assert_eq!(other["revision"], 3);
    let revisions = body(ada.get(&format!("{writing}/revisions")).await).await;
    let texts: Vec<_> = revisions["items"]
        .as_array()
        .expect("revisions")
        .iter()
        .map(|one| one["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(texts, ["I waited, in another window.", "I waited.", long]);

    let restored = ada
        .post(&format!("{writing}/revisions/1/restore"), json!({}))
        .await;
    let restored = body(restored).await;
    assert_eq!(
        (&restored["text"], &restored["revision"]),
        (&json!(long), &json!(4))
    );
    let unknown = ada
        .post(&format!("{writing}/revisions/9/restore"), json!({}))
        .await;
    assert_eq!(problem(unknown).await.0, 404);

    for number in 0..60 {
        // Each is less than half as long as the one before, or much longer.
        let text = if number % 2 == 0 {
            "short".to_owned()
        } else {
            "long ".repeat(20 + number)
        };
        save(&ada, &submission, &text).await;
    }
    let revisions = body(ada.get(&format!("{writing}/revisions")).await).await;
    let count = revisions["items"].as_array().expect("revisions").len();
    assert!((30..=50).contains(&count), "{count} revisions are kept");
}

#[tokio::test]
async fn the_checklist_says_what_is_missing_and_any_accepted_kind_will_do() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let mut asks = content();
    asks.evidence_requirements[1].limits.words = Some(5);
    asks.evidence_requirements[0].accepts = [
        EvidenceKind::Document,
        EvidenceKind::Video,
        EvidenceKind::Link,
    ]
    .into();
    publish(&served, "five-words", asks);
    let submission = begin(&ada, "five-words").await;
    let checklist = format!("{submission}/checklist");
    let empty = body(ada.get(&checklist).await).await;
    assert_eq!(empty["complete"], false);
    let done = |list: &Value| -> Vec<bool> {
        let items = list["items"].as_array().expect("items").iter();
        items
            .map(|item| item["done"].as_bool().expect("a word"))
            .collect()
    };
    assert_eq!(done(&empty), [false, false]);
    assert_eq!(empty["privacy_statement"]["version"], 1);

    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/1" });
    body(ada.post(&format!("{submission}/evidence"), lesson).await).await;
    save(&ada, &submission, "One two three four five six").await;
    let long = body(ada.get(&checklist).await).await;
    assert_eq!(done(&long), [true, false]);
    assert_eq!(
        long["items"][1]["problem"],
        "the text has 6 words, and at most 5 are asked for"
    );
    assert_eq!(
        problem(submit(&ada, &submission).await).await,
        (422, "input.invalid".to_owned())
    );
    save(&ada, &submission, "One two three four five").await;
    assert_eq!(body(ada.get(&checklist).await).await["complete"], true);
    body(submit(&ada, &submission).await).await;
}

#[tokio::test]
async fn pieces_are_collected_first_and_attached_later() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let evidence = format!("{submission}/evidence");
    let piece = json!({ "link": "https://video.example.net/lesson-1" });
    let piece = body(ada.post(&evidence, piece).await).await;
    let upload = ada
        .request(
            Method::POST,
            &format!("{submission}/files?requirement=lesson&name=plan.txt"),
        )
        .body("A plan of the lesson.")
        .send()
        .await
        .expect("an answer");
    let file = body(upload).await;
    let detach = format!(
        "{evidence}/{}/requirement",
        file["id"].as_str().expect("an id")
    );
    body(ada.put(&detach, json!({ "requirement": null })).await).await;
    save(&ada, &submission, "I waited.").await;
    let checklist = body(ada.get(&format!("{submission}/checklist")).await).await;
    assert_eq!(
        (&checklist["complete"], &checklist["unattached"]),
        (&json!(false), &json!(2))
    );
    assert_eq!(
        problem(submit(&ada, &submission).await).await,
        (422, "submission.incomplete".to_owned())
    );

    let attach = |piece: &Value, to: Value| {
        let path = format!(
            "{evidence}/{}/requirement",
            piece["id"].as_str().expect("an id")
        );
        let ada = &ada;
        async move { ada.put(&path, json!({ "requirement": to })).await }
    };
    let wrong = attach(&piece, json!("reflection")).await;
    assert_eq!(problem(wrong).await, (422, "input.invalid".to_owned()));
    body(attach(&piece, json!("lesson")).await).await;
    body(attach(&piece, Value::Null).await).await;
    body(attach(&piece, json!("lesson")).await).await;
    let receipt = body(submit(&ada, &submission).await).await;
    let handed_in = receipt["manifest"]["evidence"].as_array().expect("pieces");
    assert_eq!(
        handed_in.len(),
        2,
        "what answers to nothing is not handed in"
    );
    assert!(handed_in.iter().all(|entry| entry["id"] != file["id"]));
}

#[tokio::test]
async fn nothing_is_handed_in_before_the_privacy_of_students_is_confirmed() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/1" });
    body(ada.post(&format!("{submission}/evidence"), lesson).await).await;
    save(&ada, &submission, "I waited.").await;
    for confirmed in [
        json!({}),
        json!({ "privacy_statement": 0 }),
        json!({ "privacy_statement": 2 }),
    ] {
        let refused = ada.post(&format!("{submission}/submit"), confirmed).await;
        assert_eq!(
            problem(refused).await,
            (422, "submission.privacy_statement".to_owned())
        );
    }
    let receipt = body(submit(&ada, &submission).await).await;
    let statement = &receipt["manifest"]["privacy_statement"];
    let version = body(ada.get(&format!("{submission}/versions/1")).await).await;
    let text = version["privacy_statement"]["text"]
        .as_str()
        .expect("its words");
    assert_eq!(statement["version"], 1);
    assert_eq!(
        statement["sha256"],
        issuer::digest::Sha256Digest::of(text.as_bytes()).to_string()
    );
    assert_eq!(version["manifest_sha256"], receipt["manifest_sha256"]);
}

#[tokio::test]
async fn answers_about_the_setting_are_handed_in_apart_and_what_came_of_it_reaches_no_reviewer() {
    let served = Served::new().await;
    let (ada, grace) = (
        served.caller("ada", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let mut asks = content();
    asks.context_prompts = vec![ContextPrompt {
        id: "grade".parse().expect("a name"),
        question: "Which grade do you teach?".parse().expect("a line"),
    }];
    asks.outcome_prompt = Some("What changed for your students?".parse().expect("a line"));
    publish(&served, "asking", asks);
    let submission = begin(&ada, "asking").await;
    let preparation = format!("{submission}/preparation");
    let told = json!({
        "note": "The bell rings at minute nine.",
        "context": { "grade": "Fourth grade" },
        "outcome": "Twelve more students speak.",
    });
    assert_eq!(body(ada.put(&preparation, told.clone()).await).await, told);
    assert_eq!(
        body(ada.get(&preparation).await).await,
        told,
        "it survives a refresh"
    );
    let unasked = json!({ "context": { "shoe-size": "44" } });
    assert_eq!(problem(ada.put(&preparation, unasked).await).await.0, 422);

    let receipt = hand_in(&ada, &submission).await;
    let context = receipt["manifest"]["context"].as_array().expect("answers");
    assert_eq!(context[0]["prompt"], "grade");
    assert!(
        !receipt.to_string().contains("Fourth"),
        "a salted digest alone"
    );
    let version = body(ada.get(&format!("{submission}/versions/1")).await).await;
    assert_eq!(
        version["context"],
        json!([{ "prompt": "grade", "text": "Fourth grade" }])
    );
    assert_eq!(version["note"], "The bell rings at minute nine.");

    let outcome = served
        .test
        .app
        .store
        .outcome(id(&submission), 1)
        .expect("the store");
    assert_eq!(
        outcome.expect("an outcome").text.as_str(),
        "Twelve more students speak."
    );
    let review = submission.replace("/submissions/", "/reviews/");
    grace.post(&format!("{review}/claim"), json!({})).await;
    let reading = grace.get(&review).await.text().await.expect("a reading");
    assert!(!reading.contains("Twelve more"), "{reading}");
    assert!(reading.contains("Which grade do you teach?") && reading.contains("Fourth grade"));

    let unasked = served.caller("bob", &[]);
    let plain = unasked.begins().await;
    let outcome = unasked
        .put(
            &format!("{plain}/preparation"),
            json!({ "outcome": "Much." }),
        )
        .await;
    assert_eq!(problem(outcome).await, (422, "input.invalid".to_owned()));
}

#[tokio::test]
async fn a_reviewer_of_the_next_version_sees_what_changed_and_version_one_stays() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let first = hand_in(&ada, &submission).await;
    return_it(&served, &submission);

    save(
        &ada,
        &submission,
        "I counted to seven, and asked who had not spoken.",
    )
    .await;
    let plan = json!({ "requirement": "lesson", "link": "https://video.example.net/lesson-2" });
    let plan = body(ada.post(&format!("{submission}/evidence"), plan).await).await;
    let second = body(submit(&ada, &submission).await).await;
    assert_ne!(first["manifest_sha256"], second["manifest_sha256"]);

    let version = body(ada.get(&format!("{submission}/versions/2")).await).await;
    let changes = &version["changes"];
    assert_eq!(changes["since"], 1);
    let pieces = |version: &Value| version["manifest"]["evidence"].clone();
    let (before, after) = (pieces(&first), pieces(&second));
    assert_eq!(changes["kept"][0]["evidence"], before[0]["id"]);
    assert_eq!(
        changes["added"],
        json!([{ "evidence": plan["id"], "requirement": "lesson" }])
    );
    assert_eq!(
        changes["rewritten"],
        json!([{
            "requirement": "reflection",
            "before": before[1]["id"],
            "after": after[1]["id"],
        }])
    );
    assert_eq!(
        (&changes["removed"], &changes["moved"]),
        (&json!([]), &json!([]))
    );
    let unchanged = body(ada.get(&format!("{submission}/versions/1")).await).await;
    assert_eq!(unchanged["manifest"], first["manifest"]);
    assert!(unchanged.get("changes").is_none());
}

/// Grace finds one criterion met and the other not yet.
fn return_it(served: &Served, submission: &str) {
    let grace = served.test.reviewer("grace");
    let scores = [
        ("waiting", "consistent", None),
        ("listening", "absent", Some("Whose answers were these?")),
    ];
    grace.scores(id(submission), &scores).expect("a review");
}

#[test]
fn a_draft_that_nobody_touched_for_years_opens_as_it_was() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let begun = submission::start(&test.app, &ada, &wait_time(), test.now).expect("a beginning");
    let reflection = "reflection".parse().expect("a name");
    let save = |text: &str, now| {
        let text = Some(text.parse().expect("a text"));
        submission::save_writing(&test.app, &ada, begun.id, &reflection, text, None, now)
    };
    save("I counted to five.", test.now).expect("a first save");
    let years_later = noon().plus_seconds(5 * 366 * 24 * 60 * 60);
    issuer::issuance::resume(&test.app, years_later).expect("upkeep");

    let (_, kept) = submission::writing(&test.app, &ada, begun.id, &reflection)
        .expect("the store")
        .expect("a text");
    assert_eq!(kept.text.expect("words").as_str(), "I counted to five.");
    let (_, next) = save("I counted to five. Then to seven.", years_later).expect("a save");
    assert_eq!(next.number, 2, "what was written years ago is a revision");
}

#[tokio::test]
async fn what_was_withdrawn_is_nobodys_business() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let carol = served.caller("carol", &[Role::Coordinator]);
    let submission = ada.begins().await;
    hand_in(&ada, &submission).await;
    return_it(&served, &submission);
    body(ada.post(&format!("{submission}/withdraw"), json!({})).await).await;

    let review = submission.replace("/submissions/", "/reviews/");
    for (name, caller) in [("a reviewer", &grace), ("a coordinator", &carol)] {
        for path in [&submission, &review, &format!("{submission}/feedback")] {
            let hidden = caller.get(path).await;
            assert_eq!(
                problem(hidden).await,
                (404, "auth.not_found".to_owned()),
                "{name}, {path}"
            );
        }
    }
    let queue = body(grace.get("/api/v1/organisations/host/reviews").await).await;
    assert_eq!(queue["items"], json!([]));
    let listed = body(ada.get("/api/v1/submissions").await).await;
    assert_eq!(listed["items"], json!([]), "and her own list is free of it");
    let again = ada.begins().await;
    let again = body(ada.get(&again).await).await;
    assert_eq!(
        (&again["state"], &again["versions"], &again["met"]),
        (&json!("draft"), &json!(0), &json!([]))
    );
}

#[tokio::test]
async fn texts_saved_and_files_added_at_once_are_all_kept() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let saves = (0..10).map(|number| {
        let text = json!({ "text": format!("Save number {number}") });
        let (ada, path) = (&ada, format!("{submission}/writings/reflection"));
        async move { ada.put(&path, text).await }
    });
    let adds = (0..6).map(|number| {
        let link = json!({ "requirement": "lesson", "link": format!("https://video.example.net/{number}") });
        let (ada, path) = (&ada, format!("{submission}/evidence"));
        async move { ada.post(&path, link).await }
    });
    let saves: Vec<_> = saves.collect();
    let adds: Vec<_> = adds.collect();
    let (saved, added) = tokio::join!(
        futures_util::future::join_all(saves),
        futures_util::future::join_all(adds)
    );
    for answer in saved.into_iter().chain(added) {
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap_or_default()
        );
    }
    let kept = body(ada.get(&submission).await).await;
    assert_eq!(kept["evidence"].as_array().expect("pieces").len(), 7);
}

#[tokio::test]
async fn after_so_many_attempts_a_coach_speaks_first() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let mut asks = content();
    asks.review.coach_after = Some(1);
    publish(&served, "coached", asks);
    let submission = begin(&ada, "coached").await;
    hand_in(&ada, &submission).await;
    return_it(&served, &submission);
    save(&ada, &submission, "I counted to seven.").await;
    assert_eq!(
        problem(submit(&ada, &submission).await).await,
        (422, "submission.coach_required".to_owned())
    );
    let checklist = body(ada.get(&format!("{submission}/checklist")).await).await;
    assert_eq!(
        (&checklist["complete"], &checklist["coach_missing"]),
        (&json!(false), &json!(true))
    );

    let invited = json!({ "name": "Coach Kim" });
    let invited = body(ada.post(&format!("{submission}/colleagues"), invited).await).await;
    let kim = served.caller("kim", &[]);
    let secret = invited["link"]
        .as_str()
        .expect("a link")
        .rsplit('/')
        .next()
        .expect("a secret");
    body(
        kim.post(
            &format!("/api/v1/drafts/invitations/{secret}/accept"),
            json!({}),
        )
        .await,
    )
    .await;
    let draft = submission.replace("/submissions/", "/drafts/");
    let say = |kind: &str| {
        let said = json!({ "kind": kind, "text": "Ask Maya's group first." });
        let (kim, path) = (&kim, format!("{draft}/comments"));
        async move { kim.post(&path, said).await }
    };
    body(say("comment").await).await;
    assert_eq!(
        problem(submit(&ada, &submission).await).await.1,
        "submission.coach_required"
    );
    body(say("coach_note").await).await;
    body(submit(&ada, &submission).await).await;
}
