//! An organisation's register: every badge it issued, for those who look after them.

use super::{Badge, BadgeState};
use crate::app::App;
use crate::error::Error;
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::page::{Page, PageRequest};
use crate::store::StoreError;
use schemas::timestamp::Timestamp;
use std::collections::HashMap;

/// Which badges are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those for this version of a micro-credential.
    pub micro_credential: Option<MicroCredentialId>,
    /// Those that stand so.
    pub state: Option<BadgeState>,
    /// Those that were issued for the first time at this moment or later.
    pub issued_from: Option<Timestamp>,
    /// Those that were issued for the first time before this moment.
    pub issued_before: Option<Timestamp>,
    /// Those with this in the name of their earner or of what was earned.
    pub words: Option<String>,
}

/// A badge as it stands in the register.
#[derive(Debug, Clone)]
pub struct Row {
    /// The badge.
    pub badge: Badge,
    /// What was earned.
    pub title: String,
    /// Who earned it.
    pub earner: String,
    /// How it stands.
    pub state: BadgeState,
}

/// Reads a page of the register, the badge that was issued last first.
pub fn page(
    app: &App,
    organisation: &OrganisationId,
    filter: &Filter,
    asked: &PageRequest,
    now: Timestamp,
) -> Result<Page<Row>, Error> {
    let mut names = Names::default();
    let found = app.store.badges_by(organisation, asked, |badge| {
        filter.keeps(app, badge, &mut names, now)
    })?;
    let rows = found.items.into_iter().map(|badge| {
        Ok(Row {
            title: names.title(app, &badge.micro_credential)?,
            earner: names.earner(app, badge.earner)?,
            state: badge.state(now),
            badge,
        })
    });
    Ok(Page {
        items: rows.collect::<Result<_, StoreError>>()?,
        next: found.next,
    })
}

impl Filter {
    fn keeps(
        &self,
        app: &App,
        badge: &Badge,
        names: &mut Names,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let issued = badge.first().issued;
        let fits = self
            .micro_credential
            .as_ref()
            .is_none_or(|wanted| badge.micro_credential == *wanted)
            && self.state.is_none_or(|wanted| badge.state(now) == wanted)
            && self.issued_from.is_none_or(|from| from <= issued)
            && self.issued_before.is_none_or(|before| issued < before);
        let Some(words) = self.words.as_ref().filter(|_| fits) else {
            return Ok(fits);
        };
        let words = words.trim().to_lowercase();
        let holds = |text: String| text.to_lowercase().contains(&words);
        Ok(holds(names.earner(app, badge.earner)?)
            || holds(names.title(app, &badge.micro_credential)?))
    }
}

/// The names that were looked up for a page.
#[derive(Default)]
struct Names {
    earners: HashMap<PersonId, String>,
    titles: HashMap<MicroCredentialId, String>,
}

impl Names {
    fn earner(&mut self, app: &App, id: PersonId) -> Result<String, StoreError> {
        if let Some(known) = self.earners.get(&id) {
            return Ok(known.clone());
        }
        let found = app.store.person(id)?;
        let name = found.map_or_else(String::new, |person| person.name.to_string());
        self.earners.insert(id, name.clone());
        Ok(name)
    }

    fn title(&mut self, app: &App, id: &MicroCredentialId) -> Result<String, StoreError> {
        if let Some(known) = self.titles.get(id) {
            return Ok(known.clone());
        }
        let found = app.store.micro_credential(id)?;
        let title = found.map_or_else(|| id.to_string(), |found| found.content.name.to_string());
        self.titles.insert(id.clone(), title.clone());
        Ok(title)
    }
}
