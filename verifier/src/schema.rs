//! The schemas that an issuer names in a credential (1EdTech JSON Schema Validator 2019; Open Badges
//! 3.0, verification, step 1; W3C Verifiable Credentials JSON Schema).
//!
//! The standard's own are known. An issuer's own is fetched after the proof holds, and read as what a
//! stranger wrote: it reaches no other document, its patterns are linear in the text, and what it costs
//! to hold the badge against it is measured first.

mod cost;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonschema::{Draft, PatternOptions, Validator};
use schemas::json::{self, JsonLimits};
use schemas::schema::{self, Class};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::binding::Lookup;
use crate::documents::{DocumentKind, FetchFailure};
use crate::issuer;
use crate::reason::{Part, Reason};
use crate::report::Halt;

/// The schema step: the credential meets every schema it names; `None` if it names none.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Option<()>, Halt> {
    let entries: Vec<(String, &Value)> = match credential.get("credentialSchema") {
        None => return Ok(None),
        Some(Value::Array(entries)) => {
            let numbered = entries.iter().enumerate();
            numbered
                .map(|(at, entry)| (format!("/credentialSchema/{at}"), entry))
                .collect()
        }
        Some(entry) => vec![("/credentialSchema".to_owned(), entry)],
    };
    let limit = lookup.policy.limits.schemas;
    if let Some((pointer, entry)) = entries.get(limit) {
        let named = Named::new(pointer, entry);
        return Err(named.undecided("there are more schemas than are read"));
    }
    let (mut failed, mut unknown) = (Vec::new(), Vec::new());
    for (pointer, entry) in &entries {
        match Named::new(pointer, entry).check(credential, lookup, warnings) {
            Ok(()) => {}
            Err(Halt::Fail(reason, further)) => {
                failed.push(reason);
                failed.extend(further);
            }
            Err(Halt::Unknown(reason, further)) => {
                unknown.push(reason);
                unknown.extend(further);
            }
        }
    }
    let (mut failed, mut unknown) = (failed.into_iter(), unknown.into_iter());
    match (failed.next(), unknown.next()) {
        (Some(first), _) => Err(Halt::Fail(first, failed.collect())),
        (None, Some(first)) => Err(Halt::Unknown(first, unknown.collect())),
        (None, None) => Ok(Some(())),
    }
}

/// One entry of `credentialSchema`.
struct Named<'a> {
    pointer: &'a str,
    entry: &'a Value,
    address: &'a str,
}

impl<'a> Named<'a> {
    fn new(pointer: &'a str, entry: &'a Value) -> Named<'a> {
        Named {
            pointer,
            entry,
            address: entry["id"].as_str().unwrap_or_default(),
        }
    }

    fn check(
        &self,
        credential: &Value,
        lookup: &Lookup,
        warnings: &mut Vec<Reason>,
    ) -> Result<(), Halt> {
        let has_type = |name: &str| match &self.entry["type"] {
            Value::Array(types) => types.iter().any(|own| own == name),
            own => own == name,
        };
        if !TYPES.into_iter().any(has_type) {
            warnings.push(Reason::NotEvaluated {
                part: Part::CredentialSchema,
                pointer: self.pointer.to_owned(),
            });
            return Ok(());
        }
        if let Some(class) = schema::class_at(self.address) {
            return self.check_standard(credential, class);
        }
        let document = self.fetched(lookup)?;
        self.check_digest(document)?;
        let limits = JsonLimits {
            bytes: SCHEMA_BYTES,
            ..JsonLimits::default()
        };
        let schema = json::read(document, &limits)
            .map_err(|error| self.malformed(&format!("it cannot be read: {error}")))?;
        self.hold(credential, &schema)
    }

    /// The standard's own schema, in our rendering.
    fn check_standard(&self, credential: &Value, class: Class) -> Result<(), Halt> {
        // The document was held against the schema of its class before its proof was checked.
        if Class::of(credential) == Some(class) {
            return Ok(());
        }
        let findings = schema::validate(class, credential);
        let reasons = findings
            .into_iter()
            .map(|finding| self.mismatch(&finding.pointer, &format!("it {}", finding.message)));
        refuse(reasons)
    }

    fn fetched<'b>(&self, lookup: &Lookup<'b>) -> Result<&'b [u8], Halt> {
        let Some(url) = issuer::web_address(self.address) else {
            return Err(self.malformed("it has no address on the web").into());
        };
        match lookup.documents.answer(&url, DocumentKind::Schema) {
            Some(Ok(document)) => Ok(&document.bytes),
            Some(Err(failure)) => Err(Halt::Unknown(
                Reason::Schema(SchemaReason::Unreachable {
                    pointer: self.pointer.to_owned(),
                    schema: self.address.to_owned(),
                    failure: *failure,
                }),
                Vec::new(),
            )),
            None => Err(Halt::Unknown(
                Reason::DocumentMissing {
                    url,
                    kind: DocumentKind::Schema,
                },
                Vec::new(),
            )),
        }
    }

    /// The digest that the issuer signed for the schema (VC Data Model 2.0, integrity of related
    /// resources).
    fn check_digest(&self, document: &[u8]) -> Result<(), Halt> {
        let Some(digests) = self.entry.get("digestSRI") else {
            return Ok(());
        };
        let fits = |text: &str| match text.split_once('-') {
            Some(("sha256", digest)) => digest == STANDARD.encode(Sha256::digest(document)),
            Some(("sha384", digest)) => digest == STANDARD.encode(Sha384::digest(document)),
            Some(("sha512", digest)) => digest == STANDARD.encode(Sha512::digest(document)),
            _ => false,
        };
        if digests
            .as_str()
            .is_some_and(|texts| texts.split_whitespace().any(fits))
        {
            return Ok(());
        }
        Err(self
            .malformed("it is not the document whose digest was signed")
            .into())
    }

    /// Holds the credential against a schema of the issuer's own.
    fn hold(&self, credential: &Value, schema: &Value) -> Result<(), Halt> {
        let draft = draft(schema).ok_or_else(|| self.undecided("its draft is not known"))?;
        // In a token the claims stand beside the credential, and are not part of it.
        let mut credential = credential.clone();
        if let Some(members) = credential.as_object_mut() {
            members.retain(|name, _| !crate::proof::CLAIMS.contains(&name.as_str()));
        }
        cost::check(schema, &credential).map_err(|fault| self.undecided(fault))?;
        let build = |patterns: PatternOptions<_>| -> Result<Validator, _> {
            jsonschema::options()
                .with_draft(draft)
                .offline()
                .should_validate_formats(true)
                .with_pattern_options(patterns)
                .build(schema)
        };
        let validator = build(PatternOptions::regex().size_limit(PATTERN_BYTES)).map_err(|_| {
            // Patterns that cannot be matched in linear time are good elsewhere.
            let elsewhere = jsonschema::options()
                .with_draft(draft)
                .offline()
                .build(schema);
            match elsewhere {
                Ok(_) => self.undecided("it has a pattern that is not evaluated"),
                Err(_) => self.malformed("it is no JSON Schema").into(),
            }
        })?;
        let reasons = validator.iter_errors(&credential).map(|error| {
            let keyword = error.kind().keyword();
            self.mismatch(
                error.instance_path().as_str(),
                &format!("it fails `{keyword}`"),
            )
        });
        refuse(reasons)
    }

    fn mismatch(&self, pointer: &str, fault: &str) -> Reason {
        Reason::Schema(SchemaReason::Mismatch {
            pointer: pointer.to_owned(),
            schema: self.address.to_owned(),
            fault: fault.to_owned(),
        })
    }

    fn malformed(&self, fault: &str) -> Reason {
        Reason::Schema(SchemaReason::Malformed {
            pointer: self.pointer.to_owned(),
            schema: self.address.to_owned(),
            fault: fault.to_owned(),
        })
    }

    fn undecided(&self, fault: &'static str) -> Halt {
        let reason = Reason::Schema(SchemaReason::Unsupported {
            pointer: self.pointer.to_owned(),
            schema: self.address.to_owned(),
            fault,
        });
        Halt::Unknown(reason, Vec::new())
    }
}

fn refuse(reasons: impl Iterator<Item = Reason>) -> Result<(), Halt> {
    let mut reasons = reasons.take(MOST_REASONS);
    match reasons.next() {
        Some(first) => Err(Halt::Fail(first, reasons.collect())),
        None => Ok(()),
    }
}

/// The drafts that are evaluated; without a name it is the one that Open Badges uses.
fn draft(schema: &Value) -> Option<Draft> {
    let name = match schema.get("$schema") {
        None => return Some(Draft::Draft201909),
        Some(name) => name.as_str()?.trim_end_matches('#'),
    };
    match name {
        "https://json-schema.org/draft/2019-09/schema" => Some(Draft::Draft201909),
        "https://json-schema.org/draft/2020-12/schema" => Some(Draft::Draft202012),
        "http://json-schema.org/draft-07/schema" | "https://json-schema.org/draft-07/schema" => {
            Some(Draft::Draft7)
        }
        _ => None,
    }
}

/// What is told of the schemas that an issuer names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
#[non_exhaustive]
pub enum SchemaReason {
    /// The credential does not meet a schema.
    Mismatch {
        pointer: String,
        schema: String,
        fault: String,
    },
    /// A schema is none.
    Malformed {
        pointer: String,
        schema: String,
        fault: String,
    },
    /// A schema is of a kind that is not evaluated.
    Unsupported {
        pointer: String,
        schema: String,
        fault: &'static str,
    },
    /// A schema could not be had.
    Unreachable {
        pointer: String,
        schema: String,
        failure: FetchFailure,
    },
}

impl SchemaReason {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            SchemaReason::Mismatch { .. } => "schema.mismatch",
            SchemaReason::Malformed { .. } => "schema.malformed",
            SchemaReason::Unsupported { .. } => "schema.unsupported",
            SchemaReason::Unreachable { .. } => "schema.unreachable",
        }
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        match self {
            SchemaReason::Mismatch { pointer, .. }
            | SchemaReason::Malformed { pointer, .. }
            | SchemaReason::Unsupported { pointer, .. }
            | SchemaReason::Unreachable { pointer, .. } => Some(pointer),
        }
    }
}

impl fmt::Display for SchemaReason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            SchemaReason::Mismatch {
                pointer,
                schema,
                fault,
            } => {
                let place = match pointer.as_str() {
                    "" => "The badge",
                    pointer => pointer,
                };
                write!(
                    f,
                    "{place} does not meet the schema {schema}, which the badge names: {fault}."
                )
            }
            SchemaReason::Malformed { schema, fault, .. } => write!(
                f,
                "The schema {schema}, which the badge names, cannot be used: {fault}."
            ),
            SchemaReason::Unsupported { schema, fault, .. } => write!(
                f,
                "Whether the badge meets the schema {schema} cannot be told, because {fault}."
            ),
            SchemaReason::Unreachable {
                schema, failure, ..
            } => write!(
                f,
                "Whether the badge meets the schema {schema} cannot be told, because it could not be had: {failure}."
            ),
        }
    }
}

/// The types of entries that name a JSON Schema.
const TYPES: [&str; 2] = ["1EdTechJsonSchemaValidator2019", "JsonSchema"];

/// The published schema of a whole badge has 60 kB.
const SCHEMA_BYTES: usize = 256 * 1024;

/// Bytes of one compiled pattern: those of the standard's own schemas stay below 64 KiB.
const PATTERN_BYTES: usize = 1024 * 1024;

/// Faults told of one schema.
const MOST_REASONS: usize = 20;

/// The codes of schemas that issuers name.
pub(crate) const CODES: &[(&str, &str)] = &[
    (
        "schema.mismatch",
        "The badge does not meet a schema that it names.",
    ),
    (
        "schema.malformed",
        "A schema that the badge names is none, or not the one that was signed for.",
    ),
    (
        "schema.unsupported",
        "A schema that the badge names is of a kind that is not evaluated.",
    ),
    (
        "schema.unreachable",
        "A schema that the badge names could not be had.",
    ),
];
