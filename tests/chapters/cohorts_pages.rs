//! The pages of cohorts, as browsers without JavaScript use them.

use issuer::event::Actor;
use issuer::organisation::{self, Role};
use issuer::submission;
use reqwest::Response;

use super::organisations::{district, wayne};
use crate::browser::Browser;
use crate::catalogue::wait_time;
use crate::mailbox;
use crate::served::{Served, header};

async fn text(answer: Response) -> String {
    let status = answer.status();
    let text = answer.text().await.expect("a page");
    assert_eq!(status, 200, "{text}");
    text
}

fn leads_to(answer: &Response) -> String {
    assert_eq!(answer.status(), 303);
    header(answer, "location").to_owned()
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {page}"));
    rest.split_once(after).expect("an end").0
}

/// Cora's browser and the address of the cohort that she has made in it.
async fn made(served: &Served) -> (Browser<'_>, String) {
    let test = &served.test;
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let cora = test.person("cora", &[]);
    test.join(&cora, &wayne(), &[Role::Coordinator]);
    let cora = Browser::of(served, &cora);
    let page = "/organisations/wayne-county/cohorts";
    assert!(
        text(cora.get(page).await)
            .await
            .contains("There are none yet")
    );
    let mut form = [
        ("name", "New teachers"),
        ("goal", "A first badge each by May."),
        (
            "lines",
            "https://badges.example.org/achievements/wait-time\nno-such-thing",
        ),
        ("office_hours", "Tuesdays at 16:00"),
        ("office_link", "https://meet.example.net/wayne"),
    ];
    let refused = cora.post(page, &form).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(
        refused.contains("There is no published micro-credential no-such-thing"),
        "{refused}"
    );
    assert!(
        refused.contains("Tuesdays at 16:00"),
        "what was typed is kept"
    );
    form[2].1 = "wait-time";
    let manage = leads_to(&cora.post(page, &form).await);
    assert!(text(cora.get(page).await).await.contains("New teachers"));
    let cohort = manage.strip_suffix("/manage").expect("where it is managed");
    let cohort = cohort.to_owned();
    (cora, cohort)
}

/// The path at which people join.
async fn join_path(cora: &Browser<'_>, cohort: &str) -> String {
    let page = text(cora.get(&format!("{cohort}/manage")).await).await;
    let code = between(&page, "/cohorts/join?code=", "<");
    format!("/cohorts/join?code={code}")
}

/// Fred facilitates, by a link that was mailed to him.
async fn fred<'a>(served: &'a Served, cora: &Browser<'_>, cohort: &str) -> Browser<'a> {
    let asked = [("name", "Fred"), ("email", "fred@example.org")];
    let shown = cora.post(&format!("{cohort}/facilitators"), &asked).await;
    assert!(text(shown).await.contains("shown this once"));
    let link = mailbox::link_to(&served.test, "fred@example.org");
    let stranger = Browser::new(served).get(&link).await;
    assert!(leads_to(&stranger).starts_with("/sign-in?next="));
    let fred = Browser::of(served, &served.test.person("fred", &[]));
    assert!(
        text(fred.get(&link).await)
            .await
            .contains("Facilitate New teachers")
    );
    assert_eq!(leads_to(&fred.post(&link, &[]).await), cohort);
    fred
}

#[tokio::test]
async fn people_join_talk_and_leave() {
    let served = Served::new().await;
    let (cora, cohort) = made(&served).await;
    let join = join_path(&cora, &cohort).await;
    let fred = fred(&served, &cora, &cohort).await;
    let ada = Browser::of(&served, &served.test.person("ada", &[]));
    let page = text(ada.get(&join).await).await;
    for told in [
        "Join New teachers",
        "A first badge each by May.",
        "Facilitated by fred",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let code = join.rsplit('=').next().expect("a code");
    let wrong = ada.post("/cohorts/join", &[("code", "BCDFG-HJKLM")]).await;
    assert_eq!(wrong.status(), 422);
    let joined = ada
        .post("/cohorts/join", &[("code", code), ("progress", "yes")])
        .await;
    assert_eq!(leads_to(&joined), cohort);
    assert!(text(ada.get("/my").await).await.contains("New teachers"));

    // Posting, replying, and what is no HTML.
    let posts = format!("{cohort}/posts");
    let empty = ada.post(&posts, &[("text", "  ")]).await;
    assert_eq!(empty.status(), 422);
    let long = "x".repeat(4_001);
    let refused = ada.post(&posts, &[("text", &long)]).await;
    assert_eq!(refused.status(), 422);
    assert!(
        refused.text().await.expect("a page").contains(&long),
        "what was typed is kept"
    );
    let words = "<script>alert(1)</script> says Ada";
    assert_eq!(
        leads_to(&ada.post(&posts, &[("text", words)]).await),
        cohort
    );
    let wall = text(fred.get(&cohort).await).await;
    assert!(
        !wall.contains("<script>alert") && wall.contains("says Ada"),
        "{wall}"
    );
    assert!(wall.contains("Tuesdays at 16:00") && wall.contains("https://meet.example.net/wayne"));
    let post = format!("{posts}/{}", between(&wall, &format!("{posts}/"), "\""));
    let reply = fred
        .post(&format!("{post}/replies"), &[("text", "Welcome!")])
        .await;
    assert_eq!(leads_to(&reply), post);
    let talk = text(ada.get(&post).await).await;
    assert!(
        talk.contains("Welcome!") && !talk.contains("/hide\""),
        "{talk}"
    );
    assert!(text(ada.get(&cohort).await).await.contains("1 reply"));

    // Hiding takes a reason, which Ada reads.
    let unsaid = fred.post(&format!("{post}/hide"), &[]).await;
    assert_eq!(unsaid.status(), 422);
    let hidden = fred
        .post(&format!("{post}/hide"), &[("reason", "No scripts.")])
        .await;
    assert_eq!(leads_to(&hidden), post);
    assert!(
        text(ada.get(&post).await)
            .await
            .contains("Hidden by a facilitator: No scripts.")
    );
    assert_eq!(
        leads_to(&fred.post(&format!("{post}/show"), &[]).await),
        post
    );

    // Whoever made it sees what it is for and reads nothing; others see nothing.
    let seen = text(cora.get(&cohort).await).await;
    assert!(
        seen.contains("New teachers") && !seen.contains("says Ada"),
        "{seen}"
    );
    let mallory = Browser::of(&served, &served.test.person("mallory", &[]));
    for path in [
        cohort.clone(),
        post.clone(),
        format!("{cohort}/people"),
        format!("{cohort}/manage"),
    ] {
        assert_eq!(mallory.get(&path).await.status(), 404, "{path}");
    }

    let people = text(ada.get(&format!("{cohort}/people")).await).await;
    assert!(people.contains("facilitator, since"), "{people}");
    assert!(between(&people, "name=\"progress\"", ">").contains("checked"));
    let back = ada.post(&format!("{post}/take-back"), &[]).await;
    assert_eq!(leads_to(&back), post, "there is a reply");
    assert!(
        text(fred.get(&post).await)
            .await
            .contains("Taken back by whoever said it.")
    );
    assert_eq!(
        leads_to(&ada.post(&format!("{cohort}/leave"), &[]).await),
        "/my"
    );
    assert_eq!(ada.get(&cohort).await.status(), 404);
}

#[tokio::test]
async fn a_member_asks_and_a_facilitator_answers_and_is_shown_the_draft() {
    let served = Served::new().await;
    let (cora, cohort) = made(&served).await;
    let join = join_path(&cora, &cohort).await;
    let fred = fred(&served, &cora, &cohort).await;
    let person = served.test.person("ada", &[]);
    let ada = Browser::of(&served, &person);
    let code = join.rsplit('=').next().expect("a code");
    leads_to(
        &ada.post("/cohorts/join", &[("code", code), ("progress", "yes")])
            .await,
    );
    let begun = submission::start(&served.test.app, &person, &wait_time(), served.test.now);
    let id = begun.expect("a beginning").id;

    let help = format!("{cohort}/help");
    let page = text(ada.get(&help).await).await;
    assert!(
        page.contains(&format!("value=\"{id}\"")) && !page.contains("<textarea"),
        "{page}"
    );
    let page = text(ada.get(&format!("{help}?submission={id}")).await).await;
    assert!(
        page.contains("requirement:reflection") && page.contains("criterion:waiting"),
        "{page}"
    );
    let submission = id.to_string();
    let mut form = [
        ("submission", submission.as_str()),
        ("part", "requirement:reflection"),
        ("text", ""),
    ];
    assert_eq!(ada.post(&help, &form).await.status(), 422);
    form[2].1 = "What do I reflect on?";
    assert_eq!(leads_to(&ada.post(&help, &form).await), help);

    let requests = format!("{cohort}/requests");
    let page = text(fred.get(&requests).await).await;
    for told in [
        "What do I reflect on?",
        "0 of 2 there",
        "being prepared",
        "Missing:",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let one = between(&page, &format!("{requests}/"), "/answers").to_owned();
    assert!(!page.contains("/draft\""), "nothing is shown yet");
    let answers = format!("{requests}/{one}/answers");
    let answered = fred.post(&answers, &[("text", "On the silence.")]).await;
    assert_eq!(leads_to(&answered), requests);
    let page = text(ada.get(&help).await).await;
    assert!(
        page.contains("On the silence.") && page.contains("Show fred the draft"),
        "{page}"
    );
    let whom = between(&page, "name=\"facilitator\" value=\"", "\"").to_owned();
    let shown = ada
        .post(&format!("{help}/{one}/show"), &[("facilitator", &whom)])
        .await;
    assert_eq!(leads_to(&shown), help);
    assert!(
        text(ada.get(&help).await)
            .await
            .contains("has not opened it yet")
    );
    let draft = format!("/drafts/{id}");
    assert_eq!(fred.get(&draft).await.status(), 404);
    let opened = fred.post(&format!("{requests}/{one}/draft"), &[]).await;
    assert_eq!(leads_to(&opened), draft);
    assert!(text(fred.get(&draft).await).await.contains("Draft of ada"));
    assert!(text(fred.get(&requests).await).await.contains(&draft));

    let ways = text(fred.get(&format!("{cohort}/progress")).await).await;
    assert!(
        ways.contains("<strong>ada</strong>") && ways.contains("Wait Time"),
        "{ways}"
    );
    let closed = ada
        .post(&format!("{help}/{one}/close"), &[("how", "helped")])
        .await;
    assert_eq!(leads_to(&closed), help);
    assert!(
        text(ada.get(&help).await)
            .await
            .contains("An answer helped")
    );
    assert!(
        text(fred.get(&requests).await)
            .await
            .contains("Nobody waits for help.")
    );
    for (browser, path) in [(&ada, &requests), (&fred, &help)] {
        assert_eq!(browser.get(path).await.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn a_coordinator_invites_changes_and_archives() {
    let served = Served::new().await;
    let (cora, cohort) = made(&served).await;
    let ivy = served.test.person("ivy", &[]);
    let manage = format!("{cohort}/manage");
    let email = [("email", "ivy@example.org")];
    let refused = cora.post(&format!("{cohort}/people"), &email).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.expect("a page");
    assert!(
        refused.contains("No member of the organisation has this address"),
        "{refused}"
    );
    served.test.join(&ivy, &wayne(), &[]);
    assert_eq!(
        leads_to(&cora.post(&format!("{cohort}/people"), &email).await),
        manage
    );

    let ivy = Browser::of(&served, &ivy);
    let my = text(ivy.get("/my").await).await;
    assert!(my.contains("You are invited"), "{my}");
    let join = format!("/cohorts/join?{}", between(&my, "/cohorts/join?", "\""));
    let page = text(ivy.get(&join).await).await;
    assert!(
        page.contains("No, thank you") && !page.contains("name=\"code\""),
        "{page}"
    );
    let id = join.rsplit('=').next().expect("an id");
    assert_eq!(
        leads_to(&ivy.post("/cohorts/decline", &[("cohort", id)]).await),
        "/my"
    );
    assert_eq!(ivy.get(&join).await.status(), 404);
    leads_to(&cora.post(&format!("{cohort}/people"), &email).await);
    assert_eq!(
        leads_to(&ivy.post("/cohorts/join", &[("cohort", id)]).await),
        cohort
    );

    let wrong = [
        ("name", "New teachers"),
        ("goal", ""),
        ("lines", "wait-time"),
    ];
    assert_eq!(cora.post(&manage, &wrong).await.status(), 422);
    let right = [("name", "Newer teachers"), ("goal", "Two each.")];
    assert_eq!(leads_to(&cora.post(&manage, &right).await), manage);
    assert!(
        text(ivy.get(&cohort).await)
            .await
            .contains("Newer teachers")
    );
    let before = join_path(&cora, &cohort).await;
    leads_to(&cora.post(&format!("{cohort}/code"), &[]).await);
    assert_ne!(join_path(&cora, &cohort).await, before);
    assert_eq!(ivy.get(&before).await.status(), 422);
    leads_to(&cora.post(&format!("{cohort}/archive"), &[]).await);
    let wall = text(ivy.get(&cohort).await).await;
    assert!(
        wall.contains("Archived on") && !wall.contains("<textarea"),
        "{wall}"
    );
    let late = ivy
        .post(&format!("{cohort}/posts"), &[("text", "Hello?")])
        .await;
    assert_eq!(late.status(), 422);
    leads_to(&cora.post(&format!("{cohort}/reopen"), &[]).await);
    let person = served.test.person("ivy", &[]).id;
    leads_to(
        &cora
            .post(&format!("{cohort}/people/{person}/remove"), &[])
            .await,
    );
    // Members of the organisation may know that there is such a cohort, and no more.
    assert_eq!(ivy.get(&cohort).await.status(), 403);
}
