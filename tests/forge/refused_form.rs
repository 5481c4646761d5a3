//! Inputs that are refused for their form: bytes, JSON, tokens, pictures, JSON-LD.

use serde_json::json;

use super::verified::deflate;
use super::*;

pub fn add(files: &mut Files) {
    inputs(files);
    json_texts(files);
    tokens(files);
    claims(files);
    pictures(files);
    linked_data(files);
    shapes(files);
}

fn refused(code: &str, name: &str) -> String {
    format!("presented/refused/{code}/{name}")
}

fn inputs(files: &mut Files) {
    let mut bytes =
        |name: &str, bytes: &[u8]| files.bytes(&refused("input.unsupported", name), bytes);
    bytes("empty.json", b"");
    bytes("blank.json", b" \r\n\t ");
    bytes("page.html", b"<!doctype html><title>My badge</title>");
    bytes(
        "picture.svg",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    );
    bytes("paper.pdf", b"%PDF-1.7\n");
    bytes("packed.svgz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
    bytes("quoted.jwt", format!("\"{}\"", school_token()).as_bytes());
    bytes("words.json", b"true");
}

fn json_texts(files: &mut Files) {
    let good = pretty(&school_badge("/name", json!("Wait Time")));
    let mut text = |code: &str, name: &str, from: &str, to: &[u8]| {
        let at = good.find(from).expect("the badge has this text");
        let bytes = [
            &good.as_bytes()[..at],
            to,
            &good.as_bytes()[at + from.len()..],
        ]
        .concat();
        files.bytes(&refused(code, name), bytes);
    };
    let name = "\"name\": \"Wait Time\"";
    text(
        "json.duplicate_member",
        "name-twice.json",
        name,
        b"\"name\": \"Other\", \"name\": \"Wait Time\"",
    );
    text(
        "json.duplicate_member",
        "name-escaped.json",
        name,
        b"\"n\\u0061me\": \"Other\", \"name\": \"Wait Time\"",
    );
    text(
        "json.number_range",
        "more-digits-than-a-double.json",
        "1.5",
        b"1.50000000000000000000001",
    );
    text(
        "json.number_range",
        "beyond-every-double.json",
        "1.5",
        b"1e400",
    );
    text("json.number_range", "negative-zero.json", "1.5", b"-0");
    text(
        "json.number_range",
        "beyond-exact-integers.json",
        "1.5",
        b"9007199254740993",
    );
    text(
        "json.encoding",
        "latin-1.json",
        "Wait Time",
        b"W\xe4it Time",
    );
    text(
        "json.encoding",
        "half-a-pair.json",
        "Wait Time",
        b"Wait \\ud800 Time",
    );
    text(
        "json.syntax",
        "trailing-comma.json",
        name,
        b"\"name\": \"Wait Time\",,",
    );
    text(
        "json.syntax",
        "comment.json",
        name,
        b"/* */ \"name\": \"Wait Time\"",
    );
    text("json.syntax", "not-a-number.json", "1.5", b"NaN");
    let deep = [vec![b'['; 65], vec![b']'; 65]].concat();
    text("json.depth", "sixty-five.json", "1.5", &deep);
    let many = format!("[{}1]", "1,".repeat(10_000));
    text("json.members", "ten-thousand.json", "1.5", many.as_bytes());
    files.bytes(
        &refused("json.syntax", "two-values.json"),
        format!("{good}{good}"),
    );
    files.bytes(
        &refused("json.syntax", "byte-order-mark.json"),
        format!("\u{feff}{good}"),
    );
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    files.bytes(&refused("json.encoding", "utf-16.json"), wide);
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
            "did.method_unsupported",
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

fn pictures(files: &mut Files) {
    let one = pretty(&school_badge("/name", json!("Wait Time")));
    let other = pretty(&school_badge("/name", json!("Idea Generating")));
    let mut png = |code: &str, name: &str, bytes: Vec<u8>| files.bytes(&refused(code, name), bytes);
    let text = international_text;
    png("bake.missing", "without-credential.png", picture_with(&[]));
    png("bake.missing", "keyword-of-open-badges-2.png", {
        picture_with(&[(b"iTXt", b"openbadges\0\0\0\0\0{}".to_vec())])
    });
    let two = [(b"iTXt", text(&one)), (b"iTXt", text(&other))];
    png("bake.ambiguous", "two.png", picture_with(&two));
    let latin = [b"openbadgecredential\0", other.as_bytes()].concat();
    png(
        "bake.ambiguous",
        "two-kinds.png",
        picture_with(&[(b"tEXt", latin), (b"iTXt", text(&one))]),
    );
    png("bake.ambiguous", "json-and-token.png", {
        picture_with(&[(b"iTXt", text(&one)), (b"iTXt", text(&school_token()))])
    });
    let bomb = deflate(&vec![b' '; 5 << 20]);
    let bomb = [&b"openbadgecredential\0\x01\0\0\0"[..], &bomb].concat();
    png(
        "bake.too_large",
        "bomb.png",
        picture_with(&[(b"iTXt", bomb)]),
    );
    png("bake.encoding", "latin-1.png", {
        picture_with(&[(
            b"tEXt",
            b"openbadgecredential\0{\"name\": \"Zo\xeb\"}".to_vec(),
        )])
    });
    png("bake.encoding", "language-tag.png", {
        picture_with(&[(b"iTXt", b"openbadgecredential\0\0\0en\0\0{}".to_vec())])
    });
    let good = baked(&one);
    png("bake.malformed", "changed.png", {
        let mut changed = good.clone();
        changed[100] ^= 1;
        changed
    });
    png(
        "bake.malformed",
        "cut-off.png",
        good[..good.len() - 5].to_vec(),
    );
    png(
        "bake.malformed",
        "something-after-the-end.png",
        [&good[..], b"<svg/>"].concat(),
    );
}

fn linked_data(files: &mut Files) {
    let school = Key::School;
    let good = school_badge("/name", json!("Wait Time"));
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    json(
        "ld.data_loss",
        "added-member.json",
        with(&good, "/honours", json!("with distinction")),
    );
    json(
        "ld.data_loss",
        "misspelt-member.json",
        with(&good, "/credentialSubject/achievment", json!({"name": "x"})),
    );
    let subject = "/credentialSubject/achievement/criteria/honours";
    json(
        "ld.data_loss",
        "added-deep-inside.json",
        with(&good, subject, json!(true)),
    );
    json(
        "ld.data_loss",
        "added-to-the-proof.json",
        with(&good, "/proof/honours", json!("more")),
    );
    let context = |value| with(&good, "/@context/-", value);
    json(
        "ld.context_not_allowed",
        "unknown.json",
        context(json!("https://evil.example/context.json")),
    );
    json(
        "ld.context_not_allowed",
        "inline.json",
        context(json!({"honours": "https://evil.example/#h"})),
    );
    json(
        "ld.context_order",
        "swapped.json",
        with(&good, "/@context", json!([OPEN_BADGES, CREDENTIALS])),
    );
    json(
        "ld.context_order",
        "without-open-badges.json",
        with(&good, "/@context", json!([CREDENTIALS])),
    );
    json(
        "ld.context_order",
        "alone.json",
        with(&good, "/@context", json!(CREDENTIALS)),
    );
    json(
        "ld.context_order",
        "absent.json",
        without(&good, "/@context"),
    );
    json("ld.context_order", "older-that-does-not-fit.json", {
        let older = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json";
        with(&good, "/@context/1", json!(older))
    });
    json("ld.protected_term", "context-of-the-older-model.json", {
        context(json!("https://www.w3.org/2018/credentials/v1"))
    });
    json(
        "ld.keyword_not_allowed",
        "graph.json",
        with(&good, "/@graph", json!([])),
    );
    json(
        "ld.keyword_not_allowed",
        "included.json",
        with(&good, "/@included", json!([{"id": "urn:x:y"}])),
    );
    json(
        "ld.ambiguous_alias",
        "two-ids.json",
        with(&good, "/@id", json!("urn:uuid:other")),
    );
    json("ld.relative_iri", "relative-id.json", {
        let changed = with(
            &good,
            "/credentialSubject/achievement/criteria/id",
            json!("criteria.html"),
        );
        signed_anyway(&changed, school)
    });
}

/// The document with a proof over another one: what is wrong with it must be found before that.
fn signed_anyway(document: &Value, key: Key) -> Value {
    let proof = proof(&badge(&key.did()), &options(&key.method()), key);
    with(document, "/proof", proof)
}

fn shapes(files: &mut Files) {
    let good = school_badge("/name", json!("Wait Time"));
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    json("credential.not_a_badge", "another-credential.json", {
        with(&good, "/type", json!(["VerifiableCredential"]))
    });
    json(
        "credential.not_a_badge",
        "not-a-credential.json",
        with(&good, "/type", json!(["OpenBadgeCredential"])),
    );
    json(
        "credential.not_a_badge",
        "profile.json",
        with(&good, "/type", json!(["VerifiableCredential", "Profile"])),
    );
    json(
        "credential.not_a_badge",
        "without-type.json",
        without(&good, "/type"),
    );
    let issuers = [
        ("missing", json!(null)),
        ("list", json!([{"id": "https://issuer.example/"}])),
        (
            "without-id",
            json!({"type": ["Profile"], "name": "Somebody"}),
        ),
        ("id-as-number", json!({"id": 7, "type": ["Profile"]})),
        ("relative", json!("issuer.example")),
        ("fragment", json!("https://issuer.example/#me")),
        ("upper-case-host", json!("https://Issuer.example/profile")),
        ("upper-case-scheme", json!("HTTPS://issuer.example/profile")),
        ("user", json!("https://issuer.example@evil.example/profile")),
        ("blank", json!("https://issuer.example/pro file")),
    ];
    for (name, issuer) in issuers {
        json(
            "issuer.malformed",
            &format!("{name}.json"),
            with(&good, "/issuer", issuer),
        );
    }
    json(
        "schema.type",
        "name-as-number.json",
        with(&good, "/name", json!(7)),
    );
    json("schema.type", "achievement-as-text.json", {
        with(
            &good,
            "/credentialSubject/achievement",
            json!("https://badges.example/achievements/wait-time"),
        )
    });
    json(
        "schema.required",
        "without-achievement.json",
        without(&good, "/credentialSubject/achievement"),
    );
    json(
        "schema.required",
        "without-beginning.json",
        without(&good, "/validFrom"),
    );
    json(
        "schema.enum",
        "unknown-kind-of-achievement.json",
        with(
            &good,
            "/credentialSubject/achievement/achievementType",
            json!("Nonsense"),
        ),
    );
    json(
        "lint.criteria_empty",
        "empty-criteria.json",
        with(&good, "/credentialSubject/achievement/criteria", json!({})),
    );
    json(
        "lint.subject_unidentified",
        "about-nobody.json",
        without(&good, "/credentialSubject/id"),
    );
    json(
        "schema.property_name",
        "two-languages-at-once.json",
        with(&good, "/name", json!({"en": "x", "madeUp": "y"})),
    );
    json(
        "proof.malformed",
        "without-suite.json",
        without(&good, "/proof/cryptosuite"),
    );
    json(
        "schema.required",
        "proof-without-type.json",
        without(&good, "/proof/type"),
    );
}
