//! Endorsements: asked for, given, declined, shown, hidden and withdrawn.

mod badges;
mod erased;
mod pages;
mod peers;
mod races;

use issuer::endorsement::asking::{self, Whose, Wish};
use issuer::endorsement::{Credential, Endorsed, Endorsement, Gift, Showing, answering, giving};
use issuer::event::Actor;
use issuer::fetch;
use issuer::id::{BadgeId, EndorsementId, OrganisationId, PersonId};
use issuer::log::Kind;
use issuer::organisation::{self, Role};
use issuer::person::Person;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use verifier::{Policy, Report, Verdict};

use super::organisations::{district, wayne};
use crate::app::TestApp;
use crate::catalogue::wait_time;
use crate::mailbox;
use crate::served::{Caller, Outside, Served, problem};

/// Where Wayne County finds what it is asked for.
pub const ENDORSING: &str = "/api/v1/organisations/wayne-county/endorsements";
/// Where the host finds what others say of it.
pub const RECEIVED: &str = "/api/v1/organisations/host/received-endorsements";
pub const PRAISE: &str = "Teachers of ours who hold this *wait* before they ask again.";

/// Wayne County, with an officer and an advisor.
pub fn found_wayne(test: &TestApp) {
    let county = district(&wayne(), "Wayne County");
    organisation::found(&test.app, Actor::Service, county, test.now).expect("founded");
    for (name, role) in [("otto", Role::IssuingOfficer), ("avery", Role::Advisor)] {
        test.join(&test.person(name, &[]), &wayne(), &[role]);
    }
}

/// What the host wants of Wayne County for its micro-credential.
pub fn wish() -> Value {
    json!({
        "subject": { "kind": "micro_credential", "id": "wait-time" },
        "endorser": "wayne-county",
        "message": "Your teachers earn it. What do you think of it?",
    })
}

pub async fn said(answer: Response, status: u16) -> Value {
    let found = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap_or_default();
    assert_eq!(found, status, "{body}");
    body
}

/// Donna asks Wayne County, and says under which name the request is known.
pub async fn asked(served: &Served, wish: Value) -> String {
    let donna = served.caller("donna", &[]);
    let body = said(donna.post(RECEIVED, wish).await, 201).await;
    body["id"].as_str().expect("an id").to_owned()
}

/// Avery gives it in the county's name.
pub async fn gives(avery: &Caller<'_>, id: &str) -> Value {
    let body = json!({ "comment": PRAISE });
    let give = format!("{ENDORSING}/{id}/give");
    said(avery.post(&give, body).await, 200).await
}

pub async fn verified(served: &Served, form: &str) -> Report {
    let outside = Outside::at(served.address);
    let bytes = form.as_bytes().to_vec();
    fetch::verify(bytes, &outside, Policy::default(), served.test.now).await
}

pub fn code(report: &Report) -> Option<&'static str> {
    report.reason().map(|reason| reason.code())
}

/// What the chapters endorse unasked, without HTTP.
pub fn offered(test: &TestApp, subject: &Endorsed) -> Endorsement {
    let gift = Gift {
        by: test.person("otto", &[]).id,
        comment: PRAISE.parse().expect("a text"),
    };
    giving::offer(&test.app, &wayne(), subject, &gift, test.now).expect("an endorsement")
}

/// The owner says where it is shown.
pub fn shows(test: &TestApp, endorsement: &Endorsement, showing: Showing) {
    let donna = test.person("donna", &[]);
    let whose = Whose::Organisation(endorsement.owner.clone());
    let (app, id, now) = (&test.app, endorsement.id, test.now);
    answering::show(app, donna.id, &whose, id, showing, now).expect("its place");
}

pub fn credential(test: &TestApp, id: EndorsementId) -> Credential {
    let found = test.app.store.endorsement_credential(id);
    found.expect("the store").expect("a signed endorsement")
}

pub fn of_wait_time() -> Endorsed {
    Endorsed::MicroCredential(wait_time())
}

/// A holder asks Wayne County for an endorsement of a badge of theirs.
pub fn holder_asks(test: &TestApp, holder: &Person, badge: BadgeId) -> Endorsement {
    let wish = Wish {
        subject: Endorsed::Badge(badge),
        endorser: wayne(),
        message: "You know my classes, said the holder."
            .parse()
            .expect("a text"),
    };
    let whose = Whose::Holder(badge);
    asking::ask(&test.app, holder.id, &whose, &wish, test.now).expect("a request")
}

/// What an organisation says of the one that runs the service, for those who may look.
pub fn furnish(test: &TestApp, endorser: &OrganisationId, by: PersonId) -> EndorsementId {
    let gift = Gift {
        by,
        comment: PRAISE.parse().expect("a text"),
    };
    let subject = Endorsed::Issuer(OrganisationId::host());
    let given = giving::offer(&test.app, endorser, &subject, &gift, test.now);
    given.expect("an endorsement").id
}

/// A badge that Wayne County endorses because its holder asks for it in these words.
pub fn praise(test: &TestApp, holder: &Person, badge: BadgeId, words: &str) -> EndorsementId {
    let wish = Wish {
        subject: Endorsed::Badge(badge),
        endorser: wayne(),
        message: words.parse().expect("a text"),
    };
    let whose = Whose::Holder(badge);
    let asked = asking::ask(&test.app, holder.id, &whose, &wish, test.now).expect("a request");
    let gift = Gift {
        by: test.person("otto", &[]).id,
        comment: PRAISE.parse().expect("a text"),
    };
    giving::answer(&test.app, (&wayne(), asked.id), &gift, test.now).expect("given");
    asked.id
}

/// END-1, END-3, END-8, DM-172 to DM-183, row 83.
#[tokio::test]
async fn an_advisor_endorses_what_an_author_asks_for_and_everybody_can_verify_it() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let id = asked(&served, wish()).await;
    // Those who may answer are told, and find it.
    for name in ["otto", "avery"] {
        let letters = mailbox::messages(test, &format!("{name}@example.org"));
        let letter = letters.last().expect("a letter");
        assert!(letter.text.contains("What do you think of it?"));
        assert!(letter.text.contains(&id), "{}", letter.text);
    }
    let avery = served.caller("avery", &[]);
    let waiting = said(avery.get(&format!("{ENDORSING}?state=asked")).await, 200).await;
    assert_eq!(waiting["items"][0]["id"], id.as_str());
    assert_eq!(waiting["items"][0]["request"]["side"], "organisation");
    let address = format!("/endorsements/{id}");
    assert_eq!(
        served.get(&address).await.status(),
        404,
        "nothing is signed"
    );

    let given = gives(&avery, &id).await;
    assert_eq!(
        (&given["state"], &given["showing"]),
        (&json!("given"), &json!("by_address"))
    );
    // Whoever gives the same again gets what was given.
    let again = gives(&avery, &id).await;
    assert_eq!(given, again);

    let signed = served.json(&address).await;
    let issuer = "did:web:badges.example.org:organisations:wayne-county";
    assert_eq!(
        signed["id"],
        test.app.site.endorsement(id.parse().expect("an id"))
    );
    assert_eq!(
        signed["type"],
        json!(["VerifiableCredential", "EndorsementCredential"])
    );
    assert_eq!(signed["name"], "Endorsement of Wait Time");
    assert_eq!(signed["issuer"]["id"], issuer);
    assert_eq!(signed["issuer"]["type"], json!(["Profile"]));
    assert_eq!(signed["awardedDate"], signed["validFrom"]);
    let subject = &signed["credentialSubject"];
    assert_eq!(
        subject["id"],
        test.app.site.achievement(&wait_time()),
        "END-6"
    );
    assert_eq!(subject["type"], json!(["EndorsementSubject"]));
    assert_eq!(subject["endorsementComment"], PRAISE);
    assert_eq!(
        signed["credentialSchema"][0]["type"],
        "1EdTechJsonSchemaValidator2019"
    );
    assert_eq!(
        signed["credentialStatus"]["type"],
        "BitstringStatusListEntry"
    );
    assert_eq!(signed["proof"][0]["cryptosuite"], "eddsa-rdfc-2022");

    for form in ["json", "jwt"] {
        let answer = served.get(&format!("{address}.{form}")).await;
        let text = answer.text().await.expect("a form");
        let report = verified(&served, &text).await;
        assert_eq!(report.verdict(), Verdict::Verified, "{form}: {report:#?}");
    }
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue]);
    test.app.log.check().expect("a sound log");

    // The micro-credential's page and its document say so.
    let page = served.page("/achievements/wait-time").await;
    let page = page.text().await.expect("a page");
    for word in [
        "What others say",
        "Wayne County",
        "Teachers of ours",
        &address,
    ] {
        assert!(page.contains(word), "{word}");
    }
    let achievement = served.json("/achievements/wait-time.json").await;
    assert_eq!(achievement["endorsement"], json!([signed]));
    // Whoever asked is told.
    let letters = mailbox::messages(test, "donna@example.org");
    assert!(
        letters
            .iter()
            .any(|letter| letter.subject.contains("Wayne County endorses Wait Time"))
    );
    // An advisor does nothing else.
    for what in ["micro-credentials", "members", "badges"] {
        let path = format!("/api/v1/organisations/wayne-county/{what}");
        let refused = avery.get(&path).await;
        assert!([403, 404].contains(&refused.status().as_u16()), "{path}");
    }
}

#[tokio::test]
async fn what_is_offered_shows_nowhere_until_its_owner_wants_it_and_not_any_more_once_it_is_hidden()
{
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let otto = served.caller("otto", &[]);
    let body = json!({ "subject": { "kind": "issuer", "id": "host" }, "comment": PRAISE });
    let given = said(otto.post(ENDORSING, body.clone()).await, 201).await;
    assert_eq!(given["showing"], "offered");
    let id = given["id"].as_str().expect("an id");
    let address = format!("/endorsements/{id}");
    let donna = served.caller("donna", &[]);
    let says = |showing| donna.put_showing(id, showing);
    let seen = async |is_seen: bool| {
        let status = served.get(&format!("{address}.json")).await.status();
        assert_eq!(status, if is_seen { 200 } else { 404 });
        let profile = served.json("/issuer.json").await;
        assert_eq!(profile["endorsement"].is_array(), is_seen);
        let page = served.page("/organisations/host").await;
        let page = page.text().await.expect("a page");
        assert_eq!(page.contains("Teachers of ours"), is_seen);
    };

    seen(false).await;
    // Its owner and its endorser see it.
    for caller in [&donna, &otto] {
        let request = caller.request(Method::GET, &address).send();
        assert_eq!(request.await.expect("an answer").status(), 200);
    }
    let found = said(donna.get(RECEIVED).await, 200).await;
    assert_eq!(found["items"][0]["id"], id);
    for (showing, is_seen) in [
        ("by_address", true),
        ("hidden", false),
        ("in_every_badge", true),
    ] {
        let shown = said(says(showing).await, 200).await;
        assert_eq!(shown["showing"], showing);
        seen(is_seen).await;
    }
    let wrong = says("offered").await;
    assert_eq!(problem(wrong).await, (422, "input.invalid".to_owned()));
    let signed = served.json(&format!("{address}.json")).await;
    assert_eq!(
        signed["credentialSubject"]["id"],
        test.app.issuers.host().issuer_id(),
        "END-6"
    );
    // There is one at a time, and nobody endorses what is their own.
    let other = json!({ "subject": { "kind": "issuer", "id": "host" }, "comment": "More." });
    let second = problem(otto.post(ENDORSING, other).await).await;
    assert_eq!(second, (409, "endorsement.given".to_owned()));
    let own = json!({ "subject": { "kind": "issuer", "id": "wayne-county" }, "comment": "We." });
    let refused = problem(otto.post(ENDORSING, own).await).await;
    assert_eq!(refused, (409, "endorsement.own".to_owned()));
}

#[tokio::test]
async fn what_is_withdrawn_is_seen_as_revoked_and_its_page_says_why() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let id = asked(&served, wish()).await;
    let (avery, otto) = (served.caller("avery", &[]), served.caller("otto", &[]));
    gives(&avery, &id).await;
    let address = format!("/endorsements/{id}");
    let signed = served.get(&format!("{address}.json")).await;
    let signed = signed.text().await.expect("a credential");
    mailbox::empty(test);

    let reason = json!({ "reason": "The course behind it has ended." });
    let withdraw = format!("{ENDORSING}/{id}/withdraw");
    let withdrawn = said(otto.post(&withdraw, reason.clone()).await, 200).await;
    assert_eq!(withdrawn["state"], "withdrawn");
    let again = problem(otto.post(&withdraw, reason).await).await;
    assert_eq!(again, (409, "endorsement.not_in_force".to_owned()));

    let report = verified(&served, &signed).await;
    assert_eq!(code(&report), Some("status.revoked"));
    // The signed endorsement stays, so that its status can be looked up.
    let still = served.get(&format!("{address}.json")).await;
    assert_eq!(still.text().await.expect("a credential"), signed);
    let page = served.page(&address).await.text().await.expect("a page");
    assert!(page.contains("This endorsement was withdrawn"), "{page}");
    assert!(page.contains("The course behind it has ended."));
    let page = served.page("/achievements/wait-time").await;
    assert!(
        !page
            .text()
            .await
            .expect("a page")
            .contains("What others say")
    );
    let achievement = served.json("/achievements/wait-time.json").await;
    assert_eq!(achievement["endorsement"], Value::Null);
    let letters = mailbox::messages(test, "donna@example.org");
    assert!(letters[0].text.contains("The course behind it has ended."));
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue, Kind::Revoke]);
    test.app.log.check().expect("a sound log");
    // It can be asked for anew.
    assert_ne!(asked(&served, wish()).await, id);
}

#[tokio::test]
async fn whoever_declines_says_why_and_is_left_in_peace_for_a_month() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let donna = served.caller("donna", &[]);
    let id = asked(&served, wish()).await;
    let twice = problem(donna.post(RECEIVED, wish()).await).await;
    assert_eq!(twice, (409, "endorsement.asked".to_owned()));
    let avery = served.caller("avery", &[]);
    let reason = json!({ "reason": "We do not know it well enough." });
    let decline = format!("{ENDORSING}/{id}/decline");
    said(avery.post(&decline, reason.clone()).await, 200).await;
    let letters = mailbox::messages(test, "donna@example.org");
    assert!(letters[0].text.contains("We do not know it well enough."));
    let late = problem(avery.post(&decline, reason).await).await;
    assert_eq!(late, (409, "endorsement.answered".to_owned()));
    let give = format!("{ENDORSING}/{id}/give");
    let late = avery.post(&give, json!({ "comment": PRAISE }));
    assert_eq!(
        problem(late.await).await,
        (409, "endorsement.answered".to_owned())
    );
    let soon = problem(donna.post(RECEIVED, wish()).await).await;
    assert_eq!(soon, (409, "endorsement.declined".to_owned()));

    let wish = Wish {
        subject: of_wait_time(),
        endorser: wayne(),
        message: "Now you know it.".parse().expect("a text"),
    };
    let whose = Whose::Organisation(OrganisationId::host());
    let by = test.person("donna", &[]).id;
    let month = test.now.plus_seconds(30 * 24 * 60 * 60);
    asking::ask(&test.app, by, &whose, &wish, month).expect("another request");
    assert!(test.log().is_empty(), "nothing was signed");
}

#[tokio::test]
async fn words_requests_and_endorsements_in_badges_have_their_bounds() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let (otto, donna) = (served.caller("otto", &[]), served.caller("donna", &[]));
    let long = json!({
        "subject": { "kind": "micro_credential", "id": "wait-time" },
        "comment": "a".repeat(2_001),
    });
    let refused = otto.post(ENDORSING, long).await;
    assert_eq!(problem(refused).await, (422, "input.invalid".to_owned()));
    let mut long = wish();
    long["message"] = json!("a".repeat(1_001));
    assert_eq!(problem(donna.post(RECEIVED, long).await).await.0, 422);
    for (member, value) in [
        ("endorser", json!("nobody-county")),
        ("subject", json!({ "kind": "issuer", "id": "wayne-county" })),
        (
            "subject",
            json!({ "kind": "badge", "id": "1111111111111111" }),
        ),
    ] {
        let mut wrong = wish();
        wrong[member] = value;
        let refused = donna.post(RECEIVED, wrong).await;
        assert!([404, 422].contains(&refused.status().as_u16()), "{member}");
    }

    // Of two organisations one stands in every badge.
    let knox: OrganisationId = "knox-county".parse().expect("a slug");
    organisation::found(
        &test.app,
        Actor::Service,
        district(&knox, "Knox County"),
        test.now,
    )
    .expect("founded");
    test.join(&test.person("otto", &[]), &knox, &[Role::IssuingOfficer]);
    let body = json!({
        "subject": { "kind": "micro_credential", "id": "wait-time" },
        "comment": PRAISE,
    });
    let mut ids = Vec::new();
    for name in ["wayne-county", "knox-county"] {
        let path = format!("/api/v1/organisations/{name}/endorsements");
        let given = said(otto.post(&path, body.clone()).await, 201).await;
        ids.push(given["id"].as_str().expect("an id").to_owned());
    }
    said(donna.put_showing(&ids[0], "in_every_badge").await, 200).await;
    let second = donna.put_showing(&ids[1], "in_every_badge").await;
    assert_eq!(
        problem(second).await,
        (409, "endorsement.another_in_badges".to_owned())
    );
    said(donna.put_showing(&ids[0], "by_address").await, 200).await;
    said(donna.put_showing(&ids[1], "in_every_badge").await, 200).await;

    // A list of them is read page by page.
    let list = said(donna.get(&format!("{RECEIVED}?limit=1")).await, 200).await;
    let next = list["next"].as_str().expect("another page");
    let rest = said(
        donna
            .get(&format!("{RECEIVED}?limit=1&cursor={next}"))
            .await,
        200,
    )
    .await;
    assert_ne!(list["items"][0]["id"], rest["items"][0]["id"]);
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test]
async fn what_was_done_stands_in_the_trails_of_both_organisations() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let id = asked(&served, wish()).await;
    let avery = served.caller("avery", &[]);
    gives(&avery, &id).await;
    let donna = served.caller("donna", &[]);
    said(donna.put_showing(&id, "in_every_badge").await, 200).await;
    said(donna.put_showing(&id, "hidden").await, 200).await;
    let reason = json!({ "reason": "It has ended." });
    let withdraw = format!("{ENDORSING}/{id}/withdraw");
    said(avery.post(&withdraw, reason).await, 200).await;
    test.join(
        &test.person("hanna", &[]),
        &OrganisationId::host(),
        &[Role::Administrator],
    );
    test.join(&test.person("wanda", &[]), &wayne(), &[Role::Administrator]);
    for (name, organisation) in [("hanna", "host"), ("wanda", "wayne-county")] {
        let trail = served.caller(name, &[]);
        let path = format!("/api/v1/organisations/{organisation}/audit?limit=100");
        let trail = said(trail.get(&path).await, 200).await;
        let items = trail["items"].as_array().expect("a list").iter();
        let about = items.filter(|one| one["about"]["endorsement"] == id.as_str());
        let kinds: Vec<_> = about
            .map(|one| one["kind"].as_str().unwrap_or_default())
            .collect();
        let kinds_expected = [
            "endorsement.withdrawn",
            "endorsement.hidden",
            "endorsement.accepted",
            "endorsement.given",
            "endorsement.asked",
        ];
        assert_eq!(kinds, kinds_expected, "{organisation}");
    }
}

/// Saying where something is shown.
trait Shows {
    fn put_showing(&self, id: &str, showing: &str) -> impl Future<Output = Response>;
}

impl Shows for Caller<'_> {
    async fn put_showing(&self, id: &str, showing: &str) -> Response {
        let path = format!("{RECEIVED}/{id}/showing");
        self.put(&path, json!({ "showing": showing })).await
    }
}
