//! Attacks on status lists that strangers publish, in badges that go through every form.

mod entries;
mod own;

use std::io::Write;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::status::{BYTES, LIST, badge_with, by_school, entry, list};
use crate::forge::{Key, signed, with};
use crate::forms::{Case, hold};
use crate::served::Served;
use crate::web::{Web, presented};

/// A badge whose list is served as this.
fn case(name: impl Into<String>, badge: &Value, list: impl Into<Vec<u8>>, told: &str) -> Case {
    let mut web = Web::read();
    web.serve(LIST, list);
    Case::new(name, badge.to_string(), told).on(&Arc::new(web))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// The list of the school with this text for its bits.
fn encoded(bytes: &[u8]) -> String {
    let text = format!("u{}", URL_SAFE_NO_PAD.encode(bytes));
    let plain = list(json!("revocation"), &[], BYTES);
    by_school(&with(&plain, "/credentialSubject/encodedList", json!(text))).to_string()
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_01_a_list_inflates_no_further_than_it_may() {
    let mut cases = Case::fixtures(&["refused/status.too_large"]);
    let badge = badge_with(entry("revocation", 8));
    for (name, mebibytes, told) in [
        ("the longest", 8, "verified"),
        ("one MiB more", 9, "refused/status.too_large"),
        ("64 MiB", 64, "refused/status.too_large"),
        ("256 MiB", 256, "refused/status.too_large"),
    ] {
        let zeros = packed(&vec![0; mebibytes << 20]);
        cases.push(case(name, &badge, encoded(&zeros), told));
    }
    let once = packed(&[0; BYTES]);
    let many = once.repeat(600);
    let within = packed(&packed(&vec![0; 1 << 20]));
    for (name, bytes) in [("many members", many), ("packed twice", within)] {
        cases.push(case(
            name,
            &badge,
            encoded(&bytes),
            "refused/status.malformed",
        ));
    }
    hold("S-01", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_03_a_list_by_somebody_else_says_nothing() {
    let mut cases = Case::fixtures(&["refused/status.issuer_mismatch"]);
    let badge = badge_with(entry("revocation", 8));
    let plain = list(json!("revocation"), &[], BYTES);
    let stranger = with(&plain, "/issuer", json!(Key::Stranger.did()));
    // In the school's name, and as an object with the school's name and another id.
    let named = json!({"id": Key::Stranger.did(), "name": "Example School District"});
    for (name, document, told) in [
        ("stranger", &stranger, "refused/status.issuer_mismatch"),
        (
            "named alike",
            &with(&plain, "/issuer", named),
            "refused/status.issuer_mismatch",
        ),
        ("in the school's name", &plain, "refused/status.malformed"),
    ] {
        let list = signed(document, &Key::Stranger.method(), Key::Stranger);
        cases.push(case(name, &badge, list.to_string(), told));
    }
    hold("S-03", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_04_a_list_serves_the_purpose_that_the_badge_names() {
    let mut cases = Case::fixtures(&["refused/status.purpose", "undetermined/status.unknown"]);
    let parole = "https://badges.example/purposes/parole";
    for of_badge in ["revocation", "suspension", parole] {
        for of_list in [
            json!("revocation"),
            json!("suspension"),
            json!(["revocation", "suspension"]),
            json!(["suspension", parole]),
            json!(parole),
            json!([]),
        ] {
            let serves = of_list == of_badge
                || of_list
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(of_badge)));
            let told = match (of_badge == parole, serves) {
                (true, _) => "undetermined/status.unknown",
                (false, true) => "verified",
                (false, false) => "refused/status.purpose",
            };
            let list = by_school(&list(of_list.clone(), &[], BYTES)).to_string();
            let name = format!("{of_badge} by a list for {of_list}");
            cases.push(case(name, &badge_with(entry(of_badge, 8)), list, told));
        }
    }
    hold("S-04", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_05_a_list_that_is_not_as_the_standard_says_is_none() {
    let mut cases = Case::fixtures(&["refused/status.malformed", "undetermined/status.expired"]);
    let badge = badge_with(entry("revocation", 8));
    let plain = list(json!("revocation"), &[], BYTES);
    for (name, document) in [
        ("unsigned", plain.clone()),
        (
            "an entry less",
            with(&by_school(&plain), "/name", json!("more")),
        ),
        (
            "no type",
            by_school(&with(&plain, "/type", json!(["VerifiableCredential"]))),
        ),
        (
            "two lists",
            with(
                &by_school(&plain),
                "/credentialSubject",
                json!(vec![plain["credentialSubject"].clone(); 2]),
            ),
        ),
        (
            "a short list",
            by_school(&list(json!("revocation"), &[], BYTES - 1)),
        ),
    ] {
        cases.push(case(
            name,
            &badge,
            document.to_string(),
            "refused/status.malformed",
        ));
    }
    let good = packed(&[0; BYTES]);
    for (name, bytes) in [
        ("no bytes", Vec::new()),
        ("not packed", vec![0; BYTES]),
        ("cut off", good[..good.len() - 4].to_vec()),
        ("a wrong checksum", {
            let mut bytes = good.clone();
            let at = bytes.len() - 6;
            bytes[at] ^= 1;
            bytes
        }),
        ("more behind", [&good[..], b"more"].concat()),
    ] {
        cases.push(case(
            name,
            &badge,
            encoded(&bytes),
            "refused/status.malformed",
        ));
    }
    hold("S-05", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_07_without_its_list_a_badge_is_neither_good_nor_revoked() {
    let strict = Case::fixtures(&["undetermined/status.unreachable"]);
    let bits = |case: &Case| !case.name.contains("older");
    let lenient = Case::fixtures(&["undetermined/status.unreachable"])
        .into_iter()
        .filter(bits)
        .map(Case::leniently);
    let cases: Vec<Case> = strict.into_iter().chain(lenient).collect();
    hold("S-07", &cases).await;

    let served = Served::in_world(Arc::new(crate::forms::World::of(Web::read()))).await;
    let badge = String::from_utf8(presented(
        "undetermined/status.unreachable/list-offline.json",
    ));
    let page = served
        .paste(&badge.expect("text"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Could not be checked"));
    assert!(
        !page.contains(">Verified<") && !page.contains(">Refused<"),
        "{page}"
    );
}
