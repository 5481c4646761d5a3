//! Telling earners that their badge is ready, in the commit that records it.
//!
//! Whoever has not opened the account that was made for them gets a link that opens it, good once and
//! for a while; it can be sent again.

use super::{Claimed, Given, claimed};
use crate::app::App;
use crate::award::Award;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId};
use crate::issued::Issued;
use crate::letter;
use crate::link::{CLAIM_LASTS, Link, LinkSecret, Purpose};
use crate::mail::{self, Letter};
use crate::person::Person;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Adds the letter to its earner to the batch that records a new badge: one for each badge, whichever way it
/// was earned. A mailbox is not flooded: who gets many badges at once is told of the first ones.
pub(crate) fn tell(
    app: &App,
    batch: &mut Batch,
    issued: &Issued,
    now: Timestamp,
) -> Result<(), Error> {
    let facts = issued.record();
    let award = app.store.award(facts.award)?;
    let Some(award) = award.filter(|_| facts.edition == 1) else {
        return Ok(());
    };
    let earner = app.store.person(facts.earner)?;
    let earner = earner.ok_or(Error::Missing("an earner"))?;
    if app.link_limits.badge(earner.primary(), now).is_err() {
        return Ok(());
    }
    let ready = Ready {
        badge: facts.badge,
        micro_credential: &facts.micro_credential,
        organisation: &facts.organisation,
        way: Way::of(&award),
    };
    if award.submission.is_some() {
        // Whoever handed work in has a way in already.
        let letter = ready.letter(app, &ready.page(app))?;
        return Ok(mail::queue(app, batch, earner.primary(), letter, now)?);
    }
    ready.write(app, batch, &earner, now)?;
    if claimed(app, &earner)? == Claimed::Waiting {
        let due = now.plus_seconds(PATIENCE);
        app.store.put_claim_reminder(
            batch,
            &Reminder {
                award: facts.award,
                due,
            },
        )?;
    }
    Ok(())
}

/// Reminds once whoever has not opened the account that was made for them, and says how many letters
/// were written. A letter and the note that it is due are one commit: nobody is reminded twice.
pub fn remind(app: &App, now: Timestamp) -> Result<usize, Error> {
    let mut reminded = 0;
    for due in app.store.claim_reminders_due(now, AT_ONCE)? {
        let mut batch = Batch::default();
        app.store.end_claim_reminder(&mut batch, &due);
        if let Some(badge) = app.store.badge_of_award(due.value.award)?
            && let Some(award) = app.store.award(badge.award)?
            && let Some(earner) = app.store.person(badge.earner)?
            && badge.current().revoked.is_none()
            && claimed(app, &earner)? == Claimed::Waiting
        {
            let ready = Ready {
                badge: badge.id,
                micro_credential: &badge.micro_credential,
                organisation: &badge.organisation,
                way: Way::of(&award),
            };
            ready.write(app, &mut batch, &earner, now)?;
            reminded += 1;
        }
        match app.store.commit(batch) {
            // Another process has done it.
            Err(StoreError::Conflict) => {}
            done => done?,
        }
    }
    Ok(reminded)
}

/// That whoever earned something is reminded of it, unless they have looked by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reminder {
    pub(crate) award: AwardId,
    pub(crate) due: Timestamp,
}

/// Sends the letter about an award by hand again. A link that was sent before stays good until one of
/// them is used.
pub fn send_again(app: &App, given: &Given, now: Timestamp) -> Result<(), Error> {
    app.link_limits.letter(given.earner.primary(), now)?;
    let badge = app.store.badge_of_award(given.award.id)?;
    let badge = badge.ok_or(Error::conflict("the badge is not ready yet"))?;
    let ready = Ready {
        badge: badge.id,
        micro_credential: &badge.micro_credential,
        organisation: &badge.organisation,
        way: Way::of(&given.award),
    };
    let mut batch = Batch::default();
    ready.write(app, &mut batch, &given.earner, now)?;
    Ok(app.store.commit(batch)?)
}

/// A badge that is ready.
struct Ready<'a> {
    badge: BadgeId,
    micro_credential: &'a MicroCredentialId,
    organisation: &'a OrganisationId,
    way: Way,
}

/// How a badge was earned.
enum Way {
    /// An officer said so.
    ByHand,
    /// By work that was reviewed.
    Reviewed,
    /// By everything that it takes: the parts of a stack, or a training that was passed.
    Completed,
}

impl Way {
    fn of(award: &Award) -> Way {
        match (&award.by_hand, award.submission) {
            (Some(_), _) => Way::ByHand,
            (None, Some(_)) => Way::Reviewed,
            (None, None) => Way::Completed,
        }
    }
}

impl Ready<'_> {
    fn page(&self, app: &App) -> Opens {
        Opens::Page(format!("{}/my/badges/{}", app.site.base(), self.badge))
    }

    fn write(
        &self,
        app: &App,
        batch: &mut Batch,
        earner: &Person,
        now: Timestamp,
    ) -> Result<(), Error> {
        let opens = match claimed(app, earner)? {
            Claimed::Claimed => self.page(app),
            Claimed::Waiting => {
                let secret = LinkSecret::draw(&app.random);
                let link = Link {
                    purpose: Purpose::Claim { person: earner.id },
                    email: earner.primary().clone(),
                    next: Some(format!("/my/badges/{}", self.badge).parse()?),
                    made: now,
                    used: None,
                };
                app.store.add_link(batch, secret.digest(), &link)?;
                Opens::Account(format!("{}/link/{}", app.site.base(), secret.expose()))
            }
        };
        let letter = self.letter(app, &opens)?;
        Ok(mail::queue(app, batch, earner.primary(), letter, now)?)
    }

    fn letter(&self, app: &App, opens: &Opens) -> Result<Letter, Error> {
        let site = letter::site_name(app)?;
        let earned = app.store.micro_credential(self.micro_credential)?;
        let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
        let issuer = app.store.organisation(self.organisation)?;
        let issuer = issuer
            .ok_or(Error::Missing("an organisation"))?
            .profile
            .name;
        let title = &earned.content.name;
        let how = match opens {
            Opens::Page(address) => {
                format!("This is its page, which only you can open:\n\n{address}\n")
            }
            Opens::Account(address) => format!(
                "An account was made for you at {site}, with this address. Open this link to take it over \
                 and to see your badge:\n\n{address}\n\nThe link is good once, for two weeks; its page can \
                 send you a new one. If you do not know {issuer}, you need do nothing.\n"
            ),
        };
        let why = match self.way {
            Way::ByHand => format!("{issuer} has awarded you the micro-credential {title}."),
            Way::Reviewed => format!(
                "{issuer} has reviewed your work, and you have earned the micro-credential {title}."
            ),
            Way::Completed => format!(
                "You have done everything that it takes, and {issuer} has awarded you the micro-credential \
                 {title}."
            ),
        };
        Ok(Letter {
            subject: format!("Your badge is ready: {title}"),
            text: format!("{why}\n\n{how}\nNobody else sees the badge unless you share it.\n"),
        })
    }
}

/// What the link in the letter opens.
enum Opens {
    /// The badge's page, for somebody who can sign in.
    Page(String),
    /// The account, for somebody who has not opened it yet.
    Account(String),
}

/// As long as the first link was good, in seconds: two weeks.
const PATIENCE: i64 = CLAIM_LASTS;
/// One round; what is left waits for the next, a minute later.
const AT_ONCE: usize = 100;
