//! Attacks on the place that a badge has in a list.

use serde_json::json;

use super::super::status::{BYTES, LIST, badge_with, by_school, entry, list};
use crate::forge::{self, with, without};
use crate::forms::{Case, hold};

use super::*;

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_02_an_index_is_the_number_of_a_place() {
    let mut cases = Case::fixtures(&["refused/status.index"]);
    let clear = by_school(&list(json!("revocation"), &[], BYTES)).to_string();
    for index in [
        json!("131072"),
        json!(131_072),
        json!("9007199254740993"),
        json!("18446744073709551615"),
        json!(" 7"),
        json!("7 "),
        json!("-0"),
        json!("00"),
        json!("0x7"),
        json!("7.0"),
        json!("٧"),
        json!("７"),
        json!(-1),
    ] {
        let badge = badge_with(with(
            &entry("revocation", 8),
            "/statusListIndex",
            index.clone(),
        ));
        cases.push(case(
            index.to_string(),
            &badge,
            clear.clone(),
            "refused/status.index",
        ));
    }
    for index in [json!("131071"), json!("0"), json!(7)] {
        let badge = badge_with(with(
            &entry("revocation", 8),
            "/statusListIndex",
            index.clone(),
        ));
        cases.push(case(index.to_string(), &badge, clear.clone(), "verified"));
    }
    hold("S-02", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_08_a_status_is_signed_and_leads_to_no_circle() {
    let clear = by_school(&list(json!("revocation"), &[], BYTES)).to_string();
    let good = badge_with(entry("revocation", 8));
    let mut cases = Case::fixtures(&["refused/status.cycle"]);
    let plain = forge::school_badge("/name", json!("Wait Time"));
    for (name, badge) in [
        ("taken away", without(&good, "/credentialStatus")),
        (
            "added",
            with(&plain, "/credentialStatus", entry("revocation", 8)),
        ),
        (
            "another place",
            with(&good, "/credentialStatus/statusListIndex", json!("9")),
        ),
        (
            "another list",
            with(
                &good,
                "/credentialStatus/statusListCredential",
                json!("https://evil.example/list"),
            ),
        ),
        (
            "another purpose",
            with(
                &good,
                "/credentialStatus/statusPurpose",
                json!("suspension"),
            ),
        ),
    ] {
        cases.push(case(
            name,
            &badge,
            clear.clone(),
            "refused/signature.invalid",
        ));
    }
    let entries = |count: usize| {
        let entries = (0..count).map(|at| {
            with(
                &entry("revocation", at as u64),
                "/id",
                json!(format!("{LIST}#e{at}")),
            )
        });
        badge_with(entries.collect())
    };
    // A badge has one status, as its schema says; other credentials have a few, and no hundred.
    for count in [2, 4, 100] {
        let name = format!("{count} of them");
        cases.push(case(
            name,
            &entries(count),
            clear.clone(),
            "refused/schema.type",
        ));
    }
    // A list that rests on itself: its own status is not followed, so there is no circle to go round in.
    let circular = with(
        &list(json!("revocation"), &[], BYTES),
        "/credentialStatus",
        entry("revocation", 3),
    );
    cases.push(case(
        "a list with itself as its list",
        &good,
        by_school(&circular).to_string(),
        "verified",
    ));
    hold("S-08", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_s_09_a_bit_is_that_of_its_place_and_of_no_other() {
    let mut cases = Vec::new();
    let clear = [1, 6, 8, 14, 17, 65_535, 131_070];
    for index in [0, 7, 9, 15, 16, 65_536, 131_071] {
        // One bit, set by hand: the highest of a byte comes first.
        let mut bits = vec![0; BYTES];
        bits[index / 8] = 0x80 >> (index % 8);
        let list = encoded(&packed(&bits));
        let at = |place: usize| badge_with(entry("revocation", place as u64));
        cases.push(case(
            format!("{index} set"),
            &at(index),
            list.clone(),
            "refused/status.revoked",
        ));
        for place in clear {
            let name = format!("{place} with {index} set");
            cases.push(case(name, &at(place), list.clone(), "verified"));
        }
    }
    hold("S-09", &cases).await;
}
