//! What the store knows of ways into organisations: codes, requests and invitations.

use super::{Store, StoreError, Stored};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{InvitationId, OrganisationId, PersonId};
use crate::layout;
use crate::organisation::Code;
use crate::organisation::invitation::{Invitation, LinkFate, OVER_IS_KEPT};
use crate::organisation::joining::{JoinCode, JoinRequest};
use crate::page::{Page, PageRequest};
use crate::person::Email;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// Finds a code to join with, in order to change it.
    pub(crate) fn join_code_held(
        &self,
        code: &Code,
    ) -> Result<Option<Stored<JoinCode>>, StoreError> {
        self.read(&layout::join_code(code))
    }

    /// Lists the codes of an organisation.
    pub fn join_codes(&self, organisation: &OrganisationId) -> Result<Vec<JoinCode>, StoreError> {
        let mut codes = Vec::new();
        let entries =
            self.read_all::<CodeEntry>(&layout::join_codes_of(organisation), b"", CODES)?;
        for entry in entries {
            let found = self.join_code_held(&entry.value.code)?;
            codes.extend(found.map(|stored| stored.value));
        }
        Ok(codes)
    }

    /// Adds a code; conflicts if there is the same.
    pub(crate) fn add_join_code(&self, new: &JoinCode) -> Result<(), StoreError> {
        let key = layout::join_code(&new.code);
        let mut batch = Batch::default();
        batch.require_absent(key.clone());
        batch.put_record(key, new)?;
        let code = new.code.clone();
        let entry = layout::join_code_of(&new.organisation, &new.code);
        batch.put_record(entry, &CodeEntry { code })?;
        self.commit(batch)
    }

    /// Adds a changed code to a batch, which conflicts if it was changed meanwhile.
    pub(crate) fn put_join_code(
        &self,
        batch: &mut Batch,
        held: &Stored<JoinCode>,
        changed: &JoinCode,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Finds a person's request to join an organisation.
    pub(crate) fn join_request_held(
        &self,
        organisation: &OrganisationId,
        person: PersonId,
    ) -> Result<Option<Stored<JoinRequest>>, StoreError> {
        self.read(&layout::join_request(organisation, person))
    }

    /// Lists a person's requests, decided ones among them.
    pub fn join_requests_of(&self, person: PersonId) -> Result<Vec<JoinRequest>, StoreError> {
        let mut requests = Vec::new();
        let entries = layout::join_requests_of(person);
        for entry in self.read_all::<QueueEntry>(&entries, b"", REQUESTS)? {
            let found = self.join_request_held(&entry.value.organisation, person)?;
            requests.extend(found.map(|stored| stored.value));
        }
        Ok(requests)
    }

    /// Reads one page of who waits for an organisation's answer, the longest first.
    pub(crate) fn join_queue(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<JoinRequest>, StoreError> {
        let find = |entry: QueueEntry| {
            let found = self.join_request_held(organisation, entry.person)?;
            Ok(found.map(|stored| stored.value))
        };
        self.page(&layout::join_queue(organisation), asked, find)
    }

    /// Writes a request and puts it into the queue; conflicts if there is another than `former`.
    pub(crate) fn put_join_request(
        &self,
        former: Option<&Stored<JoinRequest>>,
        new: &JoinRequest,
    ) -> Result<(), StoreError> {
        let (organisation, person) = (&new.organisation, new.person);
        let key = layout::join_request(organisation, person);
        let mut batch = Batch::default();
        match former {
            Some(former) => former.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, new)?;
        let entry = QueueEntry {
            organisation: organisation.clone(),
            person,
        };
        batch.put_record(layout::join_request_of(person, organisation), &entry)?;
        batch.put_record(layout::join_queued(new), &entry)?;
        self.commit(batch)
    }

    /// Adds to a batch that a request was declined: it leaves the queue.
    pub(crate) fn decline_join_request(
        &self,
        batch: &mut Batch,
        held: &Stored<JoinRequest>,
        declined: &JoinRequest,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        batch.delete(layout::join_queued(&held.value));
        batch.put_record(held.key().to_vec(), declined)
    }

    /// Removes in a batch whatever request a person has made to an organisation.
    pub(crate) fn remove_join_request(
        &self,
        batch: &mut Batch,
        organisation: &OrganisationId,
        person: PersonId,
    ) -> Result<(), StoreError> {
        if let Some(held) = self.join_request_held(organisation, person)? {
            held.require_unchanged(batch);
            batch.delete(layout::join_queued(&held.value));
            batch.delete(layout::join_request_of(person, organisation));
            batch.delete(held.key().to_vec());
        }
        Ok(())
    }

    /// Moves the requests of one person to another, and says how many there were. Where the other
    /// has asked the same organisation, or is a member of it, their own is the one that counts.
    pub(super) fn move_join_requests(
        &self,
        from: PersonId,
        to: PersonId,
    ) -> Result<usize, StoreError> {
        let found = self.join_requests_of(from)?;
        for request in &found {
            let organisation = &request.organisation;
            let mut batch = Batch::default();
            self.remove_join_request(&mut batch, organisation, from)?;
            let place = layout::join_request(organisation, to);
            let known = self.read::<JoinRequest>(&place)?.is_some()
                || self.membership(organisation, to)?.is_some();
            if !known {
                let waits = self.engine().get(&layout::join_queued(request))?.is_some();
                let moved = JoinRequest {
                    person: to,
                    ..request.clone()
                };
                let entry = QueueEntry {
                    organisation: organisation.clone(),
                    person: to,
                };
                batch.require_absent(place.clone());
                batch.put_record(place, &moved)?;
                batch.put_record(layout::join_request_of(to, organisation), &entry)?;
                if waits {
                    batch.put_record(layout::join_queued(&moved), &entry)?;
                }
            }
            self.commit(batch)?;
        }
        Ok(found.len())
    }

    /// Finds an invitation in order to change it.
    pub(crate) fn invitation_held(
        &self,
        organisation: &OrganisationId,
        id: InvitationId,
    ) -> Result<Option<Stored<Invitation>>, StoreError> {
        self.read(&layout::invitation(organisation, id))
    }

    /// Finds an organisation's invitation to an address.
    pub(crate) fn invitation_to(
        &self,
        organisation: &OrganisationId,
        email: &Email,
    ) -> Result<Option<Stored<Invitation>>, StoreError> {
        match self.read::<InvitationEntry>(&layout::invitation_to(organisation, email))? {
            Some(entry) => self.invitation_held(organisation, entry.value.invitation),
            None => Ok(None),
        }
    }

    /// Reads one page of the invitations that nobody has accepted yet, in the order of addresses.
    pub fn invitations(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Invitation>, StoreError> {
        let find = |entry: InvitationEntry| {
            let found = self.invitation_held(organisation, entry.invitation)?;
            Ok(found.map(|stored| stored.value))
        };
        self.page(&layout::invitations_to(organisation), asked, find)
    }

    /// Adds an invitation with its link to a batch, which conflicts if there is another one to the
    /// address than `former`.
    pub(crate) fn put_invitation(
        &self,
        batch: &mut Batch,
        former: Option<&Stored<Invitation>>,
        new: &Invitation,
    ) -> Result<(), StoreError> {
        let to = layout::invitation_to(&new.organisation, &new.email);
        match former {
            Some(former) => former.require_unchanged(batch),
            None => batch.require_absent(to.clone()),
        }
        let invitation = new.id;
        let fate = LinkFate::Open {
            organisation: new.organisation.clone(),
            invitation,
        };
        batch.put_record(layout::invitation(&new.organisation, new.id), new)?;
        batch.put_record(to, &InvitationEntry { invitation })?;
        batch.put_record(layout::invitation_link(new.secret), &fate)
    }

    /// Removes an invitation in a batch, and ends its link.
    pub(crate) fn remove_invitation(
        &self,
        batch: &mut Batch,
        held: &Stored<Invitation>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let ended = &held.value;
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
        batch.delete(layout::invitation_to(&ended.organisation, &ended.email));
        self.end_invitation_link(batch, ended.secret, now)
    }

    /// Finds what became of the link whose secret has this digest.
    pub(crate) fn invitation_link(
        &self,
        secret: Sha256Digest,
    ) -> Result<Option<LinkFate>, StoreError> {
        let found = self.read::<LinkFate>(&layout::invitation_link(secret))?;
        Ok(found.map(|stored| stored.value))
    }

    /// Notes in a batch that a link is over; it is forgotten after a while.
    pub(crate) fn end_invitation_link(
        &self,
        batch: &mut Batch,
        secret: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = layout::invitation_link(secret);
        batch.put_record(key.clone(), &LinkFate::Over)?;
        batch.forget_after(now.plus_seconds(OVER_IS_KEPT), secret, vec![key])
    }
}

#[derive(Serialize, Deserialize)]
struct CodeEntry {
    code: Code,
}

#[derive(Serialize, Deserialize)]
struct QueueEntry {
    organisation: OrganisationId,
    person: PersonId,
}

#[derive(Serialize, Deserialize)]
struct InvitationEntry {
    invitation: InvitationId,
}

/// A few years of codes.
const CODES: usize = 1_000;
/// More than anybody may make.
const REQUESTS: usize = 100;
