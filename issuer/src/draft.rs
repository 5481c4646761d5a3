//! A draft: the Open Badges 3.0 document of an award, before it is known to be a good one.

mod achievement;
pub mod assessment;
mod evidence;
mod recipient;

pub(crate) use achievement::narrative;
pub use achievement::{CONTENT_SHA256, achievement};
pub use evidence::Naming;
pub(crate) use evidence::bytes_of_evidence;
use evidence::{named_by_hand, shared, told_by_hand};

use crate::app::App;
use crate::award::Award;
use crate::badge::Origin;
use crate::drawn::{Drawn, whole_seconds};
use crate::endorsement::carried::{Carried, Quoted};
use crate::error::Error;
use crate::id::{AwardId, MicroCredentialId, OrganisationId, PersonId};
use crate::issuers::Issuer;
use crate::micro_credential::{EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::site::Site;
use crate::submission::{EVIDENCE_BYTES, Evidence};
use crate::validity;
use keys::jsonld::{self, Contexts, LdLimits};
use schemas::Finding;
use schemas::lint;
use schemas::model::{self, Profile};
use schemas::timestamp::Timestamp;

/// Everything an edition of a badge rests on, as the store has it.
#[derive(Debug, Clone)]
pub struct Grounds {
    /// The award.
    pub award: Award,
    /// What was earned.
    pub micro_credential: MicroCredential,
    /// Whose micro-credential it is.
    pub creator: Profile,
    /// Who earned it.
    pub earner: Person,
    /// The evidence its earner shares, each with what it answers to.
    pub shared: Vec<(EvidenceRequirement, Evidence, Naming)>,
    /// Which edition of the badge it is, from 1 on.
    pub edition: u32,
    /// Why it is issued.
    pub origin: Origin,
    /// Until when it is valid.
    pub term: Term,
    /// What others say of the achievement and of the issuer.
    pub quoted: Quoted,
}

/// Until when an edition is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// As long as the micro-credential says, from its issuing on.
    Counted,
    /// As long as the edition that it replaces.
    Kept(Option<Timestamp>),
}

/// The document of an award, not yet held against any rule.
pub struct Draft {
    grounds: Grounds,
    drawn: Drawn,
    credential: model::AchievementCredential,
}

/// A document that keeps all rules. There is no way to one but [`Draft::lint`].
pub struct Linted {
    award: AwardId,
    organisation: OrganisationId,
    earner: PersonId,
    micro_credential: MicroCredentialId,
    edition: u32,
    origin: Origin,
    drawn: Drawn,
    carried: Vec<Carried>,
    document: String,
}

impl Draft {
    /// Builds the document: everything it says follows from these arguments.
    pub fn new(grounds: Grounds, issuer: &Issuer, site: &Site, drawn: Drawn) -> Draft {
        let id = &grounds.micro_credential.id;
        let status_list = site.status_list(drawn.status.list);
        let mut credential = model::AchievementCredential {
            context: [
                model::VC_CONTEXT,
                model::OB_CONTEXT,
                model::EXTENSIONS_CONTEXT,
            ]
            .map(Into::into)
            .into(),
            id: site.badge(drawn.badge),
            name: Some(grounds.micro_credential.content.name.as_str().into()),
            issuer: stated(issuer, &grounds.quoted).into(),
            valid_from: drawn.issued.to_string(),
            valid_until: valid_until(&grounds, &drawn).map(|end| end.to_string()),
            awarded_date: Some(whole_seconds(grounds.award.awarded).to_string()),
            credential_subject: model::AchievementSubject {
                id: Some(
                    grounds
                        .earner
                        .did
                        .clone()
                        .unwrap_or_else(|| drawn.subject.clone()),
                ),
                identifier: recipient::identities(
                    issuer.identifier_policy,
                    &grounds.earner,
                    &drawn,
                ),
                achievement: achievement(&grounds.creator, site, &grounds.micro_credential),
                narrative: told_by_hand(&grounds.award).map(Into::into),
                result: assessment::results(site, id, &grounds.award),
                ..Default::default()
            },
            evidence: grounds
                .shared
                .iter()
                .map(|(asked, evidence, naming)| {
                    shared(site, drawn.badge, asked, evidence, *naming)
                })
                .chain(named_by_hand(&grounds.award))
                .collect(),
            credential_status: Some(model::CredentialStatus::bitstring(
                &status_list,
                drawn.status.index.into(),
                "revocation",
            )),
            refresh_service: Some(model::RefreshService {
                id: site.refresh(drawn.refresh),
                ..Default::default()
            }),
            ..Default::default()
        };
        if let Some(assessment) = &grounds.award.assessment {
            let resources = assessment::related_resource(site, drawn.badge, assessment);
            let member = "relatedResource".to_owned();
            credential.additional.insert(member, resources);
        }
        if let Some(said) = grounds.quoted.achievement() {
            let achievement = &mut credential.credential_subject.achievement;
            // As it was signed, and not as our data model would write it.
            achievement
                .additional
                .insert(ENDORSEMENT.to_owned(), vec![said.clone()].into());
        }
        Draft {
            grounds,
            drawn,
            credential,
        }
    }

    /// Holds the document against the schema, the house rules, and JSON-LD in safe mode: every
    /// member must be covered by the signature.
    pub fn lint(self) -> Result<Linted, Vec<Finding>> {
        let document = serde_json::to_value(&self.credential)
            .expect("the data model is strings, numbers and lists of them");
        let mut findings = faults(&document);
        let document = document.to_string();
        findings.extend(too_large(document.len(), DOCUMENT_BYTES));
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Linted {
            award: self.grounds.award.id,
            organisation: self.grounds.award.organisation,
            earner: self.grounds.earner.id,
            micro_credential: self.grounds.micro_credential.id,
            edition: self.grounds.edition,
            origin: self.grounds.origin,
            carried: self.grounds.quoted.carried(),
            drawn: self.drawn,
            document,
        })
    }
}

impl Linted {
    /// The award it is for.
    pub fn award(&self) -> AwardId {
        self.award
    }

    /// The organisation that issues it.
    pub fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }

    /// Who earned it.
    pub fn earner(&self) -> PersonId {
        self.earner
    }

    /// What was earned.
    pub fn micro_credential(&self) -> &MicroCredentialId {
        &self.micro_credential
    }

    /// Which edition of the badge it is, from 1 on.
    pub fn edition(&self) -> u32 {
        self.edition
    }

    /// Why it is issued.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What was drawn for it.
    pub fn drawn(&self) -> &Drawn {
        &self.drawn
    }

    /// The endorsements that stand in it.
    pub fn carried(&self) -> &[Carried] {
        &self.carried
    }

    /// The document, byte for byte as it will be signed.
    pub fn document(&self) -> &str {
        &self.document
    }
}

/// The profile of the issuer, with what is said of it.
fn stated(issuer: &Issuer, quoted: &Quoted) -> Profile {
    let mut profile = issuer.profile.clone();
    if let Some(said) = quoted.issuer() {
        profile
            .additional
            .insert(ENDORSEMENT.to_owned(), vec![said.clone()].into());
    }
    profile
}

/// Holds a micro-credential against the rules of badges, before anybody has earned it: what is
/// published can be issued.
pub(crate) fn lint_achievement(app: &App, of: &MicroCredential) -> Result<(), Error> {
    let issuer = app.issuer(&of.organisation)?.profile;
    let achievement = achievement(&issuer, &app.site, of);
    let met = of.content.rubric.criteria().iter();
    let result = met.map(|criterion| assessment::best(&app.site, &of.id, criterion));
    let mut specimen = model::AchievementCredential {
        id: "urn:uuid:00000000-0000-4000-8000-000000000001".to_owned(),
        issuer: issuer.into(),
        valid_from: "2026-01-01T00:00:00Z".to_owned(),
        credential_subject: model::AchievementSubject {
            id: Some("urn:uuid:00000000-0000-4000-8000-000000000000".to_owned()),
            achievement,
            result: result.collect(),
            ..Default::default()
        },
        ..Default::default()
    };
    specimen.context = [model::VC_CONTEXT, model::OB_CONTEXT]
        .map(Into::into)
        .into();
    let document = serde_json::to_value(&specimen)
        .expect("the data model is strings, numbers and lists of them");
    let mut findings = faults(&document);
    let room = DOCUMENT_BYTES - EVIDENCE_BYTES - RESERVE_BYTES;
    findings.extend(too_large(document.to_string().len(), room));
    match findings.is_empty() {
        true => Ok(()),
        false => Err(Error::Unissuable { findings }),
    }
}

fn too_large(bytes: usize, room: usize) -> Option<Finding> {
    (bytes > room).then(|| Finding {
        code: TOO_LARGE,
        pointer: String::new(),
        message: format!("the document has {bytes} bytes, more than the {room} that can be kept"),
    })
}

/// What is wrong with a document: by the schema, the house rules, and JSON-LD in safe mode.
pub(crate) fn faults(document: &serde_json::Value) -> Vec<Finding> {
    let mut findings = lint::lint(document);
    if let Err(error) = jsonld::to_rdf(document, Contexts::embedded(), &LdLimits::default()) {
        findings.push(Finding {
            code: error.code(),
            pointer: error.pointer().to_owned(),
            message: error.to_string(),
        });
    }
    findings
}

fn valid_until(grounds: &Grounds, drawn: &Drawn) -> Option<Timestamp> {
    match grounds.term {
        Term::Kept(until) => until,
        Term::Counted => {
            let months = grounds.micro_credential.content.validity_months?;
            validity::end(drawn.issued, months)
        }
    }
}

/// The code of a document that is larger than can be kept.
pub(crate) const TOO_LARGE: &str = "issue.too_large";
/// What others say, in the data model (Open Badges 3.0, Achievement and Profile).
pub(crate) const ENDORSEMENT: &str = "endorsement";
/// A badge is kept in both forms in one record of at most 100 kB; the JWT takes a third more.
const DOCUMENT_BYTES: usize = 40 * 1024;
/// What a specimen lacks that is neither evidence nor a result: status, refreshing, identity and the manifest. And
/// room for what the issuer may say of itself later.
const RESERVE_BYTES: usize = 4 * 1024;
