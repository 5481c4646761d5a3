//! Badges that hold.

use serde_json::json;

use super::*;

pub fn add(files: &mut Files) {
    embedded(files);
    tokens(files);
    pictures(files);
    times_and_statuses(files);
}

fn embedded(files: &mut Files) {
    let school = Key::School;
    let plain = badge(&school.did());
    let mut json =
        |name: &str, value: &Value| files.json(&format!("presented/verified/{name}"), value);
    json("did-key.json", &signed(&plain, &school.method(), school));
    json(
        "one-line-issuer.json",
        &school_badge("/issuer/name", json!("A")),
    );
    json("without-created.json", &{
        let options = without(&options(&school.method()), "/created");
        signed_with(&plain, &options, school)
    });
    json("proof-that-expires-later.json", &{
        let options = with(
            &options(&school.method()),
            "/expires",
            json!("2027-01-01T00:00:00Z"),
        );
        signed_with(&plain, &options, school)
    });
    json("proof-made-within-tolerance.json", &{
        let options = with(
            &options(&school.method()),
            "/created",
            json!("2026-11-22T12:01:00Z"),
        );
        signed_with(&plain, &options, school)
    });

    let district = badge(DISTRICT);
    let method = |name: &str| format!("{DISTRICT}#{name}");
    json(
        "did-web.json",
        &signed(&district, &method("key-1"), Key::District),
    );
    json(
        "did-web-retired-key.json",
        &signed(&district, &method("key-0"), Key::Retired),
    );
    json("did-web-key-that-had-not-expired.json", &{
        let options = with(
            &options(&method("key-2024")),
            "/created",
            json!("2024-06-01T00:00:00Z"),
        );
        let district = with(&district, "/validFrom", json!("2024-06-01T00:00:00Z"));
        signed_with(&district, &options, Key::Outdated)
    });
    let web = badge(WEB);
    let method = format!("{WEB}#{}", Key::Web.multibase());
    json(
        "https-issuer-that-names-the-key.json",
        &signed(&web, &method, Key::Web),
    );
    json(
        "https-issuer-key-by-name.json",
        &signed(&web, &format!("{WEB}#current"), Key::Web),
    );
    json("key-at-the-issuers-host.json", &{
        signed(
            &badge(DISTRICT),
            "https://badges.example/keys/method",
            Key::District,
        )
    });

    let first = proof(&plain, &options(&school.method()), school);
    let second = proof(
        &plain,
        &with(
            &options(&school.method()),
            "/created",
            json!("2026-10-02T08:00:00Z"),
        ),
        school,
    );
    json(
        "one-proof-in-a-list.json",
        &with(&plain, "/proof", json!([first])),
    );
    json(
        "two-good-proofs.json",
        &with(&plain, "/proof", json!([first, second])),
    );
    let other = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "bbs-2023",
        "verificationMethod": school.method(),
        "proofPurpose": "assertionMethod",
        "proofValue": "u2V0BhVhA",
    });
    json(
        "a-good-proof-and-one-not-evaluated.json",
        &with(&plain, "/proof", json!([other, first])),
    );

    json("context-3.0.2.json", &{
        let older = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json";
        let older = with(
            &without(&plain, "/awardedDate"),
            "/@context/1",
            json!(older),
        );
        signed(&older, &school.method(), school)
    });
    json("refresh-service.json", &{
        let extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
        let refreshed = with(&plain, "/@context/-", json!(extensions));
        let refreshed = with(
            &refreshed,
            "/refreshService",
            json!({
                "id": "https://badges.example/refresh/2Zr1mE",
                "type": "1EdTechCredentialRefresh",
            }),
        );
        signed(&refreshed, &school.method(), school)
    });
    let endorsement = endorsement(&Key::Stranger.did());
    let endorsed = signed(&endorsement, &Key::Stranger.method(), Key::Stranger);
    json("endorsement.json", &endorsed);
    json(
        "badge-with-endorsement.json",
        &school_badge("/endorsement", json!([endorsed])),
    );
    json(
        "achievement-with-endorsement.json",
        &school_badge(
            "/credentialSubject/achievement/endorsement",
            json!([endorsed]),
        ),
    );
    json(
        "evidence.json",
        &school_badge(
            "/evidence",
            json!([{
                "id": "https://badges.example/evidence/lesson",
                "type": ["Evidence"],
                "name": "Recorded lesson",
            }]),
        ),
    );
}

/// What somebody says about the badge, unsigned.
pub fn endorsement(issuer: &str) -> Value {
    json!({
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "urn:uuid:7a7f3f34-7d7e-4a57-8a45-1f8f2d4f1b03",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement of Wait Time",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example University"},
        "validFrom": "2026-10-05T08:00:00Z",
        "credentialSubject": {
            "id": "https://badges.example/achievements/wait-time",
            "type": ["EndorsementSubject"],
            "endorsementComment": "A sound standard for classroom questioning.",
        },
    })
}

fn tokens(files: &mut Files) {
    let mut text =
        |name: &str, token: String| files.bytes(&format!("presented/verified/{name}"), token);
    text("did-key.jwt", school_token());
    let school = Key::School;
    let plain = payload(&badge(&school.did()));
    text("kid-relative-to-the-issuer.jwt", {
        token(
            &header(school, &format!("#{}", school.multibase())),
            &plain,
            school,
        )
    });
    text(
        "claims-missing.jwt",
        token(
            &header(school, &school.method()),
            &badge(&school.did()),
            school,
        ),
    );
    text("claims-beside-the-standards.jwt", {
        let more = with(&plain, "/iat", json!(1_790_841_600));
        token(
            &header(school, &school.method()),
            &with(&more, "/aud", json!("urn:example:viewer")),
            school,
        )
    });
    text("typ-of-the-w3c.jwt", {
        let header = with(&header(school, &school.method()), "/typ", json!("vc+jwt"));
        token(&header, &plain, school)
    });
    text(
        "without-typ.jwt",
        token(
            &without(&header(school, &school.method()), "/typ"),
            &plain,
            school,
        ),
    );
    text("own-key-in-the-token.jwt", {
        let header = json!({"alg": "EdDSA", "jwk": school.public().jwk(), "typ": "JWT"});
        token(&header, &plain, school)
    });
    text("proof-in-the-token.jwt", {
        let signed = signed(&badge(&school.did()), &school.method(), school);
        token(&header(school, &school.method()), &payload(&signed), school)
    });

    let district = payload(&badge(DISTRICT));
    let by = |key, kid: &str| token(&header(key, kid), &district, key);
    text(
        "did-web-eddsa.jwt",
        by(Key::District, &format!("{DISTRICT}#key-1")),
    );
    text(
        "did-web-es256.jwt",
        by(Key::DistrictP256, &format!("{DISTRICT}#p256")),
    );
    text(
        "did-web-rs256.jwt",
        by(Key::DistrictRsa, &format!("{DISTRICT}#rsa")),
    );
    text("own-key-of-did-web.jwt", {
        let header = json!({"alg": "ES256", "jwk": Key::DistrictP256.public().jwk()});
        token(&header, &district, Key::DistrictP256)
    });
    text(
        "key-at-the-issuers-host.jwt",
        by(Key::DistrictP256, "https://badges.example/keys/p256"),
    );
    let web = payload(&badge(WEB));
    text("key-of-a-web-issuer.jwt", {
        token(
            &header(Key::WebP256, "https://issuer.example/keys/one"),
            &web,
            Key::WebP256,
        )
    });
    text("own-key-of-a-web-issuer.jwt", {
        let header = json!({"alg": "ES256", "jwk": Key::WebP256.public().jwk()});
        token(&header, &web, Key::WebP256)
    });
    text("key-in-the-hosts-set.jwt", {
        by(
            Key::DistrictP256,
            "https://badges.example/.well-known/jwks.json#two",
        )
    });
}

fn pictures(files: &mut Files) {
    let text = pretty(&school_badge("/name", json!("Wait Time")));
    let mut png =
        |name: &str, bytes: Vec<u8>| files.bytes(&format!("presented/verified/{name}"), bytes);
    png("baked-json.png", baked(&text));
    png("baked-jwt.png", baked(&school_token()));
    png("baked-named-as-something-else.svg", baked(&text));
    let chunk = international_text(&text);
    png(
        "baked-twice-alike.png",
        picture_with(&[(b"iTXt", chunk.clone()), (b"iTXt", chunk)]),
    );
    let plain = [b"openbadgecredential\0", school_token().as_bytes()].concat();
    png("baked-as-latin-text.png", picture_with(&[(b"tEXt", plain)]));
    let compressed = [
        &b"openbadgecredential\0\x01\0\0\0"[..],
        &deflate(text.as_bytes()),
    ]
    .concat();
    png(
        "baked-compressed.png",
        picture_with(&[(b"iTXt", compressed)]),
    );
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("writing to memory works");
    encoder.finish().expect("writing to memory works")
}

fn times_and_statuses(files: &mut Files) {
    let mut json =
        |name: &str, value: &Value| files.json(&format!("presented/verified/{name}"), value);
    json(
        "valid-until-tomorrow.json",
        &school_badge("/validUntil", json!("2026-11-23T12:00:00Z")),
    );
    json(
        "expired-within-tolerance.json",
        &school_badge("/validUntil", json!("2026-11-22T11:59:00Z")),
    );
    json(
        "begins-within-tolerance.json",
        &school_badge("/validFrom", json!("2026-11-22T13:01:00+01:00")),
    );

    json(
        "status-clear.json",
        &with_status("revocation", "revocation", json!("94566")),
    );
    json(
        "status-index-as-number.json",
        &with_status("revocation", "revocation", json!(94566)),
    );
    json(
        "status-first.json",
        &with_status("revocation", "revocation", json!("0")),
    );
    json(
        "status-last.json",
        &with_status("revocation", "revocation", json!("131071")),
    );
    json(
        "status-list-in-a-token.json",
        &with_status("token", "revocation", json!("8")),
    );
    json(
        "status-list-for-two-purposes.json",
        &with_status("both", "suspension", json!("8")),
    );
    json(
        "not-suspended.json",
        &with_status("suspension", "suspension", json!("8")),
    );
    json(
        "status-that-informs.json",
        &with_status("offline", "message", json!("8")),
    );
    json("did-web-status-clear.json", &{
        let entry = status("district", "revocation", json!("8"));
        let badge = with(&badge(DISTRICT), "/credentialStatus", entry);
        signed(&badge, &format!("{DISTRICT}#key-1"), Key::District)
    });
    let entry = status("revocation", "revocation", json!("8"));
    let key = Key::School;
    let payload = payload(&with(&badge(&key.did()), "/credentialStatus", entry));
    files.bytes(
        "presented/verified/status-clear.jwt",
        token(&header(key, &key.method()), &payload, key),
    );
}

/// A badge of the school with this place in this list.
pub fn with_status(list: &str, purpose: &str, index: Value) -> Value {
    school_badge("/credentialStatus", status(list, purpose, index))
}

pub fn status(list: &str, purpose: &str, index: Value) -> Value {
    json!({
        "id": format!("https://lists.example/school/{list}#entry"),
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": format!("https://lists.example/school/{list}"),
    })
}
