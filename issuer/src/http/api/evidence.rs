//! Evidence as it is told of, taken in and handed out.

use axum::body::{Body, HttpBody as _};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use schemas::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::captions::Captions;
use crate::digest::{Salt, Sha256Digest};
use crate::error::Error;
use crate::evidence::{Content, Shown};
use crate::http::body;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::range::{Portion, RangeAsked};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::media_type;
use crate::micro_credential::EvidenceKind;
use crate::person::Person;
use crate::submission::{self, Evidence, EvidenceContent, EvidenceFile, Link, RemovedContent};
use crate::text::{Line, Prose};
use crate::upload::{NewUpload, UploadError};

/// A piece of evidence, without its salt and without its owner.
#[derive(Serialize, ToSchema)]
pub struct EvidenceBody {
    id: EvidenceId,
    #[serde(flatten)]
    content: ContentBody,
    sha256: Sha256Digest,
    #[schema(value_type = DateTime)]
    added: Timestamp,
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContentBody {
    File {
        name: Line,
        media_type: String,
        bytes: u64,
    },
    Text {
        text: Prose,
    },
    Link {
        link: Link,
    },
    /// It was removed when its time was over; its digest stays.
    Removed {
        /// What it was.
        was: EvidenceKind,
        /// When it was removed.
        #[schema(value_type = DateTime)]
        at: Timestamp,
    },
}

/// Who is handed a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The person whose it is: as it was handed in, under their own name for it.
    Owner,
    /// Somebody who reviews it, and is not to learn whose it is: under a name that says nothing.
    Reviewer,
    /// Whoever may see a badge that names it: under a name that says nothing.
    Public,
}

/// Takes one file in, piece by piece, and adds it; when this returns it is whole and durable.
pub async fn take_in(
    edge: &Edge,
    earner: Person,
    submission: SubmissionId,
    requirement: RequirementId,
    name: Line,
    body: Body,
) -> Result<Evidence, HttpError> {
    let limit = edge.limits.uploads.request_bytes;
    let announced = body.size_hint().exact();
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(UploadError::TooLarge { limit }.into());
    }
    let new = NewUpload {
        submission,
        requirement,
        name,
        length: announced.unwrap_or(limit),
    };
    let (receiving, now) = (edge.receiving(), edge.clock.now());
    // If the caller hangs up, what was written is still removed.
    let work = tokio::spawn(async move {
        let pieces = body::in_time(body.into_data_stream()).boxed();
        let content = Content::new(pieces, limit).announced(announced);
        receiving.whole(earner, new, content, now).await
    });
    Ok(work.await.map_err(HttpError::fault)??)
}

/// Hands a piece of evidence out: a file, or a part of it; a text as text; a link as its address.
///
/// Sound, video and pictures are shown by browsers. Everything else they save: it is a stranger's, under
/// our name. Nothing of it runs either way, however a browser comes to open it.
pub async fn hand_out(
    edge: &Edge,
    evidence: Evidence,
    audience: Audience,
    asked: &RangeAsked,
) -> Result<Response, HttpError> {
    let evidence = match audience {
        Audience::Owner => evidence,
        // Whoever asks for somebody else's piece says of which version; should that have been forgotten, the last
        // areas that were covered are.
        Audience::Reviewer | Audience::Public => evidence.into_what_others_see(u32::MAX),
    };
    let name = name_for(edge, &evidence, audience).await?;
    let (media_type, text) = match evidence.content {
        EvidenceContent::File(file) => {
            let tag = tag_for(&file, &evidence.salt, audience);
            return file_handed_out(edge, file, &name, (audience, tag), asked).await;
        }
        EvidenceContent::Text(text) => ("text/plain; charset=utf-8", text.to_string()),
        EvidenceContent::Link(link) => (
            "text/uri-list; charset=utf-8",
            format!("{}\r\n", link.as_str()),
        ),
        EvidenceContent::Removed(_) => return Err(Error::EvidenceRemoved.into()),
    };
    let mut answer = text.into_response();
    protect(answer.headers_mut(), media_type, &name)?;
    Ok(answer)
}

/// Hands out captions, to be shown over a recording; where there are none, a file of none.
pub fn captions_handed_out(captions: Option<String>) -> Result<Response, HttpError> {
    let captions = captions.unwrap_or_else(|| "WEBVTT\n".to_owned());
    let mut answer = captions.into_response();
    protect(answer.headers_mut(), Captions::MEDIA_TYPE, "captions.vtt")?;
    Ok(answer)
}

async fn file_handed_out(
    edge: &Edge,
    file: EvidenceFile,
    name: &str,
    (audience, tag): (Audience, String),
    asked: &RangeAsked,
) -> Result<Response, HttpError> {
    let shown = match audience {
        Audience::Owner => None,
        Audience::Reviewer | Audience::Public => file.shown.clone(),
    };
    let bytes = shown.as_ref().map_or(file.bytes, Shown::bytes);
    let (status, range) = match asked.portion(&tag, bytes) {
        Portion::Whole => (StatusCode::OK, 0..bytes),
        Portion::Bytes(range) => (StatusCode::PARTIAL_CONTENT, range),
        Portion::Nowhere => return Err(HttpError::Range { bytes }),
    };
    let media_type = file.media_type.clone();
    let read = match &shown {
        None => edge.evidence.read(&file, range.clone()).await,
        Some(shown) => {
            let files = edge.evidence.clone();
            files.read_shown(file, shown, range.clone()).await
        }
    };
    let mut answer = Body::from_stream(read.map_err(HttpError::Evidence)?).into_response();
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    protect(headers, &media_type, name)?;
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(ETAG, HeaderValue::try_from(tag).map_err(HttpError::fault)?);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    if status == StatusCode::PARTIAL_CONTENT {
        let told = format!("bytes {}-{}/{}", range.start, range.end - 1, bytes);
        let told = HeaderValue::try_from(told).map_err(HttpError::fault)?;
        headers.insert(CONTENT_RANGE, told);
    }
    Ok(answer)
}

/// The entity tag of what somebody is handed. It never has the digest of an original that is not shown; and
/// to those who are not to learn whose it is it says nothing that they could find elsewhere.
fn tag_for(file: &EvidenceFile, salt: &Salt, audience: Audience) -> String {
    let digest = match audience {
        Audience::Owner => file.sha256,
        // The badge names the digest of what is shown.
        Audience::Public => file.shown_sha256(),
        // The manifest has the digest over the salt itself: this is another one.
        Audience::Reviewer => {
            let for_reviewers = salt.of_its_own("entity tag");
            file.shown_sha256().salted(&for_reviewers)
        }
    };
    format!("\"{digest}\"")
}

/// What keeps a stranger's bytes from being anything but bytes; every answer says `nosniff` beside it.
fn protect(headers: &mut HeaderMap, media_type: &str, name: &str) -> Result<(), HttpError> {
    let way = match SHOWN.contains(&media_type) {
        true => "inline",
        false => "attachment",
    };
    let disposition = format!("{way}; filename*=UTF-8''{}", percent_encoded(name));
    let value = |text: &str| HeaderValue::try_from(text).map_err(HttpError::fault);
    headers.insert(CONTENT_TYPE, value(media_type)?);
    headers.insert(CONTENT_DISPOSITION, value(&disposition)?);
    headers.insert(CACHE_CONTROL, value("private, no-store")?);
    headers.insert(CONTENT_SECURITY_POLICY, value(SANDBOX)?);
    Ok(())
}

/// What somebody finds it called: the owner as they called it, others by its place in the submission.
async fn name_for(
    edge: &Edge,
    evidence: &Evidence,
    audience: Audience,
) -> Result<String, HttpError> {
    let ending = match &evidence.content {
        EvidenceContent::File(file) if audience == Audience::Owner => {
            return Ok(file.name.to_string());
        }
        EvidenceContent::File(file) => media_type::extension(&file.media_type),
        EvidenceContent::Text(_) => "txt",
        EvidenceContent::Link(_) => "uri",
        EvidenceContent::Removed(_) => return Err(Error::EvidenceRemoved.into()),
    };
    let (submission, id) = (evidence.submission, evidence.id);
    let number = edge
        .work(move |app| submission::number_of_evidence(app, submission, id))
        .await?;
    Ok(match number {
        Some(number) => format!("evidence-{number}.{ending}"),
        // It belongs to an earlier version alone.
        None => format!("evidence.{ending}"),
    })
}

/// RFC 8187: everything but letters and digits, as UTF-8 in percent signs.
fn percent_encoded(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    name.bytes().map(encode).collect()
}

impl From<Evidence> for EvidenceBody {
    fn from(evidence: Evidence) -> EvidenceBody {
        EvidenceBody {
            id: evidence.id,
            sha256: evidence.content.sha256(),
            content: evidence.content.into(),
            added: evidence.added,
        }
    }
}

impl From<EvidenceContent> for ContentBody {
    fn from(content: EvidenceContent) -> ContentBody {
        match content {
            EvidenceContent::File(EvidenceFile {
                name,
                media_type,
                bytes,
                ..
            }) => ContentBody::File {
                name,
                media_type,
                bytes,
            },
            EvidenceContent::Text(text) => ContentBody::Text { text },
            EvidenceContent::Link(link) => ContentBody::Link { link },
            EvidenceContent::Removed(RemovedContent { kind, at, .. }) => {
                ContentBody::Removed { was: kind, at }
            }
        }
    }
}

/// What browsers show by themselves without running any of it, as far as we take it.
const SHOWN: [&str; 15] = [
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/ogg",
    "video/quicktime",
    "video/webm",
];

/// A document of its own, of no origin, that loads nothing and runs nothing. Browsers show a picture or a
/// video that is opened by itself within a page of theirs: what that page needs is let through.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; \
     style-src 'unsafe-inline'; frame-ancestors 'none'";
