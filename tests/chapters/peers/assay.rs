//! Assay in the place of an implementation among others.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use keys::data_integrity::{self, Cryptosuite, ProofOptions};
use keys::{KeyUse, vc_jwt};
use schemas::timestamp::Timestamp;
use serde_json::Value;
use verifier::{Document, Documents, Policy};

use super::Verdict;
use super::lines::Form;
use super::world::{self, Identity, Web};
use crate::forge;

/// Issues a document in the name of `identity`.
pub fn issue(form: Form, suite: &str, identity: &Identity, document: &Value) -> Vec<u8> {
    let text = match form {
        Form::Json | Form::PngOfJson => {
            let suite = Cryptosuite::ALL.into_iter().find(|one| one.name() == suite);
            let method = &identity.proof_key.verification_method;
            let options = ProofOptions::new(suite.expect("a suite of Assay"), method)
                .created(Timestamp::parse(world::CREATED).expect("a date-time"));
            let signed = data_integrity::sign(document, &options, &identity.proof_key.secret_key());
            signed.expect("a proof").to_string()
        }
        Form::Jwt | Form::PngOfJwt => {
            let keyring = identity.keyring.as_ref().expect("keys for JWTs");
            vc_jwt::sign(document, keyring.current(KeyUse::Jwt)).expect("a token")
        }
    };
    match form {
        Form::Json | Form::Jwt => text.into_bytes(),
        Form::PngOfJson | Form::PngOfJwt => forge::baked(&text),
    }
}

/// Verifies a badge with nothing but the documents of `web`.
pub fn verify(path: &Path, web: &Web) -> Verdict {
    let presented = fs::read(path).expect("the badge");
    let mut documents = Documents::default();
    for (url, file) in web {
        let bytes = fs::read(file).expect("a document of the test's web");
        let document = Document::new(bytes);
        documents.insert(url.parse().expect("an address"), Ok(document));
    }
    // The peers issue and verify by the machine's clock, and so must we.
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    let now = i64::try_from(now.as_secs())
        .ok()
        .and_then(Timestamp::from_unix)
        .expect("a time");
    let report = verifier::verify(&presented, &documents, &Policy::default(), now);
    let verdict = report.verdict();
    assert_ne!(
        verdict,
        verifier::Verdict::Undetermined,
        "{}: {:?}",
        path.display(),
        report.reason()
    );
    let code = report.reason().map(|reason| reason.code());
    Verdict {
        verified: verdict == verifier::Verdict::Verified,
        revoked: match code {
            Some("status.revoked") => Some(true),
            _ => (!report.statuses().is_empty()).then_some(false),
        },
        detail: report
            .reason()
            .map(|reason| format!("{}: {reason}", reason.code()))
            .unwrap_or_default(),
    }
}
