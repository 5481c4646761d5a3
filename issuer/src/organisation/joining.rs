//! Joining an organisation: by a code that it hands out, or by asking for it.

use super::letters;
use super::{Code, Membership, Organisation};
use crate::again::retried;
use crate::app::App;
use crate::engine::Batch;
use crate::error::Error;
use crate::event::{self, Actor, EventKind};
use crate::id::{OrganisationId, PersonId};
use crate::limit::Buckets;
use crate::mail;
use crate::page::{Page, PageRequest};
use crate::person::Person;
use crate::store::StoreError;
use crate::text::{Line, Prose};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A code with which people become members, without roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinCode {
    /// The code.
    pub code: Code,
    /// The organisation.
    pub organisation: OrganisationId,
    /// What it is for, in the organisation's own words.
    pub label: Option<Line>,
    /// Who made it.
    pub by: PersonId,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// How many people may use it.
    pub limit: u32,
    /// How many have.
    pub uses: u32,
    /// When it was taken back, if it was.
    pub revoked: Option<Timestamp>,
}

/// Whether a code is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// People can join with it.
    Good,
    /// As many have joined with it as may.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

/// What somebody who asks to join says, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Who asks.
    pub person: PersonId,
    /// What they say.
    pub message: Option<Prose>,
    /// When they asked.
    pub asked: Timestamp,
    /// What was decided, if it was. An approved request is a membership, and is gone.
    pub declined: Option<Declined>,
}

/// That a request to join was declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: Option<Prose>,
}

/// How often codes may be tried.
#[derive(Debug)]
pub struct JoinLimits {
    tries: Buckets,
}

/// What a code that is about to be made is to be good for.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// What it is for, in the organisation's own words.
    pub label: Option<Line>,
    /// Until when it is good: a year at most.
    pub expires: Timestamp,
    /// How many people may use it.
    pub limit: u32,
}

/// Makes a code.
pub fn make_code(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    wanted: NewCode,
    now: Timestamp,
) -> Result<JoinCode, Error> {
    let NewCode {
        label,
        expires,
        limit,
    } = wanted;
    if expires <= now || expires > now.plus_seconds(CODE_LASTS_AT_MOST) {
        let message = "a code is good until some day within the next year";
        return Err(Error::invalid("/expires", message));
    }
    if !(1..=CODE_USES).contains(&limit) {
        let message = format!("a code is for between 1 and {CODE_USES} people");
        return Err(Error::invalid("/limit", message));
    }
    let known = app.store.join_codes(organisation)?;
    let good = known
        .iter()
        .filter(|code| code.standing(now) == Standing::Good);
    if good.count() >= CODES {
        return Err(Error::conflict(
            "there are very many codes: revoke some first",
        ));
    }
    let new = JoinCode {
        code: Code::draw(&app.random),
        organisation: organisation.clone(),
        label,
        by,
        made: now,
        expires,
        limit,
        uses: 0,
        revoked: None,
    };
    app.store.add_join_code(&new)?;
    Ok(new)
}

/// Takes a code back. Whoever has joined with it stays.
pub fn revoke_code(
    app: &App,
    organisation: &OrganisationId,
    code: &Code,
    now: Timestamp,
) -> Result<JoinCode, Error> {
    let held = app.store.join_code_held(code)?;
    let held = held.filter(|held| held.value.organisation == *organisation);
    let held = held.ok_or(Error::NotFound)?;
    let revoked = JoinCode {
        revoked: held.value.revoked.or(Some(now)),
        ..held.value.clone()
    };
    let mut batch = Batch::default();
    app.store.put_join_code(&mut batch, &held, &revoked)?;
    app.store.commit(batch)?;
    Ok(revoked)
}

/// Makes a person a member by a code, however it was typed. Whoever is one already uses nothing up.
pub fn join(app: &App, person: &Person, typed: &str, now: Timestamp) -> Result<Membership, Error> {
    // Guessing is hopeless at this pace, and everybody may mistype.
    app.join_limits.tries.take(&person.id.to_string(), now)?;
    let code: Code = typed.parse().map_err(|_| Error::JoinCodeUnknown)?;
    // Others join with it at the same moment.
    retried(ATTEMPTS, || attempt(app, person, &code, now))
}

fn attempt(app: &App, person: &Person, code: &Code, now: Timestamp) -> Result<Membership, Error> {
    let held = app.store.join_code_held(code)?;
    let held = held.ok_or(Error::JoinCodeUnknown)?;
    let known = &held.value;
    if let Some(member) = app.store.membership(&known.organisation, person.id)? {
        return Ok(member);
    }
    if known.standing(now) != Standing::Good {
        return Err(Error::JoinCodeOver);
    }
    let used = JoinCode {
        uses: known.uses + 1,
        ..known.clone()
    };
    let member = Membership::plain(known.organisation.clone(), person.id, now);
    let mut batch = Batch::default();
    app.store.put_join_code(&mut batch, &held, &used)?;
    app.store.put_membership(&mut batch, None, &member)?;
    // Whoever has also asked need not be answered any more.
    app.store
        .remove_join_request(&mut batch, &known.organisation, person.id)?;
    let joined = member.event(EventKind::MemberJoined, Actor::Person(person.id), now);
    event::record(app, &mut batch, joined)?;
    app.store.commit(batch)?;
    Ok(member)
}

/// Asks to be made a member. Who was declined may ask again after a week.
pub fn ask(
    app: &App,
    person: &Person,
    organisation: &OrganisationId,
    message: Option<Prose>,
    now: Timestamp,
) -> Result<JoinRequest, Error> {
    app.store
        .organisation(organisation)?
        .ok_or(Error::NotFound)?;
    if app.store.membership(organisation, person.id)?.is_some() {
        return Err(Error::conflict("you are a member already"));
    }
    if message
        .as_ref()
        .is_some_and(|text| text.as_str().len() > MESSAGE_BYTES)
    {
        let message = format!("this is longer than {MESSAGE_BYTES} bytes");
        return Err(Error::invalid("/message", message));
    }
    let former = app.store.join_request_held(organisation, person.id)?;
    match former.as_ref().map(|held| &held.value.declined) {
        Some(None) => return Err(Error::conflict("you have asked already")),
        Some(Some(declined)) if now < declined.at.plus_seconds(PAUSE) => {
            return Err(Error::conflict("this was declined less than a week ago"));
        }
        _ => {}
    }
    if app.store.join_requests_of(person.id)?.len() >= OPEN_REQUESTS {
        return Err(Error::conflict("you have asked very many organisations"));
    }
    let request = JoinRequest {
        organisation: organisation.clone(),
        person: person.id,
        message,
        asked: now,
        declined: None,
    };
    app.store.put_join_request(former.as_ref(), &request)?;
    Ok(request)
}

/// Takes one's own request back.
pub fn take_back(app: &App, person: PersonId, organisation: &OrganisationId) -> Result<(), Error> {
    let held = app.store.join_request_held(organisation, person)?;
    if held.is_none_or(|held| held.value.declined.is_some()) {
        return Err(Error::NotFound);
    }
    let mut batch = Batch::default();
    app.store
        .remove_join_request(&mut batch, organisation, person)?;
    Ok(app.store.commit(batch)?)
}

/// Lists who waits for an answer, the longest first.
pub fn waiting(
    app: &App,
    organisation: &OrganisationId,
    asked: &PageRequest,
) -> Result<Page<JoinRequest>, StoreError> {
    app.store.join_queue(organisation, asked)
}

/// Makes who asked a member, and writes to them.
pub fn approve(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    requester: PersonId,
    now: Timestamp,
) -> Result<Membership, Error> {
    let (mut batch, founded, person) = answering(app, organisation, requester)?;
    let member = Membership::plain(organisation.clone(), person.id, now);
    app.store.put_membership(&mut batch, None, &member)?;
    app.store
        .remove_join_request(&mut batch, organisation, requester)?;
    let joined = member.event(EventKind::MemberJoined, Actor::Person(by), now);
    event::record(app, &mut batch, joined)?;
    let letter = letters::approved(app, &founded, &person)?;
    mail::queue(app, &mut batch, person.primary(), letter, now)?;
    app.store.commit(batch)?;
    Ok(member)
}

/// Declines, and writes to who asked.
pub fn decline(
    app: &App,
    by: PersonId,
    organisation: &OrganisationId,
    requester: PersonId,
    reason: Option<Prose>,
    now: Timestamp,
) -> Result<JoinRequest, Error> {
    if reason
        .as_ref()
        .is_some_and(|text| text.as_str().len() > MESSAGE_BYTES)
    {
        let message = format!("this is longer than {MESSAGE_BYTES} bytes");
        return Err(Error::invalid("/reason", message));
    }
    let (mut batch, founded, person) = answering(app, organisation, requester)?;
    let held = app.store.join_request_held(organisation, requester)?;
    let held = held.ok_or(Error::NotFound)?;
    let letter = letters::declined(app, &founded, &person, reason.as_ref())?;
    let declined = JoinRequest {
        declined: Some(Declined {
            at: now,
            by,
            reason,
        }),
        ..held.value.clone()
    };
    app.store
        .decline_join_request(&mut batch, &held, &declined)?;
    mail::queue(app, &mut batch, person.primary(), letter, now)?;
    app.store.commit(batch)?;
    Ok(declined)
}

/// What an answer to a request needs: that it is open, and stays so until the batch is committed.
fn answering(
    app: &App,
    organisation: &OrganisationId,
    requester: PersonId,
) -> Result<(Batch, Organisation, Person), Error> {
    let founded = app
        .store
        .organisation(organisation)?
        .ok_or(Error::NotFound)?;
    let held = app.store.join_request_held(organisation, requester)?;
    let held = held.filter(|held| held.value.declined.is_none());
    let held = held.ok_or(Error::NotFound)?;
    let person = app.store.person(requester)?.ok_or(Error::NotFound)?;
    let mut batch = Batch::default();
    held.require_unchanged(&mut batch);
    Ok((batch, founded, person))
}

impl JoinCode {
    /// Whether people can join with it.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self {
            JoinCode {
                revoked: Some(_), ..
            } => Standing::Revoked,
            JoinCode { expires, .. } if *expires <= now => Standing::Expired,
            JoinCode { uses, limit, .. } if uses >= limit => Standing::UsedUp,
            _ => Standing::Good,
        }
    }
}

impl Default for JoinLimits {
    fn default() -> JoinLimits {
        JoinLimits {
            tries: Buckets::new(10, 6 * 60),
        }
    }
}

/// A school year, in seconds: a code that nobody remembers lets nobody in.
const CODE_LASTS_AT_MOST: i64 = 366 * 24 * 60 * 60;
/// More teachers than any district has.
const CODE_USES: u32 = 50_000;
/// Good codes of one organisation at once: one a school, and they are read in one go.
const CODES: usize = 200;
/// A whole conference hall that joins within a second.
const ATTEMPTS: usize = 256;
/// A few paragraphs; a queue of them is read on one page.
const MESSAGE_BYTES: usize = 2_000;
/// A week, in seconds.
const PAUSE: i64 = 7 * 24 * 60 * 60;
/// Requests of one person, the declined ones among them: more would be a nuisance to everybody.
const OPEN_REQUESTS: usize = 20;
