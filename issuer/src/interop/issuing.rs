//! Issuing: the document is held to the rules of the W3C, given the statuses that were asked for, and signed.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::ecdsa_sd_2023::{self, SdEntropy};
use keys::jsonld::Contexts;
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};
use verifier::vc;

use super::Interop;
use super::answer::{self, Refused};
use super::endpoint::Endpoint;
use super::identity::Identity;
use super::request::{Issue, IssueOptions};
use crate::http::body::Json;
use crate::http::error::HttpError;

/// Signs a credential, or answers what keeps it from being signed.
pub(super) async fn issue(
    State(interop): State<Arc<Interop>>,
    endpoint: Endpoint,
    Json(request): Json<Issue>,
) -> Result<Response, HttpError> {
    if !endpoint.issues() {
        return Err(HttpError::NotFound);
    }
    let now = interop.clock.now();
    let issued = interop
        .work(move |interop| interop.issue(endpoint, request, now))
        .await?;
    Ok(match issued {
        Ok(credential) => answer::made(credential),
        Err(refused) => refused.into_response(),
    })
}

impl Interop {
    fn issue(&self, endpoint: Endpoint, request: Issue, now: Timestamp) -> Result<Value, Refused> {
        let identity = self.keys.of(endpoint.key_type);
        let mut credential = request.credential;

        // 1. The document says who issues it, and is what the data model calls a credential.
        with_context_of(endpoint.suite, &mut credential);
        let document = Value::Object(credential);
        vc::conform(&document)?;
        let issuer = document["issuer"].get("id").unwrap_or(&document["issuer"]);
        if issuer != identity.did.as_str() {
            return Err(Refused::because(
                "issuer.key_not_controlled",
                "/issuer",
                format!("The issuer is not {}, whose key signs here.", identity.did),
            ));
        }

        // 2. It gets the statuses that were asked for. They are drawn last, so that none is lost to a refusal.
        let document = self.with_statuses(endpoint, document, &request.options)?;

        // 3. It is signed, beside the proofs that it has already.
        self.sign(endpoint.suite, identity, &document, &request.options, now)
    }

    /// Adds a proof by a suite.
    pub(super) fn sign(
        &self,
        suite: Cryptosuite,
        identity: &Identity,
        document: &Value,
        options: &IssueOptions,
        now: Timestamp,
    ) -> Result<Value, Refused> {
        let proof = ProofOptions {
            created: Some(options.created.unwrap_or(now)),
            challenge: options.challenge.clone(),
            domain: options.domain.clone(),
            id: options.proof_id.clone(),
            previous_proof: options.previous_proof.all(),
            ..ProofOptions::new(suite, &identity.verification_method)
        };
        let contexts = Contexts::interop();
        let signed = match suite {
            Cryptosuite::EcdsaSd2023 => ecdsa_sd_2023::create_base_proof(
                document,
                &proof,
                &options.mandatory_pointers,
                &identity.secret,
                &self.entropy(),
                contexts,
            ),
            _ => data_integrity::sign_with(document, &proof, &identity.secret, contexts),
        };
        Ok(signed?)
    }

    /// Draws what a base proof needs. Of 2^32 numbers one is no key, and is drawn again.
    fn entropy(&self) -> SdEntropy {
        loop {
            if let Ok(entropy) = SdEntropy::new(self.random.bytes(), self.random.bytes()) {
                return entropy;
            }
        }
    }
}

/// The terms of the oldest suite stand in a context of its own, which whoever signs with it adds (Data Integrity EdDSA
/// Cryptosuites 1.0, appendix A).
fn with_context_of(suite: Cryptosuite, credential: &mut Map<String, Value>) {
    if suite != Cryptosuite::Ed25519Signature2020 {
        return;
    }
    if let Some(Value::Array(contexts)) = credential.get_mut("@context")
        && !contexts.is_empty()
        && !contexts.iter().any(|context| context == ED25519_2020)
    {
        contexts.push(ED25519_2020.into());
    }
}

const ED25519_2020: &str = "https://w3id.org/security/suites/ed25519-2020/v1";
