//! Endorsements as the interface writes and reads them.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::endorsement::{Endorsed, Endorsement, Showing, Side, State};
use crate::http::openapi::DateTime;
use crate::id::{BadgeId, EndorsementId, MicroCredentialId, OrganisationId};
use crate::log::LogPosition;
use crate::site::Site;
use crate::text::Prose;

/// Which endorsements are asked for.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FilterParameters {
    /// Those that have come this far.
    #[param(inline)]
    state: Option<StateName>,
}

/// How far an endorsement has come.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateName {
    Asked,
    Declined,
    /// It is being signed.
    Giving,
    Given,
    Withdrawn,
}

/// What is endorsed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub(super) enum SubjectBody {
    /// One version of a micro-credential.
    MicroCredential(MicroCredentialId),
    /// An organisation that issues.
    Issuer(OrganisationId),
    /// A badge.
    Badge(BadgeId),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEndorsementBody {
    pub(super) subject: SubjectBody,
    /// What the organisation says, in Markdown: at most 2,000 bytes.
    pub(super) comment: Prose,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommentBody {
    /// What the organisation says, in Markdown: at most 2,000 bytes.
    pub(super) comment: Prose,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonBody {
    /// At most 1,000 bytes.
    pub(super) reason: Prose,
}

/// What an organisation asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRequestBody {
    /// Itself, something of its own, or a badge that it issued.
    pub(super) subject: SubjectBody,
    /// Who is asked.
    pub(super) endorser: OrganisationId,
    /// At most 1,000 bytes.
    pub(super) message: Prose,
}

/// What the holder of a badge asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBadgeRequestBody {
    /// Who is asked.
    pub(super) endorser: OrganisationId,
    /// At most 1,000 bytes.
    pub(super) message: Prose,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowingBody {
    pub(super) showing: Showing,
}

#[derive(Serialize, ToSchema)]
pub(super) struct EndorsementBody {
    id: EndorsementId,
    /// Where it is, once it is signed and shown.
    url: String,
    /// Who says it, or is asked to.
    endorser: OrganisationId,
    subject: SubjectBody,
    /// The organisation whose that is.
    owner: OrganisationId,
    state: StateName,
    /// When it was asked for, or given unasked.
    #[schema(value_type = DateTime)]
    begun: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestBody>,
    /// What the endorser says.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
    #[schema(value_type = Option<DateTime>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_position: Option<LogPosition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    showing: Option<Showing>,
    /// Why it was declined or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Prose>,
}

/// What was said when it was asked for.
#[derive(Serialize, ToSchema)]
struct RequestBody {
    side: Side,
    message: Prose,
}

impl FilterParameters {
    /// Whether an endorsement is one of those.
    pub(super) fn keeps(&self, endorsement: &Endorsement) -> bool {
        let state = StateName::of(&endorsement.state);
        self.state.is_none_or(|wanted| wanted == state)
    }
}

impl StateName {
    fn of(state: &State) -> StateName {
        match state {
            State::Asked => StateName::Asked,
            State::Declined { .. } => StateName::Declined,
            State::Giving { .. } => StateName::Giving,
            State::Given { .. } => StateName::Given,
            State::Withdrawn { .. } => StateName::Withdrawn,
        }
    }
}

impl EndorsementBody {
    pub(super) fn new(site: &Site, endorsement: Endorsement) -> EndorsementBody {
        let issued = endorsement.issued();
        EndorsementBody {
            url: site.endorsement(endorsement.id),
            state: StateName::of(&endorsement.state),
            comment: endorsement.gift().map(|gift| gift.comment.clone()),
            issued: issued.map(|issued| issued.at),
            log_position: issued.map(|issued| issued.log),
            showing: endorsement.showing(),
            reason: match endorsement.state {
                State::Declined { reason, .. } => Some(reason),
                State::Withdrawn { withdrawal, .. } => Some(withdrawal.reason),
                _ => None,
            },
            request: endorsement.request.map(|request| RequestBody {
                side: request.side,
                message: request.message,
            }),
            id: endorsement.id,
            endorser: endorsement.endorser,
            subject: endorsement.subject.into(),
            owner: endorsement.owner,
            begun: endorsement.begun,
        }
    }
}

impl From<SubjectBody> for Endorsed {
    fn from(body: SubjectBody) -> Endorsed {
        match body {
            SubjectBody::MicroCredential(id) => Endorsed::MicroCredential(id),
            SubjectBody::Issuer(id) => Endorsed::Issuer(id),
            SubjectBody::Badge(id) => Endorsed::Badge(id),
        }
    }
}

impl From<Endorsed> for SubjectBody {
    fn from(subject: Endorsed) -> SubjectBody {
        match subject {
            Endorsed::MicroCredential(id) => SubjectBody::MicroCredential(id),
            Endorsed::Issuer(id) => SubjectBody::Issuer(id),
            Endorsed::Badge(id) => SubjectBody::Badge(id),
        }
    }
}
