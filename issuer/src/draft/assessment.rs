//! What a badge tells of the assessment behind it, in terms that every Open Badges reader knows.
//!
//! How many reviewers there were and whether they were blind are results of types of our own (the standard's
//! `ext:` types); the manifest of what was assessed is a related resource with its digest (Verifiable Credentials
//! Data Model 2.0, section 5.3); the rubric's digest is an identifier of the achievement. No context is added: a
//! verifier that knows Open Badges 3.0 has every term, and JSON-LD in safe mode drops nothing.

use serde_json::{Value, json};

use crate::award::{Achieved, Assessment, Award};
use crate::id::{BadgeId, CriterionId, LevelId, MicroCredentialId};
use crate::rubric::{Criterion, Rubric};
use crate::site::Site;
use schemas::model;

/// A criterion of the rubric with all its levels, lowest first.
pub fn criterion(
    site: &Site,
    id: &MicroCredentialId,
    criterion: &Criterion,
) -> model::ResultDescription {
    let levels = criterion
        .levels
        .iter()
        .map(|level| model::RubricCriterionLevel {
            id: site.level(id, &criterion.id, &level.id),
            name: level.name.as_str().into(),
            description: level.description.as_ref().map(|text| text.as_str().into()),
            points: Some(level.points.to_string().into()),
            ..Default::default()
        });
    model::ResultDescription {
        id: site.criterion(id, &criterion.id),
        name: criterion.name.as_str().into(),
        result_type: model::ResultType::RubricCriterion,
        required_level: Some(site.level(id, &criterion.id, &criterion.required_level)),
        rubric_criterion_level: levels.collect(),
        ..Default::default()
    }
}

/// The levels reached, and what is told of the assessment.
pub fn results(site: &Site, id: &MicroCredentialId, award: &Award) -> Vec<model::Result> {
    let result = |achieved: &Achieved| reached(site, id, &achieved.criterion, &achieved.level);
    let assessed = award.assessment.iter();
    let assessed = assessed.flat_map(|assessment| told(site, id, assessment));
    award.achieved.iter().map(result).chain(assessed).collect()
}

/// The result of somebody who reaches the highest level of a criterion.
pub fn best(site: &Site, id: &MicroCredentialId, criterion: &Criterion) -> model::Result {
    let level = criterion.levels.last().map(|level| &level.id);
    let level = level.unwrap_or(&criterion.required_level);
    reached(site, id, &criterion.id, level)
}

fn reached(
    site: &Site,
    id: &MicroCredentialId,
    criterion: &CriterionId,
    level: &LevelId,
) -> model::Result {
    model::Result {
        result_description: Some(site.criterion(id, criterion)),
        achieved_level: Some(site.level(id, criterion, level)),
        status: Some(model::ResultStatusType::Completed),
        ..Default::default()
    }
}

/// Describes what is told of an assessment beside the criteria.
pub fn descriptions(site: &Site, id: &MicroCredentialId) -> [model::ResultDescription; 2] {
    let description = |which, name: &str, result_type: &str| model::ResultDescription {
        id: site.assessment(id, which),
        name: name.into(),
        result_type: model::ResultType::Extension(result_type.to_owned()),
        ..Default::default()
    };
    [
        model::ResultDescription {
            value_min: Some("1".into()),
            ..description(REVIEWERS, "Reviewers", REVIEWER_COUNT)
        },
        model::ResultDescription {
            allowed_value: vec!["no".into(), "yes".into()],
            ..description(BLIND, "Blind review", BLIND_REVIEW)
        },
    ]
}

fn told(site: &Site, id: &MicroCredentialId, assessment: &Assessment) -> [model::Result; 2] {
    let result = |which, value: String| model::Result {
        result_description: Some(site.assessment(id, which)),
        value: Some(value.as_str().into()),
        ..Default::default()
    };
    let blind = if assessment.blind { "yes" } else { "no" };
    [
        result(REVIEWERS, assessment.reviewers.to_string()),
        result(BLIND, blind.to_owned()),
    ]
}

/// The manifest as a related resource: whoever has it can hold it against this digest.
pub fn related_resource(site: &Site, badge: BadgeId, assessment: &Assessment) -> Value {
    json!([{
        "id": site.manifest(badge),
        "mediaType": "application/json",
        "digestSRI": assessment.manifest_sha256.sri(),
    }])
}

/// The digest of the rubric as an identifier of what is earned with it.
pub fn rubric_identifier(rubric: &Rubric) -> Option<model::IdentifierEntry> {
    (!rubric.is_empty()).then(|| model::IdentifierEntry {
        identifier: rubric.sha256().to_string(),
        identifier_type: model::IdentifierType::Extension(RUBRIC_SHA256.to_owned()),
        ..Default::default()
    })
}

/// The type of a result that says how many people's scores a decision rests on.
pub const REVIEWER_COUNT: &str = "ext:ReviewerCount";
/// The type of a result that says whether the reviewers were not told whose work it was.
pub const BLIND_REVIEW: &str = "ext:BlindReview";
/// The digest of the rubric, as a badge names it.
pub const RUBRIC_SHA256: &str = "ext:rubricSha256";

const REVIEWERS: &str = "reviewers";
const BLIND: &str = "blind-review";
