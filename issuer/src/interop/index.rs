//! What is offered, in the shape of the manifests by which the W3C's suites know an implementation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Interop;
use super::endpoint::{Endpoint, KeyType};

/// The manifest: who issues and verifies where, by which suite and with which type of key.
pub(super) async fn index(State(interop): State<Arc<Interop>>) -> Json<Value> {
    let all = || Endpoint::ALL.into_iter();
    let offered = |endpoints: &mut dyn Iterator<Item = Endpoint>, what: &str| -> Vec<Value> {
        endpoints
            .map(|endpoint| interop.offered(endpoint, what))
            .collect()
    };
    Json(json!({
        "name": "Assay",
        "implementation": "Assay",
        "issuers": offered(&mut all().filter(|one| one.issues()), "credentials/issue"),
        "verifiers": offered(&mut all(), "credentials/verify"),
        "vpVerifiers": offered(&mut all(), "presentations/verify"),
        "vcHolders": offered(&mut all().filter(|one| one.derives()), "credentials/derive"),
        "setStatusLists": offered(&mut all().filter(|one| one.issues()), "credentials/status"),
    }))
}

impl Interop {
    fn offered(&self, endpoint: Endpoint, what: &str) -> Value {
        let identity = self.keys.of(endpoint.key_type);
        let key_types = [endpoint.key_type.name()];
        let (suite, base) = (endpoint.suite.name(), self.public_url.base());
        let mut offered = json!({
            "id": identity.did,
            "endpoint": format!("{base}{}/{what}", endpoint.path()),
            "verificationMethod": identity.verification_method,
            "cryptosuite": suite,
            "keyType": identity.key_type.name(),
            "tags": [suite],
            "options": {},
        });
        if endpoint.key_type != KeyType::Ed25519 {
            offered["supportedEcdsaKeyTypes"] = json!(key_types);
        }
        offered
    }
}
