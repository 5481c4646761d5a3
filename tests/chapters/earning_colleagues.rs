//! A colleague looks at a draft until it is handed in; the learning log goes along and counts for nothing.

use issuer::organisation::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::privacy::{erase, with_words};
use crate::mailbox;
use crate::served::{Caller, Served, problem};

async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Ada's draft with a lesson and a reflection.
async fn draft(ada: &Caller<'_>) -> String {
    let submission = ada.begins().await;
    let lesson = json!({ "requirement": "lesson", "link": "https://video.example.net/lesson-1" });
    body(ada.post(&format!("{submission}/evidence"), lesson).await).await;
    let text = json!({ "text": "I counted to five." });
    body(
        ada.put(&format!("{submission}/writings/reflection"), text)
            .await,
    )
    .await;
    submission
}

async fn invite(ada: &Caller<'_>, submission: &str) -> (Value, String) {
    let invited = json!({ "name": "Kim from next door" });
    let invited = body(ada.post(&format!("{submission}/colleagues"), invited).await).await;
    let link = invited["link"].as_str().expect("a link");
    let secret = link.rsplit('/').next().expect("a secret").to_owned();
    (invited, secret)
}

async fn accept(caller: &Caller<'_>, secret: &str) -> Response {
    let path = format!("/api/v1/drafts/invitations/{secret}/accept");
    caller.post(&path, json!({})).await
}

fn shown(submission: &str) -> String {
    submission.replace("/submissions/", "/drafts/")
}

#[tokio::test]
async fn a_colleague_sees_the_draft_without_its_salts_and_says_what_they_think() {
    let served = Served::new().await;
    let (ada, kim) = (served.caller("ada", &[]), served.caller("kim", &[]));
    let submission = draft(&ada).await;
    let shown = shown(&submission);
    assert_eq!(
        problem(kim.get(&shown).await).await,
        (404, "auth.not_found".to_owned())
    );

    let (_, secret) = invite(&ada, &submission).await;
    body(accept(&kim, &secret).await).await;
    let seen = kim.get(&shown).await.text().await.expect("a draft");
    assert!(
        seen.contains("I counted to five.") && !seen.contains("salt"),
        "{seen}"
    );
    let seen: Value = serde_json::from_str(&seen).expect("JSON");
    assert_eq!(seen["earner"], "ada");
    let piece = seen["evidence"][1]["id"].as_str().expect("a piece");
    let text = kim.get(&format!("{shown}/evidence/{piece}")).await;
    assert_eq!(text.text().await.expect("a text"), "I counted to five.");

    let said = json!({ "requirement": "reflection", "text": "Who spoke then?" });
    body(kim.post(&format!("{shown}/comments"), said).await).await;
    let read = body(ada.get(&format!("{submission}/comments")).await).await;
    assert_eq!(read["items"][0]["text"], "Who spoke then?");
    assert_eq!(read["items"][0]["name"], "kim");

    // What is the earner's to do stays theirs.
    let change = json!({ "text": "Kim was here." });
    let change = kim
        .put(&format!("{submission}/writings/reflection"), change)
        .await;
    assert_eq!(problem(change).await.0, 404);
    for path in ["", "/preparation", "/checklist", "/comments", "/colleagues"] {
        let hidden = kim.get(&format!("{submission}{path}")).await;
        assert_eq!(problem(hidden).await.0, 404, "{path}");
    }
    let proof = kim
        .get(&format!("{submission}/evidence/{piece}/proof"))
        .await;
    assert_eq!(problem(proof).await.0, 404);
}

#[tokio::test]
async fn whoever_is_erased_takes_along_what_they_said() {
    let served = Served::new().await;
    let (ada, kim) = (served.caller("ada", &[]), served.caller("zebedee", &[]));
    let lee = served.caller("lee", &[]);
    let submission = draft(&ada).await;
    for (caller, name) in [(&kim, "zebedee"), (&lee, "lee")] {
        let (_, secret) = invite(&ada, &submission).await;
        body(accept(caller, &secret).await).await;
        let comments = format!("{}/comments", shown(&submission));
        if name == "zebedee" {
            let note = json!({ "text": "zebedee has seen it.", "kind": "coach_note" });
            body(caller.post(&comments, note).await).await;
        }
        let said = json!({ "text": format!("{name} would wait longer.") });
        body(caller.post(&comments, said).await).await;
    }
    assert!(!with_words(&served.test, "zebedee would wait").is_empty());

    erase(&served.test, &served.test.person("zebedee", &[]));
    assert_eq!(with_words(&served.test, "zebedee"), Vec::<String>::new());
    let read = body(ada.get(&format!("{submission}/comments")).await).await;
    let told: Vec<_> = read["items"].as_array().expect("items").iter().collect();
    let told: Vec<_> = told
        .iter()
        .map(|one| (&one["kind"], &one["text"]))
        .collect();
    let (comment, note) = (json!("comment"), json!("coach_note"));
    let (lees, erased) = (json!("lee would wait longer."), json!("Erased."));
    assert_eq!(told, [(&note, &erased), (&comment, &lees)], "{read}");
}

#[tokio::test]
async fn a_link_is_for_one_person_and_not_for_the_earner() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let (kim, mallory) = (served.caller("kim", &[]), served.caller("mallory", &[]));
    let submission = draft(&ada).await;
    let (_, secret) = invite(&ada, &submission).await;
    assert_eq!(problem(accept(&ada, &secret).await).await.0, 409);
    body(accept(&kim, &secret).await).await;
    body(accept(&kim, &secret).await).await;
    assert_eq!(
        problem(accept(&mallory, &secret).await).await,
        (409, "link.used".to_owned())
    );
    assert_eq!(problem(mallory.get(&shown(&submission)).await).await.0, 404);
    let unknown = accept(&mallory, &"A".repeat(43)).await;
    assert_eq!(problem(unknown).await.0, 404);
}

#[tokio::test]
async fn it_ends_when_the_draft_is_handed_in_or_the_invitation_is_taken_back() {
    let served = Served::new().await;
    let (ada, kim) = (served.caller("ada", &[]), served.caller("kim", &[]));
    let (lee, max) = (served.caller("lee", &[]), served.caller("max", &[]));
    let submission = draft(&ada).await;
    let shown = shown(&submission);
    let (invited, secret) = invite(&ada, &submission).await;
    body(accept(&kim, &secret).await).await;
    let colleague = invited["id"].as_str().expect("an id");
    let taken_back = ada
        .request(
            Method::DELETE,
            &format!("{submission}/colleagues/{colleague}"),
        )
        .send()
        .await
        .expect("an answer");
    assert_eq!(taken_back.status(), 204);
    assert_eq!(problem(kim.get(&shown).await).await.0, 404);
    assert_eq!(problem(accept(&kim, &secret).await).await.0, 404);

    let (_, for_lee) = invite(&ada, &submission).await;
    let (_, for_max) = invite(&ada, &submission).await;
    body(accept(&lee, &for_lee).await).await;
    body(lee.get(&shown).await).await;
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;
    assert_eq!(problem(lee.get(&shown).await).await.0, 404);
    let late = json!({ "text": "Wait!" });
    assert_eq!(
        problem(lee.post(&format!("{shown}/comments"), late).await)
            .await
            .0,
        404
    );
    assert_eq!(
        problem(accept(&max, &for_max).await).await,
        (410, "link.expired".to_owned())
    );
    let list = body(ada.get(&format!("{submission}/colleagues")).await).await;
    let open = list["items"].as_array().expect("colleagues").iter();
    assert!(
        open.clone().count() == 2 && open.clone().all(|one| one["open"] == false),
        "{list}"
    );
}

#[tokio::test]
async fn a_link_that_is_mailed_carries_no_words_of_the_earners() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let submission = draft(&ada).await;
    let invited = json!({ "name": "BUY NOW", "email": "kim@example.org" });
    body(ada.post(&format!("{submission}/colleagues"), invited).await).await;
    let mails = mailbox::messages(&served.test, "kim@example.org");
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(
        !mail.text.contains("BUY NOW") && !mail.text.contains("ada"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains("/drafts/invitations/"), "{}", mail.text);
    for _ in 0..4 {
        invite(&ada, &submission).await;
    }
    let sixth = json!({ "name": "One more" });
    let sixth = ada.post(&format!("{submission}/colleagues"), sixth).await;
    assert_eq!(problem(sixth).await, (422, "input.invalid".to_owned()));
}

#[tokio::test]
async fn no_reviewer_learns_what_colleagues_said() {
    let served = Served::new().await;
    let (ada, kim) = (served.caller("ada", &[]), served.caller("kim", &[]));
    let grace = served.caller("grace", &[Role::Reviewer]);
    let submission = draft(&ada).await;
    let (_, secret) = invite(&ada, &submission).await;
    body(accept(&kim, &secret).await).await;
    let said = json!({ "text": "Ada, your fourth graders are great." });
    body(
        kim.post(&format!("{}/comments", shown(&submission)), said)
            .await,
    )
    .await;
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;
    let review = submission.replace("/submissions/", "/reviews/");
    grace.post(&format!("{review}/claim"), json!({})).await;
    let reading = grace.get(&review).await;
    let reading = body(reading).await.to_string();
    assert!(
        !reading.contains("fourth graders") && !reading.contains("kim"),
        "{reading}"
    );
}

#[tokio::test]
async fn whoever_was_shown_a_draft_does_not_review_it() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let kim = served.caller("kim", &[Role::Reviewer]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let submission = draft(&ada).await;
    let (invited, secret) = invite(&ada, &submission).await;
    body(accept(&kim, &secret).await).await;
    // Taking the invitation back does not make her forget.
    let colleague = invited["id"].as_str().expect("an id");
    let path = format!("{submission}/colleagues/{colleague}");
    let taken_back = ada.request(Method::DELETE, &path).send().await;
    assert_eq!(taken_back.expect("an answer").status(), 204);
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;

    let queue = "/api/v1/organisations/host/reviews";
    assert_eq!(body(kim.get(queue).await).await["items"], json!([]));
    let review = submission.replace("/submissions/", "/reviews/");
    let claim = kim.post(&format!("{review}/claim"), json!({})).await;
    assert_eq!(problem(claim).await, (403, "review.ineligible".to_owned()));
    assert_eq!(body(grace.get(queue).await).await["items"][0]["version"], 1);
}

#[tokio::test]
async fn a_learning_log_takes_any_way_of_learning_and_gates_nothing() {
    let served = Served::new().await;
    let (ada, bob) = (served.caller("ada", &[]), served.caller("bob", &[]));
    let submission = draft(&ada).await;
    let id = submission.rsplit('/').next().expect("an id");
    let confirmed = json!({ "privacy_statement": 1 });
    body(ada.post(&format!("{submission}/submit"), confirmed).await).await;

    let visit = json!({
        "mode": "class_visit",
        "title": "Ms. Okafor's fourth grade",
        "day": "2026-11-12",
        "note": "She waits, and they speak.",
        "submission": id,
    });
    let visit = body(ada.post("/api/v1/learning", visit).await).await;
    for mode in [
        "book",
        "journal",
        "article",
        "video",
        "webinar",
        "community",
        "colleague",
        "course",
        "other",
    ] {
        let entry = json!({ "mode": mode, "title": "Something" });
        body(ada.post("/api/v1/learning", entry).await).await;
    }
    let listed = body(ada.get("/api/v1/learning").await).await;
    assert_eq!(listed["items"].as_array().expect("entries").len(), 10);

    let path = format!("/api/v1/learning/{}", visit["id"].as_str().expect("an id"));
    let changed = json!({ "mode": "class_visit", "title": "Ms. Okafor's class" });
    assert_eq!(
        body(ada.put(&path, changed.clone()).await).await["title"],
        "Ms. Okafor's class"
    );
    assert_eq!(problem(bob.put(&path, changed).await).await.0, 404);
    let foreign = json!({ "mode": "book", "title": "Mine", "submission": id });
    assert_eq!(
        problem(bob.post("/api/v1/learning", foreign).await).await.0,
        422
    );
    for wrong in [
        json!({ "mode": "osmosis", "title": "A" }),
        json!({ "mode": "book", "title": "A", "day": "2026-02-30" }),
        json!({ "mode": "book", "title": "A", "day": "yesterday" }),
        json!({ "mode": "book", "title": "" }),
    ] {
        let refused = ada.post("/api/v1/learning", wrong.clone()).await;
        assert_eq!(refused.status(), 400, "{wrong}");
    }
    let gone = ada
        .request(Method::DELETE, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(gone.status(), 204);
    assert_eq!(
        problem(
            ada.put(&path, json!({ "mode": "book", "title": "A" }))
                .await
        )
        .await
        .0,
        404
    );
}
