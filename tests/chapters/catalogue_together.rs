//! What organisations and micro-credentials have to do with one another: adoption, and stacks.

use issuer::badge::{self, Visibility};
use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId};
use issuer::issuance;
use issuer::micro_credential;
use issuer::organisation::{self, Role};
use issuer::page::PageRequest;
use issuer::stack;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::chapters::organisations::{district, wayne};
use crate::served::{Caller, Served, problem};

/// Wayne County, with an author and a reviewer.
fn found_wayne(test: &TestApp) {
    let county = district(&wayne(), "Wayne County");
    organisation::found(&test.app, Actor::Service, county, test.now).expect("founded");
    for (name, role) in [("wanda", Role::Author), ("walter", Role::Reviewer)] {
        test.join(&test.person(name, &[]), &wayne(), &[role]);
    }
}

async fn adopt(author: &Caller<'_>) -> (u16, Value) {
    let body = json!({ "micro_credential": "wait-time" });
    let answer = author
        .post("/api/v1/organisations/wayne-county/adoptions", body)
        .await;
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_badge_of_an_adopted_micro_credential_names_adopter_and_owner() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let (owner, adopter) = (served.caller("donna", &[]), served.caller("wanda", &[]));
    let earner = served.caller("ada", &[]);
    let start = json!({ "micro_credential": "wait-time", "organisation": "wayne-county" });
    let early = earner.post("/api/v1/submissions", start.clone()).await;
    assert_eq!(problem(early).await, (422, "input.invalid".to_owned()));

    let policy = "/api/v1/micro-credentials/wait-time/adoption";
    owner.put(policy, json!({ "adoption": "closed" })).await;
    assert_eq!(adopt(&adopter).await.0, 409);
    owner.put(policy, json!({ "adoption": "by_request" })).await;
    let (status, asked) = adopt(&adopter).await;
    assert_eq!((status, &asked["granted"]), (201, &json!(false)));
    let grant = "/api/v1/micro-credentials/wait-time/adoptions/wayne-county";
    assert_eq!(
        adopter.put(grant, json!({})).await.status(),
        404,
        "only its owner grants it"
    );
    assert_eq!(owner.put(grant, json!({})).await.status(), 200);
    let listed = served.page("/catalogue?issuer=wayne-county").await;
    assert!(
        listed
            .text()
            .await
            .expect("a page")
            .contains("/achievements/wait-time")
    );

    let begun = earner.post("/api/v1/submissions", start).await;
    let begun: Value = begun.json().await.expect("a submission");
    let id = begun["id"].as_str().expect("an id").parse().expect("an id");
    let learner = test.learner("ada");
    learner.adds_link(id, "https://video.example.net/lesson-1");
    learner.adds_text(id, "I counted to five.");
    learner.hands_in(id).expect("a complete submission");
    let award = test.reviewer("walter").accepts(id);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    let ada = test.person("ada", &[]);
    badge::set_visibility(&test.app, &ada, issued.badge(), Visibility::Public).expect("her leave");
    served.check_badge(issued.badge()).await;
    let badge = served.json(&test.app.site.badge(issued.badge())).await;
    assert_eq!(badge["issuer"]["name"], "Wayne County");
    let achievement = &badge["credentialSubject"]["achievement"];
    assert_eq!(
        achievement["creator"]["name"],
        "Example Department of Education"
    );
    let shown = served.json("/api/v1/micro-credentials/wait-time").await;
    assert_eq!(
        achievement["otherIdentifier"][0]["identifier"],
        shown["content_sha256"]
    );
}

/// Publishes copies of the chapters' micro-credential, and a stack of them.
pub(super) fn publish_stack(test: &TestApp) -> [MicroCredentialId; 3] {
    let donna = test.person("donna", &[Role::Author]);
    let ids = ["first", "second", "third"].map(|id| id.parse().expect("a slug"));
    let publish = |id: &MicroCredentialId, said| {
        let host = OrganisationId::host();
        micro_credential::write(&test.app, &donna, host, id.clone(), said).expect("a draft");
        micro_credential::publish(&test.app, Actor::Service, id, test.now)
            .expect("its publication");
    };
    for id in &ids {
        publish(id, content());
    }
    let mut stack = content();
    stack.name = "Questioning Master".parse().expect("a title");
    stack.evidence_requirements.clear();
    stack.rubric = Default::default();
    stack.stack = ids.to_vec();
    publish(&"master".parse().expect("a slug"), stack);
    ids
}

pub(super) fn earns(test: &TestApp, id: &MicroCredentialId) {
    let learner = test.learner("ada");
    let submission = learner.prepares_for(id).id;
    learner.hands_in(submission).expect("a complete submission");
    let award = test.reviewer("grace").accepts(submission);
    issuance::issue(&test.app, award, test.now).expect("a badge");
}

#[test]
fn a_stack_awards_itself_once_when_the_last_of_it_is_earned() {
    let test = TestApp::new();
    let [first, second, third] = publish_stack(&test);
    let ada = test.person("ada", &[]);
    let badges = || {
        let held = test.app.store.badges_of(ada.id, &PageRequest::most());
        held.expect("the store").items
    };
    earns(&test, &first);
    earns(&test, &second);
    assert_eq!(badges().len(), 2);
    let way = stack::progress(&test.app, ada.id).expect("her progress");
    assert_eq!(
        (way.len(), way[0].earned(), way[0].members.len()),
        (1, 2, 3)
    );

    earns(&test, &third);
    let held = badges();
    assert_eq!(held.len(), 4);
    let stack = held
        .iter()
        .find(|badge| badge.micro_credential.as_str() == "master");
    let stack = stack.expect("the stack's badge");
    test.check_badge(stack.id);
    let issued = test
        .app
        .store
        .issued(stack.id, 1)
        .expect("the store")
        .expect("its edition");
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    let related = &document["credentialSubject"]["achievement"]["related"];
    assert_eq!(
        related[2]["id"],
        "https://badges.example.org/achievements/third"
    );
    stack::settle_all(&test.app, test.now).expect("nothing left");
    issuance::resume(&test.app, test.now).expect("nothing open");
    assert_eq!(badges().len(), 4);
    assert_eq!(
        stack::progress(&test.app, ada.id).expect("her progress"),
        []
    );
    assert_eq!(test.records(b"stack-check/"), 0);
}

#[tokio::test]
async fn starting_two_leaves_both_as_started() {
    let served = Served::new().await;
    publish_stack(&served.test);
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let page = browser
        .get("/achievements/wait-time")
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("action=\"/my/submissions\""), "{page}");
    for id in ["wait-time", "first"] {
        let started = browser
            .post("/my/submissions", &[("micro_credential", id)])
            .await;
        assert_eq!(started.status(), 303);
        assert!(crate::served::header(&started, "location").starts_with("/my/submissions/"));
    }
    let page = browser.get("/my").await.text().await.expect("a page");
    assert_eq!(page.matches(">Started<").count(), 2, "{page}");
    let refused = browser
        .post("/my/submissions", &[("micro_credential", "master")])
        .await;
    assert_eq!(refused.status(), 409);
    let stranger = Browser::new(&served).get("/my").await;
    assert_eq!(
        crate::served::header(&stranger, "location"),
        "/sign-in?next=%2Fmy"
    );
}

#[test]
fn points_decide_where_the_micro_credential_says_so() {
    let test = TestApp::new();
    let donna = test.person("donna", &[Role::Author]);
    let id: MicroCredentialId = "points".parse().expect("a slug");
    let mut said = content();
    said.decision = issuer::rubric::Decision::LeastPoints(5);
    micro_credential::write(&test.app, &donna, OrganisationId::host(), id.clone(), said)
        .expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    let learner = test.learner("ada");
    let submission = learner.prepares_for(&id).id;
    learner.hands_in(submission).expect("a complete submission");

    let grace = test.reviewer("grace");
    let wordless = [
        ("waiting", "consistent", None),
        ("listening", "consistent", None),
    ];
    let refused = grace
        .scores(submission, &wordless)
        .expect_err("points lack");
    assert_eq!(refused.code(), "review.comment_required");
    let word = Some("A third pause would do it.");
    let scores = [
        ("waiting", "consistent", word),
        ("listening", "consistent", word),
    ];
    let returned = grace.scores(submission, &scores).expect("a review");
    assert!(matches!(
        returned.decision,
        issuer::review::Decision::Returned { .. }
    ));
    learner.hands_in(submission).expect("another version");
    let scores = [
        ("waiting", "consistent", None),
        ("listening", "exemplary", None),
    ];
    let accepted = grace.scores(submission, &scores).expect("a review");
    assert!(matches!(
        accepted.decision,
        issuer::review::Decision::Accepted { .. }
    ));
}
