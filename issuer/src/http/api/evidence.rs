//! Evidence as it is told of, taken in and handed out.

use std::io;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use schemas::timestamp::Timestamp;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::digest::Sha256Digest;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::id::{EvidenceId, PersonId};
use crate::submission::{Evidence, EvidenceContent, EvidenceFile, Link};
use crate::text::{Line, Prose};

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
enum ContentBody {
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
}

/// Takes one file in, piece by piece; when this returns it is whole and durable.
pub async fn take_in(
    edge: &Edge,
    owner: PersonId,
    name: Line,
    body: Body,
) -> Result<EvidenceFile, HttpError> {
    let pieces = in_time(body.into_data_stream());
    let limit = edge.limits.evidence_file_bytes;
    let taken = edge
        .evidence
        .put(owner, name, limit, &edge.app.random, pieces)
        .await;
    taken.map_err(HttpError::Evidence)
}

/// Hands a piece of evidence out: a file as a download, a text as text, a link as its address.
///
/// Whatever a file is, a browser saves it and does not show it: it is a stranger's, under our name.
pub async fn hand_out(edge: &Edge, evidence: Evidence) -> Result<Response, HttpError> {
    let private = (CACHE_CONTROL, "private, no-store".to_owned());
    match evidence.content {
        EvidenceContent::File(file) => {
            let disposition = format!(
                "attachment; filename*=UTF-8''{}",
                percent_encoded(file.name.as_str())
            );
            let pieces = edge
                .evidence
                .read(&file)
                .await
                .map_err(HttpError::Evidence)?;
            let headers = [
                private,
                (CONTENT_TYPE, file.media_type),
                (CONTENT_DISPOSITION, disposition),
            ];
            Ok((headers, Body::from_stream(pieces)).into_response())
        }
        EvidenceContent::Text(text) => {
            let headers = [
                private,
                (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
            ];
            Ok((headers, text.to_string()).into_response())
        }
        EvidenceContent::Link(link) => {
            let headers = [
                private,
                (CONTENT_TYPE, "text/uri-list; charset=utf-8".to_owned()),
            ];
            Ok((headers, format!("{}\r\n", link.as_str())).into_response())
        }
    }
}

/// Ends a body that comes too slowly: the first seconds are free, then it must keep up a rate.
fn in_time(body: BodyDataStream) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let began = Instant::now();
    stream::unfold((body, 0_u64), move |(mut body, mut bytes)| async move {
        let due = began + FREE_TIME + Duration::from_secs(bytes / LEAST_BYTES_A_SECOND);
        let piece = match tokio::time::timeout_at(due, body.next()).await {
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
            Ok(None) => return None,
            Ok(Some(piece)) => piece.map_err(io::Error::other),
        };
        bytes += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Some((piece, (body, bytes)))
    })
    .fuse()
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
        let sha256 = evidence.content.sha256();
        let content = match evidence.content {
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
        };
        EvidenceBody {
            id: evidence.id,
            content,
            sha256,
            added: evidence.added,
        }
    }
}

/// A phone that has just lost its network finds it again within this.
const FREE_TIME: Duration = Duration::from_secs(10);

/// A quarter of what the slowest mobile networks give.
const LEAST_BYTES_A_SECOND: u64 = 4 * 1024;
