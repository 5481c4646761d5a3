//! Changing a badge after it was issued: what an officer decides, and what its holder may.

use super::edition::EDITIONS;
use super::{Badge, Change, EditionError, Ending, Order, Origin};
use crate::app::App;
use crate::award::{Achieved, Award};
use crate::error::Error;
use crate::id::{BadgeId, BulkId, LevelId, PersonId};
use crate::issuance;
use crate::issued::Issued;
use crate::micro_credential::MicroCredential;
use crate::person::{NameInBadges, Person};
use crate::revocation::{self, Decided};
use crate::rubric::{self, Criterion};
use crate::text::Prose;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an officer of the issuer decides about a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is to become of it.
    pub act: Act,
    /// Who decides.
    pub by: PersonId,
    /// Why.
    pub reason: Prose,
    /// The change of many badges that it is part of.
    pub bulk: Option<BulkId>,
}

/// What is to become of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It is taken back for good.
    Revoke,
    /// It does not count until it is decided about.
    Suspend,
    /// It counts again after a suspension.
    Reinstate,
    /// It is issued again as its holder's account has it now.
    Correct,
    /// It is issued again for another term.
    Renew,
}

impl Act {
    /// Everything that can be decided.
    pub const ALL: [Act; 5] = [
        Act::Revoke,
        Act::Suspend,
        Act::Reinstate,
        Act::Correct,
        Act::Renew,
    ];

    /// The word for it in addresses and documents.
    pub fn name(self) -> &'static str {
        match self {
            Act::Revoke => "revoke",
            Act::Suspend => "suspend",
            Act::Reinstate => "reinstate",
            Act::Correct => "correct",
            Act::Renew => "renew",
        }
    }
}

/// Which edition a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Whichever is the current one.
    Current,
    /// The one that was seen; if another took its place meanwhile, nothing is changed.
    Edition(u32),
}

/// Does what an officer decides about a badge, and gives the badge as it stands then.
pub fn decide(
    app: &App,
    id: BadgeId,
    about: About,
    decision: &Decision,
    now: Timestamp,
) -> Result<Badge, Error> {
    let ending = match decision.act {
        Act::Revoke => Ending::Revoked,
        Act::Suspend => Ending::Suspended,
        Act::Reinstate => return again(app, id, about, decision, Change::Reinstate, now),
        Act::Renew => return again(app, id, about, decision, Change::Renew, now),
        Act::Correct => {
            let results = Vec::new();
            return again(app, id, about, decision, Change::Correct { results }, now);
        }
    };
    if let About::Edition(seen) = about
        && seen != held(app, id)?.current().number
    {
        return Err(EditionError::Changed.into());
    }
    let decided = Decided {
        ending,
        by: decision.by,
        reason: decision.reason.clone(),
        bulk: decision.bulk,
    };
    revocation::end(app, id, &decided, now)?;
    held(app, id)
}

/// Issues a badge again with other levels than it says were reached. Those that are not named stay.
pub fn correct_results(
    app: &App,
    id: BadgeId,
    about: About,
    decision: &Decision,
    levels: Vec<Achieved>,
    now: Timestamp,
) -> Result<Badge, Error> {
    let badge = held(app, id)?;
    let award = app.store.award(badge.award)?;
    let award = award.ok_or(Error::Missing("an award"))?;
    let earned = app.store.micro_credential(&badge.micro_credential)?;
    let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
    let mut results = reached(&badge, &award).to_vec();
    for (place, level) in levels.into_iter().enumerate() {
        check_level(&earned, &level, place)?;
        let reached = results
            .iter_mut()
            .find(|result| result.criterion == level.criterion);
        match reached {
            Some(reached) => *reached = level,
            None => results.push(level),
        }
    }
    check_points(&earned, &results)?;
    again(app, id, about, decision, Change::Correct { results }, now)
}

/// Issues a badge of one's own again, so that it says what the account says now: identifier, address, whether
/// the name stands there. A name that stands on a badge is not for its holder alone to change.
pub fn update(app: &App, holder: &Person, id: BadgeId, now: Timestamp) -> Result<Badge, Error> {
    let badge = held(app, id)?;
    if !holder.is(badge.earner) {
        return Err(Error::NotFound);
    }
    let issued = app.store.issued(id, badge.current().number)?;
    let issued = issued.ok_or(Error::Missing("an edition"))?;
    let is_another = |name: String| name != holder.name.as_str();
    if holder.name_in_badges == NameInBadges::Shown && name_on(&issued).is_some_and(is_another) {
        return Err(EditionError::Name.into());
    }
    // The issuer must be able to correct a badge whatever its holder did with it.
    if badge.editions.len() >= EDITIONS / 2 {
        return Err(EditionError::TooMany.into());
    }
    let results = Vec::new();
    let order = Order {
        edition: badge.current().number,
        change: Change::Correct { results },
        by: holder.id,
        reason: BY_ITS_HOLDER.parse().expect("a plain sentence"),
        bulk: None,
    };
    issuance::reissue(app, id, &order, now)?;
    held(app, id)
}

/// The name that stands on a badge, if one does.
pub fn name_on(issued: &Issued) -> Option<String> {
    let document: Value = serde_json::from_str(issued.json()).ok()?;
    named(&document["credentialSubject"])
}

/// The name of the recipient in a signed document, if it has one.
pub fn named(subject: &Value) -> Option<String> {
    let identities = match &subject["identifier"] {
        Value::Array(many) => many.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_name = |identity: &&Value| identity["identityType"] == "name";
    let name = identities.iter().find(is_name)?;
    name["identityHash"].as_str().map(str::to_owned)
}

/// The levels that a badge says were reached: those of its award, as last corrected.
pub fn reached<'a>(badge: &'a Badge, award: &'a Award) -> &'a [Achieved] {
    let mut corrected = badge.editions.iter().rev();
    let corrected = corrected.find_map(|edition| match &edition.origin {
        Origin::Order(Order {
            change: Change::Correct { results },
            ..
        }) if !results.is_empty() => Some(results.as_slice()),
        _ => None,
    });
    corrected.unwrap_or(&award.achieved)
}

fn again(
    app: &App,
    id: BadgeId,
    about: About,
    decision: &Decision,
    change: Change,
    now: Timestamp,
) -> Result<Badge, Error> {
    revocation::check_reason(&decision.reason)?;
    let order = Order {
        edition: match about {
            About::Current => held(app, id)?.current().number,
            About::Edition(seen) => seen,
        },
        change,
        by: decision.by,
        reason: decision.reason.clone(),
        bulk: decision.bulk,
    };
    issuance::reissue(app, id, &order, now)?;
    held(app, id)
}

/// Holds a corrected level against the rubric.
fn check_level(earned: &MicroCredential, level: &Achieved, place: usize) -> Result<(), Error> {
    let mut criteria = earned.content.rubric.criteria().iter();
    let criterion = criteria.find(|criterion| criterion.id == level.criterion);
    let criterion = criterion.ok_or_else(|| {
        let message = format!("there is no criterion {}", level.criterion);
        Error::invalid(format!("/results/{place}/criterion"), message)
    })?;
    let rank = |criterion: &Criterion, wanted: &LevelId| {
        let mut levels = criterion.levels.iter();
        levels.position(|level| level.id == *wanted)
    };
    let pointer = format!("/results/{place}/level");
    let Some(given) = rank(criterion, &level.level) else {
        let message = format!("the criterion has no level {}", level.level);
        return Err(Error::invalid(pointer, message));
    };
    if Some(given) < rank(criterion, &criterion.required_level) {
        let message = "the badge takes a higher level here: without it, it is revoked";
        return Err(Error::invalid(pointer, message));
    }
    Ok(())
}

/// Holds the corrected levels together against what the micro-credential asks for.
fn check_points(earned: &MicroCredential, results: &[Achieved]) -> Result<(), Error> {
    let rubric::Decision::LeastPoints(least) = earned.content.decision else {
        return Ok(());
    };
    let points = results.iter().filter_map(|result| {
        let criterion = earned.content.rubric.criterion(&result.criterion)?;
        let mut levels = criterion.levels.iter();
        levels.find(|level| level.id == result.level)
    });
    let points: u64 = points.map(|level| u64::from(level.points)).sum();
    match points < u64::from(least) {
        true => {
            let message =
                format!("the badge takes {least} points, and these levels are worth {points}");
            Err(Error::invalid("/results", message))
        }
        false => Ok(()),
    }
}

fn held(app: &App, id: BadgeId) -> Result<Badge, Error> {
    app.store.badge(id)?.ok_or(Error::NotFound)
}

const BY_ITS_HOLDER: &str = "Its holder asked for it.";
