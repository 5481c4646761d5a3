//! What is told of a badge that something happens to: a letter to its earner, and an event.

use super::Badge;
use super::history::What;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::PersonId;
use crate::letter::site_name;
use crate::mail::{self, Letter};
use crate::person::Person;
use crate::text::Prose;
use crate::wording;
use schemas::timestamp::Timestamp;

/// What happens to a badge.
pub struct News<'a> {
    /// The badge.
    pub badge: &'a Badge,
    /// What.
    pub what: What,
    /// Who does it.
    pub by: PersonId,
    /// Why.
    pub reason: &'a Prose,
    /// When.
    pub at: Timestamp,
}

/// Tells what happens to a badge, in the commit that does it: its earner by mail, and the trail of its issuer.
pub fn tell(app: &App, batch: &mut Batch, news: &News<'_>) -> Result<(), Error> {
    let earner = app.store.person(news.badge.earner)?;
    let earner = earner.ok_or(Error::Missing("an earner"))?;
    let letter = happened(app, &earner, news)?;
    mail::queue(app, batch, earner.primary(), letter, news.at)?;
    let done = Event {
        organisation: news.badge.organisation.clone(),
        kind: match news.what {
            What::Issued => EventKind::BadgeIssued,
            What::Corrected => EventKind::BadgeCorrected,
            What::Renewed => EventKind::BadgeRenewed,
            What::Suspended => EventKind::BadgeSuspended,
            What::Reinstated => EventKind::BadgeReinstated,
            What::Revoked => EventKind::BadgeRevoked,
        },
        actor: Actor::Person(news.by),
        about: About::Badge(news.badge.id),
        reason: Some(news.reason.clone()),
        at: news.at,
    };
    Ok(event::record(app, batch, done)?)
}

fn happened(app: &App, earner: &Person, news: &News<'_>) -> Result<Letter, Error> {
    let (title, issuer, own) = said_of(app, news.badge)?;
    let reason = news.reason;
    let (subject, means) = match news.what {
        What::Issued => ("was issued", "It is yours to show."),
        What::Corrected => (
            "was corrected",
            "Its address is the same. Copies that you gave away are replaced by the new edition wherever \
             somebody verifies them; please use the new files from now on.",
        ),
        What::Renewed => (
            "was renewed",
            "Its address is the same. Copies that you gave away are replaced by the new edition wherever \
             somebody verifies them; please use the new files from now on.",
        ),
        What::Suspended => (
            "was suspended",
            "Until this is decided it does not count, and whoever verifies it is told so.",
        ),
        What::Reinstated => (
            "counts again",
            "Its address is the same; please use the new files from now on.",
        ),
        What::Revoked => (
            "was revoked",
            "It does not count any more, and whoever verifies it is told so.",
        ),
    };
    let text = format!(
        "Dear {},\n\nyour badge “{title}” {subject} by {issuer}.\n\nThe reason given: {reason}\n\n{means}\n\n\
         {own}\n\nIf you think that this is a mistake, please write to {issuer}.\n",
        earner.name
    );
    Ok(Letter {
        subject: format!("Your badge “{title}” {subject}"),
        text,
    })
}

/// Reminds its earner that a badge ends.
pub fn expires(
    app: &App,
    earner: &Person,
    badge: &Badge,
    until: Timestamp,
) -> Result<Letter, Error> {
    let (title, issuer, own) = said_of(app, badge)?;
    let (day, site) = (wording::day(until), site_name(app)?);
    let found = app.store.micro_credential(&badge.micro_credential)?;
    let renewal = found.and_then(|found| found.content.renewal);
    let renewal = renewal.map_or_else(
        || format!("If you want it to be renewed, please write to {issuer}."),
        |renewal| format!("How it is renewed:\n\n{renewal}"),
    );
    Ok(Letter {
        subject: format!("Your badge “{title}” is valid until {day}"),
        text: format!(
            "Dear {},\n\nyour badge “{title}” from {issuer} is valid until {day}.\n\n{renewal}\n\n{own}\n\n\
             You get this message because you hold a badge at {site}.\n",
            earner.name
        ),
    })
}

/// What a badge is called, who issued it, and where its holder finds it.
fn said_of(app: &App, badge: &Badge) -> Result<(String, String, String), Error> {
    let earned = app.store.micro_credential(&badge.micro_credential)?;
    let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
    let issuer = app.store.organisation(&badge.organisation)?;
    let issuer = issuer.ok_or(Error::Missing("an organisation"))?;
    Ok((
        earned.content.name.to_string(),
        issuer.profile.name.to_string(),
        format!("{}/my/badges/{}", app.site.base(), badge.id),
    ))
}
