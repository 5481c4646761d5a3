//! What cohorts look like in the interface.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::cohort::people::{Choices, Letters, Part, Participant, Progress};
use crate::cohort::{self, About, Cohort};
use crate::error::Error;
use crate::http::caller::Caller;
use crate::http::openapi::DateTime;
use crate::id::{CohortId, MicroCredentialId, OrganisationId, PersonId};
use crate::organisation::Code;
use crate::rights::{self, Action};
use crate::submission::Link;
use crate::text::Line;

/// What a cohort is for, and when its facilitators have time.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AboutBody {
    pub(super) name: Line,
    /// What its people want to reach, in one sentence.
    pub(super) goal: Line,
    /// What it is about, if not all that its organisation reviews; any version stands for all of them.
    #[serde(default)]
    pub(super) micro_credentials: Vec<MicroCredentialId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) office_hours: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) office_link: Option<Link>,
}

/// What somebody wants in a cohort. Nothing is so unless it is said.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoicesBody {
    /// Whether facilitators see what is begun, what is missing and what waits; never what a review found.
    #[serde(default)]
    pub(super) progress: Progress,
    /// Whether one is written to when there is an answer.
    #[serde(default)]
    pub(super) letters: Letters,
}

/// The cohort that is joined: by its code, or by its identifier if one was invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinBody {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) cohort: Option<CohortId>,
    #[serde(default)]
    pub(super) progress: Progress,
    #[serde(default)]
    pub(super) letters: Letters,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    pub(super) cohort: CohortId,
}

#[derive(Serialize, ToSchema)]
pub struct CohortBody {
    pub(super) id: CohortId,
    pub(super) organisation: OrganisationId,
    #[serde(flatten)]
    pub(super) about: AboutBody,
    #[schema(value_type = DateTime)]
    pub(super) made: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    pub(super) archived: Option<Timestamp>,
    /// The code with which people join; for those who lead or facilitate it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<Code>,
    /// What the caller is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<Part>,
}

#[derive(Serialize, ToSchema)]
pub struct MineBody {
    #[serde(flatten)]
    pub(super) cohort: CohortBody,
    pub(super) choices: ChoicesBody,
}

/// What somebody is in a cohort.
#[derive(Serialize, ToSchema)]
pub struct ParticipantBody {
    pub(super) cohort: CohortId,
    pub(super) person: PersonId,
    pub(super) part: Part,
    pub(super) choices: ChoicesBody,
    #[schema(value_type = DateTime)]
    pub(super) since: Timestamp,
}

impl CohortBody {
    pub(super) fn of(app: &App, caller: &Caller, cohort: Cohort) -> Result<CohortBody, Error> {
        let (person, organisation) = (caller.person.id, &cohort.organisation);
        let part = cohort::people::part_of(app, cohort.id, person)?;
        let leads = rights::may(app, person, Action::LeadCohorts, Some(organisation))?;
        Ok(CohortBody::seen_as(cohort, part, leads))
    }

    pub(super) fn seen_as(cohort: Cohort, part: Option<Part>, leads: bool) -> CohortBody {
        let hands_out = leads || part == Some(Part::Facilitator);
        CohortBody {
            id: cohort.id,
            organisation: cohort.organisation,
            about: cohort.about.into(),
            made: cohort.made,
            archived: cohort.archived,
            code: hands_out.then_some(cohort.code),
            part,
        }
    }
}

impl From<About> for AboutBody {
    fn from(about: About) -> AboutBody {
        AboutBody {
            name: about.name,
            goal: about.goal,
            micro_credentials: about.lines,
            office_hours: about.office_hours,
            office_link: about.office_link,
        }
    }
}

impl From<AboutBody> for About {
    fn from(body: AboutBody) -> About {
        About {
            name: body.name,
            goal: body.goal,
            lines: body.micro_credentials,
            office_hours: body.office_hours,
            office_link: body.office_link,
        }
    }
}

impl From<Choices> for ChoicesBody {
    fn from(choices: Choices) -> ChoicesBody {
        ChoicesBody {
            progress: choices.progress,
            letters: choices.letters,
        }
    }
}

impl From<ChoicesBody> for Choices {
    fn from(body: ChoicesBody) -> Choices {
        Choices {
            progress: body.progress,
            letters: body.letters,
        }
    }
}

impl From<Participant> for ParticipantBody {
    fn from(known: Participant) -> ParticipantBody {
        ParticipantBody {
            cohort: known.cohort,
            person: known.person,
            part: known.part,
            choices: known.choices.into(),
            since: known.since,
        }
    }
}
