//! Status lists: which badges were revoked (W3C Bitstring Status List).
//!
//! A list is signed and stored before any index of it is drawn, so that there is no moment at
//! which a badge names a list that cannot be had. Indexes are drawn at random, because their order
//! would tell the order of issuing.

use crate::allocation::SignError;
use crate::app::App;
use crate::drawn::whole_seconds;
use crate::error::Error;
use crate::id::IdError;
use crate::store::StoreError;
use keys::data_integrity::{Cryptosuite, ProofOptions};
use keys::vc_jwt;
use keys::{KeyState, KeyUse};
use schemas::model;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use verifier::status_list::{self, LEAST_ENTRIES};

/// The number of a status list, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatusListNumber(u32);

/// The place of a credential in a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct StatusIndex(u32);

/// A status list and a place in it. A place is given to one edition of one badge, and never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatusPlace {
    /// The list.
    pub list: StatusListNumber,
    /// The place in it.
    pub index: StatusIndex,
}

/// A status list as it is served: signed in both forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusList {
    /// Its number.
    pub number: StatusListNumber,
    /// The bits, as the standard's `encodedList`.
    pub encoded: String,
    /// The status list credential with its embedded proof.
    pub json: String,
    /// The status list credential as a compact JWT.
    pub jwt: String,
    /// When it was signed.
    pub signed: Timestamp,
    /// Until when it may be believed.
    pub valid_until: Timestamp,
    /// The keys of its embedded proof and of its JWT.
    pub verification_methods: [String; 2],
}

/// How many indexes of the current list are drawn, as far as this process knows.
///
/// It decides when the next list is begun, which need not be exact: that no index is given twice
/// is the store's doing.
#[derive(Default)]
pub struct Fill(Mutex<Option<(StatusListNumber, usize)>>);

/// Draws a place for a new credential. It is taken only when the allocation is committed.
pub fn draw(app: &App, now: Timestamp) -> Result<StatusPlace, Error> {
    let mut list = match app.store.current_status_list()? {
        Some(list) => list,
        None => begin(app, StatusListNumber::FIRST, now)?,
    };
    if app.fill.of(app, list)? >= HALF_FULL {
        list = begin(app, list.next(), now)?;
    }
    for _ in 0..DRAWS {
        let place = StatusPlace {
            list,
            index: StatusIndex(app.random.below(STATUS_LIST_LEN)),
        };
        if !app.store.is_drawn(place)? {
            return Ok(place);
        }
    }
    // Other processes have filled the list. It is counted again, and the caller may ask again.
    app.fill.forget();
    Err(Error::conflict("the status list has filled up meanwhile"))
}

/// Finds a status list.
pub fn list(app: &App, number: StatusListNumber) -> Result<StatusList, Error> {
    app.store.status_list(number)?.ok_or(Error::NotFound)
}

/// Signs a list anew if half of its validity has passed, or one of its keys was compromised.
///
/// A key that this process does not know is a newer one, of which another process has heard
/// first: such a list is left alone.
pub fn keep_fresh(
    app: &App,
    number: StatusListNumber,
    now: Timestamp,
) -> Result<StatusList, Error> {
    let held = app.store.status_list_held(number)?.ok_or(Error::NotFound)?;
    let half_passed = held.value.signed.plus_seconds(VALIDITY_SECONDS / 2) <= now;
    let compromised = held.value.verification_methods.iter().any(|name| {
        let key = app.keyring.key(name);
        key.is_some_and(|key| matches!(key.state(), KeyState::Compromised { .. }))
    });
    if !half_passed && !compromised {
        return Ok(held.value);
    }
    let renewed = StatusList::sign(app, number, held.value.encoded.clone(), now)?;
    match app.store.replace_status_list(&held, &renewed) {
        Ok(()) => Ok(renewed),
        // Whoever came first signed it just now.
        Err(StoreError::Conflict) => list(app, number),
        Err(error) => Err(error.into()),
    }
}

/// Keeps all lists fresh. To be called at start, and from time to time afterwards.
pub fn keep_all_fresh(app: &App, now: Timestamp) -> Result<(), Error> {
    let Some(current) = app.store.current_status_list()? else {
        return Ok(());
    };
    for number in StatusListNumber::FIRST.0..=current.0 {
        keep_fresh(app, StatusListNumber(number), now)?;
    }
    Ok(())
}

/// Makes, signs and stores an empty list, unless somebody else just has.
fn begin(app: &App, number: StatusListNumber, now: Timestamp) -> Result<StatusListNumber, Error> {
    let encoded = status_list::encode(&vec![0; STATUS_LIST_LEN as usize / 8]);
    match app
        .store
        .add_status_list(&StatusList::sign(app, number, encoded, now)?)
    {
        Ok(()) | Err(StoreError::Conflict) => Ok(number),
        Err(error) => Err(error.into()),
    }
}

impl StatusList {
    /// Signs a list with the current keys.
    fn sign(
        app: &App,
        number: StatusListNumber,
        encoded: String,
        now: Timestamp,
    ) -> Result<StatusList, Error> {
        let url = app.site.status_list(number);
        let valid_from = whole_seconds(now);
        let valid_until = valid_from.plus_seconds(VALIDITY_SECONDS);
        let credential = json!({
            "@context": [model::VC_CONTEXT],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": app.keyring.issuer_id(),
            "validFrom": valid_from,
            "validUntil": valid_until,
            "credentialSubject": {
                "id": format!("{url}#list"),
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        });
        let proof_key = app.keyring.current(KeyUse::DataIntegrity);
        let jwt_key = app.keyring.current(KeyUse::Jwt);
        let method = proof_key.verification_method();
        let options = ProofOptions::new(Cryptosuite::EddsaRdfc2022, method).created(valid_from);
        let json = proof_key
            .sign_document(&credential, &options)
            .map_err(SignError::from)?;
        let jwt = vc_jwt::sign(&credential, jwt_key).map_err(SignError::from)?;
        let verification_methods =
            [proof_key, jwt_key].map(|key| key.verification_method().to_owned());
        Ok(StatusList {
            number,
            encoded,
            json: json.to_string(),
            jwt,
            signed: valid_from,
            valid_until,
            verification_methods,
        })
    }

    /// The same list with this entry set, signed anew. Nothing ever unsets it.
    pub(crate) fn revoking(
        &self,
        app: &App,
        index: StatusIndex,
        now: Timestamp,
    ) -> Result<StatusList, Error> {
        let bytes = STATUS_LIST_LEN as usize / 8;
        let damaged = || Error::StatusListDamaged {
            number: self.number,
        };
        let mut bits = status_list::decode(&self.encoded, bytes).map_err(|_| damaged())?;
        if bits.len() != bytes || !status_list::set(&mut bits, index.into()) {
            return Err(damaged());
        }
        StatusList::sign(app, self.number, status_list::encode(&bits), now)
    }
}

impl Fill {
    /// How many indexes of a list are drawn; counted the first time it is asked for.
    fn of(&self, app: &App, list: StatusListNumber) -> Result<usize, Error> {
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *fill {
            Some((counted, count)) if counted == list => Ok(count),
            _ => {
                let count = app.store.count_drawn(list, HALF_FULL)?;
                *fill = Some((list, count));
                Ok(count)
            }
        }
    }

    /// Counts a place that was taken.
    pub(crate) fn count(&self, place: StatusPlace) {
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((list, count)) = fill.as_mut()
            && *list == place.list
        {
            *count += 1;
        }
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl StatusListNumber {
    /// The first list.
    pub const FIRST: StatusListNumber = StatusListNumber(1);

    /// The list after this one.
    pub fn next(self) -> StatusListNumber {
        StatusListNumber(self.0 + 1)
    }
}

impl StatusIndex {
    /// Takes an index that every list has.
    pub fn new(index: u32) -> Option<StatusIndex> {
        (index < STATUS_LIST_LEN).then_some(StatusIndex(index))
    }
}

impl fmt::Display for StatusListNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for StatusListNumber {
    type Err = IdError;

    fn from_str(text: &str) -> Result<StatusListNumber, IdError> {
        // One number has one text: no sign, no zero in front.
        match text.parse() {
            Ok(number) if number > 0 && text == format!("{number}") => Ok(StatusListNumber(number)),
            _ => Err(IdError),
        }
    }
}

impl From<StatusListNumber> for u64 {
    fn from(number: StatusListNumber) -> u64 {
        number.0.into()
    }
}

impl From<StatusIndex> for u32 {
    fn from(index: StatusIndex) -> u32 {
        index.0
    }
}

impl From<StatusIndex> for u64 {
    fn from(index: StatusIndex) -> u64 {
        index.0.into()
    }
}

impl TryFrom<u32> for StatusIndex {
    type Error = IdError;

    fn try_from(index: u32) -> Result<StatusIndex, IdError> {
        StatusIndex::new(index).ok_or(IdError)
    }
}

/// Every list has as many entries as the standard asks for at least; more would only make each
/// answer longer.
pub const STATUS_LIST_LEN: u32 = LEAST_ENTRIES as u32;

/// At half fill a random index is free on the second try, and the list still hides each of them.
const HALF_FULL: usize = STATUS_LIST_LEN as usize / 2;
/// A list at half fill refuses so many in a row once in four thousand million times.
const DRAWS: usize = 32;
/// A replayed list is believed no longer than this, and the service may be down for half of it
/// before badges can no longer be told to be good.
const VALIDITY_SECONDS: i64 = 7 * 24 * 60 * 60;
