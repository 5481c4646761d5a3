//! What is verified, what is refused, what cannot be told; every fixture's folder is the expectation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::{
    BUILT_UNIX_SECONDS, Clock, DocumentKind, Documents, FetchFailure, Outcome, Policy, Reason,
    Report, StepName, Verdict, codes, verify,
};

use crate::forge::{self, DISTRICT, Key, badge, school_badge, signed, with};
use crate::support::{hex, sha256_hex, spec};
use crate::web::{Web, files, fixtures, now, presented};

#[test]
fn fixtures_come_out_as_committed() {
    let made = forge::all();
    let folder = fixtures();
    if std::env::var_os("ASSAY_WRITE_FIXTURES").is_some() {
        for top in ["presented", "web"] {
            let _ = fs::remove_dir_all(folder.join(top));
        }
        for (path, bytes) in &made {
            let path = folder.join(path);
            let parent = path.parent().expect("a file lies in a folder");
            fs::create_dir_all(parent).expect("the folder can be made");
            fs::write(path, bytes).expect("the file can be written");
        }
    }
    let mut committed = BTreeMap::new();
    for top in ["presented", "web"] {
        for path in files(&folder.join(top)) {
            let name = path.strip_prefix(&folder).expect("a file under fixtures");
            committed.insert(
                name.display().to_string(),
                fs::read(&path).expect("readable"),
            );
        }
    }
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&made), names(&committed));
    for (name, bytes) in &made {
        assert!(committed[name] == *bytes, "{name} comes out differently");
    }
}

#[test]
fn every_presented_badge_is_judged_as_its_folder_says() {
    let web = Web::read();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for path in files(&fixtures().join("presented")) {
        let name = name(&path);
        let bytes = fs::read(&path).expect("the fixture can be read");
        let report = web.verify(&bytes, &Policy::default());
        let expected = name.rsplit_once('/').map(|(folder, _)| folder);
        let found = told(&report);
        if expected != Some(found.as_str()) {
            let reason = report.reason().map(ToString::to_string).unwrap_or_default();
            wrong.push(format!("{name}: {found} {reason}"));
        }
        judged += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {judged}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(judged > 250, "only {judged} fixtures were found");
}

/// What the lenient policy makes of fixtures, where it differs from the strict one or might.
const LENIENT: [(&str, &str); 22] = [
    // The key is good, and nothing says whose it is.
    (
        "refused/issuer.key_not_controlled/bare-did-key.json",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/bare-did-key-of-no-known-issuer.json",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/key-in-the-address-fragment.json",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/key-in-the-fragment-of-an-unreachable-issuer.json",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/key-that-names-no-issuer.jwt",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/key-at-another-host.jwt",
        "verified",
    ),
    // The key is somebody else's.
    (
        "refused/issuer.key_not_controlled/stranger-signs-for-the-school.json",
        "refused/issuer.key_not_controlled",
    ),
    (
        "refused/issuer.key_not_controlled/stranger-signs-for-a-web-issuer.json",
        "refused/issuer.key_not_controlled",
    ),
    (
        "refused/issuer.key_not_controlled/key-not-in-the-document.json",
        "refused/issuer.key_not_controlled",
    ),
    (
        "refused/issuer.key_not_controlled/key-of-another-on-the-same-host.jwt",
        "refused/issuer.key_not_controlled",
    ),
    (
        "refused/jwt.embedded_key_untrusted/own-key-of-a-stranger.jwt",
        "refused/jwt.embedded_key_untrusted",
    ),
    // The first proof of a supported suite decides.
    (
        "refused/proof.set_incomplete/good-then-bad.json",
        "verified",
    ),
    (
        "refused/proof.set_incomplete/bad-then-good.json",
        "refused/signature.invalid",
    ),
    (
        "verified/a-good-proof-and-one-not-evaluated.json",
        "verified",
    ),
    // Whether a badge was revoked is not guessed.
    (
        "undetermined/status.unreachable/list-offline.json",
        "undetermined/status.unreachable",
    ),
    (
        "undetermined/status.expired/list-of-last-week.json",
        "undetermined/status.expired",
    ),
    (
        "undetermined/status.unknown/unknown-purpose.json",
        "verified",
    ),
    ("undetermined/status.unknown/older-type.json", "verified"),
    (
        "refused/status.malformed/list-unsigned.json",
        "refused/status.malformed",
    ),
    // The first baked credential counts; a contradiction stays one.
    ("refused/bake.ambiguous/two.png", "verified"),
    (
        "refused/jwt.claim_mismatch/sub-2.jwt",
        "refused/jwt.claim_mismatch",
    ),
    ("verified/did-key.json", "verified"),
];

#[test]
fn the_lenient_policy_lets_pass_what_the_official_validator_does() {
    let web = Web::read();
    for (name, expected) in LENIENT {
        let bytes = presented(name);
        let lenient = web.verify(&bytes, &Policy::lenient());
        assert_eq!(told(&lenient), expected, "{name}");
        // Whatever the strict policy stopped at is told, although it is let pass.
        let strict = web.verify(&bytes, &Policy::default());
        if let (Some(reason), Verdict::Verified) = (strict.reason(), lenient.verdict()) {
            let warnings: Vec<_> = lenient.warnings().iter().map(Reason::code).collect();
            let expected = match reason.code() {
                "proof.set_incomplete" => continue,
                "bake.ambiguous" => "bake.copies",
                code => code,
            };
            assert!(warnings.contains(&expected), "{name} warns of {warnings:?}");
        }
    }
}

/// Verified fixtures and all that the report warns of.
const WARNINGS: [(&str, &[&str]); 17] = [
    ("verified/did-key.json", &[]),
    ("verified/did-key.jwt", &[]),
    ("verified/did-web.json", &[]),
    ("verified/did-web-retired-key.json", &[]),
    ("verified/status-clear.json", &[]),
    ("verified/two-good-proofs.json", &[]),
    ("verified/claims-missing.jwt", &["jwt.claim_missing"; 4]),
    (
        "verified/a-good-proof-and-one-not-evaluated.json",
        &["proof.suite_not_allowed"],
    ),
    ("verified/context-3.0.2.json", &["ld.context_outdated"]),
    ("verified/refresh-service.json", &["refresh.not_evaluated"]),
    (
        "verified/badge-with-endorsement.json",
        &["endorsement.not_evaluated"],
    ),
    ("verified/evidence.json", &["evidence.not_evaluated"]),
    ("verified/status-that-informs.json", &["status.informs"]),
    ("verified/baked-json.png", &["warn.image_unbound"]),
    (
        "verified/baked-twice-alike.png",
        &["bake.copies", "warn.image_unbound"],
    ),
    (
        "verified/baked-as-latin-text.png",
        &["bake.unusual_chunk", "warn.image_unbound"],
    ),
    (
        "verified/baked-compressed.png",
        &["bake.unusual_chunk", "warn.image_unbound"],
    ),
];

#[test]
fn a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else() {
    let web = Web::read();
    for (name, expected) in WARNINGS {
        let report = web.verify(&presented(name), &Policy::default());
        let found: Vec<_> = report.warnings().iter().map(Reason::code).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// Codes that no fixture of their own shows, with the test that does.
const SHOWN_ELSEWHERE: [(&str, &str); 23] = [
    (
        "input.too_large",
        "attack_t_15_what_is_too_large_is_refused_by_its_length",
    ),
    (
        "document.missing",
        "nothing_but_the_issuers_document_is_asked_for_before_the_proof_holds",
    ),
    (
        "time.clock_implausible",
        "attack_d_04_a_clock_before_this_program_was_made_is_not_believed",
    ),
    (
        "jwt.claim_missing",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "ld.context_outdated",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "refresh.not_evaluated",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "endorsement.not_evaluated",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "evidence.not_evaluated",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "status.informs",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "warn.image_unbound",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "bake.copies",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "bake.unusual_chunk",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "schema.not_evaluated",
        "schemas_and_terms_of_an_issuers_own_are_told_as_not_evaluated",
    ),
    (
        "terms.not_evaluated",
        "schemas_and_terms_of_an_issuers_own_are_told_as_not_evaluated",
    ),
    ("ld.complexity", "chapters::jsonld"),
    ("ld.syntax", "chapters::jsonld"),
    ("schema.contains", "chapters::schema"),
    ("schema.format", "chapters::schema"),
    ("schema.min_items", "chapters::schema"),
    ("schema.pattern", "chapters::schema"),
    ("lint.type", "chapters::lint"),
    ("lint.issuer_not_profile", "chapters::lint"),
    ("schema.unknown_member", "chapters::schema"),
];

#[test]
fn every_code_has_a_folder_or_a_named_test() {
    let folders: BTreeSet<String> = files(&fixtures().join("presented"))
        .iter()
        .filter_map(|path| name(path).split('/').nth(1).map(str::to_owned))
        .filter(|folder| {
            !folder.contains(".j") && !folder.contains(".png") && !folder.contains(".svg")
        })
        .collect();
    let listed: BTreeSet<String> = codes().iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(listed.len(), codes().len(), "a code is listed twice");
    let elsewhere: BTreeSet<String> = SHOWN_ELSEWHERE
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .collect();

    let unknown: Vec<_> = folders.difference(&listed).collect();
    assert!(unknown.is_empty(), "no code is called {unknown:?}");
    let shown: BTreeSet<String> = folders.union(&elsewhere).cloned().collect();
    let unshown: Vec<_> = listed.difference(&shown).collect();
    assert!(unshown.is_empty(), "nothing shows {unshown:?}");
    let twice: Vec<_> = folders.intersection(&elsewhere).collect();
    assert!(twice.is_empty(), "a folder shows {twice:?} already");
}

#[test]
fn the_codes_of_the_schemas_are_listed() {
    let listed: BTreeSet<&str> = codes().iter().map(|(code, _)| *code).collect();
    for code in schemas::schema::CODES {
        assert!(listed.contains(code), "{code}");
    }
}

#[test]
fn every_reason_says_in_a_sentence_what_it_means_and_where() {
    let web = Web::read();
    for path in files(&fixtures().join("presented")) {
        let (name, bytes) = (name(&path), fs::read(&path).expect("readable"));
        let report = web.verify(&bytes, &Policy::default());
        let document = serde_json::from_slice::<Value>(&bytes);
        for reason in report.reason().into_iter().chain(report.warnings()) {
            let sentence = reason.to_string();
            assert!(
                sentence.ends_with('.') && sentence.contains(". "),
                "{name}: {sentence}"
            );
            assert!(sentence.len() < 1000, "{name}: {sentence}");
            if let (Some(pointer), Ok(document)) = (reason.pointer(), &document) {
                // What is missing has a place too: in the object that lacks it.
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                assert!(
                    document.pointer(parent).is_some(),
                    "{name}: {pointer} leads nowhere"
                );
            }
        }
    }
}

#[test]
fn pointers_lead_to_what_is_wrong() {
    let web = Web::read();
    for (name, pointer) in [
        ("refused/schema.type/name-as-number.json", "/name"),
        ("refused/ld.data_loss/added-member.json", "/honours"),
        (
            "refused/ld.data_loss/added-to-the-proof.json",
            "/proof/honours",
        ),
        ("refused/ld.context_order/swapped.json", "/@context/0"),
        (
            "refused/proof.misplaced/in-the-subject.json",
            "/credentialSubject/proof",
        ),
        (
            "refused/proof.set_incomplete/good-then-bad.json",
            "/proof/1",
        ),
        ("refused/proof.purpose/authentication.json", "/proof"),
        ("refused/time.expired/last-year.json", "/validUntil"),
        (
            "refused/status.index/with-a-zero.json",
            "/credentialStatus/statusListIndex",
        ),
        ("refused/jwt.claim_mismatch/sub-2.jwt", "/sub"),
        (
            "refused/json.number_range/negative-zero.json",
            "/credentialSubject/creditsEarned",
        ),
    ] {
        let report = web.verify(&presented(name), &Policy::default());
        assert_eq!(
            report.reason().and_then(Reason::pointer),
            Some(pointer),
            "{name}"
        );
    }
}

#[test]
fn no_step_runs_after_one_that_did_not_pass_and_nothing_unproven_is_shown() {
    let web = Web::read();
    for path in files(&fixtures().join("presented")) {
        let (name, bytes) = (name(&path), fs::read(&path).expect("readable"));
        let report = web.verify(&bytes, &Policy::default());
        let mut stopped = false;
        for step in report.steps() {
            assert!(
                !stopped || step.outcome == Outcome::NotRun,
                "{name}: {:?}",
                step.name
            );
            stopped |= matches!(step.outcome, Outcome::Fail(_) | Outcome::Unknown(_));
        }
        let proof = report
            .steps()
            .iter()
            .find(|step| step.name == StepName::Proof);
        let proven = proof.is_some_and(|step| step.outcome == Outcome::Pass);
        assert_eq!(report.credential().is_some(), proven, "{name}");
        assert_eq!(report.proofs().is_empty(), !proven, "{name}");
    }
}

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

#[test]
fn attack_d_04_a_clock_before_this_program_was_made_is_not_believed() {
    let bytes = presented("verified/did-key.json");
    let at = |seconds, clock| {
        let now = Timestamp::from_unix(seconds).expect("within the range");
        let policy = Policy {
            clock,
            ..Policy::default()
        };
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
fn schemas_and_terms_of_an_issuers_own_are_told_as_not_evaluated() {
    let extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
    let key = Key::School;
    let schema = |id: &str| {
        let badge = with(&badge(&key.did()), "/@context/-", json!(extensions));
        let schema = json!([{"id": id, "type": "1EdTechJsonSchemaValidator2019"}]);
        let badge = with(&badge, "/credentialSchema", schema);
        signed(&badge, &key.method(), key).to_string()
    };
    let warnings = |text: String| {
        let report = verify(
            text.as_bytes(),
            &Documents::default(),
            &Policy::default(),
            now(),
        );
        assert_eq!(told(&report), "verified");
        report
            .warnings()
            .iter()
            .map(Reason::code)
            .collect::<Vec<_>>()
    };
    let own = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
    assert_eq!(warnings(schema(own)), Vec::<&str>::new());
    assert_eq!(
        warnings(schema("https://badges.example/schema.json")),
        ["schema.not_evaluated"]
    );
    let terms = json!([{
        "id": "https://badges.example/terms",
        "type": "https://badges.example/types/Terms",
    }]);
    assert_eq!(
        warnings(school_badge("/termsOfUse", terms).to_string()),
        ["terms.not_evaluated"]
    );
}

#[test]
fn the_report_is_json_with_all_that_was_found() {
    let web = Web::read();
    let bytes = presented("refused/time.expired/last-year.json");
    let report = web.verify(&bytes, &Policy::default());
    let told = serde_json::to_value(&report).expect("a report can be written");

    assert_eq!(told["verdict"], "refused");
    assert_eq!(told["now"], forge::NOW);
    assert_eq!(told["clockToleranceSeconds"], 60);
    assert_eq!(told["input"]["sha256"], sha256_hex(&bytes));
    assert_eq!(told["input"]["container"], "text");
    assert_eq!(told["input"]["form"], "json");
    assert_eq!(told["badge"]["achievementName"], "Wait Time");
    assert_eq!(told["badge"]["issuer"], Key::School.did());
    assert_eq!(
        told["proofs"][0]["verificationMethod"],
        Key::School.method()
    );
    let steps = told["steps"].as_array().expect("a list of steps");
    let outcomes: Vec<_> = steps.iter().map(|step| &step["outcome"]).collect();
    let expected = [
        "pass", "pass", "pass", "pass", "fail", "notRun", "notRun", "notRun", "notRun", "notRun",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(
        steps[4],
        json!({
            "name": "validity",
            "outcome": "fail",
            "code": "time.expired",
            "pointer": "/validUntil",
            "message": "The badge was valid until 2025-01-01T00:00:00Z; the time of verification is 2026-11-22T12:00:00Z. The issuer can renew it.",
            "facts": {"validUntil": "2025-01-01T00:00:00Z", "now": "2026-11-22T12:00:00Z"},
        })
    );

    let unproven = web.verify(
        &presented("refused/signature.invalid/edited-name.json"),
        &Policy::default(),
    );
    let told = serde_json::to_value(&unproven).expect("a report can be written");
    assert_eq!(told["badge"], Value::Null);
    assert!(
        !told.to_string().contains("Wait Times"),
        "nothing unproven is shown"
    );
}

#[test]
fn a_missing_document_is_named_in_the_report() {
    let bytes = presented("verified/did-web.json");
    let report = verify(&bytes, &Documents::default(), &Policy::default(), now());
    let told = serde_json::to_value(&report).expect("a report can be written");
    assert_eq!(
        told["missing"],
        json!([{"url": "https://badges.example/.well-known/did.json", "kind": "didDocument"}])
    );
}

#[test]
fn the_signed_sample_of_the_implementation_guide_verifies_leniently() {
    let Some(spec) = spec("the_signed_sample_of_the_implementation_guide_verifies_leniently")
    else {
        return;
    };
    let path = spec.join("examples/signing-walkthrough-ob/08-signed-credential.json");
    let bytes = fs::read(path).expect("the sample can be read");
    // Its key stands in the fragment of an address that serves no document.
    let web = Web::read();
    let lenient = web.verify(&bytes, &Policy::lenient());
    assert_eq!(told(&lenient), "verified");
    assert_eq!(
        lenient
            .warnings()
            .iter()
            .map(Reason::code)
            .collect::<Vec<_>>(),
        ["issuer.key_not_controlled"]
    );
    let strict = web.verify(&bytes, &Policy::default());
    assert_eq!(told(&strict), "refused/issuer.key_not_controlled");
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
    let unsigned = |badge: &Value| forge::without(badge, "/proof");
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
fn the_issuers_key_is_asked_for_by_its_did_alone() {
    let report = Web::read().verify(&presented("verified/did-web.json"), &Policy::default());
    assert_eq!(
        report.credential().map(|badge| &badge["issuer"]["id"]),
        Some(&json!(DISTRICT))
    );
    assert_eq!(report.reason(), None);
    let offline = presented("undetermined/fetch.timeout/did-web.json");
    let report = Web::read().verify(&offline, &Policy::default());
    let failure = match report.reason() {
        Some(Reason::Fetch { failure, .. }) => Some(*failure),
        _ => None,
    };
    assert_eq!(failure, Some(FetchFailure::Timeout));
}

/// `verified`, or the verdict and the code that decided it.
fn told(report: &Report) -> String {
    let code = report.reason().map(Reason::code).unwrap_or_default();
    match report.verdict() {
        Verdict::Verified => "verified".to_owned(),
        Verdict::Refused => format!("refused/{code}"),
        Verdict::Undetermined => format!("undetermined/{code}"),
    }
}

/// The path of a fixture below `presented`.
fn name(path: &Path) -> String {
    let name = path
        .strip_prefix(fixtures().join("presented"))
        .expect("a presented fixture");
    name.display().to_string()
}
