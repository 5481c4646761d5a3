//! What keeps earners from giving away more than they mean to, and the service from holding more than it should.

use std::collections::BTreeSet;

use issuer::digest::Sha256Digest;
use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId};
use issuer::micro_credential::{self, Content, EvidenceKind, EvidenceRequirement};
use issuer::organisation::Role;
use issuer::rubric::{Criterion, Level, Rubric};
use issuer::submission::{self, EvidenceContent, Sharing};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::chapters::uploads_shown::jpeg;
use crate::served::{Caller, Served, header, problem};
use crate::uploading::Uploading;

async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn add(who: &Caller<'_>, submission: &str, piece: Value) -> String {
    let added = body(who.post(&format!("{submission}/evidence"), piece).await).await;
    added["id"].as_str().expect("an id").to_owned()
}

async fn upload(who: &Caller<'_>, submission: &str, content: Vec<u8>) -> String {
    let path = format!("{submission}/files?requirement=lesson&name=lesson.jpg");
    let request = who.request(Method::POST, &path).body(content);
    let added = body(request.send().await.expect("an answer")).await;
    added["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_earner_is_told_which_words_reviewers_will_not_see() {
    let served = Served::new().await;
    let person = served.test.person("lovelace", &[]);
    let ada = served.caller("lovelace", &[]);
    let submission = ada.begins().await;
    let link = json!({ "requirement": "lesson", "link": "https://lovelace.example/lesson" });
    let link = add(&ada, &submission, link).await;
    let text = json!({ "requirement": "reflection", "text": "I, Lovelace, waited. Ask lovelace@example.org." });
    let text = add(&ada, &submission, text).await;
    // What is only collected is not handed in, and what says nothing of her is not named.
    add(
        &ada,
        &submission,
        json!({ "link": "https://lovelace.example/more" }),
    )
    .await;
    let plain = json!({ "requirement": "lesson", "link": "https://video.example.net/1" });
    add(&ada, &submission, plain).await;
    let note = json!({ "note": "Greetings from Lovelace, Sunrise Elementary." });
    body(ada.put(&format!("{submission}/preparation"), note).await).await;

    let checklist = format!("{submission}/checklist");
    let told = body(ada.get(&checklist).await).await;
    assert_eq!(
        told["complete"], true,
        "a warning keeps nobody from handing in"
    );
    let warnings = told["warnings"].as_array().expect("warnings");
    let found: Vec<_> = warnings
        .iter()
        .map(|one| {
            (
                one["code"].as_str(),
                one["evidence"].as_str(),
                one["words"].clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                Some("warning.link_masked"),
                Some(link.as_str()),
                json!(["lovelace"])
            ),
            (
                Some("warning.text_masked"),
                Some(text.as_str()),
                json!(["Lovelace", "lovelace@example.org"])
            ),
            (
                Some("warning.text_masked"),
                None,
                json!(["Lovelace", "Sunrise Elementary"])
            ),
        ]
    );

    let path = submission.replace("/api/v1/", "/my/");
    let page = Browser::of(&served, &person).get(&path).await;
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("Reviewers will not see this as it stands"),
        "{page}"
    );
    assert!(page.contains("<q>lovelace@example.org</q>"), "{page}");

    let submit = format!("{submission}/submit");
    body(ada.post(&submit, json!({ "privacy_statement": 1 })).await).await;
    let told = body(ada.get(&checklist).await).await;
    assert_eq!(told["warnings"], json!([]), "it can no longer be changed");
}

#[tokio::test]
async fn the_tag_of_a_file_tells_a_reviewer_no_digest_that_could_be_found_elsewhere() {
    let service = Uploading::new().await;
    let served = &service.served;
    let ada = served.caller("ada", &[]);
    let grace = served.caller("grace", &[Role::Reviewer]);
    let submission = ada.begins().await;
    let photo = jpeg();
    let file = upload(&ada, &submission, photo.clone()).await;
    let plain = upload(
        &ada,
        &submission,
        b"%PDF-1.7 with nothing to take out".to_vec(),
    )
    .await;
    add(
        &ada,
        &submission,
        json!({ "requirement": "reflection", "text": "I waited." }),
    )
    .await;
    let submit = format!("{submission}/submit");
    let receipt = body(ada.post(&submit, json!({ "privacy_statement": 1 })).await).await;

    let review = submission.replace("/submissions/", "/reviews/");
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let mut tags = BTreeSet::new();
    for id in [&file, &plain] {
        let path = format!("{review}/evidence/{id}");
        let answer = grace.get(&path).await;
        let tag = header(&answer, "etag").trim_matches('"').to_owned();
        assert_eq!(tag.len(), 64, "{tag}");
        let seen = answer.bytes().await.expect("a body");
        assert_ne!(tag, Sha256Digest::of(&photo).to_string());
        assert_ne!(tag, Sha256Digest::of(&seen).to_string());
        assert!(!receipt.to_string().contains(&tag), "{receipt}");
        let request = grace.request(Method::GET, &path);
        let request = request
            .header("range", "bytes=1-")
            .header("if-range", format!("\"{tag}\""));
        assert_eq!(request.send().await.expect("an answer").status(), 206);
        tags.insert(tag);
    }
    assert_eq!(tags.len(), 2);
    let own = ada.get(&format!("{submission}/evidence/{file}")).await;
    let digest = format!("\"{}\"", Sha256Digest::of(&photo));
    assert_eq!(header(&own, "etag"), digest, "hers is the file's");
}

#[tokio::test]
async fn a_badge_has_room_for_whatever_can_be_shared_and_none_stays_open() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    add(
        &ada,
        &submission,
        json!({ "requirement": "reflection", "text": "I waited." }),
    )
    .await;
    let (mut shared, mut refused) = (Vec::new(), Vec::new());
    for number in 0..19 {
        // Quotation marks of other scripts are written as nine letters, and one byte is left.
        let link = format!("https://video.example.net/{number}/{}", "x".repeat(1_960));
        let id = add(
            &ada,
            &submission,
            json!({ "requirement": "lesson", "link": link }),
        )
        .await;
        let sharing = format!("{submission}/evidence/{id}/sharing");
        let answer = ada.put(&sharing, json!({ "sharing": "shared" })).await;
        match answer.status().as_u16() {
            200 => shared.push(id),
            _ => {
                assert_eq!(
                    problem(answer).await,
                    (409, "evidence.sharing_full".to_owned())
                );
                refused.push(id);
            }
        }
    }
    assert!(
        shared.len() >= 3 && refused.len() >= 10,
        "{} {}",
        shared.len(),
        refused.len()
    );
    // What is kept private again makes room.
    let sharing = format!("{submission}/evidence/{}/sharing", shared[0]);
    body(ada.put(&sharing, json!({ "sharing": "private" })).await).await;
    let sharing = format!("{submission}/evidence/{}/sharing", refused[0]);
    body(ada.put(&sharing, json!({ "sharing": "shared" })).await).await;
    // The page says it as well.
    let page = submission.replace("/api/v1/", "/my/");
    let browser = Browser::of(&served, &test.person("ada", &[]));
    let button = format!("share:{}", refused[1]);
    let told = browser.post(&page, &[("do", button.as_str())]).await;
    assert_eq!(told.status(), 422);
    assert!(
        told.text()
            .await
            .expect("a page")
            .contains("keep another one private first")
    );

    let submit = format!("{submission}/submit");
    body(ada.post(&submit, json!({ "privacy_statement": 1 })).await).await;
    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let award = test.reviewer("grace").accepts(id);
    let issued = issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    let named = document["evidence"].as_array().expect("evidence").len();
    assert_eq!(named, shared.len());
    test.check_badge(issued.badge());
}

/// Names, levels and addresses as long as they can be.
fn largest(name: &str) -> Content {
    let slug = |number: usize| format!("{}-{number}", "x".repeat(60));
    let level = |number: usize| Level {
        id: slug(number).parse().expect("a slug"),
        name: "A level".parse().expect("a name"),
        description: None,
        points: u32::try_from(number).expect("few"),
    };
    let criterion = |number: usize| Criterion {
        id: slug(number).parse().expect("a slug"),
        name: "A criterion".parse().expect("a name"),
        description: None,
        levels: (0..8).map(level).collect(),
        required_level: slug(1).parse().expect("a slug"),
    };
    Content {
        name: name.parse().expect("a name"),
        rubric: Rubric::new((0..20).map(criterion).collect()).expect("a rubric"),
        ..content()
    }
}

#[tokio::test]
async fn what_no_badge_could_be_issued_of_is_refused_with_its_reason_when_it_is_published() {
    let served = Served::new().await;
    let test = &served.test;
    let donna = test.person("donna", &[Role::Author]);
    let id: MicroCredentialId = "far-too-large".parse().expect("a slug");
    let written = largest("Far too large");
    micro_credential::write(
        &test.app,
        &donna,
        OrganisationId::host(),
        id.clone(),
        written,
    )
    .expect("a draft");
    let author = served.caller("donna", &[Role::Author]);
    let path = format!("/api/v1/micro-credentials/{id}/publish");
    let refused = author.post(&path, json!({})).await;
    assert_eq!(refused.status(), 422);
    let told: Value = refused.json().await.expect("a problem");
    assert_eq!(told["code"], "catalogue.unissuable");
    assert_eq!(told["pointer"], "");
    let detail = told["detail"].as_str().expect("words");
    assert!(
        detail.contains("more than the") && detail.contains("bytes"),
        "{detail}"
    );
}

#[test]
fn the_longest_names_of_twenty_requirements_leave_no_award_open() {
    let test = TestApp::new();
    let donna = test.person("donna", &[Role::Author]);
    let requirement = |number: usize| {
        let name = format!("{number:02}{}", "\"".repeat(290));
        EvidenceRequirement::new(
            format!("asked-{number}").parse().expect("a slug"),
            name.parse().expect("a name"),
            [EvidenceKind::Link],
        )
    };
    let written = Content {
        evidence_requirements: (0..20).map(requirement).collect(),
        ..content()
    };
    let id: MicroCredentialId = "long-names".parse().expect("a slug");
    micro_credential::write(
        &test.app,
        &donna,
        OrganisationId::host(),
        id.clone(),
        written,
    )
    .expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    let ada = test.learner("ada");
    let begun = submission::start(&test.app, &ada.person, &id, test.now).expect("a beginning");
    let mut shared = 0;
    for number in 0..20 {
        let link = format!("https://video.example.net/{number}")
            .parse()
            .expect("a link");
        let to = format!("asked-{number}");
        let piece = ada
            .adds(begun.id, &to, EvidenceContent::Link(link))
            .expect("a piece");
        let said =
            submission::share_evidence(&test.app, &ada.person, begun.id, piece.id, Sharing::Shared);
        shared += usize::from(said.is_ok());
    }
    assert!((5..20).contains(&shared), "{shared}");
    // One that is shared does not slip into the badge by being placed: it is counted where it goes.
    ada.hands_in(begun.id).expect("a version");
    let award = test.reviewer("grace").accepts(begun.id);
    issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
}

#[tokio::test]
async fn the_page_of_what_is_begun_leads_back_to_it() {
    let served = Served::new().await;
    let test = &served.test;
    let ada = test.learner("ada");
    let page = async || {
        let page = Browser::of(&served, &ada.person)
            .get("/achievements/wait-time")
            .await;
        page.text().await.expect("a page")
    };
    assert!(page().await.contains(">Start</button>"));
    let begun = ada.prepares();
    let told = page().await;
    let leads = format!(
        "<a class=\"button\" href=\"/my/submissions/{}\">Go on</a>",
        begun.id
    );
    assert!(
        told.contains(&leads) && !told.contains(">Start</button>"),
        "{told}"
    );
    ada.hands_in(begun.id).expect("a version");
    let award = test.reviewer("grace").accepts(begun.id);
    issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
    assert!(page().await.contains("You have earned this"));
    // For somebody else nothing is begun.
    let bob = Browser::of(&served, &test.person("bob", &[]));
    let told = bob
        .get("/achievements/wait-time")
        .await
        .text()
        .await
        .expect("a page");
    assert!(told.contains(">Start</button>"));
}

#[tokio::test]
async fn a_crash_while_a_file_is_removed_leaves_neither_the_file_nor_its_room() {
    let mut limits = crate::served::LIMITS.uploads;
    limits.person_bytes = 10_000;
    let service = Uploading::within(limits).await;
    let served = &service.served;
    let (test, ada) = (&served.test, served.caller("ada", &[]));
    let submission = ada.begins().await;
    let id = submission
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    let pdf = [b"%PDF-1.7 ".as_slice(), &[b'x'; 5_900]].concat();
    for _ in 0..10 {
        let piece = upload(&ada, &submission, pdf.clone())
            .await
            .parse()
            .expect("an id");
        assert_eq!(service.on_disk().len(), 1);
        // The commit of the removal, and nothing that comes after it.
        let earner = test.person("ada", &[]);
        submission::remove_evidence(&test.app, &earner, id, piece, test.now).expect("hers");
        assert_eq!(service.on_disk().len(), 1, "the program stopped here");
        service.look_after(test.now).await;
        assert!(service.is_empty().await, "upkeep has removed it");
    }
    // The room is exactly what it was: one file fits, two do not.
    upload(&ada, &submission, pdf.clone()).await;
    let path = format!("{submission}/files?requirement=lesson&name=b.pdf");
    let refused = ada
        .request(Method::POST, &path)
        .body(pdf.clone())
        .send()
        .await;
    let refused = refused.expect("an answer");
    assert_eq!(problem(refused).await, (413, "upload.quota".to_owned()));
    assert_eq!(test.records(b"evidence-removal/"), 0);
}
