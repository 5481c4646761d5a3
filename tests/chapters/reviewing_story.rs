//! A reviewer's day, told over HTTP with forms alone: a blind queue, two who review, one who decides
//! between them, and an earner who hands in again what was not enough.

use issuer::event::Actor;
use issuer::id::MicroCredentialId;
use issuer::micro_credential::{self, Certification, SecondReview};
use issuer::organisation::{self, Role};
use issuer::submission::EvidenceContent;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::organisations::{district, wayne};
use crate::browser::Browser;
use crate::catalogue::content;
use crate::chapters::uploads_shown::png;
use crate::served::{Served, header, problem};

const WAYNE: &str = "/organisations/wayne-county/reviews";

async fn text(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

async fn body(answer: Response) -> Value {
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.expect("JSON")
}

fn leads_to(answer: &Response, path: &str) {
    let to = (answer.status().as_u16(), header(answer, "location"));
    assert_eq!(to, (303, path));
}

/// Wayne County has its "Thinking Time" reviewed by two.
fn world(served: &Served) {
    let test = &served.test;
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let school = "sunrise-elementary".parse().expect("a slug");
    organisation::found(
        &test.app,
        Actor::Service,
        district(&school, "Sunrise Elementary"),
        test.now,
    )
    .expect("founded");
    let wanda = test.person("wanda", &[]);
    test.join(&wanda, &wayne(), &[Role::Author]);
    let id: MicroCredentialId = "thinking-time".parse().expect("a slug");
    let mut content = content();
    content.review.second_review = SecondReview::Always;
    content.review.certification = Certification::Required;
    micro_credential::write(&test.app, &wanda, wayne(), id.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    for (name, role) in [
        ("rob", Role::Reviewer),
        ("rita", Role::Reviewer),
        ("nora", Role::Reviewer),
        ("judith", Role::Adjudicator),
        ("cora", Role::Coordinator),
    ] {
        test.join(&test.person(name, &[]), &wayne(), &[role]);
    }
    for name in ["lea", "nora"] {
        test.join(&test.person(name, &[]), &school, &[]);
    }
}

/// The author makes a training set, and everybody who is to review passes with it.
async fn trains(served: &Served, reviewers: &[&Browser<'_>]) {
    let wanda = Browser::of(served, &served.test.person("wanda", &[]));
    let training = "/organisations/wayne-county/training";
    let set = format!("{training}/thinking-time");
    leads_to(
        &wanda.post(training, &[("line", "thinking-time")]).await,
        &set,
    );
    let rules = [
        ("exemplars", "1"),
        ("level_percent", "70"),
        ("met_percent", "80"),
        ("tries", "3"),
        ("wait_hours", "24"),
        ("months", "12"),
        ("badge", ""),
    ];
    leads_to(&wanda.post(&set, &rules).await, &set);
    let exemplar = [
        ("title", "Answers her own question"),
        ("link-0", "https://video.example.net/lesson-7"),
        ("text-1", "I asked, waited, and then I answered myself."),
        ("level-0", "consistent"),
        ("comment-0", "The waits are there."),
        ("level-1", "absent"),
        ("comment-1", "Nobody else is heard."),
    ];
    let exemplars = format!("{set}/exemplars");
    leads_to(&wanda.post(&exemplars, &exemplar).await, &exemplars);
    for reviewer in reviewers {
        let begun = reviewer.post(&format!("{set}/tries"), &[]).await;
        let place = header(&begun, "location").to_owned();
        let page = text(reviewer.get(&place).await).await;
        let (_, form) = page.split_once("<form action=\"").expect("a form");
        let (path, _) = form.split_once('"').expect("an address");
        let scores = [("level-0", "consistent"), ("level-1", "absent")];
        leads_to(&reviewer.post(path, &scores).await, path);
        assert!(text(reviewer.get(&place).await).await.contains("Passed"));
    }
}

/// A session on what was decided leads to the next version of the rubric; what is open keeps to the one it
/// was begun with.
async fn calibrates(served: &Served, decided: &str, reviewers: [&Browser<'_>; 2]) {
    let cora = Browser::of(served, &served.test.person("cora", &[]));
    let ids = ["rob", "rita"].map(|name| served.test.person(name, &[]).id.to_string());
    let sessions = "/organisations/wayne-county/calibrations";
    let subject = format!("submission:{decided}");
    let opened = [
        ("title", "What listening is"),
        ("subject", subject.as_str()),
        ("reviewer", ids[0].as_str()),
        ("reviewer", ids[1].as_str()),
    ];
    let opened = cora.post(sessions, &opened).await;
    let session = header(&opened, "location").to_owned();
    for (reviewer, level) in reviewers.iter().zip(["absent", "consistent"]) {
        let sheet = [
            ("level-0", "consistent"),
            ("level-1", level),
            ("comment-1", "As I see it."),
        ];
        let scores = format!("{session}/scores");
        leads_to(&reviewer.post(&scores, &sheet).await, &session);
    }
    let report = text(cora.get(&session).await).await;
    assert!(report.contains("They differ"), "{report}");

    let lin = served.caller("lin", &[]);
    let begun = json!({ "micro_credential": "thinking-time" });
    let open = body(lin.post("/api/v1/submissions", begun.clone()).await).await;
    leads_to(
        &cora.post(&format!("{session}/revision"), &[]).await,
        &session,
    );
    let wanda = served.caller("wanda", &[]);
    let draft = "/api/v1/micro-credentials/thinking-time-v2";
    let answer = wanda.post(&format!("{draft}/publish"), json!({})).await;
    body(answer).await;
    let begun = json!({ "micro_credential": "thinking-time-v2" });
    let next = body(lin.post("/api/v1/submissions", begun).await).await;
    assert_eq!(next["micro_credential"], "thinking-time-v2");
    let path = format!(
        "/api/v1/submissions/{}",
        open["id"].as_str().expect("an id")
    );
    let open = body(lin.get(&path).await).await;
    assert_eq!(open["micro_credential"], "thinking-time", "{open}");
}

#[tokio::test]
async fn two_review_one_decides_between_them_and_the_earner_hands_in_what_was_not_enough() {
    let served = Served::new().await;
    world(&served);
    let test = &served.test;
    let browser = |name: &str| Browser::of(&served, &test.person(name, &[]));
    let (rob, rita, nora, judith) = (
        browser("rob"),
        browser("rita"),
        browser("nora"),
        browser("judith"),
    );

    // 1. Lea hands in a picture and a text; she may see where it stands.
    let lea = served.caller("lea", &[]);
    let begun = json!({ "micro_credential": "thinking-time" });
    let begun = body(lea.post("/api/v1/submissions", begun).await).await;
    let id = begun["id"].as_str().expect("an id");
    let submission = format!("/api/v1/submissions/{id}");
    let path = format!("{submission}/files?requirement=lesson&name=lea.png");
    body(
        lea.request(Method::POST, &path)
            .body(png())
            .send()
            .await
            .expect("an answer"),
    )
    .await;
    let learner = test.learner("lea");
    learner.adds_text(id.parse().expect("an id"), "I teach at Sunrise Elementary.");
    body(
        lea.post(
            &format!("{submission}/submit"),
            json!({ "privacy_statement": 1 }),
        )
        .await,
    )
    .await;
    let waiting = body(lea.get(&format!("{submission}/waiting")).await).await;
    assert_eq!(
        (&waiting["before"], &waiting["waiting"]),
        (&json!(0), &json!(1)),
        "{waiting}"
    );

    // Nobody reviews it before they have shown that they score as the author does.
    let review = format!("/reviews/{id}");
    assert!(!text(rob.get(WAYNE).await).await.contains(&review));
    assert_eq!(rob.get(&review).await.status(), 403);
    trains(&served, &[&rob, &rita, &nora, &judith]).await;

    // 2. The queue of Wayne County; Nora is of Lea's school, and is not offered it.
    assert!(text(rob.get("/reviews").await).await.contains("1 for you"));
    assert!(text(rob.get(WAYNE).await).await.contains(&review));
    assert!(!text(nora.get(WAYNE).await).await.contains(&review));
    assert_eq!(nora.get(&review).await.status(), 403);
    assert!(!text(judith.get(WAYNE).await).await.contains(&review));
    leads_to(&rob.post(&format!("{review}/claim"), &[]).await, &review);
    assert!(!text(rita.get(WAYNE).await).await.contains(&review));
    assert!(text(rob.get(WAYNE).await).await.contains("yours until"));

    // 3. Rob scores beside the evidence. What he saved is there again, and a word is missing.
    let page = text(rob.get(&review).await).await;
    assert!(page.contains("I teach at [organisation]."), "{page}");
    assert!(page.contains("/evidence/") && !page.to_lowercase().contains("sunrise"));
    // How a comment may sound is said while he writes, and is nobody else's to judge.
    let short = [
        ("level-1", "absent"),
        ("comment-1", "Sloppy."),
        ("do", "save"),
    ];
    rob.post(&review, &short).await;
    let told = text(rob.get(&review).await).await;
    assert!(
        told.contains("This is short.") && told.contains("“Sloppy” may be read as a judgement.")
    );
    let saved = [
        ("level-0", "consistent"),
        ("comment-1", "Whom do they"),
        ("do", "save"),
    ];
    leads_to(
        &rob.post(&review, &saved).await,
        &format!("{review}?saved=yes"),
    );
    assert!(text(rob.get(&review).await).await.contains("Whom do they"));
    let wordless = [
        ("level-0", "consistent"),
        ("level-1", "absent"),
        ("do", "finish"),
    ];
    let refused = rob.post(&review, &wordless).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(refused.contains("Say what is missing"), "{refused}");
    let first = [
        ("level-0", "consistent"),
        ("level-1", "absent"),
        ("comment-1", "Whom do they hear?"),
        ("do", "finish"),
    ];
    leads_to(
        &rob.post(&review, &first).await,
        &format!("{WAYNE}?done=pending"),
    );

    // 4. Rita finds something else, and sees nothing of what Rob found.
    assert!(
        !text(rita.get(&review).await)
            .await
            .contains("Whom do they hear")
    );
    leads_to(&rita.post(&format!("{review}/claim"), &[]).await, &review);
    let second = [
        ("level-0", "consistent"),
        ("level-1", "consistent"),
        ("do", "finish"),
    ];
    leads_to(
        &rita.post(&review, &second).await,
        &format!("{WAYNE}?done=pending"),
    );
    let own = body(lea.get(&submission).await).await;
    assert_eq!(own["state"], "submitted");

    // 5. Judith sees what both found, without their names, and decides.
    let queue = text(judith.get(WAYNE).await).await;
    assert!(queue.contains("Two reviewers differ"), "{queue}");
    let page = text(judith.get(&review).await).await;
    for said in ["Whom do they hear?", "Absent (not met)", "Consistent (met)"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("rob") && !page.contains("rita"));
    leads_to(&judith.post(&format!("{review}/claim"), &[]).await, &review);
    leads_to(
        &judith.post(&review, &first).await,
        &format!("{WAYNE}?done=returned"),
    );

    // 6. Lea is told what is missing, and hands in one more text. What was met stays met.
    let feedback = body(lea.get(&format!("{submission}/feedback")).await).await;
    assert_eq!(
        feedback["items"][0]["unmet"],
        json!(["listening"]),
        "{feedback}"
    );
    let text_of_lea = EvidenceContent::Text("They answer one another.".parse().expect("a text"));
    learner
        .adds(id.parse().expect("an id"), "reflection", text_of_lea)
        .expect("a piece of evidence");
    body(
        lea.post(
            &format!("{submission}/submit"),
            json!({ "note": "See the last text.", "privacy_statement": 1 }),
        )
        .await,
    )
    .await;
    for reviewer in [&rob, &rita] {
        leads_to(
            &reviewer.post(&format!("{review}/claim"), &[]).await,
            &review,
        );
        let page = text(reviewer.get(&review).await).await;
        for said in [
            "New in this version",
            "It stays met",
            "Said before",
            "See the last text.",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let met = [("level-0", "consistent"), ("do", "finish")];
        let answer = reviewer.post(&review, &met).await;
        assert_eq!(
            answer.status(),
            303,
            "{}",
            answer.text().await.expect("a page")
        );
    }

    // 7. The badge says how many reviewed, and everybody may know how long it takes.
    let badges = body(lea.get("/api/v1/badges").await).await;
    let badge = badges["items"][0]["id"].as_str().expect("an id");
    let visibility = format!("/api/v1/badges/{badge}/visibility");
    body(
        lea.put(&visibility, json!({ "visibility": "public" }))
            .await,
    )
    .await;
    served.check_badge(badge.parse().expect("an id")).await;
    let page = served.page("/organisations/wayne-county/turnaround").await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("median of the last 2 decisions"), "{page}");
    let figures = served
        .json("/api/v1/organisations/wayne-county/turnaround")
        .await;
    assert_eq!(
        (&figures["decided"], &figures["waiting"]),
        (&json!(2), &json!(0))
    );
    let again = served.caller("rob", &[]);
    let late = again
        .post(&format!("/api/v1{review}/claim"), json!({}))
        .await;
    assert_eq!(problem(late).await, (409, "state.conflict".to_owned()));

    // 8. Each sees how far they agree, themselves by name and the other as a number; they calibrate.
    let page = text(rob.get("/organisations/wayne-county/quality").await).await;
    assert!(page.contains("From the last 2 decided versions"), "{page}");
    assert!(!page.contains("rita"), "{page}");
    calibrates(&served, id, [&rob, &rita]).await;
}

#[tokio::test]
async fn what_was_typed_is_not_lost_when_somebody_else_has_claimed_it() {
    let served = Served::new().await;
    let id = served.test.learner("ada").submits();
    let review = format!("/reviews/{id}");
    let grace = served.test.person("grace", &[Role::Reviewer]);
    let hopper = served.caller("hopper", &[Role::Reviewer]);
    let grace = Browser::of(&served, &grace);
    // Without a claim of her own nothing is finished, and the form comes back as it was.
    let typed = [
        ("level-0", "absent"),
        ("comment-0", "Where is it?"),
        ("do", "finish"),
    ];
    let refused = grace.post(&review, &typed).await;
    assert_eq!(refused.status(), 422);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("claim it first")
    );
    body(
        hopper
            .post(&format!("/api/v1{review}/claim"), json!({}))
            .await,
    )
    .await;
    let refused = grace.post(&review, &typed).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("Where is it?") && page.contains("not saved"),
        "{page}"
    );
}

#[tokio::test]
async fn drafts_claims_and_pins_are_kept_over_the_interface() {
    let served = Served::new().await;
    let id = served.test.learner("ada").submits();
    let review = format!("/api/v1/reviews/{id}");
    let grace = served.caller("grace", &[Role::Reviewer]);
    let claimed = body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    assert_eq!(
        claimed["claimed_until"], "2026-11-25T12:00:00Z",
        "{claimed}"
    );
    let reading = body(grace.get(&review).await).await;
    let piece = reading["evidence"][0]["id"].clone();
    let pin = json!({ "evidence": piece, "at": { "second": 134 }, "comment": "No silence here." });
    let draft = json!({
        "version": 1,
        "scores": [{ "criterion": "waiting", "level": "absent", "pins": [pin] }],
        "doubt": true,
    });
    assert_eq!(
        grace
            .put(&format!("{review}/draft"), draft.clone())
            .await
            .status(),
        204
    );
    let released = grace.post(&format!("{review}/release"), json!({})).await;
    assert_eq!(released.status(), 204);
    let reading = body(grace.get(&review).await).await;
    assert_eq!(reading["draft"], draft);
    assert!(reading.get("claimed_until").is_none());
    let scores = json!([
        { "criterion": "waiting", "level": "absent", "pins": [pin] },
        { "criterion": "listening", "level": "consistent" },
    ]);
    let finish = json!({ "version": 1, "scores": scores });
    let unclaimed = grace.post(&review, finish.clone()).await;
    assert_eq!(
        problem(unclaimed).await,
        (409, "review.claim_missing".to_owned())
    );
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let finished = body(grace.post(&review, finish).await).await;
    assert_eq!(finished["decision"], "returned", "{finished}");
    // The earner finds the moment that is meant.
    let ada = served.caller("ada", &[]);
    let feedback = body(ada.get(&format!("/api/v1/submissions/{id}/feedback")).await).await;
    assert_eq!(
        feedback["items"][0]["scores"][0]["pins"],
        json!([pin]),
        "{feedback}"
    );
}
