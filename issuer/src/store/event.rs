//! What the store knows of events.

use super::{Store, StoreError};
use crate::engine::Batch;
use crate::event::{Event, Recorded};
use crate::id::{BadgeId, EventId, OrganisationId};
use crate::layout;
use crate::page::{Page, PageRequest};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

impl Store {
    /// The place that an event takes among those of its organisation and second.
    ///
    /// It is found by looking, and guarded by nothing: two at the same moment may take one place,
    /// and stand there side by side. A counter that all of an organisation waits for is not worth it.
    pub(crate) fn next_place(&self, batch: &Batch, event: &Event) -> Result<u64, StoreError> {
        let prefix = layout::events_of_second(&event.organisation, event.at);
        let last = self.read_all::<Recorded>(&prefix, b"", 1)?;
        let last = last.first().map(|held| held.value.place);
        // Several of one batch follow each other.
        let here = batch
            .writes()
            .keys()
            .filter(|key| key.starts_with(&prefix))
            .count();
        Ok(last.map_or(0, |last| last + 1) + here as u64)
    }

    /// The place that an event takes among those about a badge; the batch conflicts if another takes it.
    pub(crate) fn next_of_badge(
        &self,
        batch: &mut Batch,
        badge: BadgeId,
    ) -> Result<u64, StoreError> {
        let prefix = layout::events_about(badge);
        let last = self.read_all::<Entry>(&prefix, b"", 1)?;
        let last = last.first().map_or(0, |held| held.value.number);
        let here = batch
            .writes()
            .keys()
            .filter(|key| key.starts_with(&prefix))
            .count();
        let next = last + 1 + here as u64;
        batch.require_absent(layout::event_about(badge, next));
        Ok(next)
    }

    /// Adds an event to a batch.
    pub(crate) fn add_event(&self, batch: &mut Batch, event: &Recorded) -> Result<(), StoreError> {
        let key = layout::event(event);
        batch.require_absent(key.clone());
        batch.put_record(key, event)?;
        if let (Some(badge), Some(number)) = (event.event.about.badge(), event.of_badge) {
            let entry = Entry {
                number,
                at: EventPlace::of(event),
            };
            batch.put_record(layout::event_about(badge, number), &entry)?;
        }
        Ok(())
    }

    /// Finds an event.
    pub(crate) fn event(&self, place: &EventPlace) -> Result<Option<Recorded>, StoreError> {
        let EventPlace {
            organisation,
            at,
            place,
            id,
        } = place;
        let key = layout::event_at(organisation, *at, *place, *id);
        Ok(self.read(&key)?.map(|held| held.value))
    }

    /// Reads one page of the events of an organisation between two times, the last first.
    pub(crate) fn events(
        &self,
        organisation: &OrganisationId,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
        asked: &PageRequest,
        keep: impl FnMut(Recorded) -> Result<Option<Recorded>, StoreError>,
    ) -> Result<Page<Recorded>, StoreError> {
        let first = until.map(|until| layout::events_of_second(organisation, until));
        let end = from.map(|from| layout::events_before(organisation, from));
        let between = (first.unwrap_or_default(), end);
        self.page_between(&layout::events_of(organisation), between, asked, keep)
    }

    /// Reads one page of the events about a badge, the last first.
    pub(crate) fn events_about(
        &self,
        badge: BadgeId,
        asked: &PageRequest,
        mut keep: impl FnMut(Recorded) -> Result<Option<Recorded>, StoreError>,
    ) -> Result<Page<Recorded>, StoreError> {
        self.page(
            &layout::events_about(badge),
            asked,
            |entry: Entry| match self.event(&entry.at)? {
                Some(found) => keep(found),
                None => Ok(None),
            },
        )
    }
}

/// Where an event stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace {
    pub organisation: OrganisationId,
    pub at: Timestamp,
    pub place: u64,
    pub id: EventId,
}

impl EventPlace {
    /// Where this event stands.
    pub fn of(event: &Recorded) -> EventPlace {
        EventPlace {
            organisation: event.event.organisation.clone(),
            at: event.event.at,
            place: event.place,
            id: event.id,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    number: u64,
    at: EventPlace,
}
