//! Attacks by time, in badges that go through every form.

use std::process::Command;

use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier::BUILT_UNIX_SECONDS;

use super::timestamp::{READ, REFUSED};
use crate::forge::{
    DISTRICT, Key, NOW, badge, header, options, payload, school_badge, signed, signed_with, token,
    with,
};
use crate::forms::{Case, hold};
use crate::program;
use crate::served::Served;
use crate::web::{fixtures, now, presented};

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_d_01_the_tolerance_is_the_same_in_every_form() {
    let mut cases = Case::fixtures(&[
        "refused/time.expired",
        "refused/time.not_yet_valid",
        "refused/time.order",
        "verified/begins-within-tolerance.json",
        "verified/expired-within-tolerance.json",
    ]);
    let key = Key::School;
    let instant = now().unix_seconds();
    let with_claim = |claim: &str| {
        let claims = with(&payload(&badge(&key.did())), claim, json!(instant));
        token(&header(key, &key.method()), &claims, key)
    };
    let ends = [
        school_badge("/validUntil", json!(NOW)).to_string(),
        with_claim("/exp"),
    ];
    let begins = school_badge("/validFrom", json!(NOW)).to_string();
    for late in [-61, -60, -1, 0, 1, 60, 61] {
        let time = now().plus_seconds(late);
        let told = if late > 60 {
            "refused/time.expired"
        } else {
            "verified"
        };
        for (form, presented) in ["badge", "token"].iter().zip(&ends) {
            let name = format!("{form} that ended {late} s ago");
            cases.push(Case::new(name, presented.clone(), told).at(time));
        }
        let told = if late < -60 {
            "refused/time.not_yet_valid"
        } else {
            "verified"
        };
        let name = format!("badge that began {late} s ago");
        cases.push(Case::new(name, begins.clone(), told).at(time));
    }
    hold("D-01", &cases).await;
}

/// Every spelling that is pinned, as the beginning of a badge and as the time of a proof.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_d_02_each_spelling_is_judged_alike_in_every_form() {
    let key = Key::School;
    let mut cases = Case::fixtures(&["refused/time.syntax"]);
    let created = |text: &str| {
        let options = with(&options(&key.method()), "/created", json!(text));
        signed_with(&badge(&key.did()), &options, key).to_string()
    };
    for (text, instant) in READ {
        let is_past = Timestamp::parse(instant).expect("a time") <= now().plus_seconds(60);
        let told = if is_past {
            "verified"
        } else {
            "refused/time.not_yet_valid"
        };
        cases.push(Case::new(
            *text,
            school_badge("/validFrom", json!(text)).to_string(),
            told,
        ));
        let told = if is_past {
            "verified"
        } else {
            "refused/time.proof_created"
        };
        cases.push(Case::new(*text, created(text), told));
    }
    for text in REFUSED {
        let began = school_badge("/validFrom", json!(text)).to_string();
        cases.push(Case::new(*text, began, "refused/time.syntax"));
        cases.push(Case::new(*text, created(text), "refused/time.syntax"));
    }
    hold("D-02", &cases).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_d_03_a_badge_begins_at_one_instant_however_it_is_written() {
    let mut cases = Vec::new();
    let begins = Timestamp::parse("2026-11-22T18:32:00Z").expect("a time");
    for spelling in [
        "2026-11-22T18:32:00Z",
        "2026-11-22T18:32:00+00:00",
        "2026-11-22T18:32:00-00:00",
        "2026-11-22T18:32:00.000Z",
        "2026-11-22T19:32:00+01:00",
        "2026-11-23T00:02:00.0+05:30",
        "2026-11-22T08:32:00.000000000-10:00",
    ] {
        let badge = school_badge("/validFrom", json!(spelling)).to_string();
        for (late, told) in [(-61, "refused/time.not_yet_valid"), (-60, "verified")] {
            let case = Case::new(format!("{spelling}, {late} s"), badge.clone(), told);
            cases.push(case.at(begins.plus_seconds(late)));
        }
    }
    hold("D-03", &cases).await;
}

/// A clock that shows another year, put between the program and the machine. Forms: command line.
#[test]
fn attack_d_04_the_program_does_not_believe_a_clock_from_before_it_was_made() {
    let folder = TempDir::new().expect("a folder");
    let clock = folder.path().join("clock.so");
    let source = crate::support::repository().join("tests/faults/clock.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&clock, &source])
        .status()
        .expect("a compiler, as every linker is one");
    assert!(compiled.success());
    let badge = fixtures().join("presented/verified/did-key.json");
    for (year, seconds) in YEARS {
        let output = program::command()
            .args(["verify", "--json"])
            .arg(&badge)
            .env("LD_PRELOAD", &clock)
            .env("CLOCK_SHOWS", seconds.to_string())
            .output()
            .expect("the program");
        let told: Value = serde_json::from_slice(&output.stdout).expect("a report");
        let expected = match seconds < BUILT_UNIX_SECONDS {
            true => (Some(2), "undetermined"),
            false => (Some(0), "verified"),
        };
        assert_eq!(
            (output.status.code(), told["verdict"].as_str()),
            (expected.0, Some(expected.1)),
            "{year}"
        );
        let report = told.to_string();
        assert_eq!(
            report.contains("time.clock_implausible"),
            expected.0 == Some(2),
            "{year}"
        );
        assert!(
            report.contains(&format!("{year}-")),
            "the time is stated: {report}"
        );
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_d_04_the_service_does_not_believe_such_a_clock_either() {
    for (year, seconds) in YEARS {
        let time = Timestamp::from_unix(seconds).expect("a time");
        let served = Served::at(time).await;
        let ask = async |path: &str| -> Value {
            let request = served.request(reqwest::Method::POST, path);
            let answer = request
                .body(presented("verified/did-key.json"))
                .send()
                .await;
            answer.expect("an answer").json().await.expect("JSON")
        };
        let report = ask("/api/v1/verify").await;
        let expected = match seconds < BUILT_UNIX_SECONDS {
            true => "undetermined",
            false => "verified",
        };
        assert_eq!(report["verdict"], expected, "{year}: {report}");
        assert_eq!(
            report.to_string().contains("time.clock_implausible"),
            expected == "undetermined"
        );
        // A time that somebody chose is believed, and stated.
        let report = ask("/api/v1/verify?now=2026-11-22T12:00:00Z").await;
        assert_eq!(report["verdict"], "verified");
        assert!(report.to_string().contains("2026-11-22T12:00:00Z"));
    }
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_d_05_a_proof_is_made_before_now_and_before_its_keys_end() {
    let mut cases = Case::fixtures(&[
        "refused/time.proof_created",
        "refused/time.proof_expired",
        "refused/key.revoked",
        "verified/proof-made-within-tolerance.json",
        "verified/did-web-key-that-had-not-expired.json",
    ]);
    let key = Key::School;
    for (late, told) in [
        (-61, "verified"),
        (0, "verified"),
        (60, "verified"),
        (61, "refused/time.proof_created"),
        (3_600, "refused/time.proof_created"),
    ] {
        let created = json!(now().plus_seconds(late).to_string());
        let proof = with(&options(&key.method()), "/created", created.clone());
        let made = signed_with(&badge(&key.did()), &proof, key);
        cases.push(Case::new(
            format!("made in {late} s"),
            made.to_string(),
            told,
        ));
    }
    // The key of 2024 was good until the year ended.
    let old = with(
        &badge(DISTRICT),
        "/validFrom",
        json!("2024-01-01T00:00:00Z"),
    );
    for (created, told) in [
        ("2024-12-31T23:59:59Z", "verified"),
        ("2025-01-01T01:00:00+01:00", "verified"),
        ("2025-01-01T00:00:00Z", "verified"),
        ("2025-01-01T00:00:01Z", "refused/time.proof_created"),
        ("2025-01-01T00:01:01Z", "refused/time.proof_created"),
    ] {
        let method = format!("{DISTRICT}#key-2024");
        let proof = with(&options(&method), "/created", json!(created));
        let made = signed_with(&old, &proof, Key::Outdated);
        cases.push(Case::new(created, made.to_string(), told));
    }
    // A key that was taken back signs nothing, also nothing that says it is older.
    let backdated = signed(&old, &format!("{DISTRICT}#key-stolen"), Key::Compromised);
    cases.push(Case::new(
        "taken back",
        backdated.to_string(),
        "refused/key.revoked",
    ));
    hold("D-05", &cases).await;
}

const YEARS: [(i32, i64); 4] = [
    (1970, 86_400),
    (2026, BUILT_UNIX_SECONDS - 1),
    (2038, 2_150_000_000),
    (2100, 4_102_444_800),
];
