//! Presentations, statuses and envelopes in the VC-API.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::jsonld::Contexts;
use keys::{KeyUse, Keyring, SecretKey, did_key, vc_jwt};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::vc_api::{NOW, Offered, VcApi, code, credential, warnings};

/// Somebody who holds credentials and presents them.
struct Holder {
    key: SecretKey,
    did: String,
}

impl Holder {
    fn new(key: SecretKey) -> Holder {
        let did = did_key::encode(key.public_key()).expect("a DID");
        Holder { key, did }
    }

    fn presents(&self, suite: Cryptosuite, credentials: &[Value], domain: &str) -> Value {
        let presentation = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": self.did,
            "verifiableCredential": credentials,
        });
        self.signs(suite, "authentication", &presentation, domain)
    }

    fn signs(&self, suite: Cryptosuite, purpose: &str, document: &Value, domain: &str) -> Value {
        let method = did_key::verification_method(&self.did).expect("a method");
        let options = ProofOptions {
            created: Timestamp::parse(NOW).ok(),
            proof_purpose: purpose.to_owned(),
            challenge: Some(CHALLENGE.to_owned()),
            domain: Some(domain.to_owned()),
            ..ProofOptions::new(suite, &method)
        };
        data_integrity::sign_with(document, &options, &self.key, Contexts::interop())
            .expect("a signed document")
    }
}

/// W3C-8: a presentation answers its challenge, for its domain, by its holder's key for authentication.
#[tokio::test]
async fn a_presentation_answers_one_challenge_for_one_domain() {
    let api = VcApi::start().await;
    let offered = api.offered().await;
    let mut credentials = Vec::new();
    for offered in &offered {
        credentials.push(
            api.issued(offered, &credential(&offered.id), json!({}))
                .await,
        );
    }
    let holders = [
        (Cryptosuite::EddsaRdfc2022, SecretKey::ed25519([21; 32])),
        (Cryptosuite::EddsaJcs2022, SecretKey::ed25519([22; 32])),
        (
            Cryptosuite::EcdsaRdfc2019,
            SecretKey::p256([23; 32]).expect("a key"),
        ),
        (
            Cryptosuite::EcdsaJcs2019,
            SecretKey::p384([24; 48]).expect("a key"),
        ),
    ];
    for (suite, key) in holders {
        let holder = Holder::new(key);
        let presentation = holder.presents(suite, &credentials, DOMAIN);
        let ask = async |presentation: &Value, options: Value| {
            let body = json!({ "verifiablePresentation": presentation, "options": options });
            let path = format!("{}/presentations/verify", offered[0].path);
            api.post(&path, &body).await
        };
        let right = json!({ "challenge": CHALLENGE, "domain": DOMAIN });
        let (status, answer) = ask(&presentation, right.clone()).await;
        assert_eq!(status, 200, "{suite:?}: {answer}");
        assert_eq!(answer["verified"], true);
        let (status, answer) = ask(&presentation, json!({})).await;
        assert_eq!(status, 200, "nobody asked for a challenge: {answer}");

        for (options, expected) in [
            (
                json!({ "challenge": "other", "domain": DOMAIN }),
                "proof.challenge",
            ),
            (
                json!({ "challenge": CHALLENGE, "domain": "other.example" }),
                "proof.domain",
            ),
            (
                json!({ "expectedProofPurpose": "assertionMethod" }),
                "proof.purpose",
            ),
        ] {
            let (status, answer) = ask(&presentation, options).await;
            assert_eq!((status, code(&answer)), (400, expected), "{suite:?}");
        }
        let mut inner = presentation.clone();
        inner["verifiableCredential"][0]["name"] = json!("Doctor of Everything");
        let (status, answer) = ask(&inner, right.clone()).await;
        assert_eq!(
            (status, code(&answer)),
            (400, "signature.invalid"),
            "{suite:?}"
        );

        // The presentation is good, and the first credential in it is not.
        let mut forged = credentials.clone();
        forged[0]["name"] = json!("Doctor of Everything");
        let presentation = holder.presents(suite, &forged, DOMAIN);
        let (status, answer) = ask(&presentation, right).await;
        assert_eq!(
            (status, code(&answer)),
            (400, "signature.invalid"),
            "{suite:?}"
        );
        let vouching = holder.signs(suite, "assertionMethod", &unsigned(&presentation), DOMAIN);
        let (status, answer) = ask(&vouching, json!({})).await;
        assert_eq!((status, code(&answer)), (400, "proof.purpose"), "{suite:?}");
    }
}

#[tokio::test]
async fn a_presentation_that_is_broken_is_refused() {
    let api = VcApi::start().await;
    let offered = api.suite("eddsa-rdfc-2022").await;
    let issued = api
        .issued(&offered, &credential(&offered.id), json!({}))
        .await;
    let holder = Holder::new(SecretKey::ed25519([21; 32]));
    let good = holder.presents(
        Cryptosuite::EddsaRdfc2022,
        std::slice::from_ref(&issued),
        DOMAIN,
    );
    let with = |member: &str, value: Value| {
        let mut changed = good.clone();
        changed[member] = value;
        changed
    };
    let without = |member: &str| {
        let mut changed = good.clone();
        changed
            .as_object_mut()
            .expect("an object")
            .shift_remove(member);
        changed
    };
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let mut untyped = issued.clone();
    untyped
        .as_object_mut()
        .expect("an object")
        .shift_remove("type");
    for (presentation, expected) in [
        (without("@context"), "ld.context_order"),
        (
            with(
                "@context",
                json!(["https://www.w3.org/ns/credentials/examples/v2"]),
            ),
            "ld.context_order",
        ),
        (
            with("@context", json!([v2, "https ://not-a-url/v1"])),
            "ld.context_not_allowed",
        ),
        (
            with("@context", json!([v2, 123192875])),
            "ld.context_not_allowed",
        ),
        (
            with("@context", json!([v2, "https://example.org/unknown/v1"])),
            "ld.context_not_allowed",
        ),
        (without("type"), "vc.type"),
        (with("type", json!(["VerifiableCredential"])), "vc.type"),
        (with("id", json!("not an address")), "vc.id"),
        (with("holder", json!({ "name": "Ada" })), "vc.holder"),
        (
            with("holder", json!("did:example:somebody-else")),
            "issuer.key_not_controlled",
        ),
        (with("nickname", json!("Ada")), "ld.data_loss"),
        (
            with("termsOfUse", json!({ "id": "https://example.org/terms" })),
            "vc.part_type",
        ),
        (
            with("verifiableCredential", json!("did:example:credential")),
            "vc.presented",
        ),
        (
            with("verifiableCredential", json!([issued.clone(), "eyJ"])),
            "vc.presented",
        ),
        (
            with("verifiableCredential", json!(vec![issued.clone(); 17])),
            "vc.presented",
        ),
        (without("proof"), "proof.missing"),
        (with("proof", Value::Null), "proof.malformed"),
        (
            holder.presents(Cryptosuite::EddsaRdfc2022, &[unsigned(&issued)], DOMAIN),
            "proof.missing",
        ),
        (
            holder.presents(Cryptosuite::EddsaJcs2022, &[untyped], DOMAIN),
            "vc.type",
        ),
    ] {
        let body = json!({ "verifiablePresentation": presentation, "options": { "challenge": CHALLENGE } });
        let path = format!("{}/presentations/verify", offered.path);
        let (status, answer) = api.post(&path, &body).await;
        assert_eq!((status, code(&answer)), (400, expected), "{answer}");
    }
}

/// REV-1: the service gives a status of its own, and a status that is set takes the credential away.
#[tokio::test]
async fn a_status_is_added_where_it_is_asked_for_and_can_be_set() {
    let api = VcApi::start().await;
    for offered in api.offered().await {
        if offered.suite == "ecdsa-sd-2023" {
            // The status has to be mandatory there, which the next test shows.
            continue;
        }
        let wish = json!({ "credentialStatus": [
            { "type": "BitstringStatusListEntry", "statusPurpose": "revocation" },
            { "type": "BitstringStatusListEntry", "statusPurpose": "suspension" },
        ] });
        let issued = api.issued(&offered, &credential(&offered.id), wish).await;
        let entry = &issued["credentialStatus"][0];
        assert_eq!(entry["type"], "BitstringStatusListEntry");
        assert_eq!(entry["statusPurpose"], "revocation");
        assert!(entry["statusListIndex"].is_string(), "{entry}");
        assert_eq!(issued["credentialStatus"][1]["statusPurpose"], "suspension");

        let (status, list) = api
            .get(entry["statusListCredential"].as_str().expect("an address"))
            .await;
        assert_eq!(status, 200);
        assert_eq!(list["credentialSubject"]["type"], "BitstringStatusList");
        let encoded = list["credentialSubject"]["encodedList"]
            .as_str()
            .expect("a list");
        assert!(
            encoded.starts_with("uH4sI"),
            "not multibase of gzip: {encoded}"
        );
        assert_eq!(api.verify(&offered, &list).await.0, 200, "the list itself");

        let (status, answer) = api.verify(&offered, &issued).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            answer["checks"],
            json!(["credential", "credentialStatus", "proof", "validity"])
        );
        for (purpose, expected) in [
            ("suspension", "status.suspended"),
            ("revocation", "status.revoked"),
        ] {
            set(&api, &offered, purpose, true).await;
            let (status, answer) = api.verify(&offered, &issued).await;
            assert_eq!((status, code(&answer)), (400, expected));
            let kind = answer["errors"][0]["type"].as_str().expect("a type");
            assert!(
                kind.starts_with("https://www.w3.org/ns/credentials/status-list#"),
                "{kind}"
            );
            // Whoever asks for the proof alone is told of the proof alone.
            let body =
                json!({ "verifiableCredential": issued, "options": { "checks": ["proof"] } });
            let path = format!("{}/credentials/verify", offered.path);
            assert_eq!(api.post(&path, &body).await.0, 200);
            set(&api, &offered, purpose, false).await;
            assert_eq!(api.verify(&offered, &issued).await.0, 200);
        }
    }
}

#[tokio::test]
async fn a_status_is_looked_up_and_never_guessed() {
    let api = VcApi::start().await;
    let offered = api.suite("ecdsa-sd-2023").await;
    let options =
        json!({ "statusPurpose": "revocation", "mandatoryPointers": ["/credentialStatus"] });
    let issued = api
        .issued(&offered, &credential(&offered.id), options)
        .await;
    assert_eq!(api.verify(&offered, &issued).await.0, 200);
    set(&api, &offered, "revocation", true).await;
    let (status, answer) = api.verify(&offered, &issued).await;
    assert_eq!((status, code(&answer)), (400, "status.revoked"));

    // A list that cannot be had leaves open whether the credential still stands.
    let offered = api.suite("ecdsa-rdfc-2019").await;
    let mut document = credential(&offered.id);
    document["credentialStatus"] = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://example.org/status/3",
    });
    let issued = api.issued(&offered, &document, json!({})).await;
    let (status, answer) = api.verify(&offered, &issued).await;
    assert_eq!((status, code(&answer)), (400, "status.unreachable"));
    assert_eq!(answer["verified"], false);

    for (options, pointer) in [
        (json!({ "statusPurpose": "praise" }), "/options"),
        (
            json!({ "credentialStatus": { "type": "StatusList2021Entry" } }),
            "/options/credentialStatus/type",
        ),
    ] {
        let body = json!({ "credential": document, "options": options });
        let path = format!("{}/credentials/issue", offered.path);
        let (status, answer) = api.post(&path, &body).await;
        assert_eq!((status, code(&answer)), (422, "status.unknown"));
        assert_eq!(answer["errors"][0]["pointer"], pointer);
    }
    let body = json!({
        "credentialId": "urn:example:unknown",
        "credentialStatus": { "statusPurpose": "revocation" },
    });
    let path = format!("{}/credentials/status", offered.path);
    assert_eq!(api.post(&path, &body).await.0, 422);
    let publish = format!("{}/status/revocation/publish", offered.path);
    assert_eq!(api.post(&publish, &json!({})).await.0, 204);
    let unknown = format!("{}/status/praise", offered.path);
    assert_eq!(api.get(&unknown).await.0, 404);
}

/// JWT-12, JWT-32: a credential in the envelope of the data model is the payload of its token.
#[tokio::test]
async fn a_token_in_its_envelope_is_verified() {
    let api = VcApi::start().await;
    let offered = api.suite("eddsa-rdfc-2022").await;
    let keyring = Keyring::did_key(SecretKey::ed25519([31; 32])).expect("a keyring");
    let document = credential(keyring.issuer_id());
    let token = vc_jwt::sign(&document, keyring.current(KeyUse::Jwt)).expect("a token");
    let envelope = |address: String| {
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": address,
            "type": "EnvelopedVerifiableCredential",
        })
    };
    let good = envelope(format!("data:application/vc+jwt,{token}"));
    let (status, answer) = api.verify(&offered, &good).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(api.verify(&offered, &json!(token)).await.0, 200);

    let holder = Holder::new(SecretKey::ed25519([21; 32]));
    let presentation = holder.presents(Cryptosuite::EddsaJcs2022, &[good], DOMAIN);
    let body = json!({ "verifiablePresentation": presentation, "options": {} });
    let path = format!("{}/presentations/verify", offered.path);
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!(status, 200, "{answer}");

    let (head, _) = token.rsplit_once('.').expect("a signature");
    let forged = format!("{head}.{}", URL_SAFE_NO_PAD.encode([7; 64]));
    for (address, expected) in [
        (
            format!("data:application/vc+jwt,{forged}"),
            "signature.invalid",
        ),
        (format!("data:text/plain,{token}"), "vc.envelope"),
        ("https://example.org/credential".to_owned(), "vc.envelope"),
        (
            "data:application/vc+jwt,no-token".to_owned(),
            "jwt.serialization",
        ),
    ] {
        let (status, answer) = api.verify(&offered, &envelope(address.clone())).await;
        assert_eq!(
            (status, code(&answer)),
            (400, expected),
            "{address}: {answer}"
        );
    }
    assert!(warnings(&answer).is_empty());
}

async fn set(api: &VcApi, offered: &Offered, purpose: &str, status: bool) {
    let body = json!({
        "credentialId": credential("did:example:any")["id"],
        "credentialStatus": { "type": "BitstringStatusListEntry", "statusPurpose": purpose },
        "status": status,
    });
    let path = format!("{}/credentials/status", offered.path);
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!(status, 200, "{answer}");
}

fn unsigned(document: &Value) -> Value {
    let mut unsigned = document.clone();
    unsigned
        .as_object_mut()
        .expect("an object")
        .shift_remove("proof");
    unsigned
}

const CHALLENGE: &str = "uX9dQ2k0c3JhbmRvbQ";
const DOMAIN: &str = "verifier.example";
