//! What is told of endorsements: events in the trails of those they concern, and letters.

use super::{Endorsement, Showing, State, Subject};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{OrganisationId, PersonId};
use crate::letter::site_name;
use crate::mail::{self, Letter};
use crate::page::PageRequest;
use crate::person::Person;
use crate::rights::{Action, Who};
use crate::text::Prose;
use schemas::timestamp::Timestamp;

/// Records what was done in the trail of the endorser, and of the owner where it is the owner's business.
pub(super) fn record(
    app: &App,
    batch: &mut Batch,
    endorsement: &Endorsement,
    kind: EventKind,
    (by, now): (PersonId, Timestamp),
) -> Result<(), Error> {
    let owner = Some(&endorsement.owner).filter(|_| endorsement.concerns_owner());
    for organisation in [&endorsement.endorser].into_iter().chain(owner) {
        let done = Event {
            organisation: organisation.clone(),
            kind,
            actor: Actor::Person(by),
            about: About::Endorsement(endorsement.id),
            reason: None,
            at: now,
        };
        event::record(app, batch, done)?;
    }
    Ok(())
}

/// Tells those who may answer that their organisation is asked.
pub(super) fn write_to_endorser(
    app: &App,
    batch: &mut Batch,
    endorsement: &Endorsement,
    subject: &Subject,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(request) = &endorsement.request else {
        return Ok(());
    };
    let (endorser, owner) = (&endorsement.endorser, &endorsement.owner);
    let (endorser_name, owner_name) = (name(app, endorser)?, name(app, owner)?);
    let what = what(endorsement, subject, &owner_name);
    let page = format!(
        "{}/organisations/{endorser}/endorsements/{}",
        app.site.base(),
        endorsement.id
    );
    for officer in who_may(app, endorser, Action::Endorse)? {
        let letter = Letter {
            subject: format!("{endorser_name} is asked to endorse {}", subject.title),
            text: format!(
                "Dear {},\n\n{endorser_name} is asked to endorse {what}. The message:\n\n{}\n\nRead it, and \
                 give the endorsement or decline:\n\n{page}\n",
                officer.name, request.message
            ),
        };
        mail::queue(app, batch, officer.primary(), letter, now)?;
    }
    Ok(())
}

/// Tells whoever asked that the organisation would rather not.
pub(super) fn write_to_asker(
    app: &App,
    batch: &mut Batch,
    endorsement: &Endorsement,
    now: Timestamp,
) -> Result<(), Error> {
    let (Some(asker), State::Declined { reason, .. }) =
        (asker(app, endorsement)?, &endorsement.state)
    else {
        return Ok(());
    };
    let endorser = name(app, &endorsement.endorser)?;
    let title = Subject::of(app, &endorsement.subject)?.title;
    let letter = Letter {
        subject: format!("{endorser} has declined to endorse {title}"),
        text: format!(
            "Dear {},\n\n{endorser} has declined to endorse {title}. The reason given:\n\n{reason}\n",
            asker.name
        ),
    };
    Ok(mail::queue(app, batch, asker.primary(), letter, now)?)
}

/// Tells whoever asked, and whoever it is for, that an endorsement was given.
pub(super) fn write_of_gift(
    app: &App,
    batch: &mut Batch,
    given: &Endorsement,
    now: Timestamp,
) -> Result<(), Error> {
    let subject = Subject::of(app, &given.subject)?;
    let endorser = name(app, &given.endorser)?;
    let is_offer = given.showing() == Some(Showing::Offered);
    let told = told(app, given, &subject, is_offer)?;
    for person in told {
        let (means, page) = match is_offer {
            true => (
                "Nobody else sees it unless you want it to be shown. Read it, and say so:",
                answering_page(app, given),
            ),
            false => (
                "It is shown at its own address, and can be hidden at any time:",
                app.site.endorsement(given.id),
            ),
        };
        let letter = Letter {
            subject: format!("{endorser} endorses {}", subject.title),
            text: format!(
                "Dear {},\n\n{endorser} endorses {}. {means}\n\n{page}\n",
                person.name,
                whose(given, &subject)
            ),
        };
        mail::queue(app, batch, person.primary(), letter, now)?;
    }
    Ok(())
}

/// Tells those who showed an endorsement that it counts no more.
pub(super) fn write_of_withdrawal(
    app: &App,
    batch: &mut Batch,
    withdrawn: &Endorsement,
    reason: &Prose,
    now: Timestamp,
) -> Result<(), Error> {
    let showing = withdrawn.showing();
    if !showing.is_some_and(Showing::is_public) {
        return Ok(());
    }
    let subject = Subject::of(app, &withdrawn.subject)?;
    let endorser = name(app, &withdrawn.endorser)?;
    let in_badges = match showing {
        Some(Showing::InEveryBadge) => {
            "\n\nIt stands in badges that were signed since you wanted it there. Verifiers tell that it is \
             withdrawn, and do not call those badges verified until they are signed again: change them all at \
             once with “Correct”.\n\n"
        }
        _ => " ",
    };
    let page = app.site.endorsement(withdrawn.id);
    for person in told(app, withdrawn, &subject, true)? {
        let letter = Letter {
            subject: format!(
                "{endorser} has withdrawn its endorsement of {}",
                subject.title
            ),
            text: format!(
                "Dear {},\n\n{endorser} has withdrawn its endorsement of {}.{in_badges}The reason given:\n\n\
                 {reason}\n\n{page}\n",
                person.name,
                whose(withdrawn, &subject)
            ),
        };
        mail::queue(app, batch, person.primary(), letter, now)?;
    }
    Ok(())
}

/// Who is told of an endorsement: its asker, the holder of the badge it is about, and those who have to answer.
fn told(
    app: &App,
    endorsement: &Endorsement,
    subject: &Subject,
    owners_too: bool,
) -> Result<Vec<Person>, Error> {
    let mut told = Vec::new();
    told.extend(asker(app, endorsement)?);
    match subject.holder {
        Some(holder) => told.extend(app.store.person(holder)?),
        None if owners_too => {
            let action = Action::AnswerEndorsements;
            told.extend(who_may(app, &endorsement.owner, action)?);
        }
        None => {}
    }
    told.sort_by_key(|person| person.id);
    told.dedup_by_key(|person| person.id);
    Ok(told)
}

fn asker(app: &App, endorsement: &Endorsement) -> Result<Option<Person>, Error> {
    match &endorsement.request {
        Some(request) => Ok(app.store.person(request.by)?),
        None => Ok(None),
    }
}

/// Some of those in an organisation whose role lets them do this.
fn who_may(app: &App, organisation: &OrganisationId, action: Action) -> Result<Vec<Person>, Error> {
    let (mut found, mut asked) = (Vec::new(), PageRequest::most());
    loop {
        let page = app.store.members(organisation, &asked)?;
        for member in page.items {
            let mut roles = member.roles.iter().map(|role| Who::Role(*role));
            if roles.any(|role| action.rule().who.contains(&role)) {
                found.extend(app.store.person(member.person)?);
            }
        }
        match page.next {
            Some(next) if found.len() < LETTERS => asked.cursor = Some(next),
            _ => break,
        }
    }
    found.truncate(LETTERS);
    Ok(found)
}

/// Where whoever it is for says whether it is shown.
fn answering_page(app: &App, given: &Endorsement) -> String {
    let base = app.site.base();
    match given.subject {
        super::Endorsed::Badge(badge) => format!("{base}/my/badges/{badge}/endorsements"),
        _ => format!("{base}/organisations/{}/received-endorsements", given.owner),
    }
}

/// What is to be endorsed, for those who do not know it.
fn what(endorsement: &Endorsement, subject: &Subject, owner: &str) -> String {
    match endorsement.subject {
        super::Endorsed::MicroCredential(_) => {
            format!("the micro-credential “{}” of {owner}", subject.title)
        }
        super::Endorsed::Issuer(_) => format!("{owner} as an issuer"),
        super::Endorsed::Badge(_) => {
            format!(
                "somebody's badge for “{}”, issued by {owner}",
                subject.title
            )
        }
    }
}

/// The same for those who know it.
fn whose(endorsement: &Endorsement, subject: &Subject) -> String {
    match endorsement.subject {
        super::Endorsed::MicroCredential(_) => format!("“{}”", subject.title),
        super::Endorsed::Issuer(_) => subject.title.clone(),
        super::Endorsed::Badge(_) => format!("a badge for “{}”", subject.title),
    }
}

fn name(app: &App, organisation: &OrganisationId) -> Result<String, Error> {
    let found = app.store.organisation(organisation)?;
    match found {
        Some(found) => Ok(found.profile.name.to_string()),
        None => site_name(app),
    }
}

/// As many letters as one event writes; whoever is not among them finds it on the page.
const LETTERS: usize = 20;
