//! The addresses under which strangers reach what the service publishes. They stand in signed
//! documents, so they are built here and nowhere else.

use crate::id::{
    BadgeId, CriterionId, EndorsementId, EvidenceId, LevelId, MicroCredentialId, OrganisationId,
    PortfolioId, RefreshId,
};
use crate::image::ImageType;
use crate::link::LinkSecret;
use crate::organisation::Code;
use crate::status::StatusListNumber;
use url::Url;

/// The public address of the service, and everything below it.
#[derive(Debug, Clone)]
pub struct Site {
    base: String,
}

impl Site {
    /// Takes the service's public address; a slash at its end does not count.
    pub fn new(public_url: &Url) -> Site {
        Site {
            base: public_url.as_str().trim_end_matches('/').to_owned(),
        }
    }

    /// The service's public address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The issuer's profile.
    pub fn issuer(&self) -> String {
        format!("{}/issuer", self.base)
    }

    /// An organisation: its page, and its profile by `Accept`.
    pub fn organisation(&self, id: &OrganisationId) -> String {
        format!("{}/organisations/{id}", self.base)
    }

    /// The sign of an organisation.
    pub fn organisation_image(&self, id: &OrganisationId, media_type: ImageType) -> String {
        let extension = media_type.extension();
        format!("{}/image.{extension}", self.organisation(id))
    }

    /// A badge: the identifier of the credential, its page, and its forms by `Accept` or extension.
    pub fn badge(&self, id: BadgeId) -> String {
        format!("{}/badges/{id}", self.base)
    }

    /// Where somebody shows what they have.
    pub fn portfolio(&self, id: PortfolioId) -> String {
        format!("{}/portfolios/{id}", self.base)
    }

    /// The badge at an address: of its page, or of one of its forms.
    pub fn badge_at(&self, address: &str) -> Option<BadgeId> {
        let path = address.trim().strip_prefix(self.base.as_str())?;
        let name = path.strip_prefix("/badges/")?;
        let name = name.split(['.', '/', '?', '#']).next()?;
        name.parse().ok()
    }

    /// An endorsement: the identifier of the credential, its page, and its forms by `Accept` or extension.
    pub fn endorsement(&self, id: EndorsementId) -> String {
        format!("{}/endorsements/{id}", self.base)
    }

    /// A piece of evidence as the badge names it.
    pub fn evidence(&self, badge: BadgeId, id: EvidenceId) -> String {
        format!("{}/badges/{badge}/evidence/{id}", self.base)
    }

    /// The manifest of what was assessed for a badge.
    pub fn manifest(&self, badge: BadgeId) -> String {
        format!("{}/badges/{badge}/manifest", self.base)
    }

    /// An achievement: one version of a micro-credential.
    pub fn achievement(&self, id: &MicroCredentialId) -> String {
        format!("{}/achievements/{id}", self.base)
    }

    /// The picture of an achievement.
    pub fn picture(&self, id: &MicroCredentialId, media_type: ImageType) -> String {
        let extension = media_type.extension();
        format!("{}/achievements/{id}/picture.{extension}", self.base)
    }

    /// A criterion of an achievement's rubric.
    pub fn criterion(&self, id: &MicroCredentialId, criterion: &CriterionId) -> String {
        format!("{}#criterion-{criterion}", self.achievement(id))
    }

    /// What is told of an assessment beside the criteria.
    pub fn assessment(&self, id: &MicroCredentialId, which: &str) -> String {
        format!("{}#assessment-{which}", self.achievement(id))
    }

    /// The link that shows a draft to a colleague.
    pub fn draft_invitation(&self, secret: &LinkSecret) -> String {
        format!("{}/drafts/invitations/{}", self.base, secret.expose())
    }

    /// The link that asks somebody to facilitate a cohort.
    pub fn cohort_invitation(&self, secret: &LinkSecret) -> String {
        format!("{}/cohorts/invitations/{}", self.base, secret.expose())
    }

    /// The page on which people join a cohort by its code.
    pub fn cohort_by_code(&self, code: &Code) -> String {
        format!("{}/cohorts/join?code={code}", self.base)
    }

    /// A level of a criterion.
    pub fn level(
        &self,
        id: &MicroCredentialId,
        criterion: &CriterionId,
        level: &LevelId,
    ) -> String {
        format!("{}-level-{level}", self.criterion(id, criterion))
    }

    /// A status list.
    pub fn status_list(&self, number: StatusListNumber) -> String {
        format!("{}/status/{number}", self.base)
    }

    /// Where the current edition of a badge is found.
    pub fn refresh(&self, id: RefreshId) -> String {
        format!("{}/refresh/{id}", self.base)
    }
}
