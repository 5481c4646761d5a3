//! Whether a document is an Open Badge at all: contexts, types, schema, JSON-LD in safe mode.

use keys::jsonld::{self, Contexts, LdLimits};
use schemas::lint;
use schemas::schema::Class;
use schemas::timestamp::Timestamp;
use serde_json::Value;

use crate::decoded::Decoded;
use crate::form::FormFault;
use crate::issuer;
use crate::legacy;
use crate::limits::Limits;
use crate::reason::{Part, Reason};
use crate::report::{DataModel, Halt};

/// The conform step; gives the issuer's id. What the proof covers is the statements read here, so nothing may be left out
/// of them (VC Data Integrity 1.0, section 4.6; Open Badges 3.0, certification of issuers).
pub(crate) fn check(
    decoded: &Decoded,
    limits: &Limits,
    warnings: &mut Vec<Reason>,
) -> Result<String, Halt> {
    let document = decoded.document();
    if let Some(fault) = FormFault::of(document) {
        return Err(Reason::from(fault).into());
    }
    if legacy::is_open_badges_1(document) {
        return Err(Reason::FormUnsupported {
            form: "Open Badges 1",
        }
        .into());
    }
    check_form(decoded)?;
    check_types(document)?;
    check_contexts(document, decoded.model(), warnings)?;
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

/// A token says by its claim `vc` that it carries the older model, and its document by the first
/// context: two readers must not take it for two things (implementation guide, Verifiable
/// Credentials v1.1).
fn check_form(decoded: &Decoded) -> Result<(), Reason> {
    let Decoded::Jwt(token) = decoded else {
        return Ok(());
    };
    match (decoded.model(), token.is_wrapped()) {
        (Some(DataModel::Vc2), true) => Err(FormFault::Wrapped.into()),
        (Some(DataModel::Vc1), false) => Err(FormFault::Unwrapped.into()),
        _ => Ok(()),
    }
}

/// The order of contexts is part of the meaning, also for who reads plain JSON (Open Badges 3.0,
/// JSON-LD). Which further contexts may follow is for the JSON-LD reader to say.
fn check_contexts(
    document: &Value,
    model: Option<DataModel>,
    warnings: &mut Vec<Reason>,
) -> Result<(), Reason> {
    let out_of_order = |place: usize, expected| Reason::ContextOrder {
        pointer: match document["@context"].is_array() {
            true => format!("/@context/{place}"),
            false => "/@context".to_owned(),
        },
        expected,
    };
    // Under the newer model the oldest contexts redefine what it protects.
    let older: &[&str] = match model {
        Some(DataModel::Vc2) => &OPEN_BADGES_OLDER[..1],
        Some(DataModel::Vc1) => &OPEN_BADGES_OLDER,
        _ => return Err(out_of_order(0, "`https://www.w3.org/ns/credentials/v2`")),
    };
    // A learner record has its own context between the two (Comprehensive Learner Record 2.0, contexts).
    let is_record = Class::of(document) == Some(Class::ClrCredential);
    let place = match is_record {
        true => 2,
        false => 1,
    };
    if is_record && document["@context"][1] != LEARNER_RECORD {
        return Err(out_of_order(
            1,
            "`https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json`",
        ));
    }
    match document["@context"][place].as_str() {
        Some(OPEN_BADGES_CURRENT) => Ok(()),
        Some(url) if older.contains(&url) => {
            warnings.push(Reason::ContextOutdated {
                pointer: format!("/@context/{place}"),
                url: url.to_owned(),
            });
            Ok(())
        }
        _ => Err(out_of_order(
            place,
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
        Some(Class::AchievementCredential | Class::EndorsementCredential | Class::ClrCredential)
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
/// and the endorsements and credentials it carries.
pub(crate) fn check_proof_places(document: &Value) -> Result<(), Reason> {
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
        ("endorsement" | "verifiableCredential", _) => misplaced_proof(member, Place::Credential),
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
    let times = ["validFrom", "validUntil", "issuanceDate", "expirationDate"];
    let mut places: Vec<_> = times
        .iter()
        .map(|name| (format!("/{name}"), document.get(name)))
        .collect();
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
    let parts = [
        (Part::TermsOfUse, "/termsOfUse"),
        (Part::Evidence, "/evidence"),
    ];
    for (part, pointer) in parts {
        if document.pointer(pointer).is_some() {
            not_evaluated(part, pointer);
        }
    }
}

/// A member name as JSON pointers write it (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

const LEARNER_RECORD: &str = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";

const OPEN_BADGES_CURRENT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// The standard's earlier contexts and their other addresses, the newest first.
const OPEN_BADGES_OLDER: [&str; 4] = [
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld",
];
