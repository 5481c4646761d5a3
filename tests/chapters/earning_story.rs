//! The story of Ada (`docs/earning.md`), in a browser without scripts: she earns, is told "not yet" once, changes
//! what was not enough, and shares; a stranger checks it offline.

use issuer::badge::Visibility;
use issuer::issuance;
use issuer::micro_credential::{self, ContextPrompt};
use issuer::organisation::Role;
use issuer::submission::{self, State};
use reqwest::Response;
use serde_json::{Value, json};

use super::organisations::district;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::mailbox;
use crate::served::{Served, header};

async fn text(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.expect("a page");
    assert!(status.is_success(), "{status}: {text}");
    text
}

/// Where a form leads that was taken.
async fn leads(answer: Response) -> String {
    let status = answer.status();
    let to = answer.headers().get("location").cloned();
    let page = answer.text().await.unwrap_or_default();
    assert_eq!(status, 303, "{page}");
    to.expect("a place").to_str().expect("a path").to_owned()
}

/// Publishes "Wait Time" with a question about the setting, as Wayne County issues it.
fn publish(served: &Served) {
    let test = &served.test;
    let wayne = "wayne-county".parse().expect("a name");
    let county = district(&wayne, "Wayne County Schools");
    issuer::organisation::found(&test.app, county, test.now).expect("an organisation");
    let amy = test.person("amy", &[]);
    test.join(&amy, &wayne, &[Role::Author]);
    let mut asks = content();
    asks.context_prompts = vec![ContextPrompt {
        id: "grade".parse().expect("a name"),
        question: "Which grade do you teach?".parse().expect("a line"),
    }];
    let id: issuer::id::MicroCredentialId = "thinking-time".parse().expect("a name");
    micro_credential::write(&test.app, &amy, wayne, id.clone(), asks).expect("a draft");
    micro_credential::publish(&test.app, &id, test.now).expect("its publication");
}

/// Registers in the browser by a mailed link, as anybody does.
async fn registers(served: &Served, browser: &Browser<'_>, email: &str, name: &str) {
    leads(browser.post("/sign-in", &[("email", email)]).await).await;
    let link = mailbox::link_to(&served.test, email);
    text(browser.get(&link).await).await;
    let entered = browser.post(&link, &[("name", name)]).await;
    assert_eq!(header(&entered, "location"), "/my");
}

#[tokio::test]
async fn ada_earns_fails_once_resubmits_and_shares() {
    let served = Served::new().await;
    publish(&served);
    let test = &served.test;
    let ada = Browser::new(&served);

    // 1. Logged out, she finds it and reads what it takes.
    let found = text(ada.get("/catalogue?q=wait+time").await).await;
    assert!(found.contains("/achievements/thinking-time"), "{found}");
    let page = text(ada.get("/achievements/thinking-time").await).await;
    assert!(
        page.contains("Listening") && page.contains("Sign in to start"),
        "{page}"
    );

    // 2. She registers.
    registers(&served, &ada, "ada.novak@example.org", "Ada Novak").await;

    // 3. She starts, and writes a classroom visit into her log.
    let started = ada
        .post("/my/submissions", &[("micro_credential", "thinking-time")])
        .await;
    let work = leads(started).await;
    let id = work.rsplit('/').next().expect("an id").to_owned();
    let again = ada
        .post("/my/submissions", &[("micro_credential", "thinking-time")])
        .await;
    assert_eq!(leads(again).await, work, "what was begun is found again");
    let visit = [
        ("mode", "class_visit"),
        ("title", "Ms. Okafor's fourth grade"),
        ("day", "2026-11-12"),
        ("submission", id.as_str()),
    ];
    leads(ada.post("/my/learning", &visit).await).await;
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("Classroom visit: Ms. Okafor"), "{page}");

    // 4. She collects a link first, writes, places what she collected, leaves and returns.
    let collected = [
        ("do", "add-link"),
        ("link", "https://video.example.net/lesson-1"),
    ];
    leads(ada.post(&work, &collected).await).await;
    let page = text(ada.get(&work).await).await;
    let (_, piece) = page
        .split_once("value=\"attach:")
        .expect("a piece to place");
    let piece = piece.split('"').next().expect("an id").to_owned();
    let words = "I counted to five before I took an answer. More hands went up each time.";
    let typed = [
        ("do".to_owned(), format!("attach:{piece}")),
        (format!("attach-{piece}"), "lesson".to_owned()),
        ("text-reflection".to_owned(), words.to_owned()),
        ("context-grade".to_owned(), "Fourth grade".to_owned()),
        (
            "note".to_owned(),
            "The bell rings at minute nine.".to_owned(),
        ),
    ];
    let typed: Vec<_> = typed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    leads(ada.post(&work, &typed).await).await;
    let page = text(ada.get(&work).await).await;
    for kept in [words, "Fourth grade", "The bell rings at minute nine."] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(page.contains("Everything is there."), "{page}");

    // 5. Without the privacy statement nothing is handed in, and nothing she typed is lost.
    let unconfirmed = [
        ("do", "hand-in"),
        ("text-reflection", words),
        ("note", "A longer note."),
    ];
    let refused = ada.post(&work, &unconfirmed).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("student-privacy statement") && page.contains("A longer note."),
        "{page}"
    );
    let confirmed = [
        ("do", "hand-in"),
        ("text-reflection", words),
        ("privacy_statement", "1"),
    ];
    let receipt = leads(ada.post(&work, &confirmed).await).await;
    assert_eq!(receipt, format!("{work}/receipts/1"));
    let page = text(ada.get(&receipt).await).await;
    let submission = id.parse().expect("an id");
    let version = test
        .app
        .store
        .version(submission, 1)
        .expect("the store")
        .expect("version 1");
    assert!(
        page.contains(&version.manifest_sha256.to_string()),
        "{page}"
    );

    // 6. Not yet, on one criterion.
    let grace = test.reviewer("grace");
    let wayne = "wayne-county".parse().expect("a name");
    test.join(&grace.person, &wayne, &[Role::Reviewer]);
    let scores = [
        ("waiting", "consistent", None),
        (
            "listening",
            "absent",
            Some("At 02:14 you answer yourself. Whose voices do we hear?"),
        ),
    ];
    grace.scores(submission, &scores).expect("a review");
    let my = text(ada.get("/my").await).await;
    assert!(
        my.contains("Not yet") && my.contains("Read the feedback"),
        "{my}"
    );
    let feedback = text(ada.get(&format!("{work}/feedback")).await).await;
    assert!(feedback.contains("Whose voices do we hear?"), "{feedback}");
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("What is met stays met: Waiting."), "{page}");

    // 7. She changes that part alone, with a note, and the reviewer sees what changed.
    let next = "I counted to five, and asked who had not spoken yet. Four new voices answered.";
    let changed = [
        ("do", "hand-in"),
        ("text-reflection", next),
        ("note", "The second half is new."),
        ("privacy_statement", "1"),
    ];
    let receipt = leads(ada.post(&work, &changed).await).await;
    let page = text(ada.get(&receipt).await).await;
    assert!(page.contains("A reflection: written anew"), "{page}");
    let person = test
        .app
        .store
        .person_by_email(&"ada.novak@example.org".parse().expect("an address"));
    let person = person.expect("the store").expect("Ada");
    let held = submission::of_earner(&test.app, &person, submission).expect("hers");
    let changes = held
        .changes(&test.app, 2)
        .expect("the store")
        .expect("changes");
    assert_eq!(
        (
            changes.rewritten.len(),
            changes.kept.len(),
            changes.added.len()
        ),
        (1, 1, 0)
    );

    // 8. The one open criterion is met: the badge is signed and logged.
    let open = [("listening", "exemplary", None)];
    grace.scores(submission, &open).expect("a review");
    let State::Accepted { award } = submission::of_earner(&test.app, &person, submission)
        .expect("hers")
        .state
    else {
        panic!("it is not accepted");
    };
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    let results = document["credentialSubject"]["result"]
        .as_array()
        .expect("results");
    assert_eq!(results.len(), 4, "two criteria, and two about the review");
    let second = test
        .app
        .store
        .version(submission, 2)
        .expect("the store")
        .expect("version 2");
    assert_eq!(
        document["relatedResource"][0]["digestSRI"],
        json!(second.manifest_sha256.sri())
    );
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("Earned"), "{page}");

    // 9 and 10. She shares it; a stranger takes every form and verifies it.
    let badge = format!("/badges/{}", issued.badge());
    assert_eq!(
        served.page(&badge).await.status(),
        404,
        "private until she shares it"
    );
    issuer::badge::set_visibility(&test.app, &person, issued.badge(), Visibility::Public)
        .expect("her leave");
    let page = text(served.page(&badge).await).await;
    assert!(
        page.contains("One reviewer, who was not told whose work it was"),
        "{page}"
    );
    served.check_badge(issued.badge()).await;
    let manifest = text(served.get(&format!("{badge}/manifest")).await).await;
    assert_eq!(
        issuer::digest::Sha256Digest::of(manifest.as_bytes()),
        second.manifest_sha256
    );
    assert!(
        !manifest.contains("counted") && !manifest.contains("Novak"),
        "{manifest}"
    );
}

#[tokio::test]
async fn a_colleague_is_asked_on_the_page_and_answers_on_theirs() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = Browser::of(&served, &test.person("ada", &[]));
    let kim = Browser::of(&served, &test.person("kim", &[]));
    let started = ada
        .post("/my/submissions", &[("micro_credential", "wait-time")])
        .await;
    let work = leads(started).await;
    let asked = [
        ("do", "invite"),
        ("colleague_name", "Kim"),
        ("text-reflection", "I waited."),
    ];
    let page = text(ada.post(&work, &asked).await).await;
    let (_, link) = page.split_once("/drafts/invitations/").expect("the link");
    let link = format!(
        "/drafts/invitations/{}",
        link.split('<').next().expect("a secret")
    );
    let again = text(ada.get(&work).await).await;
    assert!(
        !again.contains("/drafts/invitations/"),
        "it is told this once"
    );

    let invited = text(kim.get(&link).await).await;
    assert!(invited.contains("ada asks for your opinion"), "{invited}");
    let draft = leads(kim.post(&link, &[]).await).await;
    let page = text(kim.get(&draft).await).await;
    assert!(page.contains("I waited."), "{page}");
    let empty = kim.post(&draft, &[("text", " ")]).await;
    assert_eq!(empty.status(), 422);
    let said = [("text", "How long did you wait?"), ("about", "reflection")];
    leads(kim.post(&draft, &said).await).await;
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("How long did you wait?"), "{page}");
    assert!(
        text(kim.get("/my").await)
            .await
            .contains("Drafts that colleagues show you")
    );

    let (_, colleague) = page.split_once("value=\"dismiss:").expect("a button");
    let colleague = colleague.split('"').next().expect("an id");
    let dismiss = format!("dismiss:{colleague}");
    leads(ada.post(&work, &[("do", dismiss.as_str())]).await).await;
    assert_eq!(kim.get(&draft).await.status(), 404);
}

#[tokio::test]
async fn an_earlier_text_is_had_back_and_a_submission_withdrawn_on_pages() {
    let served = Served::new().await;
    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let started = ada
        .post("/my/submissions", &[("micro_credential", "wait-time")])
        .await;
    let work = leads(started).await;
    for words in ["The first words, and there are many of them.", "Few."] {
        leads(
            ada.post(&work, &[("do", "save"), ("text-reflection", words)])
                .await,
        )
        .await;
    }
    let history = format!("{work}/writings/reflection");
    let page = text(ada.get(&history).await).await;
    assert!(
        page.contains("The first words") && page.contains("Have this one back"),
        "{page}"
    );
    leads(ada.post(&format!("{history}/1"), &[]).await).await;
    assert!(text(ada.get(&work).await).await.contains("The first words"));

    let long = "x".repeat(17_000);
    let refused = ada
        .post(&work, &[("do", "save"), ("text-reflection", long.as_str())])
        .await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.expect("a page");
    assert!(page.contains(&long), "what was typed is still there");

    let withdraw = format!("{work}/withdraw");
    assert!(
        text(ada.get(&withdraw).await)
            .await
            .contains("nothing counts against you")
    );
    assert_eq!(leads(ada.post(&withdraw, &[]).await).await, "/my");
    assert!(text(ada.get("/my").await).await.contains("Nothing yet."));
}
