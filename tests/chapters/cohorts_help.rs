//! Help in a cohort: facilitators see where somebody is stuck, and neither evidence nor results.

use issuer::organisation::Role;
use reqwest::Response;
use serde_json::{Value, json};

use super::cohorts::{Wayne, body};
use crate::mailbox;
use crate::served::{Caller, Served, problem};

/// Asks for help with a submission, and gives the request's address.
async fn asks(wayne: &Wayne<'_>, who: &Caller<'_>, submission: &str, text: &str) -> String {
    let id = submission.rsplit('/').next().expect("an id");
    let question = json!({ "submission": id, "requirement": "reflection", "text": text });
    let path = format!("{}/help", wayne.path);
    let asked = body(who.post(&path, question).await).await;
    format!("{path}/{}", asked["id"].as_str().expect("an id"))
}

async fn writes(ada: &Caller<'_>, submission: &str) {
    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/lesson-1" });
    body(ada.post(&format!("{submission}/evidence"), lesson).await).await;
    let text = json!({ "text": "I counted to five." });
    let path = format!("{submission}/writings/reflection");
    body(ada.put(&path, text).await).await;
}

async fn hands_in(ada: &Caller<'_>, submission: &str) {
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;
}

async fn queue(wayne: &Wayne<'_>) -> Value {
    body(wayne.fred.get(&format!("{}/help", wayne.path)).await).await
}

async fn code(answer: Response) -> u16 {
    problem(answer).await.0
}

/// Row 78 of the plan: a facilitator answers, and cannot open evidence without invitation.
#[tokio::test]
async fn a_facilitator_answers_and_cannot_open_evidence_without_invitation() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let submission = wayne.ada.begins().await;
    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/lesson-1" });
    body(
        wayne
            .ada
            .post(&format!("{submission}/evidence"), lesson)
            .await,
    )
    .await;
    let asked = asks(&wayne, &wayne.ada, &submission, "What do I reflect on?").await;

    let waiting = queue(&wayne).await;
    let told = &waiting["items"][0];
    assert_eq!(
        (&told["name"], &told["title"], &told["text"]),
        (
            &json!("ada"),
            &json!("Wait Time"),
            &json!("What do I reflect on?")
        )
    );
    assert_eq!(told["requirement"], "reflection");
    let work = &told["work"];
    assert_eq!(
        (&work["state"], &work["asked"]),
        (&json!("prepared"), &json!(2))
    );
    assert_eq!(work["missing"], json!([told["stuck_with"]]));
    let whole = waiting.to_string();
    assert!(
        !whole.contains("video.example.net") && !whole.contains("salt"),
        "{whole}"
    );

    // Neither the submission, nor a draft, nor its evidence.
    let shown = submission.replace("/submissions/", "/drafts/");
    let evidence = body(wayne.ada.get(&submission).await).await;
    let piece = evidence["evidence"][0]["id"].as_str().expect("a piece");
    for path in [
        submission.clone(),
        format!("{submission}/evidence/{piece}"),
        format!("{submission}/checklist"),
        shown.clone(),
        format!("{shown}/evidence/{piece}"),
    ] {
        assert_eq!(code(wayne.fred.get(&path).await).await, 404, "{path}");
    }
    let uninvited = wayne.fred.post(&format!("{asked}/draft"), json!({})).await;
    assert_eq!(code(uninvited).await, 404);

    let answer = json!({ "text": "On what the children said after the silence." });
    body(wayne.fred.post(&format!("{asked}/answers"), answer).await).await;
    let own = body(wayne.ada.get(&format!("{}/help/mine", wayne.path)).await).await;
    let answers = &own["items"][0]["answers"];
    assert_eq!(
        (&answers[0]["name"], &answers[0]["text"]),
        (
            &json!("fred"),
            &json!("On what the children said after the silence.")
        )
    );
    // It is hers to close, and closed it waits no longer.
    for other in [&wayne.bob, &wayne.fred] {
        let refused = other
            .post(&format!("{asked}/close"), json!({ "how": "helped" }))
            .await;
        assert!([403, 404].contains(&code(refused).await));
    }
    let closed = wayne
        .ada
        .post(&format!("{asked}/close"), json!({ "how": "helped" }))
        .await;
    assert_eq!(closed.status(), 204);
    assert_eq!(queue(&wayne).await["items"], json!([]));
    let late = json!({ "text": "One more thing." });
    assert_eq!(
        code(wayne.fred.post(&format!("{asked}/answers"), late).await).await,
        404
    );
    // Neither Bob nor whoever leads the cohort sees any of it.
    assert_eq!(
        code(wayne.bob.get(&format!("{}/help", wayne.path)).await).await,
        403
    );
    assert_eq!(
        code(wayne.cora.get(&format!("{}/help", wayne.path)).await).await,
        404
    );
    let bobs = body(wayne.bob.get(&format!("{}/help/mine", wayne.path)).await).await;
    assert_eq!(bobs["items"], json!([]));
}

/// Row 80 of the plan: the invited colleague comments, and access ends when the draft is handed in.
#[tokio::test]
async fn an_invited_facilitator_comments_and_access_ends_at_handing_in() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let submission = wayne.ada.begins().await;
    writes(&wayne.ada, &submission).await;
    let asked = asks(&wayne, &wayne.ada, &submission, "Is this enough?").await;
    let fred = served.test.person("fred", &[]).id;
    let bob = served.test.person("bob", &[]).id;
    let show = format!("{asked}/show");
    // Only a facilitator, and only by whoever asks.
    let wrong = wayne.ada.post(&show, json!({ "facilitator": bob })).await;
    assert_eq!(problem(wrong).await, (422, "input.invalid".to_owned()));
    let others = wayne.bob.post(&show, json!({ "facilitator": fred })).await;
    assert_eq!(code(others).await, 404);
    for _ in 0..2 {
        let invited = wayne.ada.post(&show, json!({ "facilitator": fred })).await;
        assert_eq!(invited.status(), 204);
    }
    let colleagues = body(wayne.ada.get(&format!("{submission}/colleagues")).await).await;
    let colleagues = colleagues["items"].as_array().expect("colleagues");
    assert_eq!(
        (colleagues.len(), &colleagues[0]["name"]),
        (1, &json!("fred"))
    );
    assert_eq!(
        colleagues[0]["email"],
        Value::Null,
        "his address is his own"
    );
    // Invited, he has to say that he will look: whoever looks does not review.
    let draft = submission.replace("/submissions/", "/drafts/");
    assert_eq!(code(wayne.fred.get(&draft).await).await, 404);
    let eve = served.caller("eve", &[]);
    wayne.appoint(&eve).await;
    assert_eq!(
        code(eve.post(&format!("{asked}/draft"), json!({})).await).await,
        404
    );
    for _ in 0..2 {
        body(wayne.fred.post(&format!("{asked}/draft"), json!({})).await).await;
    }
    let seen = body(wayne.fred.get(&draft).await).await;
    let piece = seen["evidence"][1]["id"].as_str().expect("a piece");
    let text = wayne.fred.get(&format!("{draft}/evidence/{piece}")).await;
    assert_eq!(text.text().await.expect("a text"), "I counted to five.");
    let comment = json!({ "text": "Tell what they said." });
    body(
        wayne
            .fred
            .post(&format!("{draft}/comments"), comment.clone())
            .await,
    )
    .await;
    let read = body(wayne.ada.get(&format!("{submission}/comments")).await).await;
    assert_eq!(read["items"][0]["name"], "fred");

    hands_in(&wayne.ada, &submission).await;
    assert_eq!(code(wayne.fred.get(&draft).await).await, 404);
    assert_eq!(
        code(wayne.fred.get(&format!("{draft}/evidence/{piece}")).await).await,
        404
    );
    assert_eq!(
        code(wayne.fred.post(&format!("{draft}/comments"), comment).await).await,
        404
    );
    assert_eq!(
        code(wayne.fred.post(&format!("{asked}/draft"), json!({})).await).await,
        404
    );
    let late = wayne.ada.post(&show, json!({ "facilitator": fred })).await;
    assert_eq!(code(late).await, 409);
}

#[tokio::test]
async fn progress_is_shown_by_choice_and_tells_no_result() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let grace = served.test.reviewer("grace");
    let path = format!("{}/progress", wayne.path);
    let submission = wayne.ada.begins().await;
    let ways = || async { body(wayne.fred.get(&path).await).await };
    assert_eq!(ways().await["items"], json!([]), "nobody has agreed");
    let choices = format!("{}/choices", wayne.path);
    body(
        wayne
            .ada
            .put(&choices, json!({ "progress": "shown" }))
            .await,
    )
    .await;
    let shown = ways().await;
    assert_eq!(shown["items"].as_array().expect("ways").len(), 1);
    let work = &shown["items"][0]["works"][0];
    assert_eq!(
        (&work["title"], &work["state"], &work["asked"]),
        (&json!("Wait Time"), &json!("prepared"), &json!(2))
    );
    assert_eq!(work["missing"].as_array().expect("names").len(), 2);

    writes(&wayne.ada, &submission).await;
    hands_in(&wayne.ada, &submission).await;
    let work = ways().await["items"][0]["works"][0].clone();
    assert_eq!(
        (&work["state"], &work["missing"]),
        (&json!("handed_in"), &json!([]))
    );
    // What comes back with feedback is being prepared, as in the beginning: no criterion, level or comment.
    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let scores = [
        ("waiting", "consistent", None),
        ("listening", "absent", Some("Whom did you hear?")),
    ];
    grace.scores(id, &scores).expect("a review");
    let returned = ways().await.to_string();
    assert!(returned.contains("\"prepared\""), "{returned}");
    for result in [
        "waiting",
        "emerging",
        "Whom did you hear",
        "returned",
        "version",
    ] {
        assert!(!returned.contains(result), "{result}: {returned}");
    }
    // What is decided is gone, and so is what is withdrawn: one looks like the other.
    let draft = json!({ "text": "I counted to ten, and heard Mina." });
    body(
        wayne
            .ada
            .put(&format!("{submission}/writings/reflection"), draft)
            .await,
    )
    .await;
    hands_in(&wayne.ada, &submission).await;
    let again = [("listening", "consistent", None)];
    grace.scores(id, &again).expect("a review");
    let decided = ways().await["items"][0]["works"].clone();
    assert_eq!(decided, json!([]));
    // It is taken back as it was given.
    body(wayne.ada.put(&choices, json!({ "progress": "kept" })).await).await;
    assert_eq!(ways().await["items"], json!([]));
    for other in [&wayne.ada, &wayne.cora] {
        assert!([403, 404].contains(&code(other.get(&path).await).await));
    }
}

#[tokio::test]
async fn what_is_withdrawn_is_told_to_nobody() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let submission = wayne.ada.begins().await;
    body(
        wayne
            .ada
            .put(
                &format!("{}/choices", wayne.path),
                json!({ "progress": "shown" }),
            )
            .await,
    )
    .await;
    let asked = asks(&wayne, &wayne.ada, &submission, "Where do I begin?").await;
    body(
        wayne
            .ada
            .post(&format!("{submission}/withdraw"), json!({}))
            .await,
    )
    .await;
    assert_eq!(queue(&wayne).await["items"], json!([]));
    let own = body(wayne.ada.get(&format!("{}/help/mine", wayne.path)).await).await;
    assert_eq!(own["items"], json!([]));
    let ways = body(wayne.fred.get(&format!("{}/progress", wayne.path)).await).await;
    assert_eq!(ways["items"][0]["works"], json!([]));
    let answer = json!({ "text": "At the beginning." });
    assert_eq!(
        code(wayne.fred.post(&format!("{asked}/answers"), answer).await).await,
        404
    );
    let question = json!({ "submission": submission.rsplit('/').next(), "text": "Again?" });
    let refused = wayne
        .ada
        .post(&format!("{}/help", wayne.path), question)
        .await;
    assert_eq!(problem(refused).await, (422, "input.invalid".to_owned()));
}

#[tokio::test]
async fn help_is_asked_for_ones_own_work_and_not_without_end() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let (hers, his) = (wayne.ada.begins().await, wayne.bob.begins().await);
    let path = format!("{}/help", wayne.path);
    let id = |submission: &str| submission.rsplit('/').next().map(str::to_owned);
    for wrong in [
        json!({ "submission": id(&his), "text": "Whose?" }),
        json!({ "submission": id(&hers), "requirement": "poem", "text": "What?" }),
        json!({ "submission": id(&hers), "requirement": "lesson", "criterion": "waiting", "text": "Both?" }),
        json!({ "submission": id(&hers), "text": "x".repeat(4_001) }),
    ] {
        assert_eq!(
            code(wayne.ada.post(&path, wrong.clone()).await).await,
            422,
            "{wrong}"
        );
    }
    let criterion = json!({ "submission": id(&hers), "criterion": "waiting", "text": "How long?" });
    body(wayne.ada.post(&path, criterion).await).await;
    for _ in 0..4 {
        asks(&wayne, &wayne.ada, &hers, "And?").await;
    }
    let sixth = json!({ "submission": id(&hers), "text": "Anybody?" });
    let refused = problem(wayne.ada.post(&path, sixth.clone()).await).await;
    assert_eq!(refused, (422, "input.invalid".to_owned()));
    // Nobody is helped by an answer that was not given.
    let own = body(wayne.ada.get(&format!("{path}/mine")).await).await;
    let one = format!("{path}/{}", own["items"][0]["id"].as_str().expect("an id"));
    let helped = wayne
        .ada
        .post(&format!("{one}/close"), json!({ "how": "helped" }))
        .await;
    assert_eq!(code(helped).await, 422);
    for _ in 0..2 {
        let closed = wayne
            .ada
            .post(&format!("{one}/close"), json!({ "how": "taken_back" }))
            .await;
        assert_eq!(closed.status(), 204);
    }
    body(wayne.ada.post(&path, sixth).await).await;
    // Whoever facilitates from now on asks nobody any more.
    asks(&wayne, &wayne.bob, &his, "And mine?").await;
    wayne.appoint(&wayne.bob).await;
    let waiting = queue(&wayne).await["items"].to_string();
    assert!(
        waiting.contains("And?") && !waiting.contains("And mine?"),
        "{waiting}"
    );
    // A facilitator asks nobody, and whoever leaves has nothing waiting.
    let his_own = json!({ "submission": id(&hers), "text": "Me too?" });
    assert_eq!(code(wayne.fred.post(&path, his_own).await).await, 403);
    assert_eq!(
        wayne
            .ada
            .post(&format!("{}/leave", wayne.path), json!({}))
            .await
            .status(),
        204
    );
    assert_eq!(queue(&wayne).await["items"], json!([]));
}

#[tokio::test]
async fn whoever_facilitates_does_not_review_the_work_of_members() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let greta = served.caller("greta", &[Role::Reviewer]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    wayne.appoint(&greta).await;
    let submission = wayne.ada.begins().await;
    writes(&wayne.ada, &submission).await;
    hands_in(&wayne.ada, &submission).await;
    let queue = "/api/v1/organisations/host/reviews";
    assert_eq!(body(greta.get(queue).await).await["items"], json!([]));
    let review = submission.replace("/submissions/", "/reviews/");
    let claim = greta.post(&format!("{review}/claim"), json!({})).await;
    assert_eq!(problem(claim).await, (403, "review.ineligible".to_owned()));
    assert_eq!(body(grace.get(queue).await).await["items"][0]["version"], 1);
}

#[tokio::test]
async fn letters_come_to_those_who_want_them_and_say_nothing_of_what_was_said() {
    let served = Served::new().await;
    let wayne = Wayne::of(&served).await;
    let said = wayne
        .says(&wayne.ada, "Counting to five feels endless.")
        .await;
    wayne.replies(&wayne.bob, &said, "Count to ten.").await;
    let test = &served.test;
    assert!(mailbox::messages(test, "ada@example.org").is_empty());
    let choices = format!("{}/choices", wayne.path);
    for one in [&wayne.ada, &wayne.fred] {
        body(one.put(&choices, json!({ "letters": "wanted" })).await).await;
    }
    wayne.replies(&wayne.ada, &said, "I tried.").await;
    assert!(
        mailbox::messages(test, "ada@example.org").is_empty(),
        "her own reply is no news"
    );
    for _ in 0..3 {
        wayne.replies(&wayne.bob, &said, "Count to twenty.").await;
    }
    let letters = mailbox::messages(test, "ada@example.org");
    assert_eq!(letters.len(), 1, "one an hour");
    assert!(!letters[0].text.contains("twenty") && letters[0].text.contains("/cohorts/"));
    let submission = wayne.bob.begins().await;
    asks(&wayne, &wayne.bob, &submission, "Secret trouble.").await;
    let letters = mailbox::messages(test, "fred@example.org");
    assert_eq!(letters.len(), 1);
    assert!(!letters[0].text.contains("Secret") && !letters[0].text.contains("bob"));
}
