//! Badges of which the holder shows a part, and what is wrong with some of them.

use keys::data_integrity::{Cryptosuite, ProofOptions};
use keys::ecdsa_sd_2023::{self, SdEntropy};
use keys::jsonld::{Contexts, LdLimits};
use schemas::timestamp::Timestamp;
use serde_json::json;

use super::*;

pub fn add(files: &mut Files) {
    let badge = badge(&KEY.did());
    let base = base_proof(&badge, REQUIRED);
    let shown = shown(&base, &["/awardedDate"]);
    files.json("presented/verified/shown-in-part.json", &shown);
    // Only the issuer can have it shown as little as that, and then it is no badge.
    let too_little = self::shown(
        &base_proof(&badge, &REQUIRED[..4]),
        &["/credentialSubject/achievement/name"],
    );
    files.json(
        &refused("schema.required", "shown-in-part-without-criteria.json"),
        &too_little,
    );
    files.json(
        &refused(
            "proof.not_derived",
            "shown-with-the-proof-of-the-holder.json",
        ),
        &base,
    );
    let mut invalid =
        |name: &str, value: Value| files.json(&refused("signature.invalid", name), &value);
    invalid(
        "shown-in-part-edited.json",
        with(&shown, "/awardedDate", json!("2026-09-29T15:04:05Z")),
    );
    invalid(
        "shown-in-part-with-more.json",
        with(&shown, "/credentialSubject/creditsEarned", json!(1.5)),
    );
    invalid(
        "shown-in-part-with-less.json",
        without(&shown, "/awardedDate"),
    );
    let value = shown["proof"]["proofValue"].as_str().expect("a text");
    files.json(
        &refused("proof.encoding", "shown-in-part-cut-short.json"),
        &with(&shown, "/proof/proofValue", json!(value[..value.len() - 4])),
    );
}

/// A document with the proof that others are derived from, by the P-256 key of the fixtures.
pub fn base_proof(document: &Value, mandatory: &[&str]) -> Value {
    let created = Timestamp::parse("2026-10-01T08:00:00Z").expect("a date-time");
    let options = ProofOptions::new(Cryptosuite::EcdsaSd2023, &KEY.method()).created(created);
    let entropy = SdEntropy::new([21; 32], [22; 32]).expect("a scalar in range");
    let mandatory: Vec<String> = mandatory.iter().map(|one| (*one).to_owned()).collect();
    let (key, contexts) = (KEY.secret(), Contexts::embedded());
    ecdsa_sd_2023::create_base_proof(document, &options, &mandatory, &key, &entropy, contexts)
        .expect("a base proof")
}

/// What a holder shows of such a document.
pub fn shown(base: &Value, selective: &[&str]) -> Value {
    let selective: Vec<String> = selective.iter().map(|one| (*one).to_owned()).collect();
    let limits = LdLimits::default();
    ecdsa_sd_2023::derive(base, &selective, Contexts::embedded(), &limits).expect("a part")
}

/// The key of the issuer.
pub const KEY: Key = Key::DistrictP256;

/// What a badge needs to be one.
pub const REQUIRED: &[&str] = &[
    "/id",
    "/issuer",
    "/validFrom",
    "/credentialSubject/id",
    "/name",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
];
