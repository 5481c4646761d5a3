//! Awards by hand: what an officer says of somebody, and what the badge does not claim.

use issuer::awarding::table::Form;
use issuer::awarding::{self, Order, Wanted, list};
use issuer::badge::{self, Visibility};
use issuer::id::{AwardId, AwardListId, BadgeId, MicroCredentialId, OrganisationId, PersonId};
use issuer::micro_credential;
use issuer::organisation::Role;
use issuer::page::PageRequest;
use reqwest::Method;
use serde_json::{Value, json};

use super::organisations::{found_wayne, wayne};
use crate::app::TestApp;
use crate::browser::Browser;
use crate::catalogue::content;
use crate::mailbox::{link_in, link_to, messages};
use crate::served::{Caller, Served, problem};

const AWARDS: &str = "/api/v1/organisations/host/awards";

/// An award and a list of an organisation, for those who try every address.
pub fn furnish(
    test: &TestApp,
    organisation: &OrganisationId,
    officer: PersonId,
    what: &MicroCredentialId,
) -> (AwardId, AwardListId) {
    let reason = "The winter course.".parse().expect("a text");
    let order = Order {
        officer,
        organisation,
        reason: &reason,
    };
    let wanted = Wanted {
        email: format!("winter@{organisation}.example")
            .parse()
            .expect("an address"),
        name: None,
        micro_credential: what.clone(),
        awarded: None,
        narrative: None,
        evidence: Vec::new(),
        results: Vec::new(),
        key: None,
    };
    let award = awarding::award(&test.app, &order, &wanted, test.now).expect("an award");
    let new = list::NewList {
        bytes: b"email\nspring@example.org\n".to_vec(),
        form: Form::Csv,
        name: None,
        micro_credential: Some(what.clone()),
        reason,
    };
    let list = list::send(&test.app, officer, organisation, new, test.now).expect("a list");
    (award.id, list.id)
}

/// What an officer of the host asks for.
fn wanted(email: &str) -> Value {
    json!({ "email": email, "micro_credential": "wait-time", "reason": "The spring course." })
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

/// Awards, and gives the badge.
async fn awarded(officer: &Caller<'_>, body: Value) -> BadgeId {
    let answer = officer.post(AWARDS, body).await;
    assert_eq!(answer.status(), 201);
    let made: Value = answer.json().await.expect("an award");
    made["badge"]
        .as_str()
        .expect("a badge")
        .parse()
        .expect("an identifier")
}

fn publish(test: &TestApp, earner: &str, badge: BadgeId) {
    let email = earner.parse().expect("an address");
    let person = test.app.store.person_by_email(&email).expect("the store");
    let person = person.expect("an account");
    badge::set_visibility(&test.app, &person, badge, Visibility::Public).expect("their leave");
}

#[tokio::test]
async fn a_badge_that_was_awarded_by_hand_claims_no_review() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let body = json!({
        "email": "Ada@Example.org",
        "name": "Ada",
        "micro_credential": "wait-time",
        "awarded": "2026-05-31",
        "narrative": "Taught the spring course with her own class.",
        "evidence": ["https://video.example.net/lesson-1"],
        "results": [{ "criterion": "waiting", "level": "exemplary" }],
        "reason": "The spring course.",
    });
    let id = awarded(&officer, body).await;
    assert_eq!(
        served.get(&format!("/badges/{id}.json")).await.status(),
        404,
        "private by default"
    );
    publish(&served.test, "ada@example.org", id);
    served.check_badge(id).await;

    let badge = served.json(&format!("/badges/{id}")).await;
    let subject = &badge["credentialSubject"];
    assert_eq!(badge["awardedDate"], "2026-05-31T00:00:00Z");
    assert_eq!(
        subject["narrative"],
        "Taught the spring course with her own class."
    );
    assert_eq!(
        badge["evidence"][0]["id"],
        "https://video.example.net/lesson-1"
    );
    let results = subject["result"].as_array().map_or(1, Vec::len);
    assert_eq!(
        results, 1,
        "the level that was given, and nothing on reviewers: {subject}"
    );
    assert!(
        badge["relatedResource"].is_null(),
        "there is no manifest of work"
    );
    assert!(
        !badge.to_string().contains("The spring course."),
        "the reason is the organisation's own"
    );

    let page = served
        .page(&format!("/badges/{id}"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Taught the spring course"), "{page}");
    assert!(page.contains("Exemplary"), "{page}");
    assert!(page.contains("tells of no review"), "{page}");
    assert!(
        !page.contains("was reviewed") && !page.contains("held it against"),
        "{page}"
    );
    let verified = served
        .paste(&badge.to_string())
        .await
        .text()
        .await
        .expect("a page");
    assert!(verified.contains("Awarded by"), "{verified}");
    assert!(!verified.contains("reviewer"), "{verified}");
}

#[tokio::test]
async fn somebody_without_an_account_is_given_one_and_a_link_that_opens_it_once() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let answer = officer
        .post(
            AWARDS,
            with(wanted("new@example.net"), "name", json!("Nia")),
        )
        .await;
    let made: Value = answer.json().await.expect("an award");
    assert_eq!(made["claimed"], false);
    assert_eq!(made["name"], "Nia");
    let award = made["id"].as_str().expect("an award");

    let mail = messages(&served.test, "new@example.net");
    let subjects: Vec<_> = mail.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["Your badge is ready: Wait Time"]);
    let first = link_to(&served.test, "new@example.net");
    // The letter was lost: it is sent again, and either of the two links is good.
    let again = format!("{AWARDS}/{award}/send-again");
    assert_eq!(officer.post(&again, json!({})).await.status(), 204);
    let second = link_to(&served.test, "new@example.net");
    assert_ne!(first, second);

    let browser = Browser::new(&served);
    let page = browser.get(&second).await.text().await.expect("a page");
    assert!(page.contains("Nia"), "{page}");
    let followed = browser.post(&second, &[]).await;
    assert_eq!(followed.status(), 303);
    let badge = made["badge"].as_str().expect("a badge");
    let to = followed.headers()["location"].to_str().expect("an address");
    assert_eq!(to, format!("/my/badges/{badge}"));
    assert_eq!(browser.get(to).await.status(), 200);
    assert_eq!(
        browser.get(&second).await.status(),
        410,
        "a link is good once"
    );

    let made: Value = officer
        .get(&format!("{AWARDS}/{award}"))
        .await
        .json()
        .await
        .expect("an award");
    assert_eq!(made["claimed"], true);
    // Now the letter leads to the page, and opens nothing.
    assert_eq!(officer.post(&again, json!({})).await.status(), 204);
    let letters = messages(&served.test, "new@example.net");
    assert_eq!(letters.len(), 1);
    assert_eq!(link_in(&letters[0].text), to);
}

#[tokio::test]
async fn what_cannot_be_awarded_is_refused_with_its_code() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let member = served.caller("grace", &[Role::Reviewer]);
    let body = || wanted("ada@example.org");
    let level = |level: &str| json!([{ "criterion": "waiting", "level": level }]);
    let links: Vec<String> = (0..11)
        .map(|at| format!("https://a.example/{at}"))
        .collect();
    let cases = [
        (
            with(body(), "awarded", json!("2026-11-23")),
            422,
            "award.future",
        ),
        (
            with(body(), "awarded", json!("31.5.2026")),
            422,
            "input.invalid",
        ),
        (
            with(body(), "evidence", json!(["http://a.example/"])),
            400,
            "input.invalid",
        ),
        (
            with(body(), "evidence", json!(links)),
            422,
            "award.evidence",
        ),
        (
            with(body(), "results", level("nothing")),
            422,
            "award.result",
        ),
        (
            with(body(), "results", level("absent")),
            422,
            "award.result_below",
        ),
        (with(body(), "email", json!("nobody")), 400, "input.invalid"),
        (
            with(body(), "micro_credential", json!("nothing")),
            422,
            "award.micro_credential",
        ),
        (with(body(), "reason", json!(" ")), 400, "input.invalid"),
    ];
    for (body, status, code) in cases {
        let refused = problem(officer.post(AWARDS, body.clone()).await).await;
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let refused = problem(member.post(AWARDS, body()).await).await;
    assert_eq!(refused, (403, "auth.forbidden".to_owned()));
    assert_eq!(served.test.records(b"award/"), 0);
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_what_an_officer_may_not_issue_is_refused_before_anything_is_stored() {
    let served = Served::new().await;
    let test = &served.test;
    let theirs = found_wayne(test);
    let author = test.person("donna", &[]);
    let draft: MicroCredentialId = "a-draft".parse().expect("a slug");
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &author, host, draft, content()).expect("a draft");
    let olga = served.caller("olga", &[Role::IssuingOfficer]);
    let otto = served.test.person("otto", &[]);
    test.join(&otto, &wayne(), &[Role::IssuingOfficer]);
    let otto = served.caller("otto", &[]);
    // Each quotation mark is written as two characters.
    let long = "\"".repeat(16_000);
    let hosts = "/api/v1/organisations/host/awards";
    let waynes = "/api/v1/organisations/wayne-county/awards";
    let body = |what: &str| with(wanted("ada@example.org"), "micro_credential", json!(what));
    let cases = [
        // Published, and not adopted.
        (
            &olga,
            hosts,
            body(theirs.as_str()),
            (403, "award.not_yours"),
        ),
        (&otto, waynes, body("wait-time"), (403, "award.not_yours")),
        // A draft of one's own, and one of others, which does not exist for them.
        (&olga, hosts, body("a-draft"), (409, "award.unpublished")),
        (
            &otto,
            waynes,
            body("a-draft"),
            (422, "award.micro_credential"),
        ),
        // Another organisation's officer.
        (&otto, hosts, body("wait-time"), (404, "auth.not_found")),
        // What would be no good badge: a control character is refused when it is read, and what is too
        // long when the document is linted.
        (
            &olga,
            hosts,
            with(body("wait-time"), "narrative", json!("a\u{0}b")),
            (400, "input.invalid"),
        ),
        (
            &olga,
            hosts,
            with(
                with(body("wait-time"), "narrative", json!(long)),
                "evidence",
                json!(evidence_of(20_000)),
            ),
            (422, "issue.lint"),
        ),
    ];
    for (caller, path, body, (status, code)) in cases {
        let refused = problem(caller.post(path, body).await).await;
        assert_eq!(refused, (status, code.to_owned()));
    }
    let traces = [
        &b"award/"[..],
        b"award-once/",
        b"allocation/",
        b"status-drawn/",
        b"mail/",
    ];
    assert_eq!(traces.map(|prefix| test.records(prefix)), [0; 5]);
    let ada = "ada@example.org".parse().expect("an address");
    assert!(
        test.app
            .store
            .person_by_email(&ada)
            .expect("the store")
            .is_none(),
        "nobody was registered"
    );
    assert!(test.log().is_empty());
}

/// Ten links that take so many bytes together.
fn evidence_of(bytes: usize) -> Vec<String> {
    let path = "a".repeat(bytes / 10 - 30);
    (0..10)
        .map(|at| format!("https://a.example/{at}/{path}"))
        .collect()
}

#[tokio::test]
async fn the_same_award_is_made_once_until_its_badge_is_revoked() {
    let served = Served::new().await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let send = || {
        let request = officer
            .request(Method::POST, AWARDS)
            .header("idempotency-key", "spring-1");
        request.json(&wanted("ada@example.org")).send()
    };
    let first: Value = send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("an award");
    let again: Value = send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("an award");
    assert_eq!(first, again, "the same request is done once");
    let refused = problem(officer.post(AWARDS, wanted("ada@example.org")).await).await;
    assert_eq!(refused, (409, "award.made_before".to_owned()));
    // Another day is another award, and so is one with a name of its own.
    awarded(
        &officer,
        with(wanted("ada@example.org"), "awarded", json!("2026-05-31")),
    )
    .await;
    awarded(
        &officer,
        with(wanted("ada@example.org"), "key", json!("spring-2")),
    )
    .await;
    let refused = with(wanted("grace@example.org"), "key", json!("spring-2"));
    let refused = problem(officer.post(AWARDS, refused).await).await;
    assert_eq!(refused, (409, "award.made_before".to_owned()));

    let badge = first["badge"]
        .as_str()
        .expect("a badge")
        .parse()
        .expect("an identifier");
    served.test.revoke(badge).expect("its revocation");
    let anew = awarded(&officer, wanted("ada@example.org")).await;
    assert_ne!(anew, badge);
    publish(&served.test, "ada@example.org", anew);
    served.check_badge(anew).await;
    assert_eq!(served.test.badges_of("ada").len(), 4);
}

#[tokio::test]
async fn officers_award_on_a_page_that_keeps_what_was_typed() {
    let served = Served::new().await;
    let olga = served.test.person("olga", &[Role::IssuingOfficer]);
    let browser = Browser::of(&served, &olga);
    let path = "/organisations/host/awards";
    let page = browser.get(path).await.text().await.expect("a page");
    assert!(page.contains("Wait Time (wait-time)"), "{page}");
    let page = browser
        .get(&format!("{path}?micro_credential=wait-time"))
        .await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("name=\"result-waiting\""), "{page}");
    assert!(
        !page.contains("value=\"absent\""),
        "levels that are not enough are not offered: {page}"
    );

    let mut fields = vec![
        ("micro_credential", "wait-time"),
        ("email", "ada@example.org"),
        ("awarded", "2027-01-01"),
        ("result-waiting", "exemplary"),
        ("narrative", "In spring."),
        ("evidence", "https://a.example/1\r\nhttps://a.example/2"),
        ("reason", "The course."),
    ];
    let refused = browser.post(path, &fields).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.expect("a page");
    assert!(page.contains("The award lies in the future"), "{page}");
    for kept in [
        "value=\"ada@example.org\"",
        "value=\"exemplary\" selected",
        "In spring.",
        "The course.",
    ] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    fields[2].1 = "2026-06-01";
    let done = browser.post(path, &fields).await;
    assert_eq!(done.status(), 303);
    let page = browser
        .get(done.headers()["location"].to_str().expect("an address"))
        .await;
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("ada@example.org") && page.contains("not opened yet"),
        "{page}"
    );
    assert_eq!(served.test.badges_of("ada").len(), 1);
}

#[tokio::test]
async fn whoever_has_not_opened_their_account_is_reminded_once() {
    let served = Served::new().await;
    let test = &served.test;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    for email in ["new@example.net", "other@example.net", "third@example.net"] {
        awarded(&officer, wanted(email)).await;
    }
    let browser = Browser::new(&served);
    let opened = link_to(test, "other@example.net");
    assert_eq!(browser.post(&opened, &[]).await.status(), 303);
    let third = test
        .app
        .store
        .person_by_email(&"third@example.net".parse().expect("an address"));
    let third = third.expect("the store").expect("an account");
    let badges = test.app.store.badges_of(third.id, &PageRequest::default());
    let badge = badges.expect("the store").items[0].id;
    test.revoke(badge).expect("its revocation");

    let day = 24 * 60 * 60;
    let remind = |days: i64| {
        awarding::remind(&test.app, test.now.plus_seconds(days * day)).expect("the store")
    };
    assert_eq!([remind(13), remind(15), remind(30)], [0, 1, 0]);
    let written = messages(test, "new@example.net");
    assert_eq!(
        written.len(),
        1,
        "the first letter was taken, and this is the second"
    );
    let link = link_in(&written[0].text);
    let page = browser.get(&link).await.text().await.expect("a page");
    assert!(page.contains("Your account"), "{page}");
}
