//! Presentations (Verifiable Credentials Data Model 2.0, section 4.13).

use serde_json::Value;

use super::{Faults, entries, is_address, part};

/// The document says that it is a presentation.
pub(super) fn is_a_presentation(document: &Value, faults: &mut Faults) {
    part::has_type(document, "VerifiablePresentation", faults);
}

/// The `id` of the presentation, if it has one, is one absolute address.
pub(super) fn identifier_is_a_single_address(document: &Value, faults: &mut Faults) {
    if document.get("id").is_some_and(|id| !is_address(id)) {
        faults.add("/id", "is not one absolute address");
    }
}

/// The holder is one address, or an object that has one.
pub(super) fn holder_has_one_address(document: &Value, faults: &mut Faults) {
    let Some(holder) = document.get("holder") else {
        return;
    };
    if !is_address(holder) && !holder.get("id").is_some_and(is_address) {
        faults.add("/holder", "is neither an address nor an object with one");
    }
}

/// What is presented are objects: credentials, or the envelopes of some. A bare address or token is neither.
pub(super) fn presents_credentials(document: &Value, faults: &mut Faults) {
    for (pointer, credential) in entries(document, "verifiableCredential") {
        if !credential.is_object() {
            faults.add(pointer, "is not an object");
        }
    }
}

/// Terms of use have a `type` in a presentation too.
pub(super) fn terms_have_a_type(document: &Value, faults: &mut Faults) {
    part::typed(document, "termsOfUse", faults);
}
