//! What is said in a recording, written down: its transcript and its captions.

use axum::Json as Answer;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::told::SubmissionBody;
use crate::http::api::evidence;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, put};
use crate::id::{EvidenceId, SubmissionId};
use crate::rights::Action;
use crate::submission::{self, Excerpt, Second, Spoken};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(show, captions, write, remove, point))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let path = "/submissions/{submission}/evidence/{evidence}";
    let (spoken, one) = (
        format!("{path}/spoken"),
        format!("{path}/spoken/{{spoken}}"),
    );
    vec![
        get(&spoken, Action::ReadSubmission, show),
        get(
            &format!("{path}/captions"),
            Action::ReadSubmission,
            captions,
        ),
        put(&one, Action::ChangeSubmission, write),
        delete(&one, Action::ChangeSubmission, remove),
        put(&format!("{path}/excerpt"), Action::ChangeSubmission, point),
    ]
}

/// What is said in a recording, as far as its earner has written it down.
#[derive(Serialize, ToSchema)]
struct SpokenBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<String>,
    /// WebVTT.
    #[serde(skip_serializing_if = "Option::is_none")]
    captions: Option<String>,
}

/// A transcript, or captions in WebVTT.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WrittenBody {
    text: String,
}

/// From one second of a recording to another, later one.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcerptBody {
    from: u32,
    to: u32,
}

/// The part of a recording that is to be looked at; nothing is all of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PointBody {
    excerpt: Option<ExcerptBody>,
}

/// Shows the transcript and the captions of a recording.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/spoken",
    responses((status = 200, body = SpokenBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Answer<SpokenBody>, HttpError> {
    let shown = edge
        .work(move |app| {
            let text = |spoken| submission::spoken(app, &earner, id, piece, spoken);
            Ok(SpokenBody {
                transcript: text(Spoken::Transcript)?,
                captions: text(Spoken::Captions)?,
            })
        })
        .await?;
    Ok(Answer(shown))
}

/// Hands out the captions of a recording, as WebVTT. Of a piece that has none they are empty.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/evidence/{evidence}/captions",
    responses((status = 200, body = String, content_type = "text/vtt")),
)]
pub async fn captions(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| submission::spoken(app, &earner, id, piece, Spoken::Captions))
        .await?;
    evidence::captions_handed_out(found)
}

/// Writes down what is said in a recording, in place of what was written before.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/spoken/{spoken}",
    request_body = WrittenBody,
    responses((status = 200, body = SubmissionBody)),
)]
async fn write(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece), Id(spoken))): Path<(Id<SubmissionId>, Id<EvidenceId>, Id<Spoken>)>,
    Json(body): Json<WrittenBody>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let now = edge.clock.now();
    let changed = edge
        .work(move |app| submission::write_spoken(app, &earner, id, piece, spoken, &body.text, now))
        .await?;
    Ok(Answer(changed.into()))
}

/// Takes the transcript or the captions of a recording away.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/evidence/{evidence}/spoken/{spoken}",
    responses((status = 200, body = SubmissionBody)),
)]
async fn remove(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece), Id(spoken))): Path<(Id<SubmissionId>, Id<EvidenceId>, Id<Spoken>)>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let changed = edge
        .work(move |app| submission::remove_spoken(app, &earner, id, piece, spoken))
        .await?;
    Ok(Answer(changed.into()))
}

/// Says which part of a recording is to be looked at. Players of reviewers begin and end there; the rest of the file can
/// be reached by them as before.
#[utoipa::path(
    put,
    path = "/submissions/{submission}/evidence/{evidence}/excerpt",
    request_body = PointBody,
    responses((status = 200, body = SubmissionBody)),
)]
async fn point(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    Json(body): Json<PointBody>,
) -> Result<Answer<SubmissionBody>, HttpError> {
    let excerpt = body.excerpt.map(|part| Excerpt {
        from: Second(part.from),
        to: Second(part.to),
    });
    let changed = edge
        .work(move |app| submission::set_excerpt(app, &earner, id, piece, excerpt))
        .await?;
    Ok(Answer(changed.into()))
}

impl From<Excerpt> for ExcerptBody {
    fn from(part: Excerpt) -> ExcerptBody {
        ExcerptBody {
            from: part.from.0,
            to: part.to.0,
        }
    }
}
