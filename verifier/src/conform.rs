//! Whether a document is an Open Badge at all: contexts, types, schema, JSON-LD in safe mode.

use keys::jsonld::{self, Contexts, LdLimits};
use schemas::lint;
use schemas::schema::Class;
use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::decoded::{CREDENTIALS_V1, CREDENTIALS_V2, Decoded};
use crate::issuer;
use crate::limits::Limits;
use crate::reason::{Part, Reason};
use crate::report::Halt;

/// The conform step; gives the issuer's id. What the proof covers is the statements read here, so nothing may be left out
/// of them (VC Data Integrity 1.0, section 4.6; Open Badges 3.0, certification of issuers).
pub(crate) fn check(
    decoded: &Decoded,
    limits: &Limits,
    warnings: &mut Vec<Reason>,
) -> Result<String, Halt> {
    let document = decoded.document();
    check_form(document)?;
    check_contexts(document, warnings)?;
    check_types(document)?;
    let issuer = issuer::id(document)?.to_owned();
    check_proof_places(document)?;
    check_times(document)?;

    let mut findings = lint::conform(document).into_iter().map(Reason::from);
    if let Some(first) = findings.next() {
        return Err(Halt::Fail(first, findings.take(limits.reasons).collect()));
    }
    let mut signed = document.clone();
    if let Some(members) = signed.as_object_mut() {
        members.remove("proof");
    }
    jsonld::to_rdf(&signed, Contexts::embedded(), &LdLimits::default()).map_err(Reason::from)?;

    warn_of_unevaluated(document, warnings);
    Ok(issuer)
}

/// Whether the first context is that of VC Data Model 2.0.
pub(crate) fn begins_with_credentials_v2(document: &Value) -> bool {
    document["@context"][0] == CREDENTIALS_V2
}

/// The data model is told by the first context and, in a token, by the claim `vc` (implementation
/// guide, Verifiable Credentials v1.1).
fn check_form(document: &Value) -> Result<(), Halt> {
    let is_older = document["@context"][0] == CREDENTIALS_V1 || document.get("vc").is_some();
    if is_older {
        return Err(Halt::Unknown(
            Reason::FormUnsupported {
                form: "VC Data Model 1.1",
            },
            Vec::new(),
        ));
    }
    Ok(())
}

/// The order of contexts is part of the meaning, also for who reads plain JSON (Open Badges 3.0,
/// JSON-LD). Which further contexts may follow is for the JSON-LD reader to say.
fn check_contexts(document: &Value, warnings: &mut Vec<Reason>) -> Result<(), Reason> {
    let out_of_order = |place: usize, expected| Reason::ContextOrder {
        pointer: match document["@context"].is_array() {
            true => format!("/@context/{place}"),
            false => "/@context".to_owned(),
        },
        expected,
    };
    if !begins_with_credentials_v2(document) {
        return Err(out_of_order(0, "`https://www.w3.org/ns/credentials/v2`"));
    }
    match document["@context"][1].as_str() {
        Some(OPEN_BADGES_CURRENT) => Ok(()),
        Some(url @ OPEN_BADGES_OLDER) => {
            warnings.push(Reason::ContextOutdated {
                pointer: "/@context/1".to_owned(),
                url: url.to_owned(),
            });
            Ok(())
        }
        _ => Err(out_of_order(
            1,
            "`https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json`",
        )),
    }
}

fn check_types(document: &Value) -> Result<(), Reason> {
    let types = type_names(document);
    let is = |name: &str| types.iter().any(|own| own == name);
    let class = Class::of(document);
    let is_badge = matches!(
        class,
        Some(Class::AchievementCredential | Class::EndorsementCredential)
    );
    if is("VerifiableCredential") && is_badge {
        return Ok(());
    }
    Err(Reason::NotABadge {
        types: types.into_iter().take(8).collect(),
    })
}

fn type_names(document: &Value) -> Vec<String> {
    let names = match &document["type"] {
        Value::Array(names) => names.as_slice(),
        name => std::slice::from_ref(name),
    };
    let short = |name: &str| name.chars().take(64).collect();
    names.iter().filter_map(Value::as_str).map(short).collect()
}

/// A proof proves the object it stands in, and only credentials are proven: the document itself
/// and the endorsements it carries.
fn check_proof_places(document: &Value) -> Result<(), Reason> {
    match misplaced_proof(document, Place::Credential) {
        Some(pointer) => Err(Reason::ProofMisplaced { pointer }),
        None => Ok(()),
    }
}

/// The pointer of the first misplaced proof. It is written only on the way back from one: a long
/// name above thousands of items must not be written thousands of times. The reader bounds the depth.
fn misplaced_proof(value: &Value, place: Place) -> Option<String> {
    let below = |name: &str, member: &Value| match (name, place) {
        ("proof", Place::Credential) => None,
        ("proof", Place::Elsewhere) => Some(String::new()),
        ("endorsement", _) => misplaced_proof(member, Place::Credential),
        _ => misplaced_proof(member, Place::Elsewhere),
    };
    match value {
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            below(name, member).map(|rest| format!("/{}{rest}", escaped(name)))
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| misplaced_proof(item, place).map(|rest| format!("/{at}{rest}"))),
        _ => None,
    }
}

/// The times that decide something, told under their own code before the schema sees them.
fn check_times(document: &Value) -> Result<(), Reason> {
    let mut places = vec![("/validFrom".to_owned(), document.get("validFrom"))];
    places.push(("/validUntil".to_owned(), document.get("validUntil")));
    let proofs = match document.get("proof") {
        Some(Value::Array(proofs)) => proofs
            .iter()
            .enumerate()
            .map(|(at, proof)| (format!("/proof/{at}"), proof))
            .collect(),
        Some(proof) => vec![("/proof".to_owned(), proof)],
        None => Vec::new(),
    };
    for (pointer, proof) in proofs {
        for member in ["created", "expires"] {
            places.push((format!("{pointer}/{member}"), proof.get(member)));
        }
    }
    for (pointer, value) in places {
        if let Some(Value::String(text)) = value
            && Timestamp::parse(text).is_err()
        {
            return Err(Reason::TimeSyntax { pointer });
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Place {
    Credential,
    Elsewhere,
}

/// Says what this version does not look into, so that nobody takes it for checked.
fn warn_of_unevaluated(document: &Value, warnings: &mut Vec<Reason>) {
    let mut not_evaluated = |part, pointer: &str| {
        warnings.push(Reason::NotEvaluated {
            part,
            pointer: pointer.to_owned(),
        });
    };
    let schemas = match document.get("credentialSchema") {
        None => &[],
        Some(Value::Array(schemas)) => schemas.as_slice(),
        Some(schema) => std::slice::from_ref(schema),
    };
    if schemas.iter().any(|schema| !is_own_schema(schema)) {
        not_evaluated(Part::CredentialSchema, "/credentialSchema");
    }
    let parts = [
        (Part::RefreshService, "/refreshService"),
        (Part::TermsOfUse, "/termsOfUse"),
        (Part::Evidence, "/evidence"),
    ];
    for (part, pointer) in parts {
        if document.pointer(pointer).is_some() {
            not_evaluated(part, pointer);
        }
    }
    if let Some(pointer) = endorsement(document) {
        not_evaluated(Part::Endorsement, &pointer);
    }
}

/// The standard's schemas are known; the document was held against our rendering of them.
fn is_own_schema(schema: &Value) -> bool {
    schema["type"] == "1EdTechJsonSchemaValidator2019"
        && schema["id"]
            .as_str()
            .is_some_and(|id| STANDARD_SCHEMAS.contains(&id))
}

/// The pointer of the first endorsement at any depth, in either form.
fn endorsement(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let rest = match name.as_str() {
                "endorsement" | "endorsementJwt" => Some(String::new()),
                _ => endorsement(member),
            };
            rest.map(|rest| format!("/{}{rest}", escaped(name)))
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| endorsement(item).map(|rest| format!("/{at}{rest}"))),
        _ => None,
    }
}

/// A member name as JSON pointers write it (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

const OPEN_BADGES_CURRENT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
const OPEN_BADGES_OLDER: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json";

/// The addresses of the standard's own schemas (Open Badges 3.0, JSON Schema).
const STANDARD_SCHEMAS: [&str; 4] = [
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json-ld/ob_v3p0_achievementcredential_schema.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json-ld/ob_v3p0_endorsementcredential_schema.json",
];
