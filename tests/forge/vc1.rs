//! Badges in the form of the VC Data Model 1.1, good and bad, and what is no badge at all.

use serde_json::json;

use super::*;

pub fn add(files: &mut Files) {
    good(files);
    bad(files);
    other_forms(files);
}

/// A plain badge of an issuer in the form of the older model, unsigned.
pub fn older_badge(issuer: &str) -> Value {
    let badge = without(&badge(issuer), "/validFrom");
    let badge = with(
        &badge,
        "/@context",
        json!([CREDENTIALS_1, OPEN_BADGES, DATA_INTEGRITY]),
    );
    with(&badge, "/issuanceDate", json!("2026-10-01T08:00:00Z"))
}

fn signed_by_school(document: &Value) -> Value {
    signed(document, &Key::School.method(), Key::School)
}

/// The token of the older model around this credential, with these further claims.
fn wrapped(credential: &Value, claims: Value) -> String {
    let key = Key::School;
    let mut payload = claims;
    payload["vc"] = credential.clone();
    token(&header(key, &key.method()), &payload, key)
}

/// The claims that repeat what the older badge of the school says.
fn claims() -> Value {
    let badge = older_badge(&Key::School.did());
    json!({
        "iss": badge["issuer"]["id"],
        "jti": badge["id"],
        "sub": badge["credentialSubject"]["id"],
        "nbf": 1_790_841_600,
    })
}

fn good(files: &mut Files) {
    let plain = older_badge(&Key::School.did());
    let mut json =
        |name: &str, value: &Value| files.json(&format!("presented/verified/{name}"), value);
    json("older-model.json", &signed_by_school(&plain));
    json("older-model-until-later.json", &{
        let until = json!("2027-01-01T00:00:00Z");
        signed_by_school(&with(&plain, "/expirationDate", until))
    });
    json("older-model-with-valid-from.json", &{
        let from = json!("2026-10-02T08:00:00Z");
        signed_by_school(&with(&plain, "/validFrom", from))
    });
    // These contexts do not know `awardedDate` or define it as the current one does not.
    let early = without(&plain, "/awardedDate");
    for (name, context) in [
        ("3.0.2", "context-3.0.2.json"),
        ("3.0.1", "context-3.0.1.json"),
        ("first", "context.json"),
        ("by-another-address", "context/ob_v3p0.jsonld"),
    ] {
        let address = format!("https://purl.imsglobal.org/spec/ob/v3p0/{context}");
        json(
            &format!("older-model-context-{name}.json"),
            &signed_by_school(&with(&early, "/@context/1", json!(address))),
        );
    }

    let mut jwt =
        |name: &str, text: String| files.bytes(&format!("presented/verified/{name}"), text);
    jwt("older-model.jwt", wrapped(&plain, claims()));
    jwt("older-model-completed-by-claims.jwt", {
        let bare = without(&without(&plain, "/id"), "/issuanceDate");
        let bare = without(&without(&bare, "/issuer/id"), "/credentialSubject/id");
        wrapped(&bare, claims())
    });
    jwt("older-model-until-later.jwt", {
        let until = with(&plain, "/expirationDate", json!("2027-01-01T00:00:00Z"));
        wrapped(&until, with(&claims(), "/exp", json!(1_798_761_600)))
    });
    jwt("older-model-with-proof-inside.jwt", {
        wrapped(&signed_by_school(&plain), claims())
    });
}

fn bad(files: &mut Files) {
    let plain = older_badge(&Key::School.did());
    let good = signed_by_school(&plain);
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    let name = "/credentialSubject/achievement/name";
    json(
        "signature.invalid",
        "older-model-edited.json",
        with(&good, name, json!("Wait Times")),
    );
    json(
        "signature.invalid",
        "older-model-in-newer-clothes.json",
        with(
            &without(
                &with(&good, "/@context/0", json!(CREDENTIALS)),
                "/issuanceDate",
            ),
            "/validFrom",
            good["issuanceDate"].clone(),
        ),
    );
    json(
        "time.expired",
        "older-model.json",
        signed_by_school(&with(
            &plain,
            "/expirationDate",
            json!("2026-11-01T00:00:00Z"),
        )),
    );
    json(
        "time.expired",
        "older-model-by-its-other-name.json",
        signed_by_school(&with(&plain, "/validUntil", json!("2026-11-01T00:00:00Z"))),
    );
    json(
        "time.not_yet_valid",
        "older-model.json",
        signed_by_school(&with(
            &plain,
            "/issuanceDate",
            json!("2026-12-01T00:00:00Z"),
        )),
    );
    json(
        "time.order",
        "older-model.json",
        signed_by_school(&with(
            &plain,
            "/expirationDate",
            json!("2026-09-01T00:00:00Z"),
        )),
    );
    json(
        "time.syntax",
        "older-model.json",
        signed_by_school(&with(&plain, "/issuanceDate", json!("2026-10-01"))),
    );
    json(
        "schema.required",
        "older-model-without-beginning.json",
        without(&good, "/issuanceDate"),
    );
    json(
        "schema.required",
        "older-model-without-name.json",
        without(&good, "/name"),
    );
    json(
        "ld.context_order",
        "older-model-without-open-badges.json",
        with(&good, "/@context", json!([CREDENTIALS_1, DATA_INTEGRITY])),
    );
    json(
        "ld.data_loss",
        "older-model-added-member.json",
        with(&good, "/honours", json!("with distinction")),
    );
    json(
        "ld.protected_term",
        "older-model-beside-the-newer.json",
        with(&good, "/@context/-", json!(CREDENTIALS)),
    );

    let mut jwt = |code: &str, name: &str, text: String| files.bytes(&refused(code, name), text);
    for (claim, value) in [
        ("iss", json!(Key::Stranger.did())),
        (
            "jti",
            json!("urn:uuid:00000000-0000-4000-8000-000000000000"),
        ),
        (
            "sub",
            json!("urn:uuid:00000000-0000-4000-8000-000000000000"),
        ),
        ("nbf", json!(1_790_841_601)),
    ] {
        jwt(
            "jwt.claim_mismatch",
            &format!("older-model-{claim}.jwt"),
            wrapped(&plain, with(&claims(), &format!("/{claim}"), value)),
        );
    }
    jwt("time.expired", "older-model-by-claim.jwt", {
        wrapped(&plain, with(&claims(), "/exp", json!(1_793_491_200)))
    });
    jwt("credential.form_mismatch", "newer-model-wrapped.jwt", {
        wrapped(&badge(&Key::School.did()), claims())
    });
    jwt("credential.form_mismatch", "older-model-unwrapped.jwt", {
        let (key, mut payload) = (Key::School, plain.clone());
        for (name, value) in claims().as_object().expect("an object") {
            payload[name] = value.clone();
        }
        token(&header(key, &key.method()), &payload, key)
    });
    let text = wrapped(&plain, claims());
    let (input, signature) = text.rsplit_once('.').expect("three parts");
    let (head, _) = input.split_once('.').expect("two parts");
    let edited = json!({"vc": with(&plain, name, json!("Wait Times"))});
    jwt(
        "signature.invalid",
        "older-model-edited.jwt",
        format!(
            "{head}.{}.{signature}",
            URL_SAFE_NO_PAD.encode(edited.to_string())
        ),
    );
}

fn other_forms(files: &mut Files) {
    let school = Key::School;
    let good = school_badge("/name", json!("Wait Time"));
    files.json(
        &refused("credential.presentation", "presentation.json"),
        &json!({
            "@context": [CREDENTIALS],
            "type": ["VerifiablePresentation"],
            "holder": school.did(),
            "verifiableCredential": [good],
        }),
    );
    files.json(
        &refused("credential.enveloped", "envelope.json"),
        &json!({
            "@context": [CREDENTIALS],
            "id": format!("data:application/vc+jwt,{}", school_token()),
            "type": "EnvelopedVerifiableCredential",
        }),
    );
    for (name, text) in [
        ("address.txt", "https://badges.example/badges/1\n"),
        ("address-without-tls.txt", "http://badges.example/badges/1"),
    ] {
        files.bytes(&refused("input.address", name), text);
    }
    files.json(
        &refused("credential.form_unsupported", "open-badges-1.1.json"),
        &json!({
            "@context": "https://w3id.org/openbadges/v1",
            "type": "Assertion",
            "id": "https://badges.example/assertions/1",
            "uid": "1",
            "recipient": {"type": "email", "hashed": false, "identity": "ada@example.org"},
            "badge": "https://badges.example/badges/wait-time",
            "verify": {"type": "hosted", "url": "https://badges.example/assertions/1"},
            "issuedOn": "2014-10-01",
        }),
    );
    files.json(
        &refused("credential.form_unsupported", "open-badges-1.0.json"),
        &json!({
            "uid": "1",
            "recipient": {"type": "email", "hashed": false, "identity": "ada@example.org"},
            "badge": "https://badges.example/badges/wait-time",
            "verify": {"type": "hosted", "url": "https://badges.example/assertions/1"},
            "issuedOn": 1_412_121_600,
        }),
    );
}

/// The context of the VC Data Model 1.1.
const CREDENTIALS_1: &str = "https://www.w3.org/2018/credentials/v1";

/// The context without which a proof under the older model says nothing.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
