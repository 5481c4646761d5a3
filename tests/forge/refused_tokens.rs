//! Tokens that are refused for their header, their claims or their form.

use serde_json::json;

use super::*;

pub fn add(files: &mut Files) {
    tokens(files);
    claims(files);
}

fn tokens(files: &mut Files) {
    let school = Key::School;
    let payload = payload(&badge(&school.did()));
    let good_header = header(school, &school.method());
    let good = token(&good_header, &payload, school);
    let mut add = |code: &str, name: &str, token: String| files.bytes(&refused(code, name), token);
    let with_header = |member: &str, value| {
        token(
            &with(&good_header, &format!("/{member}"), value),
            &payload,
            school,
        )
    };
    for name in [
        "none", "None", "nOnE", "HS256", "HS512", "RS512", "ES384", "PS256",
    ] {
        add(
            "jwt.alg_not_allowed",
            &format!("{name}.jwt"),
            with_header("alg", json!(name)),
        );
    }
    let parts: Vec<&str> = good.split('.').collect();
    add(
        "jwt.alg_not_allowed",
        "empty-signature.jwt",
        format!("{}.{}.", parts[0], parts[1]),
    );
    add(
        "jwt.alg_not_allowed",
        "no-signature.jwt",
        format!("{}.{}", parts[0], parts[1]),
    );
    add(
        "jwt.alg_key_mismatch",
        "es256-with-an-ed25519-key.jwt",
        with_header("alg", json!("ES256")),
    );
    add(
        "jwt.header_not_allowed",
        "jku.jwt",
        with_header("jku", json!("https://evil.example/set")),
    );
    add(
        "jwt.header_not_allowed",
        "x5u.jwt",
        with_header("x5u", json!("https://evil.example/x")),
    );
    add(
        "jwt.crit",
        "unknown-extension.jwt",
        with_header("crit", json!(["exp"])),
    );
    add("jwt.crit", "empty.jwt", with_header("crit", json!([])));
    add(
        "jwt.crit",
        "unencoded-payload.jwt",
        with_header("b64", json!(false)),
    );
    add(
        "jwt.typ",
        "access-token.jwt",
        with_header("typ", json!("at+jwt")),
    );
    add(
        "jwt.typ",
        "status-list-token.jwt",
        with_header("typ", json!("statuslist+jwt")),
    );
    add(
        "jwt.typ",
        "presentation.jwt",
        token(&good_header, &json!({"vp": {}}), school),
    );
    add("jwt.kid_unresolved", "no-key.jwt", {
        token(&json!({"alg": "EdDSA", "typ": "JWT"}), &payload, school)
    });
    add(
        "jwt.kid_unresolved",
        "too-long.jwt",
        with_header("kid", json!("k".repeat(513))),
    );
    add("jwt.kid_unresolved", "not-in-the-set.jwt", {
        let kid = "https://badges.example/.well-known/jwks.json#three";
        let key = Key::DistrictP256;
        token(&header(key, kid), &self::payload(&badge(DISTRICT)), key)
    });
    for (name, kid) in [
        ("path", "../../etc/passwd"),
        ("sql", "' or 1=1 --"),
        ("name", "key-1"),
    ] {
        add(
            "jwt.kid_unresolved",
            &format!("kid-{name}.jwt"),
            with_header("kid", json!(kid)),
        );
    }
    add("jwt.embedded_key_untrusted", "own-key-of-a-stranger.jwt", {
        let header = json!({"alg": "EdDSA", "jwk": Key::Stranger.public().jwk()});
        token(&header, &payload, Key::Stranger)
    });
    add(
        "jwt.embedded_key_untrusted",
        "own-key-beside-the-issuers.jwt",
        {
            let header = with(&good_header, "/jwk", Key::Stranger.public().jwk());
            token(&header, &payload, Key::Stranger)
        },
    );
    add(
        "jwt.embedded_key_untrusted",
        "own-key-not-in-the-did-document.jwt",
        {
            let header = json!({"alg": "EdDSA", "jwk": Key::Login.public().jwk()});
            token(&header, &self::payload(&badge(DISTRICT)), Key::Login)
        },
    );
    add(
        "jwt.embedded_key_untrusted",
        "certificate.jwt",
        with_header("x5c", json!(["MIIB"])),
    );
    add(
        "jwt.serialization",
        "encrypted.jwt",
        format!("{good}.e30.e30"),
    );
    add(
        "jwt.serialization",
        "compressed.jwt",
        with_header("zip", json!("DEF")),
    );
    add(
        "jwt.serialization",
        "flattened.json",
        pretty(&json!({
            "protected": parts[0], "payload": parts[1], "signature": parts[2],
        })),
    );
    add(
        "jwt.encoding",
        "newline-at-the-end.jwt",
        format!("{good}\n"),
    );
    add("jwt.encoding", "blank-in-front.jwt", format!(" {good}"));
    add("jwt.encoding", "padding.jwt", format!("{good}="));
    add("jwt.encoding", "four-parts.jwt", format!("{good}.e30"));
    add("time.proof_created", "token-after-the-key-expired.jwt", {
        let kid = format!("{DISTRICT}#key-2024");
        let key = Key::Outdated;
        token(&header(key, &kid), &self::payload(&badge(DISTRICT)), key)
    });
    add("key.private_material", "private-key-in-the-token.jwt", {
        let mut key = school.public().jwk();
        key["d"] = json!(URL_SAFE_NO_PAD.encode([1; 32]));
        with_header("jwk", key)
    });
    add("key.private_material", "private-key-at-the-address.jwt", {
        let key = Key::DistrictP256;
        let kid = "https://badges.example/keys/private";
        token(&header(key, kid), &self::payload(&badge(DISTRICT)), key)
    });
    add("key.ambiguous", "one-name-for-two-keys.jwt", {
        let key = Key::DistrictP256;
        let kid = "https://badges.example/keys/twice.json#one";
        token(&header(key, kid), &self::payload(&badge(DISTRICT)), key)
    });
}

fn claims(files: &mut Files) {
    let school = Key::School;
    let credential = with(
        &badge(&school.did()),
        "/validUntil",
        json!("2027-01-01T00:00:00Z"),
    );
    let good = with(&payload(&credential), "/exp", json!(1_798_761_600));
    let cases = [
        ("iss", json!(Key::Stranger.did())),
        ("iss", json!(7)),
        (
            "sub",
            json!("urn:uuid:0f4d9a52-0f0e-4b6d-8b59-3f8f3f1c7aff"),
        ),
        (
            "jti",
            json!("urn:uuid:5b0d2f5e-6c1f-4a3a-9f57-0d1f4f6e2aff"),
        ),
        ("nbf", json!(1_790_841_599)),
        ("nbf", json!("2026-10-01T08:00:00Z")),
        ("exp", json!(1_798_761_601)),
    ];
    for (at, (claim, value)) in cases.into_iter().enumerate() {
        let payload = with(&good, &format!("/{claim}"), value);
        files.bytes(
            &refused("jwt.claim_mismatch", &format!("{claim}-{at}.jwt")),
            token(&header(school, &school.method()), &payload, school),
        );
    }
    let both = with(&good, "/vc", json!({"name": "Other"}));
    files.bytes(
        &refused("jwt.ambiguous_payload", "two-credentials.jwt"),
        token(&header(school, &school.method()), &both, school),
    );
    files.bytes(&refused("time.expired", "claim-alone.jwt"), {
        let payload = with(
            &payload(&badge(&school.did())),
            "/exp",
            json!(1_795_000_000),
        );
        token(&header(school, &school.method()), &payload, school)
    });
}
