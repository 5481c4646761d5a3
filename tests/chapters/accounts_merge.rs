//! Two accounts of one person become one, and nothing is lost.

use std::collections::BTreeSet;

use issuer::badge;
use issuer::id::OrganisationId;
use issuer::link::{self, LinkSecret};
use issuer::organisation::{Role, joining};
use issuer::page::PageRequest;
use issuer::person::Person;
use issuer::rights::Scope;
use issuer::stack;
use issuer::submission::{self, State};
use issuer::{issuance, merge, person, session, token};
use serde_json::{Value, json};

use super::catalogue_together::publish_stack;
use crate::app::TestApp;
use crate::browser::Browser;
use crate::mailbox::{empty, link_to, messages};
use crate::served::{Served, problem};

/// The secret of a link that shows that one person has the address of the other.
pub fn proof(test: &TestApp, person: &Person, other: &Person) -> LinkSecret {
    // Of what was written before nothing is looked at.
    empty(test);
    link::send_proof(&test.app, person, other.primary(), test.now).expect("a link");
    let path = link_to(test, other.primary().as_str());
    path["/link/".len()..].parse().expect("a secret")
}

/// Ada at work has a badge, a token, a session and a role; Ada at home has begun the same once more.
fn two_accounts(test: &TestApp) -> (Person, Person) {
    let work = test.person("ada", &[Role::Coordinator]);
    let submission = test.learner("ada").submits();
    let award = test.reviewer("grace").accepts(submission);
    issuance::issue(&test.app, award, test.now).expect("a badge");
    let home = test.person("ada-at-home", &[Role::Reviewer]);
    test.learner("ada-at-home").prepares();
    (home, work)
}

#[tokio::test]
async fn joined_accounts_keep_everything_of_both() {
    let served = Served::new().await;
    let test = &served.test;
    let (home, work) = two_accounts(test);
    let at_work = Browser::of(&served, &work);
    let program = person::make_token(&test.app, work.id, Scope::all(), test.now);
    let program = program.expect("a token");
    let at_home = Browser::of(&served, &home);

    let asked = [("email", "ada@example.org")];
    assert_eq!(
        at_home.post("/account/addresses", &asked).await.status(),
        303
    );
    let link = link_to(test, "ada@example.org");
    // Whoever is signed in to the other account alone sees nothing of it there.
    let elsewhere = at_work.get(&link).await.text().await.expect("a page");
    assert!(elsewhere.contains("Sign in first"), "{elsewhere}");
    at_work.post(&link, &[]).await;

    let page = at_home.get(&link).await.text().await.expect("a page");
    for told in [
        "Join two accounts",
        "ada@example.org",
        "Both accounts have a submission for Wait Time",
        "Example Department of Education",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // Looking has changed nothing.
    assert!(
        test.app
            .store
            .person(work.id)
            .expect("the store")
            .is_some_and(|found| found == work)
    );
    assert_eq!(at_home.post(&link, &[]).await.status(), 303);

    // The browser, the token and the identifier of the other account lead to this one.
    let me: Value = at_work
        .get("/api/v1/people/me")
        .await
        .json()
        .await
        .expect("an account");
    assert_eq!(me["id"], home.id.to_string());
    assert_eq!(
        me["emails"],
        json!(["ada-at-home@example.org", "ada@example.org"])
    );
    assert_eq!(
        me["memberships"][0]["roles"],
        json!(["reviewer", "coordinator"])
    );
    let (holder, _) = token::authenticate(&test.app, program.expose(), test.now).expect("hers");
    assert_eq!(holder.id, home.id);
    let led = test
        .app
        .store
        .person(work.id)
        .expect("the store")
        .expect("Ada");
    assert_eq!(led.id, home.id);
    assert_eq!(
        session::of(&test.app, home.id, test.now)
            .expect("the store")
            .len(),
        2
    );

    // One badge, two submissions, both to be seen, and the one that has come further is the one found first.
    let badges: Value = at_home
        .get("/api/v1/badges")
        .await
        .json()
        .await
        .expect("a list");
    assert_eq!(badges["items"].as_array().map(Vec::len), Some(1));
    let submissions: Value = at_home
        .get("/api/v1/submissions")
        .await
        .json()
        .await
        .expect("a list");
    let states: Vec<_> = submissions["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert_eq!(states.len(), 2, "{submissions}");
    for one in submissions["items"].as_array().expect("a list") {
        let path = format!("/api/v1/submissions/{}", one["id"].as_str().expect("an id"));
        assert_eq!(at_home.get(&path).await.status(), 200);
    }
    // Both mailboxes are told.
    for address in ["ada@example.org", "ada-at-home@example.org"] {
        assert!(
            messages(test, address)
                .iter()
                .any(|mail| mail.subject.contains("are one now")),
            "{address}"
        );
    }
    // Nothing is left behind under the old name but where it leads.
    let all = test
        .app
        .store
        .engine()
        .scan(b"", b"", 10_000)
        .expect("the store");
    let old = work.id.to_string();
    let left: BTreeSet<String> = all
        .iter()
        .map(|(key, _)| String::from_utf8_lossy(key).into_owned())
        .filter(|key| key.contains(&old))
        .collect();
    let expected = [format!("joining/{old}"), format!("person-joined/{old}")];
    assert_eq!(left, expected.into());
    let refused = problem(
        Browser::of(&served, &test.person("eve", &[]))
            .get("/api/v1/badges/x")
            .await,
    )
    .await;
    assert_eq!(refused.0, 404);
}

#[test]
fn withdrawing_one_of_two_submissions_leaves_the_other_in_its_place() {
    let test = TestApp::new();
    let work = test.person("ada", &[]);
    let first = test.learner("ada").prepares();
    let home = test.person("ada-at-home", &[]);
    let second = test.learner("ada-at-home").prepares();
    let secret = proof(&test, &home, &work);
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    let listed = || test.records(format!("submission-of/{}/", ada.id).as_bytes());
    assert_eq!(listed(), 2);
    submission::withdraw(&test.app, &ada, second.id, test.now).expect("the second");
    assert_eq!(listed(), 1);
    let again = submission::start(&test.app, &ada, &first.micro_credential, test.now);
    assert_eq!(again.expect_err("there is one").code(), "state.conflict");
    submission::withdraw(&test.app, &ada, first.id, test.now).expect("the first");
    assert_eq!(listed(), 0);
    submission::start(&test.app, &ada, &first.micro_credential, test.now).expect("a new one");
}

/// A crash right after the one commit leaves the rest to upkeep.
#[test]
fn a_merge_that_broke_off_is_finished_by_upkeep() {
    let test = TestApp::new();
    let (home, work) = two_accounts(&test);
    let secret = proof(&test, &home, &work);
    merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    // What a request that was under way writes under the old name is moved as well.
    let late = submission_of_old(&test, &work);
    merge::resume(&test.app, test.now).expect("upkeep");
    let ada = test
        .app
        .store
        .person(work.id)
        .expect("the store")
        .expect("Ada");
    let found = submission::of_earner(&test.app, &ada, late).expect("hers");
    assert_eq!(found.earner, home.id);
    assert_eq!(test.records(b"joining/"), 1);
    merge::resume(&test.app, test.now.plus_seconds(3_601)).expect("upkeep");
    assert_eq!(test.records(b"joining/"), 0);
    assert_eq!(
        test.records(format!("submission-of/{}/", work.id).as_bytes()),
        0
    );
}

/// Begins something as the account that is no more, as a request does that was under way.
fn submission_of_old(test: &TestApp, old: &Person) -> issuer::id::SubmissionId {
    let begun = submission::start(&test.app, old, &crate::catalogue::wait_time(), test.now);
    begun.expect("a submission").id
}

#[test]
fn an_award_under_way_becomes_a_badge_of_the_joined_account() {
    let test = TestApp::new();
    let work = test.person("ada", &[]);
    let award = test.award();
    let home = test.person("ada-at-home", &[]);
    let secret = proof(&test, &home, &work);
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    merge::resume(&test.app, test.now).expect("upkeep");
    let earned = badge::of_award(&test.app, &ada, award).expect("hers");
    assert_eq!((earned.id, earned.earner), (issued.badge(), ada.id));
    test.check_badge(issued.badge());
}

#[test]
fn two_people_cannot_join_the_same_account_and_a_chain_of_accounts_leads_to_its_end() {
    let test = TestApp::new();
    let people = ["ada", "bea", "cleo"].map(|name| test.person(name, &[]));
    let [ada, bea, cleo] = &people;
    let first = proof(&test, ada, bea);
    let second = proof(&test, cleo, bea);
    let joined = merge::merge(&test.app, ada, &first, test.now).expect("one account");
    // The address has another owner now, who has shown nothing to Cleo.
    let third = merge::overview(&test.app, cleo, &second, test.now).expect("still good");
    assert_eq!(third.other.id, ada.id);
    merge::merge(&test.app, cleo, &second, test.now).expect("one account");
    for person in [&joined, bea, cleo] {
        let found = test.app.store.person(person.id).expect("the store");
        assert_eq!(found.expect("Cleo").id, cleo.id);
    }
    let used = merge::merge(&test.app, cleo, &second, test.now);
    assert_eq!(used.expect_err("used").code(), "link.used");
    let roles = test.app.store.membership(&OrganisationId::host(), cleo.id);
    assert!(roles.expect("the store").is_none());
}

#[test]
fn a_submission_that_waits_for_review_is_reviewed_after_the_merge() {
    let test = TestApp::new();
    let work = test.person("ada", &[]);
    let submission = test.learner("ada").submits();
    let home = test.person("ada-at-home", &[]);
    let secret = proof(&test, &home, &work);
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    let award = test.reviewer("grace").accepts(submission);
    let found = submission::of_earner(&test.app, &ada, submission).expect("hers");
    assert_eq!(found.state, State::Accepted { award });
}

#[test]
fn who_has_reviewed_their_own_work_by_another_account_is_told_so() {
    let test = TestApp::new();
    let work = test.person("ada", &[]);
    let submission = test.learner("ada").submits();
    let reviewer = test.reviewer("ada-at-home");
    let home = reviewer.person.clone();
    let overview = |secret: &LinkSecret| {
        let seen = merge::overview(&test.app, &home, secret, test.now);
        seen.expect("an overview").reviewed_each_other
    };
    let secret = proof(&test, &home, &work);
    assert!(!overview(&secret));
    reviewer.accepts(submission);
    assert!(overview(&secret));
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    // From now on she is one person, who reviews nothing of her own.
    let other = test.person("bea", &[]);
    let second = test.learner("bea").submits();
    let secret = proof(&test, &ada, &other);
    merge::merge(&test.app, &ada, &secret, test.now).expect("one account");
    let refused = issuer::review::open(&test.app, &ada, second, test.now).expect_err("her own");
    assert_eq!(refused.code(), "review.own_submission");
}

/// Two parts of a stack in one account and the third in the other.
#[test]
fn what_was_earned_in_two_accounts_completes_a_stack_in_one() {
    let test = TestApp::new();
    let parts = publish_stack(&test);
    for (name, part) in ["ada", "ada", "ada-at-home"].into_iter().zip(&parts) {
        let learner = test.learner(name);
        let submission = learner.prepares_for(part).id;
        learner.hands_in(submission).expect("a complete submission");
        let award = test.reviewer("grace").accepts(submission);
        issuance::issue(&test.app, award, test.now).expect("a badge");
    }
    let (home, work) = (test.person("ada-at-home", &[]), test.person("ada", &[]));
    let secret = proof(&test, &home, &work);
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    let badges = || {
        let held = test.app.store.badges_of(ada.id, &PageRequest::most());
        held.expect("the store").items
    };
    assert_eq!(badges().len(), 3);
    stack::settle_all(&test.app, test.now).expect("upkeep");
    issuance::resume(&test.app, test.now).expect("upkeep");
    assert_eq!(badges().len(), 4);
    // A third account brings nothing new, and what was awarded stays awarded once.
    let other = test.person("bea", &[]);
    let secret = proof(&test, &other, &ada);
    let bea = merge::merge(&test.app, &other, &secret, test.now).expect("one account");
    stack::settle_all(&test.app, test.now).expect("upkeep");
    issuance::resume(&test.app, test.now).expect("upkeep");
    let held = test.app.store.badges_of(bea.id, &PageRequest::most());
    assert_eq!(held.expect("the store").items.len(), 4);
}

#[test]
fn a_request_to_join_an_organisation_goes_on_waiting_for_the_joined_account() {
    let test = TestApp::new();
    let (home, work) = (test.person("ada-at-home", &[]), test.person("ada", &[]));
    let host = OrganisationId::host();
    joining::ask(&test.app, &work, &host, None, test.now).expect("a request");
    let secret = proof(&test, &home, &work);
    let ada = merge::merge(&test.app, &home, &secret, test.now).expect("one account");
    let waiting = joining::waiting(&test.app, &host, &PageRequest::most()).expect("the queue");
    let who: Vec<_> = waiting.items.iter().map(|request| request.person).collect();
    assert_eq!(who, [ada.id]);
    joining::approve(&test.app, ada.id, &host, ada.id, test.now).expect("a member");
    let member = test.app.store.membership(&host, ada.id).expect("the store");
    assert!(member.is_some());
}
