//! The proofs of a document beside one another: sets and chains (sections 4.3 and 4.5).

use serde_json::Value;

use super::ProofError;

/// The addresses of the proofs that a proof builds on.
pub(super) fn previous(proof: &Value) -> Result<Vec<String>, ProofError> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = match proof.get("previousProof") {
        None => Some(Vec::new()),
        Some(Value::Array(several)) => several.iter().map(text).collect(),
        Some(one) => text(one).map(|one| vec![one]),
    };
    named.ok_or(ProofError::Chain)
}

/// The document with only those proofs in it that a new or given proof builds on. Those are signed with it.
pub(super) fn with_previous_only(
    document: &Value,
    previous: &[String],
) -> Result<Value, ProofError> {
    let mut unsecured = document.clone();
    let members = unsecured.as_object_mut().ok_or(ProofError::Misplaced)?;
    members.shift_remove("proof");
    if previous.is_empty() {
        return Ok(unsecured);
    }
    let mut matching = Vec::with_capacity(previous.len());
    for (place, id) in previous.iter().enumerate() {
        let mut found = named(document, Some(id));
        // An address that two proofs have, or that is named twice, does not say what was signed.
        match (found.next(), found.next()) {
            (Some(proof), None) if !previous[..place].contains(id) => matching.push(proof.clone()),
            _ => return Err(ProofError::Chain),
        }
    }
    members.insert("proof".to_owned(), Value::Array(matching));
    Ok(unsecured)
}

/// The proofs of a document that have this address.
pub(super) fn named<'a>(
    document: &'a Value,
    id: Option<&'a str>,
) -> impl Iterator<Item = &'a Value> {
    all(document)
        .iter()
        .filter(move |proof| id.is_some() && proof.get("id").and_then(Value::as_str) == id)
}

/// The document with one more proof at the end.
pub(super) fn append(document: &Value, proof: Value) -> Result<Value, ProofError> {
    let mut signed = document.clone();
    let members = signed.as_object_mut().ok_or(ProofError::Misplaced)?;
    match members.get_mut("proof") {
        None => {
            members.insert("proof".to_owned(), proof);
        }
        Some(Value::Array(proofs)) => proofs.push(proof),
        Some(one) => *one = Value::Array(vec![one.take(), proof]),
    }
    Ok(signed)
}

fn all(document: &Value) -> &[Value] {
    match document.get("proof") {
        None => &[],
        Some(Value::Array(proofs)) => proofs,
        Some(one) => std::slice::from_ref(one),
    }
}
