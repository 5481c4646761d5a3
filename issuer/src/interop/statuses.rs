//! Status lists of the VC-API: one for each suite, type of key and purpose (Bitstring Status List 1.0).
//!
//! They live in memory and are signed whenever somebody asks for one. Indexes are given in their order: whose credential
//! an index belongs to is no secret of anybody here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use keys::data_integrity::Cryptosuite;
use schemas::model;
use schemas::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use verifier::status_list::{self, LEAST_ENTRIES};

use super::Interop;
use super::answer::Refused;
use super::endpoint::Endpoint;
use super::request::{IssueOptions, SetStatus};
use crate::http::body::Json;
use crate::http::error::HttpError;

/// The lists that have been begun.
#[derive(Default)]
pub(super) struct StatusLists(Mutex<HashMap<(Endpoint, Purpose), List>>);

/// What a status is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    Revocation,
    Suspension,
}

struct List {
    bits: Vec<u8>,
    /// The next index that is free.
    next: usize,
    /// The index of each credential that has an `id`.
    of_credential: HashMap<String, usize>,
}

/// The list as a signed credential.
pub(super) async fn list(
    State(interop): State<Arc<Interop>>,
    endpoint: Endpoint,
    purpose: Purpose,
) -> Result<Response, HttpError> {
    let now = interop.clock.now();
    let list = interop
        .work(move |interop| interop.status_list(endpoint, purpose, now))
        .await?;
    let list = list.map_err(|_| HttpError::NotFound)?;
    let headers = [(CONTENT_TYPE, "application/vc")];
    Ok((headers, list.to_string()).into_response())
}

/// Changes the status of a credential that was issued here.
pub(super) async fn set(
    State(interop): State<Arc<Interop>>,
    endpoint: Endpoint,
    Json(request): Json<SetStatus>,
) -> Response {
    match interop.set_status(endpoint, &request) {
        Ok(()) => (StatusCode::OK, axum::Json(json!({}))).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Lists are always published; suites that ask for it are told that it is done.
pub(super) async fn publish(_endpoint: Endpoint, _purpose: Purpose) -> StatusCode {
    StatusCode::NO_CONTENT
}

impl Interop {
    /// The document with a status entry for each purpose that the options name.
    pub(super) fn with_statuses(
        &self,
        endpoint: Endpoint,
        mut document: Value,
        options: &IssueOptions,
    ) -> Result<Value, Refused> {
        let purposes = wished(options)?;
        if purposes.is_empty() {
            return Ok(document);
        }
        let id = document["id"].as_str().map(str::to_owned);
        let mut entries = match document.get("credentialStatus") {
            None => Vec::new(),
            Some(Value::Array(entries)) => entries.clone(),
            Some(entry) => vec![entry.clone()],
        };
        for purpose in purposes {
            let list = self.address_of_list(endpoint, purpose);
            let index = self.lists.draw(endpoint, purpose, id.as_deref())?;
            entries.push(json!({
                "id": format!("{list}#{index}"),
                "type": ENTRY,
                "statusPurpose": purpose.name(),
                "statusListIndex": index.to_string(),
                "statusListCredential": list,
            }));
        }
        document["credentialStatus"] = match entries.len() {
            1 => entries.remove(0),
            _ => Value::Array(entries),
        };
        Ok(document)
    }

    /// The list at this address, if it is one of ours.
    pub(super) fn status_list_at(&self, url: &str, now: Timestamp) -> Option<Value> {
        let (endpoint, purpose) = Endpoint::ALL
            .into_iter()
            .flat_map(|endpoint| Purpose::ALL.map(|purpose| (endpoint, purpose)))
            .find(|(endpoint, purpose)| self.address_of_list(*endpoint, *purpose) == url)?;
        self.status_list(endpoint, purpose, now).ok()
    }

    fn status_list(
        &self,
        endpoint: Endpoint,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Value, Refused> {
        let identity = self.keys.of(endpoint.key_type);
        let url = self.address_of_list(endpoint, purpose);
        let list = json!({
            "@context": [model::VC_CONTEXT],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": identity.did,
            "validFrom": now,
            "credentialSubject": {
                "id": format!("{url}#list"),
                "type": "BitstringStatusList",
                "statusPurpose": purpose.name(),
                "encodedList": self.lists.encoded(endpoint, purpose),
            },
        });
        // A list is shown as it is, whole; and nobody should have to know the oldest suites to read one.
        let suite = match endpoint.suite {
            Cryptosuite::EcdsaSd2023 => Cryptosuite::EcdsaRdfc2019,
            Cryptosuite::Ed25519Signature2020 | Cryptosuite::Eddsa2022 => {
                Cryptosuite::EddsaRdfc2022
            }
            suite => suite,
        };
        self.sign(suite, identity, &list, &IssueOptions::default(), now)
    }

    fn set_status(&self, endpoint: Endpoint, request: &SetStatus) -> Result<(), Refused> {
        let wish = &request.credential_status;
        let purpose = wish.status_purpose.as_deref().and_then(Purpose::of);
        let purpose = purpose.ok_or_else(|| unknown_purpose("/credentialStatus/statusPurpose"))?;
        if purpose == Purpose::Revocation && !request.status {
            let never = "A revocation is never taken back; a suspension can be.";
            return Err(Refused::because("status.revoked", "/status", never));
        }
        match self
            .lists
            .set(endpoint, purpose, &request.credential_id, request.status)
        {
            true => Ok(()),
            false => Err(Refused::because(
                "status.unknown",
                "/credentialId",
                "No credential with this id was given such a status here.",
            )),
        }
    }

    fn address_of_list(&self, endpoint: Endpoint, purpose: Purpose) -> String {
        let base = self.public_url.base();
        format!("{base}{}/status/{}", endpoint.path(), purpose.name())
    }
}

impl StatusLists {
    fn draw(
        &self,
        endpoint: Endpoint,
        purpose: Purpose,
        credential: Option<&str>,
    ) -> Result<usize, Refused> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = lists.entry((endpoint, purpose)).or_default();
        if list.next == LEAST_ENTRIES {
            let full = "The list is full. It is empty again when the program is started again.";
            return Err(Refused::because("status.malformed", "/options", full));
        }
        let index = list.next;
        list.next += 1;
        if let Some(credential) = credential.filter(|id| id.len() <= LONGEST_ID) {
            list.of_credential.insert(credential.to_owned(), index);
        }
        Ok(index)
    }

    /// Says whether the credential has an index.
    fn set(&self, endpoint: Endpoint, purpose: Purpose, credential: &str, is_set: bool) -> bool {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(list) = lists.get_mut(&(endpoint, purpose)) else {
            return false;
        };
        let Some(index) = list.of_credential.get(credential).copied() else {
            return false;
        };
        let bit = 0x80 >> (index % 8);
        match is_set {
            true => list.bits[index / 8] |= bit,
            false => list.bits[index / 8] &= !bit,
        }
        true
    }

    fn encoded(&self, endpoint: Endpoint, purpose: Purpose) -> String {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match lists.get(&(endpoint, purpose)) {
            Some(list) => status_list::encode(&list.bits),
            None => status_list::encode(&List::default().bits),
        }
    }
}

impl Default for List {
    fn default() -> List {
        List {
            bits: vec![0; LEAST_ENTRIES / 8],
            next: 0,
            of_credential: HashMap::new(),
        }
    }
}

impl Purpose {
    const ALL: [Purpose; 2] = [Purpose::Revocation, Purpose::Suspension];

    fn name(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
        }
    }

    fn of(name: &str) -> Option<Purpose> {
        Purpose::ALL
            .into_iter()
            .find(|purpose| purpose.name() == name)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Purpose {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Purpose, HttpError> {
        let Path(named) = Path::<Named>::from_request_parts(parts, state)
            .await
            .map_err(|_| HttpError::NotFound)?;
        Purpose::of(&named.purpose).ok_or(HttpError::NotFound)
    }
}

/// The part of a path that names a purpose.
#[derive(Deserialize)]
struct Named {
    purpose: String,
}

/// The purposes that the options name, each once. A wish without one is for revocation.
fn wished(options: &IssueOptions) -> Result<Vec<Purpose>, Refused> {
    let wishes = options.credential_status.all();
    if wishes
        .iter()
        .any(|wish| wish.r#type.as_deref().is_some_and(|kind| kind != ENTRY))
    {
        return Err(Refused::because(
            "status.unknown",
            "/options/credentialStatus/type",
            format!("Statuses are given as {ENTRY} alone."),
        ));
    }
    let named = wishes.into_iter().map(|wish| wish.status_purpose);
    let shorter = options.status_purpose.all().into_iter().map(Some);
    let mut purposes = Vec::new();
    for name in named.chain(shorter) {
        let purpose = match name.as_deref() {
            None => Purpose::Revocation,
            Some(name) => Purpose::of(name).ok_or_else(|| unknown_purpose("/options"))?,
        };
        if !purposes.contains(&purpose) {
            purposes.push(purpose);
        }
    }
    Ok(purposes)
}

fn unknown_purpose(pointer: &str) -> Refused {
    Refused::because(
        "status.unknown",
        pointer,
        "The purposes that are given are revocation and suspension.",
    )
}

const ENTRY: &str = "BitstringStatusListEntry";

/// Of the credentials whose id is longer no status can be changed; what strangers make us remember is bounded.
const LONGEST_ID: usize = 256;
