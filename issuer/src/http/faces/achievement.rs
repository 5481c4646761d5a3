//! Achievements: what can be earned, as a page, as linked data and as a picture.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use schemas::model::{OB_CONTEXT, VC_CONTEXT};
use serde_json::{Value, json};

use super::achievement_page::{self, Beside, Start};
use super::{LINKED_DATA, of_type};
use crate::app::App;
use crate::draft;
use crate::endorsement::Endorsed;
use crate::error::Error;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::endorsing::Said;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::negotiation::Face;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::MicroCredentialId;
use crate::image::ImageType;
use crate::micro_credential::{self, MicroCredential};
use crate::picture;
use crate::rights::Action;
use crate::submission;

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

async fn achievement(
    State(edge): State<Edge>,
    Path(name): Path<String>,
    AnyCaller(caller): AnyCaller,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (id, face) = Face::by_extension(&name);
    let id: MicroCredentialId = id.parse().map_err(|_| HttpError::NotFound)?;
    let face = face.or_else(|| Face::by_accept(&headers, &[Face::Page, Face::Json, Face::Png]));
    let found = edge
        .work(move |app| micro_credential::published(app, &id))
        .await?;
    match face {
        Some(Face::Page) => {
            let (found, beside, start) = edge
                .work(move |app| {
                    let beside = Beside::of(app, &found)?;
                    let start = start(app, &found, caller.as_ref())?;
                    Ok((found, beside, start))
                })
                .await?;
            achievement_page::show(&edge, &found, &beside, start)
        }
        Some(Face::Json) => linked_data(&edge, found).await,
        Some(Face::Png) => {
            let png = edge
                .work(move |app| picture::for_baking(app, &found))
                .await?;
            Ok((of_type("image/png"), png).into_response())
        }
        Some(Face::Jwt | Face::Svg) => Err(HttpError::NotFound),
        None => Err(HttpError::NotAcceptable),
    }
}

fn start(app: &App, found: &MicroCredential, caller: Option<&Caller>) -> Result<Start, Error> {
    // What was begun goes on, also with a version that has a newer one.
    if let Some(caller) = caller
        && let Some(id) = submission::begun(app, &caller.person, &found.id)?
    {
        let path = format!("/my/submissions/{id}");
        let begun = submission::of_earner(app, &caller.person, id)?;
        return Ok(match begun.state {
            submission::State::Accepted { .. } => Start::Earned(path),
            _ => Start::GoOn(path),
        });
    }
    Ok(match caller {
        _ if !found.is_newest() || found.content.is_stack() => Start::Not,
        Some(_) => Start::Button,
        None => Start::SignIn(format!("/sign-in?next=%2Fachievements%2F{}", found.id)),
    })
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

/// The achievement as it stands in badges, with everything that is shown of what others say.
async fn linked_data(edge: &Edge, found: MicroCredential) -> Result<Response, HttpError> {
    let (achievement, said) = edge
        .work(move |app| {
            let creator = app.issuer(&found.organisation)?.profile;
            let said = Said::documents(app, &Endorsed::MicroCredential(found.id.clone()))?;
            Ok((draft::achievement(&creator, &app.site, &found), said))
        })
        .await?;
    let mut document = json!({ "@context": [VC_CONTEXT, OB_CONTEXT] });
    let stated = serde_json::to_value(achievement).map_err(HttpError::fault)?;
    if let (Some(members), Value::Object(stated)) = (document.as_object_mut(), stated) {
        members.extend(stated);
        if !said.is_empty() {
            members.insert(draft::ENDORSEMENT.to_owned(), said.into());
        }
    }
    Ok((briefly_cached(LINKED_DATA), document.to_string()).into_response())
}
