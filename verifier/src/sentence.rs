//! The sentences that say to people what was found; what would change it is said by the remedy of the code.

use std::fmt;

use crate::reason::{Part, Reason};

impl fmt::Display for Reason {
    // One table, kept whole: the compiler sees that no reason lacks its sentence.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Reason::InputTooLarge { limit, length } => write!(
                f,
                "The input has {length} bytes, and at most {limit} are read."
            ),
            Reason::InputUnsupported { found } => write!(f, "This is {found}."),
            Reason::Bake(error) => error.fmt(f),
            Reason::Finding(finding) => f.write_str(&finding.message),
            Reason::FormFault(fault) => fault.fmt(f),
            Reason::Disclosure(disclosure) => disclosure.fmt(f),
            Reason::FormUnsupported { form } => write!(
                f,
                "The document has the form of {form}, which is not evaluated."
            ),
            Reason::NotABadge { types } => write!(
                f,
                "The document is of type {}. An Open Badge is a `VerifiableCredential` that is also an `OpenBadgeCredential` or `AchievementCredential`.",
                listed(types)
            ),
            Reason::ContextOrder { expected, .. } => {
                write!(f, "At this place `@context` must name {expected}.")
            }
            Reason::ContextOutdated { url, .. } => write!(
                f,
                "`{url}` is an older context; badges issued today name context 3.0.3. The badge holds all the same."
            ),
            Reason::IssuerMalformed { .. } => write!(
                f,
                "The issuer must be an absolute address, or an object whose `id` is one."
            ),

            Reason::ProofMissing => write!(
                f,
                "The document carries no proof, so anybody can have written it."
            ),
            Reason::TooManyProofs { count, limit } => write!(
                f,
                "The document carries {count} proofs, and at most {limit} are checked."
            ),
            Reason::TooFewProofs { checked, least } => write!(
                f,
                "Of the {least} proofs that were asked for, {checked} were found and hold."
            ),
            Reason::ProofMisplaced { .. } => write!(
                f,
                "A proof stands where it proves nothing. Proofs belong at the top of a credential."
            ),
            Reason::ProofMalformed { member, .. } => write!(
                f,
                "`{member}` of the proof is missing or not what the standard says."
            ),
            Reason::ProofEncoding { .. } => {
                write!(f, "`proofValue` is not written as the suite says.")
            }
            Reason::ProofPurpose { found, .. } => write!(
                f,
                "The purpose of the proof is {}. Only a proof with the purpose `assertionMethod` vouches for a badge.",
                match found {
                    Some(found) => format!("`{found}`"),
                    None => "not given".to_owned(),
                }
            ),
            Reason::ProofSuiteNotAllowed { suite, .. } => write!(
                f,
                "Proofs of the suite `{suite}` are not evaluated. A proof of one of the suites of the W3C, such as `eddsa-rdfc-2022`, or the badge as a JWT, can be."
            ),
            Reason::ProofChain { .. } => write!(
                f,
                "The proof builds on another proof that is not in the badge, is there more than once, builds on this one in turn, or is of a suite that is not evaluated."
            ),
            Reason::ProofSetIncomplete { cause, .. } => write!(
                f,
                "One of several proofs does not hold (`{cause}`). Every proof of a supported suite must hold."
            ),
            Reason::ProofAmbiguous { cause } => write!(
                f,
                "The token carries a second proof inside that does not hold (`{cause}`)."
            ),
            Reason::ProofCreated { created, now, .. } => write!(
                f,
                "The proof says it was made at {created}, which is after the time of verification, {now}."
            ),
            Reason::ProofExpired { expires, now, .. } => write!(
                f,
                "The proof held until {expires}; the time of verification is {now}."
            ),
            Reason::SignatureInvalid {
                verification_method,
            } => write!(
                f,
                "The signature does not fit the document and the key `{verification_method}`: something was changed after signing, or another key was used."
            ),
            Reason::KeyNotControlled {
                verification_method,
                issuer,
            } => write!(
                f,
                "Nothing of `{issuer}` says that the key `{verification_method}` signs for it."
            ),
            Reason::KeyRevoked {
                verification_method,
                revoked,
            } => write!(
                f,
                "The issuer took back the key `{verification_method}` at {revoked}, because others may have used it."
            ),
            Reason::KeyExpired {
                verification_method,
                expires,
                created,
            } => write!(
                f,
                "The key `{verification_method}` was made to sign until {expires}, and the proof is of {created}."
            ),
            Reason::MethodUnsupported {
                verification_method,
            } => write!(
                f,
                "The key `{verification_method}` is named in a way that is not evaluated. Keys under `did:key`, `did:jwk`, `did:web` and HTTPS addresses are."
            ),
            Reason::KidUnresolved { kid } => write!(
                f,
                "`{kid}` names no key. The token's `kid` must be the address of one of the issuer's keys."
            ),
            Reason::EmbeddedKeyUntrusted { issuer } => write!(
                f,
                "The token brings its own key, which is not among those of `{issuer}`."
            ),
            Reason::ClaimMissing { claim } => write!(
                f,
                "The token lacks the claim `{claim}`. Nothing is in doubt, for the credential in it is signed; other verifiers may refuse it."
            ),
            Reason::DocumentMissing { url, .. } => {
                write!(f, "The document at {url} is needed and was not given.")
            }
            Reason::Fetch { url, failure } => {
                write!(f, "The document at {url} could not be had: {failure}.")
            }

            Reason::ClockImplausible { now, built } => write!(
                f,
                "The clock shows {now}, but this program was made after {built}."
            ),
            Reason::TimeSyntax { .. } => write!(
                f,
                "This is not a time with an offset, such as `2026-11-22T18:32:00Z`."
            ),
            Reason::TimeOrder {
                valid_from,
                valid_until,
                ..
            } => write!(
                f,
                "The badge is valid from {valid_from} until {valid_until}, which is never."
            ),
            Reason::NotYetValid {
                valid_from, now, ..
            } => write!(
                f,
                "The badge is valid from {valid_from}; the time of verification is {now}."
            ),
            Reason::Expired {
                valid_until, now, ..
            } => write!(
                f,
                "The badge was valid until {valid_until}; the time of verification is {now}."
            ),

            Reason::BakedCopies { chunks } => write!(
                f,
                "The picture carries {chunks} credentials, and the standard allows one. The first was taken."
            ),
            Reason::BakedUnusually { .. } => write!(
                f,
                "The credential stands in the picture in a way other verifiers may not read."
            ),
            Reason::OutsideCertification { suite } => write!(
                f,
                "The badge is signed with `{suite}`, which is outside the certification set of Open Badges. It holds; some verifiers cannot read it."
            ),
            Reason::SuiteDeprecated { suite, .. } => write!(
                f,
                "The badge is signed with `{suite}`, which newer suites have replaced. It holds."
            ),
            Reason::ImageUnbound => {
                write!(f, "What the picture shows is not part of what was signed.")
            }
            Reason::Confusable(reason) => reason.fmt(f),
            Reason::Status(reason) => reason.fmt(f),
            Reason::Nested(reason) => reason.fmt(f),
            Reason::Endorsement(reason) => reason.fmt(f),
            Reason::Contents(reason) => reason.fmt(f),
            Reason::Schema(reason) => reason.fmt(f),
            Reason::Refresh(reason) => reason.fmt(f),
            Reason::Recipient(reason) => reason.fmt(f),
            Reason::Trust(reason) => reason.fmt(f),
            Reason::Legacy(reason) => reason.fmt(f),
            Reason::NotEvaluated { part, .. } => f.write_str(match part {
                Part::CredentialSchema => {
                    "A schema of the issuer's own was not consulted. The standard's own rules were."
                }
                Part::RefreshService => {
                    "Whether there is a newer edition of the badge was not asked."
                }
                Part::TermsOfUse => "The terms of use were not evaluated.",
                Part::Evidence => "The evidence was not looked at.",
                Part::Endorsement => "An endorsement in the badge was not verified.",
                Part::RelatedResource => {
                    "A related resource was not fetched, so its digest was not compared."
                }
            }),
        }
    }
}

fn listed(types: &[String]) -> String {
    match types {
        [] => "nothing".to_owned(),
        types => types
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
