//! How training looks in JSON.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;
use crate::http::openapi::DateTime;
use crate::id::{
    AwardId, CriterionId, ExemplarId, LevelId, MicroCredentialId, OrganisationId, PersonId,
    RequirementId,
};
use crate::quality::certification::Certification;
use crate::quality::training::{
    Exemplar, Gold, NewExemplar, Rules, Sample, SampleContent, TrainingSet,
};
use crate::quality::trying::{Next, Progress};
use crate::submission::Link;
use crate::text::{Line, Prose};

/// What it takes to pass; a member that is left out says the usual.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesBody {
    /// How many exemplars one try takes.
    #[schema(minimum = 1, maximum = 10)]
    exemplars: u32,
    /// Of a hundred scores, how many have to be the very level that is right.
    #[schema(maximum = 100)]
    level_percent: u32,
    /// Of a hundred scores, how many have to say rightly whether the criterion is met.
    #[schema(minimum = 1, maximum = 100)]
    met_percent: u32,
    /// How many tries one person has in thirty days.
    #[schema(minimum = 1, maximum = 10)]
    tries: u32,
    /// How many hours lie between a try that failed and the next one.
    #[schema(maximum = 720)]
    wait_hours: u32,
    /// For how many months a certification is good.
    #[schema(minimum = 1, maximum = 60)]
    months: u32,
    /// The micro-credential that is issued to those who pass; it is good for as many months.
    #[serde(skip_serializing_if = "Option::is_none")]
    badge: Option<MicroCredentialId>,
}

/// A training set, and where the caller stands with it.
#[derive(Serialize, ToSchema)]
pub struct ProgressBody {
    organisation: OrganisationId,
    line: MicroCredentialId,
    rules: RulesBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    certification: Option<CertificationBody>,
    /// The numbers of the caller's tries.
    tries: Vec<u32>,
    next: NextBody,
}

/// What the caller can do next.
#[derive(Serialize, ToSchema)]
pub struct NextBody {
    can: Can,
    /// The try to go on with.
    #[serde(rename = "try", skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    /// Why nothing can be done now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Can {
    Begin,
    GoOn,
    Nothing,
}

#[derive(Serialize, ToSchema)]
pub struct TrainingSetBody {
    organisation: OrganisationId,
    line: MicroCredentialId,
    rules: RulesBody,
}

#[derive(Serialize, ToSchema)]
pub struct CertificationBody {
    person: PersonId,
    line: MicroCredentialId,
    #[schema(value_type = DateTime)]
    since: Timestamp,
    #[schema(value_type = DateTime)]
    until: Timestamp,
    /// The award that was made for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<AwardId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExemplarBody {
    title: Line,
    work: Vec<SampleBody>,
    gold: Vec<GoldBody>,
}

/// A piece of work: a text, or something at an address.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleBody {
    requirement: RequirementId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Prose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
}

/// The level that a criterion ought to be given, and why.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoldBody {
    criterion: CriterionId,
    level: LevelId,
    reason: Prose,
}

#[derive(Serialize, ToSchema)]
pub struct ExemplarBody {
    id: ExemplarId,
    title: Line,
    /// The version whose rubric it is held against.
    micro_credential: MicroCredentialId,
    work: Vec<SampleBody>,
    gold: Vec<GoldBody>,
    author: PersonId,
    #[schema(value_type = DateTime)]
    added: Timestamp,
    /// Since when it is given to nobody any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    retired: Option<Timestamp>,
}

impl NewExemplarBody {
    pub fn read(self) -> Result<NewExemplar, Error> {
        let read = |(place, sample): (usize, SampleBody)| sample.read(place);
        let work = self.work.into_iter().enumerate().map(read);
        Ok(NewExemplar {
            title: self.title,
            work: work.collect::<Result<_, _>>()?,
            gold: self.gold.into_iter().map(Gold::from).collect(),
        })
    }
}

impl SampleBody {
    fn read(self, place: usize) -> Result<Sample, Error> {
        let content = match (self.text, self.link) {
            (Some(text), None) => SampleContent::Text(text),
            (None, Some(link)) => SampleContent::Link(link),
            _ => {
                let pointer = format!("/work/{place}");
                return Err(Error::invalid(
                    pointer,
                    "a piece of work is a text or a link",
                ));
            }
        };
        Ok(Sample {
            requirement: self.requirement,
            content,
        })
    }
}

impl Default for RulesBody {
    fn default() -> RulesBody {
        Rules::default().into()
    }
}

impl From<Rules> for RulesBody {
    fn from(rules: Rules) -> RulesBody {
        RulesBody {
            exemplars: rules.exemplars,
            level_percent: rules.level_percent,
            met_percent: rules.met_percent,
            tries: rules.tries,
            wait_hours: rules.wait_hours,
            months: rules.months,
            badge: rules.badge,
        }
    }
}

impl From<RulesBody> for Rules {
    fn from(body: RulesBody) -> Rules {
        Rules {
            exemplars: body.exemplars,
            level_percent: body.level_percent,
            met_percent: body.met_percent,
            tries: body.tries,
            wait_hours: body.wait_hours,
            months: body.months,
            badge: body.badge,
        }
    }
}

impl From<TrainingSet> for TrainingSetBody {
    fn from(set: TrainingSet) -> TrainingSetBody {
        TrainingSetBody {
            organisation: set.organisation,
            line: set.line,
            rules: set.rules.into(),
        }
    }
}

impl From<Progress> for ProgressBody {
    fn from(progress: Progress) -> ProgressBody {
        let (can, number, reason) = match progress.next {
            Next::Begin => (Can::Begin, None, None),
            Next::GoOn(number) => (Can::GoOn, Some(number), None),
            Next::Nothing(why) => (Can::Nothing, None, Some(why.to_string())),
        };
        ProgressBody {
            organisation: progress.set.organisation,
            line: progress.set.line,
            rules: progress.set.rules.into(),
            certification: progress.certification.map(CertificationBody::from),
            tries: progress.tries.iter().map(|one| one.number).collect(),
            next: NextBody {
                can,
                number,
                reason,
            },
        }
    }
}

impl From<Certification> for CertificationBody {
    fn from(certification: Certification) -> CertificationBody {
        CertificationBody {
            person: certification.person,
            line: certification.line,
            since: certification.since,
            until: certification.until,
            award: certification.award,
        }
    }
}

impl From<Exemplar> for ExemplarBody {
    fn from(exemplar: Exemplar) -> ExemplarBody {
        ExemplarBody {
            id: exemplar.id,
            title: exemplar.title,
            micro_credential: exemplar.micro_credential,
            work: exemplar.work.into_iter().map(SampleBody::from).collect(),
            gold: exemplar.gold.into_iter().map(GoldBody::from).collect(),
            author: exemplar.author,
            added: exemplar.added,
            retired: exemplar.retired,
        }
    }
}

impl From<Sample> for SampleBody {
    fn from(sample: Sample) -> SampleBody {
        let (text, link) = match sample.content {
            SampleContent::Text(text) => (Some(text), None),
            SampleContent::Link(link) => (None, Some(link)),
        };
        SampleBody {
            requirement: sample.requirement,
            text,
            link,
        }
    }
}

impl From<GoldBody> for Gold {
    fn from(body: GoldBody) -> Gold {
        Gold {
            criterion: body.criterion,
            level: body.level,
            reason: body.reason,
        }
    }
}

impl From<Gold> for GoldBody {
    fn from(gold: Gold) -> GoldBody {
        GoldBody {
            criterion: gold.criterion,
            level: gold.level,
            reason: gold.reason,
        }
    }
}
