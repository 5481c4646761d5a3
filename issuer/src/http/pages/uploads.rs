//! The page on which somebody adds a file to their submission, and the form that sends it whole.

use askama::Template;
use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt as _;

use super::doors::with_script;
use super::page;
use super::submissions::described;
use crate::app::App;
use crate::error::Error;
use crate::evidence::Content;
use crate::http::Masthead;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::faces::paragraphs;
use crate::http::multipart;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{RequirementId, SubmissionId};
use crate::micro_credential::{self, EvidenceKind, EvidenceRequirement};
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, Submission};
use crate::text::Line;
use crate::upload::{NewUpload, UploadError};
use crate::wording;

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
    /// How large a file may be, and how large where no script runs.
    largest: String,
    largest_bytes: u64,
    at_once: String,
    recorder: Option<Recorder>,
    /// What answers to it already: what each piece is called, and what it is.
    pieces: Vec<(String, String)>,
    problem: Option<String>,
}

/// What the file answers to.
struct Section {
    id: RequirementId,
    name: String,
    description: Vec<String>,
    /// The kinds of files that are taken, in words.
    takes: String,
    /// The same, as the field of a form says it.
    accept: String,
    minutes: Option<u32>,
    /// The most bytes that the requirement allows.
    bytes: Option<u64>,
    /// Whether recordings of lessons are taken.
    films: bool,
}

/// What can be recorded on the page.
struct Recorder {
    audio: bool,
    video: bool,
    /// When a recording ends by itself.
    minutes: u32,
}

impl Section {
    fn of(asked: &EvidenceRequirement) -> Section {
        let kinds = TAKEN.iter().filter(|taken| asked.accepts(taken.0));
        let words: Vec<_> = kinds.clone().flat_map(|taken| taken.1).copied().collect();
        let accept: Vec<_> = kinds.map(|taken| taken.2).collect();
        let takes = match words.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        };
        let description = asked.description.as_ref();
        Section {
            id: asked.id.clone(),
            name: asked.name.to_string(),
            description: description.map_or_else(Vec::new, |text| paragraphs(text.as_str())),
            takes,
            accept: accept.join(","),
            minutes: asked.limits.minutes,
            bytes: asked.limits.bytes,
            films: asked.accepts(EvidenceKind::Audio) || asked.accepts(EvidenceKind::Video),
        }
    }
}

impl Recorder {
    fn of(asked: &EvidenceRequirement) -> Option<Recorder> {
        let audio = asked.accepts(EvidenceKind::Audio);
        let video = asked.accepts(EvidenceKind::Video);
        (audio || video).then(|| Recorder {
            audio,
            video,
            minutes: asked.limits.minutes.unwrap_or(RECORDED_MINUTES),
        })
    }

    /// What the page may ask a browser for; every other page may ask for nothing.
    fn permissions(&self) -> &'static str {
        match self.video {
            true => "camera=(self), microphone=(self), geolocation=()",
            false => "camera=(), microphone=(self), geolocation=()",
        }
    }
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
    let (section, recorder, pieces) = edge
        .work(move |app| {
            let submission = submission::of_earner(app, &person, id)?;
            let earned = micro_credential::published(app, &submission.micro_credential)?;
            let asked = earned.content.requirement(&requirement);
            let asked = asked.ok_or(Error::NotFound)?;
            let pieces = pieces(app, &submission, &requirement)?;
            Ok((Section::of(asked), Recorder::of(asked), pieces))
        })
        .await?;
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let limits = edge.limits.uploads;
    let largest = limits.file_bytes.min(section.bytes.unwrap_or(u64::MAX));
    let policies = recorder.as_ref().map(Recorder::permissions);
    let filled = AddFilePage {
        site: &edge.masthead,
        id,
        section,
        largest: wording::size::most(largest),
        largest_bytes: largest,
        at_once: wording::size::most(limits.request_bytes.min(largest)),
        recorder,
        pieces,
        problem,
    };
    let mut answer = (status, with_script(page(&filled)?)).into_response();
    if let Some(permissions) = policies {
        let headers = answer.headers_mut();
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(permissions));
        // What was recorded is played before it is sent.
        let recording = HeaderValue::from_static(RECORDING_POLICY);
        headers.insert(CONTENT_SECURITY_POLICY, recording);
    }
    Ok(answer)
}

/// The files that answer to a requirement.
fn pieces(
    app: &App,
    submission: &Submission,
    requirement: &RequirementId,
) -> Result<Vec<(String, String)>, Error> {
    let mut pieces = Vec::new();
    for entry in submission.answers_to(requirement) {
        let piece = submission::of_entry(app, submission.id, entry)?;
        let (name, detail, _) = described(piece.id, &piece.content, "");
        pieces.push((name, detail));
    }
    Ok(pieces)
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

/// The kinds of files, in words and as browsers filter them. Phones offer their camera and their recorder for the
/// first three.
const TAKEN: [(EvidenceKind, &[&str], &str); 4] = [
    (EvidenceKind::Audio, &["audio"], "audio/*"),
    (EvidenceKind::Video, &["video"], "video/*"),
    (
        EvidenceKind::Image,
        &["picture"],
        "image/jpeg,image/png,image/gif,image/webp,image/heic,image/avif",
    ),
    (
        EvidenceKind::Document,
        &["PDF", "office document", "text"],
        ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.zip,.txt",
    ),
];

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const RECORDING_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self'; media-src blob:; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Longer than any lesson, and a recording that was forgotten ends.
const RECORDED_MINUTES: u32 = 120;

/// The form around the file takes a few hundred bytes.
const AROUND_BYTES: u64 = 64 * 1024;
