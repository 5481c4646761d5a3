//! How organisations come to be.

use super::{Organisation, OrganisationKind, OrganisationProfile, check_description, replace};
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::OrganisationId;
use crate::issuers::IdentifierPolicy;
use crate::known_keys;
use crate::store::StoreError;
use schemas::timestamp::Timestamp;

/// Writes the organisation that runs this service, as the configuration has it. To be called at
/// start; what the configuration does not say stays as it is.
pub fn establish_host(
    app: &App,
    profile: OrganisationProfile,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let id = OrganisationId::host();
    let Some(held) = app.store.organisation_held(&id)? else {
        let host = Organisation {
            id,
            kind: OrganisationKind::State,
            parent: None,
            profile,
            identifier_policy: IdentifierPolicy::default(),
            evidence_months: None,
            since: now,
        };
        let mut batch = Batch::default();
        app.store.add_organisation(&mut batch, &host)?;
        host.record(
            app,
            &mut batch,
            EventKind::OrganisationFounded,
            Actor::Service,
            now,
        )?;
        app.store.commit(batch)?;
        return Ok(host);
    };
    let former = held.value.profile.clone();
    let host = Organisation {
        profile: OrganisationProfile {
            name: profile.name,
            description: profile.description,
            email: profile.email,
            ..former
        },
        ..held.value.clone()
    };
    if host != held.value {
        replace(app, Actor::Service, &held, &host, now)?;
    }
    Ok(host)
}

/// What is known of an organisation that is about to be founded.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its name in addresses, for ever: it stands in the identifier that it signs under.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The organisation it belongs to.
    pub parent: Option<OrganisationId>,
    /// What it says of itself.
    pub profile: OrganisationProfile,
}

/// Takes an organisation in, with keys of its own. Who may ask for it is for the caller to see to.
pub fn found(
    app: &App,
    by: Actor,
    new: NewOrganisation,
    now: Timestamp,
) -> Result<Organisation, Error> {
    if RESERVED.contains(&new.id.as_str()) {
        return Err(Error::invalid("/id", "this name stands for something else"));
    }
    check_description(&new.profile)?;
    let mut batch = Batch::default();
    if let Some(parent) = &new.parent {
        require_line(app, &mut batch, &new.id, parent)?;
    }
    let taken = "there is an organisation of this name";
    if app.store.organisation(&new.id)?.is_some() {
        return Err(Error::conflict(taken));
    }
    let founded = Organisation {
        id: new.id,
        kind: new.kind,
        parent: new.parent,
        profile: new.profile,
        identifier_policy: IdentifierPolicy::default(),
        evidence_months: None,
        since: now,
    };
    // The keys are there before anybody can issue under its name. A crash after this leaves keys
    // that nobody has seen, and the next attempt takes them.
    app.issuers.draw(&founded.id, &app.random)?;
    known_keys::record(app, &mut batch, &founded.id)?;
    app.store.add_organisation(&mut batch, &founded)?;
    for kind in [EventKind::OrganisationFounded, EventKind::KeysDrawn] {
        founded.record(app, &mut batch, kind, by, now)?;
    }
    match app.store.commit(batch) {
        Err(StoreError::Conflict) => Err(Error::conflict(taken)),
        other => Ok(other.map(|()| founded)?),
    }
}

/// Follows an organisation's line of parents upwards: none may be missing, none may be itself, and
/// none may change until the batch is committed.
pub(super) fn require_line(
    app: &App,
    batch: &mut Batch,
    id: &OrganisationId,
    parent: &OrganisationId,
) -> Result<(), Error> {
    let mut next = Some(parent.clone());
    for _ in 0..GENERATIONS {
        let Some(above) = next else {
            return Ok(());
        };
        if above == *id {
            let circle = "an organisation cannot belong to itself, nor to one that belongs to it";
            return Err(Error::invalid("/parent", circle));
        }
        let missing = || Error::invalid("/parent", "there is no such organisation");
        let held = app.store.organisation_held(&above)?.ok_or_else(missing)?;
        held.require_unchanged(batch);
        next = held.value.parent;
    }
    let deep = format!("organisations stand at most {GENERATIONS} above each other");
    Err(Error::invalid("/parent", deep))
}

/// Words that stand where the name of an organisation could.
const RESERVED: [&str; 2] = [super::HOST, "new"];
/// A department, a district, a school and a house in it, and as many again.
const GENERATIONS: usize = 8;
