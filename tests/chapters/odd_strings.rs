//! The big list of naughty strings: shown as they were signed where text is free, and refused precisely where it is not.

use std::collections::BTreeMap;

use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use verifier::{Documents, Policy, Report, Verdict, verify};

use crate::forge::{Key, NOW, badge, baked, header, payload, signed, token, with, without};
use crate::rdf_oracle;
use crate::vector_set::VectorSet;

/// The strings, as the crate writes them down.
#[allow(clippy::redundant_static_lifetimes)]
pub mod list {
    include!("../vectors/naughty-strings/files/lib.rs");
}

#[test]
fn attack_j_11_an_odd_string_is_verified_and_shown_as_it_was_signed() {
    VectorSet::open("naughty-strings");
    let key = Key::School;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for string in list::BLNS {
        let mut document = full_badge();
        for pointer in FREE_TEXT {
            document = with(&document, pointer, json!(string));
        }
        let json = signed(&document, &key.method(), key).to_string();
        let token = token(&header(key, &key.method()), &payload(&document), key);
        for presented in [baked(&json), json.into_bytes(), token.into_bytes()] {
            let report = checked(&presented);
            let code = report.reason().map_or("verified", |reason| reason.code());
            *counts.entry(code).or_default() += 1;
            // The one text without which a badge does not say what it is for.
            if string.is_empty() {
                assert_eq!(code, "lint.criteria_empty");
                continue;
            }
            assert_eq!(report.verdict(), Verdict::Verified, "{string:?}: {code}");
            assert_shows(&report, string);
        }
    }
    println!(
        "odd strings as text, in {} members at once, as JSON, in a picture and as JWT: {counts:?}",
        FREE_TEXT.len()
    );
}

/// The report shows the string wherever it stands in the badge.
fn assert_shows(report: &Report, string: &str) {
    let shown = report.credential().expect("a proven credential");
    for pointer in FREE_TEXT {
        assert_eq!(shown.pointer(pointer), Some(&json!(string)), "{pointer}");
    }
    let written = serde_json::to_value(report).expect("a report");
    for field in ["name", "issuerName", "achievementName"] {
        assert_eq!(written["badge"][field], *string, "{field}");
    }
}

#[test]
fn attack_j_11_an_odd_string_where_a_name_or_identifier_belongs_has_a_precise_code() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut note = |document: &Value, string: &str, place: &str| {
        let code = outcome(document);
        let expected = match code {
            // Identifiers and names of members may be any absolute IRI, and these are signed.
            "verified" => has_scheme(string),
            // The implementation that signed leaves ill-formed identifiers out of its statements, Assay does not.
            "signature.invalid" => is_ill_formed(string),
            code => PRECISE.contains(&code),
        };
        assert!(expected, "{place} {string:?}: {code}");
        *counts.entry(code).or_default() += 1;
    };
    let key = Key::School;
    let good = signed(&full_badge(), &key.method(), key);
    for string in list::BLNS {
        for pointer in NOT_FREE {
            note(&with(&good, pointer, json!(string)), string, pointer);
        }
        for parent in PARENTS {
            let mut document = good.clone();
            let members = document.pointer_mut(parent).and_then(Value::as_object_mut);
            let members = members.expect("an object");
            if !members.contains_key(*string) {
                members.insert((*string).to_owned(), json!("x"));
                note(&document, string, parent);
            }
        }
    }
    println!("odd strings as identifiers, types, times and names of members: {counts:?}");
}

/// What comes out for a document whose proof is of another, once it was signed anew if that is what it fails for.
fn outcome(document: &Value) -> &'static str {
    let key = Key::School;
    let code = |document: &Value| match checked(document.to_string().as_bytes()).reason() {
        Some(reason) => reason.code(),
        None => "verified",
    };
    match code(document) {
        "signature.invalid" if rdf_oracle::canonical(&without(document, "/proof")).is_ok() => {
            code(&signed(&without(document, "/proof"), &key.method(), key))
        }
        code => code,
    }
}

/// Whether a string begins with a scheme (RFC 3986, section 3.1) and has no blanks.
fn has_scheme(string: &str) -> bool {
    let Some((scheme, _)) = string.split_once(':') else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !string.contains(char::is_whitespace)
}

/// Whether a percent sign is not followed by two hexadecimal digits (RFC 3986, section 2.1).
fn is_ill_formed(string: &str) -> bool {
    let mut parts = string.split('%').skip(1);
    parts.any(|part| !(part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit())))
}

fn checked(presented: &[u8]) -> Report {
    let now = Timestamp::parse(NOW).expect("a time");
    verify(presented, &Documents::default(), &Policy::default(), now)
}

/// A badge with every member that holds free text.
fn full_badge() -> Value {
    let mut badge = badge(&Key::School.did());
    badge["description"] = json!("A description.");
    badge["issuer"]["description"] = json!("A school.");
    badge["issuer"]["url"] = json!("https://school.example/");
    badge["issuer"]["email"] = json!("office@school.example");
    badge["evidence"] = json!([{
        "id": "https://school.example/evidence/1",
        "type": ["Evidence"],
        "name": "Lesson",
        "narrative": "A lesson.",
        "description": "A recorded lesson.",
        "genre": "Film",
        "audience": "Teachers",
    }]);
    let subject = &mut badge["credentialSubject"];
    for member in ["licenseNumber", "narrative", "role", "term"] {
        subject[member] = json!("text");
    }
    let achievement = &mut subject["achievement"];
    for member in ["fieldOfStudy", "humanCode", "specialization", "version"] {
        achievement[member] = json!("text");
    }
    achievement["tag"] = json!(["one"]);
    achievement["alignment"] = json!([{
        "type": ["Alignment"],
        "targetName": "Skill",
        "targetUrl": "https://skills.example/1",
        "targetDescription": "A skill.",
        "targetFramework": "Skills",
        "targetCode": "1",
    }]);
    badge
}

/// Members that hold text. To the standard the addresses among them are text as well; they name nothing that is signed.
const FREE_TEXT: [&str; 28] = [
    "/name",
    "/description",
    "/issuer/name",
    "/issuer/description",
    "/issuer/email",
    "/issuer/url",
    "/evidence/0/name",
    "/evidence/0/narrative",
    "/evidence/0/description",
    "/evidence/0/genre",
    "/evidence/0/audience",
    "/credentialSubject/licenseNumber",
    "/credentialSubject/narrative",
    "/credentialSubject/role",
    "/credentialSubject/term",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria/narrative",
    "/credentialSubject/achievement/fieldOfStudy",
    "/credentialSubject/achievement/humanCode",
    "/credentialSubject/achievement/specialization",
    "/credentialSubject/achievement/version",
    "/credentialSubject/achievement/tag/0",
    "/credentialSubject/achievement/alignment/0/targetName",
    "/credentialSubject/achievement/alignment/0/targetDescription",
    "/credentialSubject/achievement/alignment/0/targetFramework",
    "/credentialSubject/achievement/alignment/0/targetCode",
    "/credentialSubject/achievement/alignment/0/targetUrl",
];

/// Members that hold identifiers, types, times or parts of the proof.
const NOT_FREE: [&str; 18] = [
    "/@context/1",
    "/id",
    "/type/1",
    "/issuer/id",
    "/issuer/type/0",
    "/validFrom",
    "/awardedDate",
    "/evidence/0/id",
    "/credentialSubject/id",
    "/credentialSubject/type/0",
    "/credentialSubject/creditsEarned",
    "/credentialSubject/achievement/id",
    "/credentialSubject/achievement/type/0",
    "/proof/type",
    "/proof/cryptosuite",
    "/proof/created",
    "/proof/verificationMethod",
    "/proof/proofValue",
];

/// Objects that are given a member with an odd name.
const PARENTS: [&str; 4] = [
    "",
    "/issuer",
    "/credentialSubject/achievement",
    "/evidence/0",
];

/// What an odd string in the wrong place is refused for.
const PRECISE: [&str; 16] = [
    "credential.not_a_badge",
    "did.method_unsupported",
    "issuer.key_not_controlled",
    "issuer.malformed",
    "ld.context_order",
    "ld.data_loss",
    "ld.keyword_not_allowed",
    "ld.relative_iri",
    "lint.subject_unidentified",
    "proof.encoding",
    "proof.malformed",
    "proof.suite_not_allowed",
    "schema.contains",
    "schema.format",
    "schema.type",
    "time.syntax",
];
