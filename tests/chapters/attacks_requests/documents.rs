//! Attacks by identifiers and by the documents that they lead to.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::forge::{self, Key, badge, header, payload, signed, token, with, without};
use crate::forms::{Case, hold};
use crate::web::Web;

use super::*;

/// Every member that an address can stand in names another host; only the issuer's is called.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_01_addresses_in_an_unproven_badge_are_left_alone() {
    let mut number = 0;
    let mut address = || {
        number += 1;
        json!(format!("https://trap-{number}.example/x"))
    };
    let mut full = badge("did:web:badges.example");
    full["@context"] = json!([
        forge::CREDENTIALS,
        forge::OPEN_BADGES,
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]);
    full["credentialStatus"] = json!({
        "id": address(), "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": "8", "statusListCredential": address(),
    });
    full["credentialSchema"] = json!([{"id": address(), "type": "1EdTechJsonSchemaValidator2019"}]);
    full["refreshService"] = json!({"id": address(), "type": "1EdTechCredentialRefresh"});
    full["termsOfUse"] = json!([{"id": address(), "type": "https://vocab.example/Terms"}]);
    full["evidence"] = json!([{"id": address(), "type": ["Evidence"], "name": "A lesson"}]);
    full["image"] = json!({"id": address(), "type": "Image"});
    full["issuer"]["url"] = address();
    full["issuer"]["image"] = json!({"id": address(), "type": "Image"});
    full["issuer"]["endorsementJwt"] = json!(["e30.e30.AA"]);
    let achievement = &mut full["credentialSubject"]["achievement"];
    achievement["id"] = address();
    achievement["image"] = json!({"id": address(), "type": "Image"});
    achievement["criteria"]["id"] = address();
    achievement["creator"] = json!({"id": address(), "type": ["Profile"], "url": address()});
    achievement["related"] = json!([{"id": address(), "type": ["Related"]}]);
    achievement["alignment"] = json!([{
        "type": ["Alignment"], "targetName": "A standard", "targetUrl": address(),
    }]);
    full["credentialSubject"]["result"] = json!([{
        "type": ["Result"], "value": "A", "resultDescription": address(),
        "alignment": [{"type": ["Alignment"], "targetName": "Another", "targetUrl": address()}],
    }]);
    full["credentialSubject"]["source"] = json!({
        "id": address(), "type": ["Profile"], "url": address(),
    });
    assert!(number >= 20, "{number}");
    let full = without(&full, "/issuer/endorsementJwt");
    let method = "did:web:badges.example#key-1";
    let forged = signed(&full, method, Key::Stranger);
    let cases = [
        Case::new("unsigned", full.to_string(), "refused/proof.missing"),
        Case::new(
            "wrongly signed",
            forged.to_string(),
            "refused/signature.invalid",
        ),
    ];
    hold("N-01", &cases).await;
    for (case, most) in cases.iter().zip([0, 1]) {
        let (_, asked) = case
            .web
            .verify_at(&case.presented, &Default::default(), case.now);
        assert_eq!(asked.len(), most, "{asked:?}");
        assert!(
            asked
                .iter()
                .all(|url| url.host_str() == Some("badges.example"))
        );
    }
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_07_a_did_web_says_which_address_it_means() {
    let mut cases = Case::fixtures(&[
        "refused/did.invalid/did-web-address.json",
        "refused/did.invalid/did-web-dots.json",
        "refused/did.invalid/did-web-empty-segment.json",
        "refused/did.invalid/did-web-slash.json",
        "refused/did.invalid/did-web-upper-case.json",
    ]);
    for did in [
        "did:web:example..com",
        "did:web:example.com.",
        "did:web:.example.com",
        "did:web:example.com:",
        "did:web:example.com::a",
        "did:web:example.com:..",
        "did:web:example.com:%2e%2e",
        "did:web:example.com:a%2fb",
        "did:web:example.com?a",
        "did:web:user@example.com",
        "did:web:user%40example.com",
        "did:web:example.com%3A",
        "did:web:example.com%3A0",
        "did:web:example.com%3A65536",
        "did:web:example.com%3A80%3A80",
        "did:web:%3A80",
        "did:web:-example.com",
        "did:web:exa_mple.com",
        "did:web:xn--a",
    ] {
        cases.push(of(did, "refused/did.invalid"));
    }
    // Longer than a token could name its key.
    let long = format!("did:web:example.com:{}", "a".repeat(500));
    let badge = signed(&badge(&long), &format!("{long}#key"), Key::Stranger);
    cases.push(Case::new("long", badge.to_string(), "refused/did.invalid"));
    hold("N-07", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_n_08_a_document_of_keys_is_about_the_issuer_and_short() {
    const DID: &str = "did:web:keys.example";
    let key = Key::DistrictP256;
    let method = |id: &str| {
        json!({
            "id": id, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": key.public().jwk(),
        })
    };
    let id = format!("{DID}#key");
    let document = |methods: Vec<Value>| {
        json!({
            "@context": ["https://www.w3.org/ns/did/v1"],
            "id": DID,
            "verificationMethod": methods,
            "assertionMethod": [id],
        })
    };
    let good = document(vec![method(&id)]);
    let others = |count: usize| {
        let mut methods = vec![method(&id)];
        methods.extend((1..count).map(|at| method(&format!("{DID}#key-{at}"))));
        document(methods)
    };
    let badge = token(&header(key, &id), &payload(&badge(DID)), key);
    let mut cases = Case::fixtures(&["refused/did.document"]);
    for (name, document, told) in [
        ("as it should be", good.to_string(), "verified"),
        ("64 keys", others(64).to_string(), "verified"),
        ("65 keys", others(65).to_string(), "refused/did.document"),
        (
            "1,000 keys",
            others(1_000).to_string(),
            "refused/did.document",
        ),
        (
            "another id",
            with(&good, "/id", json!("did:web:keys.example.com")).to_string(),
            "refused/did.document",
        ),
        (
            "capitals in the id",
            with(&good, "/id", json!("did:web:Keys.example")).to_string(),
            "refused/did.document",
        ),
        (
            "a slash behind the id",
            with(&good, "/id", json!("did:web:keys.example/")).to_string(),
            "refused/did.document",
        ),
        (
            "no id",
            without(&good, "/id").to_string(),
            "refused/did.document",
        ),
        (
            "an id that is no text",
            with(&good, "/id", json!([DID])).to_string(),
            "refused/did.document",
        ),
        (
            "a page",
            "<!doctype html><title>Hello</title>".to_owned(),
            "refused/did.document",
        ),
        ("a list", json!([good]).to_string(), "refused/did.document"),
        (
            "two ids",
            good.to_string()
                .replacen('{', "{\"id\":\"did:web:keys.example\",", 1),
            "refused/did.document",
        ),
        (
            "a key of another controller",
            with(
                &good,
                "/verificationMethod/0/controller",
                json!("did:web:other.example"),
            )
            .to_string(),
            "refused/did.document",
        ),
        (
            "a key of another name",
            with(
                &good,
                "/verificationMethod/0/id",
                json!("did:web:other.example#key"),
            )
            .to_string(),
            "refused/did.document",
        ),
    ] {
        let mut web = Web::read();
        web.serve("https://keys.example/.well-known/did.json", document);
        cases.push(Case::new(name, badge.clone(), told).on(&Arc::new(web)));
    }
    hold("N-08", &cases).await;
}
