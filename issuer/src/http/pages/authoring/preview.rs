//! A draft as it will look once it is published, and the picture it is given.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};

use super::{FORM_EDGE, Problem, show_form, theirs, unprocessable};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::faces::achievement_page::{self, Beside, Start};
use crate::http::faces::of_type;
use crate::http::form::Form;
use crate::http::pages::authoring::form::DraftForm;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::image::{self, IMAGE_BYTES};
use crate::micro_credential::{self, Basis};
use crate::picture;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let (read, write) = (Action::ReadDrafts, Action::WriteMicroCredentials);
    vec![
        get(
            "/organisations/{organisation}/micro-credentials/{name}/preview",
            read,
            preview,
        ),
        get(
            "/organisations/{organisation}/micro-credentials/{name}/picture",
            read,
            picture_of_draft,
        ),
        post(
            "/organisations/{organisation}/micro-credentials/{name}/picture",
            write,
            give_picture,
        ),
    ]
}

async fn preview(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let draft = theirs(&edge, organisation, id).await?;
    let (draft, beside) = edge
        .work(move |app| {
            let beside = Beside::of(app, &draft)?;
            Ok((draft, beside))
        })
        .await?;
    achievement_page::show(&edge, &draft, &beside, Start::Not)
}

async fn picture_of_draft(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let draft = theirs(&edge, organisation, id).await?;
    let (media_type, picture) = edge.work(move |app| picture::shown(app, &draft)).await?;
    let private = [(CACHE_CONTROL, "private, no-store")];
    Ok((private, of_type(media_type.as_str()), picture).into_response())
}

async fn give_picture(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, IMAGE_BYTES + FORM_EDGE).await?;
    let picture = form.bytes("picture").cloned();
    let draft = theirs(&edge, organisation, id).await?;
    let back = format!(
        "/organisations/{}/micro-credentials/{}/edit",
        draft.organisation, draft.id
    );
    let (id, mut content) = (draft.id.clone(), draft.content.clone());
    let given = edge
        .work(move |app| {
            content.image = match picture {
                Some(bytes) => Some(image::take_in(app, &bytes)?),
                None => None,
            };
            micro_credential::rewrite(app, &id, content, Basis::Whatever)
        })
        .await;
    match given {
        Ok(_) => Ok(Redirect::to(&back).into_response()),
        Err(HttpError::Service(error)) if error.is_about_input() => {
            let problem = Problem {
                message: error.to_string(),
                place: "picture".to_owned(),
            };
            let form = DraftForm::shown(&draft.content);
            unprocessable(show_form(&edge, &draft, &form, Some(problem), false).await)
        }
        Err(other) => Err(other),
    }
}
