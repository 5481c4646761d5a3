//! The pages of reviewers' quality, as browsers without JavaScript use them.

use issuer::event::Actor;
use issuer::id::OrganisationId;
use issuer::micro_credential::{self, Content};
use issuer::organisation::Role;
use reqwest::Response;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::served::{Served, header};

const TRAINING: &str = "/organisations/host/training";
const SET: &str = "/organisations/host/training/wait-time";
const SESSIONS: &str = "/organisations/host/calibrations";

async fn text(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("a page")
}

/// Where a form led.
fn led_to(answer: &Response) -> String {
    assert_eq!(answer.status(), 303);
    header(answer, "location").to_owned()
}

async fn refused(answer: Response) -> String {
    assert_eq!(answer.status(), 422);
    answer.text().await.expect("a page")
}

fn signed_in<'a>(served: &'a Served, name: &str, roles: &[Role]) -> Browser<'a> {
    Browser::of(served, &served.test.person(name, roles))
}

fn publish_badge(test: &TestApp) {
    let author = test.person("alice", &[Role::Author]);
    let id = "wait-time-reviewer".parse().expect("a slug");
    let says = Content {
        name: "Reviewer of Wait Time".parse().expect("a title"),
        validity_months: Some(12),
        ..content()
    };
    let id = micro_credential::write(&test.app, &author, OrganisationId::host(), id, says)
        .expect("a draft")
        .id;
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
}

const EXEMPLAR: [(&str, &str); 7] = [
    ("title", "Answers her own question"),
    ("link-0", "https://video.example.net/lesson-7"),
    ("text-1", "I asked, waited, and then I answered myself."),
    ("level-0", "consistent"),
    ("comment-0", "The waits are there."),
    ("level-1", "absent"),
    ("comment-1", "Nobody else is heard."),
];

#[tokio::test]
async fn an_author_makes_a_set_and_a_reviewer_passes_with_it() {
    let served = Served::new().await;
    publish_badge(&served.test);
    let alice = signed_in(&served, "alice", &[Role::Author]);
    let list = text(alice.get(TRAINING).await).await;
    assert!(list.contains("Make a training set"));
    let made = alice.post(TRAINING, &[("line", "wait-time")]).await;
    assert_eq!(led_to(&made), SET);
    let mut rules = [
        ("exemplars", "1"),
        ("level_percent", "ninety"),
        ("met_percent", "80"),
        ("tries", "3"),
        ("wait_hours", "24"),
        ("months", "12"),
        ("badge", "wait-time-reviewer"),
    ];
    let again = refused(alice.post(SET, &rules).await).await;
    assert!(again.contains("whole number"));
    assert!(again.contains("value=\"ninety\""), "what was typed is kept");
    rules[1].1 = "90";
    assert_eq!(led_to(&alice.post(SET, &rules).await), SET);

    let exemplars = format!("{SET}/exemplars");
    let mut wrong = EXEMPLAR;
    wrong[5].1 = "";
    let again = refused(alice.post(&exemplars, &wrong).await).await;
    assert!(again.contains("the right level for Listening"));
    assert!(
        again.contains("Nobody else is heard."),
        "what was typed is kept"
    );
    assert_eq!(led_to(&alice.post(&exemplars, &EXEMPLAR).await), exemplars);
    assert!(
        text(alice.get(&exemplars).await)
            .await
            .contains("Answers her own question")
    );

    let grace = signed_in(&served, "grace", &[Role::Reviewer]);
    let set = text(grace.get(SET).await).await;
    assert!(set.contains("You are not certified for it."));
    assert!(
        !set.contains("What it takes"),
        "the rules are the authors' to change"
    );
    let place = led_to(&grace.post(&format!("{SET}/tries"), &[]).await);
    let blind = text(grace.get(&place).await).await;
    assert!(blind.contains("Exemplar 1 of 1"));
    assert!(blind.contains("and then I answered myself."));
    for word in ["The waits are there.", "Answers her own question"] {
        assert!(!blind.contains(word), "{word} is in {blind}");
    }
    let (_, form) = blind.split_once("<form action=\"").expect("a form");
    let (path, _) = form.split_once('"').expect("an address");
    let unscored = grace.get(path).await;
    assert_eq!(led_to(&unscored), place, "gold comes after the scores");
    let half = [("level-0", "consistent")];
    let again = refused(grace.post(path, &half).await).await;
    assert!(again.contains("A level is missing for listening"));
    assert!(again.contains("value=\"consistent\" checked"), "{again}");
    let whole = [("level-0", "consistent"), ("level-1", "absent")];
    let compared = led_to(&grace.post(path, &whole).await);
    assert_eq!(compared, path);
    let compared = text(grace.get(path).await).await;
    assert!(compared.contains("The waits are there."));
    let result = text(grace.get(&place).await).await;
    assert!(result.contains("Passed") && result.contains("2 of 2 scores"));
    assert_eq!(served.test.badges_of("grace").len(), 1);

    let cora = signed_in(&served, "cora", &[Role::Coordinator]);
    let set = text(cora.get(SET).await).await;
    assert!(set.contains("Certified reviewers") && set.contains("grace"));
    let set = text(grace.get(SET).await).await;
    assert!(set.contains("You are certified until 22 November 2027."));
    assert!(!set.contains("Certified reviewers"));
}

#[tokio::test]
async fn a_coordinator_opens_a_session_and_its_report_leads_to_a_draft() {
    let served = Served::new().await;
    let test = &served.test;
    let submission = test.learner("ada").submits();
    test.reviewer("grace").accepts(submission);
    let reviewers = ["hopper", "lin"].map(|name| signed_in(&served, name, &[Role::Reviewer]));
    let ids = ["hopper", "lin"].map(|name| test.person(name, &[]).id.to_string());
    let cora = signed_in(&served, "cora", &[Role::Coordinator]);
    let page = text(cora.get(SESSIONS).await).await;
    let subject = format!("submission:{submission}");
    assert!(page.contains(&subject));

    let alone = [
        ("title", "Wait Time in November"),
        ("subject", subject.as_str()),
        ("reviewer", ids[0].as_str()),
    ];
    let again = refused(cora.post(SESSIONS, &alone).await).await;
    assert!(again.contains("2 to 12 reviewers"));
    assert!(
        again.contains("Wait Time in November"),
        "what was typed is kept"
    );
    let both = [alone[0], alone[1], alone[2], ("reviewer", ids[1].as_str())];
    let place = led_to(&cora.post(SESSIONS, &both).await);

    let scores = format!("{place}/scores");
    for (reviewer, level) in reviewers.iter().zip(["consistent", "absent"]) {
        assert!(
            text(reviewer.get(SESSIONS).await)
                .await
                .contains("Waits for you")
        );
        let opened = reviewer.get(&place).await;
        let policy = header(&opened, "content-security-policy").to_owned();
        assert!(
            policy.contains("media-src 'self'"),
            "recordings are played here: {policy}"
        );
        let page = text(opened).await;
        assert!(page.contains("I counted to five before I took an answer."));
        for word in [">ada<", "ada@", "Ada"] {
            assert!(!page.contains(word), "{word} is in {page}");
        }
        let missing = refused(
            reviewer
                .post(&scores, &[("comment-0", "Five seconds.")])
                .await,
        );
        let missing = missing.await;
        assert!(
            missing.contains("Please choose a level for Waiting."),
            "{missing}"
        );
        assert!(missing.contains("Five seconds."), "what was typed is kept");
        let sheet = [
            ("level-0", level),
            ("comment-0", "Five seconds."),
            ("level-1", "consistent"),
        ];
        assert_eq!(led_to(&reviewer.post(&scores, &sheet).await), place);
    }
    let seen = text(reviewers[0].get(&place).await).await;
    assert!(seen.contains("They differ") && seen.contains("All agree on met or not"));
    assert!(seen.contains("<dt>You</dt>") && seen.contains("<dt>Reviewer "));
    assert!(
        !seen.contains("<dt>lin</dt>"),
        "names are for those who lead"
    );
    assert!(text(cora.get(&place).await).await.contains("<dt>lin</dt>"));

    let clear = [("criterion", "waiting"), ("text", "Three seconds or more.")];
    let clarified = cora.post(&format!("{place}/clarifications"), &clear).await;
    assert_eq!(led_to(&clarified), place);
    let begun = cora.post(&format!("{place}/revision"), &[]).await;
    assert_eq!(led_to(&begun), place);
    let page = text(cora.get(&place).await).await;
    assert!(page.contains("Three seconds or more.") && page.contains("wait-time-v2"));
}

#[tokio::test]
async fn the_page_on_agreement_says_what_its_figures_rest_on() {
    let served = Served::new().await;
    let submission = served.test.learner("ada").submits();
    served.test.reviewer("grace").accepts(submission);
    let grace = signed_in(&served, "grace", &[]);
    let page = text(grace.get("/organisations/host/quality").await).await;
    assert!(page.contains("From the last 1 decided version, 0 of which"));
    assert!(page.contains("From fewer than 10 pairs no figure is given."));
    assert!(page.contains("0 pairs") && page.contains("too few pairs"));
    let outsider = signed_in(&served, "zoe", &[]);
    let answer = outsider.get("/organisations/host/quality").await;
    assert_eq!(answer.status(), 404);
}
