//! What is sent and answered about organisations.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::error::Error;
use crate::http::openapi::DateTime;
use crate::id::OrganisationId;
use crate::issuers::IdentifierPolicy;
use crate::organisation::{
    Organisation, OrganisationKind, OrganisationProfile, PostalAddress, WebAddress,
};
use crate::person::Email;
use crate::text::{Line, Prose};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrganisationBody {
    pub(super) id: OrganisationId,
    pub(super) kind: OrganisationKind,
    #[serde(default)]
    pub(super) parent: Option<OrganisationId>,
    pub(super) profile: ProfileBody,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileBody {
    pub(super) name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<Prose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<WebAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<Email>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<PostalAddress>,
}

/// The address of an organisation's sign.
#[derive(Serialize, ToSchema)]
pub(super) struct ImageBody {
    pub(super) url: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceBody {
    pub(super) kind: OrganisationKind,
    #[serde(default)]
    pub(super) parent: Option<OrganisationId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyBody {
    pub(super) identifier_policy: IdentifierPolicy,
}

/// How long evidence is kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceRetentionBody {
    /// Months from the decision, 6 at least; nothing to keep it as long as the service does.
    #[serde(default)]
    pub(super) months: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentBody {
    pub(super) email: Email,
    #[serde(default)]
    pub(super) name: Option<Line>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OrganisationBody {
    pub(super) id: OrganisationId,
    /// Its page.
    pub(super) url: String,
    /// The identifier it signs under.
    pub(super) issuer_id: String,
    pub(super) kind: OrganisationKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<OrganisationId>,
    pub(super) profile: ProfileBody,
    pub(super) identifier_policy: IdentifierPolicy,
    /// How many months the evidence of what it decided is kept, where that is less than the service does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence_months: Option<u32>,
    #[schema(value_type = DateTime)]
    pub(super) since: Timestamp,
    /// The address of its sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<String>,
}

impl OrganisationBody {
    pub(super) fn of(app: &App, found: Organisation) -> Result<OrganisationBody, Error> {
        Ok(OrganisationBody {
            url: app.site.organisation(&found.id),
            issuer_id: app.issuers.keyring(&found.id)?.issuer_id().to_owned(),
            image: found
                .profile
                .image
                .as_ref()
                .map(|image| app.site.organisation_image(&found.id, image.media_type)),
            id: found.id,
            kind: found.kind,
            parent: found.parent,
            profile: found.profile.into(),
            identifier_policy: found.identifier_policy,
            evidence_months: found.evidence_months,
            since: found.since,
        })
    }
}

impl From<ProfileBody> for OrganisationProfile {
    fn from(body: ProfileBody) -> OrganisationProfile {
        OrganisationProfile {
            name: body.name,
            description: body.description,
            url: body.url,
            // An address is one line.
            email: body.email.and_then(|email| email.as_str().parse().ok()),
            phone: body.phone,
            address: body.address.filter(|address| !address.is_empty()),
            image: None,
        }
    }
}

impl From<OrganisationProfile> for ProfileBody {
    fn from(profile: OrganisationProfile) -> ProfileBody {
        ProfileBody {
            name: profile.name,
            description: profile.description,
            url: profile.url,
            email: profile.email.and_then(|email| email.as_str().parse().ok()),
            phone: profile.phone,
            address: profile.address,
        }
    }
}
