//! Organisations: each signs under its own name, with keys of its own.

use crate::app::{TestApp, keyring};
use crate::catalogue::content;
use crate::served::Served;
use issuer::app::App;
use issuer::badge::{self, Visibility};
use issuer::error::Error;
use issuer::event::Actor;
use issuer::id::{BadgeId, MicroCredentialId, OrganisationId};
use issuer::issuance;
use issuer::micro_credential;
use issuer::organisation::{self, NewOrganisation, OrganisationKind, OrganisationProfile, Role};
use issuer::random::Random;
use issuer::revocation;
use issuer::status::{self, StatusListNumber};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The district of this chapter.
pub fn wayne() -> OrganisationId {
    "wayne-county".parse().expect("a slug")
}

/// A district of this name, of the state that runs the service.
pub fn district(id: &OrganisationId, name: &str) -> NewOrganisation {
    NewOrganisation {
        id: id.clone(),
        kind: OrganisationKind::District,
        parent: Some(OrganisationId::host()),
        profile: OrganisationProfile::named(name.parse().expect("a name")),
    }
}

/// Founds Wayne County, which publishes a micro-credential.
pub fn found_wayne(test: &TestApp) -> MicroCredentialId {
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let id: MicroCredentialId = "design-thinking".parse().expect("a slug");
    let author = test.person("wanda", &[]);
    test.join(&author, &wayne(), &[Role::Author]);
    micro_credential::write(&test.app, &author, wayne(), id.clone(), content()).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    id
}

/// Somebody earns it, and Wayne County's own reviewer accepts.
fn badge_of_wayne(test: &TestApp, earner: &str, id: &MicroCredentialId) -> BadgeId {
    let learner = test.learner(earner);
    let submission = learner.prepares_for(id).id;
    learner.hands_in(submission).expect("a complete submission");
    let reviewer = test.reviewer("walter");
    test.join(&reviewer.person, &wayne(), &[Role::Reviewer]);
    let award = reviewer.accepts(submission);
    let issued = issuance::issue(&test.app, award, test.now).expect("a badge");
    issued.badge()
}

/// The service over a folder that outlives it. What it draws follows from the seed.
fn open(folder: &Path, seed: u8) -> TestApp {
    TestApp::in_folder(folder, keyring(), Random::seeded([seed; 32]), App::log_step)
}

#[tokio::test]
async fn an_organisation_issues_and_revokes_under_keys_of_its_own() {
    let served = Served::new().await;
    let test = &served.test;
    let hosts = served.published_badge();
    let id = found_wayne(test);
    let theirs = badge_of_wayne(test, "ada", &id);
    let ada = test.person("ada", &[]);
    badge::set_visibility(&test.app, &ada, theirs, Visibility::Public).expect("her leave");
    served.check_badge(hosts).await;
    served.check_badge(theirs).await;

    let badge = served.json(&test.app.site.badge(theirs)).await;
    let did = "did:web:badges.example.org:organisations:wayne-county";
    assert_eq!(badge["issuer"]["id"], did);
    assert_eq!(badge["issuer"]["name"], "Wayne County");
    assert_eq!(badge["issuer"]["parentOrg"]["id"], keyring().issuer_id());
    let creator = &badge["credentialSubject"]["achievement"]["creator"];
    assert_eq!(creator["id"], did);
    let method = badge["proof"][0]["verificationMethod"].as_str();
    assert!(method.is_some_and(|method| method.starts_with(&format!("{did}#"))));
    // Each organisation has a status list of its own, and no two have one number.
    let list = |badge: &Value| badge["credentialStatus"]["statusListCredential"].clone();
    let of_host = served.json(&test.app.site.badge(hosts)).await;
    assert_ne!(list(&badge), list(&of_host));
    let address = list(&badge);
    let signed = served.json(address.as_str().expect("an address")).await;
    assert_eq!(signed["issuer"], did);

    let officer = test.person("oscar", &[]);
    let reason = "It was another's.".parse().expect("a text");
    revocation::revoke(&test.app, &officer, theirs, reason, test.now).expect("its end");
    let page = served.page(&test.app.site.badge(theirs)).await;
    assert!(page.text().await.expect("a page").contains("revoked"));
    let renewed = served.json(address.as_str().expect("an address")).await;
    assert_eq!(renewed["issuer"], did);
    assert_ne!(renewed["credentialSubject"], signed["credentialSubject"]);
    served.check_badge(hosts).await;
}

#[tokio::test]
async fn an_organisation_publishes_its_did_its_keys_and_its_profile() {
    let served = Served::new().await;
    found_wayne(&served.test);
    let did = "did:web:badges.example.org:organisations:wayne-county";
    let document = served.json("/organisations/wayne-county/did.json").await;
    assert_eq!(document["id"], did);
    let profile = served.json("/organisations/wayne-county").await;
    assert_eq!(profile["id"], did);
    assert_eq!(profile["type"][0], "Profile");
    assert_eq!(profile["assertionMethod"], document["assertionMethod"]);
    assert_eq!(
        served
            .json("/organisations/wayne-county/profile.json")
            .await,
        profile
    );

    // Every key in the host's set says whose it is, and each has an address of its own.
    let set = served.json("/.well-known/jwks.json").await;
    let keys = set["keys"].as_array().expect("keys");
    let host = keyring();
    for (issuer, path) in [
        (host.issuer_id(), "/keys/"),
        (did, "/organisations/wayne-county/keys/"),
    ] {
        let of_issuer: Vec<&Value> = keys.iter().filter(|key| key["iss"] == issuer).collect();
        assert_eq!(of_issuer.len(), 1, "{issuer}");
        let kid = of_issuer[0]["kid"].as_str().expect("a name");
        let (_, fragment) = kid.split_once('#').expect("a fragment");
        assert_eq!(
            &served.json(&format!("{path}{fragment}")).await,
            of_issuer[0]
        );
        let elsewhere = match path {
            "/keys/" => format!("/organisations/wayne-county/keys/{fragment}"),
            _ => format!("/keys/{fragment}"),
        };
        assert_eq!(served.get(&elsewhere).await.status(), 404);
    }
    let page = served.page("/organisations/wayne-county").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.expect("a page").contains("Wayne County"));
    for nowhere in ["/organisations/nobody", "/organisations/nobody/did.json"] {
        assert_eq!(served.get(nowhere).await.status(), 404, "{nowhere}");
    }
}

#[test]
fn the_keys_of_an_organisation_outlive_the_process_and_are_read_by_the_service_alone() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let test = open(folder.path(), 44);
    let id = found_wayne(&test);
    let badge = badge_of_wayne(&test, "ada", &id);
    test.check_badge(badge);
    let keys = folder.path().join("organisations/wayne-county");
    for name in ["signing.pem", "jwt.pem"] {
        let file = keys.join(name).metadata().expect("a key");
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(
        keys.metadata().expect("a folder").permissions().mode() & 0o777,
        0o700
    );

    drop(test);
    let test = open(folder.path(), 45);
    test.check_badge(badge);
    test.check_badge(badge_of_wayne(&test, "mary", &id));
}

#[test]
fn keys_of_a_founding_that_came_to_nothing_are_taken_by_the_next_one() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let test = open(folder.path(), 48);
    // One of the two keys was written, and then the machine stopped.
    let jwt = folder.path().join("organisations/wayne-county/jwt.pem");
    let key = issuer::issuers::p256(&test.app.random);
    issuer::key_file::create(&jwt, &key).expect("a key");
    let before = std::fs::read(&jwt).expect("a key");
    let id = found_wayne(&test);
    assert_eq!(std::fs::read(&jwt).expect("a key"), before);
    test.check_badge(badge_of_wayne(&test, "ada", &id));

    let again = district(&wayne(), "Another Wayne");
    let refused = organisation::found(&test.app, Actor::Service, again, test.now)
        .expect_err("the name is taken");
    assert_eq!(refused.code(), "state.conflict");
    assert_eq!(std::fs::read(&jwt).expect("a key"), before);
}

#[test]
fn an_organisation_whose_keys_are_lost_holds_up_nobody_else() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let test = open(folder.path(), 46);
    let id = found_wayne(&test);
    badge_of_wayne(&test, "ada", &id);
    let keys = folder.path().join("organisations/wayne-county");
    let away = folder.path().join("away");
    std::fs::rename(&keys, &away).expect("another place");
    drop(test);

    let mut test = open(folder.path(), 47);
    let of_host = test.issued().badge();
    test.check_badge(of_host);
    test.now = test.now.plus_seconds(4 * 24 * 60 * 60);
    let freshened = status::keep_all_fresh(&test.app, test.now).expect("the store");
    let failed: Vec<StatusListNumber> = freshened.failed.iter().map(|(list, _)| *list).collect();
    assert_eq!(failed, [StatusListNumber::FIRST]);
    assert!(matches!(freshened.failed[0].1, Error::IssuerKey(_)));
    test.check_badge(of_host);

    std::fs::rename(&away, &keys).expect("its place");
    let freshened = status::keep_all_fresh(&test.app, test.now).expect("the store");
    assert!(freshened.failed.is_empty());
    test.check_badge(badge_of_wayne(&test, "mary", &id));
}

#[test]
fn an_issuer_of_one_key_has_organisations_of_one_key_each() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let host = keys::Keyring::did_key(keys::SecretKey::ed25519([1; 32])).expect("a keyring");
    let random = Random::seeded([47; 32]);
    let test = TestApp::in_folder(folder.path(), host, random, App::log_step);
    let id = found_wayne(&test);
    let theirs = badge_of_wayne(&test, "ada", &id);
    let hosts = test.badges(&["mary"]).remove(0);
    test.check_badge(theirs);
    test.check_badge(hosts.badge());
    let keyring = test.app.issuers.keyring(&wayne()).expect("keys");
    assert!(keyring.issuer_id().starts_with("did:key:z6Mk"));
    assert_ne!(keyring.issuer_id(), test.app.issuers.host().issuer_id());
}

/// The secret of the newest link that was mailed to an address.
pub fn mailed_secret(served: &Served, email: &str) -> String {
    let mails = served.test.app.store.outbox(1_000).expect("the store");
    let mut to = mails.iter().filter(|mail| mail.to.as_str() == email);
    let secret = to.find_map(|mail| {
        let (_, link) = mail.text.split_once("/invitations/")?;
        link.split_whitespace().next().map(str::to_owned)
    });
    secret.expect("a link")
}
