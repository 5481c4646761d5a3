//! The statements of a document under the names that they are signed with (sections 3.4.1 to 3.4.5, 3.4.14).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::selection::{Selection, SelectionError};
use crate::data_integrity::ProofError;
use crate::dataset::Dataset;
use crate::encoding;
use crate::jsonld::{self, Contexts, LdError, LdLimits, Origin};
use crate::rdfc::{self, HashAlgorithm};

/// The statements of a whole document, each a line of N-Quads.
pub(super) struct Statements<'d> {
    document: &'d Value,
    /// Each once, in the order of code points.
    pub(super) lines: Vec<String>,
    places: HashMap<String, usize>,
    labels: HashMap<Origin, [u8; 32]>,
}

impl<'d> Statements<'d> {
    /// Reads a document and names its blank nodes by the keyed hash of their canonical names.
    pub(super) fn of(
        document: &'d Value,
        hmac_key: &[u8; 32],
        contexts: &Contexts,
        limits: &LdLimits,
    ) -> Result<Statements<'d>, ProofError> {
        let (dataset, origins) = read(document, contexts, limits)?;
        let numbers = canonical_numbers(&dataset, limits)?;
        let label = |number: &Option<u32>| number.map(|number| keyed_hash(hmac_key, number));
        let labels: Vec<Option<[u8; 32]>> = numbers.iter().map(label).collect();
        let names: Vec<String> = labels.iter().map(|label| name(label.as_ref())).collect();
        let lines = rdfc::named_statements(&dataset, &names);
        Ok(Statements {
            document,
            places: lines.iter().cloned().zip(0..).collect(),
            lines,
            labels: origins
                .into_iter()
                .zip(labels)
                .filter_map(|(origin, label)| Some((origin, label?)))
                .collect(),
        })
    }

    /// The part of the document that pointers select, and which of the statements that makes.
    pub(super) fn select(
        &self,
        pointers: &[String],
        contexts: &Contexts,
        limits: &LdLimits,
    ) -> Result<(Selection, BTreeSet<usize>), ProofError> {
        let selection = Selection::new(self.document, pointers)?;
        if pointers.is_empty() {
            return Ok((selection, BTreeSet::new()));
        }
        let (dataset, origins) = read(&selection.document, contexts, limits)?;
        let names = origins
            .into_iter()
            .map(|origin| Some(name(Some(self.label_of(&selection, origin)?))))
            .collect::<Option<Vec<String>>>()
            .ok_or(SelectionError::Part)?;
        let lines = rdfc::named_statements(&dataset, &names);
        let places = lines.iter().map(|line| self.places.get(line).copied());
        let places: Option<BTreeSet<usize>> = places.collect();
        // Half a list, or half a value, says something else than the whole.
        Ok((selection, places.ok_or(SelectionError::Part)?))
    }

    /// The names that the blank nodes of a part were signed under, by the canonical numbers that they have when the
    /// part stands for itself.
    pub(super) fn labels_of(
        &self,
        selection: &Selection,
        contexts: &Contexts,
        limits: &LdLimits,
    ) -> Result<BTreeMap<u32, [u8; 32]>, ProofError> {
        let (dataset, origins) = read(&selection.document, contexts, limits)?;
        let numbers = canonical_numbers(&dataset, limits)?;
        let mut labels = BTreeMap::new();
        for (origin, number) in origins.into_iter().zip(numbers) {
            if let Some(number) = number {
                let label = self.label_of(selection, origin);
                labels.insert(number, *label.ok_or(SelectionError::Part)?);
            }
        }
        Ok(labels)
    }

    fn label_of(&self, selection: &Selection, origin: Origin) -> Option<&[u8; 32]> {
        let origin = origin.moved(|location| selection.source(location))?;
        self.labels.get(&origin)
    }
}

/// The statements of a document that is shown, under the names that a derived proof gives: exactly one for each blank
/// node, and no two alike. Otherwise one object could be shown as two, or two as one.
pub(super) fn named(
    document: &Value,
    labels: &BTreeMap<u32, [u8; 32]>,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<Vec<String>, ProofError> {
    let (dataset, _) = read(document, contexts, limits)?;
    let numbers = canonical_numbers(&dataset, limits)?;
    let distinct: HashSet<&[u8; 32]> = labels.values().collect();
    let issued = numbers.iter().flatten().count();
    if labels.len() != issued || distinct.len() != issued {
        return Err(ProofError::SignatureInvalid);
    }
    let mut names = Vec::with_capacity(numbers.len());
    for number in numbers {
        let label = number.map(|number| labels.get(&number).ok_or(ProofError::SignatureInvalid));
        names.push(name(label.transpose()?));
    }
    Ok(rdfc::named_statements(&dataset, &names))
}

fn read(
    document: &Value,
    contexts: &Contexts,
    limits: &LdLimits,
) -> Result<(Dataset, Vec<Origin>), ProofError> {
    let read = jsonld::to_rdf_with_origins(document, contexts, limits);
    let (dataset, origins) = read.map_err(ProofError::Document)?;
    if dataset.statements() > MOST_STATEMENTS {
        let error = LdError::complexity("number of statements signed one by one");
        return Err(ProofError::Document(error));
    }
    Ok((dataset, origins))
}

fn canonical_numbers(dataset: &Dataset, limits: &LdLimits) -> Result<Vec<Option<u32>>, ProofError> {
    rdfc::canonical_numbers(dataset, HashAlgorithm::Sha256, limits).map_err(ProofError::Document)
}

/// The keyed hash of a blank node's canonical name (section 3.4.4).
fn keyed_hash(key: &[u8; 32], number: u32) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(format!("c14n{number}").as_bytes());
    hmac.finalize().into_bytes().into()
}

/// The name of a blank node in N-Quads. A node that is in no statement needs none.
fn name(label: Option<&[u8; 32]>) -> String {
    label
        .map(|label| format!("u{}", encoding::base64url(label)))
        .unwrap_or_default()
}

/// Each costs the issuer a signature and the verifier the check of one: so many take half a second and a third of one on
/// a busy machine. A badge has one or two hundred.
pub(super) const MOST_STATEMENTS: usize = 1_000;
