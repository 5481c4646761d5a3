//! The story of Ada (`docs/earning.md`), in a browser without scripts: she earns, is told "not yet" once, changes
//! what was not enough, and shares; a stranger checks it offline.

use issuer::event::Actor;
use issuer::micro_credential::{self, ContextPrompt};
use issuer::organisation::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::organisations::district;
use crate::app::PUBLIC_URL;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::mailbox;
use crate::served::{Served, header};
use crate::uploading::{metadata, video};

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

/// Wayne County, which issues "Wait Time" with a question about the setting, has a reviewer, and somebody
/// who hands out codes.
fn world(served: &Served) {
    let test = &served.test;
    let wayne = "wayne-county".parse().expect("a name");
    let county = district(&wayne, "Wayne County Schools");
    issuer::organisation::found(&test.app, Actor::Service, county, test.now)
        .expect("an organisation");
    for (name, role) in [
        ("amy", Role::Author),
        ("ian", Role::Coordinator),
        ("grace", Role::Reviewer),
    ] {
        test.join(&test.person(name, &[]), &wayne, &[role]);
    }
    let mut asks = content();
    asks.context_prompts = vec![ContextPrompt {
        id: "grade".parse().expect("a name"),
        question: "Which grade do you teach?".parse().expect("a line"),
    }];
    let id: issuer::id::MicroCredentialId = "thinking-time".parse().expect("a name");
    let amy = test.person("amy", &[]);
    micro_credential::write(&test.app, &amy, wayne, id.clone(), asks).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
}

/// Registers in the browser by a mailed link, as anybody does, and joins by a code.
async fn registers(served: &Served, browser: &Browser<'_>, email: &str, name: &str) {
    leads(browser.post("/sign-in", &[("email", email)]).await).await;
    let link = mailbox::link_to(&served.test, email);
    text(browser.get(&link).await).await;
    let entered = browser.post(&link, &[("name", name)]).await;
    assert_eq!(header(&entered, "location"), "/my");

    let ian = served.caller("ian", &[]);
    let expires = served.test.now.plus_seconds(86_400);
    let wanted = json!({ "label": "Staff meeting", "expires": expires, "limit": 50 });
    let codes = "/api/v1/organisations/wayne-county/join-codes";
    let made: Value = ian.post(codes, wanted).await.json().await.expect("JSON");
    let code = made["code"].as_str().expect("a code").to_lowercase();
    leads(browser.post("/join", &[("code", &code)]).await).await;
    let page = text(browser.get("/organisations").await).await;
    assert!(page.contains("Wayne County Schools"), "{page}");
}

/// Sends a video as the page's script does: half of it, and after the line was cut what is missing.
async fn uploads(browser: &Browser<'_>, submission: &str, content: &[u8]) {
    let tus = |method: Method, path: &str| {
        let request = browser.request(method, path);
        request
            .header("origin", PUBLIC_URL)
            .header("tus-resumable", "1.0.0")
    };
    let begun = tus(Method::POST, "/api/v1/uploads")
        .header("upload-length", content.len())
        .header(
            "upload-metadata",
            metadata(submission, "lesson", "Ada Novak, lesson.webm"),
        );
    let begun = begun.send().await.expect("an answer");
    assert_eq!(begun.status(), 201);
    let upload = header(&begun, "location").to_owned();
    for part in content.chunks(content.len() / 2 + 1) {
        let head = tus(Method::HEAD, &upload).send().await.expect("an answer");
        let request = tus(Method::PATCH, &upload)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", header(&head, "upload-offset"));
        let sent = request.body(part.to_vec()).send().await;
        assert_eq!(sent.expect("an answer").status(), 204);
    }
}

/// What stands in a page between two texts.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{page}"));
    rest.split_once(after).expect("the rest").0
}

#[tokio::test]
async fn ada_earns_fails_once_resubmits_and_shares() {
    let served = Served::new().await;
    world(&served);
    let ada = Browser::new(&served);
    let grace = Browser::of(&served, &served.test.person("grace", &[]));

    // 1. Logged out, she finds it and reads what it takes.
    let found = text(ada.get("/catalogue?q=wait+time").await).await;
    assert!(found.contains("/achievements/thinking-time"), "{found}");
    let page = text(ada.get("/achievements/thinking-time").await).await;
    assert!(
        page.contains("Listening") && page.contains("Sign in to start"),
        "{page}"
    );

    // 2. She registers, and joins Wayne County by a code.
    registers(&served, &ada, "ada.novak@example.org", "Ada Novak").await;

    let work = collects(&ada).await;
    let id = work.rsplit('/').next().expect("an id").to_owned();
    hands_in(&ada, &work).await;
    let review = format!("/reviews/{id}");
    is_told_not_yet(&ada, &grace, &work, &review).await;
    hands_in_again(&ada, &grace, &work, &review).await;
    shares(&served, &ada, &work).await;
}

/// 3 and 4: she begins, logs a visit, uploads a video over a line that is cut, collects a link, writes, and
/// comes back to all of it.
async fn collects(ada: &Browser<'_>) -> String {
    let start = [("micro_credential", "thinking-time")];
    let work = leads(ada.post("/my/submissions", &start).await).await;
    let again = ada.post("/my/submissions", &start).await;
    assert_eq!(leads(again).await, work, "what was begun is found again");
    let id = work.rsplit('/').next().expect("an id");
    let visit = [
        ("mode", "class_visit"),
        ("title", "Ms. Okafor's fourth grade"),
        ("day", "2026-11-12"),
        ("submission", id),
    ];
    leads(ada.post("/my/learning", &visit).await).await;
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("Classroom visit: Ms. Okafor"), "{page}");

    uploads(ada, &work, &video(300_000)).await;
    let collected = [
        ("do", "add-link"),
        ("link", "https://video.example.net/lesson-1"),
    ];
    leads(ada.post(&work, &collected).await).await;
    let page = text(ada.get(&work).await).await;
    assert!(page.contains("Ada Novak, lesson.webm"), "{page}");
    let piece = between(&page, "value=\"attach:", "\"");
    let (attach, field) = (format!("attach:{piece}"), format!("attach-{piece}"));
    let typed = [
        ("do", attach.as_str()),
        (&field, "lesson"),
        ("text-reflection", WORDS),
        ("context-grade", "Fourth grade"),
        ("note", "The bell rings at minute nine."),
    ];
    leads(ada.post(&work, &typed).await).await;
    let page = text(ada.get(&work).await).await;
    for kept in [WORDS, "Fourth grade", "The bell rings at minute nine."] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(page.contains("Everything is there."), "{page}");
    work
}

/// 5: without the privacy statement nothing is handed in, and nothing she typed is lost.
async fn hands_in(ada: &Browser<'_>, work: &str) {
    let unconfirmed = [
        ("do", "hand-in"),
        ("text-reflection", WORDS),
        ("note", "A longer note."),
    ];
    let refused = ada.post(work, &unconfirmed).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("student-privacy statement") && page.contains("A longer note."),
        "{page}"
    );
    let confirmed = [
        ("do", "hand-in"),
        ("text-reflection", WORDS),
        ("privacy_statement", "1"),
    ];
    let receipt = leads(ada.post(work, &confirmed).await).await;
    assert_eq!(receipt, format!("{work}/receipts/1"));
    let page = text(ada.get(&receipt).await).await;
    assert_eq!(manifest_digest(&page).len(), 64, "{page}");
}

/// 6: the reviewer, who is not told whose work it is, finds one criterion unmet at a moment of the video.
async fn is_told_not_yet(ada: &Browser<'_>, grace: &Browser<'_>, work: &str, review: &str) {
    leads(grace.post(&format!("{review}/claim"), &[]).await).await;
    let page = text(grace.get(review).await).await;
    for shown in [WORDS, "Fourth grade"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for hidden in ["Novak", "ada.novak", "lesson.webm"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    let places = between(&page, "name=\"pin-1-0-evidence\"", "</select>");
    let video = between(places, "value=\"", "\"");
    let scores = [
        ("level-0", "consistent"),
        ("level-1", "absent"),
        ("pin-1-0-evidence", video),
        ("pin-1-0-at", "02:14"),
        ("pin-1-0-comment", "You answer yourself here."),
        ("do", "finish"),
    ];
    leads(grace.post(review, &scores).await).await;
    let my = text(ada.get("/my").await).await;
    assert!(
        my.contains("Not yet") && my.contains("Read the feedback"),
        "{my}"
    );
    let feedback = text(ada.get(&format!("{work}/feedback")).await).await;
    assert!(
        feedback.contains("At 02:14</a>: You answer yourself here."),
        "{feedback}"
    );
    let page = text(ada.get(work).await).await;
    assert!(page.contains("What is met stays met: Waiting."), "{page}");
}

/// 7: she changes that part alone, with a note; the reviewer sees what changed, and meets the rest.
async fn hands_in_again(ada: &Browser<'_>, grace: &Browser<'_>, work: &str, review: &str) {
    let next = "I counted to five, and asked who had not spoken yet. Four new voices answered.";
    let changed = [
        ("do", "hand-in"),
        ("text-reflection", next),
        ("note", "The second half is new."),
        ("privacy_statement", "1"),
    ];
    let receipt = leads(ada.post(work, &changed).await).await;
    let page = text(ada.get(&receipt).await).await;
    assert!(page.contains("A reflection: written anew"), "{page}");
    leads(grace.post(&format!("{review}/claim"), &[]).await).await;
    let page = text(grace.get(review).await).await;
    for said in [
        "The second half is new.",
        "Four new voices answered.",
        "It stays met.",
        "You answer yourself here.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let met = [("level-0", "exemplary"), ("do", "finish")];
    leads(grace.post(review, &met).await).await;
}

/// 8 to 10: the badge is hers alone until she shares it; then a stranger takes every form and verifies it.
async fn shares(served: &Served, ada: &Browser<'_>, work: &str) {
    let page = text(ada.get(work).await).await;
    let mine = between(&page, "Earned</p><p><a href=\"", "\"").to_owned();
    let badge = mine.strip_prefix("/my").expect("a badge").to_owned();
    let page = text(ada.get(&mine).await).await;
    assert!(
        page.contains("Thinking Time") || page.contains("Wait Time"),
        "{page}"
    );
    let unseen = served.page(&badge).await;
    assert_eq!(unseen.status(), 404, "private until she shares it");
    let wrong = ada.post(&mine, &[("visibility", "everybody")]).await;
    assert_eq!(wrong.status(), 422);
    leads(ada.post(&mine, &[("visibility", "public")]).await).await;
    let page = text(served.page(&badge).await).await;
    assert!(
        page.contains("One reviewer, who was not told whose work it was"),
        "{page}"
    );
    let id = badge.rsplit('/').next().expect("an id");
    served.check_badge(id.parse().expect("an id")).await;

    let document = served.json(&format!("{badge}.json")).await;
    let results = document["credentialSubject"]["result"].as_array();
    assert_eq!(
        results.map(Vec::len),
        Some(4),
        "two criteria, and two about the review"
    );
    let manifest = text(served.get(&format!("{badge}/manifest")).await).await;
    let digest = issuer::digest::Sha256Digest::of(manifest.as_bytes());
    assert_eq!(
        document["relatedResource"][0]["digestSRI"],
        json!(digest.sri())
    );
    let receipt = text(ada.get(&format!("{work}/receipts/2")).await).await;
    assert_eq!(manifest_digest(&receipt), digest.to_string());
    assert!(
        !manifest.contains("counted") && !manifest.contains("Novak"),
        "{manifest}"
    );
}

/// The digest of the manifest that a receipt shows.
fn manifest_digest(receipt: &str) -> String {
    let is_digest = |word: &&str| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mut words = receipt.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(is_digest).expect("a digest").to_owned()
}

const WORDS: &str = "I counted to five before I took an answer. More hands went up each time.";

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
