//! A decentralised identifier of one's own: badges are issued to it once its holder has shown that they have its
//! key, by answering a challenge with a signed presentation (VC Data Model 2.0, section 4.13).

use super::Person;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::id::PersonId;
use crate::letter;
use crate::mail;
use keys::data_integrity::Expected;
use keys::{DidWeb, did_jwk, did_key};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use verifier::vc::{self, Question, Statuses};
use verifier::{Documents, Report, Request, Verdict};

/// What is to be signed to show that an identifier is one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Whose it is to be.
    pub person: PersonId,
    /// The identifier.
    pub did: String,
    /// What the presentation answers; it cannot be guessed.
    pub challenge: String,
    /// Until when it may be answered.
    pub expires: Timestamp,
}

/// What came of a presentation.
pub enum Judged {
    /// It answers the challenge.
    Good,
    /// These documents are needed to tell.
    Missing(Vec<Request>),
}

/// Gives somebody something to sign with the key of an identifier. It takes the place of an earlier one.
pub fn challenge(
    app: &App,
    person: PersonId,
    did: &str,
    now: Timestamp,
) -> Result<Challenge, Error> {
    let readable =
        did_key::decode(did).is_ok() || did_jwk::decode(did).is_ok() || DidWeb::parse(did).is_ok();
    if !readable || did.len() > super::DID_BYTES {
        let message = "this is no did:key, did:jwk or did:web with a key that can be used";
        return Err(Error::invalid("/did", message));
    }
    let challenge = Challenge {
        person,
        did: did.to_owned(),
        challenge: bs58::encode(app.random.bytes::<16>()).into_string(),
        expires: now.plus_seconds(LASTS),
    };
    app.store.put_did_challenge(&challenge)?;
    Ok(challenge)
}

/// Finds the challenge that somebody is to answer.
pub fn open_challenge(app: &App, person: PersonId, now: Timestamp) -> Result<Challenge, Error> {
    let held = app.store.did_challenge(person)?;
    let open = held.filter(|held| now < held.value.expires);
    Ok(open.ok_or(Error::NoChallenge)?.value)
}

/// Holds a presentation against the challenge, with the documents that were found so far.
pub fn judge(
    app: &App,
    challenge: &Challenge,
    presentation: &Value,
    documents: &Documents,
    now: Timestamp,
) -> Result<Judged, Error> {
    let refused = |why: String| Err(Error::invalid("/presentation", why));
    let holder = &presentation["holder"];
    let holder = holder.get("id").unwrap_or(holder);
    if holder.as_str() != Some(&challenge.did) {
        return refused(format!("its holder is not {}", challenge.did));
    }
    // Whoever presents credentials would choose whom we ask about them.
    if presentation.get("verifiableCredential").is_some() {
        return refused("it presents credentials, and none are asked for".to_owned());
    }
    let question = Question {
        expected: Expected {
            proof_purpose: AUTHENTICATION,
            challenge: Some(&challenge.challenge),
            domain: Some(app.site.base()),
        },
        statuses: Statuses::LeaveOut,
    };
    let presented = vc::verify_presentation(presentation, &question, documents, now);
    let missing: Vec<Request> = presented.reports().flat_map(Report::missing).collect();
    match presented.verdict() {
        _ if !missing.is_empty() => Ok(Judged::Missing(missing)),
        Verdict::Verified => Ok(Judged::Good),
        Verdict::Refused | Verdict::Undetermined => {
            let mut reasons = presented.reports().filter_map(Report::reason);
            let reason = reasons.next().map(|reason| {
                let code = reason.code();
                format!("it does not hold: {reason} ({code})")
            });
            refused(reason.unwrap_or_else(|| "it cannot be told whether it holds".to_owned()))
        }
    }
}

/// Binds the identifier of an answered challenge to the account, and tells its person by mail.
pub fn bind(app: &App, challenge: &Challenge, now: Timestamp) -> Result<Person, Error> {
    let held = app.store.did_challenge(challenge.person)?;
    let held = held.filter(|held| held.value == *challenge);
    let held = held.ok_or(Error::NoChallenge)?;
    let person = app.store.person_held(challenge.person)?;
    let person = person.ok_or(Error::NotFound)?;
    let changed = Person {
        did: Some(challenge.did.clone()),
        ..person.value.clone()
    };
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    batch.delete(held.key().to_vec());
    person.require_unchanged(&mut batch);
    batch.put_record(person.key().to_vec(), &changed)?;
    let letter = letter::did_bound(app, changed.name.as_str(), &challenge.did)?;
    mail::queue(app, &mut batch, changed.primary(), letter, now)?;
    app.store.commit(batch)?;
    Ok(changed)
}

/// Takes the identifier off an account. Badges keep what they say until they are issued again.
pub fn unbind(app: &App, person: PersonId) -> Result<Person, Error> {
    let held = app.store.person_held(person)?.ok_or(Error::NotFound)?;
    let changed = Person {
        did: None,
        ..held.value.clone()
    };
    app.store.replace_person(&held, &changed)?;
    Ok(changed)
}

/// An hour, in seconds: time to find the wallet.
const LASTS: i64 = 60 * 60;
const AUTHENTICATION: &str = "authentication";
