//! Badges that were changed after signing, or whose proofs do not prove them.

use serde_json::json;

use super::verified::with_status;
use super::*;

pub fn add(files: &mut Files) {
    changed_after_signing(files);
    proofs(files);
    proof_sets(files);
}

fn changed_after_signing(files: &mut Files) {
    let good = school_badge("/name", json!("Wait Time"));
    let mut json =
        |name: &str, value: Value| files.json(&refused("signature.invalid", name), &value);
    json(
        "edited-name.json",
        with(&good, "/name", json!("Wait Times")),
    );
    json(
        "edited-credits.json",
        with(&good, "/credentialSubject/creditsEarned", json!(15)),
    );
    json("edited-subject.json", {
        with(
            &good,
            "/credentialSubject/id",
            json!("urn:uuid:0f4d9a52-0f0e-4b6d-8b59-3f8f3f1c7aff"),
        )
    });
    json(
        "removed-member.json",
        without(&good, "/credentialSubject/creditsEarned"),
    );
    json(
        "added-member.json",
        with(&good, "/description", json!("For somebody else")),
    );
    json(
        "added-tag.json",
        with(
            &good,
            "/credentialSubject/achievement/tag/-",
            json!("leadership"),
        ),
    );
    json(
        "later-date.json",
        with(&good, "/validFrom", json!("2026-10-02T08:00:00Z")),
    );
    json(
        "same-instant-other-spelling.json",
        with(&good, "/validFrom", json!("2026-10-01T08:00:00+00:00")),
    );
    json("removed-status.json", {
        without(
            &with_status("revocation", "revocation", json!("7")),
            "/credentialStatus",
        )
    });
    json("added-status.json", {
        let entry = super::verified::status("revocation", "revocation", json!("8"));
        with(&good, "/credentialStatus", entry)
    });
    for (option, value) in [
        ("created", json!("2026-10-01T08:00:01Z")),
        ("expires", json!("2027-10-01T08:00:01Z")),
        ("domain", json!("evil.example")),
        ("challenge", json!("abc")),
        ("nonce", json!("abc")),
        ("id", json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2aff")),
    ] {
        json(
            &format!("proof-{option}.json"),
            with(&good, &format!("/proof/{option}"), value),
        );
    }
    json(
        "proof-without-created.json",
        without(&good, "/proof/created"),
    );
    json("proof-of-another-badge.json", {
        let other = school_badge("/name", json!("Idea Generating"));
        with(&good, "/proof", other["proof"].clone())
    });
    json("signed-by-another-under-this-name.json", {
        let key = Key::School;
        signed(&badge(&key.did()), &key.method(), Key::Stranger)
    });
    json("fragment-key-did-not-sign.json", {
        signed(
            &badge(WEB),
            &format!("{WEB}#{}", Key::Web.multibase()),
            Key::Stranger,
        )
    });

    let token = school_token();
    let parts: Vec<&str> = token.split('.').collect();
    let edited = payload(&with(&badge(&Key::School.did()), "/name", json!("Other")));
    let edited = URL_SAFE_NO_PAD.encode(edited.to_string());
    let mut text =
        |name: &str, token: String| files.bytes(&refused("signature.invalid", name), token);
    text(
        "edited-payload.jwt",
        format!("{}.{edited}.{}", parts[0], parts[2]),
    );
    text("other-signature.jwt", {
        let signature = URL_SAFE_NO_PAD.encode([1; 64]);
        format!("{}.{}.{signature}", parts[0], parts[1])
    });
    text("another-key-with-this-kid.jwt", {
        let key = Key::School;
        super::token(
            &header(key, &key.method()),
            &payload(&badge(&key.did())),
            Key::Stranger,
        )
    });
    text("signature-for-another-algorithm.jwt", {
        let kid = format!("{DISTRICT}#p256");
        super::token(
            &header(Key::DistrictP256, &kid),
            &payload(&badge(DISTRICT)),
            Key::DistrictRsa,
        )
    });
    let edited = with(&good, "/name", json!("Other"));
    files.bytes(
        &refused("signature.invalid", "baked-edited.png"),
        baked(&pretty(&edited)),
    );
}

fn proofs(files: &mut Files) {
    let school = Key::School;
    let plain = badge(&school.did());
    let good = school_badge("/name", json!("Wait Time"));
    let option = |member: &str, value| {
        let options = with(&options(&school.method()), &format!("/{member}"), value);
        signed_with(&plain, &options, school)
    };
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    json("proof.missing", "unsigned.json", plain.clone());
    json(
        "proof.missing",
        "empty-list.json",
        with(&plain, "/proof", json!([])),
    );
    json(
        "proof.purpose",
        "authentication.json",
        option("proofPurpose", json!("authentication")),
    );
    json("proof.purpose", "missing.json", {
        signed_with(
            &plain,
            &without(&options(&school.method()), "/proofPurpose"),
            school,
        )
    });
    json("proof.purpose", "key-listed-for-something-else.json", {
        signed(&badge(DISTRICT), &format!("{DISTRICT}#login"), Key::Login)
    });
    json(
        "proof.malformed",
        "without-verification-method.json",
        without(&good, "/proof/verificationMethod"),
    );
    json("proof.malformed", "endless-verification-method.json", {
        let method = format!("did:web:badges.example#{}", "a".repeat(2048));
        with(&good, "/proof/verificationMethod", json!(method))
    });
    for (code, name, suite) in [
        ("proof.key_mismatch", "ecdsa", "ecdsa-rdfc-2019"),
        (
            "proof.key_mismatch",
            "selective-disclosure",
            "ecdsa-sd-2023",
        ),
        ("signature.invalid", "called-by-the-draft", "eddsa-2022"),
        ("proof.suite_not_allowed", "misspelt", "eddsa-rdf-2022"),
        ("proof.suite_not_allowed", "upper-case", "EDDSA-RDFC-2022"),
    ] {
        let value = with(&good, "/proof/cryptosuite", json!(suite));
        json(code, &format!("{name}.json"), value);
    }
    json("ld.relative_iri", "older-proof-type.json", {
        without(
            &with(&good, "/proof/type", json!("Ed25519Signature2020")),
            "/proof/cryptosuite",
        )
    });
    json(
        "proof.chain",
        "previous.json",
        option(
            "previousProof",
            json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2a01"),
        ),
    );
    json("proof.misplaced", "in-the-subject.json", {
        with(
            &without(&good, "/proof"),
            "/credentialSubject/proof",
            good["proof"].clone(),
        )
    });
    json("proof.misplaced", "in-the-achievement.json", {
        with(
            &good,
            "/credentialSubject/achievement/proof",
            good["proof"].clone(),
        )
    });
    let value = good["proof"]["proofValue"].as_str().expect("a text");
    let values = [
        ("without-prefix", value[1..].to_owned()),
        ("another-base", format!("u{}", &value[1..])),
        ("blank", format!("{value} ")),
        (
            "another-alphabet",
            format!("{}0", &value[..value.len() - 1]),
        ),
        (
            "too-short",
            format!("z{}", bs58::encode([1; 63]).into_string()),
        ),
        (
            "too-long",
            format!("z{}", bs58::encode([1; 65]).into_string()),
        ),
        ("empty", String::new()),
    ];
    for (name, value) in values {
        json(
            "proof.encoding",
            &format!("{name}.json"),
            with(&good, "/proof/proofValue", json!(value)),
        );
    }
    json(
        "time.proof_created",
        "tomorrow.json",
        option("created", json!("2026-11-23T12:00:00Z")),
    );
    json(
        "time.proof_created",
        "just-beyond-tolerance.json",
        option("created", json!("2026-11-22T12:01:01Z")),
    );
    json("time.proof_created", "after-the-key-expired.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-2024"),
            Key::Outdated,
        )
    });
    json(
        "time.proof_expired",
        "yesterday.json",
        option("expires", json!("2026-11-21T12:00:00Z")),
    );
    json(
        "time.syntax",
        "proof-created-without-offset.json",
        option("created", json!("2026-10-01T08:00:00")),
    );
}

fn proof_sets(files: &mut Files) {
    let school = Key::School;
    let plain = badge(&school.did());
    let good = proof(&plain, &options(&school.method()), school);
    let bad = with(&good, "/created", json!("2026-10-02T08:00:00Z"));
    let mut json = |code: &str, name: &str, proofs: Value| {
        files.json(&refused(code, name), &with(&plain, "/proof", proofs));
    };
    json(
        "proof.set_incomplete",
        "good-then-bad.json",
        json!([good, bad]),
    );
    json(
        "proof.set_incomplete",
        "bad-then-good.json",
        json!([bad, good]),
    );
    json(
        "signature.invalid",
        "two-bad-proofs.json",
        json!([bad, bad]),
    );
    json(
        "proof.too_many",
        "nine.json",
        json!([good, good, good, good, good, good, good, good, good]),
    );

    let signed = with(&plain, "/proof", bad);
    files.bytes(
        &refused("proof.ambiguous", "bad-proof-in-a-good-token.jwt"),
        token(&header(school, &school.method()), &payload(&signed), school),
    );
}
