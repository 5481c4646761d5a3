//! What was earned, as a badge names it and as it is served at its address.

use super::assessment;
use crate::micro_credential::{Alignment, Content, Credits, MicroCredential};
use crate::site::Site;
use crate::text::{Line, Prose};
use schemas::model::{self, Profile};

/// The achievement of a micro-credential: also what is served at its address. Its creator wrote it;
/// whoever issues it may be another.
pub fn achievement(
    creator: &Profile,
    site: &Site,
    micro_credential: &MicroCredential,
) -> model::Achievement {
    let (id, content) = (&micro_credential.id, &micro_credential.content);
    let criteria = content.rubric.criteria().iter();
    let mut described: Vec<_> = criteria
        .map(|criterion| assessment::criterion(site, id, criterion))
        .collect();
    // A stack is not assessed itself.
    if !content.rubric.is_empty() {
        described.extend(assessment::descriptions(site, id));
    }
    let mut identifiers = vec![model::IdentifierEntry {
        identifier: micro_credential.content_sha256().to_string(),
        identifier_type: model::IdentifierType::Extension(CONTENT_SHA256.to_owned()),
        ..Default::default()
    }];
    identifiers.extend(assessment::rubric_identifier(&content.rubric));
    model::Achievement {
        id: site.achievement(id),
        name: content.name.as_str().into(),
        description: content.description.as_str().into(),
        criteria: model::Criteria {
            id: Some(site.achievement(id)),
            narrative: Some(narrative(content).into()),
            ..Default::default()
        },
        achievement_type: Some(model::AchievementType::MicroCredential),
        creator: Some(creator.clone()),
        alignment: content.alignments.iter().map(Alignment::in_badge).collect(),
        credits_available: content.credits.map(Credits::number),
        image: Some(model::Image {
            id: site.picture(id, micro_credential.picture_type()),
            caption: Some(format!("The badge for {}", content.name).into()),
            ..Default::default()
        }),
        in_language: content.language.as_ref().map(ToString::to_string),
        other_identifier: identifiers,
        related: content
            .stack
            .iter()
            .map(|member| model::Related {
                id: site.achievement(member),
                ..Default::default()
            })
            .collect(),
        result_description: described,
        tag: content.tags.iter().map(|tag| tag.as_str().into()).collect(),
        version: Some(micro_credential.version.to_string().into()),
        ..Default::default()
    }
}

/// What the criteria say in one text: the competency, and what it takes to show it.
pub(crate) fn narrative(content: &Content) -> String {
    let parts = content.competencies.iter().map(Line::as_str);
    let parts = parts.chain(content.criteria.as_ref().map(Prose::as_str));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The digest of the content of a micro-credential, as a badge names it.
pub const CONTENT_SHA256: &str = "ext:contentSha256";
