//! Whether a key of the issuer signed the document.

use keys::Algorithm;
use keys::eddsa_rdfc_2022::{self, ProofError};
use keys::jsonld::{Contexts, LdLimits};
use keys::vc_jwt::{self, Compact, JwtError};
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};

use crate::binding::{Bond, Lookup, Signer};
use crate::decoded::Decoded;
use crate::finding::Finding;
use crate::issuer::LONGEST_ADDRESS;
use crate::policy::{ProofSet, UnboundKey};
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::validity::{self, Period, TOLERANCE_SECONDS};

/// What the proofs of a document show.
#[derive(Debug)]
pub(crate) struct Proven {
    /// The proofs that hold.
    pub(crate) proofs: Vec<CheckedProof>,
    /// The span in which a token says it is valid, which may be narrower than its document's.
    pub(crate) token_period: Period,
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
            proofs: check_embedded(document, lookup, warnings)?,
            token_period: Period::default(),
        }),
        Decoded::Jwt(token) => check_token(token, lookup, warnings),
    }
}

/// Checks a JWT, and the embedded proof if its payload has one too.
fn check_token(
    token: &Compact,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Proven, Halt> {
    let payload = token.payload();
    let header = token.header();
    let (method, signer) = match (&header.kid, &header.embedded_key) {
        (Some(kid), _) => {
            let method = absolute(kid, lookup.issuer);
            let signer = lookup.method(&method)?;
            (method, signer)
        }
        (None, Some(key)) => (EMBEDDED.to_owned(), lookup.embedded_key(key)?),
        (None, None) => return Err(Reason::from(JwtError::KidUnresolved).into()),
    };
    token.verify(&signer.key).map_err(|error| match error {
        JwtError::SignatureInvalid => Reason::SignatureInvalid {
            verification_method: method.clone(),
        },
        other => Reason::from(other),
    })?;
    let claims = vc_jwt::claims(payload).map_err(Reason::from)?;
    let signed_at = match claims.not_before {
        Some(not_before) => Some(not_before),
        None => Period::read(payload)?.from,
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
    if payload.get("proof").is_some() {
        // The embedded proof was made first, before the claims were added (Open Badges 3.0, JWT proof).
        let mut inner = payload.clone();
        if let Some(members) = inner.as_object_mut() {
            members.retain(|name, _| !CLAIMS.contains(&name.as_str()));
        }
        let embedded = check_embedded(&inner, lookup, warnings).map_err(|halt| match halt {
            Halt::Fail(reason, _) => Halt::from(Reason::ProofAmbiguous {
                cause: reason.code(),
            }),
            unknown => unknown,
        })?;
        proofs.extend(embedded);
    }
    Ok(Proven {
        proofs,
        token_period: Period {
            from: claims.not_before,
            until: claims.expires,
        },
    })
}

/// Checks the proofs in a document that the policy asks for.
fn check_embedded(
    document: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Vec<CheckedProof>, Halt> {
    let proofs = Proof::all(document, lookup.policy.limits.proofs)?;
    if let Some(untyped) = proofs.iter().find(|proof| proof.suite().is_none()) {
        return Err(untyped.malformed("type").into());
    }
    let (supported, unsupported): (Vec<Proof>, Vec<Proof>) =
        proofs.into_iter().partition(Proof::is_supported);
    let unsupported = unsupported.iter().map(Proof::unsupported);
    if supported.is_empty() {
        let mut reasons = unsupported;
        return match reasons.next() {
            Some(first) => Err(Halt::Fail(first, reasons.collect())),
            None => Err(Reason::ProofMissing.into()),
        };
    }
    match lookup.policy.proof_set {
        ProofSet::Every => {
            warnings.extend(unsupported);
            check_every(&supported, document, lookup, warnings)
        }
        ProofSet::First => {
            let vouching = |proof: &&Proof| proof.text("proofPurpose") == Some(VOUCHING);
            let first = supported.iter().find(vouching).unwrap_or(&supported[0]);
            Ok(vec![first.check(document, lookup, warnings)?])
        }
    }
}

fn check_every(
    proofs: &[Proof],
    document: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Vec<CheckedProof>, Halt> {
    let mut checked = Vec::new();
    let mut failed: Vec<(&Proof, Reason)> = Vec::new();
    let mut unknown = Vec::new();
    for proof in proofs {
        match proof.check(document, lookup, warnings) {
            Ok(proof) => checked.push(proof),
            Err(Halt::Fail(reason, _)) => failed.push((proof, reason)),
            Err(Halt::Unknown(reason, _)) => unknown.push(reason),
        }
    }
    // A proof that does not hold counts, whatever the others would have shown.
    if !failed.is_empty() {
        let alone = proofs.len() == 1 || failed.len() == proofs.len();
        let mut reasons = failed.into_iter().map(|(proof, reason)| match alone {
            true => reason,
            false => Reason::ProofSetIncomplete {
                pointer: proof.pointer.clone(),
                cause: reason.code(),
            },
        });
        return match reasons.next() {
            Some(first) => Err(Halt::Fail(first, reasons.collect())),
            None => Ok(checked),
        };
    }
    let mut unknown = unknown.into_iter();
    match unknown.next() {
        Some(first) => Err(Halt::Unknown(first, unknown.collect())),
        None => Ok(checked),
    }
}

/// One embedded proof and where it stands.
struct Proof<'a> {
    members: &'a Map<String, Value>,
    value: &'a Value,
    pointer: String,
}

impl<'a> Proof<'a> {
    fn all(document: &'a Value, limit: usize) -> Result<Vec<Proof<'a>>, Reason> {
        let entries: Vec<(String, &Value)> = match document.get("proof") {
            None => return Err(Reason::ProofMissing),
            Some(Value::Array(entries)) => {
                let numbered = entries.iter().enumerate();
                numbered
                    .map(|(index, proof)| (format!("/proof/{index}"), proof))
                    .collect()
            }
            Some(proof) => vec![("/proof".to_owned(), proof)],
        };
        if entries.len() > limit {
            return Err(Reason::TooManyProofs {
                count: entries.len(),
                limit,
            });
        }
        let proof = |(pointer, value): (String, &'a Value)| match value.as_object() {
            Some(members) => Ok(Proof {
                members,
                value,
                pointer,
            }),
            None => Err(Reason::ProofMalformed {
                pointer,
                member: "proof",
            }),
        };
        entries.into_iter().map(proof).collect()
    }

    fn text(&self, member: &str) -> Option<&'a str> {
        self.members.get(member)?.as_str()
    }

    /// The suite, as the proof names it: by `cryptosuite` or, before there was that, by its type.
    fn suite(&self) -> Option<&'a str> {
        match self.text("type")? {
            "" => None,
            "DataIntegrityProof" => self.text("cryptosuite"),
            older => Some(older),
        }
    }

    /// Suites are named in one spelling; another case is another, unknown, suite.
    fn is_supported(&self) -> bool {
        self.suite() == Some(CRYPTOSUITE)
    }

    fn unsupported(&self) -> Reason {
        Reason::ProofSuiteNotAllowed {
            pointer: self.pointer.clone(),
            suite: self.suite().unwrap_or_default().chars().take(64).collect(),
        }
    }

    /// Checks what the proof says of itself, then the signature, then whose key it is.
    fn check(
        &self,
        document: &Value,
        lookup: &Lookup,
        warnings: &mut Vec<Reason>,
    ) -> Result<CheckedProof, Halt> {
        if self.members.contains_key("previousProof") {
            return Err(Reason::ProofChain {
                pointer: self.pointer.clone(),
            }
            .into());
        }
        if self.text("proofPurpose") != Some(VOUCHING) {
            return Err(Reason::ProofPurpose {
                pointer: self.pointer.clone(),
                found: self
                    .text("proofPurpose")
                    .map(|found| found.chars().take(64).collect()),
            }
            .into());
        }
        let created = self.time("created")?;
        let now = lookup.now;
        if let Some(created) = created
            && created > now.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::ProofCreated {
                pointer: self.pointer.clone(),
                created,
                now,
            }
            .into());
        }
        if let Some(expires) = self.time("expires")?
            && now > expires.plus_seconds(TOLERANCE_SECONDS)
        {
            return Err(Reason::ProofExpired {
                pointer: self.pointer.clone(),
                expires,
                now,
            }
            .into());
        }
        let method = self
            .text("verificationMethod")
            .filter(|method| method.len() <= LONGEST_ADDRESS)
            .ok_or_else(|| self.malformed("verificationMethod"))?;

        let signer = lookup.method(method)?;
        eddsa_rdfc_2022::verify(
            document,
            self.value,
            &signer.key,
            Contexts::embedded(),
            &LdLimits::default(),
        )
        .map_err(|error| self.refused(error, method))?;
        check_bond(method, &signer, created, lookup, warnings)?;
        Ok(CheckedProof {
            pointer: self.pointer.clone(),
            suite: CRYPTOSUITE.to_owned(),
            verification_method: method.to_owned(),
            created,
        })
    }

    fn time(&self, member: &'static str) -> Result<Option<Timestamp>, Reason> {
        let Some(value) = self.members.get(member) else {
            return Ok(None);
        };
        let time = value.as_str().and_then(|text| Timestamp::parse(text).ok());
        match time {
            Some(time) => Ok(Some(time)),
            None => Err(Reason::TimeSyntax {
                pointer: format!("{}/{member}", self.pointer),
            }),
        }
    }

    fn refused(&self, error: ProofError, method: &str) -> Reason {
        match error {
            ProofError::SignatureInvalid => Reason::SignatureInvalid {
                verification_method: method.to_owned(),
            },
            ProofError::Encoding => Reason::ProofEncoding {
                pointer: format!("{}/proofValue", self.pointer),
            },
            other => Finding::of_proof(&self.pointer, &other),
        }
    }

    fn malformed(&self, member: &'static str) -> Reason {
        Reason::ProofMalformed {
            pointer: self.pointer.clone(),
            member,
        }
    }
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

/// The one cryptosuite of embedded proofs that is evaluated.
const CRYPTOSUITE: &str = "eddsa-rdfc-2022";

/// What a report calls the key that a token brings with it.
const EMBEDDED: &str = "jwk";

/// The purpose of a proof that vouches for a credential.
const VOUCHING: &str = "assertionMethod";

/// The claims that are added to a credential when it is signed as a JWT.
const CLAIMS: [&str; 8] = ["iss", "jti", "sub", "nbf", "exp", "iat", "aud", "nonce"];
