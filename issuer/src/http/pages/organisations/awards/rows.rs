//! What the page of awards shows of each thing.

use super::Typed;
use crate::app::App;
use crate::awarding::list::{AwardList, State as Standing};
use crate::awarding::{Claimed, Given};
use crate::error::Error;
use crate::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId};
use crate::micro_credential::MicroCredential;
use crate::rubric::Met;
use crate::wording;

/// What is to be awarded to one person.
pub struct Chosen {
    pub id: MicroCredentialId,
    pub title: String,
    pub criteria: Vec<CriterionChoice>,
}

pub struct CriterionChoice {
    pub id: String,
    pub name: String,
    /// The levels that are enough: what is sent, and what people read.
    pub levels: Vec<(String, String)>,
    pub reached: String,
}

pub struct ListRow {
    pub path: String,
    pub name: String,
    pub detail: String,
    pub state: &'static str,
}

pub struct GivenRow {
    pub award: AwardId,
    pub title: String,
    pub email: String,
    pub detail: String,
    pub waiting: bool,
    pub badge: Option<BadgeId>,
}

impl Chosen {
    pub fn of(found: &MicroCredential, typed: &Typed) -> Chosen {
        let criteria = found.content.rubric.criteria().iter();
        let choice = |criterion: &crate::rubric::Criterion| {
            let enough = criterion
                .levels
                .iter()
                .filter(|level| criterion.judge(&level.id) == Some(Met::Met));
            let reached = typed
                .results
                .iter()
                .find(|(of, _)| *of == criterion.id.to_string());
            CriterionChoice {
                id: criterion.id.to_string(),
                name: criterion.name.to_string(),
                levels: enough
                    .map(|level| (level.id.to_string(), level.name.to_string()))
                    .collect(),
                reached: reached.map(|(_, level)| level.clone()).unwrap_or_default(),
            }
        };
        Chosen {
            id: found.id.clone(),
            title: found.content.name.to_string(),
            criteria: criteria.map(choice).collect(),
        }
    }
}

impl ListRow {
    pub fn of(organisation: &OrganisationId, list: &AwardList) -> ListRow {
        let state = match list.state {
            Standing::Working => "being worked off",
            Standing::Done { .. } => "done",
            Standing::Stopped { .. } => "stopped",
        };
        ListRow {
            path: format!("/organisations/{organisation}/award-lists/{}", list.id),
            name: list
                .name
                .as_ref()
                .map_or("A list".to_owned(), ToString::to_string),
            detail: format!(
                "Sent in {}; {} of {} rows done, {} refused",
                wording::moment(list.made),
                list.done,
                list.rows,
                list.counts.refused
            ),
            state,
        }
    }
}

impl GivenRow {
    pub fn of(app: &App, given: Given) -> Result<GivenRow, Error> {
        let award = given.award;
        let earned = app.store.micro_credential(&award.micro_credential)?;
        let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
        let badge = app.store.badge_of_award(award.id)?;
        let revoked = badge
            .as_ref()
            .and_then(|badge| badge.current().revoked.as_ref());
        let day = wording::day(award.awarded);
        Ok(GivenRow {
            award: award.id,
            title: earned.content.name.to_string(),
            email: award
                .by_hand
                .map_or(String::new(), |by_hand| by_hand.email.to_string()),
            detail: match (&badge, revoked) {
                (_, Some(_)) => format!("{day}, revoked"),
                (Some(_), None) => day,
                (None, None) => format!("{day}, being issued"),
            },
            waiting: given.claimed == Claimed::Waiting,
            badge: badge.map(|badge| badge.id),
        })
    }
}
