//! Attacks on verifying that take more than one file to show.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::{BUILT_UNIX_SECONDS, Clock, DocumentKind, Documents, Policy, Verdict, verify};

use crate::forge::{self, Key, badge, school_badge, with};
use crate::support::hex;
use crate::web::{Web, files, fixtures, now, presented, told};

#[test]
fn attack_n_01_nothing_is_asked_for_on_behalf_of_an_unproven_badge() {
    let mut unsigned = badge(&Key::School.did());
    unsigned["credentialStatus"] = forge::status("revocation", "revocation", json!("8"));
    unsigned["image"] = json!({"id": "https://evil.example/image", "type": "Image"});
    unsigned["credentialSubject"]["achievement"]["criteria"]["id"] =
        json!("https://evil.example/criteria");
    let report = verify(
        unsigned.to_string().as_bytes(),
        &Documents::default(),
        &Policy::default(),
        now(),
    );
    assert_eq!(told(&report), "refused/proof.missing");
    assert_eq!(report.missing(), []);

    let bad = with(
        &school_badge("/credentialStatus", unsigned["credentialStatus"].clone()),
        "/name",
        json!("x"),
    );
    let report = verify(
        bad.to_string().as_bytes(),
        &Documents::default(),
        &Policy::default(),
        now(),
    );
    assert_eq!(told(&report), "refused/signature.invalid");
    assert_eq!(report.missing(), []);
}

#[test]
fn attack_t_15_what_is_too_large_is_refused_by_its_length() {
    let report = |bytes: &[u8]| {
        told(&verify(
            bytes,
            &Documents::default(),
            &Policy::default(),
            now(),
        ))
    };
    let good = presented("verified/did-key.json");
    let padded = [good.clone(), vec![b' '; (1 << 20) - good.len()]].concat();
    assert_eq!(report(&padded), "verified");
    assert_eq!(
        report(&[padded, vec![b' ']].concat()),
        "refused/input.too_large"
    );
    assert_eq!(report(&vec![b'.'; 1_000_000]), "refused/input.too_large");
    assert_eq!(
        report(&[b"eyJ.".as_slice(), &vec![b'A'; 2 << 20]].concat()),
        "refused/input.too_large"
    );
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    picture.resize((10 << 20) + 1, 0);
    assert_eq!(report(&picture), "refused/input.too_large");
}

/// Forms: library.
#[test]
fn attack_d_04_a_clock_before_this_program_was_made_is_not_believed() {
    let bytes = presented("verified/did-key.json");
    let at = |seconds, clock| {
        let now = Timestamp::from_unix(seconds).expect("within the range");
        let mut policy = Policy::default();
        policy.clock = clock;
        told(&verify(&bytes, &Documents::default(), &policy, now))
    };
    assert_eq!(at(0, Clock::Machine), "undetermined/time.clock_implausible");
    assert_eq!(
        at(BUILT_UNIX_SECONDS - 1, Clock::Machine),
        "undetermined/time.clock_implausible"
    );
    assert_eq!(at(BUILT_UNIX_SECONDS, Clock::Machine), "verified");
    assert_eq!(at(4_102_444_800, Clock::Machine), "verified");
    // Somebody who asks about an earlier day gets an answer about that day.
    assert_eq!(at(1_790_841_600, Clock::Chosen), "verified");
    assert_eq!(
        at(1_790_841_600 - 61, Clock::Chosen),
        "refused/time.proof_created"
    );
}

#[test]
fn attack_d_01_the_tolerance_is_sixty_seconds_to_the_second() {
    let bytes = school_badge("/validUntil", json!("2026-11-22T12:00:00Z")).to_string();
    for (late, expected) in [
        (-61, "verified"),
        (-60, "verified"),
        (0, "verified"),
        (60, "verified"),
        (61, "refused/time.expired"),
    ] {
        let now = now().plus_seconds(late);
        let report = verify(
            bytes.as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now,
        );
        assert_eq!(told(&report), expected, "{late} s");
    }
}

#[test]
fn attack_p_12_a_signature_fits_only_the_badge_it_was_made_for() {
    let badges: Vec<Value> = files(&fixtures().join("presented/verified"))
        .iter()
        .filter_map(|path| serde_json::from_slice(&fs::read(path).expect("readable")).ok())
        .filter(|badge: &Value| {
            badge["issuer"]["id"] == Key::School.did() && badge["proof"].is_object()
        })
        .collect();
    assert!(badges.len() > 15);
    // An older edition of a context and its other addresses give the same statements.
    let unsigned = |badge: &Value| {
        let bare = forge::without(badge, "/proof");
        forge::without(&bare, "/@context")
    };
    for one in &badges {
        for other in &badges {
            if unsigned(one) == unsigned(other) {
                continue;
            }
            let mixed = with(one, "/proof", other["proof"].clone()).to_string();
            let report = verify(
                mixed.as_bytes(),
                &Documents::default(),
                &Policy::default(),
                now(),
            );
            assert_eq!(report.verdict(), Verdict::Refused);
        }
    }
}

#[test]
fn attack_p_05_the_report_lists_exactly_the_proofs_that_were_checked() {
    let pointers = |bytes: &[u8]| {
        let report = verify(bytes, &Documents::default(), &Policy::default(), now());
        assert_eq!(told(&report), "verified");
        report
            .proofs()
            .iter()
            .map(|proof| proof.pointer.clone())
            .collect::<Vec<_>>()
    };
    let two = presented("verified/two-good-proofs.json");
    assert_eq!(pointers(&two), ["/proof/0", "/proof/1"]);
    let two: Value = serde_json::from_slice(&two).expect("JSON");
    let stripped = with(&two, "/proof", json!([two["proof"][0]]));
    assert_eq!(pointers(stripped.to_string().as_bytes()), ["/proof/0"]);
    let other = presented("verified/a-good-proof-and-one-not-evaluated.json");
    assert_eq!(pointers(&other), ["/proof/1"]);
    assert_eq!(
        pointers(&presented("verified/proof-in-the-token.jwt")),
        ["", "/proof"]
    );
}

#[test]
fn attack_k_05_the_twin_of_an_ecdsa_signature_is_the_same_badge() {
    let token = String::from_utf8(presented("verified/did-web-es256.jwt")).expect("ASCII");
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    // s becomes n - s, where n is the order of P-256 (SEC 2, section 2.4.2).
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut twin = signature.clone();
    let mut borrow = 0i16;
    for at in (0..32).rev() {
        let difference = i16::from(order[at]) - i16::from(signature[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        twin[32 + at] = difference.rem_euclid(256) as u8;
    }
    let twin = format!("{input}.{}", URL_SAFE_NO_PAD.encode(twin));
    assert_ne!(twin, token);

    let web = Web::read();
    let reports = [&token, &twin].map(|token| web.verify(token.as_bytes(), &Policy::default()));
    assert_eq!(reports.each_ref().map(told), ["verified", "verified"]);
    assert_eq!(reports[0].credential(), reports[1].credential());
}

#[test]
fn nothing_but_the_issuers_document_is_asked_for_before_the_proof_holds() {
    let bytes = presented("verified/did-web-status-clear.json");
    let web = Web::read();
    let mut documents = Documents::default();
    let mut asked = Vec::new();
    loop {
        let report = verify(&bytes, &documents, &Policy::default(), now());
        let missing = report.missing();
        if missing.is_empty() {
            assert_eq!(report.verdict(), Verdict::Verified);
            break;
        }
        assert_eq!(told(&report), "undetermined/document.missing");
        for request in missing {
            asked.push((request.url.to_string(), request.kind));
            documents.insert(request.url.clone(), web.answer(&request.url));
        }
    }
    assert_eq!(
        asked,
        [
            (
                "https://badges.example/.well-known/did.json".to_owned(),
                DocumentKind::DidDocument
            ),
            (
                "https://lists.example/school/district".to_owned(),
                DocumentKind::StatusList
            ),
        ]
    );
}

#[test]
fn a_key_outside_the_issuer_is_refused_without_being_fetched() {
    for name in [
        "stranger-signs-for-a-web-issuer.json",
        "key-at-another-host.jwt",
    ] {
        let bytes = presented(&format!("refused/issuer.key_not_controlled/{name}"));
        let report = verify(&bytes, &Documents::default(), &Policy::default(), now());
        assert_eq!(told(&report), "refused/issuer.key_not_controlled", "{name}");
        assert_eq!(report.missing(), [], "{name}");
    }
}

#[test]
fn a_key_that_its_own_document_takes_back_signs_no_more_though_the_issuer_still_lists_it() {
    let badge = presented("verified/key-at-the-issuers-host.json");
    let mut web = Web::read();
    assert_eq!(told(&web.verify(&badge, &Policy::default())), "verified");

    web.change(
        "https://badges.example/keys/method",
        "revoked",
        json!("2026-01-01T00:00:00Z"),
    );

    let report = web.verify(&badge, &Policy::default());
    assert_eq!(told(&report), "refused/key.revoked");
}

#[test]
fn a_long_name_above_many_items_is_refused_in_the_memory_of_the_input() {
    let mut long = badge(&Key::School.did());
    long["k".repeat(200_000)] = Value::Array(vec![json!(0); 9_900]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.json");
    fs::write(&file, long.to_string()).expect("the badge is written");

    // A gigabyte of addresses: a pointer an item would take two.
    let ended = std::process::Command::new("bash")
        .args(["-c", "ulimit -v 1000000 && exec \"$0\" verify \"$1\""])
        .args([crate::program::assay(), &file])
        .output()
        .expect("bash starts");

    let told = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{told:.300}");
}
