//! Organisations: states, districts, universities and publishers, and what people are in them.

mod code;
mod founding;
pub mod invitation;
pub mod joining;
mod letters;
pub mod membership;
mod profile;
pub mod roster;

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::OrganisationId;
use crate::image::ImageRef;
use crate::issuers::IdentifierPolicy;
use crate::retention::Retention;
use crate::store::{StoreError, Stored};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use self::founding::require_line;
pub use code::{Code, CodeError};
pub use founding::{NewOrganisation, establish_host, found};
pub use membership::{Membership, Role, set_roles};
pub use profile::{CountryCode, OrganisationProfile, PostalAddress, WebAddress};

/// A body that writes, reviews or issues micro-credentials, or whose people earn them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name in addresses.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The organisation it belongs to, as a district to its state.
    pub parent: Option<OrganisationId>,
    /// What it says of itself.
    pub profile: OrganisationProfile,
    /// How the recipient's e-mail address stands in its badges.
    pub identifier_policy: IdentifierPolicy,
    /// How many months the evidence of what it decided is kept, where that is less than the service does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_months: Option<u32>,
    /// Since when it is known here.
    pub since: Timestamp,
}

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// A state's department of education.
    State,
    /// A school district.
    District,
    /// A university or another institution of higher education.
    University,
    /// Whoever writes micro-credentials for others.
    Publisher,
}

impl OrganisationKind {
    /// Every kind there is.
    pub const ALL: [OrganisationKind; 4] = [
        OrganisationKind::State,
        OrganisationKind::District,
        OrganisationKind::University,
        OrganisationKind::Publisher,
    ];

    /// Its name in forms, as in the interface.
    pub fn name(self) -> &'static str {
        match self {
            OrganisationKind::State => "state",
            OrganisationKind::District => "district",
            OrganisationKind::University => "university",
            OrganisationKind::Publisher => "publisher",
        }
    }
}

/// Says how the recipient's e-mail address stands in an organisation's badges from now on.
pub fn set_identifier_policy(
    app: &App,
    by: Actor,
    id: &OrganisationId,
    identifier_policy: IdentifierPolicy,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let changed = Organisation {
        identifier_policy,
        ..held.value.clone()
    };
    replace(app, by, &held, &changed, now)?;
    Ok(changed)
}

/// Says how many months the evidence of what an organisation decided is kept from now on: less than the service
/// keeps it, or as long as that. Whose evidence would go is told well before.
pub fn set_evidence_months(
    app: &App,
    by: Actor,
    id: &OrganisationId,
    evidence_months: Option<u32>,
    now: Timestamp,
) -> Result<Organisation, Error> {
    if let Some(months) = evidence_months {
        let least = Retention::LEAST_EVIDENCE_MONTHS;
        let most = app.retention.evidence_months.unwrap_or(LONGEST_MONTHS);
        if months < least || months > most {
            let message = format!("evidence is kept {least} to {most} months");
            return Err(Error::invalid("/months", message));
        }
    }
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let changed = Organisation {
        evidence_months,
        ..held.value.clone()
    };
    replace(app, by, &held, &changed, now)?;
    Ok(changed)
}

/// Gives an organisation a sign, or takes it away. It is a picture that was taken in.
pub fn set_image(
    app: &App,
    by: Actor,
    id: &OrganisationId,
    image: Option<ImageRef>,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let profile = OrganisationProfile {
        image,
        ..held.value.profile.clone()
    };
    let changed = Organisation {
        profile,
        ..held.value.clone()
    };
    replace(app, by, &held, &changed, now)?;
    Ok(changed)
}

/// Has an organisation say this of itself from now on, under the sign that it has. Badges that were
/// issued keep what they say.
pub fn change_profile(
    app: &App,
    by: Actor,
    id: &OrganisationId,
    profile: OrganisationProfile,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let former = &held.value.profile;
    check_description(&profile)?;
    if id.is_host() {
        let kept = "this comes from the configuration of the service";
        for (pointer, same) in [
            ("/name", profile.name == former.name),
            ("/description", profile.description == former.description),
            ("/email", profile.email == former.email),
        ] {
            if !same {
                return Err(Error::invalid(pointer, kept));
            }
        }
    }
    let changed = Organisation {
        profile: OrganisationProfile {
            image: former.image.clone(),
            ..profile
        },
        ..held.value.clone()
    };
    replace(app, by, &held, &changed, now)?;
    Ok(changed)
}

/// Says what an organisation is and to which other it belongs. Badges of today and later say so.
pub fn place(
    app: &App,
    by: Actor,
    id: &OrganisationId,
    kind: OrganisationKind,
    parent: Option<OrganisationId>,
    now: Timestamp,
) -> Result<Organisation, Error> {
    let held = app.store.organisation_held(id)?.ok_or(Error::NotFound)?;
    let mut batch = Batch::default();
    if let Some(parent) = &parent {
        require_line(app, &mut batch, id, parent)?;
    }
    let changed = Organisation {
        kind,
        parent,
        ..held.value.clone()
    };
    app.store.put_organisation(&mut batch, &held, &changed)?;
    changed.record(app, &mut batch, EventKind::OrganisationChanged, by, now)?;
    app.store.commit(batch)?;
    Ok(changed)
}

/// Writes a changed organisation, and that it was changed.
fn replace(
    app: &App,
    by: Actor,
    held: &Stored<Organisation>,
    changed: &Organisation,
    now: Timestamp,
) -> Result<(), Error> {
    let mut batch = Batch::default();
    app.store.put_organisation(&mut batch, held, changed)?;
    changed.record(app, &mut batch, EventKind::OrganisationChanged, by, now)?;
    Ok(app.store.commit(batch)?)
}

impl Organisation {
    /// Records what was done to the organisation itself.
    fn record(
        &self,
        app: &App,
        batch: &mut Batch,
        kind: EventKind,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let done = Event {
            organisation: self.id.clone(),
            kind,
            actor: by,
            about: About::Organisation,
            reason: None,
            at: now,
        };
        event::record(app, batch, done)
    }
}

fn check_description(profile: &OrganisationProfile) -> Result<(), Error> {
    match &profile.description {
        Some(text) if text.as_str().len() > DESCRIPTION_BYTES => Err(Error::invalid(
            "/description",
            format!("this is longer than {DESCRIPTION_BYTES} bytes"),
        )),
        _ => Ok(()),
    }
}

impl OrganisationId {
    /// The organisation that runs this service: the one that the configuration names.
    pub fn host() -> OrganisationId {
        HOST.parse().expect("a slug")
    }

    /// Whether it is the organisation that runs this service.
    pub fn is_host(&self) -> bool {
        self.as_str() == HOST
    }
}

const HOST: &str = "host";

/// A hundred years.
const LONGEST_MONTHS: u32 = 1_200;

/// It stands twice in every badge, which has at most 40 kB.
const DESCRIPTION_BYTES: usize = 2_000;
