//! Achievements: what can be earned, as a page, as linked data and as a picture.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use schemas::model::{OB_CONTEXT, Profile, VC_CONTEXT};
use serde_json::{Value, json};

use super::{LINKED_DATA, of_type};
use crate::draft;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::negotiation::Face;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::MicroCredentialId;
use crate::image::ImageType;
use crate::micro_credential::{self, MicroCredential};
use crate::picture;
use crate::rights::Action;
use crate::rubric::{Criterion, Met};

pub fn routes() -> Vec<Route> {
    vec![
        get("/achievements/{name}", Action::ReadPublished, achievement),
        get(
            "/achievements/{id}/picture.png",
            Action::ReadPublished,
            picture_png,
        ),
        get(
            "/achievements/{id}/picture.svg",
            Action::ReadPublished,
            picture_svg,
        ),
    ]
}

#[derive(Template)]
#[template(path = "achievement.html")]
struct AchievementPage<'a> {
    site: &'a Masthead,
    url: String,
    picture_url: String,
    picture_path: String,
    title: String,
    competency: String,
    description: String,
    criteria: Vec<String>,
    evidence: Vec<(String, String)>,
    rubric: Vec<Row>,
}

struct Row {
    title: String,
    description: String,
    levels: Vec<LevelRow>,
}

struct LevelRow {
    title: String,
    description: String,
    meets: bool,
}

async fn achievement(
    State(edge): State<Edge>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (id, face) = Face::by_extension(&name);
    let id: MicroCredentialId = id.parse().map_err(|_| HttpError::NotFound)?;
    let face = face.or_else(|| Face::by_accept(&headers, &[Face::Page, Face::Json, Face::Png]));
    let (found, creator) = edge
        .work(move |app| {
            let found = micro_credential::published(app, &id)?;
            let creator = app.issuer(&found.organisation)?.profile;
            Ok((found, creator))
        })
        .await?;
    match face {
        Some(Face::Page) => achievement_page(&edge, &found),
        Some(Face::Json) => linked_data(&edge, &creator, &found),
        Some(Face::Png) => {
            let png = edge
                .work(move |app| picture::for_baking(app, &found))
                .await?;
            Ok((of_type("image/png"), png).into_response())
        }
        Some(Face::Jwt) => Err(HttpError::NotFound),
        None => Err(HttpError::NotAcceptable),
    }
}

async fn picture_png(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Response, HttpError> {
    let picture = edge
        .work(move |app| picture::for_baking(app, &micro_credential::published(app, &id)?))
        .await?;
    Ok(unchanging_picture(ImageType::Png, picture))
}

async fn picture_svg(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
) -> Result<Response, HttpError> {
    let shown = edge
        .work(move |app| picture::shown(app, &micro_credential::published(app, &id)?))
        .await?;
    match shown {
        (ImageType::Svg, picture) => Ok(unchanging_picture(ImageType::Svg, picture)),
        (ImageType::Png, _) => Err(HttpError::NotFound),
    }
}

/// A published micro-credential never changes, and so neither does its picture.
fn unchanging_picture(media_type: ImageType, picture: Vec<u8>) -> Response {
    (
        [(CACHE_CONTROL, "public, max-age=86400")],
        of_type(media_type.as_str()),
        picture,
    )
        .into_response()
}

fn linked_data(
    edge: &Edge,
    creator: &Profile,
    found: &MicroCredential,
) -> Result<Response, HttpError> {
    let achievement = draft::achievement(creator, &edge.app.site, found);
    let mut document = json!({ "@context": [VC_CONTEXT, OB_CONTEXT] });
    let stated = serde_json::to_value(achievement).map_err(HttpError::fault)?;
    if let (Some(members), Value::Object(stated)) = (document.as_object_mut(), stated) {
        members.extend(stated);
    }
    Ok((briefly_cached(LINKED_DATA), document.to_string()).into_response())
}

fn achievement_page(edge: &Edge, found: &MicroCredential) -> Result<Response, HttpError> {
    let (site, content) = (&edge.app.site, &found.content);
    let evidence = content.evidence_requirements.iter().map(|asked| {
        let description = asked.description.as_ref().map(ToString::to_string);
        (asked.name.to_string(), description.unwrap_or_default())
    });
    page(&AchievementPage {
        site: &edge.masthead,
        url: site.achievement(&found.id),
        picture_url: site.picture(&found.id, found.picture_type()),
        picture_path: format!(
            "/achievements/{}/picture.{}",
            found.id,
            found.picture_type().extension()
        ),
        title: content.name.to_string(),
        competency: content
            .competency()
            .map(ToString::to_string)
            .unwrap_or_default(),
        description: content.description.to_string(),
        criteria: super::paragraphs(content.criteria.as_ref().map_or("", |text| text.as_str())),
        evidence: evidence.collect(),
        rubric: content.rubric.criteria().iter().map(row).collect(),
    })
}

fn row(criterion: &Criterion) -> Row {
    let levels = criterion.levels.iter().map(|level| LevelRow {
        title: level.name.to_string(),
        description: level
            .description
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        meets: criterion.judge(&level.id) == Some(Met::Met),
    });
    Row {
        title: criterion.name.to_string(),
        description: criterion
            .description
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        levels: levels.collect(),
    }
}
