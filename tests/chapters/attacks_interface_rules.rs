//! What must not be issued, and what is signed: exactly what was held against the rules.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use issuer::app::App;
use issuer::issuance;
use issuer::organisation::Role;
use issuer::random::Random;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::organisations::found_wayne;
use crate::app::{TestApp, keyring};
use crate::catalogue::content;
use crate::served::{Served, problem};
use crate::support::sha256_hex;

/// What every issuing leaves behind; nothing of it is there when nothing was issued.
fn traces(test: &TestApp) -> [usize; 4] {
    let records = |prefix: &[u8]| test.records(prefix);
    [
        records(b"allocation/"),
        records(b"credential/"),
        test.drawn(),
        test.log().len(),
    ]
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_what_another_organisation_wrote_is_neither_issued_nor_changed() {
    let served = Served::new().await;
    found_wayne(&served.test);
    let (ada, wanda) = (served.caller("ada", &[]), served.caller("wanda", &[]));
    // Wayne County has not adopted what the host wrote.
    let start = json!({ "micro_credential": "wait-time", "organisation": "wayne-county" });
    let refused = problem(ada.post("/api/v1/submissions", start).await).await;
    assert_eq!(refused, (422, "input.invalid".to_owned()));
    // And its author reaches nothing of the host's.
    let path = "/api/v1/organisations/host/micro-credentials/wait-time";
    let refused = problem(wanda.put(path, json!({})).await).await;
    assert_eq!(refused, (404, "auth.not_found".to_owned()));
    let publish = "/api/v1/micro-credentials/wait-time/publish";
    let refused = problem(wanda.post(publish, json!({})).await).await;
    assert_eq!(refused, (404, "auth.not_found".to_owned()));

    // What it adopted and gave up again is not begun any more.
    let adoptions = "/api/v1/organisations/wayne-county/adoptions";
    let wanted = json!({ "micro_credential": "wait-time" });
    assert_eq!(wanda.post(adoptions, wanted).await.status(), 201);
    let ended = wanda.request(reqwest::Method::DELETE, &format!("{adoptions}/wait-time"));
    let ended = ended.send().await.expect("an answer");
    assert!(ended.status().is_success(), "{}", ended.status());
    let start = json!({ "micro_credential": "wait-time", "organisation": "wayne-county" });
    let refused = problem(ada.post("/api/v1/submissions", start).await).await;
    assert_eq!(refused, (422, "input.invalid".to_owned()));
    assert_eq!(traces(&served.test), [0; 4]);
}

/// Forms: library.
#[test]
fn attack_a_13_an_organisation_without_its_keys_signs_nothing_until_it_has_them_again() {
    let folder = TempDir::new().expect("a folder");
    let start = || {
        let random = Random::system().expect("random bytes");
        TestApp::in_folder(folder.path(), keyring(), random, App::log_step)
    };
    let award = {
        let test = start();
        let id = found_wayne(&test);
        let ada = test.learner("ada");
        let submission = ada.prepares_for(&id).id;
        ada.hands_in(submission).expect("a complete submission");
        let walter = test.person("walter", &[]);
        test.join(&walter, &super::organisations::wayne(), &[Role::Reviewer]);
        test.reviewer("walter").accepts(submission)
    };
    let keys = folder.path().join("organisations/wayne-county");
    let away = folder.path().join("away");
    fs::rename(&keys, &away).expect("its keys");
    {
        let test = start();
        let refused = issuance::issue(&test.app, award, test.now).expect_err("no keys");
        assert_eq!(refused.code(), "key.file");
        assert_eq!(traces(&test), [0; 4]);
        let resumed = issuance::resume(&test.app, test.now).expect("the store");
        assert_eq!((resumed.issued, resumed.failed.len()), (0, 1));
        assert_eq!(traces(&test), [0; 4]);
    }
    fs::rename(&away, &keys).expect("its keys");
    let test = start();
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    assert_eq!((resumed.issued, resumed.failed.len()), (1, 0));
    test.check_badge(test.badges_of("ada")[0].id);
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_an_address_that_nobody_has_proven_stands_in_no_badge() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let wanted = json!({ "email": "grace@example.org" });
    let asked = ada.post("/api/v1/account/addresses", wanted).await;
    assert!(asked.status().is_success(), "{}", asked.status());
    let primary = ada
        .put(
            "/api/v1/account/addresses/primary",
            json!({ "email": "grace@example.org" }),
        )
        .await;
    assert!(primary.status().is_client_error(), "{}", primary.status());
    let id = served.published_badge();
    let badge = served.json(&served.test.app.site.badge(id)).await;
    let identifiers = &badge["credentialSubject"]["identifier"];
    let [identifier] = identifiers.as_array().expect("identifiers").as_slice() else {
        panic!("{identifiers}")
    };
    let salt = identifier["salt"].as_str().expect("a salt");
    let hash = |email: &str| format!("sha256${}", sha256_hex(format!("{email}{salt}").as_bytes()));
    assert_eq!(identifier["identityHash"], hash("ada@example.org"));
    assert_ne!(identifier["identityHash"], hash("grace@example.org"));
}

/// What an author may write, with what strangers' programs stumble over in its place: each is
/// refused before it is published, or its badge is good.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_what_an_author_writes_is_refused_or_makes_a_good_badge() {
    let served = Served::new().await;
    let author = served.caller("donna", &[]);
    let (mut refused, mut good, mut codes) = (0, 0, std::collections::BTreeSet::new());
    for (at, (pointer, value)) in hostile().into_iter().enumerate() {
        let mut said = serde_json::to_value(content()).expect("JSON");
        set(&mut said, pointer, value.clone());
        let id = format!("tried-{at}");
        let path = format!("/api/v1/organisations/host/micro-credentials/{id}");
        let mut answer = author.put(&path, said).await;
        if answer.status().is_success() {
            let publish = format!("/api/v1/micro-credentials/{id}/publish");
            answer = author.post(&publish, json!({})).await;
        }
        if !answer.status().is_success() {
            let (status, code) = problem(answer).await;
            assert!(
                (400..500).contains(&status),
                "{pointer} {value}: {status} {code}"
            );
            codes.insert(code);
            refused += 1;
            continue;
        }
        good += 1;
        let test = &served.test;
        let before = traces(test);
        let id = id.parse().expect("a slug");
        let name = format!("learner-{at}");
        let learner = test.learner(&name);
        let submission = learner.prepares_for(&id).id;
        learner.hands_in(submission).expect("a complete submission");
        let award = test.reviewer("grace").accepts(submission);
        let issued = issuance::issue(&test.app, award, test.now);
        let issued = issued.unwrap_or_else(|error| panic!("{pointer} {value}: {error}"));
        test.check_badge(issued.badge());
        signed_as_linted(test, award.to_string(), issued.json(), issued.jwt());
        assert_eq!(traces(test), before.map(|count| count + 1));
    }
    println!("{refused} refused with {codes:?}, {good} good");
    assert!(refused >= 20 && good >= 5, "{refused} {good}");
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_what_an_issuer_says_of_itself_leaves_room_for_the_badge() {
    let served = Served::new().await;
    let id = found_wayne(&served.test);
    let administrator = served.caller("alma", &[]);
    let alma = served.test.person("alma", &[]);
    let roles = [Role::Administrator, Role::Reviewer];
    served
        .test
        .join(&alma, &super::organisations::wayne(), &roles);
    let path = "/api/v1/organisations/wayne-county/profile";
    let profile = |bytes: usize| json!({ "name": "Wayne", "description": "\"".repeat(bytes) });
    let refused = problem(administrator.put(path, profile(2_001)).await).await;
    assert_eq!(refused, (422, "input.invalid".to_owned()));
    assert_eq!(administrator.put(path, profile(2_000)).await.status(), 200);
    let ada = served.test.learner("ada");
    let submission = ada.prepares_for(&id).id;
    ada.hands_in(submission).expect("a complete submission");
    let award = served.test.reviewer("alma").accepts(submission);
    let (app, now) = (&served.test.app, served.test.now);
    let issued = issuance::issue(app, award, now).expect("a badge");
    served.test.check_badge(issued.badge());
}

/// What browsers write in addresses and badges must not.
///
/// Forms: HTTP.
#[tokio::test]
async fn attack_a_13_an_address_that_an_earner_shares_is_spelt_as_badges_have_it() {
    let served = Served::new().await;
    let ada = served.caller("ada", &[]);
    let begun = ada.begins().await;
    let odd = "https://video.example.net/a|b^c?q={x}&y=100%#t[0]";
    let lesson = json!({ "requirement": "lesson", "link": odd });
    let added = ada.post(&format!("{begun}/evidence"), lesson).await;
    let added: Value = added.json().await.expect("a piece");
    let piece = added["id"].as_str().expect("an id");
    let path = format!("{begun}/evidence/{piece}/sharing");
    let shared = ada.put(&path, json!({ "sharing": "shared" })).await;
    assert!(shared.status().is_success(), "{}", shared.status());
    let submission = begun.rsplit('/').next().expect("an id").parse();
    let submission = submission.expect("an id");
    let learner = served.test.learner("ada");
    learner.adds_text(submission, "I counted to five.");
    learner.hands_in(submission).expect("a complete submission");
    let award = served.test.reviewer("grace").accepts(submission);
    let (app, now) = (&served.test.app, served.test.now);
    let issued = issuance::issue(app, award, now).expect("a badge");
    served.test.check_badge(issued.badge());
    let spelt = "https://video.example.net/a%7Cb%5Ec?q=%7Bx%7D&y=100%25#t%5B0%5D";
    assert!(issued.json().contains(spelt), "{}", issued.json());
}

/// Both forms hold, beside what securing adds, the very document that was allocated.
fn signed_as_linted(test: &TestApp, award: String, signed: &str, jwt: &str) {
    let records = test.app.store.engine().scan(b"allocation/", b"", 10_000);
    let records = records.expect("the store");
    let key = format!("allocation/{award}");
    let of_award = records.iter().find(|(found, _)| *found == key.as_bytes());
    let (_, record) = of_award.expect("its allocation");
    let record: Value = serde_json::from_slice(record).expect("a record");
    let linted = record["document"].as_str().expect("the document");
    let linted: Value = serde_json::from_str(linted).expect("JSON");
    let mut signed: Value = serde_json::from_str(signed).expect("JSON");
    let members = signed.as_object_mut().expect("an object");
    members.remove("proof").expect("a proof");
    assert_eq!(signed.to_string(), linted.to_string());
    let payload = jwt.split('.').nth(1).expect("a payload");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let mut payload: Value = serde_json::from_slice(&payload).expect("JSON");
    let claims = payload.as_object_mut().expect("an object");
    for claim in ["iss", "jti", "sub", "nbf", "exp"] {
        claims.remove(claim);
    }
    assert_eq!(payload, linted);
}

fn set(content: &mut Value, pointer: &str, value: Value) {
    let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
    let parent = content.pointer_mut(parent).expect("its parent");
    match parent {
        Value::Array(items) => items[member.parse::<usize>().expect("a place")] = value,
        parent => parent[member] = value,
    }
}

/// Texts that programs stumble over, wherever an author may write.
fn hostile() -> Vec<(&'static str, Value)> {
    let odd = [
        json!("\u{0}"),
        json!("a\u{1b}[2Jb"),
        json!("a\u{85}b"),
        json!("\u{202e}gnitirw"),
        json!("\u{feff}x"),
        json!("@id"),
        json!("<script>alert(1)</script>"),
        json!(" "),
        json!(""),
        json!(null),
        json!(7),
        json!([]),
        json!({ "@value": "x" }),
    ];
    let places = [
        "/name",
        "/description",
        "/competency",
        "/criteria",
        "/tags/0",
        "/rubric/criteria/0/name",
        "/rubric/criteria/0/levels/0/name",
        "/evidence_requirements/0/name",
    ];
    let mut table: Vec<_> = places
        .into_iter()
        .flat_map(|place| odd.iter().map(move |value| (place, value.clone())))
        .collect();
    let alignment = |url: &str| json!([{ "target_name": "Standard 1", "target_url": url }]);
    table.extend([
        ("/description", json!("x".repeat(20_000))),
        ("/criteria", json!("\"".repeat(16_000))),
        ("/language", json!("not a language")),
        ("/language", json!("en-US")),
        ("/credits", json!("NaN")),
        ("/credits", json!(-1)),
        ("/credits", json!(1e300)),
        ("/credits", json!(0.1)),
        ("/validity_months", json!(0)),
        ("/validity_months", json!(4_000_000_000_u32)),
        ("/validity_months", json!(600)),
        ("/alignments", alignment("standards/1")),
        ("/alignments", alignment("javascript:alert(1)")),
        (
            "/alignments",
            alignment("https://standards.example/a b|c<d>"),
        ),
        ("/rubric/criteria/0/required_level", json!("unheard-of")),
        ("/rubric/criteria/1/id", json!("waiting")),
        ("/rubric/criteria/0/levels/1/id", json!("absent")),
        ("/rubric/criteria/0/levels", json!([])),
        ("/rubric/criteria/0/levels/0/points", json!(-1)),
        (
            "/image",
            json!({ "sha256": "0".repeat(64), "media_type": "image/png" }),
        ),
        ("/stack", json!(["wait-time"])),
    ]);
    table
}
