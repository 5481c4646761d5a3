//! What the store knows of cohorts and their people.

use super::merge::AT_ONCE;
use super::{Store, StoreError, Stored};
use crate::cohort::facilitating::{Appointment, AppointmentLink};
use crate::cohort::people::{COHORTS_OF_ONE, PEOPLE, Participant};
use crate::cohort::{COHORTS, Cohort};
use crate::digest::Sha256Digest;
use crate::engine::Batch;
use crate::id::{CohortId, InvitationId, OrganisationId, PersonId};
use crate::layout;
use crate::organisation::Code;
use crate::page::{Page, PageRequest};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// That something is a cohort's, or that somebody is in it.
#[derive(Serialize, Deserialize)]
struct Entry {
    cohort: CohortId,
}

impl Store {
    /// Finds a cohort, in order to change it.
    pub(crate) fn cohort_held(&self, id: CohortId) -> Result<Option<Stored<Cohort>>, StoreError> {
        self.read(&layout::cohort(id))
    }

    /// Finds the cohort that a code opens.
    pub(crate) fn cohort_by_code(&self, code: &Code) -> Result<Option<Stored<Cohort>>, StoreError> {
        match self.read::<Entry>(&layout::cohort_code(code))? {
            Some(entry) => self.cohort_held(entry.value.cohort),
            None => Ok(None),
        }
    }

    /// Counts the cohorts of an organisation, as far as there may be.
    pub(crate) fn count_cohorts_of(&self, of: &OrganisationId) -> Result<usize, StoreError> {
        Ok(self
            .engine()
            .scan(&layout::cohorts_of(of), b"", COHORTS)?
            .len())
    }

    /// Lists the cohorts of an organisation page by page.
    pub(crate) fn cohorts_of(
        &self,
        of: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Cohort>, StoreError> {
        let find = |entry: Entry| {
            let found = self.cohort_held(entry.cohort)?;
            Ok(found.map(|held| held.value))
        };
        self.page(&layout::cohorts_of(of), asked, find)
    }

    /// Adds a cohort; conflicts if another has its code.
    pub(crate) fn add_cohort(&self, new: &Cohort) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        let (key, code) = (layout::cohort(new.id), layout::cohort_code(&new.code));
        batch.require_absent(key.clone());
        batch.require_absent(code.clone());
        batch.put_record(key, new)?;
        let entry = Entry { cohort: new.id };
        batch.put_record(code, &entry)?;
        batch.put_record(layout::cohort_of(&new.organisation, new.id), &entry)?;
        self.commit(batch)
    }

    /// Writes a changed cohort in a batch, and which code opens it.
    pub(crate) fn put_cohort(
        &self,
        batch: &mut Batch,
        held: &Stored<Cohort>,
        changed: &Cohort,
    ) -> Result<(), StoreError> {
        held.require_unchanged(batch);
        if changed.code != held.value.code {
            let code = layout::cohort_code(&changed.code);
            batch.require_absent(code.clone());
            batch.put_record(code, &Entry { cohort: changed.id })?;
            batch.delete(layout::cohort_code(&held.value.code));
        }
        batch.put_record(held.key().to_vec(), changed)
    }

    /// Finds what somebody is in a cohort, in order to change it.
    pub(crate) fn participant(
        &self,
        id: CohortId,
        person: PersonId,
    ) -> Result<Option<Stored<Participant>>, StoreError> {
        self.read(&layout::cohort_person(id, person))
    }

    /// Lists who is in a cohort, or is invited.
    pub(crate) fn participants(&self, id: CohortId) -> Result<Vec<Participant>, StoreError> {
        // Facilitators come beside.
        let found = self.read_all(&layout::cohort_people(id), b"", 2 * PEOPLE)?;
        Ok(found.into_iter().map(|held| held.value).collect())
    }

    /// Counts who is in a cohort, or is invited.
    pub(crate) fn count_participants(&self, id: CohortId) -> Result<usize, StoreError> {
        let people = layout::cohort_people(id);
        Ok(self.engine().scan(&people, b"", 2 * PEOPLE)?.len())
    }

    /// Lists the cohorts that somebody is in, or is invited to.
    pub(crate) fn cohorts_with(&self, person: PersonId) -> Result<Vec<CohortId>, StoreError> {
        // Two accounts may have become one.
        let limit = 4 * COHORTS_OF_ONE;
        let found = self.read_all::<Entry>(&layout::cohorts_with(person), b"", limit)?;
        Ok(found.into_iter().map(|held| held.value.cohort).collect())
    }

    /// Counts them.
    pub(crate) fn count_cohorts_with(&self, person: PersonId) -> Result<usize, StoreError> {
        let limit = 4 * COHORTS_OF_ONE;
        let found = self
            .engine()
            .scan(&layout::cohorts_with(person), b"", limit)?;
        Ok(found.len())
    }

    /// Writes in a batch what somebody is in a cohort, which conflicts if they have become something else meanwhile.
    pub(crate) fn put_participant(
        &self,
        batch: &mut Batch,
        former: Option<&Stored<Participant>>,
        new: &Participant,
    ) -> Result<(), StoreError> {
        let key = layout::cohort_person(new.cohort, new.person);
        match former {
            Some(former) => former.require_unchanged(batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, new)?;
        let entry = Entry { cohort: new.cohort };
        batch.put_record(layout::cohort_with(new.person, new.cohort), &entry)
    }

    /// Takes somebody out of a cohort, in a batch.
    pub(crate) fn remove_participant(&self, batch: &mut Batch, held: &Stored<Participant>) {
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
        let (person, cohort) = (held.value.person, held.value.cohort);
        batch.delete(layout::cohort_with(person, cohort));
    }

    /// Lists who is asked to facilitate, or was in vain.
    pub(crate) fn appointments(
        &self,
        id: CohortId,
    ) -> Result<Vec<Stored<Appointment>>, StoreError> {
        self.read_all(&layout::appointments(id), b"", AT_ONCE)
    }

    /// Finds somebody who is asked to facilitate.
    pub(crate) fn appointment(
        &self,
        id: CohortId,
        appointment: InvitationId,
    ) -> Result<Option<Stored<Appointment>>, StoreError> {
        self.read(&layout::appointment(id, appointment))
    }

    /// Finds whom the link whose secret has this digest is for.
    pub(crate) fn appointment_link(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<AppointmentLink>, StoreError> {
        let found = self.read::<AppointmentLink>(&layout::appointment_link(digest))?;
        Ok(found.map(|held| held.value))
    }

    /// Writes in a batch that somebody is asked to facilitate; the link is forgotten after a while.
    pub(crate) fn put_appointment(
        &self,
        batch: &mut Batch,
        new: &Appointment,
        forgotten: Timestamp,
    ) -> Result<(), StoreError> {
        let link = AppointmentLink {
            cohort: new.cohort,
            appointment: new.id,
        };
        let (key, place) = (
            layout::appointment_link(new.secret),
            layout::appointment(new.cohort, new.id),
        );
        batch.put_record(place, new)?;
        batch.put_record(key.clone(), &link)?;
        batch.forget_after(forgotten, new.secret, vec![key])
    }

    /// Forgets in a batch that somebody was asked. That there was a link is known for a while.
    pub(crate) fn remove_appointment(&self, batch: &mut Batch, held: &Stored<Appointment>) {
        held.require_unchanged(batch);
        batch.delete(held.key().to_vec());
    }

    /// Moves what somebody is in cohorts, said and asked there to another person, and says how much there was.
    pub(super) fn move_cohorts(&self, from: PersonId, to: PersonId) -> Result<usize, StoreError> {
        let mut moved = self.move_said(from, to)?;
        for cohort in self.cohorts_with(from)? {
            self.move_participant(cohort, from, to)?;
            moved += 1;
        }
        Ok(moved)
    }

    /// Where the other is in the cohort too, the greater part counts, and the other's own choices.
    fn move_participant(
        &self,
        cohort: CohortId,
        from: PersonId,
        to: PersonId,
    ) -> Result<(), StoreError> {
        let held = self
            .participant(cohort, from)?
            .ok_or(StoreError::Conflict)?;
        let known = self.participant(cohort, to)?;
        let mut moved = Participant {
            person: to,
            ..held.value.clone()
        };
        if let Some(known) = &known {
            moved.part = moved.part.max(known.value.part);
            moved.choices = known.value.choices;
            moved.since = moved.since.min(known.value.since);
        }
        let mut batch = Batch::default();
        self.remove_participant(&mut batch, &held);
        self.put_participant(&mut batch, known.as_ref(), &moved)?;
        self.commit(batch)
    }
}
