//! Inputs that are refused for their form: bytes, JSON, pictures, JSON-LD, shapes.

use serde_json::json;

use super::verified::deflate;
use super::*;

pub fn add(files: &mut Files) {
    inputs(files);
    json_texts(files);
    pictures(files);
    linked_data(files);
    shapes(files);
}

fn inputs(files: &mut Files) {
    let mut bytes =
        |name: &str, bytes: &[u8]| files.bytes(&refused("input.unsupported", name), bytes);
    bytes("empty.json", b"");
    bytes("blank.json", b" \r\n\t ");
    bytes("page.html", b"<!doctype html><title>My badge</title>");
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

fn pictures(files: &mut Files) {
    let one = pretty(&school_badge("/name", json!("Wait Time")));
    let other = pretty(&school_badge("/name", json!("Idea Generating")));
    let mut png = |code: &str, name: &str, bytes: Vec<u8>| files.bytes(&refused(code, name), bytes);
    let text = international_text;
    png("bake.missing", "without-credential.png", picture_with(&[]));
    png("bake.missing", "keyword-in-capitals.png", {
        picture_with(&[(b"iTXt", b"OpenBadgeCredential\0\0\0\0\0{}".to_vec())])
    });
    png("bake.ambiguous", "two-standards.png", {
        let older = b"openbadges\0https://badges.example/assertions/1".to_vec();
        picture_with(&[(b"tEXt", older), (b"iTXt", text(&one))])
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
    let long = format!("https://issuer.example/{}", "a".repeat(2048));
    let issuers = [
        ("too-long", json!(long)),
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

/// The document with a proof over another one: what is wrong with it must be found before that.
fn signed_anyway(document: &Value, key: Key) -> Value {
    let proof = proof(&badge(&key.did()), &options(&key.method()), key);
    with(document, "/proof", proof)
}
