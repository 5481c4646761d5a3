//! Proofs that stand in the document they prove (VC Data Integrity 1.0).

use keys::data_integrity::{self, Cryptosuite, ProofError};
use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};

use super::{chain, check_bond};
use crate::binding::Lookup;
use crate::disclosure::Disclosure;
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
    if let Some(untyped) = proofs.iter().find(|proof| proof.name().is_none()) {
        return Err(untyped.malformed("type").into());
    }
    if proofs.iter().all(|proof| proof.suite.is_none()) {
        let mut reasons = proofs.iter().map(Proof::unsupported);
        return match reasons.next() {
            Some(first) => Err(Halt::Fail(first, reasons.collect())),
            None => Err(Reason::ProofMissing.into()),
        };
    }
    let checked: Vec<(Cryptosuite, CheckedProof)> = match lookup.policy.proof_set {
        ProofSet::Every => {
            let unsupported = proofs.iter().filter(|proof| proof.suite.is_none());
            warnings.extend(unsupported.map(Proof::unsupported));
            check_every(&chain::in_order(&proofs)?, document, lookup, warnings)?
        }
        ProofSet::First => {
            let first = first(&proofs, lookup.terms.expected.proof_purpose);
            let needed = chain::up_to(first, &proofs)?;
            let mut check = |proof: &Proof| proof.check(document, lookup, warnings);
            needed
                .into_iter()
                .map(&mut check)
                .collect::<Result<_, _>>()?
        }
    };
    warnings.extend(notices(&checked));
    Ok(checked.into_iter().map(|(_, proof)| proof).collect())
}

/// What there is to know of the suites of proofs that hold.
///
/// One proof that certified verifiers read is enough for them, whatever else was signed beside it.
fn notices(checked: &[(Cryptosuite, CheckedProof)]) -> Vec<Reason> {
    let certified = checked.iter().any(|(suite, _)| suite.is_certified());
    let mut notices: Vec<Reason> = Vec::new();
    for (suite, proof) in checked {
        let notice = if *suite == Cryptosuite::EcdsaSd2023 {
            let pointer = proof.pointer.clone();
            Disclosure::InPart { pointer }.into()
        } else if suite.is_deprecated() {
            Reason::SuiteDeprecated {
                pointer: proof.pointer.clone(),
                suite: suite.name(),
            }
        } else if !certified {
            Reason::OutsideCertification {
                suite: suite.name(),
            }
        } else {
            continue;
        };
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    notices
}

/// The first proof of a supported suite, if possible one of the purpose that is asked for.
fn first<'p, 'd>(proofs: &'p [Proof<'d>], purpose: &str) -> Option<&'p Proof<'d>> {
    let mut supported = proofs.iter().filter(|proof| proof.suite.is_some());
    let fitting = |proof: &&Proof| proof.text("proofPurpose") == Some(purpose);
    supported.clone().find(fitting).or_else(|| supported.next())
}

fn check_every(
    proofs: &[&Proof],
    document: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Vec<(Cryptosuite, CheckedProof)>, Halt> {
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
pub(super) struct Proof<'a> {
    members: &'a Map<String, Value>,
    value: &'a Value,
    /// Where it stands.
    pub(super) pointer: String,
    /// Its suite, if that is evaluated.
    pub(super) suite: Option<Cryptosuite>,
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
                suite: Cryptosuite::of(value),
            }),
            None => Err(Reason::ProofMalformed {
                pointer,
                member: "proof",
            }),
        };
        entries.into_iter().map(proof).collect()
    }

    /// A member that is a text.
    pub(super) fn text(&self, member: &str) -> Option<&'a str> {
        self.members.get(member)?.as_str()
    }

    /// A member of any kind.
    pub(super) fn member(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    /// The suite, as the proof names it: by `cryptosuite` or, before there was that, by its type.
    fn name(&self) -> Option<&'a str> {
        match self.text("type")? {
            "" => None,
            "DataIntegrityProof" => self.text("cryptosuite"),
            older => Some(older),
        }
    }

    fn unsupported(&self) -> Reason {
        Reason::ProofSuiteNotAllowed {
            pointer: self.pointer.clone(),
            suite: self.name().unwrap_or_default().chars().take(64).collect(),
        }
    }

    /// Checks what the proof says of itself, then the signature, then whose key it is.
    fn check(
        &self,
        document: &Value,
        lookup: &Lookup,
        warnings: &mut Vec<Reason>,
    ) -> Result<(Cryptosuite, CheckedProof), Halt> {
        let Some(suite) = self.suite else {
            return Err(self.unsupported().into());
        };
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
            &lookup.documents.proof_limits(),
        )
        .map_err(|error| self.halted(error, method, lookup))?;
        check_bond(method, &signer, created, lookup, warnings)?;
        let checked = CheckedProof {
            pointer: self.pointer.clone(),
            suite: suite.name().to_owned(),
            verification_method: method.to_owned(),
            created,
        };
        Ok((suite, checked))
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

    /// What was too much after other proofs could well hold by itself.
    fn halted(&self, error: ProofError, method: &str, lookup: &Lookup) -> Halt {
        let is_too_much = error.code() == "ld.complexity";
        match self.refused(error, method) {
            reason if is_too_much && lookup.documents.is_work_done() => {
                Halt::Unknown(reason, Vec::new())
            }
            reason => reason.into(),
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
