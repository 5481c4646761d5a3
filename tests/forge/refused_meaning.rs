//! Badges that are refused for what they say: proofs, keys, times, statuses.

use serde_json::json;

use super::verified::{endorsement, with_status};
use super::*;

pub fn add(files: &mut Files) {
    changed_after_signing(files);
    proofs(files);
    proof_sets(files);
    keys_of_others(files);
    key_documents(files);
    times(files);
    statuses(files);
}

fn refused(code: &str, name: &str) -> String {
    format!("presented/refused/{code}/{name}")
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
        let signed = super::token(
            &header(Key::DistrictP256, &kid),
            &payload(&badge(DISTRICT)),
            Key::DistrictRsa,
        );
        signed
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
    for (name, suite) in [
        ("ecdsa", "ecdsa-rdfc-2019"),
        ("selective-disclosure", "ecdsa-sd-2023"),
        ("draft", "eddsa-2022"),
        ("misspelt", "eddsa-rdf-2022"),
        ("upper-case", "EDDSA-RDFC-2022"),
    ] {
        let value = with(&good, "/proof/cryptosuite", json!(suite));
        json("proof.suite_not_allowed", &format!("{name}.json"), value);
    }
    json("proof.suite_not_allowed", "older-type.json", {
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

fn keys_of_others(files: &mut Files) {
    let (school, stranger) = (Key::School, Key::Stranger);
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    let code = "issuer.key_not_controlled";
    json(code, "stranger-signs-for-the-school.json", {
        signed(&badge(&school.did()), &stranger.method(), stranger)
    });
    json(code, "stranger-signs-for-a-district.json", {
        signed(&badge(DISTRICT), &stranger.method(), stranger)
    });
    json(code, "stranger-signs-for-a-web-issuer.json", {
        signed(
            &badge(WEB),
            &format!("https://evil.example/me#{}", stranger.multibase()),
            stranger,
        )
    });
    json(code, "district-signs-for-the-school.json", {
        signed(
            &badge(&school.did()),
            &format!("{DISTRICT}#key-1"),
            Key::District,
        )
    });
    json(code, "key-not-in-the-document.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-9"),
            Key::District,
        )
    });
    // The forms that the official validator lets pass, although nothing binds them to the issuer.
    json(
        code,
        "bare-did-key.json",
        signed(&badge(&school.did()), &school.did(), school),
    );
    json(code, "bare-did-key-of-no-known-issuer.json", {
        let issuer = "urn:uuid:7f3b1b1e-8a52-4b7e-b1a1-0a1a2a3a4a05";
        signed(&badge(issuer), &stranger.did(), stranger)
    });
    json(code, "key-in-the-address-fragment.json", {
        signed(
            &badge(WEB),
            &format!("{WEB}#{}", stranger.multibase()),
            stranger,
        )
    });
    json(code, "key-in-the-fragment-of-an-unreachable-issuer.json", {
        let issuer = "https://gone.example/profile";
        signed(
            &badge(issuer),
            &format!("{issuer}#{}", Key::Web.multibase()),
            Key::Web,
        )
    });
    json(code, "document-that-names-no-key.json", {
        let issuer = "https://issuer.example/silent";
        signed(
            &badge(issuer),
            &format!("{issuer}#{}", Key::Web.multibase()),
            Key::Web,
        )
    });
    json(code, "endorsement-by-a-stranger.json", {
        signed(&endorsement(&school.did()), &stranger.method(), stranger)
    });
    json("key.revoked", "signed-with-a-stolen-key.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-stolen"),
            Key::Compromised,
        )
    });

    let key = Key::DistrictP256;
    let mut kid = |name: &str, kid: &str| {
        let token = token(&header(key, kid), &payload(&badge(DISTRICT)), key);
        files.bytes(&refused(code, name), token);
    };
    kid(
        "key-of-another-on-the-same-host.jwt",
        "https://badges.example/keys/tenant",
    );
    kid(
        "key-that-names-no-issuer.jwt",
        "https://badges.example/keys/nameless",
    );
    kid(
        "key-at-another-host.jwt",
        "https://elsewhere.example/keys/p256",
    );
    kid(
        "key-of-another-in-the-set.jwt",
        "https://badges.example/.well-known/jwks.json#one",
    );
}

fn key_documents(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    let by = |issuer: &str| signed(&badge(issuer), &format!("{issuer}#key-1"), Key::District);
    for (code, name) in [
        ("did.document", "other-id"),
        ("did.document", "other-controller"),
        ("did.document", "many-keys"),
        ("did.document", "not-json"),
        ("key.weak", "weak-key"),
        ("key.invalid", "broken-key"),
        ("key.private_material", "private-key"),
        ("key.ambiguous", "two-keys"),
    ] {
        json(
            code,
            &format!("{name}.json"),
            by(&format!("did:web:faulty.example:{name}")),
        );
    }
    for (name, did) in [
        ("address", "did:web:127.0.0.1"),
        ("dots", "did:web:badges.example:..:tenant"),
        ("slash", "did:web:badges.example%2Ftenant"),
        ("upper-case", "did:web:Badges.example"),
        ("empty-segment", "did:web:badges.example::tenant"),
    ] {
        json("did.invalid", &format!("did-web-{name}.json"), by(did));
    }
    let school = Key::School;
    json("did.invalid", "fragment-of-another-key.json", {
        let method = format!("{}#{}", school.did(), Key::Stranger.multibase());
        signed(&badge(&school.did()), &method, school)
    });
    json("did.invalid", "did-key-of-nothing.json", {
        signed(&badge("did:key:z6Mk"), "did:key:z6Mk#z6Mk", school)
    });
    for (name, method) in [
        ("jwk", "did:jwk:eyJrdHkiOiJPS1AifQ#0"),
        ("example", "did:example:123#key-1"),
        ("urn", "urn:example:key"),
    ] {
        json(
            "did.method_unsupported",
            &format!("{name}.json"),
            signed(&badge(&school.did()), method, school),
        );
    }
}

fn times(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    json(
        "time.expired",
        "just-beyond-tolerance.json",
        school_badge("/validUntil", json!("2026-11-22T11:58:59Z")),
    );
    json("time.expired", "last-year.json", {
        let key = Key::School;
        let old = with(
            &badge(&key.did()),
            "/validFrom",
            json!("2024-01-01T00:00:00Z"),
        );
        let old = with(&old, "/validUntil", json!("2025-01-01T00:00:00Z"));
        signed(&old, &key.method(), key)
    });
    json(
        "time.not_yet_valid",
        "just-beyond-tolerance.json",
        school_badge("/validFrom", json!("2026-11-22T12:01:01Z")),
    );
    json(
        "time.not_yet_valid",
        "next-year.json",
        school_badge("/validFrom", json!("2027-01-01T00:00:00Z")),
    );
    json(
        "time.order",
        "ends-before-it-begins.json",
        school_badge("/validUntil", json!("2026-09-01T00:00:00Z")),
    );
}

fn statuses(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| {
        files.json(&refused(code, &format!("{name}.json")), &value);
    };
    let at = |list: &str, index| with_status(list, "revocation", index);
    json("status.revoked", "revoked", at("revocation", json!("7")));
    json(
        "status.revoked",
        "revoked-index-as-number",
        at("revocation", json!(94567)),
    );
    json(
        "status.revoked",
        "revoked-list-in-a-token",
        at("token", json!("7")),
    );
    json(
        "status.revoked",
        "revoked-list-for-two-purposes",
        at("both", json!("7")),
    );
    json(
        "status.suspended",
        "suspended",
        with_status("suspension", "suspension", json!("7")),
    );
    json(
        "status.index",
        "beyond-the-end",
        at("revocation", json!("131072")),
    );
    json("status.index", "negative", at("revocation", json!("-1")));
    json("status.index", "with-a-sign", at("revocation", json!("+1")));
    json("status.index", "with-a-zero", at("revocation", json!("01")));
    json("status.index", "exponent", at("revocation", json!("1e3")));
    json("status.index", "empty", at("revocation", json!("")));
    json(
        "status.index",
        "two-to-the-64",
        at("revocation", json!("18446744073709551616")),
    );
    json(
        "status.purpose",
        "list-for-something-else",
        at("suspension", json!("8")),
    );
    json(
        "status.issuer_mismatch",
        "list-of-a-stranger",
        at("stranger", json!("8")),
    );
    json("status.too_large", "bomb", at("bomb", json!("8")));
    for list in [
        "unsigned",
        "edited",
        "imposed",
        "wrong-type",
        "wrong-subject",
        "wrong-id",
        "without-list",
        "early",
        "backwards",
        "short",
        "without-prefix",
        "trailing",
        "zlib",
        "page",
    ] {
        json(
            "status.malformed",
            &format!("list-{list}"),
            at(list, json!("8")),
        );
    }
    let entry = |member: &str, value| {
        let key = Key::School;
        let entry = super::verified::status("revocation", "revocation", json!("8"));
        let entry = with(&entry, &format!("/{member}"), value);
        signed(
            &with(&badge(&key.did()), "/credentialStatus", entry),
            &key.method(),
            key,
        )
    };
    json(
        "status.malformed",
        "id-of-the-list",
        entry("id", json!("https://lists.example/school/revocation")),
    );
    json(
        "status.malformed",
        "list-not-on-the-web",
        entry("statusListCredential", json!("urn:example:list")),
    );
    json(
        "status.malformed",
        "entries-of-no-size",
        entry("statusSize", json!(0)),
    );
    json(
        "status.malformed",
        "entries-larger-than-the-list-allows",
        entry("statusSize", json!(2)),
    );
    json("status.cycle", "own-list", {
        let key = Key::School;
        let own = with(
            &badge(&key.did()),
            "/id",
            json!("https://lists.example/school/revocation"),
        );
        let entry = super::verified::status("revocation", "revocation", json!("8"));
        signed(&with(&own, "/credentialStatus", entry), &key.method(), key)
    });
}
