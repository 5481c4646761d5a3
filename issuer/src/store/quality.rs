//! What the store knows of training, certifications and calibration.

use super::submission::OpenAward;
use super::{Store, StoreError, Stored};
use crate::award::Award;
use crate::engine::Batch;
use crate::id::{CalibrationId, ExemplarId, MicroCredentialId, OrganisationId, PersonId};
use crate::layout;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::quality::calibration::{Calibration, REVIEWERS, Sheet};
use crate::quality::certification::Certification;
use crate::quality::training::{EXEMPLARS, Exemplar, SETS, TrainingSet};
use crate::quality::trying::Try;

impl Store {
    /// Finds a training set.
    pub(crate) fn training_set(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
    ) -> Result<Option<Stored<TrainingSet>>, StoreError> {
        self.read(&layout::training_set(organisation, line))
    }

    /// Lists the training sets of an organisation.
    pub(crate) fn training_sets(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Vec<TrainingSet>, StoreError> {
        let found = self.read_all(&layout::training_sets(organisation), b"", SETS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Writes a training set; conflicts if it is not the one that was read.
    pub(crate) fn put_training_set(
        &self,
        held: Option<&Stored<TrainingSet>>,
        set: &TrainingSet,
    ) -> Result<(), StoreError> {
        let key = layout::training_set(&set.organisation, &set.line);
        let mut batch = Batch::default();
        match held {
            Some(held) => held.require_unchanged(&mut batch),
            None => batch.require_absent(key.clone()),
        }
        batch.put_record(key, set)?;
        self.commit(batch)
    }

    /// Lists the exemplars of a training set, retired ones too.
    pub(crate) fn exemplars(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
    ) -> Result<Vec<Exemplar>, StoreError> {
        let prefix = layout::exemplars(organisation, line);
        let found = self.read_all(&prefix, b"", EXEMPLARS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Finds an exemplar.
    pub(crate) fn exemplar(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
        id: ExemplarId,
    ) -> Result<Option<Stored<Exemplar>>, StoreError> {
        self.read(&layout::exemplar(organisation, line, id))
    }

    /// Adds an exemplar to a set that stands as it was read.
    pub(crate) fn add_exemplar(
        &self,
        set: &Stored<TrainingSet>,
        exemplar: &Exemplar,
    ) -> Result<(), StoreError> {
        let key = layout::exemplar(&exemplar.organisation, &exemplar.line, exemplar.id);
        let mut batch = Batch::default();
        set.require_unchanged(&mut batch);
        batch.require_absent(key.clone());
        batch.put_record(key, exemplar)?;
        self.commit(batch)
    }

    /// Writes an exemplar anew; conflicts if it is not the one that was read.
    pub(crate) fn replace_exemplar(
        &self,
        held: &Stored<Exemplar>,
        changed: &Exemplar,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Lists all tries of somebody, the first one first.
    pub(crate) fn tries(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
        person: &Person,
    ) -> Result<Vec<Try>, StoreError> {
        let mut tries: Vec<Try> = Vec::new();
        for id in std::iter::once(&person.id).chain(&person.former) {
            let prefix = layout::training_tries(organisation, line, *id);
            let found = self.read_all(&prefix, b"", TRIES)?;
            tries.extend(found.into_iter().map(|stored| stored.value));
        }
        tries.sort_by_key(|one| (one.begun, one.number));
        Ok(tries)
    }

    /// Finds a try.
    pub(crate) fn try_held(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
        person: PersonId,
        number: u32,
    ) -> Result<Option<Stored<Try>>, StoreError> {
        self.read(&layout::training_try(organisation, line, person, number))
    }

    /// Adds a try; conflicts if somebody has begun the same one.
    pub(crate) fn add_try(&self, begun: &Try) -> Result<(), StoreError> {
        let key =
            layout::training_try(&begun.organisation, &begun.line, begun.person, begun.number);
        let mut batch = Batch::default();
        batch.require_absent(key.clone());
        batch.put_record(key, begun)?;
        self.commit(batch)
    }

    /// Writes a try anew; conflicts if it is not the one that was read.
    pub(crate) fn replace_try(&self, held: &Stored<Try>, changed: &Try) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Writes a try that passed, the certification for it, and the award if there is one. There is never one
    /// without the others.
    pub(crate) fn certify(
        &self,
        held: &Stored<Try>,
        passed: &Try,
        certification: &Certification,
        award: Option<&Award>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), passed)?;
        let key = layout::certification(
            &certification.organisation,
            &certification.line,
            certification.person,
        );
        batch.put_record(key, certification)?;
        if let Some(award) = award {
            let open = OpenAward { award: award.id };
            self.put_award(&mut batch, award)?;
            batch.put_record(layout::stack_check(award.id), &open)?;
        }
        self.commit(batch)
    }

    /// Finds the certification of somebody.
    pub(crate) fn certification(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
        person: PersonId,
    ) -> Result<Option<Stored<Certification>>, StoreError> {
        self.read(&layout::certification(organisation, line, person))
    }

    /// Lists the certifications of an organisation for one line, page by page.
    pub(crate) fn certifications(
        &self,
        organisation: &OrganisationId,
        line: &MicroCredentialId,
        asked: &PageRequest,
    ) -> Result<Page<Certification>, StoreError> {
        let prefix = layout::certifications(organisation, line);
        self.page(&prefix, asked, |found| Ok(Some(found)))
    }

    /// Finds a calibration session.
    pub(crate) fn calibration_held(
        &self,
        organisation: &OrganisationId,
        id: CalibrationId,
    ) -> Result<Option<Stored<Calibration>>, StoreError> {
        self.read(&layout::calibration(organisation, id))
    }

    /// Lists the calibration sessions of an organisation, page by page.
    pub(crate) fn calibrations(
        &self,
        organisation: &OrganisationId,
        asked: &PageRequest,
    ) -> Result<Page<Calibration>, StoreError> {
        let prefix = layout::calibrations(organisation);
        self.page(&prefix, asked, |found| Ok(Some(found)))
    }

    /// Adds a calibration session.
    pub(crate) fn add_calibration(&self, opened: &Calibration) -> Result<(), StoreError> {
        let key = layout::calibration(&opened.organisation, opened.id);
        let mut batch = Batch::default();
        batch.require_absent(key.clone());
        batch.put_record(key, opened)?;
        self.commit(batch)
    }

    /// Writes a calibration session anew; conflicts if it is not the one that was read.
    pub(crate) fn replace_calibration(
        &self,
        held: &Stored<Calibration>,
        changed: &Calibration,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }

    /// Lists what was given in a calibration session.
    pub(crate) fn sheets(&self, id: CalibrationId) -> Result<Vec<Sheet>, StoreError> {
        let found = self.read_all(&layout::calibration_sheets(id), b"", REVIEWERS)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// Writes what one reviewer gave, and that the session is closed if they were the last one.
    pub(crate) fn add_sheet(
        &self,
        held: &Stored<Calibration>,
        changed: &Calibration,
        sheet: &Sheet,
    ) -> Result<(), StoreError> {
        let key = layout::calibration_sheet(sheet.calibration, sheet.person);
        let mut batch = Batch::default();
        held.require_unchanged(&mut batch);
        batch.require_absent(key.clone());
        batch.put_record(key, sheet)?;
        batch.put_record(held.key().to_vec(), changed)?;
        self.commit(batch)
    }
}

/// With ten tries in thirty days, those of eight years.
const TRIES: usize = 1_000;
