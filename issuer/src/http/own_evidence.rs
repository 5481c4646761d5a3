//! The piece of evidence that an address names, for the person whose it is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::caller::Caller;
use super::edge::Edge;
use super::error::HttpError;
use super::parameter::{Id, Path};
use crate::id::{EvidenceId, SubmissionId};
use crate::submission::{self, Evidence};

/// A piece of the caller's own evidence, by the submission and the piece that the address names. To everybody
/// else it does not exist.
pub struct OwnEvidence(pub Evidence);

impl FromRequestParts<Edge> for OwnEvidence {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<OwnEvidence, HttpError> {
        let Caller { person, .. } = Caller::from_request_parts(parts, edge).await?;
        let named = Path::<(Id<SubmissionId>, Id<EvidenceId>)>::from_request_parts(parts, edge);
        let Path((Id(id), Id(piece))) = named.await?;
        edge.work(move |app| submission::evidence_of_earner(app, &person, id, piece))
            .await
            .map(OwnEvidence)
    }
}
