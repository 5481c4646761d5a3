//! How calibration sessions look in JSON.

use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Error;
use crate::http::api::micro_credentials::MicroCredentialBody;
use crate::http::edge::Edge;
use crate::http::openapi::DateTime;
use crate::id::{
    CalibrationId, CriterionId, EvidenceId, ExemplarId, LevelId, MicroCredentialId, OrganisationId,
    PersonId, RequirementId, SubmissionId,
};
use crate::micro_credential::MicroCredential;
use crate::person::Person;
use crate::quality::agreement::Agreement;
use crate::quality::calibration::report::{OnCriterion, OnReviewer, Shares};
use crate::quality::calibration::{
    Calibration, Clarification, NewCalibration, NewSubject, Piece, Report, Sheet, SheetScore, State,
};
use crate::review::Content;
use crate::text::{Line, Prose};

/// What a session says to somebody.
pub struct Told {
    pub session: Calibration,
    pub version: MicroCredential,
    pub person: Person,
    /// Whether they lead sessions, and so see who gave what.
    pub leads: bool,
    pub work: Vec<Piece>,
    pub own: Option<Sheet>,
    pub report: Option<Report>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalibrationBody {
    title: Line,
    /// A submission of the organisation that was decided.
    #[serde(default)]
    submission: Option<SubmissionId>,
    /// Or an exemplar of its training set.
    #[serde(default)]
    exemplar: Option<ExemplarOf>,
    /// Who is asked to score: between 2 and 12.
    reviewers: Vec<PersonId>,
}

/// An exemplar, and the line whose training set it is in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExemplarOf {
    line: MicroCredentialId,
    id: ExemplarId,
}

#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    id: CalibrationId,
    organisation: OrganisationId,
    title: Line,
    /// The version whose rubric is scored.
    micro_credential: MicroCredentialId,
    #[schema(value_type = DateTime)]
    opened: Timestamp,
    /// Since when the report is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime>)]
    closed: Option<Timestamp>,
    /// How many were asked to score.
    asked: usize,
    /// How many of them have.
    scored: usize,
    /// The draft of the next version that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<MicroCredentialId>,
}

#[derive(Serialize, ToSchema)]
pub struct CalibrationBody {
    #[serde(flatten)]
    session: SessionBody,
    /// The version whose rubric is scored.
    rubric_of: MicroCredentialBody,
    /// Whether the caller was asked to score.
    asks_you: bool,
    /// Nothing, if it is the caller's own work or of their own school.
    work: Vec<WorkPieceBody>,
    /// What the caller gave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    own: Vec<SheetScoreBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportBody>,
    clarifications: Vec<ClarificationBody>,
}

/// A piece of the work: a file, or the text or address that `says` gives.
#[derive(Serialize, ToSchema)]
struct WorkPieceBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<EvidenceId>,
    name: String,
    requirement: RequirementId,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetBody {
    scores: Vec<SheetScoreBody>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SheetScoreBody {
    criterion: CriterionId,
    level: LevelId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
}

/// How a criterion, or the rubric as a whole, is to be read.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClarificationBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<CriterionId>,
    pub text: Prose,
}

/// What came of a closed session.
#[derive(Serialize, ToSchema)]
struct ReportBody {
    criteria: Vec<ComparedCriterionBody>,
    reviewers: Vec<ComparedReviewerBody>,
    whole: SharesBody,
}

#[derive(Serialize, ToSchema)]
struct ComparedCriterionBody {
    criterion: CriterionId,
    /// What each reviewer gave, in the order of `reviewers`.
    given: Vec<GivenBody>,
    /// The level it ought to be given, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    gold: Option<GivenBody>,
    shares: SharesBody,
}

#[derive(Serialize, ToSchema)]
struct GivenBody {
    level: LevelId,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Prose>,
}

#[derive(Serialize, ToSchema)]
struct ComparedReviewerBody {
    /// Who; for those who lead sessions alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonId>,
    /// Whether it is the caller.
    you: bool,
    shares: SharesBody,
    /// Whether criteria are met, held against what the others say of it.
    agreement: AgreementBody,
}

/// How many pairs of scores agree.
#[derive(Serialize, ToSchema)]
struct SharesBody {
    pairs: u32,
    /// How many of them are the same level.
    same: u32,
    /// How many of them say the same of whether the criterion is met.
    same_side: u32,
}

/// How far people agree. A figure that fewer than ten pairs would have to bear, or that is not defined, is left out.
#[derive(Serialize, ToSchema)]
pub struct AgreementBody {
    pairs: usize,
    /// The share of pairs that are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    same: Option<f64>,
    /// Cohen's kappa.
    #[serde(skip_serializing_if = "Option::is_none")]
    kappa: Option<f64>,
    /// The same with linear weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    weighted_kappa: Option<f64>,
}

impl NewCalibrationBody {
    pub fn read(self) -> Result<NewCalibration, Error> {
        let subject = match (self.submission, self.exemplar) {
            (Some(submission), None) => NewSubject::Submission(submission),
            (None, Some(of)) => NewSubject::Exemplar {
                line: of.line,
                exemplar: of.id,
            },
            _ => {
                let message = "a session is about a submission or about an exemplar";
                return Err(Error::invalid("", message));
            }
        };
        Ok(NewCalibration {
            title: self.title,
            subject,
            reviewers: self.reviewers,
        })
    }
}

impl CalibrationBody {
    pub fn new(edge: &Edge, told: Told) -> CalibrationBody {
        let own = told.own.map(|sheet| sheet.scores).unwrap_or_default();
        let clarifications = told.session.clarifications.iter();
        CalibrationBody {
            asks_you: told.session.asks(&told.person),
            rubric_of: MicroCredentialBody::new(edge, told.version),
            work: told.work.into_iter().map(WorkPieceBody::from).collect(),
            own: own.into_iter().map(SheetScoreBody::from).collect(),
            report: told
                .report
                .map(|report| ReportBody::new(report, &told.person, told.leads)),
            clarifications: clarifications.map(ClarificationBody::from).collect(),
            session: told.session.into(),
        }
    }
}

impl ReportBody {
    fn new(report: Report, person: &Person, leads: bool) -> ReportBody {
        let on_reviewer = |one: OnReviewer| ComparedReviewerBody {
            person: leads.then_some(one.person),
            you: person.is(one.person),
            shares: one.shares.into(),
            agreement: one.agreement.into(),
        };
        let on_criterion = |one: OnCriterion| {
            let given = |(level, comment)| GivenBody { level, comment };
            ComparedCriterionBody {
                criterion: one.criterion,
                given: one.given.into_iter().map(given).collect(),
                gold: one.gold.map(|(level, reason)| given((level, Some(reason)))),
                shares: one.shares.into(),
            }
        };
        ReportBody {
            criteria: report.criteria.into_iter().map(on_criterion).collect(),
            reviewers: report.reviewers.into_iter().map(on_reviewer).collect(),
            whole: report.whole.into(),
        }
    }
}

impl From<Calibration> for SessionBody {
    fn from(session: Calibration) -> SessionBody {
        SessionBody {
            id: session.id,
            organisation: session.organisation,
            title: session.title,
            micro_credential: session.micro_credential,
            opened: session.opened,
            closed: match session.state {
                State::Open => None,
                State::Closed { at } => Some(at),
            },
            asked: session.reviewers.len(),
            scored: session.scored,
            revision: session.revision,
        }
    }
}

impl From<Piece> for WorkPieceBody {
    fn from(piece: Piece) -> WorkPieceBody {
        let name = piece.name();
        let (says, media_type) = match piece.content {
            Content::File { media_type, .. } => (None, Some(media_type)),
            Content::Text(text) | Content::Link(text) | Content::MaskedLink(text) => {
                (Some(text), None)
            }
        };
        WorkPieceBody {
            id: piece.id,
            name,
            requirement: piece.requirement,
            says,
            media_type,
        }
    }
}

impl From<SheetBody> for Vec<SheetScore> {
    fn from(body: SheetBody) -> Vec<SheetScore> {
        let scores = body.scores.into_iter();
        let score = |one: SheetScoreBody| SheetScore {
            criterion: one.criterion,
            level: one.level,
            comment: one.comment,
        };
        scores.map(score).collect()
    }
}

impl From<SheetScore> for SheetScoreBody {
    fn from(score: SheetScore) -> SheetScoreBody {
        SheetScoreBody {
            criterion: score.criterion,
            level: score.level,
            comment: score.comment,
        }
    }
}

impl From<&Clarification> for ClarificationBody {
    fn from(clarification: &Clarification) -> ClarificationBody {
        ClarificationBody {
            criterion: clarification.criterion.clone(),
            text: clarification.text.clone(),
        }
    }
}

impl From<Shares> for SharesBody {
    fn from(shares: Shares) -> SharesBody {
        SharesBody {
            pairs: shares.pairs,
            same: shares.same,
            same_side: shares.same_side,
        }
    }
}

impl From<Agreement> for AgreementBody {
    fn from(agreement: Agreement) -> AgreementBody {
        AgreementBody {
            pairs: agreement.pairs,
            same: agreement.same,
            kappa: agreement.kappa,
            weighted_kappa: agreement.weighted_kappa,
        }
    }
}
