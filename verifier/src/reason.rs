//! Why a badge is not verified, or what a viewer should know although it is.

use schemas::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use crate::confusable::Confusable;
use crate::contents::ContentsReason;
use crate::disclosure::Disclosure;
use crate::documents::{DocumentKind, FetchFailure, as_text};
use crate::endorsement::EndorsementReason;
use crate::finding::Finding;
use crate::form::FormFault;
use crate::legacy::LegacyReason;
use crate::nested::NestedReason;
use crate::png::{BakeError, ChunkKind};
use crate::recipient::RecipientReason;
use crate::refresh::RefreshReason;
use crate::remedy;
use crate::schema::SchemaReason;
use crate::status::StatusReason;
use crate::trust::TrustReason;

/// One thing that was found, with its facts. Codes are public and never change their meaning.
///
/// The same reason may fail a step, leave it undecided, or stand among the warnings: that is the
/// policy's business, not the reason's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum Reason {
    /// The input has more bytes than are read.
    InputTooLarge { limit: usize, length: usize },
    /// The input is none of JSON, compact JWT, PNG and SVG.
    InputUnsupported { found: &'static str },
    /// The picture does not give its credential away.
    Bake(BakeError),
    /// A fault of bytes, tokens, keys or documents, under the code of the crate that found it.
    Finding(Box<Finding>),
    /// What is presented has no form that a badge can have.
    FormFault(FormFault),
    /// The holder may show the badge in part.
    Disclosure(Disclosure),
    /// The document has the form of an older data model, which is not evaluated.
    FormUnsupported { form: &'static str },
    /// The document is not an Open Badge or an endorsement.
    NotABadge { types: Vec<String> },
    /// The contexts are not the standard's, in its order.
    ContextOrder {
        pointer: String,
        expected: &'static str,
    },
    /// A context is an older one of the standard's.
    ContextOutdated { pointer: String, url: String },
    /// The issuer is neither an address nor an object with one.
    IssuerMalformed { pointer: String },

    /// The document carries no proof.
    ProofMissing,
    /// The document carries more proofs than are checked.
    TooManyProofs { count: usize, limit: usize },
    /// Fewer proofs were checked than the caller asks for.
    TooFewProofs { checked: usize, least: usize },
    /// A proof stands where no proof belongs.
    ProofMisplaced { pointer: String },
    /// A proof lacks a member or has one of the wrong kind.
    ProofMalformed {
        pointer: String,
        member: &'static str,
    },
    /// The value of a proof is not written as its suite says.
    ProofEncoding { pointer: String },
    /// A proof was made for something else than vouching for the document.
    ProofPurpose {
        pointer: String,
        found: Option<String>,
    },
    /// A proof is of a suite that is not evaluated.
    ProofSuiteNotAllowed { pointer: String, suite: String },
    /// A proof builds on others that are not there, each once.
    ProofChain { pointer: String },
    /// One of several proofs does not hold.
    ProofSetIncomplete {
        pointer: String,
        cause: &'static str,
    },
    /// A token and the proof inside it do not both hold.
    ProofAmbiguous { cause: &'static str },
    /// A proof names a time of making that has not come yet.
    ProofCreated {
        pointer: String,
        created: Timestamp,
        now: Timestamp,
    },
    /// A proof was made to hold until a time that has passed.
    ProofExpired {
        pointer: String,
        expires: Timestamp,
        now: Timestamp,
    },
    /// The proof does not fit the document and the key.
    SignatureInvalid { verification_method: String },
    /// The key is not one of the issuer's keys for vouching.
    KeyNotControlled {
        verification_method: String,
        issuer: String,
    },
    /// The key was in the wrong hands.
    KeyRevoked {
        verification_method: String,
        revoked: Timestamp,
    },
    /// The key had expired when the proof was made.
    KeyExpired {
        verification_method: String,
        expires: Timestamp,
        created: Timestamp,
    },
    /// The key is named in a way that is not evaluated.
    MethodUnsupported { verification_method: String },
    /// The token's key address names no key of the issuer.
    KidUnresolved { kid: String },
    /// The key in the token is no key of the issuer.
    EmbeddedKeyUntrusted { issuer: String },
    /// The token lacks a claim that the standard demands.
    ClaimMissing { claim: &'static str },
    /// A document is needed that has not been asked for.
    DocumentMissing {
        #[serde(serialize_with = "as_text")]
        url: Url,
        kind: DocumentKind,
    },
    /// A document is needed that could not be had.
    Fetch {
        #[serde(serialize_with = "as_text")]
        url: Url,
        failure: FetchFailure,
    },

    /// The time of verification lies before this program was made.
    ClockImplausible { now: Timestamp, built: Timestamp },
    /// A time is not written as RFC 3339 says.
    TimeSyntax { pointer: String },
    /// The validity period ends before it begins.
    TimeOrder {
        pointer: &'static str,
        valid_from: Timestamp,
        valid_until: Timestamp,
    },
    /// The validity period has not begun.
    NotYetValid {
        pointer: &'static str,
        valid_from: Timestamp,
        now: Timestamp,
    },
    /// The validity period ended before the time of verification.
    Expired {
        pointer: &'static str,
        valid_until: Timestamp,
        now: Timestamp,
    },

    /// The picture carries its credential more than once.
    BakedCopies { chunks: usize },
    /// The credential stands in an unusual kind of chunk.
    BakedUnusually { chunk: ChunkKind },
    /// The badge is signed in a way that the certification of Open Badges does not know.
    OutsideCertification { suite: &'static str },
    /// A proof is of a suite whose place newer ones have taken.
    SuiteDeprecated {
        pointer: String,
        suite: &'static str,
    },
    /// The visible picture is not part of what was signed.
    ImageUnbound,
    /// The issuer's name or host may be taken for another.
    Confusable(Confusable),
    /// A part of the badge was not looked into.
    NotEvaluated { part: Part, pointer: String },

    /// Whether the badge still stands.
    Status(StatusReason),
    /// About a credential within the badge.
    Nested(NestedReason),
    /// About an endorsement.
    Endorsement(EndorsementReason),
    /// What is told of the contents of a learner record.
    Contents(ContentsReason),
    /// About a schema that the issuer names.
    Schema(SchemaReason),
    /// About the refresh service.
    Refresh(RefreshReason),
    /// About the person whom the badge is said to be about.
    Recipient(RecipientReason),
    /// About the standing of the issuer.
    Trust(TrustReason),
    /// About a badge of Open Badges 2.0.
    Legacy(LegacyReason),
}

/// The parts of a badge that this version does not look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Part {
    /// A schema of the issuer's own choice.
    CredentialSchema,
    /// A service that gives a newer edition.
    RefreshService,
    /// Terms under which the badge is given.
    TermsOfUse,
    /// Evidence for the achievement.
    Evidence,
    /// What others say of badge, achievement or issuer.
    Endorsement,
    /// Resources that the document vouches for by their digest.
    RelatedResource,
}

impl Reason {
    /// The stable public code, `area.reason`.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::InputTooLarge { .. } => "input.too_large",
            Reason::InputUnsupported { .. } => "input.unsupported",
            Reason::Bake(error) => error.code(),
            Reason::Finding(finding) => finding.code,
            Reason::FormFault(fault) => fault.code(),
            Reason::Disclosure(disclosure) => disclosure.code(),
            Reason::FormUnsupported { .. } => "credential.form_unsupported",
            Reason::NotABadge { .. } => "credential.not_a_badge",
            Reason::ContextOrder { .. } => "ld.context_order",
            Reason::ContextOutdated { .. } => "ld.context_outdated",
            Reason::IssuerMalformed { .. } => "issuer.malformed",
            Reason::ProofMissing => "proof.missing",
            Reason::TooManyProofs { .. } => "proof.too_many",
            Reason::TooFewProofs { .. } => "proof.count_policy",
            Reason::ProofMisplaced { .. } => "proof.misplaced",
            Reason::ProofMalformed { .. } => "proof.malformed",
            Reason::ProofEncoding { .. } => "proof.encoding",
            Reason::ProofPurpose { .. } => "proof.purpose",
            Reason::ProofSuiteNotAllowed { .. } => "proof.suite_not_allowed",
            Reason::ProofChain { .. } => "proof.chain",
            Reason::ProofSetIncomplete { .. } => "proof.set_incomplete",
            Reason::ProofAmbiguous { .. } => "proof.ambiguous",
            Reason::ProofCreated { .. } => "time.proof_created",
            Reason::ProofExpired { .. } => "time.proof_expired",
            Reason::SignatureInvalid { .. } => "signature.invalid",
            Reason::KeyNotControlled { .. } => "issuer.key_not_controlled",
            Reason::KeyRevoked { .. } => "key.revoked",
            Reason::KeyExpired { .. } => "time.proof_created",
            Reason::MethodUnsupported { .. } => "did.method_unsupported",
            Reason::KidUnresolved { .. } => "jwt.kid_unresolved",
            Reason::EmbeddedKeyUntrusted { .. } => "jwt.embedded_key_untrusted",
            Reason::ClaimMissing { .. } => "jwt.claim_missing",
            Reason::DocumentMissing { .. } => "document.missing",
            Reason::Fetch { failure, .. } => failure.code(),
            Reason::ClockImplausible { .. } => "time.clock_implausible",
            Reason::TimeSyntax { .. } => "time.syntax",
            Reason::TimeOrder { .. } => "time.order",
            Reason::NotYetValid { .. } => "time.not_yet_valid",
            Reason::Expired { .. } => "time.expired",
            Reason::BakedCopies { .. } => "bake.copies",
            Reason::BakedUnusually { .. } => "bake.unusual_chunk",
            Reason::OutsideCertification { .. } => "warn.outside_certification",
            Reason::SuiteDeprecated { .. } => "proof.suite_deprecated",
            Reason::ImageUnbound => "warn.image_unbound",
            Reason::Confusable(reason) => reason.code(),
            Reason::NotEvaluated { part, .. } => part.code(),
            Reason::Status(reason) => reason.code(),
            Reason::Nested(reason) => reason.code(),
            Reason::Endorsement(reason) => reason.code(),
            Reason::Contents(reason) => reason.code(),
            Reason::Schema(reason) => reason.code(),
            Reason::Refresh(reason) => reason.code(),
            Reason::Recipient(reason) => reason.code(),
            Reason::Trust(reason) => reason.code(),
            Reason::Legacy(reason) => reason.code(),
        }
    }

    /// The place in the document, as a JSON pointer.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Reason::Finding(finding) => finding.pointer.as_deref(),
            Reason::FormFault(fault) => fault.pointer(),
            Reason::Disclosure(disclosure) => disclosure.pointer(),
            Reason::ContextOrder { pointer, .. }
            | Reason::ContextOutdated { pointer, .. }
            | Reason::IssuerMalformed { pointer }
            | Reason::ProofMisplaced { pointer }
            | Reason::ProofMalformed { pointer, .. }
            | Reason::ProofEncoding { pointer }
            | Reason::ProofPurpose { pointer, .. }
            | Reason::ProofSuiteNotAllowed { pointer, .. }
            | Reason::ProofChain { pointer }
            | Reason::SuiteDeprecated { pointer, .. }
            | Reason::ProofSetIncomplete { pointer, .. }
            | Reason::ProofCreated { pointer, .. }
            | Reason::ProofExpired { pointer, .. }
            | Reason::TimeSyntax { pointer }
            | Reason::NotEvaluated { pointer, .. } => Some(pointer),
            Reason::Status(reason) => reason.pointer(),
            Reason::Nested(reason) => reason.pointer(),
            Reason::Endorsement(reason) => reason.pointer(),
            Reason::Contents(reason) => reason.pointer(),
            Reason::Schema(reason) => reason.pointer(),
            Reason::Refresh(reason) => reason.pointer(),
            Reason::Recipient(reason) => reason.pointer(),
            Reason::Trust(reason) => reason.pointer(),
            Reason::Confusable(reason) => Some(reason.pointer),
            Reason::Legacy(reason) => reason.pointer(),
            Reason::ProofMissing => Some("/proof"),
            Reason::FormUnsupported { .. } => Some("/@context"),
            Reason::NotABadge { .. } => Some("/type"),
            Reason::TimeOrder { pointer, .. }
            | Reason::NotYetValid { pointer, .. }
            | Reason::Expired { pointer, .. } => Some(pointer),
            _ => None,
        }
    }

    /// What the person who holds the report can do about it.
    pub fn remedy(&self) -> Option<&'static str> {
        remedy::remedy(self.code())
    }

    /// What the reason was found from, by name.
    pub fn facts(&self) -> Map<String, Value> {
        let Ok(Value::Object(mut facts)) = serde_json::to_value(self) else {
            return Map::new();
        };
        facts.remove("pointer");
        facts
    }

    /// The document that would decide the matter, if it is one.
    pub(crate) fn missing(&self) -> Option<(&Url, DocumentKind)> {
        match self {
            Reason::DocumentMissing { url, kind } => Some((url, *kind)),
            _ => None,
        }
    }
}

impl Part {
    fn code(self) -> &'static str {
        match self {
            Part::CredentialSchema => "schema.not_evaluated",
            Part::RefreshService => "refresh.not_evaluated",
            Part::TermsOfUse => "terms.not_evaluated",
            Part::Evidence => "evidence.not_evaluated",
            Part::Endorsement => "endorsement.not_evaluated",
            Part::RelatedResource => "related.not_evaluated",
        }
    }
}

impl From<BakeError> for Reason {
    fn from(error: BakeError) -> Reason {
        Reason::Bake(error)
    }
}
