//! Presentations and envelopes in the VC-API.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::jsonld::Contexts;
use keys::{KeyUse, Keyring, SecretKey, did_key, vc_jwt};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::vc_api::{NOW, VcApi, code, credential, warnings};

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
