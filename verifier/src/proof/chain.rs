//! Proofs that build on other proofs of the same document (VC Data Integrity 1.0, section 2.1.2).

use serde_json::Value;

use super::embedded::Proof;
use crate::reason::Reason;

/// All proofs of supported suites, each after those that it builds on, otherwise in the order of the document.
pub(super) fn in_order<'p, 'd>(proofs: &'p [Proof<'d>]) -> Result<Vec<&'p Proof<'d>>, Reason> {
    let mut order = Vec::new();
    for proof in proofs.iter().filter(|proof| proof.suite.is_some()) {
        add(proof, proofs, &mut order, &mut Vec::new())?;
    }
    Ok(order)
}

/// A proof after all those that it builds on.
pub(super) fn up_to<'p, 'd>(
    last: Option<&'p Proof<'d>>,
    proofs: &'p [Proof<'d>],
) -> Result<Vec<&'p Proof<'d>>, Reason> {
    let mut order = Vec::new();
    if let Some(last) = last {
        add(last, proofs, &mut order, &mut Vec::new())?;
    }
    Ok(order)
}

/// Adds a proof after those it builds on. `path` leads from the proof where the walk began; the number of proofs bounds
/// its length.
fn add<'p, 'd>(
    proof: &'p Proof<'d>,
    proofs: &'p [Proof<'d>],
    order: &mut Vec<&'p Proof<'d>>,
    path: &mut Vec<&'p str>,
) -> Result<(), Reason> {
    if order.iter().any(|earlier| earlier.pointer == proof.pointer) {
        return Ok(());
    }
    let broken = || Reason::ProofChain {
        pointer: proof.pointer.clone(),
    };
    if path.contains(&proof.pointer.as_str()) {
        return Err(broken());
    }
    path.push(&proof.pointer);
    for id in previous(proof).ok_or_else(broken)? {
        let mut named = proofs.iter().filter(|other| other.text("id") == Some(id));
        // What a proof builds on has to hold too, so it has to be one that can be checked.
        match (named.next(), named.next()) {
            (Some(earlier), None) if earlier.suite.is_some() => {
                add(earlier, proofs, order, path)?;
            }
            _ => return Err(broken()),
        }
    }
    path.pop();
    order.push(proof);
    Ok(())
}

fn previous<'d>(proof: &Proof<'d>) -> Option<Vec<&'d str>> {
    match proof.member("previousProof") {
        None => Some(Vec::new()),
        Some(Value::Array(several)) => several.iter().map(Value::as_str).collect(),
        Some(one) => one.as_str().map(|one| vec![one]),
    }
}
