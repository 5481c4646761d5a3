//! The VC-API, driven as the W3C's suites drive it: every suite issues, verifies, and refuses what is broken.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::support::{entries, repository};
use crate::vc_api::{self, Offered, VcApi, code, credential, warnings};

/// W3C-10: issuing is answered with 201, verifying with 200 or 400.
#[tokio::test]
async fn every_suite_issues_what_it_verifies_and_refuses_what_was_changed() {
    let api = VcApi::start().await;
    let offered = api.offered().await;
    assert_eq!(offered.len(), 8, "{offered:?}");
    for offered in offered {
        let document = credential(&offered.id);
        let issued = api.issued(&offered, &document, json!({})).await;
        let proof = &issued["proof"];
        match offered.suite.as_str() {
            "Ed25519Signature2020" => assert_eq!(proof["type"], "Ed25519Signature2020"),
            suite => assert_eq!(proof["cryptosuite"], suite),
        }
        assert_eq!(proof["proofPurpose"], "assertionMethod");
        assert_eq!(proof["created"], vc_api::NOW);

        let (status, answer) = api.verify(&offered, &issued).await;
        assert_eq!(status, 200, "{}: {answer}", offered.path);
        assert_eq!(answer["verified"], true);
        assert_eq!(answer["checks"], json!(["credential", "proof", "validity"]));
        assert_eq!(answer["errors"], json!([]));
        let told: &[&str] = match offered.suite.as_str() {
            "Ed25519Signature2020" => &["proof.suite_deprecated"],
            _ => &[],
        };
        assert_eq!(warnings(&answer), told, "{}", offered.path);

        for (pointer, value) in [
            ("/credentialSubject/id", json!("did:example:thief")),
            ("/name", json!("Doctor of Everything")),
            ("/validUntil", json!("2099-01-01T00:00:00Z")),
            ("/proof/created", json!("2026-11-21T12:00:00Z")),
        ] {
            let mut changed = issued.clone();
            *changed.pointer_mut(pointer).expect("a member") = value;
            let (status, answer) = api.verify(&offered, &changed).await;
            assert_eq!(status, 400, "{} {pointer}", offered.path);
            assert_eq!(answer["verified"], false);
            assert_eq!(
                code(&answer),
                "signature.invalid",
                "{} {pointer}",
                offered.path
            );
        }
    }
}

/// W3C-1, W3C-2, W3C-3, W3C-4, W3C-5: broken documents are refused on issue and on verify, by the rule they break.
#[tokio::test]
async fn every_suite_refuses_forty_broken_documents_and_more() {
    let api = VcApi::start().await;
    let broken = broken();
    let mut rows = BTreeMap::new();
    for offered in api.offered().await {
        let document = credential(&offered.id);
        let issued = api.issued(&offered, &document, json!({})).await;
        let (mut on_issue, mut on_verify) = (0, 0);
        for (name, case) in &broken {
            if let Some(expected) = case["issue"].as_u64() {
                let body = json!({ "credential": changed(&document, case, &offered) });
                let path = format!("{}/credentials/issue", offered.path);
                let answer = api.post(&path, &body).await;
                check(name, case, expected, &answer);
                on_issue += 1;
            }
            let body = json!({ "verifiableCredential": changed(&issued, case, &offered) });
            let path = format!("{}/credentials/verify", offered.path);
            let answer = api.post(&path, &body).await;
            check(
                name,
                case,
                case["verify"].as_u64().expect("a status"),
                &answer,
            );
            assert_eq!(answer.1["verified"], false, "{name}");
            on_verify += 1;
        }
        assert!(on_issue >= 40 && on_verify >= 40);
        rows.insert((offered.suite, offered.key_type), (on_issue, on_verify));
    }
    println!(
        "{:<22} {:<8} {:>8} {:>8}",
        "suite", "key", "issue", "verify"
    );
    for ((suite, key_type), (on_issue, on_verify)) in rows {
        println!("{suite:<22} {key_type:<8} {on_issue:>8} {on_verify:>8}");
    }
}

/// W3C-7: what the model allows beside is let pass, and what of it was not looked at is told.
#[tokio::test]
async fn contexts_and_parts_that_the_model_allows_are_issued_and_verified() {
    let api = VcApi::start().await;
    for offered in api.offered().await {
        for (change, told) in allowed() {
            let mut document = credential(&offered.id);
            document.as_object_mut().expect("an object").extend(change);
            let body =
                json!({ "credential": document, "options": { "mandatoryPointers": ["/issuer"] } });
            let (status, answer) = api
                .post(&format!("{}/credentials/issue", offered.path), &body)
                .await;
            assert_eq!(status, 201, "{}: {document} {answer}", offered.path);
            // What is selected of it is another test's business.
            if offered.suite == "ecdsa-sd-2023" {
                continue;
            }
            let (status, answer) = api.verify(&offered, &answer["verifiableCredential"]).await;
            assert_eq!(status, 200, "{}: {document} {answer}", offered.path);
            let of_suite = |code: &&str| *code != "proof.suite_deprecated";
            let warnings: Vec<&str> = warnings(&answer).into_iter().filter(of_suite).collect();
            assert_eq!(warnings, told, "{document}");
        }
    }
}

#[tokio::test]
async fn an_issuer_may_be_an_object_and_a_subject_several() {
    let api = VcApi::start().await;
    let offered = api.suite("eddsa-rdfc-2022").await;
    let mut document = credential(&offered.id);
    document["issuer"] = json!({ "id": offered.id, "name": "Example University" });
    document["credentialSubject"] = json!([{ "id": "did:example:a" }, { "title": "no id" }]);
    let issued = api.issued(&offered, &document, json!({})).await;

    assert_eq!(issued["issuer"], document["issuer"]);
    assert_eq!(api.verify(&offered, &issued).await.0, 200);
}

#[tokio::test]
async fn requests_that_cannot_be_read_are_answered_with_400() {
    let api = VcApi::start().await;
    let offered = api.suite("eddsa-rdfc-2022").await;
    let path = |what: &str| format!("{}/{what}", offered.path);
    for (what, body) in [
        ("credentials/issue", json!({})),
        ("credentials/issue", json!({ "credential": "a text" })),
        ("credentials/issue", json!([])),
        (
            "credentials/issue",
            json!({ "credential": {}, "options": { "created": "yesterday" } }),
        ),
        ("credentials/verify", json!({})),
        (
            "credentials/verify",
            json!({ "verifiableCredential": {}, "options": { "challenge": 7 } }),
        ),
        (
            "presentations/verify",
            json!({ "verifiableCredential": {} }),
        ),
        (
            "presentations/verify",
            json!({ "verifiablePresentation": [] }),
        ),
    ] {
        let (status, answer) = api.post(&path(what), &body).await;
        assert_eq!(status, 400, "{what} {body}: {answer}");
    }
    for (what, body) in [
        (
            "credentials/verify",
            json!({ "verifiableCredential": null }),
        ),
        ("credentials/verify", json!({ "verifiableCredential": [] })),
        ("credentials/verify", json!({ "verifiableCredential": {} })),
        (
            "credentials/verify",
            json!({ "verifiableCredential": "eyJ" }),
        ),
    ] {
        let (status, answer) = api.post(&path(what), &body).await;
        assert_eq!(
            (status, &answer["verified"]),
            (400, &json!(false)),
            "{body}"
        );
    }
    for path in [
        "/interop/eddsa-rdfc-2022/P-256/credentials/issue",
        "/interop/eddsa-2022/Ed25519/credentials/issue",
        "/interop/eddsa-rdfc-2022/Ed25519/credentials/derive",
        "/interop/unknown/Ed25519/credentials/verify",
        "/api/v1/verify",
    ] {
        let body = json!({ "credential": {}, "verifiableCredential": {} });
        assert_eq!(api.post(path, &body).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_proof_is_added_to_a_set_or_to_a_chain() {
    let api = VcApi::start().await;
    let first = api.suite("eddsa-rdfc-2022").await;
    let second = api.suite("eddsa-jcs-2022").await;
    let document = credential(&first.id);
    let id = "urn:uuid:8b0f0f3e-5a4e-4b52-9a63-6a5a7b1f0c01";
    let once = api
        .issued(&first, &document, json!({ "proofId": id }))
        .await;

    let set = api.issued(&second, &once, json!({})).await;
    assert_eq!(set["proof"].as_array().map(Vec::len), Some(2));
    assert_eq!(api.verify(&first, &set).await.0, 200);

    let chain = api
        .issued(&second, &once, json!({ "previousProof": id }))
        .await;
    assert_eq!(chain["proof"][1]["previousProof"], id);
    assert_eq!(api.verify(&first, &chain).await.0, 200);

    let mut alone = chain.clone();
    alone["proof"] = chain["proof"][1].clone();
    let (status, answer) = api.verify(&first, &alone).await;
    assert_eq!((status, code(&answer)), (400, "proof.chain"));
    let mut one_bad = set.clone();
    one_bad["proof"][0]["created"] = json!("2026-01-01T00:00:00Z");
    let (status, answer) = api.verify(&first, &one_bad).await;
    assert_eq!((status, code(&answer)), (400, "proof.set_incomplete"));
    let body = json!({ "credential": once, "options": { "previousProof": "urn:example:nowhere" } });
    let path = format!("{}/credentials/issue", second.path);
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!((status, code(&answer)), (422, "proof.chain"));
}

/// LDP-17, LDP-18, LDP-19, LDP-21: a holder shows a part, never less than what is mandatory, and never the base proof.
#[tokio::test]
async fn a_holder_derives_what_the_issuer_lets_them_leave_out() {
    let api = VcApi::start().await;
    let offered = api.suite("ecdsa-sd-2023").await;
    let body = json!({
        "credential": credential(&offered.id),
        "options": { "mandatoryPointers": ["/issuer", "/validUntil"] },
    });
    let (status, answer) = api
        .post(&format!("{}/credentials/issue", offered.path), &body)
        .await;
    assert_eq!(status, 201, "{answer}");
    let base = &answer["verifiableCredential"];
    let (status, answer) = api.verify(&offered, base).await;
    assert_eq!((status, code(&answer)), (400, "proof.not_derived"));

    let shown = api
        .derived(&offered, base, &["/credentialSubject/degree"])
        .await;
    assert_eq!(shown["validUntil"], base["validUntil"]);
    assert_eq!(
        shown["credentialSubject"]["degree"],
        base["credentialSubject"]["degree"]
    );
    assert!(shown.get("name").is_none(), "{shown}");
    assert_eq!(api.verify(&offered, &shown).await.0, 200);

    for change in ["/validUntil", "/credentialSubject/degree/title"] {
        let mut less = shown.clone();
        *less.pointer_mut(change).expect("a member") = json!("2098-01-01T00:00:00Z");
        assert_eq!(api.verify(&offered, &less).await.0, 400, "{change}");
    }
    for pointers in [json!(["/nowhere"]), json!(["no pointer"])] {
        let body = json!({
            "verifiableCredential": base,
            "options": { "selectivePointers": pointers },
        });
        let path = format!("{}/credentials/derive", offered.path);
        let (status, answer) = api.post(&path, &body).await;
        assert_eq!(
            (status, code(&answer)),
            (422, "proof.selection"),
            "{pointers}"
        );
    }
    let again = json!({ "verifiableCredential": shown, "options": {} });
    let (status, answer) = api
        .post(&format!("{}/credentials/derive", offered.path), &again)
        .await;
    assert_eq!((status, code(&answer)), (422, "proof.not_base"));
}

/// Every broken document by its name.
fn broken() -> Vec<(String, Value)> {
    let folder = repository().join("tests/fixtures/vc-api/broken");
    entries(&folder)
        .iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            let text = fs::read_to_string(path).expect("a readable file");
            (
                name.into_owned(),
                serde_json::from_str(&text).expect("JSON"),
            )
        })
        .collect()
}

/// The document with the change of a case (RFC 6902: add, replace and remove).
fn changed(document: &Value, case: &Value, offered: &Offered) -> Value {
    let mut document = document.clone();
    for operation in case["change"].as_array().expect("operations") {
        let text = operation.to_string().replace("{issuer}", &offered.id);
        let operation: Value = serde_json::from_str(&text).expect("JSON");
        let path = operation["path"].as_str().expect("a path");
        let (parent, name) = path.rsplit_once('/').expect("a pointer");
        let parent = document.pointer_mut(parent).expect("something to change");
        let value = operation.get("value").cloned();
        match (parent, value, operation["op"].as_str()) {
            (Value::Array(items), Some(value), _) if name == "-" => items.push(value),
            (Value::Array(items), Some(value), Some("add")) => {
                items.insert(name.parse().expect("an index"), value);
            }
            (Value::Array(items), Some(value), _) => {
                items[name.parse::<usize>().expect("an index")] = value;
            }
            (Value::Object(members), Some(value), _) => {
                members.insert(name.to_owned(), value);
            }
            (Value::Object(members), None, Some("remove")) => {
                members.shift_remove(name).expect("something to remove");
            }
            other => panic!("{other:?}"),
        }
    }
    document
}

fn check(name: &str, case: &Value, expected: u64, (status, answer): &(u16, Value)) {
    assert_eq!(u64::from(*status), expected, "{name}: {answer}");
    assert_eq!(code(answer), case["code"], "{name}: {answer}");
    if let Some(pointer) = case.get("pointer") {
        assert_eq!(&answer["errors"][0]["pointer"], pointer, "{name}: {answer}");
    }
}

/// Members that make another credential that the data model allows, and the warnings it brings.
fn allowed() -> Vec<(serde_json::Map<String, Value>, Vec<&'static str>)> {
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let examples = "https://www.w3.org/ns/credentials/examples/v2";
    let terms = &credential("did:example:a")["@context"][1];
    let cases = [
        (json!({ "@context": [v2, examples, terms] }), vec![]),
        (json!({ "@context": [v2, terms, examples] }), vec![]),
        (
            json!({ "@context": [v2, { "a": "https://example.org/a" }, terms] }),
            vec![],
        ),
        (
            json!({ "@context": [v2, examples, terms], "nickname": "Ada" }),
            vec![],
        ),
        (
            json!({ "type": ["BachelorDegree", "VerifiableCredential"] }),
            vec![],
        ),
        (json!({ "type": "VerifiableCredential" }), vec![]),
        (
            json!({ "type": ["VerifiableCredential", "https://example.org/OfAnAddress"] }),
            vec![],
        ),
        (
            json!({ "name": [{ "@value": "Un", "@language": "fr" }, "One"] }),
            vec![],
        ),
        (
            json!({ "@context": [v2, examples, terms], "termsOfUse": { "type": "Policy" } }),
            vec![],
        ),
        (
            json!({ "relatedResource": [{
                "id": v2,
                "digestSRI": "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU",
            }] }),
            vec![],
        ),
        (
            json!({ "relatedResource": {
                "id": "https://example.org/elsewhere.json",
                "digestMultibase": "uEiAjCHMnK5-ayOIZLWo_TBoKYVvSAprlkYEjRlm19Cj0uw",
            } }),
            vec!["related.not_evaluated"],
        ),
    ];
    cases
        .into_iter()
        .map(|(change, told)| (change.as_object().expect("an object").clone(), told))
        .collect()
}
