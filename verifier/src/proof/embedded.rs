//! Proofs that stand in the document they prove (VC Data Integrity 1.0).

use keys::data_integrity::{self, Cryptosuite, ProofError};
use keys::jsonld::LdLimits;
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};

use super::check_bond;
use crate::binding::Lookup;
use crate::finding::Finding;
use crate::issuer::LONGEST_ADDRESS;
use crate::policy::ProofSet;
use crate::reason::Reason;
use crate::report::{CheckedProof, Halt};
use crate::validity::TOLERANCE_SECONDS;

/// Checks the proofs in a document that the policy asks for.
pub(super) fn check(
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
            let purpose = Some(lookup.terms.expected.proof_purpose);
            let fitting = |proof: &&Proof| proof.text("proofPurpose") == purpose;
            let first = supported.iter().find(fitting).unwrap_or(&supported[0]);
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
        Cryptosuite::of(self.value).is_some()
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
        let expected = &lookup.terms.expected;
        if self.text("proofPurpose") != Some(expected.proof_purpose) {
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
        data_integrity::verify_expecting(
            expected,
            document,
            self.value,
            &signer.key,
            lookup.terms.contexts,
            &LdLimits::default(),
        )
        .map_err(|error| self.refused(error, method))?;
        check_bond(method, &signer, created, lookup, warnings)?;
        let suite = Cryptosuite::of(self.value).ok_or_else(|| self.unsupported())?;
        if suite.is_deprecated() {
            warnings.push(Reason::SuiteDeprecated {
                pointer: self.pointer.clone(),
                suite: suite.name(),
            });
        } else if !suite.is_certified() {
            warnings.push(Reason::OutsideCertification {
                suite: suite.name(),
            });
        }
        Ok(CheckedProof {
            pointer: self.pointer.clone(),
            suite: suite.name().to_owned(),
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
            ProofError::Chain => Reason::ProofChain {
                pointer: self.pointer.clone(),
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
