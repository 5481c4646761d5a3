//! The issuance log: its signed checkpoint, its entries, and proofs.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::headers::briefly_cached;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get};
use crate::log::{LogError, LogPosition};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/log/checkpoint", Action::ReadPublished, checkpoint),
        get("/log/entries", Action::ReadPublished, entries),
        get("/log/proof/{position}", Action::ReadPublished, proof),
        get("/log/consistency", Action::ReadPublished, consistency),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    from: u64,
    #[serde(default = "page")]
    limit: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sizes {
    from: u64,
    to: u64,
}

#[derive(Serialize)]
struct EntriesBody {
    from: u64,
    size: u64,
    entries: Vec<Box<RawValue>>,
}

/// That an entry stands in the log (RFC 6962, 2.1.1). Entries are counted from 0.
#[derive(Serialize)]
struct ProofBody {
    position: u64,
    entry: Box<RawValue>,
    size: u64,
    root: Sha256Digest,
    path: Vec<Sha256Digest>,
}

/// That a larger log begins with a smaller one (RFC 6962, 2.1.2).
#[derive(Serialize)]
struct ConsistencyBody {
    from: u64,
    to: u64,
    from_root: Sha256Digest,
    to_root: Sha256Digest,
    path: Vec<Sha256Digest>,
}

/// The signed size and root, as a note (C2SP tlog-checkpoint).
async fn checkpoint(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let signer = edge.log_signer.clone();
    let note = edge
        .work(move |app| Ok(app.log.checkpoint(&signer)?))
        .await?;
    Ok((briefly_cached("text/plain; charset=utf-8"), note).into_response())
}

async fn entries(
    State(edge): State<Edge>,
    Query(page): Query<Page>,
) -> Result<Response, HttpError> {
    let limit = page.limit.min(MOST_ENTRIES);
    let (size, leaves) = edge
        .work(move |app| {
            let size = app.log.head().size;
            Ok((size, app.log.leaves(LogPosition(page.from), limit)?))
        })
        .await?;
    let entries = leaves.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok((
        briefly_cached(JSON),
        Json(EntriesBody {
            from: page.from,
            size,
            entries,
        }),
    )
        .into_response())
}

async fn proof(
    State(edge): State<Edge>,
    Path(Id(position)): Path<Id<u64>>,
) -> Result<Response, HttpError> {
    let proof = edge
        .work(move |app| app.log.prove(LogPosition(position)).map_err(not_found))
        .await?;
    let body = ProofBody {
        position: proof.position.0,
        entry: entry(proof.leaf)?,
        size: proof.head.size,
        root: proof.head.root,
        path: proof.path,
    };
    Ok((briefly_cached(JSON), Json(body)).into_response())
}

async fn consistency(
    State(edge): State<Edge>,
    Query(sizes): Query<Sizes>,
) -> Result<Response, HttpError> {
    let body = edge
        .work(move |app| {
            let path = app
                .log
                .consistency(sizes.from, sizes.to)
                .map_err(not_found)?;
            let (from_root, to_root) = (app.log.root(sizes.from)?, app.log.root(sizes.to)?);
            Ok(ConsistencyBody {
                from: sizes.from,
                to: sizes.to,
                from_root,
                to_root,
                path,
            })
        })
        .await?;
    Ok((briefly_cached(JSON), Json(body)).into_response())
}

/// A leaf as it was hashed: any other spelling of it would have another hash.
fn entry(leaf: Vec<u8>) -> Result<Box<RawValue>, HttpError> {
    let text = String::from_utf8(leaf).map_err(HttpError::fault)?;
    RawValue::from_string(text).map_err(HttpError::fault)
}

fn not_found(error: LogError) -> Error {
    match error {
        LogError::OutOfRange { .. } => Error::NotFound,
        other => other.into(),
    }
}

fn page() -> usize {
    MOST_ENTRIES
}

/// A leaf has about 150 bytes.
const MOST_ENTRIES: usize = 1_000;

const JSON: &str = "application/json";
