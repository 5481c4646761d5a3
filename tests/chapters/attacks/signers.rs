//! Group P: who may sign, through every form.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use verifier::{Documents, Policy, TrustList, Verdict, verify};

use super::proofs::{good, report};
use crate::chapters::clr::{envelope, record};
use crate::forge::{
    self, DISTRICT, Key, WEB, badge, baked, endorsement, header, options, payload, school_badge,
    school_token, signed, signed_with, token, with, without,
};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::{FORM, Served, form};
use crate::web::{Web, now};

/// A stranger's good signature in the name of every kind of issuer.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_01_a_strangers_signature_makes_no_badge_of_the_issuer() {
    let mut all = Case::fixtures(&["refused/issuer.key_not_controlled"]);
    let stranger = Key::Stranger;
    let told = "refused/issuer.key_not_controlled";
    for issuer in [Key::School.did(), DISTRICT.to_owned(), WEB.to_owned()] {
        let document = signed(&badge(&issuer), &stranger.method(), stranger).to_string();
        all.push(Case::new(
            format!("{issuer} in a picture"),
            baked(&document),
            told,
        ));
        all.push(Case::new(&issuer, document.clone(), told).leniently());
        all.push(Case::new(&issuer, document, told));
        let token = token(
            &header(stranger, &stranger.method()),
            &payload(&badge(&issuer)),
            stranger,
        );
        all.push(Case::new(format!("{issuer} in a token"), token, told));
    }
    hold("P-01", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_02_an_issuer_is_one_whole_address() {
    let mut all = Case::fixtures(&["refused/issuer.malformed", "verified/one-line-issuer.json"]);
    let profile = |id: Value| json!({"id": id, "type": ["Profile"], "name": "School"});
    for issuer in [
        json!(""),
        json!([]),
        json!({}),
        json!(7),
        json!([Key::School.did()]),
        profile(json!(null)),
        profile(json!([Key::School.did()])),
        profile(json!(format!("{}#key", Key::School.did()))),
        profile(json!(format!(" {}", Key::School.did()))),
        profile(json!("https://ISSUER.example/profile")),
        profile(json!("https://issuer.example:443/profile")),
        profile(json!("https://issuer.example/a/../profile")),
        profile(json!("https://user@issuer.example/profile")),
        profile(json!("//issuer.example/profile")),
    ] {
        let changed = with(&good(), "/issuer", issuer.clone());
        all.push(Case::new(
            issuer.to_string(),
            changed.to_string(),
            "refused/issuer.malformed",
        ));
    }
    // Two addresses that differ in a slash are two issuers, and the one says nothing of the other's keys.
    let key = Key::Web;
    for (issuer, told) in [
        (WEB.to_owned(), "verified"),
        (format!("{WEB}/"), "refused/issuer.key_not_controlled"),
        (format!("{WEB}?"), "refused/issuer.key_not_controlled"),
    ] {
        let method = format!("{WEB}#{}", key.multibase());
        let document = signed(&badge(&issuer), &method, key).to_string();
        all.push(Case::new(format!("signed for {issuer}"), document, told));
    }
    hold("P-02", &all).await;
}

/// Every purpose of the proof with every list that the key may stand in.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_03_only_a_key_for_assertions_makes_them() {
    const PURPOSES: [&str; 5] = [
        "assertionMethod",
        "authentication",
        "keyAgreement",
        "capabilityInvocation",
        "capabilityDelegation",
    ];
    let mut all = Case::fixtures(&["refused/proof.purpose"]);
    let id = format!("{DISTRICT}#key-1");
    for listed in PURPOSES.iter().copied().chain([""]) {
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": DISTRICT,
            "verificationMethod": [{
                "id": id, "type": "Multikey", "controller": DISTRICT,
                "publicKeyMultibase": Key::District.multibase(),
            }],
        });
        if !listed.is_empty() {
            document[listed] = json!([id]);
        }
        let mut web = Web::read();
        web.serve(
            "https://badges.example/.well-known/did.json",
            document.to_string(),
        );
        let web = Arc::new(web);
        for purpose in PURPOSES {
            let options = with(&options(&id), "/proofPurpose", json!(purpose));
            let document = signed_with(&badge(DISTRICT), &options, Key::District);
            let told = match (listed, purpose) {
                ("assertionMethod", "assertionMethod") => "verified",
                _ => "refused/proof.purpose",
            };
            let name = format!("{purpose}, listed for {listed:?}");
            all.push(Case::new(name, document.to_string(), told).on(&web));
        }
        let token = token(
            &header(Key::District, &id),
            &payload(&badge(DISTRICT)),
            Key::District,
        );
        let told = match listed {
            "assertionMethod" => "verified",
            _ => "refused/proof.purpose",
        };
        all.push(Case::new(format!("token, listed for {listed:?}"), token, told).on(&web));
    }
    hold("P-03", &all).await;
}

/// The proofs of good badges exchanged, each for each.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_12_a_proof_is_of_one_badge() {
    let badges: Vec<Value> = [
        json!("Wait Time"),
        json!("Idea Generating"),
        json!("Wait Time "),
        json!("wait time"),
    ]
    .map(|name| school_badge("/name", name))
    .into();
    let mut all = Vec::new();
    for (one, document) in badges.iter().enumerate() {
        for (other, theirs) in badges.iter().enumerate() {
            let mixed = with(document, "/proof", theirs["proof"].clone());
            let told = match one == other {
                true => "verified",
                false => "refused/signature.invalid",
            };
            all.push(Case::new(
                format!("{one} with the proof of {other}"),
                mixed.to_string(),
                told,
            ));
        }
    }
    let token = school_token();
    let key = Key::School;
    let other = payload(&with(&badge(&key.did()), "/name", json!("Other")));
    let other = forge::token(&header(key, &key.method()), &other, key);
    let (input, _) = other.rsplit_once('.').expect("a signature");
    let (_, signature) = token.rsplit_once('.').expect("a signature");
    all.push(Case::new(
        "tokens",
        format!("{input}.{signature}"),
        "refused/signature.invalid",
    ));
    hold("P-12", &all).await;
}

/// A good badge around one that is not, at every depth.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_13_a_good_badge_vouches_for_nothing_inside_it() {
    let key = Key::School;
    let around = |inner: Value| {
        let mut outer = badge(&key.did());
        outer["endorsement"] = json!([inner]);
        signed(&outer, &key.method(), key).to_string()
    };
    let good = signed(&endorsement(&key.did()), &key.method(), key);
    let mut all = vec![Case::new("good inside", around(good.clone()), "verified")];
    for (name, inner) in [
        ("edited", with(&good, "/name", json!("Other"))),
        ("unsigned", without(&good, "/proof")),
        ("expired", {
            let expired = with(
                &without(&good, "/proof"),
                "/validUntil",
                json!("2026-10-02T00:00:00Z"),
            );
            signed(&expired, &key.method(), key)
        }),
        ("a stranger's", {
            signed(
                &without(&good, "/proof"),
                &Key::Stranger.method(),
                Key::Stranger,
            )
        }),
    ] {
        let document = around(inner);
        let report = report(document.as_bytes());
        assert_eq!(report.nested().len(), 1, "{name}");
        assert_eq!(
            report.nested()[0].report.verdict(),
            Verdict::Refused,
            "{name}"
        );
        all.push(Case::new(name, document, "refused/nested.invalid"));
    }
    // By the requirement no endorsement is endorsed: what stands deeper is reported as not looked at, and vouched for
    // by nobody. A record within a record is left unread.
    let plain = endorsement(&key.did());
    let head = header(key, &key.method());
    let mut deeper = token(&head, &payload(&plain), Key::Stranger);
    for depth in 2..=5 {
        let carrying = with(&plain, "/issuer/endorsementJwt", json!([deeper]));
        let document = around(signed(&carrying, &key.method(), key));
        let report = report(document.as_bytes());
        let nested = &report.nested()[0].report;
        let warnings = nested.warnings().iter().map(|reason| reason.code());
        assert_eq!(
            warnings.collect::<Vec<_>>(),
            ["endorsement.not_evaluated"],
            "{depth}"
        );
        all.push(Case::new(format!("{depth} deep"), document, "verified"));
        deeper = token(&head, &payload(&carrying), key);
    }
    let badge = signed(&badge(&key.did()), &key.method(), key);
    let inner = token(&head, &payload(&record(json!([badge]))), key);
    let outer = signed(&record(json!([envelope(&inner)])), &key.method(), key);
    let report = report(outer.to_string().as_bytes());
    let inside = report.nested()[0]
        .report
        .reason()
        .map(|reason| reason.code());
    assert_eq!(inside, Some("contents.too_deep"));
    all.push(Case::new(
        "a record in a record",
        outer.to_string(),
        "undetermined/nested.undetermined",
    ));
    hold("P-13", &all).await;
}

/// A badge in a known issuer's name by somebody else: what it says of itself, and what the verifier says of it.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_14_a_known_name_under_another_identifier_is_unknown() {
    let stranger = Key::Stranger;
    let document = signed(&badge(&stranger.did()), &stranger.method(), stranger).to_string();
    let all = [Case::new("an imitation", document.clone(), "verified")];
    hold("P-14", &all).await;

    let list = json!({"issuers": [{"id": Key::School.did(), "name": "Example School District"}]})
        .to_string();
    let policy = {
        let mut policy = Policy::default();
        policy.trust = Some(TrustList::read(list.as_bytes()).expect("a list"));
        policy
    };
    let by_library = verify(document.as_bytes(), &Documents::default(), &policy, now());
    let by_library = json!(by_library);
    assert_eq!(by_library["verdict"], "verified");
    assert_eq!(by_library["trust"]["standing"], "notListed");
    assert!(by_library.to_string().contains("trust.unknown_issuer"));
    assert_eq!(by_library["badge"]["issuer"], stranger.did());

    let folder = tempfile::tempdir().expect("a folder");
    let (known, file) = (
        folder.path().join("known.json"),
        folder.path().join("badge.json"),
    );
    fs::write(&known, list).expect("a file");
    fs::write(&file, &document).expect("a file");
    let run = program::command()
        .args([
            "verify",
            "--json",
            "--offline",
            "--now",
            forge::NOW,
            "--trust",
        ])
        .args([&known, &file])
        .output()
        .expect("the program");
    let by_program: Value = serde_json::from_slice(&run.stdout).expect("a report");
    assert_eq!(by_program, by_library);

    // The page names the identifier before the name that anybody may claim.
    let served = Served::new().await;
    let body = format!("{}&{}", form("badge", &document), form("now", forge::NOW));
    let request = served
        .request(reqwest::Method::POST, "/verify")
        .header("content-type", FORM);
    let page = request
        .body(body)
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a page");
    assert!(page.contains(&stranger.did()), "{page}");
    assert!(!page.contains("Known as"), "{page}");
}
