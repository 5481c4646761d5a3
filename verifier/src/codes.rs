//! Every code a report can carry, with its meaning in one line; documentation is tested against it.

use std::sync::LazyLock;

use crate::{
    confusable, contents, disclosure, endorsement, form, legacy, nested, recipient, refresh,
    schema, status, trust,
};

/// Every code that can stand in a report, in the order of their areas, each with its meaning.
///
/// Codes never change their meaning; new ones may come.
pub fn codes() -> &'static [(&'static str, &'static str)] {
    static CODES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| AREAS.concat());
    CODES.as_slice()
}

/// The tables of all areas. Reasons that have a file of their own have their table there.
const AREAS: &[&[(&str, &str)]] = &[
    CODES,
    status::CODES,
    form::CODES,
    disclosure::CODES,
    schema::CODES,
    refresh::CODES,
    nested::CODES,
    endorsement::CODES,
    contents::CODES,
    recipient::CODES,
    trust::CODES,
    confusable::CODES,
    legacy::CODES,
];

/// The codes of the reasons that every badge can meet.
const CODES: &[(&str, &str)] = &[
    (
        "input.too_large",
        "The input, or a text in it, is larger than what is read.",
    ),
    (
        "input.unsupported",
        "The input is none of JSON, compact JWT, PNG and SVG.",
    ),
    (
        "json.duplicate_member",
        "An object has two members of one name.",
    ),
    (
        "json.number_range",
        "A number cannot be held exactly as it is written.",
    ),
    ("json.depth", "Arrays and objects are nested too deeply."),
    ("json.members", "There are too many members and items."),
    ("json.encoding", "The text is not well-formed Unicode."),
    ("json.syntax", "The text is not JSON."),
    (
        "bake.malformed",
        "The picture is not a well-formed PNG or SVG.",
    ),
    ("svg.dtd_not_allowed", "The SVG has a document type."),
    (
        "bake.ambiguous",
        "The picture carries several different credentials.",
    ),
    (
        "bake.too_large",
        "The credential in the picture is larger than what is read.",
    ),
    (
        "bake.encoding",
        "The credential is not written into the picture as the standard says.",
    ),
    ("bake.missing", "The picture carries no credential."),
    (
        "bake.copies",
        "Warning: the picture carries its credential more than once.",
    ),
    (
        "bake.unusual_chunk",
        "Warning: the credential stands in a kind of chunk others may not read.",
    ),
    (
        "jwt.alg_not_allowed",
        "The token is unsigned, or signed with an algorithm that is not allowed.",
    ),
    (
        "jwt.alg_key_mismatch",
        "The algorithm of the token does not fit the key.",
    ),
    (
        "jwt.header_not_allowed",
        "The header of the token has a member that is not allowed.",
    ),
    ("jwt.crit", "The header of the token asks for an extension."),
    ("jwt.serialization", "The token is not a compact JWS."),
    (
        "jwt.encoding",
        "A part of the token is not base64url in its only spelling.",
    ),
    (
        "jwt.typ",
        "The token is of a type other than a credential's.",
    ),
    ("jwt.kid_unresolved", "The token's `kid` names no key."),
    (
        "jwt.embedded_key_untrusted",
        "The token brings its own key, which is not the issuer's.",
    ),
    (
        "jwt.ambiguous_payload",
        "The payload holds two credentials.",
    ),
    ("jwt.claim_mismatch", "A claim contradicts the credential."),
    (
        "jwt.claim_missing",
        "Warning: the token lacks a claim that the standard demands.",
    ),
    (
        "credential.form_unsupported",
        "The document has the form of an older data model.",
    ),
    (
        "credential.not_a_badge",
        "The document is neither an Open Badge nor an endorsement.",
    ),
    (
        "vc.type",
        "The document does not say by its type that it is a credential or a presentation.",
    ),
    ("vc.id", "An identifier is not one absolute address."),
    ("vc.subject", "The credential says nothing of anybody."),
    (
        "vc.holder",
        "The holder of a presentation is not named by one absolute address.",
    ),
    (
        "vc.presented",
        "What is presented are not credentials, or too many.",
    ),
    (
        "vc.envelope",
        "The envelope of a credential holds no token.",
    ),
    (
        "vc.part_type",
        "A part that extends the credential does not say by a type what it is.",
    ),
    ("vc.schema_id", "A schema is not named by an address."),
    (
        "vc.related_resource",
        "A related resource is not named, or is named twice.",
    ),
    (
        "vc.related_digest",
        "A related resource has no digest, or a wrong one.",
    ),
    (
        "vc.language",
        "A name or description is neither a text nor a text with its language.",
    ),
    (
        "issuer.malformed",
        "The issuer is not named by one absolute address.",
    ),
    ("schema.type", "A value is of the wrong JSON type."),
    (
        "schema.required",
        "A member that the standard demands is missing.",
    ),
    (
        "schema.unknown_member",
        "A member stands where the standard allows none.",
    ),
    (
        "schema.enum",
        "A value is not among those the standard lists.",
    ),
    (
        "schema.pattern",
        "A text does not have the form the standard demands.",
    ),
    ("schema.format", "A date or address is not well formed."),
    (
        "schema.contains",
        "A list lacks an item that the standard demands.",
    ),
    ("schema.min_items", "A list has too few items."),
    (
        "schema.property_name",
        "A member has a name that the standard does not allow.",
    ),
    (
        "lint.type",
        "An object is not of the type that its place demands.",
    ),
    ("lint.issuer_not_profile", "The issuer is not a `Profile`."),
    (
        "lint.subject_unidentified",
        "The subject has neither `id` nor `identifier`.",
    ),
    (
        "lint.criteria_empty",
        "The criteria have neither `id` nor `narrative`.",
    ),
    (
        "ld.context_order",
        "The contexts are not the standard's in its order.",
    ),
    (
        "ld.context_outdated",
        "Warning: a context is an older one of the standard's.",
    ),
    (
        "ld.context_not_allowed",
        "A context is not one of those that are known.",
    ),
    ("ld.protected_term", "A context redefines a protected term."),
    (
        "ld.data_loss",
        "A part of the document would not be covered by the signature.",
    ),
    (
        "ld.relative_iri",
        "An identifier is not an absolute address.",
    ),
    (
        "ld.keyword_not_allowed",
        "The document uses a JSON-LD keyword that signed documents may not use.",
    ),
    ("ld.ambiguous_alias", "Something is said in two spellings."),
    ("ld.syntax", "The document is not JSON-LD."),
    (
        "ld.complexity",
        "Reading the document as statements would take too much work.",
    ),
    ("proof.missing", "The document carries no proof."),
    (
        "proof.too_many",
        "The document carries more proofs than are checked.",
    ),
    (
        "proof.count_policy",
        "Fewer proofs were checked than the caller asks for.",
    ),
    ("proof.misplaced", "A proof stands where no proof belongs."),
    (
        "proof.malformed",
        "A proof lacks a member or has one of the wrong kind.",
    ),
    (
        "proof.encoding",
        "The value of a proof is not written as its suite says.",
    ),
    (
        "proof.purpose",
        "The proof, or its key, was made for something else than vouching.",
    ),
    (
        "proof.suite_not_allowed",
        "The suite of a proof is not evaluated.",
    ),
    (
        "proof.chain",
        "A proof builds on others that are not there, each once.",
    ),
    (
        "proof.key_mismatch",
        "The suite of a proof takes another kind of key.",
    ),
    ("proof.challenge", "A proof does not answer the challenge."),
    ("proof.domain", "A proof is not made for this domain."),
    (
        "proof.not_derived",
        "A proof that is the holder's alone was shown; others are derived from it.",
    ),
    (
        "proof.set_incomplete",
        "One of several proofs does not hold.",
    ),
    (
        "proof.ambiguous",
        "A token and the proof inside it do not both hold.",
    ),
    (
        "signature.invalid",
        "The signature does not fit the document and the key.",
    ),
    (
        "issuer.key_not_controlled",
        "Nothing of the issuer says that the key signs for it.",
    ),
    ("key.invalid", "The key is not well formed."),
    ("key.weak", "The key is too weak to prove anything."),
    ("key.private_material", "A private key was published."),
    ("key.ambiguous", "It is not clear which key is meant."),
    ("key.revoked", "The issuer took the key back."),
    ("did.invalid", "The DID is not well formed."),
    (
        "did.document",
        "The document that lists the issuer's keys cannot be used.",
    ),
    (
        "did.method_unsupported",
        "The key is named in a way that is not evaluated.",
    ),
    (
        "document.missing",
        "A document is needed that was not given.",
    ),
    (
        "fetch.address_blocked",
        "An address lies in a private or reserved network.",
    ),
    (
        "fetch.redirect",
        "A server redirects where that is not allowed.",
    ),
    ("fetch.timeout", "A document did not come in time."),
    ("fetch.too_large", "A document is larger than what is read."),
    ("fetch.tls", "A server could not prove who it is."),
    ("fetch.unreachable", "A document cannot be reached."),
    ("fetch.gone", "A document was taken away for good."),
    (
        "fetch.budget",
        "The verification would need too many documents, or too large ones.",
    ),
    (
        "fetch.not_allowed",
        "Nothing may be fetched from an address.",
    ),
    ("time.syntax", "A time is not written as RFC 3339 says."),
    ("time.order", "The validity period ends before it begins."),
    ("time.not_yet_valid", "The validity period has not begun."),
    ("time.expired", "The validity period has ended."),
    (
        "time.proof_created",
        "The proof was made in the future, or after its key had expired.",
    ),
    (
        "time.proof_expired",
        "The proof was made to hold until a time that has passed.",
    ),
    (
        "time.clock_implausible",
        "The clock shows a time before this program was made.",
    ),
    (
        "refresh.not_evaluated",
        "Warning: whether there is a newer edition was not asked.",
    ),
    (
        "terms.not_evaluated",
        "Warning: the terms of use were not evaluated.",
    ),
    (
        "evidence.not_evaluated",
        "Warning: the evidence was not looked at.",
    ),
    (
        "endorsement.not_evaluated",
        "Warning: an endorsement was not verified.",
    ),
    (
        "related.not_evaluated",
        "Warning: a related resource was not looked at.",
    ),
    (
        "warn.outside_certification",
        "Warning: the badge is signed in a way that certified verifiers need not read.",
    ),
    (
        "proof.suite_deprecated",
        "Warning: a proof is of a suite that newer ones have replaced.",
    ),
    (
        "warn.image_unbound",
        "Warning: what the picture shows is not part of what was signed.",
    ),
];
