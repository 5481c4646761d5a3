//! What happens to a badge after it was issued: every change as page, JSON, JWT, status list, log and mail
//! show it, and as verifiers see it.

use issuer::badge::{BadgeState, Visibility};
use issuer::event::Actor;
use issuer::fetch;
use issuer::id::{BadgeId, MicroCredentialId, OrganisationId};
use issuer::log::Kind;
use issuer::micro_credential;
use issuer::organisation::Role;
use issuer::person::{self, Details, EmailInBadges, NameInBadges, Person};
use reqwest::Method;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::{Policy, Report, Verdict};

use crate::app::TestApp;
use crate::catalogue::{content, wait_time};
use crate::mailbox;
use crate::served::{Outside, Served, header, problem};

/// A document of a badge in both forms, as whoever downloaded it has it.
struct Copy {
    json: String,
    jwt: String,
}

async fn copy(served: &Served, id: BadgeId) -> Copy {
    let address = served.test.app.site.badge(id);
    let form = async |extension: &str| {
        let answer = served.get(&format!("{address}.{extension}")).await;
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("a form")
    };
    Copy {
        json: form("json").await,
        jwt: form("jwt").await,
    }
}

impl Copy {
    fn document(&self) -> Value {
        serde_json::from_str(&self.json).expect("a document")
    }

    fn at(&self, pointer: &str) -> Value {
        self.document()
            .pointer(pointer)
            .cloned()
            .unwrap_or_default()
    }
}

/// What a stranger finds out about a form who asks nobody but the service.
async fn verified(served: &Served, form: &str) -> Report {
    let outside = Outside::at(served.address);
    let policy = Policy::default();
    fetch::verify(form.as_bytes().to_vec(), &outside, policy, served.test.now).await
}

/// The same without the refresh service: what somebody is told who keeps to the copy.
fn judged_alone(served: &Served, form: &str) -> String {
    let report = served.test.verify(form.as_bytes());
    match report.reason() {
        None => format!("{:?}", report.verdict()).to_lowercase(),
        Some(reason) => reason.code().to_owned(),
    }
}

fn kinds(test: &TestApp) -> Vec<Kind> {
    test.log().iter().map(|entry| entry.kind).collect()
}

async fn page(served: &Served, id: BadgeId) -> String {
    let answer = served.page(&served.test.app.site.badge(id)).await;
    answer.text().await.expect("a page")
}

async fn told(served: &Served, id: BadgeId) -> Vec<String> {
    let history = served.json(&format!("/badges/{id}/history")).await;
    let happenings = history["happenings"].as_array().expect("a list");
    let what = |happening: &Value| happening["what"].as_str().expect("a word").to_owned();
    happenings.iter().map(what).collect()
}

fn renamed(test: &TestApp, of: &Person, name: &str, shown: NameInBadges) -> Person {
    let details = Details {
        name: name.parse().expect("a name"),
        did: of.did.clone(),
        email_in_badges: EmailInBadges::Hashed,
        name_in_badges: shown,
    };
    person::change(&test.app, of.id, details).expect("her account")
}

#[tokio::test]
async fn a_corrected_badge_keeps_its_address_and_old_copies_find_it() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let old = copy(&served, id).await;
    let ada = served.test.person("ada", &[]);
    renamed(&served.test, &ada, "Ada Lovelace", NameInBadges::Shown);

    let path = format!("/api/v1/badges/{id}/correct");
    let reason = json!({ "reason": "The name is hers now.", "edition": 1 });
    let answer = officer.post(&path, reason.clone()).await;
    assert_eq!(
        answer.status(),
        200,
        "{}",
        answer.text().await.expect("a text")
    );
    // The same order again, as after a time-out, gives the same edition.
    let again: Value = officer
        .post(&path, reason)
        .await
        .json()
        .await
        .expect("a badge");
    assert_eq!(
        again["editions"].as_array().map(Vec::len),
        Some(2),
        "{again}"
    );
    assert_eq!(again["editions"][0]["revoked"]["ending"], "replaced");
    assert_eq!(again["editions"][1]["because"], "corrected");

    let new = copy(&served, id).await;
    for kept in [
        "/id",
        "/awardedDate",
        "/refreshService",
        "/credentialSubject/id",
    ] {
        assert_eq!(old.at(kept), new.at(kept), "{kept}");
        assert_ne!(new.at(kept), Value::Null, "{kept}");
    }
    let changed = [
        "/validFrom",
        "/credentialStatus/statusListIndex",
        "/credentialSubject/identifier/0/salt",
        "/proof/0/proofValue",
    ];
    for changed in changed {
        assert_ne!(old.at(changed), new.at(changed), "{changed}");
    }
    let times = [old.at("/validFrom"), new.at("/validFrom")]
        .map(|time| Timestamp::parse(time.as_str().expect("a text")).expect("a date-time"));
    assert!(times[0] < times[1], "the newer one is current");
    let name = new.at("/credentialSubject/identifier/1");
    assert_eq!(
        (
            &name["identityType"],
            &name["identityHash"],
            &name["hashed"]
        ),
        (&json!("name"), &json!("Ada Lovelace"), &json!(false))
    );

    for form in [&old.json, &old.jwt] {
        assert_eq!(judged_alone(&served, form), "status.revoked");
        let report = verified(&served, form).await;
        assert_eq!(report.verdict(), Verdict::Verified, "{report:#?}");
        let found = report.credential().expect("a credential");
        assert_eq!(
            found["validFrom"],
            new.at("/validFrom"),
            "the newest one is judged"
        );
    }
    assert_eq!(judged_alone(&served, &new.json), "verified");
    served.check_badge(id).await;
    assert_eq!(
        kinds(&served.test),
        [Kind::Issue, Kind::Revoke, Kind::Reissue]
    );
    served.test.app.log.check().expect("a sound log");

    let page = page(&served, id).await;
    assert!(
        page.contains("Ada Lovelace") && page.contains("<strong>Corrected</strong>"),
        "{page}"
    );
    assert!(
        !page.contains("The name is hers now."),
        "why is not everybody's business"
    );
    assert_eq!(told(&served, id).await, ["issued", "corrected"]);
    let mail = mailbox::messages(&served.test, "ada@example.org");
    assert_eq!(mail.len(), 2, "that it is ready, and that it was corrected");
    let says_why = mail
        .iter()
        .filter(|letter| letter.text.contains("The name is hers now."));
    assert_eq!(says_why.count(), 1);
}

#[tokio::test]
async fn the_refresh_service_answers_with_the_newest_edition_in_both_forms() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let old = copy(&served, id).await;
    for _ in 0..2 {
        let reason = json!({ "reason": "Evidence is shared otherwise." });
        let answer = officer
            .post(&format!("/api/v1/badges/{id}/correct"), reason)
            .await;
        assert_eq!(answer.status(), 200);
    }
    let new = copy(&served, id).await;
    let refresh = old.at("/refreshService/id");
    let refresh = refresh.as_str().expect("an address");
    for (accept, expected) in [
        ("application/json", &new.json),
        ("application/vc+ld+json", &new.json),
        ("text/plain", &new.jwt),
        ("*/*", &new.json),
    ] {
        let request = served
            .request(Method::GET, refresh)
            .header("accept", accept);
        let answer = request.send().await.expect("an answer");
        assert_eq!(&answer.text().await.expect("a form"), expected, "{accept}");
    }
    assert_eq!(kinds(&served.test).len(), 1 + 2 * 2);
}

#[tokio::test]
async fn a_suspended_badge_counts_again_after_the_appeal_in_a_further_edition() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let old = copy(&served, id).await;
    let post = async |what: &str, reason: &str| {
        let body = json!({ "reason": reason });
        officer
            .post(&format!("/api/v1/badges/{id}/{what}"), body)
            .await
    };

    let early = post("reinstate", "There was nothing.").await;
    assert_eq!(
        problem(early).await,
        (409, "badge.not_suspended".to_owned())
    );
    assert_eq!(post("suspend", "An appeal is pending.").await.status(), 200);
    assert_eq!(judged_alone(&served, &old.json), "status.revoked");
    let suspended = page(&served, id).await;
    assert!(suspended.contains("This badge is suspended"), "{suspended}");
    assert!(suspended.contains("An appeal is pending."));
    for (what, code) in [
        ("suspend", "badge.suspended"),
        ("correct", "badge.suspended"),
        ("renew", "badge.suspended"),
    ] {
        let refused = post(what, "Once more.").await;
        assert_eq!(problem(refused).await, (409, code.to_owned()), "{what}");
    }
    let report = verified(&served, &old.jwt).await;
    assert_eq!(report.verdict(), Verdict::Refused);

    assert_eq!(
        post("reinstate", "The appeal was right.").await.status(),
        200
    );
    let new = copy(&served, id).await;
    assert_eq!(judged_alone(&served, &new.json), "verified");
    assert_eq!(judged_alone(&served, &old.json), "status.revoked");
    assert_eq!(
        verified(&served, &old.json).await.verdict(),
        Verdict::Verified
    );
    assert_eq!(
        told(&served, id).await,
        ["issued", "suspended", "reinstated"]
    );
    assert_eq!(
        kinds(&served.test),
        [Kind::Issue, Kind::Revoke, Kind::Reissue]
    );
    served.check_badge(id).await;
    let subjects: Vec<String> = mailbox::messages(&served.test, "ada@example.org")
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    assert_eq!(
        subjects.len(),
        3,
        "ready, suspended, counts again: {subjects:?}"
    );
}

#[tokio::test]
async fn a_suspension_can_become_final_and_nothing_comes_after_that() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let post = async |what: &str| {
        let body = json!({ "reason": "It was another's work." });
        officer
            .post(&format!("/api/v1/badges/{id}/{what}"), body)
            .await
    };
    assert_eq!(post("suspend").await.status(), 200);
    assert_eq!(post("revoke").await.status(), 201);
    for what in ["revoke", "suspend", "reinstate", "correct", "renew"] {
        let refused = post(what).await;
        let expected = (409, "status.already_revoked".to_owned());
        assert_eq!(problem(refused).await, expected, "{what}");
    }
    assert_eq!(told(&served, id).await, ["issued", "suspended", "revoked"]);
    let shown = page(&served, id).await;
    let first = shown.find("notice refused").expect("what is told first");
    assert!(
        first < shown.find("<h1>").expect("a title"),
        "revoked first"
    );
    assert_eq!(
        kinds(&served.test),
        [Kind::Issue, Kind::Revoke, Kind::Revoke]
    );
}

#[tokio::test]
async fn a_badge_is_renewed_for_another_term_and_a_correction_keeps_its_term() {
    let mut test = TestApp::new();
    let id = expiring(&test);
    let two_years = test.now.plus_seconds(2 * 366 * DAY);
    test.now = two_years;
    let served = Served::of(test).await;
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let badge = served
        .test
        .app
        .store
        .badge(id)
        .expect("the store")
        .expect("the badge");
    assert_eq!(badge.state(two_years), BadgeState::Expired);
    let post = async |what: &str| {
        let body = json!({ "reason": "She has shown it again." });
        officer
            .post(&format!("/api/v1/badges/{id}/{what}"), body)
            .await
    };
    assert_eq!(
        problem(post("correct").await).await,
        (409, "badge.expired".to_owned())
    );

    assert_eq!(post("renew").await.status(), 200);
    let renewed = copy(&served, id).await;
    assert_eq!(judged_alone(&served, &renewed.json), "verified");
    let until = renewed.at("/validUntil");
    let end = Timestamp::parse(until.as_str().expect("an end")).expect("a date-time");
    assert!(end > two_years.plus_seconds(364 * DAY));
    let claims: Value = {
        let payload = renewed.jwt.split('.').nth(1).expect("a payload");
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload);
        serde_json::from_slice(&bytes.expect("base64url")).expect("claims")
    };
    assert_eq!(claims["exp"], end.unix_seconds());

    assert_eq!(post("correct").await.status(), 200);
    assert_eq!(copy(&served, id).await.at("/validUntil"), until);
    assert_eq!(told(&served, id).await, ["issued", "renewed", "corrected"]);
}

#[tokio::test]
async fn what_never_expires_is_not_renewed() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let body = json!({ "reason": "To be sure." });
    let refused = officer
        .post(&format!("/api/v1/badges/{id}/renew"), body)
        .await;
    assert_eq!(
        problem(refused).await,
        (409, "badge.never_expires".to_owned())
    );
}

#[tokio::test]
async fn levels_are_corrected_within_the_rubric_and_stay_so() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let path = format!("/api/v1/badges/{id}/correct");
    let correct = async |criterion: &str, level: &str| {
        let results = json!([{ "criterion": criterion, "level": level }]);
        let body = json!({ "reason": "A mistake in the form.", "results": results });
        officer.post(&path, body).await
    };
    for (criterion, level, pointer) in [
        ("waiting", "absent", "/results/0/level"),
        ("waiting", "sublime", "/results/0/level"),
        ("patience", "exemplary", "/results/0/criterion"),
    ] {
        let refused = correct(criterion, level).await;
        assert_eq!(refused.status(), 422, "{criterion} {level}");
        let told: Value = refused.json().await.expect("a problem");
        assert_eq!(told["pointer"], pointer);
    }
    assert_eq!(correct("waiting", "exemplary").await.status(), 200);
    let body = json!({ "reason": "And the name." });
    assert_eq!(officer.post(&path, body).await.status(), 200);
    let results = copy(&served, id).await.at("/credentialSubject/result");
    let levels: Vec<&str> = results
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|result| result["achievedLevel"].as_str())
        .collect();
    assert!(levels[0].ends_with("waiting-level-exemplary"), "{levels:?}");
    assert!(
        levels[1].ends_with("listening-level-consistent"),
        "{levels:?}"
    );
    served.check_badge(id).await;
}

#[tokio::test]
async fn its_holder_has_a_badge_say_who_they_are_now() {
    let served = Served::new().await;
    let id = served.published_badge();
    let ada = served.test.person("ada", &[]);
    let caller = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{id}/update");
    let update = async || {
        caller
            .request(Method::POST, &path)
            .send()
            .await
            .expect("an answer")
    };
    assert_eq!(
        copy(&served, id)
            .await
            .at("/credentialSubject/identifier/1"),
        Value::Null
    );

    renamed(&served.test, &ada, "Ada Lovelace", NameInBadges::Shown);
    assert_eq!(update().await.status(), 200);
    let name = copy(&served, id)
        .await
        .at("/credentialSubject/identifier/1/identityHash");
    assert_eq!(name, "Ada Lovelace");

    // A badge is not passed on to somebody else: another name is for the issuer to write.
    renamed(&served.test, &ada, "Charles Babbage", NameInBadges::Shown);
    assert_eq!(
        problem(update().await).await,
        (409, "badge.name".to_owned())
    );
    renamed(
        &served.test,
        &ada,
        "Charles Babbage",
        NameInBadges::Withheld,
    );
    assert_eq!(update().await.status(), 200);
    let named = copy(&served, id)
        .await
        .at("/credentialSubject/identifier/1");
    assert_eq!(named, Value::Null);

    let stranger = served.caller("grace", &[]);
    let refused = stranger.request(Method::POST, &path).send().await;
    assert_eq!(refused.expect("an answer").status(), 404);
    served.check_badge(id).await;
    assert_eq!(
        told(&served, id).await,
        ["issued", "corrected", "corrected"]
    );
}

#[tokio::test]
async fn a_holder_cannot_use_up_the_editions_that_the_issuer_needs() {
    let served = Served::new().await;
    let id = served.published_badge();
    let caller = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{id}/update");
    let mut made = 0;
    let refused = loop {
        let answer = caller
            .request(Method::POST, &path)
            .send()
            .await
            .expect("an answer");
        if answer.status() != 200 {
            break answer;
        }
        made += 1;
    };
    assert_eq!(
        problem(refused).await,
        (409, "badge.too_many_editions".to_owned())
    );
    assert_eq!(made, 11);
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let body = json!({ "reason": "x".repeat(500) });
    let answer = officer
        .post(&format!("/api/v1/badges/{id}/correct"), body)
        .await;
    assert_eq!(answer.status(), 200);
    let body = json!({ "reason": "x".repeat(501) });
    let answer = officer
        .post(&format!("/api/v1/badges/{id}/revoke"), body)
        .await;
    assert_eq!(answer.status(), 422);
}

#[tokio::test]
async fn a_badge_of_a_newer_version_is_pointed_to_once_its_holder_shows_it() {
    let served = Served::new().await;
    let test = &served.test;
    let older = served.published_badge();
    let donna = test.person("donna", &[]);
    let next = micro_credential::revise(&test.app, &donna, &wait_time(), None).expect("a draft");
    let later = test.now.plus_seconds(60);
    micro_credential::publish(&test.app, Actor::Person(donna.id), &next.id, later)
        .expect("its publication");
    let ada = test.learner("ada");
    let prepared = ada.prepares_for(&next.id).id;
    ada.hands_in(prepared).expect("a complete submission");
    let award = test.reviewer("grace").accepts(prepared);
    let newer = issuer::issuance::issue(&test.app, award, test.now)
        .expect("a badge")
        .badge();

    assert!(
        !page(&served, older).await.contains(&newer.to_string()),
        "it is private"
    );
    issuer::badge::set_visibility(&test.app, &ada.person, newer, Visibility::Public)
        .expect("her leave");
    assert!(
        page(&served, older)
            .await
            .contains(&format!("/badges/{newer}"))
    );
    let history = served.json(&format!("/badges/{older}/history")).await;
    assert_eq!(history["superseded_by"], test.app.site.badge(newer));
    served.check_badge(older).await;
}

#[tokio::test]
async fn a_status_list_is_not_sent_again_while_it_is_the_same() {
    let served = Served::new().await;
    let id = served.published_badge();
    let list = "/status/1";
    for accept in ["application/vc+ld+json", "text/plain"] {
        let ask = async |known: Option<&str>| {
            let request = served.request(Method::GET, list).header("accept", accept);
            let request = match known {
                Some(tag) => request.header("if-none-match", tag),
                None => request,
            };
            request.send().await.expect("an answer")
        };
        let first = ask(None).await;
        assert_eq!(header(&first, "cache-control"), "public, max-age=60");
        let tag = header(&first, "etag").to_owned();
        assert!(!tag.is_empty());
        assert_eq!(ask(Some(&tag)).await.status(), 304);
        let reason = json!({ "reason": "It was another's work." });
        let officer = served.caller("olga", &[Role::IssuingOfficer]);
        let path = match accept {
            "text/plain" => format!("/api/v1/badges/{id}/reinstate"),
            _ => format!("/api/v1/badges/{id}/suspend"),
        };
        officer.post(&path, reason).await;
        if accept != "text/plain" {
            assert_eq!(ask(Some(&tag)).await.status(), 200, "a bit has changed");
        }
    }
}

#[tokio::test]
async fn the_register_is_searched_by_those_who_look_after_it_alone() {
    let served = Served::new().await;
    let test = &served.test;
    let badges = test.badges(&["ada", "mary", "emmy"]);
    test.revoke(badges[1].badge()).expect("its end");
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let register = "/api/v1/organisations/host/badges";
    let found = async |query: &str| -> Vec<String> {
        let answer = officer.get(&format!("{register}?{query}")).await;
        assert_eq!(answer.status(), 200, "{query}");
        let list: Value = answer.json().await.expect("a list");
        let items = list["items"].as_array().expect("items").clone();
        let mut names: Vec<String> = items
            .iter()
            .map(|item| item["earner_name"].as_str().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(found("").await, ["ada", "emmy", "mary"]);
    assert_eq!(found("state=revoked").await, ["mary"]);
    assert_eq!(found("state=in_force&words=A").await, ["ada", "emmy"]);
    assert_eq!(found("words=emm").await, ["emmy"]);
    assert_eq!(found("micro_credential=wait-time").await.len(), 3);
    assert!(found("micro_credential=other").await.is_empty());
    assert!(found("issued_before=2026-11-22T12:00:00Z").await.is_empty());
    assert_eq!(found("issued_from=2026-11-22T12:00:00Z").await.len(), 3);
    let reviewer = served.caller("grace", &[]);
    assert_eq!(reviewer.get(register).await.status(), 403);
    assert_eq!(served.caller("ada", &[]).get(register).await.status(), 404);
}

/// Ada's badge for something that is valid for a year, shown to everybody.
pub fn expiring(test: &TestApp) -> BadgeId {
    let donna = test.person("donna", &[Role::Author]);
    let mut content = content();
    content.validity_months = Some(12);
    let id: MicroCredentialId = "for-a-year".parse().expect("a slug");
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, id.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Person(donna.id), &id, test.now)
        .expect("its publication");
    let ada = test.learner("ada");
    let prepared = ada.prepares_for(&id).id;
    ada.hands_in(prepared).expect("a complete submission");
    let award = test.reviewer("grace").accepts(prepared);
    let issued = issuer::issuance::issue(&test.app, award, test.now).expect("a badge");
    let badge = issued.badge();
    issuer::badge::set_visibility(&test.app, &ada.person, badge, Visibility::Public)
        .expect("her leave");
    badge
}

/// A day in seconds.
pub const DAY: i64 = 86_400;

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_07_no_page_or_document_shows_a_revoked_badge_as_good() {
    let served = Served::new().await;
    let id = served.published_badge();
    let officer = served.caller("olga", &[Role::IssuingOfficer]);
    let address = served.test.app.site.badge(id);
    let kept = copy(&served, id).await;
    let body = json!({ "reason": "It was another's work." });
    let path = format!("/api/v1/badges/{id}/revoke");
    assert_eq!(officer.post(&path, body).await.status(), 201);

    // Whatever is asked for says so from the next moment on, and no cache keeps it for longer than a minute.
    let refresh = kept.at("/refreshService/id");
    let refresh = refresh.as_str().expect("an address").to_owned();
    let list = kept.at("/credentialStatus/statusListCredential");
    let list = list.as_str().expect("an address").to_owned();
    for path in [
        address.clone(),
        format!("{address}.json"),
        format!("{address}.jwt"),
        format!("{address}.png"),
        format!("/badges/{id}/history"),
        list,
    ] {
        let answer = served.page(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let cached = header(&answer, "cache-control").to_owned();
        assert!(
            ["public, max-age=60"].contains(&cached.as_str()),
            "{path}: {cached}"
        );
    }
    let shown = page(&served, id).await;
    let told = shown
        .find("This badge has been revoked")
        .expect("it is told");
    assert!(told < shown.find("<h1>").expect("a title"), "and first");
    assert!(!shown.contains("In force"), "{shown}");
    let history = served.json(&format!("/badges/{id}/history")).await;
    assert_eq!(history["state"], "revoked");
    let answer = served.get(&refresh).await;
    let newest = answer.text().await.expect("a form");
    for form in [&kept.json, &kept.jwt, &newest] {
        let report = verified(&served, form).await;
        let code = report.reason().map(|reason| reason.code());
        assert_eq!(code, Some("status.revoked"));
    }
}
