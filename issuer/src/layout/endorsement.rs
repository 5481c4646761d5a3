//! The keys of endorsements.

use super::{key, prefix, until_the_end};
use crate::endorsement::Endorsed;
use crate::id::{EndorsementId, OrganisationId};
use crate::status::StatusPlace;
use schemas::timestamp::Timestamp;

/// An endorsement: asked for, given, declined or withdrawn.
pub fn endorsement(id: EndorsementId) -> Vec<u8> {
    key(&["endorsement", &id.to_string()])
}

/// The prefix of all endorsements.
pub fn endorsements() -> Vec<u8> {
    prefix(&["endorsement"])
}

/// The last endorsement of a thing by an organisation.
pub fn endorsement_pair(endorser: &OrganisationId, subject: &Endorsed) -> Vec<u8> {
    let [kind, name] = &subject.parts();
    key(&["endorsement-pair", endorser.as_str(), kind, name])
}

/// That an organisation was asked for an endorsement, or gave it, the last one first.
pub fn endorsement_by(endorser: &OrganisationId, begun: Timestamp, id: EndorsementId) -> Vec<u8> {
    let begun = until_the_end(begun);
    key(&["endorsement-by", endorser.as_str(), &begun, &id.to_string()])
}

/// The prefix of all that an organisation was asked for, or gave.
pub fn endorsements_by(endorser: &OrganisationId) -> Vec<u8> {
    prefix(&["endorsement-by", endorser.as_str()])
}

/// That an endorsement is about an organisation, or about something of its own, the last one first.
pub fn endorsement_for(owner: &OrganisationId, begun: Timestamp, id: EndorsementId) -> Vec<u8> {
    let begun = until_the_end(begun);
    key(&["endorsement-for", owner.as_str(), &begun, &id.to_string()])
}

/// The prefix of all endorsements of an organisation, and of what is its own.
pub fn endorsements_for(owner: &OrganisationId) -> Vec<u8> {
    prefix(&["endorsement-for", owner.as_str()])
}

/// That an endorsement is about a thing.
pub fn endorsement_of(subject: &Endorsed, id: EndorsementId) -> Vec<u8> {
    let [kind, name] = &subject.parts();
    key(&["endorsement-of", kind, name, &id.to_string()])
}

/// The prefix of all endorsements of a thing.
pub fn endorsements_of(subject: &Endorsed) -> Vec<u8> {
    let [kind, name] = &subject.parts();
    prefix(&["endorsement-of", kind, name])
}

/// That an organisation has not answered yet.
pub fn endorsement_waiting(endorser: &OrganisationId, id: EndorsementId) -> Vec<u8> {
    key(&["endorsement-waiting", endorser.as_str(), &id.to_string()])
}

/// The prefix of all that an organisation has not answered yet.
pub fn endorsements_waiting(endorser: &OrganisationId) -> Vec<u8> {
    prefix(&["endorsement-waiting", endorser.as_str()])
}

/// The endorsement of a thing that stands in every badge.
pub fn endorsement_in_badges(subject: &Endorsed) -> Vec<u8> {
    let [kind, name] = &subject.parts();
    key(&["endorsement-in-badges", kind, name])
}

/// That an endorsement is being signed.
pub fn endorsement_open(id: EndorsementId) -> Vec<u8> {
    key(&["endorsement-open", &id.to_string()])
}

/// The prefix of all that are being signed.
pub fn endorsements_open() -> Vec<u8> {
    prefix(&["endorsement-open"])
}

/// What is about to be signed, or was.
pub fn endorsement_allocation(id: EndorsementId) -> Vec<u8> {
    key(&["endorsement-allocation", &id.to_string()])
}

/// An allocation that will never be signed.
pub fn endorsement_allocation_void(id: EndorsementId, place: StatusPlace) -> Vec<u8> {
    key(&[
        "endorsement-allocation-void",
        &id.to_string(),
        &place.list.to_string(),
        &u32::from(place.index).to_string(),
    ])
}

/// The prefix of all allocations of an endorsement that will never be signed.
pub fn endorsement_allocations_void(id: EndorsementId) -> Vec<u8> {
    prefix(&["endorsement-allocation-void", &id.to_string()])
}

/// The signed endorsement, in both forms.
pub fn endorsement_credential(id: EndorsementId) -> Vec<u8> {
    key(&["endorsement-credential", &id.to_string()])
}

/// What stays of an endorsement whose badge is gone.
pub fn endorsement_tombstone(id: EndorsementId) -> Vec<u8> {
    key(&["endorsement-tombstone", &id.to_string()])
}
