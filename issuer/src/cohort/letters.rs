//! The letters of cohorts, in plain text. Nothing that was said stands in them: it is read where it was said.

use super::Cohort;
use super::people::Letters;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::letter::site_name;
use crate::link::LinkSecret;
use crate::mail::{self, Letter};
use crate::person::Email;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;

/// What there is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Somebody replied to what they said.
    Reply,
    /// A facilitator answered their request for help.
    Answer,
    /// Somebody asks the facilitators for help.
    Request,
    /// A member shows a facilitator a draft.
    Draft,
}

/// Tells a member of the organisation that they may join.
pub fn invited(app: &App, cohort: &Cohort) -> Result<Letter, Error> {
    let (site, page) = (site_name(app)?, format!("{}/my", app.site.base()));
    let organisation = app.store.organisation(&cohort.organisation)?;
    let organisation = organisation.ok_or(Error::Missing("an organisation"))?;
    let (name, by) = (&cohort.about.name, &organisation.profile.name);
    Ok(Letter {
        subject: format!("{by} invites you to a cohort"),
        text: format!(
            "{by} invites you at {site} to the cohort {name}, where people who earn micro-credentials talk to each \
             other.\n\nYou can join, or say no, here:\n\n{page}\n\nYou are in it only if you join, and you can leave \
             at any time.\n"
        ),
    })
}

/// Asks somebody to facilitate. Nothing in it is the asker's own words.
pub fn appointed(app: &App, cohort: &Cohort, secret: &LinkSecret) -> Result<Letter, Error> {
    let site = site_name(app)?;
    let organisation = app.store.organisation(&cohort.organisation)?;
    let by = organisation.ok_or(Error::Missing("an organisation"))?;
    let (by, address) = (by.profile.name, app.site.cohort_invitation(secret));
    Ok(Letter {
        subject: format!("{by} asks you to facilitate a cohort"),
        text: format!(
            "{by} asks you to facilitate a cohort at {site}: to answer educators who earn micro-credentials and are \
             stuck.\n\nOpen this link to see which:\n\n{address}\n\nYou will be asked to sign in. The link is for \
             you alone, and it is good for 30 days. If you would rather not, you need do nothing.\n"
        ),
    })
}

/// The letter that says to somebody that there is something to read, if they are in the cohort, want to be told and
/// were not just now. It is made once, and queued with its cause however often that is tried.
pub fn due(
    app: &App,
    cohort: &Cohort,
    whom: PersonId,
    news: News,
    now: Timestamp,
) -> Result<Option<Due>, Error> {
    let there = app.store.participant(cohort.id, whom)?;
    let wants = there.is_some_and(|there| there.value.choices.letters == Letters::Wanted);
    let Some(person) = app.store.person(whom)?.filter(|_| wants) else {
        return Ok(None);
    };
    if !app.cohort_limits.may_write_to(person.id, now) {
        return Ok(None);
    }
    let base = format!("{}/cohorts/{}", app.site.base(), cohort.id);
    let (help, requests) = (format!("{base}/help"), format!("{base}/requests"));
    let (what, page) = match news {
        News::Reply => ("there is a reply to what you said", base.clone()),
        News::Answer => ("there is an answer to your request for help", help),
        News::Request => ("somebody asks for help", requests),
        News::Draft => ("somebody shows you a draft", requests),
    };
    let name = &cohort.about.name;
    let letter = Letter {
        subject: format!("New in {name}"),
        text: format!(
            "Dear {},\n\nin the cohort {name} {what}:\n\n{page}\n\nYou asked for these letters, and get at most one \
             an hour. You can have them stopped here:\n\n{base}/people\n",
            person.name
        ),
    };
    Ok(Some(Due {
        to: person.primary().clone(),
        letter,
    }))
}

/// A letter that goes with its cause.
#[derive(Clone)]
pub struct Due {
    to: Email,
    letter: Letter,
}

impl Due {
    /// Queues it in the batch of its cause.
    pub fn queue(&self, app: &App, batch: &mut Batch, now: Timestamp) -> Result<(), StoreError> {
        mail::queue(app, batch, &self.to, self.letter.clone(), now)
    }
}
