//! The sentences that say to people what a reason means and what would change it.

use std::fmt;

use crate::reason::{Part, Reason};

impl fmt::Display for Reason {
    // One table, kept whole: the compiler sees that no reason lacks its sentence.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Reason::InputTooLarge { limit, length } => write!(
                f,
                "The input has {length} bytes, and at most {limit} are read. Present the badge without what surrounds it."
            ),
            Reason::InputUnsupported { found } => write!(
                f,
                "This is {found}. Present the badge as JSON, as a compact JWT, or as a baked PNG or SVG."
            ),
            Reason::Bake(error) => error.fmt(f),
            Reason::Finding(finding) => f.write_str(&finding.message),
            Reason::FormFault(fault) => fault.fmt(f),
            Reason::Disclosure(disclosure) => disclosure.fmt(f),
            Reason::FormUnsupported { form } => write!(
                f,
                "The document has the form of {form}, which is not evaluated. The issuer can issue the badge anew as Open Badges 3.0."
            ),
            Reason::NotABadge { types } => write!(
                f,
                "The document is of type {}. An Open Badge is a `VerifiableCredential` that is also an `OpenBadgeCredential` or `AchievementCredential`.",
                listed(types)
            ),
            Reason::ContextOrder { expected, .. } => write!(
                f,
                "At this place `@context` must name {expected}. Only the issuer can put it right and sign again."
            ),
            Reason::ContextOutdated { url, .. } => write!(
                f,
                "`{url}` is an older context; badges issued today name context 3.0.3. The badge holds all the same."
            ),
            Reason::IssuerMalformed { .. } => write!(
                f,
                "The issuer must be an absolute address, or an object whose `id` is one. Only the issuer can put it right and sign again."
            ),

            Reason::ProofMissing => write!(
                f,
                "The document carries no proof, so anybody can have written it. Present the signed badge."
            ),
            Reason::TooManyProofs { count, limit } => write!(
                f,
                "The document carries {count} proofs, and at most {limit} are checked. Present it with fewer."
            ),
            Reason::ProofMisplaced { .. } => write!(
                f,
                "A proof stands where it proves nothing. Proofs belong at the top of a credential."
            ),
            Reason::ProofMalformed { member, .. } => write!(
                f,
                "`{member}` of the proof is missing or not what the standard says. Only the issuer can put it right by signing again."
            ),
            Reason::ProofEncoding { .. } => write!(
                f,
                "`proofValue` is not written as the suite says. Present the badge as it was issued."
            ),
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
                "The proof builds on another proof that is not in the badge, is there more than once, builds on this one in turn, or is of a suite that is not evaluated. Present the badge with all of its proofs."
            ),
            Reason::ProofSetIncomplete { cause, .. } => write!(
                f,
                "One of several proofs does not hold (`{cause}`). Every proof of a supported suite must hold."
            ),
            Reason::ProofAmbiguous { cause } => write!(
                f,
                "The token carries a second proof inside that does not hold (`{cause}`). Present a badge whose proofs agree."
            ),
            Reason::ProofCreated { created, now, .. } => write!(
                f,
                "The proof says it was made at {created}, which is after the time of verification, {now}. Verify again later, or check the clock."
            ),
            Reason::ProofExpired { expires, now, .. } => write!(
                f,
                "The proof held until {expires}; the time of verification is {now}. The issuer can sign again."
            ),
            Reason::SignatureInvalid { verification_method } => write!(
                f,
                "The signature does not fit the document and the key `{verification_method}`: something was changed after signing, or another key was used. Present the badge as it was issued."
            ),
            Reason::KeyNotControlled { verification_method, issuer } => write!(
                f,
                "Nothing of `{issuer}` says that the key `{verification_method}` signs for it. The issuer has to name the key under `assertionMethod` in its own document."
            ),
            Reason::KeyRevoked { verification_method, revoked } => write!(
                f,
                "The issuer took back the key `{verification_method}` at {revoked}, because others may have used it. The issuer can sign again with a new key."
            ),
            Reason::KeyExpired { verification_method, expires, created } => write!(
                f,
                "The key `{verification_method}` was made to sign until {expires}, and the proof is of {created}. The issuer can sign again with a key of today."
            ),
            Reason::MethodUnsupported { verification_method } => write!(
                f,
                "The key `{verification_method}` is named in a way that is not evaluated. Keys under `did:key`, `did:jwk`, `did:web` and HTTPS addresses are."
            ),
            Reason::KidUnresolved { kid } => write!(
                f,
                "`{kid}` names no key. The token's `kid` must be the address of one of the issuer's keys."
            ),
            Reason::EmbeddedKeyUntrusted { issuer } => write!(
                f,
                "The token brings its own key, which is not among those of `{issuer}`. The issuer has to publish the key and name it in `kid`."
            ),
            Reason::ClaimMissing { claim } => write!(
                f,
                "The token lacks the claim `{claim}`. Nothing is in doubt, for the credential in it is signed; other verifiers may refuse it."
            ),
            Reason::DocumentMissing { url, .. } => write!(
                f,
                "The document at {url} is needed and was not given. Fetch it and verify again."
            ),
            Reason::Fetch { url, failure } => write!(
                f,
                "The document at {url} could not be had: {failure}. Verify again later."
            ),

            Reason::ClockImplausible { now, built } => write!(
                f,
                "The clock shows {now}, but this program was made after {built}. Set the clock, or say that the time was chosen."
            ),
            Reason::TimeSyntax { .. } => write!(
                f,
                "This is not a time with an offset, such as `2026-11-22T18:32:00Z`. Only the issuer can put it right and sign again."
            ),
            Reason::TimeOrder {
                valid_from,
                valid_until,
                ..
            } => write!(
                f,
                "The badge is valid from {valid_from} until {valid_until}, which is never. Only the issuer can put it right and sign again."
            ),
            Reason::NotYetValid { valid_from, now, .. } => write!(
                f,
                "The badge is valid from {valid_from}; the time of verification is {now}. Verify again then."
            ),
            Reason::Expired { valid_until, now, .. } => write!(
                f,
                "The badge was valid until {valid_until}; the time of verification is {now}. The issuer can renew it."
            ),

            Reason::BakedCopies { chunks } => write!(
                f,
                "The picture carries {chunks} credentials, and the standard allows one. The first was taken."
            ),
            Reason::BakedUnusually { .. } => write!(
                f,
                "The credential stands in the picture in a way other verifiers may not read. The issuer can bake it again as plain international text."
            ),
            Reason::OutsideCertification { suite } => write!(
                f,
                "The badge is signed with `{suite}`, which is outside the certification set of Open Badges. It holds; some verifiers cannot read it."
            ),
            Reason::SuiteDeprecated { suite, .. } => write!(
                f,
                "The badge is signed with `{suite}`, which newer suites have replaced. It holds; the issuer should sign new badges with `eddsa-rdfc-2022`."
            ),
            Reason::ImageUnbound => write!(
                f,
                "What the picture shows is not part of what was signed. Go by the words of the badge."
            ),
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
                    "Whether there is a newer edition of the badge was not asked. Its refresh service can tell."
                }
                Part::TermsOfUse => "The terms of use were not evaluated. Read them where they are given.",
                Part::Evidence => {
                    "The evidence was not looked at. Follow its address to judge it for yourself."
                }
                Part::Endorsement => {
                    "An endorsement in the badge was not verified. Treat it as a claim, or verify it on its own."
                }
                Part::RelatedResource => {
                    "A related resource was not fetched, so its digest was not compared. Compare it where you use the resource."
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
