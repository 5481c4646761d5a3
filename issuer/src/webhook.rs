//! Webhooks: an organisation's own programs are told what was done, as soon as it was.
//!
//! A delivery is queued in the commit of its event. It may be made twice after a crash, and is never
//! lost; two about the same badge are made in order. What is sent says what was done to what and when,
//! and nothing of anybody: whoever needs more asks for it.

pub mod delivering;
pub mod delivery;
pub mod message;
mod secret;

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{OrganisationId, WebhookId, written_as_text};
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use url::Url;

pub use secret::{Secrets, WebhookSecret};

/// Where an organisation's program wants to be told what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its identifier.
    pub id: WebhookId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Where messages are sent.
    pub address: WebhookAddress,
    /// What it is told of; everything, if none is named.
    pub kinds: BTreeSet<EventKind>,
    /// Whether messages are sent.
    pub state: State,
    /// Since when it is known here.
    pub made: Timestamp,
}

/// Whether messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// They are.
    Active {
        /// Since when.
        since: Timestamp,
    },
    /// They are not. What waits goes on waiting, and nothing is added to it.
    Paused {
        /// Since when.
        since: Timestamp,
        /// Why.
        because: Because,
    },
}

/// Why no messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Somebody wanted it so.
    Asked,
    /// A message was tried for three days in vain.
    GivenUp,
    /// The address answered that it is gone for good (410).
    Gone,
}

/// An address that messages are sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookAddress(Url);

/// Why an address cannot be one that messages are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(&'static str);

impl FromStr for WebhookAddress {
    type Err = AddressError;

    /// Reads an address. Whether it may be called is for the fetcher to judge.
    fn from_str(text: &str) -> Result<WebhookAddress, AddressError> {
        if text.len() > ADDRESS_BYTES {
            return Err(AddressError("this is longer than 2,000 bytes"));
        }
        let url = Url::parse(text.trim()).map_err(|_| AddressError("this is no address"))?;
        if !matches!(url.scheme(), "https" | "http") || !url.has_host() {
            return Err(AddressError("messages are sent to https addresses"));
        }
        // A name and password in an address end up in logs and lists.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError("an address holds no name and no password"));
        }
        if url.fragment().is_some() {
            let sent = "leave out what follows the #: it is never sent";
            return Err(AddressError(sent));
        }
        Ok(WebhookAddress(url))
    }
}

impl fmt::Display for WebhookAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

written_as_text!(WebhookAddress);

impl WebhookAddress {
    /// Reads an address that was handed over.
    pub fn read(text: &str) -> Result<WebhookAddress, Error> {
        text.parse()
            .map_err(|error: AddressError| Error::invalid("/address", error.0))
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// What a webhook is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where messages are sent.
    pub address: WebhookAddress,
    /// What it is told of; everything, if none is named.
    pub kinds: BTreeSet<EventKind>,
}

/// Whether messages are to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// They are.
    Active,
    /// They are not.
    Paused,
}

/// Adds a webhook. Its secret is shown this once.
pub fn add(
    app: &App,
    by: Actor,
    organisation: &OrganisationId,
    wanted: Wanted,
    now: Timestamp,
) -> Result<(Webhook, WebhookSecret), Error> {
    if app.store.webhooks(organisation)?.len() >= WEBHOOKS {
        return Err(Error::conflict(
            "there are very many webhooks: remove some first",
        ));
    }
    let added = Webhook {
        id: WebhookId::draw(&app.random),
        organisation: organisation.clone(),
        address: wanted.address,
        kinds: wanted.kinds,
        state: State::Active { since: now },
        made: now,
    };
    let secret = WebhookSecret::draw(&app.random);
    let mut batch = Batch::default();
    app.store.add_webhook(&mut batch, &added)?;
    app.store
        .put_webhook_secrets(&mut batch, added.id, &Secrets::first(&secret))?;
    added.record(app, &mut batch, by, now)?;
    app.store.commit(batch)?;
    Ok((added, secret))
}

/// Changes where messages are sent, which ones, and whether.
pub fn change(
    app: &App,
    by: Actor,
    (organisation, id): (&OrganisationId, WebhookId),
    wanted: Wanted,
    sending: Sending,
    now: Timestamp,
) -> Result<Webhook, Error> {
    let held = held(app, organisation, id)?;
    let state = match (sending, held.value.state) {
        (Sending::Active, State::Active { .. }) | (Sending::Paused, State::Paused { .. }) => {
            held.value.state
        }
        (Sending::Active, State::Paused { .. }) => State::Active { since: now },
        (Sending::Paused, State::Active { .. }) => State::Paused {
            since: now,
            because: Because::Asked,
        },
    };
    let changed = Webhook {
        address: wanted.address,
        kinds: wanted.kinds,
        state,
        ..held.value.clone()
    };
    let mut batch = Batch::default();
    app.store.put_webhook(&mut batch, &held, &changed)?;
    // Whoever has mended something wants to see it work at once.
    app.store.end_webhook_rest(&mut batch, id);
    changed.record(app, &mut batch, by, now)?;
    app.store.commit(batch)?;
    Ok(changed)
}

/// Draws another secret, which is shown this once. For a day messages are signed with the former one too.
pub fn rotate(
    app: &App,
    by: Actor,
    (organisation, id): (&OrganisationId, WebhookId),
    now: Timestamp,
) -> Result<WebhookSecret, Error> {
    let held = held(app, organisation, id)?;
    let former = app.store.webhook_secrets(id)?;
    let former = former.ok_or(Error::Missing("the secret of a webhook"))?;
    let secret = WebhookSecret::draw(&app.random);
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    former.require_unchanged(&mut batch);
    let secrets = former.value.rotated(&secret, now);
    app.store.put_webhook_secrets(&mut batch, id, &secrets)?;
    held.value.record(app, &mut batch, by, now)?;
    app.store.commit(batch)?;
    Ok(secret)
}

/// Removes a webhook. What waits for it is not sent any more.
pub fn remove(
    app: &App,
    by: Actor,
    (organisation, id): (&OrganisationId, WebhookId),
    now: Timestamp,
) -> Result<(), Error> {
    let held = held(app, organisation, id)?;
    let mut batch = Batch::default();
    app.store.remove_webhook(&mut batch, &held);
    held.value.record(app, &mut batch, by, now)?;
    Ok(app.store.commit(batch)?)
}

/// Lists the webhooks of an organisation.
pub fn all(app: &App, organisation: &OrganisationId) -> Result<Vec<Webhook>, Error> {
    Ok(app.store.webhooks(organisation)?)
}

/// Finds a webhook of an organisation.
pub fn find(app: &App, organisation: &OrganisationId, id: WebhookId) -> Result<Webhook, Error> {
    Ok(held(app, organisation, id)?.value)
}

fn held(app: &App, organisation: &OrganisationId, id: WebhookId) -> Result<Stored<Webhook>, Error> {
    let found = app.store.webhook_held(organisation, id)?;
    found.ok_or(Error::NotFound)
}

impl Webhook {
    /// Whether it is told of an event of this kind.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// Since when messages are sent, if they are.
    pub fn active_since(&self) -> Option<Timestamp> {
        match self.state {
            State::Active { since } => Some(since),
            State::Paused { .. } => None,
        }
    }

    /// Records that it was changed.
    pub(crate) fn record(
        &self,
        app: &App,
        batch: &mut Batch,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let changed = Event {
            organisation: self.organisation.clone(),
            kind: EventKind::WebhookChanged,
            actor: by,
            about: About::Webhook(self.id),
            reason: None,
            at: now,
        };
        event::record(app, batch, changed)
    }
}

/// Of one organisation: a few programs, each with a second one that is being tried out.
pub const WEBHOOKS: usize = 20;
/// What servers take as the first line of a request.
const ADDRESS_BYTES: usize = 2_000;
