//! Awards by hand as the organisation sees them afterwards.

use crate::app::App;
use crate::award::Award;
use crate::error::Error;
use crate::id::{AwardId, OrganisationId};
use crate::page::{Page, PageRequest};
use crate::person::{Person, VerifiedBy};

/// An award by hand as the organisation sees it.
#[derive(Debug, Clone)]
pub struct Given {
    /// The award.
    pub award: Award,
    /// Who earned it.
    pub earner: Person,
    /// Whether the earner has opened the account.
    pub claimed: Claimed,
}

/// Whether somebody has opened the account that was made for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// They have shown that its address is theirs.
    Claimed,
    /// Nobody has opened it yet.
    Waiting,
}

/// Finds an award that an organisation made by hand.
pub fn given(app: &App, organisation: &OrganisationId, id: AwardId) -> Result<Given, Error> {
    let award = app.store.award(id)?.ok_or(Error::NotFound)?;
    match award.organisation == *organisation && award.by_hand.is_some() {
        true => Given::of(app, award),
        false => Err(Error::NotFound),
    }
}

/// Lists what an organisation awarded by hand, the last one first.
pub fn all_given(
    app: &App,
    organisation: &OrganisationId,
    asked: &PageRequest,
) -> Result<Page<Given>, Error> {
    let page = app.store.awards_by_hand(organisation, asked)?;
    let next = page.next;
    let items = page.items.into_iter().map(|award| Given::of(app, award));
    Ok(Page {
        items: items.collect::<Result<_, _>>()?,
        next,
    })
}

impl Given {
    fn of(app: &App, award: Award) -> Result<Given, Error> {
        let earner = app.store.person(award.earner)?;
        let earner = earner.ok_or(Error::Missing("an earner"))?;
        Ok(Given {
            claimed: claimed(app, &earner)?,
            award,
            earner,
        })
    }
}

/// Whether somebody has shown that the address they are written to is theirs.
pub fn claimed(app: &App, person: &Person) -> Result<Claimed, Error> {
    let proof = app.store.email_proof(person.primary())?;
    Ok(match proof {
        Some(proof) if proof.by == VerifiedBy::Registrar => Claimed::Waiting,
        _ => Claimed::Claimed,
    })
}
