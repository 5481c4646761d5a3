//! What joining another account would bring, in the names that people know.

use crate::app::App;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId};
use crate::merge::Overview;

/// What joining another account would bring, as the page shows it.
pub struct Join {
    pub other: String,
    pub emails: Vec<String>,
    pub submissions: Vec<Begun>,
    pub badges: usize,
    pub organisations: Vec<String>,
    pub tokens: usize,
    pub sessions: usize,
    /// What both accounts have a submission for.
    pub twice: Vec<String>,
    pub reviewed_each_other: bool,
}

/// A submission in the other account.
pub struct Begun {
    pub title: String,
    pub path: String,
}

impl Join {
    pub fn of(app: &App, overview: Overview) -> Result<Join, Error> {
        let title = |id: &MicroCredentialId| -> Result<String, Error> {
            let found = app.store.micro_credential(id)?;
            Ok(found.map_or_else(|| id.to_string(), |found| found.content.name.to_string()))
        };
        let name = |id: &OrganisationId| -> Result<String, Error> {
            let found = app.store.organisation(id)?;
            Ok(found.map_or_else(|| id.to_string(), |found| found.profile.name.to_string()))
        };
        let begun = |id: &MicroCredentialId| {
            Ok(Begun {
                title: title(id)?,
                path: format!("/achievements/{id}"),
            })
        };
        let submissions = overview.submissions.iter();
        let memberships = overview.memberships.iter();
        Ok(Join {
            other: overview.other.name.to_string(),
            emails: overview
                .other
                .emails
                .iter()
                .map(ToString::to_string)
                .collect(),
            submissions: submissions
                .map(|submission| begun(&submission.micro_credential))
                .collect::<Result<_, Error>>()?,
            badges: overview.badges,
            organisations: memberships
                .map(|membership| name(&membership.organisation))
                .collect::<Result<_, _>>()?,
            tokens: overview.tokens,
            sessions: overview.sessions,
            twice: overview.twice.iter().map(title).collect::<Result<_, _>>()?,
            reviewed_each_other: overview.reviewed_each_other,
        })
    }
}
