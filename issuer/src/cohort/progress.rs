//! How far the members of a cohort have come who let facilitators see it: never what a review found.

use super::found;
use super::people::{self, Part, Progress};
use crate::app::App;
use crate::error::Error;
use crate::id::{CohortId, MicroCredentialId, PersonId};
use crate::micro_credential;
use crate::submission::{self, Outline, Submission};
use crate::text::Line;

/// How far one member has come.
#[derive(Debug, Clone)]
pub struct Way {
    /// Who it is.
    pub person: PersonId,
    /// What they are called.
    pub name: Line,
    /// What they have begun, and is not decided.
    pub works: Vec<Outline>,
}

/// Lists how far members have come who let facilitators see it, in the order of names.
pub fn of_cohort(app: &App, id: CohortId) -> Result<Vec<Way>, Error> {
    let cohort = found(app, id)?;
    let mut ways = Vec::new();
    for (one, name) in people::people(app, id)? {
        if one.part != Part::Member || one.choices.progress != Progress::Shown {
            continue;
        }
        let mut works = Vec::new();
        for submission in app.store.all_submissions_of(one.person)? {
            let concerns = match cohort.about.lines.as_slice() {
                [] => submission.organisation == cohort.organisation,
                lines => is_of(app, &submission, lines)?,
            };
            if concerns {
                works.extend(submission::outline(app, &submission)?);
            }
        }
        works.sort_by(|one, other| one.title.cmp(&other.title));
        ways.push(Way {
            person: one.person,
            name,
            works,
        });
    }
    Ok(ways)
}

fn is_of(app: &App, submission: &Submission, lines: &[MicroCredentialId]) -> Result<bool, Error> {
    let published = micro_credential::published(app, &submission.micro_credential)?;
    Ok(lines.contains(&published.line))
}
