//! Endorsements as pages show them: to everybody beside what they are about, and to those who have a part in them.

use serde_json::Value;

use super::faces::paragraphs;
use super::form::Form;
use crate::app::App;
use crate::badge::{Viewer, changing};
use crate::endorsement::asking::{self, Whose, Wish};
use crate::endorsement::{
    Endorsed, Endorsement, Gift, Request, SeenBy, Showing, Side, State, Subject, carried,
};
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::page::{Page, PageRequest};
use crate::wording;
use schemas::timestamp::Timestamp;

/// An endorsement beside what it is about.
pub struct Said {
    pub endorser: String,
    pub endorser_path: String,
    pub comment: Vec<String>,
    pub on: String,
    /// Its own page.
    pub path: String,
    /// Where it is verified.
    pub verify: String,
}

impl Said {
    /// Everything that is shown of a thing.
    pub fn of(app: &App, subject: &Endorsed) -> Result<Vec<Said>, Error> {
        let shown = carried::shown(app, subject)?.into_iter();
        let said = shown.map(|(endorsement, credential)| {
            let (endorser, endorser_path) = named(app, &endorsement.endorser)?;
            Ok(Said {
                endorser,
                endorser_path,
                comment: comment(endorsement.gift()),
                on: wording::day(credential.issued()),
                path: format!("/endorsements/{}", endorsement.id),
                verify: verifying(&app.site.endorsement(endorsement.id)),
            })
        });
        said.collect()
    }

    /// The same as they were signed, for documents of what they are about.
    pub fn documents(app: &App, subject: &Endorsed) -> Result<Vec<Value>, Error> {
        let shown = carried::shown(app, subject)?.into_iter();
        let signed = shown.filter_map(|(_, credential)| {
            let document = serde_json::from_str(credential.json());
            document.ok()
        });
        Ok(signed.collect())
    }
}

/// An endorsement as those see it who have a part in it.
pub struct Told {
    pub id: String,
    pub endorser: String,
    pub endorser_path: String,
    pub title: String,
    /// What kind of thing it is, and whose.
    pub what: String,
    /// The page of the thing, if this one may open it.
    pub thing: Option<String>,
    pub step: Step,
    pub on: String,
    /// Who asks, if anybody did.
    pub asker: Option<&'static str>,
    pub message: Vec<String>,
    pub comment: Vec<String>,
    /// Why it was declined or withdrawn.
    pub reason: Vec<String>,
    pub showing: Option<Showing>,
    /// Whether it may stand in badges.
    pub for_badges: bool,
    /// What a badge says that is not for everybody to see, for those who are asked.
    pub badge: Option<BadgeFacts>,
}

/// What those are told of a badge who are asked to endorse it.
pub struct BadgeFacts {
    pub issuer: String,
    pub issued: String,
    /// What the holder is called who asks, or the name on the badge.
    pub holder: Option<String>,
    /// The page of what was earned.
    pub achievement: String,
}

/// What was typed into the form that asks for an endorsement.
#[derive(Clone, Default)]
pub struct Asked {
    pub thing: String,
    pub endorser: String,
    pub message: String,
}

impl Asked {
    /// What a form says.
    pub fn of(form: &Form) -> Asked {
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        Asked {
            thing: text("thing"),
            endorser: text("endorser"),
            message: text("message"),
        }
    }

    /// Asks for what was typed: the holder of a badge for that badge, an organisation for what it names, or for itself.
    pub fn ask(
        &self,
        app: &App,
        by: PersonId,
        whose: &Whose,
        now: Timestamp,
    ) -> Result<Endorsement, Error> {
        let subject = match (whose, self.thing.as_str()) {
            (Whose::Holder(badge), _) => Endorsed::Badge(*badge),
            (Whose::Organisation(own), "") => Endorsed::Issuer(own.clone()),
            (Whose::Organisation(_), thing) => Endorsed::at(app, thing).ok_or_else(not_theirs)?,
        };
        let unchosen = || Error::invalid("/endorser", "please choose an organisation");
        let silent = || Error::invalid("/message", "please tell them what you want, and why");
        let wish = Wish {
            subject,
            endorser: self.endorser.parse().map_err(|_| unchosen())?,
            message: self.message.parse().map_err(|_| silent())?,
        };
        match (asking::ask(app, by, whose, &wish, now), whose) {
            // What is not theirs is not there, and the form says so.
            (Err(Error::NotFound), Whose::Organisation(_)) => Err(not_theirs()),
            (asked, _) => asked,
        }
    }
}

fn not_theirs() -> Error {
    let message = "there is nothing of yours at this address that could be endorsed";
    Error::invalid("/thing", message)
}

/// The organisations that can be asked by this one, by name.
pub fn choices(app: &App, but: &OrganisationId) -> Result<Vec<(String, String)>, Error> {
    let found = app.store.organisations(None, LISTED)?.into_iter();
    let others = found.filter(|one| one.id != *but);
    let mut named: Vec<_> = others
        .map(|one| (one.id.to_string(), one.profile.name.to_string()))
        .collect();
    named.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(named)
}

/// A state has some hundred districts.
const LISTED: usize = 1_000;

/// How far an endorsement has come, for people.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Asked,
    Declined,
    Giving,
    Given,
    Withdrawn,
}

impl Told {
    /// What one side sees of endorsements, page by page.
    pub fn seen(
        app: &App,
        by: &SeenBy,
        asked: &PageRequest,
        viewer: Viewer<'_>,
    ) -> Result<Page<Told>, Error> {
        let found = app.store.endorsements_seen(by, asked, |_| true)?;
        let items = found.items.iter().map(|one| Told::of(app, one, viewer));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next: found.next,
        })
    }

    /// Looks up what stands in other records.
    pub fn of(app: &App, endorsement: &Endorsement, viewer: Viewer<'_>) -> Result<Told, Error> {
        let subject = Subject::of(app, &endorsement.subject)?;
        let (endorser, endorser_path) = named(app, &endorsement.endorser)?;
        let owner = named(app, &endorsement.owner)?.0;
        let (thing, badge) = match &endorsement.subject {
            Endorsed::Badge(id) => {
                let badge = app.store.badge(*id)?.ok_or(Error::NotFound)?;
                let is_visible = badge.is_visible_to(viewer);
                let issued = app.store.issued(*id, badge.current().number)?;
                let asks = endorsement.request.as_ref();
                let holder = match asks.is_some_and(|asks| asks.side == Side::Holder) {
                    // Whoever asks for themselves says who they are.
                    true => app.store.person(badge.earner)?,
                    false => None,
                };
                let named = holder.map(|holder| holder.name.to_string());
                let facts = issued.map(|issued| BadgeFacts {
                    issuer: owner.clone(),
                    issued: wording::day(badge.first().issued),
                    holder: named.or_else(|| changing::name_on(&issued)),
                    achievement: format!("/achievements/{}", badge.micro_credential),
                });
                (is_visible.then(|| endorsement.subject.path()), facts)
            }
            other => (Some(other.path()), None),
        };
        let request = endorsement.request.as_ref();
        Ok(Told {
            id: endorsement.id.to_string(),
            endorser,
            endorser_path,
            what: what(&endorsement.subject, &owner),
            title: subject.title,
            thing,
            step: Step::of(&endorsement.state),
            on: wording::day(endorsement.issued().map_or(endorsement.begun, |one| one.at)),
            asker: request.map(|request| asker(request, endorsement)),
            message: request.map_or_else(Vec::new, |one| paragraphs(one.message.as_str())),
            comment: comment(endorsement.gift()),
            reason: reason(&endorsement.state),
            showing: endorsement.showing(),
            for_badges: !endorsement.is_for_holder(),
            badge,
        })
    }

    /// How it stands, in a word or two.
    pub fn standing(&self) -> &'static str {
        match (self.step, self.showing) {
            (Step::Asked, _) => "Waits for an answer",
            (Step::Declined, _) => "Declined",
            (Step::Giving, _) => "Being signed",
            (Step::Withdrawn, _) => "Withdrawn",
            (Step::Given, Some(Showing::Offered)) => "Offered",
            (Step::Given, Some(Showing::InEveryBadge)) => "In every badge",
            (Step::Given, Some(Showing::Hidden)) => "Hidden",
            (Step::Given, _) => "Shown",
        }
    }

    /// Whether it counts.
    pub fn is_given(&self) -> bool {
        self.step == Step::Given
    }

    /// Whether it counts, and others see it.
    pub fn is_public(&self) -> bool {
        self.is_given() && self.showing.is_some_and(Showing::is_public)
    }

    /// Whether it waits for its endorser.
    pub fn is_asked(&self) -> bool {
        self.step == Step::Asked
    }

    /// Whether it is shown like this.
    pub fn is_shown(&self, showing: &str) -> bool {
        self.showing.is_some_and(|known| known.name() == showing)
    }
}

impl Step {
    fn of(state: &State) -> Step {
        match state {
            State::Asked => Step::Asked,
            State::Declined { .. } => Step::Declined,
            State::Giving { .. } => Step::Giving,
            State::Given { .. } => Step::Given,
            State::Withdrawn { .. } => Step::Withdrawn,
        }
    }
}

impl Showing {
    /// The word for it in forms and documents.
    pub fn name(self) -> &'static str {
        match self {
            Showing::Offered => "offered",
            Showing::ByAddress => "by_address",
            Showing::InEveryBadge => "in_every_badge",
            Showing::Hidden => "hidden",
        }
    }

    /// Reads the word for what somebody can choose.
    pub fn chosen(text: &str) -> Result<Showing, Error> {
        let choices = [Showing::ByAddress, Showing::InEveryBadge, Showing::Hidden];
        let found = choices.into_iter().find(|known| known.name() == text);
        found.ok_or_else(|| {
            let message = "choose by_address, in_every_badge or hidden";
            Error::invalid("/showing", message)
        })
    }
}

fn what(subject: &Endorsed, owner: &str) -> String {
    match subject {
        Endorsed::MicroCredential(_) => format!("Micro-credential of {owner}"),
        Endorsed::Issuer(_) => "Issuer of badges".to_owned(),
        Endorsed::Badge(_) => format!("Badge issued by {owner}"),
    }
}

fn asker(request: &Request, endorsement: &Endorsement) -> &'static str {
    match (request.side, endorsement.is_for_holder()) {
        (Side::Holder, _) => "The holder asks",
        (Side::Organisation, true) => "The issuer asks",
        (Side::Organisation, false) => "Its organisation asks",
    }
}

fn comment(gift: Option<&Gift>) -> Vec<String> {
    gift.map_or_else(Vec::new, |gift| paragraphs(gift.comment.as_str()))
}

fn reason(state: &State) -> Vec<String> {
    match state {
        State::Declined { reason, .. } => paragraphs(reason.as_str()),
        State::Withdrawn { withdrawal, .. } => paragraphs(withdrawal.reason.as_str()),
        _ => Vec::new(),
    }
}

/// The page that verifies what stands at an address.
fn verifying(url: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("/verify?{}", query.append_pair("url", url).finish())
}

/// What an organisation is called, and where its page is.
pub fn named(app: &App, id: &OrganisationId) -> Result<(String, String), Error> {
    let found = app.store.organisation(id)?.ok_or(Error::NotFound)?;
    let path = format!("/organisations/{id}");
    Ok((found.profile.name.to_string(), path))
}
