//! Rules about credentials and what hangs on them.

use serde_json::Value;

use super::Faults;
use super::address::is_absolute;
use super::node::{Node, NodeClass, one_or_many};
use crate::model::{EXTENSIONS_CONTEXT, OB_CONTEXT, VC_CONTEXT};

/// Every object names the class of its place, also where a single term stands for the set, which
/// the schema lets pass (Open Badges 3.0, Verification; official validator).
pub(super) fn has_the_type_of_its_place(node: &Node, faults: &mut Faults) {
    let types = node.items("type");
    let lacks = |term: &str| !types.iter().any(|own| own == term);
    let Some(term) = node.class.term() else {
        return;
    };
    // A missing type is the schema's to tell.
    if types.is_empty() {
        return;
    }
    let lacks_class = match node.class {
        NodeClass::AchievementCredential => {
            lacks("AchievementCredential") && lacks("OpenBadgeCredential")
        }
        NodeClass::EndorsementCredential => lacks("EndorsementCredential"),
        NodeClass::ClrCredential => lacks("ClrCredential"),
        _ => false,
    };
    if lacks(term) || lacks_class {
        faults.add(
            node.at("type"),
            format!("does not say that this is {}", named(node.class)),
        );
    }
}

fn named(class: NodeClass) -> &'static str {
    match class {
        NodeClass::AchievementCredential => {
            "a VerifiableCredential and an AchievementCredential or OpenBadgeCredential"
        }
        NodeClass::EndorsementCredential => "a VerifiableCredential and an EndorsementCredential",
        NodeClass::ClrCredential => "a VerifiableCredential and a ClrCredential",
        other => other.term().unwrap_or_default(),
    }
}

/// The issuer is a profile, not its address: the schema allows both, the official validator one.
pub(super) fn issuer_is_a_profile(node: &Node, faults: &mut Faults) {
    if node.is_credential() && node.text("issuer").is_some() {
        faults.add(node.at("issuer"), "is an address and not a Profile");
    }
}

/// The context of the VC Data Model 2.0 and then that of Open Badges, also for readers that take
/// the document as plain JSON (Open Badges 3.0, JSON-LD).
pub(super) fn contexts_are_in_order(node: &Node, faults: &mut Faults) {
    let Some(Value::Array(contexts)) = node.members.get("@context") else {
        return;
    };
    if !node.is_credential() {
        return;
    }
    if contexts.first().is_some_and(|first| first != VC_CONTEXT) {
        faults.add(node.at("@context") + "/0", format!("is not {VC_CONTEXT}"));
    }
    if contexts
        .get(1)
        .is_some_and(|second| !is_open_badges(second))
    {
        faults.add(node.at("@context") + "/1", format!("is not {OB_CONTEXT}"));
    }
}

/// Older editions of the context lack terms, and the oldest clash with the VC 2.0 context.
pub(super) fn context_is_current(node: &Node, faults: &mut Faults) {
    let Some(Value::Array(contexts)) = node.members.get("@context") else {
        return;
    };
    let outdated = |context: &Value| is_open_badges(context) && context != OB_CONTEXT;
    if let Some(index) = contexts.iter().position(outdated) {
        faults.add(
            format!("{}/{index}", node.at("@context")),
            format!("is an older edition of {OB_CONTEXT}"),
        );
    }
}

fn is_open_badges(context: &Value) -> bool {
    const FAMILY: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context";
    context.as_str().is_some_and(|url| url.starts_with(FAMILY))
}

/// 1EdTech's own types are defined in a context of their own; without it JSON-LD in safe mode
/// fails. An endorsement is a document by itself and needs it by itself.
pub(super) fn extensions_are_defined(node: &Node, faults: &mut Faults) {
    const DEFINED_THERE: [&str; 3] = [
        "1EdTechJsonSchemaValidator2019",
        "1EdTechRevocationList",
        "1EdTechCredentialRefresh",
    ];
    if !node.is_credential() {
        return;
    }
    let contexts = node.items("@context");
    if contexts.iter().any(|context| context == EXTENSIONS_CONTEXT) {
        return;
    }
    let used = ["credentialSchema", "credentialStatus", "refreshService"]
        .into_iter()
        .flat_map(|member| node.items(member))
        .flat_map(|part| one_or_many(part.get("type")))
        .filter_map(Value::as_str)
        .find(|term| DEFINED_THERE.contains(term));
    if let Some(term) = used {
        faults.add(
            node.at("@context"),
            format!("lacks {EXTENSIONS_CONTEXT}, which defines {term}"),
        );
    }
}

/// Whoever names schemas names that of the class among them (Open Badges 3.0, CredentialSchema).
pub(super) fn names_its_own_schema(node: &Node, faults: &mut Faults) {
    let class = match node.class {
        NodeClass::AchievementCredential => "achievementcredential",
        NodeClass::EndorsementCredential => "endorsementcredential",
        _ => return,
    };
    let schemas = node.items("credentialSchema");
    let is_own = |schema: &Value| {
        schema["type"] == "1EdTechJsonSchemaValidator2019"
            && ["json", "json-ld"].iter().any(|form| {
                schema["id"]
                    == format!(
                        "https://purl.imsglobal.org/spec/ob/v3p0/schema/{form}/ob_v3p0_{class}_schema.json"
                    )
            })
    };
    if !schemas.is_empty() && !schemas.iter().any(is_own) {
        faults.add(
            node.at("credentialSchema"),
            "does not name the schema of the class",
        );
    }
}

/// 1EdTech's revocation list is deprecated since document 1.3 of the standard; only the bitstring
/// list is issued.
pub(super) fn status_is_a_bitstring_entry(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::CredentialStatus {
        return;
    }
    if node.text("type").is_some_and(|own| own != BITSTRING_ENTRY) {
        faults.add(node.at("type"), format!("is not {BITSTRING_ENTRY}"));
    }
}

/// An entry says which bit of which list, for which purpose (W3C Bitstring Status List,
/// BitstringStatusListEntry).
pub(super) fn status_entry_is_complete(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::CredentialStatus || node.text("type") != Some(BITSTRING_ENTRY) {
        return;
    }
    if node.text("statusPurpose").is_none_or(str::is_empty) {
        faults.add(node.at("statusPurpose"), "has no statusPurpose");
    }
    let is_index = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|digit| digit.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
    };
    if !node.text("statusListIndex").is_some_and(is_index) {
        faults.add(
            node.at("statusListIndex"),
            "has no statusListIndex that is a whole number written as a string",
        );
    }
    let list = node.text("statusListCredential");
    if !list.is_some_and(is_absolute) {
        faults.add(node.at("statusListCredential"), "has no address of a list");
    }
    if list.is_some() && list == node.text("id") {
        faults.add(node.at("id"), "is the address of the list");
    }
}

const BITSTRING_ENTRY: &str = "BitstringStatusListEntry";

/// There is one type of refresh service that readers know (Open Badges 3.0, RefreshService).
pub(super) fn refresh_is_of_the_known_type(node: &Node, faults: &mut Faults) {
    const REFRESH: &str = "1EdTechCredentialRefresh";
    if node.class != NodeClass::RefreshService {
        return;
    }
    if node.text("type").is_some_and(|own| own != REFRESH) {
        faults.add(node.at("type"), format!("is not {REFRESH}"));
    }
}

/// A proof that is there can be verified, by a suite that every displayer must know (VC Data
/// Integrity, Proofs; Open Badges 3.0 certification, Issuer).
pub(super) fn proof_is_complete(node: &Node, faults: &mut Faults) {
    if node.class != NodeClass::Proof {
        return;
    }
    let mut expect = |member: &str, expected: &[&str]| {
        if !node.text(member).is_some_and(|own| expected.contains(&own)) {
            faults.add(
                node.at(member),
                format!("has as {member} not {}", expected.join(" or ")),
            );
        }
    };
    expect("type", &["DataIntegrityProof"]);
    expect("cryptosuite", &["eddsa-rdfc-2022", "ecdsa-sd-2023"]);
    expect("proofPurpose", &["assertionMethod"]);
    for member in ["verificationMethod", "proofValue"] {
        if node.text(member).is_none_or(str::is_empty) {
            faults.add(
                node.at(member),
                format!("has no {member}, so nobody can verify it"),
            );
        }
    }
}
