//! Portfolios: what somebody shows of what they have earned and learned, put together by themselves.
//!
//! A portfolio shows no more than its items show on their own: a badge appears in it to strangers as long
//! as strangers may see that badge, whatever the portfolio says.

use crate::app::App;
use crate::badge::{Badge, BadgeState, Viewer, Visibility};
use crate::error::Error;
use crate::id::{BadgeId, LearningId, MicroCredentialId, PersonId, PortfolioId};
use crate::learning::{self, Entry};
use crate::person::Person;
use crate::store::Stored;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody shows of what they have earned and learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    /// The last part of its address, which cannot be guessed.
    pub id: PortfolioId,
    /// Whose it is.
    pub person: PersonId,
    /// What it says and shows.
    pub content: Content,
}

/// What a portfolio says and shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its heading.
    pub title: Line,
    /// What its owner says before anything else.
    pub introduction: Option<Prose>,
    /// Whether it says whose it is.
    pub name: NameShown,
    /// Who may see it. A private one exists for its owner alone.
    pub visibility: Visibility,
    /// The badges it shows.
    pub badges: BTreeSet<BadgeId>,
    /// The entries of the learning log that it shows.
    pub learning: BTreeSet<LearningId>,
}

/// Whether a portfolio says whose it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameShown {
    /// It shows the name of the account.
    Shown,
    /// It does not.
    #[default]
    Withheld,
}

impl Content {
    /// A portfolio that shows nothing yet, and that to its owner alone.
    pub fn begun(title: Line) -> Content {
        Content {
            title,
            introduction: None,
            name: NameShown::Withheld,
            visibility: Visibility::Private,
            badges: BTreeSet::new(),
            learning: BTreeSet::new(),
        }
    }
}

/// A portfolio as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The portfolio.
    pub portfolio: Portfolio,
    /// Its owner's name, where it is shown.
    pub name: Option<Line>,
    /// Its badges, the one that was awarded last first.
    pub badges: Vec<ShownBadge>,
    /// The entries of the learning log, the last day first.
    pub learning: Vec<Entry>,
}

/// A badge in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownBadge {
    /// Its identifier.
    pub id: BadgeId,
    /// The version of the micro-credential that was earned.
    pub micro_credential: MicroCredentialId,
    /// What it is called.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// When it was awarded.
    pub awarded: Timestamp,
    /// How it stands.
    pub state: BadgeState,
}

/// Lists somebody's portfolios.
pub fn all(app: &App, owner: &Person) -> Result<Vec<Portfolio>, Error> {
    Ok(app.store.portfolios_of(owner.id)?)
}

/// Begins one.
pub fn begin(app: &App, owner: &Person, content: Content) -> Result<Portfolio, Error> {
    check(app, owner, &content)?;
    if app.store.portfolios_of(owner.id)?.len() >= PORTFOLIOS {
        return Err(Error::conflict(
            "there are ten portfolios: take one out first",
        ));
    }
    let begun = Portfolio {
        id: PortfolioId::draw(&app.random),
        person: owner.id,
        content,
    };
    app.store.add_portfolio(&begun)?;
    Ok(begun)
}

/// Changes what one of them says and shows.
pub fn change(
    app: &App,
    owner: &Person,
    id: PortfolioId,
    content: Content,
) -> Result<Portfolio, Error> {
    check(app, owner, &content)?;
    let held = held(app, owner, id)?;
    let changed = Portfolio {
        content,
        ..held.value.clone()
    };
    app.store.replace_portfolio(&held, &changed)?;
    Ok(changed)
}

/// Takes one out. What it showed stays as it is.
pub fn remove(app: &App, owner: &Person, id: PortfolioId) -> Result<(), Error> {
    Ok(app.store.remove_portfolio(&held(app, owner, id)?)?)
}

/// Finds one of their own.
pub fn own(app: &App, owner: &Person, id: PortfolioId) -> Result<Portfolio, Error> {
    Ok(held(app, owner, id)?.value)
}

/// Shows a portfolio to whoever may see it. Its owner sees it as strangers do.
pub fn show(
    app: &App,
    id: PortfolioId,
    viewer: Viewer<'_>,
    now: Timestamp,
) -> Result<Shown, Error> {
    let portfolio = app.store.portfolio(id)?.ok_or(Error::NotFound)?.value;
    let is_owner = matches!(viewer, Viewer::Person(person) if person.is(portfolio.person));
    if portfolio.content.visibility == Visibility::Private && !is_owner {
        return Err(Error::NotFound);
    }
    let owner = app.store.person(portfolio.person)?.ok_or(Error::NotFound)?;
    let mut badges = Vec::new();
    for id in &portfolio.content.badges {
        let badge = app.store.badge(*id)?;
        let theirs = badge.filter(|badge| owner.is(badge.earner) && portfolio.may_list(badge));
        if let Some(badge) = theirs {
            badges.push(ShownBadge::of(app, &badge, now)?);
        }
    }
    badges.sort_by_key(|badge| std::cmp::Reverse(badge.awarded));
    let mut learned = learning::all(app, &owner)?;
    learned.retain(|entry| portfolio.content.learning.contains(&entry.id));
    Ok(Shown {
        name: match portfolio.content.name {
            NameShown::Shown => Some(owner.name.clone()),
            NameShown::Withheld => None,
        },
        badges,
        learning: learned,
        portfolio,
    })
}

impl Portfolio {
    /// Whether strangers may be led to a badge from here: what is shared by its address alone is listed on
    /// no page that everybody finds.
    pub fn may_list(&self, badge: &Badge) -> bool {
        match badge.visibility {
            Visibility::Public => true,
            Visibility::Link => self.content.visibility != Visibility::Public,
            Visibility::Private => false,
        }
    }
}

impl ShownBadge {
    fn of(app: &App, badge: &Badge, now: Timestamp) -> Result<ShownBadge, Error> {
        let earned = app.store.micro_credential(&badge.micro_credential)?;
        let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
        let issuer = app.store.organisation(&badge.organisation)?;
        let issuer = issuer.ok_or(Error::Missing("an organisation"))?;
        Ok(ShownBadge {
            id: badge.id,
            micro_credential: badge.micro_credential.clone(),
            title: earned.content.name.to_string(),
            issuer: issuer.profile.name.to_string(),
            awarded: badge.first().issued,
            state: badge.state(now),
        })
    }
}

/// Holds what a portfolio is to show against what its owner has.
fn check(app: &App, owner: &Person, content: &Content) -> Result<(), Error> {
    let many = content.badges.len().max(content.learning.len()) > ITEMS;
    if many {
        let message = format!("a portfolio shows at most {ITEMS} badges and {ITEMS} entries");
        return Err(Error::invalid("/badges", message));
    }
    for (place, id) in content.badges.iter().enumerate() {
        let badge = app.store.badge(*id)?;
        if !badge.is_some_and(|badge| owner.is(badge.earner)) {
            let message = "this is no badge of yours";
            return Err(Error::invalid(format!("/badges/{place}"), message));
        }
    }
    for (place, id) in content.learning.iter().enumerate() {
        if app.store.learning(owner.id, *id)?.is_none() {
            let message = "this is no entry of your learning log";
            return Err(Error::invalid(format!("/learning/{place}"), message));
        }
    }
    Ok(())
}

fn held(app: &App, owner: &Person, id: PortfolioId) -> Result<Stored<Portfolio>, Error> {
    let found = app.store.portfolio(id)?;
    let theirs = found.filter(|found| owner.is(found.value.person));
    theirs.ok_or(Error::NotFound)
}

/// One for a licence, one for a university, and some more.
const PORTFOLIOS: usize = 10;
/// More than anybody reads, and few enough for one record and one page.
const ITEMS: usize = 200;
