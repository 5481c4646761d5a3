//! What stays of endorsements when somebody is erased, joins another account, or takes everything away.

use std::io::{Cursor, Read};

use issuer::badge::{self, Visibility};
use issuer::erasure;
use issuer::merge;
use serde_json::{Value, json};
use verifier::Verdict;
use zip::ZipArchive;

use super::{asked, found_wayne, holder_asks, praise, wish};
use crate::app::TestApp;
use crate::chapters::accounts_merge::proof;
use crate::served::{Served, problem};

/// An endorsement of a badge that everybody sees.
fn endorsed(test: &TestApp, name: &str) -> (issuer::id::BadgeId, issuer::id::EndorsementId) {
    let badge = test.badges(&[name])[0].badge();
    let holder = test.person(name, &[]);
    badge::set_visibility(&test.app, &holder, badge, Visibility::Public).expect("their leave");
    let id = praise(
        test,
        &holder,
        badge,
        "You know my classes, said the holder.",
    );
    (badge, id)
}

#[tokio::test]
async fn endorsements_of_the_badges_of_somebody_who_is_erased_go_with_them() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let (_, id) = endorsed(test, "zebedee");
    let (_, other) = endorsed(test, "bert");
    // A request that nobody has answered yet.
    let open = test.badges(&["zoe"])[0].badge();
    let zoe = test.person("zoe", &[]);
    holder_asks(test, &zoe, open);
    let (log, drawn) = (test.log(), test.drawn());
    for name in ["zebedee", "zoe"] {
        let person = test.person(name, &[]);
        let address = person.primary().to_string();
        erasure::ask(&test.app, &person, &address, test.now).expect("their leave");
    }
    for form in ["", ".json", ".jwt"] {
        let answer = served.get(&format!("/endorsements/{id}{form}")).await;
        assert_eq!(
            problem(answer).await,
            (410, "endorsement.gone".to_owned()),
            "{form}"
        );
    }
    let kept = served.get(&format!("/endorsements/{other}.json")).await;
    assert_eq!(kept.status(), 200);
    for prefix in [
        &b"endorsement/"[..],
        b"endorsement-by/",
        b"endorsement-of/",
        b"endorsement-pair/",
        b"endorsement-credential/",
    ] {
        assert_eq!(
            test.records(prefix),
            1,
            "{}",
            String::from_utf8_lossy(prefix)
        );
    }
    assert_eq!(test.records(b"endorsement-waiting/"), 0);
    assert_eq!(
        (test.log(), test.drawn()),
        (log, drawn),
        "no place is free again"
    );
    test.app.log.check().expect("a sound log");
    let otto = served.caller("otto", &[]);
    let list = otto.get(super::ENDORSING).await;
    let list: Value = list.json().await.expect("a list");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_somebody_said_when_they_asked_is_forgotten_with_them() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let id = asked(&served, wish()).await;
    let donna = test.person("donna", &[]);
    let address = donna.primary().to_string();
    erasure::ask(&test.app, &donna, &address, test.now).expect("her leave");
    let held = test.app.store.endorsement_held(id.parse().expect("an id"));
    let request = held.expect("the store").expect("it").value.request;
    assert_eq!(request.expect("a request").message.as_str(), "Erased.");
    // The organisation's request stands, and can be answered.
    super::gives(&served.caller("avery", &[]), &id).await;
}

#[tokio::test]
async fn endorsements_stay_when_accounts_are_joined_and_are_taken_away_with_the_rest() {
    let served = Served::new().await;
    let test = &served.test;
    found_wayne(test);
    let (badge, id) = endorsed(test, "ada");
    let (old, new) = (test.person("ada", &[]), test.person("countess", &[]));
    let secret = proof(test, &new, &old);
    merge::merge(&test.app, &new, &secret, test.now).expect("one account");
    let countess = served.caller("countess", &[]);
    let path = format!("/api/v1/badges/{badge}/endorsements");
    let list: Value = countess.get(&path).await.json().await.expect("a list");
    assert_eq!(list["items"][0]["id"], json!(id));
    let showing = format!("{path}/{id}/showing");
    let hidden = countess.put(&showing, json!({ "showing": "hidden" })).await;
    assert_eq!(hidden.status(), 200);

    let archive = countess.get("/api/v1/account/export").await;
    let archive = archive.bytes().await.expect("an archive").to_vec();
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("a ZIP");
    let mut read = |ending: &str| {
        let path = format!("badges/{badge}/endorsements/{id}{ending}");
        let mut text = String::new();
        let mut file = archive.by_name(&path).expect("it is in it");
        file.read_to_string(&mut text).expect("a text");
        text
    };
    assert!(read(".json").contains("You know my classes"));
    for form in [read("-credential.json"), read("-credential.jwt")] {
        let verdict = test.verify(form.as_bytes()).verdict();
        assert_eq!(verdict, Verdict::Verified);
    }
}
