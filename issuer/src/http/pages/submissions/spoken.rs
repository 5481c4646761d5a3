//! The page on which an earner writes down what is said in a recording.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt as _;

use super::shown::{described, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::api::submissions::spoken::captions;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::multipart;
use crate::http::pages::authoring::fields::Fields;
use crate::http::pages::page_that_plays;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EvidenceId, SubmissionId};
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, EvidenceContent, Excerpt, Second, Spoken, State as Stage};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let path = "/my/submissions/{submission}/evidence/{evidence}";
    let (read, change) = (Action::ReadSubmission, Action::ChangeSubmission);
    let at = |below: &str| format!("{path}/{below}");
    vec![
        get(&at("spoken"), read, show),
        post(&at("spoken"), change, write),
        post(&at("excerpt"), change, point),
        get(&at("captions"), read, captions),
        post(&at("captions"), change, add_captions),
    ]
}

#[derive(Template)]
#[template(path = "evidence/spoken.html")]
struct SpokenPage {
    site: Masthead,
    id: SubmissionId,
    piece: EvidenceId,
    back: String,
    name: String,
    detail: String,
    is_video: bool,
    open: bool,
    saved: bool,
    transcript: String,
    /// The beginning of the captions, as they were read.
    captions: Option<String>,
    most_transcript: String,
    most_captions: String,
    /// Where the part that is to be looked at begins and ends.
    from: String,
    to: String,
    problem: Option<String>,
}

/// What the page says beside what is stored.
#[derive(Default)]
struct Told {
    saved: bool,
    problem: Option<String>,
    typed: Option<String>,
}

impl SpokenPage {
    fn of(
        app: &App,
        person: &Person,
        id: SubmissionId,
        piece: EvidenceId,
        site: Masthead,
        told: Told,
    ) -> Result<SpokenPage, Error> {
        let submission = submission::of_earner(app, person, id)?;
        let mut entries = submission.evidence.iter();
        let entry = entries.find(|entry| entry.id == piece);
        let entry = entry.ok_or(Error::NotFound)?;
        let found = submission::evidence_of_earner(app, person, id, piece)?;
        if !submission::is_recording(&found.content) {
            return Err(Error::conflict(
                "this is for recordings, and this piece is none",
            ));
        }
        let (name, detail, _) = described(piece, &found.content, "");
        let text = |spoken| submission::spoken(app, person, id, piece, spoken);
        let most = |spoken: Spoken| wording::size::most(spoken.most_bytes() as u64);
        let (place, part) = (entry.requirement.as_ref(), entry.excerpt);
        Ok(SpokenPage {
            site,
            id,
            piece,
            back: place.map_or_else(|| "collected".to_owned(), |to| format!("for-{to}")),
            name,
            detail,
            is_video: matches!(
                &found.content,
                EvidenceContent::File(file) if file.media_type.starts_with("video/")
            ),
            open: matches!(submission.state, Stage::Draft | Stage::Returned),
            saved: told.saved,
            transcript: match told.typed {
                Some(typed) => typed,
                None => text(Spoken::Transcript)?.unwrap_or_default(),
            },
            captions: text(Spoken::Captions)?,
            most_transcript: most(Spoken::Transcript),
            most_captions: most(Spoken::Captions),
            from: part.map_or_else(String::new, |part| part.from.to_string()),
            to: part.map_or_else(String::new, |part| part.to.to_string()),
            problem: told.problem,
        })
    }
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Response, HttpError> {
    let told = Told {
        saved: query.as_deref() == Some("saved"),
        ..Told::default()
    };
    shown(&edge, person, id, piece, told).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    id: SubmissionId,
    piece: EvidenceId,
    told: Told,
) -> Result<Response, HttpError> {
    let status = match &told.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let site = edge.masthead.clone();
    let filled = edge
        .work(move |app| SpokenPage::of(app, &person, id, piece, site, told))
        .await?;
    Ok((status, page_that_plays(&filled)?).into_response())
}

/// Keeps the transcript, or takes the captions away, as the button says.
async fn write(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    body: Body,
) -> Result<Response, HttpError> {
    // A text of the longest kind, with every letter of it written as three.
    let fields = Fields::of(body::read(body, 4 * Spoken::Transcript.most_bytes()).await?);
    let typed = fields.get("transcript").to_owned();
    let (writer, text, now) = (person.clone(), typed.clone(), edge.clock.now());
    let wanted = fields.get("do").to_owned();
    let done = edge
        .work(move |app| {
            // Whatever the button, what was typed is kept.
            let spoken = Spoken::Transcript;
            match text.trim().is_empty() {
                true => submission::remove_spoken(app, &writer, id, piece, spoken)?,
                false => submission::write_spoken(app, &writer, id, piece, spoken, &text, now)?,
            };
            match wanted.as_str() {
                "remove-captions" => {
                    submission::remove_spoken(app, &writer, id, piece, Spoken::Captions).map(|_| ())
                }
                _ => Ok(()),
            }
        })
        .await;
    answered(&edge, person, id, piece, done, Some(typed)).await
}

/// Takes the captions out of the file of the form.
async fn add_captions(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let pieces = body::in_time(body.into_data_stream()).boxed();
    let mut file = match multipart::file(&headers, pieces, "captions").await {
        Ok(file) => file,
        Err(HttpError::BodyBroken) => {
            let told = Told {
                problem: Some("Choose a file of captions first.".to_owned()),
                ..Told::default()
            };
            return shown(&edge, person, id, piece, told).await;
        }
        Err(other) => return Err(other),
    };
    let mut bytes = Vec::new();
    while let Some(more) = file.content.next().await {
        bytes.extend_from_slice(&more.map_err(|_| HttpError::BodyBroken)?);
        // One byte more than is taken is enough to know; the rest need not come.
        if bytes.len() > Spoken::Captions.most_bytes() {
            break;
        }
    }
    let (writer, now) = (person.clone(), edge.clock.now());
    let done = edge
        .work(move |app| {
            let text = String::from_utf8(bytes)
                .map_err(|_| Error::invalid("/captions", "captions are text in UTF-8"))?;
            submission::write_spoken(app, &writer, id, piece, Spoken::Captions, &text, now)
        })
        .await;
    answered(&edge, person, id, piece, done.map(|_| ()), None).await
}

/// Keeps which part is to be looked at; two empty fields are all of it.
async fn point(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let (from, to) = (fields.get("from").to_owned(), fields.get("to").to_owned());
    let earner = person.clone();
    let done = edge
        .work(move |app| {
            let time = |name: &str, text: &str| {
                let read = text.parse::<Second>();
                read.map_err(|error| Error::invalid(format!("/excerpt/{name}"), error.to_string()))
            };
            let excerpt = match from.trim().is_empty() && to.trim().is_empty() {
                true => None,
                false => Some(Excerpt {
                    from: time("from", &from)?,
                    to: time("to", &to)?,
                }),
            };
            submission::set_excerpt(app, &earner, id, piece, excerpt)
        })
        .await;
    answered(&edge, person, id, piece, done.map(|_| ()), None).await
}

/// Back to the page, with what is wrong if something is.
async fn answered(
    edge: &Edge,
    person: Person,
    id: SubmissionId,
    piece: EvidenceId,
    done: Result<(), HttpError>,
    typed: Option<String>,
) -> Result<Response, HttpError> {
    match done {
        Ok(()) => {
            let to = format!("/my/submissions/{id}/evidence/{piece}/spoken?saved");
            Ok(Redirect::to(&to).into_response())
        }
        Err(HttpError::Service(problem)) if problem.is_about_input() => {
            let told = Told {
                problem: Some(sentence(&problem.to_string())),
                typed,
                ..Told::default()
            };
            shown(edge, person, id, piece, told).await
        }
        Err(other) => Err(other),
    }
}
