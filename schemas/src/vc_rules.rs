//! What every W3C verifiable credential and presentation is held to, whatever it says (Verifiable Credentials Data
//! Model 2.0, sections 4 and 5).
//!
//! Open Badges have rules of their own, in [`crate::lint`], which ask for more. These here are for documents that are
//! no badges. Each rule is a small function with one code. What only JSON-LD can tell, such as a term that nobody
//! defined, is not among them.

mod context;
mod part;
mod presentation;
mod related;
mod subject;
mod text;
mod time;

use serde_json::Value;

pub use crate::finding::Finding;
use crate::schema::FINDINGS;

/// Tells what keeps a document from being a verifiable credential.
pub fn credential(document: &Value) -> Vec<Finding> {
    judge(document, CREDENTIAL)
}

/// Tells what keeps a document from being a verifiable presentation. The credentials in it are told of by
/// [`credential`], each for itself.
pub fn presentation(document: &Value) -> Vec<Finding> {
    judge(document, PRESENTATION)
}

/// Every code that the rules give.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CREDENTIAL.iter().chain(PRESENTATION).map(|rule| rule.code)
}

/// One rule about a document.
struct Rule {
    code: &'static str,
    check: fn(&Value, &mut Faults),
}

const CREDENTIAL: &[Rule] = &[
    rule("ld.context_order", context::first_is_the_base),
    rule("ld.context_not_allowed", context::entries_are_contexts),
    rule("vc.type", part::is_a_credential),
    rule("vc.id", part::identifiers_are_single_addresses),
    rule("issuer.malformed", subject::issuer_has_one_address),
    rule("vc.subject", subject::says_something),
    rule("time.syntax", time::are_instants),
    rule("time.order", time::end_is_not_before_beginning),
    rule("vc.part_type", part::parts_have_a_type),
    rule("vc.schema_id", part::schemas_have_an_address),
    rule("status.malformed", part::status_entries_are_complete),
    rule("status.index", part::status_index_is_a_number),
    rule("vc.related_resource", related::names_each_resource_once),
    rule("vc.related_digest", related::has_a_digest),
    rule("vc.language", text::names_are_texts),
];

const PRESENTATION: &[Rule] = &[
    rule("ld.context_order", context::first_is_the_base),
    rule("ld.context_not_allowed", context::entries_are_contexts),
    rule("vc.type", presentation::is_a_presentation),
    rule("vc.id", presentation::identifier_is_a_single_address),
    rule("vc.holder", presentation::holder_has_one_address),
    rule("vc.presented", presentation::presents_credentials),
    rule("vc.part_type", presentation::terms_have_a_type),
];

const fn rule(code: &'static str, check: fn(&Value, &mut Faults)) -> Rule {
    Rule { code, check }
}

fn judge(document: &Value, rules: &[Rule]) -> Vec<Finding> {
    let mut faults = Faults {
        findings: Vec::new(),
        code: "",
    };
    for rule in rules {
        faults.code = rule.code;
        (rule.check)(document, &mut faults);
    }
    faults.findings
}

/// Where the rules put what they find.
struct Faults {
    findings: Vec<Finding>,
    /// That of the rule at work.
    code: &'static str,
}

impl Faults {
    /// Notes a fault, unless the list is full.
    fn add(&mut self, pointer: impl Into<String>, message: &str) {
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding {
                code: self.code,
                pointer: pointer.into(),
                message: message.to_owned(),
            });
        }
    }
}

/// The values at a member, one or many, each with its pointer.
fn entries<'a>(document: &'a Value, member: &str) -> Vec<(String, &'a Value)> {
    match document.get(member) {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("/{member}/{index}"), item))
            .collect(),
        Some(one) => vec![(format!("/{member}"), one)],
    }
}

/// Whether a value is one absolute address (section 4.4).
fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        let has_stray = |c: char| c.is_whitespace() || c.is_control() || r#"<>"{}|\^`"#.contains(c);
        text.len() <= LONGEST_ADDRESS && !text.contains(has_stray) && url::Url::parse(text).is_ok()
    })
}

/// The names of a `type`, if it has at least one and all are texts that say something (section 4.5).
fn type_names(value: &Value) -> Option<Vec<&str>> {
    let names = match value.get("type")? {
        Value::Array(names) => names.as_slice(),
        name => std::slice::from_ref(name),
    };
    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    names.filter(|names| !names.is_empty() && names.iter().all(|name| !name.is_empty()))
}

/// Browsers and servers agree on no more; a token in a `data:` address is the longest there is, and bounded before.
const LONGEST_ADDRESS: usize = 1 << 20;
