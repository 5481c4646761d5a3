//! Uploads that go on after an interruption (tus 1.0): one file, sent in as many requests as it takes.

use axum::Json as Answer;
use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use schemas::timestamp::Timestamp;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::BASE;
use crate::evidence::{Checksum, Content};
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::{HttpError, Problem};
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, options, patch, post};
use crate::id::{EvidenceId, RequirementId, SubmissionId, UploadId};
use crate::rights::Action;
use crate::text::Line;
use crate::upload::{self, Received, State as Stage, Upload, UploadError};

mod metadata;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(capabilities, begin, show, go_on, remove))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        options("/uploads", Action::ReadPublished, capabilities),
        post("/uploads", Action::BeginUpload, begin),
        get("/uploads/{upload}", Action::ReadUpload, show),
        patch("/uploads/{upload}", Action::ChangeUpload, go_on),
        delete("/uploads/{upload}", Action::ChangeUpload, remove),
    ]
}

/// An upload as it stands.
#[derive(Serialize, ToSchema)]
struct UploadBody {
    id: UploadId,
    submission: SubmissionId,
    requirement: RequirementId,
    name: Line,
    /// How many bytes the file has.
    bytes: u64,
    /// How many of them have arrived.
    offset: u64,
    #[schema(value_type = DateTime)]
    expires: Timestamp,
    /// The piece of evidence it has become.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceId>,
}

/// Says which parts of tus 1.0 are spoken here.
#[utoipa::path(options, path = "/uploads", responses((status = 204)))]
async fn capabilities(State(edge): State<Edge>) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    headers.insert(TUS_EXTENSION, HeaderValue::from_static(EXTENSIONS));
    headers.insert(TUS_MAX_SIZE, edge.limits.uploads.file_bytes.into());
    let algorithms = HeaderValue::from_static(Checksum::ALGORITHMS);
    headers.insert(TUS_CHECKSUM_ALGORITHM, algorithms);
    answer
}

/// Begins an upload. Its metadata says which submission and requirement it is for, and what the file
/// is called; its first bytes may come with it.
#[utoipa::path(
    post,
    path = "/uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "How many bytes the file has."),
        (
            "Upload-Metadata" = String, Header,
            description = "`filename`, `submission` and `requirement`, each with its value in Base64, \
                separated by commas."
        ),
    ),
    request_body(content_type = "application/offset+octet-stream"),
    responses(
        (status = 201, description = "It was begun; `Location` is where it goes on."),
        (
            status = 412, body = Problem, content_type = "application/problem+json",
            description = "Another version of tus is spoken: `upload.version`."
        ),
    ),
)]
async fn begin(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let begun = async {
        require_version(&headers)?;
        let length = number(&headers, UPLOAD_LENGTH, "Upload-Length")?;
        let (receiving, now) = (edge.receiving(), edge.clock.now());
        let new = metadata::read(&headers, length)?;
        let upload = receiving.begin(earner, new, now).await?;
        let location = format!("{BASE}/uploads/{}", upload.id);
        let received = match brings_bytes(&headers, &body) || length == 0 {
            true => taken(&edge, upload.id, 0, &headers, body).await?,
            false => Received::Part(Box::new(upload)),
        };
        let mut answer = told(StatusCode::CREATED, received)?;
        let location = HeaderValue::try_from(location).map_err(HttpError::fault)?;
        answer.headers_mut().insert(LOCATION, location);
        Ok(answer)
    };
    spoken(begun.await)
}

/// Shows how far an upload has come. HEAD gives `Upload-Offset`, where it goes on.
#[utoipa::path(get, path = "/uploads/{upload}", responses((status = 200, body = UploadBody)))]
async fn show(State(edge): State<Edge>, Path(Id(id)): Path<Id<UploadId>>) -> Response {
    let shown = async {
        let found = edge.work(move |app| upload::find(app, id)).await?;
        let found = found.value;
        // Whoever sees that all has arrived believes that all is done.
        if found.state == Stage::Adding {
            return Err(UploadError::UnderWay.into());
        }
        let mut answer = Answer(UploadBody::from(found.clone())).into_response();
        describe(answer.headers_mut(), &found)?;
        Ok(answer)
    };
    spoken(shown.await)
}

/// Sends further bytes of a file. With the last of them it is looked at and becomes a piece of evidence,
/// whose address is in `Content-Location`.
#[utoipa::path(
    patch,
    path = "/uploads/{upload}",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where these bytes belong: how many have arrived."),
        (
            "Upload-Checksum" = Option<String>, Header,
            description = "`sha1` or `sha256`, a blank, and the checksum of these bytes in Base64."
        ),
    ),
    request_body(content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "They have arrived."),
        (
            status = 412, body = Problem, content_type = "application/problem+json",
            description = "Another version of tus is spoken: `upload.version`."
        ),
        (
            status = 423, body = Problem, content_type = "application/problem+json",
            description = "All has arrived and is being looked at: `upload.under_way`."
        ),
        (
            status = 460, body = Problem, content_type = "application/problem+json",
            description = "Nothing of it was kept: `upload.checksum`."
        ),
    ),
)]
async fn go_on(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<UploadId>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let gone_on = async {
        require_version(&headers)?;
        let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if media_type != Some(OFFSET_STREAM.as_bytes()) {
            return Err(HttpError::MediaType {
                expected: OFFSET_STREAM,
            });
        }
        let offset = number(&headers, UPLOAD_OFFSET, "Upload-Offset")?;
        let received = taken(&edge, id, offset, &headers, body).await?;
        told(StatusCode::NO_CONTENT, received)
    };
    spoken(gone_on.await)
}

/// Gives an upload up, and removes what has arrived of it. What has become evidence stays.
#[utoipa::path(
    delete,
    path = "/uploads/{upload}",
    params(("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 204, description = "It is gone."),
        (
            status = 412, body = Problem, content_type = "application/problem+json",
            description = "Another version of tus is spoken: `upload.version`."
        ),
        (
            status = 423, body = Problem, content_type = "application/problem+json",
            description = "All has arrived and is being looked at: `upload.under_way`."
        ),
    ),
)]
async fn remove(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<UploadId>>,
    headers: HeaderMap,
) -> Response {
    let removed = async {
        require_version(&headers)?;
        let found = edge.work(move |app| upload::find(app, id)).await?;
        if found.value.state == Stage::Adding {
            return Err(UploadError::UnderWay.into());
        }
        edge.receiving().remove(id).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    spoken(removed.await)
}

/// Takes in what a request brings. If the caller hangs up, what has arrived is still noted.
async fn taken(
    edge: &Edge,
    id: UploadId,
    offset: u64,
    headers: &HeaderMap,
    body: Body,
) -> Result<Received, HttpError> {
    let checksum = match headers.get(UPLOAD_CHECKSUM) {
        None => None,
        Some(value) => {
            let read = value.to_str().ok().and_then(Checksum::read);
            Some(read.ok_or(HttpError::Header {
                name: "Upload-Checksum",
                expected: "sha1 or sha256, a blank, and the checksum in Base64",
            })?)
        }
    };
    let found = edge.work(move |app| upload::find(app, id)).await?;
    if found.value.state == Stage::Adding {
        return Err(UploadError::UnderWay.into());
    }
    let length = found.value.length;
    let (receiving, now) = (edge.receiving(), edge.clock.now());
    let announced = body.size_hint().exact();
    let work = tokio::spawn(async move {
        let pieces = body::in_time(body.into_data_stream()).boxed();
        let content = Content::new(pieces, length).after(offset);
        let content = content.announced(announced).summed(checksum);
        receiving.go_on(id, offset, content, now).await
    });
    Ok(work.await.map_err(HttpError::fault)??)
}

fn brings_bytes(headers: &HeaderMap, body: &Body) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    media_type == Some(OFFSET_STREAM.as_bytes()) && body.size_hint().exact() != Some(0)
}

fn told(status: StatusCode, received: Received) -> Result<Response, HttpError> {
    let mut answer = status.into_response();
    let upload = match &received {
        Received::Part(upload) => upload.as_ref(),
        Received::Whole(whole) => &whole.0,
    };
    describe(answer.headers_mut(), upload)?;
    Ok(answer)
}

/// What every answer about an upload says of it.
fn describe(headers: &mut HeaderMap, upload: &Upload) -> Result<(), HttpError> {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(UPLOAD_OFFSET, upload.arrived.bytes.into());
    headers.insert(UPLOAD_LENGTH, upload.length.into());
    let expires = metadata::http_date(upload.expires);
    let expires = HeaderValue::try_from(expires).map_err(HttpError::fault)?;
    headers.insert(UPLOAD_EXPIRES, expires);
    if let Stage::Added { evidence } = upload.state {
        let location = format!(
            "{BASE}/submissions/{}/evidence/{evidence}",
            upload.submission
        );
        let location = HeaderValue::try_from(location).map_err(HttpError::fault)?;
        headers.insert(CONTENT_LOCATION, location);
    }
    Ok(())
}

/// Says with every answer, refusals among them, that this is tus 1.0.
fn spoken(answer: Result<Response, HttpError>) -> Response {
    let mut answer = answer.into_response();
    let headers = answer.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    if answer.status() == StatusCode::PRECONDITION_FAILED {
        let version = HeaderValue::from_static(VERSION);
        answer.headers_mut().insert(TUS_VERSION, version);
    }
    answer
}

fn require_version(headers: &HeaderMap) -> Result<(), HttpError> {
    match headers.get(TUS_RESUMABLE).map(HeaderValue::as_bytes) {
        Some(version) if version == VERSION.as_bytes() => Ok(()),
        _ => Err(HttpError::TusVersion),
    }
}

/// A whole number that has to stand in a header.
fn number(headers: &HeaderMap, name: HeaderName, told: &'static str) -> Result<u64, HttpError> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.ok_or(HttpError::Header {
        name: told,
        expected: "a number of bytes",
    })
}

impl From<Upload> for UploadBody {
    fn from(upload: Upload) -> UploadBody {
        UploadBody {
            id: upload.id,
            submission: upload.submission,
            requirement: upload.requirement,
            name: upload.name,
            bytes: upload.length,
            offset: upload.arrived.bytes,
            expires: upload.expires,
            evidence: match upload.state {
                Stage::Added { evidence } => Some(evidence),
                Stage::Arriving | Stage::Adding | Stage::GivenUp => None,
            },
        }
    }
}

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,termination,checksum";
const OFFSET_STREAM: &str = "application/offset+octet-stream";
