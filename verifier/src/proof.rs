//! Whether a key of the issuer signed the document.

mod chain;
mod embedded;

use keys::Algorithm;
use keys::vc_jwt::{self, JwtError};
use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::binding::{Bond, Lookup, Signer};
use crate::decoded::{Decoded, Token};
use crate::policy::{Policy, UnboundKey};
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::validity::{self, Period};

/// What the proofs of a document show.
#[derive(Debug)]
pub(crate) struct Proven {
    /// The proofs that hold.
    pub(crate) proofs: Vec<CheckedProof>,
    /// The span in which a token says it is valid, which may be narrower than its document's.
    pub(crate) token_period: Period,
}

impl Proven {
    /// The same, if the proofs that hold are as many as the caller asks for.
    pub(crate) fn counted(self, policy: &Policy) -> Result<Proven, Halt> {
        let (checked, least) = (self.proofs.len(), policy.least_proofs);
        if checked < least {
            return Err(Reason::TooFewProofs { checked, least }.into());
        }
        Ok(self)
    }
}

/// The proof step: the proofs that have to hold do hold, with keys of the issuer.
pub(crate) fn check(
    decoded: &Decoded,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Proven, Halt> {
    // Proofs and keys hold at a time, so this is where the clock is first used.
    validity::check_clock(lookup.policy, lookup.now)?;
    match decoded {
        Decoded::Json(document) => Ok(Proven {
            proofs: embedded::check(document, lookup, warnings)?,
            token_period: Period::default(),
        }),
        Decoded::Jwt(token) => check_token(token, lookup, warnings),
    }
}

/// Checks a JWT, and the embedded proof if its payload has one too.
fn check_token(token: &Token, lookup: &Lookup, warnings: &mut Vec<Reason>) -> Result<Proven, Halt> {
    let compact = &token.compact;
    let header = compact.header();
    let (method, signer) = match (&header.kid, &header.embedded_key) {
        (Some(kid), _) => {
            let method = absolute(kid, lookup.issuer);
            let signer = lookup.method(&method);
            (method, signer.map_err(|halt| unresolved(kid, halt))?)
        }
        (None, Some(key)) => (EMBEDDED.to_owned(), lookup.embedded_key(key)?),
        (None, None) => return Err(Reason::from(JwtError::KidUnresolved).into()),
    };
    compact.verify(&signer.key).map_err(|error| match error {
        JwtError::SignatureInvalid => Reason::SignatureInvalid {
            verification_method: method.clone(),
        },
        other => Reason::from(other),
    })?;
    lookup.documents.count_key(&signer.key);
    let claims = vc_jwt::claims(compact.payload()).map_err(Reason::from)?;
    let signed_at = match claims.not_before {
        Some(not_before) => Some(not_before),
        None => Period::read(&token.document)?.from(),
    };
    check_bond(&method, &signer, signed_at, lookup, warnings)?;
    // The certification of Open Badges knows RS256 and ES256 (official validator, external proof).
    if header.algorithm == Algorithm::EdDsa {
        warnings.push(Reason::OutsideCertification {
            suite: header.algorithm.name(),
        });
    }

    let missing = claims.missing.iter();
    warnings.extend(missing.map(|claim| Reason::ClaimMissing { claim }));
    let mut proofs = vec![CheckedProof {
        pointer: String::new(),
        suite: header.algorithm.name().to_owned(),
        verification_method: method,
        created: None,
    }];
    if token.document.get("proof").is_some() {
        let inner = inner(token);
        let embedded = embedded::check(&inner, lookup, warnings).map_err(|halt| match halt {
            Halt::Fail(reason, _) => Halt::from(Reason::ProofAmbiguous {
                cause: reason.code(),
            }),
            unknown => unknown,
        })?;
        proofs.extend(embedded);
    }
    Ok(Proven {
        proofs,
        token_period: Period::of_claims(claims.not_before, claims.expires),
    })
}

/// A `kid` that is neither a DID nor a web address names no key; a DID of another method may name one.
fn unresolved(kid: &str, halt: Halt) -> Halt {
    match halt {
        Halt::Fail(
            Reason::MethodUnsupported {
                verification_method,
            },
            _,
        ) if verification_method == kid && !kid.starts_with("did:") => {
            Reason::from(JwtError::KidUnresolved).into()
        }
        halt => halt,
    }
}

/// The credential as it was before it was signed as a token: an embedded proof was made first
/// (Open Badges 3.0, JWT proof).
fn inner(token: &Token) -> Value {
    let payload = token.compact.payload();
    if let Some(wrapped) = payload.get("vc") {
        return wrapped.clone();
    }
    let mut inner = payload.clone();
    if let Some(members) = inner.as_object_mut() {
        members.retain(|name, _| !CLAIMS.contains(&name.as_str()));
    }
    inner
}

/// Says whether the issuer stands behind a key whose signature was found good, and stood behind it
/// when the signature was made (a signature without a time is taken for one of now).
fn check_bond(
    method: &str,
    signer: &Signer,
    signed_at: Option<Timestamp>,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<(), Halt> {
    let (bond, expires) = match signer.bond {
        Bond::Unasked => lookup.bond_of_fragment(method, signer)?,
        bond => (bond, signer.expires),
    };
    let created = signed_at.unwrap_or(lookup.now);
    if let Some(expires) = expires
        && created > expires
    {
        return Err(Reason::KeyExpired {
            verification_method: method.to_owned(),
            expires,
            created,
        }
        .into());
    }
    if bond == Bond::Named {
        return Ok(());
    }
    let reason = match method {
        EMBEDDED => Reason::EmbeddedKeyUntrusted {
            issuer: lookup.issuer.to_owned(),
        },
        method => lookup.not_controlled(method),
    };
    match lookup.policy.unbound_key {
        UnboundKey::Refuse => Err(reason.into()),
        UnboundKey::Warn => {
            warnings.push(reason);
            Ok(())
        }
    }
}

/// A `kid` that is a bare fragment names a key of the issuer (W3C VC-JOSE-COSE, key discovery).
fn absolute(kid: &str, issuer: &str) -> String {
    if kid.starts_with('#') {
        format!("{issuer}{kid}")
    } else {
        kid.to_owned()
    }
}

/// What a report calls the key that a token brings with it.
const EMBEDDED: &str = "jwk";

/// The claims that are added to a credential when it is signed as a JWT.
pub(crate) const CLAIMS: [&str; 8] = ["iss", "jti", "sub", "nbf", "exp", "iat", "aud", "nonce"];
