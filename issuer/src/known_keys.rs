//! Which keys an organisation signs with, as the store remembers them.
//!
//! A key file that was exchanged for another good key would sign badges that nobody can verify, and leave those
//! that were issued without their key. So the names of the keys, which follow from the keys themselves, are written
//! down when they are first used, and held against the files from then on.

use std::collections::BTreeSet;

use keys::{KeyId, Keyring, PublicKey};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::issuers::IssuerKeyError;
use crate::layout;
use crate::store::StoreError;

/// The names of the keys of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKeys {
    /// The name of each.
    pub keys: BTreeSet<String>,
}

impl KnownKeys {
    /// The keys of a keyring.
    pub fn of(keyring: &Keyring) -> KnownKeys {
        let names = keyring.keys().iter().map(|key| key.id().as_str());
        KnownKeys {
            keys: names.map(str::to_owned).collect(),
        }
    }
}

/// Holds the keys of every organisation, and that of the log, against what is known of them. To be called at start,
/// before anything is signed; what is not known yet is written down.
///
/// An organisation whose files are missing signs nothing until they are back, and keeps nobody else from it.
pub fn hold(app: &App, log_key: &PublicKey) -> Result<(), Error> {
    let log = KnownKeys {
        keys: BTreeSet::from([KeyId::of(log_key).as_str().to_owned()]),
    };
    compare(app, layout::known_log_key(), &log, "the issuance log")?;
    let host = OrganisationId::host();
    let keys = KnownKeys::of(app.issuers.host());
    compare(app, layout::known_keys(&host), &keys, host.as_str())?;
    let mut last = None;
    loop {
        let some = app.store.organisations(last.as_ref(), AT_ONCE)?;
        for organisation in &some {
            hold_one(app, &organisation.id)?;
        }
        // The last one is the first of the next page.
        last = match some.last() {
            Some(organisation) if some.len() == AT_ONCE => Some(organisation.id.clone()),
            _ => return Ok(()),
        };
    }
}

fn hold_one(app: &App, organisation: &OrganisationId) -> Result<(), Error> {
    if organisation.is_host() {
        return Ok(());
    }
    let key = layout::known_keys(organisation);
    if let Some(known) = app.store.read::<KnownKeys>(&key)? {
        app.issuers.expect(organisation, known.value);
    }
    match app.issuers.keyring(organisation) {
        Ok(keyring) => compare(app, key, &KnownKeys::of(&keyring), organisation.as_str()),
        Err(mismatch @ IssuerKeyError::Mismatch { .. }) => Err(mismatch.into()),
        Err(error) => {
            tracing::error!(
                "The keys of {organisation} cannot be used: {error} ({})",
                error.code()
            );
            Ok(())
        }
    }
}

/// Writes the keys of an organisation that is founded into the batch that founds it.
pub(crate) fn record(
    app: &App,
    batch: &mut Batch,
    organisation: &OrganisationId,
) -> Result<(), Error> {
    let known = KnownKeys::of(app.issuers.keyring(organisation)?.as_ref());
    Ok(batch.put_record(layout::known_keys(organisation), &known)?)
}

fn compare(app: &App, key: Vec<u8>, found: &KnownKeys, whose: &str) -> Result<(), Error> {
    match app.store.read::<KnownKeys>(&key)? {
        Some(known) if known.value == *found => Ok(()),
        Some(_) => Err(IssuerKeyError::Mismatch {
            whose: whose.to_owned(),
        }
        .into()),
        None => {
            let mut batch = Batch::default();
            batch.require_absent(key.clone());
            batch.put_record(key, found)?;
            match app.store.commit(batch) {
                // Another process has written them down.
                Ok(()) | Err(StoreError::Conflict) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
    }
}

/// Organisations that are read at once.
const AT_ONCE: usize = 500;
