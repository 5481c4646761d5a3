//! The audit trail of an organisation: who did what, and when, the last first.

use super::{EventKind, Recorded};
use crate::app::App;
use crate::error::Error;
use crate::id::{BadgeId, OrganisationId, PersonId};
use crate::page::{Page, PageRequest};
use schemas::timestamp::Timestamp;

/// Which events of an organisation are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind alone.
    pub kind: Option<EventKind>,
    /// By this person alone.
    pub actor: Option<PersonId>,
    /// About this badge alone.
    pub badge: Option<BadgeId>,
    /// Not before then.
    pub from: Option<Timestamp>,
    /// Not after then.
    pub until: Option<Timestamp>,
}

/// Reads one page of what was done, the last first.
pub fn trail(
    app: &App,
    organisation: &OrganisationId,
    filter: &Filter,
    asked: &PageRequest,
) -> Result<Page<Recorded>, Error> {
    let mut filter = filter.clone();
    if let Some(actor) = filter.actor {
        // Whoever was joined to another account is found under both identifiers.
        filter.actor = Some(app.store.person(actor)?.map_or(actor, |known| known.id));
    }
    let is_asked_for = |recorded: &Recorded| -> Result<bool, crate::store::StoreError> {
        let event = &recorded.event;
        let by_them = match (filter.actor, event.actor.person()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(actor)) => {
                let present = app.store.person(actor)?.map_or(actor, |known| known.id);
                actor == wanted || present == wanted
            }
        };
        Ok(by_them
            && event.organisation == *organisation
            && filter.kind.is_none_or(|kind| kind == event.kind)
            && filter.from.is_none_or(|from| from <= event.at)
            && filter.until.is_none_or(|until| event.at <= until))
    };
    let keep = |recorded: Recorded| Ok(is_asked_for(&recorded)?.then_some(recorded));
    Ok(match filter.badge {
        Some(badge) => app.store.events_about(badge, asked, keep)?,
        None => {
            let times = (filter.from, filter.until);
            app.store.events(organisation, times, asked, keep)?
        }
    })
}
