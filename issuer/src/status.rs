//! Status lists: which badges were revoked (W3C Bitstring Status List).
//!
//! A list is signed and stored before any index of it is drawn, so that there is no moment at
//! which a badge names a list that cannot be had. Indexes are drawn at random, because their order
//! would tell the order of issuing.

use crate::allocation::SignError;
use crate::app::App;
use crate::drawn::whole_seconds;
use crate::error::Error;
use crate::id::{IdError, OrganisationId};
use crate::issuers::Issuers;
use crate::site::Site;
use crate::store::StoreError;
use keys::data_integrity::{Cryptosuite, ProofOptions};
use keys::vc_jwt;
use keys::{KeyState, KeyUse};
use schemas::model;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
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
    /// Its number, which no other list of this service has.
    pub number: StatusListNumber,
    /// The organisation that signs it, and all badges that name it.
    pub organisation: OrganisationId,
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

/// How many indexes of the current lists are drawn, as far as this process knows.
///
/// It decides when the next list is begun, which need not be exact: that no index is given twice
/// is the store's doing.
#[derive(Default)]
pub struct Fill(Mutex<HashMap<StatusListNumber, usize>>);

/// What was signed anew, and what could not be.
#[derive(Debug, Default)]
pub struct Freshened {
    /// The lists that could not be signed anew, and why.
    pub failed: Vec<(StatusListNumber, Error)>,
}

/// Draws a place for a new credential of an organisation. It is taken only when the allocation is
/// committed.
pub fn draw(
    app: &App,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<StatusPlace, Error> {
    let mut list = match app.store.current_status_list(organisation)? {
        Some(list) => list,
        None => begin(app, organisation, None, now)?,
    };
    if app.fill.of(app, list)? >= HALF_FULL {
        let full = list;
        list = begin(app, organisation, Some(full), now)?;
        app.fill.forget(full);
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
    app.fill.forget(list);
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
    let keyring = app.issuers.keyring(&held.value.organisation)?;
    let compromised = held.value.verification_methods.iter().any(|name| {
        let key = keyring.key(name);
        key.is_some_and(|key| matches!(key.state(), KeyState::Compromised { .. }))
    });
    if !half_passed && !compromised {
        return Ok(held.value);
    }
    let renewed = held
        .value
        .signed_anew(app, held.value.encoded.clone(), now)?;
    match app.store.replace_status_list(&held, &renewed) {
        Ok(()) => Ok(renewed),
        // Whoever came first signed it just now.
        Err(StoreError::Conflict) => list(app, number),
        Err(error) => Err(error.into()),
    }
}

/// Keeps all lists fresh. To be called at start, and from time to time afterwards; one list that
/// cannot be signed does not keep the others from it.
pub fn keep_all_fresh(app: &App, now: Timestamp) -> Result<Freshened, Error> {
    let mut freshened = Freshened::default();
    let Some(last) = app.store.last_status_list()? else {
        return Ok(freshened);
    };
    for number in StatusListNumber::FIRST.0..=last.0 {
        let number = StatusListNumber(number);
        if let Err(error) = keep_fresh(app, number, now) {
            freshened.failed.push((number, error));
        }
    }
    Ok(freshened)
}

/// Makes, signs and stores an empty list of an organisation in place of the full one, unless
/// somebody else just has.
fn begin(
    app: &App,
    organisation: &OrganisationId,
    full: Option<StatusListNumber>,
    now: Timestamp,
) -> Result<StatusListNumber, Error> {
    let encoded = status_list::encode(&vec![0; STATUS_LIST_LEN as usize / 8]);
    for _ in 0..BEGINNINGS {
        let current = app.store.current_status_list_held(organisation)?;
        match &current {
            Some(other) if Some(other.value.list) != full => return Ok(other.value.list),
            _ => {}
        }
        let last = app.store.last_status_list()?;
        let number = last.map_or(StatusListNumber::FIRST, StatusListNumber::next);
        let signing = Signing {
            site: &app.site,
            issuers: &app.issuers,
            organisation,
        };
        let list = signing.sign(number, encoded.clone(), now)?;
        match app.store.add_status_list(current.as_ref(), &list) {
            // Another list was begun meanwhile, of this organisation or of another one.
            Err(StoreError::Conflict) => {}
            added => return Ok(added.map(|()| number)?),
        }
    }
    Err(Error::conflict(
        "too many others are beginning status lists at this moment",
    ))
}

/// What a list is signed with.
struct Signing<'a> {
    site: &'a Site,
    issuers: &'a Issuers,
    organisation: &'a OrganisationId,
}

impl Signing<'_> {
    /// Signs a list with the organisation's current keys.
    fn sign(
        &self,
        number: StatusListNumber,
        encoded: String,
        now: Timestamp,
    ) -> Result<StatusList, Error> {
        let keyring = self.issuers.keyring(self.organisation)?;
        let url = self.site.status_list(number);
        let valid_from = whole_seconds(now);
        let valid_until = valid_from.plus_seconds(VALIDITY_SECONDS);
        let credential = json!({
            "@context": [model::VC_CONTEXT],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": keyring.issuer_id(),
            "validFrom": valid_from,
            "validUntil": valid_until,
            "credentialSubject": {
                "id": format!("{url}#list"),
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        });
        let proof_key = keyring.current(KeyUse::DataIntegrity);
        let jwt_key = keyring.current(KeyUse::Jwt);
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
            organisation: self.organisation.clone(),
            encoded,
            json: json.to_string(),
            jwt,
            signed: valid_from,
            valid_until,
            verification_methods,
        })
    }
}

impl StatusList {
    /// A list with these bits in place of its own, signed with the current keys.
    fn signed_anew(&self, app: &App, encoded: String, now: Timestamp) -> Result<StatusList, Error> {
        let signing = Signing {
            site: &app.site,
            issuers: &app.issuers,
            organisation: &self.organisation,
        };
        signing.sign(self.number, encoded, now)
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
        self.signed_anew(app, status_list::encode(&bits), now)
    }
}

impl Fill {
    /// How many indexes of a list are drawn; counted the first time it is asked for.
    fn of(&self, app: &App, list: StatusListNumber) -> Result<usize, Error> {
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match fill.get(&list) {
            Some(count) => Ok(*count),
            None => {
                let count = app.store.count_drawn(list, HALF_FULL)?;
                fill.insert(list, count);
                Ok(count)
            }
        }
    }

    /// Counts a place that was taken.
    pub(crate) fn count(&self, place: StatusPlace) {
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = fill.get_mut(&place.list) {
            *count += 1;
        }
    }

    fn forget(&self, list: StatusListNumber) {
        let mut fill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fill.remove(&list);
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
/// Organisations seldom begin lists, and of so many at once each gets its number.
const BEGINNINGS: usize = 256;
/// A list at half fill refuses so many in a row once in four thousand million times.
const DRAWS: usize = 32;
/// A replayed list is believed no longer than this, and the service may be down for half of it
/// before badges can no longer be told to be good.
const VALIDITY_SECONDS: i64 = 7 * 24 * 60 * 60;
