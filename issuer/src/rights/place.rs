//! Where something is done, by the values in an address.

use crate::app::App;
use crate::error::Error;
use crate::id::{CohortId, MicroCredentialId, OrganisationId, PersonId, SubmissionId};
use crate::submission::{State, Submission};
use std::str::FromStr;

/// Where something is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The organisation it belongs to.
    pub organisation: Option<OrganisationId>,
    /// The person whose it is.
    pub owner: Option<PersonId>,
    /// The submission whose draft is shown, if that is what it is.
    pub submission: Option<SubmissionId>,
    /// The cohort, if it is one or in one.
    pub cohort: Option<CohortId>,
}

impl Place {
    /// The place that an address names by the values in it; a value that names nothing leads nowhere.
    ///
    /// The names that count are `organisation`, `person`, `micro_credential`, `submission`, `draft`,
    /// `cohort`, `upload`, `badge`, `hosted` and `portfolio`.
    pub fn of<'a>(
        app: &App,
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Place, Error> {
        let mut place = Place::default();
        for (name, value) in values {
            match name {
                "organisation" => {
                    let id: OrganisationId = read(value)?;
                    let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
                    place.organisation = Some(found.id);
                }
                "person" => place.owner = Some(present(app, read(value)?)?),
                "micro_credential" => {
                    let id: MicroCredentialId = read(value)?;
                    let found = app.store.micro_credential(&id)?.ok_or(Error::NotFound)?;
                    place.organisation = Some(found.organisation);
                }
                "submission" => {
                    let held = app.store.submission_held(read(value)?)?;
                    let submission = held.ok_or(Error::NotFound)?.value;
                    place.owner = Some(present(app, submission.earner)?);
                    place.organisation = known_to(submission);
                }
                // To those who are shown a draft it is nothing but that.
                "draft" => place.submission = Some(read(value)?),
                "cohort" => {
                    let held = app.store.cohort_held(read(value)?)?;
                    let cohort = held.ok_or(Error::NotFound)?.value;
                    place.organisation = Some(cohort.organisation);
                    place.cohort = Some(cohort.id);
                }
                "upload" => {
                    let held = app.store.upload_held(read(value)?)?;
                    let upload = held.ok_or(Error::NotFound)?.value;
                    place.owner = Some(present(app, upload.owner)?);
                }
                "badge" => {
                    let badge = app.store.badge(read(value)?)?.ok_or(Error::NotFound)?;
                    place.organisation = Some(badge.organisation);
                    place.owner = Some(present(app, badge.earner)?);
                }
                "portfolio" => {
                    let held = app.store.portfolio(read(value)?)?;
                    let portfolio = held.ok_or(Error::NotFound)?.value;
                    place.owner = Some(present(app, portfolio.person)?);
                }
                "hosted" => {
                    let held = app.store.hosted_held(read(value)?)?;
                    let hosted = held.ok_or(Error::NotFound)?.value;
                    place.owner = Some(present(app, hosted.person)?);
                }
                _ => {}
            }
        }
        Ok(place)
    }
}

/// The organisation that knows of a submission. What was never handed in, or was taken back, is nobody's
/// business but the earner's: to members it does not exist.
fn known_to(submission: Submission) -> Option<OrganisationId> {
    match submission.state {
        State::Withdrawn => None,
        _ if submission.versions == 0 => None,
        _ => Some(submission.organisation),
    }
}

/// The identifier a person has now: their account may have been joined to another.
fn present(app: &App, person: PersonId) -> Result<PersonId, Error> {
    let found = app.store.person(person)?;
    Ok(found.map_or(person, |found| found.id))
}

fn read<T: FromStr>(value: &str) -> Result<T, Error> {
    value.parse().map_err(|_| Error::NotFound)
}
