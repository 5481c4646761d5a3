//! The page of an achievement: everything that earner, reviewer and office want to know of it.

use askama::Template;
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::App;
use crate::endorsement::Endorsed;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::endorsing::Said;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::{
    self, Content, EvidenceRequirement, MicroCredential, OriginFormat, State,
};
use crate::review;
use crate::rubric::{Criterion, Decision, Met};
use crate::wording::{self, time};

#[derive(Template)]
#[template(path = "achievement.html")]
struct AchievementPage<'a> {
    site: &'a Masthead,
    content: &'a Content,
    id: &'a str,
    url: String,
    picture_url: String,
    picture_path: String,
    competency: String,
    evidence: Vec<Asked>,
    rubric: Vec<Row>,
    decision: Option<String>,
    version: u32,
    /// Nothing for a draft.
    published: Option<String>,
    content_sha256: String,
    rubric_sha256: String,
    superseded_by: Option<String>,
    origin: Option<String>,
    beside: &'a Beside,
    start: Start,
    /// What search engines read. The one thing that is not escaped: a data block holds no markup,
    /// and every character that could end it is written as JSON writes any character.
    data: String,
}

/// What stands in other records.
pub struct Beside {
    owner: String,
    owner_id: OrganisationId,
    topics: Vec<(String, String)>,
    issuers: Vec<(String, String)>,
    versions: Vec<(u32, String, String)>,
    prerequisites: Vec<(String, String)>,
    stack: Vec<(String, String)>,
    /// What others say of it.
    endorsements: Vec<Said>,
    /// About how long its owner's reviews take, if it is known.
    review_takes: Option<String>,
}

/// How somebody who looks at the page begins.
pub enum Start {
    /// Nothing is begun with it: it is a stack, or was superseded.
    Not,
    /// By signing in first.
    SignIn(String),
    /// With a button.
    Button,
    /// It is begun: there it goes on.
    GoOn(String),
    /// It is earned: there is what was handed in, and the badge.
    Earned(String),
}

struct Asked {
    title: String,
    description: String,
    accepts: String,
    bounds: String,
}

struct Row {
    title: String,
    description: String,
    levels: Vec<LevelRow>,
}

struct LevelRow {
    title: String,
    description: String,
    points: u32,
    meets: bool,
}

impl Beside {
    /// Looks up what the page names beside the micro-credential itself.
    pub fn of(app: &App, found: &MicroCredential) -> Result<Beside, Error> {
        let content = &found.content;
        let mut topics = Vec::new();
        for id in &content.topics {
            let topic = app.store.topic(id)?;
            topics.extend(topic.map(|topic| (topic.id.to_string(), topic.name.to_string())));
        }
        let mut issuers = Vec::new();
        for id in [found.organisation.clone()]
            .into_iter()
            .chain(app.store.adopters(&found.id)?)
        {
            issuers.push((id.to_string(), name_of(app, &id)?));
        }
        let versions = micro_credential::versions(app, found)?.into_iter();
        let named = |ids: &[MicroCredentialId]| -> Result<Vec<_>, Error> {
            let mut named = Vec::new();
            for id in ids {
                let other = app.store.micro_credential(id)?;
                let title = other.map(|other| other.content.name.to_string());
                named.push((id.to_string(), title.unwrap_or_else(|| id.to_string())));
            }
            Ok(named)
        };
        Ok(Beside {
            owner: name_of(app, &found.organisation)?,
            owner_id: found.organisation.clone(),
            topics,
            issuers,
            versions: versions
                .map(|one| (one.version, one.id.to_string(), day(&one)))
                .collect(),
            prerequisites: named(&content.prerequisites)?,
            stack: named(&content.stack)?,
            endorsements: Said::of(app, &Endorsed::MicroCredential(found.id.clone()))?,
            review_takes: review::usual_length(app, &found.organisation)?.map(time::length),
        })
    }
}

fn name_of(app: &App, id: &OrganisationId) -> Result<String, Error> {
    let found = app.store.organisation(id)?;
    Ok(found.map_or_else(|| id.to_string(), |found| found.profile.name.to_string()))
}

/// Shows a version, or a draft as it will look.
pub fn show(
    edge: &Edge,
    found: &MicroCredential,
    beside: &Beside,
    start: Start,
) -> Result<Response, HttpError> {
    let (site, content) = (&edge.app.site, &found.content);
    let rubric_sha256 = match &found.state {
        State::Published { rubric_sha256, .. } => rubric_sha256.to_string(),
        State::Draft => content.rubric.sha256().to_string(),
    };
    let picture = found.picture_type();
    page(&AchievementPage {
        site: &edge.masthead,
        content,
        id: found.id.as_str(),
        url: site.achievement(&found.id),
        picture_url: site.picture(&found.id, picture),
        picture_path: match found.state {
            State::Published { .. } => {
                format!("/achievements/{}/picture.{}", found.id, picture.extension())
            }
            State::Draft => format!(
                "/organisations/{}/micro-credentials/{}/picture",
                found.organisation, found.id
            ),
        },
        competency: content
            .competency()
            .map(ToString::to_string)
            .unwrap_or_default(),
        evidence: content.evidence_requirements.iter().map(asked).collect(),
        rubric: content.rubric.criteria().iter().map(row).collect(),
        decision: match content.decision {
            Decision::AllCriteria => None,
            Decision::LeastPoints(least) => Some(format!(
                "Beside that, all criteria together reach at least {least} of {} points.",
                content.rubric.most_points()
            )),
        },
        version: found.version,
        published: found.published_at().map(wording::day),
        content_sha256: found.content_sha256().to_string(),
        rubric_sha256,
        superseded_by: found.superseded_by.as_ref().map(ToString::to_string),
        origin: origin(found),
        beside,
        start,
        data: in_data_block(&for_search_engines(edge, found, beside)),
    })
}

fn day(found: &MicroCredential) -> String {
    found.published_at().map(wording::day).unwrap_or_default()
}

fn origin(found: &MicroCredential) -> Option<String> {
    let origin = found.origin.as_ref()?;
    let format = match origin.format {
        OriginFormat::Csv => "a table (CSV)",
        OriginFormat::OpenBadges3 => "an achievement of Open Badges 3.0",
        OriginFormat::OpenBadges2 => "a badge class of Open Badges 2.0",
        OriginFormat::Ctdl => "a CTDL description",
    };
    let mut text = format!("Imported from {format}");
    if let Some(source) = &origin.source {
        text.push_str(&format!(", {source}"));
    }
    if let Some(identifier) = &origin.identifier {
        text.push_str(&format!(", where it is {identifier}"));
    }
    Some(text)
}

fn asked(requirement: &EvidenceRequirement) -> Asked {
    let kinds: Vec<_> = requirement
        .accepts
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut bounds = Vec::new();
    match (requirement.least, requirement.most) {
        (0, None) => bounds.push("may be left out".to_owned()),
        (0, Some(most)) => bounds.push(format!("may be left out, at most {most}")),
        (1, None) => {}
        (least, None) => bounds.push(format!("at least {least}")),
        (least, Some(most)) if least == most => bounds.push(format!("exactly {least}")),
        (least, Some(most)) => bounds.push(format!("{least} to {most}")),
    }
    let limits = &requirement.limits;
    bounds.extend(limits.words.map(|words| format!("at most {words} words")));
    bounds.extend(
        limits
            .minutes
            .map(|minutes| format!("at most {minutes} minutes")),
    );
    bounds.extend(
        limits
            .bytes
            .map(|bytes| format!("at most {} MB a file", bytes.div_ceil(1_000_000))),
    );
    Asked {
        title: requirement.name.to_string(),
        description: requirement
            .description
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        accepts: match kinds.as_slice() {
            [one] => one.clone(),
            several => format!("any one of: {}", several.join(", ")),
        },
        bounds: bounds.join(", "),
    }
}

fn row(criterion: &Criterion) -> Row {
    let text = |text: &Option<crate::text::Prose>| {
        text.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    let levels = criterion.levels.iter().map(|level| LevelRow {
        title: level.name.to_string(),
        description: text(&level.description),
        points: level.points,
        meets: criterion.judge(&level.id) == Some(Met::Met),
    });
    Row {
        title: criterion.name.to_string(),
        description: text(&criterion.description),
        levels: levels.collect(),
    }
}

/// The page in the words of schema.org, which search engines know.
fn for_search_engines(edge: &Edge, found: &MicroCredential, beside: &Beside) -> Value {
    let (site, content) = (&edge.app.site, &found.content);
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": site.achievement(&found.id),
        "url": site.achievement(&found.id),
        "name": content.name,
        "description": content.description,
        "credentialCategory": "Micro-credential",
        "image": site.picture(&found.id, found.picture_type()),
        "version": found.version,
        "creator": { "@type": "Organization", "name": beside.owner },
    });
    if let Some(published) = found.published_at() {
        data["datePublished"] = json!(published);
    }
    if let Some(competency) = content.competency() {
        data["competencyRequired"] = json!(competency);
    }
    if let Some(language) = &content.language {
        data["inLanguage"] = json!(language);
    }
    if !content.tags.is_empty() {
        data["keywords"] = json!(content.tags);
    }
    if !content.alignments.is_empty() {
        let alignments = content.alignments.iter().map(|one| {
            json!({
                "@type": "AlignmentObject",
                "targetName": one.target_name,
                "targetUrl": one.target_url,
            })
        });
        data["educationalAlignment"] = alignments.collect();
    }
    data
}

/// JSON that a script element can hold: nothing in it ends the element or begins a comment.
fn in_data_block(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
