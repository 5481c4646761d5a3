//! The page on which somebody adds a file to their submission, and the form that sends it whole.

use askama::Template;
use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt as _;

use super::doors::with_script;
use super::page;
use crate::error::Error;
use crate::evidence::Content;
use crate::http::Masthead;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::multipart;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{RequirementId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;
use crate::rights::Action;
use crate::submission;
use crate::text::Line;
use crate::upload::{NewUpload, UploadError};

pub fn routes() -> Vec<Route> {
    let path = "/my/submissions/{submission}/files/{requirement}";
    vec![
        get(path, Action::ReadSubmission, show),
        post(path, Action::ChangeSubmission, add),
    ]
}

#[derive(Template)]
#[template(path = "evidence/page.html")]
struct AddFilePage<'a> {
    site: &'a Masthead,
    id: SubmissionId,
    section: Section,
    largest: String,
    at_once: String,
    problem: Option<String>,
}

/// What the file answers to.
struct Section {
    id: RequirementId,
    name: String,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
) -> Result<Response, HttpError> {
    shown(&edge, person, id, requirement, None).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    id: SubmissionId,
    requirement: RequirementId,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let asked = requirement.clone();
    let name = edge
        .work(move |app| {
            let submission = submission::of_earner(app, &person, id)?;
            let earned = micro_credential::published(app, &submission.micro_credential)?;
            let found = earned.content.requirement(&asked).ok_or(Error::NotFound)?;
            Ok(found.name.to_string())
        })
        .await?;
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let limits = edge.limits.uploads;
    let filled = AddFilePage {
        site: &edge.masthead,
        id,
        section: Section {
            id: requirement,
            name,
        },
        largest: in_words(limits.file_bytes),
        at_once: in_words(limits.request_bytes.min(limits.file_bytes)),
        problem,
    };
    Ok((status, with_script(page(&filled)?)).into_response())
}

/// Takes the file of the form straight into the evidence store.
async fn add(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let back = format!("/my/submissions/{id}?saved#for-{requirement}");
    let earner = person.clone();
    match taken(&edge, earner, id, requirement.clone(), &headers, body).await {
        Ok(()) => Ok(Redirect::to(&back).into_response()),
        Err(refused) => match refused.told_beside_a_form() {
            Some(problem) => shown(&edge, person, id, requirement, Some(problem)).await,
            None => Err(refused),
        },
    }
}

async fn taken(
    edge: &Edge,
    earner: Person,
    submission: SubmissionId,
    requirement: RequirementId,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), HttpError> {
    let limit = edge.limits.uploads.request_bytes;
    // The form around the file takes a few hundred bytes.
    let announced = body.size_hint().exact();
    if announced.is_some_and(|bytes| bytes > limit + AROUND_BYTES) {
        return Err(UploadError::TooLarge { limit }.into());
    }
    let pieces = body::in_time(body.into_data_stream()).boxed();
    let file = multipart::file(headers, pieces, "file").await?;
    let name: Line = file
        .name
        .parse()
        .map_err(|_| Error::invalid("/name", "this name cannot be kept: please rename the file"))?;
    let new = NewUpload {
        submission,
        requirement,
        name,
        length: announced.map_or(limit, |bytes| bytes.min(limit)),
    };
    let (receiving, now) = (edge.receiving(), edge.clock.now());
    // If the browser hangs up, what was written is still removed.
    let work = tokio::spawn(async move {
        let content = Content::new(file.content, limit);
        receiving.whole(earner, new, content, now).await
    });
    work.await.map_err(HttpError::fault)??;
    Ok(())
}

/// A size as people say it.
fn in_words(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;
    match bytes {
        GIB.. if bytes.is_multiple_of(GIB) => format!("{} GB", bytes / GIB),
        MIB.. => format!("{} MB", bytes / MIB),
        _ => format!("{} kB", bytes / 1_000),
    }
}

const AROUND_BYTES: u64 = 64 * 1024;
