//! What is verified, what is refused, what cannot be told; every fixture's folder is the expectation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::json;
use verifier::{Documents, Policy, Reason, Verdict, codes, verify};

use crate::forge::{self, school_badge};
use crate::support::spec;
use crate::web::{Web, files, fixtures, name, now, presented, told};

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
const LENIENT: &[(&str, &str)] = &[
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
    (
        "refused/issuer.key_not_controlled/bare-did-jwk.json",
        "verified",
    ),
    (
        "refused/issuer.key_not_controlled/did-web-key-in-the-address.json",
        "verified",
    ),
    // The key is somebody else's.
    (
        "refused/issuer.key_not_controlled/stranger-under-did-jwk.json",
        "refused/issuer.key_not_controlled",
    ),
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
    ("verified/chain-told-backwards.json", "verified"),
    ("refused/proof.chain/upon-itself.json", "verified"),
    ("refused/proof.chain/in-a-ring.json", "refused/proof.chain"),
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
    // Unless the list is of the older kind, which the standard lets pass.
    (
        "undetermined/status.unreachable/older-list-offline.json",
        "verified",
    ),
    (
        "refused/status.revoked/older-list.json",
        "refused/status.revoked",
    ),
    (
        "undetermined/schema.unreachable/own-schema.json",
        "undetermined/schema.unreachable",
    ),
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
        assert_eq!(told(&lenient), *expected, "{name}");
        // Whatever the strict policy stopped at is told, although it is let pass.
        let strict = web.verify(&bytes, &Policy::default());
        if let (Some(reason), Verdict::Verified) = (strict.reason(), lenient.verdict()) {
            let warnings: Vec<_> = lenient.warnings().iter().map(Reason::code).collect();
            let expected = match reason.code() {
                "proof.set_incomplete" | "proof.chain" => continue,
                "bake.ambiguous" => "bake.copies",
                code => code,
            };
            assert!(warnings.contains(&expected), "{name} warns of {warnings:?}");
        }
    }
}

/// Verified fixtures and all that the report warns of.
const WARNINGS: &[(&str, &[&str])] = &[
    ("verified/eddsa-2022.json", &["proof.suite_deprecated"]),
    ("verified/shown-in-part.json", &["proof.shown_in_part"]),
    (
        "verified/ed25519-signature-2020.json",
        &["proof.suite_deprecated"],
    ),
    (
        "verified/ecdsa-rdfc-2019-p384.json",
        &["warn.outside_certification"],
    ),
    (
        "verified/eddsa-jcs-2022.json",
        &["warn.outside_certification"],
    ),
    // A certified proof beside another one is enough for certified verifiers.
    ("verified/statements-and-json.json", &[]),
    ("verified/chain-of-three.json", &[]),
    ("verified/did-jwk-ed25519.json", &[]),
    ("verified/did-jwk-es256.jwt", &[]),
    ("verified/did-web-ed25519-2020.json", &[]),
    ("verified/did-key.json", &[]),
    ("verified/did-web-rs256.jwt", &[]),
    ("verified/did-web-es256.jwt", &[]),
    ("verified/key-at-the-issuers-host.jwt", &[]),
    ("verified/did-key.jwt", &["warn.outside_certification"]),
    ("verified/did-web.json", &[]),
    ("verified/did-web-retired-key.json", &[]),
    ("verified/status-clear.json", &[]),
    ("verified/two-good-proofs.json", &[]),
    (
        "verified/claims-missing.jwt",
        &[
            "warn.outside_certification",
            "jwt.claim_missing",
            "jwt.claim_missing",
            "jwt.claim_missing",
            "jwt.claim_missing",
        ],
    ),
    (
        "verified/a-good-proof-and-one-not-evaluated.json",
        &["proof.suite_not_allowed"],
    ),
    ("verified/context-3.0.2.json", &["ld.context_outdated"]),
    ("verified/refresh-service.json", &["refresh.unreachable"]),
    (
        "verified/badge-with-endorsement.json",
        &["endorsement.subject_mismatch"],
    ),
    ("verified/achievement-with-endorsement.json", &[]),
    ("verified/evidence.json", &["evidence.not_evaluated"]),
    ("verified/status-that-informs.json", &["status.informs"]),
    (
        "verified/open-badges-2-hosted.json",
        &["legacy.open_badges_2"],
    ),
    ("verified/baked-json.png", &["warn.image_unbound"]),
    (
        "verified/baked-twice-alike.png",
        &["bake.copies", "warn.image_unbound"],
    ),
    (
        "verified/baked-as-latin-text.png",
        &[
            "bake.unusual_chunk",
            "warn.image_unbound",
            "warn.outside_certification",
        ],
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
        assert_eq!(found, *expected, "{name}");
    }
}

/// Codes that no fixture of their own shows, with the test that does.
const SHOWN_ELSEWHERE: &[(&str, &str)] = &[
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
        "proof.count_policy",
        "attack_p_05_a_report_names_the_proofs_that_were_checked_and_no_other",
    ),
    ("refresh.newer_edition", "chapters::refresh"),
    ("refresh.malformed", "chapters::refresh"),
    ("refresh.unreachable", "chapters::refresh"),
    ("refresh.invalid", "chapters::refresh"),
    ("refresh.mismatch", "chapters::refresh"),
    ("refresh.not_evaluated", "chapters::refresh"),
    ("nested.invalid", "chapters::endorsements"),
    ("nested.undetermined", "chapters::endorsements"),
    ("nested.too_many", "chapters::endorsements"),
    ("fetch.gone", "chapters::fetch"),
    ("endorsement.subject_mismatch", "chapters::endorsements"),
    ("endorsement.type", "chapters::endorsements"),
    ("endorsement.not_evaluated", "chapters::endorsements"),
    ("recipient.mismatch", "chapters::recipient"),
    ("recipient.unknown", "chapters::recipient"),
    ("trust.unknown_issuer", "chapters::trust"),
    ("trust.too_early", "chapters::trust"),
    ("trust.other_achievement", "chapters::trust"),
    ("trust.creator_unverified", "chapters::trust"),
    ("status.rollback", "chapters::attacks_lists"),
    ("warn.confusable", "chapters::attacks_requests"),
    (
        "evidence.not_evaluated",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "status.informs",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    (
        "warn.outside_certification",
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
        "legacy.open_badges_2",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    ("contents.too_deep", "chapters::clr"),
    ("contents.other_subject", "chapters::clr"),
    ("schema.not_evaluated", "chapters::credential_schema"),
    (
        "terms.not_evaluated",
        "terms_of_an_issuers_own_are_told_as_not_evaluated",
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
    ("proof.challenge", "chapters::vc_api"),
    ("proof.domain", "chapters::vc_api"),
    (
        "proof.shown_in_part",
        "a_verified_badge_warns_of_what_was_let_pass_and_of_nothing_else",
    ),
    ("proof.suite_deprecated", "chapters::vc_api"),
    ("related.not_evaluated", "chapters::vc_api"),
    ("vc.envelope", "chapters::vc_api"),
    ("vc.holder", "chapters::vc_api"),
    ("vc.id", "chapters::vc_api"),
    ("vc.language", "chapters::vc_api"),
    ("vc.part_type", "chapters::vc_api"),
    ("vc.presented", "chapters::vc_api"),
    ("vc.related_digest", "chapters::vc_api"),
    ("vc.related_resource", "chapters::vc_api"),
    ("vc.schema_id", "chapters::vc_api"),
    ("vc.subject", "chapters::vc_api"),
    ("vc.type", "chapters::vc_api"),
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

/// VER-2, VER-6, VER-7, VER-8: what gets lost in the statements, a subject nobody can be, an object of no
/// type, criteria that say nothing, and a signature of something else are refused.
#[test]
fn what_the_standard_calls_not_conforming_or_not_proven_is_refused() {
    let key = forge::Key::School;
    let plain = forge::badge(&key.did());
    let subject = forge::without(&plain, "/credentialSubject/id");
    let untyped = forge::with(&plain, "/credentialSubject/type", json!(["Profile"]));
    let criteria = forge::with(&plain, "/credentialSubject/achievement/criteria", json!({}));
    let lost = forge::with(&plain, "/honours", json!("with"));
    let edited = forge::signed(&plain, &key.method(), key);
    let edited = forge::with(&edited, "/name", json!("Another name"));
    let signed = |plain: &serde_json::Value| match plain.get("proof") {
        Some(_) => plain.clone(),
        // What gets lost is not signed: neither reader would agree to.
        None => forge::with(plain, "/proof", edited["proof"].clone()),
    };
    for (document, codes) in [
        (lost, &["ld.data_loss"][..]),
        (subject, &["lint.subject_unidentified"]),
        (
            untyped,
            &[
                "schema.contains",
                "lint.type",
                "schema.type",
                "schema.required",
            ],
        ),
        (criteria, &["lint.criteria_empty"]),
        (edited.clone(), &["signature.invalid"]),
    ] {
        let text = signed(&document).to_string();
        let report = Web::read().verify(text.as_bytes(), &Policy::default());
        assert_eq!(report.verdict(), Verdict::Refused);
        let code = report.reason().map(Reason::code).unwrap_or_default();
        assert!(codes.contains(&code), "{code} {codes:?}");
    }
}

#[test]
fn terms_of_an_issuers_own_are_told_as_not_evaluated() {
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
