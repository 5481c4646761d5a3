//! Badges that carry what others say, and what others say of one badge.

use issuer::app::Step;
use issuer::badge::changing::{self, About, Act, Decision};
use issuer::badge::{self, Visibility};
use issuer::endorsement::{Endorsed, Gift, Showing, giving, withdrawing};
use issuer::id::{BadgeId, OrganisationId};
use issuer::organisation::Role;
use issuer::{issuance, layout};
use reqwest::Method;
use serde_json::{Value, json};
use verifier::{NestedRole, Verdict};

use super::{
    ENDORSING, PRAISE, code, credential, found_wayne, gives, holder_asks, of_wait_time, offered,
    said, shows, verified,
};
use crate::app::TestApp;
use crate::browser::Browser;
use crate::chapters::organisations::wayne;
use crate::chapters::signing::stop_after;
use crate::mailbox;
use crate::served::{Served, problem};

fn document(test: &TestApp, badge: BadgeId, edition: u32) -> (String, Value) {
    let issued = test.app.store.issued(badge, edition).expect("the store");
    let json = issued.expect("an edition").json().to_owned();
    let document = serde_json::from_str(&json).expect("JSON");
    (json, document)
}

/// DM-55, DM-132, END-2, END-5, END-6, END-7.
#[tokio::test]
async fn a_badge_carries_what_is_wanted_in_every_badge_and_is_verified_apart_from_it() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let of_achievement = offered(test, &of_wait_time());
    let host = OrganisationId::host();
    let of_issuer = offered(test, &Endorsed::Issuer(host));
    let before = test.badges(&["bert"])[0].badge();
    assert_eq!(
        document(test, before, 1).1["issuer"]["endorsement"],
        Value::Null
    );
    shows(test, &of_achievement, Showing::InEveryBadge);
    shows(test, &of_issuer, Showing::InEveryBadge);

    let badge = served.published_badge();
    served.check_badge(badge).await;
    let (json, signed) = document(test, badge, 1);
    assert!(
        json.len() < 40 * 1024,
        "a badge stays small: {}",
        json.len()
    );
    for form in [
        &json,
        test.app
            .store
            .issued(badge, 1)
            .expect("it")
            .expect("it")
            .jwt(),
    ] {
        let report = verified(&served, form).await;
        assert_eq!(report.verdict(), Verdict::Verified, "{report:#?}");
        assert!(report.warnings().is_empty(), "{:?}", report.warnings());
        // The edition that the refresh address gives is looked at too.
        let nested = report.nested().iter();
        let said: Vec<_> = nested
            .filter(|one| one.role == NestedRole::Endorsement)
            .collect();
        assert_eq!(said.len(), 2);
        for one in said {
            assert_eq!(one.report.verdict(), Verdict::Verified);
        }
    }
    let achievement = &signed["credentialSubject"]["achievement"];
    for (carrier, endorsement) in [
        (achievement, &of_achievement),
        (&signed["issuer"], &of_issuer),
    ] {
        let own: Value =
            serde_json::from_str(credential(test, endorsement.id).json()).expect("JSON");
        assert_eq!(carrier["endorsement"], json!([own]), "as it was signed");
        assert_eq!(own["credentialSubject"]["id"], carrier["id"], "END-6");
        assert!(own["@context"].is_array(), "END-3");
    }

    // Withdrawn, it is told apart; a further edition does without it.
    let otto = test.person("otto", &[]);
    let reason = "The course has ended.".parse().expect("a text");
    let whose = (&wayne(), of_achievement.id);
    withdrawing::withdraw(&test.app, otto.id, whose, &reason, test.now).expect("its end");
    let report = verified(&served, &json).await;
    assert_eq!(code(&report), Some("nested.invalid"));
    let verdicts: Vec<_> = report
        .nested()
        .iter()
        .map(|one| code(&one.report))
        .collect();
    assert!(verdicts.contains(&Some("status.revoked")) && verdicts.contains(&None));
    let decision = Decision {
        act: Act::Correct,
        by: test.officer().id,
        reason: "Without what was withdrawn.".parse().expect("a text"),
        bulk: None,
    };
    changing::decide(&test.app, badge, About::Current, &decision, test.now).expect("an edition");
    let (json, signed) = document(test, badge, 2);
    assert_eq!(
        signed["credentialSubject"]["achievement"]["endorsement"],
        Value::Null
    );
    assert_eq!(verified(&served, &json).await.verdict(), Verdict::Verified);
    served.check_badge(badge).await;
}

/// An endorsement that is withdrawn while a badge is being issued is not in it.
#[test]
fn what_is_withdrawn_between_allocating_and_signing_is_left_out() {
    let mut test = TestApp::new();
    found_wayne(&test);
    let endorsement = offered(&test, &of_wait_time());
    shows(&test, &endorsement, Showing::InEveryBadge);
    let award = test.award();
    stop_after(&mut test, award, |step| {
        assert_ne!(step, Step::Allocated, "stopped here");
    });
    let allocation = test.app.store.engine().get(&layout::allocation(award));
    let allocation = allocation.expect("the store").expect("an allocation");
    let allocation = String::from_utf8(allocation).expect("JSON");
    assert!(allocation.contains("EndorsementCredential"), "{allocation}");
    let otto = test.person("otto", &[]);
    let reason = "At once.".parse().expect("a text");
    let whose = (&wayne(), endorsement.id);
    withdrawing::withdraw(&test.app, otto.id, whose, &reason, test.now).expect("its end");

    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    assert!(!issued.json().contains("EndorsementCredential"));
    assert_eq!(test.records(b"allocation-void/"), 1);
    test.check_badge(issued.badge());
}

#[tokio::test]
async fn a_private_badge_is_shown_to_whoever_is_asked_as_far_as_that_takes_and_to_nobody_else() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let badge = served.badge();
    let ada = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{badge}/endorsements");
    let body = json!({ "endorser": "wayne-county", "message": "You know my classes." });
    let asked = said(ada.post(&path, body).await, 201).await;
    let id = asked["id"].as_str().expect("an id");
    let officer = test.person("otto", &[]);
    let otto = Browser::of(&served, &officer);
    let page = otto
        .get(&format!("/organisations/wayne-county/endorsements/{id}"))
        .await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("a page");
    for word in ["You know my classes.", "Wait Time", "ada"] {
        assert!(page.contains(word), "{word}");
    }
    assert!(
        !page.contains(&format!("/badges/{badge}")),
        "no way to the badge"
    );
    let shut = async || {
        for path in [format!("/badges/{badge}"), format!("/badges/{badge}.json")] {
            assert_eq!(otto.get(&path).await.status(), 404, "{path}");
            assert_eq!(served.get(&path).await.status(), 404, "{path}");
        }
        assert_eq!(
            served
                .get(&format!("/endorsements/{id}.json"))
                .await
                .status(),
            404
        );
    };
    shut().await;
    let stranger = served.caller("eve", &[]);
    assert_eq!(stranger.get(&path).await.status(), 404);
    // What a holder asks is not the issuer's business.
    let donna = served.caller("donna", &[]);
    let received = said(donna.get(super::RECEIVED).await, 200).await;
    assert_eq!(received["items"], json!([]));

    let avery = served.caller("avery", &[]);
    let given = gives(&avery, id).await;
    assert_eq!(given["showing"], "by_address");
    shut().await;
    let letters = mailbox::messages(test, "ada@example.org");
    assert!(
        letters
            .iter()
            .any(|one| one.subject.contains("Wayne County endorses Wait Time"))
    );

    let holder = test.person("ada", &[]);
    badge::set_visibility(&test.app, &holder, badge, Visibility::Public).expect("her leave");
    let signed = served.get(&format!("/endorsements/{id}.json")).await;
    let signed = signed.text().await.expect("a credential");
    let report = verified(&served, &signed).await;
    assert_eq!(report.verdict(), Verdict::Verified);
    let subject = &report.credential().expect("it")["credentialSubject"];
    assert_eq!(subject["id"], test.app.site.badge(badge), "END-6");
    let page = served.page(&format!("/badges/{badge}")).await;
    assert!(
        page.text()
            .await
            .expect("a page")
            .contains("Teachers of ours")
    );
    // Only what badges name can stand in them.
    let showing = format!("{path}/{id}/showing");
    let wrong = ada
        .put(&showing, json!({ "showing": "in_every_badge" }))
        .await;
    assert_eq!(
        problem(wrong).await,
        (409, "endorsement.not_for_badges".to_owned())
    );
    said(ada.put(&showing, json!({ "showing": "hidden" })).await, 200).await;
    let page = served.page(&format!("/badges/{badge}")).await;
    assert!(
        !page
            .text()
            .await
            .expect("a page")
            .contains("Teachers of ours")
    );
    assert_eq!(
        served
            .get(&format!("/endorsements/{id}.json"))
            .await
            .status(),
        404
    );
}

#[tokio::test]
async fn nobody_praises_a_badge_they_cannot_see_or_hold_themselves_or_show_it_for_somebody_else() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let badge = served.badge();
    let otto = served.caller("otto", &[]);
    let body = json!({ "subject": { "kind": "badge", "id": badge }, "comment": PRAISE });
    assert_eq!(
        problem(otto.post(ENDORSING, body.clone()).await).await.0,
        404
    );
    let holder = test.person("ada", &[]);
    badge::set_visibility(&test.app, &holder, badge, Visibility::Link).expect("her leave");
    // An officer who holds it cannot say it in the county's name.
    test.join(&holder, &wayne(), &[Role::IssuingOfficer]);
    let gift = Gift {
        by: holder.id,
        comment: PRAISE.parse().expect("a text"),
    };
    let own = giving::offer(
        &test.app,
        &wayne(),
        &Endorsed::Badge(badge),
        &gift,
        test.now,
    );
    assert_eq!(own.expect_err("her own").code(), "endorsement.own");
    let given = said(otto.post(ENDORSING, body).await, 201).await;
    let id = given["id"].as_str().expect("an id");
    assert_eq!(given["showing"], "offered");
    // Its issuer neither sees it nor shows it.
    let donna = served.caller("donna", &[]);
    let showing = format!("{}/{id}/showing", super::RECEIVED);
    let refused = donna
        .put(&showing, json!({ "showing": "by_address" }))
        .await;
    assert_eq!(problem(refused).await.0, 404);
    assert_eq!(
        served.get(&format!("/endorsements/{id}")).await.status(),
        404
    );
    let ada = served.caller("ada", &[]);
    let path = format!("/api/v1/badges/{badge}/endorsements/{id}/showing");
    said(
        ada.put(&path, json!({ "showing": "by_address" })).await,
        200,
    )
    .await;
    let answer = served.get(&format!("/endorsements/{id}")).await;
    assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow");
    // An open request can be taken back by whoever asked.
    let other = test.badges(&["mary"])[0].badge();
    let mary = served.caller("mary", &[]);
    let asked = holder_asks(test, &test.person("mary", &[]), other);
    let path = format!("/api/v1/badges/{other}/endorsements/{}", asked.id);
    let taken = mary.request(Method::DELETE, &path).send().await;
    assert_eq!(taken.expect("an answer").status(), 204);
    assert_eq!(test.records(b"endorsement-waiting/"), 0);
}
