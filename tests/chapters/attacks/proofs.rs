//! Group P: proofs, through every form.

use std::fs;

use serde_json::{Value, json};
use verifier::{Documents, Policy, verify};

use crate::forge::{
    self, Key, badge, header, options, payload, proof, school_badge, school_token, signed, token,
    with, without,
};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::{FORM, Served, form};
use crate::web::{now, presented, told};

pub(super) fn good() -> Value {
    school_badge("/name", json!("Wait Time"))
}

pub(super) fn report(bytes: &[u8]) -> verifier::Report {
    verify(bytes, &Documents::default(), &Policy::default(), now())
}

/// A good proof (`g`), a bad one (`b`) and one of an unknown suite (`u`) in every mixture.
fn proof_sets() -> Vec<(&'static str, Value)> {
    let key = Key::School;
    let plain = badge(&key.did());
    let good = proof(&plain, &options(&key.method()), key);
    let bad = with(&good, "/created", json!("2026-10-02T08:00:00Z"));
    let unknown = with(&good, "/cryptosuite", json!("some-suite-2030"));
    let set = |name: &str| {
        let proofs = name.chars().map(|kind| match kind {
            'g' => good.clone(),
            'b' => bad.clone(),
            _ => unknown.clone(),
        });
        with(&plain, "/proof", proofs.collect())
    };
    [
        "g", "b", "u", "gg", "gb", "bg", "gu", "ug", "bu", "ub", "gub", "bgu",
    ]
    .map(|name| (name, set(name)))
    .into()
}

/// By the table of verdicts, strictly every evaluated proof holds, leniently the first; an unknown suite warns.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_04_every_proof_that_can_be_evaluated_holds() {
    let mut all = Case::fixtures(&["refused/proof.set_incomplete"]);
    for (name, document) in proof_sets() {
        let strict = match name {
            "g" | "gg" | "gu" | "ug" => "verified",
            "u" => "refused/proof.suite_not_allowed",
            "b" | "bu" | "ub" => "refused/signature.invalid",
            _ => "refused/proof.set_incomplete",
        };
        let lenient = match name.trim_start_matches('u').chars().next() {
            Some('g') => "verified",
            Some(_) => "refused/signature.invalid",
            None => "refused/proof.suite_not_allowed",
        };
        all.push(Case::new(
            format!("{name} strictly"),
            document.to_string(),
            strict,
        ));
        all.push(Case::new(format!("{name} leniently"), document.to_string(), lenient).leniently());
    }
    hold("P-04", &all).await;
}

/// Each of two proofs taken away: the badge holds by the other, and the report names that one alone.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_05_a_report_names_the_proofs_that_were_checked_and_no_other() {
    let mut all = Vec::new();
    for fixture in [
        "two-good-proofs.json",
        "statements-and-json.json",
        "a-good-proof-and-one-not-evaluated.json",
    ] {
        let whole: Value =
            serde_json::from_slice(&presented(&format!("verified/{fixture}"))).expect("JSON");
        let proofs = whole["proof"].as_array().expect("two proofs").clone();
        all.push(Case::new(fixture, whole.to_string(), "verified"));
        for (at, left) in proofs.iter().enumerate() {
            for proof in [left.clone(), json!([left])] {
                let stripped = with(&whole, "/proof", proof).to_string();
                let is_evaluated = left["cryptosuite"] != proofs[0]["cryptosuite"]
                    || fixture != "a-good-proof-and-one-not-evaluated.json";
                let told = match is_evaluated {
                    true => "verified",
                    false => "refused/proof.suite_not_allowed",
                };
                let named = json!(report(stripped.as_bytes()))["proofs"]
                    .as_array()
                    .expect("a list")
                    .len();
                assert_eq!(named, usize::from(is_evaluated), "{fixture} {at}");
                all.push(Case::new(format!("{fixture} {at}"), stripped, told));
            }
        }
    }
    // The reports of all forms are compared member by member.
    hold("P-05", &all).await;

    // Who asks for two is told when one was taken away.
    let served = Served::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let two = presented("verified/two-good-proofs.json");
    let whole: Value = serde_json::from_slice(&two).expect("JSON");
    let one = with(&whole, "/proof", whole["proof"][0].clone()).to_string();
    let mut policy = Policy::default();
    policy.least_proofs = 2;
    for (badge, expected) in [
        (two.clone(), "verified"),
        (one.into_bytes(), "refused/proof.count_policy"),
        (presented("verified/proof-in-the-token.jwt"), "verified"),
    ] {
        let report = verify(&badge, &Documents::default(), &policy, now());
        assert_eq!(told(&report), expected);
        let file = folder.path().join("badge");
        fs::write(&file, &badge).expect("a file");
        let run = program::command()
            .args([
                "verify",
                "--json",
                "--offline",
                "--proofs",
                "2",
                "--now",
                forge::NOW,
            ])
            .arg(&file)
            .output()
            .expect("the program");
        let by_program: Value = serde_json::from_slice(&run.stdout).expect("a report");
        assert_eq!(by_program, json!(report));
        let path = format!("/api/v1/verify?proofs=2&{}", form("now", forge::NOW));
        let request = served.request(reqwest::Method::POST, &path).body(badge);
        let by_service = request.send().await.expect("an answer");
        let by_service: Value = by_service.json().await.expect("a report");
        assert_eq!(by_service, json!(report));
    }

    let badge = String::from_utf8(two).expect("text");
    let request = served
        .request(reqwest::Method::POST, "/verify")
        .header("content-type", FORM);
    let body = format!("{}&{}", form("badge", &badge), form("now", forge::NOW));
    let page = request.body(body).send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(page.contains("Verified") && !page.to_lowercase().contains("all proofs"));
}

/// Chains to nothing, to themselves, in a ring, in another order.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_06_a_chain_of_proofs_holds_link_by_link() {
    let mut all = Case::fixtures(&[
        "refused/proof.chain",
        "refused/proof.set_incomplete",
        "refused/signature.invalid/chain-with-another-first.json",
        "verified/chain-of-three.json",
        "verified/chain-by-ecdsa.json",
        "verified/chain-told-backwards.json",
    ]);
    let three: Value =
        serde_json::from_slice(&presented("verified/chain-of-three.json")).expect("JSON");
    let proofs = three["proof"].as_array().expect("proofs").clone();
    let last = proofs.len() - 1;
    for (name, previous) in [
        (
            "missing",
            json!("urn:uuid:00000000-0000-4000-8000-000000000000"),
        ),
        ("itself", proofs[last]["id"].clone()),
        ("nothing", json!("")),
        ("a number", json!(7)),
        ("an empty list", json!([])),
        ("an object", json!({"id": "urn:x:y"})),
    ] {
        let previous = match (name, previous) {
            ("itself", Value::Null) => json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2aaa"),
            (_, previous) => previous,
        };
        let changed = with(&three, &format!("/proof/{last}/previousProof"), previous);
        let code = told(&report(changed.to_string().as_bytes()));
        assert!(
            ["refused/proof.chain", "refused/proof.set_incomplete"].contains(&code.as_str()),
            "{name}: {code}"
        );
        all.push(Case::new(name, changed.to_string(), code));
    }
    // Where the links stand does not matter.
    for turn in 0..3 {
        let mut turned = proofs.clone();
        turned.rotate_left(turn);
        let document = with(&three, "/proof", turned.into());
        all.push(Case::new(
            format!("turned by {turn}"),
            document.to_string(),
            "verified",
        ));
    }
    hold("P-06", &all).await;
}

/// The proof moved or copied into every object, doubled, or made one with another object.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_07_only_the_proof_at_the_top_is_one() {
    let mut all = Case::fixtures(&["refused/proof.misplaced"]);
    let good = good();
    for pointer in [
        "/issuer",
        "/credentialSubject",
        "/credentialSubject/achievement",
        "/credentialSubject/achievement/criteria",
    ] {
        for (name, document) in [
            ("copied", good.clone()),
            ("moved", without(&good, "/proof")),
        ] {
            for member in [good["proof"].clone(), json!([good["proof"]]), json!(null)] {
                let mut changed = document.clone();
                changed.pointer_mut(pointer).expect("an object")["proof"] = member;
                let name = format!("{name} to {pointer}");
                all.push(Case::new(
                    name,
                    changed.to_string(),
                    "refused/proof.misplaced",
                ));
            }
        }
    }
    let mut graph = good.clone();
    graph["@graph"] = graph["proof"].take();
    graph.as_object_mut().expect("an object").remove("proof");
    all.push(Case::new(
        "as a graph",
        graph.to_string(),
        "refused/ld.keyword_not_allowed",
    ));
    let text = good.to_string();
    let twice = format!("{},\"proof\":{}}}", &text[..text.len() - 1], good["proof"]);
    all.push(Case::new(
        "two members",
        twice,
        "refused/json.duplicate_member",
    ));
    for (name, document) in [
        (
            "in itself",
            with(&good, "/proof/proof", good["proof"].clone()),
        ),
        ("the subject's members", {
            let mut subject = good["proof"].clone();
            subject["achievement"] = good["credentialSubject"]["achievement"].clone();
            with(&good, "/proof", subject)
        }),
    ] {
        let code = told(&report(document.to_string().as_bytes()));
        assert!(code.starts_with("refused/"), "{name}: {code}");
        all.push(Case::new(name, document.to_string(), code));
    }
    hold("P-07", &all).await;
}

/// Every option of the proof changed or added, under every suite.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_08_the_options_of_a_proof_are_signed() {
    let mut all = Vec::new();
    for fixture in [
        "did-key.json",
        "eddsa-jcs-2022.json",
        "ecdsa-rdfc-2019-p256.json",
        "ecdsa-rdfc-2019-p384.json",
        "ecdsa-jcs-2019-p256.json",
        "ecdsa-jcs-2019-p384.json",
    ] {
        let good: Value =
            serde_json::from_slice(&presented(&format!("verified/{fixture}"))).expect("JSON");
        for (option, value) in [
            ("created", json!("2026-10-01T08:00:02Z")),
            ("created", json!("2026-10-01T08:00:00+00:00")),
            ("expires", json!("2036-10-01T08:00:02Z")),
            ("domain", json!("evil.example")),
            ("challenge", json!("1")),
            ("nonce", json!("1")),
            ("id", json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2aff")),
        ] {
            let changed = with(&good, &format!("/proof/{option}"), value.clone());
            all.push(Case::new(
                format!("{fixture} {option} {value}"),
                changed.to_string(),
                "refused/signature.invalid",
            ));
        }
        let without = without(&good, "/proof/created");
        all.push(Case::new(
            format!("{fixture} without created"),
            without.to_string(),
            "refused/signature.invalid",
        ));
    }
    hold("P-08", &all).await;
}

/// By the table of verdicts, eddsa-2022 and Ed25519Signature2020 are verified with a warning.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_09_a_suite_is_known_by_its_exact_name() {
    let mut all = Case::fixtures(&[
        "refused/proof.suite_not_allowed",
        "verified/eddsa-2022.json",
        "verified/ed25519-signature-2020.json",
    ]);
    for name in [
        "EdDSA-rdfc-2022",
        "eddsa-rdfc-2022 ",
        "eddsa-rdfc-2023",
        "bbs-2023",
        "ecdsa-xi-2023",
        "RsaSignature2018",
        "none",
    ] {
        let changed = with(&good(), "/proof/cryptosuite", json!(name));
        all.push(Case::new(
            name,
            changed.to_string(),
            "refused/proof.suite_not_allowed",
        ));
    }
    for older in [
        "Ed25519Signature2018",
        "RsaSignature2018",
        "JsonWebSignature2020",
        "dataintegrityproof",
        "DataIntegrityProof2",
    ] {
        let changed = without(
            &with(&good(), "/proof/type", json!(older)),
            "/proof/cryptosuite",
        );
        all.push(Case::new(
            older,
            changed.to_string(),
            "refused/proof.suite_not_allowed",
        ));
    }
    for (empty, told) in [
        (json!(""), "refused/proof.suite_not_allowed"),
        (json!(null), "refused/schema.type"),
        (json!(["eddsa-rdfc-2022"]), "refused/schema.type"),
    ] {
        let changed = with(&good(), "/proof/cryptosuite", empty.clone());
        all.push(Case::new(empty.to_string(), changed.to_string(), told));
    }
    hold("P-09", &all).await;
}

/// Every other spelling of a proof's value, under every suite.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_10_the_value_of_a_proof_has_one_spelling() {
    let mut all = Case::fixtures(&["refused/proof.encoding"]);
    for fixture in [
        "did-key.json",
        "eddsa-jcs-2022.json",
        "ecdsa-rdfc-2019-p256.json",
        "ecdsa-rdfc-2019-p384.json",
    ] {
        let good: Value =
            serde_json::from_slice(&presented(&format!("verified/{fixture}"))).expect("JSON");
        let value = good["proof"]["proofValue"].as_str().expect("a text");
        let bytes = bs58::decode(&value[1..]).into_vec().expect("base58");
        let spelled = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
        for other in [
            String::new(),
            "z".to_owned(),
            value[1..].to_owned(),
            format!("Z{}", &value[1..]),
            format!("zz{}", &value[1..]),
            format!("u{}", &value[1..]),
            format!("m{}", &value[1..]),
            format!(
                "f{}",
                bytes
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>()
            ),
            format!(" {value}"),
            format!("{value} "),
            format!("{value}\n"),
            format!("{value}="),
            format!("{}0", &value[..value.len() - 1]),
            format!("{}\u{ff41}", &value[..value.len() - 1]),
            format!("z1{}", &value[1..]),
            spelled(&bytes[1..]),
            spelled(&[bytes.as_slice(), &[0]].concat()),
            spelled(&[&[0], bytes.as_slice()].concat()),
            format!("z{}", "1".repeat(100_000)),
        ] {
            let name = format!("{fixture} {other:.24?}");
            let changed = with(&good, "/proof/proofValue", json!(other));
            all.push(Case::new(
                name,
                changed.to_string(),
                "refused/proof.encoding",
            ));
        }
    }
    hold("P-10", &all).await;
}

/// A token with a proof in it, and a picture with both: by the table of verdicts, copies that agree are a warning.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_p_11_two_ways_of_signing_hold_both_and_agree() {
    let mut all = Case::fixtures(&[
        "verified/proof-in-the-token.jwt",
        "refused/proof.ambiguous",
        "refused/bake.ambiguous/json-and-token.png",
        "verified/baked-twice-alike.png",
    ]);
    let key = Key::School;
    let both = payload(&good());
    let whole = token(&header(key, &key.method()), &both, key);
    all.push(Case::new("both", whole.clone(), "verified"));
    let stranger = token(&header(key, &key.method()), &both, Key::Stranger);
    all.push(Case::new(
        "a bad token",
        stranger,
        "refused/signature.invalid",
    ));
    let foreign = signed(&badge(&key.did()), &Key::Stranger.method(), Key::Stranger);
    let foreign = token(&header(key, &key.method()), &payload(&foreign), key);
    all.push(Case::new(
        "a stranger's proof in it",
        foreign,
        "refused/proof.ambiguous",
    ));
    let other = with(
        &both,
        "/proof",
        school_badge("/name", json!("Other"))["proof"].clone(),
    );
    let other = token(&header(key, &key.method()), &other, key);
    all.push(Case::new(
        "another badge's proof in it",
        other,
        "refused/proof.ambiguous",
    ));
    let text = forge::international_text;
    let (json, jwt) = (good().to_string(), school_token());
    let picture = forge::picture_with(&[(b"iTXt", text(&jwt)), (b"iTXt", text(&json))]);
    all.push(Case::new(
        "a picture with both",
        picture,
        "refused/bake.ambiguous",
    ));
    hold("P-11", &all).await;
}
